"""The vector cache: nothing twice, nothing lost, nothing mixed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.vectors import VectorCache, VectorCacheError

DIM = 8


def vector(text: str) -> NDArray[np.float32]:
    digest = np.frombuffer(sha256(text.encode("utf-8", "surrogatepass")).digest()[:DIM], dtype=np.uint8)
    return digest.astype(np.float32)


class Recorder:
    """Encodes, and remembers what it was asked."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        return np.stack([vector(text) for text in texts])

    @property
    def texts(self) -> list[str]:
        return [text for batch in self.batches for text in batch]


def expected(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.stack([vector(text) for text in texts])


def test_each_text_is_encoded_once(tmp_path: Path) -> None:
    texts = ["b", "a", "b", "ccc", "", "a"]
    encode = Recorder()
    with VectorCache(tmp_path, "model", DIM) as cache:
        np.testing.assert_array_equal(cache.vectors_for(texts, encode), expected(texts))
        assert sorted(encode.texts) == ["", "a", "b", "ccc"]
        assert cache.missing([*texts, "new", "new"]) == 1
        assert len(cache) == 4
    again = Recorder()
    with VectorCache(tmp_path, "model", DIM) as cache:
        np.testing.assert_array_equal(cache.vectors_for(["ccc", "new", "a"], again), expected(["ccc", "new", "a"]))
    assert again.texts == ["new"]


def test_encoders_do_not_mix(tmp_path: Path) -> None:
    with VectorCache(tmp_path, "one", DIM) as cache:
        cache.vectors_for(["a"], Recorder())
    with VectorCache(tmp_path, "two", DIM) as cache:
        assert cache.missing(["a"]) == 1


def test_nothing_to_do(tmp_path: Path) -> None:
    encode = Recorder()
    with VectorCache(tmp_path, "model", DIM) as cache:
        assert cache.vectors_for([], encode).shape == (0, DIM)
    assert encode.batches == []


def test_batches_are_bounded_and_of_similar_length(tmp_path: Path) -> None:
    texts = [f"{n} " + "x" * (n * 37 % 500) for n in range(300)]
    encode = Recorder()
    with VectorCache(tmp_path, "model", DIM, checkpoint=32) as cache:
        cache.vectors_for(texts, encode)
    assert max(len(batch) for batch in encode.batches) == 32
    spans = sorted((min(map(len, batch)), max(map(len, batch))) for batch in encode.batches)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_progress_counts_what_is_missing(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    with VectorCache(tmp_path, "model", DIM, checkpoint=10) as cache:
        cache.vectors_for(["a", "b"], Recorder())
        cache.vectors_for([*"abcdefghijklmno"], Recorder(), lambda done, total: heard.append((done, total)))
    assert heard == [(0, 13), (10, 13), (13, 13)] or heard == [(0, 13), (3, 13), (13, 13)]


def test_an_encoder_that_fails_loses_its_batch_only(tmp_path: Path) -> None:
    calls = 0

    def failing(texts: Sequence[str]) -> NDArray[np.float32]:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise RuntimeError("the power went out")
        return expected(texts)

    texts = [f"text {n}" for n in range(100)]
    with VectorCache(tmp_path, "model", DIM, checkpoint=10) as cache:
        with pytest.raises(RuntimeError, match="power"):
            cache.vectors_for(texts, failing)
        assert len(cache) == 30
        encode = Recorder()
        np.testing.assert_array_equal(cache.vectors_for(texts, encode), expected(texts))
        assert len(encode.texts) == 70


@pytest.mark.parametrize("answer", [np.zeros((1, DIM + 1)), np.zeros((2, DIM)), np.full((1, DIM), np.nan)])
def test_wrong_answers_are_not_stored(tmp_path: Path, answer: NDArray[np.float64]) -> None:
    with VectorCache(tmp_path, "model", DIM) as cache:
        with pytest.raises(ValueError, match="the encoder answered"):
            cache.vectors_for(["a"], lambda _: answer.astype(np.float32))
        assert len(cache) == 0


def test_damaged_rows_are_encoded_anew(tmp_path: Path) -> None:
    with VectorCache(tmp_path, "model", DIM) as cache:
        cache.vectors_for(["a", "b"], Recorder())
        path = cache.path
    with sqlite3.connect(path) as db:
        db.execute("UPDATE vector SET data = x'00' WHERE hash = ?", (sha256(b"a").digest(),))
    db.close()
    encode = Recorder()
    with VectorCache(tmp_path, "model", DIM) as cache:
        np.testing.assert_array_equal(cache.vectors_for(["a", "b"], encode), expected(["a", "b"]))
    assert encode.texts == ["a"]


def test_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "model.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(VectorCacheError, match=r"model\.sqlite is damaged .* Remove the file"):
        VectorCache(tmp_path, "model", DIM)


def test_other_length_is_refused(tmp_path: Path) -> None:
    VectorCache(tmp_path, "model", DIM).close()
    with pytest.raises(VectorCacheError, match="of length 8, not 9"):
        VectorCache(tmp_path, "model", DIM + 1)


def test_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "vectors").write_text("a file")
    with pytest.raises(VectorCacheError, match="cannot be made"):
        VectorCache(tmp_path, "model", DIM)


def test_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    texts = [f"text {n}" for n in range(4000)]
    with VectorCache(tmp_path, "model", DIM, checkpoint=100) as cache:
        cache.vectors_for(texts[:100], Recorder())
        (pages,) = cache._db.execute("PRAGMA page_count").fetchone()
        cache._db.execute(f"PRAGMA max_page_count = {pages + 10}")
        with pytest.raises(VectorCacheError, match="full"):
            cache.vectors_for(texts, Recorder())
        stored = len(cache)
        assert 100 <= stored < 4000
        assert stored % 100 == 0
    with VectorCache(tmp_path, "model", DIM, checkpoint=100) as cache:
        encode = Recorder()
        np.testing.assert_array_equal(cache.vectors_for(texts, encode), expected(texts))
        assert len(encode.texts) == 4000 - stored


def test_builders_share_the_cache(tmp_path: Path) -> None:
    texts = [f"text {n}" for n in range(2000)]
    recorders = [Recorder() for _ in range(3)]
    problems: list[BaseException] = []

    def work(encode: Recorder) -> None:
        try:
            with VectorCache(tmp_path, "model", DIM, checkpoint=20) as cache:
                np.testing.assert_array_equal(cache.vectors_for(texts, encode), expected(texts))
        except BaseException as error:  # shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=work, args=(encode,)) for encode in recorders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert {text for encode in recorders for text in encode.texts} == set(texts)


BUILDER = """
import sys, time
from pathlib import Path
import numpy as np
from indexer.vectors import VectorCache
def encode(texts):
    time.sleep(0.005)
    return np.array([[len(t), int(t)] for t in texts], dtype=np.float32)
texts = [str(n) for n in range(4000)]
with VectorCache(Path(sys.argv[1]), "model", 2, checkpoint=16) as cache:
    rows = cache.vectors_for(texts, encode, lambda done, total: print(done, flush=True))
assert all(row[1] == n for n, row in enumerate(rows))
"""


def test_kill_loses_one_batch_at_most(tmp_path: Path) -> None:
    stored = said = 0
    for wait in (0.05, 0.2, 0.31):
        process = subprocess.Popen(
            [sys.executable, "-c", BUILDER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        done = [int(line) for line in output.split()]
        said = stored + (done[-1] if done else 0)
        with VectorCache(tmp_path, "model", 2) as cache:
            stored = len(cache)
        assert said <= stored <= said + 16
    assert 0 < stored < 4000
    rest = subprocess.run([sys.executable, "-c", BUILDER, str(tmp_path)], capture_output=True, text=True)
    assert rest.returncode == 0, rest.stderr
    assert int(rest.stdout.split()[-1]) == 4000 - stored


def test_reading_back_is_fast(tmp_path: Path) -> None:
    texts = [f"passage {n}" for n in range(20_000)]
    rows = np.random.default_rng(0).standard_normal((len(texts), 384)).astype(np.float32)
    by_text = dict(zip(texts, rows, strict=True))
    with VectorCache(tmp_path, "model", 384, checkpoint=4000) as cache:
        cache.vectors_for(texts, lambda some: np.stack([by_text[text] for text in some]))
        start = time.process_time()
        read = cache.vectors_for(texts, Recorder())
        spent = time.process_time() - start
    np.testing.assert_array_equal(read, rows)
    assert spent < 2  # 100,000 within ten seconds even on a slow machine; 0.2 s here
