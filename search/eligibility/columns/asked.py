"""Stored questions, read when they are looked at."""

from __future__ import annotations

import lzma
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from search.eligibility.codec import decode_criteria, encode_criteria
from search.eligibility.columns.questions import AskedWords, Question, stand_in
from search.eligibility.columns.tables import Ints, Questions
from search.eligibility.criterion import Criteria, Criterion, Evidence, Fact, Requirement, Section

REQUIREMENTS = tuple(Requirement)
SECTIONS = tuple(Section)
_SMALL = [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 25}]
"""Trials repeat each other's sentences far apart: a wide window saves a fifth of what zlib takes, in twice its time."""
_MOST_KEPT = 40_000
"""Criteria that are kept once they were made."""


class Asked(Sequence[Question]):
    """The questions of an index, by number."""

    def __init__(self, stored: Questions) -> None:
        self._stored = stored
        self._criteria: dict[int, Criterion] = {}
        self.facts: list[Fact] = [item.fact for item in decode_criteria(stored.facts, "").items]

    @cached_property
    def _words(self) -> bytes:
        return lzma.decompress(self._stored.words)

    @cached_property
    def _ends(self) -> Ints:
        return np.cumsum(self._stored.lengths, dtype=np.int32)

    def clause(self, number: int) -> str:
        """The clause of a question."""
        return self._words[self._ends[2 * number] : self._ends[2 * number + 1]].decode()

    def _quote(self, number: int) -> str:
        end = int(self._ends[2 * number])
        return self._words[end - int(self._stored.lengths[2 * number]) : end].decode()

    def __len__(self) -> int:
        return len(self._stored.fact)

    def __getitem__(self, number: int) -> Question:  # type: ignore[override]
        return Question(
            self.facts[self._stored.fact[number]],
            REQUIREMENTS[self._stored.requirement[number]],
            SECTIONS[self._stored.section[number]],
            self._quote(number),
            self.clause(number),
        )

    @cached_property
    def words(self) -> AskedWords:
        """Their words."""
        return AskedWords(clauses=self.clause)

    def fact(self, number: int) -> Fact:
        """The fact of a question, without its words."""
        return self.facts[int(self._stored.fact[number])]

    def criterion(self, number: int) -> Criterion:
        """A criterion that asks a question; `words` knows its words."""
        known = self._criteria.get(number)
        if known is None:
            if len(self._criteria) >= _MOST_KEPT:
                self._criteria.clear()
            known = self._criteria[number] = stand_in(self[number], number)
        return known

    @cached_property
    def by_kind(self) -> Mapping[str, Ints]:
        """Numbers of the questions of each kind."""
        kinds = sorted({fact.kind for fact in self.facts})
        of_fact = np.array([kinds.index(fact.kind) for fact in self.facts], dtype=np.uint8)
        own = of_fact[self._stored.fact]
        return {kind: np.flatnonzero(own == place).astype(np.int32) for place, kind in enumerate(kinds)}


def stored_facts(facts: Sequence[Fact]) -> bytes:
    """Facts as bytes."""
    nowhere = Evidence(0, 0, "")
    items = tuple(Criterion(fact, Requirement.REQUIRED, Section.INCLUSION, nowhere, 0) for fact in facts)
    return encode_criteria(Criteria((), items))


def stored_words(questions: Sequence[Question]) -> tuple[bytes, Ints]:
    """Quotes and clauses as bytes, and their lengths."""
    texts = [text.encode() for one in questions for text in (one.quote, one.clause)]
    return lzma.compress(b"".join(texts), filters=_SMALL), np.array([len(text) for text in texts], dtype=np.int32)
