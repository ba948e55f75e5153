"""`oncomatch parse-query`: search queries of JSON Lines to the concepts that they state."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO

from api.json_lines import Remark, answer_lines, record_with
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

    def read(line: str) -> tuple[dict[str, object], str]:
        return record_with(line, "query")

    def answer(asked: tuple[dict[str, object], str], _: Remark) -> str:
        record, text = asked
        query = parse_query(text)
        concepts = [flat_concept(one) for one in query.concepts]
        return json.dumps({"id": record["id"], "concepts": concepts, "text": query.rest})

    answered, complaints = answer_lines(queries, read, answer, out, say)
    say(f"{answered} queries read, {complaints} lines could not be read")
    return 3 if complaints else 0
