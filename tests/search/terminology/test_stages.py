"""Stages: spelling, leaves, ranges, TNM tokens, and what a stage says about distant metastases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search.terminology import oncotree
from search.terminology.stages import (
    ANATOMIC,
    canonical_system,
    expand_range,
    family,
    group_of_tnm,
    implies_metastatic,
    parse_group,
    rows_for,
    stage_groups,
    stage_leaves,
    stage_order,
    systems,
    tnm_tokens,
)
from search.terminology.tables import read_table


def test_the_tables_are_sound() -> None:
    for row in systems():
        assert row.source
        assert row.metastatic | row.not_metastatic <= set(row.groups)
        assert not row.metastatic & row.not_metastatic
        assert all(code in oncotree.nodes() for code in row.oncotree)
        if family(row.system) == ANATOMIC:
            assert list(row.groups) == sorted(row.groups, key=stage_order)
    for cell in read_table("tnm_groups.tsv"):
        assert cell["source"]
        groups = {group for row in rows_for(cell["site"], "AJCC", cell["edition"]) for group in row.groups}
        assert cell["group"] in groups


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("stage 3", "III"),
        ("2A", "IIA"),
        ("4S", "IVS"),
        ("IIIa", "IIIA"),
        ("iv", "IV"),
        ("Stage IA2", "IA2"),
        ("III C", "IIIC"),
        ("0", "0"),
        ("0is", "0is"),
        ("II1", "II1"),
        ("IS", "IS"),
        ("extensive stage", "extensive"),
        ("limited disease", "limited"),
        ("LS", "limited"),
        ("intermediate risk", "intermediate"),
        ("B", "B"),
    ],
)
def test_groups_have_one_spelling(text: str, group: str) -> None:
    assert parse_group(text) == group


@pytest.mark.parametrize("text", ["", "six", "VI", "IIII", "metastatic", "T2"])
def test_what_is_no_group(text: str) -> None:
    assert parse_group(text) is None
    assert stage_groups(text) == ()
    assert stage_leaves(text) == frozenset()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("I", "III", ["I", "II", "III"]),
        ("I", "IIIA", ["I", "II", "IIIA"]),
        ("II", "IIIB", ["II", "IIIA", "IIIB"]),
        ("IIB", "IIIB", ["IIB", "IIIA", "IIIB"]),
        ("IB", "IIIA", ["IB", "IIA", "IIB", "IIIA"]),
        ("IIIA", "IIIC", ["IIIA", "IIIB", "IIIC"]),
        ("IIIB", "IV", ["IIIB", "IIIC", "IV"]),
        ("2", "3", ["II", "III"]),
        ("III", "I", ["III", "I"]),
        ("III", "III", ["III"]),
        ("none", "III", []),
    ],
)
def test_ranges(low: str, high: str, expected: list[str]) -> None:
    assert expand_range(low, high) == expected


def test_ranges_follow_the_letters_of_the_site_and_edition() -> None:
    assert expand_range("IIIB", "IV", site="NSCLC", edition="7") == ["IIIB", "IV"]
    assert expand_range("IIIB", "IV", site="NSCLC", edition="8") == ["IIIB", "IIIC", "IV"]
    assert expand_range("IIIB", "IV", site="SKCM", edition="8") == ["IIIB", "IIIC", "IIID", "IV"]
    assert expand_range("IA2", "IIIA", site="lung", edition="8") == ["IA2", "IA3", "IB", "IIA", "IIB", "IIIA"]
    assert expand_range("A", "C", "BCLC", "HCC") == ["A", "B", "C"]
    assert expand_range("A", "C", "BCLC") == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("II-IIIB", ("II", "IIIA", "IIIB")),
        ("stage II to IIIB", ("II", "IIIA", "IIIB")),
        ("stage II to select stage IIIB", ("II", "IIIA", "IIIB")),
        ("IIIB/IV", ("IIIB", "IV")),
        ("I, II, and IIIA", ("I", "II", "IIIA")),
        ("IIIA/B", ("IIIA", "IIIB")),
        ("IIIA–B", ("IIIA", "IIIB")),
        ("III or IV", ("III", "IV")),
        ("2B and 3", ("IIB", "III")),
    ],
)
def test_lists_and_ranges_in_text(text: str, expected: tuple[str, ...]) -> None:
    assert stage_groups(text) == expected


def test_leaves_make_partial_knowledge_work() -> None:
    assert stage_leaves("IIIA") < stage_leaves("III")
    assert stage_leaves("III", site="LUNG") == {"IIIA", "IIIB", "IIIC"}
    assert stage_leaves("IIIA-C", site="LUNG") == stage_leaves("III", site="LUNG")
    assert stage_leaves("I").isdisjoint(stage_leaves("II-IV"))
    assert stage_leaves("IVB", site="HNSC") < stage_leaves("IV", site="HNSC")
    assert stage_leaves("IIIA1", site="BREAST") == {"IIIA"}


def test_systems_do_not_mix() -> None:
    assert stage_leaves("ISS II") == stage_leaves("II", "ISS") == {"ISS:II"}
    assert stage_leaves("R-ISS II").isdisjoint(stage_leaves("ISS II"))
    assert stage_leaves("intermediate", "Rai") == {"Rai:I", "Rai:II"}
    assert stage_leaves("C", "BCLC") == {"BCLC:C"}
    assert stage_leaves("extensive") == {"VALG:extensive"}
    assert stage_leaves("4S", "INSS") == {"INSS:IVS"}
    assert stage_leaves("III", "Ann Arbor") == {"Ann Arbor:IIIA", "Ann Arbor:IIIB"}
    assert family("AJCC") == family("FIGO") == family(None) == ANATOMIC
    assert family("ISS") == "ISS"
    assert canonical_system("UICC") == "AJCC"
    assert canonical_system("no such system") is None


def test_an_oncotree_code_finds_the_rows_of_its_nearest_ancestor() -> None:
    assert {row.site for row in rows_for("LUAD")} == {"lung"}
    assert {row.edition for row in rows_for("NPC")} == {"7", "8", "9"}
    assert {row.edition for row in rows_for("STAD", edition="8th")} == {"8", "8p"}
    assert rows_for("PCM") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cT3N1M0", ["T3", "N1", "M0"]),
        ("TanyNanyM1", ["Tany", "Nany", "M1"]),
        ("any T, any N, M0", ["Tany", "Nany", "M0"]),
        ("T1-4N0-3M1a-c", ["T1", "T2", "T3", "T4", "N0", "N1", "N2", "N3", "M1a", "M1b", "M1c"]),
        ("T2b-T4a", ["T2b", "T3", "T4a"]),
        ("N2+", ["N2", "N3"]),
        ("N+", ["N1", "N2", "N3"]),
        ("pT1c N1mi", ["T1c", "N1mi"]),
        ("Nx/Mx", ["NX", "MX"]),
        ("Tis or Ta", ["Tis", "Ta"]),
        ("T2/FLAIR, T1-weighted", []),
        ("T790M, T315I, free T4, M3 leukemia", []),
    ],
)
def test_tnm_tokens(text: str, expected: list[str]) -> None:
    assert tnm_tokens(text) == expected


@pytest.mark.parametrize(
    ("stage", "site", "edition", "expected"),
    [
        ("T2N1M1", None, None, True),
        ("M1b", "HNSC", None, True),
        ("T4N3M0", None, None, False),
        ("M0 or M1", None, None, None),
        ("IV", "LUAD", None, True),
        ("IVA", "LUAD", "8", True),
        ("IIIC", "LUAD", "8", False),
        ("IV", "BREAST", None, True),
        ("IV", "HNSC", None, None),
        ("IVA", "HNSC", None, False),
        ("IVB", "HNSC", None, False),
        ("IVC", "HNSC", None, True),
        ("IVA", "NPC", "8", False),
        ("IVB", "NPC", "8", True),
        ("IVA", "NPC", "9", True),
        ("IVA", "NPC", None, None),
        ("IV", "oropharynx, HPV-mediated", "8", True),
        ("II", "THPA", "8", None),
        ("IVB", "THME", "8", False),
        ("IVA", "CESC", None, False),
        ("IVB", "CESC", None, True),
        ("III", "HGSOC", None, None),
        ("IV", "HGSOC", None, True),
        ("IV", "STAD", "7", True),
        ("IV", "STAD", None, None),
        ("IV", "PRAD", None, None),
        ("IVB", "PRAD", "8", True),
        ("IV", "CCRCC", None, None),
        ("IV", "PCM", None, None),
        ("IV", "DLBCLNOS", None, None),
        ("III", "SEM", None, None),
        ("IV", None, None, None),
        ("I", None, None, False),
        ("extensive", "SCLC", None, None),
        ("limited", "SCLC", None, False),
        ("BCLC B", "HCC", None, False),
        ("BCLC C", "HCC", None, None),
        ("IIIB-IV", "LUAD", "8", None),
        ("unresectable", "LUAD", "8", None),
    ],
)
def test_what_a_stage_says_about_metastases(
    stage: str, site: str | None, edition: str | None, expected: bool | None
) -> None:
    assert implies_metastatic(stage, site, edition) is expected


def test_tnm_to_group_only_where_a_grid_with_a_source_exists() -> None:
    assert group_of_tnm(["T2a", "N2", "M0"], "LUAD", "8") == {"IIIA"}
    assert group_of_tnm(["T1", "N0", "M0"], "lung", "8") == {"IA1", "IA2", "IA3"}
    assert group_of_tnm(["Tany", "N3", "M0"], "NPC", "8") == {"IVA"}
    assert group_of_tnm(["T1", "N0"], "lung", "8") == frozenset()
    assert group_of_tnm(["T1", "N0", "M1"], "lung", "8") == frozenset()
    assert group_of_tnm(["T1", "N0", "M0"], "SKCM", "8") == frozenset()


@pytest.mark.data
def test_every_annotated_stage_is_spelt_as_we_spell_it(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    groups = tokens = same_groups = same_tokens = 0
    for folder in ("oncology_criteria", "disease_criteria"):
        for path in sorted((data_dir / "gold" / folder).glob("NCT*.json")):
            for item in json.loads(path.read_text(encoding="utf-8"))["criteria"]:
                if item["kind"] != "stage":
                    continue
                for value in item.get("values") or []:
                    groups += 1
                    same_groups += parse_group(value) == value
                for token in item.get("tnm") or []:
                    tokens += 1
                    same_tokens += tnm_tokens(token) == [token]
    with capsys.disabled():
        print(f"\nstage groups {same_groups}/{groups} and TNM tokens {same_tokens}/{tokens} read back as annotated")
    assert same_groups == groups
    assert same_tokens == tokens
