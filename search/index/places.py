"""Places as indexes hold and filters compare them: folded names, with one name for each country."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from search.country import country_name
from search.index.document import SiteValues
from search.text import fold_name
from search.trial import Site

_CACHED = 1 << 14
_SMALL = frozenset(("and", "of", "the"))
# Countries whose names a folded form cannot give back by capitals alone.
_WITH_MARKS = (
    "Côte d'Ivoire",
    "Curaçao",
    "Guinea-Bissau",
    "Réunion",
    "Saint Barthélemy",
    "São Tomé and Príncipe",
    "Timor-Leste",
    "Virgin Islands (U.S.)",
    "Åland Islands",
)


@lru_cache(maxsize=_CACHED)
def fold_place(name: str) -> str | None:
    """Folded name of a state or city; None where nothing is left of it."""
    return fold_name(name) or None


@lru_cache(maxsize=_CACHED)
def fold_country(name: str) -> str | None:
    """Folded form of the country's one name (see `search.country`); None where nothing is left of it."""
    return fold_name(country_name(name)) or None


def folded_countries(names: Iterable[str]) -> frozenset[str]:
    """Country names of a filter, in the form that indexes hold; a name of which nothing is left matches no site."""
    return frozenset(fold_country(name) or "" for name in names)


def folded_places(names: Iterable[str]) -> frozenset[str]:
    """State or city names of a filter, in the form that indexes hold; an empty one matches no site."""
    return frozenset(fold_place(name) or "" for name in names)


@cache
def _display_names() -> dict[str, str]:
    return {fold_name(name): name for name in _WITH_MARKS}


@lru_cache(maxsize=_CACHED)
def display_country(folded: str) -> str:
    """The name to show for a folded country: what `country_name` gives, worked out without the record.

    It reads as the country again when it is used in a filter: `fold_country(display_country(x)) == x`.
    """
    words = folded.split()
    plain = " ".join(word if i and word in _SMALL else word.capitalize() for i, word in enumerate(words))
    name = _display_names().get(folded, plain)
    return name if fold_country(name) == folded else folded


def _degrees(value: float, limit: float) -> bool:
    return -limit <= value <= limit


def site_values(site: Site) -> SiteValues:
    """The filterable part of a site; impossible coordinates count as missing."""
    point = site.point
    if point is not None and not (_degrees(point.lat, 90) and _degrees(point.lon, 180)):
        point = None
    return SiteValues(
        country=fold_country(site.country) if site.country else None,
        state=fold_place(site.state) if site.state else None,
        city=fold_place(site.city) if site.city else None,
        status=site.status,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
    )
