"""Whole trials: exceptions, permissions, alternatives, cohorts, silence, and the registry's own fields."""

from __future__ import annotations

from dataclasses import replace

from search.eligibility.assess import assess
from search.eligibility.assessment import Basis, Truth, Verdict
from search.eligibility.criterion import (
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Extent,
    Lab,
    LineCount,
    Opaque,
    Performance,
    PriorTherapy,
)
from search.trial import Eligibility, Sex, Trial
from tests.eligibility_cases import assessed, criterion, of, patient, read

NSCLC = Cancer(frozenset({"NSCLC"}))
ECOG = Performance("ECOG", 0, 1)
FIT = {"cancer": "LUAD", "performance": [{"scale": "ECOG", "value": 1}], "cns": "none", "prior_therapies": []}


def test_all_that_decides_is_stated_and_fits() -> None:
    answer = assess(patient(**FIT), of(criterion(NSCLC), criterion(ECOG), criterion(Condition("consent"))))
    assert answer.verdict is Verdict.LIKELY
    assert {one.criterion.fact for one in answer.decisive} == {NSCLC, ECOG}
    consent = answer.groups[-1].leading
    assert (consent.truth, consent.basis) == (Truth.MET, Basis.ASSUMED)


def test_a_deciding_fact_that_is_not_stated() -> None:
    answer = assess(patient(cancer="LUAD"), of(criterion(NSCLC), criterion(ECOG)))
    assert answer.verdict is Verdict.POSSIBLY
    assert answer.decisive[0].missing == ("performance",)


def test_a_hard_failure_comes_first_with_its_quote() -> None:
    answer = assess(patient(**FIT), of(criterion(ECOG), criterion(Cancer(frozenset({"SCLC"})), quote="small cell")))
    assert answer.verdict is Verdict.NOT_ELIGIBLE
    assert answer.decisive[0].criterion.evidence.quote == "small cell"
    assert answer.score < 0.15


def test_a_poor_reading_asks_for_a_check() -> None:
    assert assess(patient(**FIT), of(criterion(Cancer(frozenset({"SCLC"})), confidence=0.4))).verdict is Verdict.CHECK


def test_what_can_pass_needs_a_change() -> None:
    low = {"labs": [{"analyte": "platelets", "value": 92, "unit": "10^9/L"}]}
    answer = assess(patient(**FIT, **low), of(criterion(Lab("platelets", ">=", 100, "10^9/L"))))
    assert answer.verdict is Verdict.NEEDS_CHANGE
    (failed,) = answer.decisive
    assert failed.recoverable
    assert failed.margin is not None
    assert round(failed.margin, 3) == -0.08


def test_an_exception_that_is_not_understood_is_no_hard_failure() -> None:
    item = criterion(Condition("HIV"), "prohibited", exception="unless the sponsor agrees")
    assert assess(patient(**FIT, conditions={"HIV": True}), of(item)).verdict is Verdict.CHECK


def test_an_exception_that_holds_saves() -> None:
    item = criterion(Condition("second malignancy"), "prohibited", exception="except basal cell carcinoma of the skin")
    saved = assessed(item, conditions={"second malignancy": "basal cell carcinoma"})
    assert (saved.truth, saved.basis) == (Truth.MET, Basis.DERIVED)


def test_an_exception_that_stands_in_the_text_softens() -> None:
    text = "Prior immunotherapy, unless it was given more than a year ago."
    criteria, trial = read(text, ("Prior immunotherapy", PriorTherapy(("immunotherapy",)), "prohibited"))
    told = patient(prior_therapies=[{"therapy": "nivolumab"}])
    assert assess(told, criteria, trial).verdict is Verdict.CHECK
    assert assess(told, criteria).verdict is Verdict.NOT_ELIGIBLE


def test_a_refusal_is_no_exception() -> None:
    text = "Patients with a history of HIV are not\n eligible."
    criteria, trial = read(text.replace("\n", " "), ("HIV", Condition("HIV"), "prohibited"))
    assert assess(patient(conditions={"HIV": True}), criteria, trial).verdict is Verdict.NOT_ELIGIBLE


def test_what_is_allowed_saves_and_never_fails() -> None:
    items = (
        criterion(Cns("any brain metastases"), "prohibited"),
        criterion(Cns("treated_stable"), "allowed"),
    )
    assert assess(patient(**FIT | {"cns": "treated_stable"}), of(*items)).verdict is Verdict.LIKELY
    assert assess(patient(**FIT | {"cns": "active"}), of(*items)).verdict is Verdict.NOT_ELIGIBLE
    assert assess(patient(**FIT), of(items[1])).verdict is Verdict.LIKELY


def test_an_allowed_drug_is_not_the_forbidden_therapy() -> None:
    items = (
        criterion(PriorTherapy(("chemotherapy",)), "prohibited"),
        criterion(PriorTherapy(("paclitaxel",)), "allowed"),
    )
    had = patient(prior_therapies=[{"therapy": "paclitaxel"}])
    more = patient(prior_therapies=[{"therapy": "paclitaxel"}, {"therapy": "cisplatin"}])
    assert assess(had, of(*items)).verdict is Verdict.LIKELY
    assert assess(more, of(*items)).verdict is Verdict.NOT_ELIGIBLE


