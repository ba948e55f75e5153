"""Compiled criteria as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.eligibility.columns import CriteriaColumns, compile_criteria, storage
from search.eligibility.columns.rules import rules
from tests.columns_cases import Item, differences, read_items
from tests.eligibility_cases import patient

SAMPLE = Path(__file__).resolve().parents[4] / "indexer" / "sample"
ONE = patient(age=60, sex="female", cancer="LUAD", stage="IV", conditions={"HIV": "well controlled"})


@pytest.fixture(scope="module")
def found() -> list[Item]:
    return read_items(SAMPLE, every=4)


@pytest.fixture
def file(found: list[Item], tmp_path: Path) -> Path:
    path = tmp_path / "criteria.columns"
    compile_criteria(found).save(path)
    return path


def test_what_is_loaded_answers_like_what_was_saved(found: list[Item], file: Path) -> None:
    loaded, made = CriteriaColumns.load(file), compile_criteria(found)
    assert loaded.nct_ids == made.nct_ids
    assert np.array_equal(loaded.assess(ONE).score, made.assess(ONE).score)
    assert differences(loaded, ONE, found) == []


def test_equal_trials_give_equal_bytes(found: list[Item], file: Path, tmp_path: Path) -> None:
    compile_criteria(found).save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_what_was_loaded_can_be_saved(file: Path, tmp_path: Path) -> None:
    CriteriaColumns.load(file).save(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == file.read_bytes()


def test_what_other_rules_compiled_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "rules", lambda: "0" * 16)
    with pytest.raises(ValueError, match=r"criteria\.columns holds no criteria that these rules compiled"):
        CriteriaColumns.load(file)


@pytest.mark.parametrize("keep", [0, 3, 20, 500, -400])
def test_a_damaged_file_is_refused(file: Path, keep: int) -> None:
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(ValueError, match="holds no criteria"):
        CriteriaColumns.load(file)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"PK\x03\x04" * 40)
    with pytest.raises(ValueError, match="holds no criteria"):
        CriteriaColumns.load(tmp_path / "other")
    with pytest.raises(FileNotFoundError):
        CriteriaColumns.load(tmp_path / "nothing")


def test_the_rules_have_one_fingerprint() -> None:
    assert rules() == rules()
    assert len(rules()) == 16
