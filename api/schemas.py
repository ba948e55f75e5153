"""The form of requests and answers, for the OpenAPI description. `api.answers` builds what these describe."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from search.trial import InterventionRole, InterventionType, OverallStatus, Phase, Sex, SponsorClass, StudyType, Trial


class StrictModel(BaseModel):
    """A model without members of other names."""

    model_config = ConfigDict(extra="forbid")


class NearPoint(StrictModel):
    """Within `km` kilometres of a point in degrees."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    km: float = Field(gt=0)


class FiltersBody(StrictModel):
    """Filters: within one, any value satisfies; all that are given must hold. See `GET /search`."""

    status: list[OverallStatus] | None = None
    phase: list[Phase] | None = None
    study_type: list[StudyType] | None = None
    cancer_type: list[str] | None = Field(None, description="OncoTree codes")
    intervention_type: list[InterventionType] | None = None
    sponsor_class: list[SponsorClass] | None = None
    sex: Literal["FEMALE", "MALE"] | None = None
    age: int | None = Field(None, ge=0, description="completed years")
    age_days: int | None = Field(None, ge=0)
    site_status: list[OverallStatus] | None = None
    country: list[str] | None = None
    state: list[str] | None = None
    city: list[str] | None = None
    near: NearPoint | None = None
    start_from: str | None = None
    start_to: str | None = None
    completion_from: str | None = None
    completion_to: str | None = None
    updated_from: str | None = None
    updated_to: str | None = None
    has_results: bool | None = None
    stage: list[str] | None = Field(None, description="Stage groups, or stages of a system, as ISS II")
    extent: list[str] | None = None
    biomarker: list[str] | None = Field(None, description="Required markers, as EGFR or EGFR:mutation")
    not_excluding: list[str] | None = Field(None, description="A person's markers")
    prior_lines: int | None = Field(None, ge=0, le=30)
    ecog: int | None = Field(None, ge=0, le=4)
    brain_metastases: bool | None = None
    cns: list[str] | None = None
    include_unspecified: bool | None = Field(None, description="true unless set to false")


class SearchBody(StrictModel):
    """A search: a short query, a long text or a note, with filters."""

    query: str = ""
    filters: FiltersBody | None = None
    size: int = Field(10, ge=1, le=100)
    cursor: str | None = Field(None, description="`next_cursor` of the page before")
    explain: bool = Field(False, description="Add the score waterfall to each hit")
    facets: bool = Field(True, description="Count the facets")
    concept: list[str] = Field(
        [], description="Choices for concepts that the text was read to state: `key:include|exclude|unknown|remove`"
    )
    as_typed: bool = Field(False, description="Leave words that look misspelt as they are")


class SuggestBody(StrictModel):
    """A prefix to complete; a body keeps what is typed out of addresses and logs."""

    q: str
    size: int = Field(8, ge=1, le=20)


class FacetValue(StrictModel):
    """A value with the number of matching trials, its own facet's filter left out.

    Of stage, extent and ECOG, trials that state nothing are not counted, though they pass the filter unless
    `include_unspecified` is false.
    """

    value: str
    label: str
    count: int


class HighlightSpan(StrictModel):
    """`fragment == text[start:start + len(fragment)]` of the field's text; `spans` are offsets into the fragment."""

    field: str = Field(
        description="title, conditions, keywords, interventions, other_names (of the intervention `item`), summary, "
        "inclusion (offsets count in the registry's eligibility text)"
    )
    item: int = Field(description="Which value of a list field")
    start: int
    fragment: str
    spans: list[tuple[int, int]]


class ExplanationNode(StrictModel):
    """A node of the score waterfall; `details` add up to `value`, `basis` says what it was worked out from."""

    value: float
    description: str
    details: list[ExplanationNode] | None = None
    basis: list[ExplanationNode] | None = None


class DateValue(StrictModel):
    """A date at the registry's own precision (yyyy, yyyy-MM or yyyy-MM-dd)."""

    date: str
    actual: bool | None


class InterventionValue(StrictModel):
    """An intervention and its role in the trial."""

    name: str
    type: InterventionType | None
    role: InterventionRole


class SponsorValue(StrictModel):
    """A sponsor."""

    name: str
    sponsor_class: SponsorClass | None


class SitePlace(StrictModel):
    """The site to show: the nearest where a point is named, else a recruiting one."""

    facility: str | None
    city: str | None
    state: str | None
    country: str | None


class SitesValue(StrictModel):
    """The sites of a trial, summed up."""

    total: int
    recruiting: int
    countries: list[str]
    first: SitePlace | None


class HitValue(StrictModel):
    """A ranked trial."""

    nct_id: str
    score: float
    title: str
    acronym: str | None
    status: OverallStatus | None
    status_label: str
    phases: list[Phase]
    phase_label: str | None
    study_type: StudyType | None
    conditions: list[str]
    interventions: list[InterventionValue]
    sponsor: SponsorValue | None
    sex: Sex | None
    minimum_age: str | None
    maximum_age: str | None
    start: DateValue | None
    primary_completion: DateValue | None
    last_update: DateValue | None
    has_results: bool | None
    sites: SitesValue
    distance_km: float | None
    highlights: list[HighlightSpan]
    passage: str | None = Field(description="The passage nearest in meaning, where meaning found the trial")
    fictitious: bool = Field(description="True for the trials of the bundled sample, which do not exist")
    url: str
    registry_url: str | None
    explanation: ExplanationNode | None = None


