"""Alternatives to contraception: who needs none, and what is something else."""

from __future__ import annotations

import time

import pytest

from search.eligibility.criterion import Condition, Requirement
from search.extraction.criteria import read_text
from search.extraction.kinds.fertility import FERTILITY
from search.extraction.lines import criteria_text
from search.extraction.reading import Finding

REQUIRED, ALLOWED = Requirement.REQUIRED, Requirement.ALLOWED


def findings(raw: str) -> list[Finding]:
    text = criteria_text(raw)
    return [finding for line in text.lines if not line.is_heading for finding in FERTILITY(line, text)]


def directions(raw: str) -> list[Requirement | None]:
    return [finding.requirement for finding in findings(raw)]


LIST = """Inclusion Criteria:

* Women who take part:
  * have been postmenopausal for at least 1 year, or
  * are surgically sterile, or
  * if of childbearing potential, agree to use two methods of contraception
* Owns a bicycle
"""


def test_alternatives_in_a_list_are_allowed_and_quoted() -> None:
    told = findings(LIST)
    assert [LIST[one.start : one.end] for one in told] == ["postmenopausal", "surgically sterile"]
    assert {one.requirement for one in told} == {ALLOWED}
    assert {one.fact.topic for one in told if isinstance(one.fact, Condition)} == {"contraception"}


@pytest.mark.parametrize(
    "line",
    [
        "A woman of childbearing potential has had menses in the last 12 months",
        "Not a woman of childbearing potential",
        "Women of non-childbearing potential have had a hysterectomy or tubal ligation",
    ],
)
def test_definitions_are_alternatives(line: str) -> None:
    assert directions(f"Inclusion Criteria:\n\n* {line}\n") == [ALLOWED]


def test_a_heading_names_the_subject() -> None:
    assert directions("Inclusion Criteria:\n\nAccepted birth control:\n\n* Intrauterine device\n") == [ALLOWED]


def test_sterility_that_is_asked_of_everybody_is_required() -> None:
    text = "Inclusion Criteria:\n\n* Men must be surgically sterile\n* Women must not be pregnant\n"
    assert directions(text) == [REQUIRED]


@pytest.mark.parametrize(
    "line",
    [
        "Women must be postmenopausal",
        "Planned hysterectomy",
        "Premenopausal women receive ovarian suppression",
        "Must use effective contraception unless sterilized",
        "Postmenopausal for at least one year",
    ],
)
def test_what_is_something_else(line: str) -> None:
    assert findings(f"Inclusion Criteria:\n\n* {line}\n* Owns a bicycle\n") == []


def test_a_line_between_ends_the_list() -> None:
    text = "Inclusion Criteria:\n\n* Uses contraception\n* Owns a bicycle\n* Are postmenopausal\n"
    assert findings(text) == []


def test_no_alternative_asks_for_contraception_twice() -> None:
    told = read_text(LIST)
    asked = [x for x in told.items if isinstance(x.fact, Condition) and x.fact.topic == "contraception"]
    assert [x.requirement for x in asked].count(REQUIRED) == 1


def test_time_is_linear_in_the_number_of_lines() -> None:
    raw = "Inclusion Criteria:\n\n" + "* Are postmenopausal, or\n" * 8000
    started = time.process_time()
    findings(raw)
    assert time.process_time() - started < 5
