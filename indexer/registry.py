"""The registry mirror: an SQLite file that holds every record ever seen, and from which any index can be rebuilt.

Each distinct content of a trial is a revision, kept compressed with the time it was first seen; one revision of each
trial is current. Writes are gathered into transactions (WAL), so that a process killed at any moment loses the last
batch at most and readers are never held up. Recording the same records again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import zlib
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

from indexer.content import content_hash
from indexer.json_text import loads
from indexer.legacy_xml import study_from_xml
from indexer.sources import dumps
from indexer.study import RecordError, parse_study
from search.trial import Trial

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    nct_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    last_update TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    place TEXT NOT NULL,
    raw BLOB NOT NULL,
    UNIQUE (nct_id, hash)
);
CREATE TABLE current (
    nct_id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL REFERENCES revision (id)
) WITHOUT ROWID;
CREATE TABLE quarantine (
    place TEXT PRIMARY KEY,
    nct_id TEXT,
    reason TEXT NOT NULL,
    first_seen TEXT NOT NULL
) WITHOUT ROWID;
"""

_BATCH = 500
"""Records in a transaction: what a kill can cost; a commit takes about as long as recording ten of them."""
_PAGE = 256
_COMPRESSION = 1
"""Level 1 of zlib takes a third of the time of level 6, for a file a fifth larger."""
_WAIT_SECONDS = 30.0


