from __future__ import annotations

import datetime as dt

import pytest

from api.facets import chips, facet_views
from api.filters import FilterError, parse_filters, to_json, to_pairs
from api.parameters import PARAMETERS, Kind
from api.problems import ProblemKind
from search.query import DateRange, Filters, Near
from search.trial import OverallStatus, Phase, Sex


def test_every_field_of_filters_has_a_parameter() -> None:
    assert {parameter.field for parameter in PARAMETERS} == set(Filters.__dataclass_fields__)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_every_example_parses_fills_its_field_and_survives_the_round_trip(parameter: object) -> None:
    from api.parameters import Parameter

    assert isinstance(parameter, Parameter)
    filters = parse_filters([(parameter.name, parameter.example)])
    assert filters.active() == (parameter.field,)
    assert parse_filters(to_pairs(filters)) == filters
    assert parse_filters({name: [value] for name, value in to_json(filters).items()}) == filters
    assert chips(filters)[0].remove.startswith(f"{parameter.name}:")


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("status", "Not yet recruiting")], Filters(status=frozenset({OverallStatus.NOT_YET_RECRUITING}))),
        ([("phase", "2,III"), ("phase", "2")], Filters(phase=frozenset({Phase.PHASE2, Phase.PHASE3}))),
        ([("phase", "early phase 1")], Filters(phase=frozenset({Phase.EARLY_PHASE1}))),
        ([("country", "France,Korea, Republic of")], Filters(countries=frozenset({"France", "South Korea"}))),
        ([("cancer_type", "lung"), ("cancer_type", "Melanoma")], Filters(cancer_type=frozenset({"LUNG", "MEL"}))),
        ([("sex", "male"), ("sex", "MALE")], Filters(sex=Sex.MALE)),
        ([("age", "70")], Filters(age_days=25567)),
        ([("near", " 48.85, 2.35 ,50")], Filters(near=Near(48.85, 2.35, 50))),
        ([("start_from", "2024-02")], Filters(start=DateRange(dt.date(2024, 2, 1), None))),
        ([("start_to", "2024-02")], Filters(start=DateRange(None, dt.date(2024, 2, 29)))),
        ([("has_results", "no")], Filters(has_results=False)),
        ([("status", ""), ("age", " "), ("near", "")], Filters()),
    ],
)  # fmt: skip
def test_values_are_read_as_people_write_them(pairs: list[tuple[str, str]], expected: Filters) -> None:
    assert parse_filters(pairs) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "RECRUTING"),
        ("phase", "5"),
        ("sex", "ALL"),
        ("age", "-1"),
        ("age", "131"),
        ("age", "54.5"),
        ("age", "１２"),
        ("age_days", "1e3"),
        ("near", "91,0,10"),
        ("near", "0,181,10"),
        ("near", "0,0,0"),
        ("near", "0,0,-5"),
        ("near", "0,0,99999"),
        ("near", "nan,0,1"),
        ("near", "1,2"),
        ("near", {"lat": 1, "lon": 2}),
        ("near", {"lat": 1, "lon": 2, "km": "x"}),
        ("near", {"lat": 1, "lon": 2, "km": 3, "unit": "mi"}),
        ("near", [1, 2, None]),
        ("start_from", "2024-13"),
        ("start_from", "2023-02-29"),
        ("start_to", "0000"),
        ("updated_to", "yesterday"),
        ("has_results", "maybe"),
        ("country", "x" * 101),
        ("country", 5),
        ("cancer_type", "NOTACODE"),
        ("cancer_type", {"a": 1}),
        ("status", True),
        ("status", {"a": ["b"]}),
        ("age", 10**400),
        ("age", float("inf")),
    ],
)
def test_impossible_values_are_refused_by_field(name: str, value: object) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filters({name: [value]})
    (error,) = caught.value.errors
    assert caught.value.kind is ProblemKind.INVALID_REQUEST
    assert error.field == name
    assert f"`{name}`" in error.detail
    codes = next(parameter.codes for parameter in PARAMETERS if parameter.name == name)
    assert error.allowed == tuple(codes or ())


def test_a_misspelt_code_gets_its_neighbour() -> None:
    with pytest.raises(FilterError, match="Allowed: RECRUITING") as caught:
        parse_filters([("status", "recruting")])
    assert caught.value.errors[0].suggestion == "RECRUITING"
    with pytest.raises(FilterError, match=r"MEL \(Melanoma\)"):
        parse_filters([("cancer_type", "melanomma")])


def test_all_errors_are_told_at_once() -> None:
    with pytest.raises(FilterError) as caught:
        parse_filters([("status", "x"), ("age", "x"), ("near", "x")])
    assert [error.field for error in caught.value.errors] == ["status", "age", "near"]


