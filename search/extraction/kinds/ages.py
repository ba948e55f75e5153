"""Ages that the text asks of patients, in years ("6 months" is 0.5).

An age counts only where it bounds who may take part. Ages that say when a pregnancy test is needed, how old a biopsy
may be, which performance scale is used or whose laboratory threshold differs are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from search.eligibility.criterion import Age, Requirement, Section
from search.extraction.flow import flow
from search.extraction.normal import fold
from search.extraction.numbers import LONGEST_LINE, NUMBER, Comparison, comparisons, inverted, mirrored, number_value
from search.extraction.polarity import stance
from search.extraction.polarity_words import Gated
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_YEARS_IN = {"y": 1.0, "m": 1 / 12, "w": 7 / 365.25, "d": 1 / 365.25}
_OLDEST = 110
_MOST_BOUNDS = 12
"""Bounds that one line is read for."""
_CERTAIN, _LIKELY, _UNSURE = 0.97, 0.85, 0.6
_CUE_BEFORE = 45
"""Characters before a number in which "age" may stand."""
_CONTEXT_BEFORE, _CONTEXT_AFTER = 110, 80

_UNIT = r"(?P<unit>years?|yrs?\.?|y(?:/o|\.o\.)?\b|months?|mos?\b|weeks?|wks?\b|days?)"
_AFTER = re.compile(
    rf"[ -]?{_UNIT}?[ -]*(?P<age>of age|old\b|in age|age\b|or older|and older|and over|or over|or above|and above"
    rf"|\(age\))?"
)
_OPENS_WITH_AGE = re.compile(
    r"\W*(?:(?:patient|subject|participant)'?s?'? )?age[ds]?\b[^a-z]{0,4}(?:between |from |of |over |at least )?$"
)
_PEOPLE_ONLY = re.compile(
    r"\W*(?:(?:healthy|adults?|older|men|man|women|woman|males?|females?|patients?|participants?|subjects?"
    r"|volunteers?|must|be|is|are|of|or|and)\b\W*)*"
)
_FORMER_BOUND = re.compile(r"\d{1,3} ?(?:years?|yrs?|months?|weeks?|days?)?(?: old)?(?:,| and| or)* *(?:but )?$")
_AGE_BEFORE = re.compile(r"\b(?:age[ds]?|aging|ages|aged)\b(?P<gap>(?:(?!\bage)[^.;])*)$")
_RANGE = re.compile(
    rf"(?:between |from |of )?(?P<low>\d{{1,3}}(?:\.\d+)?) ?(?P<lowunit>years?|yrs?|y|months?|mos?|weeks?"
    rf"|days?)?(?: of age| old)?,? ?"
    rf"(?P<glue>-|to|and|through|until|till|~)(?P<strict> ?(?:under|less than|<(?! ?=)))?(?: (?:\u2264|<=|=<"
    rf"|up to))? ?(?P<high>\d{{1,3}}(?:\.\d+)?)(?![\d/.])[ -]?{_UNIT}?"
)
_SANDWICH = re.compile(
    rf"(?P<low>{NUMBER}) ?(?:years?|yrs?|y)?(?: old)? ?(?P<left>\u2264|<=|=<|<) ?(?:the "
    rf"|patient'?s? )?ages? ?(?P<right>\u2264|<=|=<|<) ?(?P<high>{NUMBER})"
)
_REVERSED = re.compile(
    rf"(?P<value>{NUMBER}) ?(?:years?|yrs?|y)?(?: old)? ?(?P<op>\u2264|<=|=<|<|\u2265|>=|=>|>) ?ages?\b"
)
_ELSEWHERE = re.compile(
    r"gestation|post-?menstrual|conception|contracept|child-? ?bearing|menopaus|amenorrh|menstru|menses|menarche"
    r"|fertil|reproductive|pregnan"
    r"|hysterectom|oophorectom|sterili|biops|specimen|archiv|tissue"
    r"|\bsamples?\b|onset|relative|family history|donors?\b|\bsiblings?\b|offspring|caregiver|first[- ]degree"
    r"|karnofsky|lansky|performance|creatinine|gfr\b"
    r"|qtc|ejection|hemoglobin|platelet|blood pressure|weight|bsa\b|smok|life expectancy|who was|history of"
    r"|diagnosed (?:at|before)|before (?:the )?age|at an? (?:earlier )?age"
    r"|since|until|adjusted|ovarian function|\bfsh\b|vaccin|condom|partner"
)
_SOFT_ELSEWHERE = re.compile(
    r"weight|history of|since|until|family history|tissue|biops|performance|karnofsky|creatinine|pregnan|diagnos"
)
_LIMIT = re.compile(
    rf"\b(?P<which>minimum|maximum|min|max)\.? age ?(?:of|is|:|=|limit)? ?(?P<value>\d{{1,3}})[ -]?{_UNIT}?"
)
"""A bound by name: "maximum age of 70 years"."""
_PLUS = re.compile(
    rf"\bage[ds]? ?:? ?(?P<aged>\d{{1,2}}) ?\+|\b(?P<value>\d{{1,2}})\+?(?<=\+) ?-?{_UNIT}(?: of age| old)?"
    r"|^\W*(?:(?:participants?|patients?|subjects?|must|be|is|are)\b ?)+(?:\u2265|>=|>|at least) ?(?P<least>18|21)"
    r"(?= (?:at|on|by) )|^\W*(?:(?:must|be|is|are)\b ?)*(?:older than|\u2265|>=) ?(?P<alone>18|21)\W*$"
    r"|^\W*(?P<over>\d{1,2}) (?:years? )?and (?:over|older)\W*$"
)
_ADULT = re.compile(
    r"^[\s.,:*-]*(?:(?:must|should|be|is|are|have|patients?|participants?|subjects?|adults?|at|an|the|they)\b[ ,:]*)*"
    r"(?:age[ds]?[ :]{1,2})?(?P<value>16|18|19|20|21) ?(?:years?|yrs?)(?: of age| old|\b)"
    r"(?= ?(?:[.,;)]|$|at (?:the )?time|on (?:the )?day|when|who|and\b(?! (?:less|under|young|<|up|\u2264))|prior|by))"
)
"""The age of majority, with the sign before it lost or left out: nobody enrols people of that one age."""
_CONDITION = re.compile(
    r"\b(?:if|unless|when|whose|in|for|among|except(?: for)?|although|while|those"
    r"|note)\b[^,;.:]{0,14}\b(?:patients?|participants?|subjects?|children|adolescents?|adults?|those"
    r"|individuals|persons"
    r"|women|men|females?|males?|age[ds]?|they|infants?|patient is|he or she|elderly)\b[^,;.:]{0,30}$|\b(?:if"
    r"|unless|when) (?:>|<|\u2265|\u2264|aged?|over|under|older|younger|at least)?[^,;.:a-z]{0,6}$"
)
_PAIRED = re.compile(r" ?(?:years?|yrs?)?(?: old| of age)?[, ]*(?:and|but|to|or)?[, ]*(?:age[ds]? )?")
_WORTH = Gated(
    ("age", "year", "yrs", "old", "younger", "y/o", "18", "21", "and over", "+", *(f"{digit}y" for digit in range(10))),
    re.compile(
        r"(?:\u2265|\u2264|<|>|=|over|under|least) ?\d\d? ?(?:years|yrs)|\d\+ ?-?y|\d\d ?(?:years|yrs)\W*$"
        r"|\d and over\W*$|(?:least|than|\u2265|>=|>) ?(?:18|21)\b(?! ?[%x.])|\bage[ds]?\b|\bold(?:er)?\b|younger"
        r"|(?:years?|yrs?)[ -](?:and|or|&) |y/o|\dy\b"
    ),
)


@dataclass(frozen=True, slots=True)
class _Bound:
    start: int
    end: int
    low: float | None
    high: float | None
    op: str = "="


class AgeReader:
    """Reads the bounds of age in a line."""

    triggers: tuple[str, ...] = (
        *("age", "year", "yrs", "y/o", "over", "under", " to ", "18-", "and up", "older than"),
        *("\u2265 18", "\u226518", ">= 18", ">=18", "> 18", "\u2265 21", ">= 21"),
    )
    """The last ones for what stands under the heading "Age:" of the old layout."""

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """At most one finding: the lower and the upper bound together."""
        under_age = _heading_is_age(line)
        if not under_age and not _WORTH.search(line.folded):
            return
        if "creatinine" in line.folded and "male" in line.folded:
            return  # a table of laboratory limits by age
        flowing = flow(line.plain[:LONGEST_LINE])
        folded = fold(flowing.text)
        bounds = [
            b
            for b in islice(_bounds(folded, under_age=under_age), _MOST_BOUNDS)
            if under_age or _is_patients(folded, b)
        ]
        if not bounds:
            return
        low: float | None = None
        high: float | None = None
        used: list[_Bound] = []
        confidence = _CERTAIN
        for bound in bounds:
            first, last = flowing.original(bound.start), flowing.original(bound.end - 1) + 1
            found = _effective(bound, line, text, first, last)
            if found is None:
                continue
            if found.low is not None and low is None:
                low = found.low
                used.append(bound)
            if found.high is not None and high is None:
                high = found.high
                used.append(bound)
        if not used or (low is not None and high is not None and low > high):
            return
        if line.section is Section.EXCLUSION:
            confidence = _LIKELY
        start, end = min(b.start for b in used), max(b.end for b in used)
        cue = re.search(r"\bage[ds]?\b[^.;]{0,30}$", folded[:start])
        start = cue.start() if cue else start
        span = line.start + flowing.original(start), line.start + flowing.original(end - 1) + 1
        yield Finding(Age(low, high), *span, requirement=Requirement.REQUIRED, confidence=confidence)


def _heading_is_age(line: Line) -> bool:
    return bool(line.headings) and line.headings[-1].strip(" :") in {"age", "ages"}


def _years(value: float, unit: str | None) -> float:
    factor = _YEARS_IN.get((unit or "y")[0], 1.0)
    years = value * factor
    return years if factor == 1.0 else round(years, 2)


def _bounds(folded: str, *, under_age: bool) -> Iterator[_Bound]:
    taken: list[tuple[int, int]] = []
    for match in _SANDWICH.finditer(folded):
        low, high = number_value(match["low"]), number_value(match["high"])
        if low is not None and high is not None and low < high <= _OLDEST:
            taken.append(match.span())
            yield _Bound(match.start(), match.end(), low, high)
    for match in _RANGE.finditer(folded):
        bound = _range(folded, match, under_age=under_age)
        if bound is not None and not any(s < bound.end and bound.start < e for s, e in taken):
            taken.append((bound.start, bound.end))
            yield bound
    for bound in _named_limits(folded):
        if not any(s < bound.end and bound.start < e for s, e in taken):
            taken.append((bound.start, bound.end))
            yield bound
    waiting: Comparison | None = None
    for comparison in comparisons(folded):
        if any(s < comparison.end and comparison.start < e for s, e in taken):
            continue
        bound = _compared(folded, comparison, under_age=under_age)
        if bound is None:
            waiting = comparison
            continue
        if (
            waiting is not None
            and waiting.unit is None
            and waiting.number
            and _PAIRED.fullmatch(folded[waiting.end : bound.start])
        ):
            yield _Bound(
                waiting.start, waiting.end, waiting.value, waiting.value, waiting.op
            )  # "over 18 and under 60 years old"
        waiting = None
        taken.append((bound.start, bound.end))
        yield bound
    for match in _REVERSED.finditer(folded):
        value = number_value(match["value"])
        if value is not None and not any(s < match.end() and match.start() < e for s, e in taken):
            op = {"\u2264": "<=", "=<": "<=", "\u2265": ">=", "=>": ">="}.get(match["op"], match["op"])
            yield _Bound(match.start(), match.end(), value, value, mirrored(op))


def _named_limits(folded: str) -> Iterator[_Bound]:
    """Bounds without a comparison: by name, by a plus sign, or the age of majority alone."""
    for match in _LIMIT.finditer(folded):
        years = _years(float(match["value"]), match["unit"])
        yield _Bound(match.start(), match.end(), years, years, ">=" if match["which"].startswith("min") else "<=")
    for match in _PLUS.finditer(folded):
        unit = match["unit"] if match["value"] else None
        if unit is None or unit[0] == "y":
            names = ("aged", "value", "over", "least", "alone")
            years = next(float(match[name]) for name in names if match[name])
            yield _Bound(match.start(), match.end(), years, years, ">=")
    adult = _ADULT.match(folded)
    if adult is not None:
        years = float(adult["value"])
        yield _Bound(adult.start("value"), adult.end(), years, years, ">=")


def _range(folded: str, match: re.Match[str], *, under_age: bool) -> _Bound | None:
    unit = match["unit"]
    after = folded[match.end() : match.end() + 10]
    aged = re.match(r"[ -]?(?:of age|old\b|in age)", after) is not None
    before = _AGE_BEFORE.search(folded[max(0, match.start() - _CUE_BEFORE) : match.start()])
    alone = unit is not None and unit[0] == "y" and _PEOPLE_ONLY.fullmatch(folded[: match.start()]) is not None
    aged = aged or (
        alone and re.match(r"\W*(?:$|old|of age|inclusive)", folded[match.end() : match.end() + 14]) is not None
    )
    if not (under_age or aged or (before is not None and _clean(before["gap"]))):
        return None
    if match["glue"] == "and" and "between" not in folded[max(0, match.start() - 24) : match.end()]:
        return None
    low = _years(float(match["low"]), match["lowunit"] or unit)
    high = _years(float(match["high"]), unit or match["lowunit"])
    if not low < high <= _OLDEST:
        return None
    if match["strict"] and high == int(high) and high - 1 > low:
        high -= 1
    return _Bound(match.start(), match.end(), low, high)


def _clean(gap: str) -> bool:
    """Whether nothing but filler stands between "age" and its number."""
    return re.search(r"\d", gap) is None and (
        len(gap) < 14 or re.search(r"must|range|between|is|at|limit|from|of|group", gap) is not None
    )


def _compared(folded: str, comparison: Comparison, *, under_age: bool) -> _Bound | None:
    if not comparison.number or not comparison.stated or not 0 < comparison.value <= _OLDEST * 12:
        return None
    at = comparison.end
    following = _AFTER.match(folded, at)
    inside = re.search(_UNIT, folded[comparison.start : comparison.end])
    unit = (inside["unit"] if inside else None) or (following["unit"] if following else None)
    if comparison.unit is not None:
        return None
    aged = following is not None and following["age"] is not None and unit is not None
    older = (
        re.search(r"\b(?:older|younger|elder|old)\b", folded[comparison.start : comparison.end + 18]) is not None
        and unit is not None
    )
    before = _AGE_BEFORE.search(folded[max(0, comparison.start - _CUE_BEFORE) : comparison.start])
    named = before is not None and re.search(r"\d", _FORMER_BOUND.sub("", before["gap"])) is None
    aged = aged or (
        unit is not None and unit[0] == "y" and _PEOPLE_ONLY.fullmatch(folded[: comparison.start]) is not None
    )
    named = named or re.search(r"\bage\b", folded[comparison.start : comparison.end]) is not None
    if not (under_age or aged or older or (named and (unit is not None or _ends_plainly(folded, at)))):
        return None
    if unit and unit[0] in "wd" and not (aged or named):
        return None
    years = _years(comparison.value, unit)
    if years > _OLDEST:
        return None
    end = following.end() if following and following.group().strip() else comparison.end
    if following and following["unit"] is None and following["age"] is None:
        end = comparison.end
    return _Bound(comparison.start, end, years, years, comparison.op)


def _ends_plainly(folded: str, at: int) -> bool:
    """Whether a number without unit is not the beginning of another measure."""
    return (
        re.match(
            r" ?(?:$|[,;.)(\]]|and\b|or\b|at\b|on\b|but\b|<|\u2264|to\b|who\b|with\b|when\b|for\b|in\b|\()", folded[at:]
        )
        is not None
    )


def _is_patients(folded: str, bound: _Bound) -> bool:
    """Whether an age bounds who may take part, rather than a sub-group or something else that has an age."""
    before = folded[max(0, bound.start - _CONTEXT_BEFORE) : bound.start]
    after = folded[bound.end : bound.end + _CONTEXT_AFTER]
    cut = max(before.rfind(". "), before.rfind("; "))
    before = before[cut + 1 :]
    if _OPENS_WITH_AGE.match(before):
        return True
    stop = re.search(r"[.;](?:\s|$)", after)
    after = after[: stop.start()] if stop else after
    if _ELSEWHERE.search(before):
        return False
    elsewhere = _ELSEWHERE.search(after)
    if elsewhere and not _SOFT_ELSEWHERE.match(elsewhere.group()):
        return False
    condition = _CONDITION.search(before)
    if condition is not None and not re.search(r"\b(?:must|should|shall|need|are|be)\b", condition.group()):
        return (
            len(folded[: condition.start() + max(0, bound.start - len(before))].strip()) < 15
            and len(after.strip()) < 25
        )
    return re.match(
        r"(?: of age| old)?,? ?(?:must|should|will|need|are required|who have|require|:)", after
    ) is None or bool(re.match(r"\W*(?:must|should) (?:be|have|give|sign|provide)", after) and not before.strip())


def _effective(bound: _Bound, line: Line, text: CriteriaText, first: int, last: int) -> _Bound | None:
    """The bounds an eligible patient keeps."""
    resolved = stance(line, line.start + first, line.start + last, text).requirement
    if resolved is Requirement.ALLOWED:
        return None
    prohibited = resolved is Requirement.PROHIBITED
    if bound.op == "=":
        return None if prohibited and line.section is Section.EXCLUSION and not _requires(line) else bound
    op = inverted(bound.op) if prohibited else bound.op
    value = bound.low
    if value is None:
        return None
    if op in {">", ">="}:
        return _Bound(bound.start, bound.end, value, None)
    whole = value == int(value)
    return _Bound(bound.start, bound.end, None, value - 1 if op == "<" and whole and value > 1 else value)


def _requires(line: Line) -> bool:
    return re.search(r"\b(?:outside|not (?:between|in)|must)\b", line.folded) is not None


AGES: Reader = AgeReader()
