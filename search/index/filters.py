"""What filters mean: `matches` is the reference that every back end must agree with.

- Within one field any of the values satisfies; all fields must hold.
- `status`, `phase`, `study_type`, `cancer_type`, `intervention_type`, `sponsor_class`, the dates and `has_results` ask
  for something that a record states: a record that does not state it does not match.
- `sex` and `age_days` describe a person: a limit that is not stated excludes nobody. `Sex.ALL` as a filter asks for
  trials that take every sex.
- `countries`, `states`, `cities`, `near` and `site_status` must hold together at one site.
- `stage`, `extent`, `prior_lines`, `ecog` and `brain_metastases` describe a person too, and are compared with what was
  read from the criteria (`EligibilityValues`): a trial that states nothing of them stays in, unless
  `include_unspecified` is False. A stage meets a trial's stages where their leaves meet; stages of systems that cannot
  be compared state nothing of each other.
- `biomarker` asks for trials that require one of the markers; `not_excluding` lists what a person has, and a trial that
  excludes any of it does not match (of a marker without a state: in any state but its absence). `cns` asks for what a
  trial states. `include_unspecified` does not concern these.
- A partial date matches a range when any day it can mean lies inside; a range without ends asks nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from search.index.document import CnsPolicy, EligibilityValues, FilterValues, SiteValues
from search.index.eligibility_terms import leaves_of_stage, marker_leaves, stage_families
from search.index.places import folded_countries, folded_places, site_values
from search.query import DateRange, Filters, Near
from search.trial import PartialDate, Sex, Site

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG), the one Lucene uses."""


def haversine_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in kilometres between two points in degrees, on a sphere of `EARTH_RADIUS_KM`."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_phi, half_lambda = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    a = math.sin(half_phi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, a)))


def asks_site(filters: Filters) -> bool:
    """Whether the filters ask anything of a site."""
    return bool(filters.site_status or filters.countries or filters.states or filters.cities or filters.near)


def asks_date(wanted: DateRange | None) -> bool:
    """Whether a date range has an end at all."""
    return wanted is not None and (wanted.first is not None or wanted.last is not None)


def date_matches(date: PartialDate | None, wanted: DateRange | None) -> bool:
    """Whether any day that the date can mean lies in the range."""
    if wanted is None or not asks_date(wanted):
        return True
    if date is None:
        return False
    return (wanted.first is None or date.last_day >= wanted.first) and (
        wanted.last is None or date.first_day <= wanted.last
    )


def is_near(site: SiteValues, near: Near) -> bool:
    """Whether the site has coordinates within the distance."""
    if site.lat is None or site.lon is None:
        return False
    return haversine_km(near.lat, near.lon, site.lat, site.lon) <= near.km


def site_matches(site: SiteValues, filters: Filters) -> bool:
    """Whether one site satisfies all that the filters ask of a site."""
    return (
        (not filters.site_status or site.status in filters.site_status)
        and (not filters.countries or site.country in folded_countries(filters.countries))
        and (not filters.states or site.state in folded_places(filters.states))
        and (not filters.cities or site.city in folded_places(filters.cities))
        and (filters.near is None or is_near(site, filters.near))
    )


def nearest_km(sites: Sequence[Site], filters: Filters) -> float | None:
    """Kilometres to the nearest site that satisfies the site filters; None where no point is asked for or none does."""
    near = filters.near
    if near is None:
        return None
    candidates = [values for site in sites if site_matches(values := site_values(site), filters)]
    return min(
        (haversine_km(near.lat, near.lon, s.lat, s.lon) for s in candidates if s.lat is not None and s.lon is not None),
        default=None,
    )


def takes_sex(stated: Sex | None, person: Sex | None) -> bool:
    """Whether a trial takes a person of this sex, as far as it says."""
    return person is None or stated is None or stated in (Sex.ALL, person)


def takes_age(minimum: int | None, maximum: int | None, age_days: int | None) -> bool:
    """Whether a trial takes a person of this age (days), as far as it says; both limits are inclusive."""
    if age_days is None:
        return True
    return (minimum is None or minimum <= age_days) and (maximum is None or age_days <= maximum)


def _any(values: Collection[object], wanted: Collection[object]) -> bool:
    return not wanted or any(value in wanted for value in values)


def takes_stage(values: EligibilityValues, stage: str, unspecified: bool) -> bool:
    """Whether a trial takes a person of this stage."""
    leaves = leaves_of_stage(stage)
    if leaves & values.stages:
        return True
    # A stage that no system knows is compared with nothing.
    stated = stage_families(values.stages) & stage_families(leaves) or (leaves and leaves <= values.stages_excluded)
    return unspecified and not stated


