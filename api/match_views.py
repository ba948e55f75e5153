"""The pages about a patient: the form with ranked trials, and one trial criterion by criterion."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api import sites
from api.answers import explanation_answer, registry_url
from api.assessments import VERDICT_LABELS, VERDICT_MEANINGS, judgements, missing_facts, shown_groups
from api.cancer_names import cancer_name, find_code
from api.match import Matched
from api.match_requests import MatchRequest
from api.patient_form import FACT_FIELDS
from api.patients import PatientReading, merged
from api.views import recruiting_answer, render_page
from search.eligibility.asking import shown
from search.eligibility.assessment import Assessment, Basis, CriterionAssessment, Truth
from search.eligibility.changes import Change
from search.eligibility.criterion import Criterion
from search.eligibility_text import unescaped
from search.index.base import Manifest, StoredDocument

_MOST_QUOTES = 3
_MOST_MISSING = 6
_TRUTHS = {"met": "Fits", "not_met": "Does not fit", "unknown": "Not known", "not_applicable": "Does not apply"}
_ORDER = (Truth.NOT_MET, Truth.UNKNOWN, Truth.MET, Truth.NOT_APPLICABLE)
_EMPTY: Mapping[str, str] = {}
TEXT_FIELDS: Mapping[str, str] = {"age": "p_age", "cancer": "p_cancer", "treatments": "p_treatments"}
"""Questions that are answered in a field of the form, by topic."""


@dataclass(frozen=True, slots=True)
class QuoteView:
    """The registry's words that decide, with what was judged of them."""

    quote: str
    truth: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the eligibility text with what was judged of it."""

    text: str
    heading: bool
    truth: str
    label: str
    notes: tuple[str, ...]
    cohort: str | None


def match_form(manifest: Manifest) -> str:
    """The empty form."""
    return render_page("match.html", manifest=manifest, **_form(_EMPTY, (), {}), found=None, hits=(), reading=None)


def match_page(asked: MatchRequest, found: Matched) -> str:
    """The form with the trials for a patient."""
    near = asked.search.filters.near
    answered = _answered(asked)
    return render_page(
        "match.html",
        manifest=found.result.manifest,
        **_form(asked.form, asked.asked, answered),
        found=found,
        reading=asked.reading,
        understood=understood(asked.reading),
        counts=[(verdict, VERDICT_LABELS[verdict], count) for verdict, count in found.counts.items()],
        hidden=asked.hide_ineligible,
        asked_search=asked.search,
        question=found.questions[0] if found.questions else None,
        question_field=TEXT_FIELDS.get(found.questions[0].topic) if found.questions else None,
        options=[(option.label, json.dumps(option.profile, sort_keys=True)) for option in found.questions[0].options]
        if found.questions
        else [],
        numbers=_numbers(found),
        hits=[
            {
                "hit": one.hit,
                "verdict": one.assessment.verdict,
                "label": VERDICT_LABELS[one.assessment.verdict],
                "percent": round(100 * one.assessment.score),
                "quotes": quotes(one.assessment)[:_MOST_QUOTES],
                "missing": [shown(fact) for fact in missing_facts(one.assessment)][:_MOST_MISSING],
                "changes": one.changes[:2],
                "sites": sites.summarize(one.hit.trial.sites, near, one.hit.distance_km),
                "explanation": explanation_answer(one.hit.explanation) if one.hit.explanation else None,
                "cohort": one.assessment.best_cohort,
            }
            for one in found.hits
        ],
    )


def _form(form: Mapping[str, str], asked: Sequence[str], answered: Mapping[str, object]) -> dict[str, object]:
    return {
        "form": {name: form.get(name, "") for name in (*FACT_FIELDS, "note", "fhir", "query")},
        "asked": tuple(asked),
        "answered": json.dumps(answered, sort_keys=True) if answered else "",
    }


def _answered(asked: MatchRequest) -> dict[str, object]:
    """What was answered so far, to be sent with the next step."""
    found: dict[str, object] = {}
    for fragment in asked.answers:
        found = merged(found, fragment)
    return found


def _numbers(found: Matched) -> list[tuple[str, str]]:
    """Label and field of the values that a question asks for."""
    if not found.questions or found.questions[0].form.value != "numbers":
        return []
    answers = []
    for option in found.questions[0].options:
        entries = option.profile.get("labs")
        if isinstance(entries, list) and entries:
            entry = entries[0]
            answers.append((option.label, f"number:{entry['analyte']}|{entry.get('unit', '')}"))
    return answers


def understood(reading: PatientReading) -> list[tuple[str, str]]:
    """What was understood, in words, by topic."""
    found = []
    for key, name in _TOPICS.items():
        words = _words(key, reading.profile[key]) if key in reading.profile else ""
        if words:
            found.append((name, words))
    return found


_TOPICS: Mapping[str, str] = {
    "age": "Age",
    "sex": "Sex",
    "cancer": "Cancer",
    "stage": "Stage",
    "tnm": "TNM",
    "extent": "Extent of disease",
    "performance": "Performance status",
    "biomarkers": "Biomarkers",
    "panels": "Tested without a finding",
    "prior_therapies": "Treatments",
    "prior_lines": "Prior lines",
    "labs": "Laboratory values",
    "cns": "Brain and spinal cord",
    "conditions": "Other conditions",
    "place": "Place",
    "as_of": "Date of these facts",
}


def _words(key: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, (_words(key, one) for one in value))) if value else "none"
    if isinstance(value, Mapping):
        if key == "conditions":
            return ", ".join(f"{name}: {_words(name, part)}" for name, part in value.items())
        ordered = sorted(value.items(), key=lambda item: _ENTRY.index(item[0]) if item[0] in _ENTRY else len(_ENTRY))
        parts = [_PARTS.get(name, "{}").format(_words(name, part)) for name, part in ordered]
        return (" " if key in ("performance", "labs", "biomarkers") else ", ").join(filter(None, parts))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "cancer" and isinstance(value, str):
        return cancer_name(value) if find_code(value) else value
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


_ENTRY = ("scale", "analyte", "marker", "state", "therapy", "value", "unit")
"""Members of an entry in the order in which they are said."""
_PARTS: Mapping[str, str] = {
    "line": "line {}",
    "days_ago": "{} days ago",
    "duration_days": "for {} days",
    "cycles": "{} cycles",
    "uln": "(ULN {})",
    "lln": "(LLN {})",
}


def quotes(assessment: Assessment) -> list[QuoteView]:
    """The words that decide, failures first; fields of the record before them."""
    found = [
        QuoteView(f"{_plain(one.field)}: {one.value}", one.truth.value, _TRUTHS[one.truth], one.reason)
        for one in assessment.structured
        if not one.truth.fulfils
    ]
    return found + [_quote(one) for one in assessment.decisive]


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _quote(one: CriterionAssessment) -> QuoteView:
    quote = " ".join(unescaped(one.criterion.evidence.quote).split())
    truth = "met" if one.truth.fulfils else one.truth.value
    return QuoteView(quote, truth, _TRUTHS[truth], one.reason)


def eligibility_page(
    nct_id: str,
    document: StoredDocument,
    manifest: Manifest,
    asked: MatchRequest,
    assessment: Assessment,
    changes: Sequence[Change],
) -> str:
    """One trial for a patient, line by line."""
    trial = document.trial
    status = trial.overall_status.value if trial.overall_status else None
    return render_page(
        "eligibility.html",
        manifest=manifest,
        nct_id=nct_id,
        trial=trial,
        registry_url=registry_url(trial),
        answer=recruiting_answer(status),
        verdict=assessment.verdict,
        label=VERDICT_LABELS[assessment.verdict],
        meaning=VERDICT_MEANINGS[assessment.verdict],
        percent=round(100 * assessment.score),
        quotes=quotes(assessment),
        missing=[shown(fact) for fact in missing_facts(assessment)],
        changes=changes,
        cohorts=[(one.name, one.verdict, VERDICT_LABELS[one.verdict]) for one in assessment.cohorts],
        best_cohort=assessment.best_cohort,
        fields=[
            (_plain(one.field), one.value, one.truth.value, _TRUTHS[one.truth], one.reason)
            for one in assessment.structured
        ],
        lines=line_views(document, assessment),
        understood=understood(asked.reading),
        reading=asked.reading,
        **_form(asked.form, asked.asked, _answered(asked)),
    )


def line_views(document: StoredDocument, assessment: Assessment) -> list[LineView]:
    """Every line of the text; alternatives of which one fits count as fitting."""
    text = document.trial.eligibility.criteria or ""
    judged = judgements(assessment)
    by_group: dict[Criterion, Truth] = {}
    for group in (*shown_groups(assessment), *(g for cohort in assessment.cohorts for g in cohort.groups)):
        for member in group.members:
            by_group.setdefault(member.criterion, group.truth)
    by_line: dict[int, list[Criterion]] = {}
    for item in document.criteria.items:
        by_line.setdefault(item.line, []).append(item)
    views = []
    for number, line in enumerate(document.criteria.lines):
        items = [item for item in by_line.get(number, ()) if item in judged]
        truth = _worst(by_group[item] for item in items) if items else None
        notes = dict.fromkeys(_note(judged[item]) for item in items)
        words = " ".join(unescaped(text[line.start : line.end]).split()).lstrip("*-• ")
        name = "" if line.heading or truth is None else truth.value
        views.append(LineView(words, line.heading, name, _TRUTHS.get(name, ""), tuple(notes), line.cohort))
    return views


def _worst(truths: Iterable[Truth]) -> Truth:
    return min(truths, key=_ORDER.index)


def _note(one: CriterionAssessment) -> str:
    silent = one.basis is Basis.ASSUMED and "assumed" not in one.reason
    return f"{one.reason} (assumed)" if silent else one.reason
