"""`GET /trials/{nct_id}`."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.answers import trial_answer
from api.context import refuse_unknown, service
from api.openapi import PROBLEMS
from api.problems import ProblemError, ProblemKind
from api.responses import html_response, json_response, prefers_html
from api.schemas import TrialAnswer
from api.service import SearchService
from api.views import trial_page
from search.index.base import Manifest, StoredDocument
from search.query_parser import parse_query

router = APIRouter(tags=["trials"])
MAX_IDENTIFIER = 100


@router.get(
    "/trials/{nct_id}",
    response_model=TrialAnswer,
    responses={
        **PROBLEMS,
        308: {"description": "An alias, a secondary id or another spelling: the trial is at `Location`"},
    },
    summary="One trial",
)
async def get_trial(request: Request, nct_id: str) -> Response:
    """Everything that is known of a trial; JSON, or its page where `Accept` prefers text/html."""
    refuse_unknown(request)
    found, manifest = await run_in_threadpool(look_up, service(request), nct_id)
    if found is None:
        raise ProblemError.of(ProblemKind.TRIAL_NOT_FOUND, why_not(nct_id, manifest))
    canonical, document = found
    if canonical != nct_id:
        return RedirectResponse(f"/trials/{quote(canonical, safe='')}", 308)
    headers = {"vary": "Accept"}
    if prefers_html(request):
        return html_response(trial_page(canonical, document, manifest), headers=headers)
    return json_response(trial_answer(canonical, document, manifest), headers=headers)


def look_up(engine: SearchService, identifier: str) -> tuple[tuple[str, StoredDocument] | None, Manifest]:
    """The trial of an id in any spelling, with its canonical id; None where the index does not hold it."""
    manifest = engine.manifest()
    if len(identifier) > MAX_IDENTIFIER:
        return None, manifest
    named = parse_query(identifier)
    if len(named.nct_ids) == 1 and not named.text:  # "nct 0123 4567" and the like
        identifier = named.nct_ids[0]
    return engine.trial(identifier), manifest


def why_not(identifier: str, manifest: Manifest) -> str:
    """Why there is no such trial, in a sentence."""
    as_of = f", data as of {manifest.data_timestamp}" if manifest.data_timestamp else ""
    where = f"this index of {manifest.trials:,} trials{as_of}"
    if re.fullmatch(r"NCT\d{8}", identifier, re.ASCII | re.IGNORECASE):
        return f"{identifier.upper()} is not in {where}."
    return f"No trial of this id is in {where}; an NCT id is NCT and eight digits."
