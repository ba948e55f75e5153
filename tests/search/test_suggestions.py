"""Completions: names and ids from the back end, cancer types from the trials' codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.engine import SearchEngine
from search.index.base import Suggestion
from search.index.open import open_store
from search.query import Query
from search.ranking.suggestions import cancer_types, with_cancer_types
from search.terminology.oncotree import PSEUDO

TYPES = cancer_types(
    {"LUNG": 90, "NSCLC": 60, "SCLC": 20, "LUAD": 30, "MEL": 5, "BREAST": 70, "NOSUCH": 9} | dict.fromkeys(PSEUDO, 99)
)


def condition(text: str, trials: int) -> Suggestion:
    return Suggestion(text, "condition", trials)


def test_cancer_types_have_names_and_counts_but_no_pseudo_codes() -> None:
    assert [(s.text, s.trials) for s in TYPES[:2]] == [("Lung cancer", 90), ("Breast cancer", 70)]
    assert {s.kind for s in TYPES} == {"cancer_type"}
    assert len(TYPES) == 6


def test_a_condition_of_the_same_name_gives_way_to_the_type() -> None:
    found = with_cancer_types([condition("Lung Cancer", 40), condition("Lung Nodule", 3)], TYPES, "lung", 8)
    assert [(s.text, s.trials) for s in found][:3] == [
        ("Lung cancer", 90),
        ("Lung Adenocarcinoma", 30),
        ("Lung Nodule", 3),
    ]
    assert [s.text for s in found][3:] == ["Non-Small Cell Lung Cancer", "Small Cell Lung Cancer"]


def test_a_prefix_may_stand_at_the_beginning_of_a_later_word() -> None:
    found = with_cancer_types([], TYPES, "Small-cell", 8)
    assert [s.text for s in found] == ["Small Cell Lung Cancer", "Non-Small Cell Lung Cancer"]
    assert with_cancer_types([], TYPES, "mall", 8) == []


def test_types_leave_room_for_others_and_long_lists_are_left_out() -> None:
    others = [condition(f"Lung {letter}", 9) for letter in "abcdefgh"] + [condition("Lung " + "and more " * 20, 99)]
    found = with_cancer_types(others, TYPES, "lung", 4)
    assert [s.kind for s in found] == ["cancer_type", "cancer_type", "condition", "cancer_type"]
    assert all(len(s.text) < 80 for s in with_cancer_types(others, TYPES, "lung", 20))


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_never_more_than_asked_for(size: int) -> None:
    others = [condition(f"Lung {letter}", 9) for letter in "abcdefgh"]
    assert len(with_cancer_types(others, TYPES, "lung", size)) == size
    assert len(with_cancer_types(others, TYPES, "", size)) == size


def test_the_engine_completes_cancer_types_of_its_index(sample_index: Path) -> None:
    engine = SearchEngine(open_store(str(sample_index)))
    found = engine.suggest("breast", 8)
    (kind,) = [s for s in found if s.kind == "cancer_type" and s.text == "Breast cancer"]
    facet = engine.search(Query(), size=1).facets["cancer_type"]
    assert kind.trials == facet["BREAST"]
    engine.close()
