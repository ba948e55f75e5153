"""What the judges say of one patient, question by question, while it is gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from search.eligibility.assessment import Truth
from search.eligibility.columns.asked import Asked
from search.eligibility.columns.coding import SILENCE_NUMBER, judgement_code
from search.eligibility.columns.tables import Ints, Judged
from search.eligibility.judge.dispatch import judge
from search.eligibility.known import Known
from search.eligibility.policy import Silence, silence

Answer = tuple[int, int, int]
"""Codes of judgement and silence, number of the missing facts."""


Mask = NDArray[np.bool_]


class Answers:
    """Judgements by question, from the silent patient's on; asks the real judges for what differs.

    Args:
        asked: the questions.
        known: the patient.
        start: what to begin with; it is copied.
        missing: lists of missing facts by number; those that are new are numbered on.
        wanted: by question, whether its answer matters; None where all do. `ask` leaves the others out.
    """

    def __init__(
        self, asked: Asked, known: Known, start: Judged, missing: Sequence[tuple[str, ...]], wanted: Mask | None = None
    ) -> None:
        self._asked = asked
        self.known = known
        self.start = start
        self.wanted = wanted
        self.judgements = start.judgements.copy()
        self.silences = start.silences.copy()
        self.missing = start.missing.copy()
        self.given: NDArray[np.bool_] = np.zeros(len(asked), dtype=np.bool_)
        """Of prior therapies: whether a treatment may have held one of them."""
        self._names = missing
        self._numbers: dict[tuple[str, ...], int] = {}
        self._new: list[tuple[str, ...]] = []

    @property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Lists of missing facts by number."""
        return (*self._names, *self._new)

    @property
    def new(self) -> list[tuple[str, ...]]:
        """Those of them that are new."""
        return list(self._new)

    def judged(self) -> Judged:
        """The judgements so far."""
        return Judged(self.judgements, self.silences, self.missing)

    def ask(self, numbers: Iterable[int]) -> None:
        """Let the judges of questions answer."""
        wanted = self.wanted
        for number in numbers:
            if wanted is not None and not wanted[number]:
                continue
            self.judgements[number], self.silences[number], self.missing[number] = self.answer(int(number))

    def ask_one_for_all(self, numbers: Ints) -> None:
        """Let the judge of the first of several questions answer for all, which no judge tells apart."""
        if len(numbers):
            self.judgements[numbers], self.silences[numbers], self.missing[numbers] = self.answer(int(numbers[0]))

    def answer(self, number: int) -> Answer:
        """What the judge of a question says."""
        criterion = self._asked.criterion(number)
        words = self._asked.words
        judgement = judge(criterion, self.known, words)
        open_ = judgement.holds is Truth.UNKNOWN
        meaning = silence(criterion, judgement, self.known, words.clause(criterion)) if open_ else Silence.WAIVE
        return judgement_code(judgement), SILENCE_NUMBER[meaning], self.lacking(judgement.missing)

    def put(self, numbers: Ints, other: Judged) -> None:
        """Take questions' answers from elsewhere."""
        self.judgements[numbers] = other.judgements[numbers]
        self.silences[numbers] = other.silences[numbers]
        self.missing[numbers] = other.missing[numbers]

    def lacking(self, names: tuple[str, ...]) -> int:
        """The number of a list of missing facts."""
        if not self._numbers:
            self._numbers = {known: number for number, known in enumerate(self._names)}
        number = self._numbers.get(names)
        if number is None:
            number = self._numbers[names] = len(self._names) + len(self._new)
            self._new.append(names)
        return number
