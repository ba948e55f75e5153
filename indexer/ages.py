"""Age limits of the registry ("18 Years", "6 Months", "N/A") as inclusive days of life."""

from __future__ import annotations

import re
from functools import lru_cache

from search.age import AgeUnit, first_day, last_day

_AGE = re.compile(
    r"([0-9]{1,4}) ?(year|month|week|day|hour|minute)s?(?: (?:and|or) (?:older|younger|over|above|under))?"
)
_STATES_NOTHING = frozenset({"n/a", "na", "none", "no limit", "not applicable", ""})


def age_text(value: str | None) -> str | None:
    """The registry's own words; None where they only say that there is no limit."""
    return None if value is None or value.strip().lower() in _STATES_NOTHING else value


def minimum_days(text: str | None) -> int | None:
    """The first day of life that a minimum age admits."""
    age = _parse(text) if text else None
    return first_day(*age) if age else None


def maximum_days(text: str | None) -> int | None:
    """The last day of life that a maximum age admits: "70 Years" holds until the day before the 71st birthday."""
    age = _parse(text) if text else None
    return last_day(*age) if age else None


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[int, AgeUnit] | None:
    match = _AGE.fullmatch(text.strip().lower())
    return (int(match[1]), AgeUnit(match[2].upper())) if match else None
