from __future__ import annotations

import pytest

from search import cursor as cursors
from search.config import FusionConfig, RankingConfig
from search.query import Filters, Query
from search.trial import OverallStatus

DIGEST = cursors.digest(Query(text="glioma"), RankingConfig())


def test_round_trip() -> None:
    assert cursors.decode(cursors.encode("g1", 30, DIGEST), DIGEST) == cursors.Place("g1", 30)


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "x",
        "====",
        "bm90IGpzb24",
        "🙂",
        "a" * 5000,
        cursors.encode("../../etc", 1, DIGEST),
        cursors.encode("g1", -1, DIGEST),
    ],
)
def test_damaged_cursors_are_refused_with_a_sentence(damaged: str) -> None:
    with pytest.raises(cursors.CursorError, match="search again"):
        cursors.decode(damaged, DIGEST)


def test_a_cursor_of_another_query_is_refused() -> None:
    with pytest.raises(cursors.CursorError, match="another query"):
        cursors.decode(cursors.encode("g1", 10, DIGEST), cursors.digest(Query(text="lymphoma"), RankingConfig()))


def test_the_digest_sees_text_filters_and_ranking_and_no_set_order() -> None:
    base = Query(text="a", filters=Filters(status=frozenset({OverallStatus.RECRUITING, OverallStatus.COMPLETED})))
    same = Query(text="a", filters=Filters(status=frozenset({OverallStatus.COMPLETED, OverallStatus.RECRUITING})))
    assert cursors.digest(base, RankingConfig()) == cursors.digest(same, RankingConfig())
    assert cursors.digest(base, RankingConfig()) != cursors.digest(Query(text="a"), RankingConfig())
    other = RankingConfig(fusion=FusionConfig(dense_weight=2.0))
    assert cursors.digest(base, RankingConfig()) != cursors.digest(base, other)


@pytest.mark.parametrize(
    ("text", "expected"), [("2019-001234-56", True), ("CASE1234", True), ("glioma", False), ("EGFR lung", False)]
)
def test_what_may_be_an_id(text: str, expected: bool) -> None:
    assert cursors.looks_like_an_id(text) is expected
