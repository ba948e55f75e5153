"""A made-up patient as a FHIR R4 bundle in the profiles of mCODE. Nobody like this exists."""

from __future__ import annotations

import copy
from typing import Any

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-"


def coded(system: str, code: str, display: str | None = None) -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]}


def observation(code: dict[str, Any], day: str = "2026-10-20", **others: Any) -> dict[str, Any]:
    """A final observation of the made-up patient."""
    subject = {"reference": "Patient/p1"}
    base = {"resourceType": "Observation", "status": "final", "subject": subject, "effectiveDateTime": day}
    return {**base, "code": code, **others}


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A Quantity in UCUM."""
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def lab(code: str, value: float, unit: str, day: str = "2026-10-20", high: float | None = None) -> dict[str, Any]:
    """A laboratory value."""
    limits = [{"high": {"value": high, "unit": unit}}] if high is not None else []
    return observation(coded(LOINC, code), day, valueQuantity=quantity(value, unit), referenceRange=limits)


def given(drug: str, start: str, end: str | None, status: str = "completed", **others: Any) -> dict[str, Any]:
    """A medication that was given."""
    period = {"start": start} | ({"end": end} if end else {})
    return {
        "resourceType": "MedicationStatement",
        "status": status,
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "0", "display": drug}]},
        "effectivePeriod": period,
        **others,
    }


RESOURCES: list[dict[str, Any]] = [
    {
        "resourceType": "Patient",
        "id": "p1",
        "meta": {"profile": [MCODE + "cancer-patient"]},
        "gender": "female",
        "birthDate": "1965-11-02",
        "address": [{"city": "Madeupville", "country": "US"}],
    },
    {
        "resourceType": "Condition",
        "id": "c1",
        "meta": {"profile": [MCODE + "primary-cancer-condition"]},
        "extension": [
            {
                "url": MCODE + "histology-morphology-behavior",
                "valueCodeableConcept": coded(SNOMED, "35917007", "Adenocarcinoma (morphologic abnormality)"),
            }
        ],
        "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "verificationStatus": coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "code": coded(ICD10, "C34.11", "Malignant neoplasm of upper lobe, right bronchus or lung"),
        "subject": {"reference": "Patient/p1"},
        "onsetDateTime": "2024-03",
    },
    {
        "resourceType": "Condition",
        "id": "c2",
        "meta": {"profile": [MCODE + "secondary-cancer-condition"]},
        "code": coded(ICD10, "C78.7", "Secondary malignant neoplasm of liver"),
        "subject": {"reference": "Patient/p1"},
    },
    {
        "resourceType": "Condition",
        "id": "c3",
        "code": coded(ICD10, "E11.9", "Type 2 diabetes mellitus without complications"),
        "subject": {"reference": "Patient/p1"},
    },
    observation(coded(LOINC, "21908-9"), valueCodeableConcept=coded("http://cancerstaging.org", "4B", "IVB")),
    observation(coded(LOINC, "21905-5"), valueCodeableConcept=coded("http://cancerstaging.org", "cT3", "cT3")),
    observation(coded(LOINC, "21907-1"), valueCodeableConcept=coded("http://cancerstaging.org", "cM1c", "cM1c")),
    observation(coded(LOINC, "89247-1"), valueInteger=1),
    observation(
        coded(LOINC, "69548-6"),
        meta={"profile": [MCODE + "genomic-variant"]},
        valueCodeableConcept=coded(LOINC, "LA9633-4", "Present"),
        component=[
            {
                "code": coded(LOINC, "48018-6"),
                "valueCodeableConcept": coded("http://www.genenames.org", "HGNC:3236", "EGFR"),
            },
            {"code": coded(LOINC, "48005-3"), "valueCodeableConcept": {"text": "NP_005219.2:p.Leu858Arg"}},
        ],
    ),
    observation({"text": "PD-L1 by clone 22C3 [Presence] in Tissue by Immune stain"}, valueQuantity=quantity(60, "%")),
    lab("777-3", 92, "10*3/uL", day="2026-08-01"),
    lab("777-3", 148, "10*3/uL"),
    lab("751-8", 2.4, "10*3/uL"),
    lab("1920-8", 61, "U/L", high=40),
    given("carboplatin 10 MG/ML Injectable Solution", "2024-05-01", "2024-08-20"),
    given("pemetrexed 25 MG/ML", "2024-05-02", "2024-08-20"),
    given(
        "osimertinib 80 MG Oral Tablet [Tagrisso]",
        "2024-09-10",
        "2026-10-06",
        "stopped",
        statusReason=[{"text": "Disease progression"}],
    ),
    given("warfarin sodium 5 MG Oral Tablet", "2026-01-01", None, "active"),
    {
        "resourceType": "Procedure",
        "status": "completed",
        "meta": {"profile": [MCODE + "radiotherapy-course-summary"]},
        "code": coded(SNOMED, "1217123003", "Radiotherapy course of treatment (regime/therapy)"),
        "subject": {"reference": "Patient/p1"},
        "bodySite": [coded(SNOMED, "0", "Thoracic spine")],
        "performedPeriod": {"start": "2025-02-03", "end": "2025-02-14"},
    },
]


def bundle(*more: dict[str, Any], without: str = "") -> dict[str, Any]:
    """The made-up patient, with more resources, without those of a type."""
    kept = [one for one in RESOURCES if one["resourceType"] != without]
    entries = [{"fullUrl": f"urn:uuid:{place}", "resource": one} for place, one in enumerate([*kept, *more])]
    return copy.deepcopy(
        {"resourceType": "Bundle", "type": "collection", "timestamp": "2026-10-20T08:00:00Z", "entry": entries}
    )
