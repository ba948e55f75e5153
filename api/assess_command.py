"""`oncomatch assess`: patients against trials, from files of the interchange format to JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import IO

from api.json_lines import Remark, answer_lines, parsed
from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment, CriterionAssessment
from search.eligibility.criterion import Criteria
from search.eligibility.profile import ProfileError, read_profile
from search.extraction.criteria import read_criteria
from search.patient import Patient
from search.trial import Trial

ReadNote = Callable[[str], Patient]
"""Reads a free-text note."""


def run_assess(
    patients: str,
    trials: Iterator[Trial],
    out: IO[str],
    say: Callable[[str], None],
    read_note: ReadNote | None = None,
) -> int:
    """Answer every line of a file of patients.

    Args:
        patients: path of JSON Lines with `id`, `nct_id` and `profile` or `note`; `-` is standard input, `.gz` is read.
        trials: the trials that the lines may name.
        out: where the answers go, one a line.
        say: told of what was not understood, by line and field; never of a patient's own values.
        read_note: reads notes; without it, a line with a note and no profile is not answered.

    Returns:
        0 if every line was answered, else 3.

    Raises:
        OSError: the file of patients cannot be read.
    """
    known = {trial.nct_id: trial for trial in trials}
    criteria: dict[str, Criteria] = {}

    def read(line: str) -> tuple[object, Trial, Patient]:
        record = _record(line)
        return record["id"], _trial(record, known), _patient(record, read_note)

    def answer(asked: tuple[object, Trial, Patient], remark: Remark) -> str:
        identifier, trial, patient = asked
        for unread in patient.unread:
            remark(f"{unread.field}: {unread.problem}")
        if trial.nct_id not in criteria:
            criteria[trial.nct_id] = read_criteria(trial)
        answered = answer_of(assess(patient, criteria[trial.nct_id], trial))
        return json.dumps({"id": identifier, "nct_id": trial.nct_id} | answered, ensure_ascii=False)

    answered, complaints = answer_lines(patients, read, answer, out, say)
    say(f"{answered} lines answered, {complaints} not")
    return 3 if complaints else 0


def answer_of(assessment: Assessment) -> dict[str, object]:
    """An assessment in the interchange format: `verdict`, `score`, `decisive`."""
    fields: list[dict[str, object]] = [
        {"quote": "", "start": 0, "end": 0, "truth": one.truth.value, "reason": f"{one.field}: {one.reason}"}
        for one in assessment.structured
        if not one.truth.fulfils
    ]
    return {
        "verdict": assessment.verdict.exported,
        "score": round(assessment.score, 6),
        "decisive": fields + [_decisive(one) for one in assessment.decisive],
    }


def _decisive(one: CriterionAssessment) -> dict[str, object]:
    evidence = one.criterion.evidence
    truth = "met" if one.truth.fulfils else one.truth.value
    return {
        "quote": evidence.quote,
        "start": evidence.start,
        "end": evidence.end,
        "truth": truth,
        "reason": f"{one.reason} ({one.basis.value})",
    }


def _record(line: str) -> dict[str, object]:
    record = parsed(line)
    if not isinstance(record, dict) or not {"id", "nct_id"} <= record.keys():
        raise ValueError("must be an object with id, nct_id and profile or note")
    return record


def _trial(record: dict[str, object], known: dict[str, Trial]) -> Trial:
    trial = known.get(str(record["nct_id"]).strip().upper())
    if trial is None:
        raise ValueError("names a trial that is not among the studies")
    return trial


def _patient(record: dict[str, object], read_note: ReadNote | None) -> Patient:
    if record.get("profile") is not None:
        try:
            return read_profile(record["profile"])
        except ProfileError as error:
            raise ValueError(str(error)) from error
    note = record.get("note")
    if not isinstance(note, str):
        raise ValueError("has neither a profile nor a note")
    if read_note is None:
        raise ValueError("has a note and no profile, and notes cannot be read here")
    return read_note(note)
