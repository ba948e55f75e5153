"""Sites of a trial, and how far their coordinates can be trusted. Contact persons are never read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from indexer.enums import member
from indexer.fields import Object, degrees, line, obj, objects
from search.country import country_name
from search.trial import GeoPoint, GeoQuality, OverallStatus, Site


def sites(module: Object) -> tuple[Site, ...]:
    """Read `locations` of a contacts and locations module, in the registry's order."""
    found = [site for location in objects(module, "locations") if (site := _site(location)) != Site()]
    shared = _shared_points(found)
    return tuple(
        replace(site, geo_quality=GeoQuality.CITY_CENTROID) if site.point in shared else site for site in found
    )


def _site(location: Object) -> Site:
    country = line(location.get("country"))
    point = _point(obj(location, "geoPoint"))
    return Site(
        facility=line(location.get("facility")),
        city=line(location.get("city")),
        state=line(location.get("state")),
        country=None if country is None else country_name(country),
        zip=line(location.get("zip")),
        status=member(OverallStatus, location.get("status")),
        point=point,
        geo_quality=GeoQuality.MISSING if point is None else GeoQuality.SITE,
    )


def _point(value: Object) -> GeoPoint | None:
    lat, lon = degrees(value.get("lat"), 90), degrees(value.get("lon"), 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):
        # Nothing stands at 0° N 0° E: it is what a failed geocoder leaves behind.
        return None
    return GeoPoint(lat, lon)


def _shared_points(found: list[Site]) -> set[GeoPoint]:
    """Points that stand for more than one facility: the middle of a city, not a hospital."""
    facilities: defaultdict[GeoPoint, set[tuple[str | None, str | None]]] = defaultdict(set)
    for site in found:
        if site.point is not None:
            facilities[site.point].add((site.facility and site.facility.casefold(), site.zip))
    return {point for point, names in facilities.items() if len(names) > 1}
