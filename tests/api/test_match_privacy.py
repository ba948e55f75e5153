"""A patient's facts never reach logs, addresses or error texts: canary values, everything logged, every route."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.fake_engine import FakeEngine
from tests.search.fhir.bundles import bundle, observation

CANARIES = ("zanzibar", "quetzal", "73911428657", "ossuary")
"""Words that stand in every place of a patient, and nowhere else."""
NCT = "NCT99000001"
PROFILE: dict[str, Any] = {
    "age": 61,
    "cancer": ["NPC", "zanzibar"],
    "stage": "zanzibar",
    "tnm": ["quetzal"],
    "extent": ["zanzibar"],
    "performance": [{"scale": "quetzal", "value": 73911428657}],
    "biomarkers": [{"marker": "zanzibar", "state": "quetzal"}, 73911428657],
    "prior_therapies": [{"therapy": "zanzibar", "outcome": "quetzal", "days_ago": 73911428657}],
    "labs": [{"analyte": "ossuary", "value": 73911428657, "unit": "quetzal"}, {"analyte": "ANC", "value": "zanzibar"}],
    "cns": "zanzibar",
    "conditions": {"ossuary": "zanzibar", "HIV": [73911428657]},
    "place": "zanzibar",
    "as_of": "quetzal",
    "ossuary": "zanzibar",
}
NOTE = (
    "61-year-old woman from Zanzibar with nasopharyngeal carcinoma, MRN 73911428657. Quetzal mutation. "
    "Ossuary count 73911428657."
)
FHIR = bundle(
    observation({"text": "zanzibar"}, valueString="quetzal 73911428657"),
    {"resourceType": "Condition", "code": {"text": "ossuary"}, "verificationStatus": {"text": "refuted"}},
    {"resourceType": "zanzibar"},
)
PATIENTS: list[dict[str, Any]] = [{"profile": PROFILE}, {"note": NOTE}, {"fhir": FHIR}]
ROUTES = ["/match", "/questions", "/patients/parse", f"/trials/{NCT}/eligibility", "/trials/zanzibar/eligibility"]
HTML = {"accept": "text/html"}
Send = Callable[[TestClient], Any]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that any logger says."""
    with caplog.at_level(logging.DEBUG):
        levels = {name: logging.getLogger(name).level for name in list(logging.root.manager.loggerDict)}
        for name in levels:
            if not name.startswith("torch"):
                logging.getLogger(name).setLevel(logging.DEBUG)
        yield caplog
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def silent(logged: pytest.LogCaptureFixture) -> None:
    """Nothing of a patient was logged, though something was."""
    text = logged.text.lower() + " ".join(str(record.args) for record in logged.records).lower()
    assert "post /" in text
    assert [canary for canary in CANARIES if canary in text.replace("/trials/zanzibar", "")] == []


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("patient", PATIENTS)
def test_answers_log_nothing(
    client: TestClient, logged: pytest.LogCaptureFixture, path: str, patient: dict[str, Any]
) -> None:
    for headers in ({}, HTML):
        response = client.post(path, json=patient, headers=headers)
        assert response.status_code in (200, 404)
        assert not {"location", "link", "refresh"} & set(response.headers)
        assert not any(canary in str(response.headers).lower() for canary in CANARIES)
    silent(logged)


def test_batches_log_nothing(client: TestClient, logged: pytest.LogCaptureFixture) -> None:
    body = {"patients": [{"id": "zanzibar", **patient} for patient in PATIENTS], "nct_ids": [NCT, "ossuary"]}
    assert client.post("/assess", json=body).status_code == 200
    silent(logged)


