"""`oncomatch evaluate` from files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from api.evaluate_command import EvaluationError, Request, run_evaluate
from search.engine import SearchEngine
from search.evaluation.experiments import ExperimentLog

TOPICS = '{"query_id": "1", "text": "lung", "hard": true}\n{"query_id": "2", "text": "breast", "hard": false}\n'
QRELS = "1 0 A 2\n1 0 B 1\n2 0 A 1\n2 0 B 2\n"
GOOD = "1 Q0 A 1 0.9 x\n1 Q0 B 2 0.8 x\n2 Q0 B 1 0.9 x\n"
BAD = "1 Q0 C 1 0.9 x\n1 Q0 B 2 0.8 x\n1 Q0 A 3 0.7 x\n2 Q0 A 1 0.9 x\n"


class Ranker:
    """Stands for an engine: the same two trials for every query."""

    def gazetteer(self) -> None:
        """No places."""

    def rank(self, query: object, depth: int) -> list[tuple[str, float]]:
        return [("A", 0.5), ("B", 0.5)][:depth]


ENGINE = cast("SearchEngine", Ranker())


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in {"topics.jsonl": TOPICS, "qrels.txt": QRELS, "good.txt": GOOD, "bad.txt": BAD}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def ask(files: Path, engine: SearchEngine | None = None, **more: Any) -> tuple[str, list[str]]:
    said: list[str] = []
    given = {"topics": files / "topics.jsonl", "qrels": files / "qrels.txt", **more}
    return run_evaluate(Request(**given), engine, said.append), said


def test_runs_against_a_baseline(files: Path) -> None:
    baseline = str(files / "bad.txt")
    out, said = ask(files, runs=(files / "good.txt",), baseline=baseline, as_json=True)
    told = json.loads(out)
    assert said == []
    assert [run["name"] for run in told["runs"]] == [baseline, str(files / "good.txt")]
    assert told["setting"] == "full"
    rr = next(one for one in told["runs"][1]["against_baseline"] if one["measure"] == "rr")
    assert (rr["wins"], rr["ties"], rr["losses"], rr["n"]) == (2, 0, 0, 2)
    assert told["runs"][0]["means"]["hard"]["rr"] == {"n": 1, "mean": pytest.approx(1 / 3), **ends(1 / 3)}
    condensed = json.loads(ask(files, runs=(files / "bad.txt",), condensed=True, as_json=True)[0])
    assert condensed["setting"] == "condensed"
    assert condensed["runs"][0]["means"]["hard"]["rr"]["mean"] == pytest.approx(1 / 2)


def ends(value: float) -> dict[str, Any]:
    return {"low": pytest.approx(value), "high": pytest.approx(value)}


def test_an_index_and_a_run(files: Path) -> None:
    out, said = ask(files, ENGINE, runs=(files / "good.txt",), baseline="index", by_topic=True)
    assert said == ["1 of 2 topics ranked", "2 of 2 topics ranked"]
    assert "index (baseline)" in out
    assert "full (unjudged trials count as wrong)" in out
    assert "nDCG@10 by slice" in out
    assert "not hard" in out
    assert "tied" not in out.partition("index (baseline)")[2]  # what an engine ranks has an order


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("qrels.txt", "7 0 A 2\n", "judges other topics"),
        ("qrels.txt", "1 0 A 2\n1 0 A\n", r"qrels\.txt, line 2"),
        ("topics.jsonl", "{}\n", r"topics\.jsonl, line 1"),
        ("good.txt", "", "empty run"),
        ("good.txt", "7 Q0 A 1 1 x\n", "ranks other topics"),
        ("good.txt", "1 Q0 A 1 1 x\n1 Q0 B\n", r"good\.txt, line 2"),
    ],
)
def test_bad_input_is_named(files: Path, name: str, text: str, said: str) -> None:
    (files / name).write_text(text)
    with pytest.raises(EvaluationError, match=said):
        ask(files, runs=(files / "good.txt",))


def test_what_cannot_be_opened_is_named(files: Path) -> None:
    with pytest.raises(EvaluationError, match=r"nowhere\.txt cannot be read"):
        ask(files, runs=(files / "nowhere.txt",))
    with pytest.raises(EvaluationError, match="add --index"):
        ask(files, runs=(files / "good.txt",), baseline="index")
    with pytest.raises(EvaluationError, match="nothing to compare"):
        ask(files, baseline=str(files / "good.txt"))


def test_topics_in_only_one_file_are_said_and_left_out(files: Path) -> None:
    with (files / "topics.jsonl").open("a") as topics, (files / "qrels.txt").open("a") as qrels:
        topics.write('{"query_id": "3", "text": "x"}\n')
        qrels.write("4 0 A 2\n")
    out, said = ask(files, runs=(files / "good.txt",))
    assert out.startswith("2 topics")
    assert said == [
        "1 topics have no judgement and are left out: 3",
        "1 judged topics are not among the topics and are left out: 4",
    ]


def test_exports_and_the_log(files: Path) -> None:
    quepid, body, log = files / "quepid.csv", files / "body.json", files / "log.jsonl"
    ask(files, runs=(files / "good.txt",), quepid=quepid, rank_eval=body, log=log)
    assert quepid.read_text().splitlines()[1] == "lung,A,2"
    assert [one["id"] for one in json.loads(body.read_bytes())["requests"]] == ["1", "2"]
    assert ExperimentLog(log).read()[0].figures["rr"] == 1.0
    with pytest.raises(EvaluationError, match="add --topics"):
        ask(files, topics=None, runs=(files / "good.txt",), quepid=quepid)


def command(*arguments: str, name: str = "evaluate") -> subprocess.CompletedProcess[str]:
    # Coverage of the texts a user sees: the real process, in a terminal without colours.
    return subprocess.run(
        [sys.executable, "-m", "api.cli", name, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
    )


def test_the_sample_from_the_command_line(
    sample_index: Path, encoder_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONCOMATCH_CACHE", str(encoder_cache))
    done = command("--index", str(sample_index), "--topics", "sample", "--qrels", "sample", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["topics"], told["runs"][0]["name"]) == (76, "index")
    assert told["runs"][0]["means"]["all"]["unjudged_10"]["mean"] == 0.0
    assert "76 of 76 topics ranked" in done.stderr


def test_settings_from_a_file(sample_index: Path, files: Path) -> None:
    settings, topics = files / "settings.json", str(files / "topics.jsonl")
    given = ["--index", str(sample_index), "--topics", topics, "--depth", "3", "--config", str(settings)]
    printed = set()
    for dense in (0.0, 2.0):
        settings.write_text(json.dumps({"fusion.dense_weight": dense}))
        done = command(*given, name="run")
        assert done.returncode == 0, done.stderr
        printed.add(done.stdout)
    assert len(printed) == 2
    settings.write_text('{"fusion.nothing": 1}')
    for name, more in (("run", []), ("evaluate", ["--qrels", str(files / "qrels.txt")])):
        done = command(*given, *more, name=name)
        assert (done.returncode, done.stdout) == (1, "")
        assert "no setting fusion.nothing" in done.stderr


def test_wrong_usage_is_told_in_a_sentence(files: Path) -> None:
    done = command("--topics", "sample", "--qrels", "sample")
    assert (done.returncode, done.stdout) == (2, "")
    assert "give an index, a run, or both" in done.stderr
    done = command("--qrels", str(files / "qrels.txt"), "--run", str(files / "topics.jsonl"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "line 1: not `topic Q0 trial rank score tag`" in done.stderr
    assert "Traceback" not in done.stderr
