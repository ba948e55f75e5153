"""Conditions present and absent."""

from __future__ import annotations

import pytest

from search.extraction.note import read_note
from search.extraction.notes.text import Json


@pytest.mark.parametrize(
    ("words", "topic", "value"),
    [
        ("No HIV.", "HIV", False),
        ("HIV/HBV/HCV neg.", "HCV", False),
        ("HIV, HBsAg and HCV all negative.", "HBV", False),
        ("HBsAg positive, on tenofovir, HBV DNA undetectable.", "HBV", True),
        ("hep B/C neg", "HCV", False),
        ("HCV cirrhosis, SVR in 2017.", "HCV", False),
        ("HIV+ on bictegravir/emtricitabine.", "HIV", "on ART"),
        ("HIV-/HBV-/HCV-.", "HIV", False),
        ("HIV-/HBV-/HCV-.", "HCV", False),
        ("HIV, hepatitis negative.", "HIV", False),
        ("HIV+ on bictegravir, HBV-.", "HIV", "on ART"),
        ("HIV - on bictegravir.", "HIV", "on ART"),
        ("Denies seizures, stroke or clots.", "thromboembolism", False),
        ("No MI, CHF, arrhythmia.", "cardiac disease", False),
        ("No ILD, diabetes on metformin.", "diabetes", True),
        ("No ILD, diabetes on metformin.", "interstitial lung disease", False),
        ("AF on apixaban.", "anticoagulation", True),
        ("On warfarin.", "anticoagulation", True),
        ("No anticoagulants.", "anticoagulation", False),
        ("Neuropathy gr 1.", "neuropathy", "grade 1"),
        ("No neuropathy.", "neuropathy", False),
        ("Off dexamethasone.", "steroids", False),
        ("Prednisone 20 mg daily.", "steroids", True),
        ("Pneumonitis in 2020 on pembrolizumab, treated with prednisone, resolved.", "steroids", None),
        ("hCG neg.", "pregnancy", False),
        ("NKDA.", "allergy", False),
        ("BP 128/76.", "hypertension", False),
        ("HTN, BP 128/76.", "hypertension", True),
        ("No other cancers.", "second malignancy", False),
        ("Archival block available.", "tissue available", True),
        ("RECIST measurable.", "measurable disease", True),
        ("Liver lesion 3.1 cm.", "measurable disease", True),
        ("Child-Pugh B7.", "Child-Pugh", "B7"),
        ("Life expectancy > 6 mo.", "life expectancy", "> 6 months"),
        ("Brother has diabetes.", "diabetes", None),
        ("Family history of stroke.", "stroke", None),
        ("Swallows pills.", "unable to swallow", False),
        ("Long-standing Gilbert's.", "Gilbert", True),
        ("Hearing loss: none.", "hearing loss", False),
        ("Pneumonitis: never.", "pneumonitis", False),
    ],
)
def test_conditions(words: str, topic: str, value: Json) -> None:
    conditions = read_note(f"60F with lung cancer. {words}").profile.get("conditions", {})
    assert isinstance(conditions, dict)
    assert conditions.get(topic) == value


def test_a_list_stays_denied_whatever_its_order() -> None:
    topics = {"seizure": "seizures", "stroke": "stroke", "bleeding": "bleeding", "pneumonitis": "pneumonitis"}
    words = list(topics.values())
    for turn in range(len(words)):
        listed = ", ".join(words[turn:] + words[:turn])
        conditions = read_note(f"60M. No {listed}.").profile["conditions"]
        assert isinstance(conditions, dict)
        assert {topic: conditions.get(topic) for topic in topics} == dict.fromkeys(topics, False)
