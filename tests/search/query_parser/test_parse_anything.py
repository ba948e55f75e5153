"""Any text gives a query: nothing raises, every span is the words it says."""

from __future__ import annotations

import random

import pytest

from search.query_parser import flat_concept, parse_query

TEXTS = [
    "",
    "   ",
    "\x00\x01\x02",
    "???!!! ,,, ---",
    "()[]{}",
    "\ud800 glioma \udfff",
    "lung\u200bcancer",
    "carci\u00adnoma of the breast",
    "stage II metastatic breast cancer M0 stage IV",
    "ECOG 0 ECOG 4 PS 9 KPS 700",
    "phase 0/1/2/3/4/5 phase iv-i",
    "999 year old man 0 yo",
    "within 50 miles of within 20 km of near near",
    "not not not no without never chemo",
    "Patient mit metastasiertem Lungenkarzinom, EGFR-Mutation, zweite Linie",
    "\u80ba\u764c EGFR \u7a81\u53d8 III\u671f",
    "cáncer de mama HER2 positivo con metástasis cerebrales",
    "p=0.05 <= >= % + - / \\ \\* \\> ≥ 50 %",
    "a" * 5_000,
    "EGFR " * 2_000,
    "stage " * 3_000,
    "NCT01234567" * 400,
    "(" * 3_000,
    "near Boston " * 300,
    "after after after " * 500,
    "\n".join(["melanoma"] * 1_000),
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_text_raises_and_spans_are_what_was_typed(text: str) -> None:
    query = parse_query(text)
    assert query.typed == text
    for one in query.concepts:
        assert text[one.start : one.end] == one.quote
        assert flat_concept(one)["kind"] == one.kind
    for correction in query.corrections:
        assert text[correction.start : correction.end] == correction.quote
    for salient in query.salient:
        assert 0 <= salient.start < salient.end <= len(text)
        assert 0 < salient.weight <= 1


def test_random_words_of_queries_never_raise() -> None:
    words = [
        "no",
        "not",
        "stage",
        "IV",
        "3b",
        "EGFR+",
        "HER2-",
        "exon",
        "20",
        "after",
        "failed",
        "chemo",
        "pembro",
        "+",
        "/",
        ",",
        ";",
        "(",
        ")",
        "PD-L1",
        ">=",
        "50%",
        "ECOG",
        "1",
        "near",
        "Boston",
        "50",
        "miles",
        "phase",
        "2",
        "recruiting",
        "ALL",
        "MM",
        "mets",
        "brain",
        "naive",
        "refractory",
        "62M",
        "yo",
        "2L",
        "prior",
        "lines",
        "T3",
        "N1",
        "r/r",
        "DLBCL",
        "NCT01234567",
        "sponsor:",
        "Roche",
    ]
    chosen = random.Random(7)
    for _ in range(400):
        text = " ".join(chosen.choice(words) for _ in range(chosen.randint(1, 14)))
        for one in parse_query(text).concepts:
            assert text[one.start : one.end] == one.quote


def test_the_same_text_gives_the_same_query() -> None:
    text = "62M PDAC liver mets after FOLFIRINOX, KRAS G12D, ECOG 1, near Leeds"
    assert parse_query(text) == parse_query(text)


def test_contradicting_facts_are_all_told() -> None:
    query = parse_query("stage II metastatic breast cancer")
    assert [one.kind for one in query.concepts] == ["stage", "extent", "cancer"]
    assert query.patient is not None
    assert query.patient.stage is not None
    assert [fact.value for fact in query.patient.extents] == ["metastatic"]
