"""The names that `oncomatch parse-query` prints: OncoTree's node of a name."""

from __future__ import annotations

import pytest

from search.query_parser import flat_concept, parse_query


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("medulloblastomas", "MBL"),
        ("Ewing's sarcoma", "ES"),
        ("high grade glioma", "HGGNOS"),
        ("PTCL", "PTCL"),
    ],
)
def test_a_name_prints_the_node_of_that_name_and_searches_all_that_it_may_mean(words: str, code: str) -> None:
    (concept,) = parse_query(words).concepts
    assert flat_concept(concept)["codes"] == [code]
    assert code in concept.codes
    assert len(concept.codes) > 1


def test_names_of_several_nodes_are_all_printed() -> None:
    (concept,) = parse_query("yolk sac tumor").concepts
    assert flat_concept(concept)["codes"] == sorted(concept.codes)
    assert len(concept.codes) > 1


def test_the_receptor_of_folate_prints_by_its_gene() -> None:
    (marker,) = [one for one in parse_query("ovarian cancer FRalpha high").concepts if one.kind == "biomarker"]
    assert flat_concept(marker)["marker"] == "FOLR1"
