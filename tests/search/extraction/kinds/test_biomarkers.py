"""Biomarkers: states, thresholds, direction, and what is none."""

from __future__ import annotations

import time

import pytest

from search.eligibility.criterion import Biomarker, Requirement
from search.extraction.kinds.biomarkers import BIOMARKERS
from search.extraction.lines import criteria_text
from search.extraction.reading import Finding

UNCERTAIN = "variant of uncertain significance"
MARKS = {Requirement.REQUIRED: "+", Requirement.PROHIBITED: "-", Requirement.ALLOWED: "~"}


def findings(statement: str, section: str = "inclusion") -> list[Finding]:
    raw = f"{section.title()} Criteria:\n\n* {statement}\n"
    text = criteria_text(raw)
    found: list[Finding] = []
    for line in text.lines:
        if not line.is_heading:
            found += BIOMARKERS(line, text)
    for finding in found:
        assert line.start <= finding.start < finding.end <= line.end
    return found


def read(statement: str, section: str = "inclusion") -> set[str]:
    """Findings as "+EGFR exon 19 deletion|L858R": direction, marker, states."""
    found = set()
    for finding in findings(statement, section):
        assert isinstance(finding.fact, Biomarker)
        assert finding.requirement is not None
        found.add(f"{MARKS[finding.requirement]}{finding.fact.marker} {'|'.join(finding.fact.states)}")
    return found


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("EGFR mutation", {"+EGFR mutation"}),
        ("EGFR-mutant lung cancer", {"+EGFR mutation"}),
        ("A sensitizing EGFR mutation", {"+EGFR sensitising mutation"}),
        ("EGFR exon 19 deletion or L858R", {"+EGFR exon 19 deletion|L858R"}),
        ("Deletion in exon 19 of EGFR", {"+EGFR exon 19 deletion"}),
        ("EGFR mutation (ex19del, exon 21 L858R)", {"+EGFR exon 19 deletion|L858R"}),
        ("EGFR mutations such as L861Q", {"+EGFR mutation"}),
        ("KRAS G12C mutated tumor", {"+KRAS G12C"}),
        ("BRAF V600E/K mutation", {"+BRAF V600E|V600K"}),
        ("Tumor with a BRAF class II or III mutation", {"+BRAF class II mutation|class III mutation"}),
        ("MET exon 14 skipping", {"+MET exon 14 skipping"}),
        ("METex14 lung cancer", {"+MET exon 14 skipping"}),
        ("FLT3-ITD or TKD mutation", {"+FLT3 ITD|TKD"}),
        ("c-KIT exon 9 or 11 mutation", {"+KIT exon 9 mutation|exon 11 mutation"}),
        ("ALK rearrangement or ROS1 fusion", {"+ALK fusion", "+ROS1 fusion"}),
        ("Amplification of MYCN", {"+MYCN amplification"}),
        ("Homozygous deletion of MTAP", {"+MTAP deletion"}),
        ("Loss of PTEN expression", {"+PTEN loss"}),
        ("MSH2 loss by immunohistochemistry", {"+MSH2 loss"}),
        ("KRAS wild-type", {"+KRAS wild type"}),
        ("RAS wild type", {"+KRAS wild type", "+NRAS wild type", "+HRAS wild type"}),
        ("Germline BRCA1 or BRCA2 mutation", {"+BRCA1 germline mutation", "+BRCA2 germline mutation"}),
        ("gBRCAm disease", {"+BRCA1 germline mutation", "+BRCA2 germline mutation"}),
        ("PIK3CAm tumor", {"+PIK3CA mutation"}),
        ("MGMT promoter unmethylated", {"+MGMT unmethylated"}),
        ("1p/19q codeleted glioma", {"+1p/19q codeletion"}),
        ("IDH1/2 wildtype", {"+IDH1 wild type", "+IDH2 wild type"}),
        ("H3 K27M-mutant glioma", {"+H3 K27M mutation"}),
        ("Ph+ ALL", {"+BCR-ABL1 positive"}),
        ("Philadelphia chromosome-positive leukemia", {"+BCR-ABL1 positive"}),
        ("del(17p) present", {"+17p deletion positive"}),
        ("MSI-H or dMMR tumor", {"+MSI high", "+MMR deficient"}),
        ("Microsatellite stable disease", {"+MSI MSS"}),
        ("Non-MSI-H and non-dMMR", {"+MSI non-high", "+MMR proficient"}),
        ("TMB-H", {"+TMB high"}),
        ("HRD positive", {"+HRD positive"}),
        ("CD19+ lymphoma", {"+CD19 positive"}),
        ("Claudin 18.2 positive tumor", {"+CLDN18.2 positive"}),
        ("HPV-related oropharyngeal cancer", {"+HPV positive"}),
        ("Tumors that express PSMA", {"+PSMA expression"}),
        ("HLA-A*02:01 positive", {"+HLA-A*02:01 positive"}),
        ("HLA-A\\*02:01 or HLA-A\\*11:01", {"+HLA-A A*02:01|A*11:01"}),
        ("Triple negative breast cancer (TNBC)", {"+ER negative", "+PR negative", "+HER2 negative"}),
        ("HR+/HER2- breast cancer", {"+ER positive", "+PR positive", "+HER2 negative"}),
        ("ER+/PR-, HER2+", {"+ER positive", "+PR negative", "+HER2 positive"}),
        ("ER, PR and HER2 negative", {"+ER negative", "+PR negative", "+HER2 negative"}),
        ("Estrogen receptor (ER)-positive tumor", {"+ER positive"}),
        ("HER2-low tumor", {"+HER2 low"}),
        ("HER2 overexpression", {"+HER2 positive"}),
    ],
)
def test_states(statement: str, expected: set[str]) -> None:
    assert read(statement) == expected


