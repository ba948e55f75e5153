"""What the tests of compiled criteria share: equality with the tree, fictitious patients and trials for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from indexer.sources import iter_records
from indexer.study import parse_study
from search.eligibility.assess import assess
from search.eligibility.assessment import Assessment, Truth, Verdict
from search.eligibility.columns import CriteriaColumns, IndexAssessment
from search.eligibility.criterion import Criteria
from search.eligibility.profile import read_profile
from search.eligibility.scopes import apart
from search.extraction.criteria import read_criteria
from search.patient import Patient
from search.trial import Eligibility, Sex, Trial

Item = tuple[Trial, Criteria]
TOLERANCE = 1e-5
"""Of scores, which are sums of rounded parts."""

_LINES = (
    "Histologically confirmed non-small cell lung cancer, stage IIIB or IV",
    "Breast cancer, or melanoma with brain metastases",
    "Any advanced solid tumor; or ovarian cancer",
    "Metastatic or unresectable disease, or recurrent after surgery",
    "Newly diagnosed, previously untreated disease",
    "EGFR mutation or ALK fusion, no EGFR T790M",
    "HER2 positive (IHC 3+ or FISH amplified)",
    "PD-L1 TPS >= 50%",
    "Prior platinum-based chemotherapy in the metastatic setting, unless contraindicated",
    "Progressed on osimertinib or another EGFR TKI",
    "At least 1 and no more than 2 prior lines of therapy",
    "ECOG performance status 0-1, or Karnofsky >= 70",
    "Age 18 to 75 years",
    "ANC >= 1.5 x 10^9/L; platelets >= 100 x 10^9/L",
    "AST and ALT <= 2.5 x ULN (<= 5 x ULN with liver metastases)",
    "Bilirubin <= 1.5 x ULN except in patients with Gilbert's syndrome",
    "Hemoglobin >= 9 g/dL for men and >= 8.5 g/dL for women",
    "Creatinine clearance >= 50 mL/min",
    "Postmenopausal women or HLA-matched sibling donor available",
    "Life expectancy of at least 3 months; measurable disease",
    "Women of childbearing potential must use contraception; signed consent",
)
_AGAINST = (
    "Active or untreated brain metastases; treated and stable brain metastases are allowed",
    "Leptomeningeal disease",
    "Uncontrolled hypertension or heart failure NYHA class III",
    "HIV infection, unless well controlled on antiretroviral therapy",
    "Active hepatitis B or C",
    "Autoimmune disease requiring systemic treatment within 2 years, other than vitiligo",
    "Other malignancy within 5 years except basal cell carcinoma",
    "Prior treatment with an anti-PD-1 antibody",
    "Chemotherapy within 28 days; radiotherapy within 14 days",
    "Prior systemic therapy; adjuvant chemotherapy is allowed if completed more than 6 months ago",
    "Interstitial lung disease or pneumonitis requiring steroids",
    "Known asthma or chronic obstructive pulmonary disease",
    "Pregnant or breastfeeding",
    "KRAS mutation or BRAF V600E",
    "Grade 2 or higher neuropathy",
    "Receiving therapeutic anticoagulation with warfarin",
    "QTc > 470 ms for women, > 450 ms for men",
    "Cumulative anthracycline dose above 300 mg/m2",
)
_COHORTS = ("Cohort A", "Cohort B", "Cohorts A and B")


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    """A few trials whose criteria were read from lines put together at random."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        wanted = draw(st.lists(st.sampled_from(_LINES), min_size=1, max_size=8))
        against = draw(st.lists(st.sampled_from(_AGAINST), max_size=6))
        lines = ["Inclusion Criteria:", *(f"* {line}" for line in wanted)]
        for name in draw(st.lists(st.sampled_from(_COHORTS), max_size=2, unique=True)):
            lines += ["", f"{name}:", *(f"* {line}" for line in draw(st.lists(st.sampled_from(_LINES), max_size=3)))]
        lines += ["", "Exclusion Criteria:", *(f"* {line}" for line in against)]
        about = Eligibility(
            criteria="\n".join(lines),
            minimum_age_days=draw(st.sampled_from([None, 18 * 365, 6570])),
            maximum_age_days=draw(st.sampled_from([None, 27759])),
            sex=draw(st.sampled_from([None, Sex.ALL, Sex.FEMALE])),
        )
        titles = draw(st.sampled_from([(), ("Breast Cancer",), ("Lung Cancer", "Melanoma")]))
        trial = Trial(nct_id=f"NCT9900{number:04d}", conditions=titles, eligibility=about)
        found.append((trial, read_criteria(trial)))
    return found


