"""Exceptions ("except basal cell carcinoma", "unless due to Gilbert's syndrome"): understood, or left open."""

from __future__ import annotations

import functools
import re

from search.eligibility.assessment import Truth
from search.eligibility.context import telling
from search.eligibility.criterion import Condition, Criterion, Fact, Lab, PriorTherapy, Requirement
from search.eligibility.judge.details import names_member
from search.eligibility.judge.labs import condition_holds
from search.eligibility.judge.therapy import judge_therapy
from search.eligibility.known import Known, only
from search.patient import ConditionFact, Treatment
from search.terminology.therapies import find_therapies, is_a

_SUBJECTS = (
    ("gilbert", "gilbert"),
    ("liver metast", "liver metastases"),
    ("hepatic metast", "liver metastases"),
    ("liver involve", "liver metastases"),
    ("anticoag", "on anticoagulants"),
    ("warfarin", "on anticoagulants"),
    ("bone metast", "bone metastases"),
)


def heeded(fact: Fact, words: str) -> str | None:
    """What `exempt` heeds of an exception's words; None where no patient's facts make it hold or fail."""
    if isinstance(fact, Lab):
        folded = words.lower()
        return " ".join(key for key, _ in _SUBJECTS if key in folded) or None
    return words if isinstance(fact, Condition | PriorTherapy) else None


def exempt(criterion: Criterion, words: str, known: Known) -> bool | None:
    """Whether an exception holds of the patient: True or False where it is understood, else None."""
    words = words.lower()
    fact = criterion.fact
    if isinstance(fact, Lab):
        found = {condition_holds(name, known) for key, name in _SUBJECTS if key in words}
        return None if not found or None in found else True in found
    if isinstance(fact, Condition):
        return _condition(fact, words, known)
    if isinstance(fact, PriorTherapy):
        return _therapy(fact, criterion.requirement is Requirement.REQUIRED, words, known)
    return None


def _condition(fact: Condition, words: str, known: Known) -> bool | None:
    told = [one for one in known.patient.conditions if one.present and one.topic.lower() == fact.topic.lower()]
    details = [one.detail for one in told if one.detail]
    if not details:
        return None
    own = telling(" ".join(details)) - telling(fact.topic)
    if own & telling(words) or any(names_member(detail, words) for detail in details):
        return True
    return None


def _therapy(fact: PriorTherapy, required: bool, words: str, known: Known) -> bool | None:
    """What the patient has is excepted, or every treatment that is meant is: by its name, its setting or its site."""
    if any(_names_condition(one, words, required=required) for one in known.patient.conditions):
        return True
    meant = [item for item in known.treatments if _is_meant(item, fact)]
    if not meant:
        return None
    asked = Requirement.REQUIRED if required else Requirement.PROHIBITED
    failing = [item for item in meant if judge_therapy(fact, asked, only(known, item)).holds is Truth.MET]
    answers = {_excepted(item, fact, words) for item in failing or meant}
    if answers == {True}:
        return True
    return False if False in answers else None


def _names_condition(told: ConditionFact, words: str, *, required: bool) -> bool:
    """Whether the exception is for those with a condition; of what is forbidden only in so many words."""
    names = telling(told.topic)
    return told.present and len(names) >= (1 if required else _SEVERAL) and names <= telling(words)


_SEVERAL = 2


def _excepted(item: Treatment, fact: PriorTherapy, words: str) -> bool | None:
    """Whether one treatment is excepted; False where only another treatment would be."""
    excepted = [name for name in _mentioned(words) if name not in fact.therapies]
    own = telling(" ".join(filter(None, (item.setting, item.detail, item.text)))) - telling(" ".join(fact.therapies))
    told = (own - _MODALITIES) & telling(words)
    alone = _ALONE.search(words)
    if told and alone is not None:
        by = _mentioned(alone["by"])
        if by and not any(is_a(part, name) or is_a(name, part) for part in item.parts for name in by):
            return False
    if told or any(is_a(part, name) for part in item.parts for name in excepted):
        return True
    return None


@functools.lru_cache(maxsize=8192)
def _mentioned(words: str) -> tuple[str, ...]:
    """Names of the therapies that a text mentions."""
    return tuple(mention.name for mention in find_therapies(words))


_MODALITIES = frozenset({"radiotherapy", "radiation", "chemotherapy", "surgery", "chemoradiotherapy", "immunotherapy"})
_ALONE = re.compile(r"\b(?:exclusively|only|solely)\s+(?:with|by)\s+(?P<by>[^.;,)]+)", re.I)


def _is_meant(item: Treatment, fact: PriorTherapy) -> bool:
    return any(is_a(part, name) for part in item.parts for name in fact.therapies)
