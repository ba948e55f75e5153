from __future__ import annotations

import pytest

from indexer.ages import maximum_days, minimum_days
from indexer.study import parse_study
from search.age import AgeUnit, first_day, last_day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("18 Years", 6574, 6938),
        ("70 Years", 25567, 25931),
        ("1 Year", 365, 729),
        ("6 Months", 182, 212),
        ("1 Month", 30, 59),
        ("2 Weeks", 14, 20),
        ("10 Days", 10, 10),
        ("1 Day", 1, 1),
        ("48 Hours", 2, 2),
        ("1 Hour", 0, 0),
        ("90 Minutes", 0, 0),
        ("18 years and older", 6574, 6938),
    ],
)
def test_ages_in_any_unit_as_days(text: str, first: int, last: int) -> None:
    assert (minimum_days(text), maximum_days(text)) == (first, last)


def test_a_maximum_of_70_years_holds_until_the_day_before_the_71st_birthday() -> None:
    maximum = maximum_days("70 Years")
    assert maximum is not None
    assert first_day(70) <= maximum < first_day(71)
    assert last_day(70) == maximum


def test_whole_years_never_straddle_the_limits_of_other_years() -> None:
    for years in range(120):
        assert last_day(years) + 1 == first_day(years + 1)
        assert first_day(years * 12, AgeUnit.MONTH) == first_day(years)


@pytest.mark.parametrize(
    "text", [None, "", "adult", "Years", "18", "18 Parsecs", "-3 Years", "99999 Years", "1.5 Years"]
)
def test_what_is_no_age(text: str | None) -> None:
    assert minimum_days(text) is None
    assert maximum_days(text) is None


@pytest.mark.parametrize("nothing", [None, "N/A", "n/a", "None", "", 18, ["18 Years"]])
def test_a_missing_limit_is_none_and_none_is_invented(nothing: object) -> None:
    record = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT99000200"},
            "eligibilityModule": {"minimumAge": nothing, "maximumAge": "70 Years", "stdAges": ["ADULT"]},
        }
    }
    eligibility = parse_study(record).eligibility
    assert (eligibility.minimum_age, eligibility.minimum_age_days) == (None, None)
    assert (eligibility.maximum_age, eligibility.maximum_age_days) == ("70 Years", 25931)


def test_an_age_that_cannot_be_read_keeps_its_words() -> None:
    record = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT99000200"},
            "eligibilityModule": {"minimumAge": "Adulthood"},
        }
    }
    eligibility = parse_study(record).eligibility
    assert (eligibility.minimum_age, eligibility.minimum_age_days) == ("Adulthood", None)
