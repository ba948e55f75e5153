"""The score waterfall of a hit: the parts that add up to its score, each with what it was worked out from."""

from __future__ import annotations

from collections.abc import Mapping

from search.config import FusionConfig
from search.ranking.fusion import Fused, concept_share, reciprocal_rank
from search.ranking.rescoring import Standing
from search.results import Explanation


def bm25(parts: Mapping[str, Mapping[str, float]]) -> Explanation:
    """BM25 by field and term; the values add up to the score."""
    fields = []
    for name, terms in parts.items():
        details = tuple(Explanation(value, term) for term, value in sorted(terms.items(), key=lambda t: (-t[1], t[0])))
        fields.append(Explanation(sum(d.value for d in details), name, details))
    fields.sort(key=lambda e: (-e.value, e.description))
    return Explanation(sum(f.value for f in fields), "BM25 over the fields", tuple(fields))


def explain(
    hit: Fused,
    config: FusionConfig,
    lexical_parts: Mapping[str, Mapping[str, float]] | None,
    standing: Standing | None = None,
) -> Explanation:
    """The waterfall of a fused and re-scored hit.

    Args:
        hit: with its final score.
        config: the weights of the channels.
        lexical_parts: as `Generation.explain_lexical` gives them.
        standing: what the assessment did to the score.
    """
    details = []
    if hit.lexical is not None:
        basis = bm25(lexical_parts) if lexical_parts else Explanation(hit.lexical.score, "BM25")
        details.append(_channel("words", hit.lexical_rank, config.lexical_weight, config, (basis,)))
    if hit.focus_rank is not None:
        details.append(_channel("what the note is about", hit.focus_rank, config.note_focus_weight, config))
    if hit.dense is not None:
        basis = Explanation(hit.dense.score, "cosine of the nearest passage")
        details.append(_channel("meaning", hit.dense_rank, config.dense_weight, config, (basis,)))
    if hit.concepts is not None:
        said = f"concepts: {hit.concepts:.0%} fit, x {config.concept_weight:g} / ({config.rank_constant} + 1)"
        details.append(Explanation(concept_share(hit.concepts, config), said))
    if standing is None:
        return Explanation(hit.score, "reciprocal rank fusion", tuple(details))
    found = sum(detail.value for detail in details)
    details.append(
        Explanation(
            hit.score - found,
            f"eligibility: {standing.verdict.value.replace('_', ' ')}, the above times {standing.factor:.3g}",
            basis=(Explanation(standing.chance, "estimated chance of being eligible"),),
        )
    )
    return Explanation(hit.score, "reciprocal rank fusion, re-scored by eligibility", tuple(details))


def _channel(
    name: str, rank: int | None, weight: float, config: FusionConfig, basis: tuple[Explanation, ...] = ()
) -> Explanation:
    said = f"{name}: rank {rank}, {weight:g} / ({config.rank_constant} + rank)"
    return Explanation(reciprocal_rank(rank, weight, config), said, basis=basis)
