"""Laboratory thresholds: spelling, allowed side, conditions, alternatives, and numbers that are no thresholds."""

from __future__ import annotations

import pytest

from search.eligibility.criterion import Lab, Requirement
from search.extraction.kinds.lab_conditions import find_condition, negated
from search.extraction.kinds.lab_tables import LAB_TABLES
from search.extraction.kinds.labs import LABS
from search.extraction.lines import criteria_text
from search.extraction.reading import Finding

Short = tuple[str, str, float, str | None]


def findings(raw: str) -> list[Finding]:
    text = criteria_text(raw)
    found: list[Finding] = []
    for line in text.lines:
        for reader in (LABS, LAB_TABLES):
            if not line.is_heading and any(trigger in line.folded for trigger in reader.triggers):
                found += reader(line, text)
    for finding in found:
        assert 0 <= finding.start < finding.end <= len(raw)
        assert finding.requirement is Requirement.REQUIRED
    return found


def labs(statement: str, section: str = "Inclusion") -> list[Lab]:
    facts = [f.fact for f in findings(f"{section} Criteria:\n\n* {statement}\n")]
    assert all(isinstance(fact, Lab) for fact in facts)
    return [fact for fact in facts if isinstance(fact, Lab)]


def short(statement: str, section: str = "Inclusion") -> list[Short]:
    return [(f.analyte, f.op, f.value, f.unit) for f in labs(statement, section)]


def conditions(statement: str, section: str = "Inclusion") -> list[tuple[str, float, str | None]]:
    return [(f.analyte, f.value, f.condition) for f in labs(statement, section)]


