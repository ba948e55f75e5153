"""Drugs, regimens, procedures and the classes above them: one graph, and the set of leaves that a name denotes.

A drug is a leaf. A class is the set of the drugs below it and, for itself and every class below it, one leaf that
stands for members the tables do not list ("other PARP inhibitor"): a patient who had "a PARP inhibitor" need not have
had any listed one. Sources of the rows are in the tables' `source` columns.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass
from enum import StrEnum

from search.terminology.spelling import fold_name
from search.terminology.tables import read_table


class TherapyKind(StrEnum):
    """What a therapy's name is the name of."""

    DRUG = "drug"
    CLASS = "class"
    REGIMEN = "regimen"
    PROCEDURE = "procedure"
    ROLE = "role"
    """Named by setting, line, route or site, not by substance ("adjuvant therapy", "thoracic radiotherapy")."""
    NONE = "none"
    """Words that contain a therapy's name and mean something else ("castration-resistant")."""


class Mark(StrEnum):
    """How far a spelling can be trusted on its own."""

    PLAIN = ""
    CASED = "="
    """Only in this case (FLAG, not flag)."""
    CONTEXT = "?"
    """Only in this case and near words of treatment (AC, EC, ICE)."""
    BESIDE = "!"
    """Only in this case and beside another therapy (PI, GO, CY)."""


