"""The vocabularies of criteria as indexes hold and filters compare them: stages, extents, biomarkers as sets of leaves.

A trial's value and a filter's value each denote a set of leaves; they meet where the sets do. So "III" finds trials for
stage IIIA, and "IIIA" finds trials for stage III.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from search.terminology.markers import resolve_marker
from search.terminology.stages import ANATOMIC, canonical_system, family, parse_group, stage_leaves
from search.terminology.variants import canonical_state, state_leaves

_CACHED = 1 << 12
_NUMERAL = re.compile(r"0|IV|V|I{1,3}")
_SYSTEM = re.compile(
    r"(r2?-?iss|iss|bclc|rai|binet|inss|inrgss|masaoka|ann arbor|lugano|dukes|ensat|figo|ajcc)"
    r"\s+(?:stages?\s+)?(\S.*)",
    re.IGNORECASE,
)
_VALG = frozenset({"limited", "extensive"})

EXTENTS: Mapping[str, frozenset[str]] = {
    "metastatic": frozenset({"oligometastatic", "widely metastatic"}),
    "oligometastatic": frozenset({"oligometastatic"}),
    "locally_advanced": frozenset({"locally_advanced"}),
    "advanced": frozenset({"locally_advanced", "oligometastatic", "widely metastatic"}),
    "localized": frozenset({"localized"}),
    "resectable": frozenset({"resectable"}),
    "unresectable": frozenset({"unresectable"}),
    "resected": frozenset({"resected"}),
    "newly_diagnosed": frozenset({"newly_diagnosed"}),
    "recurrent": frozenset({"returned"}),
    "relapsed": frozenset({"returned"}),
    "refractory": frozenset({"refractory"}),
    "progressive": frozenset({"progressive"}),
    "castration_resistant": frozenset({"castration_resistant"}),
    "measurable_residual": frozenset({"measurable_residual"}),
}
"""Values of the kind `extent` and the leaves they denote."""

EXTENT_AXES: tuple[frozenset[str], ...] = (
    frozenset({"localized", "locally_advanced", "oligometastatic", "widely metastatic"}),
    frozenset({"resectable", "unresectable"}),
)
"""Leaves of which a disease has exactly one at a time: asking for some rules out the others. Other values say nothing
of each other (a recurrent cancer may be metastatic, a resected one unresectable where it has come back)."""

_ABSENT: Mapping[str, tuple[str, ...]] = {
    "MMR": ("proficient",),
    "MSI": ("MSS", "non-high"),
    "MGMT": ("unmethylated",),
}
_PRESENT: Mapping[str, tuple[str, ...]] = {"MMR": ("deficient",), "MSI": ("high",), "MGMT": ("methylated",)}
_HEADLINES = ("positive", "negative", "low", "high", "mutation", "wild type", "fusion", "amplification")
_NO_RESULT = frozenset({"known", "unknown", "tested"})
"""These ask for a test, not for its result."""


def parse_stage(text: str) -> str | None:
    """A stage as filters hold it: "stage 3a" → "IIIA", "iss 2" → "ISS II"; None where it is none."""
    plain = " ".join(text.split())
    named = _SYSTEM.fullmatch(plain)
    if named:
        system, group = canonical_system(named[1]), parse_group(named[2])
        if system is None or group is None or group.endswith("X") or not stage_leaves(group, system):
            return None
        return group if family(system) == ANATOMIC else f"{system} {group}"
    group = parse_group(plain)
    # "IX" could be read as stage I with a letter, and is none.
    return group if group is not None and not group.endswith("X") and leaves_of_stage(group) else None


@lru_cache(maxsize=_CACHED)
def leaves_of_stage(value: str, system: str | None = None) -> frozenset[str]:
    """The leaves of one stage value; empty where it is not known. "IE" is read as "I": the E says where it lies."""
    named = _SYSTEM.fullmatch(value)
    if named and system is None:
        system, value = named[1], named[2]
    if value in _VALG:
        system = None
    leaves = stage_leaves(value, system)
    numeral = _NUMERAL.match(value)
    if not leaves and numeral:
        leaves = stage_leaves(numeral[0], system)
    # A letter without a system ("stage C") is of no family that could be compared.
    return frozenset(leaf for leaf in leaves if ":" in leaf or _NUMERAL.match(leaf))


def stage_family(leaf: str) -> str:
    """Which stages a leaf can be compared with."""
    return leaf.partition(":")[0] if ":" in leaf else ANATOMIC


def stage_families(leaves: Iterable[str]) -> frozenset[str]:
    """The families of leaves."""
    return frozenset(map(stage_family, leaves))


def stage_facets(leaves: Iterable[str]) -> frozenset[str]:
    """The values by which a trial is counted: numerals of anatomic stages, `limited` …, "ISS II" of other systems."""
    return frozenset(map(_stage_facet, leaves))


@lru_cache(maxsize=_CACHED)
def _stage_facet(leaf: str) -> str:
    system, colon, group = leaf.rpartition(":")
    if colon:
        return group if group in _VALG else f"{system} {group}"
    numeral = _NUMERAL.match(leaf)
    return numeral[0] if numeral else leaf


def parse_marker(text: str) -> str | None:
    """A marker as filters hold it, with or without a state: "egfr:l858r" → "EGFR:L858R"; None where it is unknown."""
    name, colon, state = (part.strip() for part in text.partition(":"))
    found = resolve_marker(name)
    if len(found) != 1 or (colon and not state):
        return None
    if not colon:
        return found[0]
    # Symbols of changes are written in capitals; words of the table are found in any case.
    known = canonical_state(found[0], state)
    return f"{found[0]}:{canonical_state(found[0], state.upper()) if known == state else known}"


@lru_cache(maxsize=_CACHED)
def marker_leaves(value: str) -> frozenset[str]:
    """The terms of a filter's marker: "EGFR" alone, or "EGFR:leaf" for each leaf of its state."""
    marker, colon, state = value.partition(":")
    if not colon:
        return frozenset({marker})
    return frozenset(f"{marker}:{leaf}" for leaf in state_leaves(marker, state))