@pytest.mark.parametrize(
    "statement",
    [
        "Absolute neutrophil count (ANC) ≥ 1,500/mm3",
        "ANC \\>= 1500/µL",
        "ANC >= 1500 cells/mm^3",
        "ANC ≥ 1.5 x 10^9/L",
        "ANC ≥ 1.5 × 10⁹/L",
        "ANC ≥ 1.5 x 109/L",
        "ANC ≥ 1.5 x 10\\^9/L",
        "ANC ≥ 1.5 K/µL",
        "ANC ≥ 1500",
        "Neutrophils at least 1,500 per mm3",
        "Absolute neutrophil\n             count =\\> 1,500/mcL",
        "ANC no less than 1.5 x 10E9/L",
        "An absolute neutrophil count, taken within 7 days of the first dose, of ≥ 1.5 G/L",
    ],
)
def test_counts_are_normalised(statement: str) -> None:
    assert short(statement) == [("ANC", ">=", 1.5, "10^9/L")]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Platelets > 100,000/mm3", ("platelets", ">", 100, "10^9/L")),
        ("Platelet count ≥ 100.000/µL", ("platelets", ">=", 100, "10^9/L")),
        ("Platelets ≥ 75 x 103/µL", ("platelets", ">=", 75, "10^9/L")),
        ("Hb ≥ 9 g/dL", ("hemoglobin", ">=", 9, "g/dL")),
        ("Haemoglobin ≥ 90 g/L", ("hemoglobin", ">=", 90, "g/L")),
        ("Hemoglobin of 9 g/dL or more", ("hemoglobin", ">=", 9, "g/dL")),
        ("Total bilirubin ≤ 1.5 x ULN", ("bilirubin", "<=", 1.5, "xULN")),
        (
            "Bilirubin no greater than 1.5 times the institutional upper limit of normal",
            ("bilirubin", "<=", 1.5, "xULN"),
        ),
        ("Bilirubin within normal institutional limits", ("bilirubin", "<=", 1, "xULN")),
        ("Bilirubin normal", ("bilirubin", "<=", 1, "xULN")),
        ("Serum creatinine ≤ ULN", ("creatinine", "<=", 1, "xULN")),
        ("Creatinine < 177 µmol/L", ("creatinine", "<", 177, "umol/L")),
        ("eGFR ≥ 45 mL/min/1.73 m2", ("creatinine clearance", ">=", 45, "mL/min/1.73m2")),
        ("LVEF > 50%", ("LVEF", ">", 50, "%")),
        ("LVEF ≥ institutional lower limit of normal", ("LVEF", ">=", 1, "xLLN")),
        ("INR ≤ 1.5", ("INR", "<=", 1.5, "ratio")),
        ("INR ≤ 1.5 x ULN", ("INR", "<=", 1.5, "xULN")),
        ("QTcF ≤ 470 msec", ("QTc", "<=", 470, "ms")),
        ("DLCO at least 60% of predicted", ("DLCO", ">=", 60, "% predicted")),
        ("Oxygen saturation > 92% on room air", ("SpO2", ">", 92, "%")),
        ("Albumin superior to 3 g/dL", ("albumin", ">", 3, "g/dL")),
        ("Testosterone < 50 ng/dL", ("testosterone", "<", 50, "ng/dL")),
        ("At least 50 mL/min creatinine clearance", ("creatinine clearance", ">=", 50, "mL/min")),
        ("UPC ratio ≤ 1", ("proteinuria", "<=", 1, "ratio")),
        ("24-hour urine protein < 1 g", ("proteinuria", "<", 1, "g/24h")),
        ("Bone marrow plasma cells ≥ 10%", ("bone marrow plasma cells", ">=", 10, "%")),
        ("Corrected calcium above the lower limit of normal", ("calcium", ">", 1, "xLLN")),
    ],
)
def test_thresholds(statement: str, expected: Short) -> None:
    assert short(statement) == [expected]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ANC < 1.5 x 10^9/L", ("ANC", ">=", 1.5, "10^9/L")),
        ("Hemoglobin ≤ 9 g/dL", ("hemoglobin", ">", 9, "g/dL")),
        ("QTc > 470 ms", ("QTc", "<=", 470, "ms")),
        ("QTc ≥ 480 msec on two recordings", ("QTc", "<", 480, "ms")),
        ("LVEF < 50%", ("LVEF", ">=", 50, "%")),
        ("LVEF below the lower limit of normal", ("LVEF", ">=", 1, "xLLN")),
        ("Creatinine greater than 1.5 x ULN", ("creatinine", "<=", 1.5, "xULN")),
        ("ALT twice higher than normal", ("ALT", "<=", 2, "xULN")),
        ("ALT three times above the upper limit of normal", ("ALT", "<=", 3, "xULN")),
        ("Hematocrit > 55%", ("hematocrit", "<=", 55, "%")),
        ("WBC > 50 x 10^9/L", ("WBC", "<=", 50, "10^9/L")),
        ("HbA1c > 8%", ("HbA1c", "<=", 8, "%")),
        ("Greater than +1 proteinuria", ("proteinuria", "<=", 1, "+")),
        ("Hypercalcemia (calcium > 11.5 mg/dL)", ("calcium", "<=", 11.5, "mg/dL")),
        ("Ejection fraction ≥ 50% is needed", ("LVEF", ">=", 50, "%")),
    ],
)
def test_exclusions_give_what_an_eligible_patient_has(statement: str, expected: Short) -> None:
    assert short(statement, "Exclusion") == [expected]


def test_negated_inclusion() -> None:
    assert short("No ANC less than 1,000/mm3") == [("ANC", ">=", 1.0, "10^9/L")]


@pytest.mark.parametrize(
    "statement",
    [
        "AST and ALT ≤ 3 x ULN",
        "AST/ALT ≤ 3 x ULN",
        "AST (SGOT) and ALT (SGPT) ≤ 3 x ULN",
        "Serum transaminases ≤ 3 x ULN",
        "Aspartate aminotransferase [AST] and alanine aminotransferase [ALT] =\\< 3.0 X the upper limit of normal",
        "≤ 3 x ULN for: AST, ALT",
    ],
)
def test_a_list_shares_its_threshold(statement: str) -> None:
    assert short(statement) == [("AST", "<=", 3.0, "xULN"), ("ALT", "<=", 3.0, "xULN")]


