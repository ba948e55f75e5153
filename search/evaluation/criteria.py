"""Extracted criteria against annotated trials: F1 by kind with intervals, and the fit of their confidence.

`python -m search.evaluation.criteria FOLDER… [--fit FILE]` reads the trials of annotated folders (one `<NCT id>.json` a
trial and `studies.jsonl` with the records), prints the figures, and with `--fit` writes the calibration that
`search.extraction.calibration` ships.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from search.eligibility.criterion import Requirement
from search.eligibility.flat import flat, flat_by_cohort
from search.evaluation.matching import KINDS, Item, Outcome, Tally, match, normal, overlap, spans, values_agree
from search.evaluation.reliability import Bin, Fit, Floats, brier, calibration_error, fit, reliability
from search.extraction.calibration import FEATURES, features
from search.extraction.criteria import read_text
from search.terminology.oncotree import related

_DRAWS = 500
_SEED = 7
_RIDGE = 1.0
_KIND_RIDGE = 2.0
"""A kind's offset counts as if its standard deviation were 0.7 in log-odds."""
_WRONG_WEIGHT = 2.0
"""The readers were written with the annotated trials in view, so that on new trials they err more often than there. How
much more is not known; an error that counts twice keeps the mean within .03 of the truth for any ratio from 1 to
2.5 of error rates like those measured here (.03)."""
_SIGNS = {"claimed": 1}
"""A surer rule is never the worse one."""
_FOLDS = 10
_LITTLE = frozenset(("if", "with", "for", "and", "the", "of", "or", "in"))


@dataclass(frozen=True, slots=True)
class GoldTrial:
    """An annotated trial with what its record says."""

    nct_id: str
    text: str
    title: str
    conditions: tuple[str, ...]
    items: tuple[Item, ...]
    kinds: tuple[str, ...] = KINDS


def read_gold(folder: Path) -> list[GoldTrial]:
    """The trials of an annotated folder, by id.

    Raises:
        OSError: a file cannot be read.
        ValueError: a trial has no record in `studies.jsonl`.
    """
    records: dict[str, Mapping[str, Any]] = {}
    for line in (folder / "studies.jsonl").read_text(encoding="utf-8").splitlines():
        protocol = json.loads(line)["protocolSection"]
        records[protocol["identificationModule"]["nctId"]] = protocol
    trials = []
    for path in sorted(folder.glob("NCT*.json")):
        annotated = json.loads(path.read_text(encoding="utf-8"))
        nct_id = annotated["nct_id"]
        if nct_id not in records:
            raise ValueError(f"{path}: {nct_id} has no record in {folder / 'studies.jsonl'}")
        protocol = records[nct_id]
        trials.append(
            GoldTrial(
                nct_id,
                protocol["eligibilityModule"]["eligibilityCriteria"],
                protocol["identificationModule"].get("briefTitle", ""),
                tuple(protocol.get("conditionsModule", {}).get("conditions", ())),
                tuple(annotated["criteria"]),
                tuple(annotated.get("kinds") or KINDS),
            )
        )
    return trials


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Figures of one kind."""

    tally: Tally
    low: float
    high: float
    """95 % interval of F1 from a bootstrap over trials."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures over all trials; pairs are (hits, n)."""

    trials: int
    kinds: Mapping[str, KindFigures]
    """By kind, and `all`."""
    lab_conditions: tuple[int, int]
    """Of the labs found whose annotation has a condition, those with a word of it."""
    cancer_consistent: tuple[int, int]
    """Of required cancer codes, those equal to, above or below an annotated one."""
    other_malignancy: int
    """Cancers and stages taken from a clause on another malignancy."""
    wrong_quotes: int


def score(trials: Sequence[GoldTrial], found: Mapping[str, Sequence[Item]]) -> Figures:
    """Score extracted items (flat form, by trial); a trial without items counts as nothing found."""
    per = [match(t.items, found.get(t.nct_id, ()), t.text, t.kinds).tallies for t in trials]
    pick = np.random.default_rng(_SEED).integers(0, len(trials), (_DRAWS, len(trials)))
    kinds: dict[str, KindFigures] = {}
    for name in (*KINDS, "all"):
        wanted = KINDS if name == "all" else (name,)
        rows = np.array([_sum(tallies, wanted) for tallies in per])
        right, gold, extra = rows[pick].sum(axis=1).T[:3]
        f1 = 2 * right / np.maximum(right + extra + gold, 1)
        low, high = np.percentile(f1, [2.5, 97.5])
        kinds[name] = KindFigures(Tally(*map(int, rows.sum(axis=0))), float(low), float(high))
    labs, codes, other = Counter[bool](), Counter[bool](), 0
    for trial in trials:
        items = found.get(trial.nct_id, ())
        labs.update(_lab_conditions(trial, items))
        codes.update(_consistent(trial, items))
        other += _other_malignancy(trial, items)
    wrong = sum(x["quote"] != t.text[x["start"] : x["end"]] for t in trials for x in found.get(t.nct_id, ()))
    return Figures(
        len(trials), kinds, (labs[True], labs.total()), (codes[True], codes.total()), other, wrong_quotes=wrong
    )


