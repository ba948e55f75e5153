"""Searching 8,913 trials: end to end through the API, beside bare tantivy and a plain Elasticsearch in the same run."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tantivy

from search.config import DEFAULT_CONFIG
from search.engine import SearchEngine
from search.index.base import Retrieval
from search.index.document import FACETS
from search.index.open import open_store
from search.query import Filters
from search.text import terms
from tests.bench.conftest import percentiles

pytestmark = [pytest.mark.bench, pytest.mark.data, pytest.mark.timeout(3600)]
ROUNDS = 8


def timed(queries: Sequence[str], ask: Callable[[str], object], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds a query; several rounds come after one to warm up."""
    if rounds > 1:
        for query in queries:
            ask(query)
    taken = []
    for _ in range(rounds):
        for query in queries:
            start = time.perf_counter()
            ask(query)
            taken.append((time.perf_counter() - start) * 1000)
    return taken


@contextmanager
def served(index: Path) -> Iterator[tuple[http.client.HTTPConnection, float, int]]:
    """A server process; the connection, seconds from start to the first answer, and the process id."""
    port = 18431
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "api.cli", "serve", "--index", str(index), "--port", str(port)])
    try:
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                if get(connection, "/search?q=glioma")[0] == 200:
                    break
            except OSError:
                pass
            connection.close()
            time.sleep(0.01)
            assert process.poll() is None
            assert time.perf_counter() - start < 60
        first = time.perf_counter() - start
        yield connection, first, process.pid
        connection.close()
    finally:
        process.terminate()
        process.wait()


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def bare_tantivy(index: Path) -> Callable[[str], object]:
    """The same terms in the field `combined`, ten best, nothing else: the floor."""
    folder = next((index / "generations").glob("*/tantivy"))
    opened = tantivy.Index.open(str(folder))
    searcher = opened.searcher()

    def ask(query: str) -> object:
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(opened.schema, "combined", term)) for term in terms(query)
        ]
        return searcher.search(tantivy.Query.boolean_query(clauses), 10).hits

    return ask


def processor_ms(pid: int) -> float:
    """Processor time of a process so far, in steps of 10 ms."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return 1000 * sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def test_search_through_the_api(oncology_index: Path, short_queries: list[str], distinct_queries: list[str]) -> None:
    """Queries asked for the first time are the figure; asked again, their vectors and words are known."""
    floor = timed(short_queries, bare_tantivy(oncology_index))
    with served(oncology_index) as (connection, first, pid):

        def ask(query: str) -> object:
            status, body = get(connection, "/search?q=" + urllib.parse.quote(query))
            assert status == 200
            return json.loads(body)

        timed(short_queries, ask, rounds=1)
        spent = processor_ms(pid)
        whole = timed(distinct_queries, ask, rounds=1)
        spent = (processor_ms(pid) - spent) / len(whole)
        again = timed(short_queries, ask)
        print(
            f"\nprocess start to first answer: {first:.2f} s; "
            f"resident after {len(whole) + len(again)} searches: {resident_mb(pid):.0f} MB"
        )
    print(f"bare tantivy, ten best:        {percentiles(floor)}")
    print(
        f"hybrid with facets, over HTTP: {percentiles(whole)} = "
        f"{np.median(whole) / np.median(floor):.0f} x bare tantivy; the server's processor time {spent:.1f} ms; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"the same, asked again:         {percentiles(again)}")


def test_stages(oncology_index: Path, short_queries: list[str]) -> None:
    from search.query_parser import parse_query

    engine = SearchEngine(open_store(str(oncology_index)))
    engine.warm_up()
    laps: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for query in short_queries:
            for stage, taken in (engine.search(parse_query(query)).took_ms or {}).items():
                laps.setdefault(stage, []).append(taken)
    print()
    for stage, values in laps.items():
        print(f"{stage:10} {percentiles(values)}")


@pytest.mark.elasticsearch
def test_retrieval_beside_elasticsearch(
    oncology_index: Path, oncology_sources: list[str], short_queries: list[str], elasticsearch_url: str
) -> None:
    from indexer.build import build_index

    elastic = open_store(elasticsearch_url.rstrip("/") + "/bench-oncology")
    start = time.perf_counter()
    report = build_index(oncology_sources, elastic, progress=print)
    print(f"\nElasticsearch: {report.manifest.trials / (time.perf_counter() - start):.0f} trials/s, vectors cached")
    embedded = SearchEngine(open_store(str(oncology_index)))
    remote = SearchEngine(elastic)
    figures = {}
    for name, engine in (("embedded", embedded), ("Elasticsearch", remote)):
        opened = engine._open_for(None)

        def ask(query: str, opened=opened) -> object:  # type: ignore[no-untyped-def]
            vector = opened.encoder.encode_query(query)
            request = Retrieval(tuple((t, 1.0) for t in dict.fromkeys(terms(query))), vector, Filters(), FACETS)
            return opened.generation.retrieve(request, DEFAULT_CONFIG.ranking)

        figures[name] = timed(short_queries, ask)
        print(f"encode + both channels + facets, {name}: {percentiles(figures[name])}")
    print(f"Elasticsearch / embedded = {np.median(figures['Elasticsearch']) / np.median(figures['embedded']):.1f}")
