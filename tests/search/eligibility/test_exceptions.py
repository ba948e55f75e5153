"""Exceptions, permissions and forms: what saves a patient whom a line seems to rule out, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from search.eligibility.assess import assess
from search.eligibility.assessment import Verdict
from search.eligibility.criterion import Age, Biomarker, Cancer, Cns, Condition, Fact, Lab, PriorTherapy
from search.trial import Eligibility, Trial
from tests.eligibility_cases import criterion, of, patient, read

CHECKPOINT = PriorTherapy(("anti-PD-1/PD-L1",))
WASHOUT = PriorTherapy(("anticancer therapy",), within_days=28)
DURING = "Prior therapy for breast cancer, except DCIS treated exclusively with mastectomy"
SYSTEMIC = PriorTherapy(("anticancer therapy",))
HIV = Condition("HIV", "hiv")
OTHER = Condition("second malignancy")


def verdict(text: str, quote: str, fact: Fact, requirement: str, **profile: Any) -> Verdict:
    criteria, trial = read(text, (quote, fact, requirement))
    return assess(patient(**profile), criteria, trial).verdict


def test_an_unless_further_on_in_the_line() -> None:
    text = "Must have had an anti-PD-1 antibody; both agents count;\n * UNLESS unsuitable, as in autoimmune disease"
    criteria, trial = read(text.replace("\n", " "), ("anti-PD-1 antibody", CHECKPOINT, "required"))
    none: dict[str, Any] = {"prior_therapies": []}
    assert assess(patient(**none, conditions={"autoimmune disease": True}), criteria, trial).verdict is Verdict.LIKELY
    assert assess(patient(**none), criteria, trial).verdict is not Verdict.NOT_ELIGIBLE


@pytest.mark.parametrize(
    ("therapies", "found"),
    [
        ([{"therapy": "radiotherapy", "detail": "palliative, bone", "days_ago": 6}], Verdict.LIKELY),
        ([{"therapy": "cisplatin", "days_ago": 6}], Verdict.CHECK),
        ([{"therapy": "cisplatin", "days_ago": 60}], Verdict.LIKELY),
    ],
)
def test_a_sentence_of_its_own_permits(therapies: list[dict[str, Any]], found: Verdict) -> None:
    text = "Anticancer therapy within 28 days. Palliative radiation to bone is permitted."
    assert verdict(text, "Anticancer therapy", WASHOUT, "prohibited", prior_therapies=therapies) is found


@pytest.mark.parametrize(
    ("therapies", "found"),
    [
        ([{"therapy": "mastectomy", "setting": "DCIS"}], Verdict.LIKELY),
        ([{"therapy": "radiotherapy", "setting": "DCIS"}], Verdict.NOT_ELIGIBLE),
    ],
)
def test_an_exception_for_one_treatment_alone(therapies: list[dict[str, Any]], found: Verdict) -> None:
    assert verdict(DURING, "Prior therapy", SYSTEMIC, "prohibited", prior_therapies=therapies) is found


def test_what_is_told_beside_a_condition_is_its_form() -> None:
    text = "Patients with HIV are eligible if their viral load is undetectable"
    plain = verdict(text, "HIV", HIV, "allowed", conditions={"HIV": True})
    assert plain is Verdict.POSSIBLY
    told = {"HIV": True, "HIV viral load undetectable": True}
    assert verdict(text, "HIV", HIV, "allowed", conditions=told) is Verdict.LIKELY


def test_a_condition_that_must_be_controlled_rules_nobody_out_who_is_treated() -> None:
    text = "HIV-positive people must be well controlled on antiretroviral drugs"
    assert verdict(text, "HIV", HIV, "prohibited", conditions={"HIV": "on ART"}) is not Verdict.NOT_ELIGIBLE


def test_a_condition_that_is_forbidden_in_any_form() -> None:
    assert verdict("Known HIV", "HIV", HIV, "prohibited", conditions={"HIV": "on ART"}) is Verdict.NOT_ELIGIBLE


def test_adequate_function_is_not_the_absence_of_disease() -> None:
    fact = Condition("cardiac disease", "cardiac function")
    told = {"cardiac disease": True}
    assert (
        verdict("Adequate cardiac function", "cardiac function", fact, "prohibited", conditions=told) is Verdict.LIKELY
    )


def test_another_malignancy_is_excepted_wherever_the_text_says_so() -> None:
    text = "No other malignancies\nPrior malignancies, except basal cell carcinoma of the skin"
    criteria, trial = read(text, ("other malignancies", OTHER, "prohibited"), ("Prior malign", OTHER, "prohibited"))
    skin = patient(conditions={"second malignancy": "basal cell carcinoma, nose"})
    assert assess(skin, criteria, trial).verdict is Verdict.LIKELY
    kidney = patient(conditions={"second malignancy": True})
    assert assess(kidney, criteria, trial).verdict is not Verdict.LIKELY


def test_lesions_of_some_size_only() -> None:
    active = {"cns": "active"}
    assert (
        verdict("Active brain lesions", "brain lesions", Cns("active"), "prohibited", **active) is Verdict.NOT_ELIGIBLE
    )
    text = "Active brain lesions larger than 10 mm"
    assert verdict(text, "brain lesions", Cns("active"), "prohibited", **active) is Verdict.CHECK


def test_a_therapy_that_is_only_listed() -> None:
    text = "Radionuclides are fine; this includes samarium"
    fact = PriorTherapy(("samarium-153",))
    assert verdict(text, "samarium", fact, "required", prior_therapies=[]) is Verdict.LIKELY


def test_cells_against_another_antigen() -> None:
    had = [{"therapy": "MAGE-A4 TCR-T cells"}]
    fact = PriorTherapy(("anti-NY-ESO-1",))
    assert (
        verdict("Any anti-NY-ESO-1 therapy", "anti-NY-ESO-1", fact, "prohibited", prior_therapies=had) is Verdict.LIKELY
    )


def test_a_marker_that_the_laboratory_measures() -> None:
    fact = Biomarker("AFP", ("high",), ">=400 ng/mL")
    for value, found in ((612, Verdict.LIKELY), (12, Verdict.NOT_ELIGIBLE)):
        labs = [{"analyte": "AFP", "value": value, "unit": "ng/mL"}]
        assert verdict("AFP of 400 ng/mL or more", "AFP", fact, "required", labs=labs) is found


@pytest.mark.parametrize(("value", "unit", "found"), [(0.82, "L", Verdict.NEEDS_CHANGE), (2.4, "L", Verdict.LIKELY)])
def test_volumes_in_litres_and_millilitres(value: float, unit: str, found: Verdict) -> None:
    fact = Lab("FEV1", ">", 1000, "mL")
    labs = [{"analyte": "FEV1", "value": value, "unit": unit}]
    assert verdict("FEV1 above 1000 mL", "FEV1", fact, "required", labs=labs) is found


def test_a_negative_dipstick_is_no_protein() -> None:
    fact = Lab("proteinuria", "<", 1, "g/24h")
    labs = [{"analyte": "proteinuria", "value": 0, "unit": "+ (dipstick)"}]
    assert verdict("Protein below 1 g in 24 h", "Protein", fact, "required", labs=labs) is Verdict.LIKELY


def test_a_name_with_nos_is_vague_only_about_its_own_kind() -> None:
    for asked, found in (("HL", Verdict.NOT_ELIGIBLE), ("DLBCLNOS", Verdict.LIKELY)):
        fact = Cancer(frozenset({asked}))
        assert verdict("Lymphoma", "Lymphoma", fact, "required", cancer="DLBCLNOS") is found


def test_treatment_up_to_a_dose_only() -> None:
    fact = PriorTherapy(("anthracycline",))
    had = [{"therapy": "doxorubicin"}]
    plain = "Prior anthracycline"
    assert verdict(plain, "anthracycline", fact, "prohibited", prior_therapies=had) is Verdict.NOT_ELIGIBLE
    for text in (f"{plain} of more than 300 mg/m2", f"{plain} above a cumulative dose as labelled"):
        assert verdict(text, "anthracycline", fact, "prohibited", prior_therapies=had) is Verdict.CHECK


@pytest.mark.parametrize(
    ("minimum", "maximum", "asked", "cohort", "found"),
    [
        (None, "74 Years", Age(None, 49), None, Verdict.CHECK),
        (None, None, Age(None, 49), None, Verdict.NOT_ELIGIBLE),
        ("18 Years", "74 Years", Age(18, 49), None, Verdict.CHECK),
        ("18 Years", None, Age(65, None), None, Verdict.CHECK),
        ("65 Years", None, Age(65, None), None, Verdict.NOT_ELIGIBLE),
    ],
)
def test_the_registry_knows_better_than_an_age_of_the_text(
    minimum: str | None, maximum: str | None, asked: Age, cohort: str | None, found: Verdict
) -> None:
    days = [None if one is None else int(one.split()[0]) * 365 for one in (minimum, maximum)]
    fields = Eligibility(minimum_age=minimum, maximum_age=maximum, minimum_age_days=days[0], maximum_age_days=days[1])
    trial = Trial(nct_id="NCT99000002", eligibility=fields)
    assert assess(patient(age=58), of(criterion(asked, cohort=cohort)), trial).verdict is found


def test_what_passes_needs_a_change_and_what_stays_does_not() -> None:
    told = {"active infection": True, "HIV": True}
    infection = Condition("active infection", "active infection")
    assert verdict("Active infection", "Active infection", infection, "prohibited", conditions=told) in (
        Verdict.NEEDS_CHANGE,
        Verdict.POSSIBLY,
    )
    vaccine = {"live vaccine": True}
    fact = Condition("live vaccine", "live vaccine")
    assert verdict("Live vaccine", "Live vaccine", fact, "prohibited", conditions=vaccine) is Verdict.NEEDS_CHANGE
    assert verdict("Known HIV", "HIV", HIV, "prohibited", conditions=told) is Verdict.NOT_ELIGIBLE
