"""Combinations of assessments that were grouped before, as arrays that are looked up all at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.eligibility.columns.tables import Bytes

Keys = NDArray[np.uint64]
_MOST = 500_000
"""Combinations that are kept; beyond it all are forgotten."""


@dataclass(frozen=True, slots=True)
class Combined:
    """What one combination comes to."""

    verdict: int
    """Place in `tuple(Verdict)`."""
    codes: list[int]
    """Of the members, after the others changed them."""
    groups: list[int]
    """The group whose chance each member counts for; -1 for none."""
    open_members: list[bool]


@dataclass(frozen=True, slots=True)
class Combinations:
    """Combinations by key, ascending. The members' columns of all lie one after the other, from `begins` on."""

    keys: Keys
    begins: NDArray[np.int64]
    verdicts: Bytes
    codes: Bytes
    groups: NDArray[np.int16]
    open_members: NDArray[np.bool_]


class Memory:
    """All combinations so far. Safe from several threads: what was given out never changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = _nothing()

    def look_up(self, keys: Keys, work_out: Callable[[int], Combined]) -> tuple[Combinations, NDArray[np.int64]]:
        """The combinations, and of each key its place among them.

        Args:
            keys: any shape (n,).
            work_out: what a combination comes to that was not met before, given the place of its key.
        """
        known = self._known
        places = np.searchsorted(known.keys, keys)
        missed = np.ones(len(keys), dtype=np.bool_)
        inside = places < len(known.keys)
        missed[inside] = known.keys[places[inside]] != keys[inside]
        if missed.any():
            wanted, first = np.unique(keys[missed], return_index=True)
            new = [work_out(int(np.flatnonzero(missed)[place])) for place in first.tolist()]
            with self._lock:
                known = self._known = _merged(self._known if len(self._known.keys) < _MOST else _nothing(), wanted, new)
            if not np.isin(keys[~missed], known.keys).all():  # forgotten meanwhile
                return self.look_up(keys, work_out)
            places = np.searchsorted(known.keys, keys)
        return known, places


def _nothing() -> Combinations:
    return Combinations(
        np.zeros(0, np.uint64),
        np.zeros(0, np.int64),
        np.zeros(0, np.uint8),
        np.zeros(0, np.uint8),
        np.zeros(0, np.int16),
        np.zeros(0, np.bool_),
    )


def _merged(known: Combinations, keys: Keys, new: Sequence[Combined]) -> Combinations:
    begins = np.cumsum([len(known.codes), *(len(one.codes) for one in new)])[:-1]
    all_keys, kept = np.unique(np.concatenate([known.keys, keys]), return_index=True)
    return Combinations(
        all_keys,
        np.concatenate([known.begins, begins])[kept],
        np.concatenate([known.verdicts, np.array([one.verdict for one in new], np.uint8)])[kept],
        np.concatenate([known.codes, np.array([code for one in new for code in one.codes], np.uint8)]),
        np.concatenate([known.groups, np.array([group for one in new for group in one.groups], np.int16)]),
        np.concatenate([known.open_members, np.array([bit for one in new for bit in one.open_members], np.bool_)]),
    )