def test_alternatives_need_one() -> None:
    items = (
        criterion(Lab("creatinine", "<=", 1.5, "mg/dL"), or_group="renal"),
        criterion(Lab("creatinine clearance", ">=", 50, "mL/min"), or_group="renal"),
    )
    labs = [
        {"analyte": "creatinine", "value": 2.0, "unit": "mg/dL"},
        {"analyte": "creatinine clearance", "value": 55, "unit": "mL/min"},
    ]
    assert assess(patient(labs=labs), of(*items)).verdict is Verdict.LIKELY
    assert assess(patient(labs=labs[:1]), of(*items)).verdict is Verdict.POSSIBLY


def test_a_wider_limit_whose_condition_is_not_stated_leaves_a_check() -> None:
    items = (
        criterion(Lab("ALT", "<=", 2.5, "xULN")),
        criterion(Lab("ALT", "<=", 5, "xULN", "liver metastases")),
    )
    lab = [{"analyte": "ALT", "value": 4, "unit": "xULN"}]
    assert assess(patient(labs=lab), of(*items)).verdict is Verdict.CHECK
    assert assess(patient(labs=lab, conditions={"liver metastases": False}), of(*items)).verdict is Verdict.NEEDS_CHANGE


def test_untreated_or_relapsed_is_a_choice() -> None:
    items = (
        criterion(Extent(("newly_diagnosed",)), line=1),
        criterion(Extent(("relapsed", "refractory")), line=2),
        criterion(LineCount(1, None), line=2),
    )
    relapsed = patient(extent=["relapsed"], prior_lines=2, prior_therapies=[{"therapy": "cisplatin", "line": 1}])
    assert assess(relapsed, of(*items)).verdict is Verdict.LIKELY
    assert assess(patient(extent=["newly_diagnosed"], prior_lines=0), of(*items)).verdict is Verdict.LIKELY


def test_a_line_about_another_disease_does_not_concern_the_patient() -> None:
    breast, lung = Cancer(frozenset({"BREAST"})), NSCLC
    items = (
        criterion(lung, line=0),
        criterion(breast, line=1),
        criterion(Biomarker("HER2", ("positive",)), line=1),
    )
    answer = assess(patient(**FIT), of(*items))
    assert answer.verdict is Verdict.LIKELY
    assert any(group.truth is Truth.NOT_APPLICABLE for group in answer.groups)


def test_one_cohort_that_fits_is_enough_and_is_named() -> None:
    items = (
        criterion(ECOG),
        criterion(Cancer(frozenset({"SCLC"})), cohort="A"),
        criterion(NSCLC, cohort="B"),
    )
    answer = assess(patient(**FIT), of(*items, cohorts=("A", "B")))
    assert (answer.verdict, answer.best_cohort) == (Verdict.LIKELY, "B")
    breast = assess(patient(**FIT | {"cancer": "IDC"}), of(*items, cohorts=("A", "B")))
    assert breast.verdict is Verdict.NOT_ELIGIBLE


def test_healthy_volunteers_are_no_way_in() -> None:
    items = (criterion(ECOG, cohort="Healthy Volunteers"), criterion(Cancer(frozenset({"PCM"})), cohort="Myeloma"))
    assert assess(patient(**FIT), of(*items)).verdict is Verdict.NOT_ELIGIBLE


def test_silence_about_rare_things_and_about_deciding_ones() -> None:
    silent = {
        criterion(Condition("HIV"), "prohibited"): (Truth.MET, Basis.ASSUMED, True),
        criterion(Lab("ALT", "<=", 3, "xULN")): (Truth.MET, Basis.ASSUMED, True),
        criterion(Lab("platelets", ">=", 100, "10^9/L")): (Truth.UNKNOWN, Basis.KNOWN, True),
        criterion(Biomarker("ALK", ("fusion",))): (Truth.UNKNOWN, Basis.KNOWN, True),
        criterion(Biomarker("ALK", ("fusion",)), "prohibited"): (Truth.MET, Basis.ASSUMED, True),
        criterion(Opaque()): (Truth.UNKNOWN, Basis.KNOWN, False),
        criterion(Cns("active"), "prohibited"): (Truth.UNKNOWN, Basis.KNOWN, True),
    }
    for item, expected in silent.items():
        answer = assessed(item, cancer="LUAD", extent=["metastatic"])
        assert (answer.truth, answer.basis, answer.decisive) == expected, item.fact


def test_the_registry_fields_rule() -> None:
    adults = Trial(
        "NCT99000002", eligibility=Eligibility(minimum_age="18 Years", minimum_age_days=6574, sex=Sex.FEMALE)
    )
    assert assess(patient(age=16, sex="female"), of(), adults).verdict is Verdict.NOT_ELIGIBLE
    assert assess(patient(age=18, sex="male"), of(), adults).verdict is Verdict.NOT_ELIGIBLE
    assert assess(patient(age=18), of(), adults).verdict is Verdict.POSSIBLY
    assert assess(patient(age=18, sex="female"), of(), adults).verdict is Verdict.LIKELY
    assert assess(patient(), of(), replace(adults, eligibility=Eligibility())).verdict is Verdict.LIKELY


def test_a_text_without_a_disease_is_about_the_conditions_of_the_record() -> None:
    trial = Trial("NCT99000003", conditions=("Osteosarcoma",))
    told = assess(patient(**FIT | {"cancer": "OS"}), of(criterion(ECOG)), trial)
    assert told.verdict is Verdict.LIKELY
    other = assess(patient(**FIT), of(criterion(ECOG)), trial)
    assert other.verdict is Verdict.CHECK
    assert other.score < told.score
    named = assess(patient(**FIT), of(criterion(ECOG), criterion(NSCLC)), trial)
    assert named.verdict is Verdict.LIKELY
