"""The registry's own records: every one parses, or is refused for a true reason."""

from __future__ import annotations

import gzip
import tarfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from indexer.registry import Registry
from indexer.sources import SourceRecord, iter_records
from indexer.study import RecordError, parse_study
from search.eligibility_text import TextView
from search.extraction.segment import sections
from search.trial import Trial
from search.trial_codec import decode_trial, encode_trial

pytestmark = pytest.mark.data

FILES = {
    "ctgov/ctgov_v2_oncology.jsonl.gz": 1_974,
    "ctgov/oncology_more.jsonl.gz": 6_939,
    "ctgov/criteria_texts.jsonl.gz": 573,
    "ctgov/criteria_only.jsonl.gz": 17_116,
    "ctgov/ctgov_v2_nononcology.jsonl.gz": 5_840,
    "trec/other_documents.jsonl.gz": 14_413,
    "trec/ct22_judged_documents.tar.gz": 6_484,
}
TOTAL = 53_339


def check(item: SourceRecord, reasons: Counter[str]) -> Trial | None:
    if item.record is None:
        reasons[str(item.error)] += 1
        return None
    try:
        trial = parse_study(item.record)
    except RecordError as error:
        reasons[error.reason] += 1
        return None
    assert decode_trial(encode_trial(trial)) == trial
    raw = trial.eligibility.criteria or ""
    parts = sections(raw)
    assert "".join(raw[part.start : part.end] for part in parts) == raw
    view = TextView.of(raw)
    assert view.to_raw(0, len(view.text)) == (0, len(raw))
    return trial


@pytest.mark.parametrize("name", FILES)
def test_a_sample_of_every_file_parses(data_dir: Path, name: str) -> None:
    count = min(FILES[name], 400)
    reasons: Counter[str] = Counter()
    trials = [check(item, reasons) for item in islice(iter_records(data_dir / name), count)]
    assert reasons == Counter()
    assert len([trial for trial in trials if trial is not None]) == count


DATES = {
    "startDateStruct": "start",
    "primaryCompletionDateStruct": "primary_completion",
    "completionDateStruct": "completion",
    "studyFirstPostDateStruct": "first_posted",
    "lastUpdatePostDateStruct": "last_update_posted",
    "resultsFirstPostDateStruct": "results_first_posted",
}


def compared(record: Any, trial: Trial) -> Iterator[tuple[str, object, object]]:
    """What a record says against what was read: name, said, read. Read straight from the JSON, by other code."""
    protocol = record["protocolSection"]
    status, design = protocol.get("statusModule", {}), protocol.get("designModule", {})
    eligibility, arms = protocol.get("eligibilityModule", {}), protocol.get("armsInterventionsModule", {})
    locations = protocol.get("contactsLocationsModule", {}).get("locations", [])
    outcomes = protocol.get("outcomesModule", {})
    yield "status", status.get("overallStatus"), trial.overall_status
    yield "last known status", status.get("lastKnownStatus"), trial.last_known_status
    for key, name in DATES.items():
        read = getattr(trial, name)
        yield key, status.get(key, {}).get("date"), None if read is None else str(read.date)
        yield key, status.get(key, {}).get("type") == "ACTUAL", read is not None and read.actual is True
    yield "verified", status.get("statusVerifiedDate"), trial.status_verified and str(trial.status_verified)
    yield "type", design.get("studyType"), trial.study_type
    yield "phases", tuple(design.get("phases", ())), trial.phases
    yield "masking", design.get("designInfo", {}).get("maskingInfo", {}).get("masking"), trial.design.masking
    yield "enrollment", design.get("enrollmentInfo", {}).get("count"), trial.design.enrollment
    yield "criteria", eligibility.get("eligibilityCriteria"), trial.eligibility.criteria
    yield "sex", eligibility.get("sex"), trial.eligibility.sex
    yield "healthy", eligibility.get("healthyVolunteers"), trial.eligibility.healthy_volunteers
    yield "minimum age", "minimumAge" in eligibility, trial.eligibility.minimum_age_days is not None
    yield "maximum age", "maximumAge" in eligibility, trial.eligibility.maximum_age_days is not None
    yield "arms", [item.get("type") for item in arms.get("armGroups", ())], [item.type for item in trial.arms]
    said = arms.get("interventions", ())
    yield "interventions", [item.get("type") for item in said], [item.type for item in trial.interventions]
    other_names = sum(len({" ".join(n.split()) for n in item.get("otherNames", ())}) for item in said)
    yield "other names", other_names, sum(len(item.other_names) for item in trial.interventions)
    yield "outcomes", sum(map(len, outcomes.values())), len(trial.outcomes)
    yield "site status", [item.get("status") for item in locations], [site.status for site in trial.sites]
    points = [site.point and {"lat": site.point.lat, "lon": site.point.lon} for site in trial.sites]
    yield "points", [item.get("geoPoint") for item in locations], points
    terms = record.get("derivedSection", {}).get("conditionBrowseModule", {}).get("meshes")
    if terms:
        yield "terms", terms, [{"id": term.id, "term": term.term} for term in trial.condition_mesh]
    yield "results", record.get("hasResults"), trial.has_results


def test_complete_records_are_read_without_loss(data_dir: Path) -> None:
    count = 0
    for name in ("ctgov/ctgov_v2_oncology.jsonl.gz", "ctgov/ctgov_v2_nononcology.jsonl.gz"):
        for item in islice(iter_records(data_dir / name), 0, 2_000, 4):
            assert item.record is not None
            trial = parse_study(item.record)
            for what, said, read in compared(item.record, trial):
                assert said == read, (trial.nct_id, what)
            count += 1
    assert count > 900


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_all_records_parse_and_the_mirror_takes_them(data_dir: Path, tmp_path: Path) -> None:
    reasons: Counter[str] = Counter()
    parsed: Counter[str] = Counter()
    with Registry(tmp_path / "registry.sqlite") as registry:
        for name in FILES:
            for item in iter_records(data_dir / name):
                trial = check(item, reasons)
                if trial is not None and item.record is not None:
                    parsed[name] += 1
                    registry.record(trial, item.record, item.raw, item.place)
        # Every record of these files has an id and at least one module: none has a reason to be refused.
        assert reasons == Counter()
        assert dict(parsed) == FILES
        assert sum(parsed.values()) == TOTAL
        ids = [trial.nct_id for trial in registry.iter_trials()]
        assert ids == sorted(set(ids))
        assert len(ids) == len(registry)


@pytest.mark.parametrize("kind", ["gz", "tar.gz"])
def test_a_truncated_archive_of_real_records_ends_in_one_place(data_dir: Path, tmp_path: Path, kind: str) -> None:
    name = "ctgov/oncology_more.jsonl.gz" if kind == "gz" else "trec/ct22_judged_documents.tar.gz"
    with (data_dir / name).open("rb") as file:
        head = file.read(1_000_000)
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(head)
    records = list(iter_records(path))
    faults = [item for item in records if item.error is not None]
    assert len(records) > 100
    assert 1 <= len(faults) <= 2
    assert all("cannot be read" in str(item.error) for item in faults)
    assert all(item.place.startswith(str(path)) for item in faults)


def test_the_files_are_what_their_names_say(data_dir: Path) -> None:
    with gzip.open(data_dir / "ctgov/criteria_texts.jsonl.gz") as lines:
        assert sum(1 for _ in lines) == FILES["ctgov/criteria_texts.jsonl.gz"]
    with tarfile.open(data_dir / "trec/ct22_judged_documents.tar.gz") as archive:
        assert archive.next() is not None
    assert sum(FILES.values()) == TOTAL
