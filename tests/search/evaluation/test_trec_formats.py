from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from search.evaluation.trec import FormatError, qrels_lines, read_qrels, read_run, read_run_file, run_lines


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_qrels_and_runs_survive_writing_and_reading(tmp_path: Path) -> None:
    qrels = {"q 1".replace(" ", "_"): {"NCT1": 2, "NCT2": 0}, "q2": {"NCT1": 1}}
    assert read_qrels(written(tmp_path / "q", "\n".join(qrels_lines(qrels)))) == qrels
    ranking = [("NCT2", 0.5), ("NCT1", 0.25)]
    lines = list(run_lines("q 1", ranking, "tag"))
    assert lines[0] == "q_1 Q0 NCT2 1 0.5 tag"
    assert read_run_file(written(tmp_path / "r", "\n".join(lines) + "\n")) == {"q_1": ranking}


def test_gzip_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "qrels.txt.gz"
    path.write_bytes(gzip.compress("\ufeff1 0 A 2\n".encode()))
    assert read_qrels(path) == {"1": {"A": 2}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 0 A\n", "line 1: not `topic 0 trial grade`"),
        ("1 0 A 2\n\n1 0 B two\n", "line 3"),
        ("1 0 A 2\n1 0 A 1\n", "line 2: A has two grades for topic 1"),
        ("\n", "holds no judgement"),
    ],
)
def test_bad_qrels_are_named_by_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path / "qrels.txt", text)
    with pytest.raises(FormatError, match=said) as caught:
        read_qrels(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 Q0 A 1 0.5\n", "line 1: not `topic Q0 trial rank score tag`"),
        ("1 Q0 A 1 0.5 x\n1 Q0 A 2 0.4 x\n", "line 2: A is ranked twice for topic 1"),
        ("1 Q0 A 1 nan x\n", "line 1: the score nan"),
        ("", "empty run"),
    ],
)
def test_bad_runs_are_named_by_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path / "run.txt", text)
    with pytest.raises(FormatError, match=said) as caught:
        read_run_file(path)
    assert str(path) in str(caught.value)


def test_what_is_no_text_is_said(tmp_path: Path) -> None:
    path = tmp_path / "run.txt"
    path.write_bytes(b"1 Q0 \xff\xfe 1 0.5 x\n")
    with pytest.raises(FormatError, match="not a text file"):
        read_run_file(path)
    path.write_bytes(gzip.compress(b"1 Q0 A 1 0.5 x\n" * 500)[:40])
    with pytest.raises(FormatError, match="cut short"):
        read_run_file(path)


def test_a_line_without_a_file_is_named_by_its_number() -> None:
    with pytest.raises(FormatError, match=r"^line 2: not"):
        read_run(["1 Q0 A 1 0.5 x", "1 2"])
