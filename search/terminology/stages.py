"""Stages: the groups of every system by site and edition as sets of leaves, ranges, TNM, and what they say about M.

A leaf is the narrowest group a system has: "IIIA" for the anatomic systems (AJCC and FIGO, which name the same thing),
"ISS:II" for the others, so that sets of different systems are disjoint and `family` says whether comparing them means
anything. Stages are written as the interchange format prints them: Roman numerals with letter ("IIA", "IVS"), `limited`
and `extensive`, TNM tokens ("T3", "Nany", "M1").
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from search.terminology import oncotree
from search.terminology.tables import read_table

ANATOMIC = "anatomic"


@dataclass(frozen=True, slots=True)
class StageSystem:
    """One row: a system's groups for a site in an edition, in order."""

    system: str
    edition: str
    site: str
    oncotree: tuple[str, ...]
    groups: tuple[str, ...]
    metastatic: frozenset[str]
    """Groups that distant metastases define."""
    not_metastatic: frozenset[str]
    """Groups that exclude them. What is in neither set says nothing."""
    source: str


_ALIASES = {
    "tnm": "AJCC",
    "uicc": "AJCC",
    "ajcc/uicc": "AJCC",
    "ajcc/tnm": "AJCC",
    "uicc/ajcc": "AJCC",
    "modified ann arbor": "Ann Arbor",
    "cotswolds": "Ann Arbor",
    "riss": "R-ISS",
    "revised iss": "R-ISS",
    "r2iss": "R2-ISS",
    "barcelona": "BCLC",
    "inrg": "INRGSS",
    "st jude": "Murphy",
    "masaoka-koga": "Masaoka",
    "durie salmon": "Durie-Salmon",
    "irsg": "IRS",
    "nwtsg": "NWTS",
}


@functools.cache
def systems() -> tuple[StageSystem, ...]:
    """All rows of the table."""

    def parts(cell: str) -> tuple[str, ...]:
        return tuple(filter(None, cell.split("|")))

    return tuple(
        StageSystem(
            row["system"],
            row["edition"],
            row["site"],
            parts(row["oncotree"]),
            parts(row["groups"]),
            frozenset(parts(row["metastatic"])),
            frozenset(parts(row["not_metastatic"])),
            row["source"],
        )
        for row in read_table("stages.tsv")
    )


@functools.cache
def canonical_system(name: str | None) -> str | None:
    """A system's name as the table has it ("UICC" → "AJCC", "riss" → "R-ISS"); None if unknown."""
    if name is None:
        return None
    plain = name.strip().lower()
    if plain in _ALIASES:
        return _ALIASES[plain]
    return next((row.system for row in systems() if row.system.lower() == plain), None)


@functools.cache
def family(system: str | None) -> str:
    """Which stages can be compared: `anatomic` for AJCC and FIGO and for stages without a system, else the system."""
    known = canonical_system(system)
    return ANATOMIC if known in {None, "AJCC", "FIGO"} else known


@functools.cache
def rows_for(site: str | None, system: str | None = None, edition: str | None = None) -> tuple[StageSystem, ...]:
    """The rows for a site (a name of the table, or an OncoTree code: its own or its nearest ancestor's rows).

    Rows of all editions if the edition is None or not in the table ("8" takes in the pathological groups "8p").
    Without a system: the anatomic ones.
    """
    wanted = canonical_system(system)
    pool = [
        row
        for row in systems()
        if (row.system == wanted if family(system) != ANATOMIC else family(row.system) == ANATOMIC)
    ]
    if site is not None:
        chain = (site, *oncotree.ancestors(site)) if site in oncotree.nodes() else ()
        own = [row for row in pool if row.site == site]
        for code in chain:
            own = own or [row for row in pool if code in row.oncotree]
        pool = own
    elif family(system) == ANATOMIC:
        return ()
    plain = re.sub(r"\D", "", edition or "")
    dated = [row for row in pool if plain and row.edition.rstrip("p") == plain]
    return tuple(dated or pool)


