"""How far a trial is: the nearest of the sites that the filters ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from search.index.filters import haversine_km, site_matches
from search.index.places import site_values
from search.query import Filters
from search.trial import Site


def nearest_km(sites: Sequence[Site], filters: Filters) -> float | None:
    """Kilometres from the filters' point to the nearest site that passes their other site conditions.

    None where the filters name no point, or no such site has coordinates.
    """
    if filters.near is None:
        return None
    near, others = filters.near, replace(filters, near=None)
    distances = [
        haversine_km(near.lat, near.lon, site.point.lat, site.point.lon)
        for site in sites
        if site.point is not None and site_matches(site_values(site), others)
    ]
    return min(distances, default=None)
