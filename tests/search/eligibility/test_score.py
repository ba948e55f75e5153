from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from search.config import ScoreConfig
from search.eligibility.assessment import Basis, CriterionAssessment, Group, StructuredAssessment, Truth, Verdict
from search.eligibility.criterion import Performance
from search.eligibility.score import calibrated, chance, structured_total, total_of
from tests.eligibility_cases import criterion

ITEM = criterion(Performance("ECOG", 0, 1), confidence=1.0)


def group(*members: CriterionAssessment, truth: Truth | None = None) -> Group:
    return Group(members, truth or members[0].truth)


def member(truth: Truth, basis: Basis = Basis.KNOWN, *, hard: bool = True, decisive: bool = True,
           recoverable: bool = False) -> CriterionAssessment:  # fmt: skip
    return CriterionAssessment(ITEM, truth, basis, "", recoverable, hard=hard, decisive=decisive)


def test_what_is_known_counts_more_than_what_is_assumed_or_open() -> None:
    chances = [
        chance(group(one))
        for one in (
            member(Truth.MET),
            member(Truth.MET, Basis.DERIVED),
            member(Truth.MET, Basis.ASSUMED),
            member(Truth.UNKNOWN, decisive=False),
            member(Truth.UNKNOWN),
            member(Truth.NOT_MET, hard=False),
            member(Truth.NOT_MET, recoverable=True),
            member(Truth.NOT_MET),
        )
    ]
    assert all(one > other for one, other in pairwise(chances))


def test_the_best_alternative_counts() -> None:
    either = group(member(Truth.NOT_MET), member(Truth.UNKNOWN), truth=Truth.UNKNOWN)
    assert chance(either) == chance(group(member(Truth.UNKNOWN)))


def test_totals_add_up() -> None:
    one, other = group(member(Truth.MET)), group(member(Truth.UNKNOWN))
    assert math.isclose(total_of([one, other]), total_of([one]) + total_of([other]))
    assert total_of([]) == 0
    failed = StructuredAssessment("minimum_age", "18 Years", Truth.NOT_MET, "")
    keyword = StructuredAssessment("conditions", "Melanoma", Truth.NOT_MET, "")
    assert structured_total([failed]) < structured_total([keyword]) < structured_total([]) == 0


@given(st.floats(-60, 0), st.floats(-60, 0), st.sampled_from(list(Verdict)))
def test_within_a_class_more_that_is_open_never_helps(one: float, other: float, verdict: Verdict) -> None:
    low, high = sorted((one, other))
    assert 0 < calibrated(low, verdict) <= calibrated(high, verdict) < 1


@given(st.floats(-60, 0))
def test_who_is_ruled_out_scores_below_all_others(total: float) -> None:
    for ruled_out in (Verdict.NEEDS_CHANGE, Verdict.NOT_ELIGIBLE):
        assert all(
            calibrated(total, ruled_out) < calibrated(total, verdict)
            for verdict in (Verdict.LIKELY, Verdict.POSSIBLY, Verdict.CHECK)
        )


def test_constants_can_be_given() -> None:
    config = ScoreConfig(base=(0.0, 0.0, 0.0, 0.0, 0.0), slope=0.0)
    assert calibrated(-5, Verdict.LIKELY, config) == 0.5
