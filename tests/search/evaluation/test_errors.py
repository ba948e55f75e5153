from __future__ import annotations

from search.evaluation.errors import Inversion, grades_at, ideal_at, inversions

QRELS = {"a": {"A": 2, "B": 1, "C": 0}, "b": {"A": 2, "D": 2}, "c": {"A": 2}, "d": {"B": 1}}
RUN = {
    "a": [("B", 3.0), ("C", 2.0), ("A", 1.0)],
    "b": [("A", 3.0), ("X", 2.0), ("D", 1.0)],
    "c": [("B", 1.0)],
    "d": [("C", 1.0)],
}


def test_the_first_wrong_trial_above_a_right_one() -> None:
    assert inversions(RUN, QRELS) == [
        Inversion("c", "B", 1, 0, "A", None),
        Inversion("a", "B", 1, 1, "A", 3),
        Inversion("b", "X", 2, 0, "D", 3),
    ]
    assert inversions({"c": [("A", 1.0), ("B", 0.5)]}, {"c": QRELS["c"]}) == []


def test_what_a_page_showed() -> None:
    assert grades_at(RUN, QRELS, 2) == {"a": [1, 0], "b": [2, None], "c": [None], "d": [None]}
    assert ideal_at(list(QRELS["a"].values()), 2) == [2, 1]
