"""Abbreviations that people type in lower case: the spelling that their vocabulary gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from search.query_parser.spelling import ordinary_words
from search.terminology.tables import read_table
from search.terminology.therapy_graph import Mark, tables

_SHORTEST = 3
_CHANGE = re.compile(r"[a-ik-z]\d{2,4}[a-z]")
"""A protein change in lower case ("g12c")."""
_TWO = frozenset({"mm", "mf"})
_NEVER = frozenset(
    [
        "met",
        "ret",
        "kit",
        "all",
        "net",
        "nets",
        "can",
        "has",
        "was",
        "for",
        "not",
        "and",
        "ice",
        "chop",
        "pace",
        "dice",
        "beep",
        "map",
        "mice",
        "cat",
        "rest",
        "max",
        "as",
        "at",
        "in",
        "or",
        "me",
        "ok",
        "oh",
        "ms",
        "io",
        "ai",
        "pt",
        "os",
        "cup",
        "cups",
        "art",
        "gem",
        "abc",
        "act",
        "age",
        "arm",
        "mac",
        "cap",
        "far",
        "fan",
        "fat",
        "fit",
        "hat",
        "hot",
        "ion",
        "met",
        "min",
        "pan",
        "pat",
        "per",
        "pet",
        "raf",
        "sit",
        "sun",
        "tap",
        "ten",
        "tip",
        "top",
        "trap",
        "via",
        "war",
        "wee",
        "wet",
        "win",
        "yes",
        "set",
        "sets",
        "tie",
        "pole",
        "apc",
    ]
)
"""Words that are abbreviations only in capitals."""
_KNOWN = MappingProxyType(
    {
        "ras": "RAS",
        "hiv": "HIV",
        "gist": "GIST",
        "gists": "GISTs",
        "mets": "mets",
        "scc": "SCC",
        "ecog": "ECOG",
        "mbc": "mBC",
        "mcrc": "mCRC",
        "muc": "mUC",
        "mrcc": "mRCC",
        "mpdac": "mPDAC",
        "mtnbc": "mTNBC",
        "mhspc": "mHSPC",
        "mcspc": "mCSPC",
        "mnsclc": "mNSCLC",
        "rrmm": "RRMM",
        "ndmm": "NDMM",
        "nmcrpc": "nmCRPC",
        "mcrpc": "mCRPC",
    }
)


@cache
def _surfaces() -> Mapping[str, str]:
    found: dict[str, str] = {}

    def add(surface: str) -> None:
        if surface != surface.lower() and " " not in surface and len(surface) >= _SHORTEST:
            found.setdefault(surface.lower(), surface)

    for row in read_table("cancer_synonyms.tsv"):
        if row["case"] == "s":
            add(row["name"])
    for row in read_table("markers.tsv"):
        if row["case"] != "i":
            add(row["name"])
    for row in read_table("genes.tsv"):
        add(row["symbol"])
    for spelling in tables().spellings:
        if spelling.mark is not Mark.PLAIN:
            add(spelling.surface)
    return MappingProxyType(
        {
            lower: surface
            for lower, surface in {**found, **_KNOWN}.items()
            if lower not in _NEVER and (lower not in ordinary_words() or lower in _KNOWN)
        }
    )


def cased(word: str) -> str | None:
    """The own spelling of an abbreviation typed in lower case or with a capital; None where it is none, or has it."""
    lower = word.lower()
    if lower in _TWO and word == lower:
        return lower.upper()
    if _CHANGE.fullmatch(word):
        return word.upper()
    own = _surfaces().get(lower)
    return None if own is None or own == word or len(own) != len(word) else own
