"""Places of an index's own sites: towns that the bundled gazetteer does not know, and the right one of a name."""

from __future__ import annotations

import pytest

from search.gazetteer import City, bundled_gazetteer
from search.query import Filters, Near
from search.query_parser import parse_query

TOWN = City("lower kettleby", "pennsylvania", "United States", 40.5, -77.1, 4)
MADE = bundled_gazetteer().with_cities(
    [
        TOWN,
        City("remission", "texas", "United States", 31.0, -99.0, 2),
        City("boston", "massachusetts", "United States", 42.35, -71.06, 900),
        City("boston", "england", "United Kingdom", 52.97, -0.02, 1),
    ]
)


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("sarcoma near Lower Kettleby", 50),
        ("sarcoma Lower Kettleby, PA", 50),
        ("within 20 km of lower kettleby sarcoma", 20),
    ],
)
def test_a_town_of_the_index_is_found(text: str, km: float) -> None:
    assert parse_query(text, gazetteer=MADE).asked == Filters(near=Near(TOWN.lat, TOWN.lon, km))
    assert parse_query(text).asked == Filters()


def test_a_word_that_is_a_village_too_is_no_place() -> None:
    for text in ("lymphoma in remission", "lymphoma remission", "Lymphoma Remission"):
        assert [one.kind for one in parse_query(text, gazetteer=MADE).concepts] == ["cancer"]


def test_a_city_that_is_known_keeps_its_place_and_comes_first() -> None:
    known, made = bundled_gazetteer().city("Boston"), MADE.city("Boston")
    assert known == made
    lincolnshire = MADE.city("Boston, England")
    assert lincolnshire is not None
    assert lincolnshire.lat == 52.98


def test_a_place_says_what_it_asks_of_sites() -> None:
    [place] = [one for one in parse_query("glioma in Spain").concepts if one.kind == "place"]
    assert place.place == Filters(countries=frozenset({"Spain"}))
    [unknown] = [one for one in parse_query("glioma near Lower Kettleby").concepts if one.kind == "place"]
    assert unknown.place is None


@pytest.mark.parametrize(
    "text", ["phase 2 recruiting", "recruiting trials in Spain", "completed phase 3 trials", "72F"]
)
def test_a_text_whose_words_only_filter(text: str) -> None:
    assert parse_query(text).only_filters()


@pytest.mark.parametrize("text", ["", "glioma in Spain", "trials near Lower Kettleby", "NCT99000001", "yoga"])
def test_a_text_that_says_more(text: str) -> None:
    assert not parse_query(text).only_filters()