@pytest.mark.parametrize(
    ("statement", "marker", "state", "threshold"),
    [
        ("PD-L1 TPS ≥ 50%", "PD-L1", "high", "TPS>=50%"),
        ("PD-L1 combined positive score (CPS) of at least 10", "PD-L1", "positive", "CPS>=10"),
        ("PD-L1 tumor proportion score < 1 %", "PD-L1", "negative", "TPS<1%"),
        ("CPS \\>= 1", "PD-L1", "positive", "CPS>=1"),
        ("ER positive (\u2265 1%)", "ER", "positive", ">=1%"),
        ("HER2 IHC 3+", "HER2", "positive", "IHC 3+"),
        ("HER2-low (IHC 1+ or IHC 2+/ISH-)", "HER2", "low", "IHC 1+, 2+/ISH-"),
        ("HER2 negative (IHC 0 or 1+)", "HER2", "negative", "IHC 0, 1+"),
        ("HER2 2+ by IHC and FISH positive", "HER2", "positive", "IHC 2+/ISH+"),
        ("TMB \u2265 10 mut/Mb", "TMB", "high", ">=10 mut/Mb"),
        ("Ki-67 of at least 20%", "Ki-67", "high", "Ki-67>=20%"),
        ("AFP >= 400 ng/mL", "AFP", "high", ">=400 ng/ml"),
        ("CD30 expression in \u2265 10 % of cells", "CD30", "positive", ">=10%"),
    ],
)
def test_thresholds(statement: str, marker: str, state: str, threshold: str) -> None:
    facts = [finding.fact for finding in findings(statement)]
    assert facts == [Biomarker(marker, (state,), threshold)]


@pytest.mark.parametrize(
    ("section", "statement", "expected"),
    [
        ("exclusion", "EGFR mutation or ALK rearrangement", {"-EGFR mutation", "-ALK fusion"}),
        ("exclusion", "Known EGFR or ALK alterations", {"-EGFR alteration", "-ALK alteration"}),
        ("exclusion", "HER2-positive disease", {"-HER2 positive"}),
        ("exclusion", "Patients without a BRAF mutation", {"+BRAF mutation"}),
        ("inclusion", "No EGFR mutation or ALK fusion", {"-EGFR mutation", "-ALK fusion"}),
        ("inclusion", "Absence of a KRAS mutation", {"-KRAS mutation"}),
        ("inclusion", "Negative for EGFR mutation and ALK rearrangement", {"-EGFR mutation", "-ALK fusion"}),
        ("inclusion", "BRAF V600E mutation-negative tumor", {"-BRAF V600E"}),
        ("inclusion", "ALK negative", {"+ALK negative"}),
        ("inclusion", "Tumors with a TP53 mutation will not be eligible", {"-TP53 mutation"}),
        ("inclusion", "An NF1 variant of unknown significance is not eligible", {"-NF1 " + UNCERTAIN}),
        ("inclusion", "PD-L1 positive, with no EGFR mutation", {"+PD-L1 positive", "-EGFR mutation"}),
        ("inclusion", "ER-positive or ER-negative disease", {"~ER positive", "~ER negative"}),
        ("inclusion", "With or without PIK3CA mutation", {"~PIK3CA mutation"}),
        ("inclusion", "Regardless of HER2 positive status", {"~HER2 positive"}),
        ("inclusion", "Patients with EGFR mutation must have received a TKI", {"~EGFR mutation"}),
        ("inclusion", "For patients with HER2-positive tumors, prior trastuzumab is required", {"~HER2 positive"}),
        ("inclusion", "Prior olaparib is required if BRCA1 mutated", {"~BRCA1 mutation"}),
        ("inclusion", "Solid tumors, including but not limited to BRAF V600E melanoma", {"~BRAF V600E"}),
        ("inclusion", "No actionable genomic alteration", {"-actionable genomic alteration positive"}),
    ],
)  # fmt: skip
def test_direction(section: str, statement: str, expected: set[str]) -> None:
    assert read(statement, section) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "Prior EGFR, ALK or ROS1 inhibitor",
        "Prior anti-CD19 CAR-T or CD20-directed therapy",
        "Treatment with a KRAS G12C inhibitor",
        "HER2-targeted therapy or PD-1/PD-L1 antibody",
        "eGFR below 60 mL/min",
        "All criteria must be met",
        "CD4+ count below 200 cells/mm3",
        "CD34+ cells below 2 x 10^6/kg",
        "HLA-A, -B and -DR matched donor",
        "HIV or HTLV-1 positive",
        "HPV vaccination within a month",
        "Chemotherapy for Ph+ ALL within 1 week",
        "Other malignancy than TNBC within 5 years",
    ],
)
def test_what_is_no_biomarker(statement: str) -> None:
    assert read(statement, "exclusion") == set()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("HER2 status must be known", {"+HER2 known"}),
        ("Tumor must be tested for PD-L1 expression", {"+PD-L1 known"}),
        ("Tissue available for PD-L1 testing", set()),
        ("HPV testing is not required", set()),
        ("BRAF V600E immunohistochemistry is performed centrally", set()),
    ],
)
def test_a_required_test_asks_for_any_result(statement: str, expected: set[str]) -> None:
    assert read(statement) == expected


