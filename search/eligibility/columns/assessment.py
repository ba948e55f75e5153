"""What a patient and all trials of an index come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """The groups of criteria that are unknown and decide, trial by trial, and the facts that would settle them.

    Two compressed-row arrays: `groups[starts[t]:starts[t + 1]]` are the groups that keep trial `t` open (of the whole
    trial and its best cohort), `facts[fact_starts[g]:fact_starts[g + 1]]` the facts that group `g` lacks, as places in
    `names`. Trials share a group where they ask the same. Of a group with several facts any may do.
    """

    starts: NDArray[np.int64]
    """(trials + 1,)."""
    groups: NDArray[np.int32]
    fact_starts: NDArray[np.int64]
    """(groups of the index + 1,); a group that is not open has no facts."""
    facts: NDArray[np.int32]
    names: tuple[str, ...]
    """Fields of the profile ("labs.platelets")."""

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Every trial that a fact keeps open, with that fact: two arrays, a pair for each group's fact."""
        counts = np.diff(self.fact_starts)[self.groups]
        trials = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        first = self.fact_starts[self.groups]
        within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(trials, counts), self.facts[np.repeat(first, counts) + within]


@dataclass(frozen=True)
class IndexAssessment:
    """One patient and trials of an index, in the order asked for; else of `CriteriaColumns.nct_ids`."""

    verdict: NDArray[np.uint8]
    """(trials,) places in `tuple(Verdict)`: the lower, the better."""
    score: NDArray[np.float32]
    """(trials,) as `Assessment.score`, 0 to 1."""
    _open: Callable[[], OpenFacts]

    def closed(self) -> IndexAssessment:
        """The same without what is unknown, to be kept: all else that was worked out is let go."""
        return IndexAssessment(self.verdict, self.score, _nothing_open)

    @cached_property
    def open(self) -> OpenFacts:
        """What is unknown and decides; worked out when it is first asked for."""
        return self._open()


def _nothing_open() -> OpenFacts:
    raise LookupError("what is unknown was not kept with this assessment: assess the patient again")
