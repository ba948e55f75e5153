"""Names of cohorts in lines and headings."""

from __future__ import annotations

import pytest

from search.extraction.cohorts import cohort_of_heading, cohort_of_line
from search.extraction.lines import criteria_text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Cohort A: prior platinum", "Cohort A"),
        ("For Part B only, measurable disease", "Part B"),
        ("Measurable disease (Cohort 2 only)", "Cohort 2"),
        ("Cohort EMNK: prior anti-PD-1", "Cohort EMNK"),
        ("Cohort ECBF-D1: amplification", "Cohort ECBF-D1"),
        ("Phase I/II: adults", "Phase I/II"),
        ("Participants in Cohort B-1 and Cohort B-2: one prior line", "Cohort B-1 and Cohort B-2"),
        ("Group of patients: adults", None),
        ("Arm circumference: above 20 cm", None),
        ("Phase of disease: chronic", None),
    ],
)
def test_lines(text: str, name: str | None) -> None:
    assert cohort_of_line(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("GROUP OF PATIENTS:", None), ("Dose escalation phase:", "Dose escalation phase"), ("COHORT 1B", "COHORT 1B")],
)
def test_headings(text: str, name: str | None) -> None:
    assert cohort_of_heading(text) == name


def test_a_sentence_with_colon_goes_on_with_the_cohort() -> None:
    raw = "Key Criteria:\n\nCohort EA:\n\nPatients have had prior therapy as follows:\n\nOne prior line at least."
    assert [line.cohort for line in criteria_text(raw).lines] == [None, "Cohort EA", "Cohort EA", "Cohort EA"]


def test_an_exclusion_heading_that_lost_its_words() -> None:
    raw = "inclusion criteria:\n\n Adults\n\n:\n\n Pregnancy\n"
    lines = criteria_text(raw).lines
    assert [line.section.value for line in lines if not line.is_heading] == ["inclusion", "exclusion"]
