"""Who needs no contraception, and which methods do: lines of a list that a demand for contraception opens or closes.

"Are postmenopausal for at least 1 year, OR" and "surgically sterile" are alternatives to contraception: they ask
nothing of a patient and say whom the demand leaves out. A trial that wants menopause itself speaks of something else;
only lines that stand with words of pregnancy, childbearing or contraception are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from search.eligibility.criterion import Condition, Requirement
from search.extraction.flow import flow
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_TOPIC = "contraception"
_CONFIDENCE = 0.8
_NEAR = 12
"""Lines of one list that are looked through for its subject."""
_LONGEST = 4000
"""Characters of a line that are read."""
_LONGEST_VALUE = 60

_STATES = re.compile(
    r"\b(?:(?:post|peri|pre)-? ?)?menopaus(?:e|al)\b|\bamenorrh\w+|\bmenses\b|\bmenstrua\w+|\bmenarche\b"
    r"|\bhysterectom\w+|\boophorectom\w+|\bsalpingectom\w+|\bsalpingo-oophorectom\w+|\btubal (?:ligation|occlusion)"
    r"|\bvasectom\w+|\b(?:surgically|permanently|medically|naturally|are|is|be|been|partner|surgical|female|male"
    r"|permanent|irreversible) steril\w+|\b(?:non-?)?child-? ?bearing (?:potential|age|capacity)\b|\bwocbp\b|\bfocbp\b"
    r"|\bwomen of reproductive potential|\bintra-?uterine (?:device|system|hormone)|\biuds?\b|\bovarian failure\b"
    r"|\b(?:follicle[- ]stimulating hormone|fsh)\b"
)
_SUBJECT = re.compile(
    r"contracep|child-? ?bearing|birth control|pregnan|\b[wf]ocbp\b|reproductive potential|abstin|sexually active"
)
"""What a list must be about for its menopause and sterility to be alternatives."""
_WANTED = re.compile(
    r"\b(?:must|have to|should) be (?:(?:post|pre|peri)-?menopaus|menopaus)"
    r"|\b(?:post|pre|peri)-?menopausal (?:status|women|patients?|wom[ae]n) (?:must|with|who have)"
    r"|\bplan\w*\b|\bschedul\w+|\bcandidates?\b|\bundergoing\b|\bestradiol\b"
    r"|\bbreast\b|\bendometri|\bcervi|\bovarian cancer|suppression|\baromatase|\blhrh\b|\bgnrh\b|\bendocrine\b"
    r"|\bdesire\b|\btamoxifen\b"
)
"""Menopause or an operation as what the trial is about."""
_ASKS_ITSELF = re.compile(r"contracep|birth[- ]control|abstain|abstinen|condom|barrier|pregnan|donat")
"""Lines that the topics read."""
_ASKED = re.compile(
    r"^\W*(?:all )?(?:wom[ae]n|fe?males?|males?|m[ae]n)\b[\w ]{0,30}\bmust be (?:surgically |permanently )?steril"
)
"""Sterility that is asked of everybody, not an alternative."""


class FertilityReader:
    """Reads alternatives to contraception."""

    triggers: tuple[str, ...] = (
        "menopaus",
        "amenorr",
        "menses",
        "menstrua",
        "menarche",
        "hysterectom",
        "oophorectom",
        "salpingectom",
        "tubal",
        "vasectom",
        "steril",
        "bearing",
        "ocbp",
        "reproductive potential",
        "uterine",
        "iud",
        "ovarian failure",
        "fsh",
        "follicle",
    )

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """One finding at most: the line as an alternative."""
        flowing = flow(line.folded[:_LONGEST])
        words = flowing.text
        if _ASKS_ITSELF.search(words) or _WANTED.search(words):
            return
        match = _STATES.search(words)
        if match is None or not (_SUBJECT.search(words) or _is_about(line, text)):
            return
        start = line.start + flowing.original(match.start())
        end = line.start + flowing.original(match.end() - 1) + 1
        fact = Condition(_TOPIC, match.group()[:_LONGEST_VALUE])
        asked = _ASKED.search(words) and not (line.headings and _SUBJECT.search(line.headings[-1]))
        yield Finding(fact, start, end, Requirement.REQUIRED if asked else Requirement.ALLOWED, _CONFIDENCE)


def _is_about(line: Line, text: CriteriaText) -> bool:
    """Whether the list of the line is about contraception: its heading, what governs it, a line beside it."""
    if line.headings and _SUBJECT.search(line.headings[-1]):
        return True
    parent = text.parent(line)
    while parent is not None:
        if _SUBJECT.search(parent.folded):
            return True
        parent = text.parent(parent)
    return any(_reaches(neighbours) for neighbours in (_before(line, text), _behind(line, text)))


def _before(line: Line, text: CriteriaText) -> Iterator[Line]:
    for index in range(line.index - 1, max(-1, line.index - 1 - _NEAR), -1):
        yield text.lines[index]


def _behind(line: Line, text: CriteriaText) -> Iterator[Line]:
    for index in range(line.index + 1, min(len(text.lines), line.index + 1 + _NEAR)):
        yield text.lines[index]


def _reaches(neighbours: Iterable[Line]) -> bool:
    """Whether lines on fertility lead, without a gap, to one that names the subject."""
    for other in neighbours:
        if _SUBJECT.search(other.folded):
            return True
        if not _STATES.search(other.folded):
            return False
    return False


FERTILITY: Reader = FertilityReader()
"""The reader of alternatives to contraception (kind `condition`)."""
