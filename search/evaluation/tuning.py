"""Seeded tuning of ranking settings with a held-out check.

The discipline: topics are split once, by seed, into development and held-out topics. Only development topics are tuned
on; every trial is written to the experiment log. The settings that win are then scored on the held-out topics once,
against the settings they started from. The log remembers that, and a second look at the same held-out topics on the
same data is refused: a held-out set that is looked at twice is a development set.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.config import RankingConfig
from search.evaluation.comparison import Comparison, compare
from search.evaluation.experiments import Experiment, ExperimentLog, data_hash, settings_hash
from search.evaluation.measures import TopicFigures, condense, evaluate, mean
from search.evaluation.space import DEFAULT_SPACE, Parameter, value_of, with_values
from search.evaluation.statistics import SEED
from search.evaluation.topics import Topic
from search.evaluation.trec import Qrels, Run

Ranker = Callable[[RankingConfig, Sequence[Topic]], Run]
"""Ranks topics with given settings."""


class SpentError(RuntimeError):
    """The held-out topics were scored before."""


@dataclass(frozen=True, slots=True)
class Split:
    """Topics to tune on and topics to check on."""

    development: tuple[Topic, ...]
    held_out: tuple[Topic, ...]


def split_topics(topics: Sequence[Topic], *, held_out: float = 0.5, seed: int = SEED) -> Split:
    """Split topics by a hash of seed and id, so that a topic stays on its side when others come or go.

    Args:
        topics: all topics.
        held_out: share to hold out, 0 to 1, about; at least one topic stays on either side.
        seed: of the hash.

    Raises:
        ValueError: fewer than two topics.
    """
    if len(topics) < 2:
        raise ValueError("a split needs at least two topics")
    ordered = sorted(topics, key=lambda topic: (_draw(topic.query_id, seed), topic.query_id))
    count = sum(_draw(topic.query_id, seed) < held_out for topic in topics)
    count = min(max(count, 1), len(topics) - 1)
    out = {topic.query_id for topic in ordered[:count]}
    return Split(
        tuple(topic for topic in topics if topic.query_id not in out),
        tuple(topic for topic in topics if topic.query_id in out),
    )


def _draw(query_id: str, seed: int) -> float:
    digest = hashlib.blake2b(f"{seed} {query_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that were tried, with what they reached on the development topics."""

    number: int
    values: Mapping[str, Any]
    score: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning found."""

    start: RankingConfig
    best: RankingConfig
    trials: tuple[Trial, ...]
    """In the order they were tried; the first is the start."""

    @property
    def gain(self) -> float:
        """Best score less that of the start, on the topics that were tuned on: flattering by design."""
        return max(trial.score for trial in self.trials) - self.trials[0].score


class Tuner:
    """Tunes on one half and checks on the other."""

    def __init__(
        self,
        rank: Ranker,
        split: Split,
        qrels: Qrels,
        log: ExperimentLog,
        *,
        index: str,
        measure: str = "ndcg_10",
        condensed: bool = True,
        seed: int = SEED,
    ) -> None:
        """Set up a tuning.

        Args:
            rank: ranks topics with given settings.
            split: what is tuned on, and what is held out.
            qrels: grades by topic.
            log: where every trial is written.
            index: hash of the index, for the log.
            measure: a field of `TopicFigures`; its mean is raised.
            condensed: whether unjudged trials are removed before scoring.
            seed: of the search.
        """
        self._rank = rank
        self._split = split
        self._qrels = qrels
        self._log = log
        self._index = index
        self._measure = measure
        self._condensed = condensed
        self._seed = seed

    def tune(self, start: RankingConfig, space: Sequence[Parameter] = DEFAULT_SPACE, *, trials: int = 40) -> Tuned:
        """Look for better settings on the development topics: Optuna's TPE sampler, seeded; the start is tried first.

        Args:
            start: the settings to begin with.
            space: what may move.
            trials: how many settings are tried, the start included.

        Raises:
            KeyError: the space names a setting that does not exist.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its progress bars look for widgets that a notebook need not have
            import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=self._seed))
        study.enqueue_trial({one.path: _inside(value_of(start, one.path), one) for one in space})
        tried: list[Trial] = []

        def objective(trial: Any) -> float:
            values = {one.path: _suggested(trial, one) for one in space}
            if not tried:  # a start outside the space is scored as it is
                values = {one.path: value_of(start, one.path) for one in space}
            config = with_values(start, values)
            figures = self._figures(config, self._split.development)
            score = mean(figures, self._measure)
            tried.append(Trial(len(tried), values, score))
            self._write("trial", config, values, self._split.development, {self._measure: score})
            return score

        study.optimize(objective, n_trials=trials)
        best = max(tried, key=lambda trial: (trial.score, -trial.number))
        return Tuned(start, with_values(start, best.values), tuple(tried))

    def check(self, tuned: Tuned) -> Comparison:
        """Score best and start on the held-out topics, once.

        Raises:
            SpentError: the log says that these topics were scored before on the same data and index.
        """
        topics = self._split.held_out
        data = data_hash(topics, self._judged(topics))
        for entry in self._log.read():
            if entry.kind == "held-out" and (entry.data, entry.index) == (data, self._index):
                raise SpentError(
                    f"these held-out topics were scored on {entry.when} ({self._log.path}); "
                    "tune and check on other topics, or report that figure"
                )
        found = compare(self._figures(tuned.best, topics), self._figures(tuned.start, topics), self._measure)
        values = _changed(tuned)
        figures = {self._measure: found.mean, f"{self._measure}_start": found.baseline, "p": found.p}
        self._write("held-out", tuned.best, values, topics, figures)
        return found

    def _judged(self, topics: Sequence[Topic]) -> dict[str, Mapping[str, int]]:
        return {topic.query_id: self._qrels.get(topic.query_id, {}) for topic in topics}

    def _figures(self, config: RankingConfig, topics: Sequence[Topic]) -> dict[str, TopicFigures]:
        judged = self._judged(topics)
        run = self._rank(config, topics)
        return evaluate(condense(run, judged) if self._condensed else run, judged)

    def _write(
        self,
        kind: str,
        config: RankingConfig,
        values: Mapping[str, Any],
        topics: Sequence[Topic],
        figures: Mapping[str, float],
    ) -> None:
        self._log.append(
            Experiment(
                kind=kind,
                name=self._measure,
                config=settings_hash(config),
                data=data_hash(topics, self._judged(topics)),
                index=self._index,
                setting="condensed" if self._condensed else "full",
                topics=len(topics),
                figures=figures,
                settings=values,
            )
        )


def _suggested(trial: Any, one: Parameter) -> float | int:
    if one.whole:
        return int(trial.suggest_int(one.path, int(one.low), int(one.high), log=one.log))
    return round(float(trial.suggest_float(one.path, one.low, one.high, log=one.log)), 4)


def _inside(value: float, one: Parameter) -> float | int:
    kept = min(max(value, one.low), one.high)
    return int(kept) if one.whole else float(kept)


def _changed(tuned: Tuned) -> dict[str, Any]:
    """The best trial's settings."""
    best = max(tuned.trials, key=lambda trial: (trial.score, -trial.number))
    return dict(best.values)
