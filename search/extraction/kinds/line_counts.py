"""Line counts: how many prior lines, regimens or courses of treatment a patient may or must have had.

"At least one", "no more than 2", "1 to 3", "exactly two", "4 lines or more"; an exclusion turns its bound round ("more
than 3 lines" excluded: at most 3). Rules of counting ("maintenance does not count as a line") are kept as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from search.eligibility.criterion import LineCount, Requirement, Section
from search.extraction.flow import flow
from search.extraction.guards import is_other_malignancy
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_COMPARED, _BARE_RANGE, _BARE, _ORDINAL, _NONE = 0.92, 0.88, 0.8, 0.75, 0.75
"""Confidence of a count with a comparator, of a bare count, of a first/second-line phrase, of "no prior therapy"."""
_MOST_LINES = 12
"""A greater number is no count of lines."""
_LONGEST, _MOST_COUNTS = 4000, 40
"""Characters of a line that are read, counts that are looked at."""
_NEAR, _CONDITION_REACH, _TAIL_REACH, _BRACKET_REACH = 20, 60, 70, 200
"""Characters around a count: what it is part of, what it stands under, what bounds it from behind, an open bracket."""
_BEFORE_NOUN = 150
"""Characters before "lines" or "regimens" in which their number may stand."""
_COUNTABLE = re.compile(
    r"\b(?:lines?|regimens?|therapies|treatments|chemotherapies|lots?|courses)\b"
    r"|\b(?:prior|previous) (?:[a-z-]+ ){0,2}(?:therapy|treatment)\b"
)
_RULE_CUES = ("count", "consider", "regimen", "defin")
_WORDS = {w: n for n, w in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight"))} | {
    "single": 1, "no": 0
}  # fmt: skip
_N = (
    r"(?:\d{1,2}(?![\d./%])|\b(?:zero|one|two|three|four|five|six|seven|eight|single|no(?= or (?:one|1"
    r"|up)))\b)(?: ?\(\d{1,2}\)| ?\[\d{1,2}\])?"
)
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|single|zero)\b")
_GE = (
    r"\bat least|\bminimum(?: of)?|\ba minimum of|\bno(?:t)? (?:less|fewer) than|[>\u2265] ?=|\u2265"
    r"|\bgreater than or equal to|=> ?|> ?/ ?="
)
_GT = r"\bmore than|\bgreater than|>|\bover|\bexceed(?:s|ing|ed)?"
_LE = (
    r"\bno(?:t)? (?:more|greater) than|\bnot to exceed|\bnot exceed(?:ing)?|\bup to(?: and including)?"
    r"|\b(?:a )?maximum(?: of)?|\bat most|\u2264|[<] ?="
    r"|=<|\bless than or equal to|\blimited to|\bnot >|\bno >|< ?/ ?="
)
_LT = r"\b(?:less|fewer) than|<"
_EQ = r"\bexactly|\bonly|\bjust|\bwith only"
_ADJECTIVE = (
    r"(?:(?:prior|previous|different|separate|systemic|cytotoxic|cytotoxics?|chemotherap\w+|chemo"
    r"|anti-?cancer|anti-?neoplastic|anti-?tumou?r|standard"
    r"|of|or|and|and/or|full|complete|distinct|approved|salvage|palliative|targeted|endocrine|hormonal"
    r"|hormone|biologic(?:al)?|immunotherap\w+"
    r"|combination|platinum|platinum-based|platinum-containing|taxane|taxane-based|intensive"
    r"|unsuccessful|consecutive|adequate|treatment|therapy|therapies"
    r"|additional|other|induction|multi-?agent|multi-?drug|anti-?(?:myeloma|lymphoma|leukemia)"
    r"|metastatic|non-[a-z-]+|conventional|available|lines?|the|medical|drug"
    r"|myeloma|investigational|single-agent|first-line|anti-[a-z0-9/()-]+|[a-z0-9-]+[- ](?:based"
    r"|containing)|any|available|active|sequential|cancer|[a-z]+mab|[a-z]+nib"
    r"|immuno-?chemotherapy|chemoimmunotherapy|antiandrogen|arsi|arpi|her2-directed|her2-targeted"
    r"|[a-z0-9]+-(?:directed|targeted)|cdk4/6|parp|inhibitors?|\([^)]{1,40}\)|,)[ -]){0,7}"
)
_NOUN = (
    r"(?:lines?|regimens?|prior (?:systemic )?(?:therap(?:y|ies)|treatments?)|therapies"
    r"|(?<=prior )(?!to\b)(?:[a-z-]+ )?(?:therapy|treatment)|courses of (?:prior "
    r"|previous )?(?:systemic |chemo)?therap\w+|chemotherapies|treatments|lots?\b)"
)
_UNIT = re.compile(rf"[ -]{_ADJECTIVE}(?P<noun>{_NOUN})\b(?! of (?:evidence|defen[cs]e))")
_COUNT = re.compile(
    r"(?:(?<![a-z0-9])|(?=[ <>=\u2264\u2265]))"
    rf"(?P<op>(?P<ge>{_GE})|(?P<gt>{_GT})|(?P<le>{_LE})|(?P<lt>{_LT})|(?P<eq>{_EQ}))?(?: (?:the|a|than"
    rf"|of|last|exactly|total of))* ?"
    rf"(?P<low>{_N})(?:(?P<range> ?(?:-|to|or|and) ?"
    rf"|, (?:[a-z]+,? )?or )(?P<high>{_N}))?(?P<behind> ?\+| ?\(?or (?:more|fewer|less|greater)\)?"
    rf"| and more)?"
)
_PAIR = re.compile(
    rf"(?:{_GE}) (?P<low>{_N})(?: [a-z-]+){{0,4}}?,? ?(?:and|but|or)?,? (?:{_LE}|not more than) (?P<high>{_N})(?=[ -])"
)
_LIMITED = re.compile(
    rf"\b(?:prior|previous)[a-z -]{{0,50}}?(?:therap(?:y|ies)|treatments?|regimens?|lines?) (?:must be "
    rf"|should be |is |are |was )?(?:limited to|restricted to) (?:(?P<lt>{_LT}) |(?P<le>{_LE}) "
    rf"|a (?:maximum|total) of )?(?P<low>{_N})(?: to (?P<high>{_N}))?"
)
_NUMBER_OF = re.compile(
    rf"\bnumber of [a-z -]{{0,60}}?(?:regimens?|lines?|therap(?:y|ies)"
    rf"|treatments?)[a-z -]{{0,50}}?(?: is| are| must be| should be| must| does| should"
    rf"| can)* ?(?:(?P<le>{_LE}|not exceed|not be more than)|(?P<lt>{_LT})) ?(?P<low>{_N})"
)
_BEHIND_NOUN = re.compile(r"^[a-z ,/()-]{0,60}?\(?\bor (?P<way>more|fewer|less|greater)\b")
_ANY = re.compile(
    r"\b(?:any number|no limit(?:s|ation)?(?: (?:to|on|for))?(?: the)?(?: number)?"
    r"|unlimited(?: number)?|no (?:maximum|upper limit|restriction)[a-z ]{0,20}(?:number)?"
    r"|regardless of (?:the )?number)"
    r"(?: of)?[a-z -]{0,30}?\b(?:lines?|regimens?|therap(?:y|ies)|treatments?)\b"
)
_LATER = re.compile(
    r"\b(?P<which>second|third|fourth|2nd|3rd|4th)[- ]line(?: (?:or|and)(?: in)? (?:later|beyond"
    r"|greater|subsequent|above|higher|further)|\+)"
)
_FAILED_FIRST = re.compile(
    r"\b(?:relaps\w+|progress\w+|fail\w+|refractory|intoleran\w+|recurr\w+|after|following|received"
    r"|completed)\b[^.;,]{0,60}?(?<!in )(?<!in the )(?<!as )\b(?:(?P<which>first|second|third|1st|2nd"
    r"|3rd)[- ]line|front-?line)\b(?! (?:maintenance|of defen))(?:[a-z -]{0,40})?(?:therap|treat|chemo"
    r"|regimen|setting)"
)
_NO_PRIOR = re.compile(
    r"\b(?:no|not(?: have)? received(?: any)?|any|without(?: any)?|never received"
    r"|not have had(?: any)?|received (?:any )?)(?: other)? ?(?:prior|previous"
    r"|earlier)(?: lines? of)? (?:systemic(?! chemo| or hepatic)|anti-?cancer|treatment"
    r"|therapy)\b[^.;]{0,60}?"
    r"\b(?:for|in)(?: the)?(?: (?:treatment|management) of)?(?: their| this)? ?(?:locally |recurrent"
    r"|relapsed|unresectable|inoperable|advanced|and|/|or|,|-| )*(?:advanced|metastatic|recurrent"
    r"|unresectable|relapsed)\b"
)
_NAIVE = re.compile(
    r"\b(?:treatment|therapy|systemic therapy)[- ]na[i\u00ef]ve\b(?! (?:patients|participants"
    r"|subjects) (?:are|will|may|can|must|should))|\b(?:previously"
    r"|hitherto) untreated\b(?= (?:\w+[ -]){0,3}(?:disease|metastatic|advanced|unresectable|extensive"
    r"|recurrent|locally))"
)
_NAIVE_REACH = 120
"""Characters behind "treatment-naive" in which an alternative is looked for."""
_TREATED = (
    r"(?:treated|relaps|refractory|recurr|recei|pre-?treat|fail|progress|experienced|have|has|had|having|after|follow"
    r"|prior|previous|at least|up to|no more|not more|intoleran|line|one|two|\d|exposed|resistant|maximum)"
)
NAIVE_OR_TREATED = re.compile(
    rf"na[i\u00ef]ve\b[^.;]{{0,120}}\bor\b[^.;]{{0,60}}\b{_TREATED}|\bor\b[^.;]{{0,60}}na[i\u00ef]ve\b"
    rf"|\b(?:previously )?untreated\b[^.;]{{0,80}}\bor\b[^.;]{{0,60}}\b{_TREATED}"
)
_OTHER_STATE = re.compile(
    r"\b(?:treated|relapsed|refractory|experienced|brain|cns|hepatitis|hcv|hbv|infection|alk|egfr"
    r"|tki)\b"
)
_NOT_THERAPY = re.compile(
    r"\b(?:central|venous|arterial|iv|peripheral|picc|cell|intravenous|catheter|midline"
    r"|antihypertensive|anti-hypertensive|antibiotics?|hiv|antiretroviral|seizure|anti-?epileptic|bp"
    r"|steroids?|blood pressure|hypertensi\w+)\b"
)
_COUNTING = re.compile(
    r"\b(?:count(?:s|ed)?|considered|regarded|constitute[sd]?|defined|not (?:be )?(?:a |an )?(?:new"
    r"|separate|prior)|define[sd]?)\b[^.;]{0,80}\b(?:lines?|regimens?|prior (?:systemic )?(?:therapy"
    r"|treatment)|toward\w*)\b|\b(?:lines?|regimens?)\b[^.;]{0,60}\b(?:counts?|counted|considered"
    r"|defined as)\b"
)
_SENTENCE = re.compile(r"(?<!e\.g)(?<!i\.e)\.(?=\s)|;(?=\s)")
_SETTING = re.compile(
    r"\b(?P<setting>platinum-resistant|platinum-sensitive|metastatic|advanced|adjuvant|recurrent"
    r"|relapsed(?:/(?:refractory|metastatic))?|locally advanced|unresectable|castration-resistant"
    r"|mcrpc|refractory)\b(?=[^.;]{0,50}\b(?:setting|disease|cancer|tumou?rs?|carcinoma|melanoma|nsclc"
    r"|crc|mcrpc|[a-z]+oma)\b|$)"
)
_NOT_FIRST = re.compile(r"\b(?:no|not|if|without|adjuvant|maintenance)\b")
_DENIAL = re.compile(r"\b(?:not|no)\b")
_SAYS_NO = re.compile(r"no|without|never")
_BOUNDED = re.compile(r"\b(?:weeks?|days?|months?|except|unless|other than)\b")
_COUNTED_NOUNS = ("line", "lines", "regimen", "regimens", "lot", "lots")
_TREATMENT = re.compile(r"therap|treat|chemo|regimen|prior|previous|systemic|setting|inhibitor")
_FUTURE = re.compile(r"\b(?:planned|will receive|available|remaining|candidates? for)\b")
_SAYS_NOT = re.compile(r"not?\b")
_ALLOWS = re.compile(r"\b(?:allowed|permitted|eligible)\b")
_MODAL = re.compile(r"\b(?:must|may|should|can|cannot)\b")
_CUE_BEFORE = re.compile(
    r"\b(?:received|had|after|following|treated|failed|progress\w*|relaps\w*|refractory|undergone"
    r"|limited|prior|previous|intoleran\w*|with)\b"
)
_RELAPSES = re.compile(r"\brelapses?\b")
_NEGATED = re.compile(r"\b(?:no|not|never|without|cannot|may not|must not)\b[a-z ,]{0,40}$")
_OPEN = re.compile(r"\([^)]*$")
_ALLOWED_BEHIND = re.compile(r"[^.;]{0,80}\b(?:allowed|permitted|acceptable|eligible)\b")
_SUPPOSED = re.compile(
    r"\bif (?:a |the |any )?(?:patient|subject|participant)s? [^.;,]*$|\(if [^)]*$"
    r"|\((?:for )?(?:patients|participants|subjects|those) (?:who|with)[^)]*$"
)
_MAY = re.compile(r"\b(?:may|could|can) (?:also )?(?:have|be)\b")
_SOME = re.compile(
    r"\b(?:must|should) have (?:previously "
    r"|already )?received (?:[a-z-]+ ){0,2}?prior lines? of (?:[a-z-]+ )?therapy\b"
)
_OUTCOME = re.compile(r"\b(?:progress|relaps|fail|refractory|intoleran|received|had|after|following|undergone|treated)")


class LineCountReader:
    """Reads counts of prior lines."""

    triggers: tuple[str, ...] = (
        "line", "regimen", "prior", "previous", "therapies", "courses of", "na\u00efve", "naive", "untreated",
        "treatments",
    )  # fmt: skip

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All counts of the line."""
        flowing = flow(line.folded[:_LONGEST])
        words = flowing.text
        rules = _counting_rules(words) if any(cue in words for cue in _RULE_CUES) else ()
        seen: list[_Count] = []
        for count in islice(_counts(words, line), _MOST_COUNTS):
            if any(other.start < count.end and count.start < other.end for other in seen):
                continue
            if _RELAPSES.search(words, count.start, count.end) or _is_supposed(words, count, seen):
                continue
            seen.append(count)
            start, end = flowing.original(count.start), flowing.original(count.end - 1) + 1
            span = (line.start + start, line.start + end)
            if is_other_malignancy(line, *span, text):
                continue
            read = _bounds_asked(line, text, words, count, span)
            if read is None:
                continue
            bounds, requirement = read
            fact = LineCount(*bounds, _setting(words, count.start, count.end), rules if bounds != _OPEN_BOUNDS else ())
            yield Finding(fact, *span, requirement, count.confidence)


