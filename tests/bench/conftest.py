"""What benchmarks share: an index over the oncology records, and how figures are told."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build_index
from indexer.sources import iter_records
from indexer.study import parse_study
from search.index.open import open_store
from search.trial import InterventionType


@pytest.fixture(scope="session")
def oncology_sources(data_dir: Path) -> list[str]:
    """The 8,913 oncology studies."""
    return [str(data_dir / "ctgov" / f"{name}.jsonl.gz") for name in ("ctgov_v2_oncology", "oncology_more")]


@pytest.fixture(scope="session")
def oncology_index(oncology_sources: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index over them; ONCOMATCH_BENCH_INDEX names one that is there already. Vectors come from the user's cache."""
    named = os.environ.get("ONCOMATCH_BENCH_INDEX")
    if named:
        return Path(named)
    folder = tmp_path_factory.mktemp("oncology")
    build_index(oncology_sources, open_store(str(folder)), progress=print)
    return folder


@pytest.fixture(scope="session")
def short_queries(data_dir: Path) -> list[str]:
    """Queries as a person types them."""
    lines = (data_dir / "trec/collections/short_queries/topics.jsonl").read_text().splitlines()
    return [json.loads(line)["text"] for line in lines]


@pytest.fixture(scope="session")
def distinct_queries(oncology_sources: list[str]) -> list[str]:
    """Queries that are asked once: a condition and a drug of every thirtieth study. Nothing of them is in any cache."""
    found: dict[str, None] = {}
    for source in oncology_sources:
        for one in islice(iter_records(source), 0, None, 30):
            if one.record is None:
                continue
            trial = parse_study(one.record)
            drugs = [
                i.name for i in trial.interventions if i.type in (InterventionType.DRUG, InterventionType.BIOLOGICAL)
            ]
            query = " ".join([*trial.conditions[:1], *drugs[:1]])
            if 0 < len(query) < 90:
                found[query] = None
    return list(found)


def percentiles(milliseconds: Sequence[float]) -> str:
    """Median and 99th percentile, with n."""
    p50, p99 = np.percentile(milliseconds, [50, 99])
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms (n = {len(milliseconds)})"
