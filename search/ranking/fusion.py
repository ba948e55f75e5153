"""Weighted reciprocal rank fusion of the retrieval channels.

`score(d) = sum over channels c of weight_c / (rank_constant + rank_c(d))`, ranks from 1, a channel that does not
hold `d` adds nothing (Cormack, Clarke and Büttcher, SIGIR 2009, with a weight for each channel). It runs here and
not in the back ends, so that every back end fuses alike; Elasticsearch's own `rrf` needs an Enterprise licence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from search.config import FusionConfig
from search.index.base import Candidates, DenseHit, LexicalHit


@dataclass(frozen=True, slots=True)
class Fused:
    """A trial's place in the fused ranking, with what each channel said of it."""

    nct_id: str
    score: float
    lexical_rank: int | None = None
    lexical: LexicalHit | None = None
    dense_rank: int | None = None
    dense: DenseHit | None = None


def weights_for(config: FusionConfig, terms: int) -> FusionConfig:
    """The weights for a text of so many distinct terms: those of a short query, or those of a note."""
    return config if terms <= config.note_terms else replace(config, dense_weight=config.note_dense_weight)


def reciprocal_rank(rank: int | None, weight: float, config: FusionConfig) -> float:
    """A channel's contribution for a 1-based rank; 0 where the channel does not hold the trial."""
    return 0.0 if rank is None else weight / (config.rank_constant + rank)


def fuse(candidates: Candidates, config: FusionConfig) -> list[Fused]:
    """Fuse both channels, best first; equal scores in the order of `nct_id`. A channel of weight 0 is left out."""
    lexical = {hit.nct_id: (rank, hit) for rank, hit in enumerate(candidates.lexical, 1) if config.lexical_weight}
    dense = {hit.nct_id: (rank, hit) for rank, hit in enumerate(candidates.dense, 1) if config.dense_weight}
    scores = {nct_id: reciprocal_rank(rank, config.lexical_weight, config) for nct_id, (rank, _) in lexical.items()}
    for nct_id, (rank, _) in dense.items():
        scores[nct_id] = scores.get(nct_id, 0.0) + reciprocal_rank(rank, config.dense_weight, config)
    none = (None, None)
    return [
        Fused(nct_id, score, *lexical.get(nct_id, none), *dense.get(nct_id, none))
        for nct_id, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    ]
