"""`oncomatch parse-query`."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.parse_query_command import run_parse_query


def answers(path: Path) -> tuple[int, list[dict[str, object]], list[str]]:
    out, said = io.StringIO(), list[str]()
    code = run_parse_query(str(path), out, said.append)
    return code, [json.loads(line) for line in out.getvalue().splitlines()], said


def test_every_query_is_answered_in_the_interchange_format(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl.gz"
    lines = [{"id": "a", "query": "thymoma phase 2 rash"}, {"id": 7, "query": ""}]
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    code, found, _ = answers(path)
    assert code == 0
    assert found == [
        {
            "id": "a",
            "concepts": [
                {"kind": "cancer", "quote": "thymoma", "start": 0, "end": 7, "codes": ["THYM"], "polarity": "positive"},
                {
                    "kind": "phase",
                    "quote": "phase 2",
                    "start": 8,
                    "end": 15,
                    "values": ["PHASE2"],
                    "polarity": "positive",
                },
            ],
            "text": "rash",
        },
        {"id": 7, "concepts": [], "text": ""},
    ]


def test_what_cannot_be_read_is_named_by_its_line_and_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(
        '{"id": "a", "query": "glioma"}\nsecret\n{"id": "b"}\n{"query": "secret"}\n[1]\n\n{"id": 1, "query": 2}\n'
    )
    code, found, said = answers(path)
    assert code == 3
    assert [one["id"] for one in found] == ["a"]
    assert [line.split(": ")[1] for line in said[:-1]] == ["line 2", "line 3", "line 4", "line 5", "line 7"]
    assert "secret" not in "".join(said)


def test_standard_input_and_exit_codes(tmp_path: Path) -> None:
    runner = CliRunner()
    answered = runner.invoke(app, ["parse-query", "-"], input='{"id": 1, "query": "glioma"}\n')
    assert answered.exit_code == 0
    assert json.loads(answered.stdout)["concepts"][0]["kind"] == "cancer"
    assert runner.invoke(app, ["parse-query", "-"], input="no\n").exit_code == 3
    assert runner.invoke(app, ["parse-query"]).exit_code == 2


def test_a_file_that_is_not_there_raises(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        run_parse_query(str(tmp_path / "absent"), io.StringIO(), lambda _: None)
