"""`VectorCache`: passage vectors by content hash, outside every index, shared by all indexes and processes."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from search.config import DEFAULT_CONFIG

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
Progress = Callable[[int, int], None]
"""Called with the passages encoded and the passages to encode, at the start and after each checkpoint."""

_LOOKUP = 500  # bound parameters in one statement; SQLite's oldest limit is 999
_BUSY_SECONDS = 60.0


class VectorCacheError(Exception):
    """The cache cannot be used. The message says what is wrong, where, and what to do."""


class VectorCache:
    """Vectors of one encoder, by SHA-256 of the passage text.

    An SQLite database in WAL mode: a process killed at any moment loses the batch it was encoding and nothing
    else, and several builders may work at the same time.

    Args:
        cache: the cache folder (`search.cache.cache_dir()`); the database is `vectors/<identity>.sqlite` in it.
        encoder_identity: `Encoder.identity`; vectors of different encoders never mix.
        dim: length of a vector.
        checkpoint: vectors are written after at most this many passages.

    Raises:
        VectorCacheError: the database cannot be opened or holds vectors of another length.
    """

    def __init__(
        self,
        cache: Path,
        encoder_identity: str,
        dim: int,
        *,
        checkpoint: int = DEFAULT_CONFIG.build.checkpoint_passages,
    ) -> None:
        self.path = cache / "vectors" / f"{encoder_identity}.sqlite"
        self.dim = dim
        self._checkpoint = checkpoint
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VectorCacheError(
                f"The vector cache {self.path} cannot be made: {error.strerror}. ONCOMATCH_CACHE names its place."
            ) from error
        with self._errors():
            self._db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self._db.execute("CREATE TABLE IF NOT EXISTS vector (hash BLOB PRIMARY KEY, data BLOB NOT NULL)")
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('dim', ?)", (str(self.dim),))
        (stored,) = self._db.execute("SELECT value FROM meta WHERE key = 'dim'").fetchone()
        if stored != str(self.dim):
            raise VectorCacheError(
                f"The vector cache {self.path} holds vectors of length {stored}, not {self.dim}. "
                "Remove the file; its vectors are computed anew."
            )

    def vectors_for(
        self, texts: Sequence[str], encode: Encode, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """The vectors of passages, in order, encoding only those that the cache lacks.

        Missing passages are encoded in batches of similar length and written after each batch.

        Args:
            texts: passages; repetitions are encoded once.
            encode: texts to vectors, shape `(n, dim)`; not called where nothing is missing.
            progress: hears of each checkpoint.

        Returns:
            Array of shape `(len(texts), dim)`.

        Raises:
            VectorCacheError: the database is damaged, busy or cannot be written (disk full).
            ValueError: `encode` answers another shape or a number that is not finite.
        """
        keys = [_key(text) for text in texts]
        found = self._read(list(dict.fromkeys(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if progress is not None:
            progress(0, len(missing))
        done = 0
        for batch in _batches(missing, self._checkpoint):
            found.update(self._read(batch))  # what another builder wrote meanwhile
            todo = [key for key in batch if key not in found]
            if todo:
                fresh = self._encoded([missing[key] for key in todo], encode)
                self._write(todo, fresh)
                found.update(zip(todo, fresh, strict=True))
            done += len(batch)
            if progress is not None:
                progress(done, len(missing))
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for row, key in enumerate(keys):
            vectors[row] = found[key]
        return vectors

    def missing(self, texts: Sequence[str]) -> int:
        """How many distinct passages the cache lacks."""
        keys = list(dict.fromkeys(_key(text) for text in texts))
        with self._errors():
            present = sum(len(self._select("hash", keys[i : i + _LOOKUP])) for i in range(0, len(keys), _LOOKUP))
        return len(keys) - present

    def __len__(self) -> int:
        with self._errors():
            return int(self._db.execute("SELECT count(*) FROM vector").fetchone()[0])

    def close(self) -> None:
        """Release the database."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _select(self, columns: str, keys: Sequence[bytes]) -> list[tuple[bytes, ...]]:
        marks = ",".join("?" * len(keys))
        size = self.dim * 4  # a row of another size is damaged: it counts as missing
        query = f"SELECT {columns} FROM vector WHERE hash IN ({marks}) AND length(data) = {size}"
        return self._db.execute(query, keys).fetchall()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        found: dict[bytes, NDArray[np.float32]] = {}
        with self._errors():
            for i in range(0, len(keys), _LOOKUP):
                for key, data in self._select("hash, data", keys[i : i + _LOOKUP]):
                    found[key] = np.frombuffer(data, dtype="<f4")
        return found

    def _write(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        rows = [(key, row.astype("<f4").tobytes()) for key, row in zip(keys, vectors, strict=True)]
        with self._errors(), closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
                cursor.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    cursor.execute("ROLLBACK")
                raise

    def _encoded(self, texts: Sequence[str], encode: Encode) -> NDArray[np.float32]:
        vectors = np.asarray(encode(texts), dtype=np.float32)
        if vectors.shape != (len(texts), self.dim):
            raise ValueError(f"the encoder answered shape {vectors.shape}, not {(len(texts), self.dim)}")
        if not np.isfinite(vectors).all():
            raise ValueError("the encoder answered numbers that are not finite")
        return vectors

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise VectorCacheError(
                f"The vector cache {self.path} cannot be used: {error}. Nothing that was written is lost; "
                "make room or free the file, and start again."
            ) from error
        except sqlite3.DatabaseError as error:
            raise VectorCacheError(
                f"The vector cache {self.path} is damaged ({error}). Remove the file; its vectors are computed anew."
            ) from error


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _batches(missing: dict[bytes, str], size: int) -> list[list[bytes]]:
    """Batches of passages of similar length, in an order that mixes lengths, so that the rate stays even."""
    ordered = sorted(missing, key=lambda key: (len(missing[key]), key))
    batches = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    return sorted(batches, key=lambda batch: batch[0])
