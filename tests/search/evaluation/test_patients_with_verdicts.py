from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from search.eligibility.criterion import Criteria
from search.evaluation.patients import (
    assess_labelled,
    ordered_share,
    read_labelled,
    scores,
    verdict_counts,
)
from search.evaluation.trec import FormatError
from search.extraction.criteria import read_criteria
from search.trial import Eligibility, Trial

ADULTS = Trial(
    "NCT99000001",
    eligibility=Eligibility(
        criteria="Inclusion Criteria:\n\n* ECOG 0 to 1\n", minimum_age="18 Years", minimum_age_days=6574
    ),
)
CHILDREN = Trial("NCT99000002", eligibility=Eligibility(maximum_age="17 Years", maximum_age_days=6573))
TRIALS = {trial.nct_id: trial for trial in (ADULTS, CHILDREN)}


def line(patient: str, nct_id: str, verdict: str, **profile: object) -> str:
    record = {"id": patient + nct_id, "patient": patient, "nct_id": nct_id, "verdict": verdict, "profile": profile}
    return json.dumps(record) + "\n"


def test_labels_against_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "patients.jsonl"
    fit = {"age": 50, "performance": [{"scale": "ECOG", "value": 1}]}
    path.write_text(
        line("a", "NCT99000001", "eligible", **fit)
        + line("a", "NCT99000002", "ineligible", **fit)
        + "\n"
        + line("b", "NCT99000002", "eligible", age=50)
        + line("b", "NCT99000001", "ineligible", age=50)
        + line("c", "NCT99000009", "eligible", age=50)
    )
    criteria: dict[str, Criteria] = {nct_id: read_criteria(trial) for nct_id, trial in TRIALS.items()}
    found = assess_labelled(read_labelled(path), TRIALS, criteria)
    assert len(found) == 4  # of a trial that is not there nothing can be said
    stated, right = scores(found)
    assert list(right) == [1, 0, 1, 0]
    assert stated[0] > stated[1]
    assert stated[2] < stated[3]  # patient b carries the wrong labels
    share, interval = ordered_share(found)
    assert (share, interval.low, interval.high) == (0.5, 0.0, 1.0)
    assert verdict_counts(found)["eligible", "eligible"] == 1
    assert sum(verdict_counts(found).values()) == 4
    with pytest.raises(ValueError, match="no patient"):
        ordered_share(found[:1])
    assert np.all((stated > 0) & (stated < 1))


@pytest.mark.parametrize("text", ["no json", '{"id": 1, "nct_id": "NCT1", "profile": {}, "verdict": "perhaps"}', "{}"])
def test_a_bad_line_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "patients.jsonl"
    path.write_text("\n" + text)
    with pytest.raises(FormatError, match="line 2"):
        read_labelled(path)
