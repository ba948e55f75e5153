"""Performance status: ECOG (and its twins of WHO, Zubrod, SWOG, GOG), Karnofsky, Lansky, as inclusive bounds.

Bounds are always what an eligible patient has: "ECOG > 2" among the exclusions is 0-2. Karnofsky and Lansky move in
steps of ten, so that "> 50 %" is 60-100.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from search.eligibility.criterion import Performance, Requirement
from search.extraction.flow import flow
from search.extraction.normal import fold
from search.extraction.numbers import LONGEST_LINE, NUMBER, Comparison, comparisons, inverted, mirrored, number_value
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_TOP = {"ECOG": 5, "Karnofsky": 100, "Lansky": 100}
_WORST_PATIENT = 4
"""5 is death: an open upper end of ECOG stops before it."""
_STEP = 10
"""Karnofsky and Lansky scores are multiples of this."""
_BEHIND_REACH = 110
"""Characters between the scale's name and its value, at most."""
_BEFORE_REACH = 45
_MOST_SCALES = 12
"""Statements of a scale that one line is read for."""
_NAME_TAIL = 14
"""Characters of the scale's name that may lead in a lone value ("status 2")."""
_CERTAIN, _LIKELY, _DEFINITION = 0.98, 0.9, 0.6

_CUE = re.compile(
    r"(?P<karnofsky>karnof\w+|\bkps\b|\bkarnosky\b)|(?P<lansky>lansky(?: play)?|\blps\b)"
    r"|(?P<ecog>\becog\b|\be\.?c\.?o\.?g\.?(?=[ :])|eastern co-? ?operative(?: oncology)?(?: group)?|\bzubrod\b"
    r"|\bswog\b|\bgog\b|\bnci-c ps\b|\becog[/-]?ps\b"
    r"|\bwho\b|world health organi[sz]ation|\bcalgb\b|\bnord\b)"
    r"|(?P<status>performance[ -]?(?:status|score|scale|state|level|index|grade)|\bperformance\b(?= \()"
    r"|\bp\.?s\b\.?(?![ -]?\d+ ?(?:mg|ml))|\bpfs\b(?!.))"
)
_NAMES = (
    *("karno", "kps", "lansky", "lps", "ecog", "e.c", "operative", "zubrod", "swog", "gog", "nci-c", "world health"),
    *("calgb", "nord", "performance", "ps", "p.s", "pfs"),
)
"""A scale's name holds one of these, unless it is WHO in capitals ("who" is mostly a pronoun)."""
_WHO_IN_PLAIN = re.compile(r"\bWHO\b|World Health")
_LIST = re.compile(
    r"(?:\b(?:grades?|scores?|status|of|is|:) ?)?(?P<list>\b(?:[0-5]|zero|one|two)(?:(?: ?[,/] ?| ?(?:-|~|to|or"
    r"|and|&|versus|vs\.?|through) ?|, ?(?:or|and) )(?:grade |ecog |ps )?(?:[0-5]|one|two|three)\b)+)"
    r"(?! ?(?:%|weeks?|days?|months?|years?|mg|x\b|\.\d|/\d))"
)
_SINGLE = re.compile(
    r"(?:(?:\b(?:of|is|was|be|status|score|ps|grade|ecog|zubrod|who|scale)"
    r"|[:=)]) ?(?P<lost>[:=])? ?)(?P<value>[0-5]|zero|one|two)\b(?! ?(?:%|weeks?|days?|months?|years?|\.\d|,\d))"
)
_PERCENT_RANGE = re.compile(r"(?P<low>\d{2,3}) ?%? ?(?:-|to|and|through) ?(?P<high>\d{2,3}) ?%?")
_PERCENT_SINGLE = re.compile(r"\b(?P<value>[1-9]0|100) ?%?(?! ?(?:days?|weeks?|years?|months?|mg))")
_SANDWICH = re.compile(rf"(?P<low>{NUMBER}) ?(?P<left>\u2264|<=|=<|<) ?$")
_DEFINES = re.compile(
    r"\b(?:defined (?:as|by)|ineligib\w+ (?:for|to)|unfit|not (?:eligible|candidates?) (?:for|to)|unsuitable"
    r"|frail\w*|one (?:or more )?of the following|any of the following"
    r"|declin\w+|deteriorat\w+|decreas\w+|worsen\w+|chang\w+ in|improv\w+|despite)\b"
)
_STRAY = re.compile(r"\b(?:prior|previous|child|nyha|grade [3-5] tox|toxicit|lines?\b|asa\b|gleason|stage)")


@dataclass(frozen=True, slots=True)
class _Scale:
    name: str | None
    start: int
    end: int


