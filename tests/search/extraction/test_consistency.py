"""Contradictions between structured fields and text."""

from __future__ import annotations

import pytest

from search.age import AgeUnit, first_day, last_day
from search.eligibility.criterion import (
    Age,
    Criteria,
    Criterion,
    Evidence,
    Fact,
    LineSpan,
    Requirement,
    Section,
    SexIs,
)
from search.extraction.consistency import contradictions
from search.trial import Eligibility, Sex, Trial

HEAD = "Inclusion Criteria:\n\n"


def trial(raw: str, minimum: int | None = 18, maximum: int | None = None, sex: Sex = Sex.ALL) -> Trial:
    return Trial(
        nct_id="NCT99000001",
        eligibility=Eligibility(
            criteria=raw,
            minimum_age=None if minimum is None else f"{minimum} Years",
            minimum_age_days=None if minimum is None else first_day(minimum),
            maximum_age=None if maximum is None else f"{maximum} Years",
            maximum_age_days=None if maximum is None else last_day(maximum),
            sex=sex,
        ),
    )


def criteria(raw: str, *facts: tuple[Fact, str], confidence: float = 0.97, cohort: str | None = None) -> Criteria:
    """Criteria of a text whose lines are its bullets; every fact is quoted from the first place where it stands."""
    spans = [LineSpan(0, len("Inclusion Criteria:"), Section.INCLUSION, heading=True)]
    at = len(HEAD)
    for piece in raw[at:].split("\n"):
        text = piece.strip(" *")
        if text:
            start = raw.index(text, at)
            spans.append(LineSpan(start, start + len(text), Section.INCLUSION, heading=False))
        at += len(piece) + 1
    items = []
    for fact, quote in facts:
        start = raw.index(quote)
        line = next(n for n, span in enumerate(spans) if span.start <= start < span.end)
        evidence = Evidence(start, start + len(quote), quote)
        items.append(
            Criterion(fact, Requirement.REQUIRED, Section.INCLUSION, evidence, line, cohort, confidence=confidence)
        )
    return Criteria(tuple(spans), tuple(items))


@pytest.mark.parametrize(
    ("line", "quote", "age", "minimum", "maximum", "expected"),
    [
        ("Age 16 to 65 years", "16 to 65 years", Age(16, 65), 18, 65, [("minimum_age", "18 Years", "16 years")]),
        ("Age 18 to 75 years", "18 to 75 years", Age(18, 75), 18, 70, [("maximum_age", "70 Years", "75 years")]),
        ("Age 18 to 70 years", "18 to 70 years", Age(18, 70), 18, 70, []),
        ("Patients over 18 years of age", "over 18 years of age", Age(18), 19, None, []),
        ("Age < 75 years", "Age < 75 years", Age(None, 74), 18, 75, []),
        ("Age 50 years or older", "50 years or older", Age(50), None, None, []),
        ("Age 60 or older with poor performance", "Age 60 or older", Age(60), 18, None, []),
        ("Creatinine below 1.2 at age 5 years", "age 5 years", Age(5), 18, None, []),
        ("Daughter aged 14 years", "aged 14 years", Age(14), 18, None, []),
    ],
)
def test_ages(
    line: str,
    quote: str,
    age: Age,
    minimum: int | None,
    maximum: int | None,
    expected: list[tuple[str, str, str]],
) -> None:
    raw = f"{HEAD}* {line}\n"
    found = contradictions(trial(raw, minimum, maximum), criteria(raw, (age, quote)))
    assert [(one.field, one.registered, one.stated) for one in found] == expected
    assert all(raw[one.evidence.start : one.evidence.end] == one.evidence.quote for one in found)


def test_an_entry_of_a_nested_list_contradicts_nothing() -> None:
    raw = f"{HEAD}* Postmenopausal\n  * Age 60 years or older\n"
    assert contradictions(trial(raw), criteria(raw, (Age(60), "Age 60 years or older"))) == ()
    opened = f"{HEAD}* One of the following:\n* Age 60 years or older\n"
    assert contradictions(trial(opened), criteria(opened, (Age(60), "Age 60 years or older"))) == ()
    followed = f"{HEAD}* Age 60 years or older\n* OR unfit\n"
    assert contradictions(trial(followed), criteria(followed, (Age(60), "Age 60 years or older"))) == ()


def test_ages_of_groups_and_of_cohorts_contradict_nothing() -> None:
    raw = f"{HEAD}* Age 12 years or older\n* Age 16 years or older\n"
    groups = criteria(raw, (Age(12), "Age 12 years or older"), (Age(16), "Age 16 years or older"))
    assert contradictions(trial(raw), groups) == ()
    one = f"{HEAD}* Age 12 years or older\n"
    fact = (Age(12), "Age 12 years or older")
    assert contradictions(trial(one), criteria(one, fact, cohort="Cohort B")) == ()
    assert contradictions(trial(one), criteria(one, fact, confidence=0.6)) == ()
    assert len(contradictions(trial(one), criteria(one, fact))) == 1


def test_months_are_compared_as_months() -> None:
    raw = f"{HEAD}* Age 6 months or older\n"
    record = Trial(
        nct_id="NCT99000001",
        eligibility=Eligibility(
            criteria=raw, minimum_age="6 Months", minimum_age_days=first_day(6, AgeUnit.MONTH), sex=Sex.ALL
        ),
    )
    assert contradictions(record, criteria(raw, (Age(0.5), "Age 6 months or older"))) == ()


@pytest.mark.parametrize(
    ("registered", "lines", "expected"),
    [
        (Sex.FEMALE, "* Sex: Female\n", []),
        (Sex.MALE, "* Female patients with a tumor\n", [("sex", "MALE", "female")]),
        (Sex.ALL, "* Sex: Female\n", [("sex", "ALL", "female")]),
        (Sex.ALL, "* Female patients with a tumor\n", []),
        (Sex.ALL, "* Female\n* Male partners are informed\n", []),
    ],
)
def test_sex(registered: Sex, lines: str, expected: list[tuple[str, str, str]]) -> None:
    raw = HEAD + lines
    read = criteria(raw, (SexIs("female"), "Female"))
    found = contradictions(trial(raw, sex=registered), read)
    assert [(one.field, one.registered, one.stated) for one in found] == expected