_NUMERALS = ("0", "I", "II", "III", "IV", "V")
_GROUP = re.compile(
    r"(?:stages?|group)?\s*(?P<numeral>iv|v|i{1,3}|[0-5])\s*[-.]?\s*\(?(?P<letter>[a-e]|s(?![a-z])|is|x)?\)?\s*"
    r"[-.]?\s*(?:\(?(?P<digit>[1-3])\)?|\((?P<roman>i{1,3})\))?",
    re.I,
)


@functools.lru_cache(maxsize=4096)
def parse_group(text: str) -> str | None:
    """A stage group in the interchange format's spelling ("2A" → "IIA", "stage 4s" → "IVS", "iiia1" → "IIIA1").

    Also `limited`, `extensive`, risk words and letter stages (Binet B, BCLC C); None for anything else.
    """
    plain = text.strip()
    lower = re.sub(r"^(?:stages?|group)\s+", "", plain.lower())
    named = re.sub(r"[\s-]*(?:stage|disease|risk)$", "", lower)
    if named in {"limited", "extensive", "low", "intermediate", "high"}:
        return named
    if named in {"ls", "ed", "es", "ld"}:
        return "limited" if named[0] == "l" else "extensive"
    found = _GROUP.fullmatch(plain)
    if found is None:
        return lower.upper() if re.fullmatch(r"[a-d][12]?|l[12]|ms?", lower) else None
    numeral = found["numeral"].upper()
    numeral = _NUMERALS[int(numeral)] if numeral.isdigit() else numeral
    letter, digit = (found["letter"] or "").upper(), found["digit"] or ""
    if found["roman"]:
        digit = str(len(found["roman"]))  # FIGO writes IIIA(i)
    if numeral == "0":
        return f"0{letter.lower()}"
    return f"{numeral}{letter}{digit}"


def _split(group: str) -> tuple[str, str]:
    found = re.match(r"(IV|V|I{1,3}|0)(.*)", group)
    return (found[1], found[2]) if found else ("", group)


def stage_order(group: str) -> tuple[int, str]:
    """Sort key of anatomic groups: 0 < I < IA < IA1 < IA2 < IB < II < … < IV < V."""
    numeral, rest = _split(group)
    return (_NUMERALS.index(numeral) if numeral in _NUMERALS else len(_NUMERALS), rest)


_LETTERS = {"I": "AB", "II": "AB", "III": "ABC", "IV": "AB"}
_GENERIC = {"0": ("0", "0a", "0is"), "V": ("V",)} | {
    numeral: tuple(f"{numeral}{letter}{digit}" for letter in letters for digit in "123") + extra
    for numeral, letters, extra in (
        ("I", "ABC", ("IS",)),
        ("II", "ABC", ()),
        ("III", "ABCD", ()),
        ("IV", "ABC", ("IVS",)),
    )
}


def _within(group: str, leaf: str) -> bool:
    """Whether a leaf is the group or one of its subgroups; "I" does not take in "II" or "IV"."""
    if leaf == group:
        return True
    numeral, rest = _split(group)
    numeral_of_leaf, rest_of_leaf = _split(leaf)
    if not numeral:
        return leaf.startswith(group) and leaf[len(group) :].isdigit()
    return numeral == numeral_of_leaf and rest_of_leaf.startswith(rest)


def _leaves_of_group(group: str, rows: tuple[StageSystem, ...]) -> frozenset[str]:
    listed = {leaf for row in rows for leaf in row.groups}
    inside = frozenset(leaf for leaf in listed if _within(group, leaf))
    # A subgroup of a listed leaf ("IIIA1" where the edition stops at IIIA) lies within that leaf.
    inside = inside or frozenset(leaf for leaf in listed if _within(leaf, group))
    if inside or rows:
        return inside
    return frozenset(leaf for leaf in _GENERIC.get(_split(group)[0], (group,)) if _within(group, leaf))


_RISK = {
    ("Rai", "low"): ("0",),
    ("Rai", "intermediate"): ("I", "II"),
    ("Rai", "high"): ("III", "IV"),
}
_AND = r"\s*(?:,|/|\bor\b|\band\b|&|;)\s*(?:\b(?:or|and)\b\s*)?(?:stages?\s+)?"
_TO = r"\s*(?:-|\u2013|\u2014|\bto\b|\bthrough\b|\bthru\b)\s*(?:stages?\s+)?(?:select\s+)?(?:stages?\s+)?"


