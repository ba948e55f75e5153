"""Places by name, without a network: countries, states, regions of the world, and cities with their coordinates.

The bundled gazetteer knows the large cities (GeoNames); one made of an index's own sites (`Gazetteer.with_cities`)
knows every town where a trial is. A name becomes filters: a country or state by name, a city by the distance to it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from search.country import country_name
from search.query import Filters, Near
from search.terminology.spelling import fold_name
from search.terminology.tables import read_table

DEFAULT_KM = 50.0
"""Distance from a city within which a site counts as there, where the text names none."""
_US_ZIP = re.compile(r"\d{5}(?:-\d{4})?")


@dataclass(frozen=True, slots=True)
class City:
    """A city; degrees. `weight` orders cities of one name: inhabitants in thousands, or sites."""

    name: str
    state: str
    country: str
    lat: float
    lon: float
    weight: int


@dataclass(frozen=True, slots=True)
class Region:
    """A country, a state, a nation within a country (which sites do not name), or several countries."""

    name: str
    kind: str
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Places by folded name (`search.terminology.spelling.fold_name`). Each is equal to itself alone."""

    regions: Mapping[str, Region]
    cities: Mapping[str, tuple[City, ...]]
    """Cities of one name, the heaviest first."""
    codes: Mapping[str, Region] = field(default_factory=dict)
    """Short codes of states ("TX"), which are names only beside a city or a word for a place."""

    def with_cities(self, cities: Iterable[City]) -> Gazetteer:
        """A gazetteer that also knows these cities, those of an index's sites (`weight`: how many sites).

        Of cities of one name those with sites come first, among them the larger. Cities of the gazetteer stay as they
        are; others get the weight 0, so that a word that happens to be a village's name is none by itself.
        """
        merged = {name: list(known) for name, known in self.cities.items()}
        sites: dict[City, int] = {}
        changed: set[str] = set()
        for city in cities:
            name = fold_name(city.name)
            if not name:
                continue
            known = merged.setdefault(name, [])
            same = next((one for one in known if _is_same(one, city)), None)
            if same is None:
                same = replace(city, weight=0)
                known.append(same)
            sites[same] = sites.get(same, 0) + city.weight
            changed.add(name)
        for name in changed:
            merged[name].sort(
                key=lambda one: (one not in sites, -one.weight, -sites.get(one, 0), one.country, one.state, one.name)
            )
        return replace(self, cities=MappingProxyType({name: tuple(known) for name, known in merged.items()}))

    def knows(self, name: str) -> bool:
        """Whether the name is a place by itself."""
        folded = fold_name(name)
        return folded in self.regions or folded in self.cities

    def filters(self, name: str, km: float | None = None) -> Filters | None:
        """What a place asks of sites; None where the name is not known.

        Args:
            name: as typed ("Boston", "Boston, MA", "Texas", "the Netherlands", "Europe").
            km: the distance asked for; without one, a country or state as a whole, and `DEFAULT_KM` around a city.
        """
        region = self.regions.get(fold_name(name)) or self.codes.get(name.strip())
        if region is not None and (km is None or self.city(name) is None):
            if region.kind == "state":
                return Filters(countries=frozenset(region.countries), states=frozenset({region.name}))
            if region.kind == "nation":
                return Filters(countries=frozenset(region.countries), cities=self._cities_of(region))
            return Filters(countries=frozenset(region.countries))
        city = self.city(name)
        if city is None:
            return None
        return Filters(near=Near(city.lat, city.lon, km or DEFAULT_KM))

    def city(self, name: str) -> City | None:
        """The city that a name means, by itself ("Boston") or with its state or country ("Boston, MA"); else None."""
        known = self.cities.get(fold_name(name))
        if known:
            return known[0]
        words = re.split(r"[\s,]+", name.strip())
        for cut in range(len(words) - 1, 0, -1):
            head, tail = " ".join(words[:cut]), " ".join(words[cut:])
            region = self.regions.get(fold_name(tail)) or self.codes.get(tail.upper())
            if region is None:
                continue
            for city in self.cities.get(fold_name(head), ()):
                country = _folded_country(city.country)
                if fold_name(region.name) in (fold_name(city.state), country) or (
                    region.kind == "country" and country in map(_folded_country, region.countries)
                ):
                    return city
        return None

    def _cities_of(self, region: Region) -> frozenset[str]:
        return frozenset(
            city.name
            for known in self.cities.values()
            for city in known
            if city.state == region.name and city.country in region.countries
        )


