"""Places by name, without a network."""

from __future__ import annotations

import pytest

from search.gazetteer import DEFAULT_KM, City, bundled_gazetteer
from search.query import Filters, Near


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("Boston", 42.36, -71.06),
        ("boston", 42.36, -71.06),
        ("Boston, MA", 42.36, -71.06),
        ("Cambridge, MA", 42.38, -71.11),
        ("Cambridge, UK", 52.2, 0.12),
        ("NYC", 40.71, -74.01),
        ("Cologne", 50.93, 6.95),
        ("Köln", 50.93, 6.95),
        ("Tübingen", 48.52, 9.05),
        ("Paris, Texas", 33.66, -95.56),
        ("Nowhere, Texas", None, None),
    ],
)
def test_a_city_is_a_point(name: str, lat: float | None, lon: float | None) -> None:
    filters = bundled_gazetteer().filters(name)
    assert filters == (None if lat is None or lon is None else Filters(near=Near(lat, lon, DEFAULT_KM)))


def test_countries_states_and_parts_of_the_world() -> None:
    places = bundled_gazetteer()
    assert places.filters("the Netherlands") == Filters(countries=frozenset({"Netherlands"}))
    assert places.filters("UK") == Filters(countries=frozenset({"United Kingdom"}))
    assert places.filters("Texas") == Filters(countries=frozenset({"United States"}), states=frozenset({"Texas"}))
    scotland = places.filters("Scotland")
    assert scotland is not None
    assert scotland.countries == {"United Kingdom"}
    assert {"Glasgow", "Edinburgh"} <= scotland.cities
    europe = places.filters("Europe")
    assert europe is not None
    assert {"France", "Germany"} <= europe.countries
    assert "Japan" not in europe.countries


def test_a_distance_asks_for_the_city_of_a_name_that_is_a_state_too() -> None:
    places = bundled_gazetteer()
    state, city = places.filters("New York"), places.filters("New York", 30)
    assert state is not None
    assert city is not None
    assert state.states == {"New York"}
    assert city.near == Near(40.71, -74.01, 30)


@pytest.mark.parametrize("name", ["", "10065", "Nowhere", "cancer", "   "])
def test_what_is_no_place_is_none(name: str) -> None:
    assert bundled_gazetteer().filters(name) is None


def test_cities_of_an_index_come_first_and_add_to_the_others() -> None:
    places = bundled_gazetteer().with_cities(
        [
            City("Stanford", "California", "United States", 37.42, -122.17, 3),
            City("Boston", "Lincolnshire", "United Kingdom", 52.97, -0.02, 1),
        ]
    )
    stanford, boston = places.city("Stanford"), places.city("Boston")
    assert stanford is not None
    assert stanford.state == "California"
    assert boston is not None
    assert boston.country == "United Kingdom"
    assert bundled_gazetteer().city("Stanford") is None


def test_of_two_georgias_the_state_is_meant() -> None:
    georgia = bundled_gazetteer().filters("Georgia")
    assert georgia is not None
    assert georgia.states == {"Georgia"}
