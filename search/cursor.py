"""Opaque cursors for paging: which generation, how far, and of which query."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

import orjson

from search.config import RankingConfig
from search.query import Query

_FORM = 1
_GENERATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,79}")
_ID = re.compile(r"(?=[^\s]*\d)[A-Za-z0-9][\w./\-]{4,40}")


class CursorError(ValueError):
    """A cursor that cannot be followed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page starts."""

    generation: str
    offset: int


def digest(query: Query, config: RankingConfig) -> str:
    """A short hash of all that decides the order of results."""
    described = repr((query.text, query.nct_ids, _plain(query), config)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(described, digest_size=9).hexdigest()


def _plain(query: Query) -> list[tuple[str, str]]:
    filters = query.filters
    values = ((name, getattr(filters, name)) for name in filters.active())
    return [(name, repr(sorted(value) if isinstance(value, frozenset) else value)) for name, value in values]


def encode(generation: str, offset: int, query_digest: str) -> str:
    """The cursor of the page that starts at `offset`."""
    return base64.urlsafe_b64encode(orjson.dumps([_FORM, generation, offset, query_digest])).decode().rstrip("=")


def decode(cursor: str, query_digest: str) -> Place:
    """The place a cursor names.

    Raises:
        CursorError: it is damaged, of another version, or belongs to another query.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        form, generation, offset, owner = orjson.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if form != _FORM or not isinstance(offset, int) or offset < 0 or not _GENERATION.fullmatch(generation):
            raise ValueError(form)
    except (ValueError, TypeError, UnicodeEncodeError, binascii.Error) as error:
        raise CursorError("The cursor is damaged: search again from the first page.") from error
    if owner != query_digest:
        raise CursorError("The cursor belongs to another query: search again from the first page.")
    return Place(generation, offset)


def looks_like_an_id(text: str) -> bool:
    """Whether a text may be an organisation's or a registry's id rather than words: one token with a digit."""
    return _ID.fullmatch(text) is not None
