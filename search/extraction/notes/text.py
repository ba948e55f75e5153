"""A clinical note made ready for reading: shorthand spelled out, sentences found, every place traceable to the note.

Notes shorten what criteria spell out ("carbo/gem", "breast ca", "mets"). `NoteText.text` holds the note with such words
in full, so that the vocabularies find them; `NoteText.fact` gives facts with offsets into the note as it was written.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.extraction.notes.shorthand import SHORTHAND, replacement
from search.extraction.spliced import Spliced, spliced

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class NoteFact:
    """One fact of a note: a key of the profile with its value, and the words `note[start:end]` that say it."""

    key: str
    value: Json
    start: int
    end: int


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\ufeff]")
_SENTENCE = re.compile(r"(?:(?<=[.!?])|(?<=[.!?]\)))\s+(?=[A-Z0-9\"(])|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)]\s|[A-Z]))")
_NO_END = re.compile(
    r"(?:\b(?:vs|dr|pt|approx|incl|maint|gr|no|st|e\.g|i\.e|s/p|resp|hx|dx|tx|wks?|mos?|yrs?|max|min|fig|cm|mm"
    r"|ca)|\s[a-z])\.$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"[A-Z][a-z]")
_LOOK_BACK = 12


@dataclass(frozen=True, slots=True)
class NoteText:
    """A note with its shorthand spelled out.

    Attributes:
        raw: the note as written.
        text: the note in full words; control characters are spaces.
        lower: `text` in lower case, of the same length.
        starts: where each sentence of `text` starts, in order.
    """

    raw: str
    text: str
    lower: str
    starts: tuple[int, ...]
    _spliced: Spliced

    def sentence(self, at: int) -> tuple[int, int]:
        """The sentence of `text` that holds an offset: its start and end."""
        place = bisect.bisect_right(self.starts, at) - 1
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.text)
        return self.starts[place], end

    def before(self, at: int, most: int = 160) -> str:
        """What stands before an offset in its sentence, in lower case, at most so many characters."""
        return self.lower[max(self.sentence(at)[0], at - most) : at]

    def after(self, at: int, most: int = 120) -> str:
        """What stands behind an offset in its sentence, in lower case, at most so many characters."""
        return self.lower[at : min(self.sentence(max(at - 1, 0))[1], at + most)]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the note of a span of `text`."""
        return self._spliced.original(start, end)

    def fact(self, key: str, value: Json, start: int, end: int) -> NoteFact:
        """A fact that a span of `text` says."""
        return NoteFact(key, value, *self.original(start, end))


def _lowered(text: str) -> str:
    """Lower case of the same length: a letter whose lower case is longer stays as it is."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def note_text(note: str) -> NoteText:
    """Spell out a note's shorthand and find its sentences."""
    clean = _CONTROL.sub(" ", note)
    made = spliced(clean, _spelled_out(clean))
    return NoteText(note, made.text, _lowered(made.text), _sentences(made.text), made)


def _spelled_out(clean: str) -> Iterator[tuple[int, int, str]]:
    for match in SHORTHAND.finditer(clean):
        full = replacement(match)
        if full is None:
            continue
        if match.group()[0].isupper() and full[0].islower():
            full = full[0].upper() + full[1:]  # a sentence may start here
        yield match.start(), match.end(), full


def _sentences(text: str) -> tuple[int, ...]:
    starts = [0]
    for match in _SENTENCE.finditer(text):
        if "\n" not in match.group():
            head = text[max(0, match.start() - _LOOK_BACK) : match.start()]
            # "maint. -> PD" goes on; "Off dex x 4 wks. Labs" does not.
            if _NO_END.search(head) and not _FOLLOWS.match(text, match.end()):
                continue
        starts.append(match.end())
    return tuple(starts)
