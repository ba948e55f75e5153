"""`ElasticStore`: an Elasticsearch alias and the generations behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property

from elasticsearch import Elasticsearch

from search.config import DEFAULT_CONFIG, ElasticConfig
from search.index.base import IndexUnavailableError, Manifest
from search.index.elastic.catalogue import Catalogue, Entry
from search.index.elastic.connection import answering, check_version, connect, parse_address
from search.index.elastic.generation import ElasticGeneration
from search.index.elastic.writer import ElasticWriter
from search.index.generation import new_generation_id


class ElasticStore:
    """Generations behind an alias; see `IndexStore`. Nothing is sent before the first call.

    Args:
        url: `http(s)://[user:password@]host[:port][/alias]`; the alias is `oncomatch` where none is named.
        config: layout and patience.
        api_key: instead of a user and password.
        ca_certs: file with the certificate authority of an https server.

    Raises:
        IndexUnavailableError: the URL is none. So does every method where the server is down, of another major
            version, refuses the credentials or is too busy; the message says which.
    """

    def __init__(
        self,
        url: str,
        config: ElasticConfig = DEFAULT_CONFIG.elastic,
        *,
        api_key: str | None = None,
        ca_certs: str | None = None,
    ) -> None:
        self._address = parse_address(url)
        self._config = config
        self._unchecked = connect(self._address, config, api_key=api_key, ca_certs=ca_certs)

    @property
    def location(self) -> str:
        """Server and alias, without credentials."""
        return self._address.location

    def begin(self, dimensions: int) -> ElasticWriter:
        """Start a new generation; deletes what dead writers left."""
        with self._catalogue() as catalogue:
            for entry in catalogue.entries():
                if entry.writer is not None and entry.writer.dead(self._config):
                    catalogue.remove(entry.index)
            return ElasticWriter(self._client, catalogue, self.location, new_generation_id(), dimensions, self._config)

    def open(self, generation: str | None = None) -> ElasticGeneration:
        """Open a generation, by default the promoted one."""
        with self._catalogue() as catalogue:
            index = catalogue.index_of(generation) if generation else catalogue.current_index()
            if index is None:
                raise IndexUnavailableError(self._nothing())
            entry = self._entry(catalogue, index)
        return ElasticGeneration(self._client, self.location, entry, self._config)

    def list(self) -> list[Manifest]:
        """All complete generations that this version reads, oldest first."""
        found = []
        with self._catalogue() as catalogue:
            for entry in catalogue.entries():
                with suppress(IndexUnavailableError):
                    found.append(entry.manifest(entry.index))
        return found

    def current(self) -> str | None:
        """Id of the promoted generation."""
        with self._catalogue() as catalogue:
            entry = self._current(catalogue)
        return entry.generation if entry else None

    def promote(self, generation: str) -> None:
        """Make a complete generation the current one, by one atomic change of the alias.

        Raises:
            IndexUnavailableError: it does not exist, or is not for this version; the current one stays.
        """
        with self._catalogue() as catalogue:
            entry = self._entry(catalogue, catalogue.index_of(generation))
            entry.manifest(entry.index)
            before = self._current(catalogue)
            if before is None or before.index != entry.index:
                past = (*before.history, before.generation) if before else ()
                catalogue.describe(entry.index, {**entry.meta, "history": past})
                catalogue.point_to(entry.index)

    def rollback(self) -> str:
        """Promote the generation that was current before this one; returns its id.

        Raises:
            IndexUnavailableError: there is none, or it was removed.
        """
        with self._catalogue() as catalogue:
            current = self._current(catalogue)
            if current is None:
                raise IndexUnavailableError(self._nothing())
            past = current.history
            entries = {entry.generation: entry for entry in catalogue.entries()}
            if not past or past[-1] not in entries:
                raise IndexUnavailableError(
                    f"{self.location} holds no earlier generation to go back to: see `oncomatch index list`, and"
                    " promote one of those."
                )
            entry = entries[past[-1]]
            catalogue.describe(entry.index, {**entry.meta, "history": past[:-1]})
            catalogue.point_to(entry.index)
        return past[-1]

    def collect(self, keep: int) -> Sequence[str]:
        """Delete all but the current and the `keep` newest other generations; returns the deleted ids.

        Raises:
            ValueError: `keep` is below zero.
        """
        if keep < 0:
            raise ValueError(f"{keep} generations cannot be kept")
        with self._catalogue() as catalogue:
            current = catalogue.current_index()
            if current is None:
                raise IndexUnavailableError(self._nothing())
            others = [e for e in catalogue.entries() if e.generation is not None and e.index != current]
            removed = others[: max(0, len(others) - keep)]
            for entry in removed:
                catalogue.remove(entry.index)
        return [entry.generation for entry in removed if entry.generation]

    def close(self) -> None:
        """Close the connections; opened generations use them too."""
        self._unchecked.close()

    def _nothing(self) -> str:
        return f"There is no index at {self.location}: build one with `oncomatch build --index {self.location}`."

    @cached_property
    def _client(self) -> Elasticsearch:
        check_version(self._unchecked, self.location)
        return self._unchecked

    @contextmanager
    def _catalogue(self) -> Iterator[Catalogue]:
        client = self._client
        with answering(self.location):
            yield Catalogue(client, self._address.alias)

    def _current(self, catalogue: Catalogue) -> Entry | None:
        index = catalogue.current_index()
        return next((entry for entry in catalogue.entries() if entry.index == index), None)

    def _entry(self, catalogue: Catalogue, index: str) -> Entry:
        found = next((entry for entry in catalogue.entries() if entry.index == index), None)
        if found is None or found.generation is None:
            raise IndexUnavailableError(
                f"{self.location} holds no complete generation {index.removeprefix(f'{self._address.alias}-')}:"
                " see `oncomatch index list`."
            )
        return found
