"""A FHIR bundle becomes a profile: what is used, what is listed by its path, and that nothing breaks it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from search.eligibility.profile import read_profile
from search.fhir.bundle import FhirError, read_bundle
from search.patient import Origin
from search.terminology import oncotree
from search.terminology.analytes import analyte
from search.terminology.tables import read_table
from tests.search.fhir.bundles import (
    ICD10,
    LOINC,
    MCODE,
    RESOURCES,
    SNOMED,
    bundle,
    coded,
    given,
    lab,
    observation,
    quantity,
)


def test_the_made_up_patient() -> None:
    reading = read_bundle(bundle())
    assert reading.unread == ()
    profile = reading.profile
    assert profile["age"] == 60
    assert (profile["sex"], profile["cancer"], profile["stage"]) == ("female", "LUAD", "IVB")
    assert profile["tnm"] == ["T3", "M1c"]
    assert profile["extent"] == ["metastatic"]
    assert profile["performance"] == [{"scale": "ECOG", "value": 1}]
    assert profile["biomarkers"] == [
        {"marker": "EGFR", "state": "L858R"},
        {"marker": "PD-L1", "value": "60 %"},
    ]
    assert profile["as_of"] == "2026-10-20"
    assert profile["place"] == "Madeupville, US"


def test_treatments_in_order_with_their_ends() -> None:
    treatments = read_bundle(bundle()).profile["prior_therapies"]
    assert isinstance(treatments, list)
    assert [one["therapy"] for one in treatments if isinstance(one, dict)] == [
        "carboplatin + pemetrexed",
        "osimertinib",
        "radiotherapy",
    ]
    osimertinib = treatments[1]
    assert isinstance(osimertinib, dict)
    assert (osimertinib["outcome"], osimertinib["days_ago"]) == ("progressed", 14)


def test_of_a_laboratory_value_the_newest_counts() -> None:
    labs = read_bundle(bundle()).profile["labs"]
    assert isinstance(labs, list)
    platelets = [one for one in labs if isinstance(one, dict) and one["analyte"] == "platelets"]
    assert [one["value"] for one in platelets] == [148.0]
    aspartate = next(one for one in labs if isinstance(one, dict) and one["analyte"] == "AST")
    assert aspartate["uln"] == 40.0


def test_other_conditions_and_medicines_beside_the_cancer() -> None:
    conditions = read_bundle(bundle()).profile["conditions"]
    assert conditions == {
        "liver metastases": True,
        "diabetes": "Type 2 diabetes mellitus without complications",
        "anticoagulation": "warfarin",
    }


def test_every_fact_names_the_resource_it_comes_from() -> None:
    made = bundle()
    for fact in read_bundle(made).facts:
        assert fact.path.startswith("Bundle.entry[")
        place = int(fact.path.removeprefix("Bundle.entry[").split("]")[0])
        assert made["entry"][place]["resource"]["resourceType"] != "Practitioner"


def test_the_profile_is_one_that_can_be_assessed() -> None:
    patient = read_profile(read_bundle(bundle()).profile, Origin.FHIR)
    assert patient.unread == ()
    assert patient.cancer is not None
    assert patient.cancer.source.origin is Origin.FHIR
    assert [fact.analyte for fact in patient.labs] == ["platelets", "ANC", "AST"]


@pytest.mark.parametrize(
    ("resource", "path", "words"),
    [
        ({"resourceType": "Encounter", "status": "finished"}, "resourceType", "not read"),
        (given("osimertinib", "2026-01-01", None, "entered-in-error"), "status", "not used"),
        ({**given("osimertinib", "2026-01-01", None), "intent": "plan"}, "intent", "plan"),
        (given("something unheard of", "2026-01-01", None), "medication[x]", "known"),
        (given("ondansetron 8 MG Oral Tablet", "2026-01-01", None, "active"), "", "known|no treatment of cancer"),
        (observation(coded(LOINC, "0000-0"), valueInteger=3), "code", "understood"),
        (observation({}), "code", "neither"),
        (observation(coded(LOINC, "89247-1"), valueString="quite well"), "value[x]", "performance"),
        (observation(coded(LOINC, "21908-9"), valueCodeableConcept={"text": "far gone"}), "valueCodeable", "stage"),
        (observation(coded(LOINC, "21905-5"), valueCodeableConcept={"text": "large"}), "valueCodeable", "TNM"),
        (
            {"resourceType": "Condition", "code": coded(ICD10, "C99.9"), "subject": {"reference": "Patient/p1"}},
            "code",
            "not known",
        ),
        (
            {"resourceType": "Condition", "code": {"text": "Diabetes"}, "subject": {"reference": "Patient/gone"}},
            "subject",
            "does not hold",
        ),
        (
            {
                "resourceType": "MedicationRequest",
                "status": "active",
                "medicationReference": {"reference": "Medication/gone"},
            },
            "medicationReference",
            "does not hold",
        ),
        (
            {
                "resourceType": "Condition",
                "code": coded(ICD10, "C79.31"),
                "subject": {"reference": "Patient/p1"},
            },
            "code",
            "treated, stable or growing",
        ),
        ({"resourceType": "Patient", "id": "p2"}, "", "second patient"),
    ],
)
def test_what_cannot_be_used_is_listed_by_its_path(resource: dict[str, Any], path: str, words: str) -> None:
    reading = read_bundle(bundle(resource))
    place = f"Bundle.entry[{len(RESOURCES)}].resource"
    told = [one for one in reading.unread if one.field.startswith(place)]
    assert told, reading.unread
    assert any(path in one.field and any(word in one.problem for word in words.split("|")) for one in told), told
    assert reading.profile["cancer"] == "LUAD"


@pytest.mark.parametrize("broken", [None, 3, "Bundle", [], {}, {"resourceType": 5}])
def test_what_is_no_bundle_is_refused_with_a_sentence(broken: object) -> None:
    with pytest.raises(FhirError, match="resourceType"):
        read_bundle(broken)


def test_an_empty_bundle_and_a_broken_entry() -> None:
    empty = read_bundle({"resourceType": "Bundle", "entry": []})
    assert empty.profile == {}
    assert {one.field for one in empty.unread} == {"Bundle.entry"}
    made = bundle()
    made["entry"].append({"resource": "a text"})
    assert f"Bundle.entry[{len(RESOURCES)}].resource" in {one.field for one in read_bundle(made).unread}


def test_without_a_patient_the_rest_is_used() -> None:
    reading = read_bundle(bundle(without="Patient"))
    assert "age" not in reading.profile
    assert reading.profile["stage"] == "IVB"
    assert any("no Patient" in one.problem for one in reading.unread)


def test_a_single_resource_is_read_as_well() -> None:
    assert read_bundle(RESOURCES[2]).profile["extent"] == ["metastatic"]


def test_relapse_progression_and_a_second_cancer() -> None:
    back = {
        "resourceType": "Condition",
        "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "relapse"),
        "code": coded(SNOMED, "254837009", "Malignant neoplasm of breast (disorder)"),
        "recordedDate": "2026-01-05",
    }
    worse = observation(
        coded(LOINC, "97509-4"), valueCodeableConcept=coded(SNOMED, "271299001", "Patient's condition worsened")
    )
    profile = read_bundle(bundle(back, worse)).profile
    assert profile["cancer"] == "BREAST"
    assert isinstance(profile["extent"], list)
    assert set(profile["extent"]) == {"recurrent", "metastatic", "progressive"}
    assert isinstance(profile["conditions"], dict)
    assert str(profile["conditions"]["second malignancy"]).startswith("Malignant neoplasm of upper lobe")


def test_a_variant_that_was_looked_for_and_not_found() -> None:
    absent = observation(
        coded(LOINC, "69548-6"),
        valueCodeableConcept=coded(LOINC, "LA9634-2", "Absent"),
        component=[{"code": coded(LOINC, "48018-6"), "valueCodeableConcept": {"text": "ALK"}}],
    )
    one_change = observation(
        coded(LOINC, "69548-6"),
        valueCodeableConcept=coded(LOINC, "LA9634-2", "Absent"),
        component=[
            {"code": coded(LOINC, "48018-6"), "valueCodeableConcept": {"text": "EGFR"}},
            {"code": coded(LOINC, "48005-3"), "valueCodeableConcept": {"text": "p.Thr790Met"}},
        ],
    )
    markers = read_bundle(bundle(absent, one_change)).profile["biomarkers"]
    assert {"marker": "ALK", "state": "negative"} in markers  # type: ignore[operator]
    assert {"marker": "EGFR", "state": "T790M negative"} in markers  # type: ignore[operator]
    assert {"marker": "EGFR", "state": "L858R"} in markers  # type: ignore[operator]


def test_receptors_and_microsatellites() -> None:
    more = [
        observation({"text": "Estrogen receptor [Interpretation]"}, valueCodeableConcept=coded(SNOMED, "10828004")),
        observation({"text": "HER2 [Presence]"}, valueCodeableConcept=coded(SNOMED, "260385009", "Negative")),
        observation(coded(LOINC, "81695-9"), valueCodeableConcept={"text": "MSI-H"}),
    ]
    markers = read_bundle(bundle(*more)).profile["biomarkers"]
    assert isinstance(markers, list)
    states = {one["marker"]: one.get("state") for one in markers if isinstance(one, dict)}
    assert (states["ER"], states["HER2"], states["MSI"]) == ("positive", "negative", "high")


def test_repeated_doses_are_one_treatment_and_contained_medications_are_found() -> None:
    doses = [
        {
            "resourceType": "MedicationAdministration",
            "status": "completed",
            "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "docetaxel"}}],
            "medicationReference": {"reference": "#m"},
            "effectiveDateTime": day,
        }
        for day in ("2026-03-01", "2026-03-22", "2026-04-12")
    ]
    treatments = read_bundle(bundle(*doses)).profile["prior_therapies"]
    assert isinstance(treatments, list)
    found = [one for one in treatments if isinstance(one, dict) and one["therapy"] == "docetaxel"]
    assert found == [{"therapy": "docetaxel", "days_ago": 191, "duration_days": 42}]


def test_why_a_treatment_ended_and_what_it_was_for() -> None:
    ended = {"url": MCODE + "termination-reason", "valueCodeableConcept": {"text": "Unacceptable toxicity"}}
    intent = {"url": MCODE + "treatment-intent", "valueCodeableConcept": coded(SNOMED, "373846009")}
    more = given("docetaxel", "2026-01-05", "2026-03-01", "stopped", extension=[ended, intent])
    treatments = read_bundle(bundle(more)).profile["prior_therapies"]
    assert isinstance(treatments, list)
    found = next(one for one in treatments if isinstance(one, dict) and one["therapy"] == "docetaxel")
    assert (found["outcome"], found["setting"]) == ("intolerant", "adjuvant")


def test_panels_give_each_of_their_components() -> None:
    panel = observation(
        {"text": "Complete blood count"},
        component=[
            {"code": coded(LOINC, "718-7"), "valueQuantity": quantity(10.1, "g/dL")},
            {"code": coded(LOINC, "9999-9"), "valueQuantity": quantity(1, "1")},
        ],
    )
    reading = read_bundle(bundle(panel))
    labs = reading.profile["labs"]
    assert isinstance(labs, list)
    assert any(isinstance(one, dict) and one["analyte"] == "hemoglobin" for one in labs)
    assert any(one.field.endswith("component[1].code") for one in reading.unread)


def test_problems_never_repeat_what_stands_in_the_bundle() -> None:
    secret = "Zyxwvut"
    made = bundle(
        observation({"text": secret}, valueString=secret),
        given(secret, "2026-01-01", None),
        {"resourceType": "Condition", "code": {"text": f"Malignant tumour {secret}"}},
    )
    assert all(secret not in one.problem + one.field for one in read_bundle(made).unread)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2030) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["resourceType", "code", "coding", "text", "status", "valueQuantity", "value", "component", "entry",
             "resource", "extension", "url", "birthDate", "gender", "subject", "reference", "medicationReference",
             "effectivePeriod", "end", "stage", "summary", "meta", "profile", "bodySite", "contained", "id"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@generated(place=st.integers(0, len(RESOURCES) - 1), key=st.text(max_size=3), value=JSON, data=st.data())
def test_no_bundle_breaks_it(place: int, key: str, value: Any, data: st.DataObject) -> None:
    made = bundle()
    resource = made["entry"][place]["resource"]
    name = data.draw(st.sampled_from([*resource, "component", "contained", "code", key]))
    if name != "resourceType":
        resource[name] = value
    reading = read_bundle(made)
    json.dumps(reading.profile)
    read_profile(reading.profile, Origin.FHIR)


@settings(max_examples=100, deadline=None)
@generated(value=JSON)
def test_nor_any_json(value: Any) -> None:
    reading = read_bundle({"resourceType": "Bundle", "entry": value})
    read_profile(reading.profile, Origin.FHIR)
    if isinstance(value, dict) and isinstance(value.get("resourceType"), str):
        read_bundle(value)
    else:
        with pytest.raises(FhirError, match="resourceType"):
            read_bundle(value)


def test_every_code_of_the_table_means_something_that_is_known() -> None:
    rows = list(read_table("fhir_codes.tsv"))
    assert len({(row["system"], row["code"], row["key"]) for row in rows}) == len(rows)
    for row in rows:
        if row["key"] == "cancer":
            assert set(row["value"].split(",")) <= set(oncotree.nodes()), row
        elif row["key"] == "lab":
            assert analyte(row["value"]) is not None, row
        assert row["source"], row


def test_icd_codes_alone_name_the_disease() -> None:
    for code, expected in (("C50.911", "BREAST"), ("C61", "PROSTATE"), ("C83.38", "DLBCLNOS"), ("C92.01", "AML")):
        condition = {"resourceType": "Condition", "code": coded(ICD10, code)}
        assert read_bundle(bundle(condition, without="Condition")).profile["cancer"] == expected


def test_a_profile_claimed_is_believed() -> None:
    stage = observation({"text": "own stage"}, valueCodeableConcept={"text": "Stage IIIA"})
    stage["meta"] = {"profile": [MCODE + "tnm-stage-group"]}
    stage["effectiveDateTime"] = "2026-10-21"
    assert read_bundle(bundle(stage)).profile["stage"] == "IIIA"


def test_ucum_units_compare() -> None:
    made = bundle(lab("62238-1", 55, "mL/min/{1.73_m2}"), lab("6301-6", 1.1, "{INR}"))
    patient = read_profile(read_bundle(made).profile, Origin.FHIR)
    units = {fact.analyte: fact.unit for fact in patient.labs}
    assert units["creatinine clearance"] == "mL/min/1.73m2"
    assert units["INR"] == "ratio"
