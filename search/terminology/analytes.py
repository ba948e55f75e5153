"""Analytes: laboratory values and vital signs, their names in text, units, conversion and plausible ranges.

Conversions between mass and amount use the molar mass of the analyte's row (creatinine 1 mg/dL = 88.4 µmol/L, bilirubin
17.1, glucose 1 mmol/L = 18.02 mg/dL, hemoglobin 1 g/dL = 0.6206 mmol/L of the monomer). Multiples of a laboratory's
own limits (xULN, xLLN) stay what they are. Reference limits are typical adult ones, to be used only with the flag
that they were assumed.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ahocorasick

from search.terminology.spelling import Folded, fold, fold_name
from search.terminology.tables import read_table
from search.terminology.units import Unit, canonical_unit, match_unit, parse_number, thousands, unit

__all__ = [
    "Analyte",
    "AnalyteMention",
    "Quantity",
    "Side",
    "analyte",
    "canonical_unit",
    "convert",
    "find_analytes",
    "match_unit",
    "parse_number",
    "plausible",
    "read_quantity",
]


class Side(StrEnum):
    """On which side trials bound what an eligible patient may have."""

    LOWER = "lower"
    """At least so much: neutrophils, platelets, clearance."""
    UPPER = "upper"
    """At most so much: bilirubin, creatinine, QTc."""
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Analyte:
    """A row of the table. `low`, `high`, `lln` and `uln` are in `unit`; `lln` and `uln` are assumptions."""

    name: str
    unit: str
    side: Side
    low: float
    high: float
    lln: float | None
    uln: float | None
    molar_mass: float | None
    valence: float | None
    other_units: tuple[str, ...]
    loinc: str
    source: str


@dataclass(frozen=True, slots=True)
class AnalyteMention:
    """An analyte named in a text: `text[start:end] == quote`."""

    start: int
    end: int
    quote: str
    name: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its canonical unit; `assumed` when the unit or the thousands were inferred from plausibility."""

    value: float
    unit: str
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    surface: str
    cased: bool
    analyte: str | None


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


@functools.cache
def _tables() -> tuple[dict[str, Analyte], tuple[_Name, ...]]:
    rows: dict[str, Analyte] = {}
    names: list[_Name] = []
    for row in read_table("analytes.tsv"):
        real = row["side"] != "none"
        if real:
            rows[row["name"]] = Analyte(
                name=row["name"],
                unit=row["unit"],
                side=Side(row["side"]),
                low=float(row["low"]),
                high=float(row["high"]),
                lln=_number(row["lln"]),
                uln=_number(row["uln"]),
                molar_mass=_number(row["molar_mass"]),
                valence=_number(row["valence"]),
                other_units=tuple(filter(None, row["other_units"].split("|"))),
                loinc=row["loinc"],
                source=row["source"],
            )
        for text in row["synonyms"].split("|"):
            cased = text.startswith("=")
            names.append(_Name(text[cased:], cased, row["name"] if real else None))
    return rows, tuple(names)


def _forms(name: _Name) -> set[str]:
    folded = fold_name(name.surface)
    forms = {folded}
    if not name.cased and name.surface.count("-") == 1 and any(map(str.isdigit, name.surface)):
        forms.add(fold_name(name.surface.replace("-", "")))
    if not name.cased and not folded.endswith("s "):
        forms.add(f"{folded[:-1]}s ")
    return forms


@functools.cache
def _automaton() -> Any:
    entries: dict[str, list[_Name]] = {}
    for name in _tables()[1]:
        for form in _forms(name):
            entries.setdefault(form, []).append(name)
    automaton = ahocorasick.Automaton()
    for form, found in entries.items():
        automaton.add_word(form, (len(form), tuple(found)))
    automaton.make_automaton()
    return automaton


@functools.lru_cache(maxsize=4096)
def analyte(name: str) -> Analyte | None:
    """The analyte that a name or abbreviation stands for, or None. Case decides only where two names differ by it."""
    rows, names = _tables()
    if name in rows:
        return rows[name]
    exact = [n for n in names if n.analyte is not None and n.surface == name.strip()]
    folded = fold_name(name)
    near = exact or [n for n in names if n.analyte is not None and folded in _forms(n)]
    return rows[str(near[0].analyte)] if near else None


def _breaks(quote: str, surface: str) -> bool:
    """Whether the quote runs across punctuation that its name does not contain."""
    return any(mark in quote and mark not in surface for mark in ",;:") or ". " in quote or "\n\n" in quote


def find_analytes(text: str, view: Folded | None = None) -> list[AnalyteMention]:
    """Every analyte named in a text, in order, longest match first, without overlaps.

    Abbreviations that are also words or other abbreviations count only in their own case: PT (not Pt), Hb, Cr, eGFR
    (not EGFR), INR. Words that contain an analyte and mean something else (albumin-bound, calcium channel, platelet
    transfusion, drugs that prolong the QT interval) are passed over.

    Args:
        text: any text; offsets are into it, in code points.
        view: `fold(text)`, if the caller has it already.
    """
    return list(_found(text)) if view is None else _mentions(text, view)


@functools.lru_cache(maxsize=64)
def _found(text: str) -> tuple[AnalyteMention, ...]:
    """The analytes of a text; a line is asked for by itself and by those that go on with it."""
    return tuple(_mentions(text, fold(text)))


