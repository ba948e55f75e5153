"""`oncomatch assess` from files."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

from api.assess_command import run_assess
from search.patient import AgeFact, Patient
from search.trial import Eligibility, Trial

TRIAL = Trial(
    "NCT99000001",
    eligibility=Eligibility(
        criteria="Inclusion Criteria:\n\n* ECOG performance status of 0 to 1\n\n"
        "Exclusion Criteria:\n\n* Pregnant women\n",
        minimum_age="18 Years",
        minimum_age_days=6574,
    ),
)


def answers(path: Path, **more: object) -> tuple[int, list[dict[str, object]], list[str]]:
    out, said = io.StringIO(), list[str]()
    code = run_assess(str(path), iter([TRIAL]), out, said.append, **more)  # type: ignore[arg-type]
    return code, [json.loads(line) for line in out.getvalue().splitlines()], said


def written(path: Path, *records: object) -> Path:
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in records), encoding="utf-8")
    return path


def test_every_line_is_answered(tmp_path: Path) -> None:
    fit = {"age": 60, "sex": "female", "performance": [{"scale": "ECOG", "value": 1}]}
    unfit = fit | {"performance": [{"scale": "ECOG", "value": 3}]}
    lines = [
        {"id": str(number), "nct_id": "nct99000001", "profile": profile}
        for number, profile in enumerate((fit, unfit, {"age": 60}, fit | {"age": 12}))
    ]
    code, found, _ = answers(written(tmp_path / "patients.jsonl", *lines))
    assert code == 0
    assert [one["id"] for one in found] == ["0", "1", "2", "3"]
    assert [one["verdict"] for one in found] == ["eligible", "ineligible", "undetermined", "ineligible"]
    text = TRIAL.eligibility.criteria or ""
    decisive = found[1]["decisive"]
    assert isinstance(decisive, list)
    assert decisive[0]["truth"] == "not_met"
    assert text[decisive[0]["start"] : decisive[0]["end"]] == decisive[0]["quote"]


def test_what_cannot_be_answered_is_named_by_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path / "patients.jsonl",
        "no json",
        {"id": "1"},
        {"id": "2", "nct_id": "NCT99999999", "profile": {}},
        {"id": "3", "nct_id": "NCT99000001", "profile": []},
        {"id": "4", "nct_id": "NCT99000001", "note": "a child of nine"},
        {"id": "5", "nct_id": "NCT99000001", "profile": {"stage": "canary", "other": "canary"}},
    )
    code, found, said = answers(path)
    assert code == 3
    assert [one["id"] for one in found] == ["5"]
    assert all(any(f"line {number}:" in line for line in said) for number in range(1, 7))
    assert "canary" not in "".join(said)
    assert "of nine" not in "".join(said)


def test_notes_are_read_where_there_is_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "patients.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(json.dumps({"id": "1", "nct_id": "NCT99000001", "note": "a child"}))
    code, found, _ = answers(path, read_note=lambda text: Patient(age=AgeFact(9 if text == "a child" else 60)))
    assert (code, found[0]["verdict"]) == (0, "ineligible")
