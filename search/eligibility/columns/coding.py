"""Judgements and assessments of one criterion as small numbers: all that verdict, score and open questions look at.

The words of a reason are left out, and of a margin whether there is one. What remains has 192 values either way.
"""

from __future__ import annotations

import functools
from dataclasses import replace

from search.eligibility.assessment import Basis, CriterionAssessment, Judgement, Truth
from search.eligibility.criterion import Criterion
from search.eligibility.policy import Silence

TRUTHS = tuple(Truth)
BASES = tuple(Basis)
SILENCES = tuple(Silence)
_TRUTH = {truth: number for number, truth in enumerate(TRUTHS)}
_BASIS = {basis: number for number, basis in enumerate(BASES)}
SILENCE_NUMBER = {meaning: number for number, meaning in enumerate(SILENCES)}
CODES = len(TRUTHS) * len(BASES) * 16
"""Number of codes; every code is below it and fits a byte."""
_SOME_MARGIN = 0.0


def judgement_code(judgement: Judgement) -> int:
    """The code of a judgement."""
    head = _TRUTH[judgement.holds] * len(BASES) + _BASIS[judgement.basis]
    flags = (judgement.recoverable << 3) | ((judgement.margin is None) << 2) | (judgement.tentative << 1)
    return (head << 4) | flags | judgement.told


@functools.lru_cache(maxsize=CODES)
def judgement_of(code: int) -> Judgement:
    """A judgement with this code."""
    truth, basis = divmod(code >> 4, len(BASES))
    margin = None if code & 4 else _SOME_MARGIN
    return Judgement(
        TRUTHS[truth], "", BASES[basis], bool(code & 8), margin, tentative=bool(code & 2), told=bool(code & 1)
    )


def assessment_code(assessment: CriterionAssessment) -> int:
    """The code of an assessed criterion."""
    head = _TRUTH[assessment.truth] * len(BASES) + _BASIS[assessment.basis]
    flags = (assessment.recoverable << 3) | ((assessment.margin is None) << 2) | (assessment.hard << 1)
    return (head << 4) | flags | assessment.decisive


def assessment_of(code: int, criterion: Criterion) -> CriterionAssessment:
    """An assessment of a criterion with this code."""
    truth, basis = divmod(code >> 4, len(BASES))
    margin = None if code & 4 else _SOME_MARGIN
    return CriterionAssessment(
        criterion, TRUTHS[truth], BASES[basis], "", bool(code & 8), margin, (), bool(code & 2), bool(code & 1)
    )


def essential(assessment: CriterionAssessment) -> CriterionAssessment:
    """The same for grouping, class and score, without what none of them looks at.

    A margin counts only for what is assumed to be met, whether a failure can pass or is a hard one only for failures,
    whether it decides only for what is unknown. What it rests on counts for all: a failure may yet not apply.
    """
    failed = assessment.truth is Truth.NOT_MET
    assumed = assessment.truth is Truth.MET and assessment.basis is Basis.ASSUMED
    return replace(
        assessment,
        margin=assessment.margin if assumed else None,
        recoverable=assessment.recoverable and failed,
        hard=assessment.hard or not failed,
        decisive=assessment.decisive and assessment.truth is Truth.UNKNOWN,
    )