def _mentions(text: str, view: Folded) -> list[AnalyteMention]:
    hits: list[tuple[int, int, _Name]] = []
    for last, (length, found) in _automaton().iter(view.text):
        start, end = view.offset(last - length + 2), view.offset(last - 1) + 1
        quote = text[start:end]
        for name in found:
            if name.cased and quote.replace("\n", " ") != name.surface:
                continue
            if " " in quote and _breaks(quote, name.surface):
                continue
            hits.append((start, end, name))
    hits.sort(key=lambda h: (h[0], -h[1], not h[2].cased, h[2].analyte or ""))
    mentions: list[AnalyteMention] = []
    reached = 0
    for start, end, name in hits:
        if start < reached:
            continue
        reached = end
        if name.analyte is not None:
            mentions.append(AnalyteMention(start, end, text[start:end], name.analyte))
    return mentions


_RELATIVE = frozenset({"uln", "lln"})


def _factor(known: Analyte, given: Unit, wanted: Unit) -> float | None:
    if given.dimension == wanted.dimension:
        return given.factor / wanted.factor
    dimensions = {given.dimension, wanted.dimension}
    if dimensions == {"clearance", "clearance_bsa"}:
        # Per 1.73 m² and absolute values are compared as they stand; criteria use them interchangeably.
        return given.factor / wanted.factor
    if dimensions == {"activity", "mass"} or known.molar_mass is None:
        return None
    to_amount = {"amount": 1.0, "mass": 1000.0 / known.molar_mass, "charge": 1.0 / (known.valence or 1.0)}
    if not dimensions <= to_amount.keys() or ("charge" in dimensions and known.valence is None):
        return None
    return given.factor * to_amount[given.dimension] / (wanted.factor * to_amount[wanted.dimension])


def convert(name: str, value: float, unit_text: str) -> tuple[float, str] | None:
    """A value in the analyte's canonical unit.

    Multiples of a limit stay as they are ((1.5, "xULN")). A unit the analyte is also given in but that measures
    something else (a protein/creatinine ratio for proteinuria) is kept, in its dimension's base unit.

    Returns:
        Value and unit, or None if the analyte or the unit is not known or the unit does not fit the analyte.
    """
    known, given = analyte(name), unit(unit_text)
    if known is None or given is None:
        return None
    if given.dimension in _RELATIVE:
        return value, given.name
    for target in (known.unit, *known.other_units):
        wanted = unit(target)
        if wanted is None:
            continue
        factor = _factor(known, given, wanted)
        if factor is not None:
            return value * factor, target
    return None


def plausible(name: str, value: float, unit_text: str | None = None) -> bool:
    """Whether a value can be a threshold for, or a measurement of, the analyte; without a unit, in its canonical one.

    Multiples of a limit are plausible up to 50.
    """
    known = analyte(name)
    if known is None:
        return False
    converted = (value, known.unit) if unit_text is None else convert(name, value, unit_text)
    if converted is None:
        return False
    if converted[1] in {"xULN", "xLLN"}:
        return 0 < converted[0] <= 50
    return converted[1] != known.unit or known.low <= converted[0] <= known.high


_COUNT_GUESSES = ("10^9/L", "cells/uL", "cells/L")


def _guesses(known: Analyte) -> tuple[str, ...]:
    """Units to try, in this order, where none is stated or the stated one makes no sense."""
    own = unit(known.unit)
    if own is not None and own.dimension == "count":
        return (known.unit, *(guess for guess in _COUNT_GUESSES if guess != known.unit))
    by_mass = {"g/dL": ("g/L", "mmol/L"), "mg/dL": ("umol/L", "mmol/L")}
    return (known.unit, *by_mass.get(known.unit, ()), *known.other_units)


def read_quantity(name: str, number: str, unit_text: str | None = None) -> Quantity | None:
    """The quantity that a number and perhaps a unit in a text give for an analyte, in its canonical unit.

    What was lost on the way is put back where only one reading is plausible: the height of an exponent ("1.5 x 109"),
    the grouping of thousands ("100.000/mm3", "100 000"), a unit that goes without saying (ANC ≥ 1500, platelets > 100,
    Hb ≥ 90).

    Returns:
        The quantity, flagged if something was inferred; the value as stated if no reading is plausible; None if the
        number cannot be read, the analyte is unknown, or the unit is stated and does not fit.
    """
    known, value = analyte(name), parse_number(number)
    if known is None or value is None:
        return None
    readings = [value]
    grouped = thousands(number)
    if grouped is not None:
        readings.append(grouped)
    if unit_text is not None:
        for reading in readings:
            if plausible(name, reading, unit_text):
                converted = convert(name, reading, unit_text)
                assert converted is not None
                return Quantity(*converted, assumed=reading is not value)
        given = unit(unit_text)
        own = unit(known.unit)
        if given is None or own is None or {given.dimension, own.dimension} != {"count"}:
            stated = convert(name, value, unit_text)
            return None if stated is None else Quantity(*stated)
    for guess in _guesses(known):
        for reading in readings:
            converted = convert(name, reading, guess)
            if converted is not None and converted[1] == known.unit and plausible(name, *converted):
                return Quantity(*converted, assumed=True)
    return Quantity(value, known.unit, assumed=True)
