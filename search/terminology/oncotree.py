"""OncoTree 2025-10-03: the nodes, and the set of leaves that a code denotes.

Above the 32 tissues stand three pseudo nodes: `_SOLID_` and `_LIQUID_` (lymphoid and myeloid) under `_ANY_`. They take
the place of OncoTree's own root (`TISSUE`), so that every code has one chain of ancestors that ends in `_ANY_`.

Source: OncoTree (Memorial Sloan Kettering Cancer Center, CC BY 4.0), version oncotree_2025_10_03.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from search.terminology.tables import read_table

SOLID = "_SOLID_"
LIQUID = "_LIQUID_"
ANY = "_ANY_"

PSEUDO = (ANY, SOLID, LIQUID)

_LIQUID_TISSUES = frozenset({"LYMPH", "MYELOID"})
_PSEUDO_NAMES = {ANY: "Any cancer", SOLID: "Solid tumor", LIQUID: "Blood cancer"}


@dataclass(frozen=True, slots=True)
class Node:
    """One OncoTree node, or a pseudo node."""

    code: str
    name: str
    parent: str | None
    """None only for `_ANY_`."""
    tissue: str
    """Code of the tissue (organ) node above; a pseudo node's own code."""
    ncit: tuple[str, ...] = ()
    """NCI Thesaurus codes that OncoTree gives for the node."""


@functools.cache
def nodes() -> Mapping[str, Node]:
    """All nodes by code, in the table's order (parents first), the three pseudo nodes first."""
    table = {code: Node(code, name, None if code == ANY else ANY, code) for code, name in _PSEUDO_NAMES.items()}
    for row in read_table("oncotree.tsv"):
        parent = row["parent"] or (LIQUID if row["code"] in _LIQUID_TISSUES else SOLID)
        ncit = tuple(part for part in row["ncit"].split(",") if part)
        table[row["code"]] = Node(row["code"], row["name"], parent, row["tissue"], ncit)
    return MappingProxyType(table)


def node(code: str) -> Node:
    """The node of a code.

    Raises:
        KeyError: there is no such code.
    """
    return nodes()[code]


@functools.cache
def _children() -> Mapping[str, tuple[str, ...]]:
    below: dict[str, list[str]] = {code: [] for code in nodes()}
    for entry in nodes().values():
        if entry.parent is not None:
            below[entry.parent].append(entry.code)
    return MappingProxyType({code: tuple(codes) for code, codes in below.items()})


@functools.cache
def ancestors(code: str) -> tuple[str, ...]:
    """Codes above a code, nearest first; the last one is `_ANY_`.

    Raises:
        KeyError: there is no such code.
    """
    parent = node(code).parent
    return () if parent is None else (parent, *ancestors(parent))


@functools.cache
def descendants(code: str) -> frozenset[str]:
    """Codes below a code, without the code itself.

    Raises:
        KeyError: there is no such code.
    """
    below: set[str] = set()
    for child in _children()[node(code).code]:
        below.add(child)
        below |= descendants(child)
    return frozenset(below)


@functools.cache
def leaves(code: str) -> frozenset[str]:
    """The set of leaves that a code denotes; a leaf denotes itself.

    Raises:
        KeyError: there is no such code.
    """
    children = _children()[node(code).code]
    if not children:
        return frozenset({code})
    return frozenset().union(*(leaves(child) for child in children))


def leaves_of(codes: frozenset[str]) -> frozenset[str]:
    """The union of the leaf sets of several codes."""
    return frozenset().union(*(leaves(code) for code in codes))


def related(one: str, other: str) -> bool:
    """Whether two codes are the same, or one stands above the other."""
    return one == other or one in ancestors(other) or other in ancestors(one)


def without_descendants(codes: frozenset[str]) -> frozenset[str]:
    """Codes that are not below another code of the set (the same leaves, said with fewer codes)."""
    return frozenset(code for code in codes if codes.isdisjoint(ancestors(code)))


def without_ancestors(codes: frozenset[str]) -> frozenset[str]:
    """The most specific codes: those with no other code of the set below them."""
    above = {code for one in codes for code in ancestors(one)}
    return codes - above
