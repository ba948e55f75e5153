"""A typed text becomes a `Query`: cleaned, with the NCT ids it names taken out and age and sex read."""

from __future__ import annotations

import re
import unicodedata

from search.demographics import stated_demographics
from search.query import Filters, Query

_NCT = re.compile(r"(?<![A-Za-z0-9])NCT[\s\-_:#]{0,2}(\d{8})(?![0-9])", re.IGNORECASE)
_KEPT_CONTROLS = frozenset("\n\t\r")
_REPLACEMENT = {"Cc": " ", "Cs": " ", "Cf": ""}
"""Control characters and lone surrogates part words; invisible format characters (soft hyphen, joiners) do not."""


def clean(text: str) -> str:
    """The text without control characters, lone surrogates and invisible format characters; ends trimmed."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(c if c in _KEPT_CONTROLS else _REPLACEMENT.get(unicodedata.category(c), c) for c in text).strip()


def parse_query(text: str, filters: Filters | None = None) -> Query:
    """Understand a typed text.

    Args:
        text: what was typed or pasted; any characters.
        filters: structured conditions given beside it.

    Returns:
        The query: `text` is what is left without the NCT ids, `nct_ids` are upper case, in order, each once.
    """
    cleaned = clean(text)
    nct_ids = tuple(dict.fromkeys(f"NCT{match.group(1)}" for match in _NCT.finditer(cleaned)))
    rest = _NCT.sub(" ", cleaned) if nct_ids else cleaned
    if nct_ids and not re.search(r"\w", rest):
        rest = ""
    text = rest.strip()
    return Query(text, filters or Filters(), nct_ids, stated_demographics(text))
