"""The pages: what the templates in `api/web/templates` are given."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from api import address, labels, render, sites
from api.answers import explanation_answer, registry_url
from api.criteria import criterion_groups
from api.facets import chips, facet_views, inputs
from api.problems import Problem, ProblemKind
from api.relax import Relaxation
from api.requests import SearchRequest
from api.responses import html_response, prefers_html, problem_response
from api.understood import concept_chips
from search.extraction.consistency import Contradiction, contradictions
from search.index.base import Manifest, StoredDocument
from search.results import SearchResult

WEB = Path(__file__).parent / "web"
EXAMPLES = (
    "EGFR exon 20 insertion lung cancer",
    "nasopharyngeal carcinoma PD-1 radiotherapy",
    "CAR-T multiple myeloma",
    "BRCA ovarian cancer maintenance",
)
"""Searches to try; each may appear in an address."""


def search_page(asked: SearchRequest, result: SearchResult, relaxed: tuple[Relaxation, ...] = ()) -> str:
    """The search page with the results of a search."""
    near = asked.filters.near
    return render_page(
        "search.html",
        manifest=result.manifest,
        asked=asked,
        result=result,
        hits=[
            {
                "hit": hit,
                "sites": sites.summarize(hit.trial.sites, near, hit.distance_km),
                "snippets": render.snippets(hit),
                "explanation": explanation_answer(hit.explanation) if hit.explanation else None,
            }
            for hit in result.hits
        ],
        facets=facet_views(asked.filters, result.facets),
        chips=chips(asked.filters),
        concepts=concept_chips(asked.read, result.query),
        gone=len(asked.read.concepts) - len(result.query.concepts),
        corrections=asked.read.corrections,
        inputs=inputs(asked.filters),
        relaxed=relaxed,
        address=address.address(asked.given, asked.filters, asked.options),
        in_address=address.shareable(asked.given, asked.filters),
        first_page=asked.cursor is None,
        examples=EXAMPLES if not asked.given and not asked.filters.active() else (),
    )


def trial_page(nct_id: str, document: StoredDocument, manifest: Manifest) -> str:
    """The page of one trial."""
    trial = document.trial
    outcomes: dict[str, list[Any]] = {}
    for outcome in trial.outcomes:
        outcomes.setdefault(outcome.kind.lower(), []).append(outcome)
    return render_page(
        "trial.html",
        manifest=manifest,
        nct_id=nct_id,
        trial=trial,
        registry_url=registry_url(trial),
        answer=recruiting_answer(trial.overall_status and trial.overall_status.value),
        sites_by_country=sites.by_country(trial.sites),
        summary=sites.summarize(trial.sites),
        outcomes=outcomes,
        criteria=render.criteria_lines(trial.eligibility.criteria),
        read=criterion_groups(document.criteria),
        contradicting=[contradiction_view(one) for one in contradictions(trial, document.criteria)],
    )


def contradiction_view(one: Contradiction) -> tuple[str, str, str, str]:
    """A disagreement of the record: the field's name, its value, what the text asks, and the text's words."""
    names = {"minimum_age": "minimum age", "maximum_age": "maximum age", "sex": "sex"}
    quote = " ".join(render.readable(one.evidence.quote).split())
    return names.get(one.field, one.field), one.registered.lower(), one.stated, quote


def recruiting_answer(status: str | None) -> str:
    """The answer to "is it recruiting?" in a sentence, without its full stop."""
    return labels.STATUS_SENTENCE[status] if status else "The registry does not say"


def api_page(description: Mapping[str, Any]) -> str:
    """A page about the API, from its OpenAPI description."""
    operations = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post")
    ]
    return render_page("api.html", manifest=None, operations=operations)


def problems_page() -> str:
    """What each kind of problem means."""
    return render_page("problems.html", manifest=None, kinds=list(ProblemKind))


def problem_page(problem: Problem) -> str:
    """A problem for a person."""
    return render_page("problem.html", manifest=None, problem=problem)


async def respond_problem(request: Request, problem: Problem) -> Response:
    """A problem in the form that the client prefers."""
    if prefers_html(request):
        page = await run_in_threadpool(problem_page, problem)
        return html_response(page, problem.kind.status, dict(problem.headers))
    return problem_response(problem)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(labels=labels, render=render, place=sites.place, asset=asset)
    environment.filters.update(
        date=labels.date_label, iso_date=labels.iso_date_label, readable=render.readable, paragraphs=render.paragraphs
    )
    return environment


def render_page(template: str, **values: object) -> str:
    """A template with its values as a page."""
    return _environment().get_template(template).render(**values)


@cache
def asset(name: str) -> str:
    """The address of a static file, with a hash of its content."""
    digest = hashlib.blake2b((WEB / "static" / name).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{os.path.basename(name)}?v={digest}"
