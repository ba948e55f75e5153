"""One patient and all questions: which judges must answer anew, and which say what they say of the silent patient."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from search.eligibility.columns.answers import Answers, Mask
from search.eligibility.columns.asked import Asked
from search.eligibility.columns.likeness import LIKENESS
from search.eligibility.columns.remembered import Remembered
from search.eligibility.columns.tables import Ints, Questions
from search.eligibility.columns.therapies import Therapies
from search.eligibility.columns.wording import Wording
from search.eligibility.criterion import Biomarker, Condition, Lab
from search.eligibility.judge.biomarker import heeded_markers
from search.eligibility.judge.conditions import OF_WOMEN, is_listed
from search.eligibility.judge.labs import condition_holds
from search.eligibility.known import Known
from search.eligibility.matters import by_line, matter_of
from search.patient import ConditionFact
from search.terminology.analytes import analyte

_NONE = np.array([], dtype=np.int32)
KIDNEY = ("creatinine", "creatinine clearance", "eGFR")
"""One of them stated lets the silence of the others mean something else."""


class Judges:
    """The questions of an index, by what of a patient they depend on.

    Args:
        stored: the questions.
        asked: the same, to be read.
        missing: lists of missing facts by number.
    """

    def __init__(self, stored: Questions, asked: Asked, missing: Sequence[tuple[str, ...]]) -> None:
        self._stored = stored
        self._asked = asked
        self._missing = missing
        self._remembered = Remembered()
        self._wording = Wording(stored)

    def judge(self, known: Known, wanted: Mask | None = None) -> Answers:
        """What the judges say of a patient.

        Args:
            known: the patient.
            wanted: by question, whether its answer matters; None where all do.
        """
        answers = Answers(self._asked, known, self._stored.silent, self._missing, wanted)
        for kind in _depending(known):
            self._ask(kind, answers)
        self._matters(answers)
        return answers

    def _ask(self, kind: str, answers: Answers) -> None:
        numbers, own = self._of(kind), _OWN.get(kind)

        def ask(answers: Answers) -> None:
            if own is not None:
                own(self, answers)
            else:
                answers.ask(numbers.tolist())

        if kind in LIKENESS:
            self._remembered.ask(kind, numbers, answers, ask)
        else:
            ask(answers)

    def judge_all(self, known: Known) -> Answers:
        """The same without regard to what depends on what: every judge answers."""
        answers = Answers(self._asked, known, self._stored.silent, self._missing)
        answers.ask(range(len(self._asked)))
        return answers

    def _of(self, kind: str) -> Ints:
        return self._asked.by_kind.get(kind, _NONE)

    @cached_property
    def _therapies(self) -> Therapies:
        numbers = self._of("prior_therapy")
        return Therapies(numbers, [self._asked.fact(number) for number in numbers.tolist()])

    @cached_property
    def _by_matter(self) -> Mapping[str, Ints]:
        """Unread words by the deciding matter that they name; under "" those whose own words count."""
        found: dict[str, list[int]] = {}
        for number in self._stored.matters.tolist():
            matter = matter_of(self._asked[number].quote)
            shared = matter is not None and not by_line(matter)
            found.setdefault(matter.name if matter is not None and shared else "", []).append(number)
        return {name: np.array(numbers, dtype=np.int32) for name, numbers in found.items()}

    def _matters(self, answers: Answers) -> None:
        for name, numbers in self._by_matter.items():
            if name:
                answers.ask_one_for_all(numbers)
            else:
                answers.ask(numbers.tolist())

    @cached_property
    def _by_marker(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number in self._of("biomarker").tolist():
            fact = self._asked.fact(number)
            assert isinstance(fact, Biomarker)
            for marker in heeded_markers(fact):
                found.setdefault(marker, []).append(number)
        return found

    def _of_markers(self, told: Iterable[str]) -> list[int]:
        names = {part for name in told for part in (name, name.split("*", maxsplit=1)[0])}
        return sorted({number for name in names for number in self._by_marker.get(name, ())})

    @cached_property
    def _by_analyte(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number in self._of("lab").tolist():
            fact = self._asked.fact(number)
            assert isinstance(fact, Lab)
            row = analyte(fact.analyte)
            found.setdefault(row.name if row is not None else fact.analyte, []).append(number)
        return found

    @cached_property
    def _by_limit(self) -> Mapping[str, list[int]]:
        """Laboratory questions by the condition that their threshold holds under."""
        found: dict[str, list[int]] = {}
        for number in self._of("lab").tolist():
            fact = self._asked.fact(number)
            assert isinstance(fact, Lab)
            if fact.condition is not None:
                found.setdefault(fact.condition, []).append(number)
        return found

    def _biomarkers(self, answers: Answers) -> None:
        answers.ask(self._of_markers({*answers.known.markers, *answers.known.patient.panels}))

    def _prior_therapies(self, answers: Answers) -> None:
        self._therapies.answer(answers)

    def _labs(self, answers: Answers) -> None:
        known = answers.known
        names = set(known.labs)
        if names & set(KIDNEY):
            names |= set(KIDNEY)
        for condition, numbers in self._by_limit.items():
            if condition_holds(condition, known) is not None:
                answers.ask(numbers)
        for name in sorted(names):
            answers.ask(self._by_analyte.get(name, ()))

    @cached_property
    def _by_topic(self) -> Mapping[str, Ints]:
        found: dict[str, list[int]] = {}
        for number in self._of("condition").tolist():
            fact = self._asked.fact(number)
            assert isinstance(fact, Condition)
            found.setdefault(fact.topic.lower(), []).append(number)
        return {topic: np.array(numbers, dtype=np.int32) for topic, numbers in found.items()}

    def _conditions(self, answers: Answers) -> None:
        patient = answers.known.patient
        told: dict[str, list[ConditionFact]] = {}
        for one in patient.conditions:
            told.setdefault(one.topic.lower(), []).append(one)
        again: set[int] = set()
        for topic, facts in told.items():
            own = self._by_topic.get(topic, _NONE)
            if len(facts) == 1 and facts[0].detail is None:
                answers.put(own, self._stored.present if facts[0].present else self._stored.absent)
            else:
                again.update(own.tolist())
            if not is_listed(topic):
                for one in facts:
                    again.update(self._wording.that_may_name(one))
        if patient.sex is not None and patient.sex.value == "male":
            for topic in OF_WOMEN:
                own = self._by_topic.get(topic, _NONE)
                again.difference_update(own.tolist())
                answers.ask_one_for_all(own)
        answers.ask(sorted(again))


def _depending(known: Known) -> list[str]:
    """Kinds of which a question may be answered otherwise than for the silent patient."""
    patient = known.patient
    disease = patient.cancer or patient.stage or patient.tnm or patient.extents or patient.treatments
    reasons = {
        "age": patient.age,
        "sex": patient.sex,
        "cancer": patient.cancer,
        "performance": patient.performance or patient.age,
        "stage": disease,
        "extent": disease,
        "cns": disease or patient.cns or patient.conditions,
        "line_count": patient.lines or patient.treatments,
        "prior_therapy": patient.treatments,
        "biomarker": known.markers or patient.panels,
        "lab": True,
        "condition": True,
    }
    return [kind for kind, reason in reasons.items() if reason]


_OWN: Mapping[str, Callable[[Judges, Answers], None]] = {
    "biomarker": Judges._biomarkers,
    "condition": Judges._conditions,
    "lab": Judges._labs,
    "prior_therapy": Judges._prior_therapies,
}
"""Kinds of which not every question is asked again."""