def test_forms_log_nothing_and_never_redirect(client: TestClient, logged: pytest.LogCaptureFixture) -> None:
    form = {
        "note": NOTE,
        "p_age": "73911428657",
        "p_cancer": "zanzibar",
        "p_markers": "quetzal zanzibar",
        "p_treatments": "ossuary, 73911428657 days ago",
        "p_labs": "zanzibar 73911428657",
        "p_date": "quetzal",
        "answers": json.dumps({"conditions": {"zanzibar": "quetzal"}}),
        "number:ossuary|x": "73911428657",
        "asked": "zanzibar",
    }
    for path in ("/match", f"/trials/{NCT}/eligibility"):
        for headers in ({}, HTML):
            response = client.post(path, data=form, headers=headers)
            assert response.status_code == 200
            assert "location" not in response.headers
    silent(logged)


def raw(content: bytes, kind: str = "application/json") -> Send:
    return lambda client: client.post("/match", content=content, headers={"content-type": kind})


def sent(path: str, body: object) -> Send:
    return lambda client: client.post(path, json=body)


FAULTS: list[Send] = [
    raw(b'{"note": "zanzibar 73911428657'),
    raw(b'{"note": "zanzibar", "note2": 73911428657, }'),
    raw(b"zanzibar=quetzal", "application/x-www-form-urlencoded"),
    raw(b"answer=zanzibar&p_age=73911428657", "application/x-www-form-urlencoded"),
    raw(b"zanzibar", "text/quetzal"),
    *(sent(path, {"note": 73911428657, "profile": {}}) for path in ROUTES),
    *(sent(path, {"profile": "zanzibar"}) for path in ROUTES),
    *(sent(path, {"fhir": "zanzibar"}) for path in ROUTES),
    *(sent(path, {"fhir": {"entry": "quetzal"}}) for path in ROUTES),
    *(sent(path, {"note": NOTE, "fhir": FHIR}) for path in ROUTES),
    *(sent(path, {"note": "zanzibar " * 20_000}) for path in ROUTES),
    sent("/match", {"profile": PROFILE, "size": "zanzibar"}),
    sent("/match", {"profile": PROFILE, "cursor": "quetzal"}),
    sent("/match", {"profile": PROFILE, "hide_ineligible": "zanzibar"}),
    sent("/match", {"profile": PROFILE, "asked": ["zanzibar", 73911428657]}),
    sent("/match", {"profile": PROFILE, "filters": {"age": "zanzibar", "cancer_type": ["quetzal"]}}),
    sent("/match", {"profile": PROFILE, "query": 73911428657}),
    sent("/match", {"profile": PROFILE, "zanzibar\n": 1}),
    sent("/assess", {"patients": [{"id": "zanzibar"}], "nct_ids": [NCT]}),
    sent("/assess", {"patients": ["zanzibar"], "nct_ids": [NCT]}),
    sent("/assess", {"patients": [{"fhir": "zanzibar"}], "nct_ids": [NCT]}),
    sent("/assess", {"patients": [{"note": NOTE}], "nct_ids": [73911428657]}),
]


@pytest.mark.parametrize("send", FAULTS)
def test_errors_repeat_nothing(client: TestClient, logged: pytest.LogCaptureFixture, send: Send) -> None:
    response = send(client)
    assert 400 <= response.status_code < 500
    told = response.text.lower()
    keys = ("zanzibar\\n", "`zanzibar`", '"zanzibar"')  # the name of an unknown field is named, values are not
    for key in keys:
        told = told.replace(key, "")
    assert [canary for canary in CANARIES if canary in told] == []
    silent(logged)


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize("headers", [{}, HTML])
def test_a_fault_of_the_server_repeats_nothing(
    logged: pytest.LogCaptureFixture, patient: dict[str, Any], headers: dict[str, str]
) -> None:
    engine = FakeEngine()
    engine.fault = ValueError(json.dumps(patient))
    with TestClient(create_app(engine)) as client:
        for path in ("/match", "/questions", f"/trials/{NCT}/eligibility"):
            response = client.post(path, json=patient, headers=headers)
            assert response.status_code == 500
            assert [canary for canary in CANARIES if canary in response.text.lower()] == []
    silent(logged)
