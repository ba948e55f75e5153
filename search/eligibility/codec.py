"""Criteria as bytes, for storage: compact JSON, and back, exactly.

Quotes are not stored: they are `text[start:end]` of the trial's own eligibility text, which decoding is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

import orjson

from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criteria,
    Criterion,
    Evidence,
    Extent,
    Fact,
    Lab,
    LineCount,
    LineSpan,
    Opaque,
    Performance,
    PriorTherapy,
    Requirement,
    Section,
    SexIs,
    Stage,
)

CRITERIA_VERSION = 1
"""Raised whenever the stored form changes; another version is refused, never guessed at."""

_FACTS: tuple[type[Fact], ...] = (
    Opaque,
    Cancer,
    Stage,
    Extent,
    Biomarker,
    PriorTherapy,
    LineCount,
    Performance,
    Age,
    SexIs,
    Lab,
    Cns,
    Condition,
)
"""A kind is stored as its place here: append only, or raise the version."""
_NUMBERS: Mapping[type[Fact], int] = {kind: number for number, kind in enumerate(_FACTS)}
_NAMES: Mapping[type[Fact], tuple[str, ...]] = {kind: tuple(f.name for f in fields(kind)) for kind in _FACTS}
_DEFAULTS: Mapping[type[Fact], tuple[object, ...]] = {kind: tuple(f.default for f in fields(kind)) for kind in _FACTS}
_SETS = frozenset({"codes"})
_TUPLES = frozenset({"values", "tnm", "states", "therapies", "counting"})


def _converter(name: str) -> Callable[[Any], Any] | None:
    return frozenset if name in _SETS else tuple if name in _TUPLES else None


_CONVERTERS = tuple(
    tuple((place, convert) for place, name in enumerate(_NAMES[kind]) if (convert := _converter(name)) is not None)
    for kind in _FACTS
)
_SECTIONS = tuple(Section)
_REQUIREMENTS = tuple(Requirement)


def encode_criteria(criteria: Criteria) -> bytes:
    """Encode criteria. Equal criteria give equal bytes.

    Raises:
        TypeError: a text holds a lone surrogate, which UTF-8 cannot carry.
    """
    names = {name: number for number, name in enumerate(_cohorts(criteria))}
    stored = {
        "version": CRITERIA_VERSION,
        "names": list(names),
        "cohorts": [names[name] for name in criteria.cohorts],
        "lines": [_line(line, names) for line in criteria.lines],
        "items": [_item(item, names) for item in criteria.items],
    }
    return orjson.dumps(stored)


def decode_criteria(data: bytes, text: str) -> Criteria:
    """Decode what `encode_criteria` wrote.

    Args:
        data: the bytes.
        text: the eligibility text that the criteria were read from.

    Raises:
        ValueError: the bytes are no encoded criteria, those of another version, or of another text.
    """
    try:
        stored = orjson.loads(data)
        if stored["version"] != CRITERIA_VERSION:
            raise ValueError(stored["version"])
        names = [*stored["names"], None]  # -1 is no cohort
        return Criteria(
            lines=tuple([_read_line(line, names) for line in stored["lines"]]),
            items=tuple([_read_item(item, names, text) for item in stored["items"]]),
            cohorts=tuple([names[number] for number in stored["cohorts"]]),
        )
    except (TypeError, KeyError, IndexError, AttributeError, ValueError) as error:
        raise ValueError("these bytes are not criteria encoded by this version, or not of this text") from error


def _cohorts(criteria: Criteria) -> list[str]:
    used = [*(line.cohort for line in criteria.lines), *(item.cohort for item in criteria.items)]
    return list(dict.fromkeys([*criteria.cohorts, *(name for name in used if name is not None)]))


def _line(line: LineSpan, names: Mapping[str, int]) -> list[int]:
    cohort = -1 if line.cohort is None else names[line.cohort]
    return [line.start, line.end, _SECTIONS.index(line.section), int(line.heading), cohort]


def _read_line(stored: list[int], names: list[str | None]) -> LineSpan:
    start, end, section, heading, cohort = stored
    return LineSpan(start, end, _SECTIONS[section], bool(heading), names[cohort])


def _item(item: Criterion, names: Mapping[str, int]) -> list[object]:
    kind = type(item.fact)
    values = [getattr(item.fact, name) for name in _NAMES[kind]]
    while values and values[-1] == _DEFAULTS[kind][len(values) - 1]:  # what is left out is the default
        values.pop()
    fact = [_plain(value) for value in values]
    exception = [item.exception.start, item.exception.end] if item.exception is not None else None
    stored: list[object] = [
        _NUMBERS[kind],
        fact,
        _REQUIREMENTS.index(item.requirement),
        _SECTIONS.index(item.section),
        item.evidence.start,
        item.evidence.end,
        item.line,
        -1 if item.cohort is None else names[item.cohort],
        item.confidence,
    ]
    if exception is not None or item.or_group is not None:
        stored.append(exception)
    if item.or_group is not None:
        stored.append(item.or_group)
    return stored


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


def _read_item(stored: list[Any], names: list[str | None], text: str) -> Criterion:
    number, fact, requirement, section, start, end, line, cohort, confidence, *rest = stored
    for place, convert in _CONVERTERS[number]:
        if place < len(fact):
            fact[place] = convert(fact[place])
    exception: list[int] | None = rest[0] if rest else None
    return Criterion(
        fact=_FACTS[number](*fact),
        requirement=_REQUIREMENTS[requirement],
        section=_SECTIONS[section],
        evidence=_evidence(start, end, text),
        line=line,
        cohort=names[cohort],
        confidence=confidence,
        exception=_evidence(exception[0], exception[1], text) if exception is not None else None,
        or_group=rest[1] if len(rest) > 1 else None,
    )


def _evidence(start: int, end: int, text: str) -> Evidence:
    if not 0 <= start <= end <= len(text):
        raise ValueError("offsets beyond the text")
    return Evidence(start, end, text[start:end])
