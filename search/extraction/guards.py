"""Guards: words that look like the disease under study but speak of something else.

A fifth of the trials that name a stage name it only in a clause on *other* malignancies ("adequately treated stage I
cancer"). Whoever reads cancer types, stages, extent or grades asks `is_other_malignancy` first.
"""

from __future__ import annotations

import re
from functools import lru_cache

from search.eligibility.criterion import Section
from search.extraction.flow import flow
from search.extraction.polarity import sentence
from search.extraction.reading import CriteriaText, Line

_MALIGNANCY = (
    r"(?:malignanc(?:y|ies)|malignant (?:tumou?rs?|neoplasms?|diseases?|disorders?|conditions?)|neoplas(?:ms?|ias?)"
    r"|cancers?|carcinomas?|tumou?rs?)\b"
    r"(?![- ](?:therap|treatment|surger|chemo|radi|drug|medic|directed|related|associated|regimen|vaccin"
    r"|antigen|marker"
    r"|cell|tissue|sample|specimen|biops|resect|lesion|site|pain|predispos|susceptib|patient|centre|center|risk|type"
    r"|(?:growth|burden|histolog|progress|recurr|response)))"
)
_QUALITY = (
    r"(?:(?:active|known|invasive|primary|malignant|concurrent|concomitant|simultaneous|synchronous"
    r"|metachronous|serious"
    r"|uncontrolled|progressive|second|secondary|additional|other|another|prior|previous|past|solid"
    r"|diagnosed|significant"
    r"|clinically|hematologic(?:al)?|ha?ematological|non-?ha?ematologic|current|any|types?|kinds?|forms?|of"
    r"|or|and|and/or|a|an"
    r"|life-threatening|systemic|non-?\w+|untreated|detectable|existing|co-?existing|unrelated|documented"
    r"|internal|severe"
    r"|potentially|lethal|history|personal|evidence|the|different|separate|independent|co-?morbid|invasive)[ ,/]+)"
)
_YEARS = r"\d+|one|two|three|four|five|six|ten"
_CUE = re.compile(
    # another malignancy by name
    rf"\b(?:other|another|additional|second|secondary|concurrent|concomitant|simultaneous|synchronous"
    rf"|metachronous|co-?existing"
    rf"|different|unrelated|intercurrent|competing|separate|multiple)[ ,/]+{_QUALITY}{{0,5}}{_MALIGNANCY}"
    rf"|\b(?:other|another|second|secondary|concurrent|synchronous|additional|multiple) (?:active "
    rf"|invasive )?primar(?:y|ies)\b"
    # an earlier one
    rf"|\b(?:prior|previous|past|previously diagnosed|antecedent|pre-?existing) {_QUALITY}{{0,5}}{_MALIGNANCY}"
    rf"|\bhistor(?:y|ies) of {_QUALITY}{{0,5}}(?:malignanc(?:y|ies)\b|malignant (?:tumou?r|neoplas|disease)"
    rf"|cancers?\b(?![- ](?:therap|treatment))|neoplas)"
    rf"|\bhistory of (?:adequately|curatively|previously|successfully) treated\b"
    # one with a time, or set apart from the disease under study
    rf"|\b(?:malignanc(?:y|ies)|cancers?|malignant (?:tumou?rs?|diseases?|neoplasms?)|tumou?rs?"
    rf"|neoplasms?)\b[^.;]{{0,40}}?"
    rf"\b(?:within|in|during|for|over) (?:the )?(?:at least |last |past |previous |prior |preceding |< ?"
    rf"|<= ?|\u2264 ?)*"
    rf"(?:{_YEARS})(?: ?\(\d+\))?[- ]?(?:years?|yrs?)\b"
    rf"|\b(?:malignanc(?:y|ies)|cancers?)\b(?: \([^)]{{0,40}}\))?,? \(?(?:other than|besides|aside from"
    rf"|apart from|in addition to|unrelated to"
    rf"|different from|prior to the (?:one|current))\b"
    rf"|\b(?:disease|cancer|malignancy|tumou?r)[- ]free (?:for|of|from)\b[^.;]{{0,60}}(?:years?|malignanc|cancers?)"
    rf"|\b(?:no|without)(?: evidence of)? (?:active |other |known )*malignanc(?:y|ies)\b"
    rf"|\bactive malignanc(?:y|ies)\b"
)
# What such clauses except; one alone may be the disease under study, two kinds together are not.
_EXCEPTED = (
    re.compile(r"\bbasal[- ]cell|\bbasal (?:or|and|and/or) squamous|\bbasalioma|\bbasaliomas"),
    re.compile(
        r"\bnon-?melanoma(?:tous|tic)?[- ](?:skin|cutaneous)|\bskin (?:cancer|carcinoma|malignanc)"
        r"|\bcarcinomas? of (?:the )?skin"
    ),
    re.compile(r"\bin[- ]situ\b|\bdcis\b|\blcis\b|\bcervical intraepithelial"),
    re.compile(
        r"\b(?:adequate|curative|successful|appropriate|definitive|effective|sufficient)ly[- ](?:treated"
        r"|resected|cured|managed)"
        r"|\b(?:surgically|considered) cured|\bcurative(?:ly)? (?:treatment|therapy|intent)|\bremission\b"
        r"|\bdisease[- ]free\b|\bcured\b"
    ),
    re.compile(r"\b(?:superficial|non-?muscle[- ]invasive|early[- ]stage) bladder|\bgleason|\bpsa\b|\bincidental\b"),
)
_EXCEPTED_CUES = (
    "basal",
    "skin",
    "situ",
    "dcis",
    "lcis",
    "intraepithelial",
    "bladder",
    "cutaneous",
    "gleason",
    "psa",
    "incidental",
)
"""Of two kinds of excepted cancers, one holds one of these."""
_EXCEPTS = re.compile(
    r"\W*(?:(?:note:?|n\.b\.|the|allowed|acceptable|only|permitted)\W+)*(?:exceptions?|except|exempt|unless)\b"
)
_GOES_ON = re.compile(
    r"\W*(?:note:?\W+|n\.b\.\W+|the )?(?:however|for example|these|such|this|the following|a history|prior"
    r"|adequately|curatively"
    r"|(?:\w+ )?(?:patients|participants|subjects|individuals|those)\b)"
)
_EXCEPTED_NEEDED = 2
"""Kinds of excepted cancers in one sentence that tell an other-malignancy clause without its head."""


