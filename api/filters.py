"""Filters as the API writes them ↔ `search.query.Filters`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from api import values
from api.cancer_names import cancer_name, find_code, near_codes
from api.parameters import BY_NAME, PARAMETERS, Kind, Parameter, nearest_name
from api.problems import FieldError, ProblemKind
from search.age import first_day
from search.index.filters import contradictions
from search.query import DateRange, Filters, Near
from search.trial import InterventionType, OverallStatus, Phase, Sex, SponsorClass, StudyType

RawValues = Mapping[str, Sequence[object]]
"""Values by parameter name, as they came: texts from an address or form, anything from JSON."""
NAMES = tuple(BY_NAME)
_NONE = Filters()

_ENUMS: dict[str, type[OverallStatus | Phase | StudyType | InterventionType | SponsorClass]] = {
    "status": OverallStatus,
    "site_status": OverallStatus,
    "phase": Phase,
    "study_type": StudyType,
    "intervention_type": InterventionType,
    "sponsor_class": SponsorClass,
}


class FilterError(Exception):
    """All that is wrong with the filters, and the kind of problem it makes. As a text, it says so in sentences."""

    def __init__(self, kind: ProblemKind, *errors: FieldError) -> None:
        allowed = [
            f"{error.detail} Allowed: {', '.join(error.allowed)}." if error.allowed else error.detail
            for error in errors
        ]
        super().__init__(" ".join(allowed))
        self.kind = kind
        self.errors = errors


def parse_filters(raw: RawValues | Iterable[tuple[str, str]]) -> Filters:
    """Read filters.

    Args:
        raw: values by parameter name, or (name, value) pairs.

    Raises:
        FilterError: names or values that do not exist, are impossible, or contradict each other.
    """
    if not isinstance(raw, Mapping):
        pairs = list(raw)
        raw = {name: [value for key, value in pairs if key == name] for name, _ in pairs}
    errors = unknown_names(list(raw), NAMES)
    if errors:
        raise FilterError(ProblemKind.UNKNOWN_PARAMETER, *errors)
    found: dict[str, object] = {}
    for parameter in PARAMETERS:
        parsed = []
        for value in _present(raw.get(parameter.name, ()), parameter):
            try:
                parsed.append(_parse(value, parameter))
            except values.CodeError as error:
                errors.append(
                    FieldError(parameter.name, str(error), tuple(parameter.codes or ()), _near_code(value, parameter))
                )
            except ValueError as error:
                errors.append(FieldError(parameter.name, str(error)))
        distinct = list(dict.fromkeys(parsed))
        if parameter.many:
            if distinct:
                found[parameter.name] = frozenset(distinct)
        elif len(distinct) > 1:
            errors.append(FieldError(parameter.name, f"`{parameter.name}` takes one value, and several were given."))
        elif distinct:
            found[parameter.name] = distinct[0]
    if errors:
        raise FilterError(ProblemKind.INVALID_REQUEST, *errors)
    return _assemble(found)


def unknown_names(names: Sequence[str], valid: tuple[str, ...]) -> list[FieldError]:
    """An error for each name that is not valid, with the name that was probably meant."""
    errors = []
    for name in dict.fromkeys(names):
        if name in valid:
            continue
        shown = name if len(name) <= 40 and name.replace("_", "").replace("-", "").isalnum() and name.isascii() else "?"
        nearest = nearest_name(name, valid)
        hint = f" Did you mean `{nearest}`?" if nearest else ""
        errors.append(FieldError(shown, f"There is no parameter `{shown}`.{hint}", valid, nearest))
    return errors


def to_pairs(filters: Filters) -> list[tuple[str, str]]:
    """The filters as (parameter, value) pairs, in a fixed order: for addresses, forms and chips."""
    pairs = []
    for parameter in PARAMETERS:
        value = getattr(filters, parameter.field)
        if value == getattr(_NONE, parameter.field):
            continue
        if parameter.kind in (Kind.AGE, Kind.DAYS):
            years = _whole_years(filters.age_days)
            wanted = years if parameter.kind is Kind.AGE else filters.age_days if years is None else None
            pairs += [(parameter.name, str(wanted))] if wanted is not None else []
        elif isinstance(value, frozenset):
            pairs += [(parameter.name, text) for text in sorted(map(str, value))]
        elif isinstance(value, DateRange):
            day = value.first if parameter.name.endswith("_from") else value.last
            pairs += [(parameter.name, day.isoformat())] if day else []
        else:
            pairs.append((parameter.name, _text(value)))
    return pairs


def to_json(filters: Filters) -> dict[str, object]:
    """The filters as the API echoes them; `POST /search` takes them back unchanged."""
    result: dict[str, object] = {}
    for name, value in to_pairs(filters):
        parameter = BY_NAME[name]
        if parameter.many:
            listed = result.setdefault(name, [])
            assert isinstance(listed, list)
            listed.append(value)
        elif parameter.kind in (Kind.AGE, Kind.DAYS, Kind.COUNT):
            result[name] = int(value)
        elif parameter.kind is Kind.FLAG:
            result[name] = getattr(filters, parameter.field)
        elif filters.near is not None and parameter.kind is Kind.NEAR:
            result[name] = {"lat": filters.near.lat, "lon": filters.near.lon, "km": filters.near.km}
        else:
            result[name] = value
    return result


def without(filters: Filters, field: str) -> Filters:
    """The filters without one field."""
    return replace(filters, **{field: getattr(Filters(), field)})


def _present(given: Sequence[object], parameter: Parameter) -> list[object]:
    """The values that say something; empty ones come from forms that were left blank."""
    flat: list[object] = []
    for value in given:
        if isinstance(value, str) and parameter.many:
            flat += values.split([value])
        elif isinstance(value, list) and parameter.kind is not Kind.NEAR:
            flat += value
        else:
            flat.append(value)
    return [value for value in flat if value is not None and not (isinstance(value, str) and not value.strip())]


def _parse(value: object, parameter: Parameter) -> object:
    match parameter.kind:
        case Kind.CODE:
            code = values.code(value, parameter)
            return _ENUMS[parameter.name](code) if parameter.name in _ENUMS else code
        case Kind.SEX:
            return Sex(values.code(value, parameter))
        case Kind.CANCER:
            found = find_code(value) if isinstance(value, str) else None
            if found is None:
                near = near_codes(value) if isinstance(value, str) else ()
                hint = f" Did you mean {' or '.join(f'{code} ({cancer_name(code)})' for code in near)}?" if near else ""
                raise ValueError(f"`cancer_type` must be an OncoTree code, as LUNG, BREAST or MEL.{hint}")
            return found
        case Kind.NAME:
            return values.name(value, parameter)
        case Kind.STAGE:
            return values.stage(value)
        case Kind.MARKER:
            return values.marker(value, parameter.name)
        case Kind.COUNT:
            return values.whole(value, parameter.name, 0, parameter.most)
        case Kind.FLAG:
            return values.flag(value, parameter.name)
        case Kind.AGE:
            return values.age_days(value)
        case Kind.DAYS:
            return values.whole(value, parameter.name, 0, values.MAX_AGE_YEARS * 366)
        case Kind.NEAR:
            return values.near(value)
        case Kind.DATE:
            return values.date(value, parameter.name)


def _near_code(value: object, parameter: Parameter) -> str | None:
    codes = tuple(code.lower() for code in parameter.codes or ())
    nearest = nearest_name(value.replace(" ", "_"), codes) if isinstance(value, str) else None
    return next((code for code in parameter.codes or () if code.lower() == nearest), None)


def _assemble(found: Mapping[str, object]) -> Filters:
    """Put parsed values together; ranges and ages are made of two parameters each."""
    single: dict[str, Any] = {
        BY_NAME[name].field: value
        for name, value in found.items()
        if BY_NAME[name].kind not in (Kind.DATE, Kind.AGE, Kind.DAYS)
    }
    errors = []
    for field, stem in (("start", "start"), ("completion", "completion"), ("last_update", "updated")):
        first, last = found.get(f"{stem}_from"), found.get(f"{stem}_to")
        assert first is None or isinstance(first, dt.date)
        assert last is None or isinstance(last, dt.date)
        if first and last and first > last:
            errors.append(FieldError(f"{stem}_to", f"`{stem}_to` lies before `{stem}_from`: no date is in between."))
        elif first or last:
            single[field] = DateRange(first, last)
    if "age" in found and "age_days" in found:
        errors.append(FieldError("age_days", "Give either `age` or `age_days`, not both."))
    elif "age" in found or "age_days" in found:
        single["age_days"] = found.get("age", found.get("age_days"))
    if errors:
        raise FilterError(ProblemKind.CONTRADICTORY_FILTERS, *errors)
    filters = replace(Filters(), **single)
    impossible = contradictions(filters)
    if impossible:
        raise FilterError(ProblemKind.CONTRADICTORY_FILTERS, FieldError("filters", impossible))
    return filters


def _whole_years(days: int | None) -> int | None:
    """The age in years whose first day this is, or None."""
    if days is None:
        return None
    years = round(days / 365.25)
    return years if first_day(years) == days else None


def _text(value: object) -> str:
    if isinstance(value, Near):
        return ",".join(f"{part:.5f}".rstrip("0").rstrip(".") for part in (value.lat, value.lon, value.km))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
