"""A location becomes a store: a folder holds embedded generations, a URL names an Elasticsearch."""

from __future__ import annotations

from pathlib import Path

from search.index.base import IndexStore


def open_store(location: str) -> IndexStore:
    """The store at a folder or at an `http(s)://host:port[/alias]` URL. Nothing is read or created yet.

    Raises:
        IndexUnavailableError: the URL needs the Elasticsearch client, which is not installed.
    """
    if location.startswith(("http://", "https://")):
        from search.index.elastic.store import ElasticStore

        return ElasticStore(location)
    from search.index.embedded.store import EmbeddedStore

    return EmbeddedStore(Path(location))
