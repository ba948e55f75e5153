from __future__ import annotations

import pytest

from search.query_parser import clean, parse_query


@pytest.mark.parametrize("text", ["NCT01234567", " nct01234567 ", "NCT 01234567", "NCT-01234567.", "(NCT01234567)"])
def test_an_id_in_any_spelling_is_looked_up(text: str) -> None:
    query = parse_query(text)
    assert query.nct_ids == ("NCT01234567",)
    assert query.text == ""


def test_several_ids_keep_their_order_once_each() -> None:
    query = parse_query("NCT00000002, NCT00000001 nct00000002")
    assert query.nct_ids == ("NCT00000002", "NCT00000001")
    assert query.text == ""


def test_an_id_among_words_leaves_the_words() -> None:
    query = parse_query("like NCT01234567 but second line")
    assert query.nct_ids == ("NCT01234567",)
    assert query.text.split() == ["like", "but", "second", "line"]


@pytest.mark.parametrize("text", ["NCT123", "XNCT01234567", "NCT012345678"])
def test_what_is_no_id_stays_text(text: str) -> None:
    assert parse_query(text).nct_ids == ()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("lung\x00cancer", "lung cancer"),
        ("\ud800glioma", "glioma"),
        ("carci\u00adnoma", "carcinoma"),
        ("\ufeffEGFR\u200b", "EGFR"),
        ("a\nb", "a\nb"),
        ("β-catenin ≥ 3", "β-catenin ≥ 3"),
        ("   ", ""),
    ],
)
def test_cleaning(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