def says_result(state: str) -> bool:
    """Whether a state is a result of a test; that a marker must be known asks for the test alone."""
    return state not in _NO_RESULT


def absent_states(marker: str) -> tuple[str, ...]:
    """States that say a marker is not there, or as it is in health."""
    return _ABSENT.get(marker, ("negative", "wild type"))


def present_states(marker: str) -> tuple[str, ...]:
    """States that say it is there, changed, or too much of it."""
    return _PRESENT.get(marker, ("positive", "mutation", "fusion", "amplification", "expression", "high", "alteration"))


@cache
def opposites(marker: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Pairs of sets of leaves of which a result cannot be in both. (A marker that is negative may yet be mutated.)"""
    pairs = [("positive", "negative"), ("mutation", "wild type")]
    if marker in _ABSENT:
        pairs = [(present, absent) for present in _PRESENT[marker] for absent in _ABSENT[marker]]
    return tuple((state_leaves(marker, present), state_leaves(marker, absent)) for present, absent in pairs)


@cache
def leaves_of_states(marker: str, states: tuple[str, ...]) -> frozenset[str]:
    """All leaves of several states of a marker."""
    return frozenset(leaf for state in states for leaf in state_leaves(marker, state))


def marker_facets(terms: Iterable[str]) -> frozenset[str]:
    """The values by which a trial is counted: its markers, and the plain states that its required states fit."""
    return frozenset(value for term in terms for value in _marker_facets(term))


@lru_cache(maxsize=_CACHED)
def _marker_facets(term: str) -> frozenset[str]:
    marker, colon, _ = term.partition(":")
    if not colon:
        return frozenset({term})
    headlines = dict.fromkeys((*_HEADLINES, *absent_states(marker), *_PRESENT.get(marker, ())))
    return frozenset(f"{marker}:{state}" for state in headlines if term in marker_leaves(f"{marker}:{state}"))


def ecog_facets(minimum: int | None, maximum: int | None) -> tuple[str, ...]:
    """The grades 0 to 4 that a trial takes; none where it states no bound."""
    if minimum is None and maximum is None:
        return ()
    low, high = minimum or 0, 4 if maximum is None else maximum
    return tuple(str(grade) for grade in range(5) if low <= grade <= high)
