"""`POST /criteria`: the criteria of any eligibility text."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import criteria_answer
from api.context import refuse_unknown, settings
from api.filters import unknown_names
from api.openapi import PROBLEMS, criteria_body
from api.problems import FieldError, ProblemError, ProblemKind
from api.requests import read_json
from api.responses import json_response
from api.schemas import CriteriaAnswer
from search.extraction.criteria import read_text

router = APIRouter(tags=["trials"])
NAMES = ("text", "title", "conditions")
MAX_CONDITIONS = 200


@router.post(
    "/criteria",
    response_model=CriteriaAnswer,
    responses=PROBLEMS,
    summary="Read the criteria of an eligibility text",
    openapi_extra={"requestBody": criteria_body()},
)
async def post_criteria(request: Request) -> Response:
    """Typed criteria with the words they were read from, by the rules that read the trials of an index.

    The text is neither kept nor logged. It needs no index: the answer comes also while there is none.
    """
    refuse_unknown(request)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    body = read_json(kind, await request.body())
    errors = unknown_names(list(body), NAMES)
    if errors:
        raise ProblemError.of_errors(ProblemKind.UNKNOWN_PARAMETER, errors)
    text, title, conditions = _read(body, settings(request).max_text)
    criteria = await run_in_threadpool(read_text, text, title, conditions)
    return json_response(criteria_answer(criteria))


def _read(body: Mapping[str, object], most: int) -> tuple[str, str, tuple[str, ...]]:
    text, title, conditions = body.get("text"), body.get("title"), body.get("conditions")
    errors = []
    if not isinstance(text, str):
        errors.append(FieldError("text", "`text` must be the eligibility text."))
    if not isinstance(title, str | None):
        errors.append(FieldError("title", "`title` must be a text."))
    listed = conditions if isinstance(conditions, list) else []
    names = [name for name in listed if isinstance(name, str)]
    if (conditions is not None and not isinstance(conditions, list)) or len(names) != len(listed):
        errors.append(FieldError("conditions", '`conditions` must be a list of texts, as ["Melanoma"].'))
    elif len(names) > MAX_CONDITIONS:
        errors.append(FieldError("conditions", f"`conditions` takes at most {MAX_CONDITIONS} names."))
    if errors:
        raise ProblemError.of_errors(ProblemKind.INVALID_REQUEST, errors)
    assert isinstance(text, str)
    assert isinstance(title, str | None)
    if len(text) + len(title or "") + sum(map(len, names)) > most:
        detail = f"The texts have more than {most:,} characters together; shorten them."
        raise ProblemError.of(ProblemKind.TEXT_TOO_LONG, detail, FieldError("text", detail))
    return text, title or "", tuple(names)
