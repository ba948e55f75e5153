"""Packing: nothing is lost, nothing is too long, the parts are even."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.packing import Counted, Piece, chunks, clip, count, join, listing, prose


class Letters:
    """Counts a token for every four characters of a word, as a word-piece model roughly does."""

    max_tokens = 64
    overhead = 2

    def count_all(self, texts: Sequence[str]) -> list[int]:
        return [sum(-(-len(word) // 4) for word in text.split()) for text in texts]


COUNTER = Letters()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("* Age over 18 years\n* ECOG 0-1\n  1. HER2 positive", ["Age over 18 years", "ECOG 0-1", "HER2 positive"]),
        (
            "Histologically confirmed\nadenocarcinoma of the lung",
            ["Histologically confirmed adenocarcinoma of the lung"],
        ),
        ("Prior lines:\n\nplatinum\n- taxane", ["Prior lines:", "platinum", "taxane"]),
        ("Drugs (e.g. Cisplatin, i.e. Platinum) vs. Placebo", ["Drugs (e.g. Cisplatin, i.e. Platinum) vs. Placebo"]),
        ("Stage III. (Stage IV allowed.) ECOG 1", ["Stage III.", "(Stage IV allowed.)", "ECOG 1"]),
        ("Measurable disease • Life expectancy • Consent", ["Measurable disease", "Life expectancy", "Consent"]),
        ("inv\n(16) or t(8;21)\nE. coli asparaginase", ["inv", "(16) or t(8;21)", "E. coli asparaginase"]),
        ("ANC ≥ 1.5 x 10^9/L; Platelets ≥ 100", ["ANC ≥ 1.5 x 10^9/L;", "Platelets ≥ 100"]),
        (":\n--\n* \nText", ["Text"]),
    ],
)
def test_prose_is_cut_at_sentences_and_lines(text: str, pieces: list[str]) -> None:
    assert [piece.text for piece in prose(text)] == pieces


def test_listing_keeps_one_label() -> None:
    assert [(piece.text, piece.joiner) for piece in listing("Drugs: ", ["a", "b"], "; ")] == [
        ("Drugs: a", "\n"),
        ("b", "; "),
    ]
    assert listing("Drugs: ", [], "; ") == []


@pytest.mark.parametrize(
    ("text", "room", "clipped"),
    [
        ("lung cancer", 9, "lung cancer"),
        ("aaaa bbbb cccc", 2, "aaaa bbbb"),
        ("aaaa, bbbb", 2, "aaaa"),
        ("a" * 99, 3, ""),
        ("", 3, ""),
    ],
)
def test_clip_ends_at_a_word(text: str, room: int, clipped: str) -> None:
    assert clip(text, COUNTER, room) == clipped


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]) | st.sampled_from(" .;\n"), max_size=400
)


@given(texts, st.integers(4, 40), st.integers(4, 40))
def test_no_word_is_lost_and_no_part_too_long(text: str, first: int, later: int) -> None:
    pieces = prose(text)
    runs = chunks(count(pieces, COUNTER, min(first, later)), first, later)
    parts = [join(run) for run in runs]
    assert "".join("".join(parts).split()) == "".join("".join(piece.text for piece in pieces).split())
    for number, (part, tokens) in enumerate(zip(parts, COUNTER.count_all(parts), strict=True)):
        assert part
        assert tokens <= (first if number == 0 else later)


@given(st.lists(st.integers(1, 10), max_size=60), st.integers(10, 40), st.integers(0, 8))
def test_parts_are_few_and_even(lengths: list[int], room: int, slack: int) -> None:
    counted = [Counted(Piece("x" * n), n) for n in lengths]
    first, later = room + slack, room
    runs = chunks(counted, first, later)
    assert [item for run in runs for item in run] == counted
    loads = [sum(item.tokens for item in run) for run in runs]
    assert all(load <= (first if i == 0 else later) for i, load in enumerate(loads))
    # Greedy filling needs the fewest runs there can be.
    fewest, used = (1 if lengths else 0), 0
    for n in lengths:
        if used + n > (first if fewest == 1 else later):
            fewest, used = fewest + 1, 0
        used += n
    assert len(runs) == fewest


def test_a_tail_is_not_left_alone() -> None:
    counted = [Counted(Piece("x"), 10)] * 11
    assert [len(run) for run in chunks(counted, 100, 100)] == [6, 5]


def test_a_sentence_longer_than_the_room_is_cut_between_words() -> None:
    counted = count([Piece("aaaa " * 30 + "b" * 50)], COUNTER, 12)
    assert all(item.tokens <= 12 for item in counted)
    assert "".join(item.piece.text for item in counted).replace(" ", "") == "aaaa" * 30 + "b" * 50
