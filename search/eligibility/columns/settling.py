"""From judgements to assessments, row by row: `logic.settle`, asked once for each combination that occurs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from search.config import DEFAULT_CONFIG
from search.eligibility.columns.answers import Answers
from search.eligibility.columns.asked import Asked
from search.eligibility.columns.coding import CODES, SILENCES, assessment_code, essential, judgement_of
from search.eligibility.columns.excusing import Excusing
from search.eligibility.columns.rows import NEVER_SAVED, Turn
from search.eligibility.columns.tables import Bytes, Ints, Rows
from search.eligibility.columns.vocabularies import Vocabularies, criterion_of
from search.eligibility.criterion import Condition
from search.eligibility.known import Known
from search.eligibility.logic import settle, told_plainly
from search.eligibility.policy import Silence

_SAVED: tuple[bool | None, ...] = (False, True, None)
_FALSE, _TRUE, _OPEN = 0, 1, 2
_CONTEXTS = tuple(product(_SAVED, (False, True), (False, True)))
"""Saved, of others, and permitted (of what is allowed: whether its form is open), by number."""
_WIDTH = len(_CONTEXTS) * CODES * len(SILENCES)
_SURE = (0.0, 1.0)
"""Of the confidence only whether it is enough for a hard failure is looked at."""
_UNFILLED = 255
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Surroundings that are told."""

    turn: Turn
    meaning: Silence
    context: tuple[bool | None, bool, bool]

    def form_open(self) -> bool:
        """As told."""
        return self.context[2]

    def of_others(self) -> bool:
        """As told."""
        return self.context[1]

    def permitted(self) -> bool:
        """As told."""
        return self.context[2]

    def saved(self) -> bool | None:
        """As told."""
        return self.context[0]

    def silence(self) -> Silence:
        """As told."""
        return self.meaning

    def asked_of_some(self) -> bool:
        """By the turn."""
        return self.turn.asked_of_some

    def only_lists(self) -> bool:
        """By the turn."""
        return self.turn.only_lists


@dataclass(frozen=True, slots=True)
class Part:
    """Rows with what is alike for every patient; `exception`, `permit` and `form` are of the places before them."""

    question: Ints
    base: Ints
    """Where the row's turn and context begin in the table."""
    said_of: Ints
    excepted: Places
    exception: Ints
    permitting: Places
    permit: Ints
    formal: Places
    """Allowed in some form only."""
    form: NDArray[np.int16]


