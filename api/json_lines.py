"""JSON Lines of the command line: `-` is standard input, `.gz` is read as it is, broken UTF-8 is replaced."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

T = TypeVar("T")
Remark = Callable[[str], None]
"""Told what of a line was not used; the path and the number of the line are put before it."""


def open_lines(path: str) -> IO[str]:
    """The file as text, line by line.

    Raises:
        OSError: it cannot be opened.
    """
    if path == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return Path(path).open(encoding="utf-8", errors="replace")


def answer_lines(
    path: str,
    read: Callable[[str], T],
    answer: Callable[[T, Remark], str],
    out: IO[str],
    say: Callable[[str], None],
) -> tuple[int, int]:
    """Answer every line of a file; blank lines ask nothing.

    Args:
        path: as for `open_lines`.
        read: what a line asks; raises ValueError with what is wrong with it.
        answer: the answer to that. Its errors are faults, and are not told as the line's.
        out: where the answers go, one a line.
        say: told which lines could not be read, and what was remarked of the others.

    Returns:
        How many lines were answered, and how many could not be.

    Raises:
        OSError: the file cannot be read.
    """
    answered = complaints = 0
    with open_lines(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            place = f"{path}: line {number}"
            try:
                asked = read(line)
            except ValueError as error:
                complaints += 1
                say(f"{place}: {error}")
                continue
            out.write(answer(asked, partial(_remarked, say, place)) + "\n")
            answered += 1
    return answered, complaints


def _remarked(say: Callable[[str], None], place: str, remark: str) -> None:
    say(f"{place}: {remark}")


def parsed(line: str) -> object:
    """The JSON of a line.

    Raises:
        ValueError: it is none, or is nested too deeply.
    """
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is no JSON") from None


def record_with(line: str, key: str) -> tuple[dict[str, object], str]:
    """The object of a line that has an `id`, and the text under a key.

    Raises:
        ValueError: it is another thing.
    """
    record = parsed(line)
    if not isinstance(record, dict):
        raise ValueError("is no JSON object")
    if record.get("id") is None:
        raise ValueError('has no "id"')
    text = record.get(key)
    if not isinstance(text, str):
        raise ValueError(f'has no "{key}" (a string)')
    return record, text
