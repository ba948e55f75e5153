"""Laboratory values, units and limits."""

from __future__ import annotations

import pytest

from search.extraction.note import read_note


def labs(words: str) -> dict[str, tuple[float, str]]:
    found = read_note(f"60F with cancer. {words}").profile.get("labs", [])
    assert isinstance(found, list)
    out = {}
    for one in found:
        assert isinstance(one, dict)
        value = one["value"]
        assert isinstance(value, int | float)
        out[str(one["analyte"])] = (float(value), str(one["unit"]))
    return out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ANC 2.4, plt 180", {"ANC": (2.4, "10^9/L"), "platelets": (180, "10^9/L")}),
        ("ANC 1,700, platelets 118,000", {"ANC": (1.7, "10^9/L"), "platelets": (118, "10^9/L")}),
        ("Platelets 305 x10^9/L", {"platelets": (305, "10^9/L")}),
        ("Hb 97 g/L", {"hemoglobin": (97, "g/L")}),
        ("creatinine 118 umol/L", {"creatinine": (118, "umol/L")}),
        ("bili 1.3x ULN", {"bilirubin": (1.3, "xULN")}),
        ("AST/ALT 22/28", {"AST": (22, "U/L"), "ALT": (28, "U/L")}),
        ("AST/ALT 1.2x ULN", {"AST": (1.2, "xULN"), "ALT": (1.2, "xULN")}),
        ("AST 2.3x, ALT 1.7x ULN", {"AST": (2.3, "xULN"), "ALT": (1.7, "xULN")}),
        ("PSA 12 -> 31 ng/mL", {"PSA": (31, "ng/mL")}),
        ("MUGA EF 55%", {"LVEF": (55, "%")}),
        ("QTcF 441", {"QTc": (441, "ms")}),
        ("UPC 0.3", {"proteinuria": (0.3, "UPC ratio")}),
        ("dipstick 1+", {"proteinuria": (1, "+ (dipstick)")}),
        ("eGFR 71", {"eGFR": (71, "mL/min/1.73m2")}),
        ("BM 45% clonal plasma cells", {"bone marrow plasma cells": (45, "%")}),
        ("K 4.2", {"potassium": (4.2, "mmol/L")}),
        ("ANC normal, plt ok", {}),
        ("BP 132/78", {}),
        ("Brother had PSA 40", {}),
    ],
)
def test_values(words: str, expected: dict[str, tuple[float, str]]) -> None:
    assert labs(words) == expected


def test_the_laboratorys_limit() -> None:
    found = read_note("60F. T bili 2.2 mg/dL (ULN 1.1).").profile["labs"]
    assert found == [{"analyte": "bilirubin", "value": 2.2, "unit": "mg/dL", "uln": 1.1}]
