"""Criteria survive storage exactly, and nothing else is taken for them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings

from indexer.study import RecordError, parse_study
from search.eligibility.codec import CRITERIA_VERSION, decode_criteria, encode_criteria
from search.eligibility.criterion import Criteria, Criterion, Evidence, Fact, Requirement, Section
from search.extraction.criteria import read_criteria
from search.extraction.protocol import checked, unread
from tests.criteria_strategies import FACTS, TEXT, criteria


@given(criteria(12))
@settings(max_examples=200)
def test_criteria_come_back_exactly(given_criteria: Criteria) -> None:
    data = encode_criteria(given_criteria)
    assert decode_criteria(data, TEXT) == given_criteria
    assert encode_criteria(decode_criteria(data, TEXT)) == data


@pytest.mark.parametrize("fact", FACTS, ids=repr)
def test_every_kind_comes_back_with_its_types(fact: Fact) -> None:
    item = Criterion(fact, Requirement.ALLOWED, Section.EXCLUSION, Evidence(0, 3, TEXT[:3]), 1)
    (back,) = decode_criteria(encode_criteria(Criteria((), (item,))), TEXT).items
    assert repr(back) == repr(item)


def test_every_kind_is_tried() -> None:
    assert {type(fact) for fact in FACTS} == set(Fact.__args__)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        orjson.dumps({"version": CRITERIA_VERSION + 1, "names": [], "cohorts": [], "lines": [], "items": []}),
        orjson.dumps({"version": CRITERIA_VERSION, "names": [], "cohorts": [3], "lines": [], "items": []}),
        orjson.dumps({"version": CRITERIA_VERSION, "names": [], "cohorts": [], "lines": [[1]], "items": []}),
        orjson.dumps({"version": CRITERIA_VERSION, "names": [], "cohorts": [], "lines": [], "items": [[99]]}),
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not criteria encoded by this version"):
        decode_criteria(data, TEXT)


def test_another_text_is_refused() -> None:
    end = len(TEXT)
    item = Criterion(FACTS[0], Requirement.REQUIRED, Section.INCLUSION, Evidence(end - 5, end, TEXT[-5:]), 0)
    with pytest.raises(ValueError, match="not of this text"):
        decode_criteria(encode_criteria(Criteria((), (item,))), TEXT[:-1])


@pytest.mark.data
def test_criteria_of_real_records_come_back_exactly(data_dir: Path) -> None:
    compared = 0
    with gzip.open(data_dir / "ctgov" / "ctgov_v2_oncology.jsonl.gz", "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % 20:
                continue
            try:
                trial = parse_study(json.loads(line))
            except RecordError:
                continue
            text = trial.eligibility.criteria or ""
            read = checked(read_criteria(trial), text)
            assert decode_criteria(encode_criteria(read), text) == read
            checked(unread(trial), text)
            compared += 1
    assert compared > 80
