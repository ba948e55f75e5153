"""Criteria on their way into a generation: read in the workers, checked, stored, and turned into filter values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import build_index
from indexer.prepare import Preparer, prepare_all
from indexer.registry import Registry
from indexer.sample import sample_path
from indexer.sources import iter_records
from indexer.study import parse_study
from search.config import DEFAULT_CONFIG, Config
from search.eligibility.criterion import Opaque, Stage
from search.extraction.criteria import read_criteria
from search.extraction.protocol import Extractor, checked
from search.index.base import Retrieval
from search.index.eligibility_values import cancer_codes, eligibility_values
from search.index.open import open_store
from search.query import Filters
from search.terminology.cancers import cancer_types_of, with_ancestors
from tests.extractors import forgetful, stage_four


@pytest.fixture
def config(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("ONCOMATCH_CACHE", str(tmp_path / "cache"))
    encoder = replace(DEFAULT_CONFIG.encoder, model=str(tiny_model), verify_passages=20)
    return replace(DEFAULT_CONFIG, encoder=encoder)


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[list[bytes]]:
    """The sample's records as the builder hands them to its workers."""
    ids = set()
    with Registry(tmp_path / "registry.sqlite") as registry:
        for found in iter_records(sample_path()):
            assert found.record is not None
            trial = parse_study(found.record)
            registry.record(trial, found.record, found.raw, found.place)
            ids.add(trial.nct_id)
        registry.flush()
        yield list(registry.iter_stored(frozenset(ids)))


@pytest.mark.parametrize("extractor", [read_criteria, stage_four])
def test_workers_read_what_one_process_reads(stored: list[bytes], extractor: Extractor) -> None:
    preparer = Preparer(None, DEFAULT_CONFIG.passages, extractor)
    alone = [item for chunk in prepare_all(stored, preparer, 1000, 1) for item in chunk]
    together = [item for chunk in prepare_all(stored, preparer, 40, 2) for item in chunk]
    assert len(alone) == len(stored)
    assert together == alone
    for item in alone:
        assert item.refused is None
        assert item.criteria == extractor(item.trial)
        assert item.values.eligibility == eligibility_values(item.criteria)
        registry = cancer_types_of(item.trial)
        assert item.values.cancer_types == with_ancestors(registry | cancer_codes(item.criteria))


def test_what_an_extractor_cannot_show_is_not_used(stored: list[bytes]) -> None:
    preparer = Preparer(None, DEFAULT_CONFIG.passages, forgetful)
    prepared = [item for chunk in prepare_all(stored, preparer, 1000, 1) for item in chunk]
    for item in prepared:
        text = item.trial.eligibility.criteria or ""
        checked(item.criteria, text)
        assert {type(criterion.fact) for criterion in item.criteria.items} <= {Opaque}
        if item.trial.nct_id.endswith("0"):
            assert item.refused == "the extractor failed with KeyError"
        elif item.criteria.items and int(item.trial.nct_id[-1]) % 2:
            assert item.refused is not None
            assert "has no criterion" in item.refused
        else:
            assert item.refused is None
    assert {type(item.refused) for item in prepared} == {str, type(None)}


def test_a_generation_holds_the_criteria_and_answers_from_them(tmp_path: Path, config: Config) -> None:
    store = open_store(str(tmp_path / "index"))
    report = build_index(["sample"], store, config, extractor=stage_four)
    assert report.unread == 0
    generation = store.open()
    everything = generation.retrieve(Retrieval((), None, Filters(), ("stage",)), config.ranking)
    documents = [document for document in generation.fetch(everything.browse) if document]
    assert len(documents) == report.manifest.trials
    assert all(document.criteria == stage_four(document.trial) for document in documents)
    with_stage = {d.trial.nct_id for d in documents if any(isinstance(i.fact, Stage) for i in d.criteria.items)}
    assert dict(everything.facets["stage"]) == {"IV": len(with_stage)}
    early = Filters(stage=frozenset({"II"}))
    found = generation.retrieve(Retrieval((), None, early), config.ranking)
    assert set(found.browse) == set(everything.browse) - with_stage
    generation.close()


def test_a_build_says_what_was_not_read(tmp_path: Path, config: Config) -> None:
    said: list[str] = []
    store = open_store(str(tmp_path / "index"))
    report = build_index(["sample"], store, config, progress=said.append, extractor=forgetful)
    assert report.unread > 0
    assert f"criteria of {report.unread} trials could not be read" in report.summary()
    complaints = [line for line in said if line.startswith("criteria not read: NCT99")]
    assert 0 < len(complaints) <= 20
    assert report.manifest.trials == len(store.open().retrieve(Retrieval((), None, Filters()), config.ranking).browse)