def test_normal_electrolytes_lie_between_two_limits() -> None:
    assert short("Normal serum calcium and magnesium") == [
        ("calcium", ">=", 1.0, "xLLN"),
        ("calcium", "<=", 1.0, "xULN"),
        ("magnesium", ">=", 1.0, "xLLN"),
        ("magnesium", "<=", 1.0, "xULN"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "AST ≤ 3 x ULN (≤ 5 x ULN if liver metastases)",
        "AST ≤ 3 x ULN (5 x ULN in the presence of liver metastases)",
        "AST ≤ 3 x ULN; if hepatic metastases are present, ≤ 5 x ULN",
        "AST ≤ 3 x ULN, unless liver metastases are present, in which case it must be ≤ 5 x ULN",
        "AST ≤ 3 x ULN for patients without liver metastases or ≤ 5 x ULN for patients with liver metastases",
        "AST ≤ 3 x ULN or ≤ 5 x ULN in patients with documented liver involvement",
        "AST ≤ 3 x ULN; AST ≤ 5 x ULN if the liver has metastases to the liver",
        "AST ≤ 3 X institutional ULN or =\\< 5 X institutional ULN in the presence of liver metastases",
        "AST ≤ 3 x ULN. If a patient has liver metastases, AST ≤ 5 x ULN",
        "AST ≤ 3 x ULN (grade ≤ 1) except in patients with liver metastases, who must have ≤ 5 x ULN",
    ],
)
def test_liver_metastases(statement: str) -> None:
    assert conditions(statement) == [("AST", 3.0, "no liver metastases"), ("AST", 5.0, "liver metastases")]


@pytest.mark.parametrize("join", ["\n", "\n  * ", "\n* "])
def test_liver_metastases_on_the_next_line(join: str) -> None:
    raw = f"Inclusion Criteria:\n\n* AST ≤ 3 x ULN{join}≤ 5 x ULN for patients with liver metastases\n"
    facts = [f.fact for f in findings(raw)]
    assert [(f.value, f.condition) for f in facts if isinstance(f, Lab)] == [
        (3.0, "no liver metastases"),
        (5.0, "liver metastases"),
    ]


