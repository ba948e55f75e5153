"""What is asked of a back end for a query, a note, a profile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from search.config import DEFAULT_CONFIG, RankingConfig
from search.eligibility.profile import read_profile
from search.query import Filters, Query
from search.query_parser import parse_query
from search.ranking.focus import focus_text
from search.ranking.planning import Plan, plan
from search.trial import OverallStatus, Phase

RANKING = DEFAULT_CONFIG.ranking
NOTE = (
    "A 61-year-old woman with stage IV lung adenocarcinoma with an EGFR exon 19 deletion. She was treated with"
    " osimertinib for 14 months and progressed. ECOG 1. She has hypertension, takes amlodipine and had her gallbladder"
    " removed. Her brother has diabetes."
)
PROFILE = read_profile({"age": 61, "sex": "female", "cancer": "LUAD", "stage": "IV"})


class Encoder:
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, text: str, private: bool) -> NDArray[np.float32]:
        self.asked.append((text, private))
        return np.ones(3, dtype=np.float32)


@pytest.fixture
def encode() -> Encoder:
    return Encoder()


def planned(query: Query, encode: Encoder, config: RankingConfig = RANKING) -> Plan:
    return plan(query, None, config, encode, ("status",))


def test_a_typed_query_is_asked_for_once(encode: Encoder) -> None:
    found = planned(parse_query("EGFR exon 20 insertion lung cancer"), encode)
    assert [term for term, _ in found.request.terms][:1] == ["egfr"]
    assert found.request.focus == ()
    assert found.request.concepts
    assert found.request.facets == ("status",)
    assert encode.asked == [("EGFR exon 20 insertion lung cancer", False)]
    assert found.person is not None
    assert found.weights is not None
    assert found.weights.power == RANKING.rescoring.power


def test_words_of_age_and_sex_filter_and_are_not_searched_for(encode: Encoder) -> None:
    found = planned(parse_query("melanoma, 54-year-old woman"), encode)
    assert "54" not in {term for term, _ in found.request.terms}
    assert found.request.filters.age_days is not None
    alone = planned(parse_query("54-year-old woman"), encode)
    assert alone.request.terms == ()
    assert alone.request.filters.age_days is not None


def test_words_that_only_filter_browse(encode: Encoder) -> None:
    found = planned(parse_query("phase 2 recruiting trials"), encode)
    assert found.request.terms == ()
    assert found.request.vector is None
    assert found.request.filters.phase == {Phase.PHASE2}
    assert found.request.filters.status == {OverallStatus.RECRUITING}
    assert encode.asked == []
    assert planned(parse_query("phase 2 exercise"), encode).request.terms != ()


def test_a_note_is_asked_for_by_what_it_is_about_and_by_all_it_says(encode: Encoder) -> None:
    found = planned(parse_query(NOTE), encode)
    focus = {term for term, _ in found.request.focus}
    assert {"lung", "egfr"} <= focus
    assert "amlodipin" not in focus
    assert "amlodipin" in {term for term, _ in found.request.terms}
    (asked,) = encode.asked
    assert "adenocarcinoma" in asked[0].lower()
    assert "amlodipine" not in asked[0]
    assert asked[1], "what was read of a note may be a patient's"
    assert found.ranking.fusion.lexical_weight == RANKING.fusion.note_lexical_weight
    assert found.weights is not None
    assert found.weights.power == RANKING.rescoring.note_power


def test_a_note_without_a_cancer_is_asked_for_whole(encode: Encoder) -> None:
    text = (
        "A 58-year-old woman reports that walking uphill has made her left hip ache since the autumn, and that"
        " gardening makes it worse. Ibuprofen helped for some weeks. She sleeps badly because of the ache, has no"
        " fever, and limps a little after sitting for long. The radiograph shows osteophytes and a narrowed joint."
    )
    found = planned(parse_query(text), encode)
    assert found.request.focus == ()
    assert encode.asked[0][0].startswith("A 58") is False, "without the words that state age and sex"
    assert "Ibuprofen" in encode.asked[0][0]
    assert found.weights is not None
    assert found.weights.power == RANKING.rescoring.unread_power


def test_a_profile_replaces_the_person_of_the_text(encode: Encoder) -> None:
    query = parse_query("breast cancer, 30-year-old woman, pembrolizumab")
    found = plan(query, PROFILE, RANKING, encode, ())
    assert found.person is PROFILE
    assert found.request.filters == Filters()
    tokens = {token for group in found.request.concepts for token, _ in group}
    assert "cancer:LUAD" in tokens
    assert "therapy:pembrolizumab" in tokens
    assert "cancer:BREAST" not in tokens


def test_a_profile_alone_is_searched_for(encode: Encoder) -> None:
    found = plan(Query(), PROFILE, RANKING, encode, ())
    assert {"lung", "adenocarcinoma"} & {term for term, _ in found.request.terms}
    assert found.request.vector is not None
    assert found.person is PROFILE


def test_channels_of_weight_zero_are_not_asked(encode: Encoder) -> None:
    none = replace(RANKING, fusion=replace(RANKING.fusion, dense_weight=0.0, concept_weight=0.0))
    found = planned(parse_query("melanoma"), encode, none)
    assert found.request.vector is None
    assert found.request.concepts == ()
    assert encode.asked == []


def test_without_rescoring_nobody_is_assessed(encode: Encoder) -> None:
    off = replace(RANKING, rescoring=replace(RANKING.rescoring, enabled=False))
    assert planned(parse_query(NOTE), encode, off).person is None


def test_an_empty_query_asks_for_nothing(encode: Encoder) -> None:
    found = planned(Query(), encode)
    assert (found.request.terms, found.request.vector, found.person) == ((), None, None)


def test_the_focus_names_the_disease_in_both_ways() -> None:
    query = parse_query(NOTE)
    assert query.patient is not None
    text = focus_text(query.patient, query.concepts)
    assert "lung adenocarcinoma" in text
    assert "Lung Adenocarcinoma" in text
    assert "stage IV" in text
    assert focus_text(read_profile({"age": 40})) == ""
