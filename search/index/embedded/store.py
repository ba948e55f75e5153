"""`EmbeddedStore`: a folder that holds generations and the pointer to the current one."""

from __future__ import annotations

import builtins
import shutil
from pathlib import Path

from search.config import DEFAULT_CONFIG, BuildConfig
from search.index.base import IndexUnavailableError, Manifest
from search.index.embedded import layout
from search.index.embedded.lock import WriterLock, exclusive
from search.index.embedded.reader import EmbeddedGeneration, read_manifest
from search.index.embedded.writer import EmbeddedWriter
from search.index.generation import (
    Pointer,
    new_generation_id,
    read_pointer,
    write_pointer,
    writing,
)

_ATTEMPTS = 5
"""Times that `open` follows a pointer that moves while it opens."""


class EmbeddedStore:
    """Generations in a folder; see `IndexStore`. Nothing is read or created before the first call.

    Args:
        path: the index folder; `begin` creates it.
        config: sizes of the work units of a build.
    """

    def __init__(self, path: Path, config: BuildConfig = DEFAULT_CONFIG.build) -> None:
        self._root = path
        self._config = config

    @property
    def location(self) -> str:
        """The folder."""
        return str(self._root)

    def begin(self, dimensions: int) -> EmbeddedWriter:
        """Start a new generation; removes what dead writers left.

        Raises:
            IndexBusyError: another writer lives.
            IndexWriteError: the folder cannot be written to.
        """
        with writing(self.location):
            (self._root / layout.GENERATIONS).mkdir(parents=True, exist_ok=True)
            lock = WriterLock(self._root / layout.LOCK)
        try:
            self._sweep(layout.UNFINISHED)
            return EmbeddedWriter(self._root, new_generation_id(), dimensions, self._config.writer_heap_bytes, lock)
        except BaseException:
            lock.release()
            raise

    def open(self, generation: str | None = None) -> EmbeddedGeneration:
        """Open a generation, by default the promoted one."""
        if generation is not None:
            return EmbeddedGeneration(self._folder(generation))
        for attempt in range(_ATTEMPTS):
            current = self.current()
            if current is None:
                raise IndexUnavailableError(self._nothing())
            try:
                return EmbeddedGeneration(self._folder(current))
            except IndexUnavailableError:
                # It may have been replaced and removed between the two looks.
                if attempt == _ATTEMPTS - 1 or self.current() == current:
                    raise
        raise AssertionError("the loop above returns or raises")

    def list(self) -> list[Manifest]:
        """All complete generations that this version reads, oldest first."""
        found = []
        for generation in self._generations():
            try:
                found.append(read_manifest(self._folder(generation)))
            except IndexUnavailableError:
                continue
        return found

    def current(self) -> str | None:
        """Id of the promoted generation."""
        return read_pointer(self._root / layout.POINTER).current

    def promote(self, generation: str) -> None:
        """Make a complete generation the current one.

        Raises:
            IndexUnavailableError: it cannot be opened, or does not exist; the current one stays.
        """
        EmbeddedGeneration(self._folder(generation)).close()
        pointer_file = self._root / layout.POINTER
        with writing(self.location), exclusive(self._root):
            try:
                pointer = read_pointer(pointer_file)
            except IndexUnavailableError:
                pointer = Pointer()  # damaged: the promotion mends it
            write_pointer(pointer_file, pointer.to(generation))

    def rollback(self) -> str:
        """Promote the generation that was current before this one; returns its id.

        Raises:
            IndexUnavailableError: there is none, or it was removed or is damaged.
        """
        with writing(self.location), exclusive(self._root, self._nothing()):
            pointer = read_pointer(self._root / layout.POINTER).back()
            if pointer is None or pointer.current is None or pointer.current not in self._generations():
                raise IndexUnavailableError(
                    f"{self.location} holds no earlier generation to go back to: see `oncomatch index list`, and"
                    " promote one of those."
                )
            EmbeddedGeneration(self._folder(pointer.current)).close()
            write_pointer(self._root / layout.POINTER, pointer)
            return pointer.current

    def collect(self, keep: int) -> builtins.list[str]:
        """Remove all but the current and the `keep` newest other generations; returns the removed ids.

        Raises:
            ValueError: `keep` is below zero.
        """
        if keep < 0:
            raise ValueError(f"{keep} generations cannot be kept")
        with writing(self.location), exclusive(self._root, self._nothing()):
            current = self.current()
            others = [generation for generation in self._generations() if generation != current]
            removed = others[: len(others) - keep] if len(others) > keep else []
            for generation in removed:
                # The rename takes it out of sight at once; a kill leaves only what the next sweep removes.
                self._folder(generation).rename(self._root / layout.GENERATIONS / f"{layout.REMOVED}{generation}")
            self._sweep(layout.REMOVED)
        return removed

    def _nothing(self) -> str:
        return f"There is no index at {self.location}: build one with `oncomatch build --index {self.location}`."

    def _folder(self, generation: str) -> Path:
        if generation.startswith(".") or "/" in generation or "\\" in generation:
            raise IndexUnavailableError(f"{generation!r} is no generation of {self.location}.")
        return layout.generation_folder(self._root, generation)

    def _generations(self) -> builtins.list[str]:
        """Ids of complete generations, oldest first."""
        folder = self._root / layout.GENERATIONS
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))

    def _sweep(self, prefix: str) -> None:
        for path in (self._root / layout.GENERATIONS).glob(f"{prefix}*"):
            shutil.rmtree(path, ignore_errors=True)
