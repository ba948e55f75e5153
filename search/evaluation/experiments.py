"""The experiment log: what was scored, with what, on what. JSON Lines, only ever appended to.

A line names the ranking's settings, the data and the index by hashes, so that two figures can be told to be comparable
(same data, same index) and a difference be traced to the settings that made it. No text of a query is written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import orjson

from search.evaluation.topics import Topic
from search.evaluation.trec import FormatError, Qrels
from search.index.base import Manifest


@dataclass(frozen=True, slots=True)
class Experiment:
    """One line of the log."""

    kind: str
    """`evaluation`, `trial` (of a tuning) or `held-out`."""
    name: str
    config: str
    """Hash of the settings."""
    data: str
    """Hash of topics and judgements."""
    index: str
    """Hash of the index: its trials, encoder and schema."""
    setting: str
    """`full` or `condensed`."""
    topics: int
    figures: Mapping[str, float]
    settings: Mapping[str, Any]
    """Settings by path, those that matter for the experiment."""
    when: str = ""
    """UTC, ISO 8601; filled in when it is written."""


class ExperimentLog:
    """An experiment log in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """Where the log is."""
        return self._path

    def append(self, experiment: Experiment) -> Experiment:
        """Write one line at the end; answers it with the time.

        Raises:
            OSError: it cannot be written.
        """
        when = experiment.when or dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        written = Experiment(**{**_plain(experiment), "when": when})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            file.write(orjson.dumps(asdict(written), option=orjson.OPT_APPEND_NEWLINE))
        return written

    def read(self) -> list[Experiment]:
        """All lines, oldest first; none where there is no file.

        Raises:
            FormatError: a line that is not of this log, with its number.
        """
        if not self._path.exists():
            return []
        found = []
        for number, line in enumerate(self._path.read_bytes().splitlines(), 1):
            try:
                found.append(Experiment(**orjson.loads(line)))
            except (orjson.JSONDecodeError, TypeError) as error:
                raise FormatError(f"{self._path}, line {number}: not an entry of an experiment log") from error
        return found


def settings_hash(settings: object) -> str:
    """Hash of a configuration (frozen dataclasses, mappings, sequences and plain values)."""
    return _digest(orjson.dumps(as_plain(settings), option=orjson.OPT_SORT_KEYS))


def data_hash(topics: Iterable[Topic], qrels: Qrels) -> str:
    """Hash of topics and judgements, whatever their order."""
    told = [sorted((t.query_id, t.text) for t in topics), {topic: dict(grades) for topic, grades in qrels.items()}]
    return _digest(orjson.dumps(told, option=orjson.OPT_SORT_KEYS))


def index_hash(manifest: Manifest) -> str:
    """Hash of what decides an index's answers: the trials, the encoder and the schema; not when it was built."""
    return _digest(f"{manifest.content_hash} {manifest.encoder} {manifest.schema_version}".encode())


def as_plain(value: object) -> Any:
    """A configuration as mappings, lists and plain values, which JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(value, deep=True)
    if isinstance(value, Mapping):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(as_plain(one) for one in value)
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    return value


def _plain(value: Any, *, deep: bool = False) -> dict[str, Any]:
    return {f.name: as_plain(getattr(value, f.name)) if deep else getattr(value, f.name) for f in fields(value)}


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()
