"""Exceptions and permissions: which of them can hold of a patient at all, so that only those are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.eligibility.columns.answers import Answers
from search.eligibility.columns.asked import Asked
from search.eligibility.columns.likeness import of_conditions, of_laboratory, of_treatments
from search.eligibility.columns.recent import Recent
from search.eligibility.columns.tables import Ints
from search.eligibility.columns.vocabularies import Vocabularies
from search.eligibility.context import telling
from search.eligibility.criterion import Condition, PriorTherapy
from search.eligibility.exceptions import exempt
from search.eligibility.known import Known
from search.eligibility.logic import permitted

Mask = NDArray[np.bool_]


class Excusing:
    """The exceptions and permissions of an index.

    Args:
        asked: the questions.
        vocabularies: exceptions and permissions by number.
    """

    def __init__(self, asked: Asked, vocabularies: Vocabularies) -> None:
        self._asked = asked
        self._exceptions = vocabularies.exceptions
        self._permits = vocabularies.permits
        self._saves: Recent[dict[int, bool | None]] = Recent()
        self._excuses: Recent[dict[int, bool | None]] = Recent()

    def saves(self, numbers: Sequence[int], answers: Answers) -> list[bool | None]:
        """Whether exceptions hold of the patient."""
        kept = self._kept(self._saves, answers.known)

        def saved(number: int) -> bool | None:
            question, words = self._exceptions[number]
            own = kept(question)
            if number not in own:
                own[number] = exempt(self._asked.criterion(question), words, answers.known)
            return own[number]

        return [saved(number) for number in numbers]

    def permits(self, numbers: Sequence[int], answers: Answers) -> list[bool | None]:
        """Whether what is allowed excuses what is forbidden."""
        kept = self._kept(self._excuses, answers.known)

        def permits(number: int) -> bool | None:
            forbidden, allowed = self._permits[number]
            own = kept(forbidden)
            if number not in own:
                may = [self._asked.criterion(one) for one in allowed]
                own[number] = permitted(self._asked.criterion(forbidden), answers.known, self._asked.words, may)
            return own[number]

        return [permits(number) for number in numbers]

    def _kept(self, recent: Recent[dict[int, bool | None]], known: Known) -> Callable[[int], dict[int, bool | None]]:
        """By question, what was worked out for patients alike in what the excuses of its kind depend on."""
        therapies = recent.of((of_treatments(known), of_conditions(known)), dict)
        conditions = recent.of(of_conditions(known), dict)
        others = recent.of((known.patient.cns, of_laboratory(known)), dict)

        def own(question: int) -> dict[int, bool | None]:
            fact = self._asked.fact(question)
            if isinstance(fact, PriorTherapy):
                return therapies
            return conditions if isinstance(fact, Condition) else others

        return own

    def may_save(self, answers: Answers) -> Mask:
        """By exception: whether it can be anything but not understood."""
        found = self._laboratory.copy()
        detailed = _detailed(answers)
        for topic, numbers in self._by_topic.items():
            if topic in detailed:
                found[numbers] = True
        therapies, questions = self._of_therapies
        found[therapies] = answers.given[questions]
        for one in answers.known.patient.conditions:
            if one.present:
                found[self._that_name(telling(one.topic))] = True
        return found

    def may_permit(self, answers: Answers) -> Mask:
        """By permission: whether it can hold."""
        found = self._disease.copy()
        detailed = _detailed(answers)
        for topic, numbers in self._permits_by_topic.items():
            if topic in detailed:
                found[numbers] = True
        owners, allowed = self._permitted_therapies
        found[owners[answers.given[allowed]]] = True
        return found

    @cached_property
    def _laboratory(self) -> Mask:
        """Exceptions of other kinds than conditions and therapies."""
        return self._others([question for question, _ in self._exceptions])

    @cached_property
    def _disease(self) -> Mask:
        """Permissions of other kinds than conditions and therapies."""
        return self._others([question for question, _ in self._permits])

    def _others(self, questions: Sequence[int]) -> Mask:
        found = (not isinstance(self._asked.fact(one), Condition | PriorTherapy) for one in questions)
        return np.fromiter(found, dtype=np.bool_, count=len(questions))

    @cached_property
    def _by_topic(self) -> Mapping[str, list[int]]:
        return self._topics([question for question, _ in self._exceptions])

    @cached_property
    def _permits_by_topic(self) -> Mapping[str, list[int]]:
        return self._topics([question for question, _ in self._permits])

    def _topics(self, questions: Sequence[int]) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, question in enumerate(questions):
            fact = self._asked.fact(question)
            if isinstance(fact, Condition):
                found.setdefault(fact.topic.lower(), []).append(number)
        return found

    @cached_property
    def _of_therapies(self) -> tuple[Ints, Ints]:
        """Exceptions of therapies, and their questions."""
        pairs = [
            (number, question)
            for number, (question, _) in enumerate(self._exceptions)
            if isinstance(self._asked.fact(question), PriorTherapy)
        ]
        return _pairs(pairs)

    @cached_property
    def _permitted_therapies(self) -> tuple[Ints, Ints]:
        """Permissions of therapies, each with every question that is allowed."""
        pairs = [
            (number, one)
            for number, (question, allowed) in enumerate(self._permits)
            if isinstance(self._asked.fact(question), PriorTherapy)
            for one in allowed
        ]
        return _pairs(pairs)

    @cached_property
    def _by_word(self) -> Mapping[str, frozenset[int]]:
        """Exceptions of therapies by their telling words."""
        found: dict[str, set[int]] = {}
        for number in self._of_therapies[0].tolist():
            for word in telling(self._exceptions[number][1]):
                found.setdefault(word, set()).add(number)
        return {word: frozenset(numbers) for word, numbers in found.items()}

    def _that_name(self, names: frozenset[str]) -> list[int]:
        posted = [self._by_word.get(name, frozenset()) for name in names]
        return sorted(frozenset.intersection(*posted)) if posted else []


def _detailed(answers: Answers) -> frozenset[str]:
    """Topics of which the patient told the form."""
    return frozenset(one.topic.lower() for one in answers.known.patient.conditions if one.detail)


def _pairs(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    found = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    return np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])
