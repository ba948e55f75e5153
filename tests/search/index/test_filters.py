"""What filters mean, case by case; the back ends are held to `matches` by property tests of their own."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest
from hypothesis import given

from search.index.document import CnsPolicy, EligibilityValues, FilterValues, SiteValues
from search.index.eligibility_terms import leaves_of_stage, marker_leaves
from search.index.filters import contradictions, haversine_km, matches, nearest_km, takes_age, takes_sex
from search.query import DateRange, Filters, Near
from search.trial import (
    GeoPoint,
    InterventionType,
    OverallStatus,
    PartialDate,
    Phase,
    Sex,
    Site,
    SponsorClass,
    StudyType,
)
from tests.index_strategies import date_ranges, filter_values, filters, partial_dates

RECRUITING, COMPLETED = OverallStatus.RECRUITING, OverallStatus.COMPLETED
BERLIN = SiteValues("germany", "berlin", "berlin", COMPLETED, 52.52, 13.405)
OHIO = SiteValues("united states", "ohio", "columbus", RECRUITING, 39.961, -82.999)
TRIAL = FilterValues(
    status=RECRUITING,
    phases=(Phase.PHASE1, Phase.PHASE2),
    study_type=StudyType.INTERVENTIONAL,
    cancer_types=frozenset({"LUNG", "NSCLC"}),
    intervention_types=frozenset({InterventionType.DRUG}),
    sponsor_class=SponsorClass.INDUSTRY,
    sex=Sex.FEMALE,
    minimum_age_days=6570,
    maximum_age_days=23741,
    sites=(BERLIN, OHIO),
    start=PartialDate(2020),
    completion=PartialDate(2021, 2),
    last_update=PartialDate(2021, 2, 3),
    has_results=False,
)
NOTHING = FilterValues()


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        (Filters(), True),
        (Filters(status=frozenset({RECRUITING, COMPLETED})), True),
        (Filters(status=frozenset({COMPLETED})), False),
        (Filters(phase=frozenset({Phase.PHASE2})), True),
        (Filters(phase=frozenset({Phase.PHASE3})), False),
        (Filters(study_type=frozenset({StudyType.INTERVENTIONAL})), True),
        (Filters(study_type=frozenset({StudyType.OBSERVATIONAL})), False),
        (Filters(cancer_type=frozenset({"LUNG"})), True),
        (Filters(cancer_type=frozenset({"LUAD"})), False),
        (Filters(intervention_type=frozenset({InterventionType.DRUG})), True),
        (Filters(intervention_type=frozenset({InterventionType.DEVICE})), False),
        (Filters(sponsor_class=frozenset({SponsorClass.INDUSTRY})), True),
        (Filters(sponsor_class=frozenset({SponsorClass.NIH})), False),
        (Filters(has_results=False), True),
        (Filters(has_results=True), False),
        (Filters(countries=frozenset({"Germany"})), True),
        (Filters(countries=frozenset({"GERMANY ", "Atlantis"})), True),
        (Filters(countries=frozenset({"USA"})), True),
        (Filters(countries=frozenset({"France"})), False),
        (Filters(states=frozenset({"Ohio"}), cities=frozenset({"Columbus"})), True),
        (Filters(states=frozenset({"Ohio"}), cities=frozenset({"Berlin"})), False),
        (Filters(countries=frozenset({"Germany"}), site_status=frozenset({RECRUITING})), False),
        (Filters(countries=frozenset({"Germany"}), site_status=frozenset({COMPLETED})), True),
        (Filters(near=Near(52.5, 13.4, 5)), True),
        (Filters(near=Near(52.5, 13.4, 5), countries=frozenset({"United States"})), False),
        (Filters(near=Near(0, 0, 100)), False),
        (Filters(near=Near(52.5, 13.4, 5), site_status=frozenset({RECRUITING})), False),
        (Filters(start=DateRange(dt.date(2020, 12, 31))), True),
        (Filters(start=DateRange(dt.date(2021, 1, 1))), False),
        (Filters(start=DateRange(None, dt.date(2020, 1, 1))), True),
        (Filters(start=DateRange(None, dt.date(2019, 12, 31))), False),
        (Filters(start=DateRange(dt.date(2020, 6, 1), dt.date(2020, 6, 2))), True),
        (Filters(completion=DateRange(dt.date(2021, 2, 28))), True),
        (Filters(completion=DateRange(dt.date(2021, 3, 1))), False),
        (Filters(last_update=DateRange(dt.date(2021, 2, 3), dt.date(2021, 2, 3))), True),
        (Filters(last_update=DateRange(dt.date(2021, 2, 4))), False),
        (Filters(status=frozenset({RECRUITING}), has_results=True), False),
    ],
)
def test_one_question(asked: Filters, met: bool) -> None:
    assert matches(TRIAL, asked) is met


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        (Filters(sex=Sex.MALE, age_days=100), True),
        (Filters(status=frozenset(OverallStatus)), False),
        (Filters(phase=frozenset(Phase)), False),
        (Filters(has_results=True), False),
        (Filters(has_results=False), False),
        (Filters(start=DateRange(dt.date(1, 1, 1))), False),
        (Filters(start=DateRange()), True),
        (Filters(countries=frozenset({"Germany"})), False),
        (Filters(cities=frozenset({""})), False),
        (Filters(near=Near(0, 0, 21_000)), False),
    ],
)
def test_a_record_that_states_nothing(asked: Filters, met: bool) -> None:
    assert matches(NOTHING, asked) is met


CRITERIA = EligibilityValues(
    stages=leaves_of_stage("IIIA") | leaves_of_stage("IV"),
    stages_excluded=leaves_of_stage("II", "ISS"),
    extents=frozenset({"metastatic", "oligometastatic", "advanced"}),
    extents_excluded=frozenset({"localized"}),
    biomarkers=frozenset({"EGFR"}) | marker_leaves("EGFR:sensitising mutation"),
    biomarkers_excluded=frozenset({"KRAS"}) | marker_leaves("KRAS:G12X"),
    minimum_prior_lines=1,
    maximum_prior_lines=3,
    maximum_ecog=1,
    cns=CnsPolicy.TREATED_STABLE,
)


def _set(*values: str) -> frozenset[str]:
    return frozenset(values)


@pytest.mark.parametrize(
    ("asked", "said", "silent"),
    [
        (Filters(stage=_set("III")), True, True),
        (Filters(stage=_set("IIIA")), True, True),
        (Filters(stage=_set("IIIA2")), True, True),
        (Filters(stage=_set("IIIB")), False, True),
        (Filters(stage=_set("IIIB", "IVB")), True, True),
        (Filters(stage=_set("I")), False, True),
        (Filters(stage=_set("ISS I")), True, True),
        (Filters(stage=_set("ISS II")), False, True),
        (Filters(stage=_set("Rai III")), True, True),
        (Filters(stage=_set("limited")), True, True),
        (Filters(stage=_set("IIIA"), include_unspecified=False), True, False),
        (Filters(stage=_set("Rai III"), include_unspecified=False), False, False),
        (Filters(extent=_set("metastatic")), True, True),
        (Filters(extent=_set("recurrent")), True, True),
        (Filters(extent=_set("localized")), False, True),
        (Filters(extent=_set("localized", "recurrent")), True, True),
        (Filters(extent=_set("recurrent"), include_unspecified=False), False, False),
        (Filters(biomarker=_set("EGFR")), True, False),
        (Filters(biomarker=_set("EGFR:L858R")), True, False),
        (Filters(biomarker=_set("EGFR:mutation")), True, False),
        (Filters(biomarker=_set("EGFR:exon 20 insertion")), False, False),
        (Filters(biomarker=_set("EGFR:exon 20 insertion", "EGFR:exon 19 deletion")), True, False),
        (Filters(biomarker=_set("ALK")), False, False),
        (Filters(not_excluding=_set("EGFR", "ALK:fusion")), True, True),
        (Filters(not_excluding=_set("KRAS")), False, True),
        (Filters(not_excluding=_set("KRAS:G12C")), False, True),
        (Filters(not_excluding=_set("KRAS:mutation")), True, True),
        (Filters(not_excluding=_set("EGFR", "KRAS:G12C")), False, True),
        (Filters(prior_lines=0), False, True),
        (Filters(prior_lines=1), True, True),
        (Filters(prior_lines=3), True, True),
        (Filters(prior_lines=4), False, True),
        (Filters(prior_lines=2, include_unspecified=False), True, False),
        (Filters(ecog=0), True, True),
        (Filters(ecog=2), False, True),
        (Filters(ecog=1, include_unspecified=False), True, False),
        (Filters(brain_metastases=True), True, True),
        (Filters(brain_metastases=False), True, True),
        (Filters(brain_metastases=True, include_unspecified=False), True, False),
        (Filters(cns=_set("treated_stable", "allowed")), True, False),
        (Filters(cns=_set("excluded")), False, False),
        (Filters(include_unspecified=False), True, True),
    ],
)
def test_what_criteria_say_and_do_not_say(asked: Filters, said: bool, silent: bool) -> None:
    assert matches(FilterValues(eligibility=CRITERIA), asked) is said
    assert matches(NOTHING, asked) is silent


@pytest.mark.parametrize(
    ("policy", "with_them", "without"),
    [
        (CnsPolicy.EXCLUDED, False, True),
        (CnsPolicy.REQUIRED, True, False),
        (CnsPolicy.ALLOWED, True, True),
        (CnsPolicy.TREATED_STABLE, True, True),
    ],
)
def test_brain_metastases(policy: CnsPolicy, with_them: bool, without: bool) -> None:
    values = FilterValues(eligibility=EligibilityValues(cns=policy))
    assert matches(values, Filters(brain_metastases=True)) is with_them
    assert matches(values, Filters(brain_metastases=False)) is without


@pytest.mark.parametrize(
    ("stated", "person", "taken"),
    [
        (None, Sex.MALE, True),
        (Sex.ALL, Sex.MALE, True),
        (Sex.FEMALE, Sex.MALE, False),
        (Sex.FEMALE, Sex.FEMALE, True),
        (Sex.FEMALE, None, True),
        (Sex.FEMALE, Sex.ALL, False),
        (Sex.ALL, Sex.ALL, True),
    ],
)
def test_sex(stated: Sex | None, person: Sex | None, taken: bool) -> None:
    assert takes_sex(stated, person) is taken


@pytest.mark.parametrize(("age", "taken"), [(6569, False), (6570, True), (23741, True), (23742, False), (None, True)])
def test_age_limits_are_inclusive(age: int | None, taken: bool) -> None:
    assert takes_age(6570, 23741, age) is taken
    assert takes_age(None, None, age)


def test_a_site_without_coordinates_is_near_nothing() -> None:
    trial = replace(TRIAL, sites=(replace(BERLIN, lat=None, lon=None),))
    assert not matches(trial, Filters(near=Near(52.52, 13.405, 20_000)))


def test_distance() -> None:
    assert haversine_km(52.52, 13.405, 48.137, 11.575) == pytest.approx(504.3, abs=0.5)
    assert haversine_km(0, 179.9, 0, -179.9) == pytest.approx(22.24, abs=0.01)
    assert haversine_km(90, 0, -90, 77) == pytest.approx(math.pi * 6371.0088)
    assert haversine_km(10, 20, 10, 20) == 0


def test_nearest_site_satisfies_the_other_site_filters() -> None:
    berlin = Site(country="Germany", status=COMPLETED, point=GeoPoint(52.52, 13.405))
    munich = Site(country="Germany", status=RECRUITING, point=GeoPoint(48.137, 11.575))
    near = Near(52.52, 13.405, 1000)
    assert nearest_km((munich, berlin), Filters(near=near)) == 0
    recruiting = Filters(near=near, site_status=frozenset({RECRUITING}))
    assert nearest_km((munich, berlin), recruiting) == pytest.approx(504.3, abs=0.5)
    assert nearest_km((munich, berlin), Filters()) is None
    assert nearest_km((munich,), Filters(near=Near(0, 0, 1))) is None


@given(filter_values(), filters())
def test_fields_are_independent(values: FilterValues, asked: Filters) -> None:
    """All filters hold exactly when each group of them holds alone; only the site filters belong together."""
    at_site = ("site_status", "countries", "states", "cities", "near")
    of_all = "include_unspecified"
    alone = [name for name in Filters.__dataclass_fields__ if name not in (*at_site, of_all)]
    groups = [at_site] + [(name, of_all) for name in alone]
    parts = [Filters(**{name: getattr(asked, name) for name in group}) for group in groups]
    assert matches(values, asked) == all(matches(values, part) for part in parts)


@given(filter_values(), filters())
def test_asking_more_never_finds_more(values: FilterValues, asked: Filters) -> None:
    if matches(values, asked):
        for name in asked.active():
            assert matches(values, replace(asked, **{name: getattr(Filters(), name)}))


@given(date_ranges(), partial_dates())
def test_a_range_that_ends_before_it_begins_matches_only_what_spans_it(wanted: DateRange, date: PartialDate) -> None:
    asked = Filters(start=wanted)
    if contradictions(asked) and date.first_day == date.last_day:
        assert not matches(FilterValues(start=date), asked)


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (Filters(start=DateRange(dt.date(2021, 1, 2), dt.date(2021, 1, 1))), "start date"),
        (Filters(last_update=DateRange(dt.date(2021, 1, 2), dt.date(2021, 1, 1))), "last update"),
        (Filters(near=Near(91, 0, 1)), "latitude"),
        (Filters(near=Near(0, -181, 1)), "longitude"),
        (Filters(near=Near(0, 0, -1)), "distance"),
        (Filters(near=Near(math.nan, 0, 1)), "latitude"),
        (Filters(near=Near(0, 0, math.nan)), "distance"),
        (Filters(age_days=-1), "age"),
        (Filters(prior_lines=-1), "lines"),
        (Filters(ecog=5), "ECOG"),
    ],
)
def test_contradictions_are_one_sentence(asked: Filters, word: str) -> None:
    sentence = contradictions(asked)
    assert sentence is not None
    assert word in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    "asked",
    [
        Filters(),
        Filters(start=DateRange(dt.date(2021, 1, 1), dt.date(2021, 1, 1))),
        Filters(near=Near(-90, 180, 0)),
        Filters(age_days=0),
    ],
)
def test_what_is_possible_is_no_contradiction(asked: Filters) -> None:
    assert contradictions(asked) is None
