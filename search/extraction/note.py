"""A free-text clinical note becomes a profile of the interchange format, each fact with the words that say it.

The reader never invents: what the note does not say is missing from the profile. Facts of relatives, denied and planned
ones are told apart (`search.extraction.notes.assertion`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from search.eligibility.profile import read_profile
from search.extraction.notes.cns import cns
from search.extraction.notes.dates import note_date
from search.extraction.notes.demographics import demographics
from search.extraction.notes.diagnosis import diagnosis
from search.extraction.notes.extent import extents
from search.extraction.notes.history import conditions
from search.extraction.notes.labs import labs
from search.extraction.notes.markers import markers, positive_markers
from search.extraction.notes.performance import performance
from search.extraction.notes.staging import implied_stage, staging
from search.extraction.notes.text import Json, NoteFact, NoteText, note_text
from search.extraction.notes.treatments import treatments
from search.extraction.notes.unread import unread
from search.patient import Origin, Patient, Unread
from search.terminology import oncotree

__all__ = ["NoteFact", "NoteReading", "patient_of_note", "read_note"]

_LISTS = frozenset({"performance", "biomarkers", "prior_therapies", "labs", "extent"})
_ADVANCED = frozenset(
    {
        "metastatic",
        "recurrent",
        "relapsed",
        "refractory",
        "unresectable",
        "advanced",
        "progressive",
        "locally_advanced",
        "castration_resistant",
    }
)
_BLOOD = frozenset({"LYMPH", "MYELOID"})


@dataclass(frozen=True, slots=True)
class NoteReading:
    """What a note says.

    Attributes:
        profile: the profile (FORMAT.md); a key is missing where nothing was read.
        facts: every fact with `note[fact.start:fact.end]`, the words that say it, in the order of the profile's keys.
        unread: what was told and could not be used: another language, an impossible age, several stages.
    """

    profile: dict[str, Json]
    facts: tuple[NoteFact, ...]
    unread: tuple[Unread, ...] = ()


def read_note(text: str) -> NoteReading:
    """Read a clinical note; never raises for any text.

    Args:
        text: the note, in English; of other languages little or nothing is read.
    """
    if not text.strip():
        return NoteReading({}, ())
    note = note_text(text)
    facts = tuple(_facts(note))
    return NoteReading(_profile(facts), facts, tuple(unread(note, facts)))


def patient_of_note(text: str) -> Patient:
    """The patient of a note; `unread` holds what neither the note's nor the profile's reader could use."""
    reading = read_note(text)
    patient = read_profile(reading.profile, Origin.NOTE)
    return replace(patient, unread=(*reading.unread, *patient.unread))


def _facts(note: NoteText) -> Iterable[NoteFact]:
    found = list(demographics(note))
    results = list(markers(note))
    disease = list(diagnosis(note, positive_markers(results)))
    found += [fact for fact in disease if fact.key == "cancer"]
    code = next((str(fact.value) for fact in disease if fact.key == "cancer"), None)
    staged = list(staging(note, [fact for fact in disease if fact.key == "conditions"], code))
    by_key = {fact.key: fact for fact in staged}
    course = list(extents(note, code, by_key.get("stage"), by_key.get("tnm")))
    tissue = oncotree.node(code).tissue if code is not None else None
    values = {fact.value for fact in course if isinstance(fact.value, str)}
    today = note_date(note.raw)
    given = list(
        treatments(
            note,
            advanced=bool(values & _ADVANCED) or tissue in _BLOOD,
            tissue=tissue,
            today=today[0] if today else None,
        )
    )
    if any(fact.key == "prior_lines" and fact.value for fact in given):
        # "De novo metastatic" tells how the disease began; once a line is given it is not newly diagnosed any more.
        course = [fact for fact in course if fact.value != "newly_diagnosed" or not _began(note, fact)]
    if "stage" not in by_key and not values & _LATER and not any(map(_earlier, given)):
        implied = implied_stage(code, next((fact for fact in course if fact.value == "metastatic"), None))
        staged += [implied] if implied is not None else []
    if tissue == "PROSTATE" and "castration_resistant" not in values:
        course += _castration_resistant(note)
    if values & _ADVANCED:
        # TNM of the resected primary says nothing of a disease that came back.
        staged = [fact for fact in staged if fact.key != "tnm" or note.raw[fact.start : fact.start + 1] != "p"]
    found += staged + course + list(performance(note)) + results + given + list(labs(note)) + list(cns(note))
    found += [fact for fact in disease if fact.key == "conditions"]
    found += list(conditions(note))
    if today is not None:
        found.append(NoteFact("as_of", today[0].isoformat(), today[1], today[2]))
    return found


_LATER = frozenset({"recurrent", "relapsed"})
"""Values of a disease that came back: its stage at diagnosis is not what its metastases say."""


_RISING = re.compile(r"\brising psa|\bpsa (?:rising|progression|up)|\bnew (?:bone )?lesions|\bprogress\w+|\bpd\b")
_CASTRATE = re.compile(r"\bcastrat\w+|\b(?:t|testosterone)\s*(?:level\s*)?(?:is\s*)?<\s*(?:20|50)\b|\borchiectomy")


def _castration_resistant(note: NoteText) -> list[NoteFact]:
    """Progression of prostate cancer under castration (EAU: testosterone < 50 ng/dL, PSA rising or new lesions)."""
    castrate, rising = _CASTRATE.search(note.lower), _RISING.search(note.lower)
    if castrate is None or rising is None:
        return []
    return [note.fact("extent", "castration_resistant", castrate.start(), castrate.end())]


def _began(note: NoteText, fact: NoteFact) -> bool:
    return note.raw[fact.start : fact.end].lower() == "de novo"


def _earlier(fact: NoteFact) -> bool:
    """Whether a treatment was of an earlier, local stage of the disease."""
    return isinstance(fact.value, dict) and fact.value.get("setting") in {
        "adjuvant",
        "neoadjuvant",
        "localized",
        "definitive",
    }


def _profile(facts: Iterable[NoteFact]) -> dict[str, Json]:
    profile: dict[str, Json] = {}
    topics: dict[str, Json] = {}
    lists: dict[str, list[Json]] = {}
    for fact in facts:
        if fact.key == "conditions" and isinstance(fact.value, dict):
            for topic, value in fact.value.items():
                if topics.get(topic, False) is False:
                    topics[topic] = value
        elif fact.key == "prior_therapies" and fact.value == []:
            lists.setdefault(fact.key, [])
        elif fact.key in _LISTS:
            lists.setdefault(fact.key, []).append(fact.value)
        else:
            profile.setdefault(fact.key, fact.value)
    profile.update(lists)
    if topics:
        profile["conditions"] = topics
    return profile
