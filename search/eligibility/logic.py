"""From criteria to groups: requirement, exceptions, permissions, alternatives, premises; strong Kleene throughout."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from search.config import DEFAULT_CONFIG
from search.eligibility.alternatives import grouped_members
from search.eligibility.assessment import Basis, CriterionAssessment, Group, Judgement, Truth, Verdict
from search.eligibility.context import TrialWords
from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criterion,
    Extent,
    Opaque,
    Performance,
    PriorTherapy,
    Requirement,
    SexIs,
    Stage,
)
from search.eligibility.exceptions import exempt
from search.eligibility.judge.dispatch import judge
from search.eligibility.known import Known, only
from search.eligibility.known import known as known_of
from search.eligibility.policy import RISKY, Silence, silence
from search.patient import Treatment, Treatments
from search.terminology import oncotree
from search.terminology.cancers import find_cancers
from search.terminology.therapies import is_a

_UNBOUND = (Age, SexIs, Performance, Cancer)
"""Kinds that a word of exception further on in the line does not soften."""


class Surroundings(Protocol):
    """What stands around a criterion, in its text and in the patient's history; asked only where it matters."""

    def form_open(self) -> bool:
        """Whether what is allowed is allowed in some form only, and the patient's form of it was not told."""
        ...

    def of_others(self) -> bool:
        """Whether it is said of another disease."""
        ...

    def permitted(self) -> bool:
        """Whether the text allows elsewhere what is forbidden here, in the form that the patient has."""
        ...

    def saved(self) -> bool | None:
        """Whether an exception holds of the patient; False also without one, None where it was not understood."""
        ...

    def silence(self) -> Silence:
        """What it means that the criterion is unknown."""
        ...

    def asked_of_some(self) -> bool:
        """Whether the clause says for whom it holds."""
        ...

    def only_lists(self) -> bool:
        """Whether the clause names a therapy and asks for nothing."""
        ...


def assess_criterion(
    criterion: Criterion, known: Known, words: TrialWords, allowed: Sequence[Criterion] = ()
) -> CriterionAssessment:
    """One criterion: judged, turned by its requirement, saved by an exception or a permission, filled by the policy.

    Args:
        criterion: what is asked, forbidden or allowed.
        known: the patient.
        words: the trial's text.
        allowed: what the same scope states as acceptable.
    """
    judgement = judge(criterion, known, words)
    return settle(criterion, judgement, _InText(criterion, judgement, known, words, allowed))


def settle(criterion: Criterion, judgement: Judgement, around: Surroundings) -> CriterionAssessment:
    """What a judgement makes of its criterion.

    Args:
        criterion: of which only kind, requirement, confidence and whether an exception was read are looked at.
        judgement: whether its fact holds.
        around: what may turn a failure or a silence into something else.
    """
    if criterion.requirement is Requirement.ALLOWED:
        return _allowed(criterion, judgement, around)
    prohibited = criterion.requirement is Requirement.PROHIBITED
    truth = judgement.holds.negated() if prohibited else judgement.holds
    if truth.fulfils:
        return _made(criterion, truth, judgement)
    if around.of_others():
        return _made(criterion, Truth.NOT_APPLICABLE, replace(judgement, reason="said of another disease"))
    if prohibited and around.permitted():
        return _excused(criterion, judgement, "the text allows it")
    saved = around.saved()
    if saved:
        return _excused(criterion, judgement, "excepted")
    if truth is Truth.UNKNOWN:
        return _silent(criterion, judgement, around.silence())
    return _failed(criterion, judgement, around, open_exception=saved is None)


