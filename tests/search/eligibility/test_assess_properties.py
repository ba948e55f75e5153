"""What must hold for every patient and every criterion."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.eligibility.assess import assess
from search.eligibility.assessment import Basis, Truth
from search.eligibility.context import words_of
from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Extent,
    Fact,
    Lab,
    LineCount,
    Performance,
    PriorTherapy,
    SexIs,
    Stage,
)
from search.eligibility.judge.dispatch import judge
from search.eligibility.known import known
from search.eligibility.profile import read_profile
from tests.eligibility_cases import criterion, of

CODES = ["LUAD", "NSCLC", "SCLC", "BREAST", "IDC", "HNSC", "PCM", "_SOLID_", "MEL"]
EXTENTS = ["metastatic", "localized", "locally_advanced", "recurrent", "newly_diagnosed", "unresectable", "refractory"]
THERAPIES = ["cisplatin", "osimertinib", "chemotherapy", "radiotherapy", "nivolumab", "FOLFOX", "systemic therapy"]
OUTCOMES = ["progressed", "response", "intolerant"]
SETTINGS = ["adjuvant", "metastatic", "neoadjuvant", "first-line"]
TOPICS = ["HIV", "hypertension", "diabetes", "second malignancy", "neuropathy"]
TOLD = [*TOPICS, "HIV viral load undetectable", "diabetes diet controlled", "asthma"]
STATES = ["mutation", "L858R", "wild type", "negative", "T790M"]


def _parts(names: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True).map(tuple)


FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.lists(st.sampled_from(CODES), min_size=1, max_size=2).map(lambda codes: Cancer(frozenset(codes))),
    _parts(["IIA", "III", "IIIB", "IV"]).map(Stage),
    _parts(EXTENTS).map(Extent),
    st.builds(Biomarker, st.just("EGFR"), _parts(STATES)),
    st.builds(PriorTherapy, _parts(THERAPIES), st.none() | st.sampled_from(SETTINGS),
              st.none() | st.sampled_from(OUTCOMES), st.none() | st.integers(1, 90)),
    st.builds(LineCount, st.none() | st.integers(0, 2), st.none() | st.integers(2, 4),
              st.none() | st.sampled_from(SETTINGS)),
    st.builds(Performance, st.just("ECOG"), st.just(0), st.integers(0, 3)),
    st.builds(Age, st.integers(10, 40), st.integers(50, 80)),
    st.sampled_from(["male", "female"]).map(SexIs),
    st.builds(Lab, st.sampled_from(["platelets", "ANC"]), st.sampled_from([">=", ">"]), st.floats(0.5, 200),
              st.just("10^9/L")),
    st.sampled_from(["any brain metastases", "active", "untreated", "treated_stable", "leptomeningeal"]).map(Cns),
    st.builds(Condition, st.sampled_from(TOPICS), st.none() | st.sampled_from(["uncontrolled", "grade >=2"])),
)  # fmt: skip
REQUIREMENTS = st.sampled_from(["required", "prohibited"])

ENTRIES: dict[str, st.SearchStrategy[Any]] = {
    "age": st.integers(1, 99),
    "sex": st.sampled_from(["male", "female"]),
    "cancer": st.sampled_from(["LUAD", "NSCLC", "IDC", "PCM"]),
    "stage": st.sampled_from(["IA", "IIIB", "IV", "III"]),
    "extent": st.lists(st.sampled_from(EXTENTS), max_size=2, unique=True),
    "performance": st.integers(0, 4).map(lambda value: [{"scale": "ECOG", "value": value}]),
    "biomarkers": st.sampled_from(STATES).map(lambda state: [{"marker": "EGFR", "state": state}]),
    "prior_therapies": st.lists(
        st.fixed_dictionaries(
            {"therapy": st.sampled_from(THERAPIES)},
            optional={
                "setting": st.sampled_from(SETTINGS),
                "outcome": st.sampled_from(OUTCOMES),
                "line": st.integers(1, 3),
                "days_ago": st.integers(0, 100),
            },
        ),
        max_size=3,
    ),
    "prior_lines": st.integers(0, 4),
    "labs": st.tuples(st.floats(0.1, 300), st.none() | st.integers(50, 900)).map(
        lambda values: [
            {"analyte": "platelets", "value": values[0], "unit": "10^9/L"},
            *([{"analyte": "CD4", "value": values[1], "unit": "cells/uL"}] if values[1] else []),
        ]
    ),
    "cns": st.sampled_from(["none", "active", "treated_stable", "untreated"]),
    "conditions": st.dictionaries(
        st.sampled_from(TOLD), st.booleans() | st.sampled_from(["grade 1", "well controlled"]), max_size=3
    ),
}
PROFILES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({}, optional=ENTRIES)


@settings(deadline=None)  # the first example reads the tables
@given(FACTS, REQUIREMENTS, PROFILES, st.data())
def test_adding_a_fact_moves_no_settled_answer_but_through_unknown(
    fact: Fact, requirement: str, profile: dict[str, Any], data: st.DataObject
) -> None:
    """What was assumed or derived from silence may change; what stated facts settle may only become unknown."""
    new = sorted(ENTRIES.keys() - profile.keys())
    if not new:
        return
    key = data.draw(st.sampled_from(new))
    more = profile | {key: data.draw(ENTRIES[key])}
    item = criterion(fact, requirement)
    words = words_of(of(item), "")
    before = judge(item, known(read_profile(profile)), words)
    after = judge(item, known(read_profile(more)), words)
    if before.basis is not Basis.ASSUMED and before.holds in (Truth.MET, Truth.NOT_MET):
        assert after.holds is not before.holds.negated()


LIMITS: list[tuple[str, str, str, float, str]] = [
    ("platelets", "10^9/L", ">=", 100.0, "10^9/L"),
    ("ANC", "10^9/L", ">", 1.5, "10^9/L"),
    ("hemoglobin", "g/dL", ">=", 9.0, "g/dL"),
    ("creatinine", "mg/dL", "<=", 1.5, "mg/dL"),
    ("bilirubin", "mg/dL", "<=", 1.5, "xULN"),
    ("AST", "U/L", "<", 2.5, "xULN"),
    ("creatinine clearance", "mL/min", ">=", 60.0, "mL/min"),
    ("QTc", "ms", "<=", 470.0, "ms"),
]
"""Analyte, the patient's unit, and what a trial asks of it."""


