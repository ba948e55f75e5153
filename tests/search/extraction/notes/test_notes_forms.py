"""The form of a condition, the site and schedule of a treatment, other malignancies, types told apart."""

from __future__ import annotations

import pytest

from search.extraction.note import read_note


@pytest.mark.parametrize(
    ("note", "topic", "value"),
    [
        ("Gr 2 pneumonitis, treated with prednisone, gone.", "pneumonitis", "grade 2, treated with steroids"),
        ("Pneumonitis last year, resolved without steroids.", "pneumonitis", True),
        ("TIA 7 mo ago.", "stroke", "7 months ago"),
        ("DVT three years ago.", "thromboembolism", "3 years ago"),
        ("Asthma, well controlled on inhaler.", "asthma", "well controlled"),
        ("Vitiligo on both arms.", "autoimmune disease", "vitiligo"),
        ("Autoimmune disease: none.", "autoimmune disease", False),
        ("Ascites, paracentesis twice this month.", "pleural effusion or ascites", "requiring drainage"),
        ("Small effusion.", "pleural effusion or ascites", True),
        ("Took azithromycin, finished 9 days ago.", "recent antibiotic", "azithromycin, 9 days ago"),
        ("Takes no antibiotics.", "recent antibiotic", False),
        ("BCC of the ear excised 2019.", "second malignancy", "basal cell carcinoma of the ear excised 2019"),
        ("PFI 9 mo.", "platinum free interval months", "9"),
    ],
)  # fmt: skip
def test_the_form_of_a_condition(note: str, topic: str, value: object) -> None:
    conditions = read_note(f"61F, ovarian cancer. {note}").profile["conditions"]
    assert isinstance(conditions, dict)
    assert conditions[topic] == value


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            "Palliative RT to L3 finished 9 days before planned randomization.",
            {"therapy": "radiotherapy", "setting": "palliative", "days_ago": 9, "detail": "palliative, bone, l3"},
        ),
        ("Weekly paclitaxel with PD.", {"therapy": "paclitaxel", "detail": "weekly", "outcome": "progressed"}),
        ("Carboplatin/paclitaxel q3w x6.", {"therapy": "carboplatin + paclitaxel", "detail": "q3w", "cycles": 6}),
        ("Tamoxifen 5 years without recurrence.", {"therapy": "tamoxifen", "outcome": None}),
        ("SRS to a brain met, still on levetiracetam.", {"outcome": None}),
        ("Niraparib 18 mo, completed w/o PD.", {"outcome": None}),
    ],
)
def test_treatments(note: str, expected: dict[str, object]) -> None:
    items = read_note(f"61F, metastatic breast cancer. {note}").profile["prior_therapies"]
    assert isinstance(items, list)
    item = items[0]
    assert isinstance(item, dict)
    assert {key: item.get(key) for key in expected} == expected


def test_treatment_of_a_carcinoma_in_situ_is_no_line() -> None:
    profile = read_note("58F, DCIS 2012, tamoxifen until 2017. Now metastatic breast cancer, untreated.").profile
    items = profile["prior_therapies"]
    assert isinstance(items, list)
    (item,) = items
    assert isinstance(item, dict)
    assert item["setting"] == "DCIS"
    assert profile["prior_lines"] == 0


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("61F, HGS ovarian ca", "HGSOC"),
        ("61F, L breast invasive carcinoma NST", "IDC"),
        ("61F, metastatic breast cancer", "BRCA"),
        ("61F, breast cancer screening was normal; DCIS of the breast", "DCIS"),
        ("66M, melanoma of the left calf", "SKCM"),
        ("66M, metastatic melanoma", "MEL"),
        ("59M, diffuse large B-cell lymphoma, GCB type", "GCB"),
        ("59M, diffuse large B-cell lymphoma, non-GCB type", "DLBCLNOS"),
        ("70F, papillary thyroid cancer 2015; neck mass with anaplastic transformation", "THAP"),
        ("70F, lung adenocarcinoma with spindle cell features", "LUAD"),
    ],
)
def test_types_told_apart(note: str, code: str) -> None:
    assert read_note(note).profile["cancer"] == code


@pytest.mark.parametrize(
    ("words", "analyte", "value", "unit"),
    [
        ("AST/ALT 24/19 normal", "ALT", 19.0, "U/L"),
        ("Hb 10,4 g/dL", "hemoglobin", 10.4, "g/dL"),
        ("platelets 1,200 10^9/L", "platelets", 1200, "10^9/L"),
        ("marrow biopsy with 35% clonal plasma cells", "bone marrow plasma cells", 35.0, "%"),
    ],
)
def test_values(words: str, analyte: str, value: float, unit: str) -> None:
    labs = read_note(f"61F. {words}.").profile["labs"]
    assert isinstance(labs, list)
    found = [(one["value"], one["unit"]) for one in labs if isinstance(one, dict) and one["analyte"] == analyte]
    assert found == [(value, unit)]


def test_a_collective_name_asserts_none_of_its_members() -> None:
    assert "conditions" not in read_note("50M, biopsy compatible with a chronic viral hepatitis.").profile
    denied = read_note("50M, no viral hepatitis.").profile["conditions"]
    assert denied == {"HIV": False, "HBV": False, "HCV": False}


@pytest.mark.parametrize(
    ("note", "marker", "state"),
    [
        ("50F, cells express CD19, CD20, and MYC rearrangement", "CD19", "positive"),
        ("50F, cells express CD19, CD20, and MYC rearrangement", "MYC", "fusion"),
        ("37F, tested positive for HPV 16", "HPV", "positive"),
    ],
)
def test_what_has_no_gene_is_not_mutated(note: str, marker: str, state: str) -> None:
    found = read_note(note).profile["biomarkers"]
    assert isinstance(found, list)
    assert {"marker": marker, "state": state} in found


@pytest.mark.parametrize(
    "note",
    [
        "47F. Her brother has had rectal cancer since May; his chemotherapy begins next week.",
        "60M, lupus, anti-dsDNA antibodies positive.",
        "70M, thyroid cancer, unable to perform thyroidectomy.",
    ],
)
def test_what_is_no_treatment_of_the_patient(note: str) -> None:
    assert not read_note(note).profile.get("prior_therapies")


def test_a_drug_that_is_spelled_like_a_disease() -> None:
    conditions = read_note("45F, metastatic breast cancer, T-DM1 with PD. No ILD.").profile["conditions"]
    assert conditions == {"interstitial lung disease": False}


@pytest.mark.parametrize(
    ("note", "outcomes"),
    [
        ("Ipilimumab with PD after 3 cycles, then dabrafenib ongoing with response.", ["progressed", "response"]),
        ("Paclitaxel, then eribulin, both with PD.", ["progressed", "progressed"]),
        ("PD after docetaxel.", ["progressed"]),
        ("Carboplatin/gemcitabine x6, then paclitaxel; platinum resistant.", ["refractory", None]),
    ],
)
def test_outcomes_belong_to_their_course(note: str, outcomes: list[str]) -> None:
    items = read_note(f"58F, metastatic melanoma. {note}").profile["prior_therapies"]
    assert isinstance(items, list)
    assert [one.get("outcome") for one in items if isinstance(one, dict)] == outcomes


def test_castration_makes_no_drug_adjuvant() -> None:
    profile = read_note("68M, CRPC, bone mets. Orchiectomy of both sides in 2011, then bicalutamide until PD.").profile
    items = profile["prior_therapies"]
    assert isinstance(items, list)
    assert isinstance(items[1], dict)
    assert items[1]["setting"] == "metastatic"
    assert profile["stage"] == "IV"
