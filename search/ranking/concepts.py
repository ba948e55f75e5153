"""What a query asks for, as weighted tokens of the field `concepts` (see `search.index.concepts`).

A concept that the text denies makes no token, nor does one that is ambiguous. Of a marker that is said to be absent or
wild type, only trials that ask for that state are near, not those that ask for the marker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from search.config import ConceptConfig
from search.index.concepts import MOST_LINES, token
from search.index.document import CnsPolicy
from search.index.eligibility_terms import absent_states, leaves_of_stage, leaves_of_states, says_result
from search.patient import Patient
from search.query import Concept, Query
from search.terminology import oncotree
from search.terminology.therapy_graph import classes_of

Weighted = tuple[str, float]
Group = tuple[Weighted, ...]


def concept_groups(concepts: Iterable[Concept], config: ConceptConfig) -> tuple[Group, ...]:
    """The tokens of a query, a group for each concept, in their order; what is said twice counts once.

    The weights are shares: a trial that holds the best token of every group gets 1.
    """
    groups: dict[Group, None] = {}
    for concept in concepts:
        read = _READERS.get(concept.kind)
        if read is None or concept.negative or concept.ambiguous:
            continue
        best: dict[str, float] = {}
        for name, weight in read(concept, config):
            best[name] = max(weight, best.get(name, 0.0))
        if best:
            groups[tuple(best.items())] = None
    total = sum(max(weight for _, weight in group) for group in groups)
    return tuple(tuple((name, weight / total) for name, weight in group) for group in groups)


def concepts_of(query: Query, patient: Patient | None) -> tuple[Concept, ...]:
    """What a query is about: its own concepts, or, of a profile that was given beside it, those of the profile."""
    if patient is None:
        return query.concepts
    own = tuple(one for one in query.concepts if one.kind == "intervention")
    return (*own, *_of_patient(patient))


def _of_patient(patient: Patient) -> Iterator[Concept]:
    if patient.cancer is not None:
        yield Concept("cancer", "", 0, 0, codes=patient.cancer.codes)
    for marker in patient.markers:
        yield Concept("biomarker", "", 0, 0, marker=marker.marker, states=marker.states)
    if patient.stage is not None:
        yield Concept("stage", "", 0, 0, values=(patient.stage.text,), system=patient.stage.system)
    for extent in patient.extents:
        if extent.present:
            yield Concept("extent", "", 0, 0, values=(extent.value,))
    for status in patient.performance:
        yield Concept("performance", "", 0, 0, scale=status.scale, least=status.value, most=status.value)
    if patient.treatments is not None:
        for treatment in patient.treatments.items:
            yield Concept("prior_therapy", "", 0, 0, therapies=treatment.parts)
    if patient.lines is not None:
        yield Concept("line_count", "", 0, 0, least=patient.lines.count, most=patient.lines.count)
    if patient.cns is not None:
        yield Concept("cns", "", 0, 0, value=patient.cns.state)


def _cancer(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    for code in sorted(concept.codes):
        if code in oncotree.PSEUDO:
            yield token("cancer", code), config.cancer
            continue
        yield token("cancer", code), config.cancer
        yield token("within", code), config.cancer * config.narrower
        for distance, above in enumerate(oncotree.ancestors(code), 1):
            if above == oncotree.ANY:
                continue
            falling = config.pan_cancer if above in oncotree.PSEUDO else config.step**distance
            yield token("cancer", above), config.cancer * falling


def _biomarker(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    marker = concept.marker or ""
    states = tuple(filter(says_result, concept.states))
    leaves = leaves_of_states(marker, states)
    absent = leaves_of_states(marker, absent_states(marker))
    present = not leaves or bool(leaves - absent)
    if present:
        yield token("marker", marker), config.marker
    for leaf in sorted(leaves):
        yield token("marker", f"{marker}:{leaf}"), config.state + (config.marker if present else 0.0)


def _intervention(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    for name in concept.therapies:
        yield token("therapy", name), config.intervention
        for above in sorted(classes_of(name)):
            yield token("therapy", above), config.same_class


def _prior(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    for name in concept.therapies:
        yield token("prior", name), config.prior
        for above in sorted(classes_of(name)):
            yield token("prior", above), config.prior * config.same_class


def _extent(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    for value in concept.values:
        yield token("extent", value), config.extent


def _stage(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    leaves = sorted({leaf for value in concept.values for leaf in leaves_of_stage(value, concept.system)})
    for leaf in leaves:
        yield token("stage", leaf), config.stage


_TAKES: Mapping[CnsPolicy, float] = MappingProxyType(
    {CnsPolicy.REQUIRED: 1.0, CnsPolicy.ALLOWED: 0.7, CnsPolicy.TREATED_STABLE: 0.4}
)
"""How much a trial's policy fits somebody with metastases of the brain."""


def _cns(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    if concept.value != "none":
        for policy, share in _TAKES.items():
            yield token("cns", policy.value), config.cns * share


def _performance(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    if concept.scale in (None, "ECOG") and concept.most is not None:
        yield token("ecog", str(concept.most)), config.performance


def _lines(concept: Concept, config: ConceptConfig) -> Iterator[Weighted]:
    if concept.least is not None:
        yield token("lines", str(min(concept.least, MOST_LINES))), config.lines


_READERS: Mapping[str, Callable[[Concept, ConceptConfig], Iterator[Weighted]]] = MappingProxyType(
    {
        "cancer": _cancer,
        "biomarker": _biomarker,
        "intervention": _intervention,
        "prior_therapy": _prior,
        "extent": _extent,
        "stage": _stage,
        "cns": _cns,
        "performance": _performance,
        "line_count": _lines,
    }
)