@dataclass(frozen=True, slots=True)
class _InText:
    """Surroundings as the trial's text and the patient's facts tell them."""

    criterion: Criterion
    judgement: Judgement
    known: Known
    words: TrialWords
    allowed: Sequence[Criterion]

    def form_open(self) -> bool:
        """Told without a detail, and allowed under a condition."""
        return only_in_some_form(self.criterion, self.words) and told_plainly(self.criterion, self.known)

    def of_others(self) -> bool:
        """By the diseases that the line names."""
        return _for_others(self.criterion, self.known, self.words)

    def permitted(self) -> bool:
        """By what the same scope allows."""
        return permitted(self.criterion, self.known, self.words, self.allowed)

    def saved(self) -> bool | None:
        """By the words of the exception."""
        excepting = excepting_words(self.criterion, self.words)
        return exempt(self.criterion, excepting, self.known) if excepting is not None else False

    def silence(self) -> Silence:
        """By the policy."""
        return silence(self.criterion, self.judgement, self.known, self.words.clause(self.criterion))

    def asked_of_some(self) -> bool:
        """By the premise in the clause."""
        return self.words.premise(self.criterion) is not None

    def only_lists(self) -> bool:
        """By the clause's words."""
        return only_lists(self.criterion, self.words)


def excepting_words(criterion: Criterion, words: TrialWords) -> str | None:
    """The words of an exception that may save the criterion."""
    if isinstance(criterion.fact, (*_UNBOUND, Opaque)):
        return None
    found = words.exceptions(criterion)
    if found is None and isinstance(criterion.fact, PriorTherapy) and criterion.requirement is Requirement.PROHIBITED:
        dosed = _DOSED.search(words.clause(criterion))
        return dosed.group() if dosed is not None else None
    if found is None and isinstance(criterion.fact, Cns):
        sized = _SIZED.match(words.near(criterion), len(criterion.evidence.quote))
        return sized.group() if sized is not None else None
    return found


_DOSED = re.compile(
    r"\bcumulative (?:\w+ ){0,3}dose\b|(?:>=?|[\u2265\u2264]|<=?|more than|greater than|exceed\w*|over)\s*\d[\d,.]*\s*"
    r"(?:mg|gy|cgy|g)\b",
    re.I,
)
"""Treatment up to some dose only, of which its name says nothing."""
_SIZED = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?:>=?|[\u2265\u2264]|<=?|(?:larger|greater|more|bigger) than|at least|over)\s*"
    r"\d+(?:\.\d+)?\s*(?:mm|cm)\b",
    re.I,
)
"""Lesions of some size only, of which a patient's state says nothing."""


_ONLY_IF = re.compile(r"\b(?:if|provided|when|must|only|as long as)\b", re.I)


def only_in_some_form(criterion: Criterion, words: TrialWords) -> bool:
    """Whether a condition whose form matters is allowed under a condition."""
    fact = criterion.fact
    return isinstance(fact, Condition) and fact.topic in RISKY and _ONLY_IF.search(words.clause(criterion)) is not None


def told_plainly(criterion: Criterion, known: Known) -> bool:
    """Whether the patient has the condition, and nothing else was said of it."""
    assert isinstance(criterion.fact, Condition)
    topic = criterion.fact.topic.lower()
    told = [one for one in known.patient.conditions if one.topic.lower() == topic and one.present]
    return bool(told) and not any(one.detail for one in told)


def _allowed(criterion: Criterion, judgement: Judgement, around: Surroundings) -> CriterionAssessment:
    """Constrains nothing; but what is allowed only in some form, and which form it is was not told, is to be asked."""
    if around.form_open():
        return _made(criterion, Truth.UNKNOWN, judgement)
    return _made(criterion, Truth.MET, judgement, decisive=False)


