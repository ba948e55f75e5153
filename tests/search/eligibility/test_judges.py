"""The judges: facts of a trial against facts of a patient."""

from __future__ import annotations

from typing import Any

import pytest

from search.eligibility.assessment import Basis, Truth
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
    Requirement,
    SexIs,
    Stage,
)
from search.eligibility.judge.stage import heeded, judge_stage
from search.eligibility.known import known
from search.eligibility.profile import read_profile
from tests.eligibility_cases import holds, judged

MET, NOT, UNKNOWN, APART = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN, Truth.NOT_APPLICABLE


def cancer(*codes: str) -> Cancer:
    return Cancer(frozenset(codes))


@pytest.mark.parametrize(
    ("fact", "profile", "truth"),
    [
        (cancer("NSCLC"), {"cancer": "LUAD"}, MET),
        (cancer("_SOLID_"), {"cancer": "LUAD"}, MET),
        (cancer("LUAD"), {"cancer": "NSCLC"}, UNKNOWN),
        (cancer("SCLC"), {"cancer": "LUAD"}, NOT),
        (cancer("_SOLID_"), {"cancer": "PCM"}, NOT),
        (cancer("NSCLC"), {}, UNKNOWN),
        (Stage(("IV",)), {"stage": "IVB", "cancer": "LUAD"}, MET),
        (Stage(("IIIA",)), {"stage": "III", "cancer": "LUAD"}, UNKNOWN),
        (Stage(("IIIB", "IV")), {"stage": "IIA", "cancer": "LUAD"}, NOT),
        (Stage(("IV",)), {"extent": ["metastatic"], "cancer": "LUAD"}, MET),
        (Stage(("IV",)), {"stage": "ISS II", "cancer": "PCM"}, UNKNOWN),
        (Stage(tnm=("T2", "T3", "Nany", "M0")), {"tnm": ["T2", "N1", "M0"]}, MET),
        (Stage(tnm=("T4b",)), {"tnm": ["T4"]}, UNKNOWN),
        (Stage(tnm=("T1",)), {"tnm": ["T3", "N0", "M0"]}, NOT),
        (Extent(("metastatic",)), {"tnm": ["T2", "N0", "M1"]}, MET),
        (Extent(("metastatic",)), {"stage": "IV", "cancer": "LUAD"}, MET),
        (Extent(("metastatic",)), {"stage": "IVA", "cancer": "HNSC"}, NOT),
        (Extent(("metastatic",)), {"stage": "IV"}, UNKNOWN),
        (Extent(("metastatic", "locally_advanced")), {"extent": ["localized"]}, UNKNOWN),
        (Extent(("metastatic",)), {"extent": ["localized"]}, NOT),
        (Extent(("relapsed",)), {"extent": ["recurrent"]}, MET),
        (Extent(("relapsed", "refractory")), {"extent": ["newly_diagnosed"]}, NOT),
        (Extent(("metastatic",)), {}, UNKNOWN),
    ],
)
def test_disease(fact: Fact, profile: dict[str, Any], truth: Truth) -> None:
    assert holds(fact, **profile) is truth


def marker(name: str, state: str, value: str | None = None) -> dict[str, Any]:
    return {"biomarkers": [{"marker": name, "state": state, "value": value}]}


