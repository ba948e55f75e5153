"""Fragments that a reader can start to read: at an item or a sentence, with the words that found the trial."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config import HighlightConfig
from search.ranking.highlight import best_fragment, highlight_trial
from search.text import terms
from search.trial import Eligibility, Intervention, Trial

ITEMS = (
    "Inclusion Criteria:\n\n"
    "* Adults who can come to the hospital every week for the whole time of the treatment and of the visits after it\n"
    "* Adenocarcinoma of the lung with a KRAS mutation\n"
    "* KRAS G12C proven by any validated test, after one or two earlier lines of treatment for advanced disease\n"
    "* Able to swallow tablets\n"
)


def fragment(text: str, query: str, size: int = 120) -> str:
    found = best_fragment(text, frozenset(terms(query)), size)
    assert found is not None
    shown, start, spans = found
    assert text[start : start + len(shown)] == shown
    assert all(0 <= first < last <= len(shown) for first, last in spans)
    return shown


def test_the_fragment_begins_at_the_item_that_holds_the_words() -> None:
    assert fragment(ITEMS, "KRAS G12C").startswith("* KRAS G12C proven")


def test_of_equal_windows_the_densest_is_shown() -> None:
    text = "KRAS was looked for in all of them, and in some of those who were not seen again G12C. " + "x " * 80
    text += "Here it is KRAS G12C again. " + "y " * 80
    assert "is KRAS G12C again" in fragment(text, "KRAS G12C")


@pytest.mark.parametrize("heading", ["Inclusion Criteria:\n\n", "Inclusion Criteria: ", "Key inclusion criteria\n"])
def test_a_heading_never_begins_a_fragment(heading: str) -> None:
    text = f"{heading}1. Melanoma that cannot be removed by surgery; 2. Age of 18 years or more"
    assert fragment(text, "melanoma").startswith("1. Melanoma")
    assert fragment(text, "melanoma", size=400).startswith("1. Melanoma")


def test_words_of_a_heading_are_no_match() -> None:
    assert best_fragment("Inclusion Criteria:\n\n* Melanoma", frozenset(terms("inclusion criteria")), 200) is None


def test_no_bullet_is_left_at_the_end() -> None:
    text = "* Melanoma of the skin\n\n* Able to come\n\n* " + "Waiting for the next word of this long item " * 5
    assert fragment(text, "melanoma", size=42) == "* Melanoma of the skin\n\n* Able to come"


def test_a_sentence_is_begun_at_its_beginning() -> None:
    text = (
        "Nothing is said here about the cells. " * 6
        + "The cells carry CD19, e.g. Those of lymphoma do. "
        + "End. " * 40
    )
    assert fragment(text, "CD19 lymphoma").startswith("The cells carry CD19")


def test_lines_wrapped_by_hand_are_not_taken_for_items() -> None:
    text = (
        "Many words come before it. " * 8
        + "This record was\nwrapped by hand at\nmelanoma, as old records are. "
        + "z " * 99
    )
    assert fragment(text, "melanoma").startswith("This record was\nwrapped")


def test_other_names_of_a_treatment_are_marked() -> None:
    drug = Intervention(name="Osimertinib", other_names=("Tagrisso", "AZD9291"))
    trial = Trial(nct_id="NCT99099001", interventions=(Intervention(name="Surgery"), drug))
    found = highlight_trial(trial, terms("AZD 9291"), HighlightConfig())
    assert [(h.field, h.item, h.fragment) for h in found] == [("other_names", 1, "AZD9291")]


def test_inclusion_offsets_are_those_of_the_registry_text() -> None:
    raw = ITEMS + "\nExclusion Criteria:\n\n* KRAS G12D\n"
    trial = replace(Trial(nct_id="NCT99099001"), eligibility=Eligibility(criteria=raw))
    (found,) = highlight_trial(trial, terms("KRAS G12C"), HighlightConfig(fragment_chars=120))
    assert raw[found.start : found.start + len(found.fragment)] == found.fragment
    assert "G12D" not in found.fragment


PIECES = st.sampled_from(
    [
        "Inclusion Criteria:\n",
        "* ",
        "1. ",
        "\n",
        "\n\n",
        ". ",
        "melanoma ",
        "KRAS ",
        "the ",
        "\\> ",
        "≥ 18",
        ": ",
        "\r\n",
        "x" * 50,
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(20, 300))
def test_any_text_gives_a_true_fragment(text: str, size: int) -> None:
    found = best_fragment(text, frozenset({"melanoma", "kra", "kras"}), size)
    if found is not None:
        shown, start, spans = found
        assert text[start : start + len(shown)] == shown
        assert spans
        assert len(shown) <= size + 64
        assert all(shown[first:last].strip() for first, last in spans)
