"""The judgement list over the bundled sample."""

from __future__ import annotations

import json

from indexer.judgements import patients_path, qrels_path, topics_path
from indexer.sample import sample_path
from search.evaluation.patients import read_labelled
from search.evaluation.slices import read_properties, slices
from search.evaluation.topics import load_topics
from search.evaluation.trec import read_qrels

QRELS = read_qrels(qrels_path())
TOPICS = load_topics(topics_path())
IDS = {path.stem for path in sample_path().glob("NCT*.json")}


def conditions(nct_id: str) -> str:
    record = json.loads((sample_path() / f"{nct_id}.json").read_text(encoding="utf-8"))
    return json.dumps(record["protocolSection"].get("conditionsModule", {})).lower()


def test_every_study_is_judged_for_every_query() -> None:
    assert [topic.query_id for topic in TOPICS] == list(QRELS)
    assert len(TOPICS) >= 30
    assert all(set(grades) == IDS for grades in QRELS.values())
    assert {grade for grades in QRELS.values() for grade in grades.values()} == {0, 1, 2}


def test_every_query_has_something_to_find_and_the_withheld_study_is_never_it() -> None:
    assert all(2 in grades.values() for grades in QRELS.values())
    assert {grades["NCT99000081"] for grades in QRELS.values()} == {0}


def test_twins_are_told_apart() -> None:
    """Of each pair in the sample's README some query wants one and finds the other excluded."""
    readme = (sample_path() / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in readme.splitlines() if line.startswith("| NCT")]
    pairs = [(one.strip(), other.strip()) for one, other in rows]
    assert len(pairs) >= 20
    for one, other in pairs:
        for wanted, unwanted in ((one, other), (other, one)):
            told = [t for t, grades in QRELS.items() if grades[wanted] == 2 and grades[unwanted] == 1]
            assert told, (wanted, unwanted)


def test_slices() -> None:
    found = slices(read_properties(topics_path()), QRELS)
    for name in ("negation", "stage", "line", "biomarker", "cns", "place", "status", "note", "not named_diagnosis"):
        assert len(found[name]) >= 3, name
    assert len(found["not oncology"]) >= 3


def test_judgements_agree_with_the_records_where_a_word_decides() -> None:
    by_text = {topic.text: QRELS[topic.query_id] for topic in TOPICS}
    wanted = [nct for nct, grade in by_text["uveal melanoma"].items() if grade == 2]
    assert [nct for nct in wanted if "uveal" not in conditions(nct)] == []
    assert [
        nct for nct in IDS if "glioblastoma" in conditions(nct) and not by_text["recurrent glioblastoma"][nct]
    ] == []


def test_every_patient_is_taken_by_one_study_and_refused_by_another() -> None:
    labelled = read_labelled(patients_path())
    assert len({one.id for one in labelled}) == len(labelled) == 80
    for patient in {one.patient_id for one in labelled}:
        lines = [one for one in labelled if one.patient_id == patient]
        assert sorted(one.eligible for one in lines) == [False, True]
        assert {one.nct_id for one in lines} <= IDS
        assert [one.patient.unread for one in lines] == [(), ()], patient
