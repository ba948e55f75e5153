"""Weighted reciprocal rank fusion of the retrieval channels.

`score(d) = sum over channels c of weight_c / (rank_constant + rank_c(d))`, ranks from 1, a channel that does not
hold `d` adds nothing (Cormack, Clarke and Büttcher, SIGIR 2009, with a weight for each channel). Concept matching,
which fits many trials alike, adds `weight x share of the concepts / (rank_constant + 1)` instead. It runs here and
not in the back ends, so that every back end fuses alike; Elasticsearch's own `rrf` needs an Enterprise licence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from search.config import FusionConfig
from search.index.base import Candidates, DenseHit, LexicalHit


class Fused(NamedTuple):
    """A trial's place in the fused ranking, with what each channel said of it."""

    nct_id: str
    score: float
    lexical_rank: int | None = None
    lexical: LexicalHit | None = None
    dense_rank: int | None = None
    dense: DenseHit | None = None
    focus_rank: int | None = None
    concepts: float | None = None
    """Share of the query's concepts that the trial fits, 0 to 1."""


_BY_ID = attrgetter("nct_id")
_BY_SCORE = attrgetter("score")


def weights_for(config: FusionConfig, terms: int, *, note: bool = False) -> FusionConfig:
    """The weights for a text of so many distinct terms: those of a typed query, or those of a note."""
    if not note and terms <= config.note_terms:
        return replace(config, note_focus_weight=0.0)
    return replace(
        config,
        lexical_weight=config.note_lexical_weight,
        dense_weight=config.note_dense_weight,
        concept_weight=config.note_concept_weight,
    )


def reciprocal_rank(rank: int | None, weight: float, config: FusionConfig) -> float:
    """A channel's contribution for a 1-based rank; 0 where the channel does not hold the trial."""
    return 0.0 if rank is None else weight / (config.rank_constant + rank)


def concept_share(share: float, config: FusionConfig) -> float:
    """The contribution of the concepts that a trial fits."""
    return share * config.concept_weight / (config.rank_constant + 1)


def fuse(candidates: Candidates, config: FusionConfig) -> list[Fused]:
    """Fuse the channels, best first; equal scores in the order of `nct_id`. A channel of weight 0 is left out.

    `focus` and `concepts` order what `lexical` and `dense` found, and add no trial to it. Concepts are few and fit many
    trials alike, so that their ranks would say nothing: the share that fits counts, of what a first rank is worth.
    """
    lexical_weight, dense_weight, constant = config.lexical_weight, config.dense_weight, config.rank_constant
    focus = _places(candidates.focus) if config.note_focus_weight else {}
    shares = dict(candidates.concepts) if config.concept_weight else {}
    lexical = {hit.nct_id: (rank, hit) for rank, hit in enumerate(candidates.lexical, 1)} if lexical_weight else {}
    dense = {hit.nct_id: (rank, hit) for rank, hit in enumerate(candidates.dense, 1)} if dense_weight else {}
    fused = []
    for nct_id in lexical.keys() | dense.keys():
        lexical_rank, word = lexical.get(nct_id, _ABSENT)
        dense_rank, near = dense.get(nct_id, _ABSENT)
        focus_rank, share = focus.get(nct_id), shares.get(nct_id)
        score = 0.0
        if lexical_rank is not None:
            score = lexical_weight / (constant + lexical_rank)
        if dense_rank is not None:
            score += dense_weight / (constant + dense_rank)
        if focus_rank is not None:
            score += config.note_focus_weight / (constant + focus_rank)
        if share is not None:
            score += concept_share(share, config)
        fused.append(Fused(nct_id, score, lexical_rank, word, dense_rank, near, focus_rank, share))
    return in_order(fused)


_ABSENT = (None, None)


def in_order(hits: Iterable[Fused]) -> list[Fused]:
    """Best first, equal scores in the order of `nct_id`."""
    ordered = sorted(hits, key=_BY_ID)
    ordered.sort(key=_BY_SCORE, reverse=True)  # keeps equal scores in their order
    return ordered


def _places(hits: Iterable[LexicalHit]) -> dict[str, int]:
    return {hit.nct_id: rank for rank, hit in enumerate(hits, 1)}
