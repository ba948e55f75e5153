"""`read_criteria`: a trial's eligibility text becomes typed criteria with evidence.

One Aho-Corasick scan over the folded text finds the readers' triggers; each reader runs on the lines that hold one of
its own; what no reader understands stays as `Opaque`. Deterministic, offline, linear in the length of the text.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick

from search.eligibility.criterion import Criteria, Criterion, Evidence, LineSpan, Opaque, Requirement
from search.extraction.calibration import calibrated
from search.extraction.kinds import READERS
from search.extraction.lines import criteria_text
from search.extraction.merging import merged
from search.extraction.polarity import governed, sentences, stance
from search.extraction.polarity_words import PERMISSION
from search.extraction.reading import CriteriaText, Finding, Line, Reader, alternatives
from search.extraction.remarks import asks_nothing
from search.trial import Trial

_OPAQUE_CONFIDENCE = 1.0
"""That a line stands in the text is certain."""
_UNREAD_WORDS = 5
"""A sentence of fewer words ("See section 5.") is no statement of its own."""
logger = logging.getLogger("oncomatch.extraction")


@dataclass(frozen=True, slots=True)
class Fault:
    """A reader that failed on a line: a defect. The line keeps what other readers found, or is `Opaque`."""

    reader: str
    line: int
    error: str
    """Kind of error and place in the program; never words of the text."""


class QuoteError(ValueError):
    """A reader gave offsets outside the text."""


def report(fault: Fault) -> None:
    """Tell the log of a fault: which reader, which line, which error; no word of the text."""
    logger.warning(
        "%s failed on line %d of an eligibility text (%s): a defect, please report it; the line stays, not understood",
        fault.reader,
        fault.line,
        fault.error,
    )


def read_criteria(trial: Trial, on_fault: Callable[[Fault], None] = report) -> Criteria:
    """All criteria of a trial; without eligibility text, none."""
    return read_text(trial.eligibility.criteria or "", trial.title, trial.conditions, on_fault)


def read_text(
    raw: str,
    title: str = "",
    conditions: tuple[str, ...] = (),
    on_fault: Callable[[Fault], None] = report,
    *,
    readers: tuple[Reader, ...] = READERS,
    calibrate: bool = True,
) -> Criteria:
    """All criteria of an eligibility text, in the order of the text; the same text always gives the same.

    Args:
        raw: the text; offsets of evidence point into it.
        title: the trial's title, for what the text leaves unsaid of the disease.
        conditions: the trial's conditions, likewise.
        on_fault: is told of each reader that failed on a line; no fault ends the reading.
        readers: who is asked, in this order.
        calibrate: give each criterion the chance that it is right, not the confidence that its rule claims.
    """
    text = criteria_text(raw, title, conditions)
    items: list[Criterion] = []
    silent = {line.index for line in text.lines if line.is_heading}
    concerned = _concerned(text, readers)
    for line in text.lines:
        if line.index in silent:
            continue
        found: list[Criterion] = []
        for number in concerned.get(line.index, ()):
            try:
                for finding in readers[number](line, text):
                    found.append(_criterion(finding, line, text))  # noqa: PERF401 - keeps what came before a fault
            except Exception as error:  # whatever a reader does, the line is kept
                on_fault(Fault(type(readers[number]).__name__, line.index, _where(error)))
        if not found:
            if asks_nothing(line, text):
                silent.add(line.index)
            else:
                items.append(_opaque(line, line.start, line.end, text))
            continue
        found = merged([*found, *_unread(line, found, text)], alternatives(line))
        items += calibrated(found, line.end - line.start) if calibrate else found
    spans = tuple(
        LineSpan(line.start, line.end, line.section, line.index in silent, line.cohort) for line in text.lines
    )
    return Criteria(spans, tuple(items), text.cohorts)


def _where(error: Exception) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f" at {Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at is not None else ""
    return f"{type(error).__name__}{place}"


def _criterion(finding: Finding, line: Line, text: CriteriaText) -> Criterion:
    if not line.start <= finding.start < finding.end <= line.end:
        raise QuoteError
    requirement, exception = finding.requirement, finding.exception
    if requirement is None:
        resolved = stance(line, finding.start, finding.end, text)
        requirement, exception = resolved.requirement, exception or resolved.exception
    return Criterion(
        fact=finding.fact,
        requirement=requirement,
        section=line.section,
        evidence=_evidence(text.raw, finding.start, finding.end),
        line=line.index,
        cohort=line.cohort,
        confidence=finding.confidence,
        exception=_evidence(text.raw, *exception) if exception else None,
        or_group=_group(finding.or_group, line),
    )


def _group(name: str | None, line: Line) -> str | None:
    """A group is of its line, unless the reader named the line that opens it ("12:renal")."""
    if not name or ":" in name:
        return name or None
    return f"{line.index}:{name}"


def _unread(line: Line, found: Sequence[Criterion], text: CriteriaText) -> Iterator[Criterion]:
    """Sentences of a line that no reader understood, where a reader understood another one."""
    parts = sentences(line)
    if len(parts) == 1:
        return
    spans = sorted((item.evidence.start, item.evidence.end) for item in found)
    reach = number = 0
    for first, last in parts:
        start, end = line.start + first, line.start + last
        while number < len(spans) and spans[number][0] < end:
            reach = max(reach, spans[number][1])
            number += 1
        words = line.plain[first:last]
        if reach <= start and sum(word[:1].isalpha() for word in words.split()) >= _UNREAD_WORDS:
            lead = len(words) - len(words.lstrip())
            yield _opaque(line, start + lead, start + len(words.rstrip()), text)


def _opaque(line: Line, start: int, end: int, text: CriteriaText) -> Criterion:
    """Words as a statement of their own: what their section asks, unless they say that something is allowed."""
    speaks = PERMISSION.search(line.folded) is not None
    allowed = speaks and stance(line, start, start, text).requirement is Requirement.ALLOWED
    said = Requirement.ALLOWED if allowed else governed(line, text)
    return Criterion(
        fact=Opaque(),
        requirement=said,
        section=line.section,
        evidence=_evidence(text.raw, start, end),
        line=line.index,
        cohort=line.cohort,
        confidence=_OPAQUE_CONFIDENCE,
    )


def _evidence(raw: str, start: int, end: int) -> Evidence:
    return Evidence(start, end, raw[start:end])


@dataclass(frozen=True, slots=True)
class _Scanner:
    automaton: ahocorasick.Automaton
    readers: tuple[int, ...]
    """By trigger number, the readers that named it: bit n stands for reader n."""


@cache
def _scanner(readers: tuple[Reader, ...]) -> _Scanner:
    named: dict[str, set[int]] = defaultdict(set)
    for number, reader in enumerate(readers):
        for trigger in reader.triggers:
            named[trigger].add(number)
    automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for number, trigger in enumerate(named):
        automaton.add_word(trigger, number)
    automaton.make_automaton()
    return _Scanner(automaton, tuple(sum(1 << number for number in numbers) for numbers in named.values()))


def _concerned(text: CriteriaText, readers: tuple[Reader, ...]) -> dict[int, list[int]]:
    """By line, the numbers of the readers that have a trigger in it, ascending."""
    if not readers or not text.lines:
        return {}
    scanner = _scanner(readers)
    masks: dict[int, int] = {}
    lines = iter(text.lines)
    line = next(lines)
    start, end, mask = line.start, line.end, 0
    for at, trigger in scanner.automaton.iter(text.folded):
        if at >= end:
            masks[line.index] = mask
            while at >= end:
                following = next(lines, None)
                if following is None:
                    return _numbers(masks, len(readers))
                line, mask = following, 0
                start, end = line.start, line.end
        if at >= start:
            mask |= scanner.readers[trigger]
    masks[line.index] = mask
    return _numbers(masks, len(readers))


def _numbers(masks: dict[int, int], readers: int) -> dict[int, list[int]]:
    return {line: [n for n in range(readers) if mask >> n & 1] for line, mask in masks.items() if mask}
