"""A folder of generations: what a kill, a full disk, damage and a second writer do to it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from search.index.base import SCHEMA_VERSION, Candidates, IndexUnavailableError, Retrieval
from search.index.document import FACETS
from search.index.embedded import layout
from search.index.embedded.reader import EmbeddedGeneration
from search.index.embedded.store import EmbeddedStore
from search.index.embedded.vectors import VectorWriter
from search.index.generation import IndexBusyError, IndexWriteError
from search.query import Filters
from tests.index_strategies import FIELDED, unit_rows
from tests.made_up import DIMENSIONS, build_generation, encoder_folder, made_up_documents, manifest_for

ROOT = Path(__file__).resolve().parents[3]
REQUEST = Retrieval((("lung", 1.0), ("dose", 1.0)), unit_rows(1, 1, DIMENSIONS)[0], Filters(), FACETS)
DOCUMENTS = made_up_documents(30)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "index")


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    return encoder_folder(tmp_path)


@pytest.fixture
def promoted(store: EmbeddedStore, encoder: Path) -> Path:
    """Folder of a promoted generation."""
    generation = build_generation(store, DOCUMENTS, encoder)
    store.promote(generation)
    return layout.generation_folder(Path(store.location), generation)


def _answer(generation: EmbeddedGeneration) -> Candidates:
    return generation.retrieve(REQUEST, FIELDED)


def test_nothing_is_created_by_looking(store: EmbeddedStore) -> None:
    assert (store.current(), list(store.list())) == (None, [])
    for ask in (store.open, store.rollback, lambda: store.collect(0)):
        with pytest.raises(IndexUnavailableError, match=r"There is no index at .*oncomatch build --index"):
            ask()
    assert not Path(store.location).exists()


def test_a_second_writer_is_told_who_writes(store: EmbeddedStore) -> None:
    writer = store.begin(DIMENSIONS)
    with pytest.raises(IndexBusyError, match=f"by process {os.getpid()}"):
        EmbeddedStore(Path(store.location)).begin(DIMENSIONS)
    writer.abort()
    store.begin(DIMENSIONS).abort()


def test_the_order_of_writing_does_not_matter(tmp_path: Path, encoder: Path) -> None:
    answers = []
    for name, documents in (("a", DOCUMENTS), ("b", list(reversed(DOCUMENTS)))):
        made = EmbeddedStore(tmp_path / name)
        made.promote(build_generation(made, documents, encoder))
        answers.append(_answer(made.open()))
    first, second = answers
    assert [hit.nct_id for hit in first.lexical] == [hit.nct_id for hit in second.lexical]
    assert [hit.score for hit in first.lexical] == pytest.approx([hit.score for hit in second.lexical], rel=1e-6)
    assert replace(first, lexical=()) == replace(second, lexical=())


def test_equal_trials_come_in_the_order_of_their_ids(store: EmbeddedStore, encoder: Path) -> None:
    one = next(document for document in DOCUMENTS if document.text.get("title") and document.passages)
    twins = [replace(one, trial=replace(one.trial, nct_id=f"NCT99{n:06d}")) for n in (5, 3, 9, 1, 7)]
    store.promote(build_generation(store, twins, encoder))
    request = Retrieval(((one.text["title"][0], 1.0),), one.vectors[0], Filters())
    ranking = FIELDED
    narrow = replace(ranking, lexical=replace(ranking.lexical, window=2), dense=replace(ranking.dense, window=2))
    found = store.open().retrieve(request, narrow)
    assert [hit.nct_id for hit in found.lexical] == ["NCT99000001", "NCT99000003"]
    assert [hit.nct_id for hit in found.dense] == ["NCT99000001", "NCT99000003"]


def test_several_segments_score_like_one(tmp_path: Path, encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.index.embedded.lexical import LexicalWriter

    whole = EmbeddedStore(tmp_path / "whole")
    whole.promote(build_generation(whole, DOCUMENTS, encoder))
    add = LexicalWriter.add

    def add_and_commit(self: LexicalWriter, arrival: int, text: object) -> None:
        add(self, arrival, text)  # type: ignore[arg-type]
        if arrival % 7 == 0:
            self._writer.commit()

    monkeypatch.setattr(LexicalWriter, "add", add_and_commit)
    parts = EmbeddedStore(tmp_path / "parts")
    parts.promote(build_generation(parts, DOCUMENTS, encoder))
    generation = parts.open()
    assert generation._parts.lexical._searcher.num_segments > 1
    expected, found = _answer(whole.open()), _answer(generation)
    assert [hit.nct_id for hit in found.lexical] == [hit.nct_id for hit in expected.lexical]
    assert [hit.score for hit in found.lexical] == pytest.approx([hit.score for hit in expected.lexical], rel=1e-6)
    for hit in found.lexical[:3]:
        shares = generation.explain_lexical(REQUEST, hit.nct_id, FIELDED)
        assert sum(sum(terms.values()) for terms in shares.values()) == pytest.approx(hit.score, abs=1e-4)


def test_a_reader_outlives_its_folder(store: EmbeddedStore, promoted: Path, encoder: Path) -> None:
    opened = store.open()
    expected = _answer(opened)
    store.promote(build_generation(store, made_up_documents(3), encoder))
    assert store.collect(keep=0) == [promoted.name]
    assert not promoted.exists()
    assert _answer(opened) == expected
    assert [d.trial.nct_id for d in opened.fetch([hit.nct_id for hit in expected.dense]) if d] == [
        hit.nct_id for hit in expected.dense
    ]
    assert opened.suggest("lung", 3)
    with pytest.raises(IndexUnavailableError, match="encoder"):
        opened.encoder_path()


def _parts_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))


def test_every_missing_or_shortened_file_is_noticed(store: EmbeddedStore, promoted: Path) -> None:
    files = _parts_of(promoted)
    assert len(files) > 25
    for file in files:
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(IndexUnavailableError, match=r"damaged|no complete generation"):
            store.open()
        file.write_bytes(content[: len(content) // 2])
        with pytest.raises(IndexUnavailableError, match=r"damaged"):
            store.open()
        file.write_bytes(content)
    assert _answer(store.open()).total


def test_turned_bytes_are_damage_whatever_they_break(store: EmbeddedStore, promoted: Path) -> None:
    for file in sorted(promoted.glob("**/*.npy")):
        whole = file.read_bytes()
        file.write_bytes(bytes(255 - byte if place % 40 == 30 else byte for place, byte in enumerate(whole)))
        with pytest.raises(IndexUnavailableError, match="damaged"):
            store.open()
        file.write_bytes(whole)
    assert store.open().manifest.trials


def test_damage_inside_the_documents_is_said(store: EmbeddedStore, promoted: Path) -> None:
    file = promoted / layout.DOCUMENTS
    content = bytearray(file.read_bytes())
    content[200:] = b"\xa5" * (len(content) - 200)
    file.write_bytes(bytes(content))
    with pytest.raises(IndexUnavailableError, match=r"documents.sqlite is damaged.*rollback"):
        store.open().fetch([d.trial.nct_id for d in DOCUMENTS])


def test_damage_is_no_reason_to_lose_the_others(store: EmbeddedStore, promoted: Path, encoder: Path) -> None:
    later = build_generation(store, made_up_documents(2), encoder)
    store.promote(later)
    (layout.generation_folder(Path(store.location), later) / layout.MANIFEST).write_text("{")
    with pytest.raises(IndexUnavailableError, match="damaged"):
        store.open()
    assert [manifest.generation for manifest in store.list()] == [promoted.name]
    assert store.rollback() == promoted.name
    assert _answer(store.open()).total


def test_another_schema_is_not_promoted(store: EmbeddedStore, promoted: Path, encoder: Path) -> None:
    writer = store.begin(DIMENSIONS)
    writer.finish(manifest_for(writer.generation, [], schema_version=SCHEMA_VERSION + 1), encoder)
    with pytest.raises(IndexUnavailableError, match=f"schema {SCHEMA_VERSION + 1}"):
        store.promote(writer.generation)
    assert store.current() == promoted.name


@pytest.mark.parametrize("name", ["../other", ".writing-x", "nothing", "a\\b"])
def test_names_that_are_no_generation(store: EmbeddedStore, promoted: Path, name: str) -> None:
    with pytest.raises(IndexUnavailableError):
        store.open(name)
    with pytest.raises(IndexUnavailableError):
        store.promote(name)


def test_a_damaged_pointer_is_mended_by_a_promotion(store: EmbeddedStore, promoted: Path) -> None:
    (Path(store.location) / layout.POINTER).write_text("?")
    with pytest.raises(IndexUnavailableError, match="index promote"):
        store.open()
    store.promote(promoted.name)
    assert _answer(store.open()).total


def test_the_pointer_follows_while_generations_come_and_go(store: EmbeddedStore, encoder: Path) -> None:
    """A reader that opens and asks all the time never meets an error."""
    store.promote(build_generation(store, DOCUMENTS[:5], encoder))
    done, errors, totals = threading.Event(), [], set()

    def read() -> None:
        while not done.is_set():
            try:
                opened = store.open()
                totals.add(opened.retrieve(Retrieval((), None, Filters()), FIELDED).total)
                opened.close()
            except Exception as error:
                errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for count in (6, 7, 8, 9, 10):
        store.promote(build_generation(store, DOCUMENTS[:count], encoder))
        store.collect(keep=0)
    done.set()
    reader.join()
    assert errors == []
    assert totals <= set(range(5, 11))


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_promoted_generation(
    store: EmbeddedStore, promoted: Path, encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = store.begin(DIMENSIONS)
    with monkeypatch.context() as patch:
        patch.setattr(VectorWriter, "add", _full)
        with pytest.raises(IndexWriteError, match="disk is full"):
            writer.add(DOCUMENTS[:3])
    writer.abort()
    assert store.current() == promoted.name
    assert _answer(store.open()).total
    assert store.list()[-1].generation == promoted.name


@pytest.mark.parametrize("at", ["_write_parts", "rename"])
def test_a_full_disk_at_the_end_is_the_same(
    store: EmbeddedStore, promoted: Path, encoder: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    writer = store.begin(DIMENSIONS)
    writer.add(DOCUMENTS[:3])
    with monkeypatch.context() as patch:
        patch.setattr(Path if at == "rename" else type(writer), at, _full)
        with pytest.raises(IndexWriteError, match="disk is full"):
            writer.finish(manifest_for(writer.generation, DOCUMENTS[:3]), encoder)
    writer.abort()
    assert [manifest.generation for manifest in store.list()] == [promoted.name]


_WRITER = """
import os, sys
from pathlib import Path
from search.index.embedded.store import EmbeddedStore
from search.index.embedded import writer as module
from tests.made_up import DIMENSIONS, encoder_folder, made_up_documents, manifest_for
store, stage = EmbeddedStore(Path(sys.argv[1])), sys.argv[2]
def die(*_, **__):
    os.kill(os.getpid(), 9)