def test_alternatives_share_a_group_and_conjunctions_do_not() -> None:
    groups = [finding.or_group for finding in findings("MSI-H or dMMR")]
    assert groups[0] is not None
    assert len(set(groups)) == 1
    assert all(finding.or_group is None for finding in findings("ER negative, PR negative and HER2 negative"))
    either = {f.or_group for f in findings("Hormone receptor positive")}
    assert len(either) == 1
    assert None not in either


def test_a_prohibited_conjunction_fails_only_as_a_whole() -> None:
    groups = [finding.or_group for finding in findings("Triple negative breast cancer", "exclusion")]
    assert None not in groups
    assert len(set(groups)) == 1


def test_contrary_states_of_one_line_are_alternatives() -> None:
    found = [f for f in findings("HR+/HER2- or triple negative breast cancer") if f.requirement is Requirement.REQUIRED]
    assert len({finding.or_group for finding in found}) == 1
    assert None not in {finding.or_group for finding in found}


def test_an_unknown_result_may_be_accepted() -> None:
    (finding,) = findings("EGFR wild type or unknown")
    assert finding.fact == Biomarker("EGFR", ("wild type",), unknown_ok=True)
    (plain,) = findings("EGFR wild type")
    assert plain.fact == Biomarker("EGFR", ("wild type",))


def test_entries_of_a_list_take_the_state_of_the_line_above() -> None:
    raw = "Inclusion Criteria:\n\n* Mutation in one of the following genes:\n  * ATM\n  * PALB2\n"
    text = criteria_text(raw)
    found = [finding.fact for line in text.lines if not line.is_heading for finding in BIOMARKERS(line, text)]
    assert found == [Biomarker("ATM", ("mutation",)), Biomarker("PALB2", ("mutation",))]


@pytest.mark.parametrize(
    "statement",
    [
        "EGFR exon 19 deletion or L858R mutation",
        "HER2 negative (IHC 0, 1+ or 2+/ISH-), ER and/or PR positive (\u2265 1%)",
    ],
)
def test_wrapping_escapes_and_bullets_change_nothing(statement: str) -> None:
    facts = {finding.fact for finding in findings(statement)}
    assert facts
    wrapped = statement.replace(" or ", "\n             or ")
    assert {finding.fact for finding in findings(wrapped)} == facts
    assert {finding.fact for finding in findings("1. " + statement)} == facts
    assert {finding.fact for finding in findings(statement.replace("(", "\\("))} == facts


@pytest.mark.parametrize(
    "piece", ["EGFR mutation, ", "(HER2) ( ", "ER+/PR- ", "a-b-c-EGFR (", "IHC 2+ and ", "exon 19, 20 or "]
)
def test_time_is_linear_in_the_length_of_a_line(piece: str) -> None:
    started = time.process_time()
    findings(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 10


def test_what_is_said_of_an_unknown_status_is_not_said_of_the_marker() -> None:
    (found,) = findings("HER2 negative (HER2 status unknown is allowed)")
    assert (found.fact, found.requirement) == (Biomarker("HER2", ("negative",), unknown_ok=True), Requirement.REQUIRED)


def test_a_variant_of_unknown_significance_leaves_no_status_open() -> None:
    found = findings("Melanoma with an NF1 mutation; variants of NF1 of unknown significance will not be eligible")
    assert [(one.fact, one.requirement) for one in found] == [
        (Biomarker("NF1", ("mutation",)), Requirement.REQUIRED),
        (Biomarker("NF1", ("variant of uncertain significance",)), Requirement.PROHIBITED),
    ]


def test_requirements_joined_by_and_are_no_alternatives() -> None:
    found = findings("KRAS or NRAS mutation and a positive expression of PD-L1")
    groups = {one.fact.marker: one.or_group for one in found if isinstance(one.fact, Biomarker)}
    assert groups["KRAS"] == groups["NRAS"] is not None
    assert groups["PD-L1"] is None
    assert {one.or_group for one in findings("ER and PR positive")} == {None}
    assert None not in {one.or_group for one in findings("ER and/or PR positive")}
