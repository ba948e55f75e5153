"""What a registry record says: `Trial` and its parts, in ClinicalTrials.gov's own terms.

Every field beyond the id may be missing, and missing is `None` or an empty tuple, never a guess.
Enumerations carry the registry's own spelling (`OverallStatus.RECRUITING.value == "RECRUITING"`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class OverallStatus(StrEnum):
    """The fourteen recruitment statuses of a study (API v2 enum `Status`)."""

    RECRUITING = "RECRUITING"
    NOT_YET_RECRUITING = "NOT_YET_RECRUITING"
    ENROLLING_BY_INVITATION = "ENROLLING_BY_INVITATION"
    ACTIVE_NOT_RECRUITING = "ACTIVE_NOT_RECRUITING"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"
    UNKNOWN = "UNKNOWN"
    AVAILABLE = "AVAILABLE"
    NO_LONGER_AVAILABLE = "NO_LONGER_AVAILABLE"
    TEMPORARILY_NOT_AVAILABLE = "TEMPORARILY_NOT_AVAILABLE"
    APPROVED_FOR_MARKETING = "APPROVED_FOR_MARKETING"
    WITHHELD = "WITHHELD"


class Phase(StrEnum):
    """Trial phases; a phase I/II trial carries two of them."""

    EARLY_PHASE1 = "EARLY_PHASE1"
    PHASE1 = "PHASE1"
    PHASE2 = "PHASE2"
    PHASE3 = "PHASE3"
    PHASE4 = "PHASE4"
    NA = "NA"


class StudyType(StrEnum):
    """Kind of study."""

    INTERVENTIONAL = "INTERVENTIONAL"
    OBSERVATIONAL = "OBSERVATIONAL"
    EXPANDED_ACCESS = "EXPANDED_ACCESS"


class Sex(StrEnum):
    """Who may take part, by sex, as the registry's structured field says."""

    ALL = "ALL"
    FEMALE = "FEMALE"
    MALE = "MALE"


class InterventionType(StrEnum):
    """The registry's eleven intervention types."""

    BEHAVIORAL = "BEHAVIORAL"
    BIOLOGICAL = "BIOLOGICAL"
    COMBINATION_PRODUCT = "COMBINATION_PRODUCT"
    DEVICE = "DEVICE"
    DIAGNOSTIC_TEST = "DIAGNOSTIC_TEST"
    DIETARY_SUPPLEMENT = "DIETARY_SUPPLEMENT"
    DRUG = "DRUG"
    GENETIC = "GENETIC"
    PROCEDURE = "PROCEDURE"
    RADIATION = "RADIATION"
    OTHER = "OTHER"


class SponsorClass(StrEnum):
    """Class of the lead sponsor (API v2 enum `AgencyClass`)."""

    NIH = "NIH"
    FED = "FED"
    OTHER_GOV = "OTHER_GOV"
    INDIV = "INDIV"
    INDUSTRY = "INDUSTRY"
    NETWORK = "NETWORK"
    AMBIG = "AMBIG"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class InterventionRole(StrEnum):
    """What an intervention is in the trial, derived from the arms it belongs to."""

    EXPERIMENTAL = "EXPERIMENTAL"
    COMPARATOR = "COMPARATOR"
    BACKGROUND = "BACKGROUND"
    UNKNOWN = "UNKNOWN"


