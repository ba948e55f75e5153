"""Locks that the system releases when their holder dies: one writer at a time, and one change of the pointer."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.index.base import IndexUnavailableError
from search.index.embedded.layout import POINTER_LOCK
from search.index.generation import IndexBusyError


class WriterLock:
    """Holds the lock of an index folder until released.

    Raises:
        IndexBusyError: another process (or another writer of this one) holds it.
    """

    def __init__(self, file: Path) -> None:
        self._descriptor: int | None = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            self._descriptor = None
            who = f"process {holder}" if holder else "another process"
            raise IndexBusyError(
                f"{file.parent} is being written to by {who}: wait until it has finished, or stop it."
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let others write; harmless when called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def exclusive(root: Path, absent: str | None = None) -> Iterator[None]:
    """Wait for and hold the right to change the pointer, for the moment that this takes.

    Args:
        root: the index folder.
        absent: what to say where the folder does not exist.

    Raises:
        IndexUnavailableError: the folder does not exist.
    """
    if absent is not None and not root.is_dir():
        raise IndexUnavailableError(absent)
    descriptor = os.open(root / POINTER_LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
