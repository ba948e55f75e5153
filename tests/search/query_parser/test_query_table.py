"""Queries as people type them: the table beside this file says what each of them states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.query import Concept
from search.query_parser import parse_query

_TABLE = Path(__file__).parent / "queries.tsv"
_SHORT = {
    "biomarker": "bio",
    "performance": "perf",
    "condition": "cond",
    "prior_therapy": "prior",
    "intervention": "want",
}
_SHORT |= {"line_count": "lines", "study_type": "type", "nct_id": "nct"}


def rows() -> Iterator[tuple[str, str]]:
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            query, expected = line.split("\t")
            yield query, expected


def _range(one: Concept) -> str:
    return f"{'' if one.least is None else one.least}-{'' if one.most is None else one.most}"


def written(one: Concept) -> str:
    """A concept in the notation of the table."""
    values: dict[str, Callable[[], str | None]] = {
        "cancer": lambda: ",".join(sorted(one.codes)),
        "stage": lambda: ",".join(one.values or one.tnm),
        "extent": lambda: ",".join(one.values),
        "biomarker": lambda: f"{one.marker}={'|'.join(one.states)}",
        "performance": lambda: f"{one.scale} {_range(one)}",
        "line_count": lambda: _range(one),
        "condition": lambda: one.topic,
        "prior_therapy": lambda: "+".join(one.therapies),
        "intervention": lambda: "+".join(one.therapies),
        "age": lambda: f"{one.years:g}",
        "place": lambda: f"{one.name}" + (f"@{one.km:g}" if one.km is not None else ""),
        "sponsor": lambda: one.name,
        "status": lambda: ",".join(one.values),
        "phase": lambda: ",".join(one.values),
    }
    value = values.get(one.kind, lambda: one.value)()
    return f"{'!' if one.negative else ''}{_SHORT.get(one.kind, one.kind)}:{value}"


def difference(query: str, expected: str) -> tuple[set[str], set[str]]:
    """What is missing, and what should not be there."""
    parts = re.split(r";(?![^(]*\))", expected)  # not within "t(11;14)"
    wanted = [item.strip() for item in parts]
    sure = {item for item in wanted if not item.startswith("?")}
    unsure = {item.removeprefix("?") for item in wanted} - sure
    found = {written(one) for one in parse_query(query).concepts}
    return sure - found, found - sure - unsure


@pytest.mark.parametrize(("query", "expected"), list(rows()), ids=[query for query, _ in rows()])
def test_a_query_states_what_the_table_says(query: str, expected: str) -> None:
    assert difference(query, expected) == (set(), set())


def test_every_quote_is_what_was_typed() -> None:
    for query, _ in rows():
        for one in parse_query(query).concepts:
            assert query[one.start : one.end] == one.quote
            assert one.quote.strip() == one.quote != ""
