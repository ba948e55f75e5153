"""How likely an open criterion is to fail once its fact is known: what decides which question comes first.

These are rough shares among people with cancer who look for a trial. They order questions and do nothing else: no
verdict and no score rests on them. Shares of markers are those of the disease in which a marker is tested most, rounded
(Zehir et al., Nat Med 2017;23:703-713 for genes; textbook figures for receptors); the others are set down by us.
"""

from __future__ import annotations

import functools
import re

from search.eligibility.assessment import Truth
from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criterion,
    Extent,
    Fact,
    Lab,
    LineCount,
    Performance,
    PriorTherapy,
    Requirement,
    SexIs,
    Stage,
)
from search.eligibility.judge.performance import judge_performance
from search.eligibility.known import known
from search.patient import Patient, PerformanceFact
from search.terminology.analytes import Analyte, analyte

_ECOG = {0: 0.30, 1: 0.45, 2: 0.18, 3: 0.05, 4: 0.02}
_LINES = {0: 0.30, 1: 0.25, 2: 0.20, 3: 0.12, 4: 0.07, 5: 0.06}
_POSITIVE = {
    "ER": 0.75,
    "PR": 0.65,
    "HER2": 0.20,
    "PD-L1": 0.50,
    "MSI": 0.06,
    "MMR": 0.10,
    "TMB": 0.15,
    "EGFR": 0.20,
    "ALK": 0.04,
    "ROS1": 0.02,
    "KRAS": 0.35,
    "NRAS": 0.06,
    "BRAF": 0.15,
    "MET": 0.04,
    "RET": 0.02,
    "NTRK1": 0.01,
    "NTRK2": 0.01,
    "NTRK3": 0.01,
    "BRCA1": 0.08,
    "BRCA2": 0.08,
    "PIK3CA": 0.35,
    "FGFR2": 0.12,
    "FGFR3": 0.15,
    "IDH1": 0.15,
    "IDH2": 0.10,
    "FLT3": 0.28,
    "NPM1": 0.30,
    "TP53": 0.45,
    "HRD": 0.50,
    "CD19": 0.90,
    "CD20": 0.90,
    "BCMA": 0.90,
    "PSMA": 0.85,
    "CLDN18.2": 0.38,
    "HPV": 0.60,
    "EBV": 0.40,
    "MGMT": 0.45,
    "SSTR": 0.80,
}
_RARE = 0.15
"""Share of a positive result of a marker without a row."""
_ABSENT = re.compile(r"negative|wild|absent|normal|retained|proficient|stable|mss|unmutated|non-", re.I)
_CNS_PRESENT = {"any brain metastases": 0.15, "leptomeningeal": 0.02, "spinal cord compression": 0.02}
_CNS_OTHER = 0.06
_CONDITION = 0.04
_LACKING = {"measurable disease": 0.1, "life expectancy": 0.05, "tissue available": 0.03}
_ROUTINE = 0.01
"""Chance that something which is asked of everybody (consent, contraception) is lacking."""


def chance_of_failing(criterion: Criterion) -> float:
    """The chance, 0 to 1, that a criterion whose fact is not stated rules a patient out.

    What is allowed never does.
    """
    if criterion.requirement is Requirement.ALLOWED:
        return 0.0
    return _chance(criterion.fact, criterion.requirement is Requirement.REQUIRED)


@functools.lru_cache(maxsize=65536)
def _chance(fact: Fact, required: bool) -> float:
    match fact:
        case Performance():
            inside = sum(share for value, share in _ECOG.items() if _on_scale(fact, value))
            return 1 - inside if required else inside
        case LineCount():
            most = fact.max if fact.max is not None else max(_LINES)
            inside = sum(share for lines, share in _LINES.items() if (fact.min or 0) <= lines <= most)
            return 1 - inside if required else inside
        case Lab():
            return _lab(fact)
        case Biomarker():
            holds = _marker(fact)
            return 1 - holds if required else holds
        case Cns():
            holds = _CNS_PRESENT.get(fact.state, _CNS_OTHER)
            return 1 - holds if required else holds
        case Condition():
            return _LACKING.get(fact.topic, _ROUTINE) if required else _CONDITION
        case _:
            return _plain(fact, required)


def _plain(fact: Fact, required: bool) -> float:
    """Kinds of which no more is said than how often they rule somebody out."""
    match fact:
        case Cancer() | SexIs():
            return 0.5
        case Age():
            return 0.1
        case Stage():
            return 0.4 if required else 0.2
        case Extent():
            return 0.35 if required else 0.2
        case PriorTherapy():
            timed = fact.within_days is not None or fact.half_lives is not None
            return 0.55 if required else 0.1 if timed else 0.3
        case _:
            return 0.0


def _on_scale(fact: Performance, ecog: int) -> bool:
    stated = known(Patient(performance=(PerformanceFact("ECOG", ecog),)))
    return judge_performance(fact, stated).holds is not Truth.NOT_MET


def _marker(fact: Biomarker) -> float:
    positive = _POSITIVE.get(fact.marker, _RARE)
    states = fact.states or ("positive",)
    absent = [bool(_ABSENT.search(state)) for state in states]
    if all(absent):
        return 1 - positive
    if any(absent):
        return 1.0
    return positive * (0.6 if fact.threshold is not None else 1.0)


def _lab(fact: Lab) -> float:
    """By how far the bound lies from the usual limits: a bound within them is missed more often."""
    row = analyte(fact.analyte)
    relative = _relative(fact, row)
    if relative is None:
        return 0.08
    if fact.op.startswith(">"):
        return 0.03 if relative <= 0.5 else 0.07 if relative <= 0.8 else 0.15 if relative <= 1 else 0.4
    return 0.03 if relative >= 3 else 0.06 if relative >= 2 else 0.1 if relative >= 1.25 else 0.2


def _relative(fact: Lab, row: Analyte | None) -> float | None:
    if fact.unit in {"xULN", "xLLN"}:
        return fact.value
    if row is None or fact.unit != row.unit:
        return None
    limit = row.lln if fact.op.startswith(">") else row.uln
    return fact.value / limit if limit else None
