"""A line's words with single spaces, for patterns that should not care where a line was wrapped, and the way back."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_GAP = re.compile(r"\s{2,}|[^\S ]")


@dataclass(frozen=True, slots=True)
class Flow:
    """Text whose runs of white space are one space each."""

    text: str
    shifts: tuple[tuple[int, int], ...] = ()
    """Where (offset here, characters left out up to there) the text lost characters, in order."""

    def original(self, offset: int) -> int:
        """Offset in the text before."""
        last = bisect_right(self.shifts, (offset, math.inf)) - 1
        return offset + (self.shifts[last][1] if last >= 0 else 0)


@lru_cache(maxsize=256)
def flow(folded: str) -> Flow:
    """The flow of a text."""
    if ("  " not in folded and folded.isprintable()) or not _GAP.search(folded):
        return Flow(folded)
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    at = length = 0
    for gap in re.finditer(r"\s+", folded):
        pieces += [folded[at : gap.start()], " "]
        length += gap.start() - at + 1
        at = gap.end()
        if at - length != (shifts[-1][1] if shifts else 0):
            shifts.append((length, at - length))
    pieces.append(folded[at:])
    return Flow("".join(pieces), tuple(shifts))
