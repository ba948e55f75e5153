"""Reading registry records from whatever holds them: files, folders, archives, standard input; JSON or legacy XML.

What a source is, is told from its content. JSON Lines and archives are streamed; only a single JSON document (an
array, a page) is held in memory whole. A fault spoils what it touches, never the rest: it becomes a `SourceRecord`
with an `error`, and reading goes on.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO, cast

import orjson

from indexer.json_text import flatten, loads, values
from indexer.legacy_xml import study_from_xml
from indexer.study import RecordError

_SUFFIXES = (".json", ".jsonl", ".ndjson", ".xml", ".gz", ".tgz", ".tar", ".zip")
"""In folders and archives, files with other names are no records; a file named by itself is read in any case."""

_READ_ERRORS = (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_NESTING = 3
"""Archives in archives are opened so deep and no deeper."""


class SourceError(Exception):
    """A source as a whole cannot be read: it is not there, or may not be read. One clear sentence."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record, or what went wrong in its place.

    `place` names file, archive member and line or position. `raw` holds the bytes as they were found (of an element
    of an array or page: that element as JSON); they are empty where the fault left nothing.
    """

    place: str
    record: Mapping[str, object] | None
    error: str | None
    raw: bytes


def iter_records(source: str | Path) -> Iterator[SourceRecord]:
    """Read a source: one study, an array, an API page, JSON Lines, legacy XML; plain, .gz, .zip, .tar or .tar.gz; a
    folder of such files (sorted by name, at any depth); `-` for standard input.

    Raises:
        SourceError: the source does not exist or cannot be opened.
    """
    if str(source) == "-":
        yield from _stream(sys.stdin.buffer, "standard input", 0)
        return
    path = Path(source)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.name.lower().endswith(_SUFFIXES) and p.is_file())
        if not files:
            raise SourceError(f"The folder {path} holds no record files ({', '.join(_SUFFIXES)}).")
        for file in files:
            try:
                yield from _file(file)
            except SourceError as error:
                yield SourceRecord(str(file), None, str(error), b"")
    else:
        yield from _file(path)


def _file(path: Path) -> Iterator[SourceRecord]:
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        raise SourceError(f"There is no file or folder {path}.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be opened: {error.strerror or error}.") from None
    with opened:
        yield from _stream(opened, str(path), 0)


def _stream(stream: IO[bytes], place: str, depth: int) -> Iterator[SourceRecord]:
    """Find out what a stream is, and read it; a fault of the stream itself ends it with an error record."""
    # BufferedReader adds peek() to streams that lack it; it only reads, so the cast is safe.
    buffered: io.BufferedReader = io.BufferedReader(cast("io.RawIOBase", stream), 1 << 16)
    try:
        yield from _sniffed(buffered, place, depth)
    except _READ_ERRORS as error:
        yield SourceRecord(place, None, f"The data cannot be read to the end: {error or type(error).__name__}.", b"")
    finally:
        buffered.detach()


def _sniffed(stream: io.BufferedReader, place: str, depth: int) -> Iterator[SourceRecord]:
    head = stream.peek(1024)
    if depth > _NESTING:
        yield SourceRecord(place, None, "It is an archive too deep inside other archives.", b"")
    elif head.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
            yield from _stream(cast("IO[bytes]", unpacked), place, depth + 1)
    elif head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _zip(stream, place, depth)
    elif head[257:262] == b"ustar":
        yield from _tar(stream, place, depth)
    else:
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(b"<") or head.startswith((b"\xff\xfe", b"\xfe\xff")):
            yield _xml(stream.read(), place)
        elif start.startswith(b"{"):
            yield from _json_lines(stream, place)
        elif start.startswith(b"["):
            yield from _document(stream.read(), place)
        elif start:
            yield SourceRecord(place, None, "It is neither JSON nor XML nor an archive of them.", b"")


def _tar(stream: io.BufferedReader, place: str, depth: int) -> Iterator[SourceRecord]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.isreg() else None
            if opened is not None and _wanted(member.name):
                yield from _stream(opened, f"{place}!{member.name}", depth + 1)


def _zip(stream: io.BufferedReader, place: str, depth: int) -> Iterator[SourceRecord]:
    with tempfile.TemporaryFile() as spool:
        # A zip archive is read from its end, which a stream does not have.
        shutil.copyfileobj(stream, spool)
        with zipfile.ZipFile(spool) as archive:
            for member in archive.infolist():
                if member.is_dir() or not _wanted(member.filename):
                    continue
                name = f"{place}!{member.filename}"
                try:
                    opened = archive.open(member)
                except _READ_ERRORS as error:
                    yield SourceRecord(name, None, f"The archive member cannot be read: {error}.", b"")
                    continue
                with opened:
                    yield from _stream(opened, name, depth + 1)


def _wanted(name: str) -> bool:
    """Whether an archive member may hold records: no by-product of the archiver, no file of another kind."""
    parts = name.lower().split("/")
    if parts[0] == "__macosx" or parts[-1].startswith("."):
        return False
    return "." not in parts[-1] or parts[-1].endswith(_SUFFIXES)


def _json_lines(stream: BinaryIO, place: str) -> Iterator[SourceRecord]:
    """JSON Lines, unless the first line turns out to be the start of one longer document."""
    head = [stream.readline()]
    while (line := stream.readline()) and not line.strip():
        head.append(line)
    if not line:
        yield from _document(b"".join(head), place)
    elif line.startswith(b"{") or _is_json(head[0]):
        for number, each in enumerate(chain(head, (line,), stream), start=1):
            if each.strip():
                yield from _line(each, f"{place}:{number}")
    else:
        yield from _document(b"".join(head) + line + stream.read(), place)


def _is_json(data: bytes) -> bool:
    try:
        loads(data)
    except ValueError:
        return False
    return True


def _line(data: bytes, place: str) -> Iterator[SourceRecord]:
    data = data.strip().removeprefix(b"\xef\xbb\xbf")
    try:
        value = loads(data)
    except ValueError as error:
        yield SourceRecord(place, None, f"The line cannot be read: {error}.", data)
        return
    if isinstance(value, dict) and "studies" not in value:
        yield SourceRecord(place, value, None, data)
    else:
        yield from _elements(flatten(value), place)


def _document(data: bytes, place: str) -> Iterator[SourceRecord]:
    try:
        yield from _elements(values(data), place)
    except ValueError as error:
        yield SourceRecord(place, None, f"The document cannot be read: {error}.", b"")


def _elements(found: Iterable[object], place: str) -> Iterator[SourceRecord]:
    for number, value in enumerate(found, start=1):
        where = f"{place}[{number}]"
        if not isinstance(value, dict):
            yield SourceRecord(where, None, "The element is not a JSON object.", b"")
            continue
        yield SourceRecord(where, value, None, dumps(value))


def _xml(data: bytes, place: str) -> SourceRecord:
    try:
        return SourceRecord(place, study_from_xml(data), None, data)
    except RecordError as error:
        return SourceRecord(place, None, error.reason, data)


def dumps(value: object) -> bytes:
    """JSON bytes of a value that may hold lone surrogates or numbers beyond 64 bits."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode("ascii")
