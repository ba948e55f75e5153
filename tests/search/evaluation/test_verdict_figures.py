from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from search.eligibility.criterion import Criteria, Performance
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
from search.trial import Trial
from tests.eligibility_cases import criterion, of

CRITERIA: Mapping[str, Criteria] = {
    f"NCT9900000{number}": of(criterion(Performance("ECOG", 0, 1))) for number in range(1, 5)
}
TRIALS = {nct_id: Trial(nct_id=nct_id) for nct_id in CRITERIA}
VERDICTS = ("eligible", "ineligible", "undetermined", "eligible")
PROFILES: tuple[dict[str, object], ...] = ({"performance": 0}, {"performance": 3}, {}, {"performance": 2})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = []
    for nct_id in CRITERIA:
        patients = [{"id": f"{nct_id}-{n}", "verdict": verdict} for n, verdict in enumerate(VERDICTS)]
        (tmp_path / f"{nct_id}.json").write_text(json.dumps({"nct_id": nct_id, "patients": patients}))
        lines += [
            json.dumps({"id": f"{nct_id}-{n}", "nct_id": nct_id, "profile": profile, "note": "58M."})
            for n, profile in enumerate(PROFILES)
        ]
    (tmp_path / "patients.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def pairs(folder: Path) -> list[Answered]:
    return answered(read_vignettes(folder), TRIALS, CRITERIA, lambda one: read_profile(one.profile))


def test_vignettes_are_read_with_their_verdicts(folder: Path) -> None:
    found = read_vignettes(folder)
    assert len(found) == 16
    assert found[1] == Vignette("NCT99000001-1", "NCT99000001", "ineligible", {"performance": 3}, "58M.")


def test_figures(pairs: list[Answered]) -> None:
    """Of four patients one is ruled out wrongly; the ineligible one is."""
    told = figures(pairs)
    assert (told.n, told.accuracy, told.false_exclusions, told.missed_exclusions) == (16, 0.75, 0.5, 0.0)
    assert told.auroc_within_trial == pytest.approx(0.5 + 0.5 * 0.5, abs=0.26)


def test_the_fit_learns_what_the_verdicts_are_worth(pairs: list[Answered]) -> None:
    base, slope = fit_score(pairs)
    assert len(base) == 5
    assert slope >= 0
    assert base[0] > base[1] > base[4]
    assert 0 <= cross_validated_error(pairs, bins=4) < 0.35
    assert np.isfinite(base).all()
