from __future__ import annotations

import pytest

from search.eligibility.assess import assess
from search.eligibility.assessment import Verdict
from search.eligibility.criterion import Biomarker, Cancer, Criteria
from search.eligibility.scopes import apart, cohorts_of
from tests.eligibility_cases import criterion, of, patient


def spoken_of(*names: str) -> Criteria:
    return of(*(criterion(Biomarker("EGFR"), cohort=name) for name in names), cohorts=names)


@pytest.mark.parametrize(
    ("names", "cohorts"),
    [
        (("Cohort 1", "Cohort 2"), {"Cohort 1": {"Cohort 1"}, "Cohort 2": {"Cohort 2"}}),
        (
            ("Part A", "Part B", "Parts A and B"),
            {"Part A": {"Part A", "Parts A and B"}, "Part B": {"Part B", "Parts A and B"}},
        ),
        (("Cohorts 1E and 1F", "Cohort 1E and 1F"), {"Cohorts 1E and 1F": {"Cohorts 1E and 1F", "Cohort 1E and 1F"}}),
        (("Arm C", "Arms A, B and C"), {"Arm C": {"Arm C", "Arms A, B and C"}, "Arm A, B": {"Arms A, B and C"}}),
        (("dose escalation", "healthy volunteers"), {"dose escalation": {"dose escalation"}}),
        (("Cohort A-1 with Arm 2",), {"Cohort A-1 with Arm 2": {"Cohort A-1 with Arm 2"}}),
    ],
)
def test_labels_that_names_list(names: tuple[str, ...], cohorts: dict[str, set[str]]) -> None:
    assert {one.name: set(one.names) for one in cohorts_of(spoken_of(*names))} == cohorts


def test_a_single_cohort_is_not_told_apart() -> None:
    assert not apart(spoken_of("Cohort 1"))
    assert not apart(spoken_of("Cohorts 1 and 2"))
    assert apart(spoken_of("Cohort 1", "Cohorts 1 and 2"))
    assert apart(spoken_of("Cohort 1", "healthy controls"))
    assert not apart(of(criterion(Biomarker("EGFR"))))


def test_what_is_said_of_two_cohorts_binds_each() -> None:
    """Neither cohort takes a patient with lung cancer and wild type, though one asks for it by itself."""
    criteria = of(
        criterion(Cancer(frozenset({"NSCLC"})), cohort="Cohort 1"),
        criterion(Cancer(frozenset({"BREAST"})), cohort="Cohort 2"),
        criterion(Biomarker("EGFR", ("mutation",)), cohort="Cohorts 1 and 2"),
        cohorts=("Cohort 1", "Cohort 2", "Cohorts 1 and 2"),
    )
    told = patient(cancer="LUAD", biomarkers=[{"marker": "EGFR", "state": "wild type"}])
    answer = assess(told, criteria)
    assert answer.verdict is Verdict.NOT_ELIGIBLE
    assert [one.name for one in answer.cohorts] == ["Cohort 1", "Cohort 2"]
    fitting = patient(cancer="LUAD", biomarkers=[{"marker": "EGFR", "state": "mutation"}])
    assert assess(fitting, criteria).best_cohort == "Cohort 1"
    assert assess(fitting, criteria).verdict is Verdict.LIKELY
