"""Biomarker names in text, and the abbreviations that are other words too."""

from __future__ import annotations

import time

import pytest

from search.terminology.abbreviations import read_rule
from search.terminology.markers import find_markers, genes, markers, resolve_marker
from search.terminology.tables import read_table


def named(text: str, context: str = "") -> list[str]:
    return [marker for mention in find_markers(text, context) for marker in mention.markers]


def test_genes_are_many_and_have_a_source() -> None:
    assert len(genes()) > 350
    assert all(gene.source.startswith(("hgnc:", "ncbigene:")) for gene in genes().values())
    assert genes()["ERBB2"].marker == "HER2"
    assert genes()["KRAS"].source == "hgnc:6407"


def test_every_rule_can_be_read_and_every_row_has_a_source() -> None:
    for row in read_table("markers.tsv"):
        read_rule(row["rule"])
        assert row["source"]
        assert row["case"] in ("i", "s")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EGFR exon 19 deletion, ALK and ROS1 negative", "EGFR ALK ROS1"),
        ("estrogen receptor and HER2/neu", "ER HER2"),
        ("BRCA1/2 germline mutation", "BRCA1 BRCA2"),
        ("hormone receptor positive", "ER PR"),
        ("triple negative disease", "ER PR HER2"),
        ("IDH1/2 wild type", "IDH1 IDH2"),
        ("NTRK fusion", "NTRK1 NTRK2 NTRK3"),
        ("FGFR2/3 alterations", "FGFR2 FGFR3"),
        ("KRASwt, PIK3CAm", "KRAS PIK3CA"),
        ("dMMR or MSI-H", "MMR MSI"),
        ("Claudin 18.2 positive", "CLDN18.2"),
        ("anaplastic lymphoma kinase rearrangement", "ALK"),
        ("human papillomavirus, p16", "HPV HPV"),
        ("Philadelphia chromosome", "BCR-ABL1"),
        ("β-catenin", "CTNNB1"),
        ("egfr mutant nsclc", "EGFR"),
    ],
)
def test_a_name_means_its_markers(text: str, expected: str) -> None:
    assert named(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MET amplification or MET exon 14 skipping", "MET MET"),
        ("all criteria MET", ""),
        ("conditions must be met", ""),
        ("RET fusion-positive thyroid cancer; RET M918T", "RET RET"),
        ("patients ret. to clinic", ""),
        ("ER+ and PR- tumors", "ER PR"),
        ("ER-positive by IHC", "ER"),
        ("admitted through the ER (emergency room)", ""),
        ("morphine ER 15 mg (extended release)", ""),
        ("PR or CR by RECIST (partial response)", ""),
        ("partial response (PR)", ""),
        ("EGFR mutation", "EGFR"),
        ("eGFR above 60", ""),
        ("EGFR >= 60 mL/min/1.73 m2", ""),
        ("KIT exon 11 mutation", "KIT"),
        ("use the KIT supplied", ""),
        ("ALK-positive anaplastic large cell lymphoma; ALL", "ALK"),
        ("HR+ disease", "ER PR"),
        ("hazard ratio (HR) 0.7", ""),
        ("HR 60-100 beats", ""),
        ("MMR deficient", "MMR"),
        ("MMR vaccine (measles, mumps, rubella)", ""),
        ("AR-V7 positive", "AR"),
        ("adverse reaction (AR)", ""),
        ("MAX dose", ""),
        ("MAX germline mutation", "MAX"),
        ("progressive multifocal leukoencephalopathy (PML)", ""),
    ],
)
def test_an_ambiguous_symbol_goes_by_case_and_company(text: str, expected: str) -> None:
    assert named(text) == expected.split()


@pytest.mark.parametrize(
    "text", ["EGFR inhibitor", "anti-CD19 therapy", "BCMA-directed CAR-T", "CDK4/6i", "ALK TKI", "CD19 CAR T cells"]
)
def test_a_drugs_target_is_no_marker(text: str) -> None:
    assert named(text) == []


def test_quotes_are_exact_and_close_their_bracket() -> None:
    text = "High risk: del(17p), t(4;14) or\u00a0TP53"
    mentions = find_markers(text)
    assert [mention.quote for mention in mentions] == ["del(17p)", "t(4;14)", "TP53"]
    assert all(text[mention.start : mention.end] == mention.quote for mention in mentions)


def test_a_filter_value_is_resolved_in_any_case() -> None:
    assert resolve_marker("egfr") == ("EGFR",)
    assert resolve_marker("ERBB2") == ("HER2",)
    assert resolve_marker("pd-l1") == ("PD-L1",)
    assert resolve_marker("p53") == ("TP53",)
    assert resolve_marker("no such marker") == ()
    for marker in markers():
        assert resolve_marker(marker) == (marker,)


@pytest.mark.parametrize("piece", ["MET ", "EGFR, ", "(PR) ", "pd-l1 ", "ER+/PR- "])
def test_time_is_linear_in_the_length_of_any_text(piece: str) -> None:
    started = time.process_time()
    find_markers(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5
