"""`POST /questions`: what to ask a patient next."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.context import service
from api.match import questions
from api.match_answers import questions_answer
from api.match_requests import MatchRequest, read_match
from api.openapi import PROBLEMS
from api.openapi_match import QUESTIONS_BODY
from api.patients import NAMES as PATIENT_NAMES
from api.responses import json_response
from api.schemas_match import QuestionsAnswer
from api.service import SearchService

router = APIRouter(tags=["patients"])
NAMES = (*PATIENT_NAMES, "query", "filters", "asked")


@router.post(
    "/questions",
    response_model=QuestionsAnswer,
    responses=PROBLEMS,
    summary="The next best questions",
    openapi_extra={"requestBody": QUESTIONS_BODY},
)
async def post_questions(request: Request) -> Response:
    """Questions by expected information over the trials that are found, for the least effort; with answers to choose.

    An answer is a fragment of a profile: merge it into `profile` and ask again, with the topic in `asked`.
    """
    asked = await read_match(request, NAMES)
    return json_response(await run_in_threadpool(_answer, service(request), asked))


def _answer(engine: SearchService, asked: MatchRequest) -> dict[str, object]:
    found = questions(engine, asked.search.query, asked.reading.patient, asked.asked)
    return questions_answer(asked, found, engine.manifest())
