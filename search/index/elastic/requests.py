"""Request bodies, built by pure functions: one `_msearch` answers a `Retrieval`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search.config import DenseConfig, ElasticConfig, LexicalConfig, RankingConfig
from search.index.base import Retrieval
from search.index.document import CONCEPTS, TEXT_FIELDS, any_term
from search.index.elastic.clauses import Clause, clauses
from search.index.elastic.documents import NAME_LENGTH, SEPARATOR, id_key
from search.query import Filters
from search.text import fold_name

Body = dict[str, Any]

_CITIES = 5_000
"""Cities of a page."""
_BUCKETS = 10_000
"""More than any facet has values."""
_MOST_CANDIDATES = 10_000
"""Elasticsearch's own limit of `num_candidates` and of `k`."""

_NO_FIELDS: Body = {"stored_fields": "_none_"}
_IDS: Body = {**_NO_FIELDS, "docvalue_fields": ["nct_id"]}
"""Hits with their id from a column: `_id` is stored beside the record, and reading a thousand of those takes long."""

HEADER: Body = {"allow_partial_search_results": False, "search_type": "dfs_query_then_fetch"}
"""Of every search: a part of the answer is no answer, and term statistics are those of all shards."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The searches of one `_msearch`, and which of them says what.

    `lexical`, `dense`, `browse`, `nearest`, `focus` and `concepts` are positions in `bodies` (None: not asked);
    `counts` gives the total and every facet, each in an aggregation of its own.
    """

    bodies: tuple[Body, ...]
    lexical: int | None
    dense: int | None
    browse: int | None
    nearest: int | None
    focus: int | None
    concepts: int | None
    counts: int
    facets: tuple[str, ...]

    def searches(self) -> list[Body]:
        """Headers and bodies in turn, as `_msearch` takes them."""
        return [part for body in self.bodies for part in (HEADER, body)]


def plan(request: Retrieval, config: RankingConfig, elastic: ElasticConfig) -> Plan:
    """All searches that answer a request: both channels, the total, and the facets without their own filters."""
    terms = request.terms if request.lexical else ()
    vector = [float(value) for value in request.vector] if request.dense and request.vector is not None else None
    bodies: list[Body] = []

    def ask(body: Body) -> int:
        bodies.append(body)
        return len(bodies) - 1

    lexical = ask(lexical_body(terms, request.filters, config.lexical)) if terms else None
    dense = None if vector is None else ask(dense_body(vector, request.filters, config.dense, elastic))
    browse = ask(browse_body(request.filters)) if lexical is None and dense is None else None
    nearest = None if vector is None else ask(nearest_body(vector, request.filters, config.dense, elastic))
    focus = concepts = None
    if request.focus and browse is None:
        focus = ask(lexical_body(request.focus, request.filters, any_term(config.lexical)))
    if request.concepts and browse is None:
        concepts = ask(concept_body(request.concepts, request.filters, config.lexical))
    counts = ask(count_body(terms, vector, request.filters, request.facets, config, elastic))
    return Plan(tuple(bodies), lexical, dense, browse, nearest, focus, concepts, counts, tuple(request.facets))


def without(filters: Filters, name: str) -> Filters:
    """The filters without the one named."""
    return replace(filters, **{name: getattr(Filters(), name)})


def lexical_body(terms: Sequence[tuple[str, float]], filters: Filters, config: LexicalConfig) -> Body:
    """Fielded BM25: for each term the best field, and `tie_breaker` of the others; terms are summed.

    A trial with fewer than `LexicalConfig.least_terms` of them is no match and is not ranked.
    """
    matching = {
        "should": [_term(*term, config) for term in terms],
        "minimum_should_match": config.least_terms(len(terms)),
    }
    return {
        "query": {"bool": {**matching, "filter": clauses(filters)}},
        "size": config.window,
        "sort": [{"_score": "desc"}, {"nct_id": "asc"}],
        "track_total_hits": False,
        **_IDS,
    }


