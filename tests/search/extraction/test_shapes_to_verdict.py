"""Shapes of sentences that are easily read the wrong way round, from the text to the verdict.

Windows that ask for something recent and windows that forbid it, courses of treatment, combinations of TNM tokens, what
is asked of some patients only, what need not be, and lists of stages with "or".
"""

from __future__ import annotations

from typing import Any

import pytest

from search.eligibility.assess import assess
from search.eligibility.profile import read_profile
from search.extraction.criteria import read_text
from search.trial import Eligibility, Trial

Profile = dict[str, Any]
UNTREATED: Profile = {"prior_therapies": []}


def had(therapy: str, days_ago: int, **more: object) -> Profile:
    return {"prior_therapies": [{"therapy": therapy, "line": 1, "days_ago": days_ago} | more]}


def marked(marker: str, state: str, *, untreated: bool = False) -> Profile:
    return {"biomarkers": [{"marker": marker, "state": state}]} | (UNTREATED if untreated else {})


def tnm(tokens: str) -> Profile:
    return {"tnm": tokens.split()}


LINES: list[tuple[str, str, Profile, str]] = [
    # "E" stands among the exclusions, "I" among the inclusions; then the line, the patient, the verdicts that are right
    # windows
    (
        "I",
        "Chemoradiotherapy must have been completed no more than 6 weeks before randomization",
        {
            "prior_therapies": [
                {"therapy": "cisplatin + etoposide", "setting": "concurrent chemoradiation", "days_ago": 20},
                {"therapy": "radiotherapy", "setting": "concurrent chemoradiation", "days_ago": 20},
            ]
        },
        "e u",
    ),
    (
        "I",
        "Last dose of platinum-based chemotherapy given 3 to 8 weeks before enrollment",
        had("carboplatin + pemetrexed", 35),
        "e u",
    ),
    ("I", "Completed radiotherapy at least 14 days before registration", had("radiotherapy", 30), "e u"),
    ("I", "Completed radiotherapy at least 14 days before registration", had("radiotherapy", 5), "i"),
    (
        "I",
        "At least 6 weeks of treatment with osimertinib before study entry",
        {"prior_therapies": [{"therapy": "osimertinib", "line": 1, "days_ago": 10, "duration_days": 300}]},
        "e u",
    ),
    (
        "I",
        "A minimum of 4 months of prior pembrolizumab",
        {"prior_therapies": [{"therapy": "pembrolizumab", "line": 1, "days_ago": 20, "duration_days": 200}]},
        "e u",
    ),
    ("E", "Chemotherapy 21 days or less before the first dose", had("carboplatin + pemetrexed", 10), "i"),
    ("E", "Chemotherapy 21 days or less before the first dose", had("carboplatin + pemetrexed", 40), "e"),
    ("E", "Radiotherapy less than 2 weeks prior to day 1", had("radiotherapy", 7), "i"),
    ("E", "Radiotherapy less than 2 weeks prior to day 1", had("radiotherapy", 30), "e"),
    ("I", "No chemotherapy in the 4 weeks preceding enrolment", had("carboplatin + pemetrexed", 10), "i"),
    ("I", "No chemotherapy in the 4 weeks preceding enrolment", had("carboplatin + pemetrexed", 60), "e"),
    (
        "I",
        "Induction chemotherapy finished between 2 and 6 weeks before registration",
        had("carboplatin + pemetrexed", 28),
        "e u",
    ),
    (
        "I",
        "First-line chemotherapy ended within the last 8 weeks",
        had("carboplatin + pemetrexed", 28, setting="first line"),
        "e u",
    ),
    ("I", "Interval of at least 3 weeks since the last chemotherapy", had("carboplatin + pemetrexed", 10), "i"),
    ("I", "Interval of at least 3 weeks since the last chemotherapy", had("carboplatin + pemetrexed", 30), "e"),
    (
        "I",
        "Patients must have had at least 2 cycles of platinum-based chemotherapy",
        had("carboplatin + pemetrexed", 30, cycles=4),
        "e u",
    ),
    # TNM
    ("E", "T1-2 N0 disease is excluded", tnm("T3 N0 M0"), "e"),
    ("E", "T1-2 N0 disease is excluded", tnm("T2 N0 M0"), "i"),
    ("E", "T1a N0 M0 tumours", tnm("T2a N0 M0"), "e"),
    ("E", "T4 or N3 disease", tnm("T2 N3 M0"), "i"),
    ("E", "T4 or N3 disease", tnm("T2 N1 M0"), "e"),
    ("E", "T4N3 disease", tnm("T4 N1 M0"), "e"),
    ("I", "T2-3 N1 M0 disease", tnm("T2 N1 M0"), "e"),
    ("I", "T2-3 N1 M0 disease", tnm("T1 N1 M0"), "i"),
    ("I", "Stage II or III (excluding T3 N0)", {"stage": "III", "tnm": ["T3", "N2", "M0"]}, "e u"),
    # for stage X Y is required
    ("I", "PET-CT is mandatory for stage III disease", {"stage": "IV", "extent": ["metastatic"]}, "e u"),
    ("E", "Mediastinoscopy is recommended in stage IIIA; results must be available", {"stage": "IIIA"}, "e u"),
    ("I", "For stage IIIB disease, a surgical consultation is required", {"stage": "IV"}, "e u"),
    ("I", "Brain imaging must be performed in patients with stage II or higher", {"stage": "IB"}, "e u"),
    ("E", "Bone scan required if stage IV", {"stage": "IV"}, "e u"),
    # need not
    ("I", "Adenocarcinoma of patients who never smoked need not be tested for PD-L1", {"cancer": "LUSC"}, "e u"),
    (
        "I",
        "Patients with EGFR mutation need not have received immunotherapy",
        marked("EGFR", "L858R", untreated=True),
        "e u",
    ),
    ("I", "Prior radiotherapy is not required", UNTREATED, "e"),
    ("I", "Stage I tumours do not have to be confirmed by mediastinoscopy", {"stage": "III"}, "e u"),
    # premises
    (
        "I",
        "Patients with an ALK rearrangement must have received an ALK inhibitor",
        marked("ALK", "negative", untreated=True),
        "e u",
    ),
    (
        "I",
        "EGFR-mutated tumours must have progressed on osimertinib",
        marked("EGFR", "wild type", untreated=True),
        "e u",
    ),
    (
        "I",
        "If BRAF V600E is present, prior dabrafenib plus trametinib is required",
        marked("BRAF", "wild type", untreated=True),
        "e u",
    ),
    (
        "I",
        "For patients with brain metastases, stereotactic radiotherapy must be completed 2 weeks before",
        {"cns": "none", "prior_therapies": []},
        "e u",
    ),
    (
        "I",
        "Participants with PD-L1 TPS of 50% or more must have received pembrolizumab",
        {"biomarkers": [{"marker": "PD-L1", "state": "positive", "value": "TPS 5%"}], "prior_therapies": []},
        "e u",
    ),
    ("I", "Biopsy obtained after any prior systemic treatment", UNTREATED, "e u"),
    # stage lists
    (
        "I",
        "Stage IIIA (N2), IIIB or IIIC, or stage IV with a single metastasis",
        {"stage": "IV", "extent": ["oligometastatic"]},
        "e u",
    ),
    ("I", "Stage IIIB not amenable to chemoradiation, or stage IV", {"stage": "IV"}, "e"),
    ("I", "Stage IIIB not amenable to chemoradiation, or stage IV", {"stage": "II"}, "i"),
    ("I", "Unresectable stage IIIC or stage IV disease that is not a candidate for surgery", {"stage": "IV"}, "e"),
    ("I", "Stage IB with a tumour of 4 cm or more, stage II, or stage IIIA", {"stage": "IIA"}, "e"),
    ("I", "Stage IB with a tumour of 4 cm or more, stage II, or stage IIIA", {"stage": "IV"}, "i"),
    ("E", "Stage IIIB, stage IIIC, or stage IV", {"stage": "IIIA"}, "e"),
    ("E", "Stage IIIB, stage IIIC, or stage IV", {"stage": "IV"}, "i"),
    (
        "I",
        "Metastatic disease or locally advanced disease not suitable for radical treatment (stage IIIB/C or IV)",
        {"stage": "IIIC"},
        "e u",
    ),
    # markers
    ("I", "PD-L1 TPS below 50%", marked("PD-L1", "negative"), "e"),
    ("I", "PD-L1 CPS of 10 or more", marked("PD-L1", "negative"), "i"),
    ("I", "KRAS mutation in codon 12 or 13", marked("KRAS", "G12D"), "e u"),
    ("E", "Known KRAS mutation", marked("KRAS", "G12"), "i"),
    (
        "E",
        "Disease refractory to platinum",
        {"prior_therapies": [{"therapy": "carboplatin + pemetrexed", "line": 1, "outcome": "response"}]},
        "e",
    ),
    ("I", "At least 28 days or 5 half-lives since any prior chemotherapy", had("carboplatin + pemetrexed", 10), "i u"),
    ("I", "At least 28 days or 5 half-lives since any prior chemotherapy", UNTREATED, "e"),
    (
        "I",
        "Chemotherapy allowed if completed more than 4 weeks before registration",
        had("carboplatin + pemetrexed", 60),
        "e",
    ),
    ("E", "Treatment with pembrolizumab within the past 28 days", had("pembrolizumab", 60), "e"),
    ("E", "Treatment with pembrolizumab within the past 28 days", had("pembrolizumab", 9), "i"),
    ("I", "Last dose of pembrolizumab no later than 4 weeks before leukapheresis", had("pembrolizumab", 60), "e u"),
    ("I", "Last dose of pembrolizumab no later than 4 weeks before leukapheresis", had("pembrolizumab", 5), "i u"),
    ("I", "Radiation therapy concluded 2 to 10 weeks prior to enrolment", had("radiotherapy", 30), "e u"),
    (
        "I",
        "The final fraction of radiotherapy was delivered within 42 days of randomization",
        had("radiotherapy", 20),
        "e u",
    ),
    (
        "I",
        "Recurrence within 6 months of adjuvant chemotherapy",
        {
            "prior_therapies": [
                {"therapy": "cisplatin + vinorelbine", "setting": "adjuvant", "outcome": "recurrence", "days_ago": 120}
            ],
            "extent": ["recurrent"],
        },
        "e u",
    ),
    (
        "I",
        "Progression during or within 12 weeks after the last dose of pembrolizumab",
        had("pembrolizumab", 30, outcome="progression"),
        "e u",
    ),
    ("E", "Fewer than 14 days since radiotherapy", had("radiotherapy", 5), "i u"),
    ("E", "Fewer than 14 days since palliative radiotherapy", had("radiotherapy", 40), "e"),
    ("I", "Treatment-free interval of 6 months or more after platinum", had("carboplatin + pemetrexed", 300), "e u"),
    ("I", "Received no less than 8 weeks of an anti-PD-1 antibody", had("pembrolizumab", 20, duration_days=200), "e u"),
    ("E", "Immunotherapy for less than 6 weeks in total", had("pembrolizumab", 90, duration_days=300), "e u"),
    # TNM
    ("E", "N2 or N3 nodes, or M1 disease", tnm("T2 N1 M0"), "e"),
    ("E", "N2 or N3 nodes, or M1 disease", tnm("T2 N2 M0"), "i"),
    ("E", "Tumours staged T1bN0M0", tnm("T3 N0 M0"), "e"),
    ("I", "cT3-4 or N+ disease without distant metastases", tnm("T2 N1 M0"), "e u"),
    ("I", "T3 N0-2 or T4 N0-1", tnm("T4 N1 M0"), "e u"),
    ("I", "T3 N0-2 or T4 N0-1", tnm("T1 N0 M0"), "i"),
    ("E", "T4 by invasion of the heart, N3", tnm("T2 N0 M0"), "e"),
    # required for
    ("E", "Thoracoscopy, which is mandatory for stage III, not done", {"stage": "II"}, "e u"),
    ("I", "Mediastinal staging is required unless stage I", {"stage": "III"}, "e u"),
    ("I", "If clinical stage is IIIA, a tumour board must agree", {"stage": "II"}, "e u"),
    ("I", "Central pathology review is optional for squamous cell carcinoma", {"cancer": "LUAD"}, "e u"),
    (
        "I",
        "In stage II, adjuvant chemotherapy should have been offered",
        {"stage": "III", "prior_therapies": []},
        "e u",
    ),
    # need not
    ("I", "Measurable disease need not be present", {"conditions": {"measurable disease": False}}, "e u"),
    ("I", "Prior chemotherapy is permitted but not required", UNTREATED, "e"),
    ("I", "Treated brain metastases need not be stable on repeat imaging", {"cns": "treated_stable"}, "e u"),
    ("I", "A prior platinum regimen is not mandatory", UNTREATED, "e u"),
    # premises
    (
        "I",
        "Those with HER2-mutant cancer must have received trastuzumab deruxtecan",
        marked("HER2", "negative", untreated=True),
        "e u",
    ),
    (
        "I",
        "Where a RET fusion is known, selpercatinib must have been given before",
        marked("RET", "negative", untreated=True),
        "e u",
    ),
    (
        "I",
        "Participants whose tumour harbours METex14 should have had a MET inhibitor",
        marked("MET", "negative", untreated=True),
        "e u",
    ),
    (
        "I",
        "ROS1-positive patients: progression on crizotinib or entrectinib",
        marked("ROS1", "negative", untreated=True),
        "e u",
    ),
    (
        "I",
        "In the case of nonsquamous histology, EGFR and ALK must be negative",
        {"cancer": "LUSC", "biomarkers": []},
        "e u",
    ),
    ("I", "Men must have a testosterone below 50 ng/dL", {"sex": "female"}, "e u"),
    # lists
    ("I", "Stage II, stage IIIA, or stage IIIB (T3N2 only) considered resectable", {"stage": "IIB"}, "e u"),
    (
        "I",
        "Either stage IIIB/IIIC that cannot be treated with curative intent or stage IVA/IVB",
        {"stage": "IVB"},
        "e u",
    ),
    ("I", "Either stage IIIB/IIIC that cannot be treated with curative intent or stage IVA/IVB", {"stage": "I"}, "i"),
    ("I", "No stage IV disease", {"stage": "IV"}, "i"),
    ("I", "No stage IV disease", {"stage": "II"}, "e"),
    ("I", "Not stage I or II", {"stage": "III"}, "e"),
    ("I", "Not stage I or II", {"stage": "II"}, "i"),
    ("I", "Recurrent or stage IV, ineligible for surgery or chemoradiotherapy", {"stage": "IV"}, "e u"),
    ("E", "Stage I, unless the tumour exceeds 4 cm", {"stage": "III"}, "e"),
    ("I", "Stages I through IIIA without prior treatment", {"stage": "II", "prior_therapies": []}, "e"),
    # from the bundled sample's language
    (
        "I",
        "Stage IIIB or IIIC not suited to curative surgery or chemoradiation, or stage IV (AJCC 8th edition)",
        {"stage": "IV"},
        "e",
    ),
    (
        "I",
        "Advanced disease: not amenable to curative surgery or radiation, or metastatic (AJCC stage IV)",
        {"stage": "IV", "extent": ["metastatic"]},
        "e",
    ),
    (
        "I",
        "At least 12 weeks of treatment with one EGFR TKI, followed by progression on it",
        {"prior_therapies": [{"therapy": "osimertinib", "line": 1, "days_ago": 20, "outcome": "progression"}]},
        "e u",
    ),
    (
        "I",
        "At least 2 cycles of platinum-based chemotherapy, finished 1 to 42 days before randomisation",
        had("carboplatin + pemetrexed", 20),
        "e u",
    ),
    (
        "I",
        "First-line treatment ended 8 weeks or less before randomisation",
        had("carboplatin + pemetrexed", 30),
        "e u",
    ),
    ("I", "Squamous tumours of people who have smoked need not be tested", {}, "e u"),
    (
        "E",
        "Distant metastasis; brain MRI is required for stage II and above",
        {"stage": "IIIA", "tnm": ["T2", "N2", "M0"]},
        "e u",
    ),
    ("I", "CD19 expression confirmed after any CD19-directed treatment", UNTREATED, "e u"),
    (
        "I",
        "BRCA1/2-mutated tumours must have received a PARP inhibitor as maintenance, or be unsuitable for it",
        marked("BRCA1", "wild type", untreated=True),
        "e u",
    ),
    ("E", "Platinum-refractory disease", had("carboplatin + pemetrexed", 60, outcome="progression"), "u"),
    (
        "E",
        "Platinum-resistant disease",
        had("carboplatin + pemetrexed", 60, outcome="platinum-resistant progression"),
        "i",
    ),
    ("I", "NRAS mutation in codon 12, 13 or 61", marked("NRAS", "Q61"), "e u"),
    (
        "E",
        "Children are left out because leptomeningeal cancer does not occur in them",
        {"cns": "leptomeningeal"},
        "e u",
    ),
]
EXPORTED = {"e": "eligible", "i": "ineligible", "u": "undetermined"}


@pytest.mark.parametrize(("section", "line", "profile", "right"), LINES)
def test_a_shape_and_a_patient(section: str, line: str, profile: Profile, right: str) -> None:
    added = f"\n* {line}" if section == "I" else f"\n\nExclusion Criteria:\n\n* {line}"
    text = f"Inclusion Criteria:\n\n* Histologically confirmed non-small cell lung cancer{added}"
    trial = Trial(nct_id="NCT99000009", eligibility=Eligibility(criteria=text))
    answer = assess(read_profile({"cancer": "LUAD"} | profile), read_text(text, "A made-up study", ()), trial)
    assert answer.verdict.exported in {EXPORTED[one] for one in right.split()}
