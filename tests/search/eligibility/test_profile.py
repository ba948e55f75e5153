"""Profiles of the interchange format: every key, and what is wrong in them."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.eligibility.profile import ProfileError, read_profile
from search.patient import Patient


def test_every_key_is_read() -> None:
    patient = read_profile(
        {
            "age": 61,
            "sex": "female",
            "cancer": "LUAD",
            "stage": "IVB",
            "tnm": ["T2", "N1", "M1"],
            "extent": ["metastatic"],
            "performance": [{"scale": "ECOG", "value": 1}],
            "biomarkers": [{"marker": "PD-L1", "state": "positive", "value": "TPS 60%"}],
            "prior_therapies": [
                {"therapy": "cetuximab + paclitaxel", "setting": "metastatic", "line": 1, "outcome": "progressed",
                 "days_ago": 30, "duration_days": 90, "cycles": 4, "detail": "dose reduced"},
            ],
            "prior_lines": 1,
            "labs": [{"analyte": "ANC", "value": 2.1, "unit": "10^9/L", "days_ago": 3}],
            "cns": "treated_stable",
            "conditions": {"HIV": False, "neuropathy": "grade 1", "hypertension": True},
            "place": {"lat": 48.1, "lon": 11.6},
            "as_of": "2025-03-31",
        }
    )  # fmt: skip
    assert patient.unread == ()
    assert patient.age is not None
    assert patient.age.years == 61
    assert patient.age.source.field == "age"
    assert patient.age.source.as_of == dt.date(2025, 3, 31)
    assert patient.cancer is not None
    assert patient.cancer.codes == {"LUAD"}
    assert patient.treatments is not None
    (treatment,) = patient.treatments.items
    assert treatment.parts == ("cetuximab", "paclitaxel")
    assert (treatment.line, treatment.outcome, treatment.days_ago, treatment.cycles) == (1, "progressed", 30, 4)
    assert [(fact.topic, fact.present, fact.detail) for fact in patient.conditions] == [
        ("HIV", False, None),
        ("hypertension", True, None),
        ("neuropathy", True, "grade 1"),
    ]
    assert patient.place is not None
    assert patient.place.point is not None
    (marker,) = patient.markers
    assert (marker.marker, marker.states, marker.value) == ("PD-L1", ("positive",), "TPS 60%")


def test_what_is_absent_is_not_stated() -> None:
    patient = read_profile({})
    assert patient == Patient()
    assert patient.treatments is None
    told = read_profile({"prior_therapies": []})
    assert told.treatments is not None
    assert told.treatments.items == ()


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"age": 240}, "age"),
        ({"age": "old"}, "age"),
        ({"sex": "unknown"}, "sex"),
        ({"cancer": "no such disease"}, "cancer"),
        ({"stage": "purple"}, "stage"),
        ({"stage": ["II", "IV"]}, "stage"),
        ({"tnm": ["large"]}, "tnm"),
        ({"extent": ["huge"]}, "extent[0]"),
        ({"performance": [{"scale": "ECOG", "value": 9}]}, "performance[0]"),
        ({"performance": [{"scale": "Richter", "value": 1}]}, "performance[0]"),
        ({"biomarkers": [{"state": "mutation"}]}, "biomarkers[0]"),
        ({"prior_therapies": [{"line": 1}]}, "prior_therapies[0]"),
        ({"prior_lines": 1.5}, "prior_lines"),
        ({"labs": [{"analyte": "ANC", "value": -2, "unit": "10^9/L"}]}, "labs[0]"),
        ({"labs": [{"analyte": "ANC", "value": 2.0}]}, "labs[0]"),
        ({"cns": "perhaps"}, "cns"),
        ({"conditions": ["HIV"]}, "conditions"),
        ({"place": {"lat": 100, "lon": 0}}, "place"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"shoe_size": 43}, "shoe_size"),
        ({"stage": "IA", "cancer": "LUAD", "tnm": ["M1"]}, "stage"),
        ({"extent": ["localized", "metastatic"]}, "extent"),
        ({"tnm": ["T1", "T3"]}, "tnm"),
        ({"prior_lines": 1, "prior_therapies": [{"therapy": "cisplatin", "line": 3}]}, "prior_lines"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(profile: dict[str, object], field: str) -> None:
    patient = read_profile(profile | {"sex": profile.get("sex", "male")})
    assert field in [unread.field for unread in patient.unread]
    if "sex" not in profile:
        assert patient.sex is not None, "the rest is used"


def test_a_note_names_no_value_of_the_patient() -> None:
    patient = read_profile({"age": 54321, "stage": "canary", "conditions": {"HIV": {}}, "cancer": "canary"})
    assert len(patient.unread) == 4
    assert "canary" not in str(patient.unread)
    assert "54321" not in str(patient.unread)


def test_a_profile_is_an_object() -> None:
    with pytest.raises(ProfileError):
        read_profile(["age", 61])


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    """age sex cancer stage tnm extent performance biomarkers panels prior_therapies prior_lines labs cns conditions
    place as_of other""".split()  # noqa: SIM905
)


@settings(deadline=None)  # the first example reads the tables
@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_any_json_object_gives_a_patient(profile: dict[str, object]) -> None:
    assert isinstance(read_profile(profile), Patient)


def test_the_order_of_keys_does_not_matter() -> None:
    profile = {"age": 50, "stage": "T2N0M0", "tnm": ["T2", "N0", "M0"], "cns": "none", "sex": "male"}
    backwards = dict(reversed(list(json.loads(json.dumps(profile)).items())))
    assert read_profile(profile) == read_profile(backwards)


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"biomarkers": [{"marker": "QQQ77", "state": "mutation"}]}, "biomarkers[0]"),
        ({"prior_therapies": [{"therapy": "cisplatin"}, {"therapy": "quuxinostat-9"}]}, "prior_therapies[1]"),
        ({"labs": [{"analyte": "platelets", "value": 92, "unit": "furlongs"}]}, "labs[0]"),
    ],
)
def test_names_that_no_table_holds_are_kept_and_named(profile: dict[str, object], field: str) -> None:
    read = read_profile(profile)
    assert [one.field for one in read.unread] == [field]
    assert len(read.markers) + len(read.treatments.items if read.treatments else ()) + len(read.labs) >= 1


@pytest.mark.parametrize(
    "profile",
    [
        {"biomarkers": [{"marker": "HLA-A", "state": "A*02:01"}, {"marker": "EGFR", "state": "L858R"}]},
        {"prior_therapies": [{"therapy": "internal hemipelvectomy"}, {"therapy": ["paclitaxel", "bevacizumab"]}]},
        {"labs": [{"analyte": "proteinuria", "value": 1, "unit": "+ (dipstick)"}]},
    ],
)
def test_names_in_other_words_are_no_complaint(profile: dict[str, object]) -> None:
    assert read_profile(profile).unread == ()
