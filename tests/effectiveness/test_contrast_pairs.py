"""Of two trials that differ only in whom they take, the one that takes the person who asks comes first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import build_index
from search.config import DEFAULT_CONFIG, Config
from search.engine import SearchEngine
from search.index.open import open_store
from search.query_parser import parse_query
from tests.effectiveness.contrast_pairs import PAIRS, record, twins


@pytest.fixture(scope="module")
def index(encoder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    lines = [
        json.dumps(record(nct_id, pair, text))
        for number, pair in enumerate(PAIRS)
        for nct_id, text in zip(twins(number), (pair.fits, pair.refuses), strict=True)
    ]
    (folder / "pairs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONCOMATCH_CACHE", str(encoder_cache))
        build_index([str(folder / "pairs.jsonl")], open_store(str(folder / "index")))
    return folder / "index"


@pytest.fixture(scope="module")
def engine(index: Path) -> Iterator[SearchEngine]:
    engine = SearchEngine(open_store(str(index)))
    yield engine
    engine.close()


def inversions(engine: SearchEngine) -> list[str]:
    """The queries whose refusing twin comes first."""
    wrong = []
    for number, pair in enumerate(PAIRS):
        places = {nct_id: place for place, (nct_id, _) in enumerate(engine.rank(parse_query(pair.query), 1000))}
        fits, refuses = twins(number)
        assert fits in places, pair.query
        if places[fits] > places.get(refuses, len(places)):
            wrong.append(pair.query)
    return wrong


def test_there_are_enough_pairs_of_every_kind() -> None:
    assert len(PAIRS) >= 40
    assert sum(len(pair.query) > 150 for pair in PAIRS) >= 8


def test_the_trial_that_takes_the_person_comes_first(engine: SearchEngine) -> None:
    assert inversions(engine) == []


def test_words_and_meaning_alone_prefer_the_other_one(index: Path) -> None:
    plain = replace(
        DEFAULT_CONFIG.ranking,
        fusion=replace(DEFAULT_CONFIG.ranking.fusion, concept_weight=0.0, note_concept_weight=0.0),
        rescoring=replace(DEFAULT_CONFIG.ranking.rescoring, enabled=False),
    )
    engine = SearchEngine(open_store(str(index)), Config(ranking=plain))
    assert len(inversions(engine)) > len(PAIRS) * 0.8
    engine.close()
