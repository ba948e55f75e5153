"""Requests about a patient, as JSON or as the page's form: everything unknown is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api import values
from api.context import settings as settings_of
from api.filters import NAMES as FILTER_NAMES
from api.filters import unknown_names
from api.patient_form import FIELDS, answers_of_form, patient_of_form, with_numbers
from api.patients import NAMES as PATIENT_NAMES
from api.patients import PatientReading, read_patient
from api.problems import FieldError, ProblemError, ProblemKind
from api.requests import SearchRequest, build_request, form_pairs, json_filters, read_json
from api.settings import ServeSettings

MATCH_NAMES = (*PATIENT_NAMES, "query", "filters", "size", "cursor", "explain", "hide_ineligible", "questions", "asked")
MAX_ASKED = 200
_FORM_NAMES = (*MATCH_NAMES, *FIELDS, *FILTER_NAMES)


@dataclass(frozen=True, slots=True)
class MatchRequest:
    """A patient, and what to search for."""

    reading: PatientReading
    search: SearchRequest
    hide_ineligible: bool = False
    questions: bool = False
    """Whether the next questions are wanted beside the trials."""
    asked: tuple[str, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    """What stood in the page's fields; empty for JSON."""
    answers: tuple[Mapping[str, object], ...] = ()
    """Answers to questions that the form holds, as fragments of a profile."""


async def read_match(request: Request, names: tuple[str, ...] = MATCH_NAMES) -> MatchRequest:
    """Read a request about a patient.

    Args:
        request: its body is JSON or a form.
        names: the members that the route takes.

    Raises:
        ProblemError: an unreadable body, unknown names, no patient, or values of a wrong form.
    """
    limits = settings_of(request)
    if request.query_params:
        detail = "A patient's facts never stand in an address: everything is taken from the body."
        raise ProblemError.of(ProblemKind.UNKNOWN_PARAMETER, detail)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return await run_in_threadpool(_from_form, await form_pairs(request), limits)
    body = read_json(kind, await request.body())
    _refuse(list(body), names)
    return await run_in_threadpool(_from_json, body, limits)


def _refuse(names: Sequence[str], valid: tuple[str, ...]) -> None:
    errors = unknown_names(names, valid)
    if errors:
        raise ProblemError.of_errors(ProblemKind.UNKNOWN_PARAMETER, errors)


def _from_json(body: Mapping[str, object], limits: ServeSettings) -> MatchRequest:
    reading = read_patient(body, limits)
    query = body.get("query")
    if not isinstance(query, str | None):
        raise _invalid("query", "`query` must be a text.")
    raw = {name: [body[name]] for name in ("size", "cursor", "explain") if name in body}
    return _made(reading, query or "", json_filters(body.get("filters")), raw, body, limits)


def _from_form(given: list[tuple[str, str]], limits: ServeSettings) -> MatchRequest:
    pairs = with_numbers(given)
    _refuse([name for name, _ in pairs], _FORM_NAMES)
    kept = (*FIELDS, "note", "fhir", "query")
    form = {name: value for name, value in pairs if value.strip() and name in kept}
    reading = read_patient(patient_of_form(pairs), limits)
    filters: dict[str, list[object]] = {}
    raw: dict[str, list[object]] = {}
    for name, value in pairs:
        if value and name in FILTER_NAMES:
            filters.setdefault(name, []).append(value)
        elif value and name in ("size", "cursor", "explain"):
            raw.setdefault(name, []).append(value)
    body: dict[str, object] = {name: value for name, value in pairs if name in ("hide_ineligible", "questions")}
    body["asked"] = list(dict.fromkeys(value for name, value in pairs if name == "asked" and value))
    made = _made(reading, form.get("query", ""), filters, raw, body, limits)
    return replace(made, form=form, answers=answers_of_form(pairs))


def _made(
    reading: PatientReading,
    query: str,
    filters: Mapping[str, Sequence[object]],
    raw: Mapping[str, Sequence[object]],
    body: Mapping[str, object],
    limits: ServeSettings,
) -> MatchRequest:
    search = build_request(query or reading.note or "", filters, raw, limits)
    flags = {name: _flag(body, name) for name in ("hide_ineligible", "questions")}
    asked = body.get("asked") or []
    if not isinstance(asked, list) or len(asked) > MAX_ASKED or not all(isinstance(one, str) for one in asked):
        raise _invalid("asked", '`asked` must be a list of topics of questions, as ["performance"].')
    return MatchRequest(reading, search, flags["hide_ineligible"], flags["questions"], tuple(asked))


def _flag(body: Mapping[str, object], name: str) -> bool:
    given = body.get(name)
    try:
        return values.flag(given, name) if given not in (None, "") else False
    except ValueError as error:
        raise _invalid(name, str(error)) from None


def _invalid(name: str, detail: str) -> ProblemError:
    return ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError(name, detail))
