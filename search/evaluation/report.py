"""The report on one or more runs: means with intervals, each against the baseline, by topic and by slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from search.evaluation.comparison import Comparison, compare, corrected
from search.evaluation.measures import Ties, TopicFigures, condense, evaluate, series, tied
from search.evaluation.slices import ALL
from search.evaluation.statistics import SEED, Interval, bootstrap_interval
from search.evaluation.trec import Qrels, Run

LABELS = {
    "ndcg_10": "nDCG@10",
    "ndcg_10_eligible": "nDCG@10, gains 0/0/1",
    "p_10": "P@10",
    "p_5": "P@5",
    "rr": "RR",
    "recall_100": "R@100",
    "recall_500": "R@500",
    "auroc": "AUROC 2 vs 1",
    "excluded_10": "excluded@10",
    "unjudged_10": "unjudged@10",
}
"""Figures in the order of tables, with their names there."""
TESTED = ("ndcg_10", "p_10", "rr", "auroc", "excluded_10")
"""Figures that are tested against the baseline. Few, because Holm's correction counts them all."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over the topics that have the figure."""

    n: int
    value: float
    interval: Interval
    """95 % bootstrap interval over topics."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run."""

    name: str
    figures: Mapping[str, TopicFigures]
    means: Mapping[str, Mapping[str, Mean]]
    """By slice (`all` first), then by figure."""
    tied_10: int
    """Trials among the first ten of all topics that share their score with another: how much the settling of ties
    can matter."""
    unranked: tuple[str, ...]
    """Judged topics that the run ranks nothing for; they score nothing and count."""


@dataclass(frozen=True, slots=True)
class Report:
    """All runs over the same topics and judgements."""

    topics: int
    condensed: bool
    ties: Ties
    baseline: str | None
    runs: tuple[RunReport, ...]
    comparisons: Mapping[str, tuple[Comparison, ...]]
    """By run, for every run but the baseline."""

    @property
    def setting(self) -> str:
        """In words, what was scored."""
        unjudged = "unjudged trials removed from the rankings" if self.condensed else "unjudged trials count as wrong"
        return f"{'condensed' if self.condensed else 'full'} ({unjudged})"


def report(
    runs: Mapping[str, Run],
    qrels: Qrels,
    *,
    condensed: bool,
    baseline: str | None = None,
    slices: Mapping[str, Sequence[str]] | None = None,
    ties: Ties = "worst",
    seed: int = SEED,
) -> Report:
    """Score runs, and compare each with the baseline.

    Args:
        runs: by name, the order of the table.
        qrels: grades by topic; these topics are scored.
        condensed: whether unjudged trials are removed from the rankings first.
        baseline: the run that the others are compared with.
        slices: topics by name of slice.
        ties: how equal scores are settled.
        seed: of tests and intervals.

    Raises:
        KeyError: the baseline is not among the runs.
    """
    told = []
    for name, run in runs.items():
        kept = condense(run, qrels) if condensed else run
        figures = evaluate(kept, qrels, ties=ties)
        means = {ALL: _means(figures, seed)}
        for slice_name, topics in (slices or {}).items():
            means[slice_name] = _means({topic: figures[topic] for topic in topics if topic in figures}, seed)
        unranked = tuple(topic for topic in qrels if not run.get(topic))
        told.append(RunReport(name, figures, means, sum(tied(kept.get(topic, [])) for topic in qrels), unranked))
    compared: dict[str, tuple[Comparison, ...]] = {}
    if baseline is not None:
        compared = _compared({one.name: one.figures for one in told}, baseline, seed)
    return Report(len(qrels), condensed, ties, baseline, tuple(told), compared)


def _means(figures: Mapping[str, TopicFigures], seed: int) -> dict[str, Mean]:
    means = {}
    for name in LABELS:
        values = list(series(figures, name).values())
        if values:
            means[name] = Mean(len(values), sum(values) / len(values), bootstrap_interval(values, seed=seed))
    return means


