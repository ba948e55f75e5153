"""Every command on a real Elasticsearch, as on a folder."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.test_cli import oncomatch
from tests.elastic_server import delete_alias, free_port

pytestmark = pytest.mark.elasticsearch
ALIAS = "cli-sample"


@pytest.fixture(scope="module")
def index(elasticsearch_url: str, encoder_cache: Path) -> Iterator[str]:
    url = f"{elasticsearch_url.rstrip('/')}/{ALIAS}"
    built = oncomatch("build", "--from", "sample", "--index", url, cache=encoder_cache)
    assert built.returncode == 0, built.stderr
    yield url
    delete_alias(elasticsearch_url, ALIAS)


def test_search_ranks_as_the_embedded_index_does(index: str, sample_index: Path, encoder_cache: Path) -> None:
    for query in ("EGFR exon 20 insertion lung cancer", "lymphoma after CAR-T", "pediatric neuroblastoma"):
        answers = [
            json.loads(oncomatch("search", query, "--index", place, "--json", cache=encoder_cache).stdout)
            for place in (index, str(sample_index))
        ]
        assert [hit["nct_id"] for hit in answers[0]["hits"]] == [hit["nct_id"] for hit in answers[1]["hits"]]
        assert answers[0]["total"] == answers[1]["total"]
        assert answers[0]["facets"] == answers[1]["facets"]


def test_run_writes_the_same_run(index: str, sample_index: Path, encoder_cache: Path) -> None:
    topic = '{"query_id": "1", "text": "A 64-year-old woman with HER2-positive breast cancer and brain metastases"}\n'
    runs = [
        [
            line.split()[2]
            for line in oncomatch(
                "run", "-i", place, "--topics", "-", stdin=topic, cache=encoder_cache
            ).stdout.splitlines()
        ]
        for place in (index, str(sample_index))
    ]
    assert runs[0][:20] == runs[1][:20] != []


def test_generations_are_listed(index: str, encoder_cache: Path) -> None:
    listed = oncomatch("index", "list", "--index", index, cache=encoder_cache)
    assert listed.stdout.startswith("* g")
    assert "92 trials" in listed.stdout


def test_a_process_without_the_encoder_says_how_to_get_it(index: str, tmp_path: Path) -> None:
    done = oncomatch("search", "glioma", "--index", index, cache=tmp_path / "empty")
    assert done.returncode == 1
    assert "ONCOMATCH_CACHE" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_answers(index: str, encoder_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONCOMATCH_CACHE", str(encoder_cache))
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "api.cli", "serve", "--index", index, "--port", str(port)])
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/search?q=melanoma", timeout=5) as found:
                    assert json.load(found)["total"] > 0
                    break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("no answer")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
    assert process.returncode == 0


def test_a_server_that_is_not_there_is_a_sentence(encoder_cache: Path) -> None:
    done = oncomatch("search", "glioma", "--index", "http://127.0.0.1:9/oncomatch", cache=encoder_cache)
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
