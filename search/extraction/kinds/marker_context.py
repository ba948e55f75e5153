"""What the words around a marker make of it: a condition, a permission, a mere test, or no biomarker at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from search.eligibility.criterion import Requirement, Section
from search.extraction.reading import Line

_ALLOWED, _REQUIRED = Requirement.ALLOWED, Requirement.REQUIRED
_REACH = 220
"""Characters on either side that have a say."""
_NEXT = 60
"""Characters behind a chain in which "unknown" is what is allowed."""
_SENTENCE_START = r"(?:^|[.;:]\s+|\)\s+|\bnote:?\s*|^\W+|(?:and|however|but),? (?=for ))"
_TITLE = (
    r"(?:(?:if|when|where|for|in|among|note:?|in case|all|any|those|only|adult|male|female|the|other"
    r"|a|known|enrolled|eligible) )*"
    r"(?:patients?|participants?|subjects?|individuals?|those|women|men|people|persons?|tumou?rs?|cases?|carriers?)"
)
_MODAL = re.compile(
    r"\b(?:must|should|shall|will|may|can|needs?|required|eligible|excluded|allowed|ineligible|not|no)\b"
)
_SUBJECT = re.compile(
    rf"\W*(?:{_TITLE}\b[^.;:]{{0,90}}?\b(?:with|whose|who (?:have|has|are|were|is)|that (?:have|has"
    rf"|are)|harbou?ring|having|known to have|have|are|carrying|bearing"
    r"|found to have)\b|(?:if|when|where|whenever|in (?:the )?(?:cases?|event|presence) of|for)\b)"
)
_ASKS = re.compile(
    r"^[^.;]{0,200}?(?:\b(?:must|should|shall)\b(?! (?:not )?be (?:excluded|enrolled|included))"
    r"|\bneeds? to\b|\b(?:is|are|was|were) required\b|\bwill (?:need|have|undergo|be (?:required"
    r"|assessed|evaluated|tested|treated|assigned|randomi[sz]ed|stratified|considered|analy[sz]ed"
    r"|confirmed|eligible))\b|\bhas to\b|\bhave to\b"
    r"|\bmay (?:be|have|also|enroll?|participate|still)\b|\b(?:are|is)(?: only)? eligible\b"
    r"|\bcan be (?:enrolled|included)|\bare (?:allowed|permitted))"
)
_MUST_HAVE = re.compile(
    r"^[^.;:]{0,40}?\b(?:tumou?rs?|cancers?|disease|patients?|participants?|subjects?|carcinomas?)\b[^.;:]{0,30}?"
    r"\b(?:must|should|need(?:s)? to|(?:is|are) required to|ha(?:s|ve) to) (?:also |already )?"
    r"(?:have (?:had|received|been|progressed|failed)|receive|undergo|be treated)\b"
)
"""Behind a marker that begins a statement: what its carriers must have had ("BRCA-mutated tumours must have …")."""
_LABELS = re.compile(r"^[\s-]*(?:\w+ )?(?:patients?|participants?|subjects?)\s*:\s*\w")
"""Behind a marker that begins a statement: it labels what is asked of some ("ROS1-positive patients: …")."""
_SENTENCES = re.compile(r"[.;]\s+|:\s+(?=[a-z])")
_LABELLED = 30
"""Characters from the start of a line in which a marker may be the label of what follows the colon."""
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LABEL = re.compile(r"[^.;:,]{0,50}:\s*\w{3}")
_IF = re.compile(
    rf"(?:\b(?:if|in case of|in the case of|in cases of|in the event of|in the presence of|when|where"
    rf"|whenever|only for|required for|depending on)\b[^.;,:]{{0,60}}$"
    rf"|{_SENTENCE_START}\W*for (?:[\w+-]+ ){{0,8}}$"
    r"|\bfor (?:participants|patients|subjects|those|individuals) (?:with|who|whose)\b[^.;,]{0,80}$)"
)
_ELIGIBLE_IF = re.compile(
    r"\b(?:eligible|allowed|included|enrolled|permitted)\b[^.;]{0,40}\bif\b[^.;]{0,60}$|\bonly (?:if"
    r"|when)\b[^.;]{0,60}$"
)
_FOR_TAIL = re.compile(
    r"^[^.;]{0,60}?(?:,|:|\bmust\b|\bshould\b|\bpatients?\b|\bparticipants?\b|\bsubjects?\b|\b(?:is"
    r"|are) required|\bprior\b)"
)
_REGARDLESS = re.compile(
    r"\b(?:regardless of|irrespective of|independent(?:ly)? of|without regard (?:to|for)"
    r"|with or without|with/without|whether or not)\b(?: [\w/-]+){0,4} ?$"
    r"|\b(?:do(?:es)? not|don't|need not|not) (?:need|have)? ?(?:to )?(?:meet|have to|be required to)[^.;]{0,60}$"
)
_ANY_STATUS = re.compile(r"\b(?:any|all)(?: known)? $")
_REGARDLESS_AFTER = re.compile(
    r"^[^.;]{0,40}\b(?:or not|is (?:optional|not (?:required|mandatory|necessary))|not required|is allowed)\b"
)
_STATUS = re.compile(r"^[\s-]*(?:\w+ ){0,2}(?:status|expression|results?|mutation(?:al)? status)\b")
_EXAMPLES = re.compile(
    r"\b(?:cancers?|tumou?rs?|malignanc\w+|types?|indications?|carcinomas?"
    r"|histolog\w+)\b(?:(?! with)[^.;:,]){0,20}(?:,? (?:including|such as|e\.g\.|for example"
    r"|include)(?:,? but (?:are )?not limited to)?)[^.;]{0,120}$"
)
_REQUIRED_BEHIND = re.compile(r"^\W*(?:(?!not\b|if\b|is\b)\w+\W+){0,2}required(?! (?:for|if|to|when|in|only)\b)\b")
_UNTREATED = re.compile(
    r"^(?:(?!\bor\b|,)[^.;]){0,60}?\b(?:(?:who|that|and)(?: have| has| are| were)? (?:not|never)\b"
    r"|(?:who|that) (?:have|has) (?:progress|receiv|fail)|without prior|not previously treated|unless"
    r"|who are (?:candidates|eligible)|(?:for|in) whom"
    r"|,? (?:naive|na.ve) to|,? previously untreated with|eligible for|not treated)"
)
_UNKNOWN = re.compile(
    r"\bunknown\b|\bnot (?:been )?(?:known|tested|available|done|determined|evaluable|assessed)\b"
    r"|\bindeterminate\b|\bunavailable\b"
)
_NO_UNKNOWN = re.compile(
    r"(?:unknown|uncertain)(?: ?(?:/|or) ?(?:unknown|uncertain))? (?:clinical )?significance"
    r"|unknown primary|unknown (?:are|is|will be) (?:not|excluded"
    r"|ineligible)|unknown cause|unknown origin"
)


_TREATED_FOR = re.compile(
    r"\b(?:therap(?:y|ies)|treatments?|chemotherapy|immunotherapy|tkis?|inhibitors?|regimens?|surgery"
    r"|vaccines?|lines?|drugs?|agents?|transplant\w*)\b"
    r"[^.;,:]{0,40}\b(?:for|of|in|against)\b(?! (?:patients|participants|subjects|those)\b)[^.;,:]{0,30}$"
)


_RESEARCH = re.compile(r"\b(?:explor(?:e|ation|atory)|correlat\w+)\b")


class Talk(Enum):
    """What is said of a marker that has no state."""

    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Company:
    """The words' verdict on a chain of markers."""

    requirement: Requirement
    unknown_ok: bool = False