if stage != "add":
    owner, name = {"files": (module, "sync_tree"), "manifest": (module, "write_atomically"), "rename": (Path, "rename"),
                   "pointer": (__import__("search.index.embedded.store", fromlist=["x"]), "write_pointer")}[stage]
    setattr(owner, name, die)
writer = store.begin(DIMENSIONS)
documents = made_up_documents(20)
writer.add(documents)
if stage == "add":
    die()
writer.finish(manifest_for(writer.generation, documents), encoder_folder(Path(sys.argv[1]).parent))
store.promote(writer.generation)
"""


@pytest.mark.parametrize("stage", ["add", "files", "manifest", "rename", "pointer"])
def test_a_kill_at_any_stage_leaves_the_promoted_generation(
    store: EmbeddedStore, promoted: Path, encoder: Path, stage: str
) -> None:
    before = _answer(store.open())
    died = subprocess.run(
        [sys.executable, "-c", _WRITER, store.location, stage], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert died.returncode == -9, died.stderr
    assert store.current() == promoted.name
    assert _answer(store.open()) == before
    complete = {manifest.generation for manifest in store.list()}
    assert len(complete) == (2 if stage == "pointer" else 1)
    following = build_generation(store, made_up_documents(3), encoder)
    store.promote(following)
    assert store.open().manifest.trials == 3
    assert {p.name for p in promoted.parent.iterdir()} == complete | {following}


def test_the_encoder_is_linked_or_copied(
    store: EmbeddedStore, promoted: Path, encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked = store.open().encoder_path()
    assert (linked / "model.onnx").samefile(encoder / "model.onnx")

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    copied = store.open(build_generation(store, DOCUMENTS, encoder)).encoder_path()
    assert not (copied / "model.onnx").samefile(encoder / "model.onnx")
    assert (copied / "model.onnx").read_bytes() == (encoder / "model.onnx").read_bytes()
    shutil.rmtree(encoder)
    assert (linked / "encoder.json").is_file()


def test_leftovers_of_a_removal_are_swept(store: EmbeddedStore, promoted: Path, encoder: Path) -> None:
    (promoted.parent / f"{layout.REMOVED}g1").mkdir()
    assert store.collect(keep=3) == []
    assert [path.name for path in promoted.parent.iterdir()] == [promoted.name]


def test_many_threads_ask_one_generation(store: EmbeddedStore, promoted: Path) -> None:
    generation = store.open()
    expected = _answer(generation)
    ids = [hit.nct_id for hit in expected.dense]
    documents = generation.fetch(ids)
    wrong: list[bool] = []

    def ask() -> None:
        wrong.extend(_answer(generation) != expected or generation.fetch(ids) != documents for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [False] * 120


def test_names_complete_by_trials(store: EmbeddedStore, promoted: Path) -> None:
    generation = store.open()
    found = generation.suggest("LUNG", 5)
    counts = sum("lung cancer" in {" ".join(c.lower().split()) for c in d.trial.conditions} for d in DOCUMENTS)
    assert [(s.text.lower(), s.kind, s.trials) for s in found] == [("lung cancer", "condition", counts)]
    assert [s.text for s in generation.suggest("nct9900000", 3)] == ["NCT99000001", "NCT99000002", "NCT99000003"]
    assert generation.suggest("\ud800x", 3) == []


def test_sizes_are_recorded(promoted: Path) -> None:
    sizes: dict[str, int] = json.loads((promoted / layout.FILES).read_text())
    assert {"vectors.npy", "documents.sqlite", "encoder/model.onnx", "columns/status.npy"} <= set(sizes)
