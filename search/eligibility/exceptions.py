"""Exceptions ("except basal cell carcinoma", "unless due to Gilbert's syndrome"): understood, or left open."""

from __future__ import annotations

from search.eligibility.context import telling
from search.eligibility.criterion import Condition, Criterion, Lab, PriorTherapy
from search.eligibility.judge.details import names_member
from search.eligibility.judge.labs import condition_holds
from search.eligibility.known import Known
from search.patient import Treatment
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
        return _therapy(fact, words, known)
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


def _therapy(fact: PriorTherapy, words: str, known: Known) -> bool | None:
    """Every treatment that is meant is excepted by its name, its setting or its site."""
    meant = [item for item in known.treatments if _is_meant(item, fact)]
    if not meant:
        return None
    excepted = [mention.name for mention in find_therapies(words)]
    excepted = [name for name in excepted if name not in fact.therapies]
    own_words = telling(words)
    for item in meant:
        named = any(is_a(part, name) for part in item.parts for name in excepted)
        told = telling(" ".join(filter(None, (item.setting, item.detail)))) & own_words
        if not named and not told:
            return None
    return True


def _is_meant(item: Treatment, fact: PriorTherapy) -> bool:
    return any(is_a(part, name) for part in item.parts for name in fact.therapies)
