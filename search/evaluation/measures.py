"""Effectiveness of a ranking against judgements: figures by topic, computed by ir_measures.

Two settings are never mixed: *plain* counts an unjudged trial as not relevant; *condensed* removes unjudged trials from
the ranking first (Sakai, SIGIR 2007). Grades are those of the TREC clinical trials tracks: 0 not relevant, 1 excluded,
2 eligible. Graded gains are 0/1/2, as the tracks have them; with gains 0/0/1 a trial that excludes the patient is worth
nothing.

Ties: a ranking says nothing of the order within equal scores. By default every tie is settled in the *worst* way (lower
grade first), so that no figure profits from an order that the system did not give; `best` shows how much that can cost.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from search.evaluation.trec import Qrels, Run, read_qrels, read_run

__all__ = [
    "Qrels", "Run", "Ties", "TopicFigures", "condense", "eligible_over_excluded", "evaluate", "mean", "read_qrels",
    "read_run", "series", "settle", "tied",
]  # fmt: skip

Ties = Literal["worst", "best", "id"]
"""How equal scores are settled: lower grades first, higher grades first, or in the order of ids."""

ELIGIBLE = 2
"""The grade of an eligible trial."""
EXCLUDED = 1
"""The grade of a trial of the disease that excludes the patient."""


def condense(run: Run, qrels: Qrels) -> dict[str, list[tuple[str, float]]]:
    """The run without trials that nobody judged for the topic."""
    return {topic: [hit for hit in hits if hit[0] in qrels.get(topic, {})] for topic, hits in run.items()}


def settle(
    hits: Sequence[tuple[str, float]], grades: Mapping[str, int], ties: Ties = "worst"
) -> list[tuple[str, float]]:
    """One topic's ranking with equal scores put in a definite order; an unjudged trial stands as grade 0."""
    sign = {"worst": 1, "best": -1, "id": 0}[ties]
    return sorted(hits, key=lambda hit: (-hit[1], sign * grades.get(hit[0], 0), hit[0]))


def tied(hits: Sequence[tuple[str, float]], depth: int = 10) -> int:
    """How many of the first `depth` trials share their score with another trial of the ranking."""
    ordered = sorted(hits, key=lambda hit: -hit[1])
    count = 0
    for start, group in _groups(ordered):
        if len(group) > 1:
            count += max(0, min(depth, start + len(group)) - start)
    return count


def _groups(ordered: Sequence[tuple[str, float]]) -> Iterator[tuple[int, list[tuple[str, float]]]]:
    start = 0
    for _, same in itertools.groupby(ordered, key=lambda hit: hit[1]):
        group = list(same)
        yield start, group
        start += len(group)


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """Figures of one topic; None where the judgements cannot give one (no trial of the grade that it is about)."""

    ndcg_10: float | None
    """nDCG at 10 with gains 0/1/2 and a discount of log2(rank + 1)."""
    ndcg_10_eligible: float | None
    """nDCG at 10 with gains 0/0/1."""
    p_10: float | None
    """Share of the first ten that are eligible (grade 2)."""
    p_5: float | None
    rr: float | None
    """One over the rank of the first eligible trial."""
    recall_100: float | None
    recall_500: float | None
    excluded_10: int
    """Trials among the first ten that exclude the patient (grade 1)."""
    auroc: float | None
    """Chance that an eligible trial ranks above an excluded one, ties half. Trials that the ranking lacks stand below
    all others, tied."""
    unjudged_10: int
    """Trials among the first ten that nobody judged; 0 in a condensed ranking."""


def evaluate(run: Run, qrels: Qrels, *, ties: Ties = "worst") -> dict[str, TopicFigures]:
    """Figures by topic, for every topic that has judgements; a topic without a ranking scores nothing.

    Args:
        run: rankings by topic, plain or condensed.
        qrels: grades by topic.
        ties: how equal scores are settled.
    """
    settled = {topic: settle(run.get(topic, []), grades, ties) for topic, grades in qrels.items()}
    values = _graded(settled, qrels)
    figures = {}
    for topic, grades in qrels.items():
        first = [trial for trial, _ in settled[topic]][:10]
        graded = any(grade > 0 for grade in grades.values())
        eligible = any(grade >= ELIGIBLE for grade in grades.values())
        known = {
            name: value if (graded if name == "ndcg_10" else eligible) else None
            for name, value in values[topic].items()
        }
        figures[topic] = TopicFigures(
            **known,
            excluded_10=sum(grades.get(trial) == EXCLUDED for trial in first),
            auroc=eligible_over_excluded(dict(settled[topic]), grades),
            unjudged_10=sum(trial not in grades for trial in first),
        )
    return figures


def _graded(settled: Run, qrels: Qrels) -> dict[str, dict[str, float]]:
    """What ir_measures computes. It is given ranks, not scores: trec_eval reads scores in single precision."""
    import ir_measures
    from ir_measures import RR, P, R, nDCG

    measures = {"ndcg_10": nDCG @ 10, "p_10": P(rel=2) @ 10, "p_5": P(rel=2) @ 5, "rr": RR(rel=2)}
    measures |= {"recall_100": R(rel=2) @ 100, "recall_500": R(rel=2) @ 500}
    names = {measure: name for name, measure in measures.items()}
    ranked = {
        topic: {trial: float(len(hits) - place) for place, (trial, _) in enumerate(hits)}
        for topic, hits in settled.items()
    }
    values: dict[str, dict[str, float]] = {
        topic: {**dict.fromkeys(measures, 0.0), "ndcg_10_eligible": 0.0} for topic in qrels
    }
    for metric in ir_measures.iter_calc(list(measures.values()), qrels, ranked):
        values[metric.query_id][names[metric.measure]] = metric.value
    strict = {
        topic: {trial: int(grade >= ELIGIBLE) for trial, grade in grades.items()} for topic, grades in qrels.items()
    }
    for metric in ir_measures.iter_calc([nDCG @ 10], strict, ranked):
        values[metric.query_id]["ndcg_10_eligible"] = metric.value
    return values


def eligible_over_excluded(scores: Mapping[str, float], grades: Mapping[str, int]) -> float | None:
    """AUROC of grade 2 against grade 1; ties count half."""
    eligible = [scores.get(trial, float("-inf")) for trial, grade in grades.items() if grade == ELIGIBLE]
    excluded = [scores.get(trial, float("-inf")) for trial, grade in grades.items() if grade == EXCLUDED]
    if not eligible or not excluded:
        return None
    wins = sum((e > x) + 0.5 * (e == x) for e in eligible for x in excluded)
    return wins / (len(eligible) * len(excluded))


def series(figures: Mapping[str, TopicFigures], name: str) -> dict[str, float]:
    """A figure by topic, for the topics that have it, in the order of their names."""
    return {topic: float(value) for topic in sorted(figures) if (value := getattr(figures[topic], name)) is not None}


def mean(figures: Mapping[str, TopicFigures], name: str) -> float:
    """Mean of a figure over the topics that have it."""
    values = list(series(figures, name).values())
    return sum(values) / len(values) if values else float("nan")