def company(folded: str, start: int, end: int, line: Line, said: Requirement) -> Company:
    """What a chain of markers means, given what section and negation make of it.

    Args:
        folded: the line's flowing text in lower case.
        start: offset of the chain in it.
        end: offset behind it.
        line: the line.
        said: what section, negation and exception make of it.
    """
    before, after = folded[max(0, start - _REACH) : start], folded[end : end + _REACH]
    unknown = _unknown(folded, start, end)
    if _REQUIRED_BEHIND.match(after):
        return Company(_REQUIRED, unknown)
    if said is not _REQUIRED and not (said is Requirement.PROHIBITED and line.section is Section.EXCLUSION):
        return Company(said, unknown)
    if _REGARDLESS.search(before) or (_ANY_STATUS.search(before) and _STATUS.match(after)):
        return Company(_ALLOWED, unknown)
    opening = _SENTENCES.split(folded[max(0, start - 2 * _REACH) : start])[-1]
    plain = _BRACKETED.sub(" ", after)
    conditional = bool(_SUBJECT.match(opening) and not _MODAL.search(opening) and _ASKS.match(plain))
    if not opening.strip(" -*\u2022") and (_MUST_HAVE.match(plain) or _LABELS.match(after)):
        conditional = True
    if said is Requirement.PROHIBITED:
        if conditional:
            return Company(_ALLOWED, unknown)
        labelled = (
            start < _LABELLED and _LABEL.match(after) and "exclu" not in after and line.section is Section.EXCLUSION
        )
        return Company(_ALLOWED if labelled or _UNTREATED.match(after) else said, unknown)
    permits_unknown = unknown and _UNKNOWN.search(after[:_NEXT]) is not None
    if _REGARDLESS_AFTER.match(after) and not _ASKS.match(after[:40]) and not permits_unknown:
        return Company(_ALLOWED, unknown)
    if _EXAMPLES.search(before):
        return Company(_ALLOWED, unknown)
    if conditional:
        return Company(_ALLOWED, unknown)
    condition = None if _ELIGIBLE_IF.search(before) else _IF.search(before)
    if condition and (not condition.group().strip(" .;:*-").startswith("for ") or _FOR_TAIL.match(after)):
        return Company(_ALLOWED, unknown)
    return Company(said, unknown)


