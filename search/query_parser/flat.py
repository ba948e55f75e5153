"""A concept in the interchange format (FORMAT.md, "parse-query")."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from search.query import Concept
from search.query_parser.naming import named_codes

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


def flat_concept(one: Concept) -> dict[str, Json]:
    """The object that `oncomatch parse-query` prints for a concept."""
    answer: dict[str, Json] = {"kind": one.kind, "quote": one.quote, "start": one.start, "end": one.end}
    answer |= _FIELDS[one.kind](one)
    answer["polarity"] = "negative" if one.negative else "positive"
    if one.ambiguous:
        answer["ambiguous"] = True
    return answer


def _listed(values: tuple[str, ...]) -> Json:
    return values[0] if len(values) == 1 else list(values)


def _stage(one: Concept) -> dict[str, Json]:
    found: dict[str, Json] = {"values": list(one.values), "tnm": list(one.tnm)}
    return found | ({"system": one.system} if one.system else {})


_SYMBOLS = {"FRα": "FOLR1"}
"""Markers that go by another name inside."""
_ARM = re.compile(r"(?P<arm>\d{1,2}[pq][\d.]*) (?P<what>deletion|gain|amplification)")


def _biomarker(one: Concept) -> dict[str, Json]:
    found: dict[str, Json] = {
        "marker": _SYMBOLS.get(one.marker or "", one.marker),
        "state": _listed(one.states),
    }
    arm = _ARM.fullmatch(one.marker or "")
    if arm is not None and one.states == ("positive",):
        found = {"marker": arm["arm"], "state": arm["what"]}
    return found | ({"threshold": one.threshold} if one.threshold else {})


def _therapy(one: Concept) -> dict[str, Json]:
    found: dict[str, Json] = {"therapy": " + ".join(one.therapies)}
    found |= {key: value for key, value in (("setting", one.setting), ("outcome", one.outcome)) if value}
    return found


def _span(one: Concept) -> dict[str, Json]:
    return {"min": one.least, "max": one.most}


def _age(one: Concept) -> dict[str, Json]:
    years = one.years or 0.0
    return {"value": int(years) if years == int(years) else years}


def _place(one: Concept) -> dict[str, Json]:
    found: dict[str, Json] = {"name": one.name}
    return found | ({} if one.km is None else {"km": int(one.km) if one.km == int(one.km) else one.km})


def _condition(one: Concept) -> dict[str, Json]:
    found: dict[str, Json] = {"topic": one.topic}
    return found | ({"value": one.value} if one.value else {})


_FIELDS: Mapping[str, Callable[[Concept], dict[str, Json]]] = {
    "cancer": lambda one: {"codes": list[Json](sorted(named_codes(one.codes)))},
    "stage": _stage,
    "extent": lambda one: {"values": list(one.values)},
    "biomarker": _biomarker,
    "performance": lambda one: {"scale": one.scale} | _span(one),
    "line_count": _span,
    "cns": lambda one: {"state": one.value},
    "condition": _condition,
    "prior_therapy": _therapy,
    "intervention": _therapy,
    "age": _age,
    "sex": lambda one: {"value": one.value},
    "place": _place,
    "status": lambda one: {"values": list(one.values)},
    "phase": lambda one: {"values": list(one.values)},
    "study_type": lambda one: {"value": one.value},
    "nct_id": lambda one: {"value": one.value},
    "sponsor": lambda one: {"name": one.name},
}
