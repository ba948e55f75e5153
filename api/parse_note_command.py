"""`oncomatch parse-note`: clinical notes of JSON Lines to profiles of the interchange format."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO

from api.json_lines import open_lines
from search.extraction.note import read_note


def run_parse_note(notes: str, out: IO[str], say: Callable[[str], None]) -> int:
    """Read every note of a file.

    Args:
        notes: path of JSON Lines with `id` and `note`; `-` is standard input, `.gz` is read. Other keys are echoed.
        out: where the answers go, `{"id", …, "profile"}` a line.
        say: told which lines could not be read, and what of a note was not used; never what stands in it.

    Returns:
        0 if every line was answered, else 3.

    Raises:
        OSError: the file cannot be read.
    """
    answered = complaints = 0
    with open_lines(notes) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = _record(line)
            except ValueError as error:
                complaints += 1
                say(f"{notes}: line {number}: {error}")
                continue
            note = record.pop("note")
            record.pop("profile", None)
            reading = read_note(str(note))
            for remark in reading.unread:
                say(f"{notes}: line {number}: {remark.field}: {remark.problem}")
            out.write(json.dumps({**record, "profile": reading.profile}) + "\n")
            answered += 1
    say(f"{answered} notes read, {complaints} lines could not be read")
    return 3 if complaints else 0


def _record(line: str) -> dict[str, object]:
    try:
        record = json.loads(line)
    except ValueError:
        raise ValueError("is no JSON") from None
    if not isinstance(record, dict):
        raise ValueError("is no JSON object")
    if record.get("id") is None:
        raise ValueError('has no "id"')
    if not isinstance(record.get("note"), str):
        raise ValueError('has no "note" (a string)')
    return record
