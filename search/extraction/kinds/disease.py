"""The disease under study: what a trial's title, conditions and inclusion lines say it is, and words that set it apart.

Readers of cancer types, stages and extents share these questions: is this an oncology trial at all, which codes are its
own, and does a mention speak of the disease a patient must (not) have, or of a therapy, a sample, a cause, a criterion?
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TypeVar

import ahocorasick

from search.eligibility.criterion import Section
from search.extraction.guards import is_other_malignancy, is_other_malignancy_line
from search.extraction.polarity import sentence
from search.extraction.polarity_words import BRACKETS
from search.extraction.reading import CriteriaText, Line
from search.terminology import oncotree
from search.terminology.cancers import find_cancers
from search.terminology.lexicon import entries

NOUN = (
    r"(?:cancers?|carcinomas?|adenocarcinomas?|(?:tumou?r|malignan|neoplas)\w*|leuka?emias?|lymphomas?"
    r"|myelomas?|melanomas?"
    r"|\w*sarcomas?|\w*gliomas?|\w*blastomas?|mesotheliomas?|thymomas?|astrocytomas?|seminomas?"
    r"|germinomas?|metastas[ei]s"
    r"|primary|disease)"
)
"""A word that heads the name of a cancer; folded text."""

_STEMS = (
    "cancer",
    "carcino",
    "tumor",
    "tumour",
    "neoplas",
    "malignan",
    "leukemi",
    "leukaemi",
    "lymphom",
    "myelom",
    "melanom",
    "sarcom",
    "gliom",
    "blastom",
    "mesotheliom",
    "thymom",
    "astrocytom",
    "seminom",
    "ependymom",
    "oncolog",
    "metasta",
    "myelodysplas",
    "myeloproliferat",
    "macroglobulin",
    "myelofibro",
    "mycosis fungoides",
    "waldenstr",
    "amyloidosis",
    "histiocyt",
    "mastocyt",
    "cytoma",
    "fibromatosis",
    "desmoid",
    "neurofibro",
    "polycythemia",
    "thrombocythemia",
    "chordoma",
    "teratoma",
)
_ONCOLOGY = re.compile("|".join(_STEMS))
MOST = 40
"""Mentions of one kind that are looked at in one line; only a text that is broken has more."""
LONGEST = 20_000
"""Characters of a line that are read; only a text that is broken has longer ones."""
_STATEMENT = 300
"""Characters of a statement that stand in for a title."""
_WINDOW = 200
"""Characters before a mention that can say what it is about."""

_TREATMENT = (
    r"(?:(?:bio|chemo|radio|immuno|hormono|brachy|pharmaco)?therap(?:y|ies)|treatments?|treated"
    r"|regimens?|radiation|irradiation"
    r"|radiosurgery|surger(?:y|ies)|resections?|procedures?|drugs?|agents?|medications?|medicines?"
    r"|inhibitors?|vaccin\w+|"
    r"prostatectomy|cystectomy|mastectomy|debulking|staging|transplant\w*|ablation|scans?|evaluation"
    r"|lines?|chemoradi\w+"
    r"|chemo-radi\w+|approved|indicated|indication|trials?|stud(?:y|ies)|criteria|recist|rano|phenotype"
    r"|tamoxifen|surveillance"
    r"|assessments?|measurements?|effects?|hospitali[sz]\w+|screening|care|guidelines?|standards?"
    r"|prophylaxis|prevention|risk|risks|cessation"
    r"|interferon)"
)
_NO_NEW_START = (
    r"(?!with\b|who\b|whom\b|that\b|patients?\b|participants?\b|subjects?\b|diagnos|confirm|proven\b"
    r"|have\b|has\b|had\b|must\b|are\b|is\b)"
)
_PURPOSE = re.compile(
    rf"\b{_TREATMENT}(?: ?\([^()]{{0,60}}\))?,? (?:given |administered |received |options? |used "
    rf"|intended |available |exists? |exposure "
    rf"|directed |setting |completed )?(?:for|of|in|against|to treat|at|on|per|from) (?:{_NO_NEW_START}[\w/(),.+&-]+"
    rf" ){{0,7}}$"
)
_TO_TREAT = re.compile(rf"\b(?:to treat|treating|for treating|intended for) (?:{_NO_NEW_START}[\w/(),.+&-]+ ){{0,5}}$")
_SCHEDULED = re.compile(
    r"^\W*(?:(?:all |adult |female |male )?(?:patients?|participants?|subjects?|women|men|individuals?)(?:"
    r" who are| that are| must be)? )?"
    r"(?:is |are )?(?:scheduled|planned|planning|undergoing|candidates?|receiving|referred|about to"
    r"|currently|eligible|due|appropriate"
    r"|suitable|elected|indicated|have undergone|who (?:have |has )?(?:undergone|received|completed"
    r"|underwent)|undergone|underwent|starting|initiating)\b"
)
_CANDIDATE = re.compile(
    r"\b(?:candidates?|suitable|amenable|scheduled|planned|eligible|fit) (?:for|to undergo)\b[^.;]{0,80}$"
)
_CAUSE = re.compile(
    r"\b(?:family history|relatives?|mother|sister|father|(?:in)?hereditary|(?<!-)risk (?:of|for"
    r"|factors?)|due to|secondary to|caused by|because of"
    r"|attribut\w+ to|related to|associated with|consequence of|complication of|judged|mimic\w*"
    r"|suspicious of|other than|death"
    r"|involvement (?:by|of)|involved (?:by|with)|incidence|recover\w* from|typical appearance of"
    r"|free of|negative for|margins?|cured of|survivors? of"
    r"|unless|if|e\.g\.,? (?:in|for)|such as in|as in|prevent\w*|presence of (?:an? )?(?:biopsy[- ]proven )?)\b[^.;]*$"
)
_FOR = re.compile(
    r"\(\s*(?:only )?(?:applicable )?(?:for|if|in|e\.g\.|i\.e\.)[^()]*$|^\W*(?:if|for|in|among"
    r"|in case of|in the case of|with)"
    r" (?:the |all |those |case of )?"
    r"(?:patients?|participants?|subjects?|those|women|men|individuals|children|cases?)?\b(?! cohort"
    r"| part| phase| arm)[^:]{0,60}$"
)
_NOT_THE_DISEASE = re.compile(
    r"[\s)]*-?(?:-| )?(?:(?:specific|directed|related|associated|derived|bearing|affected)\b|cells?\b(?!"
    r" (?:lung|carcin|lymph|leuk|cancer))|tissues?\b|specimens?|samples?"
    r"|biops(?:y|ies)|blocks?\b|antigens?|antibod\w*|therap(?:y|ies)|treatments?|surger|resection"
    r"|pain\b|symptoms?|incidence"
    r"|settings?\b|screening|markers?|risk\b|mortality|staging system|response criteria|response evaluation"
    r"|working group"
    r"|international|research|network|study group|society|institute|centers?\b|centres?\b|hospitals?|syndrome|spes\b"
    r"|vaccin|susceptib|predispos|gene\b|genes\b|burden|size|lesions? (?:that|which|must|should"
    r"|measur|not)|progress(?:ed|ion|ing)\b|recurrence\b"
    r"|regression|growth|infiltration|extension|assessment|measurement|index|resistan(?:t|ce) protein"
    r"|foundation|drugs?\b"
    r"|agents?\b|medic|chemo|radi"
    r"|trials?\b|clinics?\b|survivors?hip|diagnosis date|cachexia|-spes)"
)


@dataclass(frozen=True, slots=True)
class Disease:
    """What the record says of the disease under study."""

    codes: frozenset[str]
    """Codes named by title and conditions, the more specific ones."""
    context: str
    """Title and conditions in one string."""
    oncology: bool
    """Whether the trial is about cancer at all."""

    def owns(self, codes: frozenset[str]) -> bool:
        """Whether one of the codes is the disease, a kind of it, or a name above it."""
        return any(oncotree.related(code, own) for code in codes for own in self.codes)


T = TypeVar("T")


class _Identity:
    """A text as a key: the same object, found by the hash of its raw string."""

    __slots__ = ("text",)

    def __init__(self, text: CriteriaText) -> None:
        self.text = text

    def __hash__(self) -> int:
        return hash(self.text.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.text is other.text


def once(compute: Callable[[CriteriaText], T]) -> Callable[[CriteriaText], T]:
    """What is computed once for a text while its lines are read."""

    @lru_cache(maxsize=4)
    def cached(key: _Identity) -> T:
        return compute(key.text)

    return lambda text: cached(_Identity(text))


@lru_cache(maxsize=64)
def _named(context: str) -> frozenset[str]:
    codes = frozenset(code for mention in find_cancers(context) for code in mention.codes)
    return oncotree.without_ancestors(codes) | (codes & set(oncotree.PSEUDO))


def _disease(text: CriteriaText) -> Disease:
    context = ". ".join(part for part in (text.title, *text.conditions) if part)
    codes = _named(context) if context else frozenset()
    if codes:
        return Disease(codes, context, oncology=True)
    statement = _statement(text, context)
    oncology = statement is not None or _ONCOLOGY.search(context.lower()) is not None
    if not oncology and not context:
        oncology = any(line.section is Section.INCLUSION and _ONCOLOGIC.search(line.folded) for line in text.lines)
    context = ". ".join(part for part in (context, statement) if part)
    return Disease(_named(context) if statement else codes, context, oncology)


_STATES = re.compile(
    r"\b(?:confirm\w+|proven|documented|diagnos\w+|stages?|metastatic|advanced|with|scheduled|planned|undergo\w*|candidates?"
    rf"|history of)\b[\s\S]{{0,80}}?\b{NOUN}"
)


_ONCOLOGIC = re.compile(
    r"\brecist\b"
    r"|\b(?:metastatic|locally advanced|locally recurrent|unresectable|relapsed|refractory|recurrent) "
    r"(?:or [\w ]{3,30} )?"
    r"(?:disease|tumou?rs?|cancers?|carcinoma|lymphoma|leuka?emia|myeloma|melanoma|solid|nsclc|hl|nhl|aml|all)\b"
    r"|\b(?:histo|cyto)\w* (?:or (?:cyto|histo)\w+ )?(?:confirmed|proven|documented)\b[^.;]{0,80}"
    r"(?:cancer|tumou?r|carcino|(?<!non-)malignan)"
)
"""Phrases that only cancer trials ask with, for records without title and conditions."""


def _statement(text: CriteriaText, context: str) -> str | None:
    """The first inclusion line that states a cancer, for records whose title and conditions name none."""
    for line in text.lines:
        if line.section is not Section.INCLUSION or line.index not in lines_with_stems(text):
            continue
        if not _STATES.search(line.folded):
            continue
        for mention in find_cancers(line.plain[:LONGEST], context)[:MOST]:
            start, end = line.start + mention.start, line.start + mention.end
            if not is_other_malignancy(line, start, end, text) and is_subject(line, mention.start, mention.end):
                return line.plain[:_STATEMENT]
    return None


disease = once(_disease)
"""The disease of a text (`Disease`)."""


def has_stem(folded: str) -> bool:
    """Whether folded text holds a word for cancer."""
    return _ONCOLOGY.search(folded) is not None


STEMS = _STEMS
"""The words for cancer, as substrings of folded text."""


@cache
def _stem_automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for number, stem in enumerate(_STEMS):
        automaton.add_word(stem, number)
    automaton.make_automaton()
    return automaton


def _lines_with_stems(text: CriteriaText) -> frozenset[int]:
    found: set[int] = set()
    lines = iter(text.lines)
    line = next(lines, None)
    for end, _ in _stem_automaton().iter(text.folded):
        while line is not None and line.end <= end:
            line = next(lines, None)
        if line is None:
            break
        if line.start <= end:
            found.add(line.index)
    return frozenset(found)


lines_with_stems = once(_lines_with_stems)
"""Indices of the lines that hold a word for cancer."""


def words_before(line: Line, at: int) -> str:
    """The folded words of the sentence before an offset of the line, with single spaces and a space at the end."""
    first, _ = sentence(line, line.start + at, line.start + at)
    return " ".join(line.folded[max(first, at - _WINDOW) : at].split()) + " "


_SPACES = re.compile(r"  +")


def is_purpose(before: str) -> bool:
    """Whether what follows says what a therapy, test or rule was for ("prior chemotherapy for …"), not what one has."""
    if "(" in before:
        before = _SPACES.sub(" ", BRACKETS.sub(" ", before))
    if _TO_TREAT.search(before):
        return True
    if _PURPOSE.search(before) is None:
        return False
    return not (_SCHEDULED.search(before) or _CANDIDATE.search(before))


def is_subject(line: Line, start: int, end: int) -> bool:
    """Whether a mention (offsets in the line) speaks of the disease that a patient has, by the words around it."""
    before = words_before(line, start)
    after = " ".join(line.folded[end : end + 60].split())
    if line.folded[end : end + 1] == " ":
        after = " " + after
    return not (is_purpose(before) or _CAUSE.search(before) or _FOR.search(before) or _NOT_THE_DISEASE.match(after))


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(row.name for entry in entries().values() for row in entry.abbreviations)


_WORD = re.compile(r"[A-Za-z0-9+/-]+")


def has_abbreviation(plain: str) -> bool:
    """Whether one of the words of a text is an abbreviation of a cancer, in its own case."""
    return not _abbreviations().isdisjoint(_WORD.findall(plain))


def is_abbreviation(word: str) -> bool:
    """Whether a word, in its own case and perhaps in brackets, is an abbreviation of a cancer."""
    bare = word.strip("()[],;:.\"'*")
    return bare in _abbreviations() or bare.rstrip("s") in _abbreviations()


_CONDITIONAL = re.compile(
    r"^\W*(?:o )?\W*(?:note:? )?(?:(?:for|in|if|among) )?(?:the |all |those )?(?:patients?|participants?"
    r"|subjects?|those|women|men|individuals?|cases?)"
    r"(?: (?:in|on) [^.;]{0,30})? (?:with|who have|diagnosed with|whose)\b[^.;]*$"
)
_THEN = re.compile(
    r"^[^.;]{0,160}?\b(?:must|should|(?:are|is|be|been) required|need(?:s)? to|ha(?:s|ve) to|will (?:be"
    r"|need|have|undergo|receive|require)"
    r"|may\b|can\b|(?:are|is) not required|(?:are|is) (?:only )?(?:eligible|allowed|permitted|excluded|exempt))"
)


_ASKED = r"(?:required|mandatory|mandated|recommended|needed|obligatory|necessary|optional|compulsory|encouraged)"
_ASKED_FOR = re.compile(
    rf"\b{_ASKED}(?: only)? (?:for|if|when)\b[^.;,:]{{0,40}}$"
    rf"|\b(?:(?:is|are|be) (?:\w+ )?{_ASKED}"
    r"|(?:must|should|will|needs? to|ha(?:s|ve) to) be (?:performed|obtained|done))"
    r"(?: only)? (?:for|in|if|when)\b[^.;,:]{0,40}$"
)
_WHERE = re.compile(
    r"^\W*(?:for|in|if)(?: (?:the|all|any|those|clinical|pathologic\w*|patients?|participants?|subjects?|people"
    r"|tumou?rs?|cancers?|disease|cases?|at|of|with|who|have|has|is|are))*\W*$"
)
_IS_ASKED = re.compile(
    r"^[^.;]{0,100}?,[^.;]{0,100}?\b(?:must|should|(?:is|are|be|will be) (?:required|mandatory|mandated|recommended"
    r"|needed|necessary|obligatory|optional|performed|obtained))\b"
)
_NEED_NOT = re.compile(
    r"^[^.;:]{0,60}?\b(?:need not|(?:do|does) not (?:need|have) to|(?:is|are) not (?:required|obliged) to"
    r"|(?:is|are) exempt(?:ed)?|(?:must|should|needs? to|ha(?:s|ve) to|will) (?:also )?be (?:tested|typed|screened))\b"
)


def is_conditional(before: str, after: str) -> bool:
    """Whether a sentence says what those who have something must do ("Patients with X must …"), or `is_premise`."""
    return (_CONDITIONAL.match(before) is not None and _THEN.match(after) is not None) or is_premise(before, after)


def is_premise(before: str, after: str) -> bool:
    """Whether a sentence says what is asked, or not asked, of those who have something, and not who may take part.

    "MRI is required for X", "For X, MRI is required", "X need not be tested".
    """
    if _ASKED_FOR.search(before) is not None or (_WHERE.match(before) is not None and _IS_ASKED.match(after)):
        return True
    return not before.strip(" (*-\u2022") and _NEED_NOT.match(after) is not None


_HAMPERED = re.compile(
    r"\b(?:not|no longer|never)(?= (?:be |an? |considered |deemed |\w+ly )*(?:amenable|suited|suitable"
    r"|(?:\w+ )?candidates?|appropriate|accessible|fit|curable|operable|resectable|removable|feasible)"
    r" (?:to|for|by|with)\b"
    r"(?! (?:this|the (?:study|trial)|enrol|participat|inclusion))"
    r"|(?= (?:be |considered |deemed )*eligible for (?:\w+ )?(?:curative|surgery|surgical|resection|radical|definitive"
    r"|transplant\w*|chemo-?radi\w*|radi\w+therapy|ablation)))"
    r"|\b(?:cannot|can not|could not)(?= be (?:\w+ly )?(?:treated|resected|removed|cured|operated"
    r"|irradiated|managed)\b)"
    r"|\bwithout(?=(?:(?!following)[^.;:]){3,80}:\s)"
)


def without_hampered(line: Line) -> Line:
    """The line without negations that say nothing of stages beside them.

    "Not amenable to surgery, or stage IV", "without extrahepatic spread: BCLC stage B".
    """
    if not any(cue in line.folded for cue in ("not ", "no longer", "never", "without", "cannot")):
        return line
    folded = _HAMPERED.sub(lambda match: " " * len(match.group()), line.folded)
    return line if folded == line.folded else replace(line, folded=folded)


_NEGATED = re.compile(
    r"\b(?:no|not|without|never|absence|absent|free|neither|nor|cannot|exclud\w+|ineligible|other than"
    r"|except\w*|unless|negative|lack\w*|rule[sd]? out|refus\w+)\b"
)
_EXCLUDED_AFTER = re.compile(
    r"^[^.;]{0,120}?\b(?:(?:is|are|will be|be|should be) (?:also )?(?:excluded|ineligible|not )"
    r"|(?:not|cannot|can not|may not|must not) (?:be )?(?:\w+ )?(?:eligible|allowed|permitted|enrol"
    r"|includ|participat)|ineligible|exclu)"
)


def is_negated(before: str, after: str) -> bool:
    """Whether an inclusion line rules out what it names: by a negation before it, or an exclusion after it."""
    return _NEGATED.search(before) is not None or _EXCLUDED_AFTER.match(after) is not None


_LOOK_BACK = 8
_ITEM = 200


def is_other(line: Line, start: int, end: int, text: CriteriaText) -> bool:
    """`is_other_malignancy`, and where the clause opens a list that is not indented ("Prior malignancy, except:")."""
    if is_other_malignancy(line, start, end, text):
        return True
    for index in range(line.index - 1, max(-1, line.index - 1 - _LOOK_BACK), -1):
        other = text.lines[index]
        if other.section is not line.section or other.level != line.level:
            return False
        words = other.folded.rstrip()
        if words.endswith(":"):
            return bool(is_other_malignancy_line(other))
        if len(words) > _ITEM or not has_stem(words):
            return False
    return False
