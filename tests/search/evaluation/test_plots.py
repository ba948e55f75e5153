"""The figures say what was measured: words on axes, n and interval in titles, one mark for each thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import pyplot as plt

from search.config import DEFAULT_CONFIG
from search.evaluation import plots
from search.evaluation.comparison import Comparison
from search.evaluation.statistics import Interval, wilson
from search.evaluation.tuning import Trial, Tuned
from search.results import Explanation

COMPARED = Comparison(
    "ndcg_10", 3, 0.6, 0.5, Interval(-0.05, 0.25), 0.25, 0.25, 2, 0, 1, (("b", 0.3), ("a", 0.2), ("c", -0.2))
)


@pytest.fixture(autouse=True)
def backend() -> Iterator[None]:
    plt.switch_backend("Agg")
    yield
    plt.close("all")


def test_bars_are_sorted_and_what_is_left_out_is_counted() -> None:
    axes = plots.bars({"a": 1, "b": 5, "c": 3}, "Things", "trials", most=2).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["c", "b"]
    assert axes.get_title(loc="left") == "Things (and 1 more)"
    assert axes.get_xlabel() == "trials"


def test_histogram_counts_every_value() -> None:
    axes = plots.histogram([1, 1, 2, 5], "Passages", "passages of a trial").axes[0]
    assert sum(patch.get_height() for patch in axes.patches) == 4  # type: ignore[attr-defined]
    assert "n = 4, median 1.5" in axes.get_title(loc="left")


def test_differences_name_n_interval_and_p() -> None:
    axes = plots.differences(COMPARED, ("new", "old")).axes[0]
    title = axes.get_title(loc="left")
    for part in ("+0.100", "[-0.050, +0.250]", "n = 3", "p = 0.250", "better 2, same 0, worse 1"):
        assert part in title
    assert [label.get_text() for label in axes.get_xticklabels()] == ["b", "a", "c"]
    assert "new less old" in axes.get_ylabel()


def test_tuning_shows_the_held_out_check() -> None:
    start = DEFAULT_CONFIG.ranking
    tuned = Tuned(start, replace(start), tuple(Trial(n, {}, score) for n, score in enumerate((0.5, 0.4, 0.7))))
    left, right = plots.tuning(tuned, COMPARED).axes
    assert "+0.200" in left.get_title(loc="left")
    assert "n = 3" in right.get_title(loc="left")
    assert len(left.collections[0].get_offsets()) == 3  # type: ignore[arg-type]


def test_pages_have_a_cell_a_trial() -> None:
    axes = plots.pages({f"t{n:02d}": [2, 1, None] for n in range(45)}, "Pages").axes[0]
    assert len(axes.patches) == 45 * 3


def test_waterfalls_add_up() -> None:
    parts = (Explanation(0.9, "words"), Explanation(-0.7, "excludes"), Explanation(0.05, "x" * 100))
    axes = plots.waterfalls(
        [("1. NCT1", Explanation(0.25, "sum", parts)), ("2. NCT2", Explanation(0.2, "id"))], "Why"
    ).axes[0]
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert ends[2] == pytest.approx(ends[3]) == pytest.approx(0.25)
    assert axes.get_xlim()[1] > 0.9  # what stood there before the failed criterion took it away fits in
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[0] == "words"
    assert max(len(name) for name in names) <= 60


def test_reliability_diagram_says_how_far_off() -> None:
    rng = np.random.default_rng(1)
    stated = rng.uniform(0, 1, 80)
    axes = plots.reliability_diagram(stated, (rng.uniform(0, 1, 80) < stated).astype(float), "Scores").axes[0]
    assert "n = 80, calibration error" in axes.get_title(loc="left")
    assert axes.get_xlabel()
    assert axes.get_ylabel()


def test_spans_stand_under_their_words() -> None:
    axes = plots.spans("no brain mets", [(3, 13, "cns"), (0, 2, "negation")], "Query").axes[0]
    said = [text.get_text() for text in axes.texts]
    assert "cns" in said
    assert "".join(said[:13]) == "no brain mets"


def test_wilson() -> None:
    low, high = wilson(0.0, 10)
    assert low == 0.0
    assert high == pytest.approx(0.278, abs=0.001)  # 1.96^2 / (n + 1.96^2)
