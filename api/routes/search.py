"""`GET /search` and `POST /search`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api import address
from api.answers import search_answer
from api.context import service, settings
from api.openapi import PROBLEMS, search_body, search_parameters
from api.relax import Relaxation, relaxations
from api.requests import SearchRequest, from_address, from_body
from api.responses import html_response, json_response, prefers_html
from api.schemas import SearchAnswer
from api.service import SearchService
from api.views import search_page
from search.results import SearchResult

router = APIRouter(tags=["search"])


@router.get(
    "/search",
    response_model=SearchAnswer,
    responses=PROBLEMS,
    summary="Search with a short query",
    openapi_extra={"parameters": search_parameters()},
)
async def get_search(request: Request) -> Response:
    """Trials for a short query and filters, best first; JSON, or the page where `Accept` prefers text/html.

    Without a text, the trials that pass the filters, newest update first. An NCT id is looked up, not searched for.
    """
    pairs = request.query_params.multi_items()
    # Not on the event loop: the places of a new index are read when they are first needed.
    asked = await run_in_threadpool(from_address, pairs, settings(request), lambda: service(request).gazetteer())
    return await _respond(request, asked)


@router.post(
    "/search",
    response_model=SearchAnswer,
    responses=PROBLEMS,
    summary="Search with a long text or a note",
    openapi_extra={"requestBody": search_body()},
)
async def post_search(request: Request) -> Response:
    """The same search, with everything in the body: the way for long texts and notes, which stay out of addresses.

    A form takes the filters by name as the parameters of `GET /search`, or as JSON in `filters`. Where a page is
    preferred and the search holds nothing personal, the answer is a redirect to its address.
    """
    asked = await from_body(request, settings(request), lambda: service(request).gazetteer())
    if prefers_html(request) and asked.cursor is None and address.shareable(asked.given, asked.filters):
        return RedirectResponse(address.address(asked.given, asked.filters, asked.options), 303)
    return await _respond(request, asked)


async def _respond(request: Request, asked: SearchRequest) -> Response:
    html = prefers_html(request)
    engine = service(request)
    result, relaxed = await run_in_threadpool(_search, engine, asked)
    if html:
        return html_response(search_page(asked, result, relaxed), headers={"vary": "Accept"})
    return json_response(
        search_answer(result, relaxed, given=asked.given, notices=asked.notices), headers={"vary": "Accept"}
    )


def _search(engine: SearchService, asked: SearchRequest) -> tuple[SearchResult, tuple[Relaxation, ...]]:
    result = engine.search(
        asked.query, size=asked.size, cursor=asked.cursor, facets=asked.facets, explain=asked.explain
    )
    return result, relaxations(engine, asked.query, result)