def _unknown(folded: str, start: int, end: int) -> bool:
    words = folded[max(0, start - 80) : end + 160]
    return bool(_UNKNOWN.search(words)) and not _NO_UNKNOWN.search(words)


_ASSAY = re.compile(
    r"[\s-]*(?:(?:mutation|gene|expression|tumou?r|mutational|central|local|plasma|blood"
    r"|\(\w+\)) ?){0,3}(?:status|test(?:ing|s)?|assays?|analys[ie]s|sequencing|immunohistochemistry"
    r"|ihc|kit|panel|screening|assessment|determination|evaluation)\b"
    r"(?! (?:is |of |was |must be |should be |are )?(?:positive|negative|[0-3]\+|wild|:))"
)


_TESTED_FOR = re.compile(
    r"\b(?:test(?:ed|ing|s)?(?: results?)?|assess(?:ed|ment)?|evaluat(?:ed|ion)|determin(?:ed|ation)"
    r"|analy[sz]ed?|analysis|measurement|status|examin\w+|screen(?:ed|ing)|genotyp\w+|sequenc\w+"
    r"|evaluable|assessable|suitable|sufficient|adequate|enough|available)"
    r" (?:for|of|on)(?: the| any| tumou?r| known| presence| of|,)* $"
)


def tested_for(folded: str, start: int) -> bool:
    """Whether the words before a marker only speak of testing for it."""
    return _TESTED_FOR.search(folded, max(0, start - 60), start) is not None


def is_assay(folded: str, end: int) -> bool:
    """Whether the words behind a variant make it the name of a test ("V600E immunohistochemistry")."""
    return _ASSAY.match(folded, end) is not None


_TEST_AFTER = re.compile(
    r"^[\s)-]*(?:(?:and|/|or|gene|mutations?|mutational|expression|amplification|receptor|tumou?r"
    r"|protein|methylation|promoter|rearrangement|fusion|of|the|by|ihc|\w+\))[\s/]*){0,5}"
    r"(?:status|test(?:ing|s|ed)?|results?|assessment|analysis|determination|score|level|expression|genotyp\w+)\b"
)
_KNOWN = re.compile(
    r"\b(?:must|should|has to|have to|needs? to|is|are|be|been|with|have|having|documented"
    r"|documentation of|known|confirmed|prior|available|provide)\b[^.;]{0,60}"
    r"\b(?:known|documented|available|determined|tested|performed|evaluated|assessed|established"
    r"|confirmed|required|documentation|status)\b|\bknown\b|\bdocumented\b|\btest(?:ed)? for\b"
)
_OPTIONAL = re.compile(
    r"\b(?:not (?:be )?(?:required|mandatory|necessary|needed)|optional|if (?:available|known"
    r"|applicable|possible|done|tested)|when available|may be|will be (?:performed|done|assessed"
    r"|tested|evaluated|collected|determined)|for (?:the )?(?:analysis|assessment|determination"
    r"|testing|evaluation) of|to (?:determine|assess|test|evaluate|confirm|perform)|regardless"
    r"|irrespective|any|sufficient|adequate|enough|stratif\w+|available (?:for|to)|blocks?|slides?"
    r"|submi\w+|biops\w+|specimens?|samples?)\b"
)


