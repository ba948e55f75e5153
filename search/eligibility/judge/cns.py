"""Disease of the central nervous system in the state a trial names."""

from __future__ import annotations

from collections.abc import Mapping

from search.eligibility.assessment import Basis, Judgement, Truth
from search.eligibility.criterion import Cns
from search.eligibility.known import Known

_YES, _NO, _PERHAPS = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
_STATES = ("none", "active", "untreated", "symptomatic", "treated_stable", "leptomeningeal")
_HOLDS: Mapping[str, tuple[Truth, ...]] = {
    # asked: what each told state (the order of _STATES) says of it
    "any brain metastases": (_NO, _YES, _YES, _YES, _YES, _PERHAPS),
    "active": (_NO, _YES, _YES, _YES, _NO, _PERHAPS),
    "untreated": (_NO, _PERHAPS, _YES, _PERHAPS, _NO, _PERHAPS),
    "symptomatic": (_NO, _PERHAPS, _PERHAPS, _YES, _NO, _PERHAPS),
    "treated_stable": (_NO, _NO, _NO, _NO, _YES, _NO),
    "leptomeningeal": (_NO, _PERHAPS, _PERHAPS, _PERHAPS, _NO, _YES),
}
_BESIDES = ("leptomeningeal", "spinal cord compression")
"""States that a profile may also tell as a condition."""


def judge_cns(fact: Cns, known: Known) -> Judgement:
    """By the table; leptomeningeal disease and cord compression may also be told as conditions."""
    name = fact.state.replace("_", " ")
    if fact.state in _BESIDES:
        told = known.condition(fact.state)
        if told is not None:
            return Judgement(_YES if told else _NO, f"{'' if told else 'no '}{name} stated")
    state = known.patient.cns.state if known.patient.cns is not None else None
    if fact.state == "spinal cord compression":
        if state == "none":
            return Judgement(_NO, "no disease of the central nervous system", Basis.DERIVED)
        return Judgement(_PERHAPS, f"{name} is not stated", missing=("conditions.spinal cord compression",))
    row = _HOLDS.get(fact.state)
    if state is None or row is None:
        return Judgement(_PERHAPS, f"disease of the central nervous system is not stated ({name})", missing=("cns",))
    truth = row[_STATES.index(state)]
    basis = Basis.KNOWN if fact.state == state else Basis.DERIVED
    missing = ("cns",) if truth is _PERHAPS else ()
    told_words = "no brain metastases" if state == "none" else f"central nervous system: {state.replace('_', ' ')}"
    return Judgement(truth, f"{told_words} ({name} is named)", basis, missing=missing)