@pytest.mark.parametrize(
    ("fact", "profile", "truth"),
    [
        (Biomarker("EGFR", ("mutation",)), marker("EGFR", "L858R"), MET),
        (Biomarker("EGFR", ("exon 19 deletion", "L858R")), marker("EGFR", "L858R"), MET),
        (Biomarker("KRAS", ("G12C",)), marker("KRAS", "mutation"), UNKNOWN),
        (Biomarker("KRAS", ("G12C",)), marker("KRAS", "G12D"), NOT),
        (Biomarker("EGFR", ("T790M",)), marker("EGFR", "exon 19 deletion"), UNKNOWN),
        (Biomarker("BRAF", ("V600E",)), marker("BRAF", "wild type"), NOT),
        (Biomarker("BRAF", ("wild type",)), marker("BRAF", "V600E negative"), UNKNOWN),
        (Biomarker("HER2", ("mutation",)), marker("HER2", "negative"), UNKNOWN),
        (Biomarker("HER2", ("negative",)), marker("HER2", "IHC 2+"), UNKNOWN),
        (Biomarker("HER2", ("positive",), "IHC 3+"), marker("HER2", "amplification", "IHC 2+ FISH+"), NOT),
        (Biomarker("PD-L1", ("positive",), "TPS>=50%"), marker("PD-L1", "positive", "TPS 60%"), MET),
        (Biomarker("PD-L1", ("positive",), "TPS>=50%"), marker("PD-L1", "positive", "TPS 10%"), NOT),
        (Biomarker("PD-L1", ("positive",), "TPS>=50%"), marker("PD-L1", "positive"), UNKNOWN),
        (Biomarker("PD-L1", ("positive",), "TPS>=50%"), marker("PD-L1", "positive", "CPS 60"), UNKNOWN),
        (Biomarker("MMR", ("deficient",)), marker("MSI", "high"), MET),
        (Biomarker("MMR", ("deficient",)), marker("MSI", "MSS"), NOT),
        (Biomarker("HPV", ("positive", "negative")), marker("HPV", "negative"), MET),
        (Biomarker("ALK", ("fusion",)), {}, UNKNOWN),
        (Biomarker("ALK", ("fusion",)), {"panels": ["ALK"]}, NOT),
    ],
)
def test_markers(fact: Fact, profile: dict[str, Any], truth: Truth) -> None:
    assert holds(fact, **profile) is truth


def had(*items: dict[str, Any]) -> dict[str, Any]:
    return {"prior_therapies": list(items)}


@pytest.mark.parametrize(
    ("fact", "profile", "truth"),
    [
        (PriorTherapy(("EGFR TKI",)), had({"therapy": "osimertinib"}), MET),
        (PriorTherapy(("systemic therapy",)), had({"therapy": "osimertinib"}), MET),
        (PriorTherapy(("platinum chemotherapy",)), had({"therapy": "FOLFOX"}), MET),
        (PriorTherapy(("gemcitabine",)), had({"therapy": "chemotherapy"}), UNKNOWN),
        (PriorTherapy(("gemcitabine",)), had({"therapy": "paclitaxel"}), NOT),
        (PriorTherapy(("systemic therapy",)), had({"therapy": "radiotherapy"}), NOT),
        (PriorTherapy(("gemcitabine + paclitaxel",)), had({"therapy": "gemcitabine"}, {"therapy": "paclitaxel"}), NOT),
        (PriorTherapy(("anti-PD-1/PD-L1",), outcome="progressed"), had({"therapy": "durvalumab"}), UNKNOWN),
        (PriorTherapy(("anti-PD-1/PD-L1",), outcome="progressed"),
         had({"therapy": "durvalumab", "outcome": "progressed"}), MET),
        (PriorTherapy(("taxane",), setting="metastatic"),
         had({"therapy": "docetaxel", "setting": "adjuvant"}), UNKNOWN),
        (PriorTherapy(("taxane",)), {}, UNKNOWN),
        (PriorTherapy(("taxane",)), had(), NOT),
        (LineCount(1, 2), {"prior_lines": 2}, MET),
        (LineCount(None, 2), {"prior_lines": 3}, NOT),
        (LineCount(None, 0, "metastatic"), had({"therapy": "docetaxel", "setting": "adjuvant"}), MET),
        (LineCount(None, 1, "chemotherapy"),
         {"prior_lines": 2} | had({"therapy": "cisplatin", "line": 1}, {"therapy": "nivolumab", "line": 2}), MET),
        (LineCount(1, None), {}, UNKNOWN),
    ],
)  # fmt: skip
def test_treatment(fact: Fact, profile: dict[str, Any], truth: Truth) -> None:
    assert holds(fact, **profile) is truth


@pytest.mark.parametrize(
    ("days", "truth"), [(13, Truth.MET), (14, Truth.NOT_MET), (30, Truth.NOT_MET), (None, Truth.UNKNOWN)]
)
def test_a_washout_counts_from_the_last_dose(days: int | None, truth: Truth) -> None:
    fact = PriorTherapy(("radiotherapy",), within_days=14)
    judgement = judged(fact, "prohibited", prior_therapies=[{"therapy": "radiotherapy", "days_ago": days}])
    assert judgement.holds is truth
    assert judgement.recoverable is (truth is not Truth.NOT_MET)


