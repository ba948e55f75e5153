"""Results as the JSON objects of the API; `api.schemas` documents their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum

from api import labels
from api.criteria import is_open
from api.filters import to_json
from api.parameters import FACET_PARAMETERS, facet_label
from api.relax import Relaxation
from api.sites import summarize
from api.understood import understood_answer
from search.eligibility.criterion import Criteria
from search.eligibility.flat import flat
from search.index.base import Manifest, StoredDocument, Suggestion
from search.query import Near
from search.results import Explanation, Hit, SearchResult
from search.trial import PartialDate, Trial

FACET_VALUES = 100
"""Values of a facet in an answer, those of most trials; how many more there are, it says."""

REGISTRY = "https://clinicaltrials.gov/study/"


def registry_url(trial: Trial) -> str | None:
    """The trial's page at ClinicalTrials.gov; None for a fictitious trial, which is not there."""
    return None if trial.fictitious else REGISTRY + trial.nct_id


def search_answer(
    result: SearchResult, relaxed: tuple[Relaxation, ...] = (), *, given: str | None = None, notices: Sequence[str] = ()
) -> dict[str, object]:
    """The answer of `/search`, and of `oncomatch search --json`.

    Args:
        result: what the engine answered.
        relaxed: for an empty result, the filters that stand in the way.
        given: the text as it was given, where it is not the query's own.
        notices: sentences about the request.
    """
    return {
        "total": result.total,
        "hits": [hit_answer(hit, result.query.filters.near) for hit in result.hits],
        "facets": {facet: facet_answer(facet, counts) for facet, counts in result.facets.items()},
        "facets_left_out": {
            facet: len(counts) - FACET_VALUES for facet, counts in result.facets.items() if len(counts) > FACET_VALUES
        },
        "next_cursor": result.next_cursor,
        "query": {
            "text": result.query.text if given is None else given,
            "filters": to_json(result.query.filters),
            "nct_ids": list(result.query.nct_ids),
            "stated": [
                {"kind": fact.kind, "value": fact.value, "quote": fact.quote, "start": fact.start, "end": fact.end}
                for fact in result.query.stated
            ],
        },
        "understood": understood_answer(result.query),
        "reason": result.reason,
        "relaxations": [
            {"remove": relaxation.parameter, "label": relaxation.label, "total": relaxation.total}
            for relaxation in relaxed
        ],
        "notices": list(notices),
        **provenance(result.manifest),
        "took_ms": dict(result.took_ms) if result.took_ms else None,
    }


def provenance(manifest: Manifest) -> dict[str, object]:
    """Which index answered, as of when, and whether it holds real trials."""
    return {
        "data_as_of": manifest.data_timestamp,
        "generation": manifest.generation,
        "fictitious": manifest.fictitious,
    }


def facet_answer(facet: str, counts: Mapping[str, int]) -> list[dict[str, object]]:
    """A facet's values, most trials first, ties by value; at most `FACET_VALUES`."""
    known = facet in FACET_PARAMETERS
    return [
        {"value": value, "label": facet_label(facet, value) if known else value, "count": count}
        for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:FACET_VALUES]
    ]


def hit_answer(hit: Hit, near: Near | None) -> dict[str, object]:
    """One hit."""
    trial = hit.trial
    sites = summarize(trial.sites, near, hit.distance_km)
    answer: dict[str, object] = {
        "nct_id": hit.nct_id,
        "score": hit.score,
        "title": trial.title,
        "acronym": trial.acronym,
        "status": trial.overall_status,
        "status_label": labels.status_label(trial.overall_status),
        "phases": list(trial.phases),
        "phase_label": labels.phase_label(trial.phases),
        "study_type": trial.study_type,
        "conditions": list(trial.conditions),
        "interventions": [
            {"name": intervention.name, "type": intervention.type, "role": intervention.role}
            for intervention in trial.interventions
        ],
        "sponsor": plain(trial.lead_sponsor),
        "sex": trial.eligibility.sex,
        "minimum_age": trial.eligibility.minimum_age,
        "maximum_age": trial.eligibility.maximum_age,
        "start": plain(trial.start),
        "primary_completion": plain(trial.primary_completion),
        "last_update": plain(trial.last_update_posted),
        "has_results": trial.has_results,
        "sites": {
            "total": sites.total,
            "recruiting": sites.recruiting,
            "countries": list(sites.countries),
            "first": {
                "facility": sites.first.facility,
                "city": sites.first.city,
                "state": sites.first.state,
                "country": sites.first.country,
            }
            if sites.first
            else None,
        },
        "distance_km": None if hit.distance_km is None else round(hit.distance_km, 1),
        "highlights": [
            {
                "field": highlight.field,
                "item": highlight.item,
                "start": highlight.start,
                "fragment": highlight.fragment,
                "spans": [list(span) for span in highlight.spans],
            }
            for highlight in hit.highlights
        ],
        "passage": hit.passage,
        "fictitious": trial.fictitious,
        "url": f"/trials/{hit.nct_id}",
        "registry_url": registry_url(trial),
    }
    if hit.explanation is not None:
        answer["explanation"] = explanation_answer(hit.explanation)
    return answer


def explanation_answer(node: Explanation) -> dict[str, object]:
    """A node of the score waterfall: `details` add up to its value, `basis` is what it was worked out from."""
    answer: dict[str, object] = {"value": node.value, "description": node.description}
    if node.details:
        answer["details"] = [explanation_answer(detail) for detail in node.details]
    if node.basis:
        answer["basis"] = [explanation_answer(part) for part in node.basis]
    return answer


def trial_answer(nct_id: str, document: StoredDocument, manifest: Manifest) -> dict[str, object]:
    """The answer of `/trials/{nct_id}`."""
    trial = document.trial
    return {
        "nct_id": nct_id,
        "title": trial.title,
        "status_label": labels.status_label(trial.overall_status),
        "phase_label": labels.phase_label(trial.phases),
        "url": f"/trials/{nct_id}",
        "registry_url": registry_url(trial),
        "trial": plain(trial),
        "criteria": flat(document.criteria),
        **provenance(manifest),
        "fictitious": trial.fictitious,
    }


def criteria_answer(criteria: Criteria) -> dict[str, object]:
    """The answer of `POST /criteria`."""
    lines = [number for number, line in enumerate(criteria.lines) if not line.heading]
    understood = {item.line for item in criteria.items if not is_open(item)}
    opaque = sum(number not in understood for number in lines)
    return {
        "criteria": flat(criteria),
        "lines": len(lines),
        "opaque_share": round(opaque / len(lines), 4) if lines else 0.0,
    }


def suggestion_answer(suggestion: Suggestion) -> dict[str, object]:
    """One suggestion."""
    return {"text": suggestion.text, "kind": suggestion.kind, "trials": suggestion.trials}


def plain(value: object) -> object:
    """A dataclass of `search.trial` as JSON values: dates at their own precision, codes as the registry spells them."""
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
