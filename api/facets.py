"""What the search page shows of filters: facets with counts, chips to take them away, and the values of its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

from api.filters import to_pairs
from api.labels import date_label
from api.parameters import BY_NAME, FACET_PARAMETERS, Kind, facet_label
from api.values import date
from search.query import Filters
from search.terminology.oncotree import ANY, SOLID
from search.trial import PartialDate

SHOWN = 6
"""Values of a facet that are shown at once; the chosen ones always are."""
MOST = 80
"""Values of a facet that are listed at all."""

_HIDDEN = frozenset({ANY, SOLID})
"""Cancer types of nearly every trial: as a choice they say nothing, and would stand first. The API counts them."""
_NATURAL_ORDER = frozenset({"phase", "cns"})
"""Facets whose values have an order of their own."""
_OPEN_TO_OTHERS = frozenset({"stage", "extent", "ecog"})
"""Facets of what a person has: trials that state nothing of it pass the filter too, and are not counted."""


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """One value of a facet."""

    value: str
    label: str
    count: int
    chosen: bool
    id: str
    """Of its checkbox; stable, so that the keyboard focus survives an update."""


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet of the sidebar."""

    name: str
    """Its parameter."""
    title: str
    shown: tuple[FacetChoice, ...]
    more: tuple[FacetChoice, ...]
    unlisted: int
    """Values that are not even in `more`."""
    single: bool = False
    """Whether one value at most can be chosen."""
    note: str = ""
    """What the counts leave out."""


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter, removable."""

    title: str
    label: str
    remove: str
    """`name:value`, or `name:` for a filter of one value."""


def facet_views(filters: Filters, counts: Mapping[str, Mapping[str, int]]) -> list[FacetView]:
    """The facets of the sidebar. A chosen value without a match is shown with 0, so that it can be unticked."""
    chosen: dict[str, set[str]] = {}
    for name, value in to_pairs(filters):
        chosen.setdefault(name, set()).add(value)
    views = []
    for facet, name in FACET_PARAMETERS.items():
        picked = chosen.get(name, set())
        counted = {
            value: count for value, count in counts.get(facet, {}).items() if value not in _HIDDEN or value in picked
        }
        known = {value.casefold() for value in counted}
        values = counted | {value: 0 for value in picked if value.casefold() not in known}
        order = list(BY_NAME[name].codes or ())
        ranked = sorted(
            values.items(),
            key=lambda item: (order.index(item[0]) if facet in _NATURAL_ORDER else 0, -item[1], item[0]),
        )
        folded = {value.casefold() for value in picked}
        choices = [
            FacetChoice(
                value,
                facet_label(facet, value),
                count,
                value.casefold() in folded,
                f"{name}-{crc32(value.encode()):08x}",
            )
            for value, count in ranked
        ]
        if not choices:
            continue
        first = [choice for place, choice in enumerate(choices) if place < SHOWN or choice.chosen]
        rest = [choice for place, choice in enumerate(choices) if place >= SHOWN and not choice.chosen]
        if len(rest) <= 2:
            first, rest = choices, []
        note = "Counted are trials that say so." if facet in _OPEN_TO_OTHERS and filters.include_unspecified else ""
        title, single = BY_NAME[name].title, BY_NAME[name].kind is Kind.COUNT
        unlisted = max(0, len(rest) - MOST)
        views.append(FacetView(name, title, tuple(first), tuple(rest[:MOST]), unlisted, single, note))
    return views


def chips(filters: Filters) -> list[Chip]:
    """A chip for each active filter value."""
    return [
        Chip(
            _chip_title(name, value), _chip_label(name, value), f"{name}:{value}" if BY_NAME[name].many else f"{name}:"
        )
        for name, value in to_pairs(filters)
    ]


def _chip_title(name: str, value: str) -> str:
    """The filter's name, where the label does not begin with it ("Phase 2")."""
    title = BY_NAME[name].title
    return "" if _chip_label(name, value).startswith(f"{title} ") else title


def inputs(filters: Filters) -> dict[str, str]:
    """Values of the page's single inputs, by parameter name; names of several values are comma-separated."""
    values = dict.fromkeys(BY_NAME, "")
    for name, value in to_pairs(filters):
        values[name] = f"{values[name]},{value}" if values[name] else value
    return values


def _chip_label(name: str, value: str) -> str:
    parameter = BY_NAME[name]
    if parameter.kind is Kind.NEAR:
        lat, lon, km = value.split(",")
        return f"within {km} km of {lat}, {lon}"
    if parameter.kind is Kind.AGE:
        return f"{value} years"
    if parameter.kind is Kind.DAYS:
        return f"{value} days"
    if parameter.kind is Kind.DATE:
        day = date(value, name)
        return date_label(PartialDate(day.year, day.month, day.day)) or value
    if parameter.kind is Kind.MARKER:
        return value.replace(":", " ")
    if parameter.kind is Kind.FLAG or name == "cancer_type":
        return facet_label(name, value)
    return parameter.codes.get(value, value) if parameter.codes else value
