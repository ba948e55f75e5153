from __future__ import annotations

import importlib.metadata

from starlette.testclient import TestClient

from api.schemas import ReadyAnswer, SuggestAnswer, VersionAnswer
from search.index.base import SCHEMA_VERSION


def test_suggestions_from_address_body_and_form_are_the_same(client: TestClient) -> None:
    got = client.get("/suggest", params={"q": "mult"})
    answer = SuggestAnswer.model_validate(got.json())
    assert [(s.text, s.kind, s.trials) for s in answer.suggestions] == [("Multiple Myeloma", "condition", 20)]
    assert client.post("/suggest", json={"q": "mult"}).json() == got.json()
    assert client.post("/suggest", data={"q": "mult"}).json() == got.json()


def test_size_and_emptiness(client: TestClient) -> None:
    assert len(client.get("/suggest?q=nct&size=3").json()["suggestions"]) == 3
    assert client.get("/suggest").json() == {"suggestions": []}
    assert client.get("/suggest?q=%20").json() == {"suggestions": []}
    assert client.get("/suggest?q=x&size=21").status_code == 422
    assert client.post("/suggest", json={"q": "x", "prefix": "y"}).status_code == 422
    assert client.post("/suggest", json={"q": 7}).status_code == 422


def test_health_and_version(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.head("/readyz").status_code == 200
    assert ReadyAnswer.model_validate(client.get("/readyz").json()).trials == 27
    version = VersionAnswer.model_validate(client.get("/version").json())
    assert version.schema_version == SCHEMA_VERSION
    try:
        installed = importlib.metadata.version("oncomatch")
    except importlib.metadata.PackageNotFoundError:
        installed = "0+unknown"
    assert version.version == installed
