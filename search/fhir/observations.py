"""Observations: performance status, stage and TNM, tumour markers, genomic variants, laboratory values, course."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from search.fhir.codes import analyte_of, markers_of, meanings, plain, ucum
from search.fhir.reading import Json, Reading
from search.fhir.resources import Concept, Node, Resource, concept, nodes, number, profiled, text, when
from search.terminology.markers import resolve_marker
from search.terminology.stages import parse_group, stage_leaves, tnm_tokens

_SCALES = (("karnofsky", "Karnofsky"), ("lansky", "Lansky"), ("ecog", "ECOG"), ("zubrod", "ECOG"))
_ABSENT = re.compile(r"\b(?:absent|negative|not detected|none|undetected|no mutation)\b", re.I)
_PRESENT = re.compile(r"\b(?:present|positive|detected|reactive|amplified|mutated)\b", re.I)
_STABLE = re.compile(r"\b(?:stable|mss|msi-?s)\b", re.I)
_HIGH = re.compile(r"\bmsi-?h|\bhigh\b|\bunstable\b", re.I)
_PROTEIN = re.compile(r"\(?p\.\(?([A-Za-z]{1,3}\d+[A-Za-z*=]{0,12})\)?")
_AMINO = {
    "ala": "A", "arg": "R", "asn": "N", "asp": "D", "cys": "C", "gln": "Q", "glu": "E", "gly": "G", "his": "H",
    "ile": "I", "leu": "L", "lys": "K", "met": "M", "phe": "F", "pro": "P", "ser": "S", "thr": "T", "trp": "W",
    "tyr": "Y", "val": "V", "ter": "*",
}  # fmt: skip
_STATES = ("amplification", "fusion", "deletion", "insertion", "loss", "rearrangement", "exon 14 skipping")


def read_observations(reading: Reading) -> None:
    """All observations of the bundle, oldest first, so that of the same thing the newest stands last."""
    found = [source for source in reading.bundle.of("Observation") if reading.stands(source)]
    for source in sorted(found, key=lambda one: when(one.node) or dt.date.min):
        reading.of_patient(source)
        _read(reading, source)


def _read(reading: Reading, source: Resource) -> None:
    node, said = source.node, concept(source.node.get("code"))
    meaning, words = meanings(said), " ".join(said.words).lower()
    scale = meaning.get("performance") or next((name for part, name in _SCALES if part in words), None)
    if not said.said:
        reading.complain(source, "code", "holds neither a code nor a text")
    elif scale:
        _performance(reading, source, scale)
    elif "stage" in meaning or profiled(node, "stage-group") or "stage group" in words:
        _stage(reading, source)
    elif "tnm" in meaning or profiled(node, "-category") or _axis(words):
        _tnm(reading, source, meaning.get("tnm") or _axis(words) or "")
    elif "variant" in meaning or profiled(node, "genomic-variant", "genetic-variant"):
        _variant(reading, source)
    elif "course" in meaning or profiled(node, "cancer-disease-status"):
        _course(reading, source)
    elif meaning.get("conditions"):
        _topic(reading, source, meaning["conditions"])
    elif not _lab(reading, source, said) and not _marker(reading, source, said):
        if nodes(node.get("component", [])):
            _components(reading, source)
        else:
            reading.complain(source, "code", "is no observation that is understood")


def _axis(words: str) -> str | None:
    found = re.search(
        r"\b(primary tumor|regional (?:lymph )?nodes?|distant metastas[ei]s)\b.*\b(?:class|category)", words
    )
    return None if found is None else {"p": "T", "r": "N", "d": "M"}[found[1][0]]


def _value(node: Node) -> Concept:
    return concept(node.get("valueCodeableConcept") or node.get("valueString"))


def _quantity(node: Node) -> tuple[float, str | None] | None:
    for key in ("valueQuantity", "valueInteger", "valueDecimal"):
        held = node.get(key)
        if number(held) is not None:
            return number(held) or 0.0, None
        for quantity in nodes(held if held is not None else []):
            value = number(quantity.get("value"))
            if value is not None:
                return value, text(quantity.get("code")) or text(quantity.get("unit"))
    return None


def _performance(reading: Reading, source: Resource, scale: str) -> None:
    value = _quantity(source.node)
    grade = meanings(_value(source.node)).get("grade") or meanings(concept(_interpretation(source.node))).get("grade")
    told = value[0] if value else float(grade) if grade else None
    if told is None:
        digits = re.search(r"\b(\d{1,3})\b", _value(source.node).name)
        told = float(digits[1]) if digits else None
    if told is None or told != int(told):
        reading.complain(source, "value[x]", "is no value of a performance scale")
        return
    reading.fact("performance", {"scale": scale, "value": int(told)}, source, when(source.node))


def _interpretation(node: Node) -> object:
    held = node.get("interpretation")
    return held[0] if isinstance(held, list) and held else held


def _stage(reading: Reading, source: Resource) -> None:
    for word in (*_value(source.node).words, *(code for _, code in _value(source.node).codes)):
        cut = re.sub(r"^.*\bstage\b\s*(?:group\s*)?", "", plain(word), flags=re.I).strip() or plain(word)
        for form in (cut, plain(word)):
            group = parse_group(form)
            if group or stage_leaves(form):
                reading.fact("stage", group or form, source, when(source.node))
                return
    reading.complain(source, "valueCodeableConcept", "names no stage that is known")


def _tnm(reading: Reading, source: Resource, axis: str) -> None:
    said = _value(source.node)
    for word in (*said.words, *(code for _, code in said.codes)):
        tokens = [token for token in tnm_tokens(word) if not axis or token.startswith(axis)]
        if tokens:
            reading.fact("tnm", list(tokens), source, when(source.node))
            return
    reading.complain(source, "valueCodeableConcept", "names no TNM category that is known")


def _course(reading: Reading, source: Resource) -> None:
    said = _value(source.node)
    course = meanings(said).get("course")
    words = " ".join(said.words).lower()
    if course == "worsened" or re.search(r"worse|progress", words):
        reading.fact("extent", "progressive", source, when(source.node))
    elif course is None and not re.search(r"stable|improv|undetermined|remission", words):
        reading.complain(source, "valueCodeableConcept", "is no course of disease that is known")


def _topic(reading: Reading, source: Resource, topic: str) -> None:
    said = _value(source.node)
    result = _result(said)
    held = source.node.get("valueBoolean")
    if isinstance(held, bool):
        reading.fact("conditions", {topic: held}, source, when(source.node))
    elif result is not None:
        reading.fact("conditions", {topic: result}, source, when(source.node))
    else:
        absent = re.search(r"\bnot\b|\bno\b", said.name, re.I) is not None
        reading.fact("conditions", {topic: not absent}, source, when(source.node))


def _result(said: Concept) -> bool | None:
    told = meanings(said).get("result")
    if told in {"present", "positive", "absent", "negative"}:
        return told in {"present", "positive"}
    words = " ".join(said.words)
    if _ABSENT.search(words):
        return False
    return True if _PRESENT.search(words) else None


def _lab(reading: Reading, source: Resource, said: Concept) -> bool:
    value, name = _quantity(source.node), analyte_of(said)
    if name is None or value is None or (markers_of(said) and value[1] == "%"):
        return False
    entry: dict[str, Json] = {"analyte": name, "value": value[0]}
    if value[1] is not None:
        entry["unit"] = ucum(value[1])
    for limits in nodes(source.node.get("referenceRange", []))[:1]:
        for key, own in (("uln", "high"), ("lln", "low")):
            bound = next((number(one.get("value")) for one in nodes(limits.get(own, []))), None)
            if bound is not None:
                entry[key] = bound
    day = when(source.node)
    if reading.as_of is not None and day is not None and day <= reading.as_of:
        entry["days_ago"] = (reading.as_of - day).days
    reading.fact("labs", entry, source, day)
    return True


def _marker(reading: Reading, source: Resource, said: Concept) -> bool:
    names = markers_of(said)
    if not names:
        return False
    value, result = _quantity(source.node), _value(source.node)
    if not result.said:
        result = concept(_interpretation(source.node))
    entry: dict[str, Json] = {}
    state = _state(names[0], result)
    if state:
        entry["state"] = state
    if value is not None:
        entry["value"] = f"{value[0]:g} {ucum(value[1]) if value[1] else ''}".strip()
    elif result.name and state is None:
        entry["value"] = result.name
    if not entry:
        reading.complain(source, "value[x]", "a marker's result is not stated in a form that is understood")
        return True
    for name in names:
        reading.fact("biomarkers", {"marker": name, **entry}, source, when(source.node))
    return True


def _state(marker: str, said: Concept) -> str | None:
    words = " ".join(said.words)
    if marker in {"MSI", "MMR"}:
        if _STABLE.search(words) or "proficient" in words.lower():
            return "stable" if marker == "MSI" else "proficient"
        if _HIGH.search(words) or "deficient" in words.lower():
            return "high" if marker == "MSI" else "deficient"
    result = _result(said)
    if result is None:
        return "equivocal" if re.search(r"equivocal|indeterminate", words, re.I) else None
    return "positive" if result else "negative"


def _variant(reading: Reading, source: Resource) -> None:
    """A variant: the gene, what changed, and whether it was found at all."""
    parts: dict[str, Concept] = {}
    for component in nodes(source.node.get("component", [])):
        for key in ("gene", "change", "change_type", "origin"):
            if key in meanings(concept(component.get("code"))):
                parts.setdefault(key, _value(component))
    genes = tuple(_genes(parts.get("gene", Concept()))) or markers_of(_value(source.node))
    if not genes:
        reading.complain(source, "component", "names no gene that is known")
        return
    found = _result(_value(source.node))
    change = _change(parts)
    if found is False:
        change = f"{change} negative" if change else "negative"
    entry: dict[str, Json] = {"state": change or "mutation"}
    if (
        meanings(parts.get("origin", Concept())).get("result") == "germline"
        or "germline" in " ".join(parts.get("origin", Concept()).words).lower()
    ):
        entry["value"] = "germline"
    for gene in genes:
        reading.fact("biomarkers", {"marker": gene, **entry}, source, when(source.node))


def _genes(said: Concept) -> Iterable[str]:
    for word in said.words:
        found = resolve_marker(word)
        if found:
            return found
    return ()


def _change(parts: dict[str, Concept]) -> str | None:
    told = parts.get("change", Concept())
    for word in (*told.words, *(code for _, code in told.codes)):
        protein = _PROTEIN.search(word)
        if protein:
            return _short(protein[1])
    kinds = " ".join((*told.words, *parts.get("change_type", Concept()).words)).lower()
    return next((state for state in _STATES if state in kinds), None)


def _short(change: str) -> str:
    """A protein change in letters: "Leu858Arg" becomes "L858R"."""
    found = re.fullmatch(r"([A-Za-z]{3})(\d+)([A-Za-z]{3})", change)
    if found and found[1].lower() in _AMINO and found[3].lower() in _AMINO:
        return f"{_AMINO[found[1].lower()]}{found[2]}{_AMINO[found[3].lower()]}"
    return change


def _components(reading: Reading, source: Resource) -> None:
    """Values that stand in the components of a panel."""
    for place, component in enumerate(nodes(source.node.get("component", []))):
        inner = Resource(source.kind, {**component, "effectiveDateTime": None}, f"{source.path}.component[{place}]")
        said = concept(component.get("code"))
        if not _lab(reading, inner, said) and not _marker(reading, inner, said):
            reading.complain(inner, "code", "is no observation that is understood")
