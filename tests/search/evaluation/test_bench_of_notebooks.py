from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.config import DEFAULT_CONFIG
from search.evaluation.notebook import Bench, index_location, table
from search.evaluation.run import rank_topics
from search.evaluation.space import words_alone
from search.evaluation.topics import Topic
from search.index.base import IndexUnavailableError


def test_where_the_index_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONCOMATCH_INDEX", raising=False)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    with pytest.raises(IndexUnavailableError, match="oncomatch build"):
        index_location()
    (tmp_path / "var" / "sample").mkdir(parents=True)
    assert Path(index_location()).resolve() == tmp_path / "var" / "sample"
    monkeypatch.setenv("ONCOMATCH_INDEX", "elsewhere")
    assert index_location() == "elsewhere"


def test_a_bench_ranks_with_any_settings(sample_index: Path) -> None:
    bench = Bench(str(sample_index))
    topics = [Topic("a b", "uveal melanoma"), Topic("c", "recurrent glioblastoma")]
    default = bench.rank(DEFAULT_CONFIG.ranking, topics)
    assert list(default) == ["a_b", "c"]
    told: list[int] = []
    assert default == rank_topics(bench.engine, topics, progress=told.append)
    assert told == [1, 2]
    assert bench.rank(words_alone(DEFAULT_CONFIG.ranking), topics) != default
    deep = replace(DEFAULT_CONFIG.ranking, dense=replace(DEFAULT_CONFIG.ranking.dense, window=1))
    assert bench.rank(deep, topics) != default
    assert len(bench.ids()) == bench.engine.manifest().trials == 92
    assert bench.facets()["phase"]["PHASE3"] > 0


def test_tables_are_aligned() -> None:
    assert (
        table([("a", 1.0), ("bcd", 12.25)], ("name", "x")) == "name       x\n----  ------\na      1.000\nbcd   12.250"
    )
    assert table([], ("name",)) == "name\n----"
