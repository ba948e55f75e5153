"""What a compared number means for an analyte: value, unit, and the side on which an eligible patient lies."""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.extraction.numbers import Comparison, inverted
from search.terminology.analytes import Side, analyte, canonical_unit, convert, plausible, read_quantity
from search.terminology.units import unit as known_unit

UNREAD = frozenset(
    {
        "blood pressure", "systolic blood pressure", "diastolic blood pressure", "weight", "body surface area",
        "temperature", "heart rate", "beta-hCG", "FSH", "HBV DNA", "HCV RNA", "HIV RNA", "EBV DNA",
        "pulmonary artery pressure", "BMI", "anti-Xa", "PR interval", "global longitudinal strain",
    }
)  # fmt: skip
"""Analytes of the table that are read elsewhere (as conditions) or bound nobody."""
EITHER_SIDE = frozenset(
    {
        "blasts", "LDH", "PSA", "AFP", "CA-125", "CA19-9", "CA15-3", "CEA", "ferritin", "CRP",
        "bone marrow plasma cells", "FLC ratio", "estradiol", "serum M-protein", "urine M-protein",
        "free light chain", "beta-2 microglobulin", "NT-proBNP", "BNP", "troponin", "calcium", "ionized calcium",
        "glucose", "testosterone", "HbA1c", "D-dimer", "reticulocytes",
    }
)  # fmt: skip
"""Trials bound these from either side: the words decide."""
_HIGH_COUNT = 10.0
"""A bound on leukocytes from here on (10^9/L) is meant from above, whatever their natural side."""
_PAIRED_LIMITS = frozenset(
    {"calcium", "ionized calcium", "potassium", "magnesium", "phosphate", "sodium", "TSH", "free T4", "bicarbonate"}
)
"""Normal means within both limits."""
_ENZYMES = frozenset({"AST", "ALT", "ALP", "GGT", "PT", "aPTT", "lipase", "amylase", "CK"})
_LARGEST_MULTIPLE = 20.0
"""A bare number up to here, for an enzyme or a clotting time, is a multiple of the upper limit."""
_PREDICTED = re.compile(r"predicted|expected")
_TENFOLD = frozenset({"hemoglobin", "albumin"})
"""Analytes whose g/dL and g/L are mixed up."""
_RATIO = re.compile(r"ratio|\bupc|creatinine")
_RELATIVE = {"xULN", "xLLN"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A value in the unit that is printed; `assumed` where the unit went without saying."""

    value: float
    unit: str
    assumed: bool = False


def reading(name: str, comparison: Comparison, value: float, text: str, quote: str = "") -> Reading | None:
    """The value of a comparison for an analyte, or None where number and unit cannot be its.

    Units stay as written, except counts, which are in the analyte's own unit (10^9/L).

    Args:
        name: the analyte.
        comparison: a number of the text with its unit.
        value: the value to read (one end of a range).
        text: the flowing folded text the comparison stands in.
        quote: how the text names the analyte ("UPC ratio" has no unit).
    """
    known = analyte(name)
    if known is None or name in UNREAD:
        return None
    given = comparison.unit
    if given in _RELATIVE:
        return Reading(value, given) if 0 < value <= 50 else None
    number = f"{value:g}" if comparison.high is not None or not comparison.number else comparison.number
    if given is None:
        if name == "proteinuria":
            return Reading(value, "ratio", assumed=True) if _RATIO.search(quote.lower()) and value <= 10 else None
        if name in _ENZYMES and value <= _LARGEST_MULTIPLE:
            return Reading(value, "xULN", assumed=True)
        guess = read_quantity(name, number)
        if guess is None or not plausible(name, guess.value, guess.unit):
            return None
        return Reading(guess.value, guess.unit, assumed=True)
    own = known_unit(known.unit)
    counts = own is not None and own.dimension == "count"
    written = {"k": "K/uL", "g/l": "10^9/L"}.get(given, given) if counts else given  # G/L, in lower case
    if name == "proteinuria" and given in {"g", "mg"} and "24" in quote:
        written = f"{given}/24h"
    if written.startswith(("%", "percent")):
        written = "%"
    spelled = canonical_unit(written)
    dimension = known_unit(written)
    if spelled is None or dimension is None:
        return None
    if counts and dimension.dimension == "count":
        quantity = read_quantity(name, number, written)
        if quantity is None or not plausible(name, quantity.value, quantity.unit):
            return None
        return Reading(round(quantity.value, 6), quantity.unit, quantity.assumed)
    if convert(name, value, written) is None:
        return None
    if not plausible(name, value, written):
        guess = read_quantity(name, number)  # "Hb >= 90 g/dL"
        usable = name in _TENFOLD and own is not None and own.dimension == dimension.dimension
        if guess is None or not usable or not plausible(name, guess.value, guess.unit):
            return None
        return Reading(guess.value, guess.unit, assumed=True)
    after = text[comparison.end - len(given) : comparison.end + 16]
    if spelled == "%" and _PREDICTED.search(after):
        spelled = "% predicted"
    return Reading(value, spelled)


def same_value(name: str, one: Reading, other: Reading) -> bool:
    """Whether two readings say the same in two units ("9 g/dL or 5.6 mmol/L")."""
    if one.unit == other.unit or {one.unit, other.unit} & _RELATIVE:
        return False
    a, b = convert(name, one.value, _plain(one.unit)), convert(name, other.value, _plain(other.unit))
    if a is None or b is None or a[1] != b[1]:
        return False
    return abs(a[0] - b[0]) <= 0.05 * max(abs(a[0]), abs(b[0]))


def _plain(unit: str) -> str:
    return "%" if unit == "% predicted" else unit


def natural_ops(name: str) -> frozenset[str] | None:
    """The comparators that bound an eligible patient's value on the analyte's natural side; None for either side."""
    known = analyte(name)
    if known is None or known.side is Side.BOTH or name in EITHER_SIDE:
        return None
    return frozenset({">", ">="}) if known.side is Side.LOWER else frozenset({"<", "<="})


def allowed_op(name: str, op: str, value: Reading, *, prohibited: bool) -> tuple[str, bool] | None:
    """What an eligible patient's value does, whether section and natural side agree; None if neither makes sense."""
    natural = natural_ops(name)
    stated = inverted(op) if prohibited else op
    if natural is None or stated in natural or (value.unit == "xLLN" and stated[0] == ">"):
        return stated, True
    known = analyte(name)
    highest = _HIGH_COUNT if name in {"WBC", "lymphocytes"} else known.uln if known is not None else None
    if (
        known is not None
        and known.side is Side.LOWER
        and value.unit == known.unit
        and highest
        and value.value >= highest
    ):
        return stated, True  # "hematocrit > 55 %": a bound from above, whatever the natural side
    if prohibited:
        return op, False  # "ANC >= 1.5" among the exclusions: a requirement under the wrong heading
    return None


def normal_bounds(name: str) -> tuple[tuple[str, float, str], ...]:
    """The bounds that "normal" sets."""
    natural = natural_ops(name)
    if name in UNREAD:
        return ()
    low, high = (">=", 1.0, "xLLN"), ("<=", 1.0, "xULN")
    if name in _PAIRED_LIMITS or natural is None:
        return low, high
    return (low,) if ">=" in natural else (high,)