def concept_body(groups: Sequence[Sequence[tuple[str, float]]], filters: Filters, config: LexicalConfig) -> Body:
    """Trials by concept: of each group the largest weight among the tokens that a trial holds, summed."""
    should = [{"dis_max": {"queries": [_constant(*one) for one in group]}} for group in groups]
    return {
        "query": {"bool": {"should": should, "minimum_should_match": 1, "filter": clauses(filters)}},
        "size": config.window,
        "sort": [{"_score": "desc"}, {"nct_id": "asc"}],
        "track_total_hits": False,
        **_IDS,
    }


def _constant(token: str, weight: float) -> Clause:
    return {"constant_score": {"filter": {"term": {f"text.{CONCEPTS}": token}}, "boost": weight}}


def dense_body(vector: list[float], filters: Filters, config: DenseConfig, elastic: ElasticConfig) -> Body:
    """The trials whose best passage is nearest, with the filters inside the graph search."""
    knn = {**_knn(vector, filters, config.window, elastic), "inner_hits": {"size": 1, **_NO_FIELDS}}
    return {"knn": knn, "size": knn["k"], "track_total_hits": False, **_IDS}


def nearest_body(vector: list[float], filters: Filters, config: DenseConfig, elastic: ElasticConfig) -> Body:
    """The trials that match by meaning: the nearest of the whole index, of which those that fail the filters go."""
    body = {"knn": _near(vector, config, elastic), "size": config.matches, "track_total_hits": False, **_IDS}
    conditions = clauses(filters)
    return {**body, "post_filter": {"bool": {"filter": conditions}}} if conditions else body


def browse_body(filters: Filters) -> Body:
    """All trials that pass, newest update first."""
    return {
        "query": {"bool": {"filter": clauses(filters)}},
        "size": 1_000_000,
        "sort": [{"last_update_last": {"order": "desc", "missing": "_last"}}, {"nct_id": "asc"}],
        "track_total_hits": False,
        **_IDS,
    }


def count_body(
    terms: Sequence[tuple[str, float]],
    vector: list[float] | None,
    filters: Filters,
    facets: Sequence[str],
    config: RankingConfig,
    elastic: ElasticConfig,
) -> Body:
    """How many trials match and pass, and their facet values: those with enough of the terms, or near in meaning.

    What matches does not depend on the filters; each aggregation takes those that pass its own, so that one search
    counts all: `passing` gives the total, and every facet is counted without its own filter.
    """
    body: Body = {"size": 0, "track_total_hits": False}
    if terms:
        body["query"] = {"bool": {"filter": [enough_terms(terms, config.lexical)]}}
    if vector is not None:
        body["knn"] = _near(vector, config.dense, elastic)  # beside a query, what is near is added to what it matches
    aggs: Body = {"passing": {"filter": _all(clauses(filters))}}
    for name in facets:
        values = {"values": {"terms": {"field": name, "size": _BUCKETS}}}
        aggs[f"facet.{name}"] = {"filter": _all(clauses(without(filters, name))), "aggs": values}
    return {**body, "aggs": aggs}


def _all(conditions: Sequence[Clause]) -> Clause:
    return {"bool": {"filter": list(conditions)}} if conditions else {"match_all": {}}


def enough_terms(terms: Sequence[tuple[str, float]], config: LexicalConfig) -> Clause:
    """Trials that contain as many of the terms as count as a match."""
    found = [{"bool": {"should": [{"term": {f"text.{name}": term}} for name in _fields(config)]}} for term, _ in terms]
    return {"bool": {"should": found, "minimum_should_match": config.least_terms(len(terms))}}


def explain_body(terms: Sequence[tuple[str, float]], nct_id: str, config: LexicalConfig) -> Body:
    """The scores of a trial's every field and term, by query name `field term`."""
    return {
        "query": {
            "bool": {
                "filter": [{"ids": {"values": [nct_id]}}],
                "should": [
                    _field_term(name, term, weight, config, named=True)
                    for term, weight in terms
                    for name in _fields(config)
                ],
            }
        },
        "size": 1,
        "_source": False,
    }


