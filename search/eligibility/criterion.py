"""What a trial asks of a patient: typed criteria, each with the registry's own words.

A `Criterion` is one fact (`Cancer`, `Stage`, `Lab` …) with what it means for the patient after section and negation are
resolved. `Criteria` holds all of one trial: the lines of the text, the criteria that were read from them, the cohorts.
Every line ends in at least one criterion; what is not understood is `Opaque`: shown, and always unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Section(StrEnum):
    """Where a criterion stands in the text."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


class Requirement(StrEnum):
    """What a criterion means for the patient, after section and negation are resolved."""

    REQUIRED = "required"
    PROHIBITED = "prohibited"
    ALLOWED = "allowed"
    """Stated as acceptable: constrains nothing, but decides (treated brain metastases are allowed)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The registry's words: `text[start:end] == quote`, offsets in code points of the raw eligibility text."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Cancer:
    """A disease under study. Any of the OncoTree codes satisfies."""

    kind: ClassVar[str] = "cancer"
    codes: frozenset[str]
    histology: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Stage groups (Roman, ranges expanded) or TNM tokens; any of the values satisfies."""

    kind: ClassVar[str] = "stage"
    values: tuple[str, ...] = ()
    tnm: tuple[str, ...] = ()
    system: str | None = None
    edition: str | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """Extent and course of the disease; any of the values (FORMAT.md, kind `extent`) satisfies."""

    kind: ClassVar[str] = "extent"
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Biomarker:
    """A marker in one of the states; `threshold` as written, normalised ("TPS>=50%", "IHC 3+")."""

    kind: ClassVar[str] = "biomarker"
    marker: str
    states: tuple[str, ...] = ()
    threshold: str | None = None
    unknown_ok: bool = False
    """The text says that an unknown result does not exclude."""


@dataclass(frozen=True, slots=True)
class PriorTherapy:
    """Treatment the patient has had; any of the therapies (INN or class) satisfies."""

    kind: ClassVar[str] = "prior_therapy"
    therapies: tuple[str, ...]
    setting: str | None = None
    outcome: str | None = None
    within_days: int | None = None
    """Prohibited only inside this window: a washout."""
    half_lives: float | None = None
    """The washout in half-lives, where the text gives one."""
    shorter: bool | None = None
    """Of days and half-lives, whether the shorter (True) or the longer (False) counts."""


@dataclass(frozen=True, slots=True)
class LineCount:
    """Prior lines of therapy, inclusive bounds; None is open."""

    kind: ClassVar[str] = "line_count"
    min: int | None = None
    max: int | None = None
    setting: str | None = None
    counting: tuple[str, ...] = ()
    """Counting rules as written ("maintenance does not count as a line")."""


@dataclass(frozen=True, slots=True)
class Performance:
    """Performance status on a scale (ECOG, Karnofsky, Lansky), inclusive bounds."""

    kind: ClassVar[str] = "performance"
    scale: str
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Age:
    """Age in years, inclusive bounds, where the text states them."""

    kind: ClassVar[str] = "age"
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class SexIs:
    """Sex where the text states it: `male` or `female`."""

    kind: ClassVar[str] = "sex"
    value: str


@dataclass(frozen=True, slots=True)
class Lab:
    """What an eligible patient's analyte has: `op` `value` `unit`, perhaps only under a condition."""

    kind: ClassVar[str] = "lab"
    analyte: str
    op: str
    value: float
    unit: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Cns:
    """Disease of the central nervous system in one of the states of FORMAT.md."""

    kind: ClassVar[str] = "cns"
    state: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Another topic of FORMAT.md's list; `value` as normalised or as written."""

    kind: ClassVar[str] = "condition"
    topic: str
    value: str | int | float | None = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """Words that no reader understood; printed as `condition` with the topic `other`."""

    kind: ClassVar[str] = "opaque"


Fact = (
    Cancer
    | Stage
    | Extent
    | Biomarker
    | PriorTherapy
    | LineCount
    | Performance
    | Age
    | SexIs
    | Lab
    | Cns
    | Condition
    | Opaque
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One fact a trial asks for, forbids or allows."""

    fact: Fact
    requirement: Requirement
    section: Section
    evidence: Evidence
    line: int
    """Index of the line (see `Criteria.lines`) it was read from."""
    cohort: str | None = None
    """Name of the cohort as written; None for the whole trial."""
    confidence: float = 1.0
    """Calibrated chance that the reading is right, 0 to 1."""
    exception: Evidence | None = None
    """An unless/except clause that bounds it: with it, a failed criterion is not a hard fail."""
    or_group: str | None = None
    """Criteria that share a group are alternatives: one met is enough. Unique within the trial."""


@dataclass(frozen=True, slots=True)
class LineSpan:
    """A line (bullet, sentence of a paragraph) or heading of the text.

    Labels and places left empty ("Renal", "Not specified") count as headings: they ask nothing of a patient.
    """

    start: int
    end: int
    section: Section
    heading: bool
    cohort: str | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """All criteria of one trial, in the order of the text."""

    lines: tuple[LineSpan, ...]
    items: tuple[Criterion, ...]
    cohorts: tuple[str, ...] = ()

    def common(self) -> Iterator[Criterion]:
        """Criteria of the whole trial."""
        return (item for item in self.items if item.cohort is None)

    def of_cohort(self, cohort: str) -> Iterator[Criterion]:
        """Criteria of one cohort alone."""
        return (item for item in self.items if item.cohort == cohort)
