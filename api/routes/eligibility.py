"""`POST /trials/{nct_id}/eligibility`: one trial, criterion by criterion; `POST /assess`: patients x trials."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import provenance
from api.assessments import eligibility_answer, patient_answer, verdict_answer
from api.context import refuse_unknown, service, settings
from api.filters import unknown_names
from api.match_requests import MatchRequest, read_match
from api.match_views import eligibility_page
from api.openapi import PROBLEMS
from api.openapi_match import ASSESS_BODY, ELIGIBILITY_BODY
from api.patients import NAMES as PATIENT_NAMES
from api.patients import PatientReading, read_patient
from api.problems import FieldError, ProblemError, ProblemKind
from api.requests import read_json
from api.responses import html_response, json_response, prefers_html
from api.routes.trials import look_up, why_not
from api.schemas_match import AssessAnswer, EligibilityAnswer
from api.service import SearchService
from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment
from search.eligibility.changes import Change, changes
from search.index.base import Manifest, StoredDocument

router = APIRouter(tags=["patients"])
MAX_PATIENTS = 100
MAX_TRIALS = 500
MAX_PAIRS = 2000


@router.post(
    "/trials/{nct_id}/eligibility",
    response_model=EligibilityAnswer,
    responses=PROBLEMS,
    summary="One patient and one trial, criterion by criterion",
    openapi_extra={"requestBody": ELIGIBILITY_BODY},
)
async def post_eligibility(request: Request, nct_id: str) -> Response:
    """Every line of the eligibility text with what was judged of it, the record's own fields, cohorts, and what would
    change the verdict: facts that can change, with the value or the day that would do.
    """
    asked = await read_match(request, PATIENT_NAMES)
    canonical, document, manifest = await run_in_threadpool(_trial, service(request), nct_id)
    assessment, found = await run_in_threadpool(_assessed, document, asked)
    if prefers_html(request):
        page = await run_in_threadpool(eligibility_page, canonical, document, manifest, asked, assessment, found)
        return html_response(page, headers={"vary": "Accept"})
    text = document.trial.eligibility.criteria or ""
    answer = eligibility_answer(canonical, text, document.criteria, assessment, found)
    return json_response(
        answer | {"patient": patient_answer(asked.reading), **provenance(manifest)}, headers={"vary": "Accept"}
    )


def _trial(engine: SearchService, nct_id: str) -> tuple[str, StoredDocument, Manifest]:
    found, manifest = look_up(engine, nct_id)
    if found is None:
        raise ProblemError.of(ProblemKind.TRIAL_NOT_FOUND, why_not(nct_id, manifest))
    return *found, manifest


def _assessed(document: StoredDocument, asked: MatchRequest) -> tuple[Assessment, tuple[Change, ...]]:
    patient = asked.reading.patient
    assessment = assess(patient, document.criteria, document.trial)
    return assessment, changes(patient, document.criteria, document.trial, assessment)


@router.post(
    "/assess",
    response_model=AssessAnswer,
    responses=PROBLEMS,
    summary="Several patients and trials",
    openapi_extra={"requestBody": ASSESS_BODY},
)
async def post_assess(request: Request) -> Response:
    """Verdicts of patients x trials, in the order they are given; a trial that the index does not hold is named."""
    refuse_unknown(request)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    body = read_json(kind, await request.body())
    errors = unknown_names(list(body), ("patients", "nct_ids"))
    if errors:
        raise ProblemError.of_errors(ProblemKind.UNKNOWN_PARAMETER, errors)
    ids = _ids(body.get("nct_ids"))
    entries = _patients(body.get("patients"))
    if len(ids) * len(entries) > MAX_PAIRS:
        detail = f"{MAX_PAIRS:,} pairs of patients and trials are answered at once; send fewer of either."
        raise ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError("patients", detail))
    return json_response(await run_in_threadpool(_assess, request, entries, ids))


def _ids(value: object) -> list[str]:
    ids = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or not ids or len(ids) != len(value) or len(ids) > MAX_TRIALS:
        detail = f'`nct_ids` must be a list of 1 to {MAX_TRIALS} ids, as ["NCT01234567"].'
        raise ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError("nct_ids", detail))
    return list(dict.fromkeys(ids))


def _patients(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_PATIENTS:
        detail = f"`patients` must be a list of 1 to {MAX_PATIENTS} objects with `profile`, `note` or `fhir`."
        raise ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError("patients", detail))
    errors: list[FieldError] = []
    for place, entry in enumerate(value):
        if not isinstance(entry, Mapping):
            errors.append(FieldError(f"patients[{place}]", "must be an object with `profile`, `note` or `fhir`."))
            continue
        errors += [
            FieldError(f"patients[{place}].{error.field}", error.detail, error.allowed, error.suggestion)
            for error in unknown_names(list(entry), ("id", *PATIENT_NAMES))
        ]
    if errors:
        raise ProblemError.of_errors(ProblemKind.INVALID_REQUEST, errors)
    return value


def _assess(request: Request, entries: list[Mapping[str, object]], ids: list[str]) -> dict[str, object]:
    engine = service(request)
    found = [one for one in map(engine.trial, ids) if one is not None]
    missing = [given for given in ids if engine.trial(given) is None]
    answers = []
    for place, entry in enumerate(entries):
        reading = _reading(entry, place, request)
        results = [
            {"nct_id": nct_id, **verdict_answer(assess(reading.patient, document.criteria, document.trial))}
            for nct_id, document in found
        ]
        answers.append({"id": entry.get("id"), "unread": patient_answer(reading)["unread"], "results": results})
    return {"patients": answers, "not_found": missing, **provenance(engine.manifest())}


def _reading(entry: Mapping[str, object], place: int, request: Request) -> PatientReading:
    try:
        return read_patient(entry, settings(request))
    except ProblemError as error:
        problem = error.problem
        moved = [FieldError(f"patients[{place}].{one.field}", one.detail) for one in problem.errors]
        raise ProblemError.of_errors(problem.kind, moved) from None
