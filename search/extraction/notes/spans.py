"""Looking up spans by place, so that long notes do not make reading quadratic."""

from __future__ import annotations

import bisect
from collections.abc import Iterable


class Spans:
    """Spans of a text that do not overlap each other; offsets are half-open."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        """Sort the spans by their start."""
        self._spans = sorted(spans)
        self._starts = [start for start, _ in self._spans]

    def near(self, start: int, end: int, reach: int = 0) -> bool:
        """Whether some span lies within `reach` characters of `[start, end)`; with 0, whether one overlaps it."""
        place = bisect.bisect_left(self._starts, end + reach)
        return place > 0 and self._spans[place - 1][1] > start - reach
