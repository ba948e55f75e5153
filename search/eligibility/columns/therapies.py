"""Questions for prior therapies, by the names asked for: those of which nothing was given are answered alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.eligibility.assessment import Truth
from search.eligibility.columns.answers import Answers
from search.eligibility.columns.likeness import of_treatments
from search.eligibility.columns.recent import Recent
from search.eligibility.columns.tables import Ints
from search.eligibility.criterion import Fact, PriorTherapy
from search.eligibility.judge.therapy import held
from search.eligibility.known import Known


class Therapies:
    """Questions for prior therapies.

    Args:
        numbers: of these questions.
        facts: their facts.
    """

    def __init__(self, numbers: Ints, facts: Sequence[Fact]) -> None:
        self._numbers = numbers
        places: dict[str, int] = {}
        self._owners: list[int] = []
        self._named: list[int] = []
        for place, fact in enumerate(facts):
            assert isinstance(fact, PriorTherapy)
            for name in fact.therapies:
                self._owners.append(place)
                self._named.append(places.setdefault(name, len(places)))
        self._names = list(places)
        self._owner = np.array(self._owners, dtype=np.int32)
        self._touched: Recent[NDArray[np.bool_]] = Recent()
        self._name = np.array(self._named, dtype=np.int32)

    def answer(self, answers: Answers) -> None:
        """Let the judge answer for a patient whose treatments are told."""
        touched = self._touched.of(of_treatments(answers.known), lambda: self._that_may_be_held(answers.known))
        answers.given[self._numbers[touched]] = True
        answers.ask_one_for_all(self._numbers[~touched])
        answers.ask(self._numbers[touched].tolist())

    def _that_may_be_held(self, known: Known) -> NDArray[np.bool_]:
        had = [any(held(name, item) is not Truth.NOT_MET for item in known.treatments) for name in self._names]
        touched: NDArray[np.bool_] = np.zeros(len(self._numbers), dtype=np.bool_)
        touched[self._owner[np.array(had, dtype=np.bool_)[self._name]]] = True
        return touched
