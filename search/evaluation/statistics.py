"""What a difference of means is worth: paired randomisation test, bootstrap intervals, Holm's correction.

All random numbers come from a seed, so that the same figures always get the same p and the same interval. With few
topics the randomisation test is exact: all sign patterns are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20_240_901
ROUNDS = 10_000
"""Resamples of a test or an interval: the standard error of a p near .05 is then .002."""
LEVEL = 0.95
_EXACT = 13
"""Up to so many topics all 2^n sign patterns are counted, fewer than `ROUNDS` would draw."""
_NOISE = 1e-12

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval of a mean."""

    low: float
    high: float


def randomisation_p(differences: Sequence[float], *, rounds: int = ROUNDS, seed: int = SEED) -> float:
    """Two-sided p of the paired randomisation test on the mean difference.

    Under the null hypothesis either system could have given either figure of a topic, so the sign of every difference
    is a coin toss (Fisher; for retrieval Smucker, Allan and Carterette, CIKM 2007). p is the share of sign patterns
    whose mean is at least as far from 0 as the one observed; of drawn patterns the observed one counts as one more.

    Args:
        differences: figure of one system less that of the other, by topic, shape (n,).
        rounds: patterns drawn where there are too many to count.
        seed: of the random numbers.

    Returns:
        p in (0, 1]; 1 for no topics.
    """
    values = np.asarray(differences, dtype=np.float64)
    if not len(values) or not values.any():
        return 1.0
    observed = abs(values.sum()) - _NOISE
    if len(values) <= _EXACT:
        patterns = (np.arange(2 ** len(values))[:, None] >> np.arange(len(values))) & 1
        return float(np.mean(np.abs((2 * patterns - 1) @ values) >= observed))
    signs = 2 * np.random.default_rng(seed).integers(0, 2, (rounds, len(values)), dtype=np.int8) - 1
    return float((1 + np.count_nonzero(np.abs(signs @ values) >= observed)) / (1 + rounds))


def bootstrap_interval(
    values: Sequence[float], *, level: float = LEVEL, rounds: int = ROUNDS, seed: int = SEED
) -> Interval:
    """Percentile bootstrap interval of the mean over topics (Sakai, SIGIR 2006).

    Args:
        values: a figure by topic, shape (n,).
        level: share of resamples inside.
        rounds: resamples.
        seed: of the random numbers.

    Returns:
        The interval; NaN for no topics.
    """
    sample = np.asarray(values, dtype=np.float64)
    if not len(sample):
        return Interval(float("nan"), float("nan"))
    drawn = np.random.default_rng(seed).integers(0, len(sample), (rounds, len(sample)))
    low, high = np.quantile(sample[drawn].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def holm(ps: Sequence[float]) -> list[float]:
    """p values adjusted for being one of several tests (Holm 1979): still valid if any of them is chosen afterwards."""
    order = sorted(range(len(ps)), key=lambda n: (ps[n], n))
    adjusted = [1.0] * len(ps)
    highest = 0.0
    for place, n in enumerate(order):
        highest = max(highest, min(1.0, (len(ps) - place) * ps[n]))
        adjusted[n] = highest
    return adjusted


def wilson(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson 1927): sensible for few cases and shares near 0 or 1."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)
