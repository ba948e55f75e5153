"""Generations: written unseen, promoted whole, rolled back, collected."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from search.index.base import SCHEMA_VERSION, IndexStore, IndexUnavailableError, Retrieval
from search.index.open import open_store
from search.query import Filters
from tests.conftest import ROOT
from tests.index_strategies import FIELDED
from tests.made_up import DIMENSIONS, build_generation, made_up_documents, manifest_for

EVERYTHING = Retrieval((), None, Filters())


def test_empty_store_has_nothing(store: IndexStore) -> None:
    assert store.current() is None
    assert list(store.list()) == []
    with pytest.raises(IndexUnavailableError, match="build"):
        store.open()


def test_nothing_is_visible_before_promotion(store: IndexStore, encoder: Path) -> None:
    generation = build_generation(store, made_up_documents(3), encoder)
    assert store.current() is None
    assert [manifest.generation for manifest in store.list()] == [generation]
    store.promote(generation)
    assert store.current() == generation
    assert store.open().manifest.generation == generation


def test_manifest_comes_back_whole(store: IndexStore, encoder: Path) -> None:
    documents = made_up_documents(4)
    writer = store.begin(DIMENSIONS)
    writer.add(documents)
    manifest = manifest_for(writer.generation, documents, quarantined=3, data_timestamp=None, extra={"a": "ü", "b": ""})
    writer.finish(manifest, encoder)
    assert store.open(writer.generation).manifest == manifest
    assert list(store.list()) == [manifest]


def test_generations_sort_by_age(store: IndexStore, encoder: Path) -> None:
    made = [build_generation(store, made_up_documents(1), encoder) for _ in range(3)]
    assert made == sorted(made)
    assert [manifest.generation for manifest in store.list()] == made


def test_an_empty_generation_answers(store: IndexStore, encoder: Path) -> None:
    store.promote(build_generation(store, [], encoder))
    opened = store.open()
    found = opened.retrieve(Retrieval((("lung", 1.0),), None, Filters(), ("status",)), FIELDED)
    assert (found.lexical, found.total, dict(found.facets)) == ((), 0, {"status": {}})
    assert opened.fetch(["NCT99000001"]) == [None]
    assert opened.resolve("NCT99000001") is None


def test_abort_leaves_nothing(store: IndexStore) -> None:
    writer = store.begin(DIMENSIONS)
    writer.add(made_up_documents(2))
    writer.abort()
    assert list(store.list()) == []
    with pytest.raises(IndexUnavailableError):
        store.open(writer.generation)


def test_unfinished_generation_cannot_be_promoted(store: IndexStore) -> None:
    writer = store.begin(DIMENSIONS)
    writer.add(made_up_documents(2))
    with pytest.raises(IndexUnavailableError):
        store.promote(writer.generation)
    assert store.current() is None
    writer.abort()


def test_counts_that_do_not_agree_are_refused(store: IndexStore, encoder: Path) -> None:
    documents = made_up_documents(3)
    writer = store.begin(DIMENSIONS)
    writer.add(documents[:2])
    with pytest.raises(ValueError, match="2"):
        writer.finish(manifest_for(writer.generation, documents), encoder)
    assert list(store.list()) == []
    writer.abort()


def test_a_trial_comes_once(store: IndexStore) -> None:
    writer = store.begin(DIMENSIONS)
    documents = made_up_documents(3)
    writer.add(documents)
    with pytest.raises(ValueError, match=documents[1].trial.nct_id):
        writer.add(documents[1:2])
    writer.abort()


def test_passages_and_vectors_belong_together(store: IndexStore) -> None:
    document = next(d for d in made_up_documents(9) if len(d.passages) > 1)
    writer = store.begin(DIMENSIONS)
    for vectors in (document.vectors[:1], document.vectors[:, :3]):
        with pytest.raises(ValueError, match=r"vectors|dimensions|shape"):
            writer.add([replace(document, vectors=vectors)])
    writer.abort()


def test_a_text_field_that_does_not_exist(store: IndexStore) -> None:
    (document,) = made_up_documents(1)
    writer = store.begin(DIMENSIONS)
    with pytest.raises(KeyError, match="smell"):
        writer.add([replace(document, text={"smell": ("sweet",)})])
    writer.abort()


def test_abort_after_finish_harms_nothing(store: IndexStore, encoder: Path) -> None:
    documents = made_up_documents(2)
    writer = store.begin(DIMENSIONS)
    writer.add(documents)
    writer.finish(manifest_for(writer.generation, documents), encoder)
    writer.abort()
    assert store.open(writer.generation).manifest.trials == 2


def test_rollback_goes_back_step_by_step(store: IndexStore, encoder: Path) -> None:
    made = [build_generation(store, made_up_documents(n), encoder) for n in (1, 2, 3)]
    for generation in made:
        store.promote(generation)
    assert store.rollback() == made[1]
    assert store.current() == made[1]
    assert store.open().manifest.trials == 2
    assert store.rollback() == made[0]
    with pytest.raises(IndexUnavailableError):
        store.rollback()
    assert store.current() == made[0]


def test_a_generation_promoted_again_is_remembered_once_more(store: IndexStore, encoder: Path) -> None:
    first, second = (build_generation(store, made_up_documents(n), encoder) for n in (1, 2))
    for generation in (first, second, first, first):
        store.promote(generation)
    assert [store.rollback(), store.rollback()] == [second, first]
    with pytest.raises(IndexUnavailableError):
        store.rollback()


def test_what_was_collected_cannot_come_back(store: IndexStore, encoder: Path) -> None:
    first, second = (build_generation(store, made_up_documents(n), encoder) for n in (1, 2))
    store.promote(first)
    store.promote(second)
    store.collect(keep=0)
    with pytest.raises(IndexUnavailableError):
        store.rollback()
    assert store.current() == second


def test_rollback_without_a_past_says_so(store: IndexStore, encoder: Path) -> None:
    with pytest.raises(IndexUnavailableError):
        store.rollback()
    store.promote(build_generation(store, made_up_documents(1), encoder))
    with pytest.raises(IndexUnavailableError):
        store.rollback()


def test_collect_keeps_current_and_newest(store: IndexStore, encoder: Path) -> None:
    made = [build_generation(store, made_up_documents(1), encoder) for _ in range(4)]
    store.promote(made[0])
    assert list(store.collect(keep=1)) == made[1:3]
    assert [manifest.generation for manifest in store.list()] == [made[0], made[3]]
    assert list(store.collect(keep=0)) == [made[3]]
    assert store.current() == made[0]
    assert store.open().manifest.generation == made[0]
    with pytest.raises(ValueError, match="-1"):
        store.collect(keep=-1)


def test_promotion_of_the_unknown_is_refused(store: IndexStore) -> None:
    with pytest.raises(IndexUnavailableError):
        store.promote("g20200101T000000-nothing")


def test_an_opened_generation_outlives_a_promotion(store: IndexStore, encoder: Path) -> None:
    store.promote(build_generation(store, made_up_documents(2), encoder))
    opened = store.open()
    store.promote(build_generation(store, made_up_documents(5), encoder))
    assert opened.retrieve(EVERYTHING, FIELDED).total == 2
    assert store.open().retrieve(EVERYTHING, FIELDED).total == 5


def test_another_process_sees_the_same(location: str, store: IndexStore, encoder: Path) -> None:
    generation = build_generation(store, made_up_documents(2), encoder)
    store.promote(generation)
    assert open_store(location).current() == generation


def test_another_schema_is_refused(store: IndexStore, encoder: Path) -> None:
    documents = made_up_documents(1)
    writer = store.begin(DIMENSIONS)
    writer.add(documents)
    writer.finish(manifest_for(writer.generation, documents, schema_version=SCHEMA_VERSION + 1), encoder)
    with pytest.raises(IndexUnavailableError, match="schema"):
        store.open(writer.generation)
    with pytest.raises(IndexUnavailableError, match="schema"):
        store.promote(writer.generation)
    assert store.current() is None


def test_readers_see_old_or_new_never_neither(store: IndexStore, encoder: Path) -> None:
    made = [build_generation(store, made_up_documents(n), encoder) for n in (1, 2)]
    store.promote(made[0])
    seen: list[str | None] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(store.current())

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(10):
        store.promote(made[1])
        store.promote(made[0])
    done.set()
    reader.join()
    assert set(seen) <= set(made)
    assert seen


_DYING_WRITER = """
import os, sys
from search.index.open import open_store
from tests.made_up import DIMENSIONS, made_up_documents
writer = open_store(sys.argv[1]).begin(DIMENSIONS)
writer.add(made_up_documents(20))
print(writer.generation, flush=True)
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_writer_left_is_removed(location: str, store: IndexStore, encoder: Path) -> None:
    promoted = build_generation(store, made_up_documents(2), encoder)
    store.promote(promoted)
    died = subprocess.run(
        [sys.executable, "-c", _DYING_WRITER, location], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    left = died.stdout.strip()
    assert left, died.stderr
    assert store.current() == promoted
    assert [manifest.generation for manifest in store.list()] == [promoted]
    assert traces(location, left)

    following = build_generation(store, made_up_documents(3), encoder)
    assert not traces(location, left)
    assert [manifest.generation for manifest in store.list()] == [promoted, following]


def traces(location: str, generation: str) -> list[str]:
    """What is stored of a generation, complete or not."""
    if location.startswith("http"):
        from elasticsearch import Elasticsearch

        server, alias = location.rsplit("/", 1)
        with Elasticsearch(server) as client:
            return [name for name in client.indices.get(index=f"{alias}-*") if generation.lower() in name]
    return [str(path) for path in Path(location).rglob("*") if generation in path.name]
