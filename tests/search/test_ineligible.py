"""Where trials stand that rule a person out."""

from __future__ import annotations

import pytest

from search.eligibility.assessment import Verdict
from search.ranking.fusion import Fused
from search.ranking.rescoring import Ineligible, Standing

VERDICTS = [Verdict.NOT_ELIGIBLE, Verdict.LIKELY, Verdict.NEEDS_CHANGE, Verdict.CHECK, None, Verdict.POSSIBLY]
HITS = [Fused(f"NCT{place}", 1.0 - place / 10) for place in range(len(VERDICTS))]
STANDINGS = {
    hit.nct_id: Standing(verdict, 0.5, 1.0) for hit, verdict in zip(HITS, VERDICTS, strict=True) if verdict is not None
}


@pytest.mark.parametrize(
    ("where", "order"),
    [
        (Ineligible.RANKED, "012345"),
        (Ineligible.LAST, "134502"),
        (Ineligible.HIDDEN, "1345"),
    ],
)
def test_orders(where: Ineligible, order: str) -> None:
    assert [hit.nct_id for hit in where.place(HITS, STANDINGS)] == [f"NCT{place}" for place in order]


def test_without_a_person_nothing_moves() -> None:
    for where in Ineligible:
        assert where.place(HITS, {}) == HITS


def test_each_order_has_cursors_of_its_own() -> None:
    assert len({where.mark for where in Ineligible}) == len(Ineligible)
    assert Ineligible.RANKED.mark == ""
