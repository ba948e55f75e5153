from __future__ import annotations

import pytest

from indexer.dates import date_struct, partial_date
from search.trial import DateStruct, PartialDate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017", PartialDate(2017)),
        ("2017-11", PartialDate(2017, 11)),
        ("2017-11-29", PartialDate(2017, 11, 29)),
        ("2017-11-29T10:00:00", PartialDate(2017, 11, 29)),
        ("August 1989", PartialDate(1989, 8)),
        ("November 29, 2017", PartialDate(2017, 11, 29)),
        ("Nov 29 2017", PartialDate(2017, 11, 29)),
        ("Sept. 2017", PartialDate(2017, 9)),
        ("29 November 2017", PartialDate(2017, 11, 29)),
        ("  August\n 1989 ", PartialDate(1989, 8)),
        ("2016-02-29", PartialDate(2016, 2, 29)),
    ],
)
def test_dates_at_their_own_precision(text: str, expected: PartialDate) -> None:
    assert partial_date(text) == expected


@pytest.mark.parametrize(
    "value",
    [
        "2017-02-30",
        "2017-13",
        "2017-00",
        "0000",
        "9999-12-31",
        "Augustus 1989",
        "soon",
        "",
        "2017-11-",
        "٢٠١٧",
        2017,
        None,
        {},
        "1" * 99,
    ],
)
def test_what_is_no_date(value: object) -> None:
    assert partial_date(value) is None


def test_a_date_with_its_type() -> None:
    parent = {
        "a": {"date": "2030-01", "type": "ACTUAL"},
        "b": {"date": "January 2030", "type": "Anticipated"},
        "c": "2030",
        "d": {"date": "2030", "type": 5},
        "e": {"type": "ACTUAL"},
        "f": [],
    }
    assert date_struct(parent, "a") == DateStruct(PartialDate(2030, 1), actual=True)
    assert date_struct(parent, "b") == DateStruct(PartialDate(2030, 1), actual=False)
    assert date_struct(parent, "c") == DateStruct(PartialDate(2030))
    assert date_struct(parent, "d") == DateStruct(PartialDate(2030))
    assert [date_struct(parent, key) for key in "efg"] == [None, None, None]
