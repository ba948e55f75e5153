from __future__ import annotations

import pytest

from search.eligibility.criterion import Requirement
from search.extraction.lines import criteria_text
from search.extraction.polarity import stance

REQUIRED, PROHIBITED, ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED


def meaning(section: str, statement: str, words: str) -> Requirement:
    raw = f"{section.title()} Criteria:\n\n* {statement}\n"
    text = criteria_text(raw)
    line = next(line for line in text.lines if not line.is_heading)
    start = raw.index(words)
    return stance(line, start, start + len(words)).requirement


@pytest.mark.parametrize(
    ("section", "statement", "words", "expected"),
    [
        ("inclusion", "Metastatic disease", "Metastatic", REQUIRED),
        ("inclusion", "No brain metastases", "brain metastases", PROHIBITED),
        ("inclusion", "Participants must not have received docetaxel", "docetaxel", PROHIBITED),
        ("inclusion", "Absence of leptomeningeal disease", "leptomeningeal", PROHIBITED),
        ("inclusion", "Treated brain metastases are allowed", "brain metastases", ALLOWED),
        ("inclusion", "Any sarcoma except Ewing sarcoma", "Ewing sarcoma", PROHIBITED),
        ("exclusion", "Brain metastases", "Brain metastases", PROHIBITED),
        ("exclusion", "Brain metastases unless treated and stable", "treated and stable", ALLOWED),
        ("exclusion", "Patients with treated brain metastases are eligible", "treated brain metastases", ALLOWED),
        ("exclusion", "Patients without measurable disease", "measurable disease", REQUIRED),
        ("exclusion", "Active hepatitis B. Resolved hepatitis B is permitted", "Resolved hepatitis B", ALLOWED),
        ("exclusion", "Active hepatitis B. Resolved hepatitis B is permitted", "Active hepatitis B", PROHIBITED),
        ("inclusion", "Patients with uveal melanoma are not eligible", "uveal melanoma", PROHIBITED),
    ],
)
def test_meaning_for_the_patient(section: str, statement: str, words: str, expected: Requirement) -> None:
    assert meaning(section, statement, words) is expected


def test_an_exception_is_kept_beside_what_it_bounds() -> None:
    raw = "Exclusion Criteria:\n\n* Prior platinum therapy unless given more than a year ago\n"
    line = next(line for line in criteria_text(raw).lines if not line.is_heading)
    start = raw.index("Prior")
    found = stance(line, start, start + len("Prior platinum therapy"))
    assert found.requirement is PROHIBITED
    assert found.exception is not None
    assert raw[slice(*found.exception)] == "unless given more than a year ago"