@dataclass(frozen=True, slots=True)
class _Count:
    """A count as written; offsets are into the flowing text."""

    start: int
    end: int
    low: int | None
    high: int | None
    confidence: float
    settled: bool = False
    """The bounds already say what a patient must have, whatever the section."""


_Bounds = tuple[int | None, int | None]
_OPEN_BOUNDS: _Bounds = (None, None)


def _is_supposed(words: str, count: _Count, seen: list[_Count]) -> bool:
    """Whether a count stands in a condition, or repeats in brackets a part of one before ("two, at least one …")."""
    if _SUPPOSED.search(words, max(0, count.start - _CONDITION_REACH), count.start):
        return True
    if count.low is None or count.high is not None:
        return False
    repeats = any(not other.settled and other.low is not None and count.low <= other.low for other in seen)
    return repeats and _OPEN.search(words, max(0, count.start - _BRACKET_REACH), count.start) is not None


def _bounds_asked(
    line: Line, text: CriteriaText, words: str, count: _Count, span: tuple[int, int]
) -> tuple[_Bounds, Requirement] | None:
    """What a count asks of a patient: bounds and requirement, or None for nothing."""
    low, high = count.low, count.high
    if low is None and high is None:
        return _OPEN_BOUNDS, Requirement.ALLOWED
    if count.settled:
        return (low, high), Requirement.REQUIRED
    if low and NAIVE_OR_TREATED.search(words):
        low = None  # "treatment-naive or at least one line"
        if high is None:
            return None
    before = words[max(0, count.start - _CONDITION_REACH) : count.start]
    if line.section is Section.INCLUSION and count.confidence == _BARE_RANGE and _MAY.search(before):
        return (low, high), Requirement.ALLOWED
    if low and high and _ALLOWED_BEHIND.match(words, count.end):
        low = None  # "one prior regimen allowed"
    bounds = _turned(line, text, words, count.start, span, low, high)
    return None if bounds is None else (bounds, Requirement.REQUIRED)


