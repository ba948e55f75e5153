"""What is said of every patient alike, worked out when criteria are compiled: of silence, and of plain yes and no."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from search.eligibility.columns.answers import Answers
from search.eligibility.columns.asked import Asked
from search.eligibility.columns.questions import Question
from search.eligibility.columns.tables import Ints, Judged, Questions
from search.eligibility.criterion import Condition, Opaque
from search.eligibility.known import known as known_of
from search.patient import ConditionFact, Patient


def beforehand(
    stored: Questions, questions: Sequence[Question], missing: list[tuple[str, ...]]
) -> tuple[Judged, Judged, Judged]:
    """Answers for the silent patient, and for one who only has, or only has not, the condition that is asked for.

    Args:
        stored: the questions.
        questions: the same.
        missing: lists of missing facts by number; those that come up are added.
    """
    reader, nothing = Asked(stored), stored.silent
    answers = Answers(reader, known_of(Patient()), nothing, missing)
    matters = frozenset(stored.matters.tolist())
    for alike in _groups(questions, matters):
        answers.ask_one_for_all(alike)
    missing += answers.new
    silent = answers.judged()
    topics: dict[str, list[Ints]] = {}
    for alike in _groups(questions, matters):
        fact = questions[int(alike[0])].fact
        if isinstance(fact, Condition):
            topics.setdefault(fact.topic, []).append(alike)
    present, absent = silent, silent
    for topic, groups in topics.items():
        has = Answers(reader, known_of(Patient(conditions=(ConditionFact(topic, True),))), present, missing)
        has.ask(np.concatenate(groups).tolist())
        missing += has.new
        present = has.judged()
        lacks = Answers(reader, known_of(Patient(conditions=(ConditionFact(topic, False),))), absent, missing)
        for alike in groups:
            lacks.ask_one_for_all(alike)
        missing += lacks.new
        absent = lacks.judged()
    return silent, present, absent


def _groups(questions: Sequence[Question], matters: frozenset[int]) -> list[Ints]:
    """Questions that silence and a plain no answer alike: their words make no difference."""
    found: dict[Hashable, list[int]] = {}
    for number, question in enumerate(questions):
        alike: Hashable = number
        if isinstance(question.fact, Condition):
            alike = (question.fact.topic, question.requirement)
        elif isinstance(question.fact, Opaque) and number not in matters:
            alike = question.requirement
        found.setdefault(alike, []).append(number)
    return [np.array(numbers, dtype=np.int32) for numbers in found.values()]
