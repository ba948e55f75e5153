"""The words of cancer types in one Aho-Corasick automaton: full names, body sites, histologies, abbreviations."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import ahocorasick

from search.terminology.abbreviations import Abbreviation, read_rule
from search.terminology.spelling import fold, fold_name, variants
from search.terminology.tables import read_table


@dataclass(frozen=True, slots=True)
class Site:
    """A body site: what "SITE cancer" and "SITE carcinoma" denote."""

    key: str
    cancer: frozenset[str]
    carcinoma: frozenset[str]


@dataclass(frozen=True, slots=True)
class Histology:
    """A histology word.

    `kind` is generic (cancer), carcinoma, noun (a carcinoma that needs a site to be a cancer type), entity (a cancer
    type wherever it is), modifier ("squamous") or subtype ("histology").
    """

    key: str
    kind: str
    codes: frozenset[str]
    """What it denotes where no site is named; may be empty."""


@dataclass(slots=True)
class _Draft:
    codes: frozenset[str] | None = None
    site: Site | None = None
    histology: Histology | None = None
    abbreviations: list[Abbreviation] = field(default_factory=list)
    punctuated: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """All that one spelling can be. `codes` is None where it is no full name, and empty where it denotes no cancer."""

    codes: frozenset[str] | None
    site: Site | None
    histology: Histology | None
    abbreviations: tuple[Abbreviation, ...]
    punctuated: bool
    """The name itself holds a comma or a bracket, so it may match across one."""
    headed: bool
    """The name ends in a word for cancer that sites before it can share ("lung or invasive breast cancer")."""

    @property
    def words(self) -> bool:
        """Whether it is anything else than an abbreviation."""
        return self.codes is not None or self.site is not None or self.histology is not None


@dataclass(frozen=True, slots=True)
class Token:
    """An entry found in a text; offsets into the text."""

    start: int
    end: int
    entry: Entry


def split_codes(cell: str) -> frozenset[str]:
    """Codes of a table cell."""
    return frozenset(part for part in cell.split(",") if part)


@functools.cache
def sites() -> Mapping[str, Site]:
    """Body sites by key."""
    rows = read_table("cancer_sites.tsv")
    return MappingProxyType(
        {row["site"]: Site(row["site"], split_codes(row["cancer"]), split_codes(row["carcinoma"])) for row in rows}
    )


@functools.cache
def compositions() -> Mapping[tuple[str, str], frozenset[str]]:
    """(site key, histology key) → what the histology at the site denotes."""
    rows = read_table("cancer_compositions.tsv")
    return MappingProxyType({(row["site"], row["histology"]): split_codes(row["codes"]) for row in rows})


_HEADED = re.compile(r" (?:(?:cancer|(?:adeno)?carcinoma|tumou?r|neoplasm)s?|malignancy|malignancies) $")
_PUNCTUATION = re.compile(r"[,;:()\[\]]")


def _drafts() -> dict[str, _Draft]:
    table: dict[str, _Draft] = {}
    for row in read_table("cancer_synonyms.tsv"):
        codes = split_codes(row["codes"])
        if row["case"] == "s":
            draft = table.setdefault(fold_name(row["name"]), _Draft())
            draft.abbreviations.append(Abbreviation(row["name"], codes, read_rule(row["rule"])))
            continue
        exact = fold_name(row["name"])
        for spelling in variants(row["name"]):
            draft = table.setdefault(spelling, _Draft())
            # A name as the table spells it beats another name's variant; otherwise the first in the table wins.
            if draft.codes is None or spelling == exact:
                draft.codes = codes
            draft.punctuated |= bool(_PUNCTUATION.search(row["name"]))
    for row in read_table("cancer_sites.tsv"):
        for word in row["words"].split("; "):
            for spelling in variants(word):
                draft = table.setdefault(spelling, _Draft())
                draft.site = draft.site or sites()[row["site"]]
                draft.punctuated |= bool(_PUNCTUATION.search(word))
    for row in read_table("cancer_histologies.tsv"):
        histology = Histology(row["histology"], row["class"], split_codes(row["codes"]))
        for word in row["words"].split("; "):
            for spelling in variants(word):
                draft = table.setdefault(spelling, _Draft())
                draft.histology = draft.histology or histology
                draft.punctuated |= bool(_PUNCTUATION.search(word))
    return table


@functools.cache
def entries() -> Mapping[str, Entry]:
    """Every spelling in folded, padded form."""
    return MappingProxyType(
        {
            spelling: Entry(
                draft.codes,
                draft.site,
                draft.histology,
                tuple(draft.abbreviations),
                draft.punctuated,
                bool(_HEADED.search(spelling)),
            )
            for spelling, draft in _drafts().items()
        }
    )


@functools.cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for spelling, entry in entries().items():
        automaton.add_word(spelling, (len(spelling), entry))
    automaton.make_automaton()
    return automaton


# What no name reaches across, unless it is part of the name: punctuation, a full stop, a blank line, a bullet.
_BREAK = re.compile(r"[,;:()\[\]]|\.\s|\n\s*\n|\n\s*[-*•\d]")


def scan(text: str) -> list[Token]:
    """All entries in a text, none overlapping: the longest of those that start first."""
    folded = fold(text)
    hits: list[tuple[int, int, Entry]] = []
    for last, (length, entry) in _automaton().iter(folded.text):
        hits.append((last - length + 1, length, entry))
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    tokens: list[Token] = []
    typed = text == text.lower()
    free = 0
    for place, length, entry in hits:
        if place < free:
            continue
        start = folded.offset(place + 1)
        end = folded.offset(place + length - 2) + 1
        if not entry.punctuated and _BREAK.search(text, start, end):
            continue
        if not entry.words:
            quote = text[start:end]
            if not any(row.spelled(quote, typed) for row in entry.abbreviations):
                continue
        tokens.append(Token(start, end, entry))
        free = place + length - 1
    return tokens
