from __future__ import annotations

from typing import Any

import pytest

from indexer.sites import sites
from search.country import country_name
from search.trial import GeoPoint, GeoQuality, OverallStatus, Site


def test_the_sites_of_a_complete_study(full_study: dict[str, Any]) -> None:
    found = sites(full_study["protocolSection"]["contactsLocationsModule"])
    ankara = GeoPoint(39.91987, 32.85427)
    assert found == (
        Site(
            "First Hospital",
            "Ankara",
            None,
            "Turkey",
            "06000",
            OverallStatus.RECRUITING,
            ankara,
            GeoQuality.CITY_CENTROID,
        ),
        Site(
            "Second Hospital", "Ankara", None, "Turkey", None, OverallStatus.COMPLETED, ankara, GeoQuality.CITY_CENTROID
        ),
        Site("Lone Clinic", "Seoul", None, "South Korea", None, None, GeoPoint(37.566, 126.9784), GeoQuality.SITE),
        Site(city="Nowhere"),
    )


def location(facility: str | None, lat: object = 39.9075, lon: object = 116.39723) -> dict[str, Any]:
    return {"facility": facility, "city": "Beijing", "country": "China", "geoPoint": {"lat": lat, "lon": lon}}


def test_one_facility_listed_twice_shares_nothing() -> None:
    found = sites({"locations": [location("Hospital"), location("hospital")]})
    assert {site.geo_quality for site in found} == {GeoQuality.SITE}


def test_the_middle_of_a_city_is_told_from_a_hospital() -> None:
    found = sites({"locations": [location("Hospital"), location("Institute"), location("Clinic", 40.0)]})
    assert [site.geo_quality for site in found] == [
        GeoQuality.CITY_CENTROID,
        GeoQuality.CITY_CENTROID,
        GeoQuality.SITE,
    ]


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(91, 0), (0, 181), ("39.9", 116.4), (None, 116.4), (float("nan"), 1.0), (float("inf"), 1.0), (True, 1.0), (0, 0)],
)
def test_impossible_points_are_missing(lat: object, lon: object) -> None:
    (site,) = sites({"locations": [location("Hospital", lat, lon)]})
    assert (site.point, site.geo_quality) == (None, GeoQuality.MISSING)


@pytest.mark.parametrize("value", [None, {}, "x", [None, 3, [], {}, {"contacts": [{"name": "Nobody"}]}], {"a": 1}])
def test_wrong_types_give_no_site(value: object) -> None:
    assert sites({"locations": value}) == ()


def test_hundreds_of_sites_are_all_kept() -> None:
    module = {"locations": [location(f"Hospital {n}", n / 10) for n in range(900)]}
    assert len(sites(module)) == 900


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Türkiye", "Turkey"),
        ("Turkey (Türkiye)", "Turkey"),
        ("Korea, Republic of", "South Korea"),
        ("Korea, Democratic People's Republic of", "North Korea"),
        ("Czech Republic", "Czechia"),
        ("Russian Federation", "Russia"),
        ("Côte D'Ivoire", "Côte d'Ivoire"),
        ("Viet Nam", "Vietnam"),
        (" france ", "france"),
        ("Former Yugoslavia", "Former Yugoslavia"),
    ],
)
def test_countries_that_were_renamed(given: str, expected: str) -> None:
    assert country_name(given) == expected
    assert country_name(expected) == expected