def test_a_prohibited_setting_is_that_setting() -> None:
    fact = PriorTherapy(("paclitaxel",), setting="metastatic")
    told = {"therapy": "paclitaxel", "setting": "adjuvant"}
    assert judged(fact, "prohibited", prior_therapies=[told]).holds is Truth.NOT_MET


@pytest.mark.parametrize(
    ("fact", "profile", "truth"),
    [
        (Performance("ECOG", 0, 1), {"performance": [{"scale": "ECOG", "value": 2}]}, NOT),
        (Performance("ECOG", 0, 1), {"performance": [{"scale": "Karnofsky", "value": 80}]}, MET),
        (Performance("Karnofsky", 70, 100), {"performance": [{"scale": "ECOG", "value": 1}]}, MET),
        (Performance("Karnofsky", 80, 100), {"performance": [{"scale": "ECOG", "value": 1}]}, UNKNOWN),
        (Performance("Lansky", 50, 100), {"age": 40}, APART),
        (Performance("ECOG", 0, 1), {}, UNKNOWN),
        (Age(18, 65), {"age": 65}, MET),
        (Age(18, 65), {"age": 66}, NOT),
        (SexIs("female"), {"sex": "male"}, NOT),
        (SexIs("female"), {}, UNKNOWN),
        (Cns("any brain metastases"), {"cns": "treated_stable"}, MET),
        (Cns("active"), {"cns": "treated_stable"}, NOT),
        (Cns("active"), {"cns": "none"}, NOT),
        (Cns("active"), {}, UNKNOWN),
        (Condition("pregnancy"), {"sex": "male"}, APART),
        (Condition("HIV"), {"conditions": {"HIV": True}}, MET),
        (Condition("HIV"), {"conditions": {"HIV": False}}, NOT),
        (Condition("HIV"), {}, UNKNOWN),
        (Condition("hypertension", "uncontrolled"), {"conditions": {"hypertension": True}}, UNKNOWN),
        (Condition("hypertension", "uncontrolled"), {"conditions": {"hypertension": "well controlled"}}, NOT),
        (Condition("hypertension", "inadequately controlled"), {"conditions": {"hypertension": "controlled"}}, NOT),
        (Condition("neuropathy", "grade \\> 1"), {"conditions": {"neuropathy": "grade 1"}}, NOT),
        (Condition("neuropathy", "grade \\> 1"), {"conditions": {"neuropathy": "grade 2"}}, MET),
        (Condition("neuropathy", "grade >=2"), {"conditions": {"neuropathy": "grade 1"}}, NOT),
        (Condition("neuropathy", "grade >=2"), {"conditions": {"neuropathy": "grade 2"}}, MET),
        (Condition("stroke", "within 6 months"), {"conditions": {"stroke": "TIA 9 months ago"}}, NOT),
        (Condition("liver disease", "Child-Pugh B or C"), {"conditions": {"Child-Pugh": "B7"}}, MET),
        (Condition("liver disease", "Child-Pugh B or C"), {"conditions": {"Child-Pugh": "A6"}}, NOT),
        (Condition("cardiac disease", "history of myocardial infarction"),
         {"conditions": {"myocardial infarction": True}}, MET),
        (Condition("anticoagulation", "warfarin or heparin"), {"conditions": {"anticoagulation": "enoxaparin"}}, MET),
    ],
)  # fmt: skip
def test_the_patient(fact: Fact, profile: dict[str, Any], truth: Truth) -> None:
    assert judged(fact, "prohibited", **profile).holds is truth


def lab(name: str, value: float, unit: str | None, **more: object) -> dict[str, Any]:
    return {"labs": [{"analyte": name, "value": value, "unit": unit, **more}]}


