"""Biomarkers in text: a name → the markers it means ("BRCA1/2" means two, "hormone receptor" means ER and PR).

Markers carry the name they are reported under: the HGNC symbol, or ER, PR, HER2, PD-L1, MSI, MMR, TMB, HRD, a virus,
a chromosome abnormality. What is known of a marker, its state, is `search.terminology.variants`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import ahocorasick

from search.terminology.abbreviations import Rule, defined_otherwise, holds, read_rule, surroundings_of
from search.terminology.spelling import closed, fold, fold_name
from search.terminology.tables import read_table


@dataclass(frozen=True, slots=True)
class MarkerMention:
    """A marker named in a text: `text[start:end] == quote`. All of `markers` are meant, in the order of the name."""

    start: int
    end: int
    quote: str
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene of the table."""

    symbol: str
    marker: str
    """The name it is reported under ("HER2" for ERBB2)."""
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class _Symbol:
    name: str
    markers: tuple[str, ...]
    rule: Rule

    def spelled(self, quote: str, typed: bool) -> bool:
        if quote == self.name:
            return True
        # A symbol with a digit is no word in any case ("Pik3ca"); others may be in lower case where all of a text is.
        numbered = len(quote) > 3 and any(letter.isdigit() for letter in quote)
        return (numbered or (typed and self.name.lower() not in _WORDS)) and quote.lower() == self.name.lower()


@dataclass(slots=True)
class _Entry:
    markers: tuple[str, ...] | None = None
    symbols: list[_Symbol] = field(default_factory=list)


