"""Entries of a profile's lists: one treatment, one laboratory value, one biomarker."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from search.patient import ConditionFact, LabFact, MarkerFact, PerformanceFact, Source, Treatment
from search.terminology.analytes import analyte
from search.terminology.markers import resolve_marker
from search.terminology.therapies import find_therapies, therapy
from search.terminology.units import unit

EXTENTS = (
    "metastatic",
    "locally_advanced",
    "unresectable",
    "advanced",
    "localized",
    "resectable",
    "resected",
    "recurrent",
    "relapsed",
    "refractory",
    "newly_diagnosed",
    "progressive",
    "oligometastatic",
    "castration_resistant",
    "measurable_residual",
)
CNS_STATES = ("none", "active", "untreated", "symptomatic", "treated_stable", "leptomeningeal")
_SCALES = {"ecog": ("ECOG", 0, 5), "zubrod": ("ECOG", 0, 5), "who": ("ECOG", 0, 5)} | {
    name: (scale, 0, 100)
    for name, scale in (("karnofsky", "Karnofsky"), ("kps", "Karnofsky"), ("lansky", "Lansky"), ("lps", "Lansky"))
}
_LONGEST_TEXT = 2000


def number(value: object) -> float | None:
    """A finite number, also as a text; None for anything else (booleans too)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def texts(value: object) -> list[str]:
    """The texts of a text or list."""
    found = value if isinstance(value, list | tuple) else [value]
    return [
        str(one).strip()[:_LONGEST_TEXT] for one in found if isinstance(one, str | int | float) and str(one).strip()
    ]


def _text(value: object) -> str | None:
    found = texts(value) if value is not None else []
    return ", ".join(found) or None


def performance_fact(entry: object, source: Source) -> PerformanceFact:
    """A performance status.

    Raises:
        ValueError: the scale is unknown, or the value is not on it.
    """
    stated = entry if isinstance(entry, Mapping) else {"scale": "ECOG", "value": entry}
    known = _SCALES.get(str(stated.get("scale") or "ECOG").strip().lower())
    if known is None:
        raise ValueError("scale must be ECOG, Karnofsky or Lansky")
    scale, low, high = known
    value = number(stated.get("value"))
    if value is None or not low <= value <= high or value != int(value):
        raise ValueError(f"value must be a whole number from {low} to {high} on the scale {scale}")
    return PerformanceFact(scale, int(value), source)


def marker_facts(entry: object, source: Source) -> tuple[MarkerFact, ...]:
    """The results of one entry; a name that means several markers gives one for each.

    Raises:
        ValueError: there is no marker's name.
    """
    stated = entry if isinstance(entry, Mapping) else {"marker": entry}
    name = _text(stated.get("marker"))
    if name is None:
        raise ValueError("must name a marker")
    value = "; ".join(filter(None, (_text(stated.get("value")), _text(stated.get("threshold"))))) or None
    states = tuple(texts(stated.get("state") or []))
    assay = _text(stated.get("assay"))
    markers = resolve_marker(name) or (name,)
    return tuple(MarkerFact(marker, states, value, assay, source) for marker in markers)


def lab_fact(entry: object, source: Source) -> LabFact:
    """A laboratory value.

    Raises:
        ValueError: no analyte, no number, or an impossible number.
    """
    if not isinstance(entry, Mapping) or _text(entry.get("analyte")) is None:
        raise ValueError("must be an object with analyte, value and unit")
    name = _text(entry.get("analyte")) or ""
    value = number(entry.get("value"))
    if value is None or value < 0:
        raise ValueError("value must be a number that is not negative")
    known = analyte(name)
    days = number(entry.get("days_ago"))
    return LabFact(
        known.name if known is not None else name,
        value,
        _text(entry.get("unit")),
        number(entry.get("uln")),
        number(entry.get("lln")),
        days if days is not None and days >= 0 else None,
        source,
    )


_SPOKEN_UNITS = re.compile(
    r"\+|dipstick|ratio|predicted|%|u?lln|uln|score|copies|cells|iu|u/|mm ?hg|kg|cm|g/24 ?h|mg/24 ?h|days?|weeks?", re.I
)
"""Units of findings that no conversion is needed for."""


def known_unit(text: str | None) -> bool:
    """Whether a unit is one of the tables', or one in which values are only compared with themselves."""
    return text is not None and (unit(text) is not None or _SPOKEN_UNITS.search(text) is not None)


def known_therapy(part: str) -> bool:
    """Whether a treatment's part is a therapy of the tables, or an operation or procedure told in other words."""
    return therapy(part) is not None or _PROCEDURE.search(part) is not None


_PROCEDURE = re.compile(
    r"\w+(?:ectomy|plasty|ostomy|otomy)\b|surg|resect|excis|therap|transplant|cells?\b|vaccin|ablat|trial", re.I
)


def condition_fact(topic: str, stated: object, source: Source) -> ConditionFact:
    """A condition.

    Raises:
        ValueError: the value is neither true, false, a text nor a number.
    """
    if isinstance(stated, bool):
        return ConditionFact(topic, stated, source=source)
    detail = _text(stated)
    if detail is None:
        raise ValueError("must be true, false or a text")
    if detail.lower() in {"false", "no", "none", "absent", "negative", "denied"}:
        return ConditionFact(topic, False, source=source)
    if detail.lower() in {"true", "yes", "present"}:
        return ConditionFact(topic, True, source=source)
    return ConditionFact(topic, True, detail, source)


def treatment(entry: object, source: Source) -> Treatment:
    """A treatment.

    Raises:
        ValueError: no therapy is named.
    """
    stated = entry if isinstance(entry, Mapping) else {"therapy": entry}
    named = texts(stated.get("therapy"))
    if not named:
        raise ValueError("must name a therapy")
    days, duration = number(stated.get("days_ago")), number(stated.get("duration_days"))
    line, cycles = number(stated.get("line")), number(stated.get("cycles"))
    return Treatment(
        parts=tuple(dict.fromkeys(part for name in named for part in therapy_parts(name))),
        text=" + ".join(named),
        setting=_text(stated.get("setting")),
        line=int(line) if line is not None and 0 < line < 50 else None,
        outcome=_text(stated.get("outcome")),
        days_ago=days if days is not None and days >= 0 else None,
        duration_days=duration if duration is not None and duration >= 0 else None,
        cycles=int(cycles) if cycles is not None and cycles >= 0 else None,
        detail=_text(stated.get("detail")),
        reason_stopped=_text(stated.get("reason_stopped")),
        source=source,
    )


def therapy_parts(text: str) -> list[str]:
    """The therapies that a treatment's text names: combinations taken apart, what has no row kept in its words."""
    known = therapy(text)
    if known is not None:
        return [known.name]
    parts: list[str] = []
    for piece in re.split(r"\s*\+\s*|\s*,\s*|\s+(?:and|plus|with)\s+", text):
        parts += _piece(piece.strip())
    return parts or [text]


def _piece(piece: str) -> list[str]:
    if not piece:
        return []
    known = therapy(piece)
    if known is not None:
        return [known.name]
    if "/" in piece:
        named = [therapy(part) for part in piece.split("/")]
        if any(named):
            return [one for part in piece.split("/") for one in _piece(part.strip())]
    found = [mention.name for mention in find_therapies(piece, typed=True)]
    return found or [piece]
