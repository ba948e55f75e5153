"""The command line as a user meets it: exit codes, streams, sentences instead of traces."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.elastic_server import free_port


def oncomatch(*arguments: str, stdin: str | None = None, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"ONCOMATCH_CACHE": str(cache)} if cache else {})}
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments], capture_output=True, text=True, input=stdin, env=environment
    )


def test_search_prints_for_people_and_as_json(sample_index: Path) -> None:
    people = oncomatch("search", "uveal melanoma", "--index", str(sample_index), "--size", "3")
    assert people.returncode == 0
    assert "fictitious" in people.stdout
    answer = json.loads(oncomatch("search", "uveal melanoma", "-i", str(sample_index), "--json").stdout)
    assert answer["total"] >= len(answer["hits"]) > 0
    assert answer["hits"][0]["nct_id"].startswith("NCT99")
    assert isinstance(answer["hits"][0]["score"], float)


def test_filters_are_those_of_the_api(sample_index: Path) -> None:
    found = oncomatch("search", "lung", "-i", str(sample_index), "-f", "phase=PHASE3", "--json")
    assert {phase for hit in json.loads(found.stdout)["hits"] for phase in hit["phases"]} >= {"PHASE3"}
    wrong = oncomatch("search", "lung", "-i", str(sample_index), "-f", "phaze=3")
    assert wrong.returncode == 2
    assert "phase" in wrong.stderr


def test_run_writes_trec_lines_and_names_what_it_cannot_read(sample_index: Path) -> None:
    topics = '{"query_id": "1", "text": "glioma"}\nnonsense\n{"query_id": "2", "text": "NCT99000001"}\n'
    done = oncomatch("run", "--index", str(sample_index), "--topics", "-", "--depth", "5", stdin=topics)
    assert done.returncode == 3
    assert "line 2" in done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [len(line) for line in lines] == [6] * len(lines)
    first = [line for line in lines if line[0] == "1"]
    assert [int(line[3]) for line in first] == list(range(1, len(first) + 1))
    scores = [float(line[4]) for line in first]
    assert all(a > b for a, b in itertools.pairwise(scores))
    assert [line[2] for line in lines if line[0] == "2"] == ["NCT99000001"]


def test_generations_are_listed_promoted_and_collected(tmp_path: Path, encoder_cache: Path) -> None:
    index = str(tmp_path / "index")
    for _ in range(3):
        assert oncomatch("build", "--from", "sample", "--index", index, cache=encoder_cache).returncode == 0
    listed = oncomatch("index", "list", "--index", index).stdout.splitlines()
    assert [line[0] for line in listed] == [" ", " ", "*"]
    ids = [line[2:].split()[0] for line in listed]
    assert ids[1] in oncomatch("index", "rollback", "--index", index).stderr
    assert oncomatch("index", "promote", ids[0], "--index", index).returncode == 0
    assert ids[1] in oncomatch("index", "gc", "--keep", "1", "--index", index).stderr
    assert [line[2:].split()[0] for line in oncomatch("index", "list", "--index", index).stdout.splitlines()] == [
        ids[0],
        ids[2],
    ]
    assert oncomatch("index", "promote", "g-nothing", "--index", index).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["search", "x", "--index", "/nonexistent/index"], 1, "oncomatch build"),
        (["search", "x"], 2, "--index"),
        (["serve", "--index", "/nonexistent/index", "--port", "0"], 1, "oncomatch build"),
        (["build", "--from", "/nonexistent/file", "--index", "/tmp/never"], 1, "/nonexistent/file"),
        (["run", "--index", "/nonexistent/index", "--topics", "/nonexistent"], 1, "nonexistent"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_errors_are_sentences(arguments: list[str], code: int, says: str, encoder_cache: Path) -> None:
    done = oncomatch(*arguments, cache=encoder_cache)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_interrupted_build_says_that_nothing_is_lost(tmp_path: Path, encoder_cache: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "build", "--from", "-", "--index", str(tmp_path / "index")],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "ONCOMATCH_CACHE": str(encoder_cache)},
        # A shell that starts tests in the background has them ignore SIGINT; a person's shell does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    )
    for _ in range(300):
        if (tmp_path / "index" / "registry.sqlite").exists():
            break
        time.sleep(0.1)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)  # it waits for records
    _, told = process.communicate(timeout=60)
    errors = told.decode()
    assert process.returncode == 130
    assert "goes on from there" in errors
    assert "Traceback" not in errors


def test_every_command_has_help_with_an_example() -> None:
    for command in ("build", "search", "serve", "run"):
        done = oncomatch(command, "--help")
        assert done.returncode == 0
        assert f"oncomatch {command}" in done.stdout


def test_serve_answers_and_ends_cleanly(sample_index: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--index", str(sample_index), "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        answer = None
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as ready:
                    answer = ready.status
                    break
            except OSError:
                time.sleep(0.1)
        assert answer == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/search?q=melanoma", timeout=5) as found:
            assert json.load(found)["total"] > 0
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode in (0, 130)
    assert "Traceback" not in errors


def test_serving_imports_neither_torch_nor_elasticsearch(sample_index: Path) -> None:
    program = (
        "import sys; from search.engine import SearchEngine; from search.index.open import open_store;"
        "from search.query_parser import parse_query; from api.app import create_app;"
        "e = SearchEngine(open_store(sys.argv[1])); e.search(parse_query('glioma')); create_app(e);"
        "print([m for m in ('torch', 'sentence_transformers', 'transformers', 'elasticsearch', 'ir_measures', 'onnx') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(sample_index)], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
