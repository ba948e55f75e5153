from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from search.evaluation.statistics import bootstrap_interval, holm, randomisation_p


def test_few_topics_are_counted_exactly() -> None:
    differences = [0.3, -0.1, 0.2, 0.4]
    patterns = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in itertools.product((1, -1), repeat=4)
    ]
    expected = np.mean([value >= sum(differences) - 1e-12 for value in patterns])
    assert randomisation_p(differences) == pytest.approx(expected)
    assert randomisation_p([0.2, 0.2, 0.2, 0.2, 0.2]) == 2 / 32


def test_many_topics_are_drawn_with_a_seed() -> None:
    rng = np.random.default_rng(3)
    differences = list(rng.normal(0.05, 0.2, 40))
    assert randomisation_p(differences) == randomisation_p(differences)
    normal = 2 * (
        1 - 0.5 * (1 + math.erf(sum(differences) / math.sqrt(sum(d * d for d in differences)) / math.sqrt(2)))
    )
    assert randomisation_p(differences) == pytest.approx(normal, abs=0.02)
    assert randomisation_p(differences, seed=1) == pytest.approx(randomisation_p(differences, seed=2), abs=0.02)


def test_no_difference_is_no_evidence() -> None:
    assert randomisation_p([0.0] * 30) == 1.0
    assert randomisation_p([]) == 1.0


def test_p_is_uniform_where_nothing_differs() -> None:
    rng = np.random.default_rng(11)
    ps = [randomisation_p(list(rng.normal(0, 1, 25)), rounds=400) for _ in range(200)]
    assert np.mean([p < 0.1 for p in ps]) == pytest.approx(0.1, abs=0.06)


def test_interval_holds_the_mean_and_narrows() -> None:
    values = list(np.random.default_rng(5).uniform(0, 1, 30))
    wide, narrow = bootstrap_interval(values), bootstrap_interval(values * 10)
    assert wide.low < np.mean(values) < wide.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 2
    assert wide == bootstrap_interval(values)
    error = np.std(values) / math.sqrt(30)
    assert wide.high - wide.low == pytest.approx(2 * 1.96 * error, rel=0.1)
    assert math.isnan(bootstrap_interval([]).low)


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == [pytest.approx(0.03), pytest.approx(0.06), pytest.approx(0.06)]
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
