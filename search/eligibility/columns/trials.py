"""From units to trials: common criteria AND (OR over cohorts) AND the registry's own fields."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.config import ScoreConfig
from search.eligibility.assess import TOTAL_DIGITS, structured_verdict
from search.eligibility.assessment import StructuredAssessment
from search.eligibility.columns.grouping import VERDICTS, Floats, Grouped
from search.eligibility.columns.likeness import of_age_and_sex, of_cancer
from search.eligibility.columns.recent import Recent
from search.eligibility.columns.tables import Bytes, Ints, Scopes
from search.eligibility.columns.vocabularies import Registered, Vocabularies
from search.eligibility.judge.age_sex import judge_structured
from search.eligibility.judge.cancer import judge_codes
from search.eligibility.known import Known
from search.eligibility.score import calibrated_all, structured_total
from search.trial import Eligibility, Sex

_TOTAL_BITS, _COUNT_BITS = 34, 7
_UNIT = 2.0**22
"""Parts of one in which totals are summed: exact to 2e-7 a unit of criteria."""
_SHIFTS = _TOTAL_BITS + _COUNT_BITS * np.arange(len(VERDICTS) - 1)
_WIDEST = 2**_COUNT_BITS - 1
_ADDED = np.array([0, *(1 << _SHIFTS)], dtype=np.int64)
"""By class, what one unit of it adds to a sum beside its total."""


@dataclass(frozen=True, slots=True)
class Combined:
    """What trials come to, shape (trials,) each."""

    verdicts: Bytes
    scores: NDArray[np.float32]
    best: Ints
    """The scope of the best cohort; -1 without."""


class Trials:
    """The trials of an index.

    Args:
        vocabularies: what the registry's fields say, by number.
        config: of the score.
    """

    def __init__(self, vocabularies: Vocabularies, config: ScoreConfig) -> None:
        self._config = config
        self._registered = [_eligibility(fields) for fields in vocabularies.registered]
        self._conditions = vocabularies.conditions
        self._fields: Recent[tuple[Bytes, Floats]] = Recent()
        self._diseases: Recent[tuple[Bytes, Floats]] = Recent()

    def combine(self, grouped: Grouped, known: Known, scopes: Scopes) -> Combined:
        """What trials come to for a patient.

        Args:
            grouped: what their units come to.
            known: the patient.
            scopes: the units of the trials.
        """
        classes, totals = _summed(grouped, scopes)
        trials = len(scopes.registered)
        verdicts, sums = classes[:trials].copy(), totals[:trials].copy()
        best = _best(classes, totals, scopes)
        with_cohort = np.flatnonzero(best >= 0)
        verdicts[with_cohort] = np.maximum(verdicts[with_cohort], classes[best[with_cohort]])
        sums[with_cohort] += totals[best[with_cohort]]
        fields = self._fields.of(of_age_and_sex(known), lambda: self._of_fields(known))
        diseases = self._diseases.of(of_cancer(known), lambda: self._of_diseases(known))
        for places, (ruled, told) in ((scopes.registered, fields), (scopes.conditions, diseases)):
            np.maximum(verdicts, ruled[places], out=verdicts)
            sums += told[places]
        return Combined(verdicts, calibrated_all(sums, verdicts, self._config), best)

    def _of_fields(self, known: Known) -> tuple[Bytes, Floats]:
        return self._structured([judge_structured(fields, known) for fields in self._registered])

    def _of_diseases(self, known: Known) -> tuple[Bytes, Floats]:
        found = [judge_codes(codes, known) for codes in self._conditions]
        return self._structured([*((one,) if one is not None else () for one in found), ()])  # -1 is the last

    def _structured(self, fields: list[tuple[StructuredAssessment, ...]]) -> tuple[Bytes, Floats]:
        classes = np.array([VERDICTS.index(structured_verdict(one)) for one in fields], dtype=np.uint8)
        return classes, np.array([structured_total(one, self._config) for one in fields])


def _summed(grouped: Grouped, scopes: Scopes) -> tuple[Bytes, Floats]:
    """Worst class and sum of totals of every scope.

    Both are summed in one pass over one array of integers: below the sum of totals, above it for each class the number
    of units in it, which a scope of no more than `_WIDEST` units cannot overflow.
    """
    packed = np.rint(grouped.totals * -_UNIT).astype(np.int64)
    packed += _ADDED[grouped.classes]
    lengths = np.diff(scopes.starts)
    sums = np.zeros(len(lengths), dtype=np.int64)
    filled = np.flatnonzero(lengths > 0)
    if len(filled):
        sums[filled] = np.add.reduceat(packed[scopes.units], scopes.starts[filled].astype(np.int64))
    classes = np.zeros(len(sums), dtype=np.uint8)
    for shift in _SHIFTS.tolist():
        classes += sums >= 1 << shift
    totals = (sums & ((1 << _TOTAL_BITS) - 1)) / -_UNIT
    for scope in np.flatnonzero(lengths > _WIDEST).tolist():
        own = scopes.units[scopes.starts[scope] : scopes.starts[scope + 1]]
        classes[scope], totals[scope] = grouped.classes[own].max(), grouped.totals[own].sum()
    return classes, totals


def _best(classes: Bytes, totals: Floats, scopes: Scopes) -> Ints:
    """The scope of each trial's best cohort: best class, highest total, first by name."""
    trials, count = len(scopes.registered), len(scopes.cohort_trial)
    best = np.full(trials, -1, dtype=np.int32)
    if count:
        own = np.arange(trials, trials + count, dtype=np.int32)
        order = np.lexsort((own, -np.round(totals[own], TOTAL_DIGITS), classes[own], scopes.cohort_trial))
        with_cohort, first = np.unique(scopes.cohort_trial[order], return_index=True)
        best[with_cohort] = own[order[first]]
    return best


def _eligibility(fields: Registered) -> Eligibility:
    low, high, sex = fields
    return Eligibility(minimum_age_days=low, maximum_age_days=high, sex=Sex(sex) if sex is not None else None)
