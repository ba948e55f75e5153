"""Performance status on the trial's scale."""

from __future__ import annotations

from search.eligibility.assessment import Basis, Judgement, Truth
from search.eligibility.criterion import Performance
from search.eligibility.known import Known
from search.patient import PerformanceFact

_ECOG_OF_KARNOFSKY = {100: 0, 90: 0, 80: 1, 70: 1, 60: 2, 50: 2, 40: 3, 30: 3, 20: 4, 10: 4, 0: 5}
"""ECOG-ACRIN's comparison of the scales (Oken et al., Am J Clin Oncol 1982;5:649-655)."""
_LANSKY_UNTIL = 16
"""Years up to which the play-performance scale of Lansky is used (1987: 1 to 16)."""


def judge_performance(fact: Performance, known: Known) -> Judgement:
    """The value on the scale itself, else translated from another scale."""
    age = known.patient.age.years if known.patient.age is not None else None
    own = [one for one in known.patient.performance if one.scale == fact.scale]
    if fact.scale == "Lansky" and age is not None and age >= _LANSKY_UNTIL and not own:
        return Judgement(Truth.NOT_APPLICABLE, f"the Lansky scale is for children under {_LANSKY_UNTIL}")
    told = own or list(known.patient.performance)
    if not told:
        return Judgement(
            Truth.UNKNOWN,
            f"performance status is not stated ({fact.scale} {fact.min}-{fact.max} is asked)",
            missing=("performance",),
        )
    answers = [_judge(fact, one) for one in sorted(told, key=lambda one: (one.scale, one.value))]
    truths = {answer.holds for answer in answers}
    if len(truths) == 1:
        return answers[0]
    return Judgement(
        Truth.UNKNOWN, "several performance states are given, and they do not agree", missing=("performance",)
    )


def _judge(fact: Performance, told: PerformanceFact) -> Judgement:
    if fact.scale == told.scale:
        truth = Truth.MET if fact.min <= told.value <= fact.max else Truth.NOT_MET
        step = 1 if fact.scale == "ECOG" else 10
        near = min(abs(told.value - fact.min), abs(told.value - fact.max)) <= step
        return Judgement(
            truth,
            f"{told.scale} {told.value}, {fact.min}-{fact.max} is asked",
            recoverable=truth is Truth.NOT_MET and near,
        )
    values = _translated(told, fact.scale)
    words = f"{told.scale} {told.value}, {fact.scale} {fact.min}-{fact.max} is asked"
    if not values:
        return Judgement(Truth.UNKNOWN, f"{words}; the scales cannot be compared", missing=("performance",))
    inside = {fact.min <= value <= fact.max for value in values}
    if inside == {True}:
        return Judgement(Truth.MET, words, Basis.DERIVED)
    if inside == {False}:
        return Judgement(Truth.NOT_MET, words, Basis.DERIVED, recoverable=True)
    return Judgement(Truth.UNKNOWN, words, Basis.DERIVED, missing=("performance",))


def _translated(told: PerformanceFact, scale: str) -> list[int]:
    if scale == "ECOG":
        return [_ECOG_OF_KARNOFSKY[told.value // 10 * 10]]
    if told.scale == "ECOG":
        return [value for value, ecog in _ECOG_OF_KARNOFSKY.items() if ecog == told.value]
    return [told.value]  # Karnofsky and Lansky have the same steps
