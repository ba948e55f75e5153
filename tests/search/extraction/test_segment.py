"""Sections of eligibility texts; every text here is made up, its layout is the registry's."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.extraction.segment import section_text, sections


def kinds(text: str) -> list[tuple[str, str]]:
    return [(part.kind[0], text[part.start : part.end].strip()) for part in sections(text)]


@pytest.mark.parametrize(
    "heading",
    [
        "Exclusion Criteria:",
        "Exclusion Criteria",
        "EXCLUSION CRITERIA:",
        "exclusion criteria:",
        "Exclusion Criteria --",
        "Exclusion criteria :",
        "Exclusion Criterion:",
        "Exclusion Critieria:",
        "Exclusion:",
        "EXCLUSION",
        "Exclusions:",
        "Key Exclusion",
        "Key Exclusion Criteria:",
        "Main Exclusion Criteria",
        "- EXCLUSION CRITERIA:",
        "* Exclusion Criteria:",
        "2. Exclusion criteria:",
        "**Exclusion Criteria:**",
        "Procurement Exclusion Criteria",
        "Recipient Exclusion Criteria (Strata 1, 2)",
        "Part 2: Key Exclusion Criteria",
        "Exclusion Criteria for All Participants:",
        "Exclusion criteria for healthy volunteers",
        "EXCLUSION CRITERIA - Donor:",
        "Exclusion Criteria include:",
        "The main exclusion criteria include but are not limited to the following:",
        "CRITERIA FOR EXCLUSION:",
        "Non-inclusion criteria:",
        "Ineligibility Criteria:",
        "Eligibility criteria - exclusion:",
        "Excluded:",
        "Not eligible:",
        "Patients with the following are excluded:",
        "Patients must NOT have:",
        "Participants must not have any of the following:",
        "You will not be eligible for this study if you:",
        "Candidates will be excluded if they:",
        "Individuals who meet any of the following criteria are not eligible to participate in the study:",
        "Criterios de exclusión:",
        "Critérios de exclusão:",
        "Criteri di esclusione:",
        "Critères d'exclusion :",
        "Critères de non-inclusion :",
        "Ausschlusskriterien:",
        "排除标准：",
        "Key Exclusion Criteria Include:",
        "[Exclusion Criteria]",
        "<Exclusion Criteria>",
        "List of exclusion criteria:",
        "Exclusion (Exc) Criteria:",
        "2.1.2 EXCLUSION CRITTERIA:",
        "Exclusion Criteria*:",
        "Exclusion Criteria applicable to all modules (Groups 1/2):",
        "Exclusion Criteria prior to leukapheresis:",
        "Key exclusion criteria common to all arms:",
        "Key Exclusion Criteria PART 1 and PART 2",
        "Exclusion -",
        "Patients with any of these problems will be considered ineligible:",
        "Subjects should not enter the study if any of the following exclusion criteria are fulfilled:",
        "Anybody who meets one of the following exclusion criteria is not to be enrolled in the study:",
        "A potential subject who meets any of the following exclusion criteria is ineligible to participate.",
        "Subjects must meet NONE of the following exclusion criteria to be enrolled:",
    ],
)
def test_headings_of_exclusions(heading: str) -> None:
    text = f"Inclusion Criteria:\n\n* Adults\n\n{heading}\n\n* Pregnant\n"
    assert kinds(text) == [("i", "Inclusion Criteria:\n\n* Adults"), ("e", f"{heading}\n\n* Pregnant")]


@pytest.mark.parametrize(
    "heading",
    [
        "Inclusion Criteria:",
        "INCLUSION CRITERIA",
        "Key Inclusion Criteria",
        "Treatment Inclusion Criteria:",
        "Inclusion:",
        "Eligibility Criteria:",
        "Inclusion criteria for cohort 2:",
        "Patients may be eligible for this study if they:",
        "Required:",
        "Criterios de inclusión:",
        "Critères d'inclusion :",
        "Einschlusskriterien:",
        "入选标准：",
    ],
)
def test_headings_of_inclusions(heading: str) -> None:
    text = f"Exclusion Criteria:\n\n* Pregnant\n\n{heading}\n\n* Adults\n"
    assert kinds(text) == [("e", "Exclusion Criteria:\n\n* Pregnant"), ("i", f"{heading}\n\n* Adults")]


@pytest.mark.parametrize(
    "line",
    [
        "Other protocol-defined exclusion criteria may apply.",
        "* Other protocol-defined Inclusion/Exclusion criteria apply",
        "* Participants not meeting the exclusion criteria",
        "* Any exclusion criteria that would exclude a healthy control",
        "* Reasons for exclusion are recorded",
        "* Pregnant women are excluded from this study",
        "* Note: the following will NOT be exclusionary:",
        "* Exclusion of an active infection by culture",
        "* Willing to follow the study's in- and exclusion rules",
        "excluded",
        "exclusion.",
        "will be excluded.",
        "exclusion criteria at several sites for determining participation of",
        "* At the time of exclusion, no older than 80 years",
        "* The lesion must not exceed any of the following:",
    ],
)
def test_sentences_that_only_mention_criteria_are_no_headings(line: str) -> None:
    text = f"Inclusion Criteria:\n\n* Adults\n{line}\n* Consent\n"
    assert [kind for kind, _ in kinds(text)] == ["i"]


@pytest.mark.parametrize(
    ("text", "exclusion"),
    [
        (
            "Inclusion Criteria: 1. Adults. 2. NSCLC. Exclusion Criteria: 1. Pregnant.",
            "Exclusion Criteria: 1. Pregnant.",
        ),
        ("INCLUSION CRITERIA Adults with NSCLC EXCLUSION CRITERIA Pregnant", "EXCLUSION CRITERIA Pregnant"),
        ("Inclusion Criteria:; Adults; Exclusion:; Pregnant", "Exclusion:; Pregnant"),
        ("入选标准：成人。排除标准：妊娠。", "排除标准：妊娠。"),
    ],
)
def test_one_paragraph_with_its_headings_inside(text: str, exclusion: str) -> None:
    assert section_text(text, "exclusion") == exclusion


def test_the_old_layout_without_an_exclusion_heading_is_all_inclusion() -> None:
    text = (
        "\n        DISEASE CHARACTERISTICS:\r\n\r\n          -  Made-up cancer\r\n\r\n"
        "        PATIENT CHARACTERISTICS:\r\n\r\n          -  No other cancer\r\n"
    )
    assert [part.kind for part in sections(text)] == ["inclusion"]


def test_indented_texts_with_carriage_returns() -> None:
    inclusion = "Inclusion Criteria:\r\n\r\n          -  Adults"
    exclusion = "Exclusion Criteria:\r\n\r\n          -  Pregnant"
    text = f"\n        {inclusion}\r\n\r\n        {exclusion}\r\n"
    assert kinds(text) == [("i", inclusion), ("e", exclusion)]


def test_what_stands_before_the_first_heading_is_inclusion() -> None:
    assert kinds("Adults.\n\nExclusion Criteria:\nx") == [("i", "Adults."), ("e", "Exclusion Criteria:\nx")]


def test_an_item_speaks_for_the_items_below_it_only() -> None:
    text = "* Adults\n* Patients must not have:\n   * a\n   * b\n* Consent\n"
    assert kinds(text) == [("i", "* Adults"), ("e", "* Patients must not have:\n   * a\n   * b"), ("i", "* Consent")]


def test_cohorts_with_lists_of_their_own() -> None:
    headings = [f"Cohort {n} {kind} Criteria:" for n in (1, 2) for kind in ("Inclusion", "Exclusion")]
    text = "\n".join(f"{heading}\n{item}" for heading, item in zip(headings, "abcd", strict=True))
    assert [kind for kind, _ in kinds(text)] == ["i", "e", "i", "e"]
    assert section_text(text, "inclusion") == "Cohort 1 Inclusion Criteria:\na\n\nCohort 2 Inclusion Criteria:\nc\n"


@pytest.mark.parametrize("heading", ["Withdrawal Criteria:", "Criteria for discontinuation:", "Elimination criteria"])
def test_criteria_that_decide_about_neither(heading: str) -> None:
    assert kinds(f"Adults\nExclusion Criteria:\nx\n{heading}\ny")[-1] == ("o", f"{heading}\ny")


def test_an_empty_text_has_no_sections() -> None:
    assert sections("") == ()
    assert section_text("", "inclusion") == ""


@given(
    st.lists(
        st.sampled_from(
            [
                "Inclusion Criteria:",
                "\n",
                "Exclusion Criteria",
                "* Must not have:",
                "   * x",
                "\r\n",
                "Withdrawal criteria:",
            ]
        )
        | st.text(max_size=8),
        max_size=12,
    ).map("".join)
)
def test_sections_cover_the_whole_text(text: str) -> None:
    found = sections(text)
    assert "".join(text[part.start : part.end] for part in found) == text
    assert all(left.end == right.start and left.kind != right.kind for left, right in pairwise(found))
    assert all(part.start < part.end for part in found)


def test_a_hostile_text_takes_no_time() -> None:
    text = ("criteria for " * 4000 + "\n") + "exclusion " * 9000 + ":" + "\n* " * 5000 + "(" * 20000
    assert sections(text)[0].start == 0


@pytest.mark.parametrize(
    "line",
    [
        "Must be ineligible for cisplatin, defined by one of the following:",
        "Must be considered ineligible for intensive therapy, defined by the following:",
        "Patients with hepatitis B will be excluded unless all of the following criteria are met:",
        "Patients must meet all of the following inclusion criteria and none of the following exclusion criteria:",
        "Exclusion criteria related to the imaging agent (an allergy to it, for example) are in the protocol",
        "Inclusion and Exclusion Criteria:",
        "Extensive disease (See EXCLUSION CRITERIA), or a high tumor burden",
        "Allowed as described in the Exclusion Criteria",
    ],
)
def test_lines_that_open_no_exclusions(line: str) -> None:
    assert all(kind == "i" for kind, _ in kinds(f"Inclusion Criteria:\n\n* Adults\n\n{line}\n\n* ECOG 0-1\n"))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Inclusion Criteria:;   Adults;   stage II; Exclusion Criteria:;   Pregnant;   HIV", "Exclusion Criteria:"),
        ("Inclusion Criteria:;   Adults;   stage II;   Exclusion Criteria;   Pregnant;   HIV", "   Exclusion Criteria"),
        ("Inclusion Criteria:~Adults~stage II~Exclusion Criteria~pregnant~HIV infection", "Exclusion Criteria"),
        ("Inclusion Criteria: Adults. Consent given. Exclusion Criteria Pregnant women", "Exclusion Criteria"),
        (
            "Inclusion Criteria:\n* Adults\n* Able to give written consent to the study Exclusion Criteria\n* Pregnant",
            "Exclusion Criteria",
        ),
        ("Inclusion Criteria:\n* Adults. 4.2 Exclusion Criteria\n* Pregnant", "Exclusion Criteria"),
    ],
)
def test_exclusions_that_begin_inside_a_line(text: str, at: str) -> None:
    assert [part.start for part in sections(text) if part.kind == "exclusion"] == [text.index(at)]


def test_an_export_without_headings_lists_the_exclusions_below_the_fields_of_the_registry() -> None:
    text = "Proven glioma\n\nHealthy volunteers allowed\nMust have minimum age of 18 Years\n\nPrior stroke\n"
    assert kinds(text) == [
        ("i", "Proven glioma\n\nHealthy volunteers allowed\nMust have minimum age of 18 Years"),
        ("e", "Prior stroke"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Proven glioma\nMust have minimum age of 18 Years\n",
        "Must have minimum age of 18 Years\nProven glioma\n",
        "Proven glioma\n",
    ],
)
def test_fields_of_the_registry_at_either_end_divide_nothing(text: str) -> None:
    assert [kind for kind, _ in kinds(text)] == ["i"]