@functools.lru_cache(maxsize=4096)
def stage_groups(
    text: str, system: str | None = None, site: str | None = None, edition: str | None = None
) -> tuple[str, ...]:
    """The groups that a text names, ranges expanded, as the interchange format prints them; empty if it names none.

    Reads one value ("stage 3", "2A", "4S"), lists ("IIIB/IV", "I, II, and IIIA") and ranges ("II-IIIB", "stage II to
    IIIB", "IA2–IIIA").
    """
    found: list[str] = []
    # "IIIA/B" and "IIIA-B" repeat the numeral only in thought.
    text = re.sub(
        r"\b((?:IV|I{1,3}|[1-4])(?=[A-C]\b))([A-C])(\s*[-/\u2013]\s*)([B-D])\b", r"\1\2\3\1\4", text.strip(), flags=re.I
    )
    for part in re.split(_AND, text, flags=re.I):
        ends = [parse_group(end) for end in re.split(_TO, part.strip(), flags=re.I)]
        if len(ends) == 1 and ends[0] is not None:
            found.append(ends[0])
        elif len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            found.extend(expand_range(ends[0], ends[1], system, site, edition))
        else:
            return ()
    return tuple(dict.fromkeys(found))


@functools.lru_cache(maxsize=16384)
def stage_leaves(
    text: str, system: str | None = None, site: str | None = None, edition: str | None = None
) -> frozenset[str]:
    """The set of leaves that a stage, a list or a range denotes; empty if nothing is known of it.

    Args:
        text: "IIIB", "II-IIIB", "stage 3", "IIIB/IV", "ISS II", "extensive" …
        system: AJCC, FIGO, Ann Arbor, ISS, Rai, BCLC …; None for an anatomic stage.
        site: a site of the table or an OncoTree code; without one, the anatomic leaves are those any site may have,
            so that "IIIA" lies within "III" while "III" may or may not be "IIIA".
        edition: "7", "8", "2018" …; all editions' leaves if None.
    """
    known = canonical_system(system)
    prefix = re.match(
        r"(?i)(r2?-?iss|iss|bclc|rai|binet|inss|inrgss|masaoka|ann arbor|ajcc|figo|dukes|ensat)\b\s*", text
    )
    if prefix is not None:
        known = canonical_system(prefix[1]) or known
        text = text[prefix.end() :]
    rows = rows_for(site, known, edition) or (rows_for(None, known, edition) if family(known) != ANATOMIC else ())
    label = "" if family(known) == ANATOMIC else f"{known}:"
    found: set[str] = set()
    for group in stage_groups(text, known, site, edition):
        for name in _RISK.get((known or "", group), (group,)):
            found |= {f"{label}{leaf}" for leaf in _leaves_of_group(name, rows)}
            if label and not rows:
                found.add(f"{label}{name}")
    if {"limited", "extensive"} & {leaf.split(":")[-1] for leaf in found} and not label:
        return frozenset(f"VALG:{leaf}" for leaf in found)
    return frozenset(found)


def _subgroups(numeral: str, rows: tuple[StageSystem, ...], digits: bool) -> list[str]:
    """The lettered groups of a numeral, in order; with their digits where the range is written with digits."""
    listed = {leaf for row in rows for leaf in row.groups if _split(leaf)[0] == numeral}
    if not listed:
        return [f"{numeral}{letter}" for letter in _LETTERS.get(numeral, "")] or [numeral]
    names = listed if digits else {re.sub(r"\d$", "", leaf) if _split(leaf)[1] else leaf for leaf in listed}
    return sorted(names, key=stage_order)


