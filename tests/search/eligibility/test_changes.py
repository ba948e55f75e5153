"""What would change a verdict: only what can change, as little as possible, and tried before it is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from search.eligibility.assess import assess
from search.eligibility.assessment import Verdict
from search.eligibility.changes import changes
from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Criterion,
    Lab,
    Performance,
    PriorTherapy,
)
from tests.eligibility_cases import criterion, of, patient

FIT: dict[str, Any] = {"cancer": "LUAD", "cns": "none", "as_of": "2026-11-23"}
PLATELETS = criterion(Lab("platelets", ">=", 100, "10^9/L"))
ECOG = criterion(Performance("ECOG", 0, 1))
WASHOUT = criterion(PriorTherapy(("chemotherapy",), within_days=21), "prohibited")


def told(**facts: Any) -> tuple[str, ...]:
    facts.setdefault("prior_therapies", [])
    items: list[Criterion] = facts.pop("items")
    return tuple(change.words for change in changes(patient(**FIT | facts), of(*items)))


def labs(**values: float) -> list[dict[str, object]]:
    units = {"platelets": "10^9/L", "ANC": "10^9/L", "AST": "U/L"}
    return [{"analyte": name, "value": value, "unit": units[name]} for name, value in values.items()]


def test_a_laboratory_value_on_a_new_test() -> None:
    assert told(items=[PLATELETS], labs=labs(platelets=92)) == ("platelets >= 100 10^9/L, now 92 10^9/L, on re-test",)


def test_a_performance_status_one_step_off() -> None:
    ecog = [{"scale": "ECOG", "value": 2}]
    assert told(items=[ECOG], performance=ecog) == ("ECOG 1, now 2, on re-assessment",)
    assert told(items=[ECOG], performance=[{"scale": "ECOG", "value": 3}]) == ()


def test_a_washout_ends_on_a_day() -> None:
    given = [{"therapy": "docetaxel", "days_ago": 11}]
    (change,) = changes(patient(**FIT, prior_therapies=given), of(WASHOUT))
    (step,) = change.steps
    assert (step.wait_days, step.on) == (10, dt.date(2026, 12, 3))
    assert step.words == "21 days after the last dose, from 3 December 2026 (docetaxel was 11 days ago)"
    assert assess(patient(**FIT, prior_therapies=[{"therapy": "docetaxel", "days_ago": 21}]), of(WASHOUT)).verdict in (
        Verdict.LIKELY,
        Verdict.POSSIBLY,
    )


def test_without_a_day_to_count_from_the_length_is_told() -> None:
    facts = {key: value for key, value in FIT.items() if key != "as_of"}
    given = [{"therapy": "docetaxel", "days_ago": 11}]
    (change,) = changes(patient(**facts, prior_therapies=given), of(WASHOUT))
    assert change.words == "21 days after the last dose (docetaxel was 11 days ago)"


def test_what_is_ongoing_would_have_to_end() -> None:
    given = [{"therapy": "docetaxel", "outcome": "ongoing"}]
    assert told(items=[WASHOUT], prior_therapies=given) == ("21 days after the last dose (docetaxel is ongoing)",)


def test_waiting_serves_every_washout_at_once() -> None:
    other = criterion(PriorTherapy(("immunotherapy",), within_days=28), "prohibited")
    given = [{"therapy": "docetaxel", "days_ago": 11}, {"therapy": "nivolumab", "days_ago": 11}]
    (words,) = told(items=[WASHOUT, other], prior_therapies=given)
    assert words.startswith("28 days after the last dose, from 10 December 2026")


def test_two_facts_only_where_one_is_not_enough() -> None:
    ecog = [{"scale": "ECOG", "value": 2}]
    (words,) = told(items=[PLATELETS, ECOG], labs=labs(platelets=92), performance=ecog)
    assert words == "platelets >= 100 10^9/L, now 92 10^9/L, on re-test and ECOG 1, now 2, on re-assessment"


def test_three_are_too_many() -> None:
    items = [PLATELETS, criterion(Lab("ANC", ">=", 1.5, "10^9/L")), criterion(Lab("AST", "<=", 2.5, "xULN"))]
    assert told(items=items, labs=labs(platelets=92, ANC=1.1, AST=300)) == ()


def test_the_stricter_of_two_bounds_is_the_one_to_reach() -> None:
    items = [PLATELETS, criterion(Lab("platelets", ">=", 75, "10^9/L"))]
    assert told(items=items, labs=labs(platelets=60)) == ("platelets >= 100 10^9/L, now 60 10^9/L, on re-test",)


@pytest.mark.parametrize(
    ("item", "facts"),
    [
        (criterion(Age(min=18)), {"age": 17}),
        (criterion(Age(max=70)), {"age": 75}),
        (criterion(Cancer(frozenset({"SCLC"}))), {}),
        (criterion(Biomarker("ALK", ("fusion",))), {"biomarkers": [{"marker": "ALK", "state": "negative"}]}),
        (criterion(PriorTherapy(("chemotherapy",)), "prohibited"), {"prior_therapies": [{"therapy": "docetaxel"}]}),
    ],
)
def test_never_what_cannot_change(item: Criterion, facts: dict[str, Any]) -> None:
    assert told(items=[item], **facts) == ()
    assert told(items=[item, PLATELETS], labs=labs(platelets=92), **facts) == ()


def test_nothing_where_nothing_stands_in_the_way() -> None:
    assert told(items=[PLATELETS], labs=labs(platelets=200)) == ()
    assert told(items=[PLATELETS]) == ()


def test_multiples_of_a_limit_and_strict_bounds() -> None:
    high = [{"analyte": "AST", "value": 130, "unit": "U/L", "uln": 40}]
    (words,) = told(items=[criterion(Lab("AST", "<", 2.5, "xULN"))], labs=high)
    assert words == "AST < 2.5 × ULN, now 130 U/L, on re-test"


@pytest.mark.parametrize("facts", [{"labs": labs(platelets=92)}, {"performance": [{"scale": "ECOG", "value": 2}]}])
def test_every_change_that_is_told_lets_the_patient_in(facts: dict[str, Any]) -> None:
    for change in changes(patient(**FIT, **facts, prior_therapies=[]), of(PLATELETS, ECOG)):
        assert change.verdict in (Verdict.LIKELY, Verdict.POSSIBLY, Verdict.CHECK)
        assert 0 <= change.score <= 1
