"""Assessments as the JSON objects of the API: a verdict in short, and criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.assess_command import answer_of
from api.patients import PatientReading
from search.eligibility.assessment import Assessment, CriterionAssessment, Group, Truth, Verdict
from search.eligibility.changes import Change
from search.eligibility.criterion import Criteria, Criterion
from search.eligibility.flat import flat_item
from search.eligibility.questions import Question

VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.LIKELY: "Likely eligible",
    Verdict.POSSIBLY: "Possibly eligible",
    Verdict.CHECK: "To be checked",
    Verdict.NEEDS_CHANGE: "Needs a change",
    Verdict.NOT_ELIGIBLE: "Not eligible",
}
VERDICT_MEANINGS: Mapping[Verdict, str] = {
    Verdict.LIKELY: "All that decides is stated and fits, as far as the text was understood.",
    Verdict.POSSIBLY: "Nothing rules you out; facts that decide are not stated.",
    Verdict.CHECK: "Something seems to rule you out, in words that were not read for certain.",
    Verdict.NEEDS_CHANGE: "Something rules you out now that can pass.",
    Verdict.NOT_ELIGIBLE: "A criterion rules you out.",
}


def verdict_answer(assessment: Assessment) -> dict[str, object]:
    """The verdict in the interchange format, with its class, the best cohort and the facts that are missing."""
    return {
        **answer_of(assessment),
        "verdict_class": assessment.verdict.value,
        "verdict_label": VERDICT_LABELS[assessment.verdict],
        "best_cohort": assessment.best_cohort,
        "missing": missing_facts(assessment),
    }


def missing_facts(assessment: Assessment) -> list[str]:
    """Fields of the profile that keep the trial open, in the order of its text."""
    found: dict[str, None] = {}
    for group in shown_groups(assessment):
        for member in group.members:
            if group.truth is Truth.UNKNOWN and member.truth is Truth.UNKNOWN and member.decisive:
                found |= dict.fromkeys(member.missing)
    return list(found)


def shown_groups(assessment: Assessment) -> list[Group]:
    """The groups of the whole trial and of its best cohort."""
    best = [cohort for cohort in assessment.cohorts if cohort.name == assessment.best_cohort]
    return [*assessment.groups, *(group for cohort in best for group in cohort.groups)]


def patient_answer(reading: PatientReading) -> dict[str, object]:
    """What was understood of a patient, and what could not be read."""
    return {
        "profile": dict(reading.profile),
        "facts": [
            {
                "key": fact.key,
                "value": fact.value,
                "start": fact.start,
                "end": fact.end,
                "quote": fact.quote,
                "path": fact.path,
            }
            for fact in reading.facts
        ],
        "unread": [{"field": one.field, "problem": one.problem} for one in reading.unread],
    }


def eligibility_answer(
    nct_id: str, text: str, criteria: Criteria, assessment: Assessment, changes: Iterable[Change]
) -> dict[str, object]:
    """Everything that was judged of one trial: every line of the text, the record's fields, cohorts, changes."""
    judged = judgements(assessment)
    by_line: dict[int, list[Criterion]] = {}
    for item in criteria.items:
        by_line.setdefault(item.line, []).append(item)
    return {
        "nct_id": nct_id,
        **verdict_answer(assessment),
        "fields": [
            {"field": one.field, "value": one.value, "truth": one.truth.value, "reason": one.reason}
            for one in assessment.structured
        ],
        "cohorts": [
            {"name": one.name, "verdict_class": one.verdict.value, "verdict": one.verdict.exported}
            for one in assessment.cohorts
        ],
        "lines": [
            {
                "quote": text[line.start : line.end],
                "start": line.start,
                "end": line.end,
                "section": line.section.value,
                "heading": line.heading,
                "cohort": line.cohort,
                "criteria": [criterion_answer(item, judged.get(item)) for item in by_line.get(number, ())],
            }
            for number, line in enumerate(criteria.lines)
        ],
        "changes": [change_answer(change) for change in changes],
    }


def judgements(assessment: Assessment) -> dict[Criterion, CriterionAssessment]:
    """What was judged of each criterion; of one that binds several cohorts, in the best."""
    found: dict[Criterion, CriterionAssessment] = {}
    ordered = [*shown_groups(assessment), *(group for cohort in assessment.cohorts for group in cohort.groups)]
    for group in ordered:
        for member in group.members:
            found.setdefault(member.criterion, member)
    return found


def criterion_answer(item: Criterion, judged: CriterionAssessment | None) -> dict[str, object]:
    """One criterion in its flat form, with what was judged of it."""
    answer = flat_item(item)
    if judged is None:  # of a cohort that is no patient's way in
        return {**answer, "truth": Truth.NOT_APPLICABLE.value, "reason": "concerns others", "basis": None}
    return {
        **answer,
        "truth": judged.truth.value,
        "reason": judged.reason,
        "basis": judged.basis.value,
        "decisive": judged.decisive,
        "recoverable": judged.recoverable,
        "margin": None if judged.margin is None else round(judged.margin, 4),
        "missing": list(judged.missing),
        "hard": judged.hard,
    }


def change_answer(change: Change) -> dict[str, object]:
    """What would let the patient in."""
    return {
        "words": change.words,
        "verdict_class": change.verdict.value,
        "verdict": change.verdict.exported,
        "score": round(change.score, 6),
        "steps": [
            {
                "field": step.field,
                "now": step.now,
                "needed": step.needed,
                "how": step.how,
                "wait_days": step.wait_days,
                "on": step.on.isoformat() if step.on else None,
                "quote": step.criterion.evidence.quote,
            }
            for step in change.steps
        ],
    }


def question_answer(question: Question) -> dict[str, object]:
    """A question with its answers as fragments of a profile."""
    return {
        "topic": question.topic,
        "text": question.text,
        "form": question.form.value,
        "options": [{"label": option.label, "profile": dict(option.profile)} for option in question.options],
        "facts": list(question.facts),
        "effort": question.effort.value,
        "gain": round(question.gain, 4),
        "trials": question.trials,
        "settles": question.settles,
        "rules_out": round(question.rules_out, 2),
    }
