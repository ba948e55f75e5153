"""From criteria to groups: requirement, exceptions, permissions, alternatives, premises; strong Kleene throughout."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

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
from search.eligibility.known import Known
from search.eligibility.known import known as known_of
from search.eligibility.policy import RISKY, Silence, silence
from search.patient import Treatment, Treatments
from search.terminology import oncotree
from search.terminology.cancers import find_cancers
from search.terminology.therapies import is_a

_UNBOUND = (Age, SexIs, Performance, Cancer)
"""Kinds that a word of exception further on in the line does not soften."""


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
    if criterion.requirement is Requirement.ALLOWED:
        return _allowed(criterion, judgement, known, words)
    prohibited = criterion.requirement is Requirement.PROHIBITED
    truth = judgement.holds.negated() if prohibited else judgement.holds
    if truth.fulfils:
        return _made(criterion, truth, judgement)
    if _for_others(criterion, known, words):
        return _made(criterion, Truth.NOT_APPLICABLE, replace(judgement, reason="said of another disease"))
    if prohibited and _permitted(criterion, known, words, allowed):
        return _excused(criterion, judgement, "the text allows it")
    excepting = words.exception(criterion) if not isinstance(criterion.fact, (*_UNBOUND, Opaque)) else None
    saved = exempt(criterion, excepting, known) if excepting is not None else False
    if saved:
        return _excused(criterion, judgement, "excepted")
    if truth is Truth.UNKNOWN:
        return _silent(criterion, judgement, known, words)
    return _failed(criterion, judgement, words, open_exception=saved is None)


_ONLY_IF = re.compile(r"\b(?:if|provided|when|must|only|as long as)\b", re.I)


def _allowed(criterion: Criterion, judgement: Judgement, known: Known, words: TrialWords) -> CriterionAssessment:
    """Constrains nothing; but what is allowed only in some form, and which form it is was not told, is to be asked."""
    fact = criterion.fact
    if isinstance(fact, Condition) and fact.topic in RISKY and _ONLY_IF.search(words.clause(criterion)):
        told = [one for one in known.patient.conditions if one.topic.lower() == fact.topic.lower() and one.present]
        if told and not any(one.detail for one in told):
            return _made(criterion, Truth.UNKNOWN, judgement)
    return _made(criterion, Truth.MET, judgement, decisive=False)


def _failed(
    criterion: Criterion, judgement: Judgement, words: TrialWords, *, open_exception: bool
) -> CriterionAssessment:
    required = criterion.requirement is Requirement.REQUIRED
    therapy = isinstance(criterion.fact, PriorTherapy)
    if required and therapy and judgement.basis is Basis.ASSUMED and (words.premise(criterion) or open_exception):
        # Asked of some only ("if BRCA-mutated", "unless contraindicated"): who did not get it may well not be meant.
        return _made(criterion, Truth.UNKNOWN, judgement, decisive=False)
    if required and therapy and judgement.basis is Basis.ASSUMED and _only_lists(criterion, words):
        return _made(criterion, Truth.NOT_MET, judgement, hard=False)
    sure = criterion.confidence >= DEFAULT_CONFIG.eligibility.hard_confidence
    hard = sure and not judgement.tentative and not (open_exception and _softens(criterion))
    return _made(criterion, Truth.NOT_MET, judgement, hard=hard)


def _only_lists(criterion: Criterion, words: TrialWords) -> bool:
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


def _silent(criterion: Criterion, judgement: Judgement, known: Known, words: TrialWords) -> CriterionAssessment:
    meaning = silence(criterion, judgement, known, words.clause(criterion))
    if meaning is Silence.ASSUME:
        made = _made(criterion, Truth.MET, judgement)
        return replace(made, basis=Basis.ASSUMED, reason=f"{judgement.reason}; assumed to fit")
    return _made(criterion, Truth.UNKNOWN, judgement, decisive=meaning is Silence.ASK)


def _for_others(criterion: Criterion, known: Known, words: TrialWords) -> bool:
    """Whether the criterion's line names diseases, and the patient's is none of them."""
    if isinstance(criterion.fact, Cancer) or known.cancers is None:
        return False
    bound = isinstance(criterion.fact, Biomarker | PriorTherapy | Extent | Stage)
    codes = (_named(words.near(criterion)) if bound else None) or words.line_cancers(criterion)
    if not codes:
        return False
    named = oncotree.leaves_of(frozenset(code for code in codes if code in oncotree.nodes()))
    return bool(named) and named.isdisjoint(known.cancers)


@functools.lru_cache(maxsize=16384)
def _named(text: str) -> frozenset[str]:
    """The diseases that a few words name."""
    found = frozenset(code for mention in find_cancers(text) for code in mention.codes)
    return found - frozenset(oncotree.PSEUDO)


def _permitted(criterion: Criterion, known: Known, words: TrialWords, allowed: Sequence[Criterion]) -> bool:
    """Whether what is forbidden in general is allowed in the form that the patient has."""
    same = [one for one in allowed if one.fact.kind == criterion.fact.kind]
    if isinstance(criterion.fact, Cns):
        # "Any" that is allowed excuses nothing in particular, nor does the very state that is forbidden.
        narrow = [one for one in same if one.fact not in (criterion.fact, Cns("any brain metastases"))]
        return any(judge(one, known, words).holds is Truth.MET for one in narrow)
    if isinstance(criterion.fact, Condition):
        return any(_allowed_form(one, criterion.fact, known, words) for one in same)
    if isinstance(criterion.fact, PriorTherapy) and known.patient.treatments is not None:
        rest = tuple(
            item for item in known.treatments if not any(_allows(one, criterion, item, known, words) for one in same)
        )
        if len(rest) < len(known.treatments):
            patient = replace(known.patient, treatments=Treatments(rest, known.patient.treatments.source))
            return judge(criterion, known_of(patient), words).holds is Truth.NOT_MET
    return False


def _allowed_form(one: Criterion, fact: Condition, known: Known, words: TrialWords) -> bool:
    if not isinstance(one.fact, Condition) or one.fact.topic != fact.topic or one.fact == fact:
        return False
    told = [stated for stated in known.patient.conditions if stated.topic.lower() == fact.topic.lower()]
    return any(stated.detail is not None for stated in told) and judge(one, known, words).holds is Truth.MET


def _allows(one: Criterion, criterion: Criterion, item: Treatment, known: Known, words: TrialWords) -> bool:
    if one.exception is not None or not _narrower(one, criterion) or known.patient.treatments is None:
        return False  # allowed only under a condition that is not understood
    alone = replace(known.patient, treatments=Treatments((item,), known.patient.treatments.source))
    return judge(one, known_of(alone), words).holds is Truth.MET


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