def expand_range(
    low: str, high: str, system: str | None = None, site: str | None = None, edition: str | None = None
) -> list[str]:
    """The groups of a range, both ends included, as the interchange format prints them.

    Whole numerals stay whole ("I-III" → I, II, III; "II-IIIB" → II, IIIA, IIIB; "IIB-IV" → IIB, III, IV unless the site
    has a IIC). Between two lettered ends every group is lettered ("IB-IIIA" → IB, IIA, IIB, IIIA). Which letters exist
    comes from the site's table; without one A and B, for III also C. A range the wrong way round gives its two ends.
    """
    first, last = parse_group(low), parse_group(high)
    if first is None or last is None:
        return []
    rows = rows_for(site, system, edition)
    listed = list(dict.fromkeys(leaf for row in rows for leaf in row.groups))
    if not _split(first)[0] or not _split(last)[0]:
        if first in listed and last in listed and listed.index(first) <= listed.index(last):
            return listed[listed.index(first) : listed.index(last) + 1]
        return [first, last]
    if stage_order(first) > stage_order(last):
        return [first, last]
    (low_numeral, low_rest), (high_numeral, high_rest) = _split(first), _split(last)
    digits = bool(re.search(r"\d$", low_rest + high_rest) or re.search(r"\d$", low_rest))
    both = bool(low_rest and high_rest)
    result: list[str] = []
    for numeral in _NUMERALS[_NUMERALS.index(low_numeral) : _NUMERALS.index(high_numeral) + 1]:
        at_low, at_high = numeral == low_numeral and low_rest, numeral == high_numeral and high_rest
        if not (at_low or at_high or both):
            result.append(numeral)
            continue
        narrow = digits and (numeral in {low_numeral, high_numeral})
        names = _subgroups(numeral, rows, narrow)
        if at_low:
            names = [name for name in names if stage_order(name) >= stage_order(first)]
            names = names if first in names else [first, *names]
        if at_high:
            names = [name for name in names if stage_order(name) <= stage_order(last) or _within(last, name)]
            names = names if any(_within(last, name) for name in names) else [*names, last]
        result.extend(names)
    return list(dict.fromkeys(result))


_STEP = r"[0-4](?:mi|[a-e][1-3]?)?"
_TNM = re.compile(
    r"(?<![A-Za-z])(?:yp|yc|c|p|r|u)?(?P<axis>[TNM])\s?"
    rf"(?P<low>any|is|x|a|\+|{_STEP})(?![A-Za-z0-9])(?P<plus>\+)?"
    rf"(?:\s?(?:-|\u2013|to|/)\s?(?:(?P=axis)?(?P<high>{_STEP})|(?P<letter>[b-e]))(?![A-Za-z0-9]))?"
    # Magnetic resonance has T1 and T2 too, and thyroid hormones are T3 and T4.
    r"(?!\s?[-/]?\s?(?:FLAIR|weighted|sequence|hyperintens|signal|MRI|image|level))",
)
_HORMONE = re.compile(r"\b(?:free|total|serum)\s+T[34]\b")
_AXIS_RANGE = {"T": "01234", "N": "0123", "M": "01"}
_JOINED = re.compile(r"(?<=[0-9a-zX])(?=[TNM](?:any|is|x|X|[0-4]))")


def tnm_tokens(text: str) -> list[str]:
    """The TNM tokens of a text as the interchange format prints them, ranges expanded, prefixes dropped.

    "cT3N1M0" → T3, N1, M0; "T1-3" → T1, T2, T3; "M1a-c" → M1a, M1b, M1c; "any T" and "Tany" → Tany; "NX" → NX; "N2+"
    → N2, N3; "N+" → N1, N2, N3.
    """
    text = _HORMONE.sub(" ", text)
    plain = re.sub(r"\bany[ -]?([TNM])\b", r"\1any", text, flags=re.I)
    plain = _JOINED.sub(" ", re.sub(r"\b([TNM])[xX]\b|(?<=[0-9])([NM])[xX]\b", r" \1\2x ", plain))
    found: list[str] = []
    for match in _TNM.finditer(plain):
        axis, low, high = match["axis"], match["low"], match["high"]
        if axis == "M" and low[0] not in "01axy+":
            continue  # M2 to M4 are leukemias
        if low == "x":
            found.append(f"{axis}X")
            continue
        if low == "+":
            found.extend(f"{axis}{step}" for step in _AXIS_RANGE[axis] if step != "0")
            continue
        found.append(f"{axis}{low}")
        if match["letter"] and low[1:2].isalpha():
            found.extend(f"{axis}{low[0]}{chr(code)}" for code in range(ord(low[1]) + 1, ord(match["letter"]) + 1))
            continue
        top = high or (_AXIS_RANGE[axis][-1] if match["plus"] else None)
        if top is None or not low[0].isdigit():
            continue
        found.extend(f"{axis}{step}" for step in _AXIS_RANGE[axis] if low[0] < step < top[0])
        found.append(f"{axis}{top}")
    return list(dict.fromkeys(found))


