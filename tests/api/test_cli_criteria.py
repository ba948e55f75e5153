"""`oncomatch criteria` as a user meets it: JSON Lines on standard output, complaints and exit codes beside them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TEXT = (
    "Inclusion Criteria:\n\n* ECOG performance status 0 or 1\n* Some made-up words\n\n"
    "Exclusion Criteria:\n\n* Pregnancy"
)


def oncomatch(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api.cli", "criteria", *arguments]
    return subprocess.run(command, capture_output=True, text=True, input=stdin)


def record(nct_id: str, text: str | None = TEXT) -> dict[str, Any]:
    eligibility = {} if text is None else {"eligibilityCriteria": text}
    identification = {"nctId": nct_id, "briefTitle": "A made-up trial"}
    return {"protocolSection": {"identificationModule": identification, "eligibilityModule": eligibility}}


def lines_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_record_gets_a_line_with_its_evidence(tmp_path: Path) -> None:
    folder = tmp_path / "studies"
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps(record("NCT99000001")), encoding="utf-8")
    with gzip.open(folder / "two.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(f"{json.dumps(record('NCT99000002'))}\n{json.dumps(record('NCT99000003', None))}\n")
    done = oncomatch(str(folder))
    assert done.returncode == 0
    answers = lines_of(done)
    assert [answer["nct_id"] for answer in answers] == ["NCT99000001", "NCT99000002", "NCT99000003"]
    assert answers[2]["criteria"] == []
    items = answers[0]["criteria"]
    assert answers[1]["criteria"] == items
    for item in items:
        assert TEXT[item["start"] : item["end"]] == item["quote"]
        assert {"section", "kind", "requirement", "cohort", "confidence"} <= set(item)
    (performance,) = (item for item in items if item["kind"] == "performance")
    assert (performance["scale"], performance["min"], performance["max"]) == ("ECOG", 0, 1)
    (pregnancy,) = (item for item in items if item.get("topic") == "pregnancy")
    assert (pregnancy["section"], pregnancy["requirement"]) == ("exclusion", "prohibited")
    assert any(item["quote"] == "Some made-up words" and item["topic"] == "other" for item in items)
    assert done.stderr == "3 trials answered, 0 records could not be read\n"


def test_standard_input_is_read() -> None:
    done = oncomatch("-", stdin=json.dumps(record("NCT99000001")))
    assert done.returncode == 0
    assert [answer["nct_id"] for answer in lines_of(done)] == ["NCT99000001"]


def test_what_cannot_be_read_is_named_and_the_rest_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "studies.jsonl"
    file.write_text(f"{json.dumps(record('NCT99000001'))}\nnonsense\n{json.dumps(record('no id'))}\n", encoding="utf-8")
    done = oncomatch(str(tmp_path / "nowhere.json"), str(file))
    assert done.returncode == 3
    assert [answer["nct_id"] for answer in lines_of(done)] == ["NCT99000001"]
    assert "nowhere.json" in done.stderr
    assert done.stderr.count("studies.jsonl") == 2
    assert "Traceback" not in done.stderr


def test_no_source_is_wrong_usage() -> None:
    done = oncomatch()
    assert (done.returncode, done.stdout) == (2, "")


def test_the_sample_is_answered_whole() -> None:
    done = oncomatch("sample")
    assert done.returncode == 0
    answers = lines_of(done)
    assert len(answers) > 50
    assert all(answer["criteria"] for answer in answers if answer["nct_id"] == "NCT99000001")
