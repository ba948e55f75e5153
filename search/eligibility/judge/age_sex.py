"""Age and sex, where the text states them, and the registry's own fields."""

from __future__ import annotations

from dataclasses import replace

from search.age import first_day, last_day
from search.eligibility.assessment import Judgement, StructuredAssessment, Truth
from search.eligibility.criterion import Age, Criteria, Criterion, Requirement, SexIs
from search.eligibility.known import Known
from search.trial import Eligibility, Sex


def judge_age(fact: Age, known: Known) -> Judgement:
    """Inclusive bounds in years; 65 as a maximum lasts until the 66th birthday."""
    bounds = f"{fact.min if fact.min is not None else 0:g} to {f'{fact.max:g}' if fact.max is not None else 'any age'}"
    if known.patient.age is None:
        return Judgement(Truth.UNKNOWN, f"age is not stated ({bounds} is asked)", missing=("age",))
    years = known.patient.age.years
    inside = (fact.min is None or years >= fact.min) and (fact.max is None or years < fact.max + 1)
    return Judgement(Truth.MET if inside else Truth.NOT_MET, f"age {years:g}, {bounds} is asked")


def judge_sex(fact: SexIs, known: Known) -> Judgement:
    """The same sex, another one, or not stated."""
    if known.patient.sex is None:
        return Judgement(Truth.UNKNOWN, f"sex is not stated ({fact.value} is asked)", missing=("sex",))
    told = known.patient.sex.value
    return Judgement(Truth.MET if told == fact.value else Truth.NOT_MET, f"{told}, {fact.value} is asked")


_DOUBTFUL = 0.5
"""Confidence left to an age of the text that the registry's own field does not know."""
_LEEWAY = 1.0
"""Years by which the two may differ without being in doubt (under 18, 17 or younger)."""


def reconciled(criteria: Criteria, eligibility: Eligibility) -> Criteria:
    """Criteria in which ages that are narrower than the registry's own bounds rule nobody out.

    The registry's fields rule at trial level. An age of the text within them is that of a part of the patients
    ("< 50 years for an allogeneic transplant") more often than a stricter limit.
    """
    low, high = (
        None if days is None else days / _YEAR for days in (eligibility.minimum_age_days, eligibility.maximum_age_days)
    )
    if low is None and high is None:
        return criteria

    def narrower(item: Criterion) -> bool:
        fact = item.fact
        if not isinstance(fact, Age) or item.cohort is not None or item.requirement is not Requirement.REQUIRED:
            return False
        above = low is not None and fact.min is not None and fact.min > low + _LEEWAY
        return above or (high is not None and fact.max is not None and fact.max < high - _LEEWAY)

    items = tuple(
        replace(item, confidence=min(item.confidence, _DOUBTFUL)) if narrower(item) else item for item in criteria.items
    )
    return replace(criteria, items=items)


_YEAR = 365.2425


def judge_structured(eligibility: Eligibility, known: Known) -> tuple[StructuredAssessment, ...]:
    """The registry's minimum and maximum age and sex, which rule at trial level."""
    found: list[StructuredAssessment] = []
    age = known.patient.age
    for name, bound, text in (
        ("minimum_age", eligibility.minimum_age_days, eligibility.minimum_age),
        ("maximum_age", eligibility.maximum_age_days, eligibility.maximum_age),
    ):
        if bound is None:
            continue
        truth = Truth.UNKNOWN
        if age is not None:
            # A person of 64 is anywhere within that year; the year's own days decide.
            low, high = first_day(int(age.years)), last_day(int(age.years))
            outside = high < bound if name == "minimum_age" else low > bound
            truth = Truth.NOT_MET if outside else Truth.MET
        words = "not stated" if age is None else f"{age.years:g}"
        found.append(StructuredAssessment(name, text or f"{bound} days", truth, f"age {words}, {text} is the bound"))
    if eligibility.sex in (Sex.MALE, Sex.FEMALE):
        wanted = eligibility.sex.value.lower()
        told = known.patient.sex.value if known.patient.sex is not None else None
        truth = Truth.UNKNOWN if told is None else Truth.MET if told == wanted else Truth.NOT_MET
        found.append(StructuredAssessment("sex", wanted, truth, f"{told or 'sex not stated'}, {wanted} is asked"))
    return tuple(found)
