"""The vector channel: exact MaxP (a trial's score is the cosine of its best passage) over memory-mapped vectors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0
from numpy.typing import NDArray

_DECIMALS = 6
"""Scores are rounded to this many decimals, so that equal passages tie whichever way the product was computed."""
_GATHER_BELOW = 0.5
"""Share of the passages up to which the rows of the candidates are gathered instead of multiplying all."""
_SPLIT_FROM = 1 << 13
"""Passages from which a second thread pays."""
_BLOCK_ROWS = 1 << 14
"""Rows gathered at a time: bounds memory to 25 MB at 384 dimensions."""


class VectorWriter:
    """Appends passage vectors to a file in the order of arrival; `finish` turns it into a `.npy` by ordinal."""

    def __init__(self, file: Path, dimensions: int) -> None:
        self._file = file
        self._raw = file.with_suffix(".raw")
        self._handle = self._raw.open("wb")
        self._dimensions = dimensions
        self._counts: list[int] = []

    @property
    def passages(self) -> int:
        """Vectors written so far."""
        return sum(self._counts)

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Append a trial's vectors, shape `(passages, dimensions)`.

        Raises:
            ValueError: another shape, or a number that is not finite.
        """
        if vectors.ndim != 2 or (len(vectors) and vectors.shape[1] != self._dimensions):
            raise ValueError(f"vectors of shape {vectors.shape}, not (passages, {self._dimensions})")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector holds a number that is not finite")
        self._handle.write(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
        self._counts.append(len(vectors))

    def finish(self, order: NDArray[np.intp]) -> NDArray[np.int64]:
        """Write the vectors by ordinal.

        Args:
            order: number of arrival of each ordinal.

        Returns:
            Offsets, shape (T + 1,): the passages of ordinal t are the rows `offsets[t]` to `offsets[t + 1]`.
        """
        self._handle.close()
        counts = np.array(self._counts, dtype=np.int64)
        arrived = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        offsets = np.concatenate(([0], np.cumsum(counts[order]))).astype(np.int64)
        rows = int(arrived[-1])
        header = header_data_from_array_1_0(np.empty((0, self._dimensions), dtype="<f4"))
        header["shape"] = (rows, self._dimensions)
        source = (
            np.memmap(self._raw, dtype="<f4", mode="r", shape=(rows, self._dimensions))
            if rows
            else np.empty((0, self._dimensions), dtype="<f4")
        )
        with self._file.open("wb") as handle:
            write_array_header_1_0(handle, header)
            for start, end in _runs(order, arrived):
                handle.write(source[start:end].tobytes())
        del source
        self._raw.unlink()
        return offsets

    def abort(self) -> None:
        """Close the file."""
        self._handle.close()


def _runs(order: NDArray[np.intp], arrived: NDArray[np.int64]) -> Sequence[tuple[int, int]]:
    """Ranges of arrived rows in the order of ordinals, neighbours joined, none longer than `_BLOCK_ROWS`-ish."""
    runs: list[tuple[int, int]] = []
    for number in order:
        start, end = int(arrived[number]), int(arrived[number + 1])
        if runs and runs[-1][1] == start and end - runs[-1][0] <= _BLOCK_ROWS:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


@dataclass(frozen=True, slots=True)
class DenseScores:
    """Candidate trials that have passages (C of them), ordinals ascending, with their scores."""

    trials: NDArray[np.intp]
    scores: NDArray[np.float32]
    """Cosine of the best passage, shape (C,)."""
    products: NDArray[np.float32]
    """Cosines of passages; those of candidate i begin at `starts[i]`, and are `counts[i]` many."""
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    def best_passages(self, chosen: NDArray[np.intp]) -> NDArray[np.int64]:
        """For candidates by their place in `trials`: which of the trial's passages is nearest, of equals the first."""
        counts = self.counts[chosen]
        equal = self.products[_rows(self.starts[chosen], counts)] == np.repeat(self.scores[chosen], counts)
        begins = _begins(counts)
        hits = np.flatnonzero(equal)
        return np.asarray(hits[np.searchsorted(hits, begins)] - begins, dtype=np.int64)


class VectorReader:
    """Exact search over the vectors of a generation. Safe for use from several threads.

    Args:
        vectors: float32, shape (passages, dimensions), rows by ordinal.
        offsets: int64, shape (T + 1,).
    """

    def __init__(self, vectors: NDArray[np.float32], offsets: NDArray[np.int64]) -> None:
        self._vectors = vectors
        self._offsets = offsets
        self._with_passages = np.flatnonzero(np.diff(offsets))
        cores = os.cpu_count() or 1
        several = cores > 1 and len(vectors) >= _SPLIT_FROM
        self._helpers = ThreadPoolExecutor(cores, thread_name_prefix="vectors") if several else None

    def scores(self, query: NDArray[np.float32], mask: NDArray[np.bool_] | None = None) -> DenseScores:
        """MaxP scores of the candidates.

        Args:
            query: unit length, float32, shape (dimensions,).
            mask: candidates, shape (T,); None for all.

        Raises:
            ValueError: the query has another number of dimensions.
        """
        dimensions = self._vectors.shape[1]
        if query.shape != (dimensions,):
            raise ValueError(f"a query vector of shape {query.shape} for vectors of {dimensions} dimensions")
        trials = self._with_passages if mask is None else self._with_passages[mask[self._with_passages]]
        starts = self._offsets[trials]
        counts = self._offsets[trials + 1] - starts
        if counts.sum() > _GATHER_BELOW * len(self._vectors):
            products = np.round(self._products(query), _DECIMALS)
            # Trials without passages have no rows, so the rows of the others follow one another.
            everyone = np.maximum.reduceat(products, self._offsets[self._with_passages])
            best = everyone if mask is None else everyone[mask[self._with_passages]]
            return DenseScores(trials, best, products, starts, counts)
        products = np.round(self._gathered(_rows(starts, counts), query), _DECIMALS)
        begins = _begins(counts)
        best = np.maximum.reduceat(products, begins) if len(trials) else products
        return DenseScores(trials, best, products, begins, counts)

    def _products(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of all passages, by two threads: reading the vectors from memory is what takes the time."""
        if self._helpers is None:
            return self._vectors @ query
        products = np.empty(len(self._vectors), dtype=np.float32)
        half = len(products) // 2
        other = self._helpers.submit(np.dot, self._vectors[:half], query, products[:half])
        np.dot(self._vectors[half:], query, products[half:])
        other.result()
        return products

    def _gathered(self, rows: NDArray[np.int64], query: NDArray[np.float32]) -> NDArray[np.float32]:
        products = np.empty(len(rows), dtype=np.float32)
        for at in range(0, len(rows), _BLOCK_ROWS):
            products[at : at + _BLOCK_ROWS] = self._vectors[rows[at : at + _BLOCK_ROWS]] @ query
        return products


def _begins(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each range begins when ranges of these lengths follow one another."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))[:-1]


def _rows(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """All row numbers of the ranges `[start, start + count)`, in order."""
    return np.repeat(starts - _begins(counts), counts) + np.arange(counts.sum())