_SAME_KM = 60.0
_KM_PER_DEGREE = 111.2


def _is_same(one: City, other: City) -> bool:
    """Whether two cities of one name are one: same country, near each other."""
    if _folded_country(one.country) != _folded_country(other.country):
        return False
    east = (one.lon - other.lon + 180) % 360 - 180
    shrunk = east * math.cos(math.radians((one.lat + other.lat) / 2))
    return math.hypot(one.lat - other.lat, shrunk) * _KM_PER_DEGREE <= _SAME_KM


def _folded_country(name: str) -> str:
    return fold_name(country_name(name))


@cache
def bundled_gazetteer() -> Gazetteer:
    """The gazetteer that ships with the library."""
    regions: dict[str, Region] = {}
    codes: dict[str, Region] = {}
    for row in read_table("regions.tsv"):
        region = Region(row["name"], row["kind"], tuple(row["countries"].split("|")))
        if region.kind == "state":
            regions[fold_name(region.name)] = region  # of the two Georgias, the one with more trials
        regions.setdefault(fold_name(region.name), region)
        for other in filter(None, row["names"].split("|")):
            if other.startswith("="):
                codes.setdefault(other[1:], region)
            else:
                regions.setdefault(fold_name(other), region)
    cities: dict[str, list[City]] = {}
    for row in read_table("cities.tsv"):
        city = City(
            row["city"], row["state"], row["country"], float(row["lat"]), float(row["lon"]), int(row["thousands"])
        )
        cities.setdefault(fold_name(city.name), []).append(city)
        if city.name.endswith(" City"):
            cities.setdefault(fold_name(city.name.removesuffix(" City")), []).append(city)
    for local, english in _EXONYMS.items():
        known = cities.get(fold_name(local)) or cities.get(fold_name(english))
        if known:
            cities.setdefault(fold_name(english), known)
            cities.setdefault(fold_name(local), known)
    return Gazetteer(
        MappingProxyType(regions),
        MappingProxyType({name: tuple(known) for name, known in cities.items()}),
        MappingProxyType(codes),
    )


_EXONYMS = {
    "Köln": "Cologne",
    "München": "Munich",
    "Sevilla": "Seville",
    "Genova": "Genoa",
    "Torino": "Turin",
    "Milano": "Milan",
    "Roma": "Rome",
    "Firenze": "Florence",
    "Napoli": "Naples",
    "Venezia": "Venice",
    "Wien": "Vienna",
    "Praha": "Prague",
    "Warszawa": "Warsaw",
    "Kraków": "Cracow",
    "Lisboa": "Lisbon",
    "Bruxelles": "Brussels",
    "Antwerpen": "Antwerp",
    "Gent": "Ghent",
    "Nürnberg": "Nuremberg",
    "Hannover": "Hanover",
    "Göteborg": "Gothenburg",
    "København": "Copenhagen",
    "Moskva": "Moscow",
    "Genève": "Geneva",
    "Bern": "Berne",
    "Basel": "Basle",
    "Zaragoza": "Saragossa",
    "Den Haag": "The Hague",
    "Bengaluru": "Bangalore",
    "Kolkata": "Calcutta",
    "Mumbai": "Bombay",
    "Washington": "Washington DC",
    "New York City": "NYC",
    "Philadelphia": "Philly",
}
