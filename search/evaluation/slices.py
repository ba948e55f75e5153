"""Slices of a topic set: properties of topics, from JSON Lines, and the topics that have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from search.evaluation.trec import FormatError

ALL = "all"


def read_properties(path: Path) -> dict[str, dict[str, Any]]:
    """Properties by topic: JSON Lines with `query_id` and any other keys; a file of topics will do.

    Raises:
        FormatError: a line that is not of this form, with its number.
        OSError: the file cannot be opened.
    """
    properties: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
            topic = str(record.pop("query_id"))
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise FormatError(f'{path}, line {number}: not an object with "query_id"') from error
        properties[topic] = record
    return properties


def slices(properties: Mapping[str, Mapping[str, Any]], topics: Iterable[str]) -> dict[str, list[str]]:
    """Topics by slice, in the order of slice names.

    A property that is true or false makes two slices, `name` and `not name`; a list of words makes one for each word.
    Other properties make none, nor does one that all topics share.
    """
    wanted = sorted(set(topics))
    found: dict[str, list[str]] = {}
    for topic in wanted:
        for name, value in properties.get(topic, {}).items():
            if isinstance(value, bool):
                found.setdefault(name if value else f"not {name}", []).append(topic)
            elif isinstance(value, list):
                for word in sorted({word for word in value if isinstance(word, str)}):
                    found.setdefault(word, []).append(topic)
    return {name: found[name] for name in sorted(found) if len(found[name]) < len(wanted)}
