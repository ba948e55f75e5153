"""Fixtures shared by all tests: where the test data is, and what may be skipped for want of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
