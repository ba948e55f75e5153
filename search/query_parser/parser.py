"""A typed text becomes a `Query`: what it asks for and states, each with the words that say it, and what is left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from search.demographics import stated_demographics
from search.eligibility.profile import read_profile
from search.extraction.note import read_note
from search.gazetteer import Gazetteer, bundled_gazetteer
from search.patient import Origin, Patient
from search.query import FILTERING, Concept, Correction, Filters, Query, Salient
from search.query_parser.cancers import read_cancers
from search.query_parser.cleaning import clean
from search.query_parser.conditions import read_conditions
from search.query_parser.course import read_cns, read_extents, read_inoperable
from search.query_parser.facts import filters_of, patient_of
from search.query_parser.lines import read_lines
from search.query_parser.markers import read_markers
from search.query_parser.notes import asked_part, concepts_of_note, is_note, salient_spans
from search.query_parser.people import read_people
from search.query_parser.places import read_places, read_sponsors
from search.query_parser.reading import Reading
from search.query_parser.registry_terms import NCT, read_registry
from search.query_parser.staging import read_bare_stages, read_stages
from search.query_parser.therapies import read_therapies
from search.query_parser.view import view_of

_LONGEST = 2_000
"""Characters of a text that are read for concepts; a longer one is a note."""
_FILLER = re.compile(
    r"\b(?:a|an|the|of|for|with|and|or|in|on|to|at|by|from|who|whose|has|have|had|is|are|was|were"
    r"|be|been|i|my|me|we|am|her|his|she"
    r"|he|their|they|it|that|this|which|any|some|clinical|trials?|stud(?:y|ies)|patients?|pts?|w"
    r"|please|find|looking|search|searching|show"
    r"|want|wants|wanted|need|needs|there|what|are|new|available|treatment|treatments|therapy"
    r"|options?|but|if|while|after|before|as|only"
    r"|diagnosed|diagnosis|cancer|disease|currently|now|person|people|near|around|did|does|do|can"
    r"|similar|like|than|also|no|not)\b",
    re.IGNORECASE,
)


def parse_query(
    text: str, filters: Filters | None = None, *, correct: bool = True, gazetteer: Gazetteer | None = None
) -> Query:
    """Understand a typed text; never raises for any text.

    Args:
        text: what was typed or pasted; any characters.
        filters: structured conditions given beside it.
        correct: whether misspelt words are corrected.
        gazetteer: where places are looked up; the bundled one without it.

    Returns:
        The query: `text` is what is left without the NCT ids, with misspelt words corrected; `nct_ids` are upper case,
        in order, each once. Spans of `concepts` are offsets into `typed`, the text as given.
    """
    read = _understood(text, correct, gazetteer or bundled_gazetteer())
    cleaned = clean(_with_corrections(text, read.corrections))
    nct_ids = tuple(dict.fromkeys(f"NCT{match['digits']}" for match in NCT.finditer(cleaned)))
    rest = NCT.sub(" ", cleaned) if nct_ids else cleaned
    if nct_ids and not re.search(r"\w", rest):
        rest = ""
    words = rest.strip()
    return Query(
        text=words,
        filters=filters or Filters(),
        nct_ids=nct_ids,
        stated=stated_demographics(words),
        asked=filters_of(read.concepts),
        typed=text,
        concepts=read.concepts,
        subject=_subject(text, read),
        rest=read.rest,
        corrections=read.corrections,
        patient=read.patient,
        note=read.note,
        salient=read.salient,
    )


def _with_corrections(text: str, corrections: Sequence[Correction]) -> str:
    parts, done = [], 0
    for one in corrections:
        parts += [text[done : one.start], one.word]
        done = one.end
    return "".join([*parts, text[done:]])


def _subject(typed: str, read: _Understood) -> str:
    """The text without the words of concepts that filter, misspelt words corrected."""
    changed = [(one.start, one.end, one.word) for one in read.corrections]
    changed += [(one.start, one.end, " ") for one in read.concepts if one.kind in FILTERING and not one.ambiguous]
    parts, done = [], 0
    for start, end, word in sorted(changed):
        if start >= done:
            parts += [typed[done:start], word]
        done = max(done, end)
    return " ".join(clean("".join([*parts, typed[done:]])).split())


@dataclass(frozen=True, slots=True)
class _Understood:
    concepts: tuple[Concept, ...] = ()
    corrections: tuple[Correction, ...] = ()
    rest: str = ""
    patient: Patient | None = None
    note: bool = False
    salient: tuple[Salient, ...] = ()


@lru_cache(maxsize=128)
def _understood(typed: str, correct: bool, gazetteer: Gazetteer) -> _Understood:
    """The last texts are remembered: the pages of one search are one question."""
    if not any(map(str.isalnum, typed)):
        return _Understood()
    if is_note(typed):
        return _of_note(typed, gazetteer)
    concepts, corrections = _of_query(typed[:_LONGEST], gazetteer, correct=correct)
    return _Understood(concepts, corrections, _left(typed, concepts), patient_of(concepts))


def _of_query(typed: str, gazetteer: Gazetteer, *, correct: bool) -> tuple[tuple[Concept, ...], tuple[Correction, ...]]:
    view = view_of(typed, correct=correct)
    reading = Reading(view)
    read_all(reading, gazetteer)
    return tuple(
        sorted(_placed(reading.concepts, gazetteer), key=lambda one: (one.start, one.end, one.kind))
    ), view.corrections


_OF_A_REQUEST = frozenset({"status", "phase", "study_type", "place", "sponsor", "nct_id", "intervention"})


def _placed(concepts: Sequence[Concept], gazetteer: Gazetteer) -> list[Concept]:
    """The concepts, places with what they ask of sites."""
    return [
        replace(one, place=gazetteer.filters(one.name, one.km)) if one.kind == "place" and one.name else one
        for one in concepts
    ]


def _of_note(typed: str, gazetteer: Gazetteer) -> _Understood:
    """A note: its facts; what it asks for is read only in the sentence that asks."""
    reading = read_note(typed)
    concepts = list(concepts_of_note(reading, typed))
    asked = asked_part(typed)
    if asked is not None:
        part = _of_query(typed[asked[0] : min(asked[1], asked[0] + _LONGEST)], gazetteer, correct=False)[0]
        concepts += [
            replace(one, start=one.start + asked[0], end=one.end + asked[0])
            for one in part
            if one.kind in _OF_A_REQUEST
        ]
    for match in NCT.finditer(typed):
        if not any(one.kind == "nct_id" and one.start == match.start() for one in concepts):
            concepts.append(Concept("nct_id", match.group(), *match.span(), value=f"NCT{match['digits']}"))
    concepts.sort(key=lambda one: (one.start, one.end, one.kind))
    patient = read_profile(reading.profile, Origin.NOTE) if reading.profile else None
    return _Understood(
        tuple(concepts), (), _left(typed, concepts), patient, note=True, salient=salient_spans(typed, reading.facts)
    )


def read_all(reading: Reading, gazetteer: Gazetteer) -> None:
    """Run every reader, the surest of a span first."""
    read_registry(reading)
    read_stages(reading)
    read_people(reading)
    read_sponsors(reading)
    read_cns(reading)
    read_lines(reading)
    read_cancers(reading)
    read_bare_stages(reading)
    read_markers(reading)
    read_conditions(reading)
    read_inoperable(reading)
    read_therapies(reading)
    read_extents(reading)
    read_places(reading, gazetteer)


def _left(typed: str, concepts: Sequence[Concept]) -> str:
    """The words that no concept covers, without those that say nothing."""
    kept, last = [], 0
    for one in concepts:
        kept.append(typed[last : max(last, one.start)])
        last = max(last, one.end)
    kept.append(typed[last:])
    words = _FILLER.sub(" ", " ".join(kept))
    return " ".join(word for word in words.split() if any(map(str.isalnum, word))).strip(" ,.;:?!")
