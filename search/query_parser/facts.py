"""What a query states of the person, in the form of a profile, so that a search without one is re-scored too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from search.eligibility.profile import read_profile
from search.patient import Origin, Patient
from search.query import Concept, Filters
from search.trial import OverallStatus, Phase, StudyType

_CNS = frozenset({"none", "active", "untreated", "symptomatic", "treated_stable", "leptomeningeal"})


def patient_of(concepts: Iterable[Concept]) -> Patient | None:
    """The person whom a query is about; None where it states nothing of one.

    Ambiguous concepts are no facts. What is wanted (interventions, places, phases) is none either, and a negative
    extent or biomarker is left out: "not" of one value is no value.
    """
    profile = _profile([one for one in concepts if not (one.ambiguous or one.aside)])
    return read_profile(profile, Origin.QUERY) if profile else None


def filters_of(concepts: Iterable[Concept]) -> Filters:
    """What the concepts ask of trials: status, phase, type of study, place; a place that is not known asks nothing."""
    filters = Filters()
    for one in concepts:
        if one.ambiguous or one.aside:
            continue
        if one.kind == "status":
            filters = replace(filters, status=filters.status | _members(OverallStatus, one))
        elif one.kind == "phase":
            filters = replace(filters, phase=filters.phase | _members(Phase, one))
        elif one.kind == "study_type" and one.value:
            wanted = frozenset({StudyType(one.value)})
            types = frozenset(StudyType) - wanted if one.negative else filters.study_type | wanted
            filters = replace(filters, study_type=types)
        elif one.kind == "place" and one.place is not None and not one.negative:
            filters = _with_place(filters, one.place)
    return filters


_Member = TypeVar("_Member", OverallStatus, Phase)


def _members(kind: type[_Member], one: Concept) -> frozenset[_Member]:
    named = frozenset(kind(value) for value in one.values)
    return frozenset(kind) - named if one.negative else named


def _with_place(filters: Filters, place: Filters) -> Filters:
    """Further countries are alternatives; of two cities or states the first counts."""
    if place.countries and not (place.states or place.cities or filters.states or filters.cities or filters.near):
        return replace(filters, countries=filters.countries | place.countries)
    if filters.countries or filters.near:
        inner = filters.countries == place.countries and not filters.states and not filters.cities
        return replace(filters, states=place.states, cities=place.cities) if inner else filters
    return replace(filters, countries=place.countries, states=place.states, cities=place.cities, near=place.near)


def _profile(concepts: list[Concept]) -> dict[str, Any]:
    profile: dict[str, Any] = {}
    conditions: dict[str, Any] = {}
    for one in concepts:
        if one.kind == "age":
            profile.setdefault("age", one.years)
        elif one.kind == "sex":
            profile.setdefault("sex", one.value)
        elif one.kind == "cancer" and not one.negative and not _is_general(one):
            profile.setdefault("cancer", sorted(one.codes))
        elif one.kind == "stage":
            if len(one.values) == 1:
                profile.setdefault("stage", one.values[0])
            if one.tnm:
                profile.setdefault("tnm", list(one.tnm))
        elif one.kind == "extent" and not one.negative:
            profile.setdefault("extent", []).extend(one.values)
        elif one.kind == "performance" and one.least == one.most:
            profile.setdefault("performance", []).append({"scale": one.scale, "value": one.least})
        elif one.kind == "biomarker" and one.states:
            entry = {"marker": one.marker, "state": _state(one)}
            if one.threshold:
                entry["value"] = one.threshold
            profile.setdefault("biomarkers", []).append(entry)
        elif one.kind == "cns":
            _cns(one, profile, conditions)
        elif one.kind == "condition" and one.topic:
            conditions[one.topic] = not one.negative
        elif one.kind == "line_count" and one.least == one.most:
            profile.setdefault("prior_lines", one.least)
            if one.most == 0:
                profile.setdefault("prior_therapies", [])
        elif one.kind == "prior_therapy" and not one.negative:
            given: dict[str, Any] = {"therapy": " + ".join(one.therapies)}
            given |= {key: value for key, value in (("setting", one.setting), ("outcome", _outcome(one))) if value}
            profile.setdefault("prior_therapies", []).append(given)
        elif one.kind == "place" and one.name:
            profile.setdefault("place", one.name)
    if conditions:
        profile["conditions"] = conditions
    return profile if set(profile) != {"place"} else {}


def _outcome(one: Concept) -> str | None:
    """The outcome, in the narrower word: what is resistant need not have been refractory."""
    if one.outcome == "refractory" and "resistan" in one.quote.lower():
        return "resistant"
    return one.outcome


def _is_general(one: Concept) -> bool:
    return all(code.startswith("_") for code in one.codes)


def _state(one: Concept) -> str:
    """The state that says most of those that the words may mean ("positive" of EGFR is a mutation)."""
    return one.states[-1] if len(one.states) > 1 and one.states[0] in ("positive", "negative") else one.states[0]


def _cns(one: Concept, profile: dict[str, Any], conditions: dict[str, Any]) -> None:
    state = re.sub(r"\W+", "_", one.value or "")
    if state in _CNS and not one.negative:
        profile.setdefault("cns", state)
    elif state == "any_brain_metastases":
        conditions["brain metastases"] = True
