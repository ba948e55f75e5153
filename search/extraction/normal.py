"""A view of registry text that is easy to match and keeps every offset: same length, character by character."""

from __future__ import annotations

import re
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
        return _SINGLES.get(compatible, compatible if compatible.isprintable() else " ")
    return character


@cache
def _folded(character: str) -> str:
    lower = character.lower()
    return lower if len(lower) == 1 else character


_MISREAD = re.compile("\u00e2\u2030[\u00a4\u00a5]")
"""The three bytes of a comparison sign, each read as a character of its own."""


def _reread(match: re.Match[str]) -> str:
    return ("\u2264" if match.group().endswith("\u00a4") else "\u2265") + "  "


def plain(raw: str) -> str:
    """The text with dashes, quotes, spaces, full-width forms and markdown escapes made plain; same length and case."""
    if raw.isascii():
        return raw.replace("\\", " ")
    if "\u00e2\u2030" in raw:
        raw = _MISREAD.sub(_reread, raw)
    for character in set(raw):  # replacing one by one beats a table: few are special, and none becomes another
        if (not character.isascii() or character == "\\") and (view := _plain(character)) != character:
            raw = raw.replace(character, view)
    return raw


def fold(text: str) -> str:
    """Lower case of the same length."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(map(_folded, text))


_TILDES = 3
_SEMICOLONS = 3
_FEW_LINES = 3
_TILDE = re.compile(r"(?<=\S)~(?=\S)")
_SEMICOLON = re.compile(r";(?=[ \t\u00a0]{2,}\S)|(?<=:);(?=\s)")
"""A semicolon with several spaces behind it, or behind a colon: where a list's line ended."""


def with_line_ends(text: str) -> str:
    """The text with line ends where a copy of the registry has other marks for them; same length.

    Some copies join the lines of a list by "~", or by a semicolon and several spaces ("Exclusion Criteria:;   Age").
    A text counts as such a copy if it has several of these marks, and for "~" hardly any line ends of its own.
    """
    if "~" in text and text.count("\n") < _FEW_LINES and len(_TILDE.findall(text)) >= _TILDES:
        text = _TILDE.sub("\n", text)
    if (";  " in text or ":;" in text) and len(_SEMICOLON.findall(text)) >= _SEMICOLONS:
        text = _SEMICOLON.sub("\n", text)
    return text
