"""How far stated chances can be believed, and the fit that makes them so: a ridge-shrunk logistic model in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ROUNDS = 50
_SMALL = 1e-8
_FIRM = 1e-4
"""Penalty of the intercept: none but for what keeps the equations solvable."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of a reliability diagram."""

    n: int
    stated: float
    """Mean stated chance."""
    observed: float
    """Share that was right."""


def reliability(stated: Floats, right: Floats, bins: int = 10) -> list[Bin]:
    """Bins of equal number, by stated chance, lowest first.

    Args:
        stated: chances, shape (n,).
        right: 1 for right, 0 for wrong, shape (n,).
        bins: how many; fewer where there are not enough items.
    """
    order = np.argsort(stated, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [Bin(len(part), float(stated[part].mean()), float(right[part].mean())) for part in parts]


def calibration_error(stated: Floats, right: Floats, bins: int = 10) -> float:
    """Expected calibration error: the mean distance of stated from observed over bins of equal number, 0 to 1.

    Source: Naeini, Cooper, Hauskrecht, AAAI 2015; with bins of equal number rather than equal width, because most
    chances are near 1.
    """
    parts = reliability(stated, right, bins)
    return sum(part.n * abs(part.stated - part.observed) for part in parts) / max(len(stated), 1)


def brier(stated: Floats, right: Floats) -> float:
    """Mean squared distance of the stated chance from what came out."""
    return float(np.mean((stated - right) ** 2))


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of a logistic model."""

    intercept: float
    weights: Floats
    """Shape (features,)."""
    groups: dict[str, float]
    """Offset of each group's log-odds."""

    def chances(self, values: Floats, groups: Sequence[str]) -> Floats:
        """Chance of each row, shape (n,)."""
        offsets = np.array([self.groups.get(group, 0.0) for group in groups])
        return np.asarray(1 / (1 + np.exp(-(self.intercept + values @ self.weights + offsets))), dtype=np.float64)


def fit(
    values: Floats,
    groups: Sequence[str],
    right: Floats,
    *,
    ridge: float,
    group_ridge: float,
    signs: Sequence[int] = (),
    wrong_weight: float = 1.0,
) -> Fit:
    """Fit a logistic model with an offset for each group by Newton's method; all but the intercept is shrunk to 0.

    Args:
        values: features, shape (n, features).
        groups: group of each row.
        right: 1 for right, 0 for wrong, shape (n,).
        ridge: penalty of the features' weights, in units of a prior's inverse variance.
        group_ridge: penalty of the groups' offsets, likewise: many groups with few rows need more.
        signs: for each feature 1 where its weight may not be negative, -1 where not positive, 0 where either; a weight
            of the wrong sign is left out and the rest fitted again.
        wrong_weight: how many times a wrong row counts.
    """
    names = sorted(set(groups))
    members = np.array([[group == name for name in names] for group in groups], dtype=np.float64)
    design = np.hstack([np.ones((len(values), 1)), values, members.reshape(len(values), len(names))])
    penalty = np.array([_FIRM, *[ridge] * values.shape[1], *[group_ridge] * len(names)])
    counts = np.where(right > 0, 1.0, wrong_weight)
    kept = np.ones(design.shape[1], dtype=bool)
    while True:
        weights = np.zeros(design.shape[1])
        weights[kept] = _newton(design[:, kept], right, counts, penalty[kept])
        bad = [n for n, sign in enumerate(signs, 1) if kept[n] and sign * weights[n] < 0]
        if not bad:
            break
        kept[bad] = False
    first = 1 + values.shape[1]
    offsets = {name: float(weight) for name, weight in zip(names, weights[first:], strict=True)}
    return Fit(float(weights[0]), weights[1:first], offsets)


def _newton(design: Floats, right: Floats, counts: Floats, penalty: Floats) -> Floats:
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        chances = 1 / (1 + np.exp(-(design @ weights)))
        gradient = design.T @ (counts * (right - chances)) - penalty * weights
        curvature = (design * (counts * chances * (1 - chances))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step / max(1.0, float(np.abs(step).max()) / 4)
        if float(np.abs(step).max()) < _SMALL:
            break
    return weights
