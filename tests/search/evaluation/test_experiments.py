from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from search.config import DEFAULT_CONFIG
from search.evaluation.experiments import (
    Experiment,
    ExperimentLog,
    as_plain,
    data_hash,
    index_hash,
    settings_hash,
)
from search.evaluation.space import with_values
from search.evaluation.topics import Topic
from search.evaluation.trec import FormatError
from search.index.base import Manifest

ENTRY = Experiment("evaluation", "run", "c", "d", "i", "full", 2, {"rr": 0.5}, {"fusion.dense_weight": 0.2})
MANIFEST = Manifest("g1", 3, "2026-01-01", 1, 1, 1, 0, None, "enc", "model", 4, "content", fictitious=True)


def test_a_log_is_only_appended_to(tmp_path: Path) -> None:
    log = ExperimentLog(tmp_path / "logs" / "experiments.jsonl")
    assert log.read() == []
    first = log.append(ENTRY)
    log.append(replace(ENTRY, name="other", when="2026-01-01T00:00:00+00:00"))
    assert first.when
    assert [(one.name, one.when) for one in log.read()] == [("run", first.when), ("other", "2026-01-01T00:00:00+00:00")]
    assert log.read()[0].figures == {"rr": 0.5}


def test_a_line_of_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    ExperimentLog(path).append(ENTRY)
    path.write_text(path.read_text() + '{"kind": "x"}\n')
    with pytest.raises(FormatError, match="line 2"):
        ExperimentLog(path).read()


def test_hashes_say_what_is_the_same() -> None:
    ranking = DEFAULT_CONFIG.ranking
    assert settings_hash(ranking) == settings_hash(with_values(ranking, {}))
    assert settings_hash(ranking) != settings_hash(with_values(ranking, {"fusion.dense_weight": 0.7}))
    topics, qrels = [Topic("1", "a"), Topic("2", "b")], {"1": {"A": 2, "B": 0}, "2": {"A": 1}}
    again = {"2": {"A": 1}, "1": {"B": 0, "A": 2}}
    assert data_hash(topics, qrels) == data_hash(topics[::-1], again)
    assert data_hash(topics, qrels) != data_hash(topics, {**qrels, "2": {"A": 2}})
    assert index_hash(MANIFEST) == index_hash(replace(MANIFEST, generation="g2", created="2027-01-01"))
    assert index_hash(MANIFEST) != index_hash(replace(MANIFEST, content_hash="other"))


def test_settings_become_plain_values() -> None:
    assert as_plain(MappingProxyType({"b": frozenset({2, 1}), "a": (1,)})) == {"b": [1, 2], "a": [1]}
    assert as_plain(DEFAULT_CONFIG.ranking)["fusion"]["rank_constant"] == DEFAULT_CONFIG.ranking.fusion.rank_constant
