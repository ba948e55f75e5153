"""What must hold for every patient and every criterion."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
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
    "labs": st.floats(0.1, 300).map(lambda value: [{"analyte": "platelets", "value": value, "unit": "10^9/L"}]),
    "cns": st.sampled_from(["none", "active", "treated_stable", "untreated"]),
    "conditions": st.dictionaries(
        st.sampled_from(TOPICS), st.booleans() | st.sampled_from(["grade 1", "well controlled"]), max_size=3
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


@settings(deadline=None)  # the first example reads the tables
@given(st.floats(1, 300), st.floats(0, 1), st.floats(1, 200), st.sampled_from([">=", ">"]))
def test_a_worse_value_never_helps(value: float, share: float, bound: float, op: str) -> None:
    item = criterion(Lab("platelets", op, bound, "10^9/L"))

    def verdict(told: float) -> Truth:
        labs = [{"analyte": "platelets", "value": told, "unit": "10^9/L"}]
        return judge(item, known(read_profile({"labs": labs})), words_of(of(item), "")).holds

    if verdict(value) is Truth.NOT_MET:
        assert verdict(value * share) is Truth.NOT_MET


@settings(deadline=None)  # the first example reads the tables
@given(st.floats(4, 18), st.sampled_from([7.0, 8.0, 9.0, 10.0, 12.5]), st.sampled_from([">=", ">"]))
def test_units_leave_the_answer(value: float, bound: float, op: str) -> None:
    value = round(value, 2)
    item = criterion(Lab("hemoglobin", op, bound, "g/dL"))
    answers = set()
    for told, unit in ((value, "g/dL"), (value * 10, "g/L")):
        labs = [{"analyte": "hemoglobin", "value": told, "unit": unit}]
        answers.add(judge(item, known(read_profile({"labs": labs})), words_of(of(item), "")).holds)
    assert len(answers) == 1


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
