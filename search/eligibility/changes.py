"""What would change a verdict: the smallest sets of one or two facts that can change and would let a patient in.

Only what can pass is offered: a laboratory value on a re-test, a performance status one step off, a washout that ends.
Age, sex, the disease, its stage, its markers and what was given before never are. Every set that is told was tried:
the patient with those facts is assessed anew, and the trial no longer rules that patient out.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from search.config import DEFAULT_CONFIG
from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment, CriterionAssessment, Group, Truth, Verdict
from search.eligibility.criterion import Criteria, Criterion, Lab, Performance, PriorTherapy, Requirement
from search.eligibility.known import given
from search.patient import LabFact, Patient, PerformanceFact, Source, Treatment, Treatments
from search.terminology.analytes import analyte
from search.trial import Trial

__all__ = ["Change", "Step", "changes"]

_CLEARS = {">": 1 + 1e-6, "<": 1 - 1e-6}
"""A strict bound is met just beyond it."""
_OPEN = (Verdict.LIKELY, Verdict.POSSIBLY, Verdict.CHECK)


@dataclass(frozen=True, slots=True)
class Step:
    """One fact that would have to change."""

    field: str
    """The fact, as a field of the profile (`labs.platelets`, `performance`, `prior_therapies`)."""
    now: str
    """What it is, in words."""
    needed: str
    """What it would have to be, in words."""
    how: str
    """How it can come about: `re-test`, `re-assessment`, `waiting`."""
    criterion: Criterion
    """The criterion that asks for it."""
    wait_days: int | None = None
    """For a washout: days from `Patient.as_of` until it is over; None where the last dose is still to come."""
    on: dt.date | None = None
    """For a washout: the first day on which it is over, where the profile says from when it counts."""

    @property
    def words(self) -> str:
        """The step in a phrase: "platelets >= 100 10^9/L, now 92 10^9/L, on re-test"."""
        if self.how == "waiting":
            when = f", from {self.on.day} {self.on:%B %Y}" if self.on is not None else ""
            return f"{self.needed}{when} ({self.now})"
        return f"{self.needed}, now {self.now}, on {self.how}"


@dataclass(frozen=True, slots=True)
class Change:
    """Steps that together would let the patient in, and how far."""

    steps: tuple[Step, ...]
    verdict: Verdict
    """The verdict after them."""
    score: float

    @property
    def words(self) -> str:
        """The change in a phrase."""
        return " and ".join(step.words for step in self.steps)


def changes(
    patient: Patient, criteria: Criteria, trial: Trial | None = None, assessment: Assessment | None = None
) -> tuple[Change, ...]:
    """The smallest sets of changes after which the trial no longer rules the patient out, most promising first.

    Args:
        patient: what is known.
        criteria: the trial's criteria.
        trial: the record, as for `assess`.
        assessment: the answer of `assess` for the same three, where it is at hand.

    Returns:
        Sets of one step, else of two; empty where nothing rules the patient out, or where something does that cannot
        change, or more than two things would have to.
    """
    now = assessment if assessment is not None else assess(patient, criteria, trial)
    if now.verdict is not Verdict.NEEDS_CHANGE:
        return ()
    steps = _steps(patient, now)[: DEFAULT_CONFIG.eligibility.most_change_steps]
    for size in (1, 2):
        found = []
        for chosen in itertools.combinations(steps, size):
            if len({step.field for step in chosen}) < size:
                continue
            after = assess(_after(patient, chosen), criteria, trial)
            if after.verdict in _OPEN:
                found.append(Change(chosen, after.verdict, after.score))
        if found:
            ranked = sorted(found, key=lambda change: (_OPEN.index(change.verdict), -change.score, change.words))
            return _distinct(ranked)
    return ()


def _distinct(ranked: Iterable[Change]) -> tuple[Change, ...]:
    """Without sets that change the same facts by more than another does."""
    kept: dict[tuple[str, ...], Change] = {}
    for change in ranked:
        kept.setdefault(tuple(step.field for step in change.steps), change)
    return tuple(kept.values())


def _steps(patient: Patient, assessment: Assessment) -> list[Step]:
    """Every step that some recoverable failure asks for; of one fact the mildest first."""
    found: dict[tuple[str, str], Step] = {}
    for member in _failed(assessment):
        for step in _of(member, patient):
            found.setdefault((step.field, step.needed), step)
    return sorted(found.values(), key=lambda step: (step.field, step.wait_days or 0, step.needed))


def _failed(assessment: Assessment) -> Iterator[CriterionAssessment]:
    groups: Iterable[Group] = itertools.chain(assessment.groups, *(cohort.groups for cohort in assessment.cohorts))
    for group in groups:
        if group.truth is Truth.NOT_MET:
            yield from (member for member in group.members if member.recoverable and member.truth is Truth.NOT_MET)


def _of(member: CriterionAssessment, patient: Patient) -> Iterator[Step]:
    criterion = member.criterion
    match criterion.fact:
        case Lab() as fact:
            yield from _lab(fact, criterion, patient)
        case Performance() as fact:
            yield from _performance(fact, criterion, patient)
        case PriorTherapy() as fact if criterion.requirement is Requirement.PROHIBITED:
            yield from _washout(fact, criterion, patient)
        case _:
            return


def _name(text: str) -> str:
    row = analyte(text)
    return row.name if row is not None else text


def _lab(fact: Lab, criterion: Criterion, patient: Patient) -> Iterator[Step]:
    name = _name(fact.analyte)
    told = [one for one in patient.labs if _name(one.analyte) == name]
    if not told or criterion.requirement is Requirement.PROHIBITED:
        return
    newest = min(told, key=lambda one: (one.days_ago is None, one.days_ago or 0.0, one.value))
    unit = {"xULN": "× ULN", "xLLN": "× LLN", None: ""}.get(fact.unit, fact.unit)
    needed = f"{name} {fact.op} {fact.value:g} {unit or ''}".strip()
    now = f"{newest.value:g} {newest.unit or ''}".strip()
    yield Step(f"labs.{name}", now, needed, "re-test", criterion)


def _performance(fact: Performance, criterion: Criterion, patient: Patient) -> Iterator[Step]:
    own = [one.value for one in patient.performance if one.scale == fact.scale]
    if not own or criterion.requirement is Requirement.PROHIBITED:
        return
    value = min(max(own[0], fact.min), fact.max)
    yield Step("performance", str(own[0]), f"{fact.scale} {value}", "re-assessment", criterion)


def _washout(fact: PriorTherapy, criterion: Criterion, patient: Patient) -> Iterator[Step]:
    """The day on which the last of the treatments that are meant lies far enough back."""
    if fact.within_days is None or patient.treatments is None:
        return
    meant = [item for item in patient.treatments.items if any(given(item, name) for name in fact.therapies)]
    if any(_goes_on(item) for item in meant):
        text = next(item.text for item in meant if _goes_on(item))
        yield Step(
            "prior_therapies",
            f"{text} is ongoing",
            f"{fact.within_days} days after the last dose",
            "waiting",
            criterion,
        )
        return
    dated = [(item.days_ago, item.text) for item in meant if item.days_ago is not None]
    short = [(days, text) for days, text in dated if days < fact.within_days]
    if not short:
        return
    days, text = min(short)
    wait = int(-(-(fact.within_days - days) // 1))
    day = patient.as_of + dt.timedelta(days=wait) if patient.as_of is not None else None
    words = f"{text} was {days:g} days ago"
    needed = f"{fact.within_days} days after the last dose"
    yield Step("prior_therapies", words, needed, "waiting", criterion, wait, day)


def _goes_on(item: Treatment) -> bool:
    return "ongoing" in {(item.setting or "").lower(), (item.outcome or "").lower()}


def _after(patient: Patient, steps: Iterable[Step]) -> Patient:
    """The patient with the steps taken."""
    for step in steps:
        fact = step.criterion.fact
        if isinstance(fact, Lab):
            patient = replace(patient, labs=_retested(patient, fact))
        elif isinstance(fact, Performance):
            value = min(max(next(p.value for p in patient.performance if p.scale == fact.scale), fact.min), fact.max)
            patient = replace(patient, performance=(PerformanceFact(fact.scale, value),))
        elif isinstance(fact, PriorTherapy):
            patient = _later(patient, fact, step)
    return patient


def _retested(patient: Patient, fact: Lab) -> tuple[LabFact, ...]:
    name = _name(fact.analyte)
    rest = tuple(one for one in patient.labs if _name(one.analyte) != name)
    old = next(one for one in patient.labs if _name(one.analyte) == name)
    value = fact.value * _CLEARS.get(fact.op, 1.0)
    limit = old.uln if fact.unit == "xULN" else old.lln if fact.unit == "xLLN" else None
    if limit:
        return (*rest, LabFact(name, value * limit, old.unit, old.uln, old.lln, source=Source()))
    return (*rest, LabFact(name, value, fact.unit, old.uln, old.lln, source=Source()))


def _later(patient: Patient, fact: PriorTherapy, step: Step) -> Patient:
    """The same patient some days on: time passes for every treatment, and what is ongoing has been stopped."""
    assert patient.treatments is not None
    assert fact.within_days is not None
    items = []
    for item in patient.treatments.items:
        if step.wait_days is not None:
            days = item.days_ago + step.wait_days if item.days_ago is not None else None
            items.append(replace(item, days_ago=days))
        elif _goes_on(item) and any(given(item, name) for name in fact.therapies):
            setting = None if (item.setting or "").lower() == "ongoing" else item.setting
            outcome = None if (item.outcome or "").lower() == "ongoing" else item.outcome
            items.append(replace(item, setting=setting, outcome=outcome, days_ago=float(fact.within_days)))
        else:
            days = item.days_ago + fact.within_days if item.days_ago is not None else None
            items.append(replace(item, days_ago=days))
    return replace(patient, treatments=Treatments(tuple(items), patient.treatments.source))
