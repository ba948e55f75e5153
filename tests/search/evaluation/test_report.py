from __future__ import annotations

import pytest

from search.evaluation.report import as_json, as_table, report

QRELS = {f"t{n}": {"A": 2, "B": 1, "C": 0} for n in range(4)}
OLD = {topic: [("B", 3.0), ("X", 2.0), ("A", 1.0)] for topic in QRELS}
NEW = {**{topic: [("A", 3.0), ("X", 3.0), ("B", 1.0)] for topic in QRELS}, "t3": []}


def test_full_and_condensed_are_named_and_differ() -> None:
    full, condensed = (report({"old": OLD}, QRELS, condensed=flag) for flag in (False, True))
    assert "unjudged trials count as wrong" in as_table(full)
    assert "unjudged trials removed" in as_table(condensed)
    assert full.runs[0].means["all"]["rr"].value == pytest.approx(1 / 3)
    assert condensed.runs[0].means["all"]["rr"].value == pytest.approx(1 / 2)
    assert full.runs[0].means["all"]["unjudged_10"].value == 1.0
    assert condensed.runs[0].means["all"]["unjudged_10"].value == 0.0


def test_against_a_baseline_with_slices() -> None:
    told = report({"old": OLD, "new": NEW}, QRELS, condensed=False, baseline="old", slices={"early": ["t0", "t1"]})
    new = told.runs[1]
    assert new.unranked == ("t3",)
    assert new.tied_10 == 6
    assert new.means["early"]["rr"].n == 2
    by_measure = {one.measure: one for one in told.comparisons["new"]}
    assert (by_measure["rr"].wins, by_measure["rr"].losses) == (3, 1)
    assert by_measure["rr"].p_holm >= by_measure["rr"].p
    table = as_table(told, by_topic=True)
    assert "old (baseline)" in table
    assert "3/0/1" in table
    assert "no ranking for 1 topics, which score 0: t3" in table
    assert "6 of the first ten trials" in table
    assert table.count("t3") == 2
    plain = as_json(told)
    assert plain["setting"] == "full"
    assert plain["runs"][1]["by_topic"]["t3"]["rr"] == 0.0
    assert plain["runs"][1]["against_baseline"][0]["n"] == 4


def test_the_baseline_must_be_there() -> None:
    with pytest.raises(KeyError):
        report({"old": OLD}, QRELS, condensed=True, baseline="older")
