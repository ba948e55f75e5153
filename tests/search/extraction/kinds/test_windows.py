"""Spans of time and washouts in words."""

from __future__ import annotations

import re

import pytest

from search.extraction.kinds.windows import DURATION, Window, days_of, windows


def only(text: str) -> Window:
    found = windows(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("4 weeks", 28),
        ("four (4) weeks", 28),
        ("2-4 weeks", 28),
        ("1 to 3 months", 90),
        ("six months", 180),
        ("2 years", 730),
        ("10 days", 10),
        ("21-day", 21),
        ("72 hours", 3),
        ("12 wks", 84),
    ],
)
def test_days(text: str, days: int) -> None:
    match = re.search(DURATION, text)
    assert match is not None
    assert days_of(match) == days


@pytest.mark.parametrize(
    "text",
    [
        "docetaxel within 4 weeks of the first dose",
        "docetaxel within the last four weeks",
        "docetaxel in the past 4 weeks",
        "docetaxel less than 28 days before enrolment",
        "docetaxel < 4 weeks prior to day 1",
        "docetaxel within 4 (four) weeks",
    ],
)
def test_what_is_too_recent(text: str) -> None:
    window = only(text)
    assert (window.days, window.recent, window.stated) == (28, True, True)


@pytest.mark.parametrize(
    "text",
    [
        "at least 4 weeks since docetaxel",
        "4 weeks must have elapsed since docetaxel",
        "a minimum of 4 weeks from docetaxel",
        "more than 4 weeks after docetaxel",
        "at least 28 days from the last dose of docetaxel",
    ],
)
def test_what_is_long_enough(text: str) -> None:
    window = only(text)
    assert (window.days, window.recent, window.stated) == (28, False, True)


@pytest.mark.parametrize(
    ("text", "days", "half_lives", "shorter"),
    [
        ("within 3 weeks or 5 half-lives, whichever is shorter, before day 1", 21, 5.0, True),
        ("within 5 half-lives or 28 days (whichever is longer) prior to day 1", 28, 5.0, False),
        ("within 14 days or five half lives of the agent", 14, 5.0, None),
        ("within 2 weeks or 4 elimination half-lives, whichever comes first", 14, 4.0, True),
        ("within 5 half-lives of the drug", None, 5.0, None),
    ],
)
def test_half_lives(text: str, days: int | None, half_lives: float, shorter: bool | None) -> None:
    window = only(text)
    assert (window.days, window.half_lives, window.shorter) == (days, half_lives, shorter)


@pytest.mark.parametrize("text", ["18 years of age or older", "7 days of prednisone", "three lines", "stage 3"])
def test_no_window(text: str) -> None:
    assert not [window for window in windows(text) if window.stated]


def test_duration_of_something_is_told_apart() -> None:
    assert only("on a stable dose for at least 4 weeks").lasted
    assert not only("off treatment for at least 4 weeks before day 1").lasted


def test_offsets_cover_the_words() -> None:
    text = "no docetaxel within 4 weeks of entry"
    window = only(text)
    assert text[window.start : window.end] == "within 4 weeks"


def test_two_windows_stay_apart() -> None:
    found = windows("x within 4 weeks before entry or y within 14 days before entry")
    assert [window.days for window in found] == [28, 14]


def test_a_bound_on_how_long_ago_and_the_length_of_a_course() -> None:
    for words in ("finished 1 to 42 days before randomisation", "ended 6 weeks or less before randomisation"):
        (found,) = windows(f"chemoradiation {words}")
        assert (found.days, found.latest, found.recent) == (42, True, True)
    assert windows("at least 12 weeks of treatment with one inhibitor") == []
    (washout,) = windows("chemotherapy at least 3 weeks before randomisation")
    assert (washout.days, washout.latest, washout.recent) == (21, False, False)
    (since,) = windows("at least 30 days or 5 half-lives since any prior therapy")
    assert (since.days, since.half_lives, since.since) == (30, 5.0, True)
