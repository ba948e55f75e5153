"""Counts of values over a set of trials."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.index.embedded.columns import ABSENT, ENUMS, TAG, Columns, Names
from search.index.places import display_country

_CODED = ("status", "study_type", "sponsor_class", "cns")
_BITS = ("phase", "intervention_type")
_TAGGED = ("stage", "extent", "biomarker", "ecog")


@dataclass(frozen=True, slots=True)
class _ByTrial:
    """Values of a facet by trial, so that counting costs what the trials counted hold, not what all trials hold."""

    values: tuple[str, ...]
    offsets: NDArray[np.int64]
    """The values of ordinal t are the numbers `numbers[offsets[t]:offsets[t + 1]]`; shape (T + 1,)."""
    numbers: NDArray[np.int32]

    def count(self, trials: NDArray[np.intp]) -> NDArray[np.intp]:
        starts = self.offsets[trials]
        sizes = self.offsets[trials + 1] - starts
        ends = np.cumsum(sizes)
        places = np.repeat(starts - ends + sizes, sizes) + np.arange(ends[-1] if len(ends) else 0)
        return np.bincount(self.numbers[places], minlength=len(self.values))


class FacetCounter:
    """Counts facets over trials of a generation. Safe for use from several threads."""

    def __init__(self, columns: Columns, names: Names) -> None:
        self._columns = columns
        total = len(columns)
        countries = tuple(map(display_country, names.countries))
        self._by_trial = {
            "cancer_type": _turned(names.codes, columns.code_offsets, columns.code_trials, total),
            "countries": _turned(countries, columns.country_offsets, columns.country_trials, total),
        }
        for facet in _TAGGED:
            # The tags of one kind stand together: they begin alike.
            first, last = (bisect_left(names.tags, f"{facet}{end}") for end in (TAG, chr(ord(TAG) + 1)))
            values = tuple(tag.partition(TAG)[2] for tag in names.tags[first:last])
            self._by_trial[facet] = _turned(values, columns.tag_offsets[first : last + 1], columns.tag_trials, total)

    def count(self, facet: str, trials: NDArray[np.intp]) -> Mapping[str, int]:
        """How many of the trials have each value of a facet; values that none has are left out.

        Args:
            facet: a name of `search.index.document.FACETS`.
            trials: ordinals, distinct.

        Raises:
            ValueError: there is no such facet.
        """
        if facet in self._by_trial:
            return _named(self._by_trial[facet].values, self._by_trial[facet].count(trials))
        if facet in _CODED:
            column: NDArray[np.uint8] = getattr(self._columns, facet)
            counts = np.bincount(column[trials], minlength=ABSENT + 1)
            return _named([member.value for member in ENUMS[facet]], counts)
        if facet in _BITS:
            bits: NDArray[np.uint16] = getattr(self._columns, facet)[trials]
            members = list(ENUMS[facet])
            set_bits = [np.count_nonzero(bits & np.uint16(1 << number)) for number in range(len(members))]
            return _named([member.value for member in members], np.array(set_bits))
        if facet == "has_results":
            stated = self._columns.has_results[trials]
            return _named(["false", "true"], np.array([np.count_nonzero(stated == value) for value in (0, 1)]))
        raise ValueError(f"there is no facet {facet!r}")


def _turned(values: Sequence[str], offsets: NDArray[np.int64], postings: NDArray[np.int32], total: int) -> _ByTrial:
    """Trials by value as values by trial. `offsets` may be a part of them all."""
    first, last = (int(offsets[0]), int(offsets[-1])) if len(offsets) else (0, 0)
    trials = postings[first:last]
    numbers = np.repeat(np.arange(len(values), dtype=np.int32), np.diff(offsets)) if len(values) else trials[:0]
    sizes = np.bincount(trials, minlength=total)
    by_trial = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    return _ByTrial(tuple(values), by_trial, numbers[np.argsort(trials, kind="stable")])


def _named(names: Sequence[str], counts: NDArray[np.intp]) -> dict[str, int]:
    counted = counts[: len(names)]
    some = np.flatnonzero(counted)
    return dict(zip(map(names.__getitem__, some.tolist()), counted[some].tolist(), strict=True))
