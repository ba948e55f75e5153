"""What the API needs of an engine, and the holder that warms one up behind an already listening server."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from search.eligibility.assessment import Verdict
from search.gazetteer import Gazetteer
from search.index.base import IndexUnavailableError, Manifest, StoredDocument, Suggestion
from search.patient import Patient
from search.query import Query
from search.ranking.rescoring import Ineligible
from search.results import SearchResult

logger = logging.getLogger("oncomatch.api")

_GC_THRESHOLDS = (20_000, 10, 20)
"""An answer makes tens of thousands of objects and hardly a cycle: Python's own 700 has it searched forty times."""


class SearchService(Protocol):
    """The part of `search.engine.SearchEngine` that the API calls."""

    def search(
        self,
        query: Query,
        patient: Patient | None = None,
        *,
        size: int = 10,
        cursor: str | None = None,
        facets: bool = True,
        explain: bool = False,
        ineligible: Ineligible = Ineligible.RANKED,
    ) -> SearchResult:
        """Rank trials for a query."""
        ...

    def rank(self, query: Query, depth: int, patient: Patient | None = None) -> list[tuple[str, float]]:
        """The ranking alone: ids with scores, best first, at most `depth`."""
        ...

    def documents(self, nct_ids: Sequence[str]) -> list[StoredDocument | None]:
        """Stored trials with their criteria, in the order asked for; None where an id is not in the index."""
        ...

    def verdicts(self, patient: Patient) -> dict[Verdict, int]:
        """How many trials of the whole index come to each verdict for a person, best class first."""
        ...

    def trial(self, identifier: str) -> tuple[str, StoredDocument] | None:
        """The trial an id, alias or secondary id names, with its canonical id."""
        ...

    def suggest(self, prefix: str, size: int = 8) -> list[Suggestion]:
        """Completions of a prefix."""
        ...

    def gazetteer(self) -> Gazetteer:
        """The places that a query may name: the bundled ones and the cities of the index's sites."""
        ...

    def manifest(self) -> Manifest:
        """What the promoted generation says of itself."""
        ...

    def warm_up(self) -> None:
        """Make the first search as fast as the next."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


class ServiceHolder:
    """Holds the engine once it is there; until then `get` says why not.

    An engine is taken as ready. A factory is called in a background thread, so that the port answers (with 503 and the
    reason) from the first moment. An index that cannot be opened is tried again until the server ends: whoever builds
    it need not restart.
    """

    def __init__(self, engine: SearchService | Callable[[], SearchService], retry_seconds: float = 5.0) -> None:
        self._factory: Callable[[], SearchService] | None = engine if callable(engine) else None
        self._retry_seconds = retry_seconds
        self._service: SearchService | None = None if callable(engine) else engine
        self._reason = "The index is being opened; try again in a few seconds."
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to open and warm up, in the background."""
        with self._lock:
            if self._service is None and self._thread is None and self._factory is not None:
                self._thread = threading.Thread(target=self._open, args=(self._factory,), name="warm-up", daemon=True)
                self._thread.start()

    def get(self) -> SearchService:
        """The engine.

        Raises:
            IndexUnavailableError: it is not there yet; the message says why.
        """
        if self._service is None:
            raise IndexUnavailableError(self._reason)
        return self._service

    def wait(self, seconds: float) -> bool:
        """Wait until the warm-up has ended; whether the engine is there."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._service is not None

    def close(self) -> None:
        """Stop trying, and close the engine."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
        with self._lock:
            if self._service is not None:
                self._service.close()
                self._service = None
                self._reason = "The server is shutting down."

    def _open(self, factory: Callable[[], SearchService]) -> None:
        while not self._stop.is_set():
            service: SearchService | None = None
            gc.disable()  # what is made here stays: to look through it for garbage takes a fifth of the start
            try:
                service = factory()
                service.warm_up()
            except IndexUnavailableError as error:
                self._refuse(service, str(error))
            except Exception as error:  # whatever it is, the server stays up and says that it cannot search
                self._refuse(service, "The index could not be opened because of an internal error; see the log.")
                logger.error("warm-up failed: %s", type(error).__name__)
            else:
                # The tables and the model live as long as the process: looking through them for garbage again and again
                # would be the longest pause that a search can meet.
                gc.freeze()
                gc.set_threshold(*_GC_THRESHOLDS)
                self._keep(service)
                return
            finally:
                gc.enable()
            self._stop.wait(self._retry_seconds)

    def _keep(self, service: SearchService) -> None:
        with self._lock:
            if self._stop.is_set():
                service.close()
            else:
                self._service = service

    def _refuse(self, service: SearchService | None, reason: str) -> None:
        if reason != self._reason:
            logger.warning("not ready: %s", reason)
        self._reason = reason
        if service is not None:
            service.close()
