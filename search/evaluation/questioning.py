"""How well questions are chosen: a patient who is known in full, asked from the beginning, over a pool of trials.

At first only a few facts are known. Each question reveals what the full profile says of its topic; what counts is how
many of the trials that the full profile rules out are ruled out after so many questions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from search.eligibility.asking import topic_of
from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment
from search.eligibility.criterion import Criteria
from search.eligibility.profile import read_profile
from search.eligibility.questions import Candidate, Question, next_questions
from search.patient import Patient
from search.trial import Trial

Fact = tuple[str, Mapping[str, object]]
"""A field of the profile (`labs.platelets`), and what it adds to a profile."""
Choose = Callable[[Sequence[Question]], Question]
"""Picks a question; they come best first."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """A trial of the pool with its retrieval score."""

    trial: Trial
    criteria: Criteria
    weight: float


@dataclass(frozen=True, slots=True)
class Course:
    """What happened: by number of questions, from none on, the shares of the finally ineligible that were ruled out."""

    ruled_out: tuple[float, ...]
    """Of all trials that the full profile rules out."""
    of_open: tuple[float, ...]
    """Of those among them that were not ruled out at the beginning."""
    wrongly: int
    """Trials that were ruled out on the way and are not by the full profile."""
    ineligible: int
    topics: tuple[str, ...]


def best(questions: Sequence[Question]) -> Question:
    """The question that the engine would ask."""
    return questions[0]


def most_frequent(questions: Sequence[Question]) -> Question:
    """The question that most trials ask, whatever it takes and tells."""
    return min(questions, key=lambda one: (-one.trials, one.topic))


def at_random(seed: int) -> Choose:
    """Any question."""
    dice = random.Random(seed)  # noqa: S311 - a draw that can be repeated, not a secret
    return lambda questions: dice.choice(sorted(questions, key=lambda one: one.topic))


def profile_of(facts: Iterable[Fact]) -> dict[str, object]:
    """A profile of facts: lists are strung together, objects merged, of anything else the last one holds."""
    found: dict[str, object] = {}
    for _, fragment in facts:
        for key, value in fragment.items():
            held = found.get(key)
            if isinstance(value, list) and isinstance(held, list):
                found[key] = [*held, *(one for one in value if one not in held)]
            elif isinstance(value, dict) and isinstance(held, dict):
                found[key] = {**held, **value}
            else:
                found[key] = value
    return found


def question(
    facts: Sequence[Fact], start: Sequence[str], pool: Sequence[Pooled], choose: Choose = best, rounds: int = 10
) -> Course:
    """Ask one patient.

    Args:
        facts: everything that is true of the patient.
        start: the fields that are known at the beginning.
        pool: the trials.
        choose: how the question is picked.
        rounds: how many are asked; fewer where nothing is left to ask.
    """
    full = read_profile(profile_of(facts))
    final = {one.trial.nct_id for one in pool if _out(_assessed(full, one))}
    known = [fact for fact in facts if fact[0] in start]
    asked: list[str] = []
    out: set[str] = set()
    counts = []
    alive = list(pool)
    for step in range(rounds + 1):
        patient = read_profile(profile_of(known))
        assessed = [(one, _assessed(patient, one)) for one in alive]
        out |= {one.trial.nct_id for one, answer in assessed if _out(answer)}
        counts.append(len(out & final))
        alive = [one for one, answer in assessed if not _out(answer)]
        if step == rounds:
            break
        candidates = [Candidate(one.trial.nct_id, one.weight, answer) for one, answer in assessed if not _out(answer)]
        questions = next_questions(candidates, asked=asked, most=100)
        if questions:
            topic = choose(questions).topic
            asked.append(topic)
            known += [fact for fact in facts if fact not in known and topic_of(fact[0]).name == topic]
    opened = len(final) - counts[0]
    return Course(
        ruled_out=tuple(count / len(final) if final else 1.0 for count in counts),
        of_open=tuple((count - counts[0]) / opened if opened else 1.0 for count in counts),
        wrongly=len(out - final),
        ineligible=len(final),
        topics=tuple(asked),
    )


def _assessed(patient: Patient, one: Pooled) -> Assessment:
    return assess(patient, one.criteria, one.trial)


def _out(answer: Assessment) -> bool:
    return answer.verdict.exported == "ineligible"