_WORDS = frozenset(
    {"met", "ret", "kit", "er", "pr", "hr", "ar", "max", "pole", "rest", "src", "fap", "fus", "jun", "apc"}
)
_SUFFIXES = ("m", "mut", "wt")
"""Written onto a symbol: mutant and wild type ("PIK3CAm", "KRASwt")."""
_DEFAULT = Rule(default=True)
_TARGETED = re.compile(
    r"\)?(?:[/&]\s?\d+)?(?:i\b|[\s-]*(?:\([^()]{0,40}\)\s?)?(?:receptor\s+)?(?:(?:small[\s-]molecule|tyrosine|kinase|signal\w*|"
    r"pathway|axis|blocking|selective|immune|checkpoint|monoclonal|specific|bispecific)[\s-]+){0,3}"
    r"(?:inhibit|tki|antagonis|agonis|antibod|blockade|blocker|target(?:ed|ing)|directed|car\b|cars\b|degrader|therap|treatment|agents?\b|"
    r"drugs?\b|vaccin|pathway|axis|checkpoint|adcs?\b|mabs?\b|immunotherap|engager|modulator|downregulator|chimeric|t[\s-]cells?\b|"
    r"blocking|conjugate))",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[.;]\s|\n\s*[\n*•-]")
_SIGNED = re.compile(r"[+]|-(?=[\s,/])")
_AGAINST = re.compile(
    r"\b(?:anti|against|target(?:s|ing)?(?:\s+(?:the|of))?|inhibit(?:s|ing|ors?)?(?:\s+(?:of|the|against))?|"
    r"(?:inhibition|blockade|antagonists?|blockers?|activation|suppression)\s+of|blocking|directed\s+(?:at|to(?:wards?)?)|"
    r"antibod(?:y|ies)\s+to)[\s-]*$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"[\s,/&()-]*(?:(?:and/or|and|or|\+)[\s-]*)?")
_LOOK_BACK = 24
"""Characters before a name that may say that something acts against it."""


@functools.cache
def genes() -> Mapping[str, Gene]:
    """Genes by HGNC symbol."""
    rows = read_table("genes.tsv")
    return MappingProxyType(
        {row["symbol"]: Gene(row["symbol"], row["marker"], row["name"], row["source"]) for row in rows}
    )


@functools.cache
def markers() -> frozenset[str]:
    """Every marker that a name can mean."""
    named = {marker for row in read_table("markers.tsv") for marker in row["markers"].split(",")}
    return frozenset(named | {gene.marker for gene in genes().values()})


@functools.cache
def _entries() -> Mapping[str, _Entry]:
    table: dict[str, _Entry] = {}
    for row in read_table("markers.tsv"):
        entry = table.setdefault(fold_name(row["name"]), _Entry())
        meant = tuple(row["markers"].split(","))
        if row["case"] == "i":
            entry.markers = meant
            continue
        rule = read_rule(row["rule"])
        entry.symbols.append(_Symbol(row["name"], meant, rule))
        if rule == _DEFAULT and row["name"].isupper():
            for suffix in _SUFFIXES:
                added = table.setdefault(fold_name(row["name"] + suffix), _Entry())
                added.symbols.append(_Symbol(row["name"] + suffix, meant, rule))
    for row in read_table("genes.tsv"):
        meant = (row["marker"],)
        for spelling in filter(None, row["aliases"].split("; ")):
            entry = table.setdefault(fold_name(spelling), _Entry())
            if entry.markers is None and not entry.symbols:
                entry.symbols.append(_Symbol(spelling, meant, _DEFAULT))
        entry = table.setdefault(fold_name(row["name"]), _Entry())
        if entry.markers is None:
            entry.markers = meant
    return table


@functools.cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for spelling, entry in _entries().items():
        automaton.add_word(spelling, (len(spelling), entry))
    automaton.make_automaton()
    return automaton


def find_markers(text: str, context: str = "") -> list[MarkerMention]:
    """Markers named in a text, in order, none overlapping: the longest name that starts first.

    A marker that only names a drug's target ("EGFR inhibitor", "anti-CD19", "BCMA-directed") is none.

    Args:
        text: any text.
        context: further words about the same trial or person; they help to settle what an abbreviation stands for.
    """
    return list(_found(text, context))


@functools.lru_cache(maxsize=64)
def _found(text: str, context: str) -> tuple[MarkerMention, ...]:
    """The markers of a text; a reader asks first whether there are any, and then for them."""
    folded = fold(text)
    hits = [(last - length + 1, length, entry) for last, (length, entry) in _automaton().iter(folded.text)]
    if not hits:
        return ()
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    typed = text == text.lower()
    near = context.lower()
    found: list[MarkerMention] = []
    free = 0
    for place, length, entry in hits:
        if place < free:
            continue
        start, end = folded.offset(place + 1), folded.offset(place + length - 2) + 1
        if _BREAK.search(text, start, end) or text.count(")", start, end) > text.count("(", start, end):
            continue
        defines = bool(found) and text[found[-1].end : start].strip() == "("
        meant = entry.markers or _settle(entry, text, start, end, near, typed, found[-1].markers if defines else ())
        if not meant or (len(meant) > 1 and _SIGNED.search(text, start, end)):
            continue  # "ER+/PR-" is no "ER/PR"
        free = place + length - 1
        end = closed(text, start, end)
        found.append(MarkerMention(start, end, text[start:end], meant))
    return tuple(_without_targets(text, found))


def is_target(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]`, a marker with or without a state, only says what a drug acts against."""
    return bool(_TARGETED.match(text, end) or _AGAINST.search(text, max(0, start - _LOOK_BACK), start))


def _without_targets(text: str, found: list[MarkerMention]) -> list[MarkerMention]:
    """Mentions that name no drug's target, by themselves or in one breath ("EGFR, ALK or ROS1 inhibitor")."""
    behind = [bool(_TARGETED.match(text, one.end)) for one in found]
    before = [bool(_AGAINST.search(text, max(0, one.start - _LOOK_BACK), one.start)) for one in found]
    for place in range(len(found) - 1):
        if before[place] and not behind[place] and _joined(text, found[place], found[place + 1]):
            before[place + 1] = True
    for place in range(len(found) - 1, 0, -1):
        if behind[place] and _joined(text, found[place - 1], found[place]):
            behind[place - 1] = True
    return [
        one for one, is_behind, is_before in zip(found, behind, before, strict=True) if not (is_behind or is_before)
    ]


def _joined(text: str, one: MarkerMention, other: MarkerMention) -> bool:
    return _JOINT.fullmatch(text, one.end, other.start) is not None


def _settle(
    entry: _Entry, text: str, start: int, end: int, context: str, typed: bool, defined: tuple[str, ...]
) -> tuple[str, ...]:
    """Markers of an abbreviation; `defined` are those of the name that it stands behind in brackets."""
    quote = text[start:end]
    candidates = [symbol for symbol in entry.symbols if symbol.spelled(quote, typed)]
    if not candidates:
        return ()
    for symbol in candidates:
        if symbol.markers == defined:
            return defined
    surroundings = surroundings_of(text, start, end, context)
    verdicts = [(holds(symbol.rule, text, start, end, surroundings), symbol) for symbol in candidates]
    for verdict, symbol in verdicts:
        if verdict:
            return symbol.markers
    if not any(symbol.rule == _DEFAULT for symbol in candidates) and defined_otherwise(text, start, end):
        return ()
    return next((symbol.markers for verdict, symbol in verdicts if verdict is None and symbol.rule.default), ())


def resolve_marker(name: str) -> tuple[str, ...]:
    """Markers that a name given on its own means (a filter's value), in any case; empty where it means none."""
    value = name.strip()
    for marker in markers():
        if fold_name(marker) == fold_name(value) and marker.lower() == value.lower():
            return (marker,)
    entry = _entries().get(fold_name(value))
    if entry is None:
        return ()
    if entry.markers:
        return entry.markers
    same = [symbol for symbol in entry.symbols if symbol.name.lower() == value.lower()]
    return same[0].markers if same else ()
