"""What people write into the form's fields becomes a profile."""

from __future__ import annotations

import pytest

from api.patient_form import patient_of_form
from api.patients import merged
from search.eligibility.profile import read_profile


def profile(*pairs: tuple[str, str]) -> dict[str, object]:
    found = patient_of_form(pairs)["profile"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("EGFR L858R", [{"marker": "EGFR", "state": "L858R"}]),
        (
            "HER2: negative, ER positive",
            [{"marker": "HER2", "state": "negative"}, {"marker": "ER", "state": "positive"}],
        ),
        ("PD-L1 60%", [{"marker": "PD-L1", "value": "60%"}]),
        ("ER+; PR neg", [{"marker": "ER", "state": "positive"}, {"marker": "PR", "state": "negative"}]),
    ],
)
def test_markers(text: str, entries: list[dict[str, str]]) -> None:
    assert profile(("p_markers", text))["biomarkers"] == entries


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("osimertinib, progressed, 20 days ago", [{"therapy": "osimertinib", "outcome": "progressed", "days_ago": 20}]),
        (
            "carboplatin + pemetrexed (adjuvant) 3 months ago\ndocetaxel, ongoing",
            [
                {"therapy": "carboplatin + pemetrexed", "setting": "adjuvant", "days_ago": 90},
                {"therapy": "docetaxel", "outcome": "ongoing"},
            ],
        ),
        ("none", []),
        ("No prior treatment.", []),
    ],
)
def test_treatments(text: str, entries: list[dict[str, object]]) -> None:
    assert profile(("p_treatments", text))["prior_therapies"] == entries


def test_laboratory_values() -> None:
    found = profile(("p_labs", "platelets 92 10^9/L, AST 61 U/L (ULN 40); creatinine 0,8 mg/dL"))
    patient = read_profile(found)
    assert patient.unread == ()
    assert [(fact.analyte, fact.value, fact.uln) for fact in patient.labs] == [
        ("platelets", 92.0, None),
        ("AST", 61.0, 40.0),
        ("creatinine", 0.8, None),
    ]


def test_plain_fields_and_what_cannot_be_read() -> None:
    pairs = [
        ("p_age", "61"),
        ("p_sex", "female"),
        ("p_ecog", "1"),
        ("p_lines", "2"),
        ("p_cns", "none"),
        ("p_stage", " "),
    ]
    patient = read_profile(profile(*pairs))
    assert patient.unread == ()
    assert patient.age is not None
    assert patient.age.years == 61
    assert patient.performance[0].value == 1
    assert patient.stage is None
    wrong = read_profile(profile(("p_age", "old"), ("p_labs", "platelets fine"), ("p_markers", "something odd")))
    assert {one.field for one in wrong.unread} == {"age", "biomarkers[0]", "labs[0]"}


def test_answers_are_merged_in_order() -> None:
    found = profile(
        ("p_labs", "platelets 92 10^9/L"),
        ("answers", '{"cns": "none", "conditions": {"HIV": false}}'),
        ("answer", '{"conditions": {"HBV": true}}'),
        ("number", "platelets|10^9/L=150"),
        ("number", "ANC|10^9/L="),
    )
    assert found["labs"] == [{"analyte": "platelets", "value": "150", "unit": "10^9/L"}]
    assert found["conditions"] == {"HIV": False, "HBV": True}
    assert found["cns"] == "none"


def test_merging_replaces_what_is_about_the_same_and_changes_no_argument() -> None:
    base = {"biomarkers": [{"marker": "EGFR", "state": "negative"}, {"marker": "ALK", "state": "negative"}], "age": 60}
    over = {"biomarkers": [{"marker": "egfr", "state": "L858R"}], "age": 61, "extent": ["metastatic"]}
    found = merged(base, over)
    assert found["age"] == 61
    assert found["biomarkers"] == [{"marker": "ALK", "state": "negative"}, {"marker": "egfr", "state": "L858R"}]
    assert merged(found, {"extent": ["metastatic", "recurrent"]})["extent"] == ["metastatic", "recurrent"]
    assert base["age"] == 60
    assert len(base["biomarkers"]) == 2  # type: ignore[arg-type]
