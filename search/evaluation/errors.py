"""Where a ranking goes wrong: wrong trials above right ones, topic by topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.evaluation.measures import ELIGIBLE
from search.evaluation.trec import Qrels, Run


@dataclass(frozen=True, slots=True)
class Inversion:
    """A trial that stands above a better one."""

    topic: str
    above: str
    above_rank: int
    above_grade: int
    """0 or 1; an unjudged trial counts as 0."""
    below: str
    below_rank: int | None
    """None where the ranking lacks the eligible trial."""


def inversions(run: Run, qrels: Qrels) -> list[Inversion]:
    """For each topic the first wrong trial and the best right trial below it; topics that are right are left out.

    Sorted by how far down the right trial stands, worst first.
    """
    found = []
    for topic, grades in qrels.items():
        ranks = {trial: rank for rank, (trial, _) in enumerate(run.get(topic, []), 1)}
        eligible = sorted(
            (trial for trial, grade in grades.items() if grade >= ELIGIBLE),
            key=lambda trial: (ranks.get(trial, len(ranks) + 1), trial),
        )
        wrong = [trial for trial in ranks if grades.get(trial, 0) < ELIGIBLE]
        # The first right trial may stand on top while others stand below: take the first that something wrong precedes.
        for trial in eligible:
            rank = ranks.get(trial)
            if wrong and (rank is None or ranks[wrong[0]] < rank):
                found.append(Inversion(topic, wrong[0], ranks[wrong[0]], grades.get(wrong[0], 0), trial, rank))
                break
    return sorted(found, key=lambda one: (-(one.below_rank or 10**6), one.topic))


def grades_at(run: Run, qrels: Qrels, depth: int = 10) -> dict[str, list[int | None]]:
    """Grades of the first trials by topic, None for an unjudged one: what a result page would have shown."""
    return {
        topic: [grades.get(trial) for trial, _ in run.get(topic, [])[:depth]] for topic, grades in sorted(qrels.items())
    }


def ideal_at(grades: Sequence[int], depth: int = 10) -> list[int]:
    """The best page that the judgements allow."""
    return sorted(grades, reverse=True)[:depth]
