"""Bulk encoding against sentence-transformers' own `encode`: same passages, same cores, one run.

Goals: at least 1.25 times as fast up to 128 tokens, 1.05 times at 256 tokens. `pytest -m bench -s tests/bench`.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.config import DEFAULT_CONFIG
from search.encoder import Encoder
from search.encoder.probe import probe_passages
from search.encoder.source import model_folder

pytestmark = pytest.mark.bench

THREADS = 2
ROUNDS = 5


def seconds(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start


@pytest.fixture(scope="module")
def passages(encoder_folder: Path) -> dict[str, list[str]]:
    """Up to 128 tokens: mixed lengths; 256: full passages."""
    encoder = Encoder(encoder_folder)
    mixed = [text for text in probe_passages(240, 128) if 8 <= encoder.count_tokens(text) <= 126]
    long = " ".join(probe_passages(40, 512)[20:]).split()
    full = []
    for start in range(0, len(long) - 220, 97):
        words = long[start : start + 220]
        while encoder.count_tokens(" ".join(words)) > 254:
            words.pop()
        full.append(" ".join(words))
    return {"<=128": mixed, "256": full[:32]}


GOALS = pytest.mark.parametrize(("name", "goal"), [("<=128", 1.25), ("256", 1.05)])


def compare(
    folder: Path, texts: list[str], threads: int, clock: Callable[[], float]
) -> tuple[float, float, float, int]:
    """Tokens a second of sentence-transformers and of OncoMatch (best of the rounds), median ratio, tokens."""
    torch = pytest.importorskip("torch")
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(str(model_folder(DEFAULT_CONFIG.encoder.model)), device="cpu")
    encoder = Encoder(folder, threads=threads)
    tokens = sum(encoder.count_all(texts)) + encoder.overhead * len(texts)

    def own() -> Any:
        return model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def ours() -> Any:
        return encoder.encode_documents(texts)

    assert float(np.sum(own() * ours(), axis=1).min()) > 0.9999
    # Alternating, so that both meet the same neighbours.
    rounds = [(seconds(own, clock), seconds(ours, clock)) for _ in range(ROUNDS)]
    ratio = statistics.median(theirs / mine for theirs, mine in rounds)
    return tokens / min(theirs for theirs, _ in rounds), tokens / min(mine for _, mine in rounds), ratio, tokens


@GOALS
def test_bulk_encoding(encoder_folder: Path, passages: dict[str, list[str]], name: str, goal: float) -> None:
    own, ours, ratio, tokens = compare(encoder_folder, passages[name], THREADS, time.perf_counter)
    print(
        f"\n{name} tokens, n={len(passages[name])} passages, {tokens} tokens, {THREADS} threads of {os.cpu_count()}, "
        f"load {os.getloadavg()[0]:.1f}: sentence-transformers {own:,.0f} tokens/s, OncoMatch {ours:,.0f} tokens/s, "
        f"ratio of the best rounds {ours / own:.2f}, median ratio {ratio:.2f} (goal {goal})"
    )
    assert ours / own >= goal


@GOALS
def test_processor_time(encoder_folder: Path, passages: dict[str, list[str]], name: str, goal: float) -> None:
    """On one thread, by processor time: what a busy machine distorts least."""
    own, ours, ratio, tokens = compare(encoder_folder, passages[name], 1, time.process_time)
    print(
        f"\n{name} tokens, {tokens} tokens, 1 thread, processor time: sentence-transformers {1000 / own:.3f} ms/token, "
        f"OncoMatch {1000 / ours:.3f} ms/token, ratio of the best rounds {ours / own:.2f}, median ratio {ratio:.2f}"
    )
    assert ours > own


def test_query_latency(encoder_folder: Path) -> None:
    encoder = Encoder(encoder_folder, threads=1)
    queries = [
        "her2 positive breast cancer brain metastases",
        "egfr exon 20 nsclc after platinum",
        "relapsed dlbcl car-t",
    ]
    work = [partial(encoder.encode_query, query) for query in queries * 50]
    wall = sorted(seconds(item) * 1000 for item in work)
    spent = statistics.median(seconds(item, time.process_time) * 1000 for item in work)
    p50, p99 = wall[len(wall) // 2], wall[int(len(wall) * 0.99)]
    print(f"\nquery, 1 thread, n={len(wall)}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, processor time {spent:.1f} ms")
    assert spent < 15
