"""Whole notes: the profile, spans, robustness and speed."""

from __future__ import annotations

import json
import random
import time

import pytest

from search.eligibility.profile import read_profile
from search.extraction.note import read_note

NOTE = (
    "Seen with her son. 63 y/o F, stage IV lung adenoca (liver, bone), EGFR L858R, PD-L1 TPS 5%. 1L osimertinib -> PD "
    "at 14 mo, then carbo/pemetrexed x6, PR then PD, last given 5 wks ago. ECOG 1. ANC 3,400, plt 188,000, Hb 10.8, "
    "Cr 0.9 mg/dL, T bili 0.6 (ULN 1.2). MRI brain clear. No ILD, HIV neg. Mother had breast cancer. HTN on ramipril. "
    "Considering docetaxel next."
)
"""Made up for these tests."""


def test_a_note_becomes_a_profile() -> None:
    profile = read_note(NOTE).profile
    assert profile["age"] == 63
    assert profile["sex"] == "female"
    assert profile["cancer"] == "LUAD"
    assert profile["stage"] == "IV"
    assert profile["performance"] == [{"scale": "ECOG", "value": 1}]
    assert profile["prior_lines"] == 2
    assert profile["cns"] == "none"
    therapies = profile["prior_therapies"]
    assert isinstance(therapies, list)
    assert [one["therapy"] for one in therapies if isinstance(one, dict)] == ["osimertinib", "carboplatin + pemetrexed"]
    conditions = profile["conditions"]
    assert isinstance(conditions, dict)
    assert conditions["interstitial lung disease"] is False
    assert conditions["HIV"] is False
    assert conditions["hypertension"] is True


def test_every_fact_has_the_words_that_say_it() -> None:
    reading = read_note(NOTE)
    quotes = {(fact.key, NOTE[fact.start : fact.end]) for fact in reading.facts}
    assert ("cancer", "lung adenoca") in quotes
    assert ("prior_therapies", "carbo/pemetrexed") in quotes
    assert ("performance", "ECOG 1") in quotes
    assert all(0 <= fact.start < fact.end <= len(NOTE) for fact in reading.facts)


def test_the_profile_is_json_that_the_reader_of_profiles_understands() -> None:
    profile = read_note(NOTE).profile
    assert json.loads(json.dumps(profile)) == profile
    assert read_profile(profile).unread == ()


@pytest.mark.parametrize("note", ["", " \n\t ", "\x00\x01", "lorem ipsum dolor sit amet", "病人男性。没有糖尿病史。"])
def test_nothing_is_read_from_nothing(note: str) -> None:
    assert read_note(note).profile == {}


def test_what_is_not_said_is_missing() -> None:
    profile = read_note("58M with melanoma.").profile
    assert set(profile) == {"age", "sex", "cancer"}


@pytest.mark.parametrize("seed", range(20))
def test_no_text_raises(seed: int) -> None:
    chance = random.Random(seed)
    words = [*NOTE.split(), "\x00", "İ", "\ud800", "((", "->", "no", "1/", ".", ";", "\n\n", "+", "%"]
    text = " ".join(chance.choice(words) for _ in range(200))
    cut = "".join(chance.choice(text) for _ in range(500))
    for note in (text, cut):
        for fact in read_note(note).facts:
            assert 0 <= fact.start < fact.end <= len(note)


def test_control_characters_and_line_ends_change_nothing_but_places() -> None:
    plain = read_note(NOTE).profile
    assert read_note(NOTE.replace(" ", "\x0b", 3)).profile == plain
    assert read_note(NOTE.replace(". ", ".\r\n")).profile == plain


@pytest.mark.parametrize(
    "piece",
    [
        NOTE + "\n\n",
        "no diabetes, ",
        "carboplatin/",
        "surgery then chemo ",
        "plt 1 and ",
        "1/",
        "EGFR/",
        "brain mets ",
        "(",
        "a",
    ],
)
def test_long_notes_take_no_more_than_linear_time(piece: str) -> None:
    read_note(NOTE)
    short, long = (_seconds((piece * 200_000)[:size]) for size in (50_000, 200_000))
    assert long < 12 * short + 0.5


def _seconds(note: str) -> float:
    start = time.process_time()
    read_note(note)
    return time.process_time() - start
