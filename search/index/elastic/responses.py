"""Answers of Elasticsearch as `Candidates` and explanations; pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.config import LexicalConfig
from search.gazetteer import City
from search.index.base import Candidates, DenseHit, LexicalHit, Suggestion
from search.index.document import SHARE_DECIMALS
from search.index.elastic.documents import SEPARATOR
from search.index.elastic.requests import Plan
from search.index.places import display_country

Body = Mapping[str, Any]

_KINDS = {"c": "condition", "i": "intervention"}

WANTED = [
    "responses.error.type",
    "responses.status",
    "responses.hits.hits.fields.nct_id",
    "responses.hits.hits._score",
    "responses.hits.hits.inner_hits.passages.hits.hits._nested.offset",
    "responses.aggregations",
]
"""`filter_path` of a `_msearch`: a thousand hits are mostly metadata."""


def candidates(plan: Plan, responses: Sequence[Body]) -> Candidates:
    """Put the answers of a plan together; each list best first, ties by `nct_id`."""
    dense = [DenseHit(nct_id(hit), cosine(hit["_score"]), _passage(hit)) for hit in _hits(plan.dense, responses)]
    return Candidates(
        lexical=_ranked(plan.lexical, responses),
        dense=tuple(sorted(dense, key=lambda hit: (-hit.score, hit.nct_id))),
        browse=tuple(nct_id(hit) for hit in _hits(plan.browse, responses)),
        total=responses[plan.counts]["aggregations"]["passing"]["doc_count"],
        facets={
            name: _counts(name, responses[plan.counts]["aggregations"][f"facet.{name}"]["values"])
            for name in plan.facets
        },
        focus=_ranked(plan.focus, responses),
        concepts=_by_score(
            LexicalHit(hit.nct_id, round(hit.score, SHARE_DECIMALS)) for hit in _ranked(plan.concepts, responses)
        ),
        nearest=frozenset(nct_id(hit) for hit in _hits(plan.nearest, responses)),
    )


def _ranked(position: int | None, responses: Sequence[Body]) -> tuple[LexicalHit, ...]:
    return _by_score(LexicalHit(nct_id(hit), float(hit["_score"])) for hit in _hits(position, responses))


def _by_score(hits: Iterable[LexicalHit]) -> tuple[LexicalHit, ...]:
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.nct_id)))


def nct_id(hit: Body) -> str:
    """The trial of a hit."""
    return str(hit["fields"]["nct_id"][0])


def cosine(score: float) -> float:
    """The cosine of a `dot_product` score of unit vectors, which Elasticsearch gives as (1 + cosine) / 2."""
    return 2.0 * float(score) - 1.0


def contributions(queries: Mapping[str, float], config: LexicalConfig) -> dict[str, dict[str, float]]:
    """Field → term → share of the BM25 score, from the scores of the named queries of `explain_body`.

    A term's best field counts whole (of equals the first), the others by `tie_breaker`.
    """
    by_term: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for name, score in queries.items():
        field, term = name.split(" ", 1)
        by_term[term].append((field, float(score)))
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for term, scores in by_term.items():
        best = max(range(len(scores)), key=lambda at: scores[at][1])
        for at, (field, score) in enumerate(scores):
            shares[field][term] = score if at == best else score * config.tie_breaker
    return dict(shares)


def suggestions(aggregations: Body, size: int) -> list[Suggestion]:
    """Names with their numbers of trials, most first, ties by text; each as most trials write it."""
    spelling: dict[str, tuple[int, str]] = {}
    for bucket in aggregations["written"]["buckets"]:
        name, written = bucket["key"].rsplit(SEPARATOR, 1)
        spelling[name] = min(spelling.get(name, (0, "")), (-bucket["doc_count"], written))
    found = [
        Suggestion(spelling[bucket["key"]][1], _KINDS[bucket["key"][0]], bucket["doc_count"])
        for bucket in aggregations["folded"]["buckets"]
        if bucket["key"] in spelling
    ]
    found.sort(key=lambda s: (-s.trials, s.text, s.kind))
    ids = [Suggestion(b["key"], "nct_id", b["doc_count"]) for b in aggregations.get("ids", {}).get("buckets", ())]
    return (found + ids)[:size]


def cities(buckets: Sequence[Body]) -> list[City]:
    """The cities of a page; those without a point are left out."""
    return [
        City(
            name=bucket["key"]["city"],
            state=bucket["key"]["state"] or "",
            country=display_country(bucket["key"]["country"]) if bucket["key"]["country"] else "",
            lat=bucket["middle"]["location"]["lat"],
            lon=bucket["middle"]["location"]["lon"],
            weight=bucket["middle"]["count"],
        )
        for bucket in buckets
        if bucket["middle"]["count"]
    ]


def _hits(position: int | None, responses: Sequence[Body]) -> Sequence[Body]:
    if position is None:
        return ()
    hits: Sequence[Body] = responses[position].get("hits", {}).get("hits", ())
    return hits


def _passage(hit: Body) -> int:
    return int(hit["inner_hits"]["passages"]["hits"]["hits"][0]["_nested"]["offset"])


def _counts(facet: str, aggregation: Body) -> dict[str, int]:
    counts = {}
    for bucket in aggregation["buckets"]:
        # Booleans come with their names under `key_as_string`.
        key = str(bucket.get("key_as_string", bucket["key"]))
        counts[display_country(key) if facet == "countries" else key] = bucket["doc_count"]
    return counts
