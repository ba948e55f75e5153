"""The API over the real engine and the bundled sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.parameters import PARAMETERS
from api.schemas import ExplanationNode, SearchAnswer, SuggestAnswer
from search.engine import SearchEngine
from search.index.open import open_store
from tests.api.test_bad_input import NASTY, check

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def real(sample_index: Path) -> Iterator[TestClient]:
    app = create_app(lambda: SearchEngine(open_store(str(sample_index))))
    with TestClient(app, follow_redirects=False) as opened:
        assert app.state.holder.wait(60)
        yield opened


def test_a_search_answers_in_the_documented_form_with_scores_that_add_up(real: TestClient) -> None:
    answer = SearchAnswer.model_validate(
        real.post("/search", json={"query": "nasopharyngeal carcinoma radiotherapy", "explain": True}).json()
    )
    assert answer.fictitious
    assert "nasopharyngeal" in answer.hits[0].title.lower()
    for hit in answer.hits:
        assert hit.explanation is not None
        assert_adds_up(hit.explanation)
        assert hit.explanation.value == pytest.approx(hit.score)
    assert any(hit.highlights for hit in answer.hits)


def assert_adds_up(node: ExplanationNode) -> None:
    if node.details:
        assert sum(detail.value for detail in node.details) == pytest.approx(node.value, rel=1e-4)
    for child in (*(node.details or ()), *(node.basis or ())):
        assert_adds_up(child)


def test_paging_lists_every_trial_once_and_each_has_its_page(real: TestClient) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        answer = SearchAnswer.model_validate(real.post("/search", json={"size": 40, "cursor": cursor}).json())
        seen += [hit.nct_id for hit in answer.hits]
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == answer.total >= 60
    for nct_id in seen:
        page = real.get(f"/trials/{nct_id}", headers=HTML)
        assert page.status_code == 200
        assert "Fictitious sample" in page.text
        assert real.get(f"/trials/{nct_id.lower()}").headers["location"] == f"/trials/{nct_id}"


def test_facet_values_are_filters_that_give_the_counts(real: TestClient) -> None:
    facets = SearchAnswer.model_validate(real.get("/search").json()).facets
    names = {parameter.field: parameter.name for parameter in PARAMETERS}
    assert set(facets) >= {"status", "phase", "cancer_type", "countries"}
    for facet, values in facets.items():
        for value in values[:4]:
            # Trials that say nothing of it stay in, and are not counted.
            filters = {names[facet]: [value.value], "include_unspecified": False}
            body = {"filters": filters, "facets": False, "size": 1}
            assert real.post("/search", json=body).json()["total"] == value.count, (facet, value)


def test_suggestions(real: TestClient) -> None:
    answer = SuggestAnswer.model_validate(real.get("/suggest?q=nasoph").json())
    assert answer.suggestions
    assert all("nasoph" in suggestion.text.lower() for suggestion in answer.suggestions)


def test_an_id_that_is_not_there_answers_nothing(real: TestClient) -> None:
    answer = real.get("/search?q=NCT12345678").json()
    assert (answer["total"], answer["hits"]) == (0, [])
    assert "NCT12345678 is not in this index" in answer["reason"]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_answered(real: TestClient, text: str) -> None:
    check(real.post("/search", content=json.dumps({"query": text, "explain": True})))
    check(real.post("/suggest", content=json.dumps({"q": text})))
    check(real.post("/search", content=json.dumps({"filters": {"country": [text], "city": [text]}})))
    assert real.post("/search", data={"query": text.encode("utf-8", "replace")}, headers=HTML).status_code < 500
