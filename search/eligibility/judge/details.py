"""The form of a condition: a patient's words ("grade 1", "TIA 9 months ago") against a criterion's."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from search.eligibility.context import telling
from search.terminology.therapies import find_therapies, is_a

_GRADE = re.compile(
    r"(?P<op2>>=|<=|>|<|\u2265|\u2264)?\s*(?:ctcae\s*)?grade\s*\\?(?P<op>>=|<=|>|<|\u2265|\u2264)?\s*"
    r"(?P<low>[0-5]|iv|i{1,3})\b"
    r"(?:\s*(?P<more>or (?:higher|greater|worse|more|above)|\+))?",
    re.I,
)
_CHILD_PUGH = re.compile(
    r"child[- ]?(?:turcotte[- ])?pugh[^.;\n]{0,25}?"
    r"\b(?P<letters>[abc](?:[5-9]|1[0-5])?(?:\s*(?:,|or|and|/|-)\s*[abc](?:[5-9]|1[0-5])?)*)\b",
    re.I,
)
_CONTROLLED = re.compile(
    r"(?<!un)(?<!not )\b(?:well[- ])?(?:controlled|stable|suppressed|undetectable|resolved|"
    r"treated|cured|inactive|diet)\b",
    re.I,
)
_OUT_OF_CONTROL = re.compile(
    r"uncontrolled|unstable|not (?:well |adequately )?controlled|(?:poorly|inadequately)[- ]controlled"
    r"|unresolved|\bactive\b",
    re.I,
)
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*-?\s*(day|week|month|year|d|w|mo|y)s?\b", re.I)
_WITHIN = re.compile(
    r"(?:within|in the (?:last|past|previous)|less than|<|past)[^.;]{0,30}?"
    r"(\d+(?:\.\d+)?)\s*-?\s*(day|week|month|year)",
    re.I,
)
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.4, "y": 365.25}
_ALLOWED_GRADE = re.compile(
    r"\bmust (?!not)|grade\s*[0-4]\s*or (?:less|lower|better)|no (?:greater|more|worse) than", re.I
)
"""The grade that is named is one that is allowed."""
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MUST = re.compile(r"\b(?:must|should) (?!not)", re.I)
_NO = re.compile(r"\b(?:no|not|without|never)\s+(?P<what>[^,;.]+)", re.I)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether the patient's form is the one that is named; `loose` where only words are shared."""

    same: bool
    loose: bool = False


def compare_detail(detail: str, text: str, *, forbidden: bool = True) -> Likeness | None:
    """Whether a patient's detail is what a criterion's words name; None where that cannot be told.

    Args:
        detail: the patient's words.
        text: the criterion's.
        forbidden: whether the condition is prohibited: "HIV must be well controlled" then forbids another form of it.
    """
    graded = _graded(detail, text)
    if graded is not None:
        return Likeness(graded)
    classed = _child_pugh(detail, text)
    if classed is not None:
        return Likeness(classed)
    member = names_member(detail, text)
    if (
        not member
        and _OUT_OF_CONTROL.search(text)
        and _CONTROLLED.search(detail)
        and not _OUT_OF_CONTROL.search(detail)
    ):
        return Likeness(False)
    window = _WITHIN.search(text)
    ago = days_in(detail) if re.search(r"\bago\b", detail) else None
    if ago is not None and window is not None:
        # A date beside other words may be that of another event than the one that is named.
        elsewhere = bool(telling(detail)) and not telling(detail) & telling(text)
        return Likeness(ago < float(window[1]) * _DAYS[window[2][0].lower()], loose=elsewhere)
    own, asked = telling(detail), telling(text)
    denied = _NO.search(detail)
    if denied is not None and telling(denied["what"]) & asked:
        return Likeness(False)
    shared = own & asked
    if forbidden and (shared or member) and denied is None and _MUST.search(text):
        return Likeness(False, loose=True)  # what must be so is what the patient has
    if member:
        return Likeness(True)
    if not own or denied is not None or not shared:
        return None
    if shared == own or (len(shared) > 1 and len(shared) * 3 >= len(own) * 2):
        return Likeness(True)
    return Likeness(True, loose=True) if len(shared) * 2 >= len(own) else None


def _grade(text: str) -> tuple[str, int] | None:
    found = _GRADE.search(text)
    if found is None:
        return None
    low = found["low"].lower()
    op = found["op"] or found["op2"] or (">=" if found["more"] else "")
    return {"\u2265": ">=", "\u2264": "<="}.get(op, op), int(low) if low.isdigit() else _ROMAN[low]


def _graded(detail: str, text: str) -> bool | None:
    own, asked = _grade(detail), _grade(text)
    if own is None or asked is None:
        return None
    op, bound = asked
    value = own[1]
    if _ALLOWED_GRADE.search(text):
        return value > bound
    return {">=": value >= bound, ">": value > bound, "<=": value <= bound, "<": value < bound}.get(op, value >= bound)


def _child_pugh(detail: str, text: str) -> bool | None:
    own = re.fullmatch(r"\s*(?:class\s*)?([abc])\s*-?\s*(\d{1,2})?\s*", detail, re.I)
    asked = _CHILD_PUGH.search(text)
    if own is None or asked is None:
        return None
    classes = re.findall(r"([abc])([5-9]|1[0-5])?", asked["letters"].lower())
    score = own[2]
    for letter, number in classes:
        if letter == own[1].lower():
            if number and score is not None:
                return any(number == score for one, number in classes if one == letter)
            return None if number else True
    return False


def days_in(text: str) -> float | None:
    """The first length of time in a text, in days."""
    found = _LENGTH.search(text)
    return float(found[1]) * _DAYS[found[2][0].lower()] if found else None


@functools.lru_cache(maxsize=4096)
def names_member(detail: str, text: str) -> bool:
    """Whether a drug of the detail belongs to a class that the criterion names (enoxaparin, heparins)."""
    drugs = [mention.name for mention in find_therapies(detail, typed=True)]
    if not drugs:
        return False
    named = [mention.name for mention in find_therapies(text, typed=True)]
    return any(is_a(drug, name) for drug in drugs for name in named)


_SYNONYMS = {
    "HBV": "hepatitis hbsag positive infection virus surface antigen hbv",
    "HCV": "hepatitis infection virus antibody hcv rna",
    "HIV": "human immunodeficiency virus infection aid positive antibodies hiv antibody screening test",
    "anticoagulation": "anticoagulant warfarin heparin receiving concomitant",
    "diabetes": "mellitus",
    "organ transplant": "solid allogeneic transplantation",
}


def has_form(text: str, topic: str) -> bool:
    """Whether a criterion's words say no more than its topic: nothing is left that could bound it."""
    if topic != "HIV" and re.search(r"\d", text):
        return False
    left = telling(text) - telling(topic) - frozenset(_SYNONYMS.get(topic, "").split())
    return len(left) <= 2
