"""The part of the tables that some trials need, numbered anew: what a search costs follows what it found."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from search.eligibility.columns.tables import Ints, Rows, Scopes, Tables, Units


def selected(tables: Tables, trials: Ints) -> Tables:
    """The tables of some trials, in the order asked for; questions and vocabularies are those of the whole.

    Args:
        tables: of the whole index.
        trials: places in `tables.nct_ids`, each once.
    """
    scopes, units = tables.scopes, tables.units
    all_rows, count = len(tables.rows.question), len(scopes.registered)
    place = np.full(count, -1, dtype=np.int32)
    place[trials] = np.arange(len(trials), dtype=np.int32)
    owners = place[scopes.cohort_trial]
    cohorts = np.flatnonzero(owners >= 0)
    starts, wanted = _taken(scopes.starts, scopes.units, np.concatenate([trials, count + cohorts]))

    used = np.zeros(all_rows + len(units.shape), dtype=np.bool_)
    used[wanted] = True
    several = np.flatnonzero(used[all_rows:])
    member_starts, members = _taken(units.starts, units.rows, several)
    used[members] = True
    rows = np.flatnonzero(used[:all_rows])
    numbers = np.zeros(len(used), dtype=np.int32)
    numbers[rows] = np.arange(len(rows), dtype=np.int32)
    numbers[all_rows + several] = np.arange(len(rows), len(rows) + len(several), dtype=np.int32)
    own = tables.rows
    return replace(
        tables,
        nct_ids=tables.nct_ids[trials],
        rows=Rows(*(getattr(own, field.name)[rows] for field in fields(Rows))),
        units=Units(
            starts=member_starts,
            rows=numbers[members],
            shape=units.shape[several],
            shapes=units.shapes,
            shape_starts=units.shape_starts,
            text=units.text,
        ),
        scopes=Scopes(
            starts=starts,
            units=numbers[wanted],
            cohort_trial=owners[cohorts],
            registered=scopes.registered[trials],
            conditions=scopes.conditions[trials],
        ),
    )


def wanted_questions(tables: Tables) -> NDArray[np.bool_]:
    """By question, whether a row of the tables asks it."""
    found = np.zeros(len(tables.questions.fact), dtype=np.bool_)
    found[tables.rows.question] = True
    return found


def _taken(starts: Ints, values: Ints, lists: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Some of many lists that lie one after the other: where each begins, and their values."""
    lengths = (starts[lists + 1] - starts[lists]).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum(lengths)])
    at = np.arange(begins[-1]) + np.repeat(starts[lists] - begins[:-1], lengths)
    return begins.astype(np.int32), values[at]
