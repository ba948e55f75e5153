from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from api.schemas import SearchAnswer
from tests.api.fake_engine import MANIFEST, FakeEngine

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_short_query_answers_ranked_hits_in_the_documented_form(client: TestClient) -> None:
    response = client.get("/search", params={"q": "osimertinib lung", "explain": "true"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = SearchAnswer.model_validate(response.json())
    assert answer.hits[0].nct_id == "NCT99000002"
    assert answer.total == len(answer.hits) >= 1
    assert answer.hits[0].phase_label == "Phase 1/2"
    assert answer.hits[0].fictitious
    assert answer.hits[0].registry_url is None
    assert answer.query.text == "osimertinib lung"
    assert answer.data_as_of == "2026-01-27"
    assert answer.generation == MANIFEST.generation
    explanation = answer.hits[0].explanation
    assert explanation is not None
    assert explanation.details is not None
    assert sum(detail.value for detail in explanation.details) == pytest.approx(explanation.value)
    highlight = next(h for h in answer.hits[0].highlights if h.field == "title")
    assert [highlight.fragment[start:end] for start, end in highlight.spans] == ["Osimertinib", "lung"]


def test_all_hits_of_all_pages_are_of_the_documented_form(client: TestClient) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        body = {"query": "", "size": 10, "cursor": cursor, "facets": cursor is None}
        answer = SearchAnswer.model_validate(client.post("/search", json=body).json())
        seen += [hit.nct_id for hit in answer.hits]
        cursor = answer.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == answer.total == 27


def test_a_real_trial_has_a_registry_address_and_a_broken_title_does_not_break_the_answer(client: TestClient) -> None:
    hit = client.get("/search", params={"q": "NCT01234567"}).json()["hits"][0]
    assert hit["registry_url"] == "https://clinicaltrials.gov/study/NCT01234567"
    assert hit["title"].endswith("�")


def test_filters_reach_the_engine_alike_from_address_json_and_forms(client: TestClient, engine: FakeEngine) -> None:
    client.get(
        "/search?q=prostate&status=RECRUITING,completed&status=Terminated&country=Korea, Republic of&age=54&sex=male"
    )
    filters = {
        "status": ["RECRUITING", "COMPLETED", "TERMINATED"],
        "country": ["South Korea"],
        "age": 54,
        "sex": "MALE",
    }
    client.post("/search", json={"query": "prostate", "filters": filters})
    form = {"query": "prostate", "status": ["RECRUITING", "COMPLETED,TERMINATED"], "country": "Korea, Republic of"}
    client.post("/search", data=form | {"age": "54", "sex": "MALE"})
    client.post("/search", data={"query": "prostate", "filters": json.dumps(filters)})
    given = [query for query in engine.queries if query.filters.status]
    assert len(set(given)) == 1
    assert len(given) >= 4
    assert given[0].filters.age_days == 54 * 1461 // 4


def test_the_echoed_filters_can_be_sent_back(client: TestClient, engine: FakeEngine) -> None:
    given = {
        "status": ["RECRUITING"],
        "phase": ["PHASE2"],
        "study_type": ["INTERVENTIONAL"],
        "cancer_type": ["LUNG"],
        "intervention_type": ["DRUG"],
        "sponsor_class": ["OTHER"],
        "sex": "MALE",
        "age_days": 200,
        "site_status": ["RECRUITING"],
        "country": ["France"],
        "state": ["Texas"],
        "city": ["Paris"],
        "near": {"lat": 48.85, "lon": 2.35, "km": 50.0},
        "start_from": "2020",
        "completion_to": "2030-06",
        "updated_from": "2020-02-03",
        "has_results": False,
    }
    echoed = client.post("/search", json={"query": "x", "filters": given}).json()["query"]["filters"]
    assert echoed.keys() == given.keys()
    assert echoed["start_from"] == "2020-01-01"
    assert echoed["completion_to"] == "2030-06-30"
    first = engine.queries[0]
    client.post("/search", json={"query": "x", "filters": echoed})
    assert engine.queries[-1] in engine.queries[: engine.queries.index(first) + 1]
    assert client.post("/search", json={"query": "x", "filters": echoed}).json()["query"]["filters"] == echoed


def test_an_id_that_is_not_there_answers_nothing_with_the_reason(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "nct12345678"}).json()
    assert (answer["total"], answer["hits"]) == (0, [])
    assert "NCT12345678" in answer["reason"]
    assert answer["query"]["nct_ids"] == ["NCT12345678"]


def test_an_empty_result_names_the_filter_that_stands_in_the_way(client: TestClient) -> None:
    answer = client.get("/search?q=melanoma&country=Malta&sex=FEMALE").json()
    assert answer["total"] == 0
    assert answer["relaxations"] == [{"remove": "country", "label": "Country", "total": 1}]


def test_facets_carry_labels_and_can_be_left_out(client: TestClient) -> None:
    facets = client.get("/search?q=").json()["facets"]
    assert facets["status"][0] == {"value": "RECRUITING", "label": "Recruiting", "count": 23}
    assert {"value": "MEL", "label": "Melanoma", "count": 1} in facets["cancer_type"]
    assert client.get("/search?facets=false").json()["facets"] == {}


def test_long_facets_say_how_many_values_are_left_out(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = client.get("/search?q=").json()
    assert whole["facets_left_out"] == {}
    monkeypatch.setattr("api.answers.FACET_VALUES", 3)
    cut = client.get("/search?q=").json()
    assert cut["facets"]["cancer_type"] == whole["facets"]["cancer_type"][:3]
    assert cut["facets_left_out"]["cancer_type"] == len(whole["facets"]["cancer_type"]) - 3
    assert "study_type" not in cut["facets_left_out"]


def test_near_picks_the_nearest_site(client: TestClient) -> None:
    answer = client.get("/search?q=nasopharyngeal&near=29.7,-95.3,100").json()
    hit = answer["hits"][0]
    assert hit["sites"]["first"]["city"] == "Houston"
    assert 0 < hit["distance_km"] < 20
    assert hit["sites"]["countries"] == ["France", "South Korea", "United States"]


def test_json_unless_html_is_preferred(client: TestClient) -> None:
    for accept in ("*/*", "application/json", "", "application/json, text/html", "text/html;q=0.5, */*"):
        assert client.get("/search?q=lung", headers={"accept": accept}).headers["content-type"] == "application/json"
    for accept in (HTML["accept"], "text/html", "text/*", "text/html, application/json;q=0.9"):
        response = client.get("/search?q=lung", headers={"accept": accept})
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["vary"] == "Accept"


def test_the_page_posts_and_is_sent_to_an_address_only_when_nothing_is_personal(client: TestClient) -> None:
    shared = client.post("/search", data={"query": "EGFR lung", "status": "RECRUITING", "age": ""}, headers=HTML)
    assert shared.status_code == 303
    assert shared.headers["location"] == "/search?q=EGFR+lung&status=RECRUITING"
    for form in ({"query": "67 year old man, lung cancer"}, {"query": "lung", "age": "67"}):
        kept = client.post("/search", data=form | {"status": "RECRUITING"}, headers=HTML)
        assert kept.status_code == 200
        assert 'data-in-address="no"' in kept.text
        assert "may hold personal facts" in kept.text
    assert 'data-address="/search?q=lung&amp;status=RECRUITING"' in kept.text
    assert client.post("/search", data={"query": "67 year old man"}).headers["content-type"] == "application/json"


def test_the_page_takes_filters_away(client: TestClient) -> None:
    form = {"query": "", "status": ["RECRUITING", "COMPLETED"], "country": "France", "sex": "MALE"}
    one = client.post("/search", data=form | {"remove": "status:COMPLETED", "sex": ""}, headers=HTML)
    assert one.headers["location"] == "/search?status=RECRUITING&country=France"
    everything = client.post("/search", data=form | {"remove": "*"}, headers=HTML)
    assert everything.headers["location"] == "/"
    single = client.post("/search", data=form | {"remove": "sex:"}, headers=HTML)
    assert single.headers["location"] == "/search?status=COMPLETED&status=RECRUITING&country=France"


def test_the_page_shows_marks_labels_counts_and_dates_safely(client: TestClient) -> None:
    page = client.get("/search?q=nasopharyngeal+carcinoma", headers=HTML).text
    assert "<mark>nasopharyngeal</mark> <mark>carcinoma</mark>" in page
    assert "IMRT &lt;reduced&gt;" in page
    assert "Fictitious sample" in page
    assert "Data as of 27 Jan 2026" in page
    assert "3 sites in 3 countries" in page
    assert "<strong>1 trial</strong>" in page
    script = client.get("/search", params={"q": '"><script>alert(1)</script>'}, headers=HTML).text
    assert "<script>alert" not in script


def test_the_page_says_which_filter_kills_the_result(client: TestClient) -> None:
    page = client.get("/search?q=melanoma&country=Malta&sex=FEMALE", headers=HTML).text
    assert 'name="remove" value="country:"' in page
    assert "Remove “Country”" in page


def test_home_is_the_search_page(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert 'action="/search" method="post"' in page.text
    assert "27 trials" in page.text
    assert client.head("/").status_code == 200
    assert client.get("/?q=lung").headers["location"] == "/search?q=lung"
