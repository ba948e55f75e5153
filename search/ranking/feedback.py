"""RM3: words of the first results are asked for beside the query's own (Abdul-Jaleel et al., TREC 2004).

`P(w | R) = sum over documents d of P(w | d) x share of d's score`; the best `terms` words of it get the share
`weight` of the query's whole weight, in proportion. Switched off by default: see `FeedbackConfig`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from search.config import FeedbackConfig

Weighted = tuple[tuple[str, float], ...]


def expanded(terms: Weighted, documents: Sequence[tuple[float, Mapping[str, int]]], config: FeedbackConfig) -> Weighted:
    """The query's terms and those of the first results, with weights that add up to those of the query.

    Args:
        terms: of the query, with their weights.
        documents: score and tokens of the first results; scores above 0.
        config: how many words, and how much they weigh.
    """
    model = _relevance_model(documents)
    chosen = sorted(model.items(), key=lambda item: (-item[1], item[0]))[: config.terms]
    mass = sum(share for _, share in chosen)
    total = sum(weight for _, weight in terms)
    if not mass or not total:
        return terms
    found = {term: (1 - config.weight) * weight for term, weight in terms}
    for term, share in chosen:
        found[term] = found.get(term, 0.0) + config.weight * total * share / mass
    return tuple(found.items())


def _relevance_model(documents: Sequence[tuple[float, Mapping[str, int]]]) -> dict[str, float]:
    scores = sum(score for score, _ in documents)
    model: defaultdict[str, float] = defaultdict(float)
    for score, tokens in documents:
        length = sum(tokens.values())
        for term, count in tokens.items():
            model[term] += score / scores * count / length
    return dict(model)
