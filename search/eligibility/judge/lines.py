"""How many lines of therapy has the patient had, by the trial's way of counting?"""

from __future__ import annotations

import re

from search.eligibility.assessment import Basis, Judgement, Truth
from search.eligibility.criterion import LineCount
from search.eligibility.known import Known, given
from search.eligibility.settings import Setting, agrees, settings_of
from search.patient import Treatment

_KINDS = ("chemotherapy", "endocrine therapy", "immunotherapy", "targeted therapy")


def judge_lines(fact: LineCount, known: Known) -> Judgement:
    """The count is an interval where the history does not tell it exactly: inside, outside, or neither."""
    low, high, basis = _count(fact, known)
    if low is None and high is None:
        return Judgement(Truth.UNKNOWN, "the number of prior lines is not stated", missing=("prior_lines",))
    least, most = low or 0, high if high is not None else 10**6
    bounds = f"{fact.min if fact.min is not None else 0} to {fact.max if fact.max is not None else 'any number'}"
    setting = f" ({fact.setting})" if fact.setting else ""
    counted = f"{least}" if least == most else f"{least} to {most}" if high is not None else f"at least {least}"
    reason = f"{counted} prior lines{setting}, {bounds} are asked"
    floor, ceiling = fact.min or 0, fact.max if fact.max is not None else 10**6
    if floor <= least and most <= ceiling:
        return Judgement(Truth.MET, reason, basis)
    if most < floor or least > ceiling:
        return Judgement(Truth.NOT_MET, reason, basis)
    return Judgement(Truth.UNKNOWN, reason, basis, missing=("prior_lines",))


def _count(fact: LineCount, known: Known) -> tuple[int | None, int | None, Basis]:
    stated = known.patient.lines.count if known.patient.lines is not None else None
    kind = next((kind for kind in _KINDS if kind in (fact.setting or "")), None)
    wanted = settings_of(fact.setting)
    plain = not wanted or Setting.ANY in wanted or wanted <= {Setting.LATE, Setting.RECURRENT}
    if known.patient.treatments is None:
        if stated is None:
            return None, None, Basis.KNOWN
        return (stated, stated, Basis.KNOWN) if plain and kind is None else (0, stated, Basis.DERIVED)
    items = [item for item in known.treatments if given(item, "systemic therapy") or item.line is not None]
    if kind is not None and not known.patient.treatments.complete:
        return 0, None, Basis.DERIVED
    if kind is not None:
        items = [item for item in items if given(item, kind)]
        low, high = _lines([item for item in items if _numbered(item)]), _lines(items)
        return low, high, Basis.DERIVED
    specific = re.search(r"platinum-(?:resistant|sensitive)|castration|refractory", fact.setting or "")
    if stated is not None and plain and not specific:
        return stated, stated, Basis.KNOWN
    sure = _lines([item for item in items if agrees(fact.setting or "metastatic", item.setting, item.line) is True])
    possible = [item for item in items if agrees(fact.setting or "metastatic", item.setting, item.line) is not False]
    if specific and fact.setting is not None:
        exact = [item for item in items if fact.setting.lower() in (item.setting or "").lower()]
        return (_lines(exact) if exact else 0), stated if stated is not None else _lines(possible), Basis.DERIVED
    if not known.patient.treatments.complete and stated is None:
        return sure, None, Basis.DERIVED
    high = _lines(possible)
    return sure, max(sure, high if stated is None else min(high, max(stated, sure))), Basis.DERIVED


def _numbered(item: Treatment) -> bool:
    return item.line is not None


def _lines(items: list[Treatment]) -> int:
    """Treatments of one line are told one by one; those without a number are one each, maintenance none."""
    numbers = {item.line for item in items if item.line is not None}
    loose = [item for item in items if item.line is None and Setting.MAINTENANCE not in settings_of(item.setting)]
    return len(numbers) + len(loose)
