"""Cancer types in eligibility texts: the disease under study, alternatives, diseases that do not qualify."""

from __future__ import annotations

import pytest

from search.config import DEFAULT_CONFIG
from search.eligibility.criterion import Cancer, Criterion
from search.extraction.criteria import read_text
from search.extraction.kinds.cancers import CANCERS

INCLUSION = "Inclusion Criteria:\n\n* "
EXCLUSION = "Inclusion Criteria:\n\n* Signed consent\n\nExclusion Criteria:\n\n* "


def cancers(raw: str, title: str = "", *conditions: str) -> list[Criterion]:
    read = read_text(raw, title, conditions, readers=(CANCERS,))
    items = [item for item in read.items if isinstance(item.fact, Cancer)]
    assert all(raw[item.evidence.start : item.evidence.end] == item.evidence.quote for item in items)
    return items


def stated(raw: str, title: str = "", *conditions: str) -> list[tuple[str, frozenset[str]]]:
    return [
        (item.requirement.value, item.fact.codes)
        for item in cancers(raw, title, *conditions)
        if isinstance(item.fact, Cancer)
    ]


@pytest.mark.parametrize(
    ("words", "title", "codes"),
    [
        ("Histologically confirmed non-small cell lung cancer", "Lung cancer trial", {"NSCLC"}),
        ("Patients with cytologically proven pancreatic ductal adenocarcinoma", "Pancreatic cancer", {"PAAD"}),
        ("Breast cancer, stage II", "Exercise in breast cancer", {"BREAST"}),
        ("Squamous or adenosquamous carcinoma of the cervix", "Cervical cancer", {"CESC", "CEAS"}),
        (
            "Histology: adenocarcinoma or squamous cell carcinoma",
            "Chemoradiation for oesophageal cancer",
            {"ESCA", "ESCC"},
        ),
        ("History of prostate cancer treated by surgery", "Fatigue in prostate cancer", {"PROSTATE"}),
        ("Scheduled to undergo surgery for colorectal cancer", "Prehabilitation", {"COADREAD"}),
        ("Confirmed diagnosis of an advanced solid tumor", "First in human study in solid tumors", {"_SOLID_"}),
    ],
)
def test_required(words: str, title: str, codes: set[str]) -> None:
    assert ("required", frozenset(codes)) in stated(INCLUSION + words, title)


@pytest.mark.parametrize(
    "words",
    [
        "No other malignancy within 5 years except basal cell carcinoma or cervical carcinoma in situ",
        "Prior chemotherapy for bladder cancer is recorded",
        "Family history of ovarian cancer is recorded",
        "Response is measured by RECIST for solid tumors or Lugano for lymphoma",
        "Tumor tissue from the melanoma biopsy must be available",
        "For patients with melanoma: LDH below twice the upper limit",
        "Patients with hepatocellular carcinoma must have Child-Pugh class A",
    ],
)
def test_mentions_that_require_nothing(words: str) -> None:
    found = stated(INCLUSION + "Histologically confirmed urothelial carcinoma\n* " + words, "Urothelial cancer")
    assert [requirement for requirement, _ in found] == ["required"]


@pytest.mark.parametrize(
    ("words", "title", "codes"),
    [
        ("Inflammatory breast cancer", "Breast cancer", {"IBC"}),
        ("Nasopharyngeal carcinoma", "Head and neck squamous cell carcinoma", {"NPC"}),
        ("Patients with fibrolamellar or sarcomatoid hepatocellular carcinoma", "Hepatocellular carcinoma", {"FLC"}),
        ("Uveal melanoma", "Advanced cutaneous melanoma", {"UM"}),
        ("Diagnosis of anaplastic large cell lymphoma (ALCL)", "ALK-positive solid tumors", {"ALCL"}),
    ],
)
def test_diseases_that_rule_out(words: str, title: str, codes: set[str]) -> None:
    assert ("prohibited", frozenset(codes)) in stated(EXCLUSION + words, title)


@pytest.mark.parametrize(
    "words",
    [
        "Metastatic breast cancer",  # the disease under study: its extent rules out, not the disease
        "Prior treatment for breast cancer",
        "History of ductal carcinoma in situ",
        "Myelodysplastic syndrome or acute myeloid leukemia",
        "HIV with a history of Kaposi sarcoma",
        "Other malignancy such as lung cancer within 3 years",
    ],
)
def test_exclusions_that_set_nothing_apart(words: str) -> None:
    assert not stated(EXCLUSION + words, "Early breast cancer")


def test_uveal_melanoma_not_eligible_inside_an_inclusion() -> None:
    raw = INCLUSION + "Histologically confirmed melanoma. Patients with uveal melanoma are not eligible."
    assert stated(raw, "Melanoma") == [("required", frozenset({"MEL"})), ("prohibited", frozenset({"UM"}))]


def test_alternatives_of_a_list_share_their_codes() -> None:
    raw = INCLUSION + (
        "Confirmed cancer of one of the following types:\n  * Serous carcinoma\n  * Endometrioid carcinoma"
    )
    found = stated(raw, "Ovarian cancer")
    assert len(found) == 2
    assert found[0] == found[1]
    assert {"SOC", "EOV"} <= found[0][1]