def line_phrases(words: str) -> list[tuple[int, int]]:
    """Where a text counts lines: such a phrase alone says no more of a therapy than that count."""
    if not any(
        noun in words for noun in ("line", "regimen", "therapies", "treatments", "courses", "prior", "previous")
    ):
        return []
    spans = [(count.start, count.end) for count in _compared(words)] + [m.span() for m in _ANY.finditer(words)]
    behind = ((start, end, _OF_WHAT.match(words, end)) for start, end in spans)
    return [(start, end if what is None else what.end()) for start, end, what in behind]


_OF_WHAT = re.compile(r"(?: (?:of|for|with)(?: (?!includ|such|contain|with\b)[a-z/-]+){1,5})?")


def _counts(words: str, line: Line) -> Iterator[_Count]:
    for match in _ANY.finditer(words):
        yield _Count(*match.span(), None, None, _COMPARED, settled=True)
    yield from _compared(words)
    included = line.section is Section.INCLUSION
    for match in _SOME.finditer(words):
        yield _Count(*match.span(), 1, None, _ORDINAL, settled=included)
    for match in _LATER.finditer(words):
        if _OUTCOME.search(words, max(0, match.start() - _CONDITION_REACH), match.start()):
            yield _Count(*match.span(), _ordinal(match["which"]) - 1, None, _ORDINAL, settled=True)
    if included:
        for match in _FAILED_FIRST.finditer(words):
            if not _NOT_FIRST.search(words, max(0, match.start() - _NEAR), match.end()):
                yield _Count(*match.span(), _ordinal(match["which"] or "first"), None, _ORDINAL, settled=True)
        for match in _NAIVE.finditer(words):
            if _is_naive(words, match):
                yield _Count(*match.span(), 0, 0, _NONE, settled=True)
    for match in _NO_PRIOR.finditer(words):
        denied = _DENIAL.search(words, max(0, match.start() - _NEAR), match.start()) is not None
        none = included == (_SAYS_NO.match(match.group()) is not None) or denied
        if none and not _BOUNDED.search(words, match.end(), match.end() + _CONDITION_REACH):
            yield _Count(*match.span(), 0, 0, _NONE, settled=True)


