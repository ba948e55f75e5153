"""The compiled criteria of an index: arrays and small vocabularies, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the questions' judges say of a patient; all of shape (questions,).

    `judgements` are codes of `coding`, `silences` places of `coding.SILENCES`, `missing` numbers of the lists of facts
    that would decide.
    """

    judgements: Bytes
    silences: Bytes
    missing: Ints


@dataclass(frozen=True, slots=True)
class Postings:
    """Numbers by name; see `postings`."""

    names: bytes
    """A JSON list."""
    starts: Ints
    """(names + 1,) into `numbers`."""
    numbers: Ints


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions, `Q` of them."""

    facts: bytes
    """The facts, as `encode_criteria` writes criteria that hold them."""
    fact: Ints
    """(Q,) place of the question's fact among those."""
    requirement: Bytes
    section: Bytes
    matters: Ints
    """Places of unread words that name a deciding matter."""
    words: bytes
    """Quote and clause of each question, one text after the other in UTF-8, compressed."""
    lengths: Ints
    """(2 Q,) of those texts, in bytes."""
    telling: Postings
    """Questions by the telling words of what their judges read; see `wording`."""
    therapies: Postings
    """Questions for conditions by the therapies that they name."""
    silent: Judged
    """What is said of a patient of whom nothing is known."""
    present: Judged
    """Of a condition that the patient has, and nothing else was told of it; of other kinds as of the silent patient."""
    absent: Judged


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows, `R` of them; see `rows.Row`."""

    question: Ints
    turn: Ints
    said_of: Ints
    permit: Ints
    exception: Ints
    confidence: NDArray[np.float64]
    """Of the criterion: as many values as readings, so that it is no part of a turn."""


@dataclass(frozen=True, slots=True)
class Units:
    """Units of several rows, `M` of them. Unit `R + m` is the m-th; a unit below `R` is the row of that number."""

    starts: Ints
    """(M + 1,) into `rows`."""
    rows: Ints
    shape: Ints
    shapes: bytes
    """Criteria of each shape, as `encode_criteria` writes them, one after the other."""
    shape_starts: Ints
    text: bytes
    """The lines that they stand in, compressed."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """Sets of units that must all hold: first one for each trial, then the cohorts that bind, by trial and name."""

    starts: Ints
    """(scopes + 1,) into `units`."""
    units: Ints
    cohort_trial: Ints
    """(scopes - trials,) the trial of each cohort."""
    registered: Ints
    """(trials,) place of the registry's age and sex fields."""
    conditions: Ints
    """(trials,) place of the diseases of a record whose text asks for none; -1 without."""


@dataclass(frozen=True, slots=True)
class Tables:
    """All of it."""

    nct_ids: NDArray[np.bytes_]
    questions: Questions
    rows: Rows
    units: Units
    scopes: Scopes
    vocabularies: bytes
    """JSON of what the other tables' numbers mean; see `vocabularies.Vocabularies`."""
