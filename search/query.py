"""What is asked: `Query` (text and filters) and `Filters` (structured conditions, each optional)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace

from search.age import AgeUnit, first_day
from search.patient import Patient
from search.trial import InterventionType, OverallStatus, Phase, Sex, SponsorClass, StudyType


@dataclass(frozen=True, slots=True)
class Near:
    """Within `km` kilometres (great circle) of a point in degrees."""

    lat: float
    lon: float
    km: float


@dataclass(frozen=True, slots=True)
class DateRange:
    """Inclusive on both ends; a partial registry date matches when any day it can mean falls inside."""

    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Structured conditions, all of which must hold. An empty set or None asks nothing.

    Within one field, any of the values satisfies. `countries`, `states`, `cities`, `near` and `site_status`
    must hold together at one site. `sex` and `age_days` describe a person: a trial that does not state a
    limit is never removed by them. The meaning is fixed by `search.index.filters.matches`.
    """

    status: frozenset[OverallStatus] = frozenset()
    phase: frozenset[Phase] = frozenset()
    study_type: frozenset[StudyType] = frozenset()
    cancer_type: frozenset[str] = frozenset()
    """OncoTree codes: a trial of the type itself or of any of its subtypes."""
    intervention_type: frozenset[InterventionType] = frozenset()
    sponsor_class: frozenset[SponsorClass] = frozenset()
    sex: Sex | None = None
    """MALE or FEMALE: trials that take such a person."""
    age_days: int | None = None
    site_status: frozenset[OverallStatus] = frozenset()
    countries: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    near: Near | None = None
    start: DateRange | None = None
    completion: DateRange | None = None
    """Primary completion."""
    last_update: DateRange | None = None
    has_results: bool | None = None
    stage: frozenset[str] = frozenset()
    """A person's stage ("IIIA", "limited", "ISS II"): trials that take one of them, as far as they say."""
    extent: frozenset[str] = frozenset()
    """A person's extent or course of disease (FORMAT values): trials that ask for one of them, or rule none out."""
    biomarker: frozenset[str] = frozenset()
    """Trials that require the marker ("EGFR"), or require it in a state that fits ("EGFR:L858R")."""
    not_excluding: frozenset[str] = frozenset()
    """A person's markers, all of them: trials that exclude one are removed."""
    prior_lines: int | None = None
    """Lines of therapy a person has had."""
    ecog: int | None = None
    """A person's ECOG performance status, 0 to 4."""
    brain_metastases: bool | None = None
    """Whether a person has brain metastases: trials that exclude (or, for False, require) any are removed."""
    cns: frozenset[str] = frozenset()
    """Trials by what they say of brain metastases: `required`, `allowed`, `treated_stable`, `excluded`."""
    include_unspecified: bool = True
    """Whether trials that state nothing of a person's stage, extent, lines, ECOG or brain metastases stay in."""

    def active(self) -> tuple[str, ...]:
        """Names of the fields that ask something, in declaration order."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) != f.default)


FILTERING = frozenset({"nct_id", "status", "phase", "study_type", "place", "age", "sex"})
"""Kinds of concepts whose words filter, and say nothing of the disease."""
_PLACES = frozenset({"countries", "states", "cities", "near"})
"""Filters that must hold together at one site: a place that is chosen takes the place of the one that is typed."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact about the person that the text states: `text[start:end] == quote`."""

    kind: str
    """`age` (value: completed years) or `sex` (value: MALE or FEMALE)."""
    value: int | str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that the text asks for or states: `typed[start:end] == quote`.

    Which of the other fields say something depends on `kind` (FORMAT.md, "parse-query"):

    - `cancer`: `codes` (OncoTree, any of them);
    - `stage`: `values` (groups), `tnm`, `system`; `extent`: `values`;
    - `biomarker`: `marker`, `states` (any of them), `threshold`;
    - `performance`: `scale`, `least`, `most`; `line_count` (prior lines): `least`, `most`;
    - `cns`, `sex`, `study_type`, `nct_id`: `value`; `age`: `years`;
    - `condition`: `topic`, `value` (its words, where the topic is `other`);
    - `prior_therapy`, `intervention`: `therapies` (all parts of a combination), `setting`, `outcome`;
    - `place`: `name`, `km`, `place`; `sponsor`: `name`; `status`, `phase`: `values` (registry names).
    """

    kind: str
    quote: str
    start: int
    end: int
    negative: bool = False
    """Not this one: "not HER2 positive" is a state, "no chemotherapy" is a negative concept."""
    ambiguous: bool = False
    """Another reading is as good: shown, but it neither filters nor counts as a fact of the person."""
    aside: bool = False
    """A person has set it aside: shown, neither a filter nor a fact."""
    codes: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()
    tnm: tuple[str, ...] = ()
    system: str | None = None
    marker: str | None = None
    states: tuple[str, ...] = ()
    threshold: str | None = None
    therapies: tuple[str, ...] = ()
    setting: str | None = None
    outcome: str | None = None
    scale: str | None = None
    least: int | None = None
    most: int | None = None
    topic: str | None = None
    value: str | None = None
    years: float | None = None
    name: str | None = None
    km: float | None = None
    place: Filters | None = None
    """What a place asks of sites; None where it is not known, and of every other kind."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was read as another one: `typed[start:end] == quote`."""

    quote: str
    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Salient:
    """Words of a text that say what it is about: `typed[start:end]`, with a weight above 0, at most 1."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Query:
    """A search as understood: the text, the ids it names, what it states of the person, and the filters."""

    text: str = ""
    """What is searched for: the text cleaned, without NCT ids, misspelt words corrected."""
    filters: Filters = field(default_factory=Filters)
    nct_ids: tuple[str, ...] = ()
    """Ids in the text, upper case; when the text is nothing but ids, they are looked up, not searched for."""
    stated: tuple[Stated, ...] = ()
    """In the order of the text; each acts as a filter where the filters say nothing of it."""
    asked: Filters = field(default_factory=Filters)
    """What the text asks of trials (status, phase, type, place); each acts where the filters say nothing of it."""
    typed: str = ""
    """The text exactly as it was given; spans of `concepts`, `corrections` and `salient` are offsets into it."""
    concepts: tuple[Concept, ...] = ()
    """What the text asks for and states, in its order. Of one span there may be several (an age and a sex)."""
    subject: str | None = None
    """The text without the words that ask of the record (status, phase, kind of study, place, ids) or state age and
    sex: they filter, and say nothing of the disease. None where the text was not read."""
    rest: str = ""
    """The words that no concept covers."""
    corrections: tuple[Correction, ...] = ()
    patient: Patient | None = None
    """The facts that the text states of the person; None where it states none."""
    note: bool = False
    """Whether the text reads as a clinical note."""
    salient: tuple[Salient, ...] = ()
    """What a note is about, in its order; empty for a short query, all of whose words count."""

    def only_filters(self) -> bool:
        """Whether every word of the text filters ("phase 2 recruiting"): there is nothing to search for."""
        acting = all(
            one.kind in FILTERING
            and not (one.ambiguous or one.aside)
            and (one.kind != "place" or one.place is not None)
            for one in self.concepts
        )
        return bool(self.concepts) and acting and not self.rest and not self.nct_ids

    def effective_filters(self) -> Filters:
        """The filters, with what the text asks and the age and sex it states where no filter says anything."""
        filters = self.filters
        placed = any(name in _PLACES for name in filters.active())
        for name in self.asked.active():
            if name not in filters.active() and not (placed and name in _PLACES):
                filters = replace(filters, **{name: getattr(self.asked, name)})
        for fact in self.stated:
            if fact.kind == "age" and filters.age_days is None:
                filters = replace(filters, age_days=first_day(int(fact.value), AgeUnit.YEAR))
            elif fact.kind == "sex" and filters.sex is None:
                filters = replace(filters, sex=Sex(str(fact.value)))
        return filters

    def text_without_stated(self) -> str:
        """The text without the words that filter: those that state age and sex, ask for a status, phase or place.

        They say nothing of the disease. Empty where the text says nothing else.
        """
        if self.subject is not None:
            return self.subject
        kept, last = [], 0
        for fact in self.stated:
            kept.append(self.text[last : max(last, fact.start)])
            last = max(last, fact.end)
        return " ".join([*kept, self.text[last:]]).strip()
