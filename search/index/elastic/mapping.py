"""The strict mapping (`mapping.json`) with what depends on the generation filled in, and its BM25 parameters.

Lucene and tantivy compute BM25 from different collection statistics: Lucene counts only the documents that have
the field at all, tantivy counts all. So that both back ends give the same score, a field without tokens holds
`NOTHING`, one token that no query contains, which makes the counts equal, and what it adds to the average length
is taken out again by `adjusted`, in the similarity's parameters, and by `scales`, in the boosts of queries.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from search.config import ElasticConfig
from search.index.document import TEXT_FIELDS

Body = dict[str, Any]

K1 = 1.2
B = 0.75

NOTHING = "\ue000"
"""Stands in a text field that has no tokens; a private-use character, which no analyzed text contains."""


@cache
def _table() -> str:
    return resources.files(__package__).joinpath("mapping.json").read_text(encoding="utf-8")


def index_body(dimensions: int, config: ElasticConfig) -> Body:
    """`settings` and `mappings` of a new generation.

    Args:
        dimensions: length of the vectors, at least 1.
        config: shards and the kind of vector index.
    """
    body: Body = copy.deepcopy(json.loads(_table()))
    body["settings"]["index"]["number_of_shards"] = config.number_of_shards
    body["settings"]["similarity"] = {_similarity(name): _bm25(K1, B) for name in TEXT_FIELDS}
    properties = body["mappings"]["properties"]
    properties["text"]["properties"] = {name: _text_field(name) for name in TEXT_FIELDS}
    vector = properties["passages"]["properties"]["vector"]
    vector["dims"] = dimensions
    vector["index_options"] = {"type": config.vector_index}
    return body


def finished_settings(lengths: Mapping[str, int], empty: Mapping[str, int], config: ElasticConfig) -> Body:
    """Settings of a complete generation, put while it is closed.

    Args:
        lengths: tokens in each text field, over all documents.
        empty: documents whose field has no tokens (and holds `NOTHING`).
        config: replicas.
    """
    return {
        "index": {
            "auto_expand_replicas": config.replicas,
            "blocks.write": True,
            "similarity": {
                _similarity(name): _bm25(*adjusted(lengths.get(name, 0), empty.get(name, 0))) for name in TEXT_FIELDS
            },
        }
    }


def adjusted(tokens: int, empty: int) -> tuple[float, float]:
    """`(k1, b)` that undo the lengthening of the average by `empty` placeholder tokens.

    BM25 divides by tf + k1 (1 - b + b length / average). With the average too long by the factor
    r = (tokens + empty) / tokens, k1' (1 - b') = k1 (1 - b) and k1' b' = r k1 b give the same value for every length.
    """
    if not tokens:
        return K1, B
    ratio = (tokens + empty) / tokens
    constant, slope = K1 * (1 - B), K1 * B * ratio
    return constant + slope, slope / (constant + slope)


def scales(lengths: Mapping[str, int], empty: Mapping[str, int]) -> dict[str, float]:
    """By text field, the factor of query boosts that makes up for the adjusted k1.

    BM25 as Elasticsearch and tantivy have it carries a constant factor k1 + 1 (which Lucene has dropped since).
    """
    return {name: (K1 + 1) / (adjusted(lengths.get(name, 0), empty.get(name, 0))[0] + 1) for name in TEXT_FIELDS}


def _similarity(field: str) -> str:
    return f"bm25_{field}"


def _bm25(k1: float, b: float) -> Body:
    return {"type": "BM25", "k1": k1, "b": b}


def _text_field(name: str) -> Body:
    return {"type": "text", "analyzer": "tokens", "index_options": "freqs", "similarity": _similarity(name)}