class PerformanceReader:
    """Reads every statement of a scale with a value."""

    triggers: tuple[str, ...] = (
        "ecog",
        "eastern coop",
        "eastern co-op",
        "e.c.o.g",
        "zubrod",
        "swog",
        "gog",
        "karnof",
        "karnosky",
        "kps",
        "lansky",
        "performance",
        "who ",
        " ps ",
        "(ps)",
        "ps)",
    )

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """Bounds an eligible patient keeps, one finding a scale and value."""
        flowing = flow(line.plain[:LONGEST_LINE])
        folded = fold(flowing.text)
        scales = list(islice(_scales(folded, flowing.text), _MOST_SCALES))
        if not scales:
            return
        found = comparisons(folded)
        findings: dict[str, Finding] = {}
        for number, scale in enumerate(scales):
            stop = scales[number + 1].start if number + 1 < len(scales) else len(folded)
            start = scales[number - 1].end if number else 0
            value = _behind(folded, scale, stop, found) or _before(folded, scale, start, found)
            if value is None:
                continue
            name = scale.name or ("ECOG" if value.high <= _TOP["ECOG"] else "Karnofsky")
            first, last = min(scale.start, value.start), max(scale.end, value.end)
            finding = _finding(name, value, line, text, flowing.original(first), flowing.original(last - 1) + 1)
            if finding is not None:
                findings.setdefault(name, finding)  # what follows on the same scale is about others ("PS 2 if …")
        for finding in findings.values():
            yield replace(finding, or_group="performance") if len(findings) > 1 else finding


@dataclass(frozen=True, slots=True)
class _Value:
    start: int
    end: int
    low: float
    high: float
    op: str = "="
    listed: bool = True


def _scales(folded: str, plain: str) -> Iterator[_Scale]:
    """Names of scales, neighbours that name one scale joined ("ECOG performance status (PS)")."""
    if "WHO" not in plain and not any(map(folded.__contains__, _NAMES)):
        return
    current: _Scale | None = None
    for match in _CUE.finditer(folded):
        kind = match.lastgroup
        if kind == "ecog" and match.group() == "who" and not _is_who(plain, folded, match):
            continue
        name = {"karnofsky": "Karnofsky", "lansky": "Lansky", "ecog": "ECOG"}.get(str(kind))
        if current is not None and _joins(folded[current.end : match.start()]) and _compatible(current.name, name):
            current = _Scale(current.name or name, current.start, match.end())
            continue
        if current is not None:
            yield current
        current = _Scale(name, match.start(), match.end())
    if current is not None:
        yield current


def _is_who(plain: str, folded: str, match: re.Match[str]) -> bool:
    """WHO the organisation, near words of performance, not the pronoun and not its tumour classification."""
    if not _WHO_IN_PLAIN.match(plain, match.start()):
        return False
    around = folded[max(0, match.start() - 30) : match.end() + 40]
    return (
        "performance" in around
        or re.search(r"\bps\b|\becog\b|\bwho(?: score| status)? ?[(<\u2264:]? ?0", around) is not None
    )


_JOINS = re.compile(
    r"[\s\[\]()/,:;-]*(?:(?:or|the|scale|score|status|of|by|on|as|group|oncology|equivalent|criteria|stage|grade"
    r"|has|have|a|good|an|is|per"
    r"|according to|assessed|measured|using|with|defined|play|overall|general|pst?)[\s\[\]()/,:;-]*){0,6}"
)


def _joins(gap: str) -> bool:
    return len(gap) < 60 and _JOINS.fullmatch(gap) is not None


