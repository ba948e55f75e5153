"""Answers to the questions of a kind, kept for patients who are alike in all that they depend on.

A person who comes back with one more fact is alike in all others: only that fact's questions are asked again. What is
kept is where the answers differ from those of the silent patient, some kilobytes a kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.eligibility.columns.answers import Answers, Mask
from search.eligibility.columns.likeness import LIKENESS
from search.eligibility.columns.recent import Recent
from search.eligibility.columns.tables import Bytes, Ints, Judged


@dataclass(frozen=True, slots=True)
class _Kept:
    asked: Bytes | None
    """Which questions of the kind were answered, as packed bits; None for all."""
    places: Ints
    """Questions that are answered otherwise than for the silent patient."""
    judged: Judged
    """Of these."""
    given: Ints
    """Questions that `Answers.given` holds of."""
    named: list[tuple[int, tuple[str, ...]]]
    """Questions that lack facts of which the index knows no list."""

    def put(self, answers: Answers) -> None:
        answers.judgements[self.places] = self.judged.judgements
        answers.silences[self.places] = self.judged.silences
        answers.missing[self.places] = self.judged.missing
        answers.given[self.given] = True
        for number, names in self.named:
            answers.missing[number] = answers.lacking(names)


class Remembered:
    """The last answers. Safe from several threads."""

    def __init__(self) -> None:
        self._kept: Recent[_Kept] = Recent()

    def ask(self, kind: str, numbers: Ints, answers: Answers, ask: Callable[[Answers], None]) -> None:
        """Answer the questions of a kind, from memory where a patient was like this one.

        Args:
            kind: a key of `likeness.LIKENESS`.
            numbers: all questions of the kind.
            answers: to be completed.
            ask: completes them.
        """
        key = (kind, LIKENESS[kind](answers.known))
        found = self._kept.get(key)
        wanted = answers.wanted
        own = np.ones(len(numbers), dtype=np.bool_) if wanted is None else wanted[numbers]
        done = np.zeros(len(numbers), dtype=np.bool_)
        if found is not None:
            if found.asked is None:
                found.put(answers)
                return
            done = np.unpackbits(found.asked, count=len(numbers)).astype(np.bool_)
            if not (own & ~done).any():
                found.put(answers)
                return
        self._complete(numbers[done], answers, ask, found)
        self._kept.keep(key, _kept(numbers, own | done, answers))

    @staticmethod
    def _complete(done: Ints, answers: Answers, ask: Callable[[Answers], None], found: _Kept | None) -> None:
        """Ask for all that is wanted and not answered yet."""
        wanted = answers.wanted
        if found is None:
            ask(answers)
            return
        answers.wanted = np.ones(len(answers.given), dtype=np.bool_) if wanted is None else wanted.copy()
        answers.wanted[done] = False
        ask(answers)
        answers.wanted = wanted
        answers.put(done, answers.start)
        found.put(answers)


def _kept(numbers: Ints, asked: Mask, answers: Answers) -> _Kept:
    """What is to be kept of answers; those that were not asked for may be anything, and are left out."""
    start = answers.start
    differs: NDArray[np.bool_] = answers.judgements[numbers] != start.judgements[numbers]
    differs |= answers.silences[numbers] != start.silences[numbers]
    differs |= answers.missing[numbers] != start.missing[numbers]
    places = numbers[differs & asked]
    judged = Judged(answers.judgements[places], answers.silences[places], answers.missing[places])
    # Lists of facts that no other patient's answers know have numbers that hold for these answers alone.
    new = places[judged.missing >= len(answers.names) - len(answers.new)].tolist()
    named = [(number, answers.names[answers.missing[number]]) for number in new]
    whole = bool(asked.all())
    given = numbers[answers.given[numbers]]
    return _Kept(None if whole else np.packbits(asked), places, judged, given, named)
