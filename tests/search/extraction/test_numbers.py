"""Comparators, numbers, units and limits in the ways trials spell them."""

from __future__ import annotations

import time

import pytest

from search.extraction.flow import flow
from search.extraction.normal import fold, plain
from search.extraction.numbers import comparisons, inverted, mirrored, number_value


def read(raw: str) -> list[tuple[str, float, float | None, str | None]]:
    text = fold(flow(plain(raw)).text)
    return [(c.op, c.value, c.high, c.unit) for c in comparisons(text)]


@pytest.mark.parametrize(
    "words",
    [
        "≥ 3",
        ">= 3",
        "=> 3",
        "> or = 3",
        "> / = 3",
        ">/= 3",
        "\\>= 3",
        "&gt;= 3",
        "> or equal to 3",
        "at least 3",
        "no less than 3",
        "not less than 3",
        "not lower than 3",
        "not below 3",
        "greater than or equal to 3",
        "greater or equal to 3",
        "equal to or greater than 3",
        "more than or equal to 3",
        "a minimum of 3",
        "at least three",
        "3 or more",
        "3 or greater",
        ">_ 3",
        "greater than or equal to (>=) 3",
    ],
)
def test_at_least(words: str) -> None:
    assert read(f"value {words}") == [(">=", 3.0, None, None)]


@pytest.mark.parametrize(
    "words",
    [
        "≤ 3",
        "<= 3",
        "=< 3",
        "= < 3",
        "< or = 3",
        "</= 3",
        "\\<= 3",
        "less than or equal to 3",
        "less then or equal to 3",
        "no more than 3",
        "not more than 3",
        "no greater than 3",
        "not greater than 3",
        "not exceeding 3",
        "must not exceed 3",
        "not to exceed 3",
        "up to 3",
        "at most 3",
        "a maximum of 3",
        "must not be > 3",
        "3 or less",
        "3 or lower",
        "inferior or equal to 3",
    ],
)
def test_at_most(words: str) -> None:
    assert read(f"value {words}") == [("<=", 3.0, None, None)]


@pytest.mark.parametrize(
    "words", ["> 3", "greater than 3", "more than 3", "above 3", "over 3", "superior to 3", "exceeding 3"]
)
def test_more_than(words: str) -> None:
    assert read(f"value {words}") == [(">", 3.0, None, None)]


@pytest.mark.parametrize(
    "words", ["< 3", "&lt; 3", "less than 3", "below 3", "under 3", "lower than 3", "inferior to 3"]
)
def test_less_than(words: str) -> None:
    assert read(f"value {words}") == [("<", 3.0, None, None)]


@pytest.mark.parametrize(
    ("words", "value"),
    [("1,500", 1500), ("100 000", 100000), ("1.5", 1.5), ("1,5", 1.5), ("7", 7), ("twice", 2), ("0.05", 0.05)],
)
def test_numbers(words: str, value: float) -> None:
    assert number_value(words) == value


def test_no_number() -> None:
    assert number_value("many") is None


@pytest.mark.parametrize(
    "limit",
    [
        "x ULN",
        "× ULN",
        "xULN",
        "ULN",
        "times ULN",
        "times the upper limit of normal",
        "x the institutional upper limit of normal (ULN)",
        "x upper normal limit",
        "times institution's ULN",
        "x UNL",
        "x IULN",
        "-fold the upper limit of the normal range",
        "times (normal value)",
        "times normal",
        "x N",
        "x upper limit of\n             normal",
    ],
)
def test_multiples_of_the_upper_limit(limit: str) -> None:
    assert read(f"creatinine ≤ 1.5 {limit}") == [("<=", 1.5, None, "xULN")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("> ULN", (">", 1.0, None, "xULN")),
        ("no greater than the upper limit of normal", ("<=", 1.0, None, "xULN")),
        ("below the lower limit of normal", ("<", 1.0, None, "xLLN")),
        ("above institutional normal limits", (">", 1.0, None, "xULN")),
        ("≤ 150% of ULN", ("<=", 1.5, None, "xULN")),
    ],
)
def test_limits_without_a_multiple(words: str, expected: tuple[str, float, None, str]) -> None:
    assert read(words) == [expected]


def test_a_therapeutic_range_is_no_limit_of_normal() -> None:
    assert read("INR below the upper limit of the therapeutic range") == []


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("≥ 1.5 x 109/L", "x 109/l"),
        ("≥ 1.5 × 10^9/L", "x 10^9/l"),
        ("≥ 1.5 x 10\\^9/L", "x 10 ^9/l"),
        ("≥ 1.5 x 10⁹/L", "x 109/l"),
        ("≥ 1.5 x 10(9)/L", "x 10(9)/l"),
        ("≥ 1.5/mm3", "/mm3"),
        ("≥ 1.5 /μL", "/µl"),
        ("≥ 1.5 g/dL", "g/dl"),
        ("≥ 1.5 mL/min/1.73 m2", "ml/min/1.73 m2"),
        ("≥ 1.5 msec", "msec"),
        ("≥ 1.5%", "%"),
        ("≥ 1.5 mmol/L", "mmol/l"),
    ],
)
def test_units_follow(words: str, unit: str) -> None:
    assert read(words) == [(">=", 1.5, None, unit)]


def test_ranges() -> None:
    assert read("between 18 and 70 years") == [("=", 18.0, 70.0, None)]
    assert read("20-60 mL/min") == [("=", 20.0, 60.0, "ml/min")]
    assert read("from 2 to 3") == [("=", 2.0, 3.0, None)]


def test_words_that_hold_a_comparator() -> None:
    assert read("overall 3 undergo 4 lesser-known, moreover 5") == []


def test_two_comparisons() -> None:
    assert read("≥ 18 and ≤ 65 years") == [(">=", 18.0, None, None), ("<=", 65.0, None, None)]


@pytest.mark.parametrize(
    "words", ["\u2264 x1.5 ULN", "\u2264x 1.5 ULN", "<= x 1.5 upper limit of normal", "\u2264 1.5 x ULN"]
)
def test_the_sign_of_times_may_stand_before_the_number(words: str) -> None:
    assert [(op, value, unit) for op, value, _, unit in read(words)] == [("<=", 1.5, "xULN")]


@pytest.mark.parametrize("op", [">=", ">", "<=", "<"])
def test_turning_twice_changes_nothing(op: str) -> None:
    assert mirrored(mirrored(op)) == op
    assert inverted(inverted(op)) == op


@pytest.mark.parametrize("piece", ["≥ ", "1 ", "not ", "1-", "x the ", "no more than ", "( 10 ", "ULN "])
def test_long_texts_take_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    comparisons(fold(text))
    assert time.process_time() - started < 5