def takes_extent(values: EligibilityValues, extent: str, unspecified: bool) -> bool:
    """Whether a trial takes a person whose disease is of this extent."""
    return extent in values.extents or (unspecified and extent not in values.extents_excluded)


def takes_number(minimum: int | None, maximum: int | None, number: int, unspecified: bool) -> bool:
    """Whether a number (of lines, of ECOG) lies within a trial's bounds; both are inclusive."""
    if minimum is None and maximum is None:
        return unspecified
    return (minimum is None or minimum <= number) and (maximum is None or number <= maximum)


def takes_brain_metastases(policy: CnsPolicy | None, present: bool, unspecified: bool) -> bool:
    """Whether a trial takes a person with (or without) brain metastases of some state."""
    if policy is None:
        return unspecified
    return policy is not (CnsPolicy.EXCLUDED if present else CnsPolicy.REQUIRED)


def excludes_marker(values: EligibilityValues, marker: str) -> bool:
    """Whether a trial excludes who has this marker ("EGFR"), or this state of it ("EGFR:L858R")."""
    return marker_leaves(marker) <= values.biomarkers_excluded


def eligibility_matches(values: EligibilityValues, filters: Filters) -> bool:
    """Whether a trial's criteria satisfy the filters."""
    unspecified = filters.include_unspecified
    return (
        (not filters.stage or any(takes_stage(values, stage, unspecified) for stage in filters.stage))
        and (not filters.extent or any(takes_extent(values, extent, unspecified) for extent in filters.extent))
        and (not filters.biomarker or any(marker_leaves(marker) & values.biomarkers for marker in filters.biomarker))
        and not any(excludes_marker(values, marker) for marker in filters.not_excluding)
        and (
            filters.prior_lines is None
            or takes_number(values.minimum_prior_lines, values.maximum_prior_lines, filters.prior_lines, unspecified)
        )
        and (filters.ecog is None or takes_number(values.minimum_ecog, values.maximum_ecog, filters.ecog, unspecified))
        and (
            filters.brain_metastases is None
            or takes_brain_metastases(values.cns, filters.brain_metastases, unspecified)
        )
        and (not filters.cns or values.cns in filters.cns)
    )


def matches(values: FilterValues, filters: Filters) -> bool:
    """Whether a trial satisfies the filters; the meaning is in the module's docstring."""
    return (
        (not filters.status or values.status in filters.status)
        and _any(values.phases, filters.phase)
        and (not filters.study_type or values.study_type in filters.study_type)
        and _any(values.cancer_types, filters.cancer_type)
        and _any(values.intervention_types, filters.intervention_type)
        and (not filters.sponsor_class or values.sponsor_class in filters.sponsor_class)
        and takes_sex(values.sex, filters.sex)
        and takes_age(values.minimum_age_days, values.maximum_age_days, filters.age_days)
        and (not asks_site(filters) or any(site_matches(site, filters) for site in values.sites))
        and date_matches(values.start, filters.start)
        and date_matches(values.completion, filters.completion)
        and date_matches(values.last_update, filters.last_update)
        and (filters.has_results is None or values.has_results is filters.has_results)
        and eligibility_matches(values.eligibility, filters)
    )


_DATE_NAMES = (("start", "start date"), ("completion", "completion date"), ("last_update", "last update"))


def contradictions(filters: Filters) -> str | None:
    """Why no trial can satisfy these filters, in one sentence, or None where one could."""
    for field, name in _DATE_NAMES:
        wanted: DateRange | None = getattr(filters, field)
        if wanted and wanted.first and wanted.last and wanted.first > wanted.last:
            return f"The {name} is asked to be from {wanted.first} on and until {wanted.last}: no day is both."
    if filters.age_days is not None and filters.age_days < 0:
        return "The age is below zero."
    if filters.prior_lines is not None and filters.prior_lines < 0:
        return "The number of prior lines is below zero."
    if filters.ecog is not None and not 0 <= filters.ecog <= 4:
        return "The ECOG performance status is not one of the grades 0 to 4."
    near = filters.near
    if near is not None:
        if not (-90 <= near.lat <= 90):
            return f"The latitude {near.lat:g} does not exist: it lies between -90 and 90 degrees."
        if not (-180 <= near.lon <= 180):
            return f"The longitude {near.lon:g} does not exist: it lies between -180 and 180 degrees."
        if not near.km >= 0:
            return f"The distance of {near.km:g} km is below zero."
    return None
