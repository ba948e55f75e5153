"""Registry dates at the precision they were given with, in the forms of API v2 and of the older exports."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from indexer.fields import Object, obj
from search.trial import DateStruct, PartialDate

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2}) ([A-Za-z]{3,9})\.? (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_YEARS = range(1900, 2200)
"""A year outside is a slip of the pen, not a date."""

_TYPES = {"ACTUAL": True, "ESTIMATED": False, "ANTICIPATED": False, "ESTIMATE": False}


def partial_date(value: object) -> PartialDate | None:
    """Read "2017", "2017-11", "2017-11-29", "November 2017", "November 29, 2017" or "29 Nov 2017".

    What is no day of the calendar ("2017-02-30") is None: a part of it is not kept.
    """
    return _parse(value) if isinstance(value, str) and len(value) <= 40 else None


def date_struct(parent: Object, key: str) -> DateStruct | None:
    """Read a date with its type (`{"date": …, "type": "ACTUAL"}`), or a bare date."""
    struct = obj(parent, key)
    date = partial_date(struct.get("date") if struct else parent.get(key))
    if date is None:
        return None
    kind = struct.get("type")
    return DateStruct(date, _TYPES.get(kind.upper()) if isinstance(kind, str) else None)


@lru_cache(maxsize=16384)
def _parse(text: str) -> PartialDate | None:
    text = " ".join(text.split())
    if not text.isascii():
        return None
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
        return _checked(year, int(month) if month else None, day)
    if match := _MONTH_FIRST.fullmatch(text):
        name, day, year = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, name, year = match.groups()
    else:
        return None
    month_number = _month(name.lower())
    return _checked(year, month_number, day) if month_number else None


def _month(name: str) -> int | None:
    if name in _MONTH_NAMES:
        return _MONTH_NAMES.index(name) + 1
    short = "sep" if name == "sept" else name
    return _MONTHS.index(short) + 1 if short in _MONTHS else None


def _checked(year: str, month: int | None, day: str | None) -> PartialDate | None:
    if int(year) not in _YEARS:
        return None
    try:
        dt.date(int(year), 1 if month is None else month, int(day) if day else 1)
    except ValueError:
        return None
    return PartialDate(int(year), month, int(day) if day else None)
