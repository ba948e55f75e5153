"""Words of the first results beside those of the query."""

from __future__ import annotations

import pytest

from search.config import FeedbackConfig
from search.ranking.feedback import expanded

TERMS = (("egfr", 1.0), ("lung", 1.0))


def test_the_weight_of_the_query_is_kept_and_shared() -> None:
    config = FeedbackConfig(weight=0.4, terms=2)
    found = dict(expanded(TERMS, [(0.3, {"osimertinib": 3, "lung": 1}), (0.1, {"afatinib": 4})], config))
    assert sum(found.values()) == pytest.approx(2.0)
    assert set(found) == {"egfr", "lung", "osimertinib", "afatinib"}
    assert found["egfr"] == pytest.approx(0.6)
    # P(osimertinib) = .75 x .75, P(afatinib) = .25 x 1: in proportion they share 0.4 x 2.
    assert found["osimertinib"] / found["afatinib"] == pytest.approx(0.5625 / 0.25)


def test_a_word_of_the_query_gains_by_its_feedback() -> None:
    found = dict(expanded(TERMS, [(1.0, {"lung": 5, "egfr": 1})], FeedbackConfig(weight=0.5, terms=1)))
    assert found["lung"] == pytest.approx(0.5 + 1.0)
    assert found["egfr"] == pytest.approx(0.5)


def test_without_results_the_query_stays() -> None:
    assert expanded(TERMS, [], FeedbackConfig(weight=0.5)) == TERMS


def test_equal_words_are_taken_in_their_order() -> None:
    config = FeedbackConfig(weight=0.5, terms=2)
    found = dict(expanded(TERMS, [(1.0, {"c": 1, "b": 1, "a": 1})], config))
    assert {"a", "b"} <= set(found)
    assert "c" not in found
