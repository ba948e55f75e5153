"""What the tables' numbers mean: turns, leaves, permits, exceptions, missing facts, registry fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from search.eligibility.columns.rows import Exception_, Permit, Turn
from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criterion,
    Evidence,
    Extent,
    Fact,
    Lab,
    LineCount,
    Opaque,
    Performance,
    PriorTherapy,
    Requirement,
    Section,
    SexIs,
    Stage,
)

_SAMPLES: tuple[Fact, ...] = (
    Cancer(frozenset()),
    Stage(),
    Extent(()),
    Biomarker(""),
    PriorTherapy(()),
    LineCount(),
    Performance("ECOG", 0, 0),
    Age(),
    SexIs(""),
    Lab("", "", 0.0),
    Cns(""),
    Condition(""),
    Opaque(),
)
_SAMPLE = {type(fact): fact for fact in _SAMPLES}
_KINDS = {fact.kind: type(fact) for fact in _SAMPLES}

Registered = tuple[int | None, int | None, str | None]
"""Minimum and maximum age in days and sex, as the registry's fields state them."""


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """Values by number."""

    turns: list[Turn]
    said_of: list[frozenset[str]]
    permits: list[Permit]
    exceptions: list[Exception_]
    missing: list[tuple[str, ...]]
    registered: list[Registered]
    conditions: list[frozenset[str]]
    """OncoTree codes of records whose text asks for no disease."""

    def encode(self) -> bytes:
        """As JSON."""
        return orjson.dumps(
            {
                "turns": [[turn.kind.kind, *turn[1:]] for turn in self.turns],
                "said_of": [sorted(leaves) for leaves in self.said_of],
                "permits": self.permits,
                "exceptions": self.exceptions,
                "missing": self.missing,
                "registered": self.registered,
                "conditions": [sorted(codes) for codes in self.conditions],
            }
        )


def decode_vocabularies(data: bytes) -> Vocabularies:
    """What `Vocabularies.encode` wrote."""
    stored = orjson.loads(data)
    return Vocabularies(
        turns=[_turn(*turn) for turn in stored["turns"]],
        said_of=[frozenset(leaves) for leaves in stored["said_of"]],
        permits=[(question, tuple(others)) for question, others in stored["permits"]],
        exceptions=[(question, words) for question, words in stored["exceptions"]],
        missing=[tuple(names) for names in stored["missing"]],
        registered=[(low, high, sex) for low, high, sex in stored["registered"]],
        conditions=[frozenset(codes) for codes in stored["conditions"]],
    )


def _turn(kind: str, requirement: str, section: str, *flags: Any) -> Turn:
    return Turn(_KINDS[kind], Requirement(requirement), Section(section), *flags)


_NOWHERE = Evidence(0, 0, "")


def criterion_of(turn: Turn, confidence: float) -> Criterion:
    """A criterion with this turn, of no fact in particular."""
    return Criterion(
        _SAMPLE[turn.kind],
        turn.requirement,
        turn.section,
        _NOWHERE,
        0,
        confidence=confidence,
        exception=_NOWHERE if turn.excepted else None,
    )
