"""A profile of the interchange format becomes a `Patient`.

Every key of the format is read. What is not known, impossible or contradictory ends in `Patient.unread` with the name
of its field; the rest is used. A note names fields and what they may hold, never the patient's own values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from search.eligibility.profile_parts import (
    CNS_STATES,
    EXTENTS,
    condition_fact,
    known_therapy,
    known_unit,
    lab_fact,
    marker_facts,
    number,
    performance_fact,
    texts,
    treatment,
)
from search.patient import (
    AgeFact,
    CancerFact,
    CnsFact,
    ConditionFact,
    ExtentFact,
    LabFact,
    LinesFact,
    MarkerFact,
    Origin,
    Patient,
    PerformanceFact,
    PlaceFact,
    SexFact,
    Source,
    StageFact,
    TnmFact,
    Treatment,
    Treatments,
    Unread,
)
from search.terminology import oncotree
from search.terminology.cancers import resolve_cancer
from search.terminology.markers import resolve_marker
from search.terminology.stages import implies_metastatic, stage_leaves, tnm_tokens
from search.trial import GeoPoint

_OLDEST = 120
_MOST_LINES = 50
_LONGEST_LIST = 1000
"""Entries of a list that are read."""
_T = TypeVar("_T")


class ProfileError(ValueError):
    """The profile is no object at all."""


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what could not be."""

    origin: Origin
    as_of: dt.date | None = None
    unread: list[Unread] = field(default_factory=list)

    def complain(self, name: str, problem: str) -> None:
        self.unread.append(Unread(name, problem))

    def source(self, name: str) -> Source:
        return Source(self.origin, name, as_of=self.as_of)

    def entries(self, name: str, value: object, read: Callable[[object, Source], _T]) -> tuple[_T, ...]:
        """Every entry of a list that can be read; a single entry is a list of one."""
        found = value if isinstance(value, list | tuple) else [value]
        if len(found) > _LONGEST_LIST:
            self.complain(name, f"only the first {_LONGEST_LIST} entries are read")
        answers: list[_T] = []
        for place, entry in enumerate(found[:_LONGEST_LIST]):
            spot = f"{name}[{place}]"
            try:
                answers.append(read(entry, self.source(spot)))
            except ValueError as error:
                self.complain(spot, str(error))
        return tuple(answers)


def read_profile(profile: object, origin: Origin = Origin.PROFILE) -> Patient:
    """The patient of a profile.

    Args:
        profile: the decoded JSON object (FORMAT.md).
        origin: what the facts' sources say.

    Raises:
        ProfileError: `profile` is not an object.
    """
    if not isinstance(profile, Mapping):
        raise ProfileError("the profile must be a JSON object")
    reading = _Reading(origin)
    patient = Patient()
    if profile.get("as_of") is not None:
        reading.as_of = _date(profile["as_of"], reading)
        patient = replace(patient, as_of=reading.as_of)
    for key in sorted(map(str, profile)):
        value = profile.get(key)
        if value is None or key == "as_of":
            continue
        reader = _READERS.get(key)
        if reader is None:
            reading.complain(key, "this key is not known; it is kept out of the assessment")
            continue
        try:
            patient = reader(patient, value, reading)
        except ValueError as error:
            reading.complain(key, str(error))
    _contradictions(patient, reading)
    return replace(patient, unread=tuple(reading.unread))


def _date(value: object, reading: _Reading) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        reading.complain("as_of", "must be a date (2025-03-31)")
        return None


def _age(patient: Patient, value: object, reading: _Reading) -> Patient:
    years = number(value)
    if years is None or not 0 <= years <= _OLDEST:
        raise ValueError(f"must be years between 0 and {_OLDEST}")
    return replace(patient, age=AgeFact(years, reading.source("age")))


_SEXES = {"male": "male", "m": "male", "man": "male", "female": "female", "f": "female", "woman": "female"}


def _sex(patient: Patient, value: object, reading: _Reading) -> Patient:
    known = _SEXES.get(str(value).strip().lower())
    if known is None:
        raise ValueError("must be male or female")
    return replace(patient, sex=SexFact(known, reading.source("sex")))


