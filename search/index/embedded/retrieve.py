"""One retrieval: both channels with the filters inside, the matches, and the facets. Pure, over opened parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from search.config import DenseConfig, RankingConfig
from search.index.base import Candidates, DenseHit, LexicalHit, Retrieval
from search.index.document import FACETS, any_term
from search.index.embedded import masks
from search.index.embedded.columns import Columns, Names
from search.index.embedded.facets import FacetCounter
from search.index.embedded.lexical import LexicalMatches, LexicalReader
from search.index.embedded.masks import Mask
from search.index.embedded.vectors import DenseScores, VectorReader
from search.query import Filters

_NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a generation has open. Ordinals number the trials by id, so a tie by id is a tie by ordinal."""

    nct_ids: Sequence[str]
    columns: Columns
    names: Names
    lexical: LexicalReader
    vectors: VectorReader
    facets: FacetCounter


def retrieve(parts: Parts, request: Retrieval, config: RankingConfig) -> Candidates:
    """Answer a request; see `Candidates`."""
    terms = request.terms if request.lexical else ()
    vector = request.vector if request.dense else None
    mask = masks.mask(parts.columns, parts.names, request.filters)
    facet_masks = {name: _without(parts, request.filters, name, mask) for name in request.facets}
    if not terms and vector is None:
        passing = _passing(len(parts.nct_ids), mask)
        browse = tuple(parts.nct_ids[t] for t in _newest_first(parts.columns, passing))
        counted = {name: _passing(len(parts.nct_ids), m) for name, m in facet_masks.items()}
        return Candidates((), (), browse, len(passing), _count(parts, counted))
    lexical = parts.lexical.matches(terms, config.lexical)
    dense = parts.vectors.scores(vector) if vector is not None else None
    near = _near(dense, config.dense) if dense is not None else np.empty(0, dtype=np.intp)
    window = config.lexical.window
    matched = _Matched(lexical, near, len(parts.nct_ids))
    return Candidates(
        lexical=_lexical_hits(parts, lexical, mask, window),
        dense=_dense_hits(parts, dense, mask, config.dense.window) if dense is not None else (),
        browse=(),
        total=len(matched.trials(mask)),
        facets=_count(parts, {name: matched.trials(m) for name, m in facet_masks.items()}),
        focus=_lexical_hits(parts, parts.lexical.matches(request.focus, any_term(config.lexical)), mask, window),
        concepts=_lexical_hits(parts, parts.lexical.concepts(request.concepts), mask, window),
        nearest=frozenset(parts.nct_ids[t] for t in near[_within(near, mask)].tolist()),
    )


class _Matched:
    """The trials that match under a mask, worked out once a mask."""

    def __init__(self, lexical: LexicalMatches, near: NDArray[np.intp], total: int) -> None:
        self._found = np.zeros(total, dtype=np.bool_)
        self._found[lexical.trials] = True
        self._found[near] = True
        self._known: dict[int | None, NDArray[np.intp]] = {}

    def trials(self, mask: Mask | None) -> NDArray[np.intp]:
        """Ordinals, ascending: lexical matches and the nearest trials, as far as they pass the mask."""
        key = None if mask is None else id(mask)
        if key not in self._known:
            self._known[key] = np.flatnonzero(self._found if mask is None else self._found & mask)
        return self._known[key]


def _without(parts: Parts, filters: Filters, facet: str, mask: Mask | None) -> Mask | None:
    """The mask of the filters but the facet's own.

    Raises:
        ValueError: there is no such facet.
    """
    if facet not in FACETS:
        raise ValueError(f"there is no facet {facet!r}")
    if facet not in filters.active():
        return mask
    return masks.mask(parts.columns, parts.names, replace(filters, **{facet: getattr(_NO_FILTERS, facet)}))


def _near(dense: DenseScores, config: DenseConfig) -> NDArray[np.intp]:
    """Trials near enough in meaning to be matches, whatever the filters."""
    best = _best(dense.scores, dense.trials, config.matches)
    return dense.trials[best[dense.scores[best] >= config.least_cosine]]


def _passing(total: int, mask: Mask | None) -> NDArray[np.intp]:
    return np.arange(total) if mask is None else np.flatnonzero(mask)


def _within(trials: NDArray[np.intp], mask: Mask | None) -> NDArray[np.intp]:
    """Places of the trials that pass."""
    return np.arange(len(trials)) if mask is None else np.flatnonzero(mask[trials])


def _best(scores: NDArray[np.float32], trials: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    """Places of the best `size`, best first, ties by ordinal; exact also where a tie crosses the edge."""
    places = np.arange(len(scores))
    if size < len(scores):
        edge = np.partition(scores, len(scores) - size)[len(scores) - size]
        places = np.flatnonzero(scores >= edge)
    order = np.lexsort((trials[places], -scores[places]))
    return places[order[:size]]


def _lexical_hits(parts: Parts, lexical: LexicalMatches, mask: Mask | None, window: int) -> tuple[LexicalHit, ...]:
    chosen = _within(lexical.trials, mask)
    trials, scores = lexical.trials[chosen], lexical.scores[chosen]
    best = _best(scores, trials, window)
    ids = map(parts.nct_ids.__getitem__, trials[best].tolist())
    return tuple(map(LexicalHit, ids, scores[best].tolist()))


def _dense_hits(parts: Parts, dense: DenseScores, mask: Mask | None, window: int) -> tuple[DenseHit, ...]:
    chosen = _within(dense.trials, mask)
    best = chosen[_best(dense.scores[chosen], dense.trials[chosen], window)]
    ids = map(parts.nct_ids.__getitem__, dense.trials[best].tolist())
    return tuple(map(DenseHit, ids, dense.scores[best].tolist(), dense.best_passages(best).tolist()))


def _newest_first(columns: Columns, trials: NDArray[np.intp]) -> list[int]:
    """By the last day that the last update can mean, newest first; trials without one come last; ties by id."""
    order = np.lexsort((trials, -columns.last_update[trials, 1].astype(np.int64)))
    return [int(t) for t in trials[order]]


def _count(parts: Parts, matched: Mapping[str, NDArray[np.intp]]) -> dict[str, Mapping[str, int]]:
    return {name: parts.facets.count(name, trials) for name, trials in matched.items()}
