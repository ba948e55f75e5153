"""A view of registry text that is easy to match and keeps every offset: same length, character by character."""

from __future__ import annotations

import unicodedata
from functools import cache

_SINGLES = {
    "\\": " ",  # markdown escapes: `\>` reads ` >`
    "\u00a0": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u00ad": " ",
    "\u200b": " ",
    "\ufeff": " ",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u00d7": "x",
    "\u2715": "x",
    "\u22c5": "*",
    "\u00b7": "*",
    "\u00b5": "\u00b5",
    "\u03bc": "\u00b5",
    "\u2267": "\u2265",
    "\u2266": "\u2264",
    "\u2a7e": "\u2265",
    "\u2a7d": "\u2264",
    "\u3001": ",",
    "\u3002": ".",
}


@cache
def _plain(character: str) -> str:
    if character in _SINGLES:
        return _SINGLES[character]
    if character in "\n\r\t":
        return character
    compatible = unicodedata.normalize("NFKC", character)
    if len(compatible) == 1:
        return compatible if compatible.isprintable() else " "
    return character


@cache
def _folded(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 else character


def plain(raw: str) -> str:
    """The text with dashes, quotes, spaces, full-width forms and markdown escapes made plain; same length and case."""
    if raw.isascii():
        return raw.replace("\\", " ")
    return raw.translate({ord(c): _plain(c) for c in set(raw) if not c.isascii() or c == "\\"})


def fold(text: str) -> str:
    """Lower case of the same length."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(map(_folded, text))
