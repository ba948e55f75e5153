"""The compiled criteria of a generation: its own file, or compiled once from its documents and kept in the cache.

What was compiled holds only under the rules that compiled it (`search.eligibility.columns.rules`). Where a generation's
file is missing or of other rules (the program was updated, another machine opens an Elasticsearch index), the criteria
are compiled from the stored documents, some 4 seconds of processor time a thousand trials, once a machine.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from search.cache import cache_dir
from search.eligibility.columns import CriteriaColumns, compile_criteria
from search.eligibility.columns.rules import rules
from search.eligibility.criterion import Criteria
from search.trial import Trial

Items = Iterable[tuple[Trial, Criteria]]
_log = logging.getLogger(__name__)


class CompiledCriteria:
    """Opens a generation's compiled criteria when they are first asked for, and keeps them. Safe from several threads.

    Args:
        generation: id of the generation.
        own: its file; None where it has none.
        items: reads its trials and criteria.
    """

    def __init__(self, generation: str, own: Path | None, items: Callable[[], Items]) -> None:
        self._generation = generation
        self._own = own
        self._items = items
        self._lock = threading.Lock()
        self._opened: CriteriaColumns | None = None

    def columns(self) -> CriteriaColumns:
        """The compiled criteria."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> CriteriaColumns:
        kept = cached_file(self._generation)
        for file in (self._own, kept):
            if file is not None:
                with suppress(OSError, ValueError):
                    return CriteriaColumns.load(file)
        _log.warning("compiling the criteria of %s: this version's rules are others, or it has none", self._generation)
        compiled = compile_criteria(self._items())
        with suppress(OSError):  # a cache that cannot be written to costs time, no answer
            keep(compiled, kept)
            return CriteriaColumns.load(kept)
        return compiled


def cached_file(generation: str) -> Path:
    """Where the compiled criteria of a generation lie in this machine's cache."""
    return cache_dir() / "criteria" / f"{generation}-{rules()}.columns"


def keep(columns: CriteriaColumns, file: Path) -> None:
    """Write compiled criteria to the cache, whole or not at all; what other rules compiled of the same is removed.

    Raises:
        OSError: the cache cannot be written to.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=file.parent) as folder:
        work = Path(folder) / file.name
        columns.save(work)
        work.replace(file)
    for other in file.parent.glob(f"{file.stem.rsplit('-', 1)[0]}-*{file.suffix}"):
        if other != file:
            other.unlink(missing_ok=True)
