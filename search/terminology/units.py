"""Units and numbers as trials write them: one spelling a unit, and a value for every way of writing a number."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from search.terminology.tables import read_table


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in the interchange format's spelling; `value * factor` is in the base unit of its dimension."""

    name: str
    dimension: str
    factor: float


_WORDS = (
    (re.compile(r"\\"), ""),
    (re.compile(r"[\u00b5\u03bc]"), "u"),
    (re.compile("[\u00d7\u2715\u2a2f\u22c5\u00b7\u2022*\u2217]"), "x"),
    (re.compile("[\u2044\u2215\uff0f]"), "/"),
    (re.compile(r"\bmc(?=[lgm])", re.I), "u"),
    (re.compile(r"\bmicro-?\s?(?=l|mol|g)", re.I), "u"),
    (re.compile(r"\bdeci-?lit(?:er|re)s?\b", re.I), "dL"),
    (re.compile(r"\bmilli-?lit(?:er|re)s?\b", re.I), "mL"),
    (re.compile(r"\bulit(?:er|re)s?\b", re.I), "uL"),
    (re.compile(r"(?<=[/\d ])lit(?:er|re)s?\b", re.I), "L"),
    (re.compile(r"\bcubic\s+(?:milli-?met(?:er|re)s?|mm)\b|\bcu\.?\s?mm\b|\bmm\s*(?:cubed|\^\s*3)", re.I), "mm3"),
    (re.compile(r"\bmilligrams?\b", re.I), "mg"),
    (re.compile(r"\bmillimol(?:es|ar)?\b|\bmmoles?\b", re.I), "mmol"),
    (re.compile(r"\bumol(?:es|ar)\b|\bumole\b", re.I), "umol"),
    (re.compile(r"\bminutes?\b", re.I), "min"),
    (re.compile(r"\s+per\s+", re.I), "/"),
    (re.compile(r"\s+of\s+(?=protein|total)", re.I), " "),
)
_COUNTED = re.compile(r"\b(?:cells?|platelets|neutrophils|leukocytes|lymphocytes|thrombocytes|plts?|wbc)\b", re.I)
_EXPONENT = re.compile(r"(?:x|^)\s*10\s*(?:\^|e|exp|\*\*|\(|\[)?\s*(\d{1,2})\s*[)\]]?(?=/|$|\s|cells)", re.I)


def _squeeze(text: str) -> str:
    """The key that two spellings of a unit share. Case is kept only in "G/L", which is not "g/L"."""
    plain = unicodedata.normalize("NFKC", text.strip()).strip(" .,;:")
    for pattern, replacement in _WORDS:
        plain = pattern.sub(replacement, plain)
    if re.sub(r"\s", "", plain) == "G/L":
        return "10^9/l"
    plain = _EXPONENT.sub(r"10^\1", _COUNTED.sub("", plain))
    return re.sub(r"[\s^]", "", plain.lower()).removeprefix("x").rstrip(".")


@functools.cache
def _units() -> dict[str, Unit]:
    return {row["unit"]: Unit(row["unit"], row["dimension"], float(row["factor"])) for row in read_table("units.tsv")}


@functools.cache
def _spellings() -> dict[str, Unit]:
    found: dict[str, Unit] = {"10^9/l": _units()["10^9/L"]}
    for row in read_table("units.tsv"):
        for spelling in (row["unit"], *row["spellings"].split("|")):
            found.setdefault(_squeeze(spelling), _units()[row["unit"]])
    return found


_QUALIFIER = (
    r"(?:the|of|than|a|an|own|our|institution(?:al)?(?:'?s)?|lab(?:oratory)?(?:'?s)?|local|central|site|study|normal|"
    r"age[- ]?(?:adjusted|appropriate|specific|matched|related)?|testing|reference|clinical|hospital|corresponding|"
    r"standard|gender|patient's|and|/|defined|center(?:'?s)?|centre|performing|respective|range|value|values|for|sex|by)"
)
_LIMIT = re.compile(
    rf"(?:(?:x|times|time|fold|-fold)\s*)?(?:{_QUALIFIER}[\s-]*)*"
    r"(?:(?P<up>upper[\s-]+(?:normal[\s-]+|reference[\s-]+|institutional[\s-]+)*limits?|[il]{0,2}uln|unl|ulrr|ulnr|uln/unl)|"
    r"(?P<low>lower[\s-]+(?:normal[\s-]+|reference[\s-]+|institutional[\s-]+)*limits?|i?lln|lnl|llnr))"
    rf"(?:\s*(?:\([^()]{{2,20}}\)|{_QUALIFIER}))*",
    re.I,
)
_NORMAL = re.compile(
    r"(?:x|times|fold|-fold)\s*\(?(?:the\s+|institutional\s+)*(?:normal(?:\s+(?:value|level|limit)s?)?|control)\)?",
    re.I,
)


