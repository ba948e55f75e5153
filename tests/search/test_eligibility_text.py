from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.eligibility_text import TextView, unescaped

# Texts dense in markup, so that escapes, entities and their neighbours meet in every order.
PIECES = st.sampled_from(["\\>", "\\<", "\\\\", "\\[", "\\a", "\\", "&lt;", "&amp;lt;", "&#8805;", "&#x3B1;", "&", ";"])
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r"ANC \> 1.5 x 10\^9/L", "ANC > 1.5 x 10^9/L"),
        (r"\[\] \* \_ \~ 1\. a\-b \( \) \|", "[] * _ ~ 1. a-b ( ) |"),
        (r"R\&D and \\", "R&D and \\"),
        (r"C:\new stays, so does \é", r"C:\new stays, so does \é"),
        ("a &lt; b &amp; c &#39;d&#39; &#8805; &#xB5;", "a < b & c 'd' ≥ µ"),
        ("twice &amp;lt; and &amp;amp;gt; thrice", "twice < and > thrice"),
        ("&gte; 2 and &Amp; and &LT;", "≥ 2 and & and <"),
        ("AT&T; &nosuch; &#0; &#xD800; & ;", "AT&T; &nosuch; &#0; &#xD800; & ;"),
        ("no markup: * a\r\n\u00a0 ≤ 3", "no markup: * a\r\n\u00a0 ≤ 3"),
        ("", ""),
        ("trailing \\", "trailing \\"),
    ],
)
def test_escapes_and_entities_are_read_and_nothing_else(raw: str, text: str) -> None:
    view = TextView.of(raw)
    assert (view.raw, view.text) == (raw, text)
    assert unescaped(raw) == text


def test_offsets_lead_back_to_the_raw_text() -> None:
    raw = r"Creatinine \<= 1.5 &amp;lt; x and 10\^9/L"
    view = TextView.of(raw)
    for needle, there in [("<= 1.5", r"\<= 1.5"), ("< x", "&amp;lt; x"), ("10^9", r"10\^9"), ("^", r"\^"), ("L", "L")]:
        start = view.text.index(needle)
        a, b = view.to_raw(start, start + len(needle))
        assert raw[a:b] == there
        assert view.to_text(a, b) == (start, start + len(needle))


def test_a_span_that_cuts_through_markup_covers_it_whole() -> None:
    view = TextView.of("a&#8805;b")
    assert view.text == "a≥b"
    assert view.to_text(3, 5) == (1, 2)
    assert view.to_raw(1, 2) == (1, 8)
    assert view.to_raw(1, 1) == (1, 1)
    assert view.to_raw(2, 2) == (8, 8)


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (2, 1), (0, 4)])
def test_a_span_outside_is_refused(start: int, end: int) -> None:
    view = TextView.of(r"\>ab")
    with pytest.raises(ValueError, match="does not lie in a text of length 3"):
        view.to_raw(start, end)


@given(TEXTS, st.data())
def test_every_span_comes_back(raw: str, data: st.DataObject) -> None:
    view = TextView.of(raw)
    assert view.text == unescaped(raw)
    start = data.draw(st.integers(0, len(view.text)))
    end = data.draw(st.integers(start, len(view.text)))
    a, b = view.to_raw(start, end)
    assert 0 <= a <= b <= len(raw)
    if start < end:
        assert view.to_text(a, b) == (start, end)


@given(TEXTS, st.data())
def test_every_raw_span_is_covered(raw: str, data: st.DataObject) -> None:
    view = TextView.of(raw)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    a, b = view.to_raw(*view.to_text(start, end))
    if start < end:
        assert a <= start
        assert b >= end


@given(TEXTS)
def test_the_raw_text_is_cut_without_gaps(raw: str) -> None:
    view = TextView.of(raw)
    spans = [view.to_raw(i, i + 1) for i in range(len(view.text))]
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    if spans:
        assert (spans[0][0], spans[-1][1]) == (0, len(raw))