def resolve_body(identifier: str) -> Body:
    """The trial that an id names: as its own id first, then as an alias, then as a secondary id."""
    ways = [("nct_id", 3), ("aliases", 2), ("secondary_ids", 1)]
    key = id_key(identifier)
    return {
        "query": {
            "dis_max": {
                "queries": [
                    {"constant_score": {"filter": {"term": {f"ids.{name}": key}}, "boost": boost}}
                    for name, boost in ways
                ]
            }
        },
        "size": 1,
        "sort": [{"_score": "desc"}, {"nct_id": "asc"}],
        **_IDS,
    }


def suggest_body(prefix: str, size: int) -> Body:
    """Names that begin with a prefix: how many trials have each, and how often each is written which way.

    A prefix of an NCT id is completed too.
    """
    folded = fold_name(prefix)[: NAME_LENGTH + 1]
    pattern = f"[ci]{SEPARATOR}{_literal(folded)}.*"
    aggs: Body = {
        name: {"terms": {"field": f"names.{name}", "include": pattern, "size": _BUCKETS}}
        for name in ("folded", "written")
    }
    if folded.startswith("nct") and folded != "nct":
        pattern = f"{_literal(folded.upper())}.*"
        aggs["ids"] = {"terms": {"field": "nct_id", "include": pattern, "size": size, "order": {"_key": "asc"}}}
    return {"size": 0, "track_total_hits": False, "aggs": aggs}


def cities_body(after: Mapping[str, Any] | None) -> Body:
    """A page of the cities of all sites, each with the mean of its points; `after`: the key of the page before."""
    cities: Body = {
        "size": _CITIES,
        "sources": [
            {name: {"terms": {"field": f"sites.{name}", "missing_bucket": name != "city"}}}
            for name in ("country", "state", "city")
        ],
    }
    if after is not None:
        cities["after"] = after
    middle = {"middle": {"geo_centroid": {"field": "sites.point"}}}
    sites = {"nested": {"path": "sites"}, "aggs": {"cities": {"composite": cities, "aggs": middle}}}
    return {"size": 0, "track_total_hits": False, "aggs": {"sites": sites}}


def _literal(text: str) -> str:
    """A text as a Lucene regular expression that matches it and nothing else."""
    return "".join(f"\\{char}" if not char.isalnum() else char for char in text)


def _fields(config: LexicalConfig) -> list[str]:
    return [name for name in TEXT_FIELDS if config.field_boosts.get(name, 0) > 0]


def _term(term: str, weight: float, config: LexicalConfig) -> Clause:
    fields = [_field_term(name, term, weight, config) for name in _fields(config)]
    return {"dis_max": {"queries": fields, "tie_breaker": config.tie_breaker}}


def _field_term(name: str, term: str, weight: float, config: LexicalConfig, *, named: bool = False) -> Clause:
    query: Body = {"value": term, "boost": weight * config.field_boosts[name]}
    if named:
        query["_name"] = f"{name} {term}"
    return {"term": {f"text.{name}": query}}


def _near(vector: list[float], config: DenseConfig, elastic: ElasticConfig) -> Body:
    return {**_knn(vector, Filters(), config.matches, elastic), "similarity": config.least_cosine}


def _knn(vector: list[float], filters: Filters, k: int, elastic: ElasticConfig) -> Body:
    k = min(k, _MOST_CANDIDATES)
    candidates = min(_MOST_CANDIDATES, max(elastic.candidates_floor, math.ceil(k * elastic.candidates_factor)))
    knn: Body = {"field": "passages.vector", "query_vector": vector, "k": k, "num_candidates": candidates}
    conditions = clauses(filters)
    return {**knn, "filter": conditions} if conditions else knn
