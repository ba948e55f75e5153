"""Questions: what a judge looks at of a criterion, once for all trials that ask the same.

A question is a fact with its requirement and those of its words that its judge reads. Of most kinds no word is read, so
that thousands of trials share one; a condition is asked in the words of its clause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from search.eligibility import policy
from search.eligibility.context import RIGHT_BEHIND, TrialWords
from search.eligibility.criterion import (
    Biomarker,
    Condition,
    Criterion,
    Evidence,
    Fact,
    Opaque,
    PriorTherapy,
    Requirement,
    Section,
    Stage,
)
from search.eligibility.judge import stage, therapy


@dataclass(frozen=True, slots=True)
class Question:
    """A fact, what it means for the patient, and the words that its judge and the policy for silence read."""

    fact: Fact
    requirement: Requirement
    section: Section = Section.INCLUSION
    quote: str = ""
    clause: str = ""


def question_of(criterion: Criterion, words: TrialWords) -> Question:
    """The question that a criterion asks."""
    fact, requirement = criterion.fact, criterion.requirement
    if isinstance(fact, Condition):
        return Question(fact, requirement, Section.INCLUSION, criterion.evidence.quote, words.clause(criterion))
    if isinstance(fact, Opaque):
        return Question(fact, requirement, Section.INCLUSION, criterion.evidence.quote)
    if isinstance(fact, PriorTherapy):
        clause, near = therapy.heeded(fact, requirement, words.clause(criterion), words.near(criterion))
        return Question(fact, requirement, Section.INCLUSION, near, clause)
    if isinstance(fact, Stage):
        return Question(fact, requirement, Section.INCLUSION, stage.heeded(fact, requirement, criterion.evidence.quote))
    if isinstance(fact, Biomarker):
        clause = words.clause(criterion) if requirement is Requirement.PROHIBITED else ""
        return Question(fact, requirement, criterion.section, "", policy.heeded(criterion, clause))
    return Question(fact, requirement)


def stand_in(question: Question, number: int) -> Criterion:
    """A criterion that asks the question; its evidence's offset is the question's number, for `AskedWords`."""
    evidence = Evidence(number, number, question.quote)
    return Criterion(question.fact, question.requirement, question.section, evidence, 0)


@dataclass(frozen=True, slots=True)
class AskedWords(TrialWords):
    """The words of questions, for criteria made by `stand_in`."""

    clauses: Callable[[int], str] = str
    """The clause of a question, by number."""

    def clause(self, criterion: Criterion) -> str:
        """The question's clause."""
        return self.clauses(criterion.evidence.start)

    def near(self, criterion: Criterion) -> str:
        """The question's quote with the few words right behind it; of a therapy what its judge heeds of them."""
        quote = criterion.evidence.quote
        if isinstance(criterion.fact, PriorTherapy):
            return quote
        clause = self.clauses(criterion.evidence.start)
        at = clause.find(quote)
        return clause[at : at + len(quote) + RIGHT_BEHIND] if at >= 0 else quote
