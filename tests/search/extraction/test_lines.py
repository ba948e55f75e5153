from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.eligibility.criterion import Section
from search.extraction.lines import criteria_text
from search.extraction.normal import fold, plain

MARKDOWN = """Inclusion Criteria:

* Age \\>= 18 years
* Adequate organ function, defined as:

  * Platelets ≥ 100 x 109/L
  * Bilirubin \\< 1.5 x ULN
* Cohort A only: HER2-positive disease

Exclusion Criteria:

1. Active brain metastases. Treated metastases are allowed.
2. Prior anti-PD-1 therapy
"""

WRAPPED = """
        Inclusion Criteria:

          -  Histologically confirmed carcinoma of the invented organ that was not treated before with
             any systemic therapy

          -  ECOG 0-1

        Exclusion Criteria:

          -  Pregnancy
"""

RUN_ON = (
    "DISEASE CHARACTERISTICS: Histologically proven imaginary sarcoma Measurable disease No brain metastases "
    "PATIENT CHARACTERISTICS: Age: 18 and over Performance status: ECOG 0-2 Hepatic: Bilirubin less than 1.5 mg/dL "
    "SGOT and SGPT less than 2.5 times normal PRIOR CONCURRENT THERAPY: Chemotherapy: No prior chemotherapy"
)


def texts(raw: str) -> list[str]:
    return [" ".join(line.plain.split()) for line in criteria_text(raw).lines if not line.is_heading]


def test_bullets_numbers_and_nesting() -> None:
    text = criteria_text(MARKDOWN)
    content = [line for line in text.lines if not line.is_heading]
    assert [" ".join(line.plain.split())[:20] for line in content] == [
        "Age >= 18 years",
        "Adequate organ funct",
        "Platelets ≥ 100 x 10",
        "Bilirubin < 1.5 x UL",
        "Cohort A only: HER2-",
        "Active brain metasta",
        "Prior anti-PD-1 ther",
    ]
    parent = text.parent(content[3])
    assert parent is not None
    assert parent.plain.startswith("Adequate organ function")
    assert [line.section for line in content] == [Section.INCLUSION] * 5 + [Section.EXCLUSION] * 2
    assert [line.cohort for line in content] == [None] * 4 + ["Cohort A"] + [None] * 2
    assert text.cohorts == ("Cohort A",)


def test_lines_broken_at_a_fixed_width_are_joined() -> None:
    assert texts(WRAPPED) == [
        (
            "Histologically confirmed carcinoma of the invented organ that was not treated before with "
            "any systemic therapy"
        ),
        "ECOG 0-1",
        "Pregnancy",
    ]


def test_the_old_layout_without_punctuation_is_cut_into_statements_under_their_labels() -> None:
    text = criteria_text(RUN_ON)
    found = {" ".join(line.plain.split()): line.headings[-1:] for line in text.lines if not line.is_heading}
    assert found == {
        "Histologically proven imaginary sarcoma": ("disease characteristics",),
        "Measurable disease": ("disease characteristics",),
        "No brain metastases": ("disease characteristics",),
        "18 and over": ("age",),
        "ECOG 0-2": ("performance status",),
        "Bilirubin less than 1.5 mg/dL": ("hepatic",),
        "SGOT and SGPT less than 2.5 times normal": ("hepatic",),
        "No prior chemotherapy": ("chemotherapy",),
    }


def test_a_cohort_heading_scopes_what_stands_under_it_and_a_section_ends_it() -> None:
    text = criteria_text(
        "Inclusion Criteria:\n\n* Age 18\n\nCohort B:\n\n* EGFR mutation\n* No prior TKI\n\n"
        "Exclusion Criteria:\n\n* Pregnancy"
    )
    assert [line.cohort for line in text.lines if not line.is_heading] == [None, "Cohort B", "Cohort B", None]


@pytest.mark.parametrize("raw", [MARKDOWN, WRAPPED, RUN_ON, "", " \n ", "* ", "Inclusion Criteria:", "x" * 5000])
def test_nothing_vanishes_and_offsets_hold(raw: str) -> None:
    check(raw)


@given(st.text(alphabet=st.sampled_from(list("aB1.;:*-\n\r\t ()≥\\×é\u3000（İ")), max_size=400))
def test_any_text_is_accounted_for(raw: str) -> None:
    check(raw)


def check(raw: str) -> None:
    text = criteria_text(raw)
    assert len(text.plain) == len(text.folded) == len(raw)
    covered = bytearray(len(raw))
    last = 0
    for line in text.lines:
        assert last <= line.start < line.end <= len(raw)
        last = line.end
        assert line.plain == text.plain[line.start : line.end]
        covered[line.start : line.end] = b"\x01" * (line.end - line.start)
    left = "".join(c if not covered[i] else " " for i, c in enumerate(text.plain))
    # What no line holds is white space and the marks that make a line an item: bullets, numbers, letters.
    for rest in left.split("\n"):
        bare = re.sub(r"[\s*•·#()\-.:;]", "", rest)
        assert len(bare) <= 4 or re.fullmatch(r"[\dA-Za-z]{0,8}", bare), rest


def test_views_have_the_same_length_and_plain_characters() -> None:
    raw = "ＡＧＥ\u00a0≧ 18 \\> “x” – 10×10⁹/L İ"
    assert len(plain(raw)) == len(raw)
    assert plain(raw) == 'AGE ≥ 18  > "x" - 10x109/L İ'
    assert len(fold(plain(raw))) == len(raw)


@pytest.mark.parametrize(
    ("raw", "inclusions", "exclusions"),
    [
        ("Inclusion Criteria:\n\n* Adults\n\nExclusion Criteria: pregnant women\n", ["Adults"], ["pregnant women"]),
        ("Inclusion Criteria: Adults. ECOG 0-1. Exclusion Criteria: HIV.", ["Adults. ECOG 0-1."], ["HIV."]),
        (
            "Inclusion criteria:;   Adults;   stage II; Exclusion Criteria:;   HIV infection;   prior surgery",
            ["Adults", "stage II;"],
            ["HIV infection", "prior surgery"],
        ),
        (
            "Inclusion Criteria:~Adults~stage II~Exclusion Criteria:~HIV infection~pregnant",
            ["Adults", "stage II"],
            ["HIV infection", "pregnant"],
        ),
        (
            "Inclusion Criteria:\n* Adults of 18 years who can consent. Exclusion Criteria\n* HIV infection",
            ["Adults of 18 years who can consent."],
            ["HIV infection"],
        ),
        (
            "Adults eligible for surgery must be 21 or older.\nECOG 0",
            ["Adults eligible for surgery must be 21 or older.", "ECOG 0"],
            [],
        ),
    ],
)
def test_lines_of_copies_that_lost_their_line_ends(raw: str, inclusions: list[str], exclusions: list[str]) -> None:
    found = [line for line in criteria_text(raw).lines if not line.is_heading]
    assert [line.plain for line in found if line.section is Section.INCLUSION] == inclusions
    assert [line.plain for line in found if line.section is Section.EXCLUSION] == exclusions


def test_tildes_that_mean_about_break_no_line() -> None:
    assert texts("* About ~3 weeks apart\n* Weighs ~50 kg, ~60 kg or ~70 kg") == [
        "About ~3 weeks apart",
        "Weighs ~50 kg, ~60 kg or ~70 kg",
    ]