def _sum(tallies: Mapping[str, Tally], kinds: Sequence[str]) -> tuple[int, int, int, int, int]:
    total = sum((tallies.get(kind, Tally()) for kind in kinds), Tally())
    return total.right, total.gold, total.extra, total.exact, total.polarity


def _lab_conditions(trial: GoldTrial, items: Sequence[Item]) -> list[bool]:
    labs = [item for item in items if item["kind"] == "lab"]
    hits = []
    for gold in trial.items:
        if gold["kind"] != "lab" or not gold.get("condition") or gold.get("ambiguous"):
            continue
        places = spans(trial.text, gold["quote"])
        same = [item for item in labs if values_agree("lab", gold, item) and overlap(item, places)]
        if same:
            words = set(normal(gold["condition"]).split()) - _LITTLE
            hits.append(any(words & set(normal(item.get("condition") or "").split()) for item in same))
    return hits


def _consistent(trial: GoldTrial, items: Sequence[Item]) -> list[bool]:
    gold = {code for item in trial.items if item["kind"] == "cancer" for code in item.get("codes") or ()}
    if not gold:
        return []
    required = [x for x in items if x["kind"] == "cancer" and x["requirement"] == Requirement.REQUIRED]
    return [any(related(code, known) for known in gold) for item in required for code in item["codes"]]


def _other_malignancy(trial: GoldTrial, items: Sequence[Item]) -> int:
    def places(*kinds: str, topic: str | None = None) -> list[tuple[int, int]]:
        chosen = [x for x in trial.items if x["kind"] in kinds and (topic is None or normal(x.get("topic")) == topic)]
        return [place for item in chosen for place in spans(trial.text, item["quote"])]

    other, own = places("condition", topic="second malignancy"), places("cancer", "stage")
    disease = [item for item in items if item["kind"] in ("cancer", "stage")]
    return sum(overlap(item, other) and not overlap(item, own) for item in disease)


@dataclass(frozen=True, slots=True)
class Judged:
    """Extracted items with the features that their confidence is fitted on, and whether they are right."""

    values: Floats
    """Shape (n, features), see `search.extraction.calibration.FEATURES`."""
    kinds: tuple[str, ...]
    right: Floats
    trials: tuple[str, ...]


def judge(trials: Sequence[GoldTrial]) -> Judged:
    """Read the trials and judge every scored item; one that the annotation leaves open is left out."""
    rows: list[tuple[tuple[float, ...], str, float, str]] = []
    for trial in trials:
        criteria = read_text(trial.text, trial.title, trial.conditions, calibrate=False)
        outcomes = match(trial.items, flat(criteria), trial.text, trial.kinds).outcomes
        for number, outcome in sorted(outcomes.items()):
            item = criteria.items[number]
            span = criteria.lines[item.line]
            right = outcome in (Outcome.RIGHT, Outcome.AGAIN)
            rows.append((features(item, span.end - span.start), item.fact.kind, float(right), trial.nct_id))
    values, kinds, labels, ids = zip(*rows, strict=True)
    return Judged(np.array(values), kinds, np.array(labels), ids)


@dataclass(frozen=True, slots=True)
class CalibrationFigures:
    """How well chances of items in trials that the fit has not seen agree with what came out."""

    n: int
    trials: int
    right: float
    error: float
    """Expected calibration error by cross-validation over trials."""
    claimed_error: float
    """That of the confidence that the rules claim, uncalibrated."""
    brier: float
    bins: tuple[Bin, ...]


def fitted(judged: Judged) -> Fit:
    """The model of all items."""
    signs = [_SIGNS.get(name, 0) for name in FEATURES]
    return fit(
        judged.values,
        judged.kinds,
        judged.right,
        ridge=_RIDGE,
        group_ridge=_KIND_RIDGE,
        signs=signs,
        wrong_weight=_WRONG_WEIGHT,
    )


