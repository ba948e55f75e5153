"""What any extractor of criteria is: a function from a trial to `Criteria`, and the check that all of them pass.

`search.extraction.criteria.read_criteria` is the one that ships. Another one (a language model, a curated table) gives
the same objects and is held to the same evidence: `checked` refuses what cannot be traced to the text.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Protocol

from search.eligibility.criterion import Criteria, Criterion, Evidence, LineSpan, Opaque, Requirement, Section
from search.extraction.lines import criteria_text
from search.trial import Trial

_BULLETS = re.compile(r"(?:[\W_]|(?<!\w)\w{1,4}(?=[.)）．、]))*")
"""What may stand between lines: white space, bullets, numbers ("2.1.", "iv)")."""


class Extractor(Protocol):
    """Reads the criteria of a trial. To run in the builder's worker processes it must be picklable."""

    def __call__(self, trial: Trial, /) -> Criteria:
        """All criteria of a trial, in the order of its eligibility text; without a text, none."""
        ...


def checked(criteria: Criteria, text: str) -> Criteria:
    """The criteria, if every one of them can be traced to the text and nothing of the text is left out.

    Args:
        criteria: what an extractor gave.
        text: the registry's eligibility text; empty where the trial has none.

    Raises:
        ValueError: a quote is not `text[start:end]`, a criterion does not begin in its line, lines overlap or do not
            cover the text, or a line that is no heading has no criterion. The message names offsets, not the text.
    """
    _check_lines(criteria, text)
    for item in criteria.items:
        _check_quote(item.evidence, text)
        if item.exception is not None:
            _check_quote(item.exception, text)
        _check_place(item, criteria)
    read = {item.line for item in criteria.items}
    for number, line in enumerate(criteria.lines):
        if not line.heading and number not in read:
            raise ValueError(f"line {number} [{line.start}, {line.end}) has no criterion")
    return criteria


def unread(trial: Trial) -> Criteria:
    """The criteria of a trial whose text no extractor could read: each line `Opaque`, to be checked by a person."""
    text = criteria_text(trial.eligibility.criteria or "")
    spans = tuple(LineSpan(line.start, line.end, line.section, line.is_heading, line.cohort) for line in text.lines)
    items = tuple(
        Criterion(
            fact=Opaque(),
            requirement=Requirement.PROHIBITED if line.section is Section.EXCLUSION else Requirement.REQUIRED,
            section=line.section,
            evidence=Evidence(line.start, line.end, text.raw[line.start : line.end]),
            line=line.index,
            cohort=line.cohort,
        )
        for line in text.lines
        if not line.is_heading
    )
    return Criteria(spans, items, text.cohorts)


def _check_lines(criteria: Criteria, text: str) -> None:
    for number, line in enumerate(criteria.lines):
        if not 0 <= line.start < line.end <= len(text):
            raise ValueError(f"line {number} [{line.start}, {line.end}) is no span of the text")
    for one, other in pairwise(criteria.lines):
        if other.start < one.end:
            raise ValueError(f"the lines [{one.start}, {one.end}) and [{other.start}, {other.end}) overlap")
    at = 0
    for start, end in [*((line.start, line.end) for line in criteria.lines), (len(text), len(text))]:
        if not _BULLETS.fullmatch(text, at, start):
            raise ValueError(f"the text in [{at}, {start}) is in no line")
        at = end


def _check_quote(evidence: Evidence, text: str) -> None:
    start, end = evidence.start, evidence.end
    if not 0 <= start < end <= len(text) or text[start:end] != evidence.quote:
        raise ValueError(f"the quote of [{start}, {end}) is not the text there")


def _check_place(item: Criterion, criteria: Criteria) -> None:
    start, end = item.evidence.start, item.evidence.end
    if not 0 <= item.line < len(criteria.lines):
        raise ValueError(f"the criterion at [{start}, {end}) is of line {item.line}, which does not exist")
    line = criteria.lines[item.line]
    if not line.start <= start < line.end:
        raise ValueError(f"the criterion at [{start}, {end}) does not begin in its line {item.line}")
    if line.heading:
        raise ValueError(f"the criterion at [{start}, {end}) is of line {item.line}, which is a heading")