def _failed(
    criterion: Criterion, judgement: Judgement, around: Surroundings, *, open_exception: bool
) -> CriterionAssessment:
    required = criterion.requirement is Requirement.REQUIRED
    therapy = isinstance(criterion.fact, PriorTherapy)
    if required and therapy and judgement.basis is Basis.ASSUMED and (open_exception or around.asked_of_some()):
        # Asked of some only ("if BRCA-mutated", "unless contraindicated"): who did not get it may well not be meant.
        return _made(criterion, Truth.UNKNOWN, judgement, decisive=False)
    if required and therapy and judgement.basis is Basis.ASSUMED and around.only_lists():
        return _made(criterion, Truth.UNKNOWN, judgement, decisive=False)
    sure = criterion.confidence >= DEFAULT_CONFIG.eligibility.hard_confidence
    hard = sure and not judgement.tentative and not (open_exception and _softens(criterion))
    return _made(criterion, Truth.NOT_MET, judgement, hard=hard)


def only_lists(criterion: Criterion, words: TrialWords) -> bool:
    """Whether the clause names a therapy and asks for nothing."""
    clause = words.clause(criterion)
    return _ASKING.search(clause) is None or _LISTING.search(clause) is not None


_LISTING = re.compile(r"\b(?:this|these|which) (?:also )?includes?\b", re.I)
_ASKING = re.compile(
    r"\bmust\b|requir|should|\bneed|\b(?:have|has|had|having)\b|progress|fail|refractor|resistan|relaps|recur|\bafter\b|"
    r"follow|at least|treated|exposed|therapy|treatment|lines?\b|regimen|ineligible|intoleran|exhaust|chemotherap|"
    r"inhibitor|antibod",
    re.I,
)
"""Words without which a therapy's name asks for nothing ("this includes prior use of samarium")."""


def _softens(criterion: Criterion) -> bool:
    """Whether an exception that was not understood can save: one that was read can, one that only stands near may."""
    return criterion.exception is not None or isinstance(criterion.fact, PriorTherapy | Condition | Cns | Biomarker)


def _excused(criterion: Criterion, judgement: Judgement, why: str) -> CriterionAssessment:
    made = _made(criterion, Truth.MET, judgement)
    return replace(made, reason=f"{judgement.reason}; {why}", basis=Basis.DERIVED)


def _made(
    criterion: Criterion, truth: Truth, judgement: Judgement, *, hard: bool = True, decisive: bool = True
) -> CriterionAssessment:
    return CriterionAssessment(
        criterion,
        truth,
        judgement.basis,
        judgement.reason,
        judgement.recoverable and truth in (Truth.NOT_MET, Truth.UNKNOWN),
        judgement.margin,
        judgement.missing,
        hard,
        decisive,
    )


def _silent(criterion: Criterion, judgement: Judgement, meaning: Silence) -> CriterionAssessment:
    if meaning is Silence.ASSUME:
        made = _made(criterion, Truth.MET, judgement)
        return replace(made, basis=Basis.ASSUMED, reason=f"{judgement.reason}; assumed to fit")
    return _made(criterion, Truth.UNKNOWN, judgement, decisive=meaning is Silence.ASK)


def _for_others(criterion: Criterion, known: Known, words: TrialWords) -> bool:
    """Whether the criterion's line names diseases, and the patient's is none of them."""
    if known.cancers is None:
        return False
    named = said_of(criterion, words)
    return bool(named) and named.isdisjoint(known.cancers)


def said_of(criterion: Criterion, words: TrialWords) -> frozenset[str]:
    """The leaves of the diseases that a criterion is said of; empty where it is said of all."""
    if isinstance(criterion.fact, Cancer):
        return frozenset()
    bound = isinstance(criterion.fact, Biomarker | PriorTherapy | Extent | Stage)
    codes = (_named(words.near(criterion)) if bound else None) or words.line_cancers(criterion)
    if not codes:
        return frozenset()
    return oncotree.leaves_of(frozenset(code for code in codes if code in oncotree.nodes()))


@functools.lru_cache(maxsize=16384)
def _named(text: str) -> frozenset[str]:
    """The diseases that a few words name."""
    found = frozenset(code for mention in find_cancers(text) for code in mention.codes)
    return found - frozenset(oncotree.PSEUDO)


