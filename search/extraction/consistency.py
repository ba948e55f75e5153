"""Contradictions between a record's structured fields and what its text says of age and sex.

The registry asks for minimum age, maximum age and sex twice: as fields and, mostly, in the criteria. Where they differ
the fields decide, and a reader should see both. Only statements that bound the whole trial count: an age of one cohort,
of an entry in a list of alternatives, or beside another condition contradicts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.age import AgeUnit, first_day, last_day
from search.eligibility.criterion import Age, Criteria, Criterion, Evidence, Requirement, Section, SexIs
from search.trial import Sex, Trial

_TRUSTED = 0.9
"""Confidence from which a reading of the text is held against a field."""
_ALONE = 70
"""Characters beside an age up to which its line speaks of age alone."""
_MONTH = 31
"""Days that fields in months and text in years may differ by without contradiction."""
_YEAR = 366
"""Days that "over 18" and "19 Years" differ by."""
_NEARLY = 0.1
"""Months that a number of years may lie beside a whole month."""
_AN_AGE = re.compile(r"\bage[ds]?\b|\bold\b|\by/?o\b", re.IGNORECASE)
_STRICT = re.compile(
    r"[<>](?!\s*[/=])|\b(?:over|under|above|below|(?:older|younger|more|less|greater) than)\b", re.IGNORECASE
)
_OPENS_A_LIST = re.compile(
    r":\s*$|\b(?:one|any|either|some|two) of\b|\b(?:or|and)\s*$|\brisk\b|\bcohorts?\b|\bdefined\b", re.IGNORECASE
)
_NOT_ALL = re.compile(
    r"\([^)]*\)|\b(?:only|cohorts?|arms?|groups?|strat\w+|parts?|phase|plan|donors?)\b", re.IGNORECASE
)
_OR = re.compile(r"\W*or\b", re.IGNORECASE)
_OR_WIDTH = 8
"""Characters of the next line in which an "or" may open it."""
_LINES_ABOVE = 8
"""Lines above an age that may open the list it stands in, where the text does not indent."""
_GROUPS = re.compile(r"\b(?:classif|stratif|divid|group|categor|into\b)", re.IGNORECASE)
_HARMLESS = frozenset(
    [
        *(
            "male",
            "males",
            "female",
            "females",
            "men",
            "women",
            "man",
            "woman",
            "both",
            "either",
            "sex",
            "sexes",
            "gender",
        ),
        *(
            "genders",
            "patient",
            "patients",
            "participant",
            "participants",
            "subject",
            "subjects",
            "adult",
            "adults",
            "all",
        ),
        *("must", "be", "is", "are", "should", "age", "aged", "ages", "years", "year", "yrs", "months", "old", "older"),
        *(
            "younger",
            "over",
            "above",
            "under",
            "or",
            "and",
            "up",
            "of",
            "the",
            "at",
            "least",
            "time",
            "study",
            "entry",
            "to",
        ),
        *(
            "enrollment",
            "enrolment",
            "inclusion",
            "inclusive",
            "included",
            "consent",
            "informed",
            "written",
            "screening",
        ),
        *(
            "registration",
            "randomization",
            "signing",
            "date",
            "day",
            "on",
            "from",
            "between",
            "a",
            "an",
            "their",
            "for",
        ),
        *(
            "greater",
            "than",
            "equal",
            "less",
            "more",
            "through",
            "no",
            "beyond",
            "maximum",
            "minimum",
            "y",
            "yr",
            "o",
            "yo",
        ),
        *("in", "as", "not", "limited", "eligible", "diagnosis", "participation", "this"),
    ]
)
_FEMALE = re.compile(r"\b(?:females?|wom[ae]n)\b", re.IGNORECASE)
_MALE = re.compile(r"\b(?:males?|m[ae]n)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+|\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A field that the text gainsays."""

    field: str
    """`minimum_age`, `maximum_age` or `sex`."""
    registered: str
    """The field's value as the registry spells it ("18 Years", "ALL")."""
    stated: str
    """What the text asks ("60 years", "female")."""
    evidence: Evidence
    """The text's words."""


def contradictions(trial: Trial, criteria: Criteria) -> tuple[Contradiction, ...]:
    """What fields and text of a trial disagree about, in the order minimum age, maximum age, sex.

    Args:
        trial: the record.
        criteria: what was read from its text.
    """
    return (*_ages(trial, criteria), *_sexes(trial, criteria))


def stated_ages(trial: Trial, criteria: Criteria) -> tuple[Criterion, ...]:
    """Ages that the text asks of everybody: stated alone, for the whole trial, with confidence."""
    return tuple(
        item
        for item in criteria.common()
        if isinstance(item.fact, Age)
        and item.requirement is Requirement.REQUIRED
        and item.section is Section.INCLUSION
        and item.confidence >= _TRUSTED
        and _stands_alone(item, criteria, trial.eligibility.criteria or "")
    )


