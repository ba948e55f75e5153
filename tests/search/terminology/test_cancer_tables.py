"""The tables: every code exists, every row has a source, every rule can be read."""

from __future__ import annotations

import re

import pytest

from search.terminology import oncotree
from search.terminology.abbreviations import read_rule
from search.terminology.lexicon import compositions, entries, sites
from search.terminology.spelling import fold, fold_name, variants
from search.terminology.tables import read_table

SOURCE = re.compile(r"oncotree:2025_10_03|ncit:C\d+|do:DOID_\d+|unverified")
TABLES = {
    "cancer_synonyms.tsv": ("codes",),
    "cancer_sites.tsv": ("cancer", "carcinoma"),
    "cancer_histologies.tsv": ("codes",),
    "cancer_compositions.tsv": ("codes",),
    "cancer_conditions.tsv": ("code",),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_existing_codes_and_a_source(name: str) -> None:
    for row in read_table(name):
        for column in TABLES[name]:
            unknown = set(filter(None, row[column].split(","))) - set(oncotree.nodes())
            assert not unknown, (name, row)
        assert SOURCE.fullmatch(row["source"]), (name, row)


def test_there_are_names_enough_and_none_is_listed_twice() -> None:
    rows = [(row["name"], row["codes"]) for row in read_table("cancer_synonyms.tsv")]
    assert len(rows) > 3_000
    assert len(set(rows)) == len(rows)


def test_every_rule_can_be_read_and_only_abbreviations_have_one() -> None:
    for row in read_table("cancer_synonyms.tsv"):
        rule = read_rule(row["rule"])
        assert row["case"] in ("i", "s")
        assert (row["case"] == "s") == (rule != read_rule(""))


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(ValueError, match="sometimes"):
        read_rule("default; sometimes=x")


def test_every_composition_names_a_site_and_a_histology_of_the_tables() -> None:
    histologies = {row["histology"] for row in read_table("cancer_histologies.tsv")}
    assert {site for site, _ in compositions()} <= set(sites())
    assert {histology for _, histology in compositions()} <= histologies


def test_folding_keeps_offsets() -> None:
    text = "Stage IV\u00a0non–small-cell\r\n   lung CANCER, Waldenström’s (İ) × 2"
    folded = fold(text)
    assert folded.text == " stage iv non small cell lung cancer waldenstrom s i 2 "
    for word, original in (("small", "small"), ("lung", "lung"), ("cancer", "CANCER"), ("waldenstrom", "Waldenström")):
        place = folded.text.index(word)
        start, end = folded.offset(place), folded.offset(place + len(word) - 1) + 1
        assert text[start:end] == original


def test_variants_cover_number_spelling_and_eponyms() -> None:
    assert fold_name("Tumours of the oesophagus") in variants("tumor of the esophagus")
    assert fold_name("non-melanoma skin cancers") in variants("non melanoma skin cancer")
    assert fold_name("nonmelanoma skin cancers") in variants("non melanoma skin cancer")
    assert fold_name("Hodgkin’s lymphoma") in variants("hodgkin lymphoma")
    assert fold_name("Hodgkins lymphomas") in variants("hodgkin lymphoma")
    assert fold_name("Acute lymphoblastic leukaemias") in variants("acute lymphoblastic leukemia")


def test_all_spellings_are_folded() -> None:
    for spelling in entries():
        assert spelling == fold_name(spelling)
