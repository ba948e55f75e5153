"""`GET /suggest` and `POST /suggest`."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api import values
from api.answers import suggestion_answer
from api.context import refuse_unknown, service, settings
from api.filters import unknown_names
from api.openapi import PROBLEMS, suggest_body, suggest_parameters
from api.problems import FieldError, ProblemError, ProblemKind
from api.requests import POST_HINT, form_pairs, read_json
from api.responses import json_response
from api.schemas import SuggestAnswer
from search.query_parser import clean

router = APIRouter(tags=["search"])
NAMES = ("q", "size")


@router.get(
    "/suggest",
    response_model=SuggestAnswer,
    responses=PROBLEMS,
    summary="Complete a prefix",
    openapi_extra={"parameters": suggest_parameters()},
)
async def get_suggest(request: Request) -> Response:
    """Conditions, treatments, cancer types and ids that begin with a prefix, most trials first."""
    refuse_unknown(request, NAMES)
    given: dict[str, object] = {}
    for name, value in request.query_params.multi_items():
        if name in given:
            raise _invalid(name, f"`{name}` is given more than once.")
        given[name] = value
    return await _respond(request, given)


@router.post(
    "/suggest",
    response_model=SuggestAnswer,
    responses=PROBLEMS,
    summary="Complete a prefix that stays out of the address",
    openapi_extra={"requestBody": suggest_body()},
)
async def post_suggest(request: Request) -> Response:
    """The same, with the prefix in the body: what the search page uses, because anything may be typed into it."""
    refuse_unknown(request)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    given: Mapping[str, object]
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        given = dict(await form_pairs(request))
    else:
        given = read_json(kind, await request.body())
    errors = unknown_names(list(given), NAMES)
    if errors:
        raise ProblemError.of_errors(ProblemKind.UNKNOWN_PARAMETER, errors)
    return await _respond(request, given)


async def _respond(request: Request, given: Mapping[str, object]) -> Response:
    limits = settings(request)
    text = given.get("q", "")
    if not isinstance(text, str):
        raise _invalid("q", "`q` must be a text.")
    if len(text) > limits.max_suggest_text:
        most = limits.max_suggest_text
        detail = f"`q` takes at most {most} characters; a longer text is searched, not completed. {POST_HINT}"
        raise ProblemError.of(ProblemKind.TEXT_TOO_LONG, detail, FieldError("q", detail))
    try:
        size = values.whole(given.get("size") or 8, "size", 1, limits.max_suggestions)
    except ValueError as error:
        raise _invalid("size", str(error)) from None
    prefix = clean(text)
    found = await run_in_threadpool(service(request).suggest, prefix, size) if prefix else []
    return json_response({"suggestions": [suggestion_answer(suggestion) for suggestion in found]})


def _invalid(field: str, detail: str) -> ProblemError:
    return ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError(field, detail))
