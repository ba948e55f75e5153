from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from search.config import DEFAULT_CONFIG, RankingConfig
from search.evaluation.experiments import ExperimentLog
from search.evaluation.space import Parameter, value_of, with_values
from search.evaluation.topics import Topic
from search.evaluation.trec import Run
from search.evaluation.tuning import SpentError, Tuner, split_topics

RANKING = DEFAULT_CONFIG.ranking
TOPICS = [Topic(f"t{n}", str(n)) for n in range(20)]
QRELS = {topic.query_id: {"A": 2, "B": 1} for topic in TOPICS}
SPACE = (Parameter("fusion.dense_weight", 0.0, 2.0), Parameter("fusion.rank_constant", 5, 50, whole=True))


def rank(config: RankingConfig, topics: Sequence[Topic]) -> Run:
    """Right on a topic if the weight is above a bar of its own: more weight is better, up to 1."""
    weight = config.fusion.dense_weight
    return {
        topic.query_id: [("A", 2.0), ("B", 1.0)] if weight > int(topic.text) / 20 else [("B", 2.0), ("A", 1.0)]
        for topic in topics
    }


def tuner(log: Path) -> Tuner:
    return Tuner(rank, split_topics(TOPICS), QRELS, ExperimentLog(log), index="i")


def test_paths_of_settings() -> None:
    changed = with_values(RANKING, {"fusion.dense_weight": 0.9, "lexical.field_boosts.title": 2.0})
    assert changed.fusion.dense_weight == 0.9
    assert value_of(changed, "lexical.field_boosts.title") == 2.0
    assert value_of(changed, "lexical.field_boosts.combined") == 1.0
    assert RANKING.fusion.dense_weight != 0.9
    for path in ("fusion.nothing", "fusion.dense_weight.more"):
        with pytest.raises(KeyError, match="no setting"):
            with_values(RANKING, {path: 1})


def test_a_split_is_stable() -> None:
    split = split_topics(TOPICS)
    names = [topic.query_id for topic in split.held_out]
    assert set(names).isdisjoint(topic.query_id for topic in split.development)
    assert len(names) + len(split.development) == 20
    assert 5 <= len(names) <= 15
    fewer = split_topics(TOPICS[:15])
    assert [name for name in names if int(name[1:]) < 15] == [topic.query_id for topic in fewer.held_out]
    assert split_topics(TOPICS, seed=1) != split
    assert len(split_topics(TOPICS[:2], held_out=0.0).held_out) == 1
    with pytest.raises(ValueError, match="two topics"):
        split_topics(TOPICS[:1])


def test_tuning_finds_the_weight_and_starts_from_the_start(tmp_path: Path) -> None:
    found = tuner(tmp_path / "log").tune(RANKING, SPACE, trials=25)
    assert found.trials[0].values == {
        "fusion.dense_weight": RANKING.fusion.dense_weight,
        "fusion.rank_constant": RANKING.fusion.rank_constant,
    }
    assert found.best.fusion.dense_weight > 0.8
    assert found.gain > 0
    again = tuner(tmp_path / "other").tune(RANKING, SPACE, trials=25)
    assert again.trials == found.trials  # the seed decides
    entries = ExperimentLog(tmp_path / "log").read()
    assert [entry.kind for entry in entries] == ["trial"] * 25
    assert len({entry.data for entry in entries}) == 1
    assert entries[0].figures["ndcg_10"] == pytest.approx(found.trials[0].score)


def test_held_out_topics_are_scored_once(tmp_path: Path) -> None:
    one = tuner(tmp_path / "log")
    found = one.tune(RANKING, SPACE, trials=20)
    checked = one.check(found)
    assert checked.mean > checked.baseline
    assert checked.n == len(split_topics(TOPICS).held_out)
    last = ExperimentLog(tmp_path / "log").read()[-1]
    assert (last.kind, last.topics) == ("held-out", checked.n)
    assert last.figures["ndcg_10_start"] == pytest.approx(checked.baseline)
    with pytest.raises(SpentError, match="were scored on"):
        tuner(tmp_path / "log").check(found)


def test_a_start_outside_the_space_is_scored_as_it_is(tmp_path: Path) -> None:
    start = with_values(RANKING, {"fusion.dense_weight": 5.0})
    found = tuner(tmp_path / "log").tune(start, SPACE, trials=3)
    assert found.trials[0].values["fusion.dense_weight"] == 5.0
    assert found.best == start