@dataclass(frozen=True, slots=True)
class Therapy:
    """A node of the graph. `parents` are the classes right above it; `drugs` the parts of a regimen."""

    name: str
    kind: TherapyKind
    parents: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    source: str = "unverified"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a therapy, as a table gives it."""

    surface: str
    mark: Mark
    therapy: Therapy


@dataclass(frozen=True, slots=True)
class _Tables:
    nodes: dict[str, Therapy]
    spellings: tuple[Spelling, ...]
    targets: dict[str, str]
    """Bare symbol ("MEK") → class that it names before a head word."""
    children: dict[str, tuple[str, ...]]
    stems: tuple[tuple[str, str], ...]
    """INN stem → class, longest stem first."""


def _cells(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _name_mark(name: str) -> Mark:
    """Abbreviations of up to five letters need their case; spelt-out names do not."""
    letters = re.sub(r"[^A-Za-z0-9]", "", name)
    return Mark.CASED if (len(letters) <= 5 and letters != letters.lower()) or letters.isdigit() else Mark.PLAIN


def _spelling(text: str, therapy: Therapy) -> Spelling:
    if text[0] in "=?!":
        return Spelling(text[1:], Mark(text[0]), therapy)
    letters = re.sub(r"[^A-Za-z0-9]", "", text)
    return Spelling(text, Mark.CASED if len(letters) <= 3 and letters != letters.lower() else Mark.PLAIN, therapy)


@functools.cache
def tables() -> _Tables:
    """The tables, read once.

    Raises:
        ValueError: a row names a class or drug that no row defines.
    """
    nodes: dict[str, Therapy] = {}
    spellings: list[Spelling] = []
    targets: dict[str, str] = {}

    def add(node: Therapy, synonyms: tuple[str, ...]) -> None:
        nodes[node.name] = node
        own = [_spelling(text, node) for text in synonyms]
        if node.kind is not TherapyKind.NONE and all(spelling.surface != node.name for spelling in own):
            own.insert(0, Spelling(node.name, _name_mark(node.name), node))
        spellings.extend(own)

    for row in read_table("therapy_classes.tsv"):
        node = Therapy(row["name"], TherapyKind(row["kind"]), _cells(row["parents"]), (), row["source"])
        add(node, _cells(row["synonyms"]))
        targets.update(dict.fromkeys(_cells(row["targets"]), node.name))
    for row in read_table("drugs.tsv"):
        node = Therapy(row["name"], TherapyKind.DRUG, _cells(row["classes"]), (), row["source"])
        add(node, _cells(row["synonyms"]))
    for row in read_table("regimens.tsv"):
        node = Therapy(row["name"], TherapyKind.REGIMEN, (), _cells(row["drugs"]), row["source"])
        add(node, _cells(row["synonyms"]))
    children: dict[str, list[str]] = {}
    for node in nodes.values():
        for name in node.parents + node.drugs:
            if name not in nodes:
                raise ValueError(f"therapy tables: {node.name!r} refers to {name!r}, which no row defines")
        for parent in node.parents:
            children.setdefault(parent, []).append(node.name)
    stems = sorted(((row["stem"], row["class"]) for row in read_table("inn_stems.tsv")), key=lambda s: (-len(s[0]), s))
    return _Tables(nodes, tuple(spellings), targets, {k: tuple(v) for k, v in children.items()}, tuple(stems))


def folded_forms(surface: str) -> frozenset[str]:
    """A spelling in folded form: hyphens kept apart or closed ("pd 1", "pd1"), codes with and without a gap."""
    parts = surface.split("-")
    forms = {fold_name(surface)}
    bare = "".join(parts)
    if bare.isalpha() and len(bare) <= 5:
        return frozenset(forms)  # closed up, R-ICE would be a word and AC-TH a hormone
    if 1 < len(parts) <= 4 and len(surface) <= 40:
        for joints in itertools.product(("", " "), repeat=len(parts) - 1):
            forms.add(fold_name("".join(part + joint for part, joint in zip(parts, (*joints, ""), strict=True))))
    code = re.fullmatch(r"([A-Za-z]{2,4})(\d{3,}[A-Za-z]?)", surface)
    if code:
        forms.add(fold_name(f"{code[1]} {code[2]}"))
    code = re.fullmatch(r"([A-Za-z]{2,4}) (\d{3,}[A-Za-z]?)", surface)
    if code:
        forms.add(fold_name(f"{code[1]}{code[2]}"))
    return frozenset(forms)


_Y_ENDING = re.compile(r"(?:therap|antibod|surger|biops|ectom|toxicit)y $")


def plural_forms(folded: str) -> tuple[str, ...]:
    """The folded name itself and its plural."""
    if _Y_ENDING.search(folded):
        return (folded, f"{folded[:-2]}ies ")
    return (folded,) if folded.endswith("s ") else (folded, f"{folded[:-1]}s ")


@functools.cache
def _index() -> dict[str, tuple[Spelling, ...]]:
    index: dict[str, list[Spelling]] = {}
    for spelling in tables().spellings:
        if spelling.therapy.kind is TherapyKind.NONE:
            continue
        for form in folded_forms(spelling.surface):
            for plural in plural_forms(form):
                index.setdefault(plural, []).append(spelling)
    return {form: tuple(found) for form, found in index.items()}


_TAIL = re.compile(
    r" (?:(?:mono|combination )?therapy|treatment|regimens?|chemotherapy|containing|based|hydrochloride|hcl|mesylate|"
    r"tablets?|capsules?|injections?|agents?|drugs?|sodium|acetate|sulfate|citrate|tosylate|phosphate|malate|"
    r"maleate) $"
)
_HEAD = re.compile(
    r"^ (?:prior|previous|any|other|no|systemic|oral|iv|intravenous|weekly|concurrent|single agent|further) "
)


@functools.lru_cache(maxsize=65536)
def therapy(name: str) -> Therapy | None:
    """The therapy that a name, brand, code, abbreviation or class phrase stands for; None if unknown.

    The name is taken to be a therapy's, so abbreviations need no context ("AC" is the regimen). Spellings in the same
    case are preferred. Salts, forms and words such as "prior" and "regimen" are tolerated.
    """
    folded = fold_name(name)
    while folded.strip():
        found = _index().get(folded)
        if found:
            best = min(found, key=lambda s: (s.surface != name.strip(), s.mark is not Mark.PLAIN, s.therapy.name))
            return best.therapy
        shorter = _TAIL.sub(" ", folded)
        shorter = shorter if shorter != folded else _HEAD.sub(" ", folded)
        if shorter == folded:
            return None
        folded = shorter
    return None


def stem_class(word: str) -> str | None:
    """The class that the INN stem of an unlisted single name points to ("examparib" → PARP inhibitor)."""
    lower = word.strip().lower()
    for stem, name in tables().stems:
        # A stem is preceded by a fantasy prefix of at least three letters, except where it is a word of its own.
        if lower.endswith(stem) and (len(lower) >= len(stem) + 3 or " " in lower):
            return name
    return None


@functools.cache
def _ancestors(name: str) -> frozenset[str]:
    above: set[str] = set()
    waiting = list(tables().nodes[name].parents)
    while waiting:
        parent = waiting.pop()
        if parent not in above:
            above.add(parent)
            waiting.extend(tables().nodes[parent].parents)
    return frozenset(above)


@functools.cache
def _below(name: str) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(tables().children.get(node, ()))
    return frozenset(found)


def other(name: str) -> str:
    """The leaf that stands for the members of a class that no row lists."""
    return f"other {name}"


@functools.cache
def leaves(name_or_class: str) -> frozenset[str]:
    """The set of leaves that a name denotes; empty when nothing is known of it.

    A regimen denotes all its drugs (each of which was given). A role denotes all that can play it: as a patient's fact
    that is exact, as a trial's requirement it is too wide, so that a member may play the role but need not, unless
    `is_a` says so; an investigational agent can be anything and denotes nothing known. An unlisted name with an INN
    stem denotes the unlisted members of the stem's class and of every class below it, for its exact target is not
    known.
    """
    node = therapy(name_or_class)
    nodes = tables().nodes
    if node is None:
        stem = stem_class(name_or_class)
        if stem is None:
            return frozenset()
        return frozenset(other(n) for n in _below(stem) if nodes[n].kind is not TherapyKind.DRUG)
    if node.kind is TherapyKind.DRUG:
        return frozenset({node.name})
    if node.kind is TherapyKind.REGIMEN:
        return frozenset(node.drugs)
    if node.kind is TherapyKind.ROLE:
        return frozenset().union(*map(leaves, node.parents))
    return frozenset(n if nodes[n].kind is TherapyKind.DRUG else other(n) for n in _below(node.name))


@functools.cache
def classes_of(name: str) -> frozenset[str]:
    """All classes above a drug, class or procedure; for a regimen, those above any of its drugs; empty if unknown."""
    node = therapy(name)
    if node is None:
        stem = stem_class(name)
        return frozenset() if stem is None else _ancestors(stem) | {stem}
    return frozenset().union(*(_ancestors(drug) for drug in node.drugs)) if node.drugs else _ancestors(node.name)


@functools.lru_cache(maxsize=262144)
def is_a(drug_or_class: str, cls: str) -> bool:
    """Whether whoever had the first has had the second: the same thing, a member, a subclass, or a regimen with one."""
    wanted = therapy(cls)
    if wanted is None:
        return False
    node = therapy(drug_or_class)
    if node is not None and wanted.name in (node.name, *node.drugs):
        return True
    return wanted.name in classes_of(drug_or_class)
