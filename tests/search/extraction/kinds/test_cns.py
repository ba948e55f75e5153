from __future__ import annotations

import pytest

from search.eligibility.criterion import Cns, Requirement
from search.extraction.kinds.cns import CNS
from search.extraction.lines import criteria_text

REQUIRED, PROHIBITED, ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED
ANY, STABLE, LEPTO, CORD = "any brain metastases", "treated_stable", "leptomeningeal", "spinal cord compression"


def read(section: str, statement: str, *conditions: str) -> set[tuple[str, Requirement]]:
    raw = f"{section.title()} Criteria:\n\n* {statement}\n"
    text = criteria_text(raw, "", conditions)
    found = set()
    for line in text.lines:
        if line.is_heading:
            continue
        for finding in CNS(line, text):
            assert isinstance(finding.fact, Cns)
            assert finding.requirement is not None
            assert 0 <= finding.start < finding.end <= len(raw)
            found.add((finding.fact.state, finding.requirement))
    return found


@pytest.mark.parametrize(
    ("section", "statement", "expected"),
    [
        ("exclusion", "Brain metastases", {(ANY, PROHIBITED)}),
        ("exclusion", "Metastatic disease to the brain", {(ANY, PROHIBITED)}),
        ("inclusion", "No known CNS metastasis", {(ANY, PROHIBITED)}),
        ("exclusion", "Known active CNS lesions", {("active", PROHIBITED)}),
        (
            "exclusion",
            "Uncontrolled or symptomatic brain metastases",
            {("active", PROHIBITED), ("symptomatic", PROHIBITED)},
        ),
        ("exclusion", "Brain metastases that are symptomatic", {("symptomatic", PROHIBITED)}),
        ("exclusion", "Brain metastases requiring steroid treatment", {("active", PROHIBITED)}),
        ("exclusion", "Active untreated brain metastases", {("untreated", PROHIBITED)}),
        ("exclusion", "Brain metastases that have not been treated", {("untreated", PROHIBITED)}),
        ("exclusion", "Treated or untreated brain metastases", {(ANY, PROHIBITED)}),
        ("inclusion", "No untreated central nervous system (CNS) metastases", {("untreated", PROHIBITED)}),
        ("exclusion", "Leptomeningeal disease", {(LEPTO, PROHIBITED)}),
        ("exclusion", "Carcinomatous meningitis or spinal cord compression", {(LEPTO, PROHIBITED), (CORD, PROHIBITED)}),
        ("exclusion", "Active brain or leptomeningeal metastases", {("active", PROHIBITED), (LEPTO, PROHIBITED)}),
        ("exclusion", "Brain metastases, unless treated and stable", {(ANY, PROHIBITED), (STABLE, ALLOWED)}),
        (
            "exclusion",
            "Symptomatic CNS disease except if stable for a month",
            {("symptomatic", PROHIBITED), (STABLE, ALLOWED)},
        ),
        ("inclusion", "Treated brain metastases are allowed", {(STABLE, ALLOWED)}),
        ("exclusion", "Patients with asymptomatic brain lesions may participate", {(STABLE, ALLOWED)}),
        ("inclusion", "Patients with brain metastases must have finished radiotherapy", {(ANY, ALLOWED)}),
    ],
)
def test_states(section: str, statement: str, expected: set[tuple[str, Requirement]]) -> None:
    assert read(section, statement) == expected
    assert read(section, statement.upper()) == expected
    wrapped = statement.replace(" brain ", " brain\n      ").replace(" CNS ", " CNS\n      ")
    assert read(section, wrapped) == expected


@pytest.mark.parametrize(
    ("section", "statement"),
    [
        ("exclusion", "Primary CNS lymphoma"),
        ("exclusion", "Central nervous system disorders such as epilepsy"),
        ("exclusion", "Brain surgery in the last month"),
        ("exclusion", "Steroids for control of symptoms of brain metastases"),
        ("exclusion", "Autoimmune disease with possible CNS involvement"),
        ("inclusion", "Brain MRI within 28 days"),
        ("inclusion", "Adequate bone marrow"),
    ],
)
def test_what_is_no_cns_disease(section: str, statement: str) -> None:
    assert read(section, statement) == set()


def test_a_trial_of_brain_metastases_asks_for_them() -> None:
    statement = "Newly found brain metastases on imaging"
    assert read("inclusion", statement, "Brain Metastases") == {(ANY, REQUIRED)}
    assert read("inclusion", statement, "Lung Cancer") == {(ANY, ALLOWED)}


def test_evidence_holds_the_state() -> None:
    raw = "Exclusion Criteria:\n\n* Colitis; untreated brain metastases\n"
    text = criteria_text(raw)
    line = next(x for x in text.lines if not x.is_heading)
    (finding,) = CNS(line, text)
    assert raw[finding.start : finding.end].strip() == "untreated brain metastases"


def test_long_lines_stay_cheap() -> None:
    raw = "Exclusion Criteria:\n\n* " + "untreated or active brain metastases (" * 5000
    text = criteria_text(raw)
    line = max(text.lines, key=lambda x: x.end - x.start)
    assert {f.fact.state for f in CNS(line, text) if isinstance(f.fact, Cns)} == {"untreated", "active"}


def test_a_size_bounds_what_is_ruled_out() -> None:
    raw = "Exclusion Criteria:\n\n* Active brain lesions ≥ 6 mm in size\n"
    text = criteria_text(raw)
    (found,) = [finding for line in text.lines if not line.is_heading for finding in CNS(line, text)]
    assert found.requirement is Requirement.PROHIBITED
    assert found.exception is not None
    assert raw[slice(*found.exception)].strip() == "≥ 6 mm in size"


def test_an_examination_that_must_find_none_allows_none() -> None:
    assert read("inclusion", "Subjects with signs of brain metastases must have a brain MRI negative for them") == set()


def test_an_exclusion_of_those_without_it_bans_no_compression() -> None:
    assert read("exclusion", "Painful bone metastases without spinal cord compression") == set()
    assert read("exclusion", "Painful bone metastases w/o spinal cord compression") == set()
