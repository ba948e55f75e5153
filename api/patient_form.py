"""The page's form about a patient: its fields become a profile, and answers to questions are added to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from api.patients import merged
from api.problems import FieldError, ProblemError, ProblemKind
from search.terminology.analytes import find_analytes
from search.terminology.markers import resolve_marker

FACT_FIELDS = (
    "p_age",
    "p_sex",
    "p_cancer",
    "p_stage",
    "p_ecog",
    "p_markers",
    "p_treatments",
    "p_lines",
    "p_labs",
    "p_cns",
    "p_date",
)
"""Fields of the form that state a fact each."""
FIELDS = (*FACT_FIELDS, "answers", "answer", "number")
"""Fields of the form beside `note`. `answers` holds what was answered before, `answer` one chosen option each, both as
fragments of a profile; `number` a laboratory value as "platelets|10^9/L=150", in the page the field
"number:platelets|10^9/L"."""
_PLAIN: Mapping[str, str] = {
    "p_age": "age",
    "p_sex": "sex",
    "p_cancer": "cancer",
    "p_stage": "stage",
    "p_lines": "prior_lines",
    "p_cns": "cns",
    "p_date": "as_of",
}
_SPLIT = re.compile(r"[;\n]|,(?=\s)")
_LINES = re.compile(r"[;\n]")
_AGO = re.compile(r"(\d{1,4})\s*(day|week|month|year)s?\s+ago", re.I)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_OUTCOMES = (
    (re.compile(r"progress|relaps|refractory|failed", re.I), "progressed"),
    (re.compile(r"toxicit|intoleran|side effect", re.I), "intolerant"),
    (re.compile(r"ongoing|continu|still on", re.I), "ongoing"),
    (re.compile(r"respon|remission|stable", re.I), "response"),
)
_SETTINGS = re.compile(r"\b(neoadjuvant|adjuvant|maintenance|metastatic|first[- ]line|second[- ]line)\b", re.I)
_TOLD = re.compile(r"[,(:].*$", re.S)
_NONE = re.compile(r"none|no (?:prior |previous )?(?:treatment|therapy)|never treated|untreated", re.I)
_LAB = re.compile(
    r"(?P<value>\d+(?:[.,]\d+)?)\s*(?P<unit>(?:x\s*)?[^\s;,()]+)?(?:.*?\bULN\s*(?P<uln>\d+(?:\.\d+)?))?", re.I
)
_NUMBER = re.compile(r"(?P<name>[^|=]+)(?:\|(?P<unit>[^=]*))?=(?P<value>.*)", re.S)


def patient_of_form(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """The members `note`, `fhir` and `profile` of a form.

    Args:
        pairs: its fields, in order.

    Raises:
        ProblemError: an answer is not what the page offers.
    """
    given = list(pairs)
    profile: dict[str, object] = {}
    for name, value in given:
        text = value.strip()
        if not text:
            continue
        if name in _PLAIN:
            profile[_PLAIN[name]] = text
        elif name == "p_ecog":
            profile["performance"] = [{"scale": "ECOG", "value": text}]
        elif name == "p_markers":
            profile["biomarkers"] = [_marker(part) for part in _parts(text, _SPLIT)]
        elif name == "p_treatments":
            profile["prior_therapies"] = _treatments(text)
        elif name == "p_labs":
            profile["labs"] = [_lab(part) for part in _parts(text, _SPLIT)]
    for fragment in answers_of_form(given):
        profile = merged(profile, fragment)
    body: dict[str, object] = {"profile": profile} if profile else {}
    for name in ("note", "fhir"):
        text = "\n".join(value for key, value in given if key == name).strip()
        body |= {name: text} if text else {}
    return body


def answers_of_form(pairs: Iterable[tuple[str, str]]) -> tuple[Mapping[str, object], ...]:
    """Answers to questions, as fragments of a profile, in order."""
    found: list[Mapping[str, object]] = []
    for name, value in pairs:
        if name in ("answers", "answer") and value.strip():
            found.append(_answer(value))
        elif name == "number" and value.partition("=")[2].strip():
            found.append({"labs": [_number(value)]})
    return tuple(found)


def with_numbers(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields of a form, those that are named for a laboratory value as `number`."""
    return [
        ("number", f"{name.removeprefix('number:')}={value}") if name.startswith("number:") else (name, value)
        for name, value in pairs
    ]


def _parts(text: str, split: re.Pattern[str]) -> list[str]:
    return [part.strip() for part in split.split(text) if part.strip()]


def _answer(value: str) -> Mapping[str, object]:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        detail = "An answer must be one of those that the page offers."
        raise ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError("answer", detail))
    return found


def _number(value: str) -> dict[str, object]:
    found = _NUMBER.fullmatch(value)
    if found is None:
        return {"analyte": "", "value": None}
    entry: dict[str, object] = {"analyte": found["name"].strip(), "value": found["value"].strip().replace(",", ".")}
    return entry | ({"unit": found["unit"]} if found["unit"] else {})


def _marker(text: str) -> dict[str, object]:
    """A marker with its state: "EGFR L858R", "HER2: negative", "PD-L1 60%"."""
    words = re.split(r"\s*[:=\s]\s*", re.sub(r"\+(?=$)", " +", text))
    until = next((n for n in range(1, len(words) + 1) if resolve_marker(" ".join(words[:n]))), 1)
    name, rest = " ".join(words[:until]), " ".join(words[until:])
    if re.fullmatch(r"(?:TPS|CPS|IHC|TC|IC)?\s*[<>=~]*\s*\d[\d.]*\s*(?:%|\+)?", rest, re.I):
        return {"marker": name, "value": rest}
    state = re.sub(r"^(?:is|was|status)\s+", "", rest)
    return {"marker": name, "state": _SIGNS.get(state.lower(), state)}


_SIGNS = {"+": "positive", "": "positive", "neg": "negative", "pos": "positive"}


def _treatments(text: str) -> list[object]:
    """Treatments, one a line: "osimertinib, progressed, 20 days ago"."""
    if _NONE.fullmatch(text.strip(" .")):
        return []
    found: list[object] = []
    for part in _parts(text, _LINES):
        entry: dict[str, object] = {"therapy": _TOLD.sub("", part).strip() or part}
        behind = part[len(str(entry["therapy"])) :]
        ago = _AGO.search(behind)
        if ago:
            entry["days_ago"] = int(ago[1]) * _DAYS[ago[2].lower()]
        outcome = next((name for pattern, name in _OUTCOMES if pattern.search(behind)), None)
        if outcome:
            entry["outcome"] = outcome
        setting = _SETTINGS.search(behind)
        if setting:
            entry["setting"] = setting[1].lower()
        found.append(entry)
    return found


def _lab(text: str) -> dict[str, object]:
    """A laboratory value: "platelets 92 10^9/L", "AST 61 U/L (ULN 40)"."""
    mentions = find_analytes(text)
    name = mentions[0].quote if mentions else re.split(r"[\d:=]", text, maxsplit=1)[0].strip()
    found = _LAB.search(text, mentions[0].end if mentions else len(name))
    if found is None:
        return {"analyte": name or text, "value": None}
    entry: dict[str, object] = {"analyte": name, "value": found["value"].replace(",", ".")}
    if found["unit"]:
        entry["unit"] = found["unit"]
    if found["uln"]:
        entry["uln"] = float(found["uln"])
    return entry
