"""Times in notes: "4 wks ago", "14 mo ago", "off treatment 7 wks", dates, as days before the note."""

from __future__ import annotations

import datetime as dt
import re

_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "a": 1,
    "an": 1,
    "last": 1,
}
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
"""Days of a unit; a month counts 30 and a year 365."""
NUMBER = rf"(?:\d+(?:\.\d+)?|{'|'.join(_NUMBERS)})"
UNIT = r"(?:d(?:ays?)?|w(?:ee)?ks?|w|mo(?:nth)?s?|m|y(?:ea)?rs?|y)"
_TODAY = (
    r"(?:before|prior to|from)\s+(?:the |his |her )?(?:planned |first |start |study |cycle |trial |c1)*"
    r"(?:randomi[sz]ation|enrol\w+|registration|day 1|d1|c1d1|treatment|start|visit|screening|today|consent|entry|dose)"
)
"""What a note is written for: days before it are days ago."""
AGO = re.compile(
    rf"(?P<n>{NUMBER})(?:\s?-\s?\d+)?\s?(?P<u>{UNIT})\s+(?:ago|earlier|back|previously|{_TODAY}|prior(?! to))\b"
)
SPAN = re.compile(rf"(?P<n>{NUMBER})\s?-?\s?(?P<u>{UNIT})\b")
OFF = re.compile(
    rf"\boff(?:\s+(?:treatment|therapy|drug|it|all|chemo\w*))?\s+(?:for\s+|x\s?)?(?P<n>{NUMBER})\s?(?P<u>{UNIT})\b"
)
_LAST = re.compile(r"\b(?P<w>yesterday|today|last week|last month|last year)\b")
_DATE = re.compile(
    r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b|\b(?P<m2>\d{1,2})/(?P<d2>\d{1,2})/(?P<y2>(?:19|20)\d\d)\b"
)
_WORDS = {"yesterday": 1, "today": 0, "last week": 7, "last month": 30, "last year": 365}


def days(number: str, unit: str) -> int:
    """A stretch of time in days."""
    count = _NUMBERS.get(number.lower()) or float(number)
    return round(count * _DAYS[unit[0].lower()])


def days_ago(words: str, today: dt.date | None = None) -> tuple[int, int, int] | None:
    """How long ago the first time in some lower-case words was: days, and where it stands in them.

    Args:
        words: lower-case text.
        today: the date of the note, where it states one; dates are counted from it.
    """
    found = [
        (match.start(), days(match["n"], match["u"]), match.end())
        for match in (AGO.search(words), OFF.search(words))
        if match is not None
    ]
    last = _LAST.search(words)
    if last is not None:
        found.append((last.start(), _WORDS[last["w"]], last.end()))
    written = _DATE.search(words)
    if written is not None and today is not None:
        then = _date(written)
        if then is not None and then <= today:
            found.append((written.start(), (today - then).days, written.end()))
    if not found:
        return None
    start, count, end = min(found)
    return count, start, end


def _date(match: re.Match[str]) -> dt.date | None:
    year, month, day = (match["y"], match["m"], match["d"]) if match["y"] else (match["y2"], match["m2"], match["d2"])
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


_HEAD_DATE = re.compile(
    r"^\s*(?:date(?: of (?:visit|note|service))?|visit(?: date)?|seen(?: on)?|clinic(?: note)?)?\s*[:,]?\s*",
    re.IGNORECASE,
)


def note_date(note: str) -> tuple[dt.date, int, int] | None:
    """The date that a note opens with, and where it stands."""
    head = _HEAD_DATE.match(note)
    match = _DATE.match(note, head.end() if head else 0)
    if match is None:
        return None
    found = _date(match)
    return (found, match.start(), match.end()) if found is not None else None
