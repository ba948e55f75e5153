"""What has been read from a bundle so far: facts with the paths they stand at, and what could not be used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from search.fhir.resources import Bundle, Node, Resource, concept, text
from search.patient import Unread

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

_VOID = frozenset({"entered-in-error", "cancelled", "not-done", "unknown", "draft", "preparation", "registered"})
_PLANNED = frozenset({"proposal", "plan", "option"})


@dataclass(frozen=True, slots=True)
class FhirFact:
    """One fact: a key of the profile with its value, and the path of the resource that says it."""

    key: str
    value: Json
    path: str
    on: dt.date | None = None
    """When it was so."""


@dataclass(slots=True)
class Reading:
    """Facts and complaints, in the order of the bundle."""

    bundle: Bundle
    as_of: dt.date | None = None
    facts: list[FhirFact] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def fact(self, key: str, value: Json, source: Resource, on: dt.date | None = None) -> None:
        """Keep a fact."""
        self.facts.append(FhirFact(key, value, source.path, on))

    def complain(self, source: Resource, element: str, problem: str) -> None:
        """Note what could not be used; the problem never repeats a patient's value."""
        self.unread.append(Unread(f"{source.path}.{element}" if element else source.path, problem))

    def stands(self, source: Resource) -> bool:
        """Whether a resource tells of something that was so: not an error, a plan or a draft."""
        status = text(source.node.get("status"))
        if status in _VOID:
            self.complain(source, "status", "says that this did not happen or is not valid; it is not used")
            return False
        if text(source.node.get("intent")) in _PLANNED:
            self.complain(source, "intent", "is a plan; what is planned is not used")
            return False
        return self._verified(source)

    def _verified(self, source: Resource) -> bool:
        status = coded(source.node, "verificationStatus")
        if status in {"entered-in-error", "unconfirmed", "provisional", "differential"}:
            self.complain(source, "verificationStatus", "is not confirmed; it is not used")
            return False
        return True

    def of_patient(self, source: Resource) -> None:
        """Note a subject that the bundle does not hold; the resource is used all the same."""
        subject = source.node.get("subject") or source.node.get("patient")
        if isinstance(subject, dict) and subject.get("reference") and self.bundle.follow(subject, source) is None:
            self.complain(source, "subject", "names a patient that the bundle does not hold; it is used all the same")


def coded(node: Node, key: str) -> str | None:
    """The code of a status that is a CodeableConcept."""
    found = concept(node.get(key))
    return found.codes[0][1] if found.codes else found.name or None
