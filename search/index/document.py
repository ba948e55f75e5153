"""What every back end indexes of a trial: analyzed text, filter values, passages with vectors, the stored record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from search.config import LexicalConfig
from search.eligibility.criterion import Criteria
from search.trial import (
    InterventionType,
    OverallStatus,
    PartialDate,
    Phase,
    Sex,
    SponsorClass,
    StudyType,
    Trial,
)

CONCEPTS = "concepts"
"""The text field that holds no words of the record but tokens for what they mean (`search.index.concepts`)."""

SHARE_DECIMALS = 6
"""Sums of concept weights are rounded to this many decimals, so that equal ones tie in whichever order they add up."""

TEXT_FIELDS = (
    "combined",
    "title",
    "acronym",
    "conditions",
    "keywords",
    "interventions",
    "summary",
    "inclusion",
    "description",
    CONCEPTS,
)
"""Searchable text, each analyzed by `search.text.analyze`. Exclusion text is none of them: it never earns a match.

`combined` holds the tokens of the others, each as often as `TextConfig.combined_weights` says: BM25 over it is BM25F
(Robertson, Zaragoza and Taylor, CIKM 2004: weights on term frequencies before saturation, one length for the whole).
"""

FACETS = (
    "status",
    "phase",
    "study_type",
    "cancer_type",
    "intervention_type",
    "sponsor_class",
    "countries",
    "has_results",
    "stage",
    "extent",
    "biomarker",
    "ecog",
    "cns",
)
"""Fields of `Filters` whose values are counted."""


NO_CRITERIA = Criteria((), ())
"""Of a trial without eligibility text."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a trial that the encoder reads whole. `section` is one of overview, inclusion, interventions …"""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class SiteValues:
    """The filterable part of a site. Names are folded (see `search.text.fold_name`)."""

    country: str | None
    state: str | None
    city: str | None
    status: OverallStatus | None
    lat: float | None
    lon: float | None


class CnsPolicy(StrEnum):
    """What a trial says of brain metastases."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    TREATED_STABLE = "treated_stable"
    """Allowed where they are treated, stable or without symptoms."""
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class EligibilityValues:
    """The filterable part of a trial's criteria, over all its cohorts; see `search.index.eligibility_values`.

    What is empty or None restricts nobody.
    """

    stages: frozenset[str] = frozenset()
    """Leaves of `search.terminology.stages` that the trial takes, of each family of systems that it restricts."""
    stages_excluded: frozenset[str] = frozenset()
    """Leaves that it refuses, of families that it does not restrict otherwise."""
    extents: frozenset[str] = frozenset()
    """Values that the trial asks for or allows."""
    extents_excluded: frozenset[str] = frozenset()
    """Values that it rules out, by saying so or by asking for what contradicts them."""
    biomarkers: frozenset[str] = frozenset()
    """Required markers: "EGFR", and each leaf of a required state, "EGFR:L858R"."""
    biomarkers_excluded: frozenset[str] = frozenset()
    """Likewise of markers that exclude a person; the marker alone where more than its absence excludes."""
    minimum_prior_lines: int | None = None
    maximum_prior_lines: int | None = None
    minimum_ecog: int | None = None
    maximum_ecog: int | None = None
    cns: CnsPolicy | None = None


NO_ELIGIBILITY = EligibilityValues()


@dataclass(frozen=True, slots=True)
class FilterValues:
    """The filterable part of a trial; `search.index.filters.matches` gives its meaning."""

    status: OverallStatus | None = None
    phases: tuple[Phase, ...] = ()
    study_type: StudyType | None = None
    cancer_types: frozenset[str] = frozenset()
    """OncoTree codes of the trial and all their ancestors."""
    intervention_types: frozenset[InterventionType] = frozenset()
    sponsor_class: SponsorClass | None = None
    sex: Sex | None = None
    minimum_age_days: int | None = None
    maximum_age_days: int | None = None
    sites: tuple[SiteValues, ...] = ()
    start: PartialDate | None = None
    completion: PartialDate | None = None
    last_update: PartialDate | None = None
    has_results: bool | None = None
    eligibility: EligibilityValues = NO_ELIGIBILITY


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One trial, ready for any back end.

    `vectors` has one unit-length float32 row for each passage, in order (shape `(len(passages), dim)`).
    """

    trial: Trial
    text: Mapping[str, tuple[str, ...]]
    """Tokens by `TEXT_FIELDS` name; absent where the trial has no such text."""
    values: FilterValues
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32]
    criteria: Criteria = NO_CRITERIA


def any_term(config: LexicalConfig) -> LexicalConfig:
    """The lexical channel where one term is enough to be ranked: a channel that orders and makes no matches."""
    return replace(config, min_match_terms=1)


def days(date: dt.date) -> int:
    """Days since 1970-01-01, the integer form of dates in every index."""
    return (date - dt.date(1970, 1, 1)).days