_TOPICS = (
    "HIV", "hypertension", "heart failure", "HBV", "autoimmune disease", "second malignancy", "pneumonitis", "asthma",
    "interstitial lung disease", "neuropathy", "pregnancy", "anticoagulation", "measurable disease", "vitiligo",
    "basal cell carcinoma", "postmenopausal", "Gilbert", "liver metastases", "HIV viral load undetectable",
)  # fmt: skip
_FORMS = (True, False, "well controlled", "grade 1", "grade 3", "on warfarin", "basal cell, 2 years ago", "resolved")
_THERAPIES = ("cisplatin", "osimertinib", "carboplatin + pemetrexed", "nivolumab", "radiotherapy", "surgery", "FOLFOX")
_ENTRY = st.fixed_dictionaries(
    {"therapy": st.sampled_from(_THERAPIES)},
    optional={
        "setting": st.sampled_from(["adjuvant", "metastatic", "first-line"]),
        "line": st.integers(1, 3),
        "outcome": st.sampled_from(["progressed", "partial response", "stopped for toxicity"]),
        "days_ago": st.integers(1, 400),
    },
)
PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "age": st.integers(10, 90),
        "sex": st.sampled_from(["male", "female"]),
        "cancer": st.sampled_from(["LUAD", "NSCLC", "SCLC", "IDC", "BREAST", "MEL", "HGSOC", "PAAD", "PCM"]),
        "stage": st.sampled_from(["IIA", "IIIB", "IV", "extensive"]),
        "tnm": st.just(["T2", "N1", "M0"]),
        "extent": st.lists(st.sampled_from(["metastatic", "recurrent", "localized", "newly_diagnosed"]), max_size=2),
        "performance": st.builds(
            lambda scale, value: [{"scale": scale, "value": value}], st.just("ECOG"), st.integers(0, 3)
        ),
        "biomarkers": st.lists(
            st.builds(
                lambda marker, state: {"marker": marker, "state": state},
                st.sampled_from(["EGFR", "ALK", "HER2", "PD-L1", "KRAS"]),
                st.sampled_from(["L858R", "T790M", "negative", "positive", "TPS 60%", "IHC 2+", "fusion"]),
            ),
            max_size=3,
        ),
        "prior_therapies": st.lists(_ENTRY, max_size=3),
        "prior_lines": st.integers(0, 3),
        "labs": st.lists(
            st.builds(
                lambda analyte, value: {"analyte": analyte, "value": value[0], "unit": value[1]},
                st.sampled_from(["ANC", "platelets", "bilirubin", "ALT", "hemoglobin", "QTc"]),
                st.sampled_from(
                    [(1.2, "10^9/L"), (92, "10^9/L"), (2.0, "xULN"), (8.8, "g/dL"), (460, "ms"), (3, "xULN")]
                ),
            ),
            max_size=4,
        ),
        "cns": st.sampled_from(["none", "active", "treated_stable", "leptomeningeal"]),
        "conditions": st.dictionaries(st.sampled_from(_TOPICS), st.sampled_from(_FORMS), max_size=5),
    },
)
PATIENTS: st.SearchStrategy[Patient] = PROFILES.map(read_profile)


def read_items(source: Path, every: int = 1) -> list[Item]:
    """Trials of a folder or file, with their criteria."""
    found = []
    for number, one in enumerate(iter_records(str(source))):
        if number % every == 0 and one.record is not None:
            trial = parse_study(one.record)
            found.append((trial, read_criteria(trial)))
    return found


def repeated(found: Sequence[Item], count: int) -> list[Item]:
    """As many trials, the same over and over under new ids."""
    return [
        (replace(trial, nct_id=f"NCT{90000000 + number:08d}"), criteria)
        for number in range(count)
        for trial, criteria in (found[number % len(found)],)
    ]


def differences(columns: CriteriaColumns, patient: Patient, found: Sequence[Item]) -> list[str]:
    """In which trials the columns and the tree do not agree: verdict, score, facts that keep it open."""
    answer = columns.assess(patient)
    open_facts = _open_facts(answer)
    wrong = []
    for trial, criteria in found:
        row = columns.row(trial.nct_id)
        assert row is not None
        tree = assess(patient, criteria, trial)
        verdict, score = tuple(Verdict)[answer.verdict[row]], float(answer.score[row])
        if verdict is not tree.verdict or abs(score - tree.score) > TOLERANCE:
            wrong.append(f"{trial.nct_id}: {verdict} {score:.6f}, the tree says {tree.verdict} {tree.score:.6f}")
        elif open_facts[row] != _lacking(tree, criteria):
            wrong.append(f"{trial.nct_id}: open for want of {open_facts[row]}, the tree: {_lacking(tree, criteria)}")
    return wrong


def _open_facts(answer: IndexAssessment) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in answer.verdict]
    for trial, fact in zip(*answer.open.pairs(), strict=True):
        found[trial].add(answer.open.names[fact])
    return found


def _lacking(tree: Assessment, criteria: Criteria) -> set[str]:
    groups = list(tree.groups)
    if apart(criteria):
        groups += [group for cohort in tree.cohorts if cohort.name == tree.best_cohort for group in cohort.groups]
    return {
        fact
        for group in groups
        if group.truth is Truth.UNKNOWN
        for member in group.members
        if member.truth is Truth.UNKNOWN and member.decisive
        for fact in member.missing
    }
