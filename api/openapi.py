"""The parts of the OpenAPI description that the code cannot tell by itself: parameters, bodies, examples, problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.parameters import PARAMETERS, Kind, Parameter
from api.problems import CONTENT_TYPE, ProblemKind
from api.schemas import ProblemAnswer

SEARCH_EXAMPLES: dict[str, dict[str, object]] = {
    "short query": {
        "summary": "A short query with filters",
        "value": {
            "query": "EGFR exon 20 insertion lung cancer",
            "filters": {"status": ["RECRUITING"], "phase": ["PHASE2", "PHASE3"], "country": ["France", "Germany"]},
        },
    },
    "note": {
        "summary": "A patient's note",
        "value": {
            "query": "Woman with metastatic nasopharyngeal carcinoma, progressed after gemcitabine and cisplatin.",
            "filters": {"age": 54, "sex": "FEMALE", "near": {"lat": 48.85, "lon": 2.35, "km": 100}},
            "explain": True,
        },
    },
    "browse": {"summary": "Everything, newest update first", "value": {"query": "", "size": 50}},
}


def _problems() -> dict[int | str, dict[str, Any]]:
    by_status: dict[int, list[str]] = {}
    for kind in ProblemKind:
        by_status.setdefault(kind.status, []).append(kind.title)
    return {
        status: {
            "description": "; ".join(titles),
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}},
        }
        for status, titles in sorted(by_status.items())
    }


PROBLEMS: dict[int | str, dict[str, Any]] = _problems()
"""Problem answers by status, for `responses` of every route."""


def search_parameters() -> list[dict[str, Any]]:
    """Parameters of `GET /search`."""
    return [
        _parameter(
            "q",
            "Words, gene and drug names, an NCT id. Up to 1,000 characters; longer texts are posted.",
            {"type": "string", "maxLength": 1000},
            "nasopharyngeal carcinoma immunotherapy",
        ),
        _parameter("size", "Hits on the page.", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}, 10),
        _parameter("cursor", "`next_cursor` of the page before.", {"type": "string"}),
        _parameter("explain", "Add the score waterfall to each hit.", {"type": "boolean", "default": False}, True),
        _parameter("facets", "Count the facets.", {"type": "boolean", "default": True}, False),
        _parameter(
            "concept",
            "What becomes of a concept that the text was read to state: its `key` and `include`, `exclude`, `unknown` "
            "or `remove`. May be repeated; keys of another text are left aside.",
            {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{8}:(include|exclude|unknown|remove)$"}},
        )
        | {"style": "form", "explode": True},
        _parameter("as_typed", "Leave words that look misspelt as they are.", {"type": "boolean", "default": False}),
        *(_parameter(p.name, p.description, _schema(p), p.example) | _style(p) for p in PARAMETERS),
    ]


def suggest_parameters() -> list[dict[str, Any]]:
    """Parameters of `GET /suggest`."""
    return [
        _parameter("q", "What has been typed so far.", {"type": "string", "maxLength": 60}, "nasoph"),
        _parameter("size", "How many.", {"type": "integer", "minimum": 1, "maximum": 20, "default": 8}, 8),
    ]


def search_body() -> dict[str, Any]:
    """Body of `POST /search`."""
    schema = {"$ref": "#/components/schemas/SearchBody"}
    return {
        "required": True,
        "content": {
            "application/json": {"schema": schema, "examples": SEARCH_EXAMPLES},
            "application/x-www-form-urlencoded": {"schema": schema},
            "multipart/form-data": {"schema": schema},
        },
    }


def suggest_body() -> dict[str, Any]:
    """Body of `POST /suggest`."""
    schema = {"$ref": "#/components/schemas/SuggestBody"}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema, "example": {"q": "nasoph", "size": 8}}},
    }


def criteria_body() -> dict[str, Any]:
    """Body of `POST /criteria`."""
    example = {
        "text": "Inclusion Criteria:\n\n* Stage IIIB or IV non-small cell lung cancer\n* ECOG 0 or 1\n\n"
        "Exclusion Criteria:\n\n* Untreated brain metastases",
        "title": "A trial in lung cancer",
        "conditions": ["Non-small Cell Lung Cancer"],
    }
    schema = {"$ref": "#/components/schemas/CriteriaBody"}
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def describe(app: FastAPI) -> None:
    """Give the application a description with the schemas that only bodies and problems name."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                summary="Cancer clinical trials: search, ranking, trials",
            )
            components = schema.setdefault("components", {}).setdefault("schemas", {})
            _add(components)
            # Dates are texts at their own precision, whatever the class that holds them.
            components["PartialDate"] = {
                "type": "string",
                "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$",
                "title": "PartialDate",
            }
            for name in ("HTTPValidationError", "ValidationError"):
                components.pop(name, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _add(components: dict[str, Any]) -> None:
    from api.schemas import CriteriaBody, SearchBody, SuggestBody
    from api.schemas_match import BODIES

    models: tuple[type[BaseModel], ...] = (CriteriaBody, SearchBody, SuggestBody, ProblemAnswer, *BODIES)
    for model in models:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, definition in schema.pop("$defs", {}).items():
            components.setdefault(name, definition)
        components[model.__name__] = schema


def _parameter(name: str, description: str, schema: dict[str, Any], example: object = None) -> dict[str, Any]:
    parameter: dict[str, Any] = {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
    if example is not None:
        parameter["example"] = example
    return parameter


def _style(parameter: Parameter) -> dict[str, Any]:
    return {"style": "form", "explode": True} if parameter.many else {}


def _schema(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.codes:
        schema["enum"] = list(parameter.codes)
    elif parameter.kind is Kind.FLAG:
        schema = {"type": "boolean"}
    elif parameter.kind is Kind.COUNT:
        schema = {"type": "integer", "minimum": 0, "maximum": parameter.most}
    elif parameter.kind in (Kind.AGE, Kind.DAYS):
        schema = {"type": "integer", "minimum": 0}
    return {"type": "array", "items": schema} if parameter.many else schema
