"""The compiled criteria of a generation, on every back end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.eligibility.columns import compile_criteria
from search.index.base import Generation, IndexStore
from search.index.compiled import cached_file
from search.index.document import IndexDocument
from tests.columns_cases import differences
from tests.eligibility_cases import patient
from tests.made_up import build_generation, made_up_documents

ONE = patient(age=60, sex="female", cancer="LUAD", stage="IV", performance=[{"scale": "ECOG", "value": 1}])


def test_they_say_what_the_criteria_say(generation: Generation, corpus: list[IndexDocument]) -> None:
    columns = generation.columns()
    assert set(columns.nct_ids) == {document.trial.nct_id for document in corpus}
    assert differences(columns, ONE, [(document.trial, document.criteria) for document in corpus]) == []
    assert generation.columns() is columns


def test_another_machine_or_version_compiles_them_from_the_documents(
    store: IndexStore, encoder: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = made_up_documents(12, seed=3)
    name = build_generation(store, documents, encoder)
    for file in (*tmp_path.rglob("criteria.columns"), *cache.rglob("*.columns")):
        file.write_bytes(b"compiled by other rules".ljust(file.stat().st_size))
    wanted = compile_criteria((document.trial, document.criteria) for document in documents).assess(ONE)
    opened = store.open(name)
    assert np.array_equal(opened.columns().assess(ONE).score, wanted.score)
    opened.close()
    assert cached_file(name).is_file()
    again = store.open(name)
    assert np.array_equal(again.columns().assess(ONE).score, wanted.score)
    again.close()
