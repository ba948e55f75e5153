"""Figures for the notebooks, drawn with matplotlib. Each function takes what was measured and returns the figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from search.evaluation.comparison import Comparison
from search.evaluation.patients import Floats
from search.evaluation.reliability import brier, calibration_error, reliability
from search.evaluation.report import LABELS
from search.evaluation.statistics import wilson
from search.evaluation.tuning import Tuned
from search.results import Explanation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

BLUE, ORANGE, GREY, LIGHT = "#2b6ca3", "#d1762a", "#6f7782", "#d9dde2"
"""Told apart by people with any colour vision, and in print."""
_GRADES = ("#e6e8eb", "#d1762a", "#2b6ca3")
_UNJUDGED = "#ffffff"
_CHAR_INCHES = 0.095
"""Width of a character of 11 point monospace."""


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    _plain(axes)
    return figure, axes


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.title.set_fontsize(11)


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def bars(counts: Mapping[str, float], title: str, label: str, *, most: int = 15) -> Figure:
    """Horizontal bars, largest first.

    Args:
        counts: value by name.
        title: of the figure.
        label: of the value axis.
        most: bars shown; what is left out is counted in the title.
    """
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown, left = ordered[:most], len(ordered) - most
    figure, axes = _axes(7, 0.6 + 0.28 * len(shown))
    axes.barh([name for name, _ in shown][::-1], [value for _, value in shown][::-1], color=BLUE)
    for place, (_, value) in enumerate(shown[::-1]):
        axes.text(value, place, f" {value:.3g}", va="center", fontsize=8, color=GREY)
    axes.set_xlabel(label)
    axes.set_title(f"{title}{f' (and {left} more)' if left > 0 else ''}", loc="left")
    return figure


def histogram(values: Sequence[float], title: str, label: str) -> Figure:
    """How a whole number is distributed over trials."""
    figure, axes = _axes(7, 2.6)
    axes.hist(values, bins=list(np.arange(min(values) - 0.5, max(values) + 1.5)), color=BLUE, edgecolor="white")
    axes.axvline(float(np.median(values)), color=ORANGE)
    axes.set_xlabel(label)
    axes.set_ylabel("trials")
    axes.set_title(f"{title}, n = {len(values)}, median {np.median(values):g}", loc="left")
    return figure


def spans(text: str, marked: Sequence[tuple[int, int, str]], title: str) -> Figure:
    """A query with what was understood of it: a bar under each span, with its kind.

    Args:
        text: the query, one line.
        marked: start, end and kind of each span.
        title: of the figure.
    """
    rows = max(1, len(marked))
    figure, axes = _axes(_CHAR_INCHES * len(text) + 2.2, 0.75 + 0.26 * rows)
    axes.set_axis_off()
    for place, char in enumerate(text):
        axes.text(place + 0.5, 1.0, char, family="monospace", fontsize=11, ha="center", va="bottom")
    for row, (start, end, kind) in enumerate(marked):
        height = 0.92 - 0.86 * row / rows
        axes.plot([start, end], [height, height], color=BLUE, linewidth=4, solid_capstyle="butt")
        axes.text(end + 0.7, height, kind, fontsize=9, color=GREY, va="center")
    axes.set_xlim(0, len(text) + 2.2 / _CHAR_INCHES)
    axes.set_ylim(0, 1.15)
    axes.set_title(title, loc="left")
    return figure


def differences(comparison: Comparison, names: tuple[str, str]) -> Figure:
    """Every topic's difference, best first, with the mean and its interval.

    Args:
        comparison: a run against the baseline.
        names: of the run and of the baseline.
    """
    label = LABELS[comparison.measure]
    values = [value for _, value in comparison.differences]
    figure, axes = _axes(max(7.0, 0.16 * len(values)), 3.2)
    axes.bar(range(len(values)), values, color=[BLUE if value > 0 else ORANGE for value in values])
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.axhspan(comparison.interval.low, comparison.interval.high, color=LIGHT, zorder=0)
    axes.axhline(comparison.difference, color=GREY, linestyle="--", linewidth=1)
    axes.set_xticks(range(len(values)), [topic for topic, _ in comparison.differences], rotation=90, fontsize=7)
    axes.set_xlabel("topic")
    axes.set_ylabel(f"{label}: {names[0]} less {names[1]}")
    low, high = comparison.interval.low, comparison.interval.high
    axes.set_title(
        f"{label} {comparison.difference:+.3f} [{low:+.3f}, {high:+.3f}], n = {comparison.n}, {_p(comparison.p)}; "
        f"better {comparison.wins}, same {comparison.ties}, worse {comparison.losses}",
        loc="left",
    )
    return figure


def tuning(tuned: Tuned, checked: Comparison) -> Figure:
    """Scores of the trials on development topics, and the one look at the held-out topics beside them."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9, 3.2), layout="constrained", width_ratios=[3, 1.2], sharey=True
    )
    for axes in (left, right):
        _plain(axes)
    numbers = [trial.number for trial in tuned.trials]
    values = [trial.score for trial in tuned.trials]
    left.scatter(numbers, values, color=LIGHT, edgecolor=GREY, label="a trial")
    left.step(numbers, np.maximum.accumulate(values), where="post", color=BLUE, label="best so far")
    left.axhline(values[0], color=GREY, linestyle="--", linewidth=1, label="where it started")
    left.set_xlabel("trial")
    left.set_ylabel(f"mean {LABELS[checked.measure]}")
    left.set_title(f"development topics: {tuned.gain:+.3f}, which flatters", loc="left")
    left.legend(fontsize=8, frameon=False)
    right.plot([0, 1], [checked.baseline, checked.mean], color=LIGHT, zorder=1)
    right.scatter([0, 1], [checked.baseline, checked.mean], color=[GREY, BLUE], s=60, zorder=2)
    right.set_xticks([0, 1], ["start", "tuned"])
    right.set_xlim(-0.5, 1.5)
    low, high = checked.interval.low, checked.interval.high
    right.set_title(
        f"held out: {checked.difference:+.3f}\n[{low:+.3f}, {high:+.3f}], n = {checked.n}, {_p(checked.p)}",
        loc="left",
    )
    values = [*values, checked.baseline, checked.mean]
    room = 0.15 * (max(values) - min(values) + 0.01)
    left.set_ylim(min(values) - room, min(1.0, max(values) + room) + 0.005)
    return figure