@pytest.mark.parametrize(
    ("fact", "profile", "truth"),
    [
        (Lab("platelets", ">=", 100, "10^9/L"), lab("platelets", 92, "10^9/L"), NOT),
        (Lab("platelets", ">=", 100, "10^9/L"), lab("platelets", 150000, "/mm3"), MET),
        (Lab("hemoglobin", ">=", 10, "g/dL"), lab("hemoglobin", 104, "g/L"), MET),
        (Lab("creatinine", "<=", 1.5, "mg/dL"), lab("creatinine", 186, "umol/L"), NOT),
        (Lab("ALT", "<=", 3, "xULN"), lab("ALT", 100, "U/L", uln=50), MET),
        (Lab("ALT", "<=", 3, "xULN"), lab("ALT", 160, "U/L", uln=50), NOT),
        (Lab("ALT", "<=", 3, "xULN"), lab("ALT", 900, "U/L"), NOT),
        (Lab("ANC", ">=", 1.5, "10^9/L"), lab("ANC", 2.0, "mg/dL"), UNKNOWN),
        (Lab("ANC", ">=", 1.5, "10^9/L"), {}, UNKNOWN),
        (Lab("QTc", "<=", 450, "ms", "male"), lab("QTc", 460, "ms"), UNKNOWN),
        (Lab("QTc", "<=", 450, "ms", "male"), {"sex": "female"} | lab("QTc", 460, "ms"), APART),
        (Lab("QTc", "<=", 450, "ms", "male"), {"sex": "male"} | lab("QTc", 460, "ms"), NOT),
    ],
)
def test_labs(fact: Fact, profile: dict[str, Any], truth: Truth) -> None:
    assert holds(fact, **profile) is truth


def test_an_assumed_limit_is_flagged_and_near_it_nothing_fails() -> None:
    far = judged(Lab("bilirubin", "<=", 1.5, "xULN"), **lab("bilirubin", 0.6, "mg/dL"))
    assert far.holds is Truth.MET
    assert far.basis is Basis.ASSUMED
    near = judged(Lab("bilirubin", "<=", 1.0, "xULN"), **lab("bilirubin", 1.25, "mg/dL"))
    assert near.holds is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("quote", "requirement", "tokens", "truth"),
    [
        ("T1-2 N0", Requirement.PROHIBITED, ("T2", "N1", "M0"), NOT),
        ("T1-2 N0", Requirement.PROHIBITED, ("T2", "N0", "M0"), MET),
        ("T1 or T2, N0", Requirement.PROHIBITED, ("T4", "N0", "M0"), NOT),
        ("cT1-2 or cN0", Requirement.PROHIBITED, ("T2", "N1", "M0"), MET),
        ("T1-2, N0", Requirement.REQUIRED, ("T2", "N1", "M0"), NOT),
        ("T1-2 or N0", Requirement.REQUIRED, ("T2", "N1", "M0"), MET),
    ],
)
def test_tokens_are_a_combination_or_alternatives(
    quote: str, requirement: Requirement, tokens: tuple[str, ...], truth: Truth
) -> None:
    fact, patient = Stage(tnm=("T1", "T2", "N0")), known(read_profile({"tnm": list(tokens)}))
    assert judge_stage(fact, requirement, patient, quote).holds is truth
    heeded_words = heeded(fact, requirement, quote)
    assert judge_stage(fact, requirement, patient, heeded_words).holds is truth
    assert heeded(fact, requirement, heeded_words) == heeded_words


@pytest.mark.parametrize(
    ("fact", "profile", "truth"),
    [
        (Stage(("IV",), edition="8"), {"stage": "IV", "cancer": "LUAD"}, MET),
        (Biomarker("PD-L1", ("low",), "CPS<10"), {"biomarkers": [{"marker": "PD-L1", "state": "negative"}]}, MET),
        (Biomarker("PD-L1", ("positive",), "CPS>=10"), {"biomarkers": [{"marker": "PD-L1", "state": "negative"}]}, NOT),
        (Biomarker("NRAS", ("mutation",)), {"biomarkers": [{"marker": "NRAS", "state": "Q61"}]}, MET),
        (Biomarker("IDH1", ("mutation",)), {"biomarkers": [{"marker": "IDH1", "state": "R132"}]}, MET),
        (
            PriorTherapy(("chemoradiotherapy",)),
            {"prior_therapies": [{"therapy": "cisplatin", "setting": "concurrent chemoradiation"}]},
            MET,
        ),
    ],
)
def test_what_is_told_in_other_words(fact: Fact, profile: dict[str, Any], truth: Truth) -> None:
    assert holds(fact, **profile) is truth


def test_the_newest_value_counts() -> None:
    told = [
        {"analyte": "platelets", "value": 60, "unit": "10^9/L", "days_ago": 20},
        {"analyte": "platelets", "value": 130, "unit": "10^9/L", "days_ago": 2},
    ]
    assert holds(Lab("platelets", ">=", 100, "10^9/L"), labs=told) is Truth.MET
