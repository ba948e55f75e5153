"""Ties, gains and what the judgements cannot say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation.measures import Ties, evaluate, mean, series, settle, tied

GRADES = {"A": 2, "B": 1, "C": 0}


def test_equal_scores_are_settled_in_the_worst_way() -> None:
    run = [("A", 1.0), ("B", 1.0), ("C", 1.0), ("X", 1.0), ("Z", 2.0)]
    assert [trial for trial, _ in settle(run, GRADES)] == ["Z", "C", "X", "B", "A"]
    assert [trial for trial, _ in settle(run, GRADES, "best")] == ["Z", "A", "B", "C", "X"]
    assert [trial for trial, _ in settle(run, GRADES, "id")] == ["Z", "A", "B", "C", "X"]
    worst = evaluate({"t": run}, {"t": GRADES})["t"]
    best = evaluate({"t": run}, {"t": GRADES}, ties="best")["t"]
    assert worst.rr == pytest.approx(1 / 5)
    assert best.rr == pytest.approx(1 / 2)
    assert worst.auroc == best.auroc == 0.5  # ties count half, whatever the order


def test_scores_that_single_precision_cannot_tell_apart_are_no_ties() -> None:
    run = {"t": [("B", 1.0 + 2e-16), ("A", 1.0)]}
    assert evaluate(run, {"t": GRADES})["t"].rr == 0.5
    assert evaluate({"t": [("A", 1.0 + 2e-16), ("B", 1.0)]}, {"t": GRADES})["t"].rr == 1.0


def test_tied_trials_of_the_first_ten_are_counted() -> None:
    assert tied([("A", 3.0), ("B", 2.0), ("C", 2.0)]) == 2
    assert tied([("A", 3.0), ("B", 2.0), ("C", 1.0)]) == 0
    assert tied([(str(n), 1.0) for n in range(20)]) == 10
    assert tied([*((str(n), 9.0 - n) for n in range(9)), ("x", 0.0), ("y", 0.0)]) == 1


def test_gains_for_the_eligible_alone() -> None:
    figures = evaluate({"t": [("B", 2.0), ("A", 1.0)]}, {"t": GRADES})["t"]
    assert figures.ndcg_10_eligible == pytest.approx(1 / math.log2(3))
    assert figures.ndcg_10 == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_what_the_judgements_cannot_say_is_not_a_zero() -> None:
    figures = evaluate({}, {"none": {"A": 0}, "excluded": {"A": 1}, "eligible": {"A": 2}})
    assert series(figures, "ndcg_10") == {"eligible": 0.0, "excluded": 0.0}
    assert series(figures, "p_10") == {"eligible": 0.0}
    assert figures["none"].ndcg_10 is None
    assert mean(figures, "p_10") == 0.0


@given(
    st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.sampled_from([0.1, 0.2, 0.3])), unique_by=lambda hit: hit[0]),
    st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 2), min_size=1),
)
def test_worst_is_never_above_best(run: list[tuple[str, float]], grades: dict[str, int]) -> None:
    found = {"worst": evaluate({"t": run}, {"t": grades})["t"]}
    found["best"] = evaluate({"t": run}, {"t": grades}, ties="best")["t"]
    for name in ("ndcg_10", "ndcg_10_eligible", "rr", "p_5"):
        low, high = getattr(found["worst"], name), getattr(found["best"], name)
        assert (low is None) == (high is None)
        assert low is None or low <= high + 1e-9
    assert found["worst"].auroc == found["best"].auroc


TIES: tuple[Ties, ...] = ("worst", "best", "id")


def test_without_ties_there_is_nothing_to_settle() -> None:
    run = {"t": [("C", 3.0), ("A", 2.0), ("B", 1.0)]}
    assert len({evaluate(run, {"t": GRADES}, ties=ties)["t"] for ties in TIES}) == 1
