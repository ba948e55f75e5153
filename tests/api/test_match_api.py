"""`POST /match`, `/questions`, `/assess`, `/patients/parse` and `/trials/{nct_id}/eligibility`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas_match import (
    AssessAnswer,
    AssessBody,
    EligibilityAnswer,
    MatchAnswer,
    MatchBody,
    PatientAnswer,
    PatientBody,
    QuestionsAnswer,
    QuestionsBody,
)
from search.trial import Eligibility
from tests.api.fake_engine import CRITERIA, TRIALS, FakeEngine, unavailable
from tests.search.fhir.bundles import bundle

FIT: dict[str, Any] = {
    "age": 61,
    "sex": "female",
    "cancer": "NPC",
    "stage": "IVB",
    "performance": [{"scale": "ECOG", "value": 1}],
    "labs": [{"analyte": "ANC", "value": 3.1, "unit": "10^9/L"}],
    "prior_therapies": [],
}
LOW = {**FIT, "labs": [{"analyte": "ANC", "value": 1.1, "unit": "10^9/L"}]}
OLD = {**FIT, "age": 75}
NOTE = "61-year-old woman with nasopharyngeal carcinoma, stage IVB. ECOG 1. ANC 3.1. No prior treatment."
HTML = {"accept": "text/html"}
NCT = "NCT99000001"


def match(client: TestClient, **body: Any) -> dict[str, Any]:
    response = client.post("/match", json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    MatchAnswer.model_validate(answer)
    return answer


def hit(answer: dict[str, Any], nct_id: str = NCT) -> dict[str, Any]:
    return next(one for one in answer["hits"] if one["nct_id"] == nct_id)


@pytest.mark.parametrize(
    ("profile", "verdict", "verdict_class"),
    [(FIT, "eligible", "likely"), (LOW, "ineligible", "needs_change"), (OLD, "ineligible", "not_eligible")],
)
def test_a_profile_gets_verdicts(client: TestClient, profile: Any, verdict: str, verdict_class: str) -> None:
    found = hit(match(client, profile=profile, query="nasopharyngeal carcinoma"))
    assert (found["verdict"], found["verdict_class"]) == (verdict, verdict_class)
    assert 0 <= found["score"] <= 1


def test_the_words_that_decide_are_the_registry_s(client: TestClient) -> None:
    found = hit(match(client, profile=OLD, query="nasopharyngeal carcinoma"))
    first = found["decisive"][0]
    assert first["truth"] == "not_met"
    assert CRITERIA[first["start"] : first["end"]] == first["quote"]


def test_a_note_is_searched_for_and_judged(client: TestClient) -> None:
    answer = match(client, note=NOTE)
    assert hit(answer)["verdict_class"] == "likely"
    profile = answer["patient"]["profile"]
    assert (profile["age"], profile["cancer"], profile["stage"]) == (61, "NPC", "IVB")
    for fact in answer["patient"]["facts"]:
        assert NOTE[fact["start"] : fact["end"]] == fact["quote"]


def test_a_fhir_bundle_is_searched_for_and_judged(client: TestClient) -> None:
    answer = match(client, fhir=bundle())
    assert answer["patient"]["profile"]["cancer"] == "LUAD"
    assert {fact["path"][:13] for fact in answer["patient"]["facts"]} == {"Bundle.entry["}
    assert hit(answer, "NCT99000002")["verdict"] in ("eligible", "undetermined", "ineligible")


def test_a_profile_beside_a_note_prevails(client: TestClient) -> None:
    answer = match(client, note=NOTE, profile={"age": 75})
    assert answer["patient"]["profile"]["age"] == 75
    assert hit(answer)["verdict"] == "ineligible"


def test_who_is_ruled_out_comes_last_and_is_hidden_only_on_demand(client: TestClient) -> None:
    words = "nasopharyngeal osimertinib melanoma ovarian prostate multiple myeloma"
    everything = match(client, profile=OLD, query=words, size=100)
    verdicts = [one["verdict"] == "ineligible" for one in everything["hits"]]
    assert verdicts == sorted(verdicts)
    assert {True, False} == set(verdicts)
    left = match(client, profile=OLD, query=words, size=100, hide_ineligible=True)
    assert {one["verdict"] for one in left["hits"]} <= {"eligible", "undetermined"}
    assert [one["nct_id"] for one in left["hits"]] == [
        one["nct_id"] for one in everything["hits"] if one["verdict"] != "ineligible"
    ]


def test_counts_are_over_the_whole_index(client: TestClient, engine: FakeEngine) -> None:
    answer = match(client, profile=FIT, query="myeloma", size=100)
    assert sum(one["count"] for one in answer["counts"]) == len(engine.trials)
    assert [one["verdict_class"] for one in answer["counts"]] == [
        "likely",
        "possibly",
        "check",
        "needs_change",
        "not_eligible",
    ]


def test_pages_follow_one_another(client: TestClient) -> None:
    whole = [one["nct_id"] for one in match(client, profile=FIT, query="myeloma", size=100)["hits"]]
    assert len(whole) == 20
    found: list[str] = []
    cursor = None
    while True:
        answer = match(client, profile=FIT, query="myeloma", size=6, cursor=cursor)
        found += [one["nct_id"] for one in answer["hits"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert found == whole


def test_a_cursor_is_of_one_patient(client: TestClient) -> None:
    cursor = match(client, profile=FIT, query="myeloma", size=6)["next_cursor"]
    response = client.post("/match", json={"profile": OLD, "query": "myeloma", "size": 6, "cursor": cursor})
    assert response.status_code == 422
    assert response.json()["type"].endswith("invalid-cursor")


def test_the_waterfall_ends_in_what_orders_the_hits(client: TestClient) -> None:
    found = hit(match(client, profile=FIT, query="nasopharyngeal carcinoma", explain=True))
    assert found["explanation"]["value"] == pytest.approx(found["rank_score"])


def test_what_would_let_the_patient_in(client: TestClient) -> None:
    (change,) = hit(match(client, profile=LOW, query="nasopharyngeal carcinoma"))["changes"]
    assert change["words"] == "ANC >= 1.5 10^9/L, now 1.1 10^9/L, on re-test"
    assert change["verdict"] == "eligible"


def test_questions_come_with_the_trials_where_they_are_wanted(client: TestClient) -> None:
    known = {"age": 61, "cancer": "NPC"}
    assert match(client, profile=known, query="nasopharyngeal carcinoma")["questions"] == []
    asked = match(client, profile=known, query="nasopharyngeal carcinoma", questions=True)["questions"]
    assert "stage" in {question["topic"] for question in asked}


def test_filters_hold_beside_the_patient(client: TestClient) -> None:
    answer = match(client, profile=FIT, query="melanoma", filters={"status": ["RECRUITING"]})
    assert answer["total"] == 0
    assert answer["query"]["filters"] == {"status": ["RECRUITING"]}


def test_unknown_keys_of_a_profile_are_kept_and_named(client: TestClient) -> None:
    answer = match(client, profile={**FIT, "favourite_colour": "green"})
    assert answer["patient"]["unread"] == [
        {"field": "favourite_colour", "problem": "this key is not known; it is kept out of the assessment"}
    ]
    assert answer["patient"]["profile"]["favourite_colour"] == "green"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"age": 240}, "age"),
        ({"sex": "unknown"}, "sex"),
        ({"stage": ["IIB", "IV"]}, "stage"),
        ({"stage": "enormous"}, "stage"),
        ({"labs": [{"analyte": "ANC", "value": 3.1}]}, "labs[0]"),
        ({"labs": [{"analyte": "ANC", "value": "many"}]}, "labs[0]"),
        ({"labs": "ANC"}, "labs[0]"),
        ({"performance": [{"scale": "ECOG", "value": 9}]}, "performance[0]"),
        ({"conditions": ["HIV"]}, "conditions"),
        ({"prior_lines": -1}, "prior_lines"),
        ({"cns": "maybe"}, "cns"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"extent": ["localized", "metastatic"]}, "extent"),
        ({"cancer": "common cold"}, "cancer"),
    ],
)
def test_what_a_profile_says_wrongly_is_named_and_the_rest_is_used(
    client: TestClient, facts: dict[str, Any], field: str
) -> None:
    answer = match(client, profile={**FIT, **facts}, query="nasopharyngeal carcinoma")
    assert field in {one["field"] for one in answer["patient"]["unread"]}
    assert hit(answer)["verdict"] in ("eligible", "undetermined", "ineligible")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "profile"),
        ({"profile": {}}, "profile"),
        ({"profile": "none"}, "profile"),
        ({"note": 5}, "note"),
        ({"note": NOTE, "fhir": {"resourceType": "Bundle"}}, "fhir"),
        ({"fhir": {"entry": []}}, "fhir"),
        ({"fhir": "{"}, "fhir"),
        ({"profile": FIT, "asked": "age"}, "asked"),
        ({"profile": FIT, "hide_ineligible": "perhaps"}, "hide_ineligible"),
        ({"profile": FIT, "query": 3}, "query"),
        ({"profile": FIT, "size": 0}, "size"),
        ({"profile": FIT, "patient": {}}, "patient"),
        ({"profile": FIT, "filters": {"colour": "green"}}, "colour"),
        ({"note": "x" * 100_001}, "note"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(client: TestClient, body: dict[str, Any], field: str) -> None:
    response = client.post("/match", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert field in {error["field"] for error in response.json()["errors"]}


@pytest.mark.parametrize("path", ["/match", "/questions", "/patients/parse", f"/trials/{NCT}/eligibility"])
def test_facts_never_come_by_address(client: TestClient, path: str) -> None:
    response = client.post(f"{path}?note=secretword", json={"profile": FIT})
    assert response.status_code == 422
    assert "secretword" not in response.text


@pytest.mark.parametrize("path", ["/match", "/questions", "/patients/parse", "/assess", f"/trials/{NCT}/eligibility"])
def test_broken_bodies(client: TestClient, path: str) -> None:
    assert client.post(path, content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert client.post(path, content=b"x", headers={"content-type": "text/csv"}).status_code == 415
    assert client.post(path, json=[1]).status_code == 400
    deep = b"[" * 100_000
    assert client.post(path, content=deep, headers={"content-type": "application/json"}).status_code == 400


def test_a_note_in_another_language_is_answered(client: TestClient) -> None:
    answer = client.post("/patients/parse", json={"note": "Пациентка, шестьдесят один год."}).json()
    PatientAnswer.model_validate(answer)
    assert answer["profile"] == {}
    assert answer["unread"][0]["field"] == "note"


def test_a_patient_of_whom_nothing_was_understood_rules_nothing_out(client: TestClient) -> None:
    answer = match(client, note="Пациентка, шестьдесят один год.", query="myeloma")
    assert {one["verdict"] for one in answer["hits"]} == {"undetermined"}


def test_parsing_needs_no_index(client: TestClient, engine: FakeEngine) -> None:
    engine.fault = unavailable()
    assert client.post("/patients/parse", json={"note": NOTE}).json()["profile"]["stage"] == "IVB"
    assert client.post("/match", json={"note": NOTE}).status_code == 503
    assert client.post(f"/trials/{NCT}/eligibility", json={"note": NOTE}).status_code == 503


def test_a_trial_criterion_by_criterion(client: TestClient) -> None:
    answer = client.post(f"/trials/{NCT}/eligibility", json={"profile": LOW}).json()
    EligibilityAnswer.model_validate(answer)
    assert answer["verdict_class"] == "needs_change"
    assert [line["quote"] for line in answer["lines"]] == [
        CRITERIA[one["start"] : one["end"]] for one in answer["lines"]
    ]
    assert len([line for line in answer["lines"] if not line["heading"]]) == 6
    assert all(line["criteria"] for line in answer["lines"] if not line["heading"])
    judged = {item["quote"]: item for line in answer["lines"] for item in line["criteria"]}
    failed = next(item for item in judged.values() if item["truth"] == "not_met")
    assert failed["recoverable"]
    assert failed["margin"] == pytest.approx(-0.2667, abs=1e-3)
    assert answer["fields"][0]["field"] == "minimum_age"
    assert answer["changes"][0]["steps"][0]["field"] == "labs.ANC"


def test_a_trial_by_another_name_and_one_that_is_not_there(client: TestClient) -> None:
    by_alias = client.post("/trials/MADEUP-1/eligibility", json={"profile": FIT}).json()
    assert by_alias["nct_id"] == NCT
    missing = client.post("/trials/NCT00000000/eligibility", json={"profile": FIT})
    assert missing.status_code == 404
    assert missing.json()["type"].endswith("trial-not-found")


def test_questions_with_answers_that_lead_on(client: TestClient) -> None:
    known = {"age": 61, "sex": "female", "cancer": "NPC"}
    body: dict[str, Any] = {"profile": known, "query": "nasopharyngeal carcinoma"}
    answer = client.post("/questions", json=body).json()
    QuestionsAnswer.model_validate(answer)
    topics = [question["topic"] for question in answer["questions"]]
    assert {"stage", "performance", "blood counts"} <= set(topics)
    performance = next(one for one in answer["questions"] if one["topic"] == "performance")
    chosen = performance["options"][1]["profile"]
    after = client.post("/questions", json={**body, "profile": {**known, **chosen}}).json()
    assert "performance" not in {question["topic"] for question in after["questions"]}
    unknown = client.post("/questions", json={**body, "asked": ["performance"]}).json()
    assert "performance" not in {question["topic"] for question in unknown["questions"]}


def test_patients_and_trials_at_once(client: TestClient) -> None:
    body = {"patients": [{"id": "a", "profile": FIT}, {"id": "b", "note": NOTE}], "nct_ids": [NCT, "NCT00000000"]}
    answer = client.post("/assess", json=body).json()
    AssessAnswer.model_validate(answer)
    assert [one["id"] for one in answer["patients"]] == ["a", "b"]
    assert answer["patients"][0]["results"][0]["verdict"] == "eligible"
    assert answer["not_found"] == ["NCT00000000"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nct_ids": [NCT]}, "patients"),
        ({"patients": [], "nct_ids": [NCT]}, "patients"),
        ({"patients": [{"profile": FIT}]}, "nct_ids"),
        ({"patients": [{"profile": FIT}], "nct_ids": [5]}, "nct_ids"),
        ({"patients": ["x"], "nct_ids": [NCT]}, "patients[0]"),
        ({"patients": [{"profile": FIT}, {"id": "b"}], "nct_ids": [NCT]}, "patients[1].profile"),
        ({"patients": [{"profile": FIT, "verdict": 1}], "nct_ids": [NCT]}, "patients[0].verdict"),
        ({"patients": [{"profile": FIT}] * 100, "nct_ids": [f"NCT{n:08d}" for n in range(21)]}, "patients"),
        ({"patients": [{"profile": FIT}], "nct_ids": [NCT], "size": 3}, "size"),
    ],
)
def test_batches_have_limits_and_name_what_is_wrong(client: TestClient, body: dict[str, Any], field: str) -> None:
    response = client.post("/assess", json=body)
    assert response.status_code == 422
    assert field in {error["field"] for error in response.json()["errors"]}


def test_the_page_works_as_a_form(client: TestClient) -> None:
    page = client.get("/match", headers=HTML)
    assert page.status_code == 200
    assert 'action="/match" method="post"' in page.text
    form = {"note": NOTE, "p_labs": "ANC 1.1 10^9/L"}
    found = client.post("/match", data=form, headers=HTML).text
    assert "Needs a change" in found
    assert "ANC &gt;= 1.5 10^9/L, now 1.1 10^9/L, on re-test" in found
    assert "ANC \\" not in found
    trial = client.post(f"/trials/{NCT}/eligibility", data=form, headers=HTML).text
    assert "Every line of the criteria" in trial
    assert "ECOG 0 or 1" in trial
    assert "1.1 10^9/L" in trial


def test_an_answer_of_the_page_is_kept_for_the_next_step(client: TestClient) -> None:
    form = {"p_cancer": "nasopharyngeal carcinoma", "answer": '{"stage": "IVB"}', "asked": "stage"}
    first = client.post("/match", data=form, headers=HTML).text
    assert 'name="asked" value="stage"' in first
    assert "&#34;stage&#34;: &#34;IVB&#34;" in first
    form = {"p_cancer": "nasopharyngeal carcinoma", "answers": '{"stage": "IVB"}', "number:ANC|10^9/L": "2,4"}
    answer = client.post("/match", data=form).json()
    profile = answer["patient"]["profile"]
    assert profile["stage"] == "IVB"
    assert profile["labs"] == [{"analyte": "ANC", "value": "2.4", "unit": "10^9/L"}]
    assert answer["patient"]["unread"] == []


def test_a_bundle_can_be_pasted_into_the_page(client: TestClient) -> None:
    pasted = json.dumps(bundle())
    page = client.post("/match", data={"fhir": pasted}, headers=HTML).text
    assert "Lung Adenocarcinoma" in page
    assert "&#34;resourceType&#34;: &#34;Bundle&#34;" in page
    assert client.post("/match", data={"fhir": "{", "p_age": "61"}, headers=HTML).status_code == 422
    both = client.post("/match", data={"fhir": pasted, "note": NOTE})
    assert both.json()["errors"][0]["field"] == "fhir"


def test_an_answer_that_the_page_does_not_offer(client: TestClient) -> None:
    assert client.post("/match", data={"p_age": "61", "answer": "[1]"}).status_code == 422
    assert client.post("/match", data={"p_age": "61", "colour": "green"}).status_code == 422


def test_markup_in_a_note_stays_text(client: TestClient) -> None:
    form = {"note": "<script>alert(1)</script> nasopharyngeal carcinoma", "p_stage": "<b>IV"}
    for path in ("/match", f"/trials/{NCT}/eligibility"):
        page = client.post(path, data=form, headers=HTML).text
        assert "<script>alert" not in page
        assert "<b>IV" not in page


def test_every_example_of_the_description_is_valid_and_answers(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    for path, model in BODIES.items():
        body = described["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert body["examples"]
        for example in body["examples"].values():
            model.model_validate(example["value"])
            response = client.post(path.replace("{nct_id}", NCT), json=example["value"])
            assert response.status_code == 200, response.text


BODIES: dict[str, type[BaseModel]] = {
    "/match": MatchBody,
    "/questions": QuestionsBody,
    "/patients/parse": PatientBody,
    "/assess": AssessBody,
    "/trials/{nct_id}/eligibility": PatientBody,
}


def test_the_page_of_a_trial_shows_where_its_record_contradicts_itself() -> None:
    text = "Inclusion Criteria:\n\n* Age 21 years or older\n* Melanoma"
    eligibility = Eligibility(criteria=text, minimum_age="18 Years", minimum_age_days=6574)
    trial = replace(TRIALS[2], eligibility=eligibility)
    with TestClient(create_app(FakeEngine((trial, TRIALS[1])))) as client:
        page = client.get(f"/trials/{trial.nct_id}", headers=HTML).text
        assert "The record contradicts itself: its field says minimum age 18 years, its text 21 years" in page
        assert "Age 21 years or older" in page
        assert "contradicts itself" not in client.get(f"/trials/{TRIALS[1].nct_id}", headers=HTML).text


def test_a_trial_s_page_takes_a_note(client: TestClient) -> None:
    page = client.get(f"/trials/{NCT}", headers=HTML).text
    assert f'action="/trials/{NCT}/eligibility" method="post"' in page
