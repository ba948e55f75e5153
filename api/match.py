"""Trials for a patient: ranked by the engine, judged criterion by criterion where they are shown; and questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.service import SearchService
from search.config import DEFAULT_CONFIG
from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment, Verdict
from search.eligibility.changes import Change, changes
from search.eligibility.questions import Candidate, Question, next_questions
from search.patient import Patient
from search.query import Query
from search.ranking.rescoring import Ineligible
from search.results import Hit, SearchResult


@dataclass(frozen=True, slots=True)
class MatchedHit:
    """A trial with what was judged of it; `hit.score` is what it is ordered by."""

    hit: Hit
    assessment: Assessment
    changes: tuple[Change, ...]
    """What would let the patient in."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A page of trials for a patient."""

    result: SearchResult
    hits: tuple[MatchedHit, ...]
    counts: Mapping[Verdict, int]
    """Trials of the whole index by verdict, best class first."""
    questions: tuple[Question, ...]


def match(
    engine: SearchService,
    query: Query,
    patient: Patient,
    *,
    size: int,
    cursor: str | None = None,
    explain: bool = False,
    hide_ineligible: bool = False,
    with_questions: bool = False,
    asked: tuple[str, ...] = (),
) -> Matched:
    """The trials for a patient, those that rule the patient out last.

    Args:
        engine: where to search.
        query: what to search for; with an empty text the disease of the patient.
        patient: who is looking.
        size: trials on the page.
        cursor: `next_cursor` of the page before.
        explain: whether each hit carries its score waterfall.
        hide_ineligible: whether trials that rule the patient out are left out.
        with_questions: whether to look for questions, which takes as long as the search itself.
        asked: topics of questions that were asked already.

    Raises:
        CursorError: the cursor is not of this search.
        IndexUnavailableError: the index cannot answer.
    """
    counts = engine.verdicts(patient)  # first: the search then finds all trials assessed
    placed = Ineligible.HIDDEN if hide_ineligible else Ineligible.LAST
    result = engine.search(query, patient, size=size, cursor=cursor, explain=explain, ineligible=placed)
    documents = engine.documents([hit.nct_id for hit in result.hits])
    hits = []
    for hit, document in zip(result.hits, documents, strict=True):
        if document is not None:
            judged = assess(patient, document.criteria, document.trial)
            hits.append(MatchedHit(hit, judged, changes(patient, document.criteria, document.trial, judged)))
    return Matched(
        result=result,
        hits=tuple(hits),
        counts=counts,
        questions=questions(engine, query, patient, asked) if with_questions else (),
    )


def questions(
    engine: SearchService, query: Query, patient: Patient, asked: tuple[str, ...] = ()
) -> tuple[Question, ...]:
    """The next best questions over the best trials of a search that do not rule the patient out already."""
    ranked = dict(engine.rank(query, DEFAULT_CONFIG.questions.pool, patient))
    pool = []
    for nct_id, document in zip(ranked, engine.documents(list(ranked)), strict=True):
        if document is not None:
            judged = assess(patient, document.criteria, document.trial)
            pool.append(Candidate(nct_id, max(ranked[nct_id], _LEAST), judged))
    return next_questions(pool, asked=asked)


_LEAST = 1e-9
"""Weight of a trial whose score is nought."""
