"""Extent and course of the disease in eligibility texts, and the words that only look like them."""

from __future__ import annotations

import pytest

from search.eligibility.criterion import Extent, Requirement
from search.extraction.criteria import read_text
from search.extraction.kinds.extents import EXTENTS

INCLUSION = "Inclusion Criteria:\n\n* "
EXCLUSION = "Inclusion Criteria:\n\n* Signed consent\n\nExclusion Criteria:\n\n* "


def extents(raw: str, title: str = "Lung cancer") -> list[tuple[str, tuple[str, ...]]]:
    read = read_text(raw, title, (), readers=(EXTENTS,))
    found = [item for item in read.items if isinstance(item.fact, Extent)]
    assert all(raw[item.evidence.start : item.evidence.end] == item.evidence.quote for item in found)
    return [(item.requirement.value, item.fact.values) for item in found if isinstance(item.fact, Extent)]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("Recurrent or metastatic carcinoma", [("recurrent", "metastatic")]),
        ("Locally advanced, unresectable or metastatic NSCLC", [("locally_advanced", "unresectable", "metastatic")]),
        ("Unresectable stage III melanoma", [("unresectable",)]),
        ("Relapsed/refractory multiple myeloma", [("relapsed", "refractory")]),
        ("Newly diagnosed glioblastoma", [("newly_diagnosed",)]),
        ("The disease must have relapsed", [("relapsed",)]),
        ("Metastatic castration-resistant prostate cancer", [("metastatic",), ("castration_resistant",)]),
        ("Oligometastatic non-small cell lung cancer", [("oligometastatic",)]),
        ("Not a candidate for curative surgical resection", [("unresectable",)]),
        ("Disease that is amenable to surgical resection", [("resectable",)]),
        ("Operable breast cancer", [("resectable",)]),
        ("Clinically localized prostate cancer", [("localized",)]),
        ("Leukemia with MRD-positive remission", [("measurable_residual",)]),
        ("Tumor that has locally recurred", [("recurrent",)]),
        ("Advanced (i.e., metastatic or locally recurrent) breast cancer", [("advanced", "metastatic", "recurrent")]),
        ("Progressive or recurrent disease", [("progressive", "recurrent")]),
    ],
)
def test_required(words: str, values: list[tuple[str, ...]]) -> None:
    assert sorted(extents(INCLUSION + words)) == sorted(("required", value) for value in values)


@pytest.mark.parametrize(
    "words",
    [
        "AST at most 5 times ULN in patients with liver metastases",
        "No active brain metastases",
        "Prior chemotherapy for metastatic disease is recorded",
        "At most two lines in the metastatic setting",
        "Refractory nausea or vomiting",
        "Recurrent infections",
        "Solid tumor that is refractory to standard therapy",
        "Platinum-refractory disease",
        "Advanced age",
        "Progressive multifocal leukoencephalopathy",
        "Age at least 18 years; locally recurrent pain",
        "Other malignancy: resected stage I cancer, no recurrence for 5 years",
    ],
)
def test_no_extent_of_the_disease(words: str) -> None:
    assert not extents(INCLUSION + words)


@pytest.mark.parametrize(
    "words",
    ["No evidence of distant metastases", "No evidence of\r\n   distant metastases", "Without metastatic disease"],
)
def test_negated_inclusion(words: str) -> None:
    assert extents(INCLUSION + words) == [("prohibited", ("metastatic",))]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("Metastatic disease", ("metastatic",)),
        ("Evidence of distant metastasis", ("metastatic",)),
        ("Recurrent or metastatic cancer", ("recurrent", "metastatic")),
        ("Locally recurrent breast cancer", ("recurrent",)),
    ],
)
def test_exclusions(words: str, values: tuple[str, ...]) -> None:
    assert extents(EXCLUSION + words, "Breast cancer") == [("prohibited", values)]


@pytest.mark.parametrize("words", ["Progressive disease on the last therapy", "Uncontrolled refractory disease"])
def test_courses_in_exclusions_are_outcomes(words: str) -> None:
    assert not extents(EXCLUSION + words)


def test_non_metastatic_is_not_metastatic() -> None:
    assert extents(INCLUSION + "Non-metastatic renal cell carcinoma", "Kidney cancer") == []


def test_previously_untreated_counts_for_blood_cancers_only() -> None:
    assert extents(INCLUSION + "Previously untreated disease", "Follicular lymphoma") == [
        ("required", ("newly_diagnosed",))
    ]
    assert not extents(INCLUSION + "Previously untreated disease", "Colorectal cancer")


def test_no_oncology_no_extent() -> None:
    assert not extents(INCLUSION + "Newly diagnosed disease", "Type 2 diabetes")


def test_extents_with_their_noun_between_are_alternatives() -> None:
    raw = "Inclusion Criteria:\n\n* Metastatic disease or unresectable locally advanced disease\n"
    assert [values for _, values in extents(raw)] == [("metastatic", "unresectable", "locally_advanced")]


def test_a_text_without_title_that_speaks_as_cancer_trials_do_is_one() -> None:
    raw = "Inclusion Criteria:\n\n* Measurable by RECIST 1.1\n* Metastatic disease\n"
    assert [values for _, values in extents(raw, title="")] == [("metastatic",)]


def test_whole_statements_joined_by_or_are_alternatives() -> None:
    raw = (
        "Inclusion Criteria:\n\n* Cervical cancer that has locally recurred and is not amenable to surgery OR "
        "metastatic disease that is not amenable to surgery\n"
    )
    items = [item for item in read_text(raw, "Cervical cancer").items if isinstance(item.fact, Extent)]
    assert all(item.requirement is Requirement.REQUIRED for item in items)
    told = [(item.fact.values, item.or_group) for item in items if isinstance(item.fact, Extent)]
    assert [values for values, _ in told] == [("recurrent",), ("unresectable",), ("metastatic",), ("unresectable",)]
    recurrent, first, metastatic, second = (group for _, group in told)
    assert recurrent == metastatic is not None
    assert first is second is None
