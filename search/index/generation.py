"""What generations on disk have in common: ids, manifests as JSON, durable files, the pointer to the current one."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from search.index.base import SCHEMA_VERSION, IndexUnavailableError, Manifest


class IndexBusyError(IndexUnavailableError):
    """Another process is writing to this index."""


class IndexWriteError(IndexUnavailableError):
    """A generation could not be written; what was promoted before is untouched."""


def new_generation_id() -> str:
    """`g`, a UTC time stamp and a suffix that makes it unique; later ids sort after earlier ones."""
    return f"g{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"


def manifest_to_json(manifest: Manifest) -> bytes:
    """A manifest as the content of `manifest.json`."""
    return json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode() + b"\n"


def manifest_from_json(data: bytes, place: str) -> Manifest:
    """Read a manifest.

    Args:
        data: content of `manifest.json`.
        place: where it was found, for messages.

    Raises:
        IndexUnavailableError: it is damaged, or of a schema that this version does not read.
    """
    try:
        stored = json.loads(data)
    except ValueError:
        stored = None
    if not isinstance(stored, dict) or not isinstance(stored.get("schema_version"), int):
        raise IndexUnavailableError(f"The manifest of {place} is damaged: promote another generation or build anew.")
    if stored["schema_version"] != SCHEMA_VERSION:
        raise IndexUnavailableError(
            f"{place} has schema {stored['schema_version']}, this version reads {SCHEMA_VERSION}: build the index anew."
        )
    return _manifest(stored, place)


def _manifest(stored: Mapping[str, Any], place: str) -> Manifest:
    names = [f.name for f in fields(Manifest)]
    missing = [name for name in names if name not in stored and name != "extra"]
    if missing:
        raise IndexUnavailableError(
            f"The manifest of {place} lacks {', '.join(missing)}: promote another generation or build anew."
        )
    return Manifest(**{name: stored[name] for name in names if name in stored})


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is current, and which were before it (oldest first)."""

    current: str | None = None
    history: tuple[str, ...] = ()

    def to(self, generation: str) -> Pointer:
        """The pointer after a promotion."""
        if generation == self.current:
            return self
        return Pointer(generation, (*self.history, self.current) if self.current else self.history)

    def back(self) -> Pointer | None:
        """The pointer after a rollback; None where there is nothing before."""
        return Pointer(self.history[-1], self.history[:-1]) if self.history else None


def read_pointer(file: Path) -> Pointer:
    """The pointer file, or an empty pointer where there is none.

    Raises:
        IndexUnavailableError: the file is damaged.
    """
    try:
        stored = json.loads(file.read_bytes())
        return Pointer(stored["current"], tuple(map(str, stored["history"])))
    except FileNotFoundError:
        return Pointer()
    except (ValueError, KeyError, TypeError) as error:
        raise IndexUnavailableError(
            f"The pointer {file} is damaged: name the generation to use with `oncomatch index promote`."
        ) from error


def write_pointer(file: Path, pointer: Pointer) -> None:
    """Swap the pointer atomically: readers see the old one or the new one, also after a power cut."""
    write_atomically(file, json.dumps(asdict(pointer)).encode() + b"\n")


def write_atomically(file: Path, data: bytes) -> None:
    """Replace a file as a whole, durably. A leftover of a killed writer is overwritten by the next one."""
    temporary = file.with_name(f".{file.name}.new")
    with temporary.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(file)
    sync(file.parent)


def sync(path: Path) -> None:
    """Make a file's content, or a folder's entries, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make everything under a folder durable."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            sync(path)
    for path in sorted(p for p in folder.rglob("*") if p.is_dir()):
        sync(path)
    sync(folder)


@contextmanager
def writing(place: str) -> Iterator[None]:
    """Turn failures of the disk into a sentence.

    Args:
        place: what is being written, for the message.

    Raises:
        IndexWriteError: the disk is full, or refuses.
    """
    try:
        yield
    except Exception as error:
        # Engines wrap the system's error in their own, so its text is looked at too.
        text = str(error)
        full = (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)) or any(
            mark in text for mark in ("No space left", "os error 28", "disk is full", "os error 122", " requested and ")
        )
        if full:
            raise IndexWriteError(
                f"The disk is full: {place} could not be written. What was promoted before still answers;"
                " free some space and build again."
            ) from error
        if isinstance(error, OSError):
            raise IndexWriteError(f"{place} could not be written: {error.strerror or error}.") from error
        raise
