"""Analytes: names in text, units and numbers as trials write them, conversion, plausibility and repair."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from search.terminology.analytes import (
    Quantity,
    Side,
    analyte,
    canonical_unit,
    convert,
    find_analytes,
    match_unit,
    parse_number,
    plausible,
    read_quantity,
)
from search.terminology.spelling import fold
from search.terminology.tables import read_table
from search.terminology.units import thousands, unit


def found(text: str) -> list[str]:
    mentions = find_analytes(text)
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.quote
    return [mention.name for mention in mentions]


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("absolute neutrophil count", "ANC"),
        ("SGOT", "AST"),
        ("eGFR", "creatinine clearance"),
        ("Hgb", "hemoglobin"),
        ("PTT", "aPTT"),
        ("QTcF", "QTc"),
        ("total bilirubin", "bilirubin"),
        ("conjugated bilirubin", "direct bilirubin"),
        ("UPCR", "proteinuria"),
        ("oxygen saturation", "SpO2"),
        ("LVEF", "LVEF"),
    ],
)
def test_names_resolve(name: str, canonical: str) -> None:
    known = analyte(name)
    assert known is not None
    assert known.name == canonical


def test_an_unknown_name_resolves_to_nothing() -> None:
    assert analyte("serum qwertase") is None
    assert convert("serum qwertase", 1, "U/L") is None
    assert not plausible("serum qwertase", 1)
    assert read_quantity("serum qwertase", "1", "U/L") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT and PTT ≤ 1.5 x ULN", ["PT", "aPTT"]),
        ("Pt must sign; PET/PT clinical", []),
        ("eGFR ≥ 60 and EGFR mutation", ["creatinine clearance"]),
        ("serum creatinine or creatinine clearance", ["creatinine", "creatinine clearance"]),
        ("urine protein/creatinine ratio < 1", ["proteinuria"]),
        ("creatine kinase, creatinine", ["CK", "creatinine"]),
        ("Hb ≥ 9; hb1; HbA1c < 8", ["hemoglobin", "HbA1c"]),
        ("Cr < 1.5, CR or PR", ["creatinine"]),
        ("AST/ALT (SGOT/SGPT)", ["AST", "ALT", "AST", "ALT"]),
        ("albumin-bound paclitaxel; albumin ≥ 3", ["albumin"]),
        ("calcium channel blockers; corrected serum calcium", ["calcium"]),
        ("no platelet transfusion; platelets ≥ 100", ["platelets"]),
        ("antiplatelet or anti-platelet drugs", []),
        ("drugs that prolong the QT interval; mean QTcF < 470", ["QTc"]),
        ("weight loss > 10 %; body weight ≥ 40 kg", ["weight"]),
        ("total and direct bilirubin", ["direct bilirubin"]),
        ("alkaline\n   phosphatase", ["ALP"]),
        ("alkaline, phosphatase", []),
        ("left ventricular ejection fraction (LVEF)", ["LVEF", "LVEF"]),
        ("CD4+ T-cell count", ["CD4"]),
        ("systolic blood pressure > 160", ["systolic blood pressure"]),
        ("human leukocyte antigen; leukocytes", ["WBC"]),
        ("serum M-protein and free light chain ratio", ["serum M-protein", "FLC ratio"]),
    ],
)
def test_names_in_text_with_their_case_rules(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_a_view_made_by_the_caller_gives_the_same_answer() -> None:
    text = "Absolute   neutrophil\r\n count and PT"
    assert find_analytes(text, fold(text)) == find_analytes(text)


@pytest.mark.parametrize(
    ("spelling", "printed"),
    [
        ("10^9/L", "10^9/L"),
        ("x 109/L", "10^9/L"),
        ("× 10⁹/L", "10^9/L"),
        ("x10\\^9/L", "10^9/L"),
        ("10E9/L", "10^9/L"),
        ("* 109 /L", "10^9/L"),
        ("K/µL", "10^9/L"),
        ("G/L", "10^9/L"),
        ("x10³/µL", "10^9/L"),
        ("/mm3", "cells/uL"),
        ("/mm^3", "cells/uL"),
        ("cells/mm³", "cells/uL"),
        ("/µL", "cells/uL"),
        ("cells/mcL", "cells/uL"),
        ("per cubic millimeter", "cells/uL"),
        ("g/dL", "g/dL"),
        ("gm/dl", "g/dL"),
        ("g/L", "g/L"),
        ("g/l", "g/L"),
        ("mg/dL", "mg/dL"),
        ("mmol/L", "mmol/L"),
        ("µmol/L", "umol/L"),
        ("μmol/L", "umol/L"),
        ("umol/L", "umol/L"),
        ("micromoles/L", "umol/L"),
        ("mL/min", "mL/min"),
        ("ml/minute", "mL/min"),
        ("mL/min/1.73m2", "mL/min/1.73m2"),
        ("mL/min/1.73 m²", "mL/min/1.73m2"),
        ("× ULN", "xULN"),
        ("x ULN", "xULN"),
        ("times the institutional upper limit of normal (ULN)", "xULN"),
        ("x the laboratory upper limit of normal range", "xULN"),
        ("times normal", "xULN"),
        ("x LLN", "xLLN"),
        ("institutional lower limit of normal", "xLLN"),
        ("%", "%"),
        ("% of predicted", "%"),
        ("msec", "ms"),
        ("milliseconds", "ms"),
        ("IU/L", "U/L"),
        ("mm Hg", "mmHg"),
        ("g/24 hours", "g/24h"),
    ],
)
def test_units_have_one_spelling(spelling: str, printed: str) -> None:
    assert canonical_unit(spelling) == printed


@pytest.mark.parametrize("text", ["", "patients", "of the study", "x" * 200])
def test_other_words_are_no_units(text: str) -> None:
    assert canonical_unit(text) is None


def test_every_unit_reads_back_as_itself_and_every_analyte_has_one() -> None:
    for row in read_table("units.tsv"):
        assert canonical_unit(row["unit"]) == row["unit"]
    for row in read_table("analytes.tsv"):
        assert unit(row["unit"]) is not None
        assert all(unit(other) is not None for other in row["other_units"].split("|") if other)
        assert row["source"]


@pytest.mark.parametrize(
    ("text", "start", "name", "rest"),
    [
        ("100,000/mm3 within 14 days", 7, "cells/uL", " within 14 days"),
        ("1.5 x 109/L, and", 3, "10^9/L", ", and"),
        ("2.5 x institutional upper limit of normal (ULN) unless", 3, "xULN", " unless"),
        ("9 g/dL (transfusion", 1, "g/dL", " (transfusion"),
        ("60 mL/min/1.73 m2 by", 2, "mL/min/1.73m2", " by"),
        ("450 msec for men", 3, "ms", " for men"),
    ],
)
def test_the_longest_unit_behind_a_number_is_taken(text: str, start: int, name: str, rest: str) -> None:
    match = match_unit(text, start)
    assert match is not None
    assert (match[1].name, text[match[0] :]) == (name, rest)


def test_a_number_without_a_unit_has_none() -> None:
    assert match_unit("1500 prior to enrollment", 4) is None
    assert match_unit("10\n- mg/dL", 2) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,500", 1500),
        ("100 000", 100_000),
        ("100\u00a0000", 100_000),
        ("1,5", 1.5),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.5 x 109", 1.5e9),
        ("1.5 x 10^9", 1.5e9),
        ("1.5 × 10⁹", 1.5e9),
        ("3.0 x 10e9", 3e9),
        ("1 * 103", 1000),
        ("two", 2),
        ("100.000", 100),
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "many", "1.2.3", "1.5 x 1099", "12-14"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


def test_dots_may_group_thousands() -> None:
    assert thousands("100.000") == 100_000
    assert thousands("1.5") is None
    assert thousands("0.500") is None


@pytest.mark.parametrize(
    ("name", "value", "given", "expected", "printed"),
    [
        ("creatinine", 88.4, "µmol/L", 1.0, "mg/dL"),
        ("bilirubin", 17.1, "umol/L", 1.0, "mg/dL"),
        ("hemoglobin", 90, "g/L", 9.0, "g/dL"),
        ("hemoglobin", 0.6206, "mmol/L", 1.0, "g/dL"),
        ("glucose", 1, "mmol/L", 18.02, "mg/dL"),
        ("calcium", 1, "mmol/L", 4.008, "mg/dL"),
        ("calcium", 5, "mEq/L", 10.02, "mg/dL"),
        ("magnesium", 1, "mmol/L", 2.43, "mg/dL"),
        ("cholesterol", 1, "mmol/L", 38.67, "mg/dL"),
        ("triglycerides", 1, "mmol/L", 88.57, "mg/dL"),
        ("uric acid", 59.48, "umol/L", 1.0, "mg/dL"),
        ("testosterone", 1, "nmol/L", 28.84, "ng/dL"),
        ("BUN", 1, "mmol/L", 2.80, "mg/dL"),
        ("potassium", 4, "mEq/L", 4.0, "mmol/L"),
        ("albumin", 30, "g/L", 3.0, "g/dL"),
        ("ANC", 1500, "/mm3", 1.5, "10^9/L"),
        ("platelets", 100, "K/uL", 100, "10^9/L"),
        ("QTc", 0.47, "s", 470, "ms"),
        ("creatinine clearance", 50, "mL/min/1.73m2", 50, "mL/min"),
        ("creatinine clearance", 1, "mL/s", 60, "mL/min"),
        ("AST", 2.5, "x ULN", 2.5, "xULN"),
        ("proteinuria", 1000, "mg/24h", 1, "g/24h"),
        ("proteinuria", 113.1, "mg/mmol", 1.0, "ratio"),
        ("FEV1", 1.2, "L", 1.2, "L"),
    ],
)
def test_conversion(name: str, value: float, given: str, expected: float, printed: str) -> None:
    converted = convert(name, value, given)
    assert converted is not None
    assert converted[0] == pytest.approx(expected, rel=2e-3)
    assert converted[1] == printed


@pytest.mark.parametrize(("name", "given"), [("AST", "mmol/L"), ("INR", "g/dL"), ("bilirubin", "mEq/L"), ("ANC", "qq")])
def test_a_unit_that_does_not_fit_is_refused(name: str, given: str) -> None:
    assert convert(name, 1, given) is None
    assert read_quantity(name, "1", given) is None


@pytest.mark.parametrize(
    ("name", "number", "given", "value", "assumed"),
    [
        ("ANC", "1.5 x 109", "/L", 1.5, False),
        ("ANC", "1.5", "x 109/L", 1.5, False),
        ("ANC", "1,500", None, 1.5, True),
        ("ANC", "1.5", None, 1.5, True),
        ("ANC", "1500", "x 109/L", 1.5, True),
        ("platelets", "100 000", "/µL", 100, False),
        ("platelets", "100.000", "/mm3", 100, True),
        ("platelets", "100,000", None, 100, True),
        ("platelets", "100", "/mm3", 100, True),
        ("hemoglobin", "90", None, 9, True),
        ("hemoglobin", "9", "g/dL", 9, False),
        ("creatinine", "133", None, 1.504, True),
        ("LVEF", "50", None, 50, True),
    ],
)
def test_what_was_lost_is_put_back(name: str, number: str, given: str | None, value: float, assumed: bool) -> None:
    quantity = read_quantity(name, number, given)
    known = analyte(name)
    assert quantity is not None
    assert known is not None
    assert quantity.value == pytest.approx(value, rel=2e-3)
    assert (quantity.unit, quantity.assumed) == (known.unit, assumed)


def test_an_implausible_value_stays_as_stated() -> None:
    assert read_quantity("hemoglobin", "900", "g/dL") == Quantity(900, "g/dL")
    assert not plausible("hemoglobin", 900)
    assert plausible("AST", 3, "xULN")
    assert not plausible("AST", 300, "xULN")
    assert not plausible("AST", 3, "mmol/L")


def test_sides_and_limits() -> None:
    sides = {name: analyte(name) for name in ("ANC", "platelets", "LVEF", "creatinine clearance", "bilirubin", "QTc")}
    assert [known.side for known in sides.values() if known] == [Side.LOWER] * 4 + [Side.UPPER] * 2
    for row in read_table("analytes.tsv"):
        known = analyte(row["name"])
        if known is not None:
            assert known.low < known.high
            assert all(limit is None or known.low <= limit <= known.high for limit in (known.lln, known.uln))


def test_scans_are_quick() -> None:
    text = "PT, eGFR, serum creatinine, ANC 1.5 x 109/L; albumin-bound " * 4000
    find_analytes("warm")
    start = time.process_time()
    assert len(find_analytes(text)) == 16_000
    assert time.process_time() - start < 2.0


@pytest.mark.data
def test_coverage_of_the_annotated_labs(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    total = named = known_names = units = united = 0
    for path in sorted((data_dir / "gold" / "oncology_criteria").glob("NCT*.json")):
        for item in json.loads(path.read_text(encoding="utf-8"))["criteria"]:
            if item["kind"] != "lab":
                continue
            total += 1
            known = analyte(item["analyte"])
            known_names += known is not None
            named += known is not None and any(m.name == known.name for m in find_analytes(item["quote"]))
            units += canonical_unit(item["unit"].replace(" (dipstick)", "")) is not None
            ends = [m.end() for m in re.finditer(r"\d[\d.,]*", item["quote"])]
            matches = [match_unit(item["quote"], end) for end in ends]
            fitting = [m for m in matches if m is not None and convert(item["analyte"], 1, m[1].name) is not None]
            united += bool(fitting)
    with capsys.disabled():
        print(
            f"\nlab items {total}: analyte known {known_names / total:.3f}, named in its quote {named / total:.3f};"
            f" unit known {units / total:.3f}, read behind a number of the quote {united / total:.3f}"
        )
    assert known_names == total
    assert named / total >= 0.85
    assert units / total >= 0.99
    assert united / total >= 0.80
