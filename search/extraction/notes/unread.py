"""What a note tells and could not be used: said by field, never with the patient's own values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from search.extraction.notes.assertion import is_relative
from search.extraction.notes.staging import stages_told
from search.extraction.notes.text import NoteFact, NoteText
from search.patient import Unread

_WORD = re.compile(r"[^\W\d_]{2,}")
_FUNCTION_WORDS = frozenset(
    {
        "the", "of", "and", "with", "to", "in", "on", "for", "no", "not", "was", "is",
        "at", "by", "from", "after", "then", "who", "has", "had", "since", "without", "her", "his",
        "she", "he", "per", "post", "prior", "last", "ago", "left", "right", "now", "due", "this",
        "that",
    }
)  # fmt: skip
_LEAST_WORDS = 12
"""Words of a note from which its language can be told."""
_FOREIGN_SHARE = 0.03
"""Share of English function words below which a text is hardly English; telegraphic English notes have 5 % and more."""
_FOREIGN = re.compile(
    r"\b(?:der|die|das|und|mit|nicht|eine?r?|bei|seit|nach|jahre|patientin?|el|la|los|las|una?|con|sin|del|años|años|paciente"
    r"|le|les|des|une?|avec|sans|ans|depuis|chez|il|lo|gli|della|con|anni|paziente|een|het|met|jaar|os|uma?|com|sem|anos)\b",
    re.I,
)
_LAST_LATIN = "\u024f"
_OTHER_SCRIPT = 0.3
"""Share of letters of other scripts than Latin from which a note is in another language."""
_LOOKED_AT = 4000
"""Characters that the language is told from."""
_AGES = re.compile(
    r"(?<![\w./%<>])(?P<a>\d{3})\s*-?\s*(?:y(?:ea)?rs?[- ]?old|y\.?/?o\.?\b|yo\b|years? of age)"
    r"|\bage[d:]?\s*(?P<b>\d{3})\b"
)
_OLDEST = 120
_LARGE = 50_000
"""Characters above which a note is hardly one visit's."""


def unread(note: NoteText, facts: Iterable[NoteFact]) -> Iterator[Unread]:
    """Remarks on a note: its language and length, impossible and contradictory statements.

    Args:
        note: the note.
        facts: what was read from it.
    """
    facts = tuple(facts)
    if _foreign(note.raw):
        yield Unread("note", "does not seem to be in English; little of it can be read")
    elif not facts:
        yield Unread("note", "nothing in it was understood; notes are read in English")
    if len(note.raw) > _LARGE:
        yield Unread("note", "is very long; of each kind only the first mentions are read, and times may be mixed up")
    for match in _AGES.finditer(note.lower):
        if int(match["a"] or match["b"]) > _OLDEST and not is_relative(note, match.start(), match.end()):
            yield Unread("age", f"must be years between 0 and {_OLDEST}; another one is not used")
            break
    if len({value for value, _, _ in stages_told(note)}) > 1:
        yield Unread("stage", "several stages are told; the last one is used")


def _foreign(text: str) -> bool:
    letters = [letter for letter in text[:_LOOKED_AT] if letter.isalpha()]
    if len(letters) > _LEAST_WORDS and sum(letter > _LAST_LATIN for letter in letters) > len(letters) * _OTHER_SCRIPT:
        return True
    words = [word.lower() for word in _WORD.findall(text[:_LOOKED_AT])]
    if len(words) < _LEAST_WORDS:
        return False
    english = sum(word in _FUNCTION_WORDS for word in words) / len(words)
    other = sum(1 for _ in _FOREIGN.finditer(text[:_LOOKED_AT])) / len(words)
    return other > english and english < _FOREIGN_SHARE * (4 if other > 2 * _FOREIGN_SHARE else 1)
