"""Age and sex of the person a text is about, where the text states them in so many words."""

from __future__ import annotations

import re

from search.query import Stated
from search.trial import Sex

_MEN = "man|male|gentleman|boy"
_WOMEN = "woman|female|lady|girl"
_PERSON = rf"(?:{_MEN}|{_WOMEN})"
_AGE = re.compile(
    rf"\b(?P<age>\d{{1,3}})(?:[\s-]*(?:years?|yrs?)[\s-]*olds?\b|[\s-]?y/?o\b|(?<=\d\d)(?=[\s-]?(?-i:[MF])\b))"
    rf"(?:[\s,]+(?:\w+[\s-]+){{0,3}}?(?P<sex>{_PERSON})\b|[\s-]?(?P<letter>(?-i:[MF]))\b)?",
    re.IGNORECASE,
)
_OLDEST = 120


def stated_demographics(text: str) -> tuple[Stated, ...]:
    """The first age that is stated of a person ("a 64-year-old woman", "58 yo M", "72F"), and the sex beside it.

    A sex that stands elsewhere may be anybody's, and is not read.
    """
    for match in _AGE.finditer(text):
        age = int(match["age"])
        if age > _OLDEST:
            continue
        found = [Stated("age", age, *_span(text, match.start(), _age_end(match)))]
        name = "sex" if match["sex"] else "letter" if match["letter"] else None
        if name:
            word = match[name].lower()
            sex = Sex.MALE if word == "m" or word in _MEN.split("|") else Sex.FEMALE
            found.append(Stated("sex", sex.value, *_span(text, *match.span(name))))
        return tuple(found)
    return ()


def _age_end(match: re.Match[str]) -> int:
    ends = [match.start(name) for name in ("sex", "letter") if match[name]]
    return len(match.string[: min(ends)].rstrip(" -,")) if ends else match.end()


def _span(text: str, start: int, end: int) -> tuple[str, int, int]:
    return text[start:end], start, end
