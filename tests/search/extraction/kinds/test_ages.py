"""Ages of patients in the text, and ages that are something else's."""

from __future__ import annotations

import pytest

from search.eligibility.criterion import Age, SexIs
from search.extraction.kinds.ages import AGES
from search.extraction.kinds.sexes import SEXES
from search.extraction.lines import criteria_text
from search.extraction.reading import Reader


def facts(raw: str, reader: Reader) -> list[object]:
    text = criteria_text(raw)
    found: list[object] = []
    for line in text.lines:
        if not line.is_heading and any(trigger in line.folded for trigger in reader.triggers):
            for finding in reader(line, text):
                assert 0 <= finding.start < finding.end <= len(raw)
                found.append(finding.fact)
    return found


def read(statement: str, section: str = "Inclusion") -> list[object]:
    return facts(f"{section} Criteria:\n\n* {statement}\n", AGES)


@pytest.mark.parametrize(
    ("statement", "low", "high"),
    [
        ("Age ≥ 18 years", 18, None),
        ("Age \\>= 18", 18, None),
        ("Aged 18 years or older", 18, None),
        ("Over 18 years of age", 18, None),
        ("At least 18 years old", 18, None),
        ("18 years of age and older", 18, None),
        ("Must have minimum age of 18 Years", 18, None),
        ("Must have maximum age of 85 Years", None, 85),
        ("Age: 18+", 18, None),
        ("18+ years of age", 18, None),
        ("Be 18 years of age on the day of consent", 18, None),
        ("18 and over", 18, None),
        ("Older than 18", 18, None),
        ("Must be ≥ 18 at the time of consent", 18, None),
        ("18-40 years", 18, 40),
        ("Patients must be > or = 18 years old", 18, None),
        ("Men and women ≥ 18 years of age", 18, None),
        ("Age 18-75 years", 18, 75),
        ("Aged between 18 and 75", 18, 75),
        ("18 ≤ age ≤ 70", 18, 70),
        ("≥ 18 and ≤ 75 years of age", 18, 75),
        ("Over 18 years and less than 60 years old", 18, 59),
        ("Patients ≥ 18 years old and ≤ 65 years old", 18, 65),
        ("Age 4 to < 8 years", 4, 7),
        ("Age under 18 years", None, 17),
        ("Between the ages of 21 and 65 years (inclusive)", 21, 65),
        ("Male or female ≥ 18 years", 18, None),
        ("Age: 18 - 75 years old, postmenopausal women", 18, 75),
        ("≤ 21 years of age", None, 21),
        ("6 months to 21 years of age", 0.5, 21),
        ("Age ≥ 12 months and ≤ 18 years", 1, 18),
    ],
)
def test_bounds(statement: str, low: float | None, high: float | None) -> None:
    assert read(statement) == [Age(low, high)]


@pytest.mark.parametrize(
    ("statement", "low", "high"),
    [
        ("Age < 18 years", 18, None),
        ("Patients younger than 18 years of age", 18, None),
        ("Older than 75 years of age", None, 75),
        ("Age ≥ 76 years", None, 75),
        ("Age < 18 or > 75 years", 18, 75),
        ("Age＜18 years, or age＞75 years", 18, 75),
        ("< 18 years", 18, None),
    ],
)
def test_exclusions_are_turned_round(statement: str, low: float | None, high: float | None) -> None:
    assert read(statement, "Exclusion") == [Age(low, high)]


@pytest.mark.parametrize(
    ("words", "low", "high"), [("18 to 60", 18, 60), ("Over 18", 18, None), ("18 and over", 18, None)]
)
def test_under_the_heading_of_the_old_layout(words: str, low: float | None, high: float | None) -> None:
    raw = f"DISEASE CHARACTERISTICS: Proven sarcoma PATIENT CHARACTERISTICS: Age: {words} Sex: Not specified"
    assert facts(raw, AGES) == [Age(low, high)]


@pytest.mark.parametrize(
    "statement",
    [
        "Women over 50 years of age without menses for 1 year are postmenopausal",
        "Karnofsky ≥ 60 for patients > 16 years of age",
        "Archival biopsy not older than 3 years",
        "Lansky ≥ 50 for patients under 16 years of age",
        "Creatinine by age: 2 to < 6 years: 0.8 (male), 0.8 (female)",
        "History of stroke before the age of 40 years",
        "Life expectancy of at least 3 months",
        "First-degree relative with sarcoma under 45 years of age",
        "No chemotherapy for more than 2 years",
        "Disease-free for > 5 years",
        "Gestational age < 36 weeks",
        "Patients ≥ 70 years of age must have a geriatric assessment",
    ],
)
def test_other_ages(statement: str) -> None:
    assert read(statement) == []


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("PATIENT CHARACTERISTICS: Age: 18 and over Sex: Female Performance status: ECOG 0-1", "female"),
        ("Inclusion Criteria:\n\n* Women with breast cancer\n", "female"),
        ("Inclusion Criteria:\n\n* Male patients aged 18 or over\n", "male"),
        ("Inclusion Criteria:\n\n* Must be FEMALE\n", "female"),
        ("Exclusion Criteria:\n\n* Male patients\n", "female"),
    ],
)
def test_sex(raw: str, value: str) -> None:
    assert facts(raw, SEXES) == [SexIs(value)]


@pytest.mark.parametrize(
    "statement",
    [
        "Male or female patients aged 18 years or over",
        "Women of childbearing potential must use contraception",
        "Men must not donate sperm",
        "Male participants, even if sterilised, must use a condom",
        "Females who are breastfeeding",
    ],
)
def test_no_sex(statement: str) -> None:
    assert facts(f"Inclusion Criteria:\n\n* {statement}\n", SEXES) == []
    assert facts(f"Exclusion Criteria:\n\n* {statement}\n", SEXES) == []


@pytest.mark.parametrize(
    "statement",
    [
        "Biopsy not older than 18 months",
        "Platelets ≥ 18 at the time of consent",
        "A 20 years smoking history",
        "10+ nodes",
    ],
)
def test_numbers_that_are_no_age(statement: str) -> None:
    assert read(statement) == []
