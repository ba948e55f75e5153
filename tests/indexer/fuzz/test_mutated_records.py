"""Mutated records: fields removed, types swapped, texts truncated, huge or of wrong Unicode. Nothing may raise."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.content import content_hash
from indexer.legacy_xml import study_from_xml
from indexer.sources import iter_records
from indexer.study import RecordError, parse_study
from search.extraction.segment import sections
from search.trial_codec import decode_trial, encode_trial

JUNK: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    99_999_999,
    10**40,
    1.5,
    float("nan"),
    float("-inf"),
    "",
    " ",
    "\u00a0",
    "N/A",
    "\ud800",
    "\udfff\ud800x",
    "\x00",
    "\u202e\u0000\ufeff",
    "A" * 200_000,
    "(" * 5_000,
    "criteria for " * 500,
    "&" * 2_000,
    "\\" * 2_001,
    "2031-02-31",
    "NCT99000001",
    [],
    {},
    [[]],
    [None, {}, [], 1, "x"],
    {"date": {}},
    {"": None},
    [{"name": []}, {"name": {"name": "x"}}],
    {str(n): n for n in range(300)},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += places(child, (*path, key))
    return found


def mutated(record: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    result: dict[str, Any] = deepcopy(record)
    for _ in range(rng.choice((1, 1, 2, 5, 12))):
        options = places(result)
        if not options:
            break
        path = rng.choice(options)
        parent: Any = result
        for key in path[:-1]:
            parent = parent[key]
        action = rng.randrange(5)
        old = parent[path[-1]]
        if action == 0:
            del parent[path[-1]]
        elif action == 1:
            parent[path[-1]] = deepcopy(rng.choice(JUNK))
        elif action == 2 and isinstance(old, str):
            at = rng.randrange(len(old) + 1)
            parent[path[-1]] = old[:at] + rng.choice(("", "\ud800", "\x00", "\\", "&#x110000;", "&lt", "：\r\r\n", old))
        elif action == 3 and isinstance(old, list):
            parent[path[-1]] = old * rng.choice((0, 2, 50))
        else:
            parent[path[-1]] = rng.choice(([old], {"value": old}, str(old)[:50], deepcopy(rng.choice(JUNK))))
    return result


def check(record: Any) -> bool:
    """A trial comes out, can be stored and comes back, or the record is refused with a reason."""
    digest = content_hash(record)
    assert len(digest) == 32
    try:
        trial = parse_study(record)
    except RecordError:
        return False
    assert decode_trial(encode_trial(trial)) == trial
    text = trial.eligibility.criteria or ""
    assert "".join(text[part.start : part.end] for part in sections(text)) == text
    return True


def run(base: dict[str, Any], count: int, seed: int) -> tuple[int, int]:
    rng = random.Random(seed)
    read = sum(check(mutated(base, rng)) for _ in range(count))
    return read, count - read


def test_mutated_records_raise_nothing(full_study: dict[str, Any]) -> None:
    read, refused = run(full_study, 600, seed=1)
    assert read > 400
    assert refused > 3


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(8))
def test_twenty_thousand_mutated_records_raise_nothing(full_study: dict[str, Any], seed: int) -> None:
    read, _ = run(full_study, 2_500, seed=100 + seed)
    assert read > 1_700


@pytest.mark.parametrize("junk", [value for value in JUNK if not isinstance(value, dict)])
def test_what_is_no_object_is_refused(junk: Any) -> None:
    with pytest.raises(RecordError):
        parse_study(junk)


def test_mutated_bytes_raise_nothing(full_study: dict[str, Any], tmp_path: Path) -> None:
    rng = random.Random(3)
    path = tmp_path / "a.jsonl"
    data = orjson.dumps(full_study)
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(broken))
            broken[at : at + rng.choice((0, 1, 9))] = bytes(rng.randrange(256) for _ in range(rng.randrange(4)))
        path.write_bytes(data + b"\n" + bytes(broken) + b"\n" + data)
        records = list(iter_records(path))
        assert records[0].record == records[-1].record == full_study
        for item in records:
            assert (item.record is None) == (item.error is not None)
            if item.record is not None:
                check(item.record)


def test_mutated_xml_raises_nothing_but_refusals() -> None:
    rng = random.Random(4)
    xml = (
        b"<clinical_study><id_info><nct_id>NCT99000001</nct_id></id_info><brief_title>T &amp; U</brief_title>"
        b"<eligibility><criteria><textblock>Inclusion: x</textblock></criteria></eligibility>"
        b"<enrollment type='Actual'>7</enrollment><location><facility/></location></clinical_study>"
    )
    refused = 0
    for _ in range(600):
        broken = bytearray(xml)
        at = rng.randrange(len(broken))
        broken[at : at + rng.choice((1, 5, 40))] = rng.choice((b"", b"<", b">", b"&", b"\xff", b"</", b"]]>", b"<a/>"))
        try:
            check(study_from_xml(bytes(broken)))
        except RecordError:
            refused += 1
    assert 0 < refused < 600


def test_deep_nesting_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonl"
    deep = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    path.write_bytes(json.dumps({"protocolSection": {}}).encode() + b"\n" + deep)
    first, second = iter_records(path)
    assert first.error is None
    assert second.error is not None
