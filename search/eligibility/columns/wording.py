"""Which conditions and unread words may name something that a patient has under words of its own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from search.eligibility.columns.asked import Asked
from search.eligibility.columns.postings import PostingsReader, stored_postings
from search.eligibility.columns.tables import Postings, Questions
from search.eligibility.context import telling
from search.eligibility.criterion import Condition, Requirement
from search.eligibility.judge.conditions import read_words
from search.patient import ConditionFact
from search.terminology.therapies import find_therapies, is_a

_NONE = np.array([], dtype=np.int32)


class Wording:
    """Questions by their telling words and by the therapies that they name.

    Args:
        stored: the questions.
    """

    def __init__(self, stored: Questions) -> None:
        self._stored = stored

    def that_may_name(self, told: ConditionFact) -> set[int]:
        """Questions whose judges look at a condition that is no topic of theirs."""
        found = self._by_word.common(telling(told.topic))
        for drug in {mention.name for mention in find_therapies(told.detail or "", typed=True)}:
            for name in self._by_therapy.names:
                if is_a(drug, name):
                    found.update(self._by_therapy.get(name).tolist())
        return found

    @cached_property
    def _by_word(self) -> PostingsReader:
        return PostingsReader(self._stored.telling)

    @cached_property
    def _by_therapy(self) -> PostingsReader:
        return PostingsReader(self._stored.therapies)


def by_telling_word(asked: Asked) -> Postings:
    """Questions for conditions by the telling words of what is read; of unread words those that forbid."""
    found: dict[str, list[int]] = {}
    for number in asked.by_kind.get("opaque", _NONE).tolist():
        question = asked[number]
        if question.requirement is Requirement.PROHIBITED:  # no other makes a difference
            for word in telling(question.quote):
                found.setdefault(word, []).append(number)
    for number, words in _conditions(asked):
        for word in telling(words):
            found.setdefault(word, []).append(number)
    return stored_postings(found)


def by_therapy(asked: Asked) -> Postings:
    """Questions for conditions by the therapies that they name."""
    found: dict[str, list[int]] = {}
    known: dict[str, set[str]] = {}
    for number, words in _conditions(asked):
        names = known.get(words)
        if names is None:
            names = known[words] = {mention.name for mention in find_therapies(words, typed=True)}
        for name in names:
            found.setdefault(name, []).append(number)
    return stored_postings(found)


def _conditions(asked: Asked) -> Iterator[tuple[int, str]]:
    """Questions for conditions, with all words that their judge reads."""
    words = asked.words
    for number in asked.by_kind.get("condition", _NONE).tolist():
        criterion = asked.criterion(number)
        assert isinstance(criterion.fact, Condition)
        near, clause = words.near(criterion), words.clause(criterion)
        yield number, read_words(criterion.fact, criterion.evidence.quote, near, clause).wide
