from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest

from search.evaluation.measures import condense, eligible_over_excluded, evaluate, mean, read_qrels, read_run
from search.evaluation.run import strictly_decreasing

QRELS = {"t": {"A": 2, "B": 1, "C": 0, "D": 2}}


def test_plain_and_condensed_differ_by_the_unjudged() -> None:
    run = {"t": [("X", 5.0), ("A", 4.0), ("Y", 3.0), ("B", 2.0), ("D", 1.0)]}
    plain = evaluate(run, QRELS)["t"]
    condensed = evaluate(condense(run, QRELS), QRELS)["t"]
    ideal = 2 + 2 / math.log2(3) + 1 / 2
    assert plain.ndcg_10 == pytest.approx((2 / math.log2(3) + 1 / math.log2(5) + 2 / math.log2(6)) / ideal)
    assert condensed.ndcg_10 == pytest.approx((2 + 1 / math.log2(3) + 2 / 2) / ideal)
    assert (plain.rr, condensed.rr) == (0.5, 1.0)
    assert (plain.unjudged_10, condensed.unjudged_10) == (2, 0)
    assert plain.p_10 == pytest.approx(0.2)
    assert plain.excluded_10 == 1
    assert plain.recall_100 == 1.0


def test_auroc_counts_ties_half_and_missing_trials_last() -> None:
    assert eligible_over_excluded({"A": 2.0, "B": 1.0}, QRELS["t"]) == pytest.approx(0.5)  # D is missing: below B
    assert eligible_over_excluded({"A": 1.0, "B": 1.0, "D": 1.0}, QRELS["t"]) == pytest.approx(0.5)
    assert eligible_over_excluded({"A": 3.0, "B": 1.0, "D": 2.0}, QRELS["t"]) == 1.0
    assert eligible_over_excluded({}, {"A": 2}) is None


def test_a_topic_without_a_ranking_scores_nothing_and_counts() -> None:
    figures = evaluate({}, {"t": {"A": 2}, "u": {"B": 2}})
    assert mean(figures, "ndcg_10") == 0.0
    assert math.isnan(mean(figures, "auroc"))


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "qrels"
    path.write_text("1 0 NCT1 2\n\n1 0 NCT2 0\n")
    assert read_qrels(path) == {"1": {"NCT1": 2, "NCT2": 0}}
    path.write_text("1 0 NCT1\n")
    with pytest.raises(ValueError, match="line 1"):
        read_qrels(path)
    assert read_run(["1 Q0 B 1 0.5 x", "1 Q0 A 2 0.5 x", "1 Q0 C 3 0.9 x"]) == {
        "1": [("C", 0.9), ("A", 0.5), ("B", 0.5)]
    }
    with pytest.raises(ValueError, match="line 2"):
        read_run(["", "1 2 3"])


def test_runs_have_strictly_decreasing_scores_in_the_given_order() -> None:
    ranking = [("A", 0.5), ("B", 0.5), ("C", 0.5), ("D", 0.1)]
    spread = list(strictly_decreasing(ranking))
    assert [trial for trial, _ in spread] == ["A", "B", "C", "D"]
    assert all(above > below for (_, above), (_, below) in itertools.pairwise(spread))
