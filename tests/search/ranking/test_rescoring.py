"""Eligibility re-scoring."""

from __future__ import annotations

import random

import numpy as np
import pytest

from search.config import FusionConfig, RescoringConfig
from search.eligibility.assessment import Verdict
from search.eligibility.columns import IndexAssessment
from search.index.base import LexicalHit
from search.ranking.explanation import explain
from search.ranking.fusion import Fused, in_order
from search.ranking.rescoring import Weights, factors, rescore, weights_for

VERDICTS = tuple(Verdict)
NOTE = weights_for(RescoringConfig(), note=True, tells_cancer=True)


def assessment(verdicts: list[Verdict], chances: list[float]) -> IndexAssessment:
    def none() -> None:
        raise AssertionError("open facts are not asked for")

    codes = np.array([VERDICTS.index(one) for one in verdicts], dtype=np.uint8)
    return IndexAssessment(codes, np.array(chances, dtype=np.float32), none)  # type: ignore[arg-type]


def hits(scores: list[float]) -> list[Fused]:
    return [Fused(f"NCT{number:08d}", score, number + 1, LexicalHit("x", 1.0)) for number, score in enumerate(scores)]


def test_one_who_is_not_eligible_sinks_and_stays_in_the_list() -> None:
    found = assessment([Verdict.NOT_ELIGIBLE, Verdict.LIKELY], [0.05, 0.9])
    result = rescore(hits([0.05, 0.04]), [0, 1], found, NOTE)
    assert [hit.nct_id for hit in result.hits] == ["NCT00000001", "NCT00000000"]
    assert result.standings["NCT00000000"].verdict is Verdict.NOT_ELIGIBLE
    assert all(hit.score > 0 for hit in result.hits)


def test_neither_part_decides_alone() -> None:
    found = assessment([Verdict.POSSIBLY, Verdict.LIKELY], [0.5, 0.9])
    near, far = rescore(hits([0.1, 0.01]), [0, 1], found, NOTE).hits
    assert near.nct_id == "NCT00000000", "a far trial does not overtake by its chance"
    closer, other = rescore(hits([0.1, 0.09]), [0, 1], found, NOTE).hits
    assert closer.nct_id == "NCT00000001", "of two near ones the likelier comes first"
    assert far.score < other.score


@pytest.mark.parametrize("seed", range(20))
def test_a_score_does_not_depend_on_the_other_hits(seed: int) -> None:
    chosen = random.Random(seed)
    verdicts = [chosen.choice(VERDICTS) for _ in range(30)]
    found = assessment(verdicts, [chosen.random() for _ in verdicts])
    every = hits([chosen.random() for _ in verdicts])
    some = chosen.sample(range(30), 10)
    alone = {hit.nct_id: hit.score for hit in rescore([every[i] for i in some], list(some), found, NOTE).hits}
    together = {hit.nct_id: hit.score for hit in rescore(every, list(range(30)), found, NOTE).hits}
    assert all(together[nct_id] == score for nct_id, score in alone.items())


def test_a_trial_without_criteria_keeps_its_score() -> None:
    result = rescore(hits([0.05]), [None], assessment([], []), NOTE)
    assert result.hits == hits([0.05])
    assert result.standings == {}


def test_equal_scores_are_ordered_by_id() -> None:
    found = assessment([Verdict.LIKELY] * 3, [0.5] * 3)
    shuffled = [hits([0.1] * 3)[i] for i in (2, 0, 1)]
    assert [hit.nct_id for hit in rescore(shuffled, [2, 0, 1], found, NOTE).hits] == sorted(h.nct_id for h in shuffled)


def test_a_better_class_or_chance_never_lowers_the_factor() -> None:
    for weights in (NOTE, weights_for(RescoringConfig(), note=False, tells_cancer=True)):
        codes = np.arange(5, dtype=np.uint8)
        by_class = factors(codes, np.full(5, 0.5, dtype=np.float32), weights)
        assert list(by_class) == sorted(by_class, reverse=True)
        rising = factors(np.zeros(11, dtype=np.uint8), np.linspace(0, 1, 11, dtype=np.float32), weights)
        assert list(rising) == sorted(rising)
        assert by_class.max() <= 1.0


def test_of_a_note_without_a_cancer_the_chance_says_less() -> None:
    config = RescoringConfig(note_power=0.7, unread_power=0.2, power=0.0)
    assert weights_for(config, note=True, tells_cancer=False).power == 0.2
    assert weights_for(config, note=True, tells_cancer=True).power == 0.7
    assert weights_for(config, note=False, tells_cancer=True).power == 0.0


def test_the_waterfall_shows_what_eligibility_took() -> None:
    config = FusionConfig()
    fused = in_order([Fused("NCT00000001", 1 / 21 + 0.5 * 2 / 21, 1, LexicalHit("NCT00000001", 9.0), concepts=0.5)])
    weights = Weights((1.0, 1.0, 0.7, 0.7, 0.4), 0.0)
    result = rescore(fused, [0], assessment([Verdict.NOT_ELIGIBLE], [0.04]), weights)
    tree = explain(result.hits[0], config, None, result.standings["NCT00000001"])
    assert tree.value == pytest.approx(0.4 * fused[0].score)
    assert sum(part.value for part in tree.details) == pytest.approx(tree.value)
    took = tree.details[-1]
    assert took.value < 0
    assert "not eligible" in took.description
    assert took.basis[0].value == pytest.approx(0.04)
