"""From a line of a text and a profile to a verdict: readers, judges and policy, on lines as trials write them."""

from __future__ import annotations

from typing import Any

import pytest

from search.eligibility.assess import assess
from search.eligibility.profile import read_profile
from search.extraction.criteria import read_text
from search.trial import Eligibility, Trial

DISEASE = "Histologically confirmed non-small cell lung cancer"
LINES: list[tuple[str, str, dict[str, Any], str]] = [
    # "E" stands among the exclusions, "I" among the inclusions; then the line, the patient, the verdicts that are right
    ("E", "Active infection requiring systemic therapy", {"conditions": {"active infection": True}}, "u i"),
    ("E", "Uncontrolled hypertension", {"conditions": {"hypertension": "well controlled"}}, "e"),
    ("E", "Uncontrolled hypertension", {"conditions": {"hypertension": True}}, "e u"),
    (
        "E",
        "History of pneumonitis requiring steroids",
        {"conditions": {"pneumonitis": "grade 2, treated with steroids"}},
        "i",
    ),
    ("E", "Known HIV infection", {"conditions": {"HIV": True}}, "i"),
    ("E", "Active hepatitis B or C", {"conditions": {"HBV": True}}, "i u"),
    ("E", "Pregnant or breastfeeding women", {"sex": "female", "conditions": {"pregnancy": True}}, "i"),
    ("E", "Pregnant or breastfeeding women", {"sex": "male"}, "e"),
    ("E", "Myocardial infarction within 6 months", {"conditions": {"cardiac disease": "MI 3 months ago"}}, "i u"),
    ("E", "Myocardial infarction within 6 months", {"conditions": {"cardiac disease": "MI 3 years ago"}}, "e u"),
    ("E", "Stroke or TIA within 6 months prior to enrollment", {"conditions": {"stroke": "9 months ago"}}, "e"),
    ("E", "Stroke or TIA within 6 months prior to enrollment", {"conditions": {"stroke": "2 months ago"}}, "i"),
    (
        "E",
        "Active autoimmune disease requiring systemic treatment in the past 2 years",
        {"conditions": {"autoimmune disease": "vitiligo"}},
        "e u",
    ),
    (
        "E",
        "Active autoimmune disease requiring systemic treatment in the past 2 years",
        {"conditions": {"autoimmune disease": "rheumatoid arthritis on methotrexate"}},
        "i u",
    ),
    (
        "E",
        "Prior treatment with an anti-PD-1 or anti-PD-L1 antibody",
        {"prior_therapies": [{"therapy": "pembrolizumab", "line": 1}]},
        "i",
    ),
    ("E", "Prior treatment with an EGFR TKI", {"prior_therapies": [{"therapy": "osimertinib", "line": 1}]}, "i"),
    (
        "E",
        "Prior treatment with an EGFR TKI",
        {"prior_therapies": [{"therapy": "carboplatin + pemetrexed", "line": 1}]},
        "e",
    ),
    (
        "E",
        "Chemotherapy within 3 weeks of first dose",
        {"prior_therapies": [{"therapy": "carboplatin", "line": 1, "days_ago": 10}]},
        "i",
    ),
    (
        "E",
        "Chemotherapy within 3 weeks of first dose",
        {"prior_therapies": [{"therapy": "carboplatin", "line": 1, "days_ago": 30}]},
        "e",
    ),
    ("E", "Untreated or symptomatic brain metastases", {"cns": "treated_stable"}, "e"),
    ("E", "Untreated or symptomatic brain metastases", {"cns": "untreated"}, "i"),
    (
        "E",
        "Active CNS metastases. Patients with treated, stable brain metastases are eligible.",
        {"cns": "treated_stable"},
        "e",
    ),
    ("E", "Leptomeningeal disease", {"cns": "leptomeningeal"}, "i"),
    (
        "E",
        "Any other malignancy within 3 years, except basal cell carcinoma",
        {"conditions": {"second malignancy": "basal cell carcinoma excised"}},
        "e",
    ),
    (
        "E",
        "Any other malignancy within 3 years, except basal cell carcinoma",
        {"conditions": {"second malignancy": "breast cancer 1 year ago"}},
        "i u",
    ),
    (
        "E",
        "Any other malignancy within 3 years",
        {"conditions": {"second malignancy": "prostate cancer 8 years ago"}},
        "e u",
    ),
    ("E", "Grade 2 or higher peripheral neuropathy", {"conditions": {"neuropathy": "grade 1"}}, "e"),
    ("E", "Grade 2 or higher peripheral neuropathy", {"conditions": {"neuropathy": "grade 3"}}, "i"),
    ("E", "Patients on therapeutic anticoagulation", {"conditions": {"anticoagulation": True}}, "i u"),
    ("E", "Known EGFR mutation or ALK rearrangement", {"biomarkers": [{"marker": "EGFR", "state": "L858R"}]}, "i"),
    ("E", "Known EGFR mutation or ALK rearrangement", {"biomarkers": [{"marker": "EGFR", "state": "wild type"}]}, "e"),
    (
        "E",
        "More than 2 prior lines of systemic therapy for metastatic disease",
        {
            "prior_lines": 3,
            "prior_therapies": [
                {"therapy": "carboplatin", "line": 1, "setting": "metastatic"},
                {"therapy": "docetaxel", "line": 2, "setting": "metastatic"},
                {"therapy": "gemcitabine", "line": 3, "setting": "metastatic"},
            ],
        },
        "i",
    ),
    ("E", "QTcF > 470 msec", {"labs": [{"analyte": "QTc", "value": 480, "unit": "ms"}]}, "i"),
    ("E", "Diabetes mellitus requiring insulin", {"conditions": {"diabetes": "on metformin"}}, "e u"),
    ("E", "Diabetes mellitus requiring insulin", {"conditions": {"diabetes": True, "insulin": True}}, "i u"),
    ("E", "Inability to swallow oral medication", {"conditions": {"unable to swallow": True}}, "i"),
    ("E", "Solid organ transplant recipients", {"conditions": {"organ transplant": True}}, "i"),
    ("E", "Live vaccine within 30 days", {"conditions": {"live vaccine": True}}, "i u"),
    ("E", "Requires oxygen or moderate or severe COPD", {"conditions": {"COPD": "mild"}}, "e u"),
    (
        "E",
        "New York Heart Association class III or IV heart failure",
        {"conditions": {"heart failure": "NYHA class II"}},
        "e u",
    ),
    (
        "E",
        "New York Heart Association class III or IV heart failure",
        {"conditions": {"heart failure": "NYHA class III"}},
        "i",
    ),
    ("I", "ECOG performance status 0-1", {"performance": [{"scale": "ECOG", "value": 2}]}, "i"),
    ("I", "ECOG performance status 0-1", {}, "u"),
    (
        "I",
        "EGFR exon 19 deletion or L858R mutation",
        {"biomarkers": [{"marker": "EGFR", "state": "exon 19 deletion"}]},
        "e",
    ),
    (
        "I",
        "EGFR exon 19 deletion or L858R mutation",
        {"biomarkers": [{"marker": "EGFR", "state": "exon 20 insertion"}]},
        "i",
    ),
    ("I", "EGFR exon 19 deletion or L858R mutation", {}, "u"),
    ("I", "PD-L1 TPS >= 50%", {"biomarkers": [{"marker": "PD-L1", "state": "positive", "value": "TPS 60%"}]}, "e"),
    ("I", "PD-L1 TPS >= 50%", {"biomarkers": [{"marker": "PD-L1", "state": "positive", "value": "TPS 10%"}]}, "i"),
    (
        "I",
        "Disease progression on prior platinum-based chemotherapy",
        {"prior_therapies": [{"therapy": "carboplatin + pemetrexed", "line": 1, "outcome": "progressed"}]},
        "e",
    ),
    (
        "I",
        "Disease progression on prior platinum-based chemotherapy",
        {"prior_therapies": [{"therapy": "docetaxel", "line": 1, "outcome": "progressed"}]},
        "i",
    ),
    (
        "I",
        "Disease progression on prior platinum-based chemotherapy",
        {"prior_therapies": [{"therapy": "carboplatin + pemetrexed", "line": 1}]},
        "u",
    ),
    (
        "I",
        "No prior systemic therapy for metastatic disease",
        {"prior_therapies": [{"therapy": "cisplatin + vinorelbine", "setting": "adjuvant"}], "prior_lines": 0},
        "e",
    ),
    (
        "I",
        "No prior systemic therapy for metastatic disease",
        {"prior_therapies": [{"therapy": "pembrolizumab", "setting": "metastatic", "line": 1}], "prior_lines": 1},
        "i",
    ),
    ("I", "Stage IIIB-IV disease", {"stage": "IV"}, "e"),
    ("I", "Stage IIIB-IV disease", {"stage": "II"}, "i"),
    ("I", "Stage IIIB-IV disease", {}, "u"),
    ("I", "Platelets >= 100 x 10^9/L", {"labs": [{"analyte": "platelets", "value": 82, "unit": "10^9/L"}]}, "i"),
    (
        "I",
        "Total bilirubin <= 1.5 x ULN (<= 3 x ULN for Gilbert syndrome)",
        {"labs": [{"analyte": "bilirubin", "value": 2.4, "unit": "xULN"}], "conditions": {"Gilbert": True}},
        "e",
    ),
    (
        "I",
        "Total bilirubin <= 1.5 x ULN (<= 3 x ULN for Gilbert syndrome)",
        {"labs": [{"analyte": "bilirubin", "value": 2.4, "unit": "xULN"}], "conditions": {"Gilbert": False}},
        "i",
    ),
    (
        "I",
        "Creatinine <= 1.5 mg/dL or creatinine clearance >= 60 mL/min",
        {
            "labs": [
                {"analyte": "creatinine", "value": 1.8, "unit": "mg/dL"},
                {"analyte": "creatinine clearance", "value": 66, "unit": "mL/min"},
            ]
        },
        "e",
    ),
    ("I", "Measurable disease per RECIST 1.1", {"conditions": {"measurable disease": False}}, "i"),
    ("I", "Life expectancy of at least 3 months", {"conditions": {"life expectancy": "6 weeks"}}, "i"),
    ("I", "Age 18 to 75 years", {"age": 81}, "i"),
    ("I", "Hemoglobin >= 9.0 g/dL", {"labs": [{"analyte": "hemoglobin", "value": 95, "unit": "g/L"}]}, "e"),
]
EXPORTED = {"e": "eligible", "i": "ineligible", "u": "undetermined"}


@pytest.mark.parametrize(("section", "line", "profile", "right"), LINES)
def test_a_line_and_a_patient(section: str, line: str, profile: dict[str, Any], right: str) -> None:
    added = f"\n* {line}" if section == "I" else f"\n\nExclusion Criteria:\n\n* {line}"
    text = f"Inclusion Criteria:\n\n* {DISEASE}{added}"
    trial = Trial(nct_id="NCT99000009", eligibility=Eligibility(criteria=text))
    answer = assess(read_profile({"cancer": "LUAD"} | profile), read_text(text, "A made-up study", ()), trial)
    assert answer.verdict.exported in {EXPORTED[one] for one in right.split()}
