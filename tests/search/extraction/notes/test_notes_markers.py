"""Biomarkers with their states and signs."""

from __future__ import annotations

import pytest

from search.extraction.note import read_note


def states(words: str) -> dict[str, str]:
    found = read_note(f"60F with cancer. {words}").profile.get("biomarkers", [])
    assert isinstance(found, list)
    return {str(one["marker"]): str(one["state"]) for one in found if isinstance(one, dict)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ER+/PR-/HER2-", {"ER": "positive", "PR": "negative", "HER2": "negative"}),
        ("ER 90%, PR 0%, HER2 IHC 0", {"ER": "positive", "PR": "negative", "HER2": "negative"}),
        ("HER2 IHC 2+, FISH ratio 1.4", {"HER2": "negative"}),
        ("HER2 IHC 2+, FISH ratio 3.1", {"HER2": "positive"}),
        ("HER2 3+", {"HER2": "positive"}),
        ("TNBC", {"ER": "negative", "PR": "negative", "HER2": "negative"}),
        ("No KRAS/NRAS/BRAF mutation", {"KRAS": "wild type", "NRAS": "wild type", "BRAF": "wild type"}),
        ("BRAF/NRAS wt", {"BRAF": "wild type", "NRAS": "wild type"}),
        (
            "There were no EGFR, ALK or ROS1 alterations.",
            {"EGFR": "wild type", "ALK": "wild type", "ROS1": "wild type"},
        ),
        ("KRAS G12C", {"KRAS": "G12C"}),
        ("BRAF V600E.", {"BRAF": "V600E"}),
        ("EGFR exon 19 deletion", {"EGFR": "exon 19 deletion"}),
        ("EML4-ALK fusion", {"ALK": "fusion"}),
        ("SS18::SSX1 confirmed", {"SS18": "fusion", "SSX1": "fusion"}),
        ("PD-L1 CPS 12", {"PD-L1": "positive"}),
        ("PD-L1 was 80%", {"PD-L1": "positive"}),
        ("PD-L1 <1%", {"PD-L1": "negative"}),
        ("MSS, TMB 4", {"MSI": "MSS", "TMB": "low"}),
        ("dMMR", {"MMR": "deficient"}),
        ("pMMR", {"MMR": "proficient"}),
        ("MGMT unmethylated", {"MGMT": "unmethylated"}),
        ("gBRCA1 mutated", {"BRCA1": "germline mutation"}),
        ("ATM not altered", {"ATM": "wild type"}),
        ("HLA-A*02:01 positive", {"HLA-A*02:01": "positive"}),
        ("HLA-A2 by serology; alleles HLA-A*02:06", {"HLA-A*02:01": "negative", "HLA-A*02:06": "positive"}),
        ("Never on an ALK inhibitor", {}),
        ("EGFR testing pending", {}),
        ("Mother BRCA1 positive", {}),
        ("Best response PR, then CR", {}),
    ],
)
def test_states(words: str, expected: dict[str, str]) -> None:
    assert states(words) == expected


def test_the_value_is_kept_as_reported() -> None:
    found = read_note("60M NSCLC, PD-L1 TPS 60%.").profile["biomarkers"]
    assert found == [{"marker": "PD-L1", "state": "positive", "value": "TPS 60%"}]
