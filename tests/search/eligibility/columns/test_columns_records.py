"""Compiled real criteria say what the tree says of each, also for every trial of a large index."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from search.eligibility.columns import CriteriaColumns, compile_criteria
from search.eligibility.profile import read_profile
from search.patient import Patient
from tests.columns_cases import Item, differences, read_items, repeated

pytestmark = pytest.mark.data
LARGE = 115_000


def _patients(data_dir: Path, every: int) -> list[Patient]:
    lines = (data_dir / "gold" / "oncology_criteria" / "patients.jsonl").read_text(encoding="utf-8").splitlines()
    return [read_profile(json.loads(line)["profile"]) for line in lines[::every]]


def _trials(data_dir: Path, every: int = 1) -> list[Item]:
    names = ("ctgov_v2_oncology", "oncology_more")
    return [one for name in names for one in read_items(data_dir / "ctgov" / f"{name}.jsonl.gz", every)]


@pytest.mark.timeout(600)
def test_some_trials_and_patients(data_dir: Path) -> None:
    found = _trials(data_dir, every=60)
    columns = compile_criteria(found)
    for one in _patients(data_dir, every=25):
        assert differences(columns, one, found) == []


@pytest.mark.proof
@pytest.mark.timeout(5400)
def test_all_trials_and_many_patients(data_dir: Path) -> None:
    found = _trials(data_dir)
    columns = compile_criteria(found)
    for one in _patients(data_dir, every=10):
        assert differences(columns, one, found) == []


@pytest.mark.proof
@pytest.mark.timeout(5400)
def test_a_large_index(data_dir: Path, tmp_path: Path) -> None:
    found = repeated(_trials(data_dir), LARGE)
    compile_criteria(found).save(tmp_path / "criteria.columns")
    columns = CriteriaColumns.load(tmp_path / "criteria.columns")
    size = (tmp_path / "criteria.columns").stat().st_size / LARGE
    first: list[float] = []
    again: list[float] = []
    for one in _patients(data_dir, every=2):
        for times in (first, again):
            began = time.perf_counter()
            columns.assess(one)
            times.append(1000 * (time.perf_counter() - began))
    print(
        f"\n{LARGE} trials, {size:.0f} bytes each; p50 of a patient's first request {np.median(first):.0f} ms, "
        f"of the next {np.median(again):.0f} ms (n = {len(first)})"
    )
    sample = found[:: LARGE // 500]
    assert differences(columns, _patients(data_dir, every=40)[0], sample) == []
    assert size <= 1000
    assert np.median(again) <= 60
