"""Cleaning of what was typed: no control characters, no lone surrogates, no invisible characters."""

from __future__ import annotations

import unicodedata

_KEPT_CONTROLS = frozenset("\n\t\r")
_REPLACEMENT = {"Cc": " ", "Cs": " ", "Cf": ""}
"""Control characters and lone surrogates part words; invisible format characters (soft hyphen, joiners) do not."""


def clean(text: str) -> str:
    """The text without control characters, lone surrogates and invisible format characters; ends trimmed."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(cleaned_character(c) for c in text).strip()


def cleaned_character(character: str) -> str:
    """A character as `clean` leaves it: itself, a space, or nothing."""
    if character in _KEPT_CONTROLS:
        return character
    return _REPLACEMENT.get(unicodedata.category(character), character)
