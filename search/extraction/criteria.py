"""`read_criteria`: a trial's eligibility text becomes typed criteria with evidence.

One Aho-Corasick scan over the folded text finds the readers' triggers; each reader runs on the lines that hold one of
its own; what no reader understands stays as `Opaque`. Deterministic, offline, linear in the length of the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import ahocorasick

from search.eligibility.criterion import Criteria, Criterion, Evidence, LineSpan, Opaque
from search.extraction.kinds import READERS
from search.extraction.lines import criteria_text
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader
from search.trial import Trial

_OPAQUE_CONFIDENCE = 1.0
"""That a line stands in the text is certain."""


class QuoteError(AssertionError):
    """An extractor gave offsets outside its line's text: a defect of the extractor, never of the text."""


def read_criteria(trial: Trial) -> Criteria:
    """All criteria of a trial; without eligibility text, none."""
    return read_text(trial.eligibility.criteria or "", trial.title, trial.conditions)


def read_text(raw: str, title: str = "", conditions: tuple[str, ...] = ()) -> Criteria:
    """All criteria of an eligibility text.

    Args:
        raw: the text; offsets of evidence point into it.
        title: the trial's title, for what the text leaves unsaid of the disease.
        conditions: the trial's conditions, likewise.
    """
    text = criteria_text(raw, title, conditions)
    items: list[Criterion] = []
    concerned = _concerned(text, READERS)
    for line in text.lines:
        if line.is_heading:
            continue
        found = [
            _criterion(finding, line, text)
            for number in sorted(concerned.get(line.index, ()))
            for finding in READERS[number](line, text)
        ]
        items += found or [_opaque(line, text)]
    items.sort(key=lambda item: (item.line, item.evidence.start, item.evidence.end))
    spans = tuple(LineSpan(line.start, line.end, line.section, line.is_heading, line.cohort) for line in text.lines)
    return Criteria(spans, tuple(dict.fromkeys(items)), text.cohorts)


def _criterion(finding: Finding, line: Line, text: CriteriaText) -> Criterion:
    if not 0 <= finding.start < finding.end <= len(text.raw):
        raise QuoteError(f"{finding.fact.kind}: [{finding.start}, {finding.end}) is no span of the text")
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


def _opaque(line: Line, text: CriteriaText) -> Criterion:
    resolved = stance(line, line.start, line.end, text)
    return Criterion(
        fact=Opaque(),
        requirement=resolved.requirement,
        section=line.section,
        evidence=_evidence(text.raw, line.start, line.end),
        line=line.index,
        cohort=line.cohort,
        confidence=_OPAQUE_CONFIDENCE,
    )


def _evidence(raw: str, start: int, end: int) -> Evidence:
    return Evidence(start, end, raw[start:end])


@dataclass(frozen=True, slots=True)
class _Scanner:
    automaton: ahocorasick.Automaton
    readers: tuple[frozenset[int], ...]
    """By trigger number, the readers that named it."""


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
    return _Scanner(automaton, tuple(frozenset(numbers) for numbers in named.values()))


def _concerned(text: CriteriaText, readers: Sequence[Reader]) -> dict[int, set[int]]:
    """By line, the numbers of the readers that have a trigger in it."""
    concerned: dict[int, set[int]] = defaultdict(set)
    if not readers:
        return concerned
    scanner = _scanner(tuple(readers))
    lines: Iterable[Line] = iter(text.lines)
    line = next(iter(lines), None)
    for end, trigger in scanner.automaton.iter(text.folded):
        while line is not None and line.end <= end:
            line = next(iter(lines), None)
        if line is None:
            break
        if line.start <= end:
            concerned[line.index] |= scanner.readers[trigger]
    return concerned