def pages(grades: Mapping[str, Sequence[int | None]], title: str) -> Figure:
    """The first ten trials of every topic as coloured cells: what people would have seen."""
    from matplotlib.patches import Patch

    topics = list(grades)
    depth = max((len(page) for page in grades.values()), default=1)
    columns = max(1, -(-len(topics) // 40))
    rows = -(-len(topics) // columns)
    figure, axes = _axes(3.6 * columns, 0.9 + 0.155 * rows)
    gap = depth + 4
    for number, topic in enumerate(topics):
        column, row = divmod(number, rows)
        axes.text(column * gap - 0.3, row + 0.5, topic, ha="right", va="center", fontsize=7, color=GREY)
        for place, grade in enumerate(grades[topic]):
            colour = _UNJUDGED if grade is None else _GRADES[min(grade, 2)]
            axes.add_patch(_cell(column * gap + place, row, colour))
    axes.set_xlim(-4, columns * gap - 3)
    axes.set_ylim(rows + 0.2, -0.2)
    axes.set_yticks([])
    axes.set_xticks([column * gap + place + 0.5 for column in range(columns) for place in (0, depth - 1)])
    axes.set_xticklabels([str(rank) for _ in range(columns) for rank in (1, depth)], fontsize=7)
    axes.set_xlabel("rank")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_title(title, loc="left")
    words = ("2 wanted", "1 right disease, does not fit", "0 irrelevant")
    legend = [Patch(facecolor=_GRADES[2 - n], label=word) for n, word in enumerate(words)]
    legend.append(Patch(facecolor=_UNJUDGED, edgecolor=LIGHT, label="not judged, or not ranked"))
    axes.legend(handles=legend, fontsize=7, frameon=False, ncols=2, loc="upper left", bbox_to_anchor=(0, -0.06))
    return figure


def _cell(left: float, top: float, colour: str) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((left + 0.06, top + 0.1), 0.88, 0.8, facecolor=colour, edgecolor=LIGHT, linewidth=0.4)


def waterfalls(explanations: Sequence[tuple[str, Explanation]], title: str) -> Figure:
    """Score waterfalls of some hits beside each other: the parts that add up to each score.

    Args:
        explanations: a label and an explanation a hit, in rank order.
        title: of the figure.
    """
    parts = [_parts(explanation) for _, explanation in explanations]
    rows = sum(len(part) + 1 for part in parts) + len(parts)
    figure, axes = _axes(9, 0.7 + 0.27 * rows)
    widest = max(explanation.value for _, explanation in explanations)  # sums on the way there may be wider still
    names: list[tuple[float, str]] = []
    row = 0.0
    for (label, explanation), steps in zip(explanations, parts, strict=True):
        total = 0.0
        for name, value in steps:
            axes.barh(row, value, left=total, color=BLUE if value >= 0 else ORANGE, height=0.7)
            axes.text(max(total, total + value), row, f" {value:+.4f}", va="center", fontsize=8, color=GREY)
            names.append((row, name))
            total += value
            widest = max(widest, total)
            row += 1
        axes.barh(row, explanation.value, color=GREY, height=0.7)
        axes.text(explanation.value, row, f" {explanation.value:.4f}", va="center", fontsize=8)
        names.append((row, label))
        row += 2
    axes.set_yticks([place for place, _ in names], [name for _, name in names], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(right=widest * 1.15)
    axes.set_xlabel("score")
    axes.set_title(title, loc="left")
    return figure


_LONGEST = 60


def _parts(explanation: Explanation) -> list[tuple[str, float]]:
    found = [(_short(part.description), part.value) for part in explanation.details]
    return found or [(_short(explanation.description), explanation.value)]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def reliability_diagram(stated: Floats, right: Floats, title: str, *, bins: int = 8) -> Figure:
    """Stated chances against what came out, with Wilson intervals; on the diagonal a score can be believed.

    Args:
        stated: chances, shape (n,).
        right: 1 where it came out, shape (n,).
        title: what was measured.
        bins: bins of equal number.
    """
    figure, axes = _axes(5.2, 4.6)
    parts = reliability(stated, right, bins)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
    for part in parts:
        low, high = wilson(part.observed, part.n)
        axes.plot([part.stated, part.stated], [low, high], color=LIGHT, linewidth=3, zorder=1)
    axes.scatter(
        [p.stated for p in parts], [p.observed for p in parts], s=[18 + 3 * p.n for p in parts], color=BLUE, zorder=2
    )
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("stated chance of being eligible")
    axes.set_ylabel("share that was eligible (95 % Wilson interval)")
    error, squared = calibration_error(stated, right, bins), brier(stated, right)
    axes.set_title(f"{title}\nn = {len(stated)}, calibration error {error:.3f}, Brier {squared:.3f}", loc="left")
    return figure
