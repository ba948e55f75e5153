"""Fictitious patients and criteria for the tests of the eligibility engine."""

from __future__ import annotations

from typing import Any

from search.eligibility.assessment import CriterionAssessment, Judgement, Truth
from search.eligibility.context import words_of
from search.eligibility.criterion import Criteria, Criterion, Evidence, Fact, LineSpan, Requirement, Section
from search.eligibility.judge.dispatch import judge
from search.eligibility.known import known
from search.eligibility.logic import assess_criterion
from search.eligibility.profile import read_profile
from search.patient import Patient
from search.trial import Eligibility, Trial


def patient(**profile: Any) -> Patient:
    """The patient of a profile, which must be readable in full."""
    read = read_profile(profile)
    assert read.unread == ()
    return read


def criterion(
    fact: Fact,
    requirement: str = "required",
    *,
    line: int = 0,
    quote: str = "words",
    start: int = 0,
    cohort: str | None = None,
    confidence: float = 0.95,
    exception: str | None = None,
    or_group: str | None = None,
) -> Criterion:
    """A criterion; required ones stand among the inclusions, the others among the exclusions."""
    asked = Requirement(requirement)
    return Criterion(
        fact=fact,
        requirement=asked,
        section=Section.EXCLUSION if asked is Requirement.PROHIBITED else Section.INCLUSION,
        evidence=Evidence(start, start + len(quote), quote),
        line=line,
        cohort=cohort,
        confidence=confidence,
        exception=Evidence(0, len(exception), exception) if exception is not None else None,
        or_group=or_group,
    )


def read(text: str, *found: tuple[str, Fact, str]) -> tuple[Criteria, Trial]:
    """Criteria with evidence in a text, a line each; and the trial that the text belongs to."""
    lines: list[LineSpan] = []
    offset = 0
    for line in text.split("\n"):
        lines.append(LineSpan(offset, offset + len(line), Section.INCLUSION, heading=False))
        offset += len(line) + 1
    items = []
    for quote, fact, requirement in found:
        start = text.index(quote)
        number = next(n for n, line in enumerate(lines) if line.start <= start < line.end)
        items.append(criterion(fact, requirement, line=number, quote=quote, start=start))
    trial = Trial(nct_id="NCT99000001", eligibility=Eligibility(criteria=text))
    return Criteria(tuple(lines), tuple(items)), trial


def of(*items: Criterion, cohorts: tuple[str, ...] = ()) -> Criteria:
    """Criteria without a text."""
    return Criteria((), items, cohorts)


def judged(fact: Fact, requirement: str = "required", **profile: Any) -> Judgement:
    """What a fact's judge says of a profile."""
    item = criterion(fact, requirement)
    return judge(item, known(patient(**profile)), words_of(of(item), ""))


def holds(fact: Fact, **profile: Any) -> Truth:
    """Whether a fact holds of a profile."""
    return judged(fact, **profile).holds


def assessed(item: Criterion, **profile: Any) -> CriterionAssessment:
    """One criterion assessed for a profile, without a text."""
    return assess_criterion(item, known(patient(**profile)), words_of(of(item), ""))
