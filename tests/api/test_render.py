from __future__ import annotations

import pytest
from markupsafe import Markup

from api import labels, render
from api.text import render_result
from search.index.base import Manifest
from search.query import Query
from search.results import Highlight, Hit, SearchResult
from search.trial import DateStruct, Eligibility, Intervention, OverallStatus, PartialDate, Phase, Trial


@pytest.mark.parametrize(
    ("text", "spans", "html"),
    [
        ("lung cancer", [(0, 4)], "<mark>lung</mark> cancer"),
        ("a<b & c", [(0, 3)], "<mark>a&lt;b</mark> &amp; c"),
        ("abcdef", [(2, 4), (0, 3)], "<mark>abc</mark><mark>d</mark>ef"),
        ("abc", [(2, 99), (5, 9), (1, 1)], "ab<mark>c</mark>"),
        ("abc", [], "abc"),
        ("β-catenin", [(0, 9)], "<mark>β-catenin</mark>"),
    ],
)
def test_marks_are_safe_whatever_the_spans(text: str, spans: list[tuple[int, int]], html: str) -> None:
    assert render.mark(text, spans) == Markup(html)


def test_a_field_takes_only_its_own_fragments() -> None:
    highlights = (
        Highlight("conditions", "cancer", 5, ((0, 6),), item=1),
        Highlight("conditions", "other", 0, ((0, 5),), item=1),
        Highlight("title", "cancer", 5, ((0, 6),)),
    )
    assert render.mark_field("lung cancer", highlights, "conditions", 1) == Markup("lung <mark>cancer</mark>")
    assert render.mark_field("lung cancer", highlights, "conditions", 0) == Markup("lung cancer")


def test_snippets_read_escapes_and_keep_the_marks_in_place() -> None:
    criteria = "Inclusion: any age \\>= 18 and ANC \\> 1.5 today"
    trial = Trial("NCT99000001", eligibility=Eligibility(criteria=criteria))
    start = criteria.index("age")
    fragment = "age \\>= 18 and ANC"
    spans = ((fragment.index("18"), fragment.index("18") + 2), (fragment.index("ANC"), len(fragment)))
    hit = Hit("NCT99000001", 1.0, trial, (Highlight("inclusion", fragment, start, spans),))
    (snippet,) = render.snippets(hit)
    assert snippet.html == Markup("… age &gt;= <mark>18</mark> and <mark>ANC</mark> …")
    begins = Hit("NCT99000001", 1.0, trial, (Highlight("inclusion", f"any {fragment}", start - 4, ()),))
    assert render.snippets(begins)[0].html.startswith("any age")  # nothing of the sentence is missing before it


def test_without_a_match_the_nearest_passage_or_the_summary_is_shown() -> None:
    trial = Trial("NCT99000001", brief_summary="word " * 100)
    assert render.snippets(Hit("NCT99000001", 1.0, trial, passage="near <it>"))[0].html == Markup("near &lt;it&gt;")
    (summary,) = render.snippets(Hit("NCT99000001", 1.0, trial))
    assert summary.html.endswith("word …")
    assert len(summary.html) < 270
    assert render.snippets(Hit("NCT99000002", 1.0, Trial("NCT99000002"))) == []


def test_eligibility_text_keeps_every_line_in_order() -> None:
    text = (
        "Inclusion Criteria:\r\n\r\n* first \\> 1\n   * inner\n      * innermost\n* second\n1. third\nloose\n  - dash"
    )
    lines = render.criteria_lines(text)
    assert [(line.kind, line.depth, line.text) for line in lines] == [
        ("heading", 0, "Inclusion Criteria:"),
        ("item", 0, "first > 1"),
        ("item", 1, "inner"),
        ("item", 2, "innermost"),
        ("item", 0, "second"),
        ("item", 0, "third"),
        ("text", 0, "loose"),
        ("item", 0, "dash"),
    ]
    assert lines[5].marker == "1."
    assert render.criteria_lines(None) == []


def test_names_in_sentences_become_code() -> None:
    assert render.codes("`a<b` is `odd") == Markup("<code>a&lt;b</code> is `odd")


