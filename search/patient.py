"""What is known of a patient: facts, each optional, each with where and when it was told.

Absent means not stated, never "no": a field of `Patient` is None, or its tuple empty, where nobody said anything. What
was said to be absent is a fact of its own (`ConditionFact(present=False)`, `CnsFact("none")`, `Treatments(())`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from search.trial import GeoPoint


class Origin(StrEnum):
    """Where a fact came from."""

    PROFILE = "profile"
    FORM = "form"
    NOTE = "note"
    FHIR = "fhir"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Source:
    """Where and when a fact was told; offsets are into the note it was read from."""

    origin: Origin = Origin.PROFILE
    field: str | None = None
    """The profile's field ("labs[2]"), or the resource of a bundle."""
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    as_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class AgeFact:
    """Age in years."""

    years: float
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class SexFact:
    """Sex: `male` or `female`."""

    value: str
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class CancerFact:
    """The disease: OncoTree codes, one of which it is."""

    codes: frozenset[str]
    histology: str | None = None
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class StageFact:
    """A stage as told ("IVB", "extensive", "ISS II", "BCLC C")."""

    text: str
    system: str | None = None
    edition: str | None = None
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class TnmFact:
    """TNM tokens ("T2", "N1", "M0")."""

    tokens: tuple[str, ...]
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class ExtentFact:
    """Extent or course of the disease, a value of FORMAT.md's kind `extent`."""

    value: str
    present: bool = True
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class PerformanceFact:
    """Performance status on a scale (ECOG, Karnofsky, Lansky)."""

    scale: str
    value: int
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class MarkerFact:
    """A result of a biomarker; `value` as reported ("TPS 60%", "IHC 2+, FISH ratio 1.3")."""

    marker: str
    states: tuple[str, ...] = ()
    value: str | None = None
    assay: str | None = None
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment; a combination has several parts, a regimen is one."""

    parts: tuple[str, ...]
    text: str
    """The treatment in the words it was told in."""
    setting: str | None = None
    line: int | None = None
    outcome: str | None = None
    days_ago: float | None = None
    """Days since the last dose, counted from `Patient.as_of`."""
    duration_days: float | None = None
    cycles: int | None = None
    detail: str | None = None
    reason_stopped: str | None = None
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class Treatments:
    """The history of treatment, in order. Empty: none was given."""

    items: tuple[Treatment, ...]
    source: Source = Source()

    @property
    def complete(self) -> bool:
        """Whether what is not among them was not given: a typed query names only the treatments that it is about."""
        return not self.items or self.source.origin is not Origin.QUERY


@dataclass(frozen=True, slots=True)
class LinesFact:
    """Number of prior lines of therapy that count."""

    count: int
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class LabFact:
    """A measured value, in the unit it was told in; `uln` and `lln` are its laboratory's limits in the same unit."""

    analyte: str
    value: float
    unit: str | None = None
    uln: float | None = None
    lln: float | None = None
    days_ago: float | None = None
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class CnsFact:
    """State of disease in the central nervous system, as in FORMAT.md; `none` where it was looked for and not found."""

    state: str
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class ConditionFact:
    """Another topic (FORMAT.md's list, or any other words), said to be present or absent."""

    topic: str
    present: bool
    detail: str | None = None
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class PlaceFact:
    """Where the patient is: a name or a point."""

    name: str | None = None
    point: GeoPoint | None = None
    source: Source = Source()


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was told and could not be used: the field, and what is wrong with it."""

    field: str
    problem: str


@dataclass(frozen=True, slots=True)
class Patient:
    """All that is known of a patient."""

    age: AgeFact | None = None
    sex: SexFact | None = None
    cancer: CancerFact | None = None
    stage: StageFact | None = None
    tnm: TnmFact | None = None
    extents: tuple[ExtentFact, ...] = ()
    performance: tuple[PerformanceFact, ...] = ()
    markers: tuple[MarkerFact, ...] = ()
    panels: tuple[str, ...] = ()
    """Markers that were tested without a finding worth telling."""
    treatments: Treatments | None = None
    lines: LinesFact | None = None
    labs: tuple[LabFact, ...] = ()
    cns: CnsFact | None = None
    conditions: tuple[ConditionFact, ...] = ()
    place: PlaceFact | None = None
    as_of: dt.date | None = None
    unread: tuple[Unread, ...] = field(default=())
    """What was told and could not be used."""