class StatedFact(StrictModel):
    """Age (completed years) or sex that the text states: `text[start:end] == quote`; it acts as a filter."""

    kind: str
    value: int | str
    quote: str
    start: int
    end: int


class QueryEcho(StrictModel):
    """The query as understood; `filters` can be sent back to `POST /search`."""

    text: str
    filters: FiltersBody
    nct_ids: list[str]
    stated: list[StatedFact]


class ConceptValue(BaseModel):
    """Something that the text asks for or states: `query[start:end] == quote`, in Unicode code points.

    The other members depend on the kind, as `oncomatch parse-query` prints them: `codes`, `values`, `tnm`, `marker`,
    `state`, `therapy`, `topic`, `value`, `name`, `km`, `min`, `max` …
    """

    model_config = ConfigDict(extra="allow")

    kind: str = Field(description="cancer, stage, biomarker, intervention, prior_therapy, place, status, phase …")
    quote: str
    start: int
    end: int
    polarity: Literal["positive", "negative"]
    key: str = Field(description="Names the concept in the parameter `concept`: `key:exclude`")
    label: str = Field(description="The concept in words")
    used: bool = Field(description="False where it is ambiguous, set aside, or a place that is not known")


class CorrectionValue(StrictModel):
    """A word that was taken for misspelt; `as_typed=true` leaves all words as they are."""

    quote: str
    start: int
    end: int
    word: str


class UnderstoodValue(StrictModel):
    """What was read from the text, and the words that are left."""

    concepts: list[ConceptValue]
    text: str
    corrections: list[CorrectionValue]
    note: bool = Field(description="Whether the text was read as a clinical note")


class RelaxationValue(StrictModel):
    """For an empty result: how many trials there would be without one filter."""

    remove: str
    label: str
    total: int


class SearchAnswer(StrictModel):
    """A page of ranked trials, best first."""

    total: int
    hits: list[HitValue]
    facets: dict[str, list[FacetValue]]
    facets_left_out: dict[str, int] = Field(
        description="How many more values a facet has than are listed, those of the fewest trials"
    )
    next_cursor: str | None
    query: QueryEcho
    understood: UnderstoodValue
    reason: str | None = Field(description="Why there is nothing, or less than one would expect")
    relaxations: list[RelaxationValue]
    notices: list[str]
    data_as_of: str | None = Field(description="Newest last update of the records, or the registry's own time stamp")
    generation: str
    fictitious: bool = Field(description="True when every trial of the index is fictitious")
    took_ms: dict[str, float] | None


class CriterionValue(BaseModel):
    """One criterion: what it means for a person, and the words it was read from.

    `quote` is `text[start:end]` of the eligibility text, in Unicode code points. The other members depend on the kind:
    `codes`, `values`, `tnm`, `marker`, `state`, `therapy`, `analyte`, `op`, `value`, `unit`, `topic`, `min`, `max` …
    """

    model_config = ConfigDict(extra="allow")

    quote: str
    start: int
    end: int
    section: Literal["inclusion", "exclusion"]
    kind: str = Field(description="cancer, stage, extent, biomarker, prior_therapy, line_count, performance, lab …")
    requirement: Literal["required", "prohibited", "allowed"]
    cohort: str | None = Field(description="The cohort's name as written; null for the whole trial")
    confidence: float = Field(ge=0, le=1)


class CriteriaBody(StrictModel):
    """An eligibility text, with what else is known of the trial. Nothing of it is kept or logged."""

    text: str = Field(description="Up to 100,000 characters")
    title: str | None = Field(None, description="Title of the trial: what the text leaves unsaid of the disease")
    conditions: list[str] | None = Field(None, description="Conditions of the trial, likewise")


class CriteriaAnswer(StrictModel):
    """The criteria of a text, in its order; every line that is no heading has at least one."""

    criteria: list[CriterionValue]
    lines: int = Field(description="Lines that are no headings")
    opaque_share: float = Field(description="Share of these lines of which nothing was understood")


class TrialAnswer(StrictModel):
    """A trial with everything that is known of it."""

    nct_id: str
    title: str
    status_label: str
    phase_label: str | None
    url: str
    registry_url: str | None
    trial: Trial
    criteria: list[CriterionValue] = Field(description="Read from the eligibility text by rules; quotes are evidence")
    data_as_of: str | None
    generation: str
    fictitious: bool


class SuggestionValue(StrictModel):
    """A completion."""

    text: str
    kind: str = Field(description="condition, intervention, cancer_type or nct_id")
    trials: int


class SuggestAnswer(StrictModel):
    """Completions, most trials first."""

    suggestions: list[SuggestionValue]


class HealthAnswer(StrictModel):
    """The process lives."""

    status: Literal["ok"]


class ReadyAnswer(StrictModel):
    """Searches are answered."""

    status: Literal["ready"]
    generation: str
    trials: int
    data_as_of: str | None


class VersionAnswer(StrictModel):
    """What is running, on which index. The index's members are null while it cannot answer."""

    version: str
    schema_version: int
    generation: str | None
    encoder: str | None
    trials: int | None
    data_as_of: str | None


class FieldErrorValue(StrictModel):
    """What is wrong with one field."""

    field: str
    detail: str
    allowed: list[str] | None = None
    suggestion: str | None = None


class ProblemAnswer(StrictModel):
    """An RFC 9457 problem. `type` leads to its description."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldErrorValue] | None = None
