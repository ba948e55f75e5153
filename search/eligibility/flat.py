"""Criteria in the flat interchange form: one JSON object an item, the same for the command line and the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from search.eligibility.criterion import Biomarker, Cancer, Criteria, Criterion, Opaque, PriorTherapy
from search.eligibility.scopes import cohorts_of

_RENAMED = {("biomarker", "states"): "state", ("prior_therapy", "therapies"): "therapy"}


def flat(criteria: Criteria) -> list[dict[str, object]]:
    """All items of a trial, in the order of the text."""
    return [flat_item(item) for item in criteria.items]


def flat_by_cohort(criteria: Criteria) -> list[dict[str, object]]:
    """As `flat`, but what is said of several cohorts together ("Cohorts 1 and 2: …") once for each, under its name.

    Only cohorts that the text tells apart elsewhere are told apart here; the others keep the name as written.
    """
    cohorts = cohorts_of(criteria)
    listed: list[dict[str, object]] = []
    for item in criteria.items:
        names: list[str | None] = [one.name for one in cohorts if one.binds(item)]
        names = names or [item.cohort]
        listed += ({**flat_item(item), "cohort": name} for name in names)
    return listed


def flat_item(item: Criterion) -> dict[str, object]:
    """One item: quote, offsets, section, kind, requirement, cohort, confidence, and the kind's own fields."""
    answer: dict[str, object] = {
        "quote": item.evidence.quote,
        "start": item.evidence.start,
        "end": item.evidence.end,
        "section": item.section.value,
        "kind": "condition" if isinstance(item.fact, Opaque) else item.fact.kind,
        "requirement": item.requirement.value,
        "cohort": item.cohort,
        "confidence": round(item.confidence, 4),
    }
    answer |= dict(_fact(item))
    if item.exception:
        answer["exception"] = item.exception.quote
    if item.or_group:
        answer["or_group"] = item.or_group
    return answer


def _fact(item: Criterion) -> Iterator[tuple[str, object]]:
    fact = item.fact
    if isinstance(fact, Opaque):
        yield "topic", "other"
        return
    always = _ALWAYS.get(fact.kind, frozenset())
    for field in fields(fact):
        value = getattr(fact, field.name)
        empty = value is None or value is False or value == ()  # zero is a value
        if empty and field.name not in always:
            continue
        name = _RENAMED.get((fact.kind, field.name), field.name)
        if isinstance(fact, Biomarker | PriorTherapy) and isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        elif isinstance(fact, Cancer) and isinstance(value, frozenset):
            value = sorted(value)
        elif isinstance(value, tuple):
            value = list(value)
        yield name, value


_ALWAYS: Mapping[str, frozenset[str]] = {
    "line_count": frozenset({"min", "max"}),
    "age": frozenset({"min", "max"}),
    "stage": frozenset({"values", "tnm"}),
}
"""Fields that are printed even when they are open."""
