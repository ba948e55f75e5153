"""Stages in eligibility texts: groups, ranges, systems, TNM, and stages that are not the disease's."""

from __future__ import annotations

import pytest

from search.eligibility.criterion import Criterion, Stage
from search.extraction.criteria import read_text
from search.extraction.kinds.stages import STAGES

INCLUSION = "Inclusion Criteria:\n\n* "
EXCLUSION = "Inclusion Criteria:\n\n* Signed consent\n\nExclusion Criteria:\n\n* "


def items(raw: str, title: str = "Lung cancer") -> list[Criterion]:
    read = read_text(raw, title, (), readers=(STAGES,))
    found = [item for item in read.items if isinstance(item.fact, Stage)]
    assert all(raw[item.evidence.start : item.evidence.end] == item.evidence.quote for item in found)
    return found


def stages(raw: str, title: str = "Lung cancer") -> list[Stage]:
    return [item.fact for item in items(raw, title) if isinstance(item.fact, Stage)]


@pytest.mark.parametrize(
    ("words", "title", "values"),
    [
        ("Stage IV disease", "Lung cancer", ("IV",)),
        ("stage iiia or iiib tumor", "Lung cancer", ("IIIA", "IIIB")),
        ("Stages I-III", "Breast cancer", ("I", "II", "III")),
        ("Stage II to select IIIB disease", "Lung cancer", ("II", "IIIA", "IIIB")),
        ("stage I to operable stage III", "Breast cancer", ("I", "II", "III")),
        ("clinical stage I, II, or IIIa lesion", "Lung cancer", ("I", "II", "IIIA")),
        ("Stage II-IVA disease", "Esophageal cancer", ("II", "III", "IVA")),
        ("Stage I-B3, II-A2, II-B to IV-A", "Cervical cancer", ("IB3", "IIA2", "IIB", "IIIA", "IIIB", "IIIC", "IVA")),
        ("stage IIIB (malignant effusion) or stage IV", "Lung cancer", ("IIIB", "IV")),
        ("Stage IIIA/B", "Lung cancer", ("IIIA", "IIIB")),
        ("Stage IIIB or C", "Melanoma", ("IIIB", "IIIC")),
        ("INSS stage 2A or 4S", "Neuroblastoma", ("IIA", "IVS")),
        ("BCLC stage B or C", "Hepatocellular carcinoma", ("B", "C")),
        ("Rai stage III/IV", "Chronic lymphocytic leukemia", ("III", "IV")),
        ("Ann Arbor II-IV", "Follicular lymphoma", ("II", "III", "IV")),
        ("ISS stage II or III", "Multiple myeloma", ("II", "III")),
        ("extensive stage small cell lung cancer", "Lung cancer", ("extensive",)),
        ("limited-stage disease", "Small cell lung cancer", ("limited",)),
        ("Stage II or greater", "Breast cancer", ("II", "III", "IV")),
        ("Stage \u2162B", "Lung cancer", ("IIIB",)),
    ],
)
def test_groups(words: str, title: str, values: tuple[str, ...]) -> None:
    assert [stage.values for stage in stages(INCLUSION + words, title)] == [values]


@pytest.mark.parametrize(
    ("words", "tnm"),
    [
        ("T2-4, any N, M0 tumor", {"T2", "T3", "T4", "Nany", "M0"}),
        ("cT3N1M0 carcinoma", {"T3", "N1", "M0"}),
        ("ypT2N1M0", {"T2", "N1", "M0"}),
        ("TanyNanyM1 disease", {"Tany", "Nany", "M1"}),
        ("T1-4(or Tx)N0-3M1a-c", {"T1", "T2", "T3", "T4", "TX", "N0", "N1", "N2", "N3", "M1a", "M1b", "M1c"}),
        ("T(any) N(any) M1", {"Tany", "Nany", "M1"}),
        ("T1-2NO-1MO by endosonography", {"T1", "T2", "N0", "N1", "M0"}),
        ("clinical T3 or higher", {"T3", "T4"}),
        ("<= T2a stage disease", {"T1", "T2a"}),
        ("Lymph node negative", {"N0"}),
    ],
)
def test_tnm(words: str, tnm: set[str]) -> None:
    assert [set(stage.tnm) for stage in stages(INCLUSION + words, "Breast cancer")] == [tnm]


def test_apposition_is_one_criterion() -> None:
    found = stages(INCLUSION + "TanyNanyM1, stage IVB (AJCC 9th edition)", "Nasopharyngeal carcinoma")
    assert [(set(stage.values), set(stage.tnm)) for stage in found] == [({"IVB"}, {"Tany", "Nany", "M1"})]
    assert found[0].system == "AJCC"
    assert found[0].edition == "9"


def test_combinations_are_told_apart() -> None:
    found = stages(INCLUSION + "One of: T1 N1-3 M0, T2-4 any N M0", "Head and neck cancer")
    assert [set(stage.tnm) for stage in found] == [{"T1", "N1", "N2", "N3", "M0"}, {"T2", "T3", "T4", "Nany", "M0"}]


@pytest.mark.parametrize(
    "words",
    [
        "No other malignancy except adequately treated stage I or II cancer in complete remission",
        "Stage 3 chronic kidney disease or better",
        "New York Heart Association stage II heart failure",
        "Stage 2 pressure ulcer",
        "Two-stage design: in stage 1 of the study six patients",
        "T1-weighted MRI without contrast",
        "TSH, free T3 and T4 within normal limits",
        "AJCC staging is required",
        "Prior chemoradiation for stage III disease is recorded",
        "Patients with stage IA tumors must have had lobectomy",
    ],
)
def test_no_stage_of_the_disease(words: str) -> None:
    assert not stages(INCLUSION + words)


def test_other_malignancy_list_without_indentation() -> None:
    raw = EXCLUSION + (
        "Concurrent or prior malignancy except for the following:\n* Treated basal cell skin cancer\n"
        "* Adequately treated stage I or II cancer"
    )
    assert not stages(raw, "Prostate cancer")


@pytest.mark.parametrize("words", ["Stage IV (metastatic) breast cancer", "Evidence of stage IV disease"])
def test_excluded_stage(words: str) -> None:
    assert [item.requirement.value for item in items(EXCLUSION + words, "Breast cancer")] == ["prohibited"]


def test_excluded_node_inside_a_requirement() -> None:
    found = items(INCLUSION + "Stage II to select stage IIIB (N2 but excluding N3)")
    by_token = {
        token: item.requirement.value for item in found if isinstance(item.fact, Stage) for token in item.fact.tnm
    }
    assert by_token == {"N2": "required", "N3": "prohibited"}


def test_no_oncology_no_stage() -> None:
    assert not stages(INCLUSION + "Hoehn and Yahr stage I to III", "Music in Parkinson disease")


@pytest.mark.parametrize("wrapped", ["stage II,\r\n     III or IV", "stage II, III\nor IV", "Stage\u00a0II, III or IV"])
def test_wrapping_changes_nothing(wrapped: str) -> None:
    raw = f"Inclusion Criteria:\r\n\r\n  -  Histologically confirmed ovarian carcinoma of {wrapped}"
    assert [stage.values for stage in stages(raw, "Ovarian cancer")] == [("II", "III", "IV")]


@pytest.mark.parametrize("start", [INCLUSION + "No prior ", EXCLUSION + "Prior "])
def test_the_stage_a_therapy_was_for_is_not_the_patients(start: str) -> None:
    words = "chemotherapy for advanced (stage IIIB/C not amenable to surgery) or metastatic (Stage IV) disease"
    assert stages(start + words) == []