@pytest.mark.parametrize(
    ("pairs", "kind", "field"),
    [
        ([("start_from", "2025"), ("start_to", "2024")], ProblemKind.CONTRADICTORY_FILTERS, "start_to"),
        ([("updated_from", "2025-02"), ("updated_to", "2025-01")], ProblemKind.CONTRADICTORY_FILTERS, "updated_to"),
        ([("age", "5"), ("age_days", "2000")], ProblemKind.CONTRADICTORY_FILTERS, "age_days"),
        ([("sex", "MALE"), ("sex", "FEMALE")], ProblemKind.INVALID_REQUEST, "sex"),
        ([("has_results", "true,false")], ProblemKind.INVALID_REQUEST, "has_results"),
        ([("stage", "nine")], ProblemKind.INVALID_REQUEST, "stage"),
        ([("stage", "ISS IX")], ProblemKind.INVALID_REQUEST, "stage"),
        ([("biomarker", "shoe size")], ProblemKind.INVALID_REQUEST, "biomarker"),
        ([("biomarker", "EGFR:")], ProblemKind.INVALID_REQUEST, "biomarker"),
        ([("not_excluding", "hormone receptor")], ProblemKind.INVALID_REQUEST, "not_excluding"),
        ([("extent", "everywhere")], ProblemKind.INVALID_REQUEST, "extent"),
        ([("ecog", "5")], ProblemKind.INVALID_REQUEST, "ecog"),
        ([("prior_lines", "-1")], ProblemKind.INVALID_REQUEST, "prior_lines"),
        ([("brain_metastases", "perhaps")], ProblemKind.INVALID_REQUEST, "brain_metastases"),
        ([("countries", "France")], ProblemKind.UNKNOWN_PARAMETER, "countries"),
    ],
)
def test_contradictions_and_names(pairs: list[tuple[str, str]], kind: ProblemKind, field: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filters(pairs)
    assert caught.value.kind is kind
    assert caught.value.errors[0].field == field


@pytest.mark.parametrize(
    ("given", "stage"),
    [
        ("stage 3a", "IIIA"), ("IV", "IV"), ("4", "IV"), ("iiic1", "IIIC1"), ("Limited", "limited"),
        ("ES", "extensive"),
        ("iss stage 2", "ISS II"), ("R-ISS III", "R-ISS III"), ("bclc c", "BCLC C"), ("Rai III", "Rai III"),
        ("FIGO IIIC", "IIIC"), ("AJCC stage IIB", "IIB"),
    ],
)  # fmt: skip
def test_stages_are_read_as_people_write_them(given: str, stage: str) -> None:
    assert parse_filters([("stage", given)]) == Filters(stage=frozenset({stage}))


@pytest.mark.parametrize(
    ("given", "marker"),
    [
        ("egfr", "EGFR"), ("EGFR:l858r", "EGFR:L858R"), ("ERBB2: Positive", "HER2:positive"),
        ("HER2:3+", "HER2:IHC 3+"),
        ("ALK:rearranged", "ALK:fusion"), ("pd-l1", "PD-L1"), ("KRAS : G12C", "KRAS:G12C"),
    ],
)  # fmt: skip
def test_markers_are_read_as_people_write_them(given: str, marker: str) -> None:
    assert parse_filters([("biomarker", given)]) == Filters(biomarker=frozenset({marker}))


def test_leaving_out_what_does_not_say_is_the_only_value_that_asks() -> None:
    assert parse_filters([("include_unspecified", "true")]).active() == ()
    assert to_pairs(parse_filters([("include_unspecified", "no")])) == [("include_unspecified", "false")]


def test_an_age_is_told_in_years_where_it_is_one() -> None:
    assert to_pairs(parse_filters([("age", "0")])) == [("age", "0")]
    assert to_pairs(parse_filters([("age_days", "200")])) == [("age_days", "200")]


def test_a_chosen_value_without_trials_stays_in_its_facet() -> None:
    filters = parse_filters([("country", "Malta"), ("phase", "3")])
    views = {
        view.name: view
        for view in facet_views(filters, {"countries": {"France": 3}, "phase": {"PHASE3": 1, "PHASE1": 9}})
    }
    assert [(choice.value, choice.count, choice.chosen) for choice in views["country"].shown] == [
        ("France", 3, False),
        ("Malta", 0, True),
    ]
    assert [choice.value for choice in views["phase"].shown] == ["PHASE1", "PHASE3"]
    assert set(views) == {"country", "phase"}


def test_a_long_facet_is_folded() -> None:
    counts = {f"Country {number:03d}": 200 - number for number in range(150)}
    (view,) = facet_views(parse_filters([("country", "Country 140")]), {"countries": counts})
    assert len(view.shown) == 7
    assert view.shown[-1].chosen
    assert len(view.more) + view.unlisted == 143
    assert len({choice.id for choice in (*view.shown, *view.more)}) == len(view.shown) + len(view.more)


def test_kinds_are_all_handled() -> None:
    assert {parameter.kind for parameter in PARAMETERS} == set(Kind)


def test_types_of_nearly_every_trial_are_no_choice_unless_chosen() -> None:
    counts = {"cancer_type": {"_ANY_": 9, "_SOLID_": 8, "LUNG": 3}}
    (view,) = facet_views(parse_filters([]), counts)
    assert [choice.value for choice in view.shown] == ["LUNG"]
    (view,) = facet_views(parse_filters([("cancer_type", "_SOLID_")]), counts)
    assert {choice.value: choice.chosen for choice in view.shown} == {"_SOLID_": True, "LUNG": False}


def test_a_chip_does_not_say_its_title_twice() -> None:
    said = {(chip.title, chip.label) for chip in chips(parse_filters([("phase", "3"), ("country", "France")]))}
    assert said == {("", "Phase 3"), ("Country", "France")}
