"""Writes one generation into a folder of its own, which takes its final name only when it is complete."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np

from search.eligibility.columns.compiling import Compiler
from search.eligibility.columns.storage import save_tables
from search.index.base import Manifest
from search.index.document import FilterValues, IndexDocument
from search.index.embedded import columns, layout
from search.index.embedded.documents import DocumentWriter
from search.index.embedded.lexical import LexicalWriter
from search.index.embedded.lock import WriterLock
from search.index.embedded.vectors import VectorWriter
from search.index.generation import manifest_to_json, sync, sync_tree, write_atomically, writing


class EmbeddedWriter:
    """A generation in the making; see `GenerationWriter`. It holds the index's lock until `finish` or `abort`.

    Args:
        root: the index folder.
        generation: id of the new generation.
        dimensions: of the vectors.
        heap_bytes: memory that tantivy collects before it writes.
        lock: held by the caller, released here.

    Raises:
        IndexWriteError: the disk is full or refuses. So does every method.
    """

    def __init__(self, root: Path, generation: str, dimensions: int, heap_bytes: int, lock: WriterLock) -> None:
        self._generation = generation
        self._final = layout.generation_folder(root, generation)
        self._folder = layout.unfinished_folder(root, generation)
        self._dimensions = dimensions
        self._lock = lock
        self._nct_ids: list[str] = []
        self._values: list[FilterValues] = []
        self._criteria = Compiler()
        with writing(str(self._final)):
            self._folder.mkdir(parents=True)
            self._text = LexicalWriter(self._folder / layout.TANTIVY, heap_bytes)
            self._vectors = VectorWriter(self._folder / layout.VECTORS, dimensions)
            self._documents = DocumentWriter(self._folder / layout.DOCUMENTS)

    @property
    def generation(self) -> str:
        """Id of the generation being written."""
        return self._generation

    def add(self, documents: Iterable[IndexDocument]) -> None:
        """Write documents, each trial once, in any order.

        Raises:
            ValueError: a trial comes twice, or its passages and vectors do not fit.
        """
        for document in documents:
            if len(document.passages) != len(document.vectors):
                raise ValueError(
                    f"{document.trial.nct_id}: {len(document.passages)} passages but {len(document.vectors)} vectors"
                )
            with writing(str(self._final)):
                self._documents.add(document)
                self._vectors.add(document.vectors)
                self._text.add(len(self._nct_ids), document.text)
            self._nct_ids.append(document.trial.nct_id)
            self._values.append(document.values)
            self._criteria.add(document.trial, document.criteria)

    def finish(self, manifest: Manifest, encoder: Path) -> None:
        """Complete the generation; it exists from here on, and is not current before `promote`.

        Raises:
            ValueError: the manifest is of another generation, or its counts are not those of what was written.
        """
        told = (manifest.generation, manifest.trials, manifest.passages, manifest.dimensions)
        written = (self._generation, len(self._nct_ids), self._vectors.passages, self._dimensions)
        if told != written:
            raise ValueError(
                f"the manifest says {told} (generation, trials, passages, dimensions), but {written} was written"
            )
        with writing(str(self._final)):
            self._write_parts()
            _link_tree(encoder, self._folder / layout.ENCODER)
            sizes = {
                path.relative_to(self._folder).as_posix(): path.stat().st_size
                for path in sorted(self._folder.rglob("*"))
                if path.is_file() and not path.name.endswith(".lock")
            }
            (self._folder / layout.FILES).write_text(json.dumps(sizes, indent=1), encoding="utf-8")
            sync_tree(self._folder)
            write_atomically(self._folder / layout.MANIFEST, manifest_to_json(manifest))
            self._folder.rename(self._final)
            sync(self._final.parent)
        self._lock.release()

    def abort(self) -> None:
        """Remove what was written; harmless after `finish`."""
        self._documents.abort()
        with suppress(OSError):  # what is still buffered may not fit on the disk
            self._vectors.abort()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()

    def _write_parts(self) -> None:
        arrival = np.array(sorted(range(len(self._nct_ids)), key=self._nct_ids.__getitem__), dtype=np.intp)
        self._text.finish()
        self._documents.finish()
        offsets = self._vectors.finish(arrival)
        np.save(self._folder / layout.PASSAGE_OFFSETS, offsets)
        np.save(self._folder / layout.ARRIVAL, arrival)
        np.save(self._folder / layout.NCT_IDS, np.array([self._nct_ids[i] for i in arrival], dtype=np.bytes_))
        built, names = columns.build([self._values[i] for i in arrival])
        columns.save(self._folder / layout.COLUMNS, built, names)
        save_tables(self._criteria.tables(), self._folder / layout.CRITERIA)


def _link_tree(source: Path, target: Path) -> None:
    """The same files under another folder: hard links, or copies where the file system refuses those."""
    target.mkdir()
    for path in sorted(source.rglob("*")):
        to = target / path.relative_to(source)
        if path.is_dir():
            to.mkdir(parents=True, exist_ok=True)
            continue
        try:
            os.link(path.resolve(), to)
        except OSError:
            shutil.copyfile(path, to)
