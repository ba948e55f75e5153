"""A score from 0 to 1: the product of the chances that each group holds, given what is known of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from search.eligibility.assessment import Basis, CriterionAssessment, Group, StructuredAssessment, Truth

_HELD: Mapping[Basis, float] = {Basis.KNOWN: 0.998, Basis.DERIVED: 0.995, Basis.ASSUMED: 0.99}
_OPEN = 0.55
"""A deciding fact that is not stated."""
_WAIVED = 0.985
_SOFT = 0.25
"""A failure that may not be one."""
_RECOVERABLE = 0.05
_HARD = 0.02


def score_of(groups: Iterable[Group]) -> float:
    """The score of groups that must all hold."""
    return math.exp(sum(math.log(chance(group)) for group in groups))


def chance(group: Group) -> float:
    """The chance that a group holds: one minus the chance that none of its alternatives does."""
    if group.truth.fulfils:
        return max(_member(member) for member in group.members if member.truth.fulfils or member.truth is group.truth)
    return max(_member(member) for member in group.members)


def _member(member: CriterionAssessment) -> float:
    if member.truth.fulfils:
        return _HELD[member.basis]
    if member.truth is Truth.UNKNOWN:
        return _OPEN if member.decisive else _WAIVED
    confidence = member.criterion.confidence
    base = _SOFT if not member.hard else _RECOVERABLE if member.recoverable else _HARD
    return base + (1 - base) * (1 - confidence) * 0.5


def structured_score(fields: Iterable[StructuredAssessment]) -> float:
    """The same for the registry's fields."""
    chances = {Truth.MET: 1.0, Truth.UNKNOWN: 0.8, Truth.NOT_MET: 0.01}
    return math.prod(
        _SOFT if field.field == "conditions" and field.truth is Truth.NOT_MET else chances.get(field.truth, 1.0)
        for field in fields
    )
