"""`oncomatch parse-query`: search queries of JSON Lines to the concepts that they state."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO

from api.json_lines import open_lines
from search.query_parser import flat_concept, parse_query


def run_parse_query(queries: str, out: IO[str], say: Callable[[str], None]) -> int:
    """Understand every query of a file.

    Args:
        queries: path of JSON Lines with `id` and `query`; `-` is standard input, `.gz` is read.
        out: where the answers go, `{"id", "concepts", "text"}` a line.
        say: told which lines could not be read; never what stands in a query.

    Returns:
        0 if every line was answered, else 3.

    Raises:
        OSError: the file cannot be read.
    """
    answered = complaints = 0
    with open_lines(queries) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                identifier, text = _record(line)
            except ValueError as error:
                complaints += 1
                say(f"{queries}: line {number}: {error}")
                continue
            query = parse_query(text)
            concepts = [flat_concept(one) for one in query.concepts]
            out.write(json.dumps({"id": identifier, "concepts": concepts, "text": query.rest}) + "\n")
            answered += 1
    say(f"{answered} queries read, {complaints} lines could not be read")
    return 3 if complaints else 0


def _record(line: str) -> tuple[object, str]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("is no JSON") from None
    if not isinstance(record, dict):
        raise ValueError("is no JSON object")
    if record.get("id") is None:
        raise ValueError('has no "id"')
    text = record.get("query")
    if not isinstance(text, str):
        raise ValueError('has no "query" (a string)')
    return record["id"], text
