"""In what patients must be alike for questions of a kind to be answered alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

from search.eligibility.known import Known

_SCHOOL_AGE = 16
"""From here on the scale of Lansky does not apply, whatever the age."""
Likeness = Callable[[Known], Hashable]


def of_cancer(known: Known) -> Hashable:
    """What says which disease it is."""
    return known.patient.cancer.codes if known.patient.cancer is not None else None


def of_age_and_sex(known: Known) -> Hashable:
    """Age in years, and sex."""
    return _age(known), known.patient.sex.value if known.patient.sex is not None else None


def _age(known: Known) -> Hashable:
    return known.patient.age.years if known.patient.age is not None else None


def _performance(known: Known) -> Hashable:
    age = known.patient.age.years if known.patient.age is not None else None
    told = frozenset((one.scale, one.value) for one in known.patient.performance)
    return told, age is not None and age >= _SCHOOL_AGE


def _extent(known: Known) -> Hashable:
    return frozenset((value, one.true, one.basis) for value, one in known.extent.items())


def _stage(known: Known) -> Hashable:
    stages = known.stages[:2] if known.stages is not None else None
    tokens = known.patient.tnm.tokens if known.patient.tnm is not None else ()
    return of_cancer(known), stages, tokens, frozenset(known.tnm.items()), _extent(known)


def of_treatments(known: Known) -> Hashable:
    """Treatments, and the course that tells how they ended."""
    told = known.patient.treatments
    return None if told is None else (told.items, _extent(known))


def of_conditions(known: Known) -> Hashable:
    """Conditions in their forms, and the sex that makes some of them void."""
    told = tuple((one.topic, one.present, one.detail) for one in known.patient.conditions)
    return told, known.patient.sex.value if known.patient.sex is not None else None


def of_laboratory(known: Known) -> Hashable:
    """Laboratory values, and what the conditions of thresholds speak of."""
    return tuple(known.labs.items()), of_conditions(known), _age(known), of_cancer(known), _extent(known)


def of_markers(known: Known) -> Hashable:
    """Results of markers."""
    return tuple(known.markers.items()), known.patient.panels


def _lines(known: Known) -> Hashable:
    return known.patient.lines, of_treatments(known)


LIKENESS: Mapping[str, Likeness] = {
    "age": _age,
    "biomarker": of_markers,
    "cancer": of_cancer,
    "condition": of_conditions,
    "extent": _extent,
    "lab": of_laboratory,
    "line_count": _lines,
    "performance": _performance,
    "prior_therapy": of_treatments,
    "stage": _stage,
}
"""By kind of question."""
