from __future__ import annotations

from fractions import Fraction

import pytest

from search.config import FusionConfig
from search.index.base import Candidates, DenseHit, LexicalHit
from search.ranking.explanation import explain
from search.ranking.fusion import fuse, weights_for


def candidates(lexical: list[str], dense: list[str]) -> Candidates:
    return Candidates(
        lexical=tuple(LexicalHit(nct_id, 10.0 - i) for i, nct_id in enumerate(lexical)),
        dense=tuple(DenseHit(nct_id, 0.9 - i / 100, 0) for i, nct_id in enumerate(dense)),
        browse=(),
        total=0,
        facets={},
    )


def test_scores_are_the_published_formula_with_ranks_from_one() -> None:
    fused = fuse(candidates(["A", "B"], ["B"]), FusionConfig(rank_constant=60, lexical_weight=1.0, dense_weight=1.0))
    assert [hit.nct_id for hit in fused] == ["B", "A"]
    assert fused[0].score == pytest.approx(float(Fraction(1, 62) + Fraction(1, 61)))
    assert fused[1].score == pytest.approx(float(Fraction(1, 61)))


def test_rank_constant_sixty_prefers_agreement_over_one_first_place() -> None:
    # A at ranks (1, 20), B at (5, 5): under 60 B wins; under a constant of 2 A would.
    lexical = ["A", "x1", "x2", "x3", "B"]
    dense = ["y1", "y2", "y3", "y4", "B", *[f"z{i}" for i in range(14)], "A"]
    order = [hit.nct_id for hit in fuse(candidates(lexical, dense), FusionConfig(rank_constant=60, dense_weight=1.0))]
    assert order.index("B") < order.index("A")
    order = [hit.nct_id for hit in fuse(candidates(lexical, dense), FusionConfig(rank_constant=2, dense_weight=1.0))]
    assert order.index("A") < order.index("B")


def test_equal_scores_are_ordered_by_id() -> None:
    fused = fuse(candidates(["NCT2"], ["NCT1"]), FusionConfig(lexical_weight=1.0, dense_weight=1.0))
    assert [hit.nct_id for hit in fused] == ["NCT1", "NCT2"]


def test_a_channel_of_weight_zero_is_left_out() -> None:
    fused = fuse(candidates(["A"], ["B"]), FusionConfig(dense_weight=0.0))
    assert [(hit.nct_id, hit.dense) for hit in fused] == [("A", None)]


def test_the_waterfall_adds_up_at_every_node() -> None:
    config = FusionConfig(lexical_weight=0.7, dense_weight=1.3)
    hit = fuse(candidates(["A"], ["C", "A"]), config)[0]
    parts = {"title": {"egfr": 2.5, "lung": 1.5}, "conditions": {"lung": 6.0}}
    tree = explain(hit, config, parts)
    assert tree.value == pytest.approx(hit.score)
    pending = [tree]
    while pending:
        node = pending.pop()
        if node.details:
            assert sum(child.value for child in node.details) == pytest.approx(node.value)
        pending += [*node.details, *node.basis]
    assert tree.details[0].basis[0].value == pytest.approx(10.0)


def test_a_note_gets_the_weights_of_notes() -> None:
    config = FusionConfig(dense_weight=0.2, note_dense_weight=2.0, note_terms=24)
    assert weights_for(config, 24).dense_weight == 0.2
    assert weights_for(config, 25).dense_weight == 2.0
