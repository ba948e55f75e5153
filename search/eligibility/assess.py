"""`assess`: one patient and one trial's criteria become a verdict, a score and the criteria they rest on."""

from __future__ import annotations

from collections.abc import Iterable

from search.eligibility.assessment import (
    Assessment,
    Basis,
    CohortAssessment,
    CriterionAssessment,
    Group,
    StructuredAssessment,
    Truth,
    Verdict,
)
from search.eligibility.context import TrialWords, words_of
from search.eligibility.criterion import Cancer, Criteria, Criterion, Requirement
from search.eligibility.judge.age_sex import judge_structured, reconciled
from search.eligibility.judge.cancer import judge_conditions
from search.eligibility.known import Known
from search.eligibility.known import known as known_of
from search.eligibility.logic import grouped, verdict_of, worse
from search.eligibility.scopes import Cohort, apart, cohorts_of
from search.eligibility.score import calibrated, structured_total, total_of
from search.patient import Patient
from search.trial import Trial

_ORDER = tuple(Verdict)

TOTAL_DIGITS = 5
"""Decimals to which cohorts' totals are compared: the order of a sum must not decide between equals."""


def assess(patient: Patient, criteria: Criteria, trial: Trial | None = None) -> Assessment:
    """Decide every criterion, and the trial as common criteria AND (OR over cohorts).

    Args:
        patient: what is known.
        criteria: the trial's criteria.
        trial: the record; with it, the registry's age and sex fields rule at trial level.
    """
    known = known_of(patient)
    criteria = reconciled(criteria, trial.eligibility) if trial is not None else criteria
    structured = _registered(trial, criteria, known) if trial is not None else ()
    words = words_of(criteria, (trial.eligibility.criteria or "") if trial is not None else "")
    allowed = [item for item in criteria.items if item.requirement is Requirement.ALLOWED]
    groups = grouped(criteria.common(), known, words, [item for item in allowed if item.cohort is None])
    verdict = worse(verdict_of(groups), structured_verdict(structured))
    total = total_of(groups) + structured_total(structured)
    cohorts = tuple(_cohort(criteria, one, known, words, allowed) for one in cohorts_of(criteria))
    best: CohortAssessment | None = None
    binding = apart(criteria)
    if cohorts:
        best = min(
            cohorts,
            key=lambda one: (_ORDER.index(one.verdict), -round(total_of(one.groups), TOTAL_DIGITS), one.name),
        )
        if binding:
            verdict = worse(verdict, best.verdict)
            total += total_of(best.groups)
    shown = (*groups, *(best.groups if best is not None and binding else ()))
    return Assessment(
        verdict=verdict,
        score=calibrated(total, verdict),
        groups=groups,
        cohorts=cohorts,
        best_cohort=best.name if best is not None else None,
        decisive=_decisive(shown, verdict),
        structured=structured,
    )


def _registered(trial: Trial, criteria: Criteria, known: Known) -> tuple[StructuredAssessment, ...]:
    """The record's own fields; its conditions only where the text asks for no disease."""
    found = judge_structured(trial.eligibility, known)
    conditions = judge_conditions(trial, known) if not asks_for_disease(criteria) else None
    return found if conditions is None else (*found, conditions)


def asks_for_disease(criteria: Criteria) -> bool:
    """Whether the text names a disease that a patient must have."""
    return any(isinstance(item.fact, Cancer) and item.requirement is Requirement.REQUIRED for item in criteria.items)


def _cohort(
    criteria: Criteria, cohort: Cohort, known: Known, words: TrialWords, allowed: list[Criterion]
) -> CohortAssessment:
    own = [item for item in allowed if item.cohort is None or cohort.binds(item)]
    groups = grouped((item for item in criteria.items if cohort.binds(item)), known, words, own)
    return CohortAssessment(cohort.name, verdict_of(groups), groups)


def structured_verdict(fields: Iterable[StructuredAssessment]) -> Verdict:
    """The class that the registry's fields come to."""
    fields = tuple(fields)
    ruling = {field.truth for field in fields if field.field != "conditions"}
    if Truth.NOT_MET in ruling:
        return Verdict.NOT_ELIGIBLE
    if any(field.truth is Truth.NOT_MET for field in fields):
        return Verdict.CHECK  # conditions are keywords: they say what a trial is about, not whom it takes
    return Verdict.POSSIBLY if Truth.UNKNOWN in ruling else Verdict.LIKELY


_SHOWN = 8
"""Criteria that are named as deciding."""


def _decisive(groups: tuple[Group, ...], verdict: Verdict) -> tuple[CriterionAssessment, ...]:
    """Failures first, then open questions; for a likely trial the criteria that a stated fact meets."""

    def rank(group: Group) -> tuple[int, int]:
        lead = group.leading
        if group.truth is Truth.NOT_MET:
            return (0 if lead.hard and not lead.recoverable else 1 if lead.hard else 2, lead.criterion.evidence.start)
        if group.truth is Truth.UNKNOWN:
            return (3 if lead.decisive else 5, lead.criterion.evidence.start)
        return (4 if lead.basis is not Basis.ASSUMED else 6, lead.criterion.evidence.start)

    ordered = sorted(groups, key=rank)
    limit = {Verdict.LIKELY: 5}.get(verdict, 4)
    return tuple(group.leading for group in ordered if rank(group)[0] < limit)[:_SHOWN]