def tested(folded: str, start: int, end: int, line: Line) -> Talk | None:
    """Whether a marker's result must be known, though any result will do."""
    if line.section is Section.EXCLUSION:
        return None
    before, after = folded[max(0, start - _REACH) : start], folded[end : end + _REACH]
    sentence_before = re.split(r"[.;]\s", before)[-1]
    sentence_after = re.split(r"[.;](?:\s|$)", after)[0]
    words = sentence_before + folded[start:end] + sentence_after
    asked = _TEST_AFTER.match(after) or re.search(
        (
            r"\b(?:status|test(?:ed|ing)?|percentage|level|determination|assessment|expression)\b(?: of| for"
            r"| on)?[^,;]{0,30}$"
        ),
        sentence_before,
    )
    if asked and _KNOWN.search(words) and not _OPTIONAL.search(words):
        return Talk.KNOWN
    return None


_VIRAL = frozenset({"HPV", "EBV", "HHV8", "HTLV-1", "MCPyV"})
_TUMOUR = re.compile(
    r"tumou?r|cancer|carcinom|npc|lymphom|ptld|driven|associat|related|malignan|oropharyn|p16"
    r"|squamous|disease|lymphoprolif|tissue|ish\b|in situ|eber"
)
_INFECTION = re.compile(
    r"infect|vaccin|serolog|antibod|hepatitis|\bhiv\b|\bcmv\b|viral load|viremia|igg|igm|vca|donor"
    r"|seropos|seroneg|screening|cytomegalo|immunity|transplant"
)
_NO_BIOMARKER = re.compile(
    r"^[\s+-]*(?:cells?(?: count|s?/)|stem|progenitor|selected|selection|count|t[- ]?cells?"
    r"|t[- ]lymph|x ?10|/(?:kg|ul|mm)|lymphocytes?|enriched|depleted|immune|b[- ]cell (?:count"
    r"|aplasia)|absolute)"
)
_SERUM = frozenset({"CEA", "CA-125", "CA19-9", "B2M"})
_SUBSETS = frozenset({"CD34", "CD3", "CD4", "CD8", "CD45", "CD56", "CD25"})


def is_aside(meant: tuple[str, ...], start: int, end: int, folded: str, line: Line) -> bool:
    """Whether a marker is none here: a virus as infection, a cell count, a serum level (a laboratory value)."""
    first = meant[0]
    if line.section is Section.EXCLUSION and _TREATED_FOR.search(folded, max(0, start - 120), start):
        return True
    near = folded[max(0, start - 60) : end + 60]
    if _RESEARCH.search(near):
        return True
    if first in _VIRAL:
        return (
            first in ("HTLV-1", "HHV8") or bool(_INFECTION.search(near)) or line.section is Section.EXCLUSION
        ) and not (_TUMOUR.search(near) and not _INFECTION.search(near))
    if first == "CD34" and re.match(
        r"[\s+-]*(?:positive )?(?:hematopoietic )?(?:cells?|stem|progenitor)", folded[end : end + 30]
    ):
        return True
    if first in _SUBSETS:
        return bool(_NO_BIOMARKER.match(folded, end)) or bool(
            re.search(r"count|cells?/|/kg|x ?10|per (?:ul|mm|kg)|donor|graft|hiv", near)
        )
    if first in _SERUM:
        return "express" not in near and "positiv" not in near and "overexp" not in near
    if first == "PD-1":
        return True
    return bool(re.match(r"[\s-]*(?:cells?/|x ?10)", folded[end : end + 12]))
