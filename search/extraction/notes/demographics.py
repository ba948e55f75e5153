"""Age and sex of the patient ("58 y/o M", "71F", "a 14-year-old boy"); a relative's age is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.extraction.notes.assertion import is_relative
from search.extraction.notes.text import NoteFact, NoteText

_FEMALE = r"f|female|woman|women|lady|girl|gentlewoman"
_MALE = r"m|male|man|gentleman|boy"
_ETHNIC = (
    r"(?:(?:white|black|asian|hispanic|african[ -]american|caucasian|japanese|chinese|korean|healthy"
    r"|pleasant|\w*menopausal|right-handed|\w+-smoking|g\dp\d|nulliparous)\s+){0,3}"
)
_AGE_SEX = re.compile(
    rf"(?<![\w./%<>])(?P<age>\d{{1,3}})\s*(?:-?\s*(?:y(?:ea)?rs?[- ]?old|y\.?/?o\.?|yo|years? of age|yrs?"
    rf"|y)\b\.?)?[-\s,]*"
    rf"{_ETHNIC}(?P<sex>{_FEMALE}|{_MALE})\b(?![-/'’]|\s?=|\s?\d)"
)
_AGE = re.compile(
    r"(?<![\w./%<>])(?P<age>\d{1,3})\s*-?\s*(?:(?:y(?:ea)?rs?)[- ]?old|y\.?/?o\.?\b|yo\b|years? of age"
    r"|year-old)|\bage[d:]?\s*(?P<age2>\d{1,3})\b"
)
_MONTHS = re.compile(r"(?<![\w./])(?P<age>\d{1,2})[- ](?:months?|mo)[- ]old\b")
_SEX = re.compile(
    rf"\b(?:sex|gender)\s*[:=]?\s*(?P<sex>{_FEMALE}|{_MALE})\b|\b(?P<word>female|woman|lady|girl|male|man"
    rf"|gentleman|boy)\b"
)
_PRONOUN = re.compile(r"\b(?P<sex>she|her|he|his|him)\b")
_OLDEST = 120
_AGED_SEX = frozenset("mf")


def demographics(note: NoteText) -> Iterator[NoteFact]:
    """Age in years and sex."""
    age = sex = None
    for match in _AGE_SEX.finditer(note.lower):
        short = match["sex"] in _AGED_SEX
        if short and note.text[match.start("sex")].islower() and not re.search(r"[yo]", match.group()):
            continue  # "5m" is a length
        if int(match["age"]) <= _OLDEST and not is_relative(note, match.start(), match.end()):
            age = (float(match["age"]), match.start("age"), match.end("age"))
            sex = (match["sex"], match.start("sex"), match.end("sex"))
            break
    if age is None:
        age = _age(note)
    if sex is None:
        sex = _sex(note)
    if age is not None:
        years = age[0]
        yield note.fact("age", int(years) if years == int(years) else years, age[1], age[2])
    if sex is not None:
        female = re.fullmatch(_FEMALE + "|she|her", sex[0]) is not None
        yield note.fact("sex", "female" if female else "male", sex[1], sex[2])


def _age(note: NoteText) -> tuple[float, int, int] | None:
    for match in _AGE.finditer(note.lower):
        years = int(match["age"] or match["age2"])
        before = note.before(match.start(), 30)
        if years <= _OLDEST and not is_relative(note, match.start(), match.end()) and "since" not in before:
            return float(years), match.start(), match.end()
    months = _MONTHS.search(note.lower)
    if months is not None and not is_relative(note, months.start(), months.end()):
        return round(int(months["age"]) / 12, 2), months.start(), months.end()
    return None


def _sex(note: NoteText) -> tuple[str, int, int] | None:
    for match in _SEX.finditer(note.lower):
        group = "sex" if match["sex"] else "word"
        if not is_relative(note, match.start(), match.end()):
            return match[group], match.start(group), match.end(group)
    for match in _PRONOUN.finditer(note.lower):
        if not is_relative(note, match.start(), match.end()):
            return match["sex"], match.start(), match.end()
    return None