def is_other_malignancy(line: Line, start: int, end: int, text: CriteriaText | None = None) -> bool:
    """Whether a span speaks of another malignancy than the disease under study.

    Args:
        line: the line that holds the span.
        start: first offset of the span in the raw text.
        end: offset behind it.
        text: where given, a head in the governing line ("No other malignancy, except:") or, for a line that only
            goes on with it ("Exceptions include …"), in the line before counts as well.
    """
    first, last = sentence(line, start, end)
    words = line.folded[first:last]
    cue = _first_cue(line.folded)
    if cue is not None:
        # In an exclusion the sentence is about it as a whole; an inclusion may name the disease first.
        if cue >= last:
            return False
        if first <= cue:
            return line.section is Section.EXCLUSION or cue < end - line.start or _excepts(words[: cue - first])
        return True  # an earlier sentence opened the clause
    if _excepts(words):
        return True
    if text is None:
        return False
    parent = text.parent(line)
    while parent is not None:
        if is_other_malignancy_line(parent):
            return True
        parent = text.parent(parent)
    if line.index == 0:
        return False
    before = text.lines[line.index - 1]
    same_paragraph = "\n" not in text.raw[before.end : line.start]
    if _EXCEPTS.match(line.folded) or (same_paragraph and _GOES_ON.match(line.folded)):
        return before.section is line.section and not before.is_heading and is_other_malignancy_line(before)
    return False


def is_other_malignancy_line(line: Line) -> bool:
    """Whether a line has an other-malignancy clause."""
    return _first_cue(line.folded) is not None or _excepts(line.folded)


@lru_cache(maxsize=512)
def _excepts(words: str) -> bool:
    if not any(cue in words for cue in _EXCEPTED_CUES):
        return False
    flowing = flow(words).text
    return sum(1 for kind in _EXCEPTED if kind.search(flowing)) >= _EXCEPTED_NEEDED


def other_malignancy_clause(line: Line) -> tuple[int, int] | None:
    """The words that open a clause on other malignancies (offsets in the raw text), or None."""
    found = _cue(line.folded)
    if found is None:
        return None
    return line.start + found[0], line.start + found[1]


def _first_cue(folded: str) -> int | None:
    found = _cue(folded)
    return None if found is None else found[0]


_NOUNS = ("malignan", "cancer", "neoplas", "tumor", "tumour", "carcinoma", "primary", "primaries", "treated")


@lru_cache(maxsize=512)
def _cue(folded: str) -> tuple[int, int] | None:
    if not any(noun in folded for noun in _NOUNS):
        return None
    flowing = flow(folded)
    match = _CUE.search(flowing.text)
    return None if match is None else (flowing.original(match.start()), flowing.original(match.end() - 1) + 1)
