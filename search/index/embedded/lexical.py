"""The text channel: fielded BM25 in tantivy over the shared analyzer's tokens.

The analyzer's tokens are joined with spaces and split again by tantivy's whitespace tokenizer, so that both sides see
the same terms. For each query term the best field counts, and `tie_breaker` of the others (disjunction max); terms are
summed. Every trial with enough of the terms is collected, so that filters, ties and counts are exact.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur
from tantivy import Query as TantivyQuery

from search.config import LexicalConfig
from search.index.document import CONCEPTS, SHARE_DECIMALS, TEXT_FIELDS

_ARRIVAL = "arrival"
"""Number of a trial in the order of writing; `arrival.npy` leads from it to the ordinal."""

Terms = Sequence[tuple[str, float]]
Groups = Sequence[Terms]


def schema() -> tantivy.Schema:
    """One field for each of `TEXT_FIELDS` (term frequencies, no positions), and the trial's number."""
    builder = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field(_ARRIVAL, stored=False, indexed=True, fast=True)
    return builder.build()


class LexicalWriter:
    """Writes the text of trials. One thread, so that the same documents give the same index."""

    def __init__(self, folder: Path, heap_bytes: int) -> None:
        folder.mkdir()
        self._writer = tantivy.Index(schema(), str(folder)).writer(heap_bytes, 1)

    def add(self, arrival: int, text: Mapping[str, Sequence[str]]) -> None:
        """Add a trial's tokens.

        Raises:
            KeyError: a field that is none of `TEXT_FIELDS`.
        """
        document = tantivy.Document()
        for name, tokens in text.items():
            if name not in TEXT_FIELDS:
                raise KeyError(f"there is no text field {name!r}")
            document.add_text(name, " ".join(tokens))
        document.add_unsigned(_ARRIVAL, arrival)
        self._writer.add_document(document)

    def finish(self) -> None:
        """Write everything to disk and wait for merges."""
        self._writer.commit()
        self._writer.wait_merging_threads()


@dataclass(frozen=True, slots=True)
class LexicalMatches:
    """All trials that contain enough of the terms, in no order: ordinals and their BM25 scores."""

    trials: NDArray[np.intp]
    scores: NDArray[np.float32]


NO_MATCHES = LexicalMatches(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32))


class LexicalReader:
    """Searches the text of a generation. Safe for use from several threads.

    Args:
        folder: written by `LexicalWriter`.
        ordinals: ordinal of each trial by its number of arrival.

    Raises:
        ValueError: the folder holds no readable index, or one of another number of trials.
    """

    def __init__(self, folder: Path, ordinals: NDArray[np.intp]) -> None:
        index = tantivy.Index.open(str(folder))
        self._schema = index.schema
        self._searcher = index.searcher()
        self._ordinals = ordinals
        if self._searcher.num_docs != len(ordinals):
            raise ValueError(f"{self._searcher.num_docs} texts for {len(ordinals)} trials")

    def matches(self, terms: Terms, config: LexicalConfig) -> LexicalMatches:
        """Every trial that contains at least `LexicalConfig.least_terms` of the terms."""
        if not terms or not len(self._ordinals):
            return NO_MATCHES
        clauses = [(Occur.Should, self._term(term, weight, config)) for term, weight in terms]
        return self._found(TantivyQuery.boolean_query(clauses, config.least_terms(len(terms))))

    def concepts(self, groups: Groups) -> LexicalMatches:
        """Every trial that holds a token; its score is the sum, over the groups, of its largest weight in each."""
        if not groups:
            return NO_MATCHES
        clauses = [
            (Occur.Should, TantivyQuery.disjunction_max_query([self._constant(*one) for one in group], 0.0))
            for group in groups
        ]
        found = self._found(TantivyQuery.boolean_query(clauses))
        return LexicalMatches(found.trials, np.round(found.scores, SHARE_DECIMALS))

    def _constant(self, token: str, weight: float) -> TantivyQuery:
        found = TantivyQuery.term_query(self._schema, CONCEPTS, token, "freq")
        return TantivyQuery.const_score_query(found, weight)

    def _found(self, query: TantivyQuery) -> LexicalMatches:
        hits = self._searcher.search(query, len(self._ordinals), count=False).hits
        if not hits:
            return NO_MATCHES
        scores = np.fromiter((score for score, _ in hits), dtype=np.float32, count=len(hits))
        arrivals = self._searcher.fast_field_values(_ARRIVAL, [address for _, address in hits])
        return LexicalMatches(self._ordinals[np.array(arrivals, dtype=np.intp)], scores)

    def explain(self, terms: Terms, arrival: int, config: LexicalConfig) -> Mapping[str, Mapping[str, float]]:
        """Field → term → share of a trial's score; a term's best field counts whole, of equals the first."""
        number = TantivyQuery.term_query(self._schema, _ARRIVAL, arrival)
        _, address = self._searcher.search(number, 1).hits[0]
        shares: dict[str, dict[str, float]] = defaultdict(dict)
        for term, weight in terms:
            scores = [(name, self._score(query, address)) for name, query in self._fields(term, weight, config)]
            found = [(name, score) for name, score in scores if score is not None]
            best = max(range(len(found)), key=lambda i: found[i][1], default=-1)
            for i, (name, score) in enumerate(found):
                shares[name][term] = score if i == best else score * config.tie_breaker
        return dict(shares)

    def _score(self, query: TantivyQuery, address: tantivy.DocAddress) -> float | None:
        try:
            return float(json.loads(query.explain(self._searcher, address).to_json())["value"])
        except ValueError:  # the document does not match
            return None

    def _term(self, term: str, weight: float, config: LexicalConfig) -> TantivyQuery:
        fields = [query for _, query in self._fields(term, weight, config)]
        return TantivyQuery.disjunction_max_query(fields, config.tie_breaker)

    def _fields(self, term: str, weight: float, config: LexicalConfig) -> Iterator[tuple[str, TantivyQuery]]:
        for name in TEXT_FIELDS:
            boost = config.field_boosts.get(name, 0.0) * weight
            if boost > 0:
                yield name, TantivyQuery.boost_query(TantivyQuery.term_query(self._schema, name, term, "freq"), boost)
