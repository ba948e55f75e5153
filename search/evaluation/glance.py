"""What is in an index and in a query, counted for a look at it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from search.index.base import StoredDocument
from search.query import Query
from search.ranking.suggestions import cancer_types
from search.results import Explanation

_BM25 = "BM25 over the fields"


def kind_counts(documents: Iterable[StoredDocument]) -> dict[str, int]:
    """How many criteria of each kind the trials have; `opaque` is what no reader understands."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(item.fact.kind for item in document.criteria.items)
    return dict(sorted(counts.items()))


def criteria_counts(documents: Iterable[StoredDocument]) -> list[int]:
    """How many criteria each trial has, in the order given."""
    return [len(document.criteria.items) for document in documents]


def cancer_type_counts(facets: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Trials by cancer type under its name, without the collective ones (any cancer, any solid tumour)."""
    counts = {code: count for code, count in facets["cancer_type"].items() if not code.startswith("_")}
    return {suggestion.text: suggestion.trials for suggestion in cancer_types(counts)}


def understood(query: Query) -> list[tuple[int, int, str]]:
    """Start, end and kind of all that was understood of a query, in its order; negative ones are marked."""
    return [
        (concept.start, concept.end, f"not {concept.kind}" if concept.negative else concept.kind)
        for concept in query.concepts
    ]


def term_shares(explanation: Explanation) -> Mapping[str, float]:
    """The share of each term in the BM25 score of a hit, over all fields; nothing for a hit that has no BM25."""
    sums: defaultdict[str, float] = defaultdict(float)
    for bm25 in _named(explanation, _BM25):
        for field in bm25.details:
            for term in field.details:
                sums[term.description] += term.value
    total = sum(sums.values())
    return {term: value / total for term, value in sorted(sums.items())} if total else {}


def _named(node: Explanation, description: str) -> Iterator[Explanation]:
    if node.description == description:
        yield node
        return
    for child in (*node.details, *node.basis):
        yield from _named(child, description)
