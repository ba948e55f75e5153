"""States of markers as leaf sets."""

from __future__ import annotations

import pytest

from search.terminology.markers import markers
from search.terminology.tables import read_table
from search.terminology.variants import canonical_state, equivalents, satisfies, state_leaves


def test_every_row_belongs_to_a_known_marker() -> None:
    assert {row["marker"] for row in read_table("variants.tsv")} - {"*"} <= markers()


def test_sensitising_mutations_hold_exon_19_deletion_and_not_exon_20_insertion() -> None:
    sensitising = state_leaves("EGFR", "sensitising mutation")
    assert state_leaves("EGFR", "exon 19 deletion") <= sensitising
    assert state_leaves("EGFR", "L858R") <= sensitising
    assert state_leaves("EGFR", "exon 20 insertion").isdisjoint(sensitising)
    assert state_leaves("EGFR", "T790M").isdisjoint(sensitising)
    assert sensitising < state_leaves("EGFR", "mutation")


def test_her2_by_immunohistochemistry_and_in_situ_hybridisation() -> None:
    positive, low, negative = (state_leaves("HER2", state) for state in ("positive", "low", "negative"))
    assert positive.isdisjoint(negative)
    assert low < negative
    assert state_leaves("HER2", "3+") <= positive
    assert state_leaves("HER2", "IHC 2+/FISH+") <= positive
    assert state_leaves("HER2", "IHC 2+/ISH-") <= low
    assert state_leaves("HER2", "zero") == state_leaves("HER2", "IHC 0")
    assert state_leaves("HER2", "zero").isdisjoint(low)


@pytest.mark.parametrize(
    ("marker", "known", "wanted", "expected"),
    [
        ("EGFR", "L858R", "sensitising mutation", True),
        ("EGFR", "exon 20 insertion", "sensitising mutation", False),
        ("EGFR", "mutation", "sensitising mutation", None),
        ("EGFR", "wild type", "mutation", False),
        ("KRAS", "G12C", "mutation", True),
        ("KRAS", "G12D", "G12C", False),
        ("KRAS", "G12X", "G12C", None),
        ("KRAS", "G12F", "G12X", True),
        ("KRAS", "G12F", "mutation", True),
        ("KRAS", "G12F", "G12C", False),
        ("KRAS", "G12F", "G12W", False),
        ("KRAS", "G12F", "G12F", True),
        ("KRAS", "mutation", "G12F", None),
        ("BRAF", "V600K", "V600", True),
        ("BRAF", "V600", "V600E", None),
        ("BRAF", "K601E", "V600", False),
        ("TP53", "R175H", "mutation", True),
        ("HER2", "IHC 2+", "positive", None),
        ("HER2", "IHC 1+", "low", True),
        ("HER2", "IHC 0", "negative", True),
        ("FLT3", "ITD", "mutation", True),
        ("MET", "exon 14 skipping", "alteration", True),
        ("RET", "fusion", "mutation", False),
        ("PD-L1", "positive", "high", None),
    ],
)
def test_a_result_is_compared_with_what_is_asked(marker: str, known: str, wanted: str, expected: bool | None) -> None:
    assert satisfies(marker, known, wanted) is expected


def test_deficient_mismatch_repair_and_high_instability_say_the_same() -> None:
    assert ("MSI", "high") in equivalents("MMR", "deficient")
    assert ("MMR", "deficient") in equivalents("MSI", "high")
    assert ("MMR", "proficient") in equivalents("MSI", "MSS")
    assert equivalents("EGFR", "mutation") == frozenset()


def test_words_are_brought_to_the_tables_spelling() -> None:
    assert canonical_state("EGFR", "ex19del") == "exon 19 deletion"
    assert canonical_state("EGFR", "p.L858R") == "L858R"
    assert canonical_state("ALK", "rearranged") == "fusion"
    assert canonical_state("KRAS", "Wild-Type") == "wild type"
    assert canonical_state("EGFR", "Exon  20 Insertion") == "exon 20 insertion"