def implies_metastatic(stage: str, site: str | None = None, edition: str | None = None) -> bool | None:
    """Whether a stage means distant metastases: True, False, or None when it need not mean either.

    M1 means them and M0 excludes them, whatever the site. A group means them where every leaf it denotes is defined
    by them, in every edition that it may be of (stage IV of lung or breast, but IVA of the head and neck is M0, and IVA
    of the nasopharynx is M0 up to the 8th edition and M1 in the 9th). Stages of lymphomas, leukemias and myeloma say
    nothing. Without a site only M and the stages 0 and I decide.

    Args:
        stage: a group ("IVB"), a list or range, TNM tokens ("T2N1M1"), or a system's own ("extensive", "BCLC B").
        site: a site of the table or an OncoTree code.
        edition: the edition, if stated.
    """
    tokens = tnm_tokens(stage)
    distant = [token for token in tokens if token.startswith("M")]
    if distant:
        kinds = {token[1] for token in distant}
        return True if kinds == {"1"} else False if kinds == {"0"} else None
    prefix = re.match(r"(?i)(r2?-?iss|iss|bclc|rai|binet|inss|inrgss|masaoka|ann arbor|figo|dukes|ensat)\b\s*", stage)
    system = canonical_system(prefix[1]) if prefix else None
    text = stage[prefix.end() :] if prefix else stage
    if system is None and parse_group(text) in {"limited", "extensive"}:
        system = "VALG"
    groups = stage_groups(text, system, site, edition)
    if not groups:
        return None
    rows = rows_for(site, system, edition)
    if not rows and system is not None:
        rows = rows_for(None, system, edition)
    if not rows:
        early = all(_split(group)[0] in {"0", "I"} for group in groups)
        return False if early and site is None and system is None else None
    answers = {
        _means_m1(leaves, row) for row in rows for group in groups if (leaves := _leaves_of_group(group, (row,)))
    }
    return answers.pop() if len(answers) == 1 else None


def _means_m1(leaves: frozenset[str], row: StageSystem) -> bool | None:
    if leaves <= row.metastatic:
        return True
    return False if leaves <= row.not_metastatic else None


@functools.cache
def _grid() -> dict[tuple[str, str], dict[tuple[str, str], str]]:
    grid: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    for row in read_table("tnm_groups.tsv"):
        cells = grid.setdefault((row["site"], row["edition"]), {})
        for t in row["t"].split("|"):
            for n in row["n"].split("|"):
                cells[t, n] = row["group"]
    return grid


def group_of_tnm(tokens: list[str], site: str, edition: str) -> frozenset[str]:
    """The stage groups that T and N with M0 can mean, by a grid with a source; empty where there is none.

    Alternatives and "any" give every group they can mean; T1 takes in T1a to T1c. M1 is not looked up: it means
    metastatic disease, and the group follows from the site's `metastatic` groups.
    """
    rows = rows_for(site, "AJCC", edition)
    names = {row.site for row in rows} | {site}
    cells = next((grid for (name, ed), grid in _grid().items() if name in names and ed == edition), None)
    if cells is None or "M0" not in tokens:
        return frozenset()

    def fits(axis: str, value: str) -> bool:
        asked = [token for token in tokens if token.startswith(axis)]
        return any(token == f"{axis}any" or value.startswith(token) or token.startswith(value) for token in asked)

    return frozenset(group for (t, n), group in cells.items() if fits("T", t) and fits("N", n))
