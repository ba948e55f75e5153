"""The filters of the API by name: one table that parsing, the page and the OpenAPI description all read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from api import labels
from api.cancer_names import cancer_name
from search.trial import InterventionType, OverallStatus, Phase, SponsorClass, StudyType


class Kind(StrEnum):
    """What form a parameter's value has."""

    CODE = "code"
    """One of a fixed list of registry codes."""
    CANCER = "cancer"
    """An OncoTree code."""
    NAME = "name"
    """A place name."""
    SEX = "sex"
    FLAG = "flag"
    AGE = "age"
    DAYS = "days"
    STAGE = "stage"
    """A stage group, or a stage of a named system."""
    MARKER = "marker"
    """A biomarker, with or without a state."""
    COUNT = "count"
    """A small number: lines of therapy, a grade."""
    NEAR = "near"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One filter parameter."""

    name: str
    field: str
    """The field of `search.query.Filters` it fills."""
    kind: Kind
    title: str
    description: str
    example: str
    codes: Mapping[str, str] | None = None
    """Allowed codes with their labels."""
    many: bool = False
    """Whether several values may be given; any of them satisfies, unless the description says otherwise."""
    most: int = 0
    """Largest value of a count."""


def _codes(enum: type[StrEnum], words: Mapping[str, str]) -> dict[str, str]:
    return {member.value: words[member.value] for member in enum}


_STATUSES = _codes(OverallStatus, labels.STATUS)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "status",
        "status",
        Kind.CODE,
        "Recruitment status",
        "Recruitment status of the trial.",
        "RECRUITING",
        _STATUSES,
        many=True,
    ),
    Parameter(
        "phase",
        "phase",
        Kind.CODE,
        "Phase",
        "Phase; a phase 1/2 trial has both.",
        "PHASE3",
        _codes(Phase, labels.PHASE),
        many=True,
    ),
    Parameter(
        "study_type",
        "study_type",
        Kind.CODE,
        "Kind of study",
        "Kind of study.",
        "INTERVENTIONAL",
        _codes(StudyType, labels.STUDY_TYPE),
        many=True,
    ),
    Parameter(
        "cancer_type",
        "cancer_type",
        Kind.CANCER,
        "Cancer type",
        "OncoTree code; its subtypes are included.",
        "LUNG",
        many=True,
    ),
    Parameter(
        "intervention_type",
        "intervention_type",
        Kind.CODE,
        "Kind of treatment",
        "Type of an intervention of the trial.",
        "DRUG",
        _codes(InterventionType, labels.INTERVENTION_TYPE),
        many=True,
    ),
    Parameter(
        "sponsor_class",
        "sponsor_class",
        Kind.CODE,
        "Sponsor",
        "Class of the lead sponsor.",
        "INDUSTRY",
        _codes(SponsorClass, labels.SPONSOR_CLASS),
        many=True,
    ),
    Parameter(
        "sex",
        "sex",
        Kind.SEX,
        "Sex",
        "Sex of a person who wants to take part. Trials that state no limit stay in.",
        "FEMALE",
        {"FEMALE": "Female", "MALE": "Male"},
    ),
    Parameter(
        "age",
        "age_days",
        Kind.AGE,
        "Age",
        "Age of a person in completed years. Trials that state no limit stay in.",
        "54",
    ),
    Parameter(
        "age_days",
        "age_days",
        Kind.DAYS,
        "Age in days",
        "Age of a person in days, for infants; instead of `age`.",
        "200",
    ),
    Parameter(
        "site_status",
        "site_status",
        Kind.CODE,
        "Status of a site",
        "Recruitment status of a site; at the same site as the other place filters.",
        "RECRUITING",
        _STATUSES,
        many=True,
    ),
    Parameter("country", "countries", Kind.NAME, "Country", "Country of a site, in English.", "France", many=True),
    Parameter("state", "states", Kind.NAME, "State or region", "State or region of a site.", "Texas", many=True),
    Parameter("city", "cities", Kind.NAME, "City", "City of a site.", "Houston", many=True),
    Parameter(
        "near",
        "near",
        Kind.NEAR,
        "Near a point",
        'Sites within a distance: `latitude,longitude,kilometres`; in JSON also `{"lat", "lon", "km"}`.',
        "48.85,2.35,50",
    ),
    Parameter("start_from", "start", Kind.DATE, "Starts from", "Earliest start: yyyy, yyyy-MM or yyyy-MM-dd.", "2023"),
    Parameter("start_to", "start", Kind.DATE, "Starts until", "Latest start: yyyy, yyyy-MM or yyyy-MM-dd.", "2026-06"),
    Parameter("completion_from", "completion", Kind.DATE, "Completes from", "Earliest primary completion.", "2024"),
    Parameter("completion_to", "completion", Kind.DATE, "Completes until", "Latest primary completion.", "2030-12-31"),
    Parameter(
        "updated_from", "last_update", Kind.DATE, "Updated from", "Earliest last update of the record.", "2024-01"
    ),
    Parameter("updated_to", "last_update", Kind.DATE, "Updated until", "Latest last update of the record.", "2026"),
    Parameter("has_results", "has_results", Kind.FLAG, "Results", "Whether results are posted: true or false.", "true"),
    Parameter(
        "stage",
        "stage",
        Kind.STAGE,
        "Stage",
        "Stage of a person's disease: IIIA, limited, ISS II, BCLC C. Trials that state no stage stay in.",
        "IIIA",
        many=True,
    ),
    Parameter(
        "extent",
        "extent",
        Kind.CODE,
        "Extent of disease",
        "Extent or course of a person's disease. Trials that neither ask for it nor rule it out stay in.",
        "metastatic",
        labels.EXTENT,
        many=True,
    ),
    Parameter(
        "biomarker",
        "biomarker",
        Kind.MARKER,
        "Biomarker",
        "Trials that require a marker (EGFR), or require it in a state that fits (EGFR:L858R, HER2:negative).",
        "EGFR:mutation",
        many=True,
    ),
    Parameter(
        "not_excluding",
        "not_excluding",
        Kind.MARKER,
        "Not excluding",
        "Markers of a person, all of them: trials that exclude one are removed.",
        "KRAS:G12C",
        many=True,
    ),
    Parameter(
        "prior_lines",
        "prior_lines",
        Kind.COUNT,
        "Prior lines",
        "Lines of therapy a person has had. Trials that state no number stay in.",
        "2",
        most=30,
    ),
    Parameter(
        "ecog",
        "ecog",
        Kind.COUNT,
        "ECOG status",
        "ECOG performance status of a person, 0 to 4. Trials that state none stay in.",
        "1",
        most=4,
    ),
    Parameter(
        "brain_metastases",
        "brain_metastases",
        Kind.FLAG,
        "Brain metastases",
        "Whether a person has brain metastases: true removes trials that exclude them all, false those that require "
        "them.",
        "true",
    ),
    Parameter(
        "cns",
        "cns",
        Kind.CODE,
        "Brain metastases in the criteria",
        "What the trial says of brain metastases.",
        "treated_stable",
        labels.CNS,
        many=True,
    ),
    Parameter(
        "include_unspecified",
        "include_unspecified",
        Kind.FLAG,
        "Trials that do not say",
        "Whether trials that state nothing of stage, extent, prior lines, ECOG or brain metastases stay in where these "
        "are asked for; true unless it is set to false.",
        "false",
    ),
)
BY_NAME: dict[str, Parameter] = {parameter.name: parameter for parameter in PARAMETERS}

PERSONAL = frozenset({"sex", "age_days", "near", "not_excluding", "prior_lines", "ecog", "brain_metastases"})
"""Fields of `Filters` that say something about a person; the page keeps them out of its address."""

FACET_PARAMETERS: dict[str, str] = {
    "status": "status",
    "phase": "phase",
    "cancer_type": "cancer_type",
    "intervention_type": "intervention_type",
    "countries": "country",
    "study_type": "study_type",
    "sponsor_class": "sponsor_class",
    "has_results": "has_results",
    "stage": "stage",
    "extent": "extent",
    "biomarker": "biomarker",
    "ecog": "ecog",
    "cns": "cns",
}
"""Facet (a field of `Filters`) → the parameter that chooses one of its values, in the order of the page."""

_ALIASES: dict[str, str] = {
    "query": "q",
    "q": "query",
    "text": "query",
    "term": "query",
    "countries": "country",
    "location": "near",
    "gender": "sex",
    "sponsor": "sponsor_class",
    "condition": "query",
    "cancer": "cancer_type",
    "page_token": "cursor",
    "limit": "size",
    "page_size": "size",
    "lat": "near",
    "lon": "near",
    "distance": "near",
}


def nearest_name(name: str, valid: tuple[str, ...]) -> str | None:
    """The valid name that was probably meant, or None."""
    key = name.strip().lower().replace("-", "_")
    if key in valid:
        return key
    other = _ALIASES.get(key)
    if other in valid:
        return other
    close = difflib.get_close_matches(key[:60], valid, n=1, cutoff=0.6)
    return close[0] if close else None


def facet_label(facet: str, value: str) -> str:
    """The label of a facet's value."""
    if facet in labels.FLAGS:
        return labels.FLAGS[facet].get(value, value)
    if facet == "cancer_type":
        return cancer_name(value)
    parameter = BY_NAME[FACET_PARAMETERS[facet]]
    if parameter.kind is Kind.MARKER:
        return value.replace(":", " ")
    return parameter.codes.get(value, value) if parameter.codes else value
