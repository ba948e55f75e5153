"""What a note tells and could not be used is said, by field and without the patient's own values."""

from __future__ import annotations

import pytest

from search.extraction.note import patient_of_note, read_note

FOREIGN = (
    "Patientin, 61 Jahre, mit metastasiertem Mammakarzinom und Lebermetastasen, seit zwei Jahren bei uns.",
    "Mujer de 48 años con cáncer de colon, tratada con quimioterapia sin respuesta, con buen estado y dolor.",
    "Femme de 70 ans avec un cancer du sein, traitée par chimiothérapie depuis un an, avec une fatigue.",
    "六十歳の男性、肺腺癌、化学療法後に再発した。全身状態は良好である。",
)


@pytest.mark.parametrize("note", FOREIGN)
def test_another_language_is_named(note: str) -> None:
    assert [one.field for one in read_note(note).unread] == ["note"]
    assert "English" in read_note(note).unread[0].problem


@pytest.mark.parametrize(
    "note",
    [
        "58M, melanoma.",
        "67 y/o F, stage IV NSCLC, EGFR L858R, osimertinib x14 mo -> PD. ECOG 1. Plt 180, Hb 11. MRI brain neg.",
        "Mr Le Roux, 70M, mCRPC. Abiraterone then docetaxel with PD. ECOG 1, no brain mets, lives in Los Angeles.",
    ],
)
def test_english_shorthand_is_no_other_language(note: str) -> None:
    assert read_note(note).unread == ()


def test_nothing_understood() -> None:
    assert [one.problem for one in read_note("Seen and discussed.").unread] == [
        "nothing in it was understood; notes are read in English"
    ]
    assert read_note("  ").unread == ()


def test_impossible_and_contradictory_statements() -> None:
    told = patient_of_note("Age 240, male, stage IIB then stage IV lung adenocarcinoma. ECOG 1.")
    assert told.age is None
    assert {one.field for one in told.unread} == {"age", "stage"}
    assert told.stage is not None
    assert told.cancer is not None
    assert not any(value in one.problem for one in told.unread for value in ("240", "IIB"))


def test_a_very_long_note_is_read_and_said_to_be_long() -> None:
    told = read_note("58M with melanoma, ECOG 1. " + "Feels well and walks the dog. " * 7000)
    assert told.profile["cancer"] == "MEL"
    assert [one.field for one in told.unread] == ["note"]