def test_a_basket_gives_alternatives_of_one_group() -> None:
    raw = INCLUSION + (
        "Confirmed melanoma, renal cell carcinoma, hepatocellular carcinoma, cervical cancer, or bladder cancer"
    )
    found = cancers(raw, "Basket study in advanced solid tumors")
    assert len(found) == 5
    assert len({item.or_group for item in found}) == 1
    assert found[0].or_group is not None


def test_cohorts_keep_their_own_disease() -> None:
    raw = (
        "Inclusion Criteria:\n\nCohort A:\n* Confirmed glioblastoma\n\nCohort EBRC:\n* Confirmed breast cancer\n"
        "\nAll cohorts:\n* Consent"
    )
    found = {item.cohort: item.fact for item in cancers(raw, "Solid tumors")}
    assert found["Cohort A"] == Cancer(frozenset({"GB"}))
    assert found["Cohort EBRC"] == Cancer(frozenset({"BREAST"}))


def test_open_list_is_allowed_not_required() -> None:
    raw = (
        INCLUSION
        + "Advanced solid tumor including, but not limited to:\n  * Cholangiocarcinoma\n  * Renal cell carcinoma"
    )
    assert ("allowed", frozenset({"RCC"})) in stated(raw, "Advanced solid tumors")
    assert ("required", frozenset({"RCC"})) not in stated(raw, "Advanced solid tumors")


def test_a_name_that_says_less_is_not_repeated() -> None:
    raw = INCLUSION + "Confirmed invasive breast carcinoma\n* HER2-negative breast cancer by IHC"
    assert stated(raw, "Breast cancer") == [("required", frozenset({"BRCA"}))]


def test_no_oncology_no_cancer() -> None:
    raw = INCLUSION + "Parkinson disease, Hoehn and Yahr stage I-III\n* No cancer in the last five years"
    assert not stated(raw, "Music in Parkinson disease", "Parkinson Disease")


def test_the_unit_per_microlitre_is_no_lymphoma() -> None:
    assert not stated(INCLUSION + "Platelets at least 75,000/mcl", "Lymphoma trial", "Neuroblastoma")


def test_disease_of_a_record_without_title() -> None:
    raw = "Inclusion Criteria:\n\n* Locally advanced esophageal cancer\n* Histology must be adenocarcinoma"
    assert ("required", frozenset({"ESCA"})) in stated(raw)


@pytest.mark.parametrize("bullet", ["* ", "- ", "1. ", "• ", "  *  "])
@pytest.mark.parametrize("heading", ["Inclusion Criteria:", "INCLUSION CRITERIA", "Key inclusion criteria:"])
def test_layout_changes_nothing(bullet: str, heading: str) -> None:
    raw = f"{heading}\n\n{bullet}Histologically confirmed non-small cell lung\n     cancer (NSCLC)"
    assert stated(raw, "NSCLC") == [("required", frozenset({"NSCLC"}))]


@pytest.mark.parametrize(
    ("words", "title", "among"),
    [
        ("Confirmed melanoma, including cutaneous, mucosal, ocular or uveal subtypes", "Melanoma", {"MEL", "UM", "OM"}),
        ("Metastatic melanoma (including uveal/ocular and mucosal melanoma)", "Melanoma", {"MEL", "UM", "HNMUCM"}),
        ("Confirmed thyroid cancer, such as papillary, follicular or medullary", "Thyroid cancer", {"THYROID", "THPA"}),
        ("Soft tissue sarcoma, including leiomyosarcoma and liposarcoma", "Sarcoma", {"SOFT_TISSUE", "LMS", "LIPO"}),
    ],
)
def test_a_list_of_kinds_adds_to_the_disease(words: str, title: str, among: set[str]) -> None:
    ((requirement, codes),) = stated(f"{INCLUSION}{words}\n", title, title)
    assert requirement == "required"
    assert among <= codes


def test_words_that_are_no_kinds_add_nothing() -> None:
    raw = f"{INCLUSION}Confirmed breast cancer, including skin, chest wall and lymph nodes\n"
    assert stated(raw, "Breast cancer") == [("required", frozenset({"BREAST"}))]


@pytest.mark.parametrize(
    "words",
    [
        "Central squamous cell lung cancer",
        "Squamous cell lung cancer with invasion of a large vessel",
        "Squamous cell lung cancer located near the hilum",
        "Transthoracically biopsied squamous cell lung cancer",
        "Squamous cell lung cancer larger than 7 cm",
    ],
)
def test_words_that_narrow_a_prohibited_disease_make_it_unsure(words: str) -> None:
    (item,) = cancers(f"{EXCLUSION}{words}\n", "Drug in NSCLC", "Non-small Cell Lung Cancer")
    assert item.confidence < DEFAULT_CONFIG.eligibility.hard_confidence


@pytest.mark.parametrize(
    "words",
    [
        "Squamous cell lung cancer",
        "Patients with known squamous cell lung cancer",
        "Histologically confirmed squamous cell lung cancer at screening",
        "Predominantly squamous cell lung cancer is excluded",
    ],
)
def test_a_disease_that_is_prohibited_as_a_whole_is_sure(words: str) -> None:
    (item,) = cancers(f"{EXCLUSION}{words}\n", "Drug in NSCLC", "Non-small Cell Lung Cancer")
    assert item.confidence >= DEFAULT_CONFIG.eligibility.hard_confidence
