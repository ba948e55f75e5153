"""Answers of `/match`, `/questions` and `/assess` as JSON objects; `api.schemas_match` documents their form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.answers import hit_answer, provenance, search_answer
from api.assessments import VERDICT_LABELS, change_answer, patient_answer, question_answer, verdict_answer
from api.match import Matched
from api.match_requests import MatchRequest
from search.eligibility.assessment import Verdict
from search.eligibility.questions import Question
from search.index.base import Manifest


def match_answer(asked: MatchRequest, found: Matched) -> dict[str, object]:
    """The answer of `POST /match`: a hit's `score` is the chance of being eligible, `rank_score` orders the hits."""
    near = found.result.query.filters.near
    searched = search_answer(found.result, given=asked.search.given, notices=asked.search.notices)
    hits = []
    for one in found.hits:
        answer = hit_answer(one.hit, near) | {"rank_score": one.hit.score}
        answer |= {"changes": [change_answer(change) for change in one.changes]}
        hits.append(answer | verdict_answer(one.assessment))
    return {
        **searched,
        "hits": hits,
        "counts": counts_answer(found.counts),
        "patient": patient_answer(asked.reading),
        "questions": [question_answer(question) for question in found.questions],
    }


def counts_answer(counts: Mapping[Verdict, int]) -> list[dict[str, object]]:
    """Trials of the whole index by class of verdict, best first."""
    return [
        {"verdict_class": verdict.value, "verdict": verdict.exported, "label": VERDICT_LABELS[verdict], "count": count}
        for verdict, count in counts.items()
    ]


def questions_answer(asked: MatchRequest, found: Sequence[Question], manifest: Manifest) -> dict[str, object]:
    """The answer of `POST /questions`."""
    return {
        "questions": [question_answer(question) for question in found],
        "patient": patient_answer(asked.reading),
        **provenance(manifest),
    }
