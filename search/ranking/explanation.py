"""The score waterfall of a hit: the parts that add up to its score, each with what it was worked out from."""

from __future__ import annotations

from collections.abc import Mapping

from search.config import FusionConfig
from search.ranking.fusion import Fused, reciprocal_rank
from search.results import Explanation


def bm25(parts: Mapping[str, Mapping[str, float]]) -> Explanation:
    """BM25 by field and term; the values add up to the score."""
    fields = []
    for name, terms in parts.items():
        details = tuple(Explanation(value, term) for term, value in sorted(terms.items(), key=lambda t: (-t[1], t[0])))
        fields.append(Explanation(sum(d.value for d in details), name, details))
    fields.sort(key=lambda e: (-e.value, e.description))
    return Explanation(sum(f.value for f in fields), "BM25 over the fields", tuple(fields))


def explain(hit: Fused, config: FusionConfig, lexical_parts: Mapping[str, Mapping[str, float]] | None) -> Explanation:
    """The waterfall of a fused hit. `lexical_parts` as `Generation.explain_lexical` gives them."""
    details = []
    if hit.lexical is not None:
        details.append(
            Explanation(
                reciprocal_rank(hit.lexical_rank, config.lexical_weight, config),
                f"words: rank {hit.lexical_rank}, {config.lexical_weight:g} / ({config.rank_constant} + rank)",
                basis=(bm25(lexical_parts),) if lexical_parts else (Explanation(hit.lexical.score, "BM25"),),
            )
        )
    if hit.dense is not None:
        details.append(
            Explanation(
                reciprocal_rank(hit.dense_rank, config.dense_weight, config),
                f"meaning: rank {hit.dense_rank}, {config.dense_weight:g} / ({config.rank_constant} + rank)",
                basis=(Explanation(hit.dense.score, "cosine of the nearest passage"),),
            )
        )
    return Explanation(hit.score, "reciprocal rank fusion", tuple(details))