class Settling:
    """The rows of an index.

    Args:
        rows: them.
        asked: their questions.
        vocabularies: what their numbers mean.
    """

    def __init__(self, rows: Rows, asked: Asked, vocabularies: Vocabularies) -> None:
        self._vocabularies = vocabularies
        self._table: Bytes = np.full(len(vocabularies.turns) * len(_SURE) * _WIDTH, _UNFILLED, dtype=np.uint8)
        self._excusing = Excusing(asked, vocabularies)
        self._may_be_open = np.array([turn.may_be_open for turn in vocabularies.turns], dtype=np.bool_)
        formal = np.unique(rows.question[np.flatnonzero(self._may_be_open[rows.turn])])
        own = [(asked.fact(number), number) for number in formal.tolist()]
        self._forms = {fact.topic: asked.criterion(number) for fact, number in own if isinstance(fact, Condition)}
        topics = {topic: place for place, topic in enumerate(self._forms)}
        self._form: NDArray[np.int16] = np.full(len(asked), -1, dtype=np.int16)
        """Of each question its place in `_forms`; -1 of those that no row asks in some form only."""
        self._form[formal] = [topics[fact.topic] for fact, _ in own if isinstance(fact, Condition)]

    def part(self, rows: Rows) -> Part:
        """Rows of the index, ready for `settle`."""
        sure = rows.confidence >= DEFAULT_CONFIG.eligibility.hard_confidence
        base = (rows.turn.astype(np.int32) * len(_SURE) + sure) * np.int32(_WIDTH)
        base += np.where(rows.exception != NEVER_SAVED, np.int32(_OPEN * (_WIDTH // len(_SAVED))), np.int32(0))
        excepted = np.flatnonzero(rows.exception >= 0)
        permitting = np.flatnonzero(rows.permit >= 0)
        formal = np.flatnonzero(self._may_be_open[rows.turn])
        return Part(
            question=rows.question,
            base=base,
            said_of=rows.said_of,
            excepted=excepted,
            exception=rows.exception[excepted],
            permitting=permitting,
            permit=rows.permit[permitting],
            formal=formal,
            form=self._form[rows.question[formal]],
        )

    def settle(self, answers: Answers, part: Part) -> Bytes:
        """Codes of the rows' assessments, shape (rows,)."""
        heard = answers.judgements.astype(np.int32) * len(SILENCES) + answers.silences
        flat = heard[part.question]
        flat += part.base
        known = answers.known
        step = CODES * len(SILENCES)
        others = self._of_others(known)
        if others is not None:
            flat += (others * np.int32(2 * step))[part.said_of]
        flat[part.formal] += step * self._form_open(known)[part.form]
        self._add_permitted(answers, flat, part, step)
        self._add_saved(answers, flat, part, 4 * step)
        return self._looked_up(flat)

    def _looked_up(self, flat: NDArray[np.int32]) -> Bytes:
        codes = self._table[flat]
        unfilled = codes == _UNFILLED
        if unfilled.any():
            for place in np.unique(flat[unfilled]).tolist():
                self._table[place] = self._settled(place)
            codes = self._table[flat]
        return codes

    def _settled(self, place: int) -> int:
        turn_number, rest = divmod(place, len(_SURE) * _WIDTH)
        sure, rest = divmod(rest, _WIDTH)
        context, rest = divmod(rest, CODES * len(SILENCES))
        code, meaning = divmod(rest, len(SILENCES))
        turn = self._vocabularies.turns[turn_number]
        around = _Fixed(turn, SILENCES[meaning], _CONTEXTS[context])
        return assessment_code(essential(settle(criterion_of(turn, _SURE[sure]), judgement_of(code), around)))

    def _of_others(self, known: Known) -> NDArray[np.int32] | None:
        if known.cancers is None:
            return None
        apart = [leaves.isdisjoint(known.cancers) for leaves in self._vocabularies.said_of]
        return np.array([*apart, False], dtype=np.int32)  # -1 is the last: said of all

    def _form_open(self, known: Known) -> NDArray[np.int32]:
        plain = [told_plainly(criterion, known) for criterion in self._forms.values()]
        return np.array([*plain, False], dtype=np.int32)

    def _differs(self, flat: NDArray[np.int32], *steps: int) -> NDArray[np.bool_]:
        """Where another context gives another assessment."""
        own = self._looked_up(flat)
        found = np.zeros(len(flat), dtype=np.bool_)
        for step in steps:
            found |= self._looked_up(flat + np.int32(step)) != own
        return found

    def _add_permitted(self, answers: Answers, flat: NDArray[np.int32], part: Part, step: int) -> None:
        """Permissions, where one can hold and something is left that it could excuse."""
        near = np.flatnonzero(self._excusing.may_permit(answers)[part.permit])
        matter = near[self._differs(flat[part.permitting[near]], step)]
        numbers, places = np.unique(part.permit[matter], return_inverse=True)
        found = self._excusing.permits(numbers.tolist(), answers)
        flat[part.permitting[matter]] += step * np.array(found, dtype=np.int32)[places]

    def _add_saved(self, answers: Answers, flat: NDArray[np.int32], part: Part, step: int) -> None:
        """Exceptions, where one is understood and something is left that it could save. Until here all are open."""
        near = np.flatnonzero(self._excusing.may_save(answers)[part.exception])
        matter = near[self._differs(flat[part.excepted[near]], -step, -2 * step)]
        numbers, places = np.unique(part.exception[matter], return_inverse=True)
        found = [_SAVED.index(one) - _OPEN for one in self._excusing.saves(numbers.tolist(), answers)]
        flat[part.excepted[matter]] += step * np.array(found, dtype=np.int32)[places]
