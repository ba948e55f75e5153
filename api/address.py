"""What the search page may put into its address, where it is kept by browsers, bookmarks and logs of proxies.

The rule is conservative: when in doubt, the search is posted and the address stays without it.

A text may appear when all of this holds:

- it has at most 60 characters in one line, and at most 8 words;
- every number stands in a token with letters (L858R, CD19, HER2), or after one of the words phase, stage, grade,
  exon, type, codon; an NCT id may appear;
- it holds no age ("67yo", "67F", "67-year-old"), no word that speaks of a person (years, man, female, my, patient,
  diagnosed, ECOG, KPS …), no "@".

The filters for sex, age, a point near which to search, prior lines, ECOG, brain metastases and a person's markers
describe a person: they never appear. A person's name cannot
be told from other words; it appears if it is typed into the search bar alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlencode

from api.filters import to_pairs
from api.parameters import PERSONAL
from search.query import Filters

MAX_CHARS = 60
MAX_WORDS = 8
_AGE = re.compile(r"\b\d{1,3}[\s-]*(?:y|yo|yr|yrs|y/o|years?|m|f|mo|months?|weeks?|days?)\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b(?:years?|yrs?|y/?o|aged?|old|male|female|m[ae]n|wom[ae]n|boy|girl|child|son|daughter|mother|father|mom|mum|"
    r"dad|wife|husband|brother|sister|mr|mrs|ms|dr|patients?|pts?|i|i'?m|i'?ve|me|my|mine|we|our|he|she|his|her|him|"
    r"they|born|dob|mrn|ssn|diagnosed|history|hx|presented|complains?|ecog|kps|karnofsky|lansky|address|phone|name[ds]?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9/-])[\d.,/]*\d[\d.,/%-]*(?![A-Za-z0-9])")
_COUNTED = re.compile(r"\b(?:phase|stage|grade|exon|type|codon)\s+$", re.IGNORECASE)
_NCT = re.compile(r"\bNCT\s?\d{8}\b", re.IGNORECASE)
_ROMAN = re.compile(r"\b(phase|stage|grade|type)\s+(?:I{1,3}|IV)[ABC]?\b", re.IGNORECASE)


def is_shareable(text: str) -> bool:
    """Whether a query text may appear in an address. See the rule above."""
    text = text.strip()
    if len(text) > MAX_CHARS or len(text.split()) > MAX_WORDS or not text.isprintable() or "@" in text:
        return False
    rest = _ROMAN.sub(r"\1", _NCT.sub(" ", text))
    if _AGE.search(rest) or _PERSON.search(rest):
        return False
    return all(_COUNTED.search(rest[: match.start()]) for match in _NUMBER.finditer(rest))


def shareable(text: str, filters: Filters) -> bool:
    """Whether a whole search may appear in an address."""
    return is_shareable(text) and not PERSONAL.intersection(filters.active())


def address(text: str, filters: Filters, options: Iterable[tuple[str, str]] = ()) -> str:
    """The address of a search, without what must not appear in it.

    Args:
        text: the query's text.
        filters: the filters.
        options: further parameters, as ("explain", "true").
    """
    impersonal = replace(filters, **{name: getattr(Filters(), name) for name in PERSONAL})
    pairs = (
        ([("q", text.strip())] if text.strip() and is_shareable(text) else []) + to_pairs(impersonal) + list(options)
    )
    return f"/search?{urlencode(pairs)}" if pairs else "/"
