"""Creatinine limits by age and sex, as paediatric trials tabulate them: "2 to < 6 years: 0.8 (male), 0.8 (female)"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from search.eligibility.criterion import Lab, Requirement
from search.extraction.flow import flow
from search.extraction.normal import fold
from search.extraction.numbers import LONGEST_LINE
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_AGE = (
    r"(?P<age>(?:\u2265|>=|> ?=|>|=>)? ?\d{1,2}(?:\.\d+)? ?(?:months?|mos?\b|years?|yrs?)?(?: ?(?:-|to) ?(?:<"
    r"|less than)? ?\d{1,2}(?:\.\d+)? ?(?:months?|years?|yrs?)?)?)"
)
_VALUE = r"\d(?:\.\d{1,2})?(?![\d.])"
_FILLER = (
    r"(?:[\s:;,()/=-]|\b(?:fe)?males?\b|\bboys\b|\bgirls\b|\bmaximum\b|\bserum\b|\bcreatinine\b|\bmg\b|\bdl\b"
    r"|\band\b|\bor\b|\bfor\b|\bold\b|\bof\b|\bage\b|\blevel\b|\bmax\b)"
)
_ROW = re.compile(
    rf"(?<![\d.]){_AGE}(?P<lead>{_FILLER}{{1,40}})(?P<one>{_VALUE})"
    rf"(?:(?P<between>{_FILLER}{{1,24}})(?P<two>{_VALUE})(?! ?(?:to"
    rf"|-|months|years|yrs)\b))?"
)
_TOPIC = "creatinine"
_HEADER = re.compile(r"\bmales?\b|\bmaximum\b|\bage\b")
_FARTHEST = 12
"""Rows above a row in which the table's head is looked for."""
_LEAST, _MOST = 0.2, 2.5
"""Creatinine limits in mg/dL."""


_LIKELY = 0.9


class LabTableReader:
    """Reads the rows of tables of creatinine limits."""

    triggers: tuple[str, ...] = ("years", "months", "male", "---", "creatinine", "yrs")

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """One finding an age, or two where the sexes differ."""
        flowing = flow(line.plain[:LONGEST_LINE])
        for limit in age_limits(line, text, fold(flowing.text)):
            start, end = line.start + flowing.original(limit.start), line.start + flowing.original(limit.end - 1) + 1
            fact = Lab("creatinine", "<=", limit.value, "mg/dL", limit.condition)
            yield Finding(fact, start, end, Requirement.REQUIRED, _LIKELY, f"{_opening(line, text)}:renal")


def _opening(line: Line, text: CriteriaText) -> int:
    """The line that opens the table: the one that offers clearance as the alternative, if there is one."""
    for index in range(line.index, max(-1, line.index - _FARTHEST), -1):
        if _TOPIC in text.lines[index].folded and "clearance" in text.lines[index].folded:
            return index
    return line.index if line.parent is None else line.parent


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """An upper limit of creatinine (mg/dL) at an age; offsets into the searched text."""

    value: float
    condition: str
    start: int
    end: int


def age_limits(line: Line, text: CriteriaText, folded: str) -> Iterator[AgeLimit]:
    """The limits of a row, or of a table flattened into one line.

    Args:
        line: the line.
        text: the text it stands in.
        folded: its flowing folded text.
    """
    if not any(c.isdigit() for c in folded) or not _in_table(line, text, folded):
        return
    for row in _ROW.finditer(folded):
        yield from _limits(row)


def _limits(row: re.Match[str]) -> Iterator[AgeLimit]:
    age = " ".join(row["age"].split())
    one = float(row["one"])
    if not _LEAST <= one <= _MOST or re.search(r"ml/min|gfr|clearance|weeks?\b|days?\b", row["lead"]):
        return
    start, end = row.start(), row.end()
    if row["two"] is None:
        yield AgeLimit(one, f"age {age}", start, end)
        return
    two = float(row["two"])
    if not _LEAST <= two <= _MOST:
        yield AgeLimit(one, f"age {age}", start, row.end("one"))
    elif one == two:
        yield AgeLimit(one, f"age {age}", start, end)
    else:
        female_first = re.search(r"female", row["lead"]) is not None and "male" not in row["lead"].replace("female", "")
        names = ("female", "male") if female_first else ("male", "female")
        yield AgeLimit(one, f"age {age}, {names[0]}", start, end)
        yield AgeLimit(two, f"age {age}, {names[1]}", start, end)


def _in_table(line: Line, text: CriteriaText, folded: str) -> bool:
    if not _is_near_topic(line, text, folded) or _ROW.search(folded) is None:
        return False
    if _TOPIC in folded:
        return (
            re.search(r"maximum serum creatinine|based on age|\bmales?\b", folded) is not None
            and re.search(r"years?|months?", folded) is not None
        )
    parent = text.parent(line)
    if parent is not None and _TOPIC in parent.folded:
        return True
    for index in range(line.index - 1, max(-1, line.index - _FARTHEST), -1):
        above = text.lines[index]
        if above.section is not line.section:
            return False
        if _TOPIC in above.folded and (_HEADER.search(above.folded) or above.folded.rstrip().endswith(":")):
            return True
        if not (_ROW.search(above.folded) or _HEADER.search(above.folded)):
            return False
    return False


def _is_near_topic(line: Line, text: CriteriaText, folded: str) -> bool:
    """Whether creatinine is named in the line, in what governs it, or above it: quickly seen, and mostly not so."""
    parent = text.parent(line)
    if _TOPIC in folded or (parent is not None and _TOPIC in parent.folded):
        return True
    return any(
        _TOPIC in text.lines[index].folded for index in range(line.index - 1, max(-1, line.index - _FARTHEST), -1)
    )


LAB_TABLES: Reader = LabTableReader()
