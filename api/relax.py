"""When nothing is found: which filter, taken away, would bring trials back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from api.filters import to_pairs, without
from api.parameters import BY_NAME, PARAMETERS
from api.service import SearchService
from search.query import Query
from search.results import SearchResult

MOST_FILTERS = 8
"""More active filters than this are not tried one by one: each costs a search."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A filter, and how many trials there would be without it."""

    parameter: str
    label: str
    total: int


def relaxations(service: SearchService, query: Query, result: SearchResult) -> tuple[Relaxation, ...]:
    """For an empty result with filters: the filters whose removal alone would find trials, most trials first."""
    active = query.filters.active()
    if result.total or not active or len(active) > MOST_FILTERS or (query.nct_ids and not query.text):
        return ()
    found = []
    for field in active:
        without_it = service.search(replace(query, filters=without(query.filters, field)), size=1, facets=False)
        if without_it.total:
            parameter = _parameter(query, field)
            found.append(Relaxation(parameter, BY_NAME[parameter].title, without_it.total))
    return tuple(sorted(found, key=lambda relaxation: (-relaxation.total, relaxation.parameter)))


def _parameter(query: Query, field: str) -> str:
    """The parameter that filled a field of the filters."""
    names = {parameter.name for parameter in PARAMETERS if parameter.field == field}
    return next(name for name, _ in to_pairs(query.filters) if name in names)
