"""What an assessment says: a truth for each criterion in strong Kleene logic, and a verdict for the trial."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from search.eligibility.criterion import Criterion


class Truth(StrEnum):
    """Whether a criterion is satisfied, from the trial's point of view: a prohibited thing that is absent is `MET`."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    """Its premise is false (pregnancy for men): counts as met, is displayed apart."""

    @property
    def fulfils(self) -> bool:
        """Whether nothing is left to ask."""
        return self in (Truth.MET, Truth.NOT_APPLICABLE)

    def negated(self) -> Truth:
        """Kleene's not; what does not apply stays so."""
        return _NEGATED.get(self, self)


_NEGATED = {Truth.MET: Truth.NOT_MET, Truth.NOT_MET: Truth.MET}


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's and. Of nothing, and of what does not apply: met."""
    found = set(truths)
    if Truth.NOT_MET in found:
        return Truth.NOT_MET
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.MET


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's or. Of nothing: not met; of alternatives that all do not apply: not applicable."""
    found = set(truths)
    if Truth.MET in found:
        return Truth.MET
    if Truth.UNKNOWN in found:
        return Truth.UNKNOWN
    if found == {Truth.NOT_APPLICABLE}:
        return Truth.NOT_APPLICABLE
    return Truth.NOT_MET


class Basis(StrEnum):
    """What a truth rests on."""

    KNOWN = "known"
    """A stated fact."""
    DERIVED = "derived"
    """Follows from a stated fact (M1: metastatic)."""
    ASSUMED = "assumed"
    """A visible assumption: of a limit that was not told, or of a silence (`search.eligibility.policy`)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a criterion's fact holds of a patient, before its requirement is applied."""

    holds: Truth
    reason: str
    basis: Basis = Basis.KNOWN
    recoverable: bool = False
    """A failure can pass: a laboratory value, a washout, one step of performance status, a test not done."""
    margin: float | None = None
    """How far a value is inside (positive) or outside the bound, relative to it."""
    missing: tuple[str, ...] = ()
    """Facts that would decide it, as fields of the profile."""
    tentative: bool = False
    """It holds only if words that were not understood do not matter: a failure is no hard one."""
    told: bool = False
    """Unknown, though the patient has it in some form."""


@dataclass(frozen=True, slots=True)
class CriterionAssessment:
    """One criterion and one patient."""

    criterion: Criterion
    truth: Truth
    basis: Basis
    reason: str
    recoverable: bool = False
    margin: float | None = None
    missing: tuple[str, ...] = ()
    hard: bool = True
    """A failure rules the patient out: well read, and no exception that might save it."""
    decisive: bool = True
    """While unknown, it keeps the trial from being likely. What is not decisive is shown, and waits for the visit."""


class Verdict(StrEnum):
    """Five classes, best first."""

    LIKELY = "likely"
    POSSIBLY = "possibly"
    CHECK = "check"
    NEEDS_CHANGE = "needs_change"
    NOT_ELIGIBLE = "not_eligible"

    @property
    def exported(self) -> str:
        """The word of the interchange format."""
        return _EXPORTED[self]


_EXPORTED = {
    Verdict.LIKELY: "eligible",
    Verdict.POSSIBLY: "undetermined",
    Verdict.CHECK: "undetermined",
    Verdict.NEEDS_CHANGE: "ineligible",
    Verdict.NOT_ELIGIBLE: "ineligible",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria that are judged together: one, or alternatives of which one is enough."""

    members: tuple[CriterionAssessment, ...]
    truth: Truth

    @property
    def leading(self) -> CriterionAssessment:
        """The member that the group's truth comes from."""
        return next((member for member in self.members if member.truth is self.truth), self.members[0])


@dataclass(frozen=True, slots=True)
class CohortAssessment:
    """One cohort alone, without the criteria of the whole trial."""

    name: str
    verdict: Verdict
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One patient and one trial."""

    verdict: Verdict
    score: float
    """Estimated chance of being eligible, 0 to 1."""
    groups: tuple[Group, ...]
    """Of the whole trial, registry fields first."""
    cohorts: tuple[CohortAssessment, ...] = ()
    best_cohort: str | None = None
    decisive: tuple[CriterionAssessment, ...] = ()
    """What the verdict rests on, most telling first."""
    structured: tuple[StructuredAssessment, ...] = ()
    """The registry's own age and sex fields."""


@dataclass(frozen=True, slots=True)
class StructuredAssessment:
    """A field of the registry record: `minimum_age`, `maximum_age`, `sex`, or `conditions`."""

    field: str
    value: str
    truth: Truth
    reason: str
