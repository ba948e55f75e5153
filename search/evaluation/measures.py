"""Effectiveness of a ranking against judgements: TREC qrels and runs in, figures out, computed by ir_measures.

Two settings are never mixed: *plain* counts an unjudged trial as not relevant; *condensed* removes unjudged trials from
the ranking first (Sakai, SIGIR 2007). Grades are those of the TREC clinical trials tracks: 0 not relevant, 1 excluded,
2 eligible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Qrels = Mapping[str, Mapping[str, int]]
"""Grade by topic and trial."""
Run = Mapping[str, Sequence[tuple[str, float]]]
"""Ranking (trial, score), best first, by topic."""


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """TREC qrels: `topic 0 trial grade` on each line.

    Raises:
        ValueError: a line that is not of this form, with its number.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        parts = line.split()
        if not parts:
            continue
        try:
            topic, _, trial, grade = parts
            qrels.setdefault(topic, {})[trial] = int(grade)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: not `topic 0 trial grade`") from error
    return qrels


def read_run(lines: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
    """A TREC run: `topic Q0 trial rank score tag` on each line; ordered by score, ties by trial.

    Raises:
        ValueError: a line that is not of this form, with its number.
    """
    run: dict[str, list[tuple[str, float]]] = {}
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if not parts:
            continue
        try:
            topic, _, trial, _, score, _ = parts
            run.setdefault(topic, []).append((trial, float(score)))
        except ValueError as error:
            raise ValueError(f"line {number}: not `topic Q0 trial rank score tag`") from error
    return {topic: sorted(hits, key=lambda hit: (-hit[1], hit[0])) for topic, hits in run.items()}


def condense(run: Run, qrels: Qrels) -> dict[str, list[tuple[str, float]]]:
    """The run without trials that nobody judged for the topic."""
    return {topic: [hit for hit in hits if hit[0] in qrels.get(topic, {})] for topic, hits in run.items()}


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """Figures of one topic."""

    ndcg_10: float
    p_10: float
    """Share of the first ten that are eligible (grade 2)."""
    p_5: float
    rr: float
    recall_100: float
    recall_500: float
    excluded_10: int
    """Trials among the first ten that exclude the patient (grade 1)."""
    auroc: float | None
    """Chance that an eligible trial ranks above an excluded one; None where a grade is missing. Trials that the
    ranking lacks stand below all others, tied."""
    unjudged_10: int


def evaluate(run: Run, qrels: Qrels) -> dict[str, TopicFigures]:
    """Figures by topic, for every topic that has judgements; a topic without a ranking scores nothing."""
    import ir_measures
    from ir_measures import RR, P, R, nDCG

    measures = {"ndcg_10": nDCG @ 10, "p_10": P(rel=2) @ 10, "p_5": P(rel=2) @ 5, "rr": RR(rel=2)}
    measures |= {"recall_100": R(rel=2) @ 100, "recall_500": R(rel=2) @ 500}
    scored = {topic: dict(run.get(topic, [])) for topic in qrels}
    values: dict[str, dict[str, float]] = {topic: dict.fromkeys(measures, 0.0) for topic in qrels}
    names = {measure: name for name, measure in measures.items()}
    for metric in ir_measures.iter_calc(list(measures.values()), qrels, scored):
        values[metric.query_id][names[metric.measure]] = metric.value
    figures = {}
    for topic, grades in qrels.items():
        first = [trial for trial, _ in run.get(topic, [])][:10]
        figures[topic] = TopicFigures(
            **values[topic],
            excluded_10=sum(grades.get(trial) == 1 for trial in first),
            auroc=eligible_over_excluded(scored[topic], grades),
            unjudged_10=sum(trial not in grades for trial in first),
        )
    return figures


def eligible_over_excluded(scores: Mapping[str, float], grades: Mapping[str, int]) -> float | None:
    """AUROC of grade 2 against grade 1; ties count half."""
    eligible = [scores.get(trial, float("-inf")) for trial, grade in grades.items() if grade == 2]
    excluded = [scores.get(trial, float("-inf")) for trial, grade in grades.items() if grade == 1]
    if not eligible or not excluded:
        return None
    wins = sum((e > x) + 0.5 * (e == x) for e in eligible for x in excluded)
    return wins / (len(eligible) * len(excluded))


def mean(figures: Mapping[str, TopicFigures], name: str) -> float:
    """Mean of a figure over the topics that have it."""
    values = [value for f in figures.values() if (value := getattr(f, name)) is not None]
    return sum(values) / len(values) if values else float("nan")
