"""From the confidence a rule claims to the chance that the reading is right.

A logistic model on a few features of a criterion, fitted on annotated trials (`python -m search.evaluation.criteria
--fit`) and shipped as `data/calibration.json`, which says when, on what and how well it was fitted. The weights of a
kind are shrunk towards those of all kinds, so that kinds with few examples get the common ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from operator import mul
from types import MappingProxyType

from search.eligibility.criterion import Criterion, Opaque, Section

FEATURES = ("claimed", "exclusion", "length", "exception", "alternative")
"""Names of what `features` gives, in order."""
_CLAIM_RANGE = (0.05, 0.99)
"""A rule is never believed beyond these."""
_TYPICAL_LINE = 120
"""Characters; the length of a line counts in natural logarithms from here."""
_RANGE = (0.02, 0.995)
"""What is told: never certainty."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model: log-odds that a reading is right = intercept + weights · features + the kind's own offset."""

    intercept: float
    weights: tuple[float, ...]
    """One for each of `FEATURES`."""
    kinds: Mapping[str, float]

    def chance(self, kind: str, values: Sequence[float]) -> float:
        """Chance, 0 to 1, that a reading of this kind with these features is right."""
        odds = self.intercept + self.kinds.get(kind, 0.0) + sum(map(mul, self.weights, values))
        return min(max(1 / (1 + math.exp(-odds)), _RANGE[0]), _RANGE[1])


@cache
def shipped() -> Calibration:
    """The model that ships with the library."""
    fitted = json.loads(resources.files("search.extraction").joinpath("data", "calibration.json").read_text("utf-8"))
    weights = tuple(fitted["weights"][name] for name in FEATURES)
    return Calibration(fitted["intercept"], weights, MappingProxyType(fitted["kinds"]))


def features(item: Criterion, length: int) -> tuple[float, ...]:
    """What the model knows of a criterion; one number for each of `FEATURES`.

    Args:
        item: the criterion, with the confidence that its rule claims.
        length: characters of its line.
    """
    excludes = item.section is Section.EXCLUSION
    return _features(item.confidence, excludes, length, item.exception is not None, item.or_group is not None)


def _features(claimed: float, excludes: bool, length: int, excepted: bool, grouped: bool) -> tuple[float, ...]:
    claim = min(max(claimed, _CLAIM_RANGE[0]), _CLAIM_RANGE[1])
    return (
        math.log(claim / (1 - claim)),
        float(excludes),
        math.log(max(length, 1) / _TYPICAL_LINE),
        float(excepted),
        float(grouped),
    )


@lru_cache(maxsize=4096)
def _chance(kind: str, claimed: float, excludes: bool, length: int, excepted: bool, grouped: bool) -> float:
    return shipped().chance(kind, _features(claimed, excludes, length, excepted, grouped))


def calibrated(items: Sequence[Criterion], length: int) -> list[Criterion]:
    """The criteria of one line with the chance that each is right as their confidence; `Opaque` stays as it is."""
    return [
        item
        if isinstance(item.fact, Opaque)
        else Criterion(
            item.fact,
            item.requirement,
            item.section,
            item.evidence,
            item.line,
            item.cohort,
            _chance(
                item.fact.kind,
                item.confidence,
                item.section is Section.EXCLUSION,
                length,
                item.exception is not None,
                item.or_group is not None,
            ),
            item.exception,
            item.or_group,
        )
        for item in items
    ]
