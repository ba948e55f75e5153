"""What is asked: `Query` (text and filters) and `Filters` (structured conditions, each optional)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace

from search.age import AgeUnit, first_day
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
class Query:
    """A search as understood: the text, the ids it names, what it states of the person, and the filters."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    nct_ids: tuple[str, ...] = ()
    """Ids in the text, upper case; when the text is nothing but ids, they are looked up, not searched for."""
    stated: tuple[Stated, ...] = ()
    """In the order of the text; each acts as a filter where the filters say nothing of it."""

    def effective_filters(self) -> Filters:
        """The filters, with age and sex as the text states them where no filter does."""
        filters = self.filters
        for fact in self.stated:
            if fact.kind == "age" and filters.age_days is None:
                filters = replace(filters, age_days=first_day(int(fact.value), AgeUnit.YEAR))
            elif fact.kind == "sex" and filters.sex is None:
                filters = replace(filters, sex=Sex(str(fact.value)))
        return filters

    def text_without_stated(self) -> str:
        """The text without the words that state age and sex, which say nothing of the disease."""
        kept, last = [], 0
        for fact in self.stated:
            kept.append(self.text[last : max(last, fact.start)])
            last = max(last, fact.end)
        return " ".join([*kept, self.text[last:]]).strip()
