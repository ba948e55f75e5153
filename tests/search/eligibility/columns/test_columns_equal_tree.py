"""One patient against every trial in one pass says what `assess` says of each."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.config import DEFAULT_CONFIG
from search.eligibility.assessment import Verdict
from search.eligibility.columns import CriteriaColumns, IndexAssessment, compile_criteria
from search.eligibility.criterion import Cancer, Lab, Performance
from search.eligibility.profile import read_profile
from search.extraction.criteria import read_criteria
from search.patient import Patient
from search.trial import Eligibility, Trial
from tests.columns_cases import PATIENTS, TOLERANCE, Item, differences, items, read_items
from tests.eligibility_cases import criterion, of, patient

SAMPLE = Path(__file__).resolve().parents[4] / "indexer" / "sample"
FIT = {"age": 60, "sex": "female", "cancer": "LUAD", "performance": [{"scale": "ECOG", "value": 1}]}


@functools.cache
def sample() -> tuple[Item, ...]:
    return tuple(read_items(SAMPLE, every=2))


@functools.cache
def compiled() -> CriteriaColumns:
    return compile_criteria(sample())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(items(), st.lists(PATIENTS, min_size=1, max_size=3))
def test_on_trials_put_together_at_random(found: list[Item], patients: list[Patient]) -> None:
    columns = compile_criteria(found)
    for one in patients:
        assert differences(columns, one, found) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PATIENTS)
def test_on_the_sample(one: Patient) -> None:
    assert differences(compiled(), one, sample()) == []


def test_the_silent_patient() -> None:
    assert differences(compiled(), Patient(), sample()) == []


def test_coming_back_with_one_more_fact() -> None:
    """What is remembered of the patient before is no answer for the one after."""
    profile: dict[str, object] = {}
    facts: dict[str, object] = {
        **FIT,
        "stage": "IV",
        "prior_therapies": [{"therapy": "cisplatin", "line": 1, "outcome": "progressed", "days_ago": 40}],
        "labs": [{"analyte": "platelets", "value": 92, "unit": "10^9/L"}],
        "biomarkers": [{"marker": "EGFR", "state": "L858R"}],
        "conditions": {"HIV": "well controlled", "asthma": True, "hypertension": False},
        "cns": "treated_stable",
    }
    for key, value in facts.items():
        profile[key] = value
        one = read_profile(profile)
        for _ in range(2):
            assert differences(compiled(), one, sample()) == []


def test_what_is_alike_is_stored_once() -> None:
    trial, criteria = sample()[0]
    twice = [(trial, criteria), (Trial(nct_id="NCT99999999", eligibility=trial.eligibility), criteria)]
    one, two = compile_criteria(twice[:1]), compile_criteria(twice)
    assert len(one._tables.rows.question) == len(two._tables.rows.question) > 0


def test_rows_are_in_the_order_of_ids() -> None:
    columns = compile_criteria(reversed(sample()))
    assert list(columns.nct_ids) == sorted(trial.nct_id for trial, _ in sample())
    assert [columns.row(nct_id) for nct_id in columns.nct_ids] == list(range(len(columns)))
    assert columns.row("NCT00000000") is None


def test_a_trial_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        compile_criteria([sample()[0], sample()[0]])


def test_an_index_without_trials() -> None:
    answer = compile_criteria([]).assess(patient(**FIT))
    assert answer.verdict.shape == answer.score.shape == (0,)
    assert answer.open.pairs()[0].shape == (0,)


def test_a_trial_without_criteria() -> None:
    trial = Trial(nct_id="NCT99000001")
    columns = compile_criteria([(trial, read_criteria(trial))])
    assert differences(columns, patient(**FIT), [(trial, read_criteria(trial))]) == []


def test_a_trial_of_more_units_than_one_sum_can_count() -> None:
    many = of(*(criterion(Lab(f"analyte {n}", ">=", 1.0, "g/L"), start=n * 10) for n in range(300)))
    trial = Trial(nct_id="NCT99000001", eligibility=Eligibility())
    columns = compile_criteria([(trial, many)])
    assert differences(columns, patient(**FIT), [(trial, many)]) == []


def test_open_facts_count_what_a_fact_would_settle() -> None:
    asking = of(criterion(Performance("ECOG", 0, 1)), criterion(Cancer(frozenset({"LUAD"})), start=20))
    trials = [(Trial(nct_id=f"NCT9900000{n}"), asking) for n in range(3)]
    answer = compile_criteria(trials).assess(patient(age=60))
    assert np.all(answer.verdict == list(Verdict).index(Verdict.POSSIBLY))
    told, facts = answer.open.pairs()
    assert sorted(zip(told.tolist(), (answer.open.names[fact] for fact in facts), strict=True)) == [
        (trial, fact) for trial in range(3) for fact in ("cancer", "performance")
    ]


def test_the_score_follows_the_configuration() -> None:
    assert compiled().assess(patient(**FIT)).score.max() <= 1.0
    assert compiled().assess(patient(**FIT)).score.min() >= 0.0
    assert DEFAULT_CONFIG.score.slope > 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(PATIENTS, st.data())
def test_some_trials_come_to_what_the_whole_index_says(one: Patient, data: st.DataObject) -> None:
    """In any order, before and after the whole was assessed, and whatever part of it is remembered."""
    places = list(range(len(compiled())))
    fresh = CriteriaColumns(compiled()._tables)
    parts = [data.draw(st.lists(st.sampled_from(places), unique=True, max_size=8)) for _ in range(3)]
    whole = compiled().assess(one)
    for rows in parts:
        for columns in (fresh, compiled()):
            part = columns.assess(one, rows)
            assert part.verdict.tolist() == whole.verdict[rows].tolist()
            assert part.score == pytest.approx(whole.score[rows], abs=TOLERANCE)
            assert opened(part, range(len(rows))) == opened(whole, rows)
    assert np.array_equal(fresh.assess(one).verdict, whole.verdict)
    assert fresh.assess(one).score == pytest.approx(whole.score, abs=TOLERANCE)


def opened(found: IndexAssessment, rows: Sequence[int]) -> list[list[list[str]]]:
    """By trial, the facts that each group which keeps it open lacks, sorted."""
    open_ = found.open
    names = [
        sorted(open_.names[fact] for fact in open_.facts[start:end])
        for start, end in zip(open_.fact_starts[:-1].tolist(), open_.fact_starts[1:].tolist(), strict=True)
    ]
    return [sorted(names[group] for group in open_.groups[open_.starts[row] : open_.starts[row + 1]]) for row in rows]


def test_an_assessment_that_was_closed_does_not_say_what_is_open() -> None:
    closed = compiled().assess(patient(**FIT)).closed()
    assert closed.verdict.shape == (len(compiled()),)
    with pytest.raises(LookupError, match="assess the patient again"):
        _ = closed.open
