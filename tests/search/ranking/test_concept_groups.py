"""A query as weighted concept tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search.config import ConceptConfig
from search.eligibility.profile import read_profile
from search.query import Concept
from search.query_parser import parse_query
from search.ranking.concepts import Group, concept_groups, concepts_of

CONFIG = ConceptConfig()


def weights(text: str, config: ConceptConfig = CONFIG) -> dict[str, float]:
    return {token: weight for group in concept_groups(parse_query(text).concepts, config) for token, weight in group}


def top(groups: tuple[Group, ...]) -> float:
    return sum(max(weight for _, weight in group) for group in groups)


def test_weights_fall_with_the_distance_from_the_type_asked_for() -> None:
    found = weights("lung adenocarcinoma")
    assert found["cancer:LUAD"] > found["cancer:NSCLC"] > found["cancer:LUNG"] > found["cancer:_SOLID_"]
    assert found["cancer:LUAD"] > found["within:LUAD"] > found["cancer:NSCLC"]
    assert found["cancer:NSCLC"] == pytest.approx(CONFIG.step * found["cancer:LUAD"])


@pytest.mark.parametrize(
    "text", ["EGFR L858R lung cancer", "relapsed myeloma after CAR-T", "HER2-negative breast cancer ECOG 2", "melanoma"]
)
def test_a_trial_that_fits_every_concept_gets_one(text: str) -> None:
    assert top(concept_groups(parse_query(text).concepts, CONFIG)) == pytest.approx(1.0)


def test_a_state_counts_more_than_its_marker() -> None:
    found = weights("EGFR exon 20 insertion lung cancer")
    assert found["marker:EGFR:exon_20_insertion"] > found["marker:EGFR"]


def test_of_a_marker_that_is_absent_only_the_absence_is_near() -> None:
    found = weights("EGFR wild type lung cancer")
    assert "marker:EGFR:wild_type" in found
    assert "marker:EGFR" not in found


def test_a_class_stands_for_its_drugs_and_a_drug_lightly_for_its_class() -> None:
    assert "therapy:EGFR_TKI" in weights("lung cancer EGFR TKI")
    found = weights("lung cancer osimertinib")
    assert 0 < found["therapy:EGFR_TKI"] < found["therapy:osimertinib"]


def test_denied_and_ambiguous_concepts_make_no_token() -> None:
    concept = Concept("intervention", "surgery", 0, 7, therapies=("surgery",))
    assert concept_groups([concept], CONFIG)
    assert concept_groups([replace(concept, negative=True)], CONFIG) == ()
    assert concept_groups([replace(concept, ambiguous=True)], CONFIG) == ()


def test_what_is_said_twice_counts_once() -> None:
    once = concept_groups(parse_query("melanoma").concepts, CONFIG)
    assert concept_groups(parse_query("melanoma, cutaneous melanoma, melanoma").concepts[:1], CONFIG) == once
    concept = Concept("cancer", "x", 0, 1, codes=frozenset({"MEL"}))
    assert concept_groups([concept, replace(concept, start=5, end=6)], CONFIG) == concept_groups([concept], CONFIG)


def test_a_profile_takes_the_place_of_what_the_text_states() -> None:
    query = parse_query("breast cancer pembrolizumab")
    profile = read_profile({"cancer": "LUAD", "stage": "IV", "performance": [{"scale": "ECOG", "value": 1}]})
    kinds = {one.kind for one in concepts_of(query, profile)}
    assert kinds == {"intervention", "cancer", "stage", "performance"}
    codes = {code for one in concepts_of(query, profile) for code in one.codes}
    assert codes == {"LUAD"}
    assert concepts_of(query, None) == query.concepts
