"""The view that patterns match on: easy to match, and as long as the text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.extraction.normal import fold, plain, with_line_ends


def test_signs_that_were_read_byte_by_byte_become_signs() -> None:
    assert (
        plain("bilirubin \u00e2\u2030\u00a4 1.5, ANC \u00e2\u2030\u00a5 1") == "bilirubin \u2264   1.5, ANC \u2265   1"
    )


def test_full_width_forms_and_escapes() -> None:
    assert plain("\uff21\uff2e\uff23 \\\u2265\u00a0\uff11") == "ANC  \u2265 1"


@given(st.text(st.one_of(st.characters(), st.sampled_from("\u00e2\u2030\u00a4\\\u00b7\u0387\u03bc\u00b5"))))
def test_views_keep_every_offset_and_are_their_own_view(text: str) -> None:
    view = plain(text)
    assert len(view) == len(text)
    assert len(fold(view)) == len(text)
    assert plain(view) == view


def test_the_order_of_characters_decides_nothing() -> None:
    for text in ("\u0387\u00b7", "\u00b7\u0387"):
        assert plain(text) == "**"


@given(st.text(st.sampled_from("~;: \nab")))
def test_marks_for_line_ends_keep_every_offset(text: str) -> None:
    view = with_line_ends(text)
    assert len(view) == len(text)
    assert all(new == old or (old in "~;" and new == "\n") for new, old in zip(view, text, strict=True))


def test_few_marks_are_words_of_the_text() -> None:
    assert with_line_ends("~3 weeks; ~4 weeks") == "~3 weeks; ~4 weeks"
    assert with_line_ends("a~b~c~d") == "a\nb\nc\nd"
    assert with_line_ends("Criteria:;  a;  b;  c") == "Criteria:\n  a\n  b\n  c"
