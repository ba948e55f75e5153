"""Bodies and examples of the routes about a patient, for the OpenAPI description. The patients are made up."""

from __future__ import annotations

from typing import Any

PROFILE: dict[str, Any] = {
    "age": 61,
    "sex": "female",
    "cancer": "LUAD",
    "stage": "IVB",
    "performance": [{"scale": "ECOG", "value": 1}],
    "biomarkers": [{"marker": "EGFR", "state": "L858R"}],
    "prior_therapies": [{"therapy": "osimertinib", "line": 1, "outcome": "progressed", "days_ago": 20}],
    "labs": [{"analyte": "platelets", "value": 92, "unit": "10^9/L"}],
    "as_of": "2026-11-20",
}
NOTE = (
    "54-year-old woman with metastatic nasopharyngeal carcinoma, stage IVB. Progressed after gemcitabine and "
    "cisplatin, last dose five weeks ago. ECOG 1. No brain metastases. Platelets 180, ANC 3.1."
)
BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "timestamp": "2026-11-20T09:00:00Z",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1958-04-02"}},
        {
            "resource": {
                "resourceType": "Condition",
                "subject": {"reference": "Patient/p"},
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C61"}]},
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "subject": {"reference": "Patient/p"},
                "code": {"coding": [{"system": "http://loinc.org", "code": "89247-1"}]},
                "valueInteger": 1,
            }
        },
    ],
}


def _body(model: str, examples: dict[str, dict[str, Any]], *, form: bool = False) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model}"}
    content: dict[str, Any] = {"application/json": {"schema": schema, "examples": examples}}
    if form:
        content |= {kind: {"schema": schema} for kind in ("application/x-www-form-urlencoded", "multipart/form-data")}
    return {"required": True, "content": content}


PARSE_BODY = _body(
    "PatientBody",
    {
        "note": {"summary": "A note", "value": {"note": NOTE}},
        "fhir": {"summary": "A FHIR bundle", "value": {"fhir": BUNDLE}},
    },
)
MATCH_BODY = _body(
    "MatchBody",
    {
        "profile": {
            "summary": "A profile, recruiting trials in France only",
            "value": {"profile": PROFILE, "filters": {"status": ["RECRUITING"], "country": ["France"]}, "size": 20},
        },
        "note": {"summary": "A note", "value": {"note": NOTE, "explain": True}},
        "query": {
            "summary": "A profile and what to search for",
            "value": {"profile": PROFILE, "query": "antibody drug conjugate", "hide_ineligible": True},
        },
    },
    form=True,
)
QUESTIONS_BODY = _body(
    "QuestionsBody",
    {
        "next": {
            "summary": "What to ask next",
            "value": {"profile": {"age": 61, "sex": "female", "cancer": "LUAD"}, "asked": ["performance"]},
        }
    },
)
ELIGIBILITY_BODY = _body("PatientBody", {"profile": {"summary": "A profile", "value": {"profile": PROFILE}}}, form=True)
ASSESS_BODY = _body(
    "AssessBody",
    {
        "two": {
            "summary": "Two patients",
            "value": {
                "patients": [{"id": "a", "profile": PROFILE}, {"id": "b", "note": NOTE}],
                "nct_ids": ["NCT99000001", "NCT99000002"],
            },
        }
    },
)
