"""The stemmer against another implementation of the same algorithm, and the medical folding on top."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from search.stemming import fold_spelling, porter2, stem

_SUFFIXES = (
    "", "s", "es", "ed", "ing", "ingly", "edly", "ly", "ational", "ization", "iveness", "fulness", "ousness", "biliti",
    "bility", "able", "ement", "ment", "ent", "ion", "tion", "sion", "ism", "ist", "ologist", "ity", "ive", "ize",
    "ous", "al", "er", "ic", "ical", "icate", "ness", "ful", "y", "ies", "ied", "e", "ll", "eed", "sses", "us",
)  # fmt: skip


def _reference(words: Iterable[str]) -> list[str]:
    analyzer = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(tantivy.Filter.stemmer("english")).build()
    )
    return list(analyzer.analyze(" ".join(words)))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.text("abdeglmnorstuvyz", min_size=1, max_size=7), st.sampled_from(_SUFFIXES)), min_size=1))
def test_equals_the_snowball_english_stemmer(parts: list[tuple[str, str]]) -> None:
    words = [stem_ + suffix for stem_, suffix in parts]
    assert [porter2(word) for word in words] == _reference(words)


@pytest.mark.data
def test_equals_the_snowball_english_stemmer_on_registry_words(data_dir: Path) -> None:
    words: set[str] = set()
    with gzip.open(data_dir / "ctgov" / "criteria_texts.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            words.update(re.findall(r"[a-z]+", line.lower()))
    ordered = sorted(words)
    assert len(ordered) > 5000
    assert [porter2(word) for word in ordered] == _reference(ordered)


@pytest.mark.parametrize(
    "word",
    ["kras", "nras", "gnas", "aids", "ewing", "egfr", "met", "ras", "osimertinib", "pembrolizumab", "docetaxel", "her"],
)
def test_names_are_left_alone(word: str) -> None:
    assert stem(word) == word


@pytest.mark.parametrize(
    "word", ["disease", "exercise", "promise", "raised", "noised", "revised", "bruising", "gastroesophageal", "phase"]
)
def test_no_british_spelling_is_seen_where_there_is_none(word: str) -> None:
    assert fold_spelling(word) == word
