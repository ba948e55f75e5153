"""Fixtures shared by all tests: where the test data is, and what may be skipped for want of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.build import build_index
from search.config import DEFAULT_CONFIG
from search.encoder import ensure_encoder
from search.index.open import open_store

pytest_plugins = ["tests.elastic_server", "tests.tiny_model"]

ROOT = Path(__file__).resolve().parent.parent


def required() -> set[str]:
    """What ONCOMATCH_REQUIRE names: things whose absence fails instead of skipping."""
    return {part.strip() for part in os.environ.get("ONCOMATCH_REQUIRE", "").split(",") if part.strip()}


def absent(what: str, why: str) -> None:
    """Skip, or fail where `what` is required."""
    if what in required():
        pytest.fail(f"{what} is required by ONCOMATCH_REQUIRE, but {why}")
    pytest.skip(f"left out: {why}")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real registry records and judgements."""
    path = Path(os.environ.get("ONCOMATCH_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not (path / "ctgov").is_dir():
        absent("data", f"no registry records at {path} (ONCOMATCH_TEST_DATA names the folder)")
    return path


@pytest.fixture(scope="session")
def encoder_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that holds the default model's export, made once a session."""
    cache = tmp_path_factory.mktemp("encoder-cache")
    ensure_encoder(DEFAULT_CONFIG.encoder, cache)
    return cache


@pytest.fixture(scope="session")
def encoder_folder(encoder_cache: Path) -> Path:
    """The exported default model."""
    return ensure_encoder(DEFAULT_CONFIG.encoder, encoder_cache)


@pytest.fixture(scope="session")
def sample_index(encoder_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded index of the bundled sample, built once a session with the default model."""
    folder = tmp_path_factory.mktemp("sample-index")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONCOMATCH_CACHE", str(encoder_cache))
        build_index(["sample"], open_store(str(folder)))
    return folder
