"""Laboratory values of a note: analyte, value, unit as told, the laboratory's own limit where it stands beside.

Of several values of one analyte the last one told counts ("PSA 12 -> 31"). Counts are given in 10^9/L.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from search.extraction.notes.assertion import is_relative
from search.extraction.notes.dates import AGO, days
from search.extraction.notes.spans import Spans
from search.extraction.notes.text import Json, NoteFact, NoteText
from search.terminology.analytes import AnalyteMention, analyte, find_analytes, read_quantity
from search.terminology.units import match_unit, unit

_VALUE = r"(?P<v>\d{1,3}(?:[,\u2009]\d{3})+(?:\.\d+)?|\d+,\d{1,2}(?![\d,])|\d+(?:\.\d+)?|\.\d+)"
_COMMA = re.compile(r"\d+,\d{1,2}")
"""A decimal comma."""
_LINK = re.compile(
    r"(?:\s|:|=|~|\bof\b|\bis\b|\bwas\b|\bat\b|\bnow\b|\bcurrently\b|\bup to\b|\bdown to\b|\babout\b|\btotal\b"
    r"|\bef\b|\bcount\b|\blevel\b"
    r"|\bratio\b|\bserum\b|\bfasting\b|\btoday\b|\blatest\b|\bper echo\b|\((?:[a-z][^()\d]{0,24})\)|\b(?:down"
    r"|up)\b|\bby \w+\b|\bremains\b)*"
)
_NUMBER = re.compile(rf"(?<![\w.]){_VALUE}(?![\d])")
_NEXT = re.compile(rf"\s*(?:->|→|to|and|then|now)\s*(?:now\s+)?{_VALUE}(?![\d.]*\s*(?:x\b|%))")
_SLASHED = re.compile(rf"\s*/\s*{_VALUE}")
_RELATIVE = re.compile(
    r"\s*(?:x|×|times)\s*(?:the\s+)?(?:uln|upper limit(?: of normal)?)\b|\s*(?:x|×)(?=[\s,;.)/]|$)|\s*uln\b"
)
_BELOW = re.compile(r"\s*(?:x|×|times)?\s*(?:the\s+)?(?:lln|lower limit(?: of normal)?)\b")
_POWER = re.compile(r"\s*[x×]\s*10\s*(?:\^|\*\*|e)?\s*9?")
_LIMIT = re.compile(rf"[^()\d]{{0,4}}\([^()]{{0,20}}?\b(?:uln|upper limit(?: of normal)?)\s*[:=]?\s*{_VALUE}")
_NOT_A_VALUE = re.compile(
    r"\s*(?:-\s?[a-z]|(?:wks?|weeks?|mos?|months?|yrs?|years?|days?|d)\b|\+(?!\s*\d)|st\b|nd\b|th\b)"
)
_SHORT = re.compile(
    r"(?<![\w-])(?P<name>plts?|PLTs?|HGB|hgb|K|Na|Ca|Mg|T bili|T\.? ?[Bb]il[i]?|TBil|D\.? ?[Bb]ili|alb|Alb"
    r"|creat|Creat|crea|sat|MUGA|SF|UPCR?|UPC ratio|dipstick|UA protein|EF|CD4)(?![\w-])"
)
_SHORT_NAMES = {
    "k": "potassium",
    "na": "sodium",
    "ca": "calcium",
    "mg": "magnesium",
    "alb": "albumin",
    "creat": "creatinine",
    "crea": "creatinine",
    "sat": "SpO2",
    "muga": "LVEF",
    "sf": "shortening fraction",
    "upc": "proteinuria",
    "upcr": "proteinuria",
    "upc ratio": "proteinuria",
    "plt": "platelets",
    "plts": "platelets",
    "hgb": "hemoglobin",
    "dipstick": "proteinuria",
    "ua protein": "proteinuria",
    "ef": "LVEF",
    "cd4": "CD4",
}
_DIPSTICK = re.compile(
    r"^[\s:]*(?:protein(?:uria)?[\s:]*)?(?:(?P<plus>[1-4])\s?\+|(?P<none>neg(?:ative)?\b|trace\b|nil\b|0\b))"
)
_URINE = re.compile(r"dipstick|\bua\b|urine|urinalysis|proteinuria")
_MARROW = re.compile(
    r"\b(?:bm|bone marrow|marrow|bmbx)\b[^.;\d]{0,30}?(?P<v>\d{1,3})\s?%[^.;,]{0,30}?\b(?:plasma cells?|pcs?"
    r"|plasmacyt\w+)\b"
)
_CLONAL = re.compile(
    r"\b(?P<v>\d{1,3})\s?%\s+(?:clonal |monoclonal |bone marrow |marrow |bm )+(?:plasma cells?|pcs?|plasmacyt\w+)\b"
)
_DIRECT = re.compile(r"\bbil[\w ]{0,12}\b[^.;]{0,90}?[,(]\s*(?P<w>direct)\s*[:=]?\s*(?P<v>\d+\.\d+)")
_PREDICTED = re.compile(r"\s*%?\s*(?:pred|of predicted)|\s*%\s*\(")
_PER_PREDICTED = frozenset({"FEV1", "FVC", "DLCO"})
_SKIPPED = frozenset(
    {
        "blood pressure",
        "systolic blood pressure",
        "diastolic blood pressure",
        "weight",
        "body surface area",
        "BMI",
        "temperature",
        "heart rate",
        "HIV RNA",
        "HBV DNA",
        "HCV RNA",
        "beta-hCG",
        "transaminases",
        "estradiol therapy",
        "serum M-protein",
        "urine M-protein",
    }
)
_CLUSTER = re.compile(r"\s*(?:/|&|and|,)\s*(?:serum\s*)?")
_TEST_UNITS = {"UPC ratio": "UPC ratio"}
_SAME_LIMIT = frozenset({"AST", "ALT"})
_REACH = 60
_MOST_TOGETHER = 6
"""Analytes that can share a value ("AST/ALT/ALP normal")."""


@dataclass(slots=True)
class _Lab:
    name: str
    value: float
    unit: str
    start: int
    end: int
    uln: float | None = None
    more: dict[str, Json] = field(default_factory=dict)

    @property
    def json(self) -> dict[str, Json]:
        value = int(self.value) if self.value == int(self.value) and self.unit in {"10^9/L"} else self.value
        out: dict[str, Json] = {"analyte": self.name, "value": value, "unit": self.unit}
        if self.uln is not None:
            out["uln"] = self.uln
        return out | self.more


def labs(note: NoteText) -> Iterator[NoteFact]:
    """Every measured value; the last of each analyte."""
    found: dict[str, _Lab] = {}
    for lab in _read(note):
        found.pop(lab.name, None)
        found[lab.name] = lab
    for lab in sorted(found.values(), key=lambda one: one.start):
        yield note.fact("labs", lab.json, lab.start, lab.end)


def _mentions(note: NoteText) -> list[AnalyteMention]:
    found = [one for one in find_analytes(note.text) if one.name not in _SKIPPED or one.quote.lower() == "creat"]
    taken = Spans((one.start, one.end) for one in found)
    for match in _SHORT.finditer(note.text):
        key = " ".join(match["name"].lower().replace(".", " ").split())
        name = _SHORT_NAMES.get(key) or ("direct bilirubin" if key.startswith("d") else "bilirubin")
        if not taken.near(match.start(), match.end()):
            found.append(AnalyteMention(match.start(), match.end(), match["name"], name))
    return sorted(found, key=lambda one: one.start)


def _read(note: NoteText) -> Iterator[_Lab]:
    mentions = _mentions(note)
    place = 0
    while place < len(mentions):
        group = [mentions[place]]
        while (
            place + 1 < len(mentions)
            and len(group) < _MOST_TOGETHER
            and _CLUSTER.fullmatch(note.lower, group[-1].end, mentions[place + 1].start)
        ):
            place += 1
            group.append(mentions[place])
        place += 1
        if not is_relative(note, group[0].start, group[-1].end):
            yield from _values(note, group)
    for match in _DIRECT.finditer(note.lower):
        yield _Lab("direct bilirubin", float(match["v"]), "mg/dL", match.start("w"), match.end())
    for match in (*_CLONAL.finditer(note.lower), *_MARROW.finditer(note.lower)):
        yield _Lab("bone marrow plasma cells", float(match["v"]), "%", match.start(), match.end())


def _values(note: NoteText, group: list[AnalyteMention]) -> Iterator[_Lab]:
    text = note.lower
    at = group[-1].end
    if group[-1].name == "proteinuria" and (stick := _dipstick(note, group[-1])) is not None:
        yield stick
        return
    link = _LINK.match(text, at)
    number = _NUMBER.match(text, link.end() if link else at)
    if number is None or number.start() - at > _REACH or _NOT_A_VALUE.match(text, number.end()):
        return
    if note.sentence(at)[1] < number.end():
        return
    numbers = [number]
    while len(numbers) < len(group) and (more := _SLASHED.match(text, numbers[-1].end())):
        numbers.append(more)
    if len(group) == 1 or len(numbers) == 1:
        while more := _NEXT.match(text, numbers[-1].end()):
            numbers[-1] = more
    if len(numbers) == len(group):
        pairs = list(zip(group, numbers, strict=True))
    elif len(numbers) == 1 and len({one.name for one in group}) == len(group):
        pairs = [(one, numbers[0]) for one in group]
        if (
            _CLUSTER.fullmatch(text, group[0].end, group[-1].start) is None
            and "," in text[group[0].end : group[-1].start]
        ):
            pairs = pairs[-1:]
    else:
        pairs = [(group[-1], numbers[-1])]
    end = numbers[-1].end()
    made = [lab for one, match in pairs if (lab := _lab(note, one, match, end)) is not None]
    limit = _LIMIT.match(text, max((lab.end for lab in made), default=end))
    ago = AGO.match(text, end + 1) if made else None
    for lab in made:
        if limit is not None and lab.unit not in {"xULN", "xLLN", "%"}:
            lab.uln = float(limit["v"].replace(",", ""))
        if ago is not None:
            lab.more["days_ago"] = days(ago["n"], ago["u"])
        yield lab


def _lab(note: NoteText, mention: AnalyteMention, match: re.Match[str], end: int) -> _Lab | None:
    known = analyte(mention.name)
    number = match["v"].replace(",", ".") if _COMMA.fullmatch(match["v"]) else match["v"]
    stop = max(end, match.end())
    value = float(number.replace(",", "").replace("\u2009", ""))
    name = (
        "eGFR"
        if re.match(r"egfr\b", mention.quote, re.IGNORECASE) or "glomerular" in mention.quote.lower()
        else mention.name
    )
    tail = note.lower
    relative = _RELATIVE.match(tail, stop)
    # "160 x10^9/L" is no multiple of a limit.
    if relative is not None and not re.match(r"\s*[x×]\s*10", tail[stop : stop + 6]):
        return _Lab(name, value, "xULN", mention.start, relative.end()) if 0 < value <= 50 else None
    if below := _BELOW.match(tail, stop):
        return _Lab(name, value, "xLLN", mention.start, below.end())
    if known is None:
        return None
    if mention.name in _PER_PREDICTED:
        litres = re.match(r"\s*l\b", tail[stop : stop + 4])
        unit_name = "L" if litres else "% predicted"
        return _Lab(name, value, unit_name, mention.start, stop)
    if mention.name == "proteinuria":
        unit_name = "UPC ratio" if "upc" in mention.quote.lower() or "ratio" in mention.quote.lower() else known.unit
        return _Lab(name, value, unit_name, mention.start, stop)
    stated = match_unit(note.text, stop)
    if stated is not None and note.lower[stop : stated[0]].strip() == "normal":
        stated = None  # says how the value is, not in what it is measured
    if stated is not None and stated[1].dimension not in {"time", "duration"}:
        quantity = read_quantity(mention.name, number, stated[1].name)
        if quantity is None:
            stated = None
        elif known.unit == "10^9/L":
            return _Lab(name, quantity.value, quantity.unit, mention.start, stated[0])
        else:
            return _Lab(name, value, stated[1].name, mention.start, stated[0])
    guessed = read_quantity(mention.name, number)
    if guessed is None or (mention.name == "LVEF" and not 5 <= value <= 90):
        return None
    unit_name = "mL/min/1.73m2" if name == "eGFR" else guessed.unit
    if unit(unit_name) is None and unit_name not in {"ratio", "ms"}:
        unit_name = known.unit
    return _Lab(name, guessed.value, unit_name, mention.start, stop)


def _dipstick(note: NoteText, mention: AnalyteMention) -> _Lab | None:
    if not _URINE.search(mention.quote.lower()):
        return None
    match = _DIPSTICK.match(note.after(mention.end, 30))
    if match is None:
        return None
    return _Lab("proteinuria", float(match["plus"] or 0), "+ (dipstick)", mention.start, mention.end + match.end())
