"""Places fold to one form, and folded countries can be shown and asked for again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.country import country_name
from search.index.places import display_country, fold_country, fold_place, folded_countries, site_values
from search.trial import GeoPoint, Site


@pytest.mark.parametrize(
    ("spellings", "shown"),
    [
        (("Korea, Republic of", "South Korea", "south korea"), "South Korea"),
        (("Russian Federation", "Russia"), "Russia"),
        (("USA", "United States"), "United States"),
        (("Cote D'Ivoire", "Côte d'Ivoire"), "Côte d'Ivoire"),
        (("Guinea-Bissau",), "Guinea-Bissau"),
        (("Bosnia and Herzegovina",), "Bosnia and Herzegovina"),
        (("Democratic Republic of the Congo",), "Democratic Republic of the Congo"),
    ],
)
def test_countries(spellings: tuple[str, ...], shown: str) -> None:
    folded = {fold_country(spelling) for spelling in spellings}
    assert len(folded) == 1
    assert display_country(str(folded.pop())) == shown


@given(st.text(max_size=20) | st.sampled_from(("Türkiye", "Réunion", "Virgin Islands (U.S.)", "Congo", "Congo, The")))
def test_what_is_shown_finds_what_it_stands_for(name: str) -> None:
    folded = fold_country(country_name(name))
    if folded is not None:
        assert fold_country(display_country(folded)) == folded


def test_a_name_of_nothing_is_no_name() -> None:
    assert fold_place(" - ") is None
    assert folded_countries(["?"]) == {""}


@pytest.mark.parametrize("point", [GeoPoint(91, 0), GeoPoint(0, 181), GeoPoint(math.nan, 0), None])
def test_impossible_coordinates_count_as_missing(point: GeoPoint | None) -> None:
    values = site_values(Site(city="São Paulo", point=point))
    assert (values.city, values.lat, values.lon) == ("sao paulo", None, None)
