"""`POST /match`: trials for a patient, ranked and explained. `GET /match` is the page's form."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.context import refuse_unknown, service
from api.match import Matched, match
from api.match_answers import match_answer
from api.match_requests import MatchRequest, read_match
from api.match_views import match_form, match_page
from api.openapi import PROBLEMS
from api.openapi_match import MATCH_BODY
from api.responses import html_response, json_response, prefers_html
from api.schemas_match import MatchAnswer
from api.service import SearchService

router = APIRouter(tags=["patients"])


@router.api_route("/match", methods=["GET", "HEAD"], include_in_schema=False)
async def get_match(request: Request) -> Response:
    """The form; it takes nothing from the address."""
    refuse_unknown(request)
    manifest = await run_in_threadpool(service(request).manifest)
    return html_response(match_form(manifest))


@router.post(
    "/match",
    response_model=MatchAnswer,
    responses=PROBLEMS,
    summary="Trials for a patient",
    openapi_extra={"requestBody": MATCH_BODY},
)
async def post_match(request: Request) -> Response:
    """Trials for a patient, those that rule the patient out last, each with a verdict and the words it rests on.

    Without a `query`, the note or the disease of the profile is searched for. Nothing of the patient is kept or logged.
    """
    asked = await read_match(request)
    html = prefers_html(request)
    found = await run_in_threadpool(_match, service(request), asked, html and asked.search.cursor is None)
    if html:
        page = await run_in_threadpool(match_page, asked, found)
        return html_response(page, headers={"vary": "Accept"})
    return json_response(match_answer(asked, found), headers={"vary": "Accept"})


def _match(engine: SearchService, asked: MatchRequest, page: bool) -> Matched:
    return match(
        engine,
        asked.search.query,
        asked.reading.patient,
        size=asked.search.size,
        cursor=asked.search.cursor,
        explain=asked.search.explain,
        hide_ineligible=asked.hide_ineligible,
        with_questions=asked.questions or page,
        asked=asked.asked,
    )
