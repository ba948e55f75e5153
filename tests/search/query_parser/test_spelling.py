"""Misspelt words, abbreviations in lower case, shorthand: what is read, and what stays as it is."""

from __future__ import annotations

import pytest

from search.query_parser.spelling import corrected, distance
from search.query_parser.view import view_of


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("glioblastma", "glioblastoma"),
        ("pancreatc", "pancreatic"),
        ("hepatocelular", "hepatocellular"),
        ("mantel", "mantle"),
        ("melenoma", "melanoma"),
        ("colorectl", "colorectal"),
        ("leukimia", "leukemia"),
        ("ovarain", "ovarian"),
        ("myloma", "myeloma"),
        ("brest", "breast"),
        ("metastatc", "metastatic"),
        ("pembrolizumb", "pembrolizumab"),
        ("Esophogeal", "Esophageal"),
    ],
)
def test_a_misspelt_word_is_read_as_the_word_that_was_meant(word: str, meant: str) -> None:
    assert corrected(word) == meant


@pytest.mark.parametrize(
    "word",
    [
        "lung",
        "state",
        "phrase",
        "water",
        "called",
        "market",
        "lives",
        "KRAS",
        "BRAFV",
        "PIKCA",
        "toxicities",
        "Lyon",
        "Villejuif",
        "Farber",
        "recurrently",
        "xyzzyq",
        "tumours",
        "zongertinib",
    ],
)
def test_other_words_stay(word: str) -> None:
    assert corrected(word) is None


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("lung", "lung", 0), ("mantel", "mantle", 1), ("brest", "breast", 1), ("abc", "axyc", 2), ("a", "abcdef", 4)],
)
def test_distance(one: str, other: str, far: int) -> None:
    assert min(distance(one, other, 3), 4) == far


def test_a_correction_is_told_and_can_be_undone() -> None:
    view = view_of("pancreatc cancer KRAS")
    assert [(one.quote, one.word, one.start) for one in view.corrections] == [("pancreatc", "pancreatic", 0)]
    assert view.text == "pancreatic cancer KRAS"
    assert view.original(view.text.index("cancer"), len(view.text)) == (10, 21)
    assert view_of("pancreatc cancer", correct=False).corrections == ()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("nsclc egfr g12c", "NSCLC EGFR G12C"),
        ("her2+ mbc", "her2+ mBC"),
        ("met ex14", "MET ex14"),
        ("liver mets", "liver metastases"),
        ("net g2", "NET g2"),
        ("all ph+ blinatumomab", "ALL Ph+ blinatumomab"),
        ("post osi", "post osimertinib"),
        ("gem cis", "gemcitabine cisplatin"),
        ("all patients", "all patients"),
        ("we met", "we met"),
        ("Cape Town", "Cape Town"),
        ("safety net", "safety net"),
        ("BREAST CANCER ALL STAGES", "BREAST CANCER ALL STAGES"),
    ],
)
def test_shorthand_is_spelled_out_and_abbreviations_get_their_case(typed: str, read: str) -> None:
    assert view_of(typed).text == read
