"""Notes as queries: facts, what the note is about, what it asks for."""

from __future__ import annotations

import pytest

from search.query_parser import parse_query
from search.query_parser.notes import is_note
from search.trial import OverallStatus, Phase

ONCOLOGY = (
    "A 61-year-old woman with stage IV lung adenocarcinoma, EGFR exon 19 deletion, progressed on "
    "osimertinib in March. "
    "Mother had breast cancer at 70. No brain metastases on MRI. ECOG 1. She takes metformin for diabetes. "
    "Her colonoscopy was normal."
)
OTHER = (
    "A 47-year-old man presents to the clinic with progressive shortness of breath on exertion. "
    "He was diagnosed with "
    "idiopathic pulmonary fibrosis two years ago. Father died of a heart attack. He denies chest pain. "
    "Echocardiogram was normal. CT showed honeycombing in both lower lobes."
)


def said(text: str) -> list[str]:
    return [text[one.start : one.end] for one in parse_query(text).salient]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (ONCOLOGY, True),
        (OTHER, True),
        ("EGFR exon 20 insertion NSCLC second line", False),
        ("58F CRC lung mets PD on FOLFIRI BRAF V600E ECOG 0", False),
        ("", False),
    ],
)
def test_a_note_is_told_from_a_query(text: str, note: bool) -> None:
    assert is_note(text) is note
    assert parse_query(text).note is note


def test_the_facts_of_a_note_are_concepts_and_the_person() -> None:
    query = parse_query(ONCOLOGY)
    kinds = {one.kind for one in query.concepts}
    assert {"age", "sex", "cancer", "stage", "biomarker", "prior_therapy", "performance", "cns"} <= kinds
    assert [one.codes for one in query.concepts if one.kind == "cancer"] == [frozenset({"LUAD"})]
    assert query.patient is not None
    assert query.patient.cancer is not None
    assert query.patient.cancer.codes == {"LUAD"}
    assert not query.asked.active()


def test_relatives_and_normal_findings_are_not_what_a_note_is_about() -> None:
    words = " | ".join(said(ONCOLOGY))
    assert "lung adenocarcinoma" in words
    assert "breast cancer" not in words
    assert "normal" not in words


def test_a_disease_that_no_vocabulary_knows_is_found() -> None:
    query = parse_query(OTHER)
    weights = {OTHER[one.start : one.end]: one.weight for one in query.salient}
    best = max(weights, key=lambda words: weights[words])
    assert "idiopathic pulmonary fibrosis" in best
    words = " | ".join(weights)
    assert "shortness of breath" in words
    assert "honeycombing" in words
    assert "heart attack" not in words
    assert "chest pain" not in words


def test_a_note_that_says_nothing_by_name_is_about_its_first_sentences() -> None:
    text = "He sleeps badly. " + "The weather has been cold and the garden is asleep for most of the week. " * 4
    assert said(text)
    assert text.startswith(said(text)[0].split(".")[0])


def test_what_a_note_asks_for_is_read_in_the_sentence_that_asks() -> None:
    asked = ONCOLOGY + " Looking for recruiting phase 2 trials near Leeds."
    query = parse_query(asked)
    assert query.note
    assert query.asked.status == {OverallStatus.RECRUITING}
    assert query.asked.phase == {Phase.PHASE2}
    assert query.asked.near is not None
    history = ONCOLOGY + " She was treated on a phase 1 trial in Paris in 2020 and it was completed."
    assert not parse_query(history).asked.active()


def test_ids_in_a_note_are_looked_up_too() -> None:
    query = parse_query(ONCOLOGY + " Compare NCT99000001.")
    assert query.nct_ids == ("NCT99000001",)
    assert [one.value for one in query.concepts if one.kind == "nct_id"] == ["NCT99000001"]
