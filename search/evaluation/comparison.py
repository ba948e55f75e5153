"""Two rankings against each other, topic by topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from search.evaluation.measures import TopicFigures, series
from search.evaluation.statistics import SEED, Interval, bootstrap_interval, holm, randomisation_p

LOWER_IS_BETTER = frozenset({"excluded_10", "unjudged_10"})
SAME = 1e-6
"""Figures closer than this are a tie."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of a run against that of the baseline, over the topics that have it in both."""

    measure: str
    n: int
    mean: float
    baseline: float
    interval: Interval
    """95 % bootstrap interval of the mean difference."""
    p: float
    """Of the paired randomisation test, two-sided."""
    p_holm: float
    """The same, corrected for the other tests of the table."""
    wins: int
    """Topics on which the run is better."""
    ties: int
    losses: int
    differences: tuple[tuple[str, float], ...]
    """By topic, run less baseline, largest first."""

    @property
    def difference(self) -> float:
        """Mean of the run less mean of the baseline."""
        return self.mean - self.baseline


def compare(
    run: Mapping[str, TopicFigures], baseline: Mapping[str, TopicFigures], measure: str, *, seed: int = SEED
) -> Comparison:
    """Compare one figure.

    Raises:
        ValueError: no topic has the figure in both.
    """
    ours, theirs = series(run, measure), series(baseline, measure)
    topics = [topic for topic in ours if topic in theirs]
    if not topics:
        raise ValueError(f"no topic has {measure} in both rankings: nothing to compare")
    differences = {topic: ours[topic] - theirs[topic] for topic in topics}
    values = list(differences.values())
    p = randomisation_p(values, seed=seed)
    better = [-value if measure in LOWER_IS_BETTER else value for value in values]
    return Comparison(
        measure=measure,
        n=len(topics),
        mean=sum(ours[topic] for topic in topics) / len(topics),
        baseline=sum(theirs[topic] for topic in topics) / len(topics),
        interval=bootstrap_interval(values, seed=seed),
        p=p,
        p_holm=p,
        wins=sum(value > SAME for value in better),
        ties=sum(abs(value) <= SAME for value in better),
        losses=sum(value < -SAME for value in better),
        differences=tuple(sorted(differences.items(), key=lambda item: (-item[1], item[0]))),
    )


def corrected(comparisons: list[Comparison]) -> list[Comparison]:
    """The comparisons of one table, each with Holm's correction for all of them."""
    adjusted = holm([one.p for one in comparisons])
    return [replace(one, p_holm=p) for one, p in zip(comparisons, adjusted, strict=True)]
