"""`POST /patients/parse`: what is understood of a patient."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.assessments import patient_answer
from api.match_requests import read_match
from api.openapi import PROBLEMS
from api.openapi_match import PARSE_BODY
from api.patients import NAMES
from api.responses import json_response
from api.schemas_match import PatientAnswer

router = APIRouter(tags=["patients"])


@router.post(
    "/patients/parse",
    response_model=PatientAnswer,
    responses=PROBLEMS,
    summary="Read a note, a FHIR bundle or a profile",
    openapi_extra={"requestBody": PARSE_BODY},
)
async def post_parse(request: Request) -> Response:
    """A profile with where each fact stands (characters of the note, path of the resource), and what was not read.

    Nothing of it is kept or logged. It needs no index.
    """
    asked = await read_match(request, NAMES)
    return json_response(patient_answer(asked.reading))
