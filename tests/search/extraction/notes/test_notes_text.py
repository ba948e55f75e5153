"""Shorthand, sentences, times and spans."""

from __future__ import annotations

import pytest

from search.extraction.notes.dates import days_ago
from search.extraction.notes.spans import Spans
from search.extraction.notes.text import note_text


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("breast ca, mets to bone", "breast cancer, metastases to bone"),
        ("Carbo/gem x4", "Carboplatin/gemcitabine x4"),
        ("Ca 9.6, CA 125 40", "Ca 9.6, CA 125 40"),
        ("IPI 3", "IPI 3"),
        ("CKD-EPI", "CKD-EPI"),
        ("hep B neg", "hepatitis B neg"),
        ("the venue", "the venue"),
    ],
)
def test_shorthand(note: str, text: str) -> None:
    assert note_text(note).text == text


def test_places_in_the_spelled_out_text_lead_back_to_the_note() -> None:
    raw = "mets of breast ca, then carbo/gem and TMZ."
    note = note_text(raw)
    for word, original in (("cancer", "ca"), ("gemcitabine", "gem"), ("Temozolomide", "TMZ"), ("then", "then")):
        start = note.text.index(word)
        first, last = note.original(start, start + len(word))
        assert raw[first:last] == original


def test_sentences_end_at_full_stops_and_not_in_numbers() -> None:
    note = note_text("Hb 10.2 and bili 0.4. ECOG 1. Nivo maint. -> PD.")
    assert [note.text[a:b].strip() for a, b in (note.sentence(0), note.sentence(25))] == [
        "Hb 10.2 and bili 0.4.",
        "ECOG 1.",
    ]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("4 wks ago", 28),
        ("two months ago", 60),
        ("yesterday", 1),
        ("off treatment 7 wks", 49),
        ("5 d ago", 5),
        ("for 3 weeks", None),
    ],
)
def test_days_ago(words: str, days: int | None) -> None:
    found = days_ago(words)
    assert (found[0] if found else None) == days


def test_spans_near() -> None:
    spans = Spans([(10, 20), (40, 45)])
    assert spans.near(15, 16)
    assert not spans.near(20, 40)
    assert spans.near(21, 22, reach=5)
    assert not spans.near(50, 60)
