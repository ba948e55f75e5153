from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from indexer.content import content_hash


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    return [reordered(element) for element in value] if isinstance(value, list) else value


def test_key_order_does_not_count(full_study: dict[str, Any]) -> None:
    other = reordered(full_study)
    assert list(other) != list(full_study)
    assert content_hash(other) == content_hash(full_study)


def test_the_snapshot_a_record_came_from_does_not_count(full_study: dict[str, Any]) -> None:
    before = deepcopy(full_study)
    later = deepcopy(full_study)
    later["derivedSection"]["miscInfoModule"]["versionHolder"] = "2035-01-01"
    assert content_hash(later) == content_hash(full_study)
    assert full_study == before
    bare = {"protocolSection": full_study["protocolSection"]}
    assert content_hash(bare | {"derivedSection": {"miscInfoModule": {"versionHolder": "2031"}}}) == content_hash(bare)


def test_everything_else_counts(full_study: dict[str, Any]) -> None:
    hashes = {content_hash(full_study)}
    for section, module in [("derivedSection", "miscInfoModule"), ("protocolSection", "eligibilityModule")]:
        changed = deepcopy(full_study)
        changed[section][module]["extra"] = 1
        hashes.add(content_hash(changed))
    swapped = deepcopy(full_study)
    swapped["protocolSection"]["designModule"]["phases"].reverse()
    hashes.add(content_hash(swapped))
    assert len(hashes) == 4


@pytest.mark.parametrize("value", ["\ud800", float("nan"), 10**40])
def test_values_beyond_json_are_hashed(value: object) -> None:
    assert content_hash({"a": value, "b": 1}) == content_hash({"b": 1, "a": value})
    assert content_hash({"a": value}) != content_hash({"a": "x"})


@pytest.mark.parametrize("record", [{}, {"derivedSection": []}, {"derivedSection": {"miscInfoModule": 3}}])
def test_odd_shapes_are_hashed(record: dict[str, Any]) -> None:
    assert len(content_hash(record)) == 32
