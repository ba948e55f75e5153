"""The registry's codes in plain words, for pages and for the `label` members of answers."""

from __future__ import annotations

from collections.abc import Sequence

from search.trial import DateStruct, OverallStatus, PartialDate, Phase, Trial

STATUS: dict[str, str] = {
    "RECRUITING": "Recruiting",
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "ENROLLING_BY_INVITATION": "By invitation only",
    "ACTIVE_NOT_RECRUITING": "Running, no longer recruiting",
    "SUSPENDED": "Paused",
    "TERMINATED": "Stopped early",
    "COMPLETED": "Completed",
    "WITHDRAWN": "Withdrawn before it began",
    "UNKNOWN": "Status not confirmed for over two years",
    "AVAILABLE": "Expanded access available",
    "NO_LONGER_AVAILABLE": "Expanded access ended",
    "TEMPORARILY_NOT_AVAILABLE": "Expanded access paused",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
    "WITHHELD": "Details withheld",
}
STATUS_SHORT: dict[str, str] = {**STATUS, "ACTIVE_NOT_RECRUITING": "Not recruiting", "UNKNOWN": "Not confirmed"}
"""For narrow columns."""
STATUS_SENTENCE: dict[str, str] = {
    "RECRUITING": "Yes, it is recruiting",
    "NOT_YET_RECRUITING": "Not yet; it has not started to recruit",
    "ENROLLING_BY_INVITATION": "Only people who are invited can take part",
    "ACTIVE_NOT_RECRUITING": "No, it is running but takes no new participants",
    "SUSPENDED": "No, recruitment is paused",
    "TERMINATED": "No, it was stopped early",
    "COMPLETED": "No, it has been completed",
    "WITHDRAWN": "No, it was withdrawn before the first participant",
    "UNKNOWN": "Nobody knows: its status has not been confirmed for over two years",
    "AVAILABLE": "The treatment is available through expanded access",
    "NO_LONGER_AVAILABLE": "No, this expanded access has ended",
    "TEMPORARILY_NOT_AVAILABLE": "No, this expanded access is paused",
    "APPROVED_FOR_MARKETING": "No, the treatment has been approved for marketing",
    "WITHHELD": "The registry withholds the details",
}
PHASE: dict[str, str] = {
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE2": "Phase 2",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
    "NA": "Phase not applicable",
}
STUDY_TYPE: dict[str, str] = {
    "INTERVENTIONAL": "Tests a treatment or procedure",
    "OBSERVATIONAL": "Observes only",
    "EXPANDED_ACCESS": "Expanded access",
}
INTERVENTION_TYPE: dict[str, str] = {
    "BEHAVIORAL": "Behavioural",
    "BIOLOGICAL": "Biological",
    "COMBINATION_PRODUCT": "Combination product",
    "DEVICE": "Device",
    "DIAGNOSTIC_TEST": "Diagnostic test",
    "DIETARY_SUPPLEMENT": "Dietary supplement",
    "DRUG": "Drug",
    "GENETIC": "Genetic",
    "PROCEDURE": "Procedure",
    "RADIATION": "Radiation",
    "OTHER": "Other",
}
SPONSOR_CLASS: dict[str, str] = {
    "NIH": "US National Institutes of Health",
    "FED": "Other US federal agency",
    "OTHER_GOV": "Other government",
    "INDIV": "Individual",
    "INDUSTRY": "Industry",
    "NETWORK": "Research network",
    "AMBIG": "Class unclear",
    "OTHER": "University, hospital or other",
    "UNKNOWN": "Class unknown",
}
SEX: dict[str, str] = {"ALL": "All sexes", "FEMALE": "Female", "MALE": "Male"}
YES_NO: dict[str, str] = {"true": "Results posted", "false": "No results posted"}
BRAIN_METASTASES: dict[str, str] = {"true": "Present", "false": "None"}
UNSPECIFIED: dict[str, str] = {"true": "Shown", "false": "Left out"}
FLAGS: dict[str, dict[str, str]] = {
    "has_results": YES_NO,
    "brain_metastases": BRAIN_METASTASES,
    "include_unspecified": UNSPECIFIED,
}
"""By parameter, the words for true and false."""
EXTENT: dict[str, str] = {
    "localized": "Localized",
    "locally_advanced": "Locally advanced",
    "advanced": "Advanced",
    "metastatic": "Metastatic",
    "oligometastatic": "Few metastases",
    "resectable": "Resectable",
    "unresectable": "Unresectable",
    "resected": "Resected",
    "newly_diagnosed": "Newly diagnosed",
    "recurrent": "Recurrent",
    "relapsed": "Relapsed",
    "refractory": "Refractory",
    "progressive": "Progressive",
    "castration_resistant": "Castration-resistant",
    "measurable_residual": "Measurable residual disease",
}
CNS: dict[str, str] = {
    "required": "Asked for",
    "allowed": "Allowed",
    "treated_stable": "Allowed if treated or stable",
    "excluded": "Excluded",
}
OUTCOME_KIND: dict[str, str] = {
    "primary": "Primary outcomes",
    "secondary": "Secondary outcomes",
    "other": "Other outcomes",
}
ROLE: dict[str, str] = {
    "EXPERIMENTAL": "under study",
    "COMPARATOR": "for comparison",
    "BACKGROUND": "background treatment",
}
SUGGESTION_KIND: dict[str, str] = {
    "condition": "Condition",
    "intervention": "Treatment",
    "cancer_type": "Cancer type",
    "nct_id": "Trial",
}

