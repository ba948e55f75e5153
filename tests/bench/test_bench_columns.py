"""How fast one patient is assessed against a whole index, beside the tree on the same trials."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from search.eligibility.assess import assess
from search.eligibility.columns import CriteriaColumns, compile_criteria
from search.eligibility.profile import read_profile
from search.index.open import open_store
from tests.bench.conftest import percentiles
from tests.columns_cases import Item

pytestmark = [pytest.mark.bench, pytest.mark.data, pytest.mark.timeout(3600)]


def test_one_patient_against_the_index(data_dir: Path, oncology_index: Path, tmp_path: Path) -> None:
    generation = open_store(str(oncology_index)).open()
    nct_ids = generation.columns().nct_ids
    found: list[Item] = [(one.trial, one.criteria) for one in generation.fetch(nct_ids) if one is not None]
    generation.close()
    began = time.process_time()
    compile_criteria(found).save(tmp_path / "criteria.columns")
    compiling = 1000 * (time.process_time() - began) / len(found)
    columns = CriteriaColumns.load(tmp_path / "criteria.columns")
    lines = (data_dir / "gold" / "oncology_criteria" / "patients.jsonl").read_text(encoding="utf-8").splitlines()
    patients = [read_profile(json.loads(line)["profile"]) for line in lines]
    first: list[float] = []
    again: list[float] = []
    tree: list[float] = []
    for number, one in enumerate(patients):
        for times in (first, again):
            began = time.process_time()
            columns.assess(one)
            times.append(1000 * (time.process_time() - began))
        if number % 50 == 0:
            began = time.process_time()
            for trial, criteria in found:
                assess(one, criteria, trial)
            tree.append(1000 * (time.process_time() - began))
    size = (tmp_path / "criteria.columns").stat().st_size / len(found)
    print(f"\n{len(found)} trials, {size:.0f} bytes each, compiled in {compiling:.1f} CPU-s a thousand")
    print(f"CPU of a patient's first request: {percentiles(first)}; of the next: {percentiles(again)}")
    print(
        f"tree: {percentiles(tree)}: {np.median(tree) / np.median(first):.0f}x and "
        f"{np.median(tree) / np.median(again):.0f}x slower"
    )
    assert size <= 1000
    assert np.median(tree) >= 50 * np.median(again)
