"""Diagnosis, stage, extent, CNS, performance."""

from __future__ import annotations

import pytest

from search.extraction.note import read_note


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("60M, NSCLC (adenocarcinoma) of the LUL", "LUAD"),
        ("60M, non-small cell lung cancer, squamous", "LUSC"),
        ("60M, NSCLC, non-squamous", "NSCLC"),
        ("SCC larynx, 60M", "LXSC"),
        ("66F with breast carcinoma; core biopsy: IDC grade 2", "IDC"),
        ("49F, B-ALL, BCR-ABL1 positive", "BLLBCRABL1"),
        ("70M pancreatic adenoca of the head", "PAAD"),
        ("61F, lung adenocarcinoma. Aunt had breast cancer at 40.", "LUAD"),
        ("61F with colon cancer. No history of melanoma.", "COAD"),
        ("61F, HGSC of the right fallopian tube", "HGSFT"),
        ("61F seen in the breast cancer clinic for a well visit", None),
    ],
)
def test_the_most_specific_code(note: str, code: str | None) -> None:
    assert read_note(note).profile.get("cancer") == code


def test_another_malignancy_is_a_condition() -> None:
    profile = read_note("70M, metastatic gastric adenocarcinoma. Basal cell carcinoma excised 3 years ago.").profile
    assert profile["cancer"] == "STAD"
    assert profile["conditions"] == {"second malignancy": "Basal cell carcinoma excised 3 years ago"}


@pytest.mark.parametrize(
    ("note", "stage"),
    [
        ("60M, stage IIIB NSCLC", "IIIB"),
        ("60F HGSOC, FIGO IIIC", "IIIC"),
        ("60M, stage IIIC, now IV melanoma", "IV"),
        ("60M extensive-stage SCLC", "extensive"),
        ("60M LS-SCLC", "limited"),
        ("60M multiple myeloma, ISS II", "ISS II"),
        ("60M HCC, BCLC C", "BCLC C"),
        ("60M esophageal SCC, metastatic to liver at diagnosis", "IVB"),
        ("60F, IDC breast, cT2N0M0", "IIA"),
        ("60M lung cancer with CKD stage 3", None),
        ("60M lung cancer, NYHA class II", None),
        ("60F breast cancer, recurrent with bone mets", None),
        ("60M SCC larynx T3N0. Stage I thyroid cancer cured 7 years ago.", None),
    ],
)
def test_stage(note: str, stage: str | None) -> None:
    assert read_note(note).profile.get("stage") == stage


def test_tnm_of_an_untreated_tumor() -> None:
    assert read_note("60M, laryngeal SCC cT3N1M0").profile["tnm"] == ["T3", "N1", "M0"]
    assert "tnm" not in read_note("60M, T4 vertebral lesion, melanoma").profile


@pytest.mark.parametrize(
    ("note", "values"),
    [
        ("60M, metastatic melanoma", {"metastatic"}),
        ("60M melanoma, no metastases", set()),
        ("60M melanoma with lymph node metastases only", set()),
        ("60M colon cancer with lung nodules", {"metastatic"}),
        ("60M PDAC, locally advanced, unresectable", {"locally_advanced", "unresectable"}),
        ("60M glioblastoma, recurrent, resectable", {"recurrent", "resectable"}),
        ("60M HCC, not a candidate for surgery", {"unresectable"}),
        ("60M, newly diagnosed AML", {"newly_diagnosed"}),
        ("60M larynx SCC, stage IVA, cT4aN1M0", {"locally_advanced"}),
        ("60M DLBCL stage IV, relapsed", {"relapsed"}),
        ("60M prostate cancer with bone mets, T <20 ng/dL, PSA rising", {"metastatic", "castration_resistant"}),
        ("60M sarcoma resected, without recurrence.", {"resected"}),
    ],
)
def test_extent(note: str, values: set[str]) -> None:
    found = read_note(note).profile.get("extent", [])
    assert isinstance(found, list)
    assert set(map(str, found)) == values


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("MRI brain neg.", "none"),
        ("MRI of the brain showed no evidence of metastases.", "none"),
        ("No CNS metastases.", "none"),
        ("Two brain mets treated with SRS 5 mo ago, stable on MRI.", "treated_stable"),
        ("New brain mets, growing.", "active"),
        ("Asymptomatic brain metastasis on screening MRI.", "untreated"),
        ("Leptomeningeal disease in CSF.", "leptomeningeal"),
        ("Sister has brain metastases.", None),
        ("Headaches last year.", None),
    ],
)
def test_cns(words: str, state: str | None) -> None:
    assert read_note(f"60M with melanoma. {words}").profile.get("cns") == state


@pytest.mark.parametrize(
    ("words", "scale", "value"),
    [
        ("ECOG 1.", "ECOG", 1),
        ("ECOG PS of 2", "ECOG", 2),
        ("Zubrod 0", "ECOG", 0),
        ("ECOG 0-1", "ECOG", 1),
        ("performance status is 1", "ECOG", 1),
        ("KPS 80%", "Karnofsky", 80),
        ("Lansky 90", "Lansky", 90),
    ],
)
def test_performance(words: str, scale: str, value: int) -> None:
    assert read_note(f"60M. {words}").profile["performance"] == [{"scale": scale, "value": value}]
