"""Extractors for tests; of a module of its own, so that worker processes find them."""

from __future__ import annotations

from dataclasses import replace

from search.eligibility.criterion import Criteria, Requirement, Stage
from search.extraction.protocol import unread
from search.trial import Trial


def stage_four(trial: Trial) -> Criteria:
    """Reads stage IV into the first line of every trial."""
    criteria = unread(trial)
    if not criteria.items:
        return criteria
    first, *rest = criteria.items
    first = replace(first, fact=Stage(("IV",)), requirement=Requirement.REQUIRED, cohort=None)
    return replace(criteria, items=(first, *rest))


def forgetful(trial: Trial) -> Criteria:
    """Leaves out the last line of trials whose id is odd, and fails on those that end in 0."""
    if trial.nct_id.endswith("0"):
        raise KeyError(trial.eligibility.criteria)
    criteria = unread(trial)
    return replace(criteria, items=criteria.items[:-1]) if int(trial.nct_id[-1]) % 2 else criteria
