"""A typed text made ready for reading, with every place traceable to what was typed.

Invisible characters go, clinic shorthand is spelled out ("mets", "pembro"), abbreviations get their own case ("nsclc" →
"NSCLC"), misspelt words are corrected. All vocabularies then read `View.text`; spans go back through `View.original`.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.extraction.normal import fold, plain
from search.extraction.notes.shorthand import SHORTHAND, replacement
from search.extraction.spliced import Spliced, spliced
from search.query import Correction
from search.query_parser.casing import cased
from search.query_parser.cleaning import cleaned_character
from search.query_parser.lay_words import lay_replacements
from search.query_parser.spelling import corrected

_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_TOWN = re.compile(r"\s+(?:town|cod|coast|may)\b", re.IGNORECASE)
"""Behind a word of shorthand that is then part of a place's name ("Cape Town")."""


@dataclass(frozen=True, slots=True)
class View:
    """What was typed, as it is read.

    Attributes:
        typed: the text exactly as given.
        text: the text as it is read.
        lower: `text` in lower case, of the same length.
        corrections: words that were taken for misspelt.
    """

    typed: str
    text: str
    lower: str
    corrections: tuple[Correction, ...]
    _spliced: Spliced

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of `typed` that a span of `text` was made from."""
        return self._spliced.original(start, end)


def view_of(typed: str, *, correct: bool = True) -> View:
    """Make a text ready for reading.

    Args:
        typed: any text.
        correct: whether misspelt words are corrected.
    """
    base = _in_own_case(plain(typed))
    corrections: list[Correction] = []
    made = spliced(base, sorted(_replacements(typed, base, corrections if correct else None)))
    corrections.sort(key=lambda one: one.start)
    return View(typed, made.text, fold(made.text), tuple(corrections), made)


def _in_own_case(text: str) -> str:
    """The text with abbreviations in the case that their vocabulary gives them; same length."""
    if text.isupper() and " " in text.strip():
        return text  # shouted: there is no case to go by
    changed: list[tuple[int, int, str]] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) > 1 and word[1:] == word[1:].lower():
            own = cased(word)
            if own is not None:
                changed.append((match.start(), match.end(), own))
                continue
            for part in _PART.finditer(word) if len(word) > 2 and not word.isalnum() else ():
                own = cased(part.group())
                if own is not None:
                    changed.append((match.start() + part.start(), match.start() + part.end(), own))
    if not changed:
        return text
    parts, done = [], 0
    for start, end, own in changed:
        parts += [text[done:start], own]
        done = end
    return "".join([*parts, text[done:]])


def _replacements(typed: str, base: str, corrections: list[Correction] | None) -> Iterator[tuple[int, int, str]]:
    taken: list[tuple[int, int]] = []
    if not typed.isascii() or not typed.isprintable():
        for place, character in enumerate(typed):
            new = cleaned_character(character)
            if new != character:
                yield place, place + 1, new
    for match in SHORTHAND.finditer(base):
        full = replacement(match)
        if full is not None and not _TOWN.match(base, match.end()):
            taken.append(match.span())
            yield match.start(), match.end(), full
    for first, last, full in lay_replacements(fold(base), capitals=base.isupper()):
        if base[first:last] != full and not any(start < last and first < end for start, end in taken):
            taken.append((first, last))
            yield first, last, full
    taken.sort()
    if corrections is None:
        return
    starts = [start for start, _ in taken]
    for match in _PART.finditer(base):
        word = match.group()
        if len(word) < 5 or not word.isalpha():
            continue
        place = bisect.bisect_right(starts, match.start()) - 1
        if place >= 0 and taken[place][1] > match.start():
            continue
        better = corrected(word)
        if better is not None:
            corrections.append(Correction(typed[match.start() : match.end()], match.start(), match.end(), better))
            yield match.start(), match.end(), better
