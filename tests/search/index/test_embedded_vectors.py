"""Exact MaxP: the same answer however the candidates are gathered, and in whichever order trials arrive."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from search.index.embedded.vectors import VectorReader, VectorWriter
from tests.index_strategies import unit_rows

DIMENSIONS = 8
COUNTS = st.lists(st.integers(0, 4), min_size=1, max_size=30)


def _reader(counts: list[int]) -> tuple[VectorReader, NDArray[np.float32], NDArray[np.int64]]:
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    vectors = unit_rows(1, int(offsets[-1]), DIMENSIONS)
    return VectorReader(vectors, offsets), vectors, offsets


@given(COUNTS, st.data())
def test_maxp_is_exact_under_every_mask(counts: list[int], data: st.DataObject) -> None:
    reader, vectors, offsets = _reader(counts)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts))))
    query = unit_rows(2, 1, DIMENSIONS)[0]
    for candidates in (mask, np.ones_like(mask), None):
        found = reader.scores(query, candidates)
        chosen = [t for t in range(len(counts)) if counts[t] and (candidates is None or candidates[t])]
        assert found.trials.tolist() == chosen
        passages = found.best_passages(np.arange(len(chosen)))
        for place, trial in enumerate(chosen):
            products = np.round(vectors[offsets[trial] : offsets[trial + 1]] @ query, 6)
            assert found.scores[place] == pytest.approx(products.max(), abs=2e-6)
            assert products[passages[place]] == pytest.approx(products.max(), abs=2e-6)


def test_equal_passages_tie_under_every_mask() -> None:
    row = unit_rows(3, 1, 384)
    vectors = np.repeat(row, 101, axis=0)
    reader = VectorReader(vectors, np.arange(102, dtype=np.int64))
    query = unit_rows(4, 1, 384)[0]
    few = np.zeros(101, dtype=np.bool_)
    few[[0, 50, 100]] = True
    scores = {float(s) for mask in (None, few) for s in reader.scores(query, mask).scores}
    assert len(scores) == 1


def test_many_passages_are_compared_by_two_threads_with_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.index.embedded.vectors.os.cpu_count", lambda: 2)
    vectors, offsets = unit_rows(5, 101, 384), np.arange(102, dtype=np.int64)
    one = VectorReader(vectors, offsets)
    monkeypatch.setattr("search.index.embedded.vectors._SPLIT_FROM", 100)
    two = VectorReader(vectors, offsets)
    query = unit_rows(6, 1, 384)[0]
    np.testing.assert_allclose(two.scores(query).scores, one.scores(query).scores, atol=1e-6)
    assert two.scores(query).trials.tolist() == list(range(101))


def test_a_query_of_other_dimensions_is_refused() -> None:
    reader, _, _ = _reader([1, 2])
    with pytest.raises(ValueError, match="8 dimensions"):
        reader.scores(np.ones(9, dtype=np.float32))


@settings(max_examples=30)
@given(COUNTS, st.randoms(use_true_random=False))
def test_rows_follow_the_order_of_ids(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], pick: random.Random
) -> None:
    folder: Path = tmp_path_factory.mktemp("vectors")
    arrivals = list(range(len(counts)))
    pick.shuffle(arrivals)
    made = {number: unit_rows(number, counts[number], DIMENSIONS) for number in range(len(counts))}
    writer = VectorWriter(folder / "vectors.npy", DIMENSIONS)
    for number in arrivals:
        writer.add(made[number])
    offsets = writer.finish(np.argsort(arrivals))
    assert [path.name for path in folder.iterdir()] == ["vectors.npy"]
    stored = np.load(folder / "vectors.npy")
    assert np.array_equal(stored, np.concatenate([made[n] for n in range(len(counts))]).reshape(-1, DIMENSIONS))
    assert np.diff(offsets).tolist() == counts


@pytest.mark.parametrize(
    ("vectors", "word"),
    [
        (np.ones((2, 7), dtype=np.float32), "shape"),
        (np.ones(8, dtype=np.float32), "shape"),
        (np.full((1, 8), np.nan, dtype=np.float32), "finite"),
    ],
)
def test_vectors_of_another_form_are_refused(tmp_path: Path, vectors: NDArray[np.float32], word: str) -> None:
    writer = VectorWriter(tmp_path / "vectors.npy", DIMENSIONS)
    with pytest.raises(ValueError, match=word):
        writer.add(vectors)
    writer.abort()