def _is_naive(words: str, match: re.Match[str]) -> bool:
    """Whether "treatment-naive" is asked of all, and of treatment in general."""
    start, end = match.span()
    around = f"{words[max(0, start - _CONDITION_REACH) : start]} {words[end : end + _NAIVE_REACH]}"
    if NAIVE_OR_TREATED.search(words):
        return False
    return not _OTHER_STATE.search(around) and not _MAY.search(words, max(0, start - _CONDITION_REACH), start)


def _compared(words: str) -> Iterator[_Count]:
    stretches = _stretches(words)
    if not stretches:
        return
    for start, end in stretches:
        for match in _PAIR.finditer(words, start, end):
            unit = _UNIT.match(words, match.end())
            if unit is not None and not _NOT_THERAPY.search(words, max(0, match.start() - _NEAR), unit.end()):
                yield _Count(match.start(), unit.end(), _value(match["low"]), _value(match["high"]), _COMPARED)
    for pattern, settled in ((_NUMBER_OF, False), (_LIMITED, True)):
        for match in pattern.finditer(words):
            top = _value(match.groupdict().get("high") or match["low"])
            yield _Count(*match.span(), None, top - 1 if match["lt"] else top, _COMPARED, settled)
    for start, end in stretches:
        for match in _COUNT.finditer(words, start, end):
            count = _counted(words, match)
            if count is not None:
                yield count