class GeoQuality(StrEnum):
    """How far a site's coordinates can be trusted."""

    SITE = "SITE"
    CITY_CENTROID = "CITY_CENTROID"
    """The same point stands for several facilities of one city."""
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date at the precision the registry gave it: year, year and month, or a day.

    `str()` gives `yyyy`, `yyyy-MM` or `yyyy-MM-dd`; nothing is ever padded.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
            if self.day is not None:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)

    @property
    def first_day(self) -> dt.date:
        """The earliest calendar day this date can mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> dt.date:
        """The latest calendar day this date can mean."""
        if self.day is not None:
            return self.first_day
        if self.month is None:
            return dt.date(self.year, 12, 31)
        following = dt.date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return following - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateStruct:
    """A registry date with its type."""

    date: PartialDate
    actual: bool | None = None
    """True for ACTUAL, False for ESTIMATED, None where the registry does not say."""


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """Degrees, WGS 84."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Site:
    """One location of a trial. Contact persons are not part of it."""

    facility: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    zip: str | None = None
    status: OverallStatus | None = None
    point: GeoPoint | None = None
    geo_quality: GeoQuality = GeoQuality.MISSING


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm group."""

    label: str
    type: str | None = None
    description: str | None = None
    interventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intervention:
    """An intervention with its other names (code names are often only there)."""

    name: str
    type: InterventionType | None = None
    description: str | None = None
    other_names: tuple[str, ...] = ()
    arm_labels: tuple[str, ...] = ()
    role: InterventionRole = InterventionRole.UNKNOWN


@dataclass(frozen=True, slots=True)
class Outcome:
    """A primary, secondary or other outcome measure."""

    kind: str
    measure: str
    description: str | None = None
    time_frame: str | None = None


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Lead sponsor or collaborator."""

    name: str
    sponsor_class: SponsorClass | None = None


@dataclass(frozen=True, slots=True)
class MeshTerm:
    """A MeSH term that the registry assigned by machine."""

    term: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The eligibility module. `criteria` is the registry's text byte for byte; offsets of evidence point into it."""

    criteria: str | None = None
    minimum_age_days: int | None = None
    maximum_age_days: int | None = None
    """Inclusive: "70 Years" lasts to the end of the 70th year (the day before the 71st birthday)."""
    minimum_age: str | None = None
    maximum_age: str | None = None
    sex: Sex | None = None
    gender_based: bool | None = None
    healthy_volunteers: bool | None = None
    std_ages: tuple[str, ...] = ()
    study_population: str | None = None


@dataclass(frozen=True, slots=True)
class Design:
    """How the study is designed; registry spellings kept as they are."""

    allocation: str | None = None
    intervention_model: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    primary_purpose: str | None = None
    masking: str | None = None
    enrollment: int | None = None
    enrollment_actual: bool | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One study of the registry."""

    nct_id: str
    aliases: tuple[str, ...] = ()
    """Obsolete NCT ids that stand for this study."""
    secondary_ids: tuple[str, ...] = ()
    """Organisation's own id and secondary ids (EudraCT, grant numbers …)."""
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    overall_status: OverallStatus | None = None
    last_known_status: OverallStatus | None = None
    why_stopped: str | None = None
    status_verified: PartialDate | None = None
    start: DateStruct | None = None
    primary_completion: DateStruct | None = None
    completion: DateStruct | None = None
    first_posted: DateStruct | None = None
    last_update_posted: DateStruct | None = None
    results_first_posted: DateStruct | None = None
    lead_sponsor: Sponsor | None = None
    collaborators: tuple[Sponsor, ...] = ()
    brief_summary: str | None = None
    detailed_description: str | None = None
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    study_type: StudyType | None = None
    phases: tuple[Phase, ...] = ()
    design: Design = field(default_factory=Design)
    arms: tuple[Arm, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    eligibility: Eligibility = field(default_factory=Eligibility)
    sites: tuple[Site, ...] = ()
    condition_mesh: tuple[MeshTerm, ...] = ()
    condition_ancestors: tuple[MeshTerm, ...] = ()
    intervention_mesh: tuple[MeshTerm, ...] = ()
    intervention_ancestors: tuple[MeshTerm, ...] = ()
    has_results: bool | None = None
    version_holder: PartialDate | None = None
    """Date of the registry snapshot the record was taken from; not a date of the record."""
    fictitious: bool = False
    """True for the records of the bundled sample (ids NCT99000001 and up); shown wherever the trial is."""

    @property
    def title(self) -> str:
        """The best title there is; the id where the record has none."""
        return self.brief_title or self.official_title or self.acronym or self.nct_id
