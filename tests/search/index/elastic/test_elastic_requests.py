"""Request bodies, and the arithmetic that gives both back ends one BM25."""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import replace

import pytest

from search.config import DEFAULT_CONFIG, ElasticConfig
from search.index.base import Retrieval
from search.index.document import FACETS, TEXT_FIELDS
from search.index.elastic.clauses import clauses
from search.index.elastic.documents import pack, to_source, unpack
from search.index.elastic.mapping import K1, NOTHING, B, adjusted, finished_settings, index_body, scales
from search.index.elastic.requests import plan
from search.index.elastic.responses import contributions
from search.query import DateRange, Filters, Near
from search.text import terms
from search.trial import OverallStatus, Sex
from tests.index_strategies import unit_rows
from tests.made_up import DIMENSIONS, made_up_documents, made_up_request

RANKING = DEFAULT_CONFIG.ranking
ELASTIC = ElasticConfig()


def test_nothing_asked_is_no_clause() -> None:
    assert clauses(Filters(start=DateRange())) == []


def test_what_must_hold_at_one_site_is_one_nested_clause() -> None:
    filters = Filters(
        countries=frozenset({"Korea, Republic of", "Germany"}),
        cities=frozenset({"São  Paulo"}),
        site_status=frozenset({OverallStatus.RECRUITING}),
        near=Near(10, 190, 5),
    )
    (clause,) = clauses(filters)
    assert clause["nested"]["path"] == "sites"
    assert clause["nested"]["query"]["bool"]["filter"] == [
        {"terms": {"sites.status": ["RECRUITING"]}},
        {"terms": {"sites.country": ["germany", "south korea"]}},
        {"terms": {"sites.city": ["sao paulo"]}},
        {"geo_distance": {"distance": 5000, "distance_type": "arc", "sites.point": {"lat": 10, "lon": -170}}},
    ]


def test_an_age_or_sex_that_is_not_stated_stays_in() -> None:
    sex, low, high = clauses(Filters(sex=Sex.MALE, age_days=9000))
    assert sex["bool"]["should"] == [
        {"terms": {"sex": ["ALL", "MALE"]}},
        {"bool": {"must_not": [{"exists": {"field": "sex"}}]}},
    ]
    assert low["bool"]["should"][0] == {"range": {"minimum_age_days": {"lte": 9000}}}
    assert high["bool"]["should"][0] == {"range": {"maximum_age_days": {"gte": 9000}}}


def test_partial_dates_overlap() -> None:
    found = clauses(Filters(start=DateRange(dt.date(1970, 1, 2), dt.date(1970, 1, 3))))
    assert found == [
        {"exists": {"field": "start_first"}},
        {"range": {"start_last": {"gte": 1}}},
        {"range": {"start_first": {"lte": 2}}},
    ]


def test_filters_are_inside_both_channels_and_all_counts() -> None:
    filters = Filters(status=frozenset({OverallStatus.RECRUITING}), has_results=True)
    request = Retrieval((("lung", 1.0),), unit_rows(0, 1, DIMENSIONS)[0], filters, FACETS)
    made = plan(request, RANKING, ELASTIC)
    assert made.lexical is not None
    assert made.dense is not None
    assert made.browse is None
    whole = clauses(filters)
    assert made.bodies[made.lexical]["query"]["bool"]["filter"] == whole
    assert made.bodies[made.dense]["knn"]["filter"] == whole
    assert made.nearest is not None
    assert made.bodies[made.nearest]["post_filter"]["bool"]["filter"] == whole
    counts = made.bodies[made.counts]
    assert "filter" not in counts["knn"], "what matches does not depend on the filters"
    assert counts["aggs"]["passing"]["filter"]["bool"]["filter"] == whole
    assert counts["aggs"]["facet.status"]["filter"]["bool"]["filter"] == [{"term": {"has_results": True}}]
    assert counts["aggs"]["facet.phase"]["filter"]["bool"]["filter"] == whole
    assert len(made.bodies) == 4, "two channels, the nearest, and all counts"
    assert len(made.searches()) == 8


