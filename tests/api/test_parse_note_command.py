"""`oncomatch parse-note`."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

from api.parse_note_command import run_parse_note


def answers(path: Path) -> tuple[int, list[dict[str, object]], list[str]]:
    out, said = io.StringIO(), list[str]()
    code = run_parse_note(str(path), out, said.append)
    return code, [json.loads(line) for line in out.getvalue().splitlines()], said


def test_every_note_is_answered_and_other_keys_come_back(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl.gz"
    lines = [{"id": "a", "nct_id": "NCT99000001", "note": "58M with melanoma."}, {"id": "b", "note": ""}]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    code, found, _ = answers(path)
    assert code == 0
    assert found == [
        {"id": "a", "nct_id": "NCT99000001", "profile": {"age": 58, "sex": "male", "cancer": "MEL"}},
        {"id": "b", "profile": {}},
    ]


def test_what_cannot_be_read_is_named_by_its_line_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text('{"id": "a", "note": "58M"}\nsecret\n{"id": "b"}\n{"note": "secret"}\n[1]\n')
    code, found, said = answers(path)
    assert code == 3
    assert [one["id"] for one in found] == ["a"]
    assert [line.split(": ")[1] for line in said[:-1]] == ["line 2", "line 3", "line 4", "line 5"]
    assert "secret" not in "".join(said)


def test_what_of_a_note_is_not_used_is_said_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text(json.dumps({"id": "a", "note": "Age 240, man with melanoma, ECOG 1."}) + "\n")
    code, found, said = answers(path)
    assert code == 0
    assert found[0]["profile"] == {"sex": "male", "cancer": "MEL", "performance": [{"scale": "ECOG", "value": 1}]}
    assert "line 1: age" in said[0]
    assert "240" not in said[0]
