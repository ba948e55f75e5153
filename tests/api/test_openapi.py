from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from api.parameters import BY_NAME
from api.requests import GET_NAMES
from api.schemas import SearchBody


@pytest.fixture
def description(client: TestClient) -> dict[str, Any]:
    loaded: dict[str, Any] = client.get("/openapi.json").json()
    return loaded


def test_the_routes_are_all_described(description: dict[str, Any]) -> None:
    described = {(path, method) for path, methods in description["paths"].items() for method in methods}
    assert described == {
        ("/search", "get"),
        ("/search", "post"),
        ("/suggest", "get"),
        ("/suggest", "post"),
        ("/trials/{nct_id}", "get"),
        ("/match", "post"),
        ("/questions", "post"),
        ("/patients/parse", "post"),
        ("/trials/{nct_id}/eligibility", "post"),
        ("/assess", "post"),
        ("/criteria", "post"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/version", "get"),
    }
    for methods in description["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            problem = operation["responses"]["422"]["content"]
            assert problem == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}


def test_every_parameter_is_described_and_its_example_answers(client: TestClient, description: dict[str, Any]) -> None:
    parameters = description["paths"]["/search"]["get"]["parameters"]
    assert tuple(parameter["name"] for parameter in parameters) == GET_NAMES
    for parameter in parameters:
        assert parameter["description"]
        if "example" in parameter:
            assert client.get("/search?" + urlencode({parameter["name"]: parameter["example"]})).status_code == 200
    assert all("example" in parameter for parameter in parameters if parameter["name"] in BY_NAME)


def test_every_example_body_is_valid_and_answers(client: TestClient, description: dict[str, Any]) -> None:
    body = description["paths"]["/search"]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        SearchBody.model_validate(example["value"])
        assert client.post("/search", json=example["value"]).status_code == 200
    suggest = description["paths"]["/suggest"]["post"]["requestBody"]["content"]["application/json"]
    assert client.post("/suggest", json=suggest["example"]).status_code == 200


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [ref for value in node.values() for ref in references(value)]
        return [ref for value in node for ref in references(value)] if isinstance(node, list) else []

    found = references(description)
    assert found
    schemas = description["components"]["schemas"]
    assert {ref.removeprefix("#/components/schemas/") for ref in found} <= set(schemas)
    assert schemas["PartialDate"]["type"] == "string"
    assert set(schemas["FiltersBody"]["properties"]) == set(BY_NAME)


def test_the_page_about_the_api_names_every_route(client: TestClient, description: dict[str, Any]) -> None:
    page = client.get("/docs").text
    for path in description["paths"]:
        assert path in page