def cross_validate(judged: Judged) -> CalibrationFigures:
    """Chances by models that have not seen the trial of the item, against what came out."""
    ids = sorted(set(judged.trials))
    order = np.random.default_rng(_SEED).permutation(len(ids))
    fold = {ids[place]: number % _FOLDS for number, place in enumerate(order)}
    folds = np.array([fold[trial] for trial in judged.trials])
    stated = np.zeros(len(folds))
    for number in range(_FOLDS):
        out = folds == number
        if out.any():
            stated[out] = fitted(_part(judged, ~out)).chances(judged.values[out], _part(judged, out).kinds)
    claimed = 1 / (1 + np.exp(-judged.values[:, FEATURES.index("claimed")]))
    return CalibrationFigures(
        len(stated),
        len(ids),
        float(judged.right.mean()),
        calibration_error(stated, judged.right),
        calibration_error(claimed, judged.right),
        brier(stated, judged.right),
        tuple(reliability(stated, judged.right)),
    )


def _part(judged: Judged, rows: np.ndarray[Any, np.dtype[np.bool_]]) -> Judged:
    numbers = np.flatnonzero(rows)
    return Judged(
        judged.values[numbers],
        tuple(judged.kinds[n] for n in numbers),
        judged.right[numbers],
        tuple(judged.trials[n] for n in numbers),
    )


def as_json(model: Fit, told: CalibrationFigures) -> str:
    """A fitted model as the library ships it."""
    content = {
        "about": "Log-odds that a reading is right; see search/extraction/calibration.py",
        "fitted": dt.datetime.now(dt.UTC).date().isoformat(),
        "items": told.n,
        "trials": told.trials,
        "right": round(told.right, 4),
        "cross_validated_error": round(told.error, 4),
        "intercept": round(model.intercept, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.weights, strict=True)},
        "kinds": {kind: round(offset, 4) for kind, offset in model.groups.items()},
    }
    return json.dumps(content, indent=1) + "\n"


def table(figures: Figures) -> str:
    """The figures as lines of text."""
    lines = [f"{figures.trials} trials, {figures.wrong_quotes} wrong quotes"]
    lines.append(f"{'kind':14}{'gold':>6}{'P':>8}{'R':>8}{'F1':>8}  95 % of F1     exact  wrong polarity")
    for name, told in figures.kinds.items():
        t = told.tally
        if t.gold:
            lines.append(
                f"{name:14}{t.gold:6}{t.precision:8.3f}{t.recall:8.3f}{t.f1:8.3f}  [{told.low:.3f}, {told.high:.3f}]"
                f"{t.exact / max(t.right, 1):8.3f}{t.polarity / t.gold:8.3f}"
            )
    pairs = (
        ("lab conditions attached", figures.lab_conditions),
        ("cancer codes consistent", figures.cancer_consistent),
    )
    lines += [f"{name} {hits / max(n, 1):.3f} of {n}" for name, (hits, n) in pairs]
    lines.append(f"taken from another malignancy {figures.other_malignancy}")
    return "\n".join(lines)


def calibration_table(told: CalibrationFigures) -> str:
    """Reliability by cross-validation as lines of text."""
    head = (
        f"confidence of {told.n} items of {told.trials} trials, {told.right:.3f} right, by {_FOLDS}-fold"
        f" cross-validation over trials: ECE {told.error:.3f} (as claimed by the rules {told.claimed_error:.3f}),"
        f" Brier {told.brier:.3f}"
    )
    return "\n".join(
        [head, *(f"  stated {part.stated:.3f}  observed {part.observed:.3f}  n {part.n}" for part in told.bins)]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m search.evaluation.criteria", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="annotated trials")
    parser.add_argument("--fit", type=Path, metavar="FILE", help="write the calibration fitted on all folders")
    options = parser.parse_args(arguments)
    trials: list[GoldTrial] = []
    for folder in options.folders:
        gold = read_gold(folder)
        trials += gold
        found = {t.nct_id: flat_by_cohort(read_text(t.text, t.title, t.conditions)) for t in gold}
        sys.stdout.write(f"{folder.name}: {table(score(gold, found))}\n\n")
    judged = judge(trials)
    told = cross_validate(judged)
    sys.stdout.write(calibration_table(told) + "\n")
    if options.fit:
        options.fit.write_text(as_json(fitted(judged), told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
