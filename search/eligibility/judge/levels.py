"""Levels of a marker in words: "TPS>=50%", "IHC 3+", "CPS 12", "Allred 6-8", "FISH ratio <1.8"."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_LEVEL = re.compile(
    r"(?P<scale>TPS|TC|CPS|IC|IHC|Allred|H-?score|(?:FISH |ISH )?ratio|TMB|Ki-?67|)[\s:]*"
    r"(?P<op>>=|<=|>|<|=|\u2265|\u2264)?\s*(?P<number>\d+(?:\.\d+)?)"
    r"(?:(?:\s*,\s*\d+)*\s*,?\s*(?:-|to|or)\s*(?P<high>\d+(?:\.\d+)?))?"
    r"\s*(?P<unit>%|\+|mut\w*/Mb|ng/mL|ug/L|\u00b5g/L|IU/mL)?",
    re.I,
)
_TESTS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_TOLD_OPS = {"", "="}
_SAME = {"ug/l": "ng/ml", "\u00b5g/l": "ng/ml"}


@dataclass(frozen=True, slots=True)
class Level:
    """A number or a range on a scale; an operator makes it a bound."""

    scale: str
    op: str
    low: float
    high: float


@functools.lru_cache(maxsize=2048)
def read_levels(text: str) -> tuple[Level, ...]:
    """All levels in a text, in order."""
    found = []
    for match in _LEVEL.finditer(text):
        unit = (match["unit"] or "").lower()
        unit = _SAME.get(unit, unit)
        scale = re.sub(r"[\s-]", "", match["scale"].lower())
        if not scale and not unit and not match["op"]:
            continue  # a bare number is of no scale that is known
        if unit == "+":
            scale = "ihc"
        scale = scale or unit
        if scale in {"tc", "%"}:
            scale = "tps" if scale == "tc" else "%"
        if scale.endswith("ratio"):
            scale = "ratio"
        op = {"\u2265": ">=", "\u2264": "<="}.get(match["op"] or "", match["op"] or "")
        low = float(match["number"])
        found.append(Level(scale, op, low, float(match["high"]) if match["high"] else low))
    return tuple(found)


def compare_levels(asked: str, told: str) -> bool | None:
    """Whether what was told reaches what is asked; None where they share no scale or overlap in part.

    Several levels that are asked on one scale are alternatives ("IHC 2+ or 3+").
    """
    answers: set[bool | None] = set()
    levels = read_levels(asked)
    for told_level in read_levels(told):
        if told_level.op not in _TOLD_OPS:
            continue
        same = [level for level in levels if _comparable(level.scale, told_level.scale)]
        exact = [level for level in same if level.op in _TOLD_OPS]
        if exact:
            answers.add(_within(exact, told_level))
        answers |= {_reaches(level, told_level) for level in same if level.op not in _TOLD_OPS}
    if not answers:
        return None
    if answers == {True}:
        return True
    return False if answers == {False} else None


def _within(wanted: list[Level], told: Level) -> bool | None:
    """Whether a level lies within alternatives ("2+ or 3+"), each a value or a range."""
    ends = [any(level.low <= end <= level.high for level in wanted) for end in (told.low, told.high)]
    if all(ends):
        return True
    apart = all(level.high < told.low or level.low > told.high for level in wanted)
    return False if apart else None


def _comparable(one: str, other: str) -> bool:
    return one == other or {one, other} == {"tps", "%"}


def _reaches(wanted: Level, told: Level) -> bool | None:
    """Whether both ends of what was told are beyond the bound, or neither."""
    test = _TESTS[wanted.op]
    ends = {test(told.low, wanted.low), test(told.high, wanted.low)}
    return ends.pop() if len(ends) == 1 else None
