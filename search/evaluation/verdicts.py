"""Verdicts against those of the annotators, from profiles and from notes, and the fit of the score's constants.

Gold: fictitious patients for real trials, each eligible, ineligible or undetermined. False exclusions, truly eligible
patients ruled out, are the error that matters most.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment, Verdict
from search.eligibility.criterion import Criteria
from search.eligibility.scopes import apart
from search.eligibility.score import structured_total, total_of
from search.evaluation.reliability import Fit, Floats, calibration_error, fit
from search.patient import Patient
from search.trial import Trial

CHANCE = {"eligible": 1.0, "undetermined": 0.5, "ineligible": 0.0}
"""What a verdict says of eligibility: of the undetermined half are."""
_CLASSES = tuple(Verdict)
_RIDGE = 0.3
"""Penalty of the fitted weights, in units of a prior's inverse variance."""


@dataclass(frozen=True, slots=True)
class Vignette:
    """A patient as told (profile or note), the trial, and the annotators' verdict."""

    id: str
    nct_id: str
    verdict: str
    profile: Mapping[str, Any]
    note: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A vignette and what the engine says."""

    vignette: Vignette
    assessment: Assessment
    total: float
    """The sum that the score is made of (`search.eligibility.score`)."""


@dataclass(frozen=True, slots=True)
class VerdictFigures:
    """Shares, 0 to 1."""

    n: int
    accuracy: float
    false_exclusions: float
    """Of the truly eligible, how many are ruled out."""
    missed_exclusions: float
    """Of the truly ineligible, how many are not."""
    auroc_within_trial: float
    """Of the score, eligible against ineligible patients of one trial."""


def read_vignettes(folder: Path) -> list[Vignette]:
    """The patients of a gold folder: `patients.jsonl` with verdicts in the trials' `NCT*.json`."""
    verdicts = {}
    for path in sorted(folder.glob("NCT*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        verdicts.update({(gold["nct_id"], one["id"]): str(one["verdict"]) for one in gold["patients"]})
    found = []
    for line in (folder / "patients.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        verdict = verdicts[told["nct_id"], told["id"]]
        found.append(Vignette(told["id"], told["nct_id"], verdict, told["profile"], told["note"]))
    return found


def answered(
    vignettes: Sequence[Vignette],
    trials: Mapping[str, Trial],
    criteria: Mapping[str, Criteria],
    read: Callable[[Vignette], Patient],
) -> list[Answered]:
    """Assess every vignette, read by `read` (its profile or its note)."""
    found = []
    for one in vignettes:
        told = assess(read(one), criteria[one.nct_id], trials[one.nct_id])
        found.append(Answered(one, told, _total(told, binding=apart(criteria[one.nct_id]))))
    return found


def _total(told: Assessment, *, binding: bool) -> float:
    total = total_of(told.groups) + structured_total(told.structured)
    best = next((one for one in told.cohorts if one.name == told.best_cohort), None)
    return total + total_of(best.groups) if best is not None and binding else total


def figures(pairs: Sequence[Answered]) -> VerdictFigures:
    """How the engine's verdicts and scores agree with the annotators'."""
    right = [one.assessment.verdict.exported == one.vignette.verdict for one in pairs]
    fit_ = [one for one in pairs if one.vignette.verdict == "eligible"]
    unfit = [one for one in pairs if one.vignette.verdict == "ineligible"]
    wins = [
        float(a.assessment.score > b.assessment.score) + 0.5 * float(a.assessment.score == b.assessment.score)
        for a in fit_
        for b in unfit
        if a.vignette.nct_id == b.vignette.nct_id
    ]
    return VerdictFigures(
        len(pairs),
        float(np.mean(right)),
        float(np.mean([one.assessment.verdict.exported == "ineligible" for one in fit_])),
        float(np.mean([one.assessment.verdict.exported != "ineligible" for one in unfit])),
        float(np.mean(wins)),
    )


def fit_score(pairs: Sequence[Answered]) -> tuple[tuple[float, ...], float]:
    """The constants `ScoreConfig.base` and `ScoreConfig.slope`, fitted on answered vignettes."""
    model = _fitted(_features(pairs), _chances(pairs))
    offsets = (0.0, *map(float, model.weights[1:]))
    return tuple(model.intercept + offset for offset in offsets), float(model.weights[0])


def cross_validated_error(pairs: Sequence[Answered], bins: int = 10) -> float:
    """Expected calibration error of scores whose constants were fitted without the vignette's own trial."""
    features, chances = _features(pairs), _chances(pairs)
    trials = np.array([one.vignette.nct_id for one in pairs])
    stated = np.zeros(len(pairs))
    for trial in sorted(set(trials)):
        out = trials == trial
        stated[out] = _fitted(features[~out], chances[~out]).chances(features[out], [""] * int(out.sum()))
    return calibration_error(stated, chances, bins)


def _features(pairs: Sequence[Answered]) -> Floats:
    """Minus log(1 - total), and the class of the verdict; shape (n, 5)."""
    rows = [
        [-float(np.log1p(-one.total)), *(float(one.assessment.verdict is verdict) for verdict in _CLASSES[1:])]
        for one in pairs
    ]
    return np.array(rows, dtype=np.float64)


def _chances(pairs: Sequence[Answered]) -> Floats:
    return np.array([CHANCE[one.vignette.verdict] for one in pairs], dtype=np.float64)


def _fitted(features: Floats, chances: Floats) -> Fit:
    groups = [""] * len(features)
    return fit(features, groups, chances, ridge=_RIDGE, group_ridge=1e3, signs=(1, -1, -1, -1, -1))
