"""A patient, read from the body of a request: a profile, a note or a FHIR bundle, and what could not be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.problems import FieldError, ProblemError, ProblemKind
from api.settings import ServeSettings
from search.eligibility.profile import ProfileError, read_profile
from search.extraction.note import read_note
from search.fhir.bundle import FhirError, read_bundle
from search.patient import Origin, Patient, Unread
from search.query_parser import clean

NAMES = ("profile", "note", "fhir")
"""Members of a body that tell of a patient. A profile may stand beside a note or a bundle: its facts prevail."""
_IDENTITY: Mapping[str, tuple[str, ...]] = {
    "labs": ("analyte",),
    "biomarkers": ("marker",),
    "performance": ("scale",),
}
"""What an entry of a list is about: an entry that is given replaces one about the same that was read."""


@dataclass(frozen=True, slots=True)
class ReadFact:
    """A fact that was read, and where it stands: characters of the note, or the path of a resource."""

    key: str
    value: object
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class PatientReading:
    """What is known of a patient, in all forms that an answer needs."""

    patient: Patient
    profile: Mapping[str, object]
    facts: tuple[ReadFact, ...]
    unread: tuple[Unread, ...]
    note: str | None = None
    """The note as it was given, cleaned."""

    @property
    def empty(self) -> bool:
        """Whether nothing was understood."""
        return replace(self.patient, unread=(), as_of=None) == Patient()


def patient_names(body: Mapping[str, object]) -> list[str]:
    """The members of a body that tell of a patient."""
    return [name for name in NAMES if body.get(name) not in (None, "", {})]


def read_patient(body: Mapping[str, object], settings: ServeSettings, *, needed: bool = True) -> PatientReading:
    """Read a patient.

    Args:
        body: the decoded body.
        settings: sizes.
        needed: whether a body that tells of nobody is refused.

    Raises:
        ProblemError: no patient, two sources that exclude each other, or something of a wrong form; named by field.
    """
    given = patient_names(body)
    if not given and needed:
        detail = 'Tell of a patient: `profile` {"age": 61, …}, `note` (a text), or `fhir` (a bundle).'
        raise _refused("profile", detail)
    if "note" in given and "fhir" in given:
        raise _refused("fhir", "Give either `note` or `fhir`; a `profile` may stand beside one of them.")
    profile = body.get("profile") if "profile" in given else {}
    if not isinstance(profile, Mapping):
        raise _refused("profile", '`profile` must be an object, as {"age": 61, "cancer": "LUAD"}.')
    if "note" in given:
        return _from_note(body["note"], profile, settings)
    if "fhir" in given:
        return _from_fhir(body["fhir"], profile)
    return _made(profile, Origin.PROFILE, (), ())


def _refused(field: str, detail: str) -> ProblemError:
    return ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError(field, detail))


def _from_note(note: object, profile: Mapping[str, object], settings: ServeSettings) -> PatientReading:
    if not isinstance(note, str):
        raise _refused("note", "`note` must be a text.")
    if len(note) > settings.max_text:
        detail = f"`note` has more than {settings.max_text:,} characters; shorten it to what concerns the disease."
        raise ProblemError.of(ProblemKind.TEXT_TOO_LONG, detail, FieldError("note", detail))
    reading = read_note(note)
    facts = tuple(
        ReadFact(fact.key, fact.value, fact.start, fact.end, note[fact.start : fact.end]) for fact in reading.facts
    )
    made = _made(merged(reading.profile, profile), Origin.NOTE, facts, reading.unread)
    return replace(made, note=clean(note))


def _from_fhir(bundle: object, profile: Mapping[str, object]) -> PatientReading:
    if isinstance(bundle, str):
        try:
            bundle = json.loads(bundle)
        except (ValueError, RecursionError):
            raise _refused("fhir", "`fhir` is a text that is not JSON.") from None
    try:
        reading = read_bundle(bundle)
    except FhirError as error:
        raise _refused("fhir", f"`fhir`: {error}.") from None
    facts = tuple(ReadFact(fact.key, fact.value, path=fact.path) for fact in reading.facts)
    return _made(merged(reading.profile, profile), Origin.FHIR, facts, reading.unread)


def _made(
    profile: Mapping[str, object], origin: Origin, facts: tuple[ReadFact, ...], unread: Iterable[Unread]
) -> PatientReading:
    try:
        patient = read_profile(profile, origin)
    except ProfileError as error:
        raise _refused("profile", f"`profile`: {error}.") from None
    return PatientReading(patient, profile, facts, (*unread, *patient.unread))


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """A profile with facts added: single values and treatments are replaced, entries of lists where they are about
    the same, conditions topic by topic.
    """
    found = dict(base)
    for key, value in over.items():
        held = found.get(key)
        if key in _IDENTITY and isinstance(held, Sequence) and not isinstance(held, str):
            found[key] = _entries(held, value, _IDENTITY[key])
        elif key == "extent" and isinstance(held, Sequence) and not isinstance(held, str):
            added = value if isinstance(value, list | tuple) else [value]
            found[key] = [*held, *(one for one in added if one not in held)]
        elif key == "conditions" and isinstance(held, Mapping) and isinstance(value, Mapping):
            found[key] = {**held, **value}
        else:
            found[key] = value
    return found


def _entries(held: Sequence[object], value: object, identity: tuple[str, ...]) -> list[object]:
    added = list(value) if isinstance(value, list | tuple) else [value]
    said = {_about(one, identity) for one in added}
    return [*(one for one in held if _about(one, identity) not in said), *added]


def _about(entry: object, identity: tuple[str, ...]) -> str:
    if not isinstance(entry, Mapping):
        return str(entry).lower()
    return " ".join(str(entry.get(key)).lower() for key in identity)
