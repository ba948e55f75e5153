"""Values that were worked out lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_KEPT = 512
T = TypeVar("T")


class Recent(Generic[T]):
    """The values that were last asked for, by key. Safe from several threads."""

    def __init__(self, size: int = _KEPT) -> None:
        self._lock = threading.Lock()
        self._size = size
        self._kept: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """The value of a key, if it is still kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Hashable, value: T) -> None:
        """Keep a value; the one that was not asked for the longest goes."""
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def of(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The value of a key, worked out where it is not kept."""
        value = self.get(key)
        if value is None:
            value = work_out()
            self.keep(key, value)
        return value
