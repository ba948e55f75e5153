"""Rows: a question with all that turns its judgement into a criterion's assessment, once for all trials alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from search.eligibility import exceptions
from search.eligibility.columns.questions import Question, question_of
from search.eligibility.context import TrialWords
from search.eligibility.criterion import Criterion, Fact, PriorTherapy, Requirement, Section
from search.eligibility.logic import excepting_words, may_permit, only_in_some_form, only_lists, said_of

T = TypeVar("T")
NEVER_SAVED, LEFT_OPEN = -1, -2
"""In the place of an exception's number: there is none; there is one that is never understood."""


@dataclass(slots=True)
class Interned(Generic[T]):
    """Values, numbered in the order of their first coming."""

    values: list[T] = field(default_factory=list)
    numbers: dict[T, int] = field(default_factory=dict)

    def number(self, value: T) -> int:
        """The value's number."""
        known = self.numbers.get(value)
        if known is None:
            known = self.numbers[value] = len(self.values)
            self.values.append(value)
        return known


class Turn(NamedTuple):
    """What `settle` looks at of a criterion and of its text, whoever the patient is; the confidence stands apart."""

    kind: type[Fact]
    requirement: Requirement
    section: Section
    excepted: bool
    """An exception was read."""
    asked_of_some: bool
    only_lists: bool
    may_be_open: bool
    """Allowed in some form only."""


class Row(NamedTuple):
    """Numbers of a row's parts."""

    question: int
    turn: int
    said_of: int
    """Of the diseases that it is said of; -1 for all."""
    permit: int
    """Of what may excuse it elsewhere in the text; -1 for nothing."""
    exception: int
    confidence: float


Permit = tuple[int, tuple[int, ...]]
"""What is forbidden, and what is allowed that may excuse it: numbers of questions."""
Exception_ = tuple[int, str]
"""A question, and the words of its exception."""


@dataclass(slots=True)
class RowTable:
    """Rows and their parts while they are gathered."""

    questions: Interned[Question] = field(default_factory=Interned)
    turns: Interned[Turn] = field(default_factory=Interned)
    leaves: Interned[frozenset[str]] = field(default_factory=Interned)
    permits: Interned[Permit] = field(default_factory=Interned)
    exceptions: Interned[Exception_] = field(default_factory=Interned)
    rows: Interned[Row] = field(default_factory=Interned)

    def row(self, criterion: Criterion, words: TrialWords, allowed: Sequence[Criterion]) -> int:
        """The number of a criterion's row.

        Args:
            criterion: the criterion.
            words: its trial's.
            allowed: what its scope states as acceptable.
        """
        question = self.questions.number(question_of(criterion, words))
        fact, requirement = criterion.fact, criterion.requirement
        idle = requirement is Requirement.ALLOWED
        asks_therapy = requirement is Requirement.REQUIRED and isinstance(fact, PriorTherapy)
        turn = Turn(
            type(fact),
            requirement,
            criterion.section,
            criterion.exception is not None and not idle,
            asks_therapy and words.premise(criterion) is not None,
            asks_therapy and only_lists(criterion, words),
            idle and only_in_some_form(criterion, words),
        )
        named = frozenset() if idle else said_of(criterion, words)
        permits = (
            ()
            if requirement is not Requirement.PROHIBITED
            else tuple(one for one in allowed if one.fact.kind == fact.kind and may_permit(one, criterion))
        )
        row = Row(
            question,
            self.turns.number(turn),
            self.leaves.number(named) if named else -1,
            self._permit(question, permits, words) if permits else -1,
            NEVER_SAVED if idle else self._exception(question, criterion, words),
            criterion.confidence,
        )
        return self.rows.number(row)

    def _permit(self, question: int, allowed: Sequence[Criterion], words: TrialWords) -> int:
        others = tuple(self.questions.number(question_of(one, words)) for one in allowed)
        return self.permits.number((question, others))

    def _exception(self, question: int, criterion: Criterion, words: TrialWords) -> int:
        excepting = excepting_words(criterion, words)
        if excepting is None:
            return NEVER_SAVED
        heeded = exceptions.heeded(criterion.fact, excepting)
        return LEFT_OPEN if heeded is None else self.exceptions.number((question, heeded))