def _cancer(patient: Patient, value: object, reading: _Reading) -> Patient:
    named = texts(value)
    codes: set[str] = set()
    for name in named:
        code = name.strip().upper()
        found = frozenset({code}) if code in oncotree.nodes() else resolve_cancer(name)
        if not found:
            reading.complain("cancer", "a name is neither an OncoTree code nor a cancer that is known by name")
        codes |= found
    if not codes:
        return patient
    return replace(patient, cancer=CancerFact(frozenset(codes), ", ".join(named), reading.source("cancer")))


def _stage(patient: Patient, value: object, reading: _Reading) -> Patient:
    named = texts(value)
    if len(set(named)) > 1:
        raise ValueError("two stages are given; one stage, or a range such as IIIA-IIIB, can be used")
    if not named:
        return patient
    text = named[0].strip()
    if not stage_leaves(text):
        tokens = tuple(tnm_tokens(text))
        if tokens:
            fact = patient.tnm or TnmFact(tokens, reading.source("stage"))
            return replace(patient, tnm=fact)
        raise ValueError("names no stage that is known")
    return replace(patient, stage=StageFact(text, source=reading.source("stage")))


def _tnm(patient: Patient, value: object, reading: _Reading) -> Patient:
    tokens = tuple(tnm_tokens(" ".join(texts(value))))
    if not tokens:
        raise ValueError('must hold TNM tokens (["T2", "N1", "M0"])')
    for axis in "TNM":
        if len({token for token in tokens if token.startswith(axis)}) > 1:
            reading.complain("tnm", f"several values of {axis} are given: each is taken as possible")
    return replace(patient, tnm=TnmFact(tokens, reading.source("tnm")))


def _extent(patient: Patient, value: object, reading: _Reading) -> Patient:
    def read(entry: object, source: Source) -> ExtentFact:
        name = str(entry).strip().lower().replace(" ", "_").replace("-", "_")
        if name not in EXTENTS:
            raise ValueError(f"must be one of {', '.join(EXTENTS)}")
        return ExtentFact(name, source=source)

    found = reading.entries("extent", value, read)
    return replace(patient, extents=patient.extents + found)


def _performance(patient: Patient, value: object, reading: _Reading) -> Patient:
    found: tuple[PerformanceFact, ...] = reading.entries("performance", value, performance_fact)
    return replace(patient, performance=found)


def _biomarkers(patient: Patient, value: object, reading: _Reading) -> Patient:
    found: tuple[tuple[MarkerFact, ...], ...] = reading.entries("biomarkers", value, marker_facts)
    markers = tuple(fact for facts in found for fact in facts)
    for fact in markers:
        if not resolve_marker(fact.marker) and not fact.marker.upper().startswith("HLA"):
            reading.complain(
                fact.source.field or "biomarkers", "names a marker that is not known; only its name is compared"
            )
    return replace(patient, markers=markers)


def _treatments(patient: Patient, value: object, reading: _Reading) -> Patient:
    found: tuple[Treatment, ...] = reading.entries("prior_therapies", value, treatment)
    if isinstance(value, list | tuple) and value and not found:
        return patient  # something was given, and nothing of it is known: not "no treatment"
    for item in found:
        if not any(known_therapy(part) for part in item.parts):
            reading.complain(
                item.source.field or "prior_therapies", "names no therapy that is known; only its words are compared"
            )
    return replace(patient, treatments=Treatments(found, reading.source("prior_therapies")))


def _lines(patient: Patient, value: object, reading: _Reading) -> Patient:
    count = number(value)
    if count is None or not 0 <= count <= _MOST_LINES or count != int(count):
        raise ValueError(f"must be a whole number from 0 to {_MOST_LINES}")
    return replace(patient, lines=LinesFact(int(count), reading.source("prior_lines")))