def test_analytes_of_the_governing_line() -> None:
    raw = "Inclusion Criteria:\n\n* AST and ALT:\n  * ≤ 3 x ULN\n  * ≤ 5 x ULN if liver metastases\n"
    facts = [f.fact for f in findings(raw) if isinstance(f.fact, Lab)]
    assert {(f.analyte, f.value) for f in facts if isinstance(f, Lab)} == {
        ("AST", 3.0),
        ("ALT", 3.0),
        ("AST", 5.0),
        ("ALT", 5.0),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "Bilirubin ≤ 1.5 mg/dL (≤ 3 mg/dL for patients with Gilbert's syndrome)",
        "Bilirubin ≤ 1.5 mg/dL, except in patients with Gilbert syndrome where a bilirubin ≤ 3 mg/dL is acceptable",
        "Bilirubin ≤ 1.5 mg/dL. Documented Gilbert syndrome is allowed if bilirubin is ≤ 3 mg/dL",
    ],
)
def test_gilbert(statement: str) -> None:
    assert conditions(statement) == [("bilirubin", 1.5, "no Gilbert"), ("bilirubin", 3.0, "Gilbert")]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Bilirubin ≤ 1.5 x ULN (unless due to Gilbert's syndrome)", [("bilirubin", 1.5, "no Gilbert")]),
        ("INR ≤ 1.5 unless receiving warfarin", [("INR", 1.5, "not on anticoagulants")]),
        (
            "INR < 1.5 (or < 3.0 if on anticoagulants)",
            [("INR", 1.5, "not on anticoagulants"), ("INR", 3.0, "on anticoagulants")],
        ),
        (
            "INR ≤ 1.5 and aPTT ≤ 1.5 x ULN. Patients on heparin need stable values",
            [("INR", 1.5, "not on anticoagulants"), ("aPTT", 1.5, "not on anticoagulants")],
        ),
        (
            "ALP ≤ 2.5 x ULN, ≤ 5 x ULN with bone metastases",
            [("ALP", 2.5, "no bone metastases"), ("ALP", 5.0, "bone metastases")],
        ),
        ("Fasting glucose ≤ 150 mg/dL", [("glucose", 150.0, "fasting")]),
        ("Oxygen saturation ≥ 92% on room air", [("SpO2", 92.0, "room air")]),
        ("Hemoglobin ≥ 9 g/dL if clinically indicated", [("hemoglobin", 9.0, "clinically indicated")]),
        (
            "AST ≤ 5 x ULN if liver metastases, bilirubin ≤ 1.5 x ULN",
            [("AST", 5.0, "liver metastases"), ("bilirubin", 1.5, None)],
        ),
    ],
)
def test_conditions(statement: str, expected: list[tuple[str, float, str | None]]) -> None:
    assert conditions(statement) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "QTc > 450 ms (male) or > 470 ms (female)",
        "QTc > 450 msec for men and > 470 msec for women",
        "QTcF > 450 msec in males, > 470 msec in females",
        "Males: QTc > 450 ms; females: QTc > 470 ms",
    ],
)
def test_qtc_by_sex(statement: str) -> None:
    found = labs(statement, "Exclusion")
    assert [(f.op, f.value, f.condition) for f in found] == [("<=", 450.0, "male"), ("<=", 470.0, "female")]


@pytest.mark.parametrize(
    "raw",
    [
        "Inclusion Criteria:\n\n* Creatinine ≤ 1.5 x ULN or creatinine clearance ≥ 50 mL/min\n",
        "Inclusion Criteria:\n\n* Creatinine ≤ 1.5 x ULN OR\n* Creatinine clearance ≥ 50 mL/min\n",
        "Inclusion Criteria:\n\n* Creatinine ≤ 1.5 x ULN\n* OR creatinine clearance ≥ 50 mL/min\n",
        (
            "Inclusion Criteria:\n\n* One of the following:\n  * Creatinine ≤ 1.5 x ULN"
            "\n  * Creatinine clearance ≥ 50 mL/min\n"
        ),
    ],
)
def test_creatinine_or_clearance(raw: str) -> None:
    found = findings(raw)
    assert len(found) == 2
    assert found[0].or_group is not None
    assert found[0].or_group == found[1].or_group


def test_creatinine_and_clearance() -> None:
    assert [
        f.or_group
        for f in findings("Inclusion Criteria:\n\n* Creatinine ≤ 2 mg/dL and clearance of creatinine ≥ 50 mL/min\n")
    ] == [None, None]
    excluded = "Exclusion Criteria:\n\n* Creatinine > 2 mg/dL or creatinine clearance < 50 mL/min\n"
    assert [f.or_group for f in findings(excluded)] == [None, None]


def test_clause_on_another_analyte_is_a_condition() -> None:
    (one,) = labs("Creatinine clearance ≥ 60 mL/min for patients with creatinine levels above institutional normal")
    assert (one.analyte, one.value) == ("creatinine clearance", 60.0)
    assert one.condition is not None
    assert "creatinine" in one.condition
    (two,) = labs("If creatinine > 1.5 x ULN, creatinine clearance must be ≥ 60 mL/min")
    assert (two.analyte, two.value) == ("creatinine clearance", 60.0)
    assert two.condition is not None


@pytest.mark.parametrize(
    "statement",
    ["Hemoglobin ≥ 9 g/dL or ≥ 5.6 mmol/L", "Hemoglobin ≥ 9 g/dL (5.6 mmol/L)", "Hemoglobin ≥ 9 g/dL (≥ 90 g/L)"],
)
def test_one_value_in_two_units(statement: str) -> None:
    assert short(statement) == [("hemoglobin", ">=", 9.0, "g/dL")]


