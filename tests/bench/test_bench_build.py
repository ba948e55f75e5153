"""Reading and indexing without criteria and embeddings, and how far each stage is from it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from indexer.prepare import Preparer, prepare_all, seldom_collected
from indexer.registry import Registry
from indexer.sources import iter_records
from indexer.study import parse_study
from search.config import DEFAULT_CONFIG
from search.extraction.criteria import read_criteria
from search.extraction.protocol import Extractor, unread
from search.index.document import IndexDocument
from search.index.open import open_store

pytestmark = [pytest.mark.bench, pytest.mark.data, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("extractor", [unread, read_criteria])
def test_parse_and_index_without_embeddings(oncology_sources: list[str], tmp_path: Path, extractor: Extractor) -> None:
    start = time.perf_counter()
    with seldom_collected(), Registry(tmp_path / "registry.sqlite") as registry:
        for source in oncology_sources:
            for found in iter_records(source):
                assert found.record is not None
                registry.record(parse_study(found.record), found.record, found.raw, found.place)
        registry.flush()
        read = time.perf_counter()
        writer = open_store(str(tmp_path / "index")).begin(dimensions=4)
        none = np.zeros((0, 4), dtype=np.float32)
        preparer = Preparer(None, DEFAULT_CONFIG.passages, extractor)
        trials = 0
        chunk = DEFAULT_CONFIG.build.chunk_trials
        for prepared in prepare_all(registry.iter_stored(), preparer, chunk, os.cpu_count() or 1):
            writer.add(IndexDocument(item.trial, item.text, item.values, (), none, item.criteria) for item in prepared)
            trials += len(prepared)
        end = time.perf_counter()
        writer.abort()
    name = getattr(extractor, "__name__", "")
    print(f"\n{name}: {trials} trials: read + parse + mirror {trials / (read - start):.0f}/s, ", end="")
    print(
        f"prepare + index {trials / (end - read):.0f}/s, all {trials / (end - start):.0f}/s on {os.cpu_count()} cores"
    )
