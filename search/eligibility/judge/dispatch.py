"""The judge of a kind."""

from __future__ import annotations

from search.eligibility.assessment import Judgement
from search.eligibility.context import TrialWords
from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criterion,
    Extent,
    Lab,
    LineCount,
    Opaque,
    Performance,
    PriorTherapy,
    SexIs,
    Stage,
)
from search.eligibility.judge.age_sex import judge_age, judge_sex
from search.eligibility.judge.biomarker import judge_biomarker
from search.eligibility.judge.cancer import judge_cancer
from search.eligibility.judge.cns import judge_cns
from search.eligibility.judge.conditions import judge_condition, judge_opaque
from search.eligibility.judge.extent import judge_extent
from search.eligibility.judge.labs import judge_lab
from search.eligibility.judge.lines import judge_lines
from search.eligibility.judge.performance import judge_performance
from search.eligibility.judge.stage import judge_stage
from search.eligibility.judge.therapy import judge_therapy
from search.eligibility.known import Known


def judge(criterion: Criterion, known: Known, words: TrialWords) -> Judgement:
    """Whether a criterion's fact holds of a patient, whatever its requirement makes of that."""
    asked = criterion.requirement
    match criterion.fact:
        case Cancer() as fact:
            return judge_cancer(fact, asked, known)
        case Stage() as fact:
            return judge_stage(fact, asked, known, criterion.evidence.quote)
        case Extent() as fact:
            return judge_extent(fact, known)
        case Biomarker() as fact:
            return judge_biomarker(fact, known)
        case PriorTherapy() as fact:
            return judge_therapy(fact, asked, known, words.clause(criterion), words.near(criterion))
        case LineCount() as fact:
            return judge_lines(fact, known)
        case Performance() as fact:
            return judge_performance(fact, known)
        case Age() as fact:
            return judge_age(fact, known)
        case SexIs() as fact:
            return judge_sex(fact, known)
        case Lab() as fact:
            return judge_lab(fact, known)
        case Cns() as fact:
            return judge_cns(fact, known)
        case Condition() as fact:
            quote, near, clause = criterion.evidence.quote, words.near(criterion), words.clause(criterion)
            return judge_condition(fact, asked, known, quote, near, clause)
        case Opaque():
            return judge_opaque(asked, known, criterion.evidence.quote)
