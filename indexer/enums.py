"""Coded values in all their spellings: API v2 (`ACTIVE_NOT_RECRUITING`) and legacy ("Active, not recruiting")."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from search.trial import Phase

E = TypeVar("E", bound=StrEnum)

_NOT_WORD = re.compile(r"[^A-Z0-9]+")
_DETAIL = re.compile(r"\(.*", re.DOTALL)
_LONGEST = 120

# Legacy spellings, after folding, whose API v2 value is not the folded spelling itself.
_LEGACY = {
    "BOTH": "ALL",
    "UNKNOWN_STATUS": "UNKNOWN",
    "NO_LONGER_RECRUITING": "ACTIVE_NOT_RECRUITING",
    "OBSERVATIONAL_PATIENT_REGISTRY": "OBSERVATIONAL",
    "U_S_FED": "FED",
    "OTHER_GOVERNMENT": "OTHER_GOV",
    "INDIVIDUAL": "INDIV",
    "AMBIGUOUS": "AMBIG",
    "N_A": "NA",
    "NOT_APPLICABLE": "NA",
    "PHASE_0": "EARLY_PHASE1",
    "PHASE0": "EARLY_PHASE1",
    "EARLY_PHASE_1": "EARLY_PHASE1",
    "PHASE_1": "PHASE1",
    "PHASE_2": "PHASE2",
    "PHASE_3": "PHASE3",
    "PHASE_4": "PHASE4",
    "PHASE_I": "PHASE1",
    "PHASE_II": "PHASE2",
    "PHASE_III": "PHASE3",
    "PHASE_IV": "PHASE4",
    "OPEN_LABEL": "NONE",
    "NO_MASKING": "NONE",
    "EDUCATIONAL_COUNSELING_TRAINING": "ECT",
    "SINGLE_GROUP_ASSIGNMENT": "SINGLE_GROUP",
    "PARALLEL_ASSIGNMENT": "PARALLEL",
    "CROSSOVER_ASSIGNMENT": "CROSSOVER",
    "FACTORIAL_ASSIGNMENT": "FACTORIAL",
    "SEQUENTIAL_ASSIGNMENT": "SEQUENTIAL",
}


@lru_cache(maxsize=8192)
def _code(text: str) -> str | None:
    folded = _NOT_WORD.sub("_", _DETAIL.sub("", text).upper()).strip("_")
    return _LEGACY.get(folded, folded) or None


def code(value: object) -> str | None:
    """A coded value in API v2 spelling, whatever its vocabulary; what stands in parentheses is left out."""
    return _code(value) if isinstance(value, str) and len(value) <= _LONGEST else None


def member(kind: type[E], value: object) -> E | None:
    """The member of an enumeration that a value names, or None."""
    name = code(value)
    if name is None:
        return None
    found = kind._value2member_map_.get(name)
    return found if isinstance(found, kind) else None


def phases(value: object) -> tuple[Phase, ...]:
    """Phases of a list, or of a legacy text such as "Phase 1/Phase 2", in their order, each once."""
    parts: list[object] = list(value) if isinstance(value, (list, tuple)) else [value]
    split = [piece for part in parts if isinstance(part, str) for piece in re.split(r"(?<!N)[/|,]", part.upper())]
    return tuple(dict.fromkeys(phase for piece in split if (phase := member(Phase, piece)) is not None))