def _stands_alone(item: Criterion, criteria: Criteria, raw: str) -> bool:
    """Whether the line of an age says nothing else, and no list of alternatives holds it."""
    line = criteria.lines[item.line]
    before, after = raw[line.start : item.evidence.start], raw[item.evidence.end : line.end]
    rest = f"{before} {after}"
    if _nested(item, criteria, raw) or _GROUPS.search(rest + item.evidence.quote):
        return False
    if not _AN_AGE.search(before[-_ALONE:] + item.evidence.quote + after[:_ALONE]):
        return False
    words = [*_WORD.findall(rest), *filter(str.isalpha, _WORD.findall(item.evidence.quote))]
    if len(rest) > _ALONE or any(word.lower() not in _HARMLESS for word in words):
        return False
    heads = [one for one in criteria.lines[: item.line] if one.heading]
    below = raw[criteria.lines[item.line + 1].start :][:_OR_WIDTH] if item.line + 1 < len(criteria.lines) else ""
    if (heads and _NOT_ALL.search(raw[heads[-1].start : heads[-1].end])) or _OR.match(below):
        return False
    above = [one for one in criteria.lines[: item.line] if one.section is line.section and not one.heading]
    return not any(_OPENS_A_LIST.search(raw[one.start : one.end]) for one in above[-_LINES_ABOVE:])


def _column(start: int, raw: str) -> int:
    return start - raw.rfind("\n", 0, start)


def _nested(item: Criterion, criteria: Criteria, raw: str) -> bool:
    """Whether the line stands further in than the section's outermost lines (a bullet's number may add a column)."""
    line = criteria.lines[item.line]
    columns = [_column(one.start, raw) for one in criteria.lines if one.section is line.section and not one.heading]
    return _column(line.start, raw) > min(columns) + 1


def _ages(trial: Trial, criteria: Criteria) -> Iterator[Contradiction]:
    ages = stated_ages(trial, criteria)
    fields = trial.eligibility
    bounds = (
        ("minimum_age", fields.minimum_age, fields.minimum_age_days),
        ("maximum_age", fields.maximum_age, fields.maximum_age_days),
    )
    for name, registered, days in bounds:
        stated = [(item, value) for item in ages if (value := _bound(item, name)) is not None]
        if registered is None or days is None or not stated:
            continue
        unanimous = len({value for _, value in stated}) == 1  # else they are ages of groups
        if unanimous and _differs(*stated[0], days, name):
            item, value = stated[0]
            yield Contradiction(name, registered, f"{value:g} years", item.evidence)


def _bound(item: Criterion, name: str) -> float | None:
    """The bound in years, None where the text states none or no whole number of months."""
    assert isinstance(item.fact, Age)
    value = item.fact.min if name == "minimum_age" else item.fact.max
    months = 0.0 if value is None else value * 12
    return value if abs(months - round(months)) < _NEARLY else None


def _differs(item: Criterion, years: float, days: int, name: str) -> bool:
    whole, months = divmod(round(years * 12), 12)
    stated = first_day(whole) + first_day(months, AgeUnit.MONTH)
    if name == "maximum_age":
        stated = stated + first_day(1, AgeUnit.MONTH) if months else last_day(whole)
    allowed = _YEAR + _MONTH if _STRICT.search(item.evidence.quote) else _MONTH
    return abs(stated - days) > allowed


def _sexes(trial: Trial, criteria: Criteria) -> Iterator[Contradiction]:
    raw = trial.eligibility.criteria or ""
    stated = [
        (item, item.fact.value)
        for item in criteria.common()
        if isinstance(item.fact, SexIs)
        and item.requirement is Requirement.REQUIRED
        and item.section is Section.INCLUSION
    ]
    registered = trial.eligibility.sex
    if registered is None or len({value for _, value in stated}) != 1:
        return
    item, value = stated[0]
    opposite = registered is not Sex.ALL and registered.value.lower() != value
    if opposite or (
        registered is Sex.ALL and _is_whole_line(item, criteria, raw) and not _other_sex(value, criteria, raw)
    ):
        yield Contradiction("sex", registered.value, value, item.evidence)


def _is_whole_line(item: Criterion, criteria: Criteria, raw: str) -> bool:
    """Whether a line, none of a nested list, says the sex and nothing else."""
    line = criteria.lines[item.line]
    words = _WORD.findall(raw[line.start : line.end])
    return not _nested(item, criteria, raw) and all(word.lower() in _HARMLESS for word in words)


def _other_sex(value: str, criteria: Criteria, raw: str) -> bool:
    """Whether the other sex is spoken of among the inclusions."""
    other = _MALE if value == "female" else _FEMALE
    lines = (line for line in criteria.lines if line.section is Section.INCLUSION)
    return any(other.search(raw, line.start, line.end) for line in lines)
