"""Filters as boolean masks over all trials. Equal to `search.index.filters.matches`, which the tests hold them to."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from search.index.document import CnsPolicy, days
from search.index.eligibility_terms import leaves_of_stage, marker_leaves, stage_families
from search.index.embedded.columns import ABSENT, HIGHEST, LOWEST, TAG, Columns, Names, code
from search.index.filters import EARTH_RADIUS_KM, asks_date, asks_site, haversine_km
from search.index.places import folded_countries, folded_places
from search.query import DateRange, Filters, Near
from search.trial import Sex

Mask = NDArray[np.bool_]

_RIM_KM = 1e-6
"""This close to the rim the distance is worked out as the reference does, to the last bit."""


def mask(columns: Columns, names: Names, filters: Filters) -> Mask | None:
    """Which trials satisfy the filters (shape (T,)); None where nothing is asked."""
    parts = [*_sets(columns, names, filters), *_person(columns, filters), *_dates(columns, filters)]
    parts.extend(_criteria(columns, names, filters))
    if asks_site(filters):
        parts.append(_sites(columns, names, filters))
    if filters.has_results is not None:
        parts.append(columns.has_results == int(filters.has_results))
    return reduce(np.logical_and, parts) if parts else None


def _sets(columns: Columns, names: Names, filters: Filters) -> Iterable[Mask]:
    if filters.status:
        yield _coded(columns.status, "status", filters.status)
    if filters.phase:
        yield (columns.phase & _bits("phase", filters.phase)) != 0
    if filters.study_type:
        yield _coded(columns.study_type, "study_type", filters.study_type)
    if filters.cancer_type:
        yield _of_codes(columns, names, filters.cancer_type)
    if filters.intervention_type:
        yield (columns.intervention_type & _bits("intervention_type", filters.intervention_type)) != 0
    if filters.sponsor_class:
        yield _coded(columns.sponsor_class, "sponsor_class", filters.sponsor_class)


def _person(columns: Columns, filters: Filters) -> Iterable[Mask]:
    if filters.sex is not None:
        yield _coded(columns.sex, "sex", (Sex.ALL, filters.sex)) | (columns.sex == ABSENT)
    if filters.age_days is not None:
        # A query may hold any integer; outside int32 the nearest end says the same.
        age = np.int32(max(-(2**31), min(2**31 - 1, filters.age_days)))
        yield (columns.minimum_age <= age) & (age <= columns.maximum_age)


def _criteria(columns: Columns, names: Names, filters: Filters) -> Iterable[Mask]:
    tagged = _Tags(columns, names)
    unspecified = filters.include_unspecified
    if filters.stage:
        yield _any(columns, (_takes_stage(tagged, stage, unspecified) for stage in filters.stage))
    if filters.extent:
        yield _any(columns, (_takes_extent(tagged, extent, unspecified) for extent in filters.extent))
    if filters.biomarker:
        yield _any(columns, (tagged.any("biomarker_leaf", marker_leaves(marker)) for marker in filters.biomarker))
    for marker in filters.not_excluding:
        yield ~tagged.all("biomarker_excluded", marker_leaves(marker))
    if filters.prior_lines is not None:
        low, high = columns.minimum_prior_lines, columns.maximum_prior_lines
        yield _takes_number(low, high, filters.prior_lines, unspecified)
    if filters.ecog is not None:
        yield _takes_number(columns.minimum_ecog, columns.maximum_ecog, filters.ecog, unspecified)
    if filters.brain_metastases is not None:
        refused = code("cns", CnsPolicy.EXCLUDED if filters.brain_metastases else CnsPolicy.REQUIRED)
        taken = columns.cns != refused
        yield taken if unspecified else taken & (columns.cns != ABSENT)
    if filters.cns:
        yield _coded(columns.cns, "cns", [policy for policy in CnsPolicy if policy.value in filters.cns])


class _Tags:
    """Trials by the tags of their criteria (see `columns.tags`)."""

    def __init__(self, columns: Columns, names: Names) -> None:
        self._columns = columns
        self._names = names

    def any(self, kind: str, values: Iterable[str]) -> Mask:
        """Trials that have one of the tags."""
        result = np.zeros(len(self._columns), dtype=np.bool_)
        offsets = self._columns.tag_offsets
        for number in _numbers(self._names.tags, (f"{kind}{TAG}{value}" for value in values)):
            result[self._columns.tag_trials[offsets[number] : offsets[number + 1]]] = True
        return result

    def all(self, kind: str, values: Iterable[str]) -> Mask:
        """Trials that have all of the tags."""
        result = np.ones(len(self._columns), dtype=np.bool_)
        for value in values:
            result &= self.any(kind, (value,))
        return result


def _any(columns: Columns, masks: Iterable[Mask]) -> Mask:
    return reduce(np.logical_or, masks, np.zeros(len(columns), dtype=np.bool_))


def _takes_stage(tagged: _Tags, stage: str, unspecified: bool) -> Mask:
    leaves = leaves_of_stage(stage)
    taken = tagged.any("stage_leaf", leaves)
    if not unspecified:
        return taken
    stated = tagged.any("stage_family", stage_families(leaves))
    return taken | ~(stated | tagged.all("stage_excluded", leaves)) if leaves else taken | ~stated


def _takes_extent(tagged: _Tags, extent: str, unspecified: bool) -> Mask:
    taken = tagged.any("extent", (extent,))
    return taken | ~tagged.any("extent_excluded", (extent,)) if unspecified else taken


def _takes_number(low: NDArray[np.int32], high: NDArray[np.int32], number: int, unspecified: bool) -> Mask:
    # A query may hold any integer; outside int32 the nearest end says the same.
    asked = np.int32(max(-(2**31), min(2**31 - 1, number)))
    taken = (low <= asked) & (asked <= high)
    return taken if unspecified else taken & ((low != LOWEST) | (high != HIGHEST))


def _dates(columns: Columns, filters: Filters) -> Iterable[Mask]:
    asked = ((columns.start, filters.start), (columns.completion, filters.completion))
    for spans, wanted in (*asked, (columns.last_update, filters.last_update)):
        if wanted is not None and asks_date(wanted):
            yield _overlaps(spans, wanted)


def _overlaps(spans: NDArray[np.int32], wanted: DateRange) -> Mask:
    result = spans[:, 0] <= spans[:, 1]
    if wanted.first is not None:
        result = result & (spans[:, 1] >= days(wanted.first))
    if wanted.last is not None:
        result = result & (spans[:, 0] <= days(wanted.last))
    return result


def _coded(column: NDArray[np.uint8], name: str, values: Iterable[StrEnum]) -> Mask:
    table = np.zeros(256, dtype=np.bool_)
    table[[code(name, value) for value in values]] = True
    return table[column]


def _bits(name: str, values: Iterable[StrEnum]) -> np.uint16:
    return np.uint16(sum(1 << code(name, value) for value in values))


def _of_codes(columns: Columns, names: Names, wanted: Iterable[str]) -> Mask:
    result = np.zeros(len(columns), dtype=np.bool_)
    for number in _numbers(names.codes, wanted):
        result[columns.code_trials[columns.code_offsets[number] : columns.code_offsets[number + 1]]] = True
    return result


def _numbers(names: Sequence[str], wanted: Iterable[str]) -> list[int]:
    """Places of the names that exist."""
    places = [(bisect_left(names, name), name) for name in wanted]
    return [place for place, name in places if place < len(names) and names[place] == name]


def _sites(columns: Columns, names: Names, filters: Filters) -> Mask:
    asked = (
        (columns.site_country, names.countries, folded_countries(filters.countries)),
        (columns.site_state, names.states, folded_places(filters.states)),
        (columns.site_city, names.cities, folded_places(filters.cities)),
    )
    at = np.ones(len(columns.site_trial), dtype=np.bool_)
    if filters.site_status:
        at &= _coded(columns.site_status, "status", filters.site_status)
    for column, known, wanted in asked:
        if wanted:
            at &= np.isin(column, np.array(_numbers(known, wanted), dtype=np.int32))
    if filters.near is not None:
        at &= _near(columns, filters.near, at)
    result = np.zeros(len(columns), dtype=np.bool_)
    result[columns.site_trial[at]] = True
    return result


def _near(columns: Columns, near: Near, at: Mask) -> Mask:
    """Which of the sites `at` lie within the distance."""
    result = np.zeros(len(at), dtype=np.bool_)
    # A degree of latitude is never shorter than this share of the circumference.
    reach = math.degrees(near.km / EARTH_RADIUS_KM) + 1e-6
    candidates = np.flatnonzero(at & (np.abs(columns.site_lat - near.lat) <= reach))
    lat, lon = columns.site_lat[candidates], columns.site_lon[candidates]
    phi, phi0 = np.radians(lat), math.radians(near.lat)
    half_phi, half_lambda = (phi - phi0) / 2, np.radians(lon - near.lon) / 2
    a = np.sin(half_phi) ** 2 + math.cos(phi0) * np.cos(phi) * np.sin(half_lambda) ** 2
    distance = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(1.0, a)))
    inside = distance <= near.km
    for i in np.flatnonzero(np.abs(distance - near.km) < _RIM_KM):
        inside[i] = haversine_km(near.lat, near.lon, float(lat[i]), float(lon[i])) <= near.km
    result[candidates] = inside
    return result
