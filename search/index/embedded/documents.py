"""Stored records, ids and suggestions, in one SQLite file that is never changed once it is complete."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from search.eligibility.codec import decode_criteria, encode_criteria
from search.index.base import IndexUnavailableError, StoredDocument, Suggestion
from search.index.document import IndexDocument
from search.text import fold_name
from search.trial import Trial
from search.trial_codec import decode_trial, encode_trial

_SCHEMA = """
CREATE TABLE documents (
    nct_id TEXT PRIMARY KEY, trial BLOB NOT NULL, passages BLOB NOT NULL, criteria BLOB NOT NULL
);
CREATE TABLE ids (id TEXT PRIMARY KEY, rank INTEGER NOT NULL, nct_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE suggestions (
    folded TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, trials INTEGER NOT NULL, PRIMARY KEY (folded, kind)
) WITHOUT ROWID;
"""
_COMPRESSION = 3
"""zlib level: a fifth of the time of the default for a tenth more bytes."""
_NCT, _ALIAS, _SECONDARY = range(3)
_LAST = "\U0010ffff"
"""Sorts after every character that a name begins with."""


def id_key(identifier: str) -> str:
    """An id without regard to case and spaces."""
    return "".join(identifier.split()).casefold()


class DocumentWriter:
    """Writes the file. It is worthless until `finish`, so nothing is written carefully before."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA} BEGIN;")
        self._spellings: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._trials: Counter[tuple[str, str]] = Counter()

    def add(self, document: IndexDocument) -> None:
        """Store a trial.

        Raises:
            ValueError: the trial was added before.
        """
        trial = document.trial
        passages = orjson.dumps([passage.text for passage in document.passages])
        parts = (encode_trial(trial), passages, encode_criteria(document.criteria))
        packed = [zlib.compress(part, _COMPRESSION) for part in parts]
        try:
            self._connection.execute("INSERT INTO documents VALUES (?, ?, ?, ?)", (trial.nct_id, *packed))
        except sqlite3.IntegrityError as error:
            raise ValueError(f"{trial.nct_id} was added twice to one generation") from error
        self._connection.executemany(
            # The stronger claim keeps an id; between equal claims, the smaller NCT id.
            "INSERT INTO ids VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET rank = excluded.rank,"
            " nct_id = excluded.nct_id WHERE (excluded.rank, excluded.nct_id) < (rank, nct_id)",
            [(key, rank, trial.nct_id) for key, rank in _ids(trial)],
        )
        for name, spellings in _names(trial).items():
            self._trials[name] += 1
            self._spellings[name].update(spellings)

    def finish(self) -> None:
        """Write the suggestions and close the file."""
        self._connection.executemany(
            "INSERT INTO suggestions VALUES (?, ?, ?, ?)",
            (
                (folded, kind, _usual(self._spellings[folded, kind]), count)
                for (folded, kind), count in self._trials.items()
            ),
        )
        self._connection.execute("COMMIT")
        self._connection.close()

    def abort(self) -> None:
        """Close the file as it is."""
        self._connection.close()


def _usual(spellings: Counter[str]) -> str:
    """The spelling of most trials; of equals the first by alphabet."""
    return min(spellings, key=lambda text: (-spellings[text], text))


def _ids(trial: Trial) -> Iterator[tuple[str, int]]:
    yield id_key(trial.nct_id), _NCT
    for alias in trial.aliases:
        yield id_key(alias), _ALIAS
    for other in trial.secondary_ids:
        if key := id_key(other):
            yield key, _SECONDARY


def _names(trial: Trial) -> dict[tuple[str, str], set[str]]:
    """What the search bar completes: (folded name, kind) → how the trial writes it."""
    named = [("condition", name) for name in trial.conditions]
    named += [("intervention", intervention.name) for intervention in trial.interventions]
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, name in named:
        if folded := fold_name(name):
            found[folded, kind].add(" ".join(name.split()))
    return found


class DocumentReader:
    """Reads the file, also after it was deleted. Safe for use from several threads.

    Raises:
        IndexUnavailableError: the file is damaged. So does every method.
    """

    def __init__(self, file: Path) -> None:
        self._place = file
        self._lock = threading.Lock()
        with self._reading():
            uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            # SQLite opens the file at the first read.
            self._connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone()

    def fetch(self, nct_ids: Sequence[str], *, criteria: bool = True) -> list[StoredDocument | None]:
        """Stored documents in the order asked for; None where an id is not there."""
        columns = "trial, passages, criteria" if criteria else "trial, passages"
        with self._reading():
            rows = [
                self._connection.execute(f"SELECT {columns} FROM documents WHERE nct_id = ?", (nct_id,)).fetchone()
                for nct_id in nct_ids
            ]
            return [_unpacked(*row) if row else None for row in rows]

    def resolve(self, identifier: str) -> str | None:
        """The NCT id that an id, alias or secondary id stands for, or None."""
        with self._reading():
            row = self._connection.execute(
                "SELECT nct_id FROM ids WHERE id = ?", (_utf8(id_key(identifier)),)
            ).fetchone()
        return str(row[0]) if row else None

    def suggest(self, prefix: str, size: int) -> list[Suggestion]:
        """Names and NCT ids that begin with a prefix, most trials first, ties by text."""
        folded = fold_name(prefix)
        with self._reading():
            rows = self._connection.execute(
                "SELECT text, kind, trials FROM suggestions WHERE folded >= ? AND folded < ?"
                " ORDER BY trials DESC, text, kind LIMIT ?",
                (_utf8(folded), _utf8(folded) + _LAST, size),
            ).fetchall()
            ids = []
            if folded.startswith("nct") and folded != "nct":
                key = folded.upper()
                ids = self._connection.execute(
                    "SELECT nct_id FROM documents WHERE nct_id >= ? AND nct_id < ? ORDER BY nct_id LIMIT ?",
                    (_utf8(key), _utf8(key) + _LAST, size),
                ).fetchall()
        found = [Suggestion(text, kind, trials) for text, kind, trials in rows]
        return (found + [Suggestion(nct_id, "nct_id", 1) for (nct_id,) in ids])[:size]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except (sqlite3.DatabaseError, zlib.error, ValueError) as error:
            raise IndexUnavailableError(
                f"{self._place} is damaged: go back with `oncomatch index rollback`, or build the index anew."
            ) from error


def _utf8(text: str) -> str:
    """A text that SQLite can take: lone surrogates, which no stored name holds, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _unpacked(trial: bytes, passages: bytes, criteria: bytes | None = None) -> StoredDocument:
    record = decode_trial(zlib.decompress(trial))
    if criteria is None:
        return StoredDocument(record, tuple(orjson.loads(zlib.decompress(passages))))
    read = decode_criteria(zlib.decompress(criteria), record.eligibility.criteria or "")
    return StoredDocument(record, tuple(orjson.loads(zlib.decompress(passages))), read)
