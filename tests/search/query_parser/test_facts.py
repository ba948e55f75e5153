"""What a query states of the person, and what it asks of trials."""

from __future__ import annotations

import pytest

from search.patient import Origin
from search.query import Filters, Near
from search.query_parser import Choice, concept_key, parse_query, with_choices
from search.trial import OverallStatus, Phase, StudyType


def test_the_person_of_a_query_has_the_facts_of_a_profile() -> None:
    patient = parse_query(
        "62M PDAC stage IV liver mets, PD on FOLFIRINOX, KRAS G12D, ECOG 1, no brain mets, hep B, 2L"
    ).patient
    assert patient is not None
    assert patient.age is not None
    assert patient.age.years == 62
    assert patient.age.source.origin is Origin.QUERY
    assert patient.sex is not None
    assert patient.sex.value == "male"
    assert patient.cancer is not None
    assert patient.cancer.codes == {"PAAD"}
    assert patient.stage is not None
    assert patient.stage.text == "IV"
    assert [fact.value for fact in patient.extents] == ["metastatic"]
    assert [(fact.marker, fact.states) for fact in patient.markers] == [("KRAS", ("G12D",))]
    assert [(fact.scale, fact.value) for fact in patient.performance] == [("ECOG", 1)]
    assert patient.cns is not None
    assert patient.cns.state == "none"
    assert [(fact.topic, fact.present) for fact in patient.conditions] == [("HBV", True)]
    assert patient.lines is not None
    assert patient.lines.count == 1
    assert patient.treatments is not None
    assert [(item.text, item.outcome) for item in patient.treatments.items] == [("FOLFIRINOX", "progressed")]


@pytest.mark.parametrize(
    "text", ["CAR-T trials", "phase 3 recruiting", "near Leeds", "NCT01234567", "pembrolizumab", ""]
)
def test_what_is_wanted_is_no_fact_of_a_person(text: str) -> None:
    assert parse_query(text).patient is None


def test_what_was_not_had_is_no_therapy() -> None:
    patient = parse_query("bladder cancer never had immunotherapy").patient
    assert patient is not None
    assert patient.treatments is None


def test_untreated_means_no_therapy_at_all() -> None:
    patient = parse_query("untreated CLL").patient
    assert patient is not None
    assert patient.treatments is not None
    assert patient.treatments.items == ()
    assert patient.lines is not None
    assert patient.lines.count == 0


def test_an_ambiguous_word_is_no_fact() -> None:
    query = parse_query("my wife has breast cancer")
    assert [one.ambiguous for one in query.concepts if one.kind == "sex"] == [True]
    assert query.patient is not None
    assert query.patient.sex is None


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("recruiting sarcoma trials", Filters(status=frozenset({OverallStatus.RECRUITING}))),
        ("phase 1/2 sarcoma", Filters(phase=frozenset({Phase.PHASE1, Phase.PHASE2}))),
        ("sarcoma not phase 1", Filters(phase=frozenset(Phase) - {Phase.PHASE1})),
        ("sarcoma registry", Filters(study_type=frozenset({StudyType.OBSERVATIONAL}))),
        ("sarcoma Germany", Filters(countries=frozenset({"Germany"}))),
        ("sarcoma Germany or Austria", Filters(countries=frozenset({"Germany", "Austria"}))),
        ("sarcoma in Texas", Filters(countries=frozenset({"United States"}), states=frozenset({"Texas"}))),
        ("sarcoma within 100 km of Lyon", Filters(near=Near(45.75, 4.85, 100))),
        ("sarcoma near Lyon", Filters(near=Near(45.75, 4.85, 50))),
        ("sarcoma near 10065", Filters()),
        ("sarcoma near me", Filters()),
        ("sarcoma", Filters()),
    ],
)
def test_words_about_trials_are_filters(text: str, filters: Filters) -> None:
    assert parse_query(text).asked == filters
    assert parse_query(text).effective_filters() == filters


def test_a_filter_that_is_set_wins_over_the_words() -> None:
    given = Filters(status=frozenset({OverallStatus.COMPLETED}), countries=frozenset({"Japan"}))
    assert parse_query("recruiting sarcoma trials near Lyon", given).effective_filters() == given


def test_a_concept_can_be_turned_set_aside_and_taken_away() -> None:
    query = parse_query("HER2 positive breast cancer phase 2 recruiting")
    keys = {one.kind: concept_key(one) for one in query.concepts}
    turned = with_choices(
        query,
        {
            keys["biomarker"]: Choice.UNKNOWN,
            keys["phase"]: Choice.EXCLUDE,
            keys["status"]: Choice.REMOVE,
            "00000000": Choice.REMOVE,
        },
    )
    assert {one.kind: (one.negative, one.aside) for one in turned.concepts} == {
        "biomarker": (False, True),
        "cancer": (False, False),
        "phase": (True, False),
    }
    assert turned.patient is not None
    assert turned.patient.markers == ()
    assert turned.asked.status == frozenset()
    assert Phase.PHASE2 not in turned.asked.phase
    assert turned.text == query.text


def test_a_key_belongs_to_one_text() -> None:
    one, other = parse_query("glioma phase 2"), parse_query("glioma or phase 2")
    assert not {concept_key(c) for c in one.concepts[1:]} & {concept_key(c) for c in other.concepts[1:]}
    assert with_choices(other, {concept_key(one.concepts[1]): Choice.REMOVE}) == other


def test_taking_away_an_age_lifts_its_filter() -> None:
    query = parse_query("lung cancer trial for an 80 year old")
    assert query.effective_filters().age_days is not None
    (age,) = [one for one in query.concepts if one.kind == "age"]
    assert with_choices(query, {concept_key(age): Choice.REMOVE}).effective_filters().age_days is None


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("recruiting phase 3 pancreatc cancer near Boston within 50 miles", "pancreatic cancer"),
        ("62M melanoma like NCT01234567", "melanoma like"),
        ("phase 2 recruiting", ""),
        ("my wife has sarcoma", "my wife has sarcoma"),
    ],
)
def test_words_that_filter_say_nothing_of_the_disease(text: str, subject: str) -> None:
    assert parse_query(text).text_without_stated() == subject


def test_the_text_that_is_searched_for_is_corrected() -> None:
    assert parse_query("pancreatc cancer").text == "pancreatic cancer"
    assert parse_query("pancreatc cancer", correct=False).text == "pancreatc cancer"


def test_a_therapy_before_surgery_is_wanted_and_was_not_had() -> None:
    parsed = parse_query("resectable stage IIIA NSCLC immunotherapy before surgery")
    assert {one.kind for one in parsed.concepts if one.therapies} == {"intervention"}
    had = parse_query("NSCLC, durvalumab before").patient
    assert had is not None
    assert had.treatments is not None
    assert [item.text for item in had.treatments.items] == ["durvalumab"]


def test_resistant_is_told_as_resistant() -> None:
    patient = parse_query("platinum resistant ovarian cancer").patient
    assert patient is not None
    assert patient.treatments is not None
    assert [item.outcome for item in patient.treatments.items] == ["resistant"]
