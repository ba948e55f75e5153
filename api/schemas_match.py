"""The form of requests and answers about a patient, for the OpenAPI description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import CriterionValue, FiltersBody, HitValue, SearchAnswer, StrictModel

VerdictWord = Literal["eligible", "ineligible", "undetermined"]
VerdictClass = Literal["likely", "possibly", "check", "needs_change", "not_eligible"]
Profile = dict[str, Any]


class PatientBody(StrictModel):
    """A patient: a profile, a note or a FHIR R4 bundle; a profile may stand beside a note or bundle and then prevails.

    Nothing of it is kept or logged.
    """

    profile: Profile | None = Field(None, description="age, sex, cancer, stage, biomarkers … A missing key: not stated")
    note: str | None = Field(None, description="Free text in English, up to 100,000 characters")
    fhir: dict[str, Any] | None = Field(None, description="HL7 FHIR R4 bundle, in mCODE's profiles where it has them")


class MatchBody(PatientBody):
    """A patient, and perhaps what to search for."""

    query: str | None = Field(None, description="Otherwise the note, or the disease of the profile, is searched for")
    filters: FiltersBody | None = None
    size: int = Field(10, ge=1, le=100)
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    explain: bool = Field(False, description="Add the score waterfall to each hit")
    hide_ineligible: bool = Field(False, description="Leave out the trials that rule the patient out")
    questions: bool = Field(False, description="Add the next best questions")
    asked: list[str] | None = Field(None, description="Topics of questions that were asked already")


class QuestionsBody(PatientBody):
    """A patient, and perhaps what to search for."""

    query: str | None = None
    filters: FiltersBody | None = None
    asked: list[str] | None = Field(None, description="Topics of questions that were asked already")


class BatchPatient(PatientBody):
    """A patient with an id of the caller's choice."""

    id: str | None = None


class AssessBody(StrictModel):
    """Patients and trials, at most 2,000 pairs."""

    patients: list[BatchPatient] = Field(min_length=1, max_length=100)
    nct_ids: list[str] = Field(min_length=1, max_length=500)


class ReadFactValue(StrictModel):
    """A fact that was read: `note[start:end] == quote`, or the path of a FHIR resource."""

    key: str
    value: Any
    start: int | None
    end: int | None
    quote: str | None
    path: str | None


class UnreadValue(StrictModel):
    """Something that was told and could not be used."""

    field: str = Field(description="Field of the profile, or path in the bundle")
    problem: str


class PatientAnswer(StrictModel):
    """What was understood of a patient."""

    profile: Profile
    facts: list[ReadFactValue] = Field(description="Of a note or bundle")
    unread: list[UnreadValue]


class DecisiveValue(StrictModel):
    """A criterion that the verdict rests on; of a field of the record the quote is empty."""

    quote: str
    start: int
    end: int
    truth: Literal["met", "not_met", "unknown"]
    reason: str


class VerdictValue(StrictModel):
    """A verdict: in the interchange format's words, and as one of five classes."""

    verdict: VerdictWord
    score: float = Field(ge=0, le=1, description="Estimated chance of being eligible")
    decisive: list[DecisiveValue]
    verdict_class: VerdictClass
    verdict_label: str
    best_cohort: str | None
    missing: list[str] = Field(description="Fields of the profile that would decide")


class StepValue(StrictModel):
    """A fact that would have to change."""

    field: str
    now: str
    needed: str
    how: Literal["re-test", "re-assessment", "waiting"]
    wait_days: int | None
    on: str | None
    quote: str


class ChangeValue(StrictModel):
    """One or two facts that would let the patient in."""

    words: str
    verdict_class: VerdictClass
    verdict: VerdictWord
    score: float
    steps: list[StepValue]


class MatchHit(HitValue, VerdictValue):
    """A trial for the patient. `score` is the chance of being eligible, `rank_score` orders the hits."""

    rank_score: float
    changes: list[ChangeValue] = Field(
        description="What would let the patient in, where something that can pass rules out"
    )


class CountValue(StrictModel):
    """Trials of a class of verdict."""

    verdict_class: VerdictClass
    verdict: VerdictWord
    label: str
    count: int


class OptionValue(StrictModel):
    """A possible answer: merge `profile` into the patient's. A laboratory entry lacks its `value`, to be filled in."""

    label: str
    profile: Profile


class QuestionValue(StrictModel):
    """A question, with what its answer is worth."""

    topic: str
    text: str
    form: Literal["choice", "choices", "numbers", "text"]
    options: list[OptionValue]
    facts: list[str] = Field(description="Fields of the profile that it answers, most asked for first")
    effort: Literal["told", "looked_up", "measured", "tested"]
    gain: float = Field(description="Expected information in bits over the trials")
    trials: int = Field(description="Trials that ask for it")
    settles: int = Field(description="Trials that wait for nothing else")
    rules_out: float = Field(description="Trials that it is expected to rule out")


class QuestionsAnswer(StrictModel):
    """The next best questions."""

    questions: list[QuestionValue]
    patient: PatientAnswer
    data_as_of: str | None
    generation: str
    fictitious: bool


class MatchAnswer(SearchAnswer):
    """A page of trials for a patient; those that rule the patient out come last."""

    hits: list[MatchHit]  # type: ignore[assignment]
    counts: list[CountValue] = Field(description="Trials of the whole index by verdict")
    patient: PatientAnswer
    questions: list[QuestionValue] = Field(description="Where they were asked for")


class JudgedCriterion(CriterionValue):
    """A criterion with what was judged of it."""

    truth: Literal["met", "not_met", "unknown", "not_applicable"]
    reason: str
    basis: Literal["known", "derived", "assumed"] | None


class JudgedLine(StrictModel):
    """A line of the eligibility text: `quote == text[start:end]`."""

    quote: str
    start: int
    end: int
    section: Literal["inclusion", "exclusion"]
    heading: bool
    cohort: str | None
    criteria: list[JudgedCriterion]


class JudgedField(StrictModel):
    """A field of the registry record: minimum_age, maximum_age, sex or conditions."""

    field: str
    value: str
    truth: Literal["met", "not_met", "unknown", "not_applicable"]
    reason: str


class CohortValue(StrictModel):
    """A cohort alone, without the criteria of the whole trial."""

    name: str
    verdict_class: VerdictClass
    verdict: VerdictWord


class EligibilityAnswer(VerdictValue):
    """One patient and one trial, criterion by criterion."""

    nct_id: str
    fields: list[JudgedField]
    cohorts: list[CohortValue]
    lines: list[JudgedLine]
    changes: list[ChangeValue]
    patient: PatientAnswer
    data_as_of: str | None
    generation: str
    fictitious: bool


class BatchResult(VerdictValue):
    """A trial's verdict for one patient."""

    nct_id: str


class BatchAnswer(StrictModel):
    """One patient's verdicts."""

    id: Any
    unread: list[UnreadValue]
    results: list[BatchResult]


class AssessAnswer(BaseModel):
    """Verdicts of patients x trials."""

    model_config = ConfigDict(extra="forbid")

    patients: list[BatchAnswer]
    not_found: list[str]
    data_as_of: str | None
    generation: str
    fictitious: bool


BODIES: tuple[type[BaseModel], ...] = (PatientBody, MatchBody, QuestionsBody, AssessBody)
"""Models that only request bodies name."""
