"""Access to a bundle that may hold anything: texts, codes, dates and references, with the path they stand at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Node = Mapping[str, object]
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_LONGEST = 300
"""Characters of a display or text that are read."""
_DATED = (
    "effectiveDateTime",
    "effectiveInstant",
    "performedDateTime",
    "onsetDateTime",
    "recordedDate",
    "issued",
    "authoredOn",
    "dateAsserted",
)
_SYSTEMS: Mapping[str, str] = {
    "http://loinc.org": "loinc",
    "http://snomed.info/sct": "snomed",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "urn:oid:2.16.840.1.113883.6.90": "icd10",
    "urn:oid:2.16.840.1.113883.6.3": "icd10",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://www.genenames.org": "hgnc",
    "http://www.genenames.org/geneid": "hgnc",
}


def nodes(value: object) -> list[Node]:
    """The objects of a list, or of a single object; anything else is left out."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, Mapping)]


def text(value: object) -> str | None:
    """A text that says something, in one line; None for anything else."""
    if not isinstance(value, str):
        return None
    return " ".join(value[:_LONGEST].split()) or None


def number(value: object) -> float | None:
    """A number; None for anything else (booleans too)."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def date(value: object) -> dt.date | None:
    """A date or time stamp at its own precision: of a year its middle, of a month its fifteenth day."""
    found = _DATE.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        return dt.date(int(year), int(month or 7), int(day or (15 if month else 1)))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: codes by system, and every display and text."""

    codes: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its words, or nothing."""
        return self.words[0] if self.words else ""

    @property
    def said(self) -> bool:
        """Whether it holds a code or words."""
        return bool(self.codes or self.words)


def concept(value: object) -> Concept:
    """A CodeableConcept, a Coding or a bare text."""
    if isinstance(value, str):
        words = text(value)
        return Concept(words=(words,) if words else ())
    codes: list[tuple[str, str]] = []
    words_: list[str] = []
    for node in nodes(value)[:1]:
        own = text(node.get("text"))
        for coding in [*nodes(node.get("coding", [])), *([node] if "code" in node else [])]:
            code, display = text(coding.get("code")), text(coding.get("display"))
            system = text(coding.get("system")) or ""
            if code:
                codes.append((_SYSTEMS.get(system, system), code))
            if display:
                words_.append(display)
        if own:
            words_.insert(0, own)
    return Concept(tuple(codes), tuple(dict.fromkeys(words_)))


def extension(node: Node, ending: str) -> Node | None:
    """The extension whose URL ends so."""
    for one in nodes(node.get("extension", [])):
        url = text(one.get("url"))
        if url is not None and url.endswith(ending):
            return one
    return None


def profiled(node: Node, *names: str) -> bool:
    """Whether the resource claims a profile whose URL holds one of the names."""
    for meta in nodes(node.get("meta", {})):
        listed = meta.get("profile")
        for profile in listed if isinstance(listed, list) else [listed]:
            if isinstance(profile, str) and any(name in profile for name in names):
                return True
    return False


def when(node: Node) -> dt.date | None:
    """The date that a resource speaks of: of a period its end, else its start."""
    for key in ("effectivePeriod", "performedPeriod", "occurrencePeriod"):
        for period in nodes(node.get(key, [])):
            found = date(period.get("end")) or date(period.get("start"))
            if found is not None:
                return found
    for key in _DATED:
        found = date(node.get(key))
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a bundle and where it stands."""

    kind: str
    node: Node
    path: str
    """As `Bundle.entry[3].resource`."""


class Bundle:
    """The resources of a bundle, by path and by reference."""

    def __init__(self, bundle: Node) -> None:
        self.resources: list[Resource] = []
        self.broken: list[tuple[str, str]] = []
        """Paths of entries that hold no resource, and what is wrong."""
        self._by_reference: dict[str, Resource] = {}
        if bundle.get("resourceType") == "Bundle":
            entries = bundle.get("entry")
            listed = entries if isinstance(entries, list) else []
            if entries is not None and not isinstance(entries, list):
                self.broken.append(("Bundle.entry", "must be a list"))
            for place, entry in enumerate(listed):
                self._add(entry, f"Bundle.entry[{place}]")
        else:
            self._keep(bundle, str(bundle.get("resourceType")))

    def _add(self, entry: object, path: str) -> None:
        node = entry.get("resource") if isinstance(entry, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(node.get("resourceType"), str):
            self.broken.append((f"{path}.resource", "is no resource"))
            return
        url = entry.get("fullUrl") if isinstance(entry, Mapping) else None
        self._keep(node, f"{path}.resource", url if isinstance(url, str) else None)

    def _keep(self, node: Node, path: str, url: str | None = None) -> None:
        found = Resource(str(node.get("resourceType")), node, path)
        self.resources.append(found)
        if url:
            self._by_reference.setdefault(url, found)
        if isinstance(node.get("id"), str):
            self._by_reference.setdefault(f"{found.kind}/{node['id']}", found)
        for place, inner in enumerate(nodes(node.get("contained", []))):
            if isinstance(inner.get("id"), str):
                held = Resource(str(inner.get("resourceType")), inner, f"{path}.contained[{place}]")
                self._by_reference.setdefault(f"{path}#{inner['id']}", held)

    def of(self, *kinds: str) -> Iterator[Resource]:
        """The resources of some types, in the bundle's order."""
        return (one for one in self.resources if one.kind in kinds)

    def follow(self, reference: object, source: Resource) -> Resource | None:
        """The resource that a Reference names; None where the bundle does not hold it."""
        for node in nodes(reference)[:1]:
            target = node.get("reference")
            if isinstance(target, str):
                if target.startswith("#"):
                    return self._by_reference.get(f"{source.path}{target}")
                found = self._by_reference.get(target)
                tail = "/".join(target.split("/_history")[0].split("/")[-2:])
                return found or self._by_reference.get(tail)
        return None
