"""What only a real Elasticsearch shows, beyond the suites it shares with the embedded back end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from search.config import ElasticConfig
from search.index.base import IndexUnavailableError
from search.index.document import SiteValues
from search.index.elastic.store import ElasticStore
from search.index.generation import IndexWriteError
from tests.index_strategies import FIELDED
from tests.made_up import DIMENSIONS, build_generation, encoder_folder, made_up_documents, made_up_request
from tests.oracle import Oracle

pytestmark = pytest.mark.elasticsearch

RANKING = FIELDED


@pytest.fixture
def encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONCOMATCH_CACHE", str(tmp_path / "cache"))
    return encoder_folder(tmp_path)


@pytest.fixture
def store(elastic_alias_url: str, encoder: Path) -> Iterator[ElasticStore]:
    with closing(ElasticStore(elastic_alias_url)) as made:
        yield made


@pytest.mark.parametrize("config", [ElasticConfig(number_of_shards=3), ElasticConfig(bulk_documents=7)])
def test_shards_and_bulk_sizes_change_no_answer(elastic_alias_url: str, encoder: Path, config: ElasticConfig) -> None:
    documents = made_up_documents(60, seed=3)
    oracle = Oracle(documents, RANKING)
    with closing(ElasticStore(elastic_alias_url, config)) as store:
        generation = store.open(build_generation(store, documents, encoder))
        for seed in range(25):
            request = made_up_request(random.Random(seed))
            found, expected = generation.retrieve(request, RANKING), oracle.expect(request)
            assert {hit.nct_id: hit.score for hit in found.lexical} == pytest.approx(dict(expected.lexical), rel=1e-4)
            assert {hit.nct_id: hit.passage for hit in found.dense} == {n: at for n, (_, at) in expected.dense.items()}
            assert found.total == len(expected.matched)
            assert {name: dict(counts) for name, counts in found.facets.items()} == expected.facets


def test_a_refused_document_is_named(store: ElasticStore) -> None:
    good, bad = made_up_documents(2)
    huge = replace(bad.values, sites=(SiteValues("x" * 40_000, None, None, None, None, None),))
    writer = store.begin(DIMENSIONS)
    with pytest.raises(IndexWriteError, match=bad.trial.nct_id) as caught:
        writer.add([good, replace(bad, values=huge)])
    assert "xxx" not in str(caught.value)
    writer.abort()


def test_an_index_that_vanished(store: ElasticStore, elasticsearch_url: str, encoder: Path) -> None:
    generation = store.open(build_generation(store, made_up_documents(2), encoder))
    with Elasticsearch(elasticsearch_url) as client:
        for name in client.indices.get(index=f"{store.location.rsplit('/', 1)[1]}-*"):
            client.indices.delete(index=name)
    questions: tuple[Callable[[], object], ...] = (
        lambda: generation.retrieve(made_up_request(random.Random(1)), RANKING),
        lambda: generation.fetch(["NCT99000001"]),
        lambda: generation.resolve("NCT99000001"),
        lambda: generation.suggest("lung", 3),
    )
    for ask in questions:
        with pytest.raises(IndexUnavailableError, match="no index"):
            ask()


def test_a_finished_generation_takes_no_writes(store: ElasticStore, elasticsearch_url: str, encoder: Path) -> None:
    generation = build_generation(store, made_up_documents(2), encoder)
    store.promote(generation)
    alias = store.location.rsplit("/", 1)[1]
    with Elasticsearch(elasticsearch_url) as client:
        answer = client.options(ignore_status=403).index(index=alias, document={"nct_id": "NCT99999999"})
        assert answer["error"]["type"] == "cluster_block_exception"
        assert client.count(index=alias)["count"] == 2


def test_another_alias_that_continues_the_name_is_left_alone(
    store: ElasticStore, elasticsearch_url: str, encoder: Path
) -> None:
    with closing(ElasticStore(f"{store.location}-g-other")) as other:
        kept = build_generation(other, made_up_documents(1), encoder)
        other.promote(kept)
        store.promote(build_generation(store, made_up_documents(2), encoder))
        store.collect(keep=0)
        assert other.current() == kept
        assert [manifest.trials for manifest in store.list()] == [2]
