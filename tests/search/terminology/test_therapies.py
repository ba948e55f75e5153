"""Therapies: the graph, the names, and finding them in text."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from search.terminology.spelling import fold
from search.terminology.tables import read_table
from search.terminology.therapies import (
    TherapyKind,
    classes_of,
    find_therapies,
    is_a,
    leaves,
    other,
    stem_class,
    therapy,
    therapy_key,
)
from search.terminology.therapy_graph import Mark, tables


def found(text: str, *, typed: bool = False) -> list[tuple[str, str]]:
    mentions = find_therapies(text, typed=typed)
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.quote
    return [(mention.quote, mention.name) for mention in mentions]


def names(text: str, *, typed: bool = False) -> list[str]:
    return [name for _, name in found(text, typed=typed)]


def test_the_tables_are_large_enough_and_every_row_names_its_source() -> None:
    kinds = [node.kind for node in tables().nodes.values()]
    assert kinds.count(TherapyKind.DRUG) >= 500
    assert kinds.count(TherapyKind.CLASS) + kinds.count(TherapyKind.PROCEDURE) >= 100
    assert kinds.count(TherapyKind.REGIMEN) >= 80
    for name in ("drugs.tsv", "therapy_classes.tsv", "regimens.tsv", "inn_stems.tsv"):
        assert all(row["source"] for row in read_table(name))


def test_the_graph_has_no_cycle_and_no_two_plain_meanings_of_one_spelling() -> None:
    for name in tables().nodes:
        assert name not in classes_of(name)
    meanings: dict[str, set[str]] = {}
    for spelling in tables().spellings:
        if spelling.mark is Mark.PLAIN:
            meanings.setdefault(spelling.surface.lower(), set()).add(spelling.therapy.name)
    assert {surface: who for surface, who in meanings.items() if len(who) > 1} == {}


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("Tagrisso", "osimertinib"),
        ("AZD9291", "osimertinib"),
        ("AZD-9291", "osimertinib"),
        ("AZD 9291", "osimertinib"),
        ("AMG510", "sotorasib"),
        ("Herceptin", "trastuzumab"),
        ("T-DXd", "trastuzumab deruxtecan"),
        ("fam-trastuzumab deruxtecan-nxki", "trastuzumab deruxtecan"),
        ("5-FU", "fluorouracil"),
        ("irinotecan hydrochloride", "irinotecan"),
        ("anti-PD1 antibodies", "anti-PD-1"),
        ("PARPi", "PARP inhibitor"),
        ("prior platinum-based regimens", "platinum chemotherapy"),
        ("EGFR tyrosine kinase inhibitor", "EGFR TKI"),
        ("cART", "antiretroviral"),
        ("CART", "CAR-T"),
        ("AC", "AC"),
        ("XELOX", "CAPOX"),
        ("[177Lu]Lu-PSMA-617", "lutetium Lu 177 vipivotide tetraxetan"),
    ],
)
def test_a_name_resolves_to_its_canonical_form(name: str, canonical: str) -> None:
    node = therapy(name)
    assert node is not None
    assert node.name == canonical


def test_a_name_nobody_knows_resolves_to_nothing() -> None:
    assert therapy("qwertolol") is None
    assert leaves("qwertolol") == frozenset()
    assert classes_of("qwertolol") == frozenset()
    assert not is_a("qwertolol", "chemotherapy")
    assert not is_a("cisplatin", "qwertolol class")
    assert therapy_key("Qwerto-Lol") == "qwerto lol"
    assert therapy_key("Keytruda") == "pembrolizumab"


@pytest.mark.parametrize(
    ("drug", "cls"),
    [
        ("nivolumab", "anti-PD-1"),
        ("nivolumab", "anti-PD-1/PD-L1"),
        ("nivolumab", "immune checkpoint inhibitor"),
        ("nivolumab", "immunotherapy"),
        ("nivolumab", "systemic therapy"),
        ("carboplatin", "platinum chemotherapy"),
        ("carboplatin", "chemotherapy"),
        ("osimertinib", "third-generation EGFR TKI"),
        ("osimertinib", "EGFR TKI"),
        ("trastuzumab deruxtecan", "HER2-targeted therapy"),
        ("trastuzumab deruxtecan", "topoisomerase I inhibitor ADC"),
        ("trastuzumab emtansine", "maytansinoid ADC"),
        ("pirtobrutinib", "non-covalent BTK inhibitor"),
        ("ibrutinib", "covalent BTK inhibitor"),
        ("axi-cel", "CD19 CAR-T"),
        ("teclistamab", "anti-BCMA"),
        ("elacestrant", "SERD"),
        ("enzalutamide", "androgen receptor pathway inhibitor"),
        ("goserelin", "androgen deprivation therapy"),
        ("Pluvicto", "radioligand therapy"),
        ("SBRT", "radiotherapy"),
        ("whole-brain radiotherapy", "CNS radiotherapy"),
        ("chemoradiotherapy", "chemotherapy"),
        ("FOLFOX", "fluoropyrimidine"),
        ("R-CHOP", "anti-CD20"),
        ("R-CHOP", "vincristine"),
        ("VRd", "proteasome inhibitor"),
        ("zoledronic acid", "bone-modifying agent"),
    ],
)
def test_members_belong_to_their_classes(drug: str, cls: str) -> None:
    assert is_a(drug, cls)


@pytest.mark.parametrize(
    ("drug", "cls"),
    [
        ("atezolizumab", "anti-PD-1"),
        ("gefitinib", "third-generation EGFR TKI"),
        ("trastuzumab deruxtecan", "chemotherapy"),
        ("anti-PD-1/PD-L1", "anti-PD-1"),
        ("denosumab", "anticancer therapy"),
        ("prednisone", "systemic therapy"),
        ("cetuximab", "EGFR TKI"),
        ("bicalutamide", "androgen receptor pathway inhibitor"),
    ],
)
def test_others_do_not(drug: str, cls: str) -> None:
    assert not is_a(drug, cls)


def test_a_class_has_a_leaf_for_the_members_no_row_lists() -> None:
    tigit = leaves("anti-TIGIT")
    assert {"tiragolumab", other("anti-TIGIT")} <= tigit
    assert not tigit <= leaves("tiragolumab")
    assert tigit <= leaves("immune checkpoint inhibitor")
    assert leaves("olaparib") == frozenset({"olaparib"})


def test_a_broad_stem_may_be_any_narrower_class() -> None:
    unknown = leaves("examtinib")
    assert unknown <= leaves("tyrosine kinase inhibitor")
    assert unknown & leaves("EGFR TKI")
    assert not unknown <= leaves("EGFR TKI")
    assert not unknown & leaves("osimertinib")
    assert leaves("examparib") <= leaves("PARP inhibitor")


@pytest.mark.parametrize(
    ("word", "cls"),
    [
        ("examparib", "PARP inhibitor"),
        ("examciclib", "CDK inhibitor"),
        ("examrasib", "RAS inhibitor"),
        ("examlutamide", "androgen receptor inhibitor"),
        ("examcabtagene autoleucel", "cell therapy"),
        ("examab deruxtecan", "topoisomerase I inhibitor ADC"),
        ("examab vedotin", "auristatin ADC"),
        ("examzomib", "proteasome inhibitor"),
        ("exambrutinib", "BTK inhibitor"),
        ("exametinib", "MEK inhibitor"),
        ("exazumab", "monoclonal antibody"),
        ("exaplatin", "platinum chemotherapy"),
    ],
)
def test_stems_of_unlisted_names(word: str, cls: str) -> None:
    assert stem_class(word) == cls
    assert is_a(word, cls)


@pytest.mark.parametrize("word", ["immunoglobulin", "tubulin", "ghrelin", "crib", "table"])
def test_words_that_only_end_like_a_stem(word: str) -> None:
    assert names(f"low {word} level") == []


def test_a_role_is_as_wide_as_what_can_play_it() -> None:
    node = therapy("adjuvant therapy")
    assert node is not None
    assert node.kind is TherapyKind.ROLE
    assert leaves("adjuvant therapy") == leaves("anticancer therapy")
    assert leaves("investigational agent") == frozenset()


def test_regimens_expand_to_their_drugs() -> None:
    assert leaves("FOLFIRINOX") == {"fluorouracil", "leucovorin", "irinotecan", "oxaliplatin"}
    node = therapy("D-VRd")
    assert node is not None
    assert node.drugs == ("daratumumab", "bortezomib", "lenalidomide", "dexamethasone")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no anti-PD-1, anti-PD-L1, or CTLA-4 antibody", ["anti-PD-1", "anti-PD-L1", "anti-CTLA-4"]),
        ("PD-1, PD-L1 or LAG3 inhibitors", ["anti-PD-1", "anti-PD-L1", "anti-LAG3"]),
        ("a BRAF and/or MEK inhibitor", ["BRAF inhibitor", "MEK inhibitor"]),
        ("anti-PD-1, PD-L1, PD-L2", ["anti-PD-1", "anti-PD-L1", "anti-PD-L2"]),
        ("KRAS, BRAF or MET mutation", []),
        ("treated with AC followed by Taxol", ["AC", "paclitaxel"]),
        ("the AC adapter", []),
        ("EC chemotherapy, or BR x 4 cycles", ["EC", "BR"]),
        ("EC number of the enzyme", []),
        ("relapse after BEP, GP or TIP", ["BEP", "GemCis", "TIP"]),
        ("GP visits; TIP of the tongue", []),
        ("kept on ice", []),
        ("salvage ICE regimen", ["ICE"]),
        ("a PI, an IMiD and an anti-CD38 antibody", ["proteasome inhibitor", "IMiD", "anti-CD38"]),
        ("at the discretion of the PI (e.g., aspirin)", ["aspirin"]),
        ("breast or car accident", []),
        ("CAR-T or CAR T-cells", ["CAR-T", "CAR-T"]),
        ("systemic steroids, not anabolic steroids", ["corticosteroid"]),
        ("castration-resistant disease under ADT", ["androgen deprivation therapy"]),
        ("platinum-resistant after carboplatin", ["carboplatin"]),
        ("progesterone receptor positive", []),
        ("CAP certified laboratory, CMV infection", []),
        ("radiation necrosis after SRS", ["stereotactic radiosurgery"]),
        ("cisplatin, gemcitabine", ["cisplatin", "gemcitabine"]),
        ("cisplatin/gemcitabine", ["GemCis"]),
        ("pemetrexed plus\n   cisplatin", ["cisplatin and pemetrexed"]),
        ("prophylactic cranial irradiation (PCI)", ["PCI", "PCI"]),
        ("history of PCI or CABG", []),
        ("MEK (trametinib)", ["trametinib"]),
        ("Keytruda® and Opdivo™", ["pembrolizumab", "nivolumab"]),
        ("anti‑PD‑1 therapy", ["anti-PD-1"]),
        ("epidermal growth factor receptor (EGFR) tyrosine kinase inhibitor", ["EGFR TKI"]),
        ("autologous stem cell transplantation", ["autologous stem cell transplant"]),
        ("allo-HSCT", ["allogeneic stem cell transplant"]),
        ("7+3 induction; 7.3 mg", ["7+3"]),
    ],
)
def test_ambiguous_names_are_settled_by_case_context_and_neighbours(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_salt_belongs_to_its_drug() -> None:
    assert found("irinotecan hydrochloride weekly") == [("irinotecan hydrochloride", "irinotecan")]


def test_abbreviations_typed_in_lower_case_count_only_in_a_query() -> None:
    assert names("received flag") == []
    assert names("flag or fcr after cll", typed=True) == ["FLAG", "FCR"]
    assert names("folfox or folfiri") == ["FOLFOX", "FOLFIRI"]


def test_unlisted_targets_and_stems_are_found_with_less_confidence() -> None:
    mentions = find_therapies("a QRS9 inhibitor, anti-QRS7 antibody, examparib or examab deruxtecan, olaparib")
    assert [mention.name for mention in mentions] == [
        "QRS9 inhibitor",
        "anti-QRS7",
        "examparib",
        "examab deruxtecan",
        "olaparib",
    ]
    assert [mention.classes for mention in mentions[2:4]] == [("PARP inhibitor",), ("topoisomerase I inhibitor ADC",)]
    assert all(mention.confidence < mentions[4].confidence for mention in mentions[:4])
    assert names("anti-HBc positive, strong CYP2C8 inhibitor") == []


def test_a_view_made_by_the_caller_gives_the_same_answer() -> None:
    text = "Prior   FOLFOX\r\n  and bevacizumab"
    assert find_therapies(text, fold(text)) == find_therapies(text)


def test_the_scan_is_quick_and_linear() -> None:
    text = "anti-PD-1, PD-L1 or MEK inhibitor; AC EC PI GP TIP examparib platinum-based " * 3000
    find_therapies("warm")
    start = time.process_time()
    assert len(find_therapies(text)) > 10_000
    assert time.process_time() - start < 3.0


@pytest.mark.data
def test_coverage_of_the_annotated_therapies(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    total = exact = related = 0
    for path in sorted((data_dir / "gold" / "oncology_criteria").glob("NCT*.json")):
        for item in json.loads(path.read_text(encoding="utf-8"))["criteria"]:
            if item["kind"] != "prior_therapy":
                continue
            wanted = item["therapy"] if isinstance(item["therapy"], list) else [item["therapy"]]
            keys = {therapy_key(name) for name in wanted}
            got = names(item["quote"])
            total += 1
            exact += bool(keys & set(got))
            related += bool(keys & set(got)) or any(is_a(name, key) or is_a(key, name) for name in got for key in keys)
    with capsys.disabled():
        print(f"\nprior_therapy items {total}: same name {exact / total:.3f}, same or related {related / total:.3f}")
    assert exact / total >= 0.75
    assert related / total >= 0.85
