"""Topics to run: JSON Lines with `query_id` and `text`; other keys are ignored."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class Topic:
    """A query to be ranked for: a short query or a whole note."""

    query_id: str
    text: str


def read_topics(source: str) -> Iterator[Topic | str]:
    """Topics of a file (`.gz` is read as it is, `-` is standard input).

    A line that cannot be read comes as a complaint that names it.

    Raises:
        OSError: the file cannot be opened.
    """
    for number, line in enumerate(_lines(source), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
            query_id, text = record["query_id"], record["text"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            yield f'line {number}: not an object with "query_id" and "text"'
            continue
        if not isinstance(query_id, str | int) or not isinstance(text, str) or not str(query_id).split():
            yield f'line {number}: "query_id" and "text" must be strings'
            continue
        yield Topic(str(query_id), text)


def _lines(source: str) -> Iterator[bytes]:
    if source == "-":
        yield from sys.stdin.buffer
        return
    with Path(source).open("rb") as plain:
        zipped = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        if zipped:
            with gzip.open(plain) as unzipped:
                yield from unzipped
        else:
            yield from plain
