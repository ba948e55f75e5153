"""Ages as whole days: where an age given in years, months, weeks, days, hours or minutes begins and ends.

One convention for trials and persons, so that the two compare exactly: a person is n years old from day
`floor(n * 365.25)` to the day before `floor((n + 1) * 365.25)`; a month is a twelfth of that year (30.4375 days).
"70 Years" as a maximum is therefore day 25,931 and includes everyone before the 71st birthday; "18 Years" as a
minimum is day 6,574, the 18th birthday. Integer arithmetic throughout: no rounding can differ between machines.
"""

from __future__ import annotations

from enum import StrEnum


class AgeUnit(StrEnum):
    """Units in which the registry states ages."""

    YEAR = "YEAR"
    MONTH = "MONTH"
    WEEK = "WEEK"
    DAY = "DAY"
    HOUR = "HOUR"
    MINUTE = "MINUTE"


_DAYS = {
    AgeUnit.YEAR: (1461, 4),
    AgeUnit.MONTH: (487, 16),
    AgeUnit.WEEK: (7, 1),
    AgeUnit.DAY: (1, 1),
    AgeUnit.HOUR: (1, 24),
    AgeUnit.MINUTE: (1, 1440),
}


def first_day(count: int, unit: AgeUnit = AgeUnit.YEAR) -> int:
    """The first day of life (day of birth = 0) on which a person is `count` units old."""
    numerator, denominator = _DAYS[unit]
    return count * numerator // denominator


def last_day(count: int, unit: AgeUnit = AgeUnit.YEAR) -> int:
    """The last day of life on which a person is still `count` units old, and not yet `count + 1`.

    Below a day, the day that the age falls on.
    """
    return max(first_day(count, unit), first_day(count + 1, unit) - 1)
