"""Names with the numbers that each stands for, as arrays: opened at once, read name by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import orjson

from search.eligibility.columns.tables import Ints, Postings

_NONE = np.array([], dtype=np.int32)


class PostingsReader:
    """Stored postings.

    Args:
        stored: them.
    """

    def __init__(self, stored: Postings) -> None:
        self._places: dict[str, int] = {name: place for place, name in enumerate(orjson.loads(stored.names))}
        self._starts, self._numbers = stored.starts, stored.numbers

    @property
    def names(self) -> Iterable[str]:
        """All names."""
        return self._places

    def get(self, name: str) -> Ints:
        """The numbers of a name, ascending; none where it is unknown."""
        place = self._places.get(name)
        return _NONE if place is None else self._numbers[self._starts[place] : self._starts[place + 1]]

    def common(self, names: Iterable[str]) -> set[int]:
        """The numbers that all of some names have; none without a name."""
        lists = sorted((self.get(name) for name in names), key=len)
        if not lists:
            return set()
        found = set(lists[0].tolist())
        for other in lists[1:]:
            found &= set(other.tolist())
        return found


def stored_postings(found: Mapping[str, Iterable[int]]) -> Postings:
    """Postings to be stored, by name."""
    names = sorted(found)
    lists = [sorted(set(found[name])) for name in names]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int32)
    numbers = np.array([number for one in lists for number in one], dtype=np.int32)
    return Postings(orjson.dumps(names), starts, numbers)
