"""Is the disease as far spread, and at the point of its course, as a trial names?"""

from __future__ import annotations

from search.eligibility.assessment import Judgement, Truth
from search.eligibility.criterion import Extent
from search.eligibility.known import Known


def judge_extent(fact: Extent, known: Known) -> Judgement:
    """Any of the values: one that is true is enough; all must be false for a no."""
    names = " or ".join(value.replace("_", " ") for value in fact.values)
    implied = [known.extent.get(value) for value in fact.values]
    for one in implied:
        if one is not None and one.true:
            return Judgement(Truth.MET, f"{one.because}: {names}", one.basis)
    if implied and all(one is not None for one in implied):
        first = next(one for one in implied if one is not None)
        return Judgement(Truth.NOT_MET, f"{first.because}: not {names}", first.basis)
    return Judgement(Truth.UNKNOWN, f"not stated whether the disease is {names}", missing=("extent",))
