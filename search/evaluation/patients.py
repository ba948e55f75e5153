"""Patients with known verdicts: whether the eligibility engine's score can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment
from search.eligibility.criterion import Criteria
from search.eligibility.profile import ProfileError, read_profile
from search.evaluation.statistics import SEED, Interval
from search.evaluation.trec import FormatError
from search.patient import Patient
from search.trial import Trial

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A patient and a trial, with the verdict that a person gave."""

    id: str
    patient_id: str
    nct_id: str
    eligible: bool
    patient: Patient


@dataclass(frozen=True, slots=True)
class Assessed:
    """A labelled pair with what the engine said."""

    pair: Labelled
    assessment: Assessment


def read_labelled(path: Path) -> list[Labelled]:
    """Labelled pairs: JSON Lines with `id`, `nct_id`, `profile`, `verdict` (eligible or ineligible) and, where a
    patient stands in several lines, `patient`.

    Raises:
        FormatError: a line that is not of this form, with its number.
        OSError: the file cannot be opened.
    """
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
            verdict = {"eligible": True, "ineligible": False}[record["verdict"]]
            patient = read_profile(record["profile"])
            name = str(record.get("patient", record["id"]))
            found.append(Labelled(str(record["id"]), name, record["nct_id"], verdict, patient))
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ProfileError) as error:
            raise FormatError(f"{path}, line {number}: not a patient with a verdict") from error
    return found


def assess_labelled(
    pairs: Iterable[Labelled], trials: Mapping[str, Trial], criteria: Mapping[str, Criteria]
) -> list[Assessed]:
    """What the engine says of labelled pairs; pairs of unknown trials are left out."""
    return [
        Assessed(pair, assess(pair.patient, criteria[pair.nct_id], trials[pair.nct_id]))
        for pair in pairs
        if pair.nct_id in trials and pair.nct_id in criteria
    ]


def scores(assessed: Sequence[Assessed]) -> tuple[Floats, Floats]:
    """Stated chances and labels (1 eligible), each of shape (n,)."""
    stated = np.array([one.assessment.score for one in assessed], dtype=np.float64)
    return stated, np.array([one.pair.eligible for one in assessed], dtype=np.float64)


def ordered_share(assessed: Sequence[Assessed], *, rounds: int = 2000, seed: int = SEED) -> tuple[float, Interval]:
    """Share of patients whose trial scores above the one that refuses them, ties half, over pairs of lines of one
    patient; with the 95 % bootstrap interval over patients.

    Raises:
        ValueError: no patient has a trial of either kind.
    """
    by_patient: dict[str, tuple[list[float], list[float]]] = {}
    for one in assessed:
        by_patient.setdefault(one.pair.patient_id, ([], []))[0 if one.pair.eligible else 1].append(one.assessment.score)
    shares = np.array(
        [
            np.mean([(yes > no) + 0.5 * (yes == no) for yes in takes for no in refuses])
            for takes, refuses in by_patient.values()
            if takes and refuses
        ]
    )
    if not len(shares):
        raise ValueError("no patient has both a trial that takes and one that refuses them")
    drawn = np.random.default_rng(seed).integers(0, len(shares), (rounds, len(shares)))
    low, high = np.quantile(shares[drawn].mean(axis=1), [0.025, 0.975])
    return float(shares.mean()), Interval(float(low), float(high))


def verdict_counts(assessed: Sequence[Assessed]) -> dict[tuple[str, str], int]:
    """How often each label met each verdict of the interchange format."""
    counts: dict[tuple[str, str], int] = {}
    for one in assessed:
        key = ("eligible" if one.pair.eligible else "ineligible", one.assessment.verdict.exported)
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items()))
