from __future__ import annotations

import pytest

from search.evaluation.comparison import compare, corrected
from search.evaluation.measures import evaluate
from search.evaluation.slices import read_properties, slices
from search.evaluation.trec import FormatError

QRELS = {f"t{n}": {"A": 2, "B": 1, "C": 0} for n in range(6)}
GOOD = {topic: [("A", 3.0), ("B", 2.0), ("C", 1.0)] for topic in QRELS}
BAD = {topic: [("B", 3.0), ("A", 2.0), ("C", 1.0)] for topic in QRELS}


def test_topic_by_topic() -> None:
    mixed = {**GOOD, "t0": BAD["t0"], "t1": []}
    found = compare(evaluate(mixed, QRELS), evaluate(BAD, QRELS), "rr")
    assert (found.wins, found.ties, found.losses) == (4, 1, 1)
    assert found.n == 6
    assert found.differences[0] == ("t2", 0.5)
    assert found.differences[-1] == ("t1", -0.5)
    assert found.difference == pytest.approx((4 * 0.5 - 0.5) / 6)
    assert found.interval.low <= found.difference <= found.interval.high


def test_fewer_excluded_trials_are_a_win() -> None:
    without = {topic: [("A", 1.0)] for topic in QRELS}
    found = compare(evaluate(without, QRELS), evaluate(GOOD, QRELS), "excluded_10")
    assert (found.wins, found.losses, found.difference) == (6, 0, -1.0)
    assert found.p == 2 / 64


def test_correction_counts_every_test_of_the_table() -> None:
    ours, theirs = evaluate(GOOD, QRELS), evaluate(BAD, QRELS)
    both = corrected([compare(ours, theirs, "rr"), compare(ours, theirs, "ndcg_10")])
    assert [one.p_holm for one in both] == [2 * both[0].p] * 2


def test_nothing_in_common_is_said() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        compare(evaluate({}, {"a": {"A": 2}}), evaluate({}, {"b": {"A": 2}}), "rr")


def test_slices_come_from_properties(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "p.jsonl"
    path.write_text(
        '{"query_id": "t0", "oncology": true, "slices": ["stage", "line"], "text": "x"}\n'
        '{"query_id": "t1", "oncology": false, "slices": ["line"]}\n{"query_id": 9, "oncology": true}\n'
    )
    properties = read_properties(path)
    assert slices(properties, ["t0", "t1"]) == {"not oncology": ["t1"], "oncology": ["t0"], "stage": ["t0"]}
    path.write_text('{"oncology": true}\n')
    with pytest.raises(FormatError, match="line 1"):
        read_properties(path)