def test_every_status_has_its_words() -> None:
    for status in OverallStatus:
        assert labels.status_label(status)
        assert labels.STATUS_SENTENCE[status.value]
        assert labels.status_tone(status) in {"open", "soon", "stopped", "closed"}
    assert labels.status_label(None) == "Status not stated"


@pytest.mark.parametrize(
    ("phases", "label"),
    [
        ((), None),
        ((Phase.PHASE3,), "Phase 3"),
        ((Phase.PHASE1, Phase.PHASE2), "Phase 1/2"),
        ((Phase.EARLY_PHASE1,), "Early phase 1"),
        ((Phase.NA,), "Phase not applicable"),
    ],
)
def test_phases_in_words(phases: tuple[Phase, ...], label: str | None) -> None:
    assert labels.phase_label(phases) == label


@pytest.mark.parametrize(
    ("date", "label"),
    [
        (PartialDate(2026), "2026"),
        (PartialDate(2026, 6), "Jun 2026"),
        (PartialDate(2026, 6, 5), "5 Jun 2026"),
        (DateStruct(PartialDate(2028, 1), actual=False), "Jan 2028 (expected)"),
        (DateStruct(PartialDate(2028, 1)), "Jan 2028"),
        (None, None),
    ],
)
def test_dates_keep_their_precision(date: PartialDate | DateStruct | None, label: str | None) -> None:
    assert labels.date_label(date) == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2026-01-27", "27 Jan 2026"),
        ("2026-01", "Jan 2026"),
        ("2026-01-27T10:00:00Z", "27 Jan 2026"),
        ("2026-99", "2026-99"),
        ("unknown", "unknown"),
        (None, None),
    ],
)
def test_time_stamps_are_read_or_left_alone(text: str | None, label: str | None) -> None:
    assert labels.iso_date_label(text) == label


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("18 Years", None, "18 years or older"),
        (None, "70 Years", "70 years or younger"),
        ("6 Months", "17 Years", "6 months to 17 years"),
        (None, None, "no age limit stated"),
    ],
)
def test_ages_in_words(low: str | None, high: str | None, words: str) -> None:
    trial = Trial("NCT99000001", eligibility=Eligibility(minimum_age=low, maximum_age=high))
    assert labels.age_label(trial) == words


def test_treatments_and_conditions_that_match_are_shown_first_and_other_names_follow() -> None:
    names = [Intervention(f"Drug {letter}") for letter in "abcdef"] + [
        Intervention("Osimertinib", other_names=("AZD9291",))
    ]
    trial = Trial("NCT99000001", interventions=tuple(names), conditions=tuple(f"Condition {n}" for n in range(9)))
    hit = Hit(
        "NCT99000001",
        1.0,
        trial,
        (
            Highlight("other_names", "AZD9291", 0, ((0, 7),), item=6),
            Highlight("conditions", "Condition 8", 0, ((0, 9),), item=8),
        ),
    )
    assert render.treatments(hit, 3) == ["Drug a", "Drug b", "Osimertinib (<mark>AZD9291</mark>)"]
    assert render.conditions(hit, 2) == ["Condition 0", "<mark>Condition</mark> 8"]


def test_keywords_are_shown_where_no_long_text_matches() -> None:
    highlights = tuple(Highlight("keywords", word, 0, ((0, 2),), item=n) for n, word in enumerate(("ab<c", "abd")))
    hit = Hit("NCT99000001", 1.0, Trial("NCT99000001", keywords=("ab<c", "abd")), highlights, passage="near")
    (snippet,) = render.snippets(hit)
    assert (snippet.caption, snippet.html) == ("Keywords", "<mark>ab</mark>&lt;c, <mark>ab</mark>d")


def test_a_terminal_is_given_nothing_to_obey() -> None:
    trial = Trial("NCT99000001", brief_title="T", brief_summary="a \x1b[31m red \\> 2 word")
    highlight = Highlight("summary", "a \x1b[31m red \\> 2", 0, ())
    manifest = Manifest("g1", 1, "", 1, 0, 0, 0, None, "", "", 8, "", True)
    text = render_result(
        SearchResult(Query(text="red"), (Hit("NCT99000001", 1.0, trial, (highlight,)),), 1, {}, manifest)
    )
    assert "\x1b" not in text
    assert "red > 2" in text