def test_an_empty_text_browses() -> None:
    made = plan(Retrieval((), None, Filters()), RANKING, ELASTIC)
    assert (made.lexical, made.dense, made.browse, made.counts) == (None, None, 0, 1)


def test_bodies_are_json_and_the_same_every_time() -> None:
    for seed in range(20):
        first, second = (plan(made_up_request(random.Random(seed)), RANKING, ELASTIC) for _ in range(2))
        assert json.dumps(first.bodies) == json.dumps(second.bodies)


def test_k_never_exceeds_what_the_server_takes() -> None:
    config = replace(RANKING, dense=replace(RANKING.dense, window=50_000))
    made = plan(Retrieval((), unit_rows(0, 1, 8)[0], Filters()), config, ELASTIC)
    assert made.dense is not None
    knn = made.bodies[made.dense]["knn"]
    assert (knn["k"], knn["num_candidates"]) == (10_000, 10_000)


@pytest.mark.parametrize(("tokens", "empty", "documents"), [(1000, 0, 100), (10, 90, 100), (500, 3, 10)])
def test_adjusted_parameters_give_the_same_bm25(tokens: int, empty: int, documents: int) -> None:
    lengths, holes = {"title": tokens}, {"title": empty}
    k1, b = adjusted(tokens, empty)
    assert 0 <= b <= 1
    for tf in (1, 2, 7):
        for length in (1, 10, 300):
            wanted = (K1 + 1) * tf / (tf + K1 * (1 - B + B * length / (tokens / documents)))
            lucene = (k1 + 1) * tf / (tf + k1 * (1 - b + b * length / ((tokens + empty) / documents)))
            assert scales(lengths, holes)["title"] * lucene == pytest.approx(wanted)


def test_a_field_that_is_always_empty_keeps_the_defaults() -> None:
    assert adjusted(0, 5) == (K1, B)
    similarity = finished_settings({}, {}, ELASTIC)["index"]["similarity"]
    assert set(similarity) == {f"bm25_{name}" for name in TEXT_FIELDS}


def test_the_mapping_is_strict_and_filled_in() -> None:
    body = index_body(384, replace(ELASTIC, number_of_shards=3, vector_index="int8_hnsw"))
    assert body["mappings"]["dynamic"] == "strict"
    assert body["settings"]["index"]["number_of_shards"] == 3
    vector = body["mappings"]["properties"]["passages"]["properties"]["vector"]
    assert (vector["dims"], vector["index_options"]) == (384, {"type": "int8_hnsw"})
    assert set(body["mappings"]["properties"]["text"]["properties"]) == set(TEXT_FIELDS)


def test_documents_hold_only_fields_of_the_mapping() -> None:
    properties = index_body(DIMENSIONS, ELASTIC)["mappings"]["properties"]
    for document in made_up_documents(30):
        source = to_source(document)
        assert set(source) <= set(properties)
        assert all(set(site) <= set(properties["sites"]["properties"]) for site in source.get("sites", ()))


def test_records_are_packed_whole() -> None:
    for document in made_up_documents(10):
        stored = unpack(pack(document))
        assert stored.trial == document.trial
        assert stored.passages == tuple(passage.text for passage in document.passages)
    with pytest.raises(ValueError, match="damaged"):
        unpack("AAAA")


def test_no_analyzed_text_holds_the_placeholder() -> None:
    assert NOTHING not in terms(f"a {NOTHING} b{NOTHING}c")


def test_contributions_count_the_best_field_whole() -> None:
    config = replace(RANKING.lexical, tie_breaker=0.5)
    shares = contributions({"title lung": 4.0, "summary lung": 2.0, "summary stage": 1.0}, config)
    assert shares == {"title": {"lung": 4.0}, "summary": {"lung": 1.0, "stage": 1.0}}
