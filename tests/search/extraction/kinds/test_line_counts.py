"""Counts of prior lines."""

from __future__ import annotations

import pytest

from search.eligibility.criterion import Criterion, LineCount, Requirement
from search.extraction.criteria import read_text


def counts(text: str) -> list[tuple[LineCount, Criterion]]:
    return [(item.fact, item) for item in read_text(text).items if isinstance(item.fact, LineCount)]


def bounds(text: str) -> list[tuple[int | None, int | None]]:
    return [(fact.min, fact.max) for fact, item in counts(text) if item.requirement is Requirement.REQUIRED]


def included(text: str) -> str:
    return f"Inclusion Criteria:\n\n* {text}"


def excluded(text: str) -> str:
    return f"Exclusion Criteria:\n\n* {text}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least one prior line of systemic therapy", (1, None)),
        ("Must have received ≥ 2 prior regimens", (2, None)),
        ("Must have received \\>= 2 prior regimens", (2, None)),
        ("No more than 2 prior lines of chemotherapy are allowed", (None, 2)),
        ("Up to three (3) previous systemic regimens for metastatic disease", (None, 3)),
        ("A maximum of 1 prior line of therapy", (None, 1)),
        ("Fewer than 3 prior lines of therapy", (None, 2)),
        ("Participants have had 1 to 3 prior lines of treatment", (1, 3)),
        ("One or two previous lines of systemic therapy", (1, 2)),
        ("Progressed after exactly two prior regimens", (2, 2)),
        ("Relapse after 1 prior line of therapy", (1, 1)),
        ("Failed at least 1 but not more than 4 prior regimens", (1, 4)),
        ("Prior endocrine therapy must be limited to fewer than 3 lines", (None, 2)),
        ("The number of previous chemotherapy regimens does not exceed 2", (None, 2)),
        ("Received 2 or more prior lines of therapy", (2, None)),
        ("One prior chemotherapy regimen allowed", (None, 1)),
        ("0 or 1 prior chemotherapy regimens", (0, 1)),
        ("Must have received at least 1 prior line of therapy (no more than 3)", (1, 3)),
        ("Disease that progressed on first-line chemotherapy", (1, None)),
        ("No prior systemic therapy for metastatic disease", (0, 0)),
        ("Treatment-naive metastatic disease", (0, 0)),
    ],
)
def test_inclusion(text: str, expected: tuple[int | None, int | None]) -> None:
    assert bounds(included(text)) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("More than 2 prior lines of systemic therapy", (None, 2)),
        ("\\> 3 prior regimens", (None, 3)),
        ("4 lines or more in the metastatic setting", (None, 3)),
        ("≥ 3 prior lines of chemotherapy", (None, 2)),
        ("Treated with more than one regimen for advanced disease", (None, 1)),
        ("Patients must not have received more than 3 prior regimens", (None, 3)),
        ("Any prior systemic therapy for metastatic disease", (0, 0)),
    ],
)
def test_exclusion_turns_the_bound(text: str, expected: tuple[int | None, int | None]) -> None:
    assert bounds(excluded(text)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Any number of prior lines is permitted",
        "There is no limit to the number of prior regimens",
    ],
)
def test_no_limit_is_allowed(text: str) -> None:
    found = counts(included(text))
    assert [(fact.min, fact.max, item.requirement) for fact, item in found] == [(None, None, Requirement.ALLOWED)]


@pytest.mark.parametrize(
    "text",
    [
        "At least 2 central venous lines",
        "One line can hold several phases such as induction and maintenance",
        "No more than 2 prior relapses of the disease",
        "Stable on one antihypertensive regimen",
        "WBC below 25 on day 1 prior to treatment",
        "If a participant has received more than three prior regimens, ask the sponsor",
    ],
)
def test_no_count(text: str) -> None:
    assert bounds(included(text)) == []


def test_naive_or_treated_has_no_lower_bound() -> None:
    assert bounds(included("Treatment-naive, or have received up to 2 prior lines of therapy")) == [(None, 2)]
    assert bounds(included("Treatment-naive or at least one prior line of therapy")) == []


def test_counting_rules_are_kept() -> None:
    text = included("No more than 2 prior lines of therapy. Maintenance does not count as a line of therapy.")
    ((fact, _),) = counts(text)
    assert fact.counting == ("maintenance does not count as a line of therapy",)


def test_setting() -> None:
    ((fact, _),) = counts(included("No more than 2 prior lines of therapy in the metastatic setting"))
    assert fact.setting == "metastatic"


@pytest.mark.parametrize(
    "text",
    [
        "Inclusion Criteria:\n\n- At least one\n  prior line of systemic therapy",
        "INCLUSION CRITERIA:\n\n1. at least one prior line of systemic therapy",
        "Inclusion criteria\n\n• AT LEAST ONE PRIOR LINE OF SYSTEMIC THERAPY",
    ],
)
def test_layout_changes_nothing(text: str) -> None:
    assert bounds(text) == [(1, None)]


def test_quotes_are_exact() -> None:
    text = excluded("More than\n  2 prior lines of systemic therapy")
    for _, item in counts(text):
        assert text[item.evidence.start : item.evidence.end] == item.evidence.quote


def test_untreated_cancer_of_one_of_two_organs_is_untreated() -> None:
    assert bounds(included("Previously untreated metastatic colon or rectal cancer")) == [(0, 0)]
    assert bounds(included("Previously untreated metastatic disease or relapsed after surgery")) == []


def test_a_containing_regimen_is_counted() -> None:
    assert bounds(included("No more than 1 prior chemotherapy containing regimen")) == [(None, 1)]