def permitted(criterion: Criterion, known: Known, words: TrialWords, allowed: Sequence[Criterion]) -> bool:
    """Whether what is forbidden in general is allowed in the form that the patient has."""
    may = [one for one in allowed if may_permit(one, criterion)]
    if not may:
        return False
    if isinstance(criterion.fact, Cns):
        return any(judge(one, known, words).holds is Truth.MET for one in may)
    if isinstance(criterion.fact, Condition):
        topic = criterion.fact.topic.lower()
        told = [stated for stated in known.patient.conditions if stated.topic.lower() == topic]
        detailed = any(stated.detail is not None for stated in told)
        return detailed and any(judge(one, known, words).holds is Truth.MET for one in may)
    if isinstance(criterion.fact, PriorTherapy) and known.patient.treatments is not None:
        rest = tuple(item for item in known.treatments if not any(_allows(one, item, known, words) for one in may))
        if len(rest) < len(known.treatments):
            patient = replace(known.patient, treatments=Treatments(rest, known.patient.treatments.source))
            return judge(criterion, known_of(patient), words).holds is Truth.NOT_MET
    return False


def may_permit(one: Criterion, criterion: Criterion) -> bool:
    """Whether what is allowed may excuse what is forbidden, whoever the patient is."""
    fact, other = one.fact, criterion.fact
    if isinstance(other, Cns):
        # "Any" that is allowed excuses nothing in particular, nor does the very state that is forbidden.
        return isinstance(fact, Cns) and fact not in (other, Cns("any brain metastases"))
    if isinstance(other, Condition):
        return isinstance(fact, Condition) and fact.topic == other.topic and fact != other
    # What is allowed under a condition that is not understood excuses no therapy.
    therapies = isinstance(other, PriorTherapy) and isinstance(fact, PriorTherapy)
    return therapies and one.exception is None and _narrower(one, criterion)


def _allows(one: Criterion, item: Treatment, known: Known, words: TrialWords) -> bool:
    return judge(one, only(known, item), words).holds is Truth.MET


def _narrower(one: Criterion, other: Criterion) -> bool:
    """Whether what is allowed lies within what is forbidden, and not the other way round."""
    assert isinstance(one.fact, PriorTherapy)
    assert isinstance(other.fact, PriorTherapy)
    return all(
        any(is_a(name, broad) and not is_a(broad, name) for broad in other.fact.therapies)
        for name in one.fact.therapies
    )


def grouped(
    criteria: Iterable[Criterion], known: Known, words: TrialWords, allowed: Sequence[Criterion] = ()
) -> tuple[Group, ...]:
    """The criteria of one scope, assessed and grouped into alternatives; all groups must hold."""
    return grouped_members([assess_criterion(one, known, words, allowed) for one in criteria], words)


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


def verdict_of(groups: Iterable[Group]) -> Verdict:
    """The class of a set of groups, all of which must hold."""
    return max((class_of(group) for group in groups), key=_RANK.__getitem__, default=Verdict.LIKELY)


def worse(one: Verdict, other: Verdict) -> Verdict:
    """The worse of two verdicts."""
    return max(one, other, key=_RANK.__getitem__)


def class_of(group: Group) -> Verdict:
    """The class of one group."""
    if group.truth.fulfils:
        return Verdict.LIKELY
    if group.truth is Truth.UNKNOWN:
        open_ = [member for member in group.members if member.truth is Truth.UNKNOWN]
        waived = bool(open_) and not any(member.decisive for member in open_)
        failed = any(member.truth is Truth.NOT_MET for member in group.members)
        return Verdict.LIKELY if waived and not failed else Verdict.POSSIBLY
    failed_members = [member for member in group.members if member.truth is Truth.NOT_MET]
    if any(not member.hard for member in failed_members):
        return Verdict.CHECK
    return Verdict.NEEDS_CHANGE if any(member.recoverable for member in failed_members) else Verdict.NOT_ELIGIBLE