def _compared(
    figures: Mapping[str, Mapping[str, TopicFigures]], baseline: str, seed: int
) -> dict[str, tuple[Comparison, ...]]:
    theirs = figures[baseline]
    others = [name for name in figures if name != baseline]
    measured = [name for name in TESTED if series(theirs, name)]
    flat = corrected([compare(figures[run], theirs, name, seed=seed) for run in others for name in measured])
    size = len(measured)
    return {run: tuple(flat[n * size : (n + 1) * size]) for n, run in enumerate(others)}


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain values, by-topic figures included."""
    return {
        "topics": report.topics,
        "setting": "condensed" if report.condensed else "full",
        "ties": report.ties,
        "baseline": report.baseline,
        "gains": "0/1/2 (ndcg_10), 0/0/1 (ndcg_10_eligible)",
        "runs": [
            {
                "name": run.name,
                "tied_10": run.tied_10,
                "unranked": list(run.unranked),
                "means": {
                    part: {
                        name: {"n": m.n, "mean": m.value, "low": m.interval.low, "high": m.interval.high}
                        for name, m in means.items()
                    }
                    for part, means in run.means.items()
                },
                "against_baseline": [_comparison(one) for one in report.comparisons.get(run.name, ())],
                "by_topic": {topic: asdict(one) for topic, one in run.figures.items()},
            }
            for run in report.runs
        ],
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    told = asdict(one)
    return {**told, "difference": one.difference, "differences": dict(one.differences)}


def as_table(report: Report, *, by_topic: bool = False) -> str:
    """The report for a terminal.

    Args:
        report: what to print.
        by_topic: whether every topic's nDCG@10 is listed.
    """
    lines = [
        f"{report.topics} topics, {report.setting}; ties settled with the {_SETTLED[report.ties]} grade first",
        "mean [95 % bootstrap interval over topics]; p: paired randomisation test, two-sided",
    ]
    for run in report.runs:
        lines += ["", *_run_lines(report, run)]
        if run.tied_10:
            lines.append(f"  {run.tied_10} of the first ten trials of all topics are tied with another")
        if run.unranked:
            lines.append(f"  no ranking for {len(run.unranked)} topics, which score 0: {_some(run.unranked)}")
    if len(report.runs[0].means) > 1:
        lines += ["", *_slice_lines(report)]
    if by_topic:
        lines += ["", *_topic_lines(report)]
    return "\n".join(lines) + "\n"


_SETTLED = {"worst": "lower", "best": "higher", "id": "smaller id's"}
_SHOWN = 8


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


def _run_lines(report: Report, run: RunReport) -> list[str]:
    against = {one.measure: one for one in report.comparisons.get(run.name, ())}
    head = f"{run.name}" + (" (baseline)" if run.name == report.baseline else "")
    columns = f"  {'':<22}{'n':>4} {'mean':>7} {'interval':>15}"
    if against:
        columns += f" {'change':>8} {'interval':>17} {'p':>7} {'Holm':>7}  better/same/worse"
    lines = [head, columns]
    for name, mean in run.means[ALL].items():
        line = f"  {LABELS[name]:<22}{mean.n:>4} {mean.value:>7.3f} {_interval(mean.interval):>15}"
        one = against.get(name)
        if one is not None:
            line += f" {one.difference:>+8.3f} {_signed(one.interval):>17} {one.p:>7.4f} {one.p_holm:>7.4f}"
            line += f"  {one.wins}/{one.ties}/{one.losses}"
        lines.append(line)
    return lines


def _interval(interval: Interval) -> str:
    return f"[{interval.low:.3f}, {interval.high:.3f}]"


def _signed(interval: Interval) -> str:
    return f"[{interval.low:+.3f}, {interval.high:+.3f}]"


def _slice_lines(report: Report) -> list[str]:
    width = max(len(run.name) for run in report.runs)
    width = max(width, 8)
    lines = [f"nDCG@10 by slice      {'n':>4} " + " ".join(f"{run.name:>{width}}" for run in report.runs)]
    for part in report.runs[0].means:
        means = [run.means[part].get("ndcg_10") for run in report.runs]
        if means[0] is None:
            continue
        told = " ".join(f"{mean.value:>{width}.3f}" if mean else f"{'-':>{width}}" for mean in means)
        lines.append(f"  {part:<20}{means[0].n:>4} {told}")
    return lines


def _topic_lines(report: Report) -> list[str]:
    width = max(8, *(len(run.name) for run in report.runs))
    lines = ["nDCG@10 by topic          " + " ".join(f"{run.name:>{width}}" for run in report.runs)]
    for topic in report.runs[0].figures:
        values = [run.figures[topic].ndcg_10 for run in report.runs]
        told = " ".join(f"{'-':>{width}}" if value is None else f"{value:>{width}.3f}" for value in values)
        lines.append(f"  {topic:<24}{told}")
    return lines
