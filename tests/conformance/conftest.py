"""One suite, every back end: the fixtures give a store of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.config import RankingConfig
from search.index.base import Generation, IndexStore
from search.index.document import IndexDocument
from search.index.open import open_store
from tests.elastic_server import delete_alias
from tests.made_up import build_generation, encoder_folder, made_up_documents
from tests.oracle import EXACT_LENGTH, Oracle

BACK_ENDS = [
    pytest.param("embedded", id="embedded"),
    pytest.param("elasticsearch", id="elasticsearch", marks=pytest.mark.elasticsearch),
]
CORPUS_ALIAS = "conformance-corpus"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("ONCOMATCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    return encoder_folder(tmp_path)


@pytest.fixture(params=BACK_ENDS)
def location(request: pytest.FixtureRequest, tmp_path: Path, cache: Path) -> str:
    """Where a store can be made that holds nothing yet."""
    if request.param == "embedded":
        return str(tmp_path / "index")
    url: str = request.getfixturevalue("elastic_alias_url")
    return url


@pytest.fixture
def store(location: str) -> IndexStore:
    return open_store(location)


@pytest.fixture(scope="session")
def corpus() -> list[IndexDocument]:
    """Documents short enough for engines not to round their lengths."""
    documents = made_up_documents(60, seed=7)
    assert max(len(tokens) for document in documents for tokens in document.text.values()) <= EXACT_LENGTH
    return documents


@pytest.fixture(scope="session", params=BACK_ENDS)
def generation(
    request: pytest.FixtureRequest, corpus: list[IndexDocument], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generation]:
    """The corpus, indexed once and opened."""
    folder = tmp_path_factory.mktemp("corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONCOMATCH_CACHE", str(folder / "cache"))
        server = request.getfixturevalue("elasticsearch_url") if request.param == "elasticsearch" else None
        store = open_store(f"{server}/{CORPUS_ALIAS}" if server else str(folder / "index"))
        store.promote(build_generation(store, corpus, encoder_folder(folder)))
        opened = store.open()
        yield opened
        opened.close()
        if server:
            delete_alias(server, CORPUS_ALIAS)


@pytest.fixture(scope="session")
def oracle(corpus: list[IndexDocument]) -> Callable[[RankingConfig], Oracle]:
    """The right answers, for a configuration."""
    return lambda config: Oracle(corpus, config)
