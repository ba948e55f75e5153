from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.limits import SECURITY_HEADERS
from api.problems import ProblemKind
from api.schemas import ProblemAnswer
from tests.api.fake_engine import FakeEngine, unavailable

HTML = {"accept": "text/html"}


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/search/", 404, "not-found"),
        ("GET", "/static/nothing.js", 404, "not-found"),
        ("GET", "/static/../views.py", 404, "not-found"),
        ("GET", "/trials/NCT55555555", 404, "trial-not-found"),
        ("DELETE", "/search", 405, "method-not-allowed"),
        ("POST", "/trials/NCT99000001", 405, "method-not-allowed"),
        ("GET", "/search?cursor=zzz", 422, "invalid-cursor"),
        ("GET", "/search?stage=nine", 422, "invalid-request"),
        ("GET", "/search?age=-1", 422, "invalid-request"),
        ("GET", "/search?start_from=2025&start_to=2024", 422, "contradictory-filters"),
    ],
)
def test_every_error_is_a_problem_for_machines_and_a_page_for_people(
    client: TestClient, method: str, path: str, status: int, kind: str
) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = ProblemAnswer.model_validate(response.json())
    assert (problem.status, problem.type) == (status, f"/problems#{kind}")
    page = client.request(method, path, headers=HTML)
    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert problem.title in page.text


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    response = client.delete("/search")
    assert response.headers["allow"] == "GET, POST"
    assert "GET, POST" in response.json()["detail"]


def test_a_fault_shows_no_trace_and_records_no_text(caplog: pytest.LogCaptureFixture) -> None:
    engine = FakeEngine()
    engine.fault = ValueError("canary-in-message")
    caplog.set_level(logging.DEBUG, "oncomatch")
    with TestClient(create_app(engine)) as client:
        response = client.post("/search", json={"query": "canary-in-query"})
        assert response.status_code == 500
        assert response.json()["type"] == "/problems#internal-error"
        assert "Traceback" not in response.text
        assert "canary" not in response.text
        assert response.headers["content-security-policy"]
        page = client.get("/search?q=canary-in-query", headers=HTML)
        assert page.status_code == 500
        assert page.headers["content-type"].startswith("text/html")
        assert "The server made a fault" in page.text
        assert "canary" not in page.text
    records = [record.getMessage() for record in caplog.records if record.name.startswith("oncomatch")]
    assert any("ValueError" in message and "fake_engine.py" in message for message in records)
    assert not any("canary" in message for message in records)


def test_an_unavailable_index_is_a_503_with_its_reason() -> None:
    engine = FakeEngine()
    engine.fault = unavailable()
    with TestClient(create_app(engine)) as client:
        for path in ("/search?q=x", "/trials/NCT99000001", "/suggest?q=x", "/readyz"):
            response = client.get(path)
            assert response.status_code == 503
            assert response.json()["detail"] == str(engine.fault)
            assert int(response.headers["retry-after"]) > 0
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/version").json()["generation"] is None
        page = client.get("/", headers=HTML)
        assert page.status_code == 503
        assert "oncomatch build" in page.text


def test_every_answer_carries_security_headers(client: TestClient) -> None:
    for path in ("/", "/search?q=x", "/nowhere", "/search?age=-1", "/static/style.css", "/trials/NCT99000001"):
        headers = client.get(path).headers
        for name, value in SECURITY_HEADERS.items():
            assert headers[name] == value
    assert "unsafe" not in SECURITY_HEADERS["content-security-policy"]
    assert client.get("/search?q=x").headers["cache-control"] == "no-store"
    assert client.get("/static/style.css").headers["cache-control"] == "no-cache"
    assert "immutable" in client.get("/static/style.css?v=1").headers["cache-control"]


def test_each_kind_is_explained(client: TestClient) -> None:
    page = client.get("/problems").text
    for kind in ProblemKind:
        assert f'id="{kind.slug}"' in page


def test_pages_load_nothing_from_elsewhere(client: TestClient) -> None:
    import re

    for path in ("/", "/docs", "/problems", "/trials/NCT99000001", "/trials/NCT01234567"):
        page = client.get(path, headers=HTML).text
        loaded = re.findall(r'(?:src|href)="([^"]+)"', re.sub(r"<a [^>]*>", "", page))
        assert loaded
        assert all(address.startswith("/") for address in loaded)
        assert " style=" not in page
        assert not re.search(r"\son\w+=", page)