def _stretches(words: str) -> list[tuple[int, int]]:
    """Where a count may stand: around the nouns that are counted, if a number is near. Elsewhere nothing is tried."""
    found: list[tuple[int, int]] = []
    for noun in _COUNTABLE.finditer(words):
        start, end = max(0, noun.start() - _BEFORE_NOUN), min(len(words), noun.end() + _CONDITION_REACH)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return [(start, end) for start, end in found if _NUMBER.search(words, start, end)]


def _counted(words: str, match: re.Match[str]) -> _Count | None:
    unit = _UNIT.match(words, match.end())
    if unit is None or _NOT_THERAPY.search(words, max(0, match.start() - _NEAR), unit.end()):
        return None
    low, high = _value(match["low"]), _value(match["high"]) if match["high"] else None
    if max(low, high or 0) > _MOST_LINES or not _is_prior(words, match.start(), unit):
        return None
    if _PART_OF.search(words, max(0, match.start() - _NEAR), match.start("low")):
        return None
    end = unit.end()
    behind = match["behind"] or ""
    tail = None if behind or match["op"] else _BEHIND_NOUN.match(words[end : end + _TAIL_REACH])
    if tail is not None:
        behind = tail["way"]
        end += tail.end()
    named = "prior" in unit.group() or "previous" in unit.group()
    cued = named or match["op"] or behind
    if not cued and not _CUE_BEFORE.search(words, max(0, match.start() - _CONDITION_REACH), match.start()):
        return None  # "one line can contain several phases": a bare number counts nothing without a past
    bounds = _bounds(match, low, high, behind)
    most = _AT_MOST_BEHIND.match(words[end : end + _TAIL_REACH])
    if most is not None and bounds[1] is None:
        bounds = (bounds[0], _value(most["high"]))
    sure = _COMPARED if match["op"] or behind else _BARE_RANGE if high else _BARE
    return _Count(match.start(), end, *bounds, sure)


