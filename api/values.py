"""One value of a filter as text or JSON becomes what `Filters` holds; anything else is a `ValueError` with a sentence.

Messages never repeat the value: it may be a person's.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping

from api.parameters import Parameter
from search.age import first_day
from search.country import country_name
from search.index.eligibility_terms import parse_marker, parse_stage
from search.query import Near
from search.query_parser import clean
from search.trial import PartialDate

MAX_AGE_YEARS = 130
"""No older person is known to have lived (the longest verified life is 122 years)."""
MAX_KM = 20_040
"""Half the circumference of the Earth: no two points are farther apart."""
MAX_NAME = 100
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


class CodeError(ValueError):
    """A code that is not on the list."""


def code(value: object, parameter: Parameter) -> str:
    """One of the parameter's codes; case, spaces and hyphens do not matter, "2" and "II" are phases."""
    assert parameter.codes is not None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    key = re.sub(r"[\s_/-]+", "", value).upper() if isinstance(value, str) else ""
    if parameter.name == "phase":
        bare = key.removeprefix("PHASE")
        key = f"PHASE{_ROMAN.get(bare, bare)}" if _ROMAN.get(bare, bare) in {"1", "2", "3", "4"} else key
    for allowed in parameter.codes:
        if key == allowed.replace("_", "").upper():
            return allowed
    raise CodeError(f"`{parameter.name}` has a value that does not exist; `allowed` lists the values.")


def name(value: object, parameter: Parameter) -> str:
    """A place name, trimmed, with single spaces."""
    text = " ".join(clean(value).split()) if isinstance(value, str) else ""
    if not text or len(text) > MAX_NAME:
        raise ValueError(f"`{parameter.name}` must be a name of 1 to {MAX_NAME} characters.")
    return country_name(text) if parameter.name == "country" else text


def flag(value: object, parameter_name: str) -> bool:
    """A truth value."""
    if isinstance(value, bool):
        return value
    key = value.strip().lower() if isinstance(value, str) else ""
    if key in _TRUE or key in _FALSE:
        return key in _TRUE
    raise ValueError(f"`{parameter_name}` must be true or false.")


def stage(value: object) -> str:
    """A stage group, `limited` or `extensive`, or a stage with its system; "3a" and "stage IIIA" are groups."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    found = parse_stage(text[:MAX_NAME]) if isinstance(text, str) else None
    if found is None:
        raise ValueError("`stage` must be a stage group, as IIIA or limited, or one of a system, as ISS II or BCLC C.")
    return found


def marker(value: object, parameter_name: str) -> str:
    """A biomarker, with a state behind a colon or without."""
    found = parse_marker(value[:MAX_NAME]) if isinstance(value, str) else None
    if found is None:
        raise ValueError(
            f"`{parameter_name}` must be one biomarker, with or without a state, as EGFR, EGFR:L858R or HER2:negative."
        )
    return found


def number(value: object) -> float:
    """A finite number.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a number")
    if isinstance(value, str) and not re.fullmatch(r"\s*[+-]?(\d{1,12}(\.\d{0,15})?|\.\d{1,15})\s*", value, re.ASCII):
        raise ValueError("not a number")
    try:
        result = float(value)
    except OverflowError as error:
        raise ValueError("not a number") from error
    if not math.isfinite(result):
        raise ValueError("not a number")
    return result


def whole(value: object, parameter_name: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    try:
        result = number(value)
    except ValueError:
        result = math.nan
    if not (result == int(result) if math.isfinite(result) else False) or not least <= result <= most:
        raise ValueError(f"`{parameter_name}` must be a whole number from {least} to {most:,}.")
    return int(result)


def age_days(value: object) -> int:
    """Completed years as the first day of that age."""
    return first_day(whole(value, "age", 0, MAX_AGE_YEARS))


def near(value: object) -> Near:
    """A point and a distance, from "lat,lon,km", a list of three, or an object."""
    parts: list[object]
    if isinstance(value, Mapping):
        unknown = sorted(set(map(str, value)) - {"lat", "lon", "km"})
        if unknown or not {"lat", "lon", "km"} <= set(value):
            raise ValueError("`near` must have exactly the members `lat`, `lon` and `km`.")
        parts = [value["lat"], value["lon"], value["km"]]
    elif isinstance(value, str):
        parts = list(value.split(","))
    elif isinstance(value, list):
        parts = value
    else:
        parts = []
    if len(parts) != 3:
        raise ValueError("`near` must be latitude, longitude and kilometres, as in 48.85,2.35,50.")
    try:
        lat, lon, km = (number(part) for part in parts)
    except ValueError as error:
        raise ValueError("`near` must be three numbers: latitude, longitude and kilometres.") from error
    if not -90 <= lat <= 90:
        raise ValueError("`near` names an impossible place: the latitude must lie between -90 and 90 degrees.")
    if not -180 <= lon <= 180:
        raise ValueError("`near` names an impossible place: the longitude must lie between -180 and 180 degrees.")
    if not 0 < km <= MAX_KM:
        raise ValueError(f"`near` needs a distance above 0 and up to {MAX_KM:,} kilometres.")
    return Near(lat, lon, km)


def date(value: object, parameter_name: str) -> dt.date:
    """A day; of a year or a month the first day for a `_from` parameter and the last for a `_to` parameter."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    match = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        if match is None:
            raise ValueError(parameter_name)
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        partial = PartialDate(year, month, day)
        return partial.last_day if parameter_name.endswith("_to") else partial.first_day
    except ValueError as error:
        raise ValueError(f"`{parameter_name}` must be a date: yyyy, yyyy-MM or yyyy-MM-dd.") from error


def split(values: Iterable[str]) -> list[str]:
    """Comma-separated texts as single values. A comma before a space belongs to the value ("Korea, Republic of")."""
    return [part for value in values for part in re.split(r",(?!\s)", value) if part.strip()]
