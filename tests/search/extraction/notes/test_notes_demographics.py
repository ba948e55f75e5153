"""Age and sex."""

from __future__ import annotations

import pytest

from search.extraction.note import read_note


@pytest.mark.parametrize(
    ("note", "age", "sex"),
    [
        ("58 yo M with melanoma", 58, "male"),
        ("71F, melanoma", 71, "female"),
        ("A 14-year-old boy with osteosarcoma", 14, "male"),
        ("44 y/o premenopausal F seen today", 44, "female"),
        ("Patient is a 67 year old African-American woman", 67, "female"),
        ("9 yo girl", 9, "female"),
        ("Age: 52. Sex: male.", 52, "male"),
        ("45 y.o. male", 45, "male"),
        ("Aged 80, he lives alone", 80, "male"),
        ("18-month-old girl with neuroblastoma", 1.5, "female"),
        ("Mother is 70 years old. 41 y/o woman with DCIS", 41, "female"),
        ("Nodule 5 m from here", None, None),
        ("BP 120/80, plt 240", None, None),
        ("Her brother, 50M, is well.", None, None),
    ],
)
def test_age_and_sex(note: str, age: float | None, sex: str | None) -> None:
    profile = read_note(note).profile
    assert profile.get("age") == age
    assert profile.get("sex") in ({sex} if sex else {None, "female", "male"})
