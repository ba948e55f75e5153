"""The cities of an index's sites, for its gazetteer."""

from __future__ import annotations

import numpy as np

from search.gazetteer import City
from search.index.embedded.columns import Columns, Names
from search.index.places import display_country


def cities_of(columns: Columns, names: Names) -> tuple[City, ...]:
    """The cities with the mean coordinates of their sites and how many those are; see `Generation.cities`."""
    placed = np.flatnonzero((columns.site_city >= 0) & ~np.isnan(columns.site_lat) & ~np.isnan(columns.site_lon))
    keys = np.stack([columns.site_country[placed], columns.site_state[placed], columns.site_city[placed]], axis=1)
    found, group = np.unique(keys, axis=0, return_inverse=True)
    group = group.reshape(-1)
    count = np.bincount(group, minlength=len(found))
    lat = np.bincount(group, columns.site_lat[placed], minlength=len(found)) / np.maximum(count, 1)
    lon = np.bincount(group, columns.site_lon[placed], minlength=len(found)) / np.maximum(count, 1)
    return tuple(
        City(
            name=names.cities[city],
            state=names.states[state] if state >= 0 else "",
            country=display_country(names.countries[country]) if country >= 0 else "",
            lat=float(lat[place]),
            lon=float(lon[place]),
            weight=int(count[place]),
        )
        for place, (country, state, city) in enumerate(found.tolist())
    )
