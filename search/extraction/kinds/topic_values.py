"""What is noted beside a condition topic: the words that name it, or a length of life in weeks."""

from __future__ import annotations

import re

_WEEKS_A_MONTH = 4
"""Registries call 3 months 12 weeks; so does the interchange format."""
_MONTHS_A_YEAR = 12
_WEEKS_A_YEAR = 52
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "sixteen": 16,
    "twenty-four": 24,
}
_DURATION = re.compile(
    rf"(?P<number>\d+(?:\.\d+)?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\s*(?:\(\d+\)\s*)?-?\s*"
    r"(?P<unit>days?|weeks?|wks?|months?|mo\b|years?|yrs?)"
)
_RANGE = 120
"""Characters behind the head in which its length is looked for."""
_LONGEST = 60


def topic_value(how: str, said: str, rest: str) -> str | int | None:
    """The value that is noted.

    Args:
        how: the rule's `value`: `weeks`, a fixed text, or empty for the words themselves.
        said: the words that were matched.
        rest: the line from the match on.
    """
    if how == "weeks":
        return weeks(rest[:_RANGE])
    return how or said[:_LONGEST]


def weeks(words: str) -> int | None:
    """The first length of time in the words, in weeks (3 months are 12); None where there is none."""
    match = _DURATION.search(words)
    if match is None:
        return None
    number = float(_NUMBERS.get(match["number"]) or match["number"])
    unit = match["unit"]
    if unit.startswith("d"):
        return round(number / 7)
    if unit.startswith("w"):
        return round(number)
    if unit.startswith("m"):
        return round(
            number / _MONTHS_A_YEAR * _WEEKS_A_YEAR if number % _MONTHS_A_YEAR == 0 else number * _WEEKS_A_MONTH
        )
    return round(number * _WEEKS_A_YEAR)