class RegistryError(Exception):
    """The mirror cannot be used: another version, no database, locked, or the disk is full. One clear sentence."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One content of a trial: its hash, its last-update date (as the registry gave it), when it was first seen."""

    nct_id: str
    content_hash: str
    last_update: str | None
    first_seen: str
    place: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be read, where it stands, and why."""

    place: str
    nct_id: str | None
    reason: str


class Registry:
    """The mirror at a path, created where there is none. One writer at a time; any number of readers beside it.

    Use it as a context manager, or call `close`, which commits.

    Raises:
        RegistryError: from every method that touches the file, with one sentence for a person.
    """

    def __init__(self, path: str | Path, *, clock: Callable[[], str] | None = None) -> None:
        self._path = Path(path)
        self._clock = clock or _utc_now
        self._pending = 0
        with self._clear_errors():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def record(self, trial: Trial, record: Mapping[str, object], raw: bytes = b"", place: str = "") -> bool:
        """Keep a record; returns whether the trial's current record is now another one than before.

        Of two records of one trial, the one with the newer last update is current; of two equally new ones (or
        without a date), the one recorded later.

        Args:
            trial: what `parse_study` read from the record.
            record: the record in API v2 form; its hash tells whether it is new.
            raw: its bytes as they were found (JSON or legacy XML); by default the record as JSON.
            place: where it was found, for people.
        """
        digest = content_hash(record)
        with self._clear_errors():
            if place and self._quarantined(place):
                self._begin()
                self._db.execute("DELETE FROM quarantine WHERE place = ?", (place,))
            now = self._current(trial.nct_id)
            if now is not None and now[1] == digest:
                return False
            last_update = "" if trial.last_update_posted is None else str(trial.last_update_posted.date)
            self._begin()
            self._db.execute(
                "INSERT OR IGNORE INTO revision (nct_id, hash, last_update, first_seen, place, raw) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    trial.nct_id,
                    digest,
                    last_update,
                    self._clock(),
                    place,
                    zlib.compress(raw or dumps(record), _COMPRESSION),
                ),
            )
            newer = now is None or last_update >= now[2]
            if newer:
                self._db.execute(
                    "INSERT OR REPLACE INTO current (nct_id, revision) "
                    "SELECT nct_id, id FROM revision WHERE nct_id = ? AND hash = ?",
                    (trial.nct_id, digest),
                )
            self._end()
        return newer

    def quarantine(self, place: str, reason: str, nct_id: str | None = None) -> None:
        """Keep note of a record that cannot be read. A later record in its place that can be read ends it."""
        with self._clear_errors():
            self._begin()
            self._db.execute(
                "INSERT INTO quarantine (place, nct_id, reason, first_seen) VALUES (?, ?, ?, ?) ON CONFLICT (place) "
                "DO UPDATE SET nct_id = excluded.nct_id, reason = excluded.reason",
                (place, nct_id, reason, self._clock()),
            )
            self._end()

    def flush(self) -> None:
        """Commit what was recorded."""
        with self._clear_errors():
            if self._db.in_transaction:
                self._db.execute("COMMIT")
            self._pending = 0

    def __len__(self) -> int:
        with self._clear_errors():
            return int(self._db.execute("SELECT count(*) FROM current").fetchone()[0])

    def nct_ids(self) -> tuple[str, ...]:
        """Ids of all trials, ascending."""
        with self._clear_errors():
            return tuple(row[0] for row in self._db.execute("SELECT nct_id FROM current ORDER BY nct_id"))

    def iter_stored(self, wanted: Container[str] | None = None) -> Iterator[bytes]:
        """Current records (all, or those wanted) as they are stored, in the order of their ids; see `stored_trial`.

        Recording meanwhile does no harm.
        """
        after = ""
        while True:
            with self._clear_errors():
                rows = self._db.execute(
                    "SELECT current.nct_id, raw FROM current JOIN revision ON revision.id = current.revision "
                    "WHERE current.nct_id > ? ORDER BY current.nct_id LIMIT ?",
                    (after, _PAGE),
                ).fetchall()
            yield from (raw for nct_id, raw in rows if wanted is None or nct_id in wanted)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def iter_trials(self, wanted: Container[str] | None = None) -> Iterator[Trial]:
        """Current trials (all, or those wanted) in the order of their ids."""
        return map(stored_trial, self.iter_stored(wanted))

    def trial(self, nct_id: str, digest: str | None = None) -> Trial | None:
        """A trial as its current record, or that of a revision's content hash, tells it; None where there is none."""
        with self._clear_errors():
            row = self._db.execute(
                "SELECT raw FROM revision WHERE nct_id = ? AND "
                "(hash = ? OR (? IS NULL AND id = (SELECT revision FROM current WHERE nct_id = ?)))",
                (nct_id, digest, digest, nct_id),
            ).fetchone()
        return None if row is None else stored_trial(row[0])

    def history(self, nct_id: str) -> tuple[Revision, ...]:
        """All revisions of a trial, in the order in which they were first seen."""
        with self._clear_errors():
            rows = self._db.execute(
                "SELECT nct_id, hash, last_update, first_seen, place FROM revision WHERE nct_id = ? ORDER BY id",
                (nct_id,),
            ).fetchall()
        return tuple(Revision(row[0], row[1], row[2] or None, row[3], row[4]) for row in rows)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """All records that could not be read, by place."""
        with self._clear_errors():
            rows = self._db.execute("SELECT place, nct_id, reason FROM quarantine ORDER BY place").fetchall()
        return tuple(Quarantined(*row) for row in rows)

    def content_hash(self, wanted: Container[str] | None = None) -> str:
        """Hash over the ids and contents of current records (all, or those wanted); equal for equal contents."""
        total = blake2b(digest_size=16)
        with self._clear_errors():
            for nct_id, digest in self._db.execute(
                "SELECT current.nct_id, hash FROM current JOIN revision ON revision.id = current.revision "
                "ORDER BY current.nct_id"
            ):
                if wanted is None or nct_id in wanted:
                    total.update(f"{nct_id} {digest}\n".encode())
        return total.hexdigest()

    def data_timestamp(self, wanted: Container[str] | None = None) -> str | None:
        """The newest last-update date of current records (all, or those wanted), at its own precision, or None."""
        with self._clear_errors():
            rows = self._db.execute(
                "SELECT current.nct_id, last_update FROM current JOIN revision ON revision.id = current.revision"
            )
            return max((update for nct_id, update in rows if wanted is None or nct_id in wanted), default=None) or None

    def close(self) -> None:
        """Commit and close."""
        try:
            self.flush()
        finally:
            self._db.close()

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.execute("BEGIN IMMEDIATE")
            # Another process may have been first.
            if self._db.execute("PRAGMA user_version").fetchone()[0] == 0:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._db.execute("COMMIT")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version != SCHEMA_VERSION:
            raise RegistryError(
                f"The registry mirror {self._path} has schema version {version}, and this program reads version "
                f"{SCHEMA_VERSION}: delete the file and build again, or use the program that wrote it."
            )

    def _quarantined(self, place: str) -> bool:
        return self._db.execute("SELECT 1 FROM quarantine WHERE place = ?", (place,)).fetchone() is not None

    def _current(self, nct_id: str) -> tuple[int, str, str] | None:
        row: tuple[int, str, str] | None = self._db.execute(
            "SELECT revision.id, hash, last_update FROM current JOIN revision ON revision.id = current.revision "
            "WHERE current.nct_id = ?",
            (nct_id,),
        ).fetchone()
        return row

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def _end(self) -> None:
        self._pending += 1
        if self._pending >= _BATCH:
            self._db.execute("COMMIT")
            self._pending = 0

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise RegistryError(f"The registry mirror {self._path} cannot be used: {_plainly(error)}.") from error


def _plainly(error: sqlite3.Error | OSError) -> str:
    text = str(error)
    if "locked" in text:
        return "another process is writing to it; wait until that is done"
    if "not a database" in text or "malformed" in text:
        return "it is no intact SQLite database; delete it and build again"
    if "full" in text or "No space" in text:
        return "the disk is full"
    return (error.strerror or text) if isinstance(error, OSError) else text


def stored_trial(compressed: bytes) -> Trial:
    """The trial of a record as `Registry.iter_stored` gives it.

    Raises:
        RegistryError: the record is damaged.
    """
    try:
        data = zlib.decompress(compressed)
    except zlib.error:
        raise RegistryError("A record of the registry mirror is damaged; delete the mirror and build again.") from None
    if data.lstrip().startswith(b"{"):
        value = loads(data)
        if not isinstance(value, dict):
            raise RecordError("The stored record is no JSON object.")
        return parse_study(value)
    return parse_study(study_from_xml(data))


def _utc_now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