_OPEN = frozenset({OverallStatus.RECRUITING, OverallStatus.AVAILABLE})
_SOON = frozenset({OverallStatus.NOT_YET_RECRUITING, OverallStatus.ENROLLING_BY_INVITATION})
_STOPPED = frozenset({OverallStatus.SUSPENDED, OverallStatus.TERMINATED, OverallStatus.WITHDRAWN})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def status_label(status: OverallStatus | None) -> str:
    """A recruitment status in plain words."""
    return STATUS[status.value] if status else "Status not stated"


def status_tone(status: OverallStatus | None) -> str:
    """The colour of a status badge: open, soon, stopped or closed. The words carry the meaning, not the colour."""
    if status in _OPEN:
        return "open"
    if status in _SOON:
        return "soon"
    return "stopped" if status in _STOPPED else "closed"


def phase_label(phases: Sequence[Phase]) -> str | None:
    """ "Phase 1/2" for a trial of two phases; None where none is given."""
    if not phases:
        return None
    if len(phases) == 1:
        return PHASE[phases[0].value]
    return "Phase " + "/".join(phase.value.removeprefix("EARLY_").removeprefix("PHASE") for phase in phases)


def date_label(date: PartialDate | DateStruct | None) -> str | None:
    """A date at its own precision ("2026", "Jun 2026", "5 Jun 2026"), with "expected" where the registry estimates."""
    if date is None:
        return None
    if isinstance(date, DateStruct):
        text = date_label(date.date)
        return f"{text} (expected)" if date.actual is False else text
    if date.month is None:
        return f"{date.year}"
    month = f"{_MONTHS[date.month - 1]} {date.year}"
    return month if date.day is None else f"{date.day} {month}"


def iso_date_label(text: str | None) -> str | None:
    """An ISO date or time stamp as `date_label` writes it; anything else as it stands."""
    if not text:
        return None
    parts = text[:10].split("-")
    if not 1 <= len(parts) <= 3 or not all(part.isdigit() for part in parts):
        return text
    year, *rest = (int(part) for part in parts)
    if rest and not 1 <= rest[0] <= 12:
        return text
    return date_label(PartialDate(year, *rest))


def age_label(trial: Trial) -> str:
    """Who may take part by age, in the registry's own units: "18 years or older", "any age" …"""
    low, high = (_age_words(age) for age in (trial.eligibility.minimum_age, trial.eligibility.maximum_age))
    if low and high:
        return f"{low} to {high}"
    if low:
        return f"{low} or older"
    return f"{high} or younger" if high else "no age limit stated"


def _age_words(age: str | None) -> str | None:
    return age.lower() if age else None


def count_label(number: int, singular: str, plural: str | None = None) -> str:
    """ "1 trial", "8,913 trials"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
