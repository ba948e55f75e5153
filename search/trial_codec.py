"""Trials as bytes, for storage: a JSON object with the field names of `Trial`, and back, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import orjson

from search.trial import (
    Arm,
    DateStruct,
    Design,
    Eligibility,
    GeoPoint,
    GeoQuality,
    Intervention,
    InterventionRole,
    InterventionType,
    MeshTerm,
    Outcome,
    OverallStatus,
    PartialDate,
    Phase,
    Sex,
    Site,
    Sponsor,
    SponsorClass,
    StudyType,
    Trial,
)

# JSON is untyped: what comes out of it is Any until the dataclasses give it types again.
_Json = dict[str, Any]
_Convert = Mapping[str, Callable[[Any], Any]]
T = TypeVar("T")


def encode_trial(trial: Trial) -> bytes:
    """Encode a trial. Equal trials give equal bytes.

    Raises:
        TypeError: a text holds a lone surrogate, which UTF-8 cannot carry (`parse_study` lets none through).
    """
    return orjson.dumps(trial)


def decode_trial(data: bytes) -> Trial:
    """Decode what `encode_trial` wrote.

    Raises:
        ValueError: the bytes are no encoded trial, or that of another version.
    """
    try:
        return _built(Trial, orjson.loads(data), _TRIAL)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ValueError("these bytes are not a trial encoded by this version") from error


def _built(cls: Callable[..., T], values: _Json, converters: _Convert) -> T:
    """Build a dataclass, converting in place (the dictionary is ours) only what JSON cannot express."""
    for name, convert in converters.items():
        value = values.get(name)
        if value is not None:
            values[name] = convert(value)
    return cls(**values)


def _one(cls: Callable[..., T], **converters: Callable[[Any], Any]) -> Callable[[_Json], T]:
    return lambda values: _built(cls, values, converters)


def _many(cls: Callable[..., T], **converters: Callable[[Any], Any]) -> Callable[[list[_Json]], tuple[T, ...]]:
    return lambda items: tuple([_built(cls, values, converters) for values in items])


def _member(kind: type[StrEnum]) -> Callable[[str], Any]:
    # A dictionary is several times faster than calling the enumeration, and a trial can have hundreds of sites.
    return {member.value: member for member in kind}.__getitem__


def _phases(names: list[str]) -> tuple[Phase, ...]:
    return tuple([Phase(name) for name in names])


_STATUS = _member(OverallStatus)
_SPONSOR_CLASS = _member(SponsorClass)
_DATE = _one(PartialDate)
_DATE_STRUCT = _one(DateStruct, date=_DATE)
_MESH = _many(MeshTerm)
_TRIAL: _Convert = {
    "aliases": tuple,
    "secondary_ids": tuple,
    "overall_status": _STATUS,
    "last_known_status": _STATUS,
    "status_verified": _DATE,
    "start": _DATE_STRUCT,
    "primary_completion": _DATE_STRUCT,
    "completion": _DATE_STRUCT,
    "first_posted": _DATE_STRUCT,
    "last_update_posted": _DATE_STRUCT,
    "results_first_posted": _DATE_STRUCT,
    "lead_sponsor": _one(Sponsor, sponsor_class=_SPONSOR_CLASS),
    "collaborators": _many(Sponsor, sponsor_class=_SPONSOR_CLASS),
    "conditions": tuple,
    "keywords": tuple,
    "study_type": StudyType,
    "phases": _phases,
    "design": _one(Design),
    "arms": _many(Arm, interventions=tuple),
    "interventions": _many(
        Intervention,
        type=_member(InterventionType),
        role=_member(InterventionRole),
        other_names=tuple,
        arm_labels=tuple,
    ),
    "outcomes": _many(Outcome),
    "eligibility": _one(Eligibility, sex=Sex, std_ages=tuple),
    "sites": _many(Site, status=_STATUS, point=_one(GeoPoint), geo_quality=_member(GeoQuality)),
    "condition_mesh": _MESH,
    "condition_ancestors": _MESH,
    "intervention_mesh": _MESH,
    "intervention_ancestors": _MESH,
    "version_holder": _DATE,
}
