"""Conditions: the cancer with its histology and stage, its metastases, and what else a patient has."""

from __future__ import annotations

import datetime as dt

from search.fhir.codes import cancers, histology, is_cancer, is_secondary, meanings, plain
from search.fhir.reading import Json, Reading, coded
from search.fhir.resources import Resource, concept, extension, nodes, profiled, text, when
from search.terminology.cancers import display_name
from search.terminology.stages import parse_group, stage_leaves

_GONE = frozenset({"inactive", "resolved", "remission"})
_BACK = frozenset({"recurrence", "relapse"})
_LAST = dt.date.min


def read_conditions(reading: Reading) -> None:
    """All conditions of the bundle."""
    primaries: list[Resource] = []
    for source in reading.bundle.of("Condition"):
        if not reading.stands(source):
            continue
        reading.of_patient(source)
        said = concept(source.node.get("code"))
        if not said.said:
            reading.complain(source, "code", "holds neither a code nor a text")
        elif profiled(source.node, "secondary-cancer") or is_secondary(said):
            _secondary(reading, source)
        elif profiled(source.node, "primary-cancer") or is_cancer(said):
            primaries.append(source)
        else:
            _other(reading, source)
    _primary(reading, primaries)


def _primary(reading: Reading, found: list[Resource]) -> None:
    """The newest cancer that can be named is the disease; an older one of another kind is a second malignancy."""
    named = []
    for source in found:
        codes = cancers(concept(source.node.get("code")))
        site = " ".join(word for node in nodes(source.node.get("bodySite", [])) for word in concept(node).words)
        told = extension(source.node, "histology-morphology-behavior")
        if told is not None:
            kind = concept(told.get("valueCodeableConcept"))
            where = " ".join((*map(display_name, sorted(codes)), site))
            codes = histology(codes, where, kind) if codes else cancers(kind)
        if not codes:
            reading.complain(source, "code", "names no cancer that is known by this code or these words")
            continue
        named.append((coded(source.node, "clinicalStatus") not in _GONE, when(source.node) or _LAST, source, codes))
    if not named:
        return
    named.sort(key=lambda one: (not one[0], -one[1].toordinal(), one[2].path))
    _, day, source, codes = named[0]
    reading.fact("cancer", _one_or_all([*sorted(codes)]), source, None if day == _LAST else day)
    if coded(source.node, "clinicalStatus") in _BACK:
        reading.fact("extent", "recurrent", source)
    for place, stage in enumerate(nodes(source.node.get("stage", []))):
        _stage(reading, source, concept(stage.get("summary")).words, f"stage[{place}].summary")
    for _, _, other, others in named[1:]:
        if others != codes:
            reading.fact(
                "conditions", {"second malignancy": plain(concept(other.node.get("code")).name) or True}, other
            )


def _one_or_all(listed: list[Json]) -> Json:
    return listed[0] if len(listed) == 1 else listed


def _stage(reading: Reading, source: Resource, words: tuple[str, ...], where: str) -> None:
    for word in words:
        group = parse_group(plain(word)) or (plain(word) if stage_leaves(plain(word)) else None)
        if group:
            reading.fact("stage", group, source)
            return
    if words:
        reading.complain(source, where, "names no stage that is known")


def _secondary(reading: Reading, source: Resource) -> None:
    said = concept(source.node.get("code"))
    if coded(source.node, "clinicalStatus") in _GONE:
        reading.complain(source, "clinicalStatus", "metastases that are no longer there are not used")
        return
    reading.fact("extent", "metastatic", source)
    meaning = meanings(said)
    if "cns" in meaning:
        reading.fact("cns", meaning["cns"], source)
    where = meaning.get("conditions") or _site(" ".join(said.words))
    if where:
        reading.fact("conditions", {where: True}, source)
    if where == "brain metastases":
        reading.complain(source, "code", "brain metastases: whether they are treated, stable or growing is not coded")


_SITES = ("brain", "liver", "lung", "bone")


def _site(words: str) -> str | None:
    return next((f"{site} metastases" for site in _SITES if site in words.lower()), None)


def _other(reading: Reading, source: Resource) -> None:
    said = concept(source.node.get("code"))
    topic = meanings(said).get("conditions") or _topic(" ".join(said.words)) or plain(said.name)
    if not topic:
        reading.complain(source, "code", "is a code that is not known, without a display or text")
        return
    if coded(source.node, "verificationStatus") == "refuted":
        reading.fact("conditions", {topic: False}, source)
    elif coded(source.node, "clinicalStatus") in _GONE:
        reading.fact("conditions", {topic: "resolved"}, source)
    else:
        detail = text(plain(said.name))
        same = detail is None or detail.lower() == topic.lower()
        reading.fact("conditions", {topic: True if same else detail}, source)


_TOPICS = (
    ("human immunodeficiency", "HIV"),
    ("hiv ", "HIV"),
    ("hepatitis b", "HBV"),
    ("hepatitis c", "HCV"),
    ("diabetes", "diabetes"),
    ("hypertensive", "hypertension"),
    ("hypertension", "hypertension"),
    ("heart failure", "heart failure"),
    ("atrial fibrillation", "cardiac disease"),
    ("coronary", "cardiac disease"),
    ("myocardial", "cardiac disease"),
    ("cerebrovascular accident", "stroke"),
    ("stroke", "stroke"),
    ("embolism", "thromboembolism"),
    ("deep venous thrombosis", "thromboembolism"),
    ("deep vein thrombosis", "thromboembolism"),
    ("seizure", "seizure"),
    ("epilep", "seizure"),
    ("interstitial lung", "interstitial lung disease"),
    ("pneumonitis", "pneumonitis"),
    ("obstructive pulmonary", "lung disease"),
    ("asthma", "lung disease"),
    ("cirrhosis", "liver disease"),
    ("chronic kidney", "kidney disease"),
    ("renal failure", "kidney disease"),
    ("transplant", "organ transplant"),
    ("pregnan", "pregnancy"),
    ("neuropathy", "neuropathy"),
    ("hearing loss", "hearing loss"),
    ("rheumatoid", "autoimmune disease"),
    ("lupus", "autoimmune disease"),
    ("crohn", "autoimmune disease"),
    ("ulcerative colitis", "autoimmune disease"),
    ("multiple sclerosis", "autoimmune disease"),
    ("depressi", "psychiatric"),
    ("schizophreni", "psychiatric"),
    ("ascites", "pleural effusion or ascites"),
    ("pleural effusion", "pleural effusion or ascites"),
    ("tuberculosis", "active infection"),
)


def _topic(words: str) -> str | None:
    folded = f"{words.lower()} "
    if "pulmonary hypertension" in folded or "portal hypertension" in folded:
        return None
    return next((topic for part, topic in _TOPICS if part in folded), None)