def _limit(text: str) -> Unit | None:
    """Multiples of a laboratory's limits, which are spelt in too many ways to list."""
    plain = re.sub("[\u00d7\u2715\u2a2f*]", "x", text.strip().replace("\u2019", "'").replace("\\", ""))
    found = _LIMIT.fullmatch(plain)
    if found is not None:
        return _units()["xULN" if found["up"] else "xLLN"]
    return _units()["xULN"] if _NORMAL.fullmatch(plain) else None


@functools.lru_cache(maxsize=4096)
def unit(text: str) -> Unit | None:
    """The unit that a text spells, or None.

    Exponents may have lost their height or their caret ("x 109/L", "10e9/L", "× 10⁹/L"), litres may be spelt out, micro
    may be µ, u or mc; a leading multiplication sign belongs to the number.
    """
    if len(text) > 100:
        return None
    return _spellings().get(_squeeze(text)) or _limit(text)


def canonical_unit(text: str) -> str | None:
    """The interchange format's spelling of a unit (`unit(text).name`), or None if the text spells none."""
    found = unit(text)
    return None if found is None else found.name


_STOPS = re.compile(r"[\w%+\)](?![\w^\\])|[\u00b2\u00b3\u2070-\u2079](?![\w])")


def match_unit(text: str, start: int, reach: int = 60) -> tuple[int, Unit] | None:
    """The longest unit spelt right after a number.

    Args:
        text: any text.
        start: offset right after the number; white space is skipped.
        reach: how many characters a unit may take at most.

    Returns:
        End offset and unit, or None. A newline followed by a list item is not crossed.
    """
    piece = re.split(r"\n\s*(?:[-*\u2022]|\d+[.)])\s|\n\s*\n|[;\u2022]|\.\s|,\s", text[start : start + reach])[0]
    lead = len(piece) - len(piece.lstrip())
    ends = [found.end() for found in _STOPS.finditer(piece) if found.end() > lead]
    for end in reversed(ends):
        known = unit(piece[lead:end])
        if known is not None:
            return start + end, known
    return None


_NUMBER_WORDS = {
    word: value
    for value, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())  # noqa: SIM905
}
_SCIENTIFIC = re.compile(
    r"(?P<base>\d[\d.,]*)\s*[xX\u00d7*\u22c5\u00b7]\s*10\s*(?:\^|[eE]|\*\*)?\s*"
    r"(?P<power>-?\d{1,2}|[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+)$"
)
_SUPERSCRIPT = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789")
_GROUPED = re.compile(r"\d{1,3}(?:[,\u202f\u00a0\u2009 '\u2019]\d{3})+(?:\.\d+)?$")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}$")
_PLAIN = re.compile(r"\d*\.?\d+$|\d+\.$")
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+$")


def parse_number(text: str) -> float | None:
    """The value of a number as trials write it, or None.

    "1,500" and "100 000" group thousands; "1,5" has a decimal comma; "1.5 x 109", "1.5 × 10⁹" and "1.5 x 10e9" are in
    scientific notation even where the exponent has lost its height; "two" is a number too. "100.000" is read as a
    decimal: `thousands` gives its other reading.
    """
    plain = text.strip().replace("\\", "")
    if plain.lower() in _NUMBER_WORDS:
        return float(_NUMBER_WORDS[plain.lower()])
    scientific = _SCIENTIFIC.fullmatch(plain)
    if scientific:
        base = parse_number(scientific["base"])
        power = int(scientific["power"].translate(_SUPERSCRIPT))
        return None if base is None or abs(power) > 15 else base * 10.0**power
    if _GROUPED.fullmatch(plain):
        return float(re.sub(r"[^\d.]", "", plain))
    if _DECIMAL_COMMA.fullmatch(plain):
        return float(plain.replace(",", "."))
    return float(plain) if _PLAIN.fullmatch(plain) else None


def thousands(text: str) -> float | None:
    """The other reading of a number whose dots may group thousands ("100.000" is 100000), or None."""
    plain = text.strip()
    return float(plain.replace(".", "")) if _DOTTED.fullmatch(plain) else None
