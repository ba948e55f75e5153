"""Lines of JSON that cannot be read are named, and the others are answered."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from api.json_lines import Remark, answer_lines, parsed, record_with


def _read(line: str) -> str:
    return record_with(line, "note")[1]


def test_what_cannot_be_read_is_named_and_the_others_are_answered(tmp_path: Path) -> None:
    source = tmp_path / "notes.jsonl"
    deep = "[" * 100_000
    source.write_text(
        f'{{"id": 1, "note": "a"}}\n\n{deep}\n{{"id": 2}}\n{{"note": "b"}}\n3\n{{"id": 4, "note": "d"}}\n'
    )
    out, said = io.StringIO(), list[str]()

    def answer(note: str, remark: Remark) -> str:
        remark("read")
        return note

    assert answer_lines(str(source), _read, answer, out, said.append) == (2, 4)
    assert out.getvalue() == "a\nd\n"
    assert [one.removeprefix(f"{source}: ") for one in said] == [
        "line 1: read",
        "line 3: is no JSON",
        'line 4: has no "note" (a string)',
        'line 5: has no "id"',
        "line 6: is no JSON object",
        "line 7: read",
    ]


def test_a_fault_while_answering_is_not_told_as_the_lines(tmp_path: Path) -> None:
    source = tmp_path / "notes.jsonl"
    source.write_text('{"id": 1, "note": "a"}\n')

    def answer(note: str, remark: Remark) -> str:
        raise ValueError("a fault")

    with pytest.raises(ValueError, match="a fault"):
        answer_lines(str(source), _read, answer, io.StringIO(), print)


def test_json_nested_too_deeply_is_no_json() -> None:
    with pytest.raises(ValueError, match="is no JSON"):
        parsed("[" * 100_000)
