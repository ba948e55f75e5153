"""What a back end has to answer, worked out by looking at every document: slow, and independent of any engine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from search.config import RankingConfig
from search.index.base import Retrieval
from search.index.document import TEXT_FIELDS, IndexDocument
from search.index.eligibility_terms import ecog_facets, marker_facets, stage_facets
from search.index.filters import matches
from search.index.places import display_country
from search.query import Filters

K1, B = 1.2, 0.75
EXACT_LENGTH = 39
"""Engines round the lengths of longer fields."""


@dataclass(frozen=True)
class Expected:
    """Scores of all trials that a channel can return, the matches, and the facet counts."""

    lexical: Mapping[str, float]
    dense: Mapping[str, tuple[float, int]]
    matched: frozenset[str]
    facets: Mapping[str, Mapping[str, int]]
    nearest: frozenset[str]


class Oracle:
    """Answers requests over a few documents."""

    def __init__(self, documents: Sequence[IndexDocument], config: RankingConfig) -> None:
        self.documents = {document.trial.nct_id: document for document in documents}
        self.config = config
        self._tokens = {
            nct_id: {name: Counter(document.text.get(name, ())) for name in TEXT_FIELDS}
            for nct_id, document in self.documents.items()
        }
        self._average = {
            name: sum(tokens[name].total() for tokens in self._tokens.values()) / max(1, len(documents))
            for name in TEXT_FIELDS
        }

    def expect(self, request: Retrieval) -> Expected:
        """The right answer to a request."""
        passing = self.passing(request.filters)
        scores = {nct_id: self.score(request, nct_id) for nct_id in passing if self._enough(request, nct_id)}
        return Expected(
            lexical=scores,
            dense=self._nearest(request, request.filters),
            matched=self._matched(request, request.filters),
            facets={name: self._counts(request, name) for name in request.facets},
            nearest=self._near(request) & passing,
        )

    def passing(self, filters: Filters) -> set[str]:
        """Ids of the trials that pass the filters."""
        return {nct_id for nct_id, document in self.documents.items() if matches(document.values, filters)}

    def score(self, request: Retrieval, nct_id: str) -> float:
        """Fielded BM25: for each term its best field and `tie_breaker` of the others."""
        by_field = self.parts(request, nct_id)
        total = 0.0
        for term, _ in request.terms:
            values = sorted((shares[term] for shares in by_field.values() if term in shares), reverse=True)
            total += sum(values[:1]) + self.config.lexical.tie_breaker * sum(values[1:])
        return total

    def parts(self, request: Retrieval, nct_id: str) -> dict[str, dict[str, float]]:
        """Field → term → BM25 of that field alone, times its boost and the term's weight."""
        found: dict[str, dict[str, float]] = {}
        for field in self._fields():
            own = self._tokens[nct_id][field]
            for term, weight in request.terms:
                if own[term]:
                    idf = self._idf(field, term)
                    norm = K1 * (1 - B + B * own.total() / self._average[field])
                    boost = weight * self.config.lexical.field_boosts[field]
                    found.setdefault(field, {})[term] = boost * idf * (K1 + 1) * own[term] / (own[term] + norm)
        return found

    def _idf(self, field: str, term: str) -> float:
        found = sum(tokens[field][term] > 0 for tokens in self._tokens.values())
        return math.log(1 + (len(self.documents) - found + 0.5) / (found + 0.5))

    def _fields(self) -> list[str]:
        return [name for name, boost in self.config.lexical.field_boosts.items() if boost > 0]

    def _enough(self, request: Retrieval, nct_id: str) -> bool:
        terms = [term for term, _ in request.terms] if request.lexical else []
        lexical = self.config.lexical
        least = max(1, min(lexical.min_match_terms, math.ceil(lexical.min_match_short * len(terms))))
        tokens = self._tokens[nct_id]
        return bool(terms) and sum(any(tokens[name][term] for name in self._fields()) for term in terms) >= least

    def _nearest(self, request: Retrieval, filters: Filters) -> dict[str, tuple[float, int]]:
        found: dict[str, tuple[float, int]] = {}
        if request.vector is not None and request.dense:
            for nct_id in self.passing(filters):
                vectors = self.documents[nct_id].vectors
                if len(vectors):
                    cosines = vectors @ request.vector
                    found[nct_id] = (float(cosines.max()), int(np.argmax(cosines)))
        return found

    def _matched(self, request: Retrieval, filters: Filters) -> frozenset[str]:
        passing = self.passing(filters)
        if not (request.terms and request.lexical) and (request.vector is None or not request.dense):
            return frozenset(passing)
        lexical = frozenset(nct_id for nct_id in passing if self._enough(request, nct_id))
        return lexical | (self._near(request) & passing)

    def _near(self, request: Retrieval) -> frozenset[str]:
        """Matches by meaning in the whole index."""
        cosines = {nct_id: score for nct_id, (score, _) in self._nearest(request, Filters()).items()}
        nearest = sorted(cosines, key=lambda nct_id: (-cosines[nct_id], nct_id))[: self.config.dense.matches]
        return frozenset(nct_id for nct_id in nearest if cosines[nct_id] >= self.config.dense.least_cosine)

    def _counts(self, request: Retrieval, name: str) -> dict[str, int]:
        relaxed = replace(request.filters, **{name: getattr(Filters(), name)})
        counts: Counter[str] = Counter()
        for nct_id in self._matched(request, relaxed):
            counts.update(facet_values(self.documents[nct_id], name))
        return dict(counts)


def facet_values(document: IndexDocument, name: str) -> set[str]:
    """The values by which a trial is counted in a facet."""
    values = document.values
    if name == "has_results":
        return set() if values.has_results is None else {str(values.has_results).lower()}
    if name == "countries":
        return {display_country(site.country) for site in values.sites if site.country}
    many = {"phase": values.phases, "cancer_type": values.cancer_types, "intervention_type": values.intervention_types}
    if name in many:
        return {str(value) for value in many[name]}
    own = values.eligibility
    criteria = {
        "stage": stage_facets(own.stages),
        "extent": own.extents,
        "biomarker": marker_facets(own.biomarkers),
        "ecog": ecog_facets(own.minimum_ecog, own.maximum_ecog),
        "cns": {own.cns.value} if own.cns else set(),
    }
    if name in criteria:
        return set(criteria[name])
    value = getattr(values, name)
    return set() if value is None else {str(value)}
