"""Manifests, pointers and durable files."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.index.base import SCHEMA_VERSION, IndexUnavailableError, Manifest
from search.index.generation import (
    IndexWriteError,
    Pointer,
    manifest_from_json,
    manifest_to_json,
    new_generation_id,
    read_pointer,
    write_atomically,
    write_pointer,
    writing,
)

MANIFEST = Manifest("g1", SCHEMA_VERSION, "2026-01-01T00:00:00Z", 3, 9, 4, 0, None, "abc", "Größe", 8, "h", True)


def test_ids_sort_in_the_order_of_their_making() -> None:
    ids = [new_generation_id() for _ in range(50)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 50


def test_a_manifest_survives() -> None:
    full = replace(MANIFEST, data_timestamp="2025-10-01", extra={"ä": "b"})
    assert manifest_from_json(manifest_to_json(full), "here") == full


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"schema_version": "1"}'])
def test_a_damaged_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(IndexUnavailableError, match="of here is damaged"):
        manifest_from_json(data, "here")


def test_another_schema_is_refused_by_number() -> None:
    stored = json.loads(manifest_to_json(MANIFEST)) | {"schema_version": SCHEMA_VERSION + 1}
    with pytest.raises(
        IndexUnavailableError, match=f"schema {SCHEMA_VERSION + 1}, this version reads {SCHEMA_VERSION}"
    ):
        manifest_from_json(json.dumps(stored).encode(), "here")


def test_a_missing_field_is_named() -> None:
    stored = json.loads(manifest_to_json(MANIFEST))
    del stored["content_hash"]
    with pytest.raises(IndexUnavailableError, match="content_hash"):
        manifest_from_json(json.dumps(stored).encode(), "here")


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8))
def test_rollbacks_undo_promotions(promoted: list[str]) -> None:
    pointer = Pointer()
    taken = []
    for generation in promoted:
        if generation != pointer.current:
            taken.append(generation)
        pointer = pointer.to(generation)
    for expected in reversed(taken):
        assert pointer.current == expected
        before = pointer.back()
        if before is None:
            assert expected == taken[0]
            return
        pointer = before
    raise AssertionError("the first generation has nothing before it")


def test_the_pointer_file(tmp_path: Path) -> None:
    file = tmp_path / "current"
    assert read_pointer(file) == Pointer()
    write_pointer(file, Pointer("g2", ("g1",)))
    assert read_pointer(file) == Pointer("g2", ("g1",))
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


@pytest.mark.parametrize("data", [b"", b"g1", b"{}", b"[1]"])
def test_a_damaged_pointer_is_no_empty_one(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "current").write_bytes(data)
    with pytest.raises(IndexUnavailableError, match="index promote"):
        read_pointer(tmp_path / "current")


def test_a_leftover_of_a_killed_writer_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".current.new").write_bytes(b"half")
    write_atomically(tmp_path / "current", b"whole")
    assert (tmp_path / "current").read_bytes() == b"whole"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        ValueError("An IO error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_said_in_a_sentence(error: Exception) -> None:
    with pytest.raises(IndexWriteError, match=r"disk is full.*still answers"), writing("here"):
        raise error


def test_other_errors_of_the_disk_are_named_and_others_pass() -> None:
    with pytest.raises(IndexWriteError, match="Permission denied"), writing("here"):
        raise PermissionError(errno.EACCES, "Permission denied")
    with pytest.raises(ValueError, match="wrong"), writing("here"):
        raise ValueError("wrong")