def lab_verdict(limit: tuple[str, str, str, float, str], told: float, unit: str | None = None) -> Truth:
    """Whether a value of a patient fulfils a limit."""
    analyte, own, op, bound, asked = limit
    labs = [{"analyte": analyte, "value": told, "unit": unit or own}]
    item = criterion(Lab(analyte, op, bound, asked))
    return judge(item, known(read_profile({"labs": labs})), words_of(of(item), "")).holds


@settings(deadline=None)  # the first example reads the tables
@given(st.sampled_from(LIMITS), st.floats(0.1, 600), st.floats(0, 1))
def test_a_worse_value_never_helps(limit: tuple[str, str, str, float, str], value: float, share: float) -> None:
    worse = value * share if limit[2].startswith(">") else value / max(share, 0.01)
    before, after = lab_verdict(limit, value), lab_verdict(limit, worse)
    assert (before, after) != (Truth.NOT_MET, Truth.MET)
    if before is Truth.NOT_MET:
        assert after is Truth.NOT_MET


OTHER_UNITS = [
    (2, "g/L", 10.0),
    (2, "mmol/L", 0.6206),
    (3, "umol/L", 88.4),
    (4, "umol/L", 17.1),
    (0, "10^3/uL", 1.0),
    (0, "/uL", 1000.0),
]
"""Place in `LIMITS`, another unit and how many of it make one of the usual."""


@settings(deadline=None)  # the first example reads the tables
@given(st.sampled_from(OTHER_UNITS), st.floats(0.1, 8))
@example((4, "umol/L", 17.1), 1.3800393952887597)
@example((4, "umol/L", 17.1), 3.0)
def test_units_leave_the_answer(other: tuple[int, str, float], share: float) -> None:
    place, unit, factor = other
    limit = LIMITS[place]
    value = limit[3] * share
    said = {lab_verdict(limit, value * near) for near in (0.99, 1.0, 1.01)}
    if len(said) == 1:  # right at a limit, the assumed ULN's too, the rounding of a factor may decide
        assert said == {lab_verdict(limit, value * factor, unit)}


@settings(deadline=None)  # the first example reads the tables
@given(st.lists(st.tuples(FACTS, REQUIREMENTS), min_size=1, max_size=6), PROFILES, st.randoms(use_true_random=False))
def test_the_order_of_a_profile_is_irrelevant(
    asked: list[tuple[Fact, str]], profile: dict[str, Any], random: Any
) -> None:
    criteria = of(*(criterion(fact, requirement, line=line) for line, (fact, requirement) in enumerate(asked)))
    keys = list(profile)
    random.shuffle(keys)
    shuffled = {key: profile[key] for key in keys}
    for key in ("labs", "biomarkers", "extent", "performance"):
        if key in shuffled:
            shuffled[key] = list(reversed(shuffled[key]))
    one, other = assess(read_profile(profile), criteria), assess(read_profile(shuffled), criteria)
    assert (one.verdict, one.score) == (other.verdict, other.score)


@settings(deadline=None)  # the first example reads the tables
@given(st.lists(st.tuples(FACTS, REQUIREMENTS), max_size=6), PROFILES)
def test_a_score_is_a_share_and_what_is_allowed_never_fails(
    asked: list[tuple[Fact, str]], profile: dict[str, Any]
) -> None:
    criteria = of(*(criterion(fact, "allowed") for fact, _ in asked))
    told = read_profile(profile)
    assert assess(told, criteria).verdict.exported == "eligible"
    answer = assess(told, of(*(criterion(fact, requirement) for fact, requirement in asked)))
    assert 0 <= answer.score <= 1
