"""A score from 0 to 1: the chance of being eligible, by the class of the verdict and what is open within it.

    t = sum over all groups of log(chance of the group) + the same for the registry's fields      (0 or less)
    score = 1 / (1 + exp(-(base[verdict] - slope * log(1 - t))))

The chances say how likely a group holds, given what is known of it; the sum makes the order within a class, and the
logistic map the number that can be believed. All constants are `ScoreConfig`'s.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from search.config import DEFAULT_CONFIG, ScoreConfig
from search.eligibility.assessment import Basis, CriterionAssessment, Group, StructuredAssessment, Truth, Verdict

_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


def total_of(groups: Iterable[Group], config: ScoreConfig = DEFAULT_CONFIG.score) -> float:
    """The sum of the logarithms of the chances of groups that must all hold: 0 or less."""
    return sum(math.log(chance(group, config)) for group in groups)


def chance(group: Group, config: ScoreConfig = DEFAULT_CONFIG.score) -> float:
    """The chance that a group holds, over 0 to 1: that of its best alternative."""
    return max(member_chance(member, config) for member in counted(group))


def counted(group: Group) -> tuple[CriterionAssessment, ...]:
    """The alternatives of a group that its chance is the best of: once one is met, those that are."""
    if not group.truth.fulfils:
        return group.members
    return tuple(member for member in group.members if member.truth.fulfils or member.truth is group.truth)


def member_chance(member: CriterionAssessment, config: ScoreConfig = DEFAULT_CONFIG.score) -> float:
    """The chance that one criterion holds."""
    if member.truth.fulfils:
        return {Basis.KNOWN: config.known, Basis.DERIVED: config.derived, Basis.ASSUMED: config.assumed}[member.basis]
    if member.truth is Truth.UNKNOWN:
        return config.open if member.decisive else config.waived
    base = config.soft if not member.hard else config.recoverable if member.recoverable else config.hard
    return base + (1 - base) * (1 - member.criterion.confidence) * 0.5


def structured_total(fields: Iterable[StructuredAssessment], config: ScoreConfig = DEFAULT_CONFIG.score) -> float:
    """The same sum for the registry's fields; conditions that do not fit weigh like a soft failure."""
    return sum(math.log(_field(field, config)) for field in fields)


def _field(field: StructuredAssessment, config: ScoreConfig) -> float:
    if field.truth is Truth.NOT_MET:
        return config.soft if field.field == "conditions" else config.field_failed
    return config.field_unknown if field.truth is Truth.UNKNOWN else 1.0


def calibrated(total: float, verdict: Verdict, config: ScoreConfig = DEFAULT_CONFIG.score) -> float:
    """The score of a trial.

    Args:
        total: `total_of` the groups of the whole trial and its best cohort, plus `structured_total`; 0 or less.
        verdict: the class that they come to.
        config: the constants.
    """
    odds = config.base[_RANK[verdict]] - config.slope * math.log1p(-min(total, 0.0))
    return 1 / (1 + math.exp(-odds))


def calibrated_all(
    totals: NDArray[np.float64], verdicts: NDArray[np.uint8], config: ScoreConfig = DEFAULT_CONFIG.score
) -> NDArray[np.float32]:
    """`calibrated` for many trials.

    Args:
        totals: as there, any shape.
        verdicts: places in `tuple(Verdict)`, of the same shape.
        config: the constants.
    """
    odds = np.asarray(config.base)[verdicts] - config.slope * np.log1p(-np.minimum(totals, 0.0))
    return (1 / (1 + np.exp(-odds))).astype(np.float32)
