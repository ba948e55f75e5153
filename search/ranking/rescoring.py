"""Eligibility re-scoring: what the criteria say of the person re-orders what retrieval found.

`score(d) = fused(d) x factor(d)`, `factor = class factor x chance ^ power` (`RescoringConfig`). The factor of a trial
depends on the person and the trial alone, so a score does not depend on which other hits came back. Nothing is removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from search.config import RescoringConfig
from search.eligibility.assessment import Verdict
from search.eligibility.columns import IndexAssessment
from search.ranking.fusion import Fused, in_order

_VERDICTS = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the assessment of one trial did to its score."""

    verdict: Verdict
    chance: float
    """Estimated chance of being eligible, 0 to 1."""
    factor: float
    """What the fused score was multiplied with."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """Hits in their new order, and the standing of each."""

    hits: list[Fused]
    standings: Mapping[str, Standing]


class Ineligible(StrEnum):
    """Where trials stand that rule a person out."""

    RANKED = "ranked"
    """By their scores."""
    LAST = "last"
    """Behind all others, in their order."""
    HIDDEN = "hidden"

    @property
    def mark(self) -> str:
        """What tells the cursors of one order from those of another."""
        return "" if self is Ineligible.RANKED else f"-{self.value}"

    def place(self, hits: Sequence[Fused], standings: Mapping[str, Standing]) -> list[Fused]:
        """The hits in this order."""
        if self is Ineligible.RANKED:
            return list(hits)
        out = [hit.nct_id in standings and standings[hit.nct_id].verdict.exported == "ineligible" for hit in hits]
        kept = [hit for hit, ruled_out in zip(hits, out, strict=True) if not ruled_out]
        if self is Ineligible.HIDDEN:
            return kept
        return kept + [hit for hit, ruled_out in zip(hits, out, strict=True) if ruled_out]


@dataclass(frozen=True, slots=True)
class Weights:
    """Factor by class of verdict (best first), and the power of the chance."""

    classes: tuple[float, float, float, float, float]
    power: float


def weights_for(config: RescoringConfig, *, note: bool, tells_cancer: bool) -> Weights:
    """The weights for a typed query, or for a note or profile; of one that tells no cancer the chance says little."""
    last = config.note_not_eligible if note else config.not_eligible
    power = config.power if not note else config.note_power if tells_cancer else config.unread_power
    return Weights((config.likely, config.possibly, config.check, config.needs_change, last), power)


def factors(verdict: NDArray[np.uint8], chance: NDArray[np.float32], weights: Weights) -> NDArray[np.float64]:
    """Factor of each trial, shape (T,).

    Args:
        verdict: places in `tuple(Verdict)`, shape (T,).
        chance: 0 to 1, shape (T,).
        weights: of the classes and the chance.
    """
    by_class = np.array(weights.classes)[verdict]
    return by_class if weights.power == 0 else by_class * np.asarray(chance, dtype=np.float64) ** weights.power


def rescore(hits: Sequence[Fused], rows: Sequence[int | None], found: IndexAssessment, weights: Weights) -> Rescored:
    """Re-order hits.

    Args:
        hits: fused.
        rows: where `found` holds each of them; a trial that it does not hold keeps its score.
        found: the person against every trial of the index.
        weights: of the classes and the chance.
    """
    held = [place for place, row in enumerate(rows) if row is not None]
    at = np.array([rows[place] for place in held], dtype=np.intp)
    verdict, chance = found.verdict[at], found.score[at]
    by_hit = zip(held, verdict.tolist(), chance.tolist(), factors(verdict, chance, weights).tolist(), strict=True)
    rescored = list(hits)
    standings = {}
    for place, code, likelihood, factor in by_hit:
        hit = hits[place]
        rescored[place] = hit._replace(score=hit.score * factor)
        standings[hit.nct_id] = Standing(_VERDICTS[code], likelihood, factor)
    return Rescored(in_order(rescored), standings)
