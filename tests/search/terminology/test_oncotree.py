"""The tree: every code has one chain of ancestors, and leaf sets behave like sets."""

from __future__ import annotations

import pytest

from search.terminology import oncotree
from search.terminology.oncotree import ANY, LIQUID, SOLID


def test_holds_the_897_nodes_below_the_root_and_three_pseudo_nodes() -> None:
    assert len(oncotree.nodes()) == 897 + 3


def test_every_chain_of_ancestors_ends_in_any() -> None:
    assert {oncotree.ancestors(code)[-1] for code in oncotree.nodes() if code != ANY} == {ANY}


def test_a_type_stands_below_its_tissue() -> None:
    assert oncotree.ancestors("LUAD") == ("NSCLC", "LUNG", SOLID, ANY)
    assert oncotree.ancestors("DLBCLNOS")[-3:] == ("LYMPH", LIQUID, ANY)
    assert oncotree.node("LUAD").tissue == "LUNG"
    assert oncotree.node("PCM").ncit == ("C3242",)


def test_nasopharyngeal_carcinoma_is_a_sibling_of_squamous_carcinoma_of_the_head_and_neck() -> None:
    assert oncotree.leaves("NPC").isdisjoint(oncotree.leaves("HNSC"))
    assert oncotree.leaves("NPC") <= oncotree.leaves("HEAD_NECK")


def test_leaves_of_a_node_are_those_of_its_children() -> None:
    assert oncotree.leaves("LUAD") == {"LUAD"}
    assert "LUAD" in oncotree.leaves("LUNG")
    assert "NSCLC" not in oncotree.leaves("LUNG")
    for code in oncotree.nodes():
        below = oncotree.descendants(code)
        assert oncotree.leaves(code) == ({one for one in below if not oncotree.descendants(one)} or {code})


def test_solid_and_liquid_part_all_leaves() -> None:
    assert oncotree.leaves(SOLID).isdisjoint(oncotree.leaves(LIQUID))
    assert oncotree.leaves(SOLID) | oncotree.leaves(LIQUID) == oncotree.leaves(ANY)
    assert {"AML", "PCM"} <= oncotree.descendants(LIQUID)
    assert "GB" in oncotree.leaves(SOLID) | oncotree.descendants(SOLID)


def test_sets_of_codes_can_be_said_with_fewer_codes_or_more_precisely() -> None:
    codes = frozenset({"LUNG", "LUAD", "BREAST"})
    assert oncotree.without_descendants(codes) == {"LUNG", "BREAST"}
    assert oncotree.without_ancestors(codes) == {"LUAD", "BREAST"}
    assert oncotree.leaves_of(codes) == oncotree.leaves("LUNG") | oncotree.leaves("BREAST")
    assert oncotree.related("LUAD", "LUNG")
    assert not oncotree.related("LUAD", "LUSC")


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(KeyError):
        oncotree.ancestors("NO_SUCH_CODE")