def _labs(patient: Patient, value: object, reading: _Reading) -> Patient:
    found: tuple[LabFact, ...] = reading.entries("labs", value, lab_fact)
    for fact in found:
        if fact.unit is None:
            reading.complain(fact.source.field or "labs", "has no unit; the usual one is assumed if it is plausible")
        elif not known_unit(fact.unit):
            reading.complain(
                fact.source.field or "labs", "has a unit that is not known; it is compared only with the same"
            )
    return replace(patient, labs=found)


def _cns(patient: Patient, value: object, reading: _Reading) -> Patient:
    state = str(value).strip().lower().replace(" ", "_")
    if state not in CNS_STATES:
        raise ValueError(f"must be one of {', '.join(CNS_STATES)}")
    return replace(patient, cns=CnsFact(state, reading.source("cns")))


def _conditions(patient: Patient, value: object, reading: _Reading) -> Patient:
    if not isinstance(value, Mapping):
        raise ValueError("must be an object: topic to true, false or a text")
    found: list[ConditionFact] = []
    for topic in sorted(map(str, value)):
        stated = value.get(topic)
        if stated is None:
            continue
        try:
            found.append(condition_fact(topic, stated, reading.source(f"conditions.{topic}")))
        except ValueError as error:
            reading.complain(f"conditions.{topic}", str(error))
    return replace(patient, conditions=tuple(found))


def _place(patient: Patient, value: object, reading: _Reading) -> Patient:
    source = reading.source("place")
    if isinstance(value, str) and value.strip():
        return replace(patient, place=PlaceFact(value.strip(), source=source))
    if isinstance(value, Mapping):
        lat, lon = number(value.get("lat")), number(value.get("lon"))
        if lat is not None and lon is not None and -90 <= lat <= 90 and -180 <= lon <= 180:
            return replace(patient, place=PlaceFact(point=GeoPoint(lat, lon), source=source))
    raise ValueError('must be a text or {"lat": -90 to 90, "lon": -180 to 180}')


def _panels(patient: Patient, value: object, reading: _Reading) -> Patient:
    names = {marker for name in texts(value) for marker in (resolve_marker(name) or (name,))}
    if not names:
        reading.complain("panels", "must be a list of markers")
    return replace(patient, panels=tuple(sorted(names)))


_READERS: Mapping[str, Callable[[Patient, object, _Reading], Patient]] = {
    "age": _age,
    "sex": _sex,
    "cancer": _cancer,
    "stage": _stage,
    "tnm": _tnm,
    "extent": _extent,
    "performance": _performance,
    "biomarkers": _biomarkers,
    "panels": _panels,
    "prior_therapies": _treatments,
    "prior_lines": _lines,
    "labs": _labs,
    "cns": _cns,
    "conditions": _conditions,
    "place": _place,
}


def _contradictions(patient: Patient, reading: _Reading) -> None:
    """Facts that cannot both hold: named; each is used where it stands alone."""
    extents = {fact.value for fact in patient.extents if fact.present}
    site = next(iter(patient.cancer.codes)) if patient.cancer is not None and len(patient.cancer.codes) == 1 else None
    stage = implies_metastatic(patient.stage.text, site) if patient.stage is not None else None
    tnm = implies_metastatic(" ".join(patient.tnm.tokens)) if patient.tnm is not None else None
    if stage is not None and tnm is not None and stage is not tnm:
        reading.complain("stage", "does not agree with tnm on distant metastases")
    if tnm is False and "metastatic" in extents and "recurrent" not in extents:
        reading.complain("extent", "metastatic does not agree with M0 in tnm")
    if "localized" in extents and "metastatic" in extents:
        reading.complain("extent", "localized and metastatic exclude each other; neither is used alone")
    if "resectable" in extents and "unresectable" in extents:
        reading.complain("extent", "resectable and unresectable exclude each other; neither is used alone")
    if patient.treatments is not None and patient.lines is not None:
        numbered = max((item.line or 0 for item in patient.treatments.items), default=0)
        if numbered > patient.lines.count:
            reading.complain("prior_lines", "is smaller than the highest line of prior_therapies")
