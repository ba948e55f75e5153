"""Performance status: scales, spellings, sides, and what is not a performance status."""

from __future__ import annotations

import pytest

from search.eligibility.criterion import Performance, Requirement
from search.extraction.kinds.performance import PERFORMANCE
from search.extraction.lines import criteria_text


def read(statement: str, section: str = "Inclusion") -> list[tuple[str, int, int]]:
    raw = f"{section} Criteria:\n\n* {statement}\n"
    text = criteria_text(raw)
    found = []
    for line in text.lines:
        if not line.is_heading and any(trigger in line.folded for trigger in PERFORMANCE.triggers):
            for finding in PERFORMANCE(line, text):
                assert isinstance(finding.fact, Performance)
                assert finding.requirement is not None
                assert 0 <= finding.start < finding.end <= len(raw)
                if finding.requirement is not Requirement.ALLOWED:
                    found.append((finding.fact.scale, finding.fact.min, finding.fact.max))
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "ECOG 0-1",
        "ECOG PS 0 or 1",
        "ECOG performance status of 0, 1",
        "ECOG performance status 0 to 1 within a fortnight of the first dose",
        "Eastern Cooperative Oncology Group (ECOG) performance status ≤ 1",
        "Eastern Co-operative Oncology Group (ECOG) score \\<= 1",
        "Zubrod performance status of 0/1",
        "WHO performance status < 2",
        "WHO 0-1",
        "GOG performance status of 1 or less",
        "SWOG performance status 0 - 1",
        "Performance status 0-1 (ECOG)",
        "Performance status of 1 or better on the ECOG scale",
        "PS between 0 and 1 (ECOG)",
        "0 ≤ ECOG ≤ 1",
        "ECOG PS zero or one",
        "ECOG performance\n  status 0 ~ 1",
        "Must have an ECOG performance status of no more than 1",
    ],
)
def test_ecog_0_to_1(statement: str) -> None:
    assert read(statement) == [("ECOG", 0, 1)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Karnofsky performance status ≥ 70%", ("Karnofsky", 70, 100)),
        ("KPS of 70 or more", ("Karnofsky", 70, 100)),
        ("Karnofsky > 60", ("Karnofsky", 70, 100)),
        ("Karnofsky score 70-100", ("Karnofsky", 70, 100)),
        ("KPS not less than 70", ("Karnofsky", 70, 100)),
        ("Performance status: Karnofsky at least 70", ("Karnofsky", 70, 100)),
        ("Lansky play score ≥ 50", ("Lansky", 50, 100)),
        ("ECOG 0-3", ("ECOG", 0, 3)),
        ("ECOG PS 1-2", ("ECOG", 1, 2)),
        ("ECOG PS = 2", ("ECOG", 0, 2)),
    ],
)
def test_scales(statement: str, expected: tuple[str, int, int]) -> None:
    assert read(statement) == [expected]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ECOG performance status > 2", ("ECOG", 0, 2)),
        ("ECOG performance status ≥ 2", ("ECOG", 0, 1)),
        ("ECOG performance status of 2 or more", ("ECOG", 0, 1)),
        ("ECOG performance status 3-4", ("ECOG", 0, 2)),
        ("ECOG performance status of 2, 3 or 4", ("ECOG", 0, 1)),
        ("Karnofsky < 70", ("Karnofsky", 70, 100)),
        ("KPS ≤ 60", ("Karnofsky", 70, 100)),
    ],
)
def test_exclusions_are_turned_round(statement: str, expected: tuple[str, int, int]) -> None:
    assert read(statement, "Exclusion") == [expected]


def test_two_scales_are_alternatives() -> None:
    raw = "Inclusion Criteria:\n\n* ECOG 0-2 (or Karnofsky ≥ 60%)\n"
    text = criteria_text(raw)
    findings = [f for line in text.lines if not line.is_heading for f in PERFORMANCE(line, text)]
    assert [f.fact for f in findings] == [Performance("ECOG", 0, 2), Performance("Karnofsky", 60, 100)]
    assert len({f.or_group for f in findings}) == 1
    assert findings[0].or_group is not None


def test_ages_choose_the_scale() -> None:
    statement = "Karnofsky ≥ 60 for patients > 16 years of age and Lansky ≥ 50 for patients ≤ 16 years of age"
    assert read(statement) == [("Karnofsky", 60, 100), ("Lansky", 50, 100)]


@pytest.mark.parametrize(
    "statement",
    [
        "Patients who have had 1 or 2 prior regimens",
        "Histology by the WHO classification, grade 2 or 3",
        "Registration through the ECOG-ACRIN system within 5 days",
        "Good performance status",
        "PS assessed within 7 days",
        "Must be able to walk 2 km and recognise 3 words",
    ],
)
def test_no_performance_status(statement: str) -> None:
    assert read(statement) == []


def test_an_allowed_value_is_no_bound() -> None:
    found = read("ECOG 0-1; ECOG 2 is allowed if due to bone pain")
    assert ("ECOG", 0, 1) in found
    assert ("ECOG", 2, 2) not in found


@pytest.mark.parametrize("heading", ["INCLUSION CRITERIA:", "inclusion criteria", "Inclusion Criteria"])
@pytest.mark.parametrize("bullet", ["* ", "- ", "1. ", ""])
def test_layout_changes_nothing(heading: str, bullet: str) -> None:
    text = criteria_text(f"{heading}\n\n{bullet}ECOG performance status \\<= 2\n")
    facts = [f.fact for line in text.lines if not line.is_heading for f in PERFORMANCE(line, text)]
    assert facts == [Performance("ECOG", 0, 2)]
