"""A FHIR R4 bundle becomes a profile of the interchange format, each fact with the path of its resource.

mCODE's profiles are used where a resource claims them and never demanded. What is not understood, not valid or not held
is listed by its path and never fatal; the rest is used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search.fhir.conditions import read_conditions
from search.fhir.observations import read_observations
from search.fhir.reading import FhirFact, Json, Reading
from search.fhir.resources import Bundle, Resource, concept, date, nodes, text, when
from search.fhir.treatments import read_treatments
from search.patient import Unread

__all__ = ["FhirError", "FhirFact", "FhirReading", "read_bundle"]

_READ = frozenset(
    [
        "Patient",
        "Condition",
        "Observation",
        "MedicationAdministration",
        "MedicationRequest",
        "MedicationStatement",
        "MedicationUsage",
        "Procedure",
        "AllergyIntolerance",
    ]
)
_HELD = frozenset({"Medication", "Practitioner", "PractitionerRole", "Organization", "Location", "BodyStructure"})
"""Resources that others refer to and that say nothing by themselves."""
_LISTS = frozenset({"extent", "performance", "biomarkers", "prior_therapies", "labs"})
_MOST_RESOURCES = 5000


class FhirError(ValueError):
    """What was given is no FHIR resource."""


@dataclass(frozen=True, slots=True)
class FhirReading:
    """What a bundle says.

    Attributes:
        profile: the profile (FORMAT.md); a key is missing where nothing was read.
        facts: every fact with the path of its resource, in the order of the profile's keys.
        unread: what could not be used, by path; the sentences never repeat a patient's values.
    """

    profile: dict[str, Json]
    facts: tuple[FhirFact, ...]
    unread: tuple[Unread, ...]


def read_bundle(bundle: object) -> FhirReading:
    """Read a bundle, or a single resource.

    Args:
        bundle: the decoded JSON.

    Raises:
        FhirError: it is no object with a `resourceType`.
    """
    if not isinstance(bundle, Mapping) or not isinstance(bundle.get("resourceType"), str):
        raise FhirError("a FHIR bundle must be a JSON object with a `resourceType`")
    held = Bundle(bundle)
    reading = Reading(held, _as_of(bundle, held.resources))
    reading.unread += [Unread(path, problem) for path, problem in held.broken]
    if not held.resources:
        reading.unread.append(Unread("Bundle.entry", "holds no resources"))
    if len(held.resources) > _MOST_RESOURCES:
        reading.unread.append(Unread("Bundle.entry", f"only the first {_MOST_RESOURCES:,} resources are read"))
        del held.resources[_MOST_RESOURCES:]
    _patient(reading)
    read_conditions(reading)
    read_observations(reading)
    read_treatments(reading)
    _allergies(reading)
    for source in held.resources:
        if source.kind not in _READ and source.kind not in _HELD:
            reading.complain(source, "resourceType", "is a type of resource that is not read")
    facts = tuple(_newest(reading.facts))
    profile = _profile(facts)
    if reading.as_of is not None:
        profile["as_of"] = reading.as_of.isoformat()
    return FhirReading(profile, facts, tuple(reading.unread))


def _as_of(bundle: Mapping[str, object], resources: Iterable[Resource]) -> dt.date | None:
    """The day that the bundle speaks of: its time stamp, else the newest date in it."""
    meta = next(iter(nodes(bundle.get("meta", []))), {})
    stamped = date(bundle.get("timestamp")) or date(meta.get("lastUpdated"))
    return stamped or max((day for one in resources if (day := when(one.node)) is not None), default=None)


def _patient(reading: Reading) -> None:
    found = list(reading.bundle.of("Patient"))
    if not found:
        reading.unread.append(Unread("Bundle.entry", "holds no Patient: age and sex are not stated"))
        return
    source = found[0]
    for other in found[1:]:
        reading.complain(other, "", "is a second patient; one patient is read")
    born = date(source.node.get("birthDate"))
    if born is not None and reading.as_of is not None and born <= reading.as_of:
        today = reading.as_of
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        reading.fact("age", age, source)
    elif source.node.get("birthDate") is not None:
        reading.complain(source, "birthDate", "gives no age: it is no date, or the bundle has none to count from")
    gender = text(source.node.get("gender"))
    if gender in {"male", "female"}:
        reading.fact("sex", gender, source)
    elif gender is not None:
        reading.complain(source, "gender", "is neither male nor female; trials that ask for one are left open")
    for address in nodes(source.node.get("address", []))[:1]:
        place = ", ".join(filter(None, (text(address.get(key)) for key in ("city", "state", "country"))))
        if place:
            reading.fact("place", place, source)


def _allergies(reading: Reading) -> None:
    for source in reading.bundle.of("AllergyIntolerance"):
        if not reading.stands(source):
            continue
        name = concept(source.node.get("code")).name
        if _denies(name):
            reading.fact("conditions", {"allergy": False}, source)
        else:
            reading.fact("conditions", {"allergy": name or True}, source)


def _denies(name: str) -> bool:
    """Whether a coded allergy says that there is none."""
    return name.lower().startswith("no known")


def _identity(fact: FhirFact) -> str:
    """What a fact is about: of the same thing the newest holds."""
    value = fact.value if isinstance(fact.value, dict) else {}
    match fact.key:
        case "labs":
            return f"labs {value.get('analyte')}"
        case "performance":
            return f"performance {value.get('scale')}"
        case "biomarkers":
            state = value.get("state")
            return f"biomarkers {value.get('marker')} {'' if state in ('positive', 'negative') else state}"
        case "conditions":
            return f"conditions {' '.join(value)}"
        case "tnm":
            return f"tnm {str(fact.value)[:3]}"
        case "extent":
            return f"extent {fact.value}"
        case "prior_therapies":
            return f"prior_therapies {fact.path}"
    return fact.key


def _newest(facts: list[FhirFact]) -> list[FhirFact]:
    """Of several facts about the same thing the last one, which is the newest; in the order they came."""
    last: dict[str, FhirFact] = {}
    for fact in facts:
        key = _identity(fact)
        known = last.get(key)
        if known is None or known.on is None or fact.on is None or fact.on >= known.on:
            last[key] = fact
    kept = {id(fact) for fact in last.values()}
    return [fact for fact in facts if id(fact) in kept]


def _profile(facts: Iterable[FhirFact]) -> dict[str, Json]:
    profile: dict[str, Json] = {}
    lists: dict[str, list[Json]] = {}
    topics: dict[str, Json] = {}
    tokens: list[Json] = []
    for fact in facts:
        if fact.key == "conditions" and isinstance(fact.value, dict):
            topics.update(fact.value)
        elif fact.key == "tnm" and isinstance(fact.value, list):
            tokens += fact.value
        elif fact.key in _LISTS:
            lists.setdefault(fact.key, []).append(fact.value)
        else:
            profile[fact.key] = fact.value
    profile.update(lists)
    if tokens:
        profile["tnm"] = tokens
    if topics:
        profile["conditions"] = topics
    return profile