def _compatible(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _behind(folded: str, scale: _Scale, stop: int, found: Sequence[Comparison]) -> _Value | None:
    end = min(stop, scale.end + _BEHIND_REACH)
    piece = folded[scale.end : end]
    cut = re.search(r";|\.\s(?=[a-z])|\b(?:and|with) (?:a |an )?(?:life expectancy|age|adequate)", piece)
    if cut:
        end = scale.end + cut.start()
    return _first_value(folded, scale.end, end, scale.name, found)


def _before(folded: str, scale: _Scale, start: int, found: Sequence[Comparison]) -> _Value | None:
    first = max(start, scale.start - _BEFORE_REACH)
    piece = folded[first : scale.start]
    cut = max(piece.rfind(";"), piece.rfind(". "))
    first += cut + 1
    return _first_value(folded, first, scale.start, scale.name, found)


def _first_value(folded: str, start: int, end: int, name: str | None, found: Sequence[Comparison]) -> _Value | None:
    values = [
        v for v in (*_compared(folded, start, end, name, found), *_listed(folded, start, end, name)) if v is not None
    ]
    return min(values, key=lambda v: (v.start, -v.end)) if values else None


def _compared(folded: str, start: int, end: int, name: str | None, found: Sequence[Comparison]) -> Iterator[_Value]:
    for comparison in found:
        if comparison.start < start or comparison.start >= end or not comparison.stated or not comparison.number:
            continue
        after = folded[comparison.end : comparison.end + 12]
        if comparison.unit not in (None, "%", "percent") or re.match(
            r" ?(?:days?|weeks?|months?|years?|yrs|hours?|mg|x\b|cm|mm)", after
        ):
            continue
        if not _fits(comparison.value, name):
            continue
        if _STRAY.search(folded, start, comparison.start):
            return
        low = comparison.value
        before = _SANDWICH.search(folded[max(0, start - 60) : start])  # "0 ≤ ECOG ≤ 1"
        if before is not None and comparison.op in {"<", "<="}:
            lower = number_value(before["low"])
            if lower is not None:
                yield _Value(comparison.start, comparison.end, lower, _closed(low, comparison.op, name)[1])
                return
        yield _Value(comparison.start, comparison.end, low, low, comparison.op, listed=False)
        return
    reverse = _SANDWICH.search(folded[max(0, start - 20) : end])
    if reverse is not None and start > 0 and name is not None and reverse.end() == end - max(0, start - 20):
        value = number_value(reverse["low"])
        if value is not None and _fits(value, name):
            yield _Value(max(0, start - 20) + reverse.start(), end, value, value, mirrored(">="), listed=False)


def _fits(value: float, name: str | None) -> bool:
    if value != int(value):
        return False
    small, large = 0 <= value <= _TOP["ECOG"], 10 <= value <= 100
    return small if name == "ECOG" else large if name else small or large


def _listed(folded: str, start: int, end: int, name: str | None) -> Iterator[_Value]:
    if name in {None, "ECOG"}:
        match = _LIST.search(folded, start, min(len(folded), end + 12))
        if match is not None and match.start("list") < end and not _STRAY.search(folded, start, match.start("list")):
            digits = [number_value(d) or 0.0 for d in re.findall(r"[0-5]|\b(?:zero|one|two|three)\b", match["list"])]
            yield _Value(match.start("list"), match.end("list"), min(digits), max(digits))
        match = _SINGLE.search(folded, max(0, start - _NAME_TAIL), end)
        if match is not None and not _STRAY.search(folded, start, match.start("value")):
            value = number_value(match["value"])
            if value is not None and match.start("value") >= start:
                lost = match["lost"] == "=" or folded[match.start()] == "="  # "= 2" is what is left of a lost sign
                yield _Value(match.start("value"), match.end("value"), 0.0 if lost else value, value)
    if name != "ECOG":
        match = _PERCENT_RANGE.search(folded, start, end)
        if match is not None and int(match["low"]) < int(match["high"]) <= 100:
            yield _Value(match.start(), match.end(), int(match["low"]), int(match["high"]))
        match = _PERCENT_SINGLE.search(folded, start, end)
        if match is not None and name is not None:
            yield _Value(match.start(), match.end(), int(match["value"]), int(match["value"]))


def _closed(value: float, op: str, name: str | None) -> tuple[float, float]:
    """Inclusive bounds of a comparison on a scale."""
    large = name in {"Karnofsky", "Lansky"} or (name is None and value > _TOP["ECOG"])
    step, top = (_STEP, 100) if large else (1, _WORST_PATIENT)
    up = (value // step + 1) * step
    down = -(-value // step) * step - step
    bottom = 0
    return {
        ">=": (value, float(top)),
        ">": (up, float(top)),
        "<=": (float(bottom), value),
        "<": (float(bottom), down),
    }.get(op, (value, value))


def _finding(name: str, value: _Value, line: Line, text: CriteriaText, first: int, last: int) -> Finding | None:
    """The bounds an eligible patient keeps, or None where a value describes others than the patients sought."""
    good_is_high = name != "ECOG"
    resolved = stance(line, line.start + first, line.start + last, text)
    requirement = Requirement.REQUIRED
    prohibited = resolved.requirement is Requirement.PROHIBITED
    confidence = _CERTAIN
    if resolved.requirement is Requirement.ALLOWED:
        requirement = Requirement.ALLOWED
    defines = _DEFINES.search(line.folded, max(0, first - 120), last) is not None
    if value.listed:
        low, high = value.low, value.high
        if prohibited:
            bad = (low > 0 and not good_is_high) or (good_is_high and high < 100)
            if bad and good_is_high:
                low, high = high + _STEP, 100
            elif bad:
                low, high = 0, low - 1
            confidence = _LIKELY
        elif good_is_high and low == high:
            high = 100  # "Karnofsky performance status of 70 %"
            confidence = _LIKELY
    else:
        natural = {">", ">="} if good_is_high else {"<", "<="}
        op = value.op
        if op not in natural and prohibited:
            op = inverted(op)
        elif op not in natural and (defines or line.section.value == "exclusion"):
            if defines and not prohibited:
                return None
            op = inverted(op)
        elif op not in natural:
            confidence = _DEFINITION
        low, high = _closed(value.low, op, name)
    if defines and confidence > _DEFINITION:
        confidence = _DEFINITION
    if not 0 <= low <= high <= _TOP[name]:
        return None
    fact = Performance(name, int(low), int(high))
    return Finding(fact, line.start + first, line.start + last, requirement, confidence, exception=resolved.exception)


PERFORMANCE: Reader = PerformanceReader()
