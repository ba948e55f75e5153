"""A trial's sites summed up for a result, and grouped for the trial's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.index.filters import haversine_km
from search.query import Near
from search.trial import OverallStatus, Site


@dataclass(frozen=True, slots=True)
class SitesSummary:
    """How many sites, where, and the one to show first."""

    total: int
    recruiting: int
    countries: tuple[str, ...]
    """Countries, most sites first."""
    first: Site | None
    distance_km: float | None = None
    """To `first`, where the query names a point."""


def summarize(sites: Sequence[Site], near: Near | None = None, distance_km: float | None = None) -> SitesSummary:
    """Sum sites up.

    Args:
        sites: all sites of the trial.
        near: the point the query names.
        distance_km: the distance of the nearest site that passes the site filters, which picks the site to show.
    """
    counts = Counter(site.country for site in sites if site.country)
    countries = tuple(sorted(counts, key=lambda country: (-counts[country], country)))
    recruiting = sum(site.status is OverallStatus.RECRUITING for site in sites)
    first = next((site for site in sites if site.status is OverallStatus.RECRUITING), sites[0] if sites else None)
    if near is not None and distance_km is not None:
        located = [site for site in sites if site.point]
        if located:
            first = min(located, key=lambda site: abs(_kilometres(near, site) - distance_km))
    return SitesSummary(len(sites), recruiting, countries, first, distance_km)


def place(site: Site | None) -> str:
    """ "City, State, Country", as far as they are known."""
    return ", ".join(part for part in (site.city, site.state, site.country) if part) if site else ""


def by_country(sites: Sequence[Site]) -> Mapping[str, list[Site]]:
    """Sites by country, most sites first; within a country recruiting sites first, then by place."""
    groups: dict[str, list[Site]] = {}
    for site in sites:
        groups.setdefault(site.country or "Country not stated", []).append(site)
    for group in groups.values():
        group.sort(
            key=lambda s: (s.status is not OverallStatus.RECRUITING, s.state or "", s.city or "", s.facility or "")
        )
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _kilometres(near: Near, site: Site) -> float:
    assert site.point is not None
    return haversine_km(near.lat, near.lon, site.point.lat, site.point.lon)
