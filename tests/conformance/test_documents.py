"""Stored records, ids, completions and the encoder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from search.index.base import Generation, IndexStore, IndexUnavailableError
from search.index.document import NO_CRITERIA, IndexDocument
from search.index.places import display_country
from search.text import fold_name
from tests.made_up import build_generation, made_up_documents


def test_records_come_back_exactly_and_in_order(generation: Generation, corpus: list[IndexDocument]) -> None:
    ids = [document.trial.nct_id for document in corpus]
    found = generation.fetch([*ids, "NCT00000000", ids[0]])
    assert found[len(ids)] is None
    assert found[-1] == found[0]
    for document, stored in zip(corpus, found, strict=False):
        assert stored is not None
        assert stored.trial == document.trial
        assert stored.passages == tuple(passage.text for passage in document.passages)
        assert stored.criteria == document.criteria


def test_criteria_are_left_out_where_they_are_not_asked_for(
    generation: Generation, corpus: list[IndexDocument]
) -> None:
    document = next(document for document in corpus if document.criteria.items)
    (whole,), (without,) = (generation.fetch([document.trial.nct_id], criteria=asked) for asked in (True, False))
    assert whole is not None
    assert without == replace(whole, criteria=NO_CRITERIA)


def test_fetching_nothing(generation: Generation) -> None:
    assert generation.fetch([]) == []


def test_ids_are_resolved_whatever_their_case_and_spaces(generation: Generation, corpus: list[IndexDocument]) -> None:
    for document in corpus:
        nct_id = document.trial.nct_id
        assert generation.resolve(f" {nct_id[:3].lower()} {nct_id[3:]}\n") == nct_id
        for alias in document.trial.aliases:
            assert generation.resolve(alias.lower()) == nct_id
        for other in document.trial.secondary_ids[:1]:
            assert generation.resolve(other.lower().replace(" ", "")) == nct_id


def test_an_id_that_many_trials_share_names_the_first(generation: Generation, corpus: list[IndexDocument]) -> None:
    sharing = [document.trial.nct_id for document in corpus if "2020-0000" in document.trial.secondary_ids]
    assert len(sharing) > 1
    assert generation.resolve("2020-0000") == min(sharing)


@pytest.mark.parametrize(
    "identifier", ["", " ", "NCT00000000", "NCT9900000", "*", "MADE", "\x00", "\ud800", "x" * 40_000]
)
def test_what_names_nothing(generation: Generation, identifier: str) -> None:
    assert generation.resolve(identifier) is None


def test_suggestions_count_trials(generation: Generation, corpus: list[IndexDocument]) -> None:
    found = generation.suggest("LUN", 5)
    lung = sum(any(name.lower().startswith("lung") for name in d.trial.conditions) for d in corpus)
    assert [(s.text.lower().split(), s.kind, s.trials) for s in found] == [(["lung", "cancer"], "condition", lung)]
    assert [s.kind for s in generation.suggest("osim", 5)] == ["intervention"]


def test_suggestions_are_ordered_and_cut(generation: Generation) -> None:
    for prefix in ("l", "m", "o", "p"):
        found = generation.suggest(prefix, 50)
        assert found == sorted(found, key=lambda s: (-s.trials, s.text))
        assert generation.suggest(prefix, 1) == found[:1]


@pytest.mark.parametrize("prefix", ["zzz", "lung c.*er", "NCT00", "x" * 2000])
def test_no_suggestions(generation: Generation, prefix: str) -> None:
    assert generation.suggest(prefix, 5) == []


@pytest.mark.parametrize("prefix", [" ", "[", "\\", "#", "\x00", "\ud800"])
def test_a_prefix_without_a_letter_gives_the_commonest(generation: Generation, prefix: str) -> None:
    assert generation.suggest(prefix, 5) == generation.suggest("", 5)
    assert len(generation.suggest("", 5)) == 5


def test_ids_are_suggested(generation: Generation, corpus: list[IndexDocument]) -> None:
    ids = sorted(document.trial.nct_id for document in corpus)
    assert [(s.text, s.kind, s.trials) for s in generation.suggest("nct9900", 3)] == [(i, "nct_id", 1) for i in ids[:3]]
    assert [s.text for s in generation.suggest(ids[-1].lower(), 3)] == ids[-1:]


def test_the_encoder_is_kept(store: IndexStore, encoder: Path) -> None:
    store.promote(build_generation(store, made_up_documents(1), encoder))
    shutil.rmtree(encoder)
    folder = store.open().encoder_path()
    assert (folder / "encoder.json").read_text(encoding="utf-8") == '{"name": "made-up"}'
    assert (folder / "model.onnx").read_bytes() == b"made up"


def test_a_missing_encoder_is_said(store: IndexStore, encoder: Path) -> None:
    store.promote(build_generation(store, made_up_documents(1), encoder))
    opened = store.open()
    shutil.rmtree(opened.encoder_path())
    with pytest.raises(IndexUnavailableError):
        opened.encoder_path()


def test_cities_are_those_of_the_sites_with_their_middle(generation: Generation, corpus: list[IndexDocument]) -> None:
    places: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for document in corpus:
        for site in dict.fromkeys(document.values.sites):
            if site.city and site.lat is not None and site.lon is not None:
                country = display_country(site.country) if site.country else ""
                places.setdefault((country, site.state or "", site.city), []).append((site.lat, site.lon))
    found = generation.cities()
    assert len(found) > 5
    assert {(one.country, one.state, one.name): one.weight for one in found} == {
        key: len(points) for key, points in places.items()
    }
    assert [fold_name(one.country) for one in found] == sorted(fold_name(one.country) for one in found)
    for one in found:
        points = places[one.country, one.state, one.name]
        assert one.lat == pytest.approx(sum(lat for lat, _ in points) / len(points), abs=1e-4)
        assert one.lon == pytest.approx(sum(lon for _, lon in points) / len(points), abs=1e-4)