def test_two_units_that_differ_are_alternatives() -> None:
    found = findings("Inclusion Criteria:\n\n* Creatinine ≤ 1.5 x ULN or ≤ 2 mg/dL\n")
    assert [f.or_group is not None for f in found] == [True, True]


@pytest.mark.parametrize(
    "statement",
    [
        "No platelet transfusion within 7 days",
        "Platelet count checked at least 3 times",
        "Hemoglobin electrophoresis within 28 days",
        "At least 4 weeks since albumin-bound paclitaxel",
        "Neutropenia of grade ≥ 2",
        "Calcium channel blockers for more than 3 months",
        "Blood pressure ≤ 150/90 mmHg",
        "EGFR mutation in > 5% of reads",
        "PSA doubling time < 10 months",
        "A fall in hemoglobin of at least 2 g/dL",
        "COPD with an FEV1 < 50% of predicted",
        "Creatinine measured within 14 days",
        "PSA, with at least one value after surgery",
        "INR below the upper limit of the therapeutic range",
    ],
)
@pytest.mark.parametrize("section", ["Inclusion", "Exclusion"])
def test_no_threshold(statement: str, section: str) -> None:
    assert labs(statement, section) == []


def test_a_list_of_two_shares_no_condition() -> None:
    assert conditions("AST/ALT ≤ 3 x ULN or ≤ 5 x ULN in the presence of liver metastases") == [
        ("AST", 3.0, "no liver metastases"),
        ("ALT", 3.0, "no liver metastases"),
        ("AST", 5.0, "liver metastases"),
        ("ALT", 5.0, "liver metastases"),
    ]


def test_what_a_later_sentence_says_closes_nothing() -> None:
    statement = "Bilirubin ≤ 1.5 x ULN; if total bilirubin is > 1.5 x ULN, direct bilirubin must be normal"
    assert conditions(statement)[0] == ("bilirubin", 1.5, None)


def test_implausible_values_are_not_read() -> None:
    assert labs("Creatinine ≤ 900 mg/dL") == []


@pytest.mark.parametrize(
    "row",
    [
        "2 to < 6 years: 0.8 (male), 0.7 (female)",
        "2 to < 6 years: male 0.8 mg/dL and female 0.7 mg/dL",
        "Age: 2 to < 6 years; maximum serum creatinine (mg/dL): 0.8 (male); 0.7 (female)",
    ],
)
def test_creatinine_by_age_and_sex(row: str) -> None:
    head = "GFR ≥ 70 mL/min/1.73 m2 or a serum creatinine based on age/gender as follows:"
    raw = f"Inclusion Criteria:\n\n* {head}\n  * {row}\n"
    found = findings(raw)
    facts = [f.fact for f in found if isinstance(f.fact, Lab) and f.fact.analyte == "creatinine"]
    assert [(f.value, f.condition) for f in facts if isinstance(f, Lab)] == [
        (0.8, "age 2 to < 6 years, male"),
        (0.7, "age 2 to < 6 years, female"),
    ]
    assert len({f.or_group for f in found}) == 1


@pytest.mark.parametrize("name", ["liver metastases", "Gilbert", "on anticoagulants"])
def test_negated_twice(name: str) -> None:
    assert negated(negated(name)) == name


def test_a_cohort_with_a_condition() -> None:
    found = find_condition(" for patients without bone metastases")
    assert found is not None
    assert found.name == "no bone metastases"
    assert find_condition(" and so on", verbatim=True) is None


def test_wrapping_and_bullets_change_nothing() -> None:
    one = short("AST and ALT ≤ 2.5 x institutional upper limit of normal (ULN)")
    two = short(
        "AST and ALT\n             ≤ 2.5 x\n             institutional upper limit\n             of normal (ULN)"
    )
    assert one == two != []
