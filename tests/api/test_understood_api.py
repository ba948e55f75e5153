"""What was read from a text: the member `understood`, and what a person makes of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from search.trial import OverallStatus, Phase
from tests.api.fake_engine import FakeEngine

TEXT = "KRAS G12C pancreatc cancer phase 2 recruiting"


def understood(client: TestClient, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/search", params={"q": TEXT, **parameters})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()["understood"]
    return found


def test_every_reading_is_told_with_its_words(client: TestClient) -> None:
    found = understood(client)
    assert [(one["kind"], one["quote"], one["label"], one["used"]) for one in found["concepts"]] == [
        ("biomarker", "KRAS G12C", "KRAS G12C", True),
        ("cancer", "pancreatc cancer", "Pancreas", True),
        ("phase", "phase 2", "Phase 2", True),
        ("status", "recruiting", "recruiting", True),
    ]
    assert all(TEXT[one["start"] : one["end"]] == one["quote"] for one in found["concepts"])
    assert found["corrections"] == [{"quote": "pancreatc", "start": 10, "end": 19, "word": "pancreatic"}]
    assert found["note"] is False


def test_readings_act_as_filters_until_they_are_taken_away(client: TestClient, engine: FakeEngine) -> None:
    keys = {one["kind"]: one["key"] for one in understood(client)["concepts"]}
    assert engine.queries[-1].effective_filters().phase == {Phase.PHASE2}
    changed = understood(client, concept=[f"{keys['phase']}:remove", f"{keys['status']}:exclude"])
    assert [one["kind"] for one in changed["concepts"]] == ["biomarker", "cancer", "status"]
    asked = engine.queries[-1].effective_filters()
    assert asked.phase == frozenset()
    assert OverallStatus.RECRUITING not in asked.status
    assert OverallStatus.COMPLETED in asked.status
    aside = understood(client, concept=[f"{keys['biomarker']}:unknown"])
    assert [one["used"] for one in aside["concepts"]] == [False, True, True, True]
    patient = engine.queries[-1].patient
    assert patient is not None
    assert patient.markers == ()


def test_words_can_be_left_as_typed(client: TestClient) -> None:
    found = understood(client, as_typed="true")
    assert found["corrections"] == []
    assert all(one["quote"] != "pancreatc cancer" for one in found["concepts"])


@pytest.mark.parametrize("value", ["wrongly", "0a1b2c3d", "0a1b2c3d:maybe", "zzzzzzzz:remove"])
def test_a_choice_of_another_form_is_refused(client: TestClient, value: str) -> None:
    answer = client.get("/search", params={"q": "glioma", "concept": value})
    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["field"] == "concept"
    assert value not in answer.text.replace("0a1b2c3d:exclude", "")


def test_a_key_of_another_text_is_left_aside(client: TestClient) -> None:
    (cancer, *_) = [one for one in understood(client)["concepts"] if one["kind"] == "cancer"]
    answer = client.get("/search", params={"q": "glioma phase 1", "concept": f"{cancer['key']}:remove"})
    assert len(answer.json()["understood"]["concepts"]) == 2


def test_the_json_body_takes_choices_too(client: TestClient) -> None:
    key = understood(client)["concepts"][0]["key"]
    answer = client.post("/search", json={"query": TEXT, "concept": [f"{key}:remove"]})
    assert answer.json()["understood"]["concepts"][0]["kind"] == "cancer"


def test_the_page_shows_readings_with_buttons_and_works_without_script(client: TestClient) -> None:
    headers = {"accept": "text/html"}
    page = client.get("/search", params={"q": TEXT}, headers=headers).text
    key = next(one["key"] for one in understood(client)["concepts"] if one["kind"] == "phase")
    assert f'name="choose" value="{key}:exclude"' in page
    assert "was read as <em>pancreatic</em>" in page
    sent = client.post("/search", data={"query": TEXT, "choose": f"{key}:remove"}, headers=headers)
    assert sent.status_code == 303
    address = urlsplit(sent.headers["location"])
    assert parse_qs(address.query)["concept"] == [f"{key}:remove"]
    shown = client.get(sent.headers["location"], headers=headers).text
    assert f'name="concept" value="{key}:remove"' in shown
    assert f'name="choose" value="{key}:"' in shown
    back = client.post(
        "/search", data={"query": TEXT, "concept": f"{key}:remove", "choose": f"{key}:"}, headers=headers
    )
    assert "concept" not in parse_qs(urlsplit(back.headers["location"]).query)


def test_personal_facts_stay_out_of_the_address(client: TestClient) -> None:
    text = "62M lung cancer ECOG 1 phase 2"
    concepts = client.post("/search", json={"query": text}).json()["understood"]["concepts"]
    key = next(one["key"] for one in concepts if one["kind"] == "age")
    page = client.post("/search", data={"query": text, "choose": f"{key}:unknown"}, headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "location" not in page.headers
    assert f'name="concept" value="{key}:unknown"' in page.text


def test_a_place_that_is_not_known_is_told_and_does_not_act(client: TestClient, engine: FakeEngine) -> None:
    answer = client.get("/search", params={"q": "glioma near 10065"}).json()
    (place,) = [one for one in answer["understood"]["concepts"] if one["kind"] == "place"]
    assert place["used"] is False
    assert engine.queries[-1].effective_filters().near is None
