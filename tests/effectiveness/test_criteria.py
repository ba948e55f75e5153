"""Criteria against the annotated trials: F1 by kind, and how far confidence can be believed.

The floors are those the project set itself; what was reached is printed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from search.eligibility.flat import flat
from search.evaluation.criteria import (
    Figures,
    GoldTrial,
    calibration_table,
    cross_validate,
    judge,
    read_gold,
    score,
    table,
)
from search.extraction.criteria import read_text

pytestmark = [pytest.mark.data, pytest.mark.timeout(600)]

FLOORS = {
    "performance": 0.97,
    "lab": 0.93,
    "cancer": 0.90,
    "stage": 0.92,
    "extent": 0.88,
    "biomarker": 0.92,
    "prior_therapy": 0.85,
    "line_count": 0.85,
    "cns": 0.88,
    "age": 0.95,
    "condition": 0.85,
    "all": 0.88,
}
DISEASE_FLOORS = {"cancer": 0.88, "stage": 0.90, "extent": 0.85}


@pytest.fixture(scope="module")
def trials(data_dir: Path) -> list[GoldTrial]:
    return read_gold(data_dir / "gold" / "oncology_criteria")


@pytest.fixture(scope="module")
def disease_trials(data_dir: Path) -> list[GoldTrial]:
    return read_gold(data_dir / "gold" / "disease_criteria")


def figures(trials: list[GoldTrial]) -> Figures:
    return score(trials, {t.nct_id: flat(read_text(t.text, t.title, t.conditions)) for t in trials})


def test_every_kind(trials: list[GoldTrial]) -> None:
    told = figures(trials)
    print("\n" + table(told))
    assert told.wrong_quotes == 0
    assert told.other_malignancy == 0
    short = {kind: told.kinds[kind].tally.f1 for kind, floor in FLOORS.items() if told.kinds[kind].tally.f1 < floor}
    assert short == {}
    labs, codes = told.lab_conditions, told.cancer_consistent
    assert labs[0] >= 0.9 * labs[1]
    assert codes[0] >= 0.97 * codes[1]
    cancer, therapy, biomarker = (told.kinds[kind].tally for kind in ("cancer", "prior_therapy", "biomarker"))
    assert cancer.exact >= 0.8 * cancer.right
    assert therapy.polarity <= 0.02 * therapy.gold
    assert biomarker.polarity == 0


def test_the_disease(disease_trials: list[GoldTrial]) -> None:
    told = figures(disease_trials)
    print("\n" + table(told))
    assert told.wrong_quotes == 0
    assert told.other_malignancy == 0
    short = {kind: told.kinds[kind].tally.f1 for kind, low in DISEASE_FLOORS.items() if told.kinds[kind].tally.f1 < low}
    assert short == {}
    assert told.kinds["stage"].tally.exact >= 0.85 * told.kinds["stage"].tally.right


def test_confidence(trials: list[GoldTrial], disease_trials: list[GoldTrial]) -> None:
    told = cross_validate(judge([*trials, *disease_trials]))
    print("\n" + calibration_table(told))
    assert told.error <= 0.05
