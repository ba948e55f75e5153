"""The generations of an alias: one index each, described by the `_meta` of its mapping.

`_meta` holds the manifest once the generation is complete, until then who is writing it, and, once it was promoted,
which generations were current before (oldest first).
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from elasticsearch import Elasticsearch, NotFoundError

from search.config import ElasticConfig
from search.index.base import Manifest
from search.index.generation import manifest_from_json


@dataclass(frozen=True, slots=True)
class Writer:
    """The process that writes a generation, and when it last said that it lives (seconds since 1970)."""

    host: str
    pid: int
    seen: float

    @classmethod
    def here(cls) -> Writer:
        """This process, now."""
        return cls(socket.gethostname(), os.getpid(), time.time())

    def dead(self, config: ElasticConfig) -> bool:
        """Whether it can be taken for dead: gone from this machine, or silent for long on another."""
        if self.host == socket.gethostname():
            return not _runs(self.pid)
        return time.time() - self.seen > config.dead_after_s


@dataclass(frozen=True, slots=True)
class Entry:
    """One index of the alias."""

    index: str
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def generation(self) -> str | None:
        """Id of a complete generation; None while it is being written."""
        stored = self.meta.get("manifest")
        return str(stored.get("generation")) if isinstance(stored, Mapping) else None

    def manifest(self, place: str) -> Manifest:
        """The manifest of a complete generation.

        Args:
            place: what to call it in messages.

        Raises:
            IndexUnavailableError: it is damaged, or of a schema that this version does not read.
        """
        return manifest_from_json(orjson.dumps(self.meta.get("manifest")), place)

    @property
    def history(self) -> tuple[str, ...]:
        """The generations that were current before this one was promoted, oldest first."""
        return tuple(self.meta.get("history", ()))

    @property
    def scales(self) -> Mapping[str, float]:
        """Factors of query boosts by text field (see `mapping.scales`)."""
        scales: Mapping[str, float] = self.meta.get("scales", {})
        return scales

    @property
    def writer(self) -> Writer | None:
        """Who writes an incomplete generation."""
        stored = self.meta.get("writer")
        return Writer(**stored) if self.generation is None and isinstance(stored, Mapping) else None


class Catalogue:
    """Reads and changes what an alias holds. Errors are the client's own; the caller gives them sentences."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self.alias = alias

    def index_of(self, generation: str) -> str:
        """Name of the index that holds a generation; Elasticsearch takes lower case only."""
        return f"{self.alias}-{generation.lower()}"

    def entries(self) -> list[Entry]:
        """All indices of the alias's generations, complete or not, oldest first."""
        found = self._client.indices.get_mapping(
            index=f"{self.alias}-g*", ignore_unavailable=True, allow_no_indices=True, expand_wildcards="open,closed"
        )
        entries = [Entry(index, body["mappings"].get("_meta", {})) for index, body in found.items()]
        # Another alias may continue this one's name: `trials` and `trials-g-old`.
        return sorted((e for e in entries if e.meta.get("alias") == self.alias), key=lambda entry: entry.index)

    def current_index(self) -> str | None:
        """The index that the alias points to."""
        try:
            found = self._client.indices.get_alias(index=f"{self.alias}-g*", name=self.alias)
        except NotFoundError:
            return None
        return max(found.keys(), default=None)

    def point_to(self, index: str) -> None:
        """Move the alias to an index, in one atomic step."""
        self._client.indices.update_aliases(
            actions=[
                {"remove": {"index": f"{self.alias}-g*", "alias": self.alias, "must_exist": False}},
                {"add": {"index": index, "alias": self.alias}},
            ]
        )

    def describe(self, index: str, meta: Mapping[str, Any]) -> None:
        """Replace what an index says of itself."""
        self._client.indices.put_mapping(index=index, meta={**meta, "alias": self.alias})

    def remove(self, index: str) -> None:
        """Delete an index."""
        self._client.indices.delete(index=index, ignore_unavailable=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True
