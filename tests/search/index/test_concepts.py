"""What a trial is about, as tokens."""

from __future__ import annotations

import pytest

from search.extraction.criteria import read_criteria
from search.index.concepts import concept_tokens, token
from search.index.document import NO_CRITERIA, NO_ELIGIBILITY
from search.index.eligibility_values import eligibility_values
from search.trial import Eligibility, Intervention, InterventionType, Trial

CRITERIA = """Inclusion Criteria:

* Metastatic non-small cell lung cancer with an EGFR L858R mutation
* Prior treatment with osimertinib
* At least 1 and no more than 2 prior lines of systemic therapy
* ECOG performance status 0-1

Exclusion Criteria:

* ALK rearrangement
* Prior docetaxel
"""
TRIAL = Trial(
    "NCT99310001",
    brief_title="Study of Sacituzumab Govitecan in HER2-mutant Lung Cancer",
    conditions=("Non-small Cell Lung Cancer",),
    interventions=(Intervention("Sacituzumab govitecan", InterventionType.DRUG),),
    eligibility=Eligibility(criteria=CRITERIA),
)


@pytest.fixture(scope="module")
def tokens() -> tuple[str, ...]:
    criteria = read_criteria(TRIAL)
    return concept_tokens(TRIAL, criteria, {"NSCLC"}, eligibility_values(criteria))


@pytest.mark.parametrize(
    "expected",
    [
        "cancer:NSCLC",
        "within:LUNG",
        "marker:EGFR",
        "marker:EGFR:L858R",
        "marker:HER2",
        "therapy:sacituzumab_govitecan",
        "prior:osimertinib",
        "prior:EGFR_TKI",
        "extent:metastatic",
        "ecog:1",
        "lines:1",
        "lines:2",
    ],
)
def test_what_the_trial_is_about_and_asks_for(tokens: tuple[str, ...], expected: str) -> None:
    assert expected in tokens


@pytest.mark.parametrize(
    "unwanted", ["marker:ALK", "prior:docetaxel", "cancer:LUNG", "within:_SOLID_", "ecog:2", "lines:3"]
)
def test_what_it_excludes_or_does_not_take_makes_no_token(tokens: tuple[str, ...], unwanted: str) -> None:
    assert unwanted not in tokens


def test_tokens_are_sorted_distinct_and_without_spaces(tokens: tuple[str, ...]) -> None:
    assert list(tokens) == sorted(set(tokens))
    assert not any(character.isspace() for one in tokens for character in one)
    assert token("therapy", "anti-PD-1  antibody") == "therapy:anti-PD-1_antibody"


def test_a_trial_of_nothing_has_none() -> None:
    assert concept_tokens(Trial("NCT99310002"), NO_CRITERIA, (), NO_ELIGIBILITY) == ()
