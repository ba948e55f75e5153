"""`oncomatch parse-note`: clinical notes of JSON Lines to profiles of the interchange format."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO

from api.json_lines import Remark, answer_lines, record_with
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

    def read(line: str) -> tuple[dict[str, object], str]:
        return record_with(line, "note")

    def answer(asked: tuple[dict[str, object], str], remark: Remark) -> str:
        record, note = asked
        reading = read_note(note)
        for one in reading.unread:
            remark(f"{one.field}: {one.problem}")
        echoed = {key: value for key, value in record.items() if key not in ("note", "profile")}
        return json.dumps({**echoed, "profile": reading.profile})

    answered, complaints = answer_lines(notes, read, answer, out, say)
    say(f"{answered} notes read, {complaints} lines could not be read")
    return 3 if complaints else 0
