"""Treatments in order, and what is none."""

from __future__ import annotations

import pytest

from search.extraction.note import read_note
from search.extraction.notes.text import Json


def read(words: str) -> tuple[list[dict[str, Json]], Json]:
    profile = read_note(words).profile
    found = profile.get("prior_therapies", [])
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)], profile.get("prior_lines")


@pytest.mark.parametrize(
    ("words", "names", "lines"),
    [
        (
            "Metastatic PDAC. FOLFIRINOX -> PD, gem/nab-paclitaxel -> PD.",
            ["FOLFIRINOX", "gemcitabine + nab-paclitaxel"],
            2,
        ),
        ("Metastatic CRC: FOLFOX + bev, then FOLFIRI + bev.", ["FOLFOX + bevacizumab", "FOLFIRI + bevacizumab"], 2),
        ("Metastatic NSCLC, PD on pembrolizumab and docetaxel.", ["pembrolizumab", "docetaxel"], 2),
        (
            "Metastatic breast cancer. Prior: 1) letrozole + palbociclib 2) capecitabine",
            ["letrozole + palbociclib", "capecitabine"],
            2,
        ),
        ("Recurrent SCC larynx, s/p surgery + postop radiation.", ["surgery", "radiotherapy"], 0),
        (
            "Breast cancer: adjuvant AC x4, paclitaxel x4. No relapse.",
            ["AC (doxorubicin + cyclophosphamide)", "paclitaxel"],
            0,
        ),
        ("Metastatic NSCLC: carboplatin/pemetrexed, last carboplatin 3 mo ago.", ["carboplatin + pemetrexed"], 1),
        ("Metastatic melanoma: ipi/nivo x3, then nivo maintenance, PD.", ["ipilimumab + nivolumab"], 1),
        ("NSCLC: chemoRT with cisplatin 2021, followed by durvalumab.", ["cisplatin + radiotherapy", "durvalumab"], 0),
        ("HNSCC, metastatic. Two prior chemotherapy regimens given.", ["chemotherapy (drugs not stated)"] * 2, 2),
        ("HGSOC: carboplatin/paclitaxel -> olaparib, still on it.", ["carboplatin + paclitaxel", "olaparib"], 1),
    ],
)
def test_order_and_lines(words: str, names: list[str], lines: int) -> None:
    found, count = read(f"60M. {words}")
    assert [one["therapy"] for one in found] == names
    assert count == lines


@pytest.mark.parametrize(
    "words",
    [
        "No surgery, no radiation, no chemo.",
        "Planned FOLFOX next week.",
        "Candidate for sorafenib.",
        "Declined docetaxel.",
        "Treatment-naive.",
        "Scheduled for definitive weekly cisplatin with RT.",
        "We discussed pembrolizumab and lenvatinib.",
        "Dasatinib-naive. No prior therapy.",
        "Definitive IMRT starts Monday.",
    ],
)
def test_what_was_not_given(words: str) -> None:
    assert read(f"60M with metastatic cancer of the lung. {words}") == ([], 0)


@pytest.mark.parametrize(
    "words",
    [
        "Mother received docetaxel.",
        "Takes metformin, allopurinol and amlodipine.",
        "Methotrexate for rheumatoid arthritis.",
        "IPI 3.",
        "TTF-1 negative.",
        "CKD-EPI 49.",
        "Prednisone taper for asthma.",
    ],
)
def test_what_is_no_treatment_of_the_cancer(words: str) -> None:
    assert read(f"60M with lung cancer. {words}") == ([], None)


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        ("docetaxel -> PD", "outcome", "progressed"),
        ("docetaxel, best response PR", "outcome", "response"),
        ("docetaxel without response", "outcome", "refractory"),
        ("docetaxel stopped for neuropathy", "outcome", "intolerant"),
        ("docetaxel, stopped without progression", "outcome", None),
        ("docetaxel. Cr 1.1", "outcome", None),
        ("docetaxel x6", "cycles", 6),
        ("docetaxel, last dose 6 wks ago", "days_ago", 42),
        ("docetaxel -> PD. Last chemo 2 months ago", "days_ago", 60),
        ("neoadjuvant docetaxel", "setting", "neoadjuvant"),
        ("docetaxel for 8 months", "duration_days", 240),
    ],
)
def test_what_is_told_of_a_course(words: str, key: str, value: Json) -> None:
    found, _ = read(f"60M with metastatic lung cancer: {words}.")
    assert len(found) == 1
    assert found[0].get(key) == value


def test_dates_count_from_the_notes_own() -> None:
    found, _ = read("2024-05-31. 60M, metastatic lung cancer: docetaxel, last dose 2024-05-01.")
    assert found[0]["days_ago"] == 30


def test_temozolomide_with_radiation_is_two_courses_and_a_line() -> None:
    found, lines = read("52F, GBM, gross total resection, RT 60 Gy/TMZ. First recurrence.")
    assert [one["therapy"] for one in found] == ["surgery", "radiotherapy", "temozolomide"]
    assert lines == 1
