"""Which groups keep which trials open, and for want of which facts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from search.eligibility.columns.answers import Answers
from search.eligibility.columns.assessment import OpenFacts
from search.eligibility.columns.grouping import Grouped
from search.eligibility.columns.tables import Ints, Tables


def open_facts(tables: Tables, answers: Answers, grouped: Grouped, best: Ints) -> OpenFacts:
    """What is unknown and decides.

    Args:
        tables: the compiled criteria.
        answers: the judges' on the patient.
        grouped: what the units come to.
        best: the scope of each trial's best cohort, -1 without.
    """
    owners, rows = _open_members(tables, grouped)
    is_open = np.zeros(len(grouped.classes), dtype=np.bool_)
    is_open[owners] = True
    starts, groups = _open_units(tables, is_open, best)
    lists = answers.missing[tables.rows.question[rows]]
    names = sorted({name for number in np.unique(lists).tolist() for name in answers.names[number]})
    places = {name: place for place, name in enumerate(names)}
    pairs = [
        (owner, places[name])
        for owner, number in zip(owners.tolist(), lists.tolist(), strict=True)
        for name in answers.names[number]
    ]
    found = np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), axis=0)
    counts = np.bincount(found[:, 0], minlength=len(grouped.classes))
    fact_starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return OpenFacts(starts, groups, fact_starts, found[:, 1].astype(np.int32), tuple(names))


def _open_units(tables: Tables, is_open: NDArray[np.bool_], best: Ints) -> tuple[NDArray[np.int64], Ints]:
    scopes, trials = tables.scopes, len(best)
    lengths = np.diff(scopes.starts)
    owner = np.full(len(lengths), -1, dtype=np.int64)
    owner[:trials] = np.arange(trials)
    with_cohort = np.flatnonzero(best >= 0)
    owner[best[with_cohort]] = with_cohort
    trial = np.repeat(owner, lengths)
    kept = is_open[scopes.units] & (trial >= 0)
    order = np.argsort(trial[kept], kind="stable")
    counts = np.bincount(trial[kept], minlength=trials)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), scopes.units[kept][order]


def _open_members(tables: Tables, grouped: Grouped) -> tuple[NDArray[np.int64], Ints]:
    """Units and rows: the members that keep a unit open."""
    rows, units = len(tables.rows.question), tables.units
    single = np.flatnonzero(grouped.open_rows[:rows])
    kept = np.flatnonzero(grouped.open_rows[rows:])
    unit = np.repeat(np.arange(len(units.shape)), np.diff(units.starts))
    return np.concatenate([single, rows + unit[kept]]), np.concatenate([single.astype(np.int32), units.rows[kept]])
