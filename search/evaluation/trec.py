"""TREC's line formats: judgements (qrels) and runs. Whatever cannot be read is named with its file and line."""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

Qrels = Mapping[str, Mapping[str, int]]
"""Grade by topic and trial."""
Run = Mapping[str, Sequence[tuple[str, float]]]
"""Ranking (trial, score), best first, by topic."""

_GZIP = b"\x1f\x8b"


class FormatError(ValueError):
    """A file that is not what it should be: says where and why."""


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """TREC qrels: `topic 0 trial grade` on each line; `.gz` is read as it is. A negative grade is read as 0.

    Raises:
        FormatError: a line that is not of this form, a second and different grade for a trial, or no line at all.
        OSError: the file cannot be opened.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        parts = line.split()
        try:
            topic, _, trial, said = parts
            grade = max(0, int(said))
        except ValueError as error:
            raise FormatError(f"{path}, line {number}: not `topic 0 trial grade`") from error
        grades = qrels.setdefault(topic, {})
        if grades.get(trial, grade) != grade:
            raise FormatError(f"{path}, line {number}: {trial} has two grades for topic {topic}")
        grades[trial] = grade
    if not qrels:
        raise FormatError(f"{path} holds no judgement")
    return qrels


def read_run(lines: Iterable[str], source: str = "") -> dict[str, list[tuple[str, float]]]:
    """A TREC run: `topic Q0 trial rank score tag` on each line; ordered by score, ties by trial.

    Args:
        lines: the run's lines.
        source: name of the file, for what is said of a bad line.

    Raises:
        FormatError: a line that is not of this form or names a trial of its topic a second time, with its number.
    """
    return _run(enumerate(lines, 1), source)


def read_run_file(path: Path) -> dict[str, list[tuple[str, float]]]:
    """`read_run` of a file; `.gz` is read as it is.

    Raises:
        FormatError: as `read_run`, and for a file without any line.
        OSError: the file cannot be opened.
    """
    run = _run(_lines(path), str(path))
    if not run:
        raise FormatError(f"{path} is an empty run: it ranks nothing for any topic")
    return run


def run_lines(topic: str, ranking: Iterable[tuple[str, float]], tag: str) -> Iterator[str]:
    """The lines of a run for one topic; blanks in the topic's name become underscores."""
    name = "_".join(topic.split())
    for rank, (trial, score) in enumerate(ranking, 1):
        yield f"{name} Q0 {trial} {rank} {score!r} {tag}"


def qrels_lines(qrels: Qrels) -> Iterator[str]:
    """The lines of a qrels file, in the order given."""
    for topic, grades in qrels.items():
        for trial, grade in grades.items():
            yield f"{topic} 0 {trial} {grade}"


def _run(numbered: Iterable[tuple[int, str]], source: str) -> dict[str, list[tuple[str, float]]]:
    run: dict[str, dict[str, float]] = {}
    for number, line in numbered:
        parts = line.split()
        if not parts:
            continue
        where = f"{source}, line {number}" if source else f"line {number}"
        try:
            topic, _, trial, _, said, _ = parts
            score = float(said)
        except ValueError as error:
            raise FormatError(f"{where}: not `topic Q0 trial rank score tag`") from error
        if not math.isfinite(score):
            raise FormatError(f"{where}: the score {said} is not a number to rank by")
        ranked = run.setdefault(topic, {})
        if trial in ranked:
            raise FormatError(f"{where}: {trial} is ranked twice for topic {topic}")
        ranked[trial] = score
    return {topic: sorted(hits.items(), key=lambda hit: (-hit[1], hit[0])) for topic, hits in run.items()}


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines of a plain or gzipped file, without the empty ones."""
    with path.open("rb") as file:
        zipped = file.read(2) == _GZIP
        file.seek(0)
        try:
            with gzip.open(file, "rt", encoding="utf-8-sig") if zipped else open(path, encoding="utf-8-sig") as text:
                for number, line in enumerate(text, 1):
                    if line.strip():
                        yield number, line
        except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
            raise FormatError(f"{path} is not a text file, or is cut short") from error
