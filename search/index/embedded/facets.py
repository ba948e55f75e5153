"""Counts of values over a set of trials."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search.index.embedded.columns import ABSENT, ENUMS, TAG, Columns, Names
from search.index.places import display_country


def count(columns: Columns, names: Names, facet: str, trials: NDArray[np.intp]) -> Mapping[str, int]:
    """How many of the trials have each value of a facet; values that none has are left out.

    Args:
        columns: of the generation.
        names: of the generation.
        facet: a name of `search.index.document.FACETS`.
        trials: ordinals, distinct.

    Raises:
        ValueError: there is no such facet.
    """
    if facet in ("status", "study_type", "sponsor_class", "cns"):
        column: NDArray[np.uint8] = getattr(columns, facet)
        counts = np.bincount(column[trials], minlength=ABSENT + 1)
        return _named([member.value for member in ENUMS[facet]], counts)
    if facet in ("phase", "intervention_type"):
        bits: NDArray[np.uint16] = getattr(columns, facet)[trials]
        members = list(ENUMS[facet])
        set_bits = [int(np.count_nonzero(bits & np.uint16(1 << number))) for number in range(len(members))]
        return _named([member.value for member in members], set_bits)
    if facet == "has_results":
        stated = columns.has_results[trials]
        return _named(["false", "true"], [int(np.count_nonzero(stated == value)) for value in (0, 1)])
    if facet == "cancer_type":
        return _named(names.codes, _posted(columns.code_offsets, columns.code_trials, trials, len(columns)))
    if facet == "countries":
        posted = _posted(columns.country_offsets, columns.country_trials, trials, len(columns))
        return _named([display_country(name) for name in names.countries], posted)
    if facet in ("stage", "extent", "biomarker", "ecog"):
        # The tags of one kind stand together: they begin alike.
        first, last = (bisect_left(names.tags, f"{facet}{end}") for end in (TAG, chr(ord(TAG) + 1)))
        posted = _posted(columns.tag_offsets[first : last + 1], columns.tag_trials, trials, len(columns))
        return _named([tag.partition(TAG)[2] for tag in names.tags[first:last]], posted)
    raise ValueError(f"there is no facet {facet!r}")


def _posted(
    offsets: NDArray[np.int64], postings: NDArray[np.int32], trials: NDArray[np.intp], total: int
) -> NDArray[np.int64]:
    """For each name, how many of its trials are among those given. `offsets` may be a part of them all."""
    inside = np.zeros(total, dtype=np.bool_)
    inside[trials] = True
    first, last = (int(offsets[0]), int(offsets[-1])) if len(offsets) else (0, 0)
    running = np.zeros(last - first + 1, dtype=np.int64)
    np.cumsum(inside[postings[first:last]], out=running[1:])
    within = offsets - first
    return running[within[1:]] - running[within[:-1]]


def _named(names: Sequence[str], counts: Sequence[int] | NDArray[np.int64]) -> dict[str, int]:
    return {name: int(n) for name, n in zip(names, counts, strict=False) if n}