def _is_prior(words: str, start: int, unit: re.Match[str]) -> bool:
    """Whether what is counted lies in the past, and is treatment."""
    if unit["noun"] in _COUNTED_NOUNS:
        if not _TREATMENT.search(words, max(0, start - _CONDITION_REACH), unit.end() + _CONDITION_REACH):
            return False
        return not _FUTURE.search(words, max(0, start - _TAIL_REACH), unit.end() + _CONDITION_REACH)
    if "prior" in unit.group() or "previous" in unit.group():
        return True
    return _OUTCOME.search(words, max(0, start - _CONDITION_REACH), start) is not None


def _bounds(match: re.Match[str], low: int, high: int | None, behind: str) -> tuple[int | None, int | None]:
    if "more" in behind or "greater" in behind or "+" in behind:
        return low, None
    if "fewer" in behind or "less" in behind:
        return None, low
    if "exactly" in match.group():
        return low, low
    if high is not None and match["le"]:
        return None, high
    if high is not None and not (match["gt"] or match["lt"]):
        return low, high
    if match["ge"]:
        return low, None
    if match["gt"]:
        return low + 1, None
    if match["le"]:
        return None, low
    if match["lt"]:
        return None, low - 1
    return low, low


def _turned(
    line: Line,
    text: CriteriaText,
    words: str,
    start: int,
    span: tuple[int, int],
    low: int | None,
    high: int | None,
) -> _Bounds | None:
    """What a patient must have: in an exclusion the complement of what is written."""
    before = words[max(0, start - _CONDITION_REACH) : start]
    prohibited = line.section is Section.EXCLUSION
    if _NEGATED.search(before):
        prohibited = not prohibited or _MODAL.search(before) is not None
    elif prohibited:
        end = start + span[1] - span[0]
        allowed = stance(line, *span, text).requirement is Requirement.ALLOWED
        prohibited = not (allowed or _ALLOWS.search(words, end, end + _CONDITION_REACH))
    if not prohibited:
        return low, high
    if low is not None and high is None:
        return (None, low - 1) if low > 0 else None
    if high is not None and low is None:
        # "No more than two" among the exclusions is a rule for inclusion in the wrong place.
        return (None, high) if _SAYS_NOT.match(words, start) else (high + 1, None)
    return None


def _setting(words: str, start: int, end: int) -> str | None:
    found = _SETTING.search(words, end, min(len(words), end + 90)) or _SETTING.search(words, start, end)
    return found["setting"] if found is not None else None


_AT_MOST_BEHIND = re.compile(
    rf"[a-z ]{{0,30}}[,(]+ ?(?:but |and )?(?:with )?(?:a )?(?:no more than|not more than"
    rf"|maximum(?: of)?|up to|max\.?(?: of)?) (?P<high>{_N})"
)
_PART_OF = re.compile(r"\b(?:part of|considered|counts? as|counted as|constitutes?|as) (?:a |an |only )?$")


def _counting_rules(words: str) -> tuple[str, ...]:
    rules = []
    start = 0
    for end in [*(m.end() for m in _SENTENCE.finditer(words)), len(words)]:
        said = words[start:end].strip(" .;")
        if _COUNTING.search(said):
            rules.append(said)
        start = end
    return tuple(rules)


def _value(text: str) -> int:
    first = re.match(r"\d+|[a-z]+", text)
    word = first.group() if first else "0"
    return int(word) if word.isdigit() else _WORDS.get(word, 0)


def _ordinal(text: str) -> int:
    return {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}[text]


LINE_COUNTS: Reader = LineCountReader()
