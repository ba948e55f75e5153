"""Treatments: medications that were given, operations and radiotherapy, in order, with what is known of their end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from search.fhir.codes import meanings, plain
from search.fhir.reading import Json, Reading
from search.fhir.resources import Concept, Node, Resource, concept, date, extension, nodes, text, when
from search.terminology.therapies import find_therapies, is_a

_MEDICATIONS = ("MedicationAdministration", "MedicationRequest", "MedicationStatement", "MedicationUsage")
_TOGETHER_DAYS = 3
"""Drugs that begin within so many days are one treatment."""
_PAUSE_DAYS = 120
"""Doses of one drug that lie farther apart belong to two treatments."""
_ENDED = frozenset({"completed", "stopped", "ended"})
_GOES_ON = frozenset({"active", "in-progress"})
_OUTCOMES = (
    (re.compile(r"progress|relaps|recur", re.I), "progressed"),
    (re.compile(r"toxic|adverse|intoleran|side effect", re.I), "intolerant"),
)
_TOPICS = (
    ("anticoagulant", "anticoagulation"),
    ("corticosteroid", "steroids"),
    ("immunosuppressant", "immunosuppression"),
)


@dataclass(slots=True)
class _Given:
    therapy: str
    source: Resource
    start: dt.date | None
    end: dt.date | None
    ongoing: bool
    setting: str | None
    outcome: str | None
    doses: int = 1
    detail: str | None = None
    parts: list[str] = field(default_factory=list)


def read_treatments(reading: Reading) -> None:
    """All treatments of the bundle; medicines that are none of cancer only where trials ask for them."""
    drugs = [one for source in reading.bundle.of(*_MEDICATIONS) for one in _medication(reading, source)]
    given = _joined(_courses(drugs)) + [
        one for source in reading.bundle.of("Procedure") for one in _procedure(reading, source)
    ]
    for one in sorted(given, key=lambda one: (one.start or one.end or dt.date.min, one.source.path)):
        reading.fact("prior_therapies", _entry(one, reading.as_of), one.source, one.end or one.start)


def _period(node: Node) -> tuple[dt.date | None, dt.date | None]:
    for key in ("effectivePeriod", "occurrencePeriod", "performedPeriod"):
        for period in nodes(node.get(key, [])):
            return date(period.get("start")), date(period.get("end"))
    for request in nodes(node.get("dosageInstruction", [])):
        for timing in nodes(request.get("timing", [])):
            for repeat in nodes(timing.get("repeat", [])):
                for period in nodes(repeat.get("boundsPeriod", [])):
                    return date(period.get("start")), date(period.get("end"))
    day = when(node)
    return day, None


def _medication(reading: Reading, source: Resource) -> Iterator[_Given]:
    if not reading.stands(source):
        return
    reading.of_patient(source)
    node = source.node
    said = concept(node.get("medicationCodeableConcept"))
    reference = node.get("medicationReference")
    if not said.said and reference is not None:
        target = reading.bundle.follow(reference, source)
        if target is None:
            display = text(nodes(reference)[0].get("display")) if nodes(reference) else None
            if display is None:
                reading.complain(source, "medicationReference", "refers to a medication that the bundle does not hold")
                return
            said = Concept(words=(display,))
        else:
            said = concept(target.node.get("code"))
    names = _names(said)
    if not names:
        reading.complain(source, "medication[x]", "is no treatment that is known by this code or these words")
        return
    if not any(is_a(name, "anticancer therapy") for name in names):
        _beside(reading, source, names)
        return
    status = text(node.get("status"))
    start, end = _period(node)
    if source.kind == "MedicationAdministration" and end is None:
        end = start
    yield _Given(
        therapy=" + ".join(names),
        source=source,
        start=start,
        end=end,
        ongoing=status in _GOES_ON and end is None,
        setting=_setting(node),
        outcome=_outcome(node),
        parts=list(names),
    )


def _names(said: Concept) -> list[str]:
    for word in said.words:
        found = list(dict.fromkeys(mention.name for mention in find_therapies(plain(word), typed=True)))
        if found:
            return found
    named = meanings(said).get("therapy")
    return [named] if named else []


def _beside(reading: Reading, source: Resource, names: list[str]) -> None:
    if text(source.node.get("status")) in _ENDED:
        return
    for drug_class, topic in _TOPICS:
        if any(is_a(name, drug_class) for name in names):
            reading.fact("conditions", {topic: ", ".join(names)}, source)
            return
    reading.complain(source, "", "is no treatment of cancer; medicines beside it are not assessed")


def _setting(node: Node) -> str | None:
    for ending in ("treatment-intent", "procedure-intent"):
        told = extension(node, ending)
        if told is not None:
            said = concept(told.get("valueCodeableConcept"))
            words = " ".join(said.words).lower()
            found = meanings(said).get("intent") or next(
                (name for name in ("neoadjuvant", "adjuvant", "palliative", "curative") if name in words), None
            )
            return {"palliative": "metastatic", "curative": None}.get(found or "", found)
    return None


def _outcome(node: Node) -> str | None:
    reasons = [concept(one) for one in nodes(node.get("statusReason", []))]
    told = extension(node, "termination-reason")
    if told is not None:
        reasons.append(concept(told.get("valueCodeableConcept")))
    words = " ".join(word for reason in reasons for word in reason.words)
    return next((name for pattern, name in _OUTCOMES if pattern.search(words)), None)


def _procedure(reading: Reading, source: Resource) -> Iterator[_Given]:
    if not reading.stands(source):
        return
    reading.of_patient(source)
    said = concept(source.node.get("code"))
    names = _names(said)
    if not names:
        surgical = concept(source.node.get("category")).name.lower().startswith("surg")
        names = ["surgery"] if surgical else []
    if not names:
        reading.complain(source, "code", "is no treatment that is known by this code or these words")
        return
    start, end = _period(source.node)
    status = text(source.node.get("status"))
    sites = [concept(site).name for site in nodes(source.node.get("bodySite", []))]
    detail = ", ".join(filter(None, (plain(said.name), *sites)))
    outcome = concept(source.node.get("outcome")).name or None
    yield _Given(
        therapy=" + ".join(names),
        source=source,
        start=start,
        end=end or (start if status == "completed" else None),
        ongoing=status == "in-progress",
        setting=_setting(source.node),
        outcome=outcome or _outcome(source.node),
        detail=detail or None,
        parts=names,
    )


def _courses(drugs: list[_Given]) -> list[_Given]:
    """Doses and prescriptions of one drug that follow each other become one treatment."""
    found: list[_Given] = []
    last: dict[str, _Given] = {}
    for one in sorted(drugs, key=lambda one: (one.start or dt.date.min, one.source.path)):
        before = last.get(one.therapy)
        edge = (before.end or before.start) if before is not None else None
        if before is not None and (one.start is None or edge is None or (one.start - edge).days <= _PAUSE_DAYS):
            before.doses += 1
            before.end = max(filter(None, (before.end, one.end)), default=None)
            before.ongoing = one.ongoing or (before.ongoing and one.end is None)
            before.outcome = one.outcome or before.outcome
            before.setting = before.setting or one.setting
        else:
            last[one.therapy] = one
            found.append(one)
    return found


def _joined(drugs: list[_Given]) -> list[_Given]:
    """Drugs that began together are one treatment."""
    found: list[_Given] = []
    for one in drugs:
        mate = next(
            (
                other
                for other in found
                if other.start is not None
                and one.start is not None
                and abs((one.start - other.start).days) <= _TOGETHER_DAYS
                and other.setting == one.setting
            ),
            None,
        )
        if mate is None:
            found.append(one)
            continue
        mate.parts += [part for part in one.parts if part not in mate.parts]
        mate.therapy = " + ".join(mate.parts)
        mate.end = max(filter(None, (mate.end, one.end)), default=None)
        mate.ongoing = mate.ongoing or one.ongoing
        mate.outcome = mate.outcome or one.outcome
    return found


def _entry(one: _Given, as_of: dt.date | None) -> Json:
    entry: dict[str, Json] = {"therapy": one.therapy}
    if one.setting:
        entry["setting"] = one.setting
    if one.ongoing:
        entry["outcome"] = one.outcome or "ongoing"
    elif one.outcome:
        entry["outcome"] = one.outcome
    if one.end is not None and as_of is not None and one.end <= as_of and not one.ongoing:
        entry["days_ago"] = (as_of - one.end).days
    if one.start is not None and one.end is not None and one.end > one.start:
        entry["duration_days"] = (one.end - one.start).days
    if one.detail:
        entry["detail"] = one.detail
    return entry
