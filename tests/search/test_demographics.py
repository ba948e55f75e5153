from __future__ import annotations

import pytest

from search.demographics import stated_demographics
from search.query import Filters, Query
from search.query_parser import parse_query
from search.trial import Sex


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("A 64-year-old woman with ovarian cancer", 64, "FEMALE"),
        ("57 year old gentleman", 57, "MALE"),
        ("38-year-old male GERD", 38, "MALE"),
        ("a 9-year-old white boy", 9, "MALE"),
        ("58 yo M with glioma", 58, "MALE"),
        ("72F, melanoma", 72, "FEMALE"),
        ("lung cancer trial for an 80 year old", 80, None),
        ("trials in 80 year olds", 80, None),
        ("The 45 year old patient and her husband, a male nurse", 45, None),
    ],
)
def test_age_and_the_sex_beside_it_are_read(text: str, age: int, sex: str | None) -> None:
    found = {fact.kind: fact.value for fact in stated_demographics(text)}
    assert found.get("age") == age
    assert found.get("sex") == sex
    assert all(text[fact.start : fact.end] == fact.quote for fact in stated_demographics(text))


@pytest.mark.parametrize(
    "text",
    [
        "melanoma",
        "5-FU 400 mg",
        "KRAS G12C",
        "her mother died at 60",
        "2 year survival",
        "phase 3 m",
        "999 year old tree",
        "a woman",
    ],
)
def test_nothing_is_read_where_nothing_is_stated(text: str) -> None:
    assert stated_demographics(text) == ()


def test_a_filter_given_beside_the_text_wins() -> None:
    query = parse_query("a 64-year-old woman", Filters(sex=Sex.MALE))
    assert query.effective_filters().sex is Sex.MALE
    assert query.effective_filters().age_days == 23376


def test_the_words_can_be_left_out() -> None:
    query = parse_query("Patient is a 64-year-old woman with sarcoma")
    assert query.text_without_stated().split() == ["Patient", "is", "a", "with", "sarcoma"]
    assert Query(text="sarcoma").text_without_stated() == "sarcoma"
