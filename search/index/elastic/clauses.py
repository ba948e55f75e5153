"""`Filters` as query clauses, with the meaning of `search.index.filters.matches`; the congruence suite compares them.

The great circle of `geo_distance` uses the same mean Earth radius as `search.index.filters` (6371.0088 km), and
points are kept to about a centimetre; a site that close to the rim may fall on either side.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from search.index.document import CnsPolicy, days
from search.index.eligibility_terms import leaves_of_stage, marker_leaves, stage_families
from search.index.filters import asks_date
from search.index.places import folded_countries, folded_places
from search.query import DateRange, Filters, Near
from search.trial import Sex

Clause = dict[str, Any]

_SETS = ("status", "phase", "study_type", "cancer_type", "intervention_type", "sponsor_class")
_LEAST_METRES = 0.02
"""Elasticsearch refuses a distance of nothing; this is the precision of its points."""
_DATES = ("start", "completion", "last_update")


def clauses(filters: Filters) -> list[Clause]:
    """Clauses that must all hold, in a fixed order; empty where nothing is asked."""
    found = [_terms(name, getattr(filters, name)) for name in _SETS if getattr(filters, name)]
    if filters.sex is not None:
        found.append(_unless_stated("sex", _terms("sex", frozenset({filters.sex, Sex.ALL}))))
    if filters.age_days is not None:
        # A query may hold any integer; outside int32 the nearest end says the same.
        age = max(-(2**31), min(2**31 - 1, filters.age_days))
        found.append(_unless_stated("minimum_age_days", _range("minimum_age_days", lte=age)))
        found.append(_unless_stated("maximum_age_days", _range("maximum_age_days", gte=age)))
    at_site = _site_clauses(filters)
    if at_site:
        found.append({"nested": {"path": "sites", "query": {"bool": {"filter": at_site}}}})
    for name in _DATES:
        asked: DateRange | None = getattr(filters, name)
        if asked is not None and asks_date(asked):
            found.extend(_overlaps(name, asked))
    if filters.has_results is not None:
        found.append({"term": {"has_results": filters.has_results}})
    return found + _criteria(filters)


def _criteria(filters: Filters) -> list[Clause]:
    unspecified = filters.include_unspecified
    found: list[Clause] = []
    if filters.stage:
        found.append(_any(way for stage in sorted(filters.stage) for way in _takes_stage(stage, unspecified)))
    if filters.extent:
        ways = [_terms("extent", filters.extent)]
        if unspecified:
            ways += [_none([{"term": {"extent_excluded": extent}}]) for extent in sorted(filters.extent)]
        found.append(_any(ways))
    if filters.biomarker:
        found.append(_terms("biomarker_leaf", frozenset().union(*map(marker_leaves, filters.biomarker))))
    found.extend(_none([_all("biomarker_excluded", marker_leaves(name))]) for name in sorted(filters.not_excluding))
    if filters.prior_lines is not None:
        found.extend(_takes_number("prior_lines", filters.prior_lines, unspecified))
    if filters.ecog is not None:
        found.extend(_takes_number("ecog", filters.ecog, unspecified))
    if filters.brain_metastases is not None:
        found.append(_none([{"term": {"cns": CnsPolicy.EXCLUDED if filters.brain_metastases else CnsPolicy.REQUIRED}}]))
        if not unspecified:
            found.append({"exists": {"field": "cns"}})
    if filters.cns:
        found.append(_terms("cns", filters.cns))
    return found


def _takes_stage(stage: str, unspecified: bool) -> Iterable[Clause]:
    """The ways in which a trial can take a stage."""
    leaves = leaves_of_stage(stage)
    yield _terms("stage_leaf", leaves)
    if unspecified:
        stated = [_terms("stage_family", stage_families(leaves))]
        yield _none([*stated, _all("stage_excluded", leaves)] if leaves else stated)


def _takes_number(name: str, number: int, unspecified: bool) -> Iterable[Clause]:
    # A query may hold any integer; outside int32 the nearest end says the same.
    asked = max(-(2**31), min(2**31 - 1, number))
    low, high = f"minimum_{name}", f"maximum_{name}"
    yield _unless_stated(low, _range(low, lte=asked))
    yield _unless_stated(high, _range(high, gte=asked))
    if not unspecified:
        yield _any({"exists": {"field": field}} for field in (low, high))


def _any(ways: Iterable[Clause]) -> Clause:
    return {"bool": {"should": list(ways), "minimum_should_match": 1}}


def _none(conditions: Iterable[Clause]) -> Clause:
    return {"bool": {"must_not": list(conditions)}}


def _all(field: str, values: Iterable[str]) -> Clause:
    """All of the values, of a field that holds several."""
    return {"bool": {"filter": [{"term": {field: value}} for value in sorted(values)]}}


def _site_clauses(filters: Filters) -> list[Clause]:
    asked = {
        "status": filters.site_status,
        "country": folded_countries(filters.countries),
        "state": folded_places(filters.states),
        "city": folded_places(filters.cities),
    }
    found = [_terms(f"sites.{name}", values) for name, values in asked.items() if values]
    near = filters.near
    if near is not None:
        found.append(_within(near))
    return found


def _within(near: Near) -> Clause:
    if not abs(near.lat) <= 90:
        return {"match_none": {}}
    point = {"lat": near.lat, "lon": (near.lon + 180) % 360 - 180}
    metres = max(near.km * 1000, _LEAST_METRES)
    return {"geo_distance": {"distance": metres, "distance_type": "arc", "sites.point": point}}


def _overlaps(name: str, asked: DateRange) -> list[Clause]:
    """A partial date is the days `[first, last]`; it matches when any of them lies inside the range asked for."""
    found = [{"exists": {"field": f"{name}_first"}}]
    if asked.first is not None:
        found.append(_range(f"{name}_last", gte=days(asked.first)))
    if asked.last is not None:
        found.append(_range(f"{name}_first", lte=days(asked.last)))
    return found


def _terms(field: str, values: frozenset[Any]) -> Clause:
    return {"terms": {field: sorted(str(value) for value in values)}}


def _range(field: str, **bounds: int) -> Clause:
    return {"range": {field: bounds}}


def _unless_stated(field: str, clause: Clause) -> Clause:
    """A trial that does not state the field stays in."""
    missing: Clause = {"bool": {"must_not": [{"exists": {"field": field}}]}}
    return {"bool": {"should": [clause, missing], "minimum_should_match": 1}}
