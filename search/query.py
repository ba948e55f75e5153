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

    def active(self) -> tuple[str, ...]:
        """Names of the fields that ask something, in declaration order."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) not in (None, frozenset()))


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
