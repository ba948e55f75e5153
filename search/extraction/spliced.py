"""A text with pieces replaced, in which every place leads back to the text that it was made from."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spliced:
    """What replacing made of a text."""

    text: str
    _places: tuple[int, ...]
    """Where in `text` each replaced piece starts."""
    _pieces: tuple[tuple[int, int, int], ...]
    """For each of them its end in `text`, and its start and end in the text before."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text before that a span of `text` was made from; of a replaced piece the whole."""
        first = self._original(start, last=False)
        return first, max(first, self._original(end, last=True))

    def _original(self, at: int, *, last: bool) -> int:
        place = bisect.bisect_left(self._places, at) - 1 if last else bisect.bisect_right(self._places, at) - 1
        if place < 0:
            return at
        stop, raw_start, raw_end = self._pieces[place]
        if at < stop or (last and at == stop):
            return raw_end if last else raw_start
        return raw_end + at - stop


def spliced(base: str, replacements: Iterable[tuple[int, int, str]]) -> Spliced:
    """Replace pieces of a text.

    Args:
        base: the text.
        replacements: start, end and the new words, in order; of two that overlap the first counts.
    """
    parts: list[str] = []
    places: list[int] = []
    pieces: list[tuple[int, int, int]] = []
    done = length = 0
    for start, end, words in replacements:
        if start < done:
            continue
        parts += [base[done:start], words]
        length += start - done
        places.append(length)
        length += len(words)
        pieces.append((length, start, end))
        done = end
    parts.append(base[done:])
    return Spliced("".join(parts), tuple(places), tuple(pieces))
