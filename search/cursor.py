"""Opaque cursors for paging: which generation, how far, and of which query."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, fields, is_dataclass

import orjson

from search.config import RankingConfig
from search.patient import Patient
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


def digest(query: Query, config: RankingConfig, patient: Patient | None = None) -> str:
    """A short hash of all that decides the order of results."""
    parts = (query.text, query.nct_ids, query.filters, query.asked, query.stated, query.concepts, query.patient)
    described = repr((_plain(parts), config, _plain(patient))).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(described, digest_size=9).hexdigest()


def _plain(value: object) -> object:
    """The value with sets in order, so that equal values are written alike in every process."""
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, f.name)) for f in fields(value)]
    return value


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
