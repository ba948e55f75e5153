"""What is asked of a back end for a query, and with which weights its answers are ranked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from search.config import RankingConfig
from search.index.base import Retrieval
from search.patient import Patient
from search.query import Query
from search.ranking import fusion, rescoring
from search.ranking.concepts import concept_groups, concepts_of
from search.ranking.focus import focus_text
from search.text import terms as analyzed_terms

Encode = Callable[[str, bool], NDArray[np.float32]]
"""The vector of a text; the flag says whether the text may be a patient's."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A request with the ranking that fits it."""

    request: Retrieval
    ranking: RankingConfig
    """With the weights of a text of this kind."""
    person: Patient | None = None
    """Whose eligibility re-scores; None re-scores nothing."""
    weights: rescoring.Weights | None = None
    """Of the re-scoring, where there is a person."""
    note: bool = False
    """Whether it is a note or a profile."""


def plan(query: Query, patient: Patient | None, config: RankingConfig, encode: Encode, facets: Sequence[str]) -> Plan:
    """Plan a query.

    Args:
        query: as understood.
        patient: a profile given beside it, which takes the place of what the text states of a person.
        config: the ranking.
        encode: makes vectors.
        facets: which are to be counted.
    """
    filters = query.effective_filters() if patient is None else _without_stated(query).effective_filters()
    person = query.patient if patient is None else patient
    concepts = concepts_of(query, patient)
    wanted = query.text_without_stated() if query.stated else query.text
    # Words that state age and sex say nothing of the disease, unless there are no others.
    text = "" if query.only_filters() else wanted if distinct_terms(wanted) else query.text
    note = query.note or patient is not None or len(distinct_terms(text)) > config.fusion.note_terms
    about = focus_text(person, concepts) if note and person is not None else ""
    if not text:
        text, about = about, ""
    words = distinct_terms(text)[: config.lexical.max_terms]
    weights = fusion.weights_for(config.fusion, len(words), note=note)
    ranking = replace(config, fusion=weights)
    rescored = (
        rescoring.weights_for(config.rescoring, note=note, tells_cancer=person.cancer is not None)
        if person is not None and config.rescoring.enabled
        else None
    )
    if not words:
        return Plan(Retrieval((), None, filters, tuple(facets)), ranking, person if rescored else None, rescored, note)
    request = Retrieval(
        terms=_weighted(words),
        vector=encode(about or text, note) if weights.dense_weight else None,
        filters=filters,
        facets=tuple(facets),
        focus=_weighted(distinct_terms(about)) if weights.note_focus_weight else (),
        concepts=concept_groups(concepts, config.concepts) if weights.concept_weight else (),
    )
    return Plan(request, ranking, person if rescored else None, rescored, note)


def distinct_terms(text: str) -> tuple[str, ...]:
    """Analyzed terms of a text, each once, in its order."""
    return tuple(dict.fromkeys(analyzed_terms(text)))


def _weighted(words: Sequence[str]) -> tuple[tuple[str, float], ...]:
    return tuple((word, 1.0) for word in words)


def _without_stated(query: Query) -> Query:
    return replace(query, stated=())
