"""`POST /criteria`, and criteria on a trial's page and in its JSON."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.criteria import certainty, criterion_groups
from api.schemas import CriteriaAnswer, CriterionValue
from api.service import SearchService
from search.eligibility.criterion import (
    Criteria,
    Criterion,
    Evidence,
    Fact,
    Lab,
    LineCount,
    Requirement,
    Section,
)
from search.index.base import IndexUnavailableError
from tests.api.fake_engine import CRITERIA
from tests.criteria_strategies import FACTS

BODY = {"text": CRITERIA, "title": "A made-up trial", "conditions": ["Nasopharyngeal Carcinoma"]}
HTML = {"accept": "text/html"}


def test_a_text_is_read_with_its_evidence(client: TestClient) -> None:
    answer = client.post("/criteria", json=BODY).json()
    CriteriaAnswer.model_validate(answer)
    assert answer["lines"] == 6
    assert 0 < answer["opaque_share"] < 1
    for item in answer["criteria"]:
        assert CRITERIA[item["start"] : item["end"]] == item["quote"]
    kinds = {item["kind"] for item in answer["criteria"]}
    assert {"performance", "lab", "condition"} <= kinds


@pytest.mark.parametrize("text", ["", " \n ", "\ud800", "Inclusion Criteria:"])
def test_a_text_without_criteria(client: TestClient, text: str) -> None:
    response = client.post("/criteria", content=_json({"text": text}), headers={"content-type": "application/json"})
    assert response.status_code == 200
    assert response.json()["opaque_share"] in (0.0, 1.0)


def _json(body: object) -> bytes:
    import json

    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        ({}, "invalid-request", "text"),
        ({"text": None}, "invalid-request", "text"),
        ({"text": ["x"]}, "invalid-request", "text"),
        ({"text": "x", "title": 5}, "invalid-request", "title"),
        ({"text": "x", "conditions": "Melanoma"}, "invalid-request", "conditions"),
        ({"text": "x", "conditions": ["Melanoma", 5]}, "invalid-request", "conditions"),
        ({"text": "x", "conditions": ["Melanoma"] * 201}, "invalid-request", "conditions"),
        ({"text": "x" * 100_001}, "text-too-long", "text"),
        ({"text": "x", "note": "y"}, "unknown-parameter", "note"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(client: TestClient, body: dict[str, Any], kind: str, field: str) -> None:
    response = client.post("/criteria", json=body)
    assert (response.status_code, response.json()["type"]) == (422, f"/problems#{kind}")
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_bodies_and_addresses_of_other_kinds(client: TestClient) -> None:
    assert client.post("/criteria?text=x", json=BODY).status_code == 422
    assert client.post("/criteria", content=b"text=x", headers={"content-type": "text/plain"}).status_code == 415
    assert client.post("/criteria", content=b"{").status_code == 400
    assert client.get("/criteria").status_code == 405


def test_the_text_is_not_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.post("/criteria", json={"text": "* Zanzibarcancer of the elbow"})
    assert "POST /criteria 200" in caplog.text
    assert "zanzibar" not in caplog.text.lower()


def test_it_needs_no_index() -> None:
    def nothing() -> SearchService:
        raise IndexUnavailableError("There is no index.")

    with TestClient(create_app(nothing)) as client:
        assert client.post("/criteria", json=BODY).status_code == 200


def test_a_trial_shows_its_criteria_above_its_text(client: TestClient) -> None:
    answer = client.get("/trials/NCT99000001").json()
    assert answer["criteria"]
    for item in answer["criteria"]:
        CriterionValue.model_validate(item)
        assert answer["trial"]["eligibility"]["criteria"][item["start"] : item["end"]] == item["quote"]
    page = client.get("/trials/NCT99000001", headers=HTML).text
    assert "Read by rules, verify against the protocol." in page
    assert page.index("What the criteria ask for") < page.index("The registry’s text")
    assert "ECOG 0 to 1" in page
    assert "to check" in page
    assert "<b>" not in page.partition('id="criteria-read"')[2].partition("The registry’s text")[0]


def test_a_trial_without_criteria_has_no_such_part(client: TestClient) -> None:
    assert client.get("/trials/NCT99000006").json()["criteria"] == []
    assert "What the criteria ask for" not in client.get("/trials/NCT99000006", headers=HTML).text


def _criteria(*facts: Fact, confidence: float = 1.0) -> Criteria:
    quote = Evidence(0, 1, "x")
    items = (Criterion(f, Requirement.REQUIRED, Section.INCLUSION, quote, 0, confidence=confidence) for f in facts)
    return Criteria((), tuple(items))


@pytest.mark.parametrize("fact", FACTS, ids=repr)
def test_every_fact_has_a_group_and_words(fact: Fact) -> None:
    (group,) = criterion_groups(_criteria(fact))
    (entry,) = group.entries
    assert entry.quote == "x"
    assert bool(entry.words) is (group.title != "To check")
    assert (entry.certainty == "to check") is (group.title == "To check")


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (LineCount(min=1), "at least 1 prior lines"),
        (LineCount(max=2, setting="metastatic"), "at most 2 prior lines (metastatic)"),
        (LineCount(min=1, max=3), "1 to 3 prior lines"),
        (LineCount(min=0, max=0), "0 prior lines"),
        (LineCount(), "any number prior lines"),
        (Lab("AST", "<=", 5.0, "xULN", "liver metastases"), "AST <= 5 × ULN (liver metastases)"),
    ],
)
def test_words(fact: Fact, words: str) -> None:
    assert criterion_groups(_criteria(fact))[0].entries[0].words == words


def test_confidence_in_words() -> None:
    words = [certainty(value).split()[2] for value in (0.0, 0.69, 0.7, 0.89, 0.9, 1.0)]
    assert words == ["low", "low", "fair", "fair", "high", "high"]
