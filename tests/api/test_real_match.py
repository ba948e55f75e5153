"""`POST /match` over the bundled sample with the real engine: one order, one verdict, counts over the whole index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from search.engine import SearchEngine
from search.index.open import open_store
from tests.search.fhir.bundles import bundle

NOTE = (
    "58-year-old woman with metastatic non-small cell lung cancer, adenocarcinoma, stage IVB, EGFR exon 19 deletion. "
    "Progressed on osimertinib, last dose 30 days ago. ECOG 1. No brain metastases. Platelets 210, ANC 4.1."
)
PROFILE = {"age": 58, "sex": "female", "cancer": "LUAD", "stage": "IVB", "performance": [{"scale": "ECOG", "value": 1}]}
PATIENTS: list[dict[str, Any]] = [{"note": NOTE}, {"profile": PROFILE}, {"fhir": bundle()}]


@pytest.fixture(scope="module")
def engine(sample_index: Path) -> Iterator[SearchEngine]:
    opened = SearchEngine(open_store(str(sample_index)))
    yield opened
    opened.close()


@pytest.fixture
def client(engine: SearchEngine) -> TestClient:
    return TestClient(create_app(engine))  # not entered: the engine outlives this test


def everything(client: TestClient, **body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        response = client.post("/match", json={**body, "size": 20, "cursor": cursor})
        assert response.status_code == 200, response.text
        answer = response.json()
        found += answer["hits"]
        cursor = answer["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("patient", PATIENTS)
def test_who_is_ruled_out_comes_last_over_all_pages(client: TestClient, patient: dict[str, Any]) -> None:
    hits = everything(client, **patient)
    assert len({hit["nct_id"] for hit in hits}) == len(hits) > 3
    out = [hit["verdict"] == "ineligible" for hit in hits]
    assert out == sorted(out)
    left = everything(client, **patient, hide_ineligible=True)
    assert [hit["nct_id"] for hit in left] == [hit["nct_id"] for hit in hits if hit["verdict"] != "ineligible"]
    for part in (True, False):
        scores = [hit["rank_score"] for hit in hits if (hit["verdict"] == "ineligible") is part]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("patient", PATIENTS)
def test_one_verdict_wherever_it_is_asked_for(client: TestClient, patient: dict[str, Any]) -> None:
    hits = client.post("/match", json={**patient, "size": 8}).json()["hits"]
    batch = client.post("/assess", json={"patients": [patient], "nct_ids": [hit["nct_id"] for hit in hits]}).json()
    for hit, result in zip(hits, batch["patients"][0]["results"], strict=True):
        alone = client.post(f"/trials/{hit['nct_id']}/eligibility", json=patient).json()
        assert hit["verdict_class"] == result["verdict_class"] == alone["verdict_class"]
        assert hit["score"] == result["score"] == alone["score"]


def test_counts_are_of_the_whole_index_and_add_up(client: TestClient, engine: SearchEngine) -> None:
    answer = client.post("/match", json={"profile": PROFILE}).json()
    assert sum(one["count"] for one in answer["counts"]) == engine.manifest().trials
    nobody = client.post("/match", json={"profile": {"as_of": "2026-01-01"}}).json()
    ruled_out = sum(one["count"] for one in nobody["counts"] if one["verdict"] == "ineligible")
    assert ruled_out == 0  # of whom nothing is known, nothing rules anybody out


def test_an_answer_narrows_the_counts(client: TestClient) -> None:
    known = {"age": 58, "sex": "female", "cancer": "LUAD"}
    asked = client.post("/questions", json={"profile": known}).json()["questions"]
    assert asked
    question = next(one for one in asked if one["form"] == "choice")
    worst = question["options"][-1]["profile"]
    before, after = (
        {one["verdict_class"]: one["count"] for one in client.post("/match", json={"profile": told}).json()["counts"]}
        for told in (known, {**known, **worst})
    )
    assert after["possibly"] <= before["possibly"]
    assert after["not_eligible"] + after["needs_change"] >= before["not_eligible"] + before["needs_change"]


def test_the_waterfall_adds_up(client: TestClient) -> None:
    for hit in client.post("/match", json={"profile": PROFILE, "explain": True}).json()["hits"]:
        node = hit["explanation"]
        assert node["value"] == pytest.approx(hit["rank_score"])
        assert sum(part["value"] for part in node["details"]) == pytest.approx(node["value"])
        assert "eligibility" in str(node)
