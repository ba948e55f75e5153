"""Verdicts on the fictitious patients of the annotated trials, from profiles and from notes.

The floors are those the project set itself; what was reached is printed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.study import parse_study
from search.eligibility.criterion import Criteria
from search.eligibility.profile import read_profile
from search.evaluation.verdicts import (
    Answered,
    Vignette,
    answered,
    cross_validated_error,
    figures,
    fit_score,
    read_vignettes,
)
from search.extraction.criteria import read_criteria
from search.extraction.note import read_note
from search.patient import Origin, Patient
from search.trial import Trial

pytestmark = [pytest.mark.data, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def trials(data_dir: Path) -> Mapping[str, Trial]:
    lines = (data_dir / "gold" / "oncology_criteria" / "studies.jsonl").read_text(encoding="utf-8").splitlines()
    return {trial.nct_id: trial for trial in (parse_study(json.loads(line)) for line in lines)}


@pytest.fixture(scope="module")
def criteria(trials: Mapping[str, Trial]) -> Mapping[str, Criteria]:
    return {nct_id: read_criteria(trial) for nct_id, trial in trials.items()}


@pytest.fixture(scope="module")
def vignettes(data_dir: Path) -> list[Vignette]:
    return read_vignettes(data_dir / "gold" / "oncology_criteria")


def from_profile(one: Vignette) -> Patient:
    return read_profile(one.profile)


def from_note(one: Vignette) -> Patient:
    return read_profile(read_note(one.note).profile, Origin.NOTE)


@pytest.fixture(scope="module")
def by_profile(
    vignettes: list[Vignette], trials: Mapping[str, Trial], criteria: Mapping[str, Criteria]
) -> list[Answered]:
    return answered(vignettes, trials, criteria, from_profile)


@pytest.fixture(scope="module")
def by_note(vignettes: list[Vignette], trials: Mapping[str, Trial], criteria: Mapping[str, Criteria]) -> list[Answered]:
    return answered(vignettes, trials, criteria, from_note)


def test_from_profiles(by_profile: list[Answered]) -> None:
    told = figures(by_profile)
    print(f"\n{told}")
    assert told.accuracy >= 0.84
    assert told.false_exclusions <= 0.02
    assert told.auroc_within_trial >= 0.95


def test_from_notes(by_note: list[Answered]) -> None:
    told = figures(by_note)
    print(f"\n{told}")
    assert told.accuracy >= 0.79
    assert told.false_exclusions <= 0.04
    assert told.auroc_within_trial >= 0.92


def test_the_score_can_be_believed(by_profile: list[Answered], by_note: list[Answered]) -> None:
    for pairs in (by_profile, by_note, [*by_profile, *by_note]):
        error = cross_validated_error(pairs)
        print(f"\ncalibration error by cross-validation over trials: {error:.3f} (n = {len(pairs)})")
        assert error <= 0.08
    base, slope = fit_score([*by_profile, *by_note])
    print(f"base {[round(one, 2) for one in base]}, slope {slope:.2f}")
    assert slope > 0
    assert base[0] > base[1] > max(base[3:])
