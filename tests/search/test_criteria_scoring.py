"""Matching of criteria with an annotation, the figures made of it, and the fit of confidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.evaluation.criteria import (
    GoldTrial,
    Judged,
    as_json,
    cross_validate,
    fitted,
    judge,
    main,
    read_gold,
    score,
)
from search.evaluation.matching import Outcome, Tally, match, values_agree
from search.evaluation.reliability import brier, calibration_error, fit, reliability
from search.extraction.calibration import FEATURES, Calibration, shipped

TEXT = "Stage IV melanoma. No HIV. Platelets at least 100. HIV is bad. Surgery."


def item(kind: str, quote: str, requirement: str = "required", **fields: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {
        "kind": kind,
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "requirement": requirement,
        **fields,
    }


HIV = item("condition", "HIV", "prohibited", topic="HIV")


def outcome(gold: list[dict[str, Any]], found: list[dict[str, Any]], kind: str) -> tuple[Tally, dict[int, Outcome]]:
    told = match(gold, found, TEXT)
    return told.tallies[kind], dict(told.outcomes)


def test_a_match_needs_kind_words_value_and_meaning() -> None:
    tally, outcomes = outcome([HIV], [HIV], "condition")
    assert tally == Tally(right=1, gold=1, exact=1)
    assert outcomes == {0: Outcome.RIGHT}


def test_the_wrong_meaning_is_no_match_and_no_extra() -> None:
    tally, outcomes = outcome([HIV], [{**HIV, "requirement": "required"}], "condition")
    assert tally == Tally(gold=1, polarity=1)
    assert outcomes == {0: Outcome.POLARITY}


def test_what_nobody_annotated_is_extra_and_what_nobody_found_is_missed() -> None:
    stroke = item("condition", "bad", "prohibited", topic="stroke")
    told = match([HIV], [stroke], TEXT)
    assert told.tallies["condition"] == Tally(gold=1, extra=1)
    assert told.missed == (HIV,)


def test_the_same_fact_elsewhere_counts_if_it_is_exact() -> None:
    there = item("condition", "bad", "prohibited", topic="HIV")
    assert outcome([HIV], [there], "condition")[0] == Tally(right=1, gold=1, exact=1)


def test_a_second_mention_is_no_error() -> None:
    there = item("condition", "bad", "prohibited", topic="HIV")
    tally, outcomes = outcome([HIV], [HIV, there], "condition")
    assert tally == Tally(right=1, gold=1, exact=1)
    assert outcomes == {0: Outcome.RIGHT, 1: Outcome.AGAIN}


@pytest.mark.parametrize("left_open", [{"requirement": "allowed"}, {"ambiguous": True}])
def test_what_the_annotation_leaves_open_counts_neither_way(left_open: dict[str, Any]) -> None:
    assert outcome([{**HIV, **left_open}], [HIV], "condition") == (Tally(), {0: Outcome.AGAIN})


def test_allowed_and_other_items_are_not_scored() -> None:
    found = [{**HIV, "requirement": "allowed"}, item("condition", "bad", topic="other")]
    assert match([], found, TEXT).outcomes == {}


def test_kinds_that_were_not_annotated_count_nothing() -> None:
    assert match([], [HIV], TEXT, ("cancer",)).outcomes == {}


def test_surgery_and_allogeneic_transplant_are_topics() -> None:
    gold = item("condition", "Surgery", topic="surgery")
    found = item("prior_therapy", "Surgery", therapy="major surgery")
    assert outcome([gold], [found], "condition")[0].right == 1


@pytest.mark.parametrize(
    ("kind", "gold", "found", "agree"),
    [
        ("cancer", {"codes": ["MEL"]}, {"codes": ["MEL", "SKCM"]}, True),
        ("cancer", {"codes": ["MEL"]}, {"codes": ["SKCM"]}, False),
        ("stage", {"values": ["IV"]}, {"tnm": ["M1"]}, False),
        ("stage", {"values": ["IIIB", "IV"]}, {"values": ["IV"]}, True),
        ("extent", {"values": ["metastatic"]}, {"values": ["metastatic", "advanced"]}, True),
        ("biomarker", {"marker": "PD-L1"}, {"marker": "pd l1"}, True),
        ("prior_therapy", {"therapy": "platinum chemotherapy"}, {"therapy": "platinum"}, True),
        ("prior_therapy", {"therapy": "EGFR inhibitor"}, {"therapy": "ALK inhibitor"}, False),
        ("prior_therapy", {"therapy": ["a", "chemotherapy"]}, {"therapy": "chemotherapy"}, True),
        ("line_count", {"min": 1, "max": None}, {"min": 1}, True),
        ("line_count", {"min": 1, "max": 2}, {"min": 1}, False),
        ("performance", {"scale": "ECOG", "min": 0, "max": 1}, {"scale": "ecog", "min": 0, "max": 1}, True),
        ("lab", {"analyte": "ANC", "op": ">=", "value": 1.5, "unit": "10^9/L"},
         {"analyte": "ANC", "op": ">", "value": 1.51, "unit": "x10^9/L"}, True),
        ("lab", {"analyte": "ANC", "op": ">=", "value": 1.5, "unit": "10^9/L"},
         {"analyte": "ANC", "op": "<=", "value": 1.5, "unit": "10^9/L"}, False),
        ("lab", {"analyte": "ANC", "op": ">=", "value": 1.5}, {"analyte": "ANC", "op": ">=", "value": 2}, False),
        ("lab", {"analyte": "ANC", "op": ">=", "value": 1}, {"analyte": "ANC", "op": ">=", "value": None}, False),
        ("cns", {"state": "active"}, {"state": "untreated"}, False),
    ],
)  # fmt: skip
def test_values_agree(kind: str, gold: dict[str, Any], found: dict[str, Any], agree: bool) -> None:
    assert values_agree(kind, gold, found) is agree


def trial(nct_id: str, items: list[dict[str, Any]], text: str = TEXT) -> GoldTrial:
    return GoldTrial(nct_id, text, "", (), tuple(items))


def test_figures_add_up_over_trials_with_an_interval() -> None:
    trials = [trial("NCT99000001", [HIV]), trial("NCT99000002", [HIV])]
    told = score(trials, {"NCT99000001": [HIV]})
    condition = told.kinds["condition"]
    assert (condition.tally.precision, condition.tally.recall) == (1.0, 0.5)
    assert condition.tally.f1 == pytest.approx(2 / 3)
    assert (condition.low, condition.high) == (0.0, 1.0)
    assert told.kinds["all"].tally == condition.tally
    assert told == score(trials, {"NCT99000001": [HIV]})


def test_further_figures() -> None:
    lab = item("lab", "Platelets", analyte="platelets", op=">=", value=100, unit="10^9/L", condition="liver metastases")
    cancer = item("cancer", "melanoma", codes=["MEL"])
    other = item("condition", "Surgery", "prohibited", topic="second malignancy")
    astray = item("cancer", "Surgery", codes=["BREAST"])
    wrong = {**HIV, "quote": "hiv"}
    told = score([trial("NCT99000001", [lab, cancer, other])], {"NCT99000001": [lab, cancer, astray, wrong]})
    assert told.lab_conditions == (1, 1)
    assert told.cancer_consistent == (1, 2)
    assert told.other_malignancy == 1
    assert told.wrong_quotes == 1


def write_gold(folder: Path) -> None:
    text = "Inclusion Criteria:\n\n* Age 18 years or older\n* ECOG performance status 0-1\n\n"
    text += "Exclusion Criteria:\n\n* HIV\n"
    studies = []
    for number in range(1, 5):
        nct_id = f"NCT9900000{number}"
        identity = {"nctId": nct_id, "briefTitle": "A Study"}
        studies.append({"identificationModule": identity, "eligibilityModule": {"eligibilityCriteria": text}})
        annotated = [
            {"kind": "age", "quote": "Age 18", "requirement": "required", "min": 18, "max": None},
            {"kind": "performance", "quote": "ECOG", "requirement": "required", "scale": "ECOG", "min": 0, "max": 1},
        ]
        if number > 1:  # in one trial the HIV that is read counts as wrong
            annotated.append({"kind": "condition", "quote": "HIV", "requirement": "prohibited", "topic": "HIV"})
        (folder / f"{nct_id}.json").write_text(json.dumps({"nct_id": nct_id, "criteria": annotated}))
    lines = [json.dumps({"protocolSection": study}) for study in studies]
    (folder / "studies.jsonl").write_text("\n".join(lines) + "\n")


def test_the_command_scores_and_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_gold(tmp_path)
    target = tmp_path / "fitted.json"
    assert main([str(tmp_path), "--fit", str(target)]) == 0
    told = capsys.readouterr().out
    assert "4 trials, 0 wrong quotes" in told
    assert "performance" in told
    assert "confidence of 12 items of 4 trials, 0.917 right" in told
    fit = json.loads(target.read_text())
    assert set(fit["weights"]) == set(FEATURES)
    assert fit["items"] == 12
    assert fit["kinds"]["condition"] < fit["kinds"]["age"]


def test_a_trial_without_record_is_named(tmp_path: Path) -> None:
    write_gold(tmp_path)
    (tmp_path / "studies.jsonl").write_text("")
    with pytest.raises(ValueError, match="NCT99000001 has no record"):
        read_gold(tmp_path)


def test_judging_uses_what_the_rules_claim(tmp_path: Path) -> None:
    write_gold(tmp_path)
    judged = judge(read_gold(tmp_path))
    assert judged.values.shape == (12, len(FEATURES))
    assert judged.right.sum() == 11
    assert sorted(set(judged.kinds)) == ["age", "condition", "performance"]


def drawn(n: int, seed: int) -> Judged:
    """Items whose rules claim too much: right with the square of what they claim."""
    rng = np.random.default_rng(seed)
    claimed = rng.uniform(0.6, 0.99, n)
    values = np.zeros((n, len(FEATURES)))
    values[:, FEATURES.index("claimed")] = np.log(claimed / (1 - claimed))
    right = (rng.uniform(size=n) < claimed**2).astype(float)
    return Judged(values, ("lab",) * n, right, tuple(f"NCT99{number % 60:06}" for number in range(n)))


def test_cross_validation_mends_overconfidence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.evaluation.criteria._WRONG_WEIGHT", 1.0)
    told = cross_validate(drawn(3000, 1))
    assert told.claimed_error > 0.12
    assert told.error < 0.04
    assert sum(part.n for part in told.bins) == told.n == 3000


def test_a_fit_recovers_weights_and_shrinks_small_groups() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(4000, 2))
    groups = ["big" if number % 100 else "small" for number in range(4000)]
    odds = 1.0 + values @ np.array([1.5, -0.5])
    right = (rng.uniform(size=4000) < 1 / (1 + np.exp(-odds))).astype(float)
    model = fit(values, groups, right, ridge=0.01, group_ridge=10.0)
    assert model.weights == pytest.approx([1.5, -0.5], abs=0.15)
    assert abs(model.groups["small"]) < 0.6
    assert model.chances(values, groups).mean() == pytest.approx(right.mean(), abs=0.02)


def test_a_weight_of_the_wrong_sign_is_left_out() -> None:
    values = np.array([[1.0], [1.0], [0.0], [0.0]] * 50)
    right = np.array([0.0, 0.0, 1.0, 1.0] * 50)
    free = fit(values, ["a"] * 200, right, ridge=1.0, group_ridge=1.0)
    bound = fit(values, ["a"] * 200, right, ridge=1.0, group_ridge=1.0, signs=[1])
    assert free.weights[0] < -1
    assert bound.weights[0] == 0


def test_errors_may_count_more() -> None:
    values, right = np.zeros((100, 1)), np.array([1.0] * 90 + [0.0] * 10)
    one = fit(values, ["a"] * 100, right, ridge=1.0, group_ridge=1.0)
    two = fit(values, ["a"] * 100, right, ridge=1.0, group_ridge=1.0, wrong_weight=2.0)
    assert one.chances(values[:1], ["a"])[0] == pytest.approx(0.9, abs=0.01)
    assert two.chances(values[:1], ["a"])[0] == pytest.approx(90 / 110, abs=0.01)


def test_calibration_error_and_brier() -> None:
    stated, right = np.array([0.9] * 10), np.array([1.0] * 5 + [0.0] * 5)
    assert calibration_error(stated, right, bins=1) == pytest.approx(0.4)
    assert brier(np.array([1.0, 0.0]), np.array([1.0, 1.0])) == 0.5
    assert [part.n for part in reliability(stated, right, bins=3)] == [4, 3, 3]


def test_the_shipped_model_is_of_the_form_that_is_fitted() -> None:
    judged = drawn(200, 5)
    told = json.loads(as_json(fitted(judged), cross_validate(judged)))
    weights = tuple(told["weights"][name] for name in FEATURES)
    again = Calibration(told["intercept"], weights, told["kinds"])
    expected = fitted(judged).chances(judged.values, judged.kinds)
    assert again.chance("lab", judged.values[0]) == pytest.approx(expected[0], abs=1e-3)
    assert 0.5 < shipped().chance("lab", (2.2, 0.0, 0.0, 0.0, 0.0)) < 1
