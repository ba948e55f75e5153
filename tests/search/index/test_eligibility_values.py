"""What criteria become as filter values, case by case, and what must hold of any criteria."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.config import EligibilityConfig
from search.eligibility.criterion import (
    Biomarker,
    Cancer,
    Cns,
    Criteria,
    Criterion,
    Evidence,
    Extent,
    Fact,
    LineCount,
    Performance,
    Requirement,
    Section,
    Stage,
)
from search.index.document import CnsPolicy, EligibilityValues, FilterValues
from search.index.eligibility_terms import ecog_facets, leaves_of_stage, marker_facets, marker_leaves, stage_facets
from search.index.eligibility_values import cancer_codes, eligibility_values
from search.index.filters import matches
from search.query import Filters
from tests.criteria_strategies import ASKED, criteria
from tests.index_strategies import criteria_values, filters

REQUIRED, PROHIBITED, ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED
QUOTE = Evidence(0, 1, "x")


def item(fact: Fact, requirement: Requirement = REQUIRED, cohort: str | None = None, **others: object) -> Criterion:
    criterion = Criterion(fact, requirement, Section.INCLUSION, QUOTE, 0, cohort, 0.9)
    return replace(criterion, **others)  # type: ignore[arg-type]


def values(*items: Criterion, cohorts: tuple[str, ...] = ()) -> EligibilityValues:
    return eligibility_values(Criteria((), items, cohorts))


def takes(found: EligibilityValues, **asked: object) -> bool:
    return matches(FilterValues(eligibility=found), Filters(**asked))  # type: ignore[arg-type]


def stages(found: EligibilityValues, *asked: str) -> str:
    """The stages of a person that the trial takes."""
    return " ".join(stage for stage in asked if takes(found, stage=frozenset({stage})))


ANATOMIC = ("0", "I", "IIA", "IIB", "IIIA", "IIIB", "IV")


@pytest.mark.parametrize(
    ("items", "taken"),
    [
        ([item(Stage(("IIIB", "IV")))], "IIIB IV"),
        ([item(Stage(("II", "III")))], "IIA IIB IIIA IIIB"),
        ([item(Stage(("III",))), item(Stage(("IV",)))], "IIIA IIIB IV"),
        ([item(Stage(("II", "III"))), item(Stage(("IIB",)), PROHIBITED)], "IIA IIIA IIIB"),
        ([item(Stage(("IV",)), PROHIBITED)], "0 I IIA IIB IIIA IIIB"),
        ([item(Stage(("IV",)), PROHIBITED, exception=QUOTE)], "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage(("IV",)), PROHIBITED, confidence=0.6)], "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage(("IV",)), ALLOWED)], "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage(("III",))), item(Stage(("IV",)), ALLOWED)], "IIIA IIIB IV"),
        ([item(Stage(("III",)), confidence=0.6)], "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage(("III",))), item(Stage(("IV",)), confidence=0.6)], "IIIA IIIB IV"),
        ([item(Stage(("III",)), or_group="1:a")], "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage((), ("T3", "N1")))], "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage(("IIE",)))], "IIA IIB"),
        ([item(Stage(("III", "unheard of")))], "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage(("C",), system="BCLC"))], "0 I IIA IIB IIIA IIIB IV"),
    ],
)
def test_stages(items: list[Criterion], taken: str) -> None:
    assert stages(values(*items), *ANATOMIC) == taken


def test_stages_of_other_systems_are_compared_among_themselves() -> None:
    found = values(item(Stage(("II", "III"), system="ISS")), item(Stage(("limited",), system="VALG")))
    assert stages(found, "I", "ISS I", "ISS II", "R-ISS I", "limited", "extensive", "Rai 0") == (
        "I ISS II R-ISS I limited Rai 0"
    )
    assert stage_facets(found.stages) == {"ISS II", "ISS III", "limited"}


A, B = "Cohort A", "Cohort B"


@pytest.mark.parametrize(
    ("items", "cohorts", "taken"),
    [
        ([item(Stage(("III",)), cohort=A), item(Stage(("IV",)), cohort=B)], (A, B), "IIIA IIIB IV"),
        ([item(Stage(("III",)), cohort=A)], (A, B), "0 I IIA IIB IIIA IIIB IV"),
        ([item(Stage(("III",)), cohort=A)], (A,), "IIIA IIIB"),
        ([item(Stage(("III", "IV"))), item(Stage(("IV",)), cohort=A)], (A,), "IV"),
        ([item(Stage(("III", "IV"))), item(Stage(("IV",)), cohort=A)], (A, B), "IIIA IIIB IV"),
        ([item(Stage(("III",))), item(Stage(("IV",)), cohort=A)], (A,), "IIIA IIIB IV"),
        ([item(Stage(("IV",)), PROHIBITED, A)], (A, B), "0 I IIA IIB IIIA IIIB IV"),
        (
            [item(Stage(("IV",)), PROHIBITED, A), item(Stage(("III", "IV")), PROHIBITED, B)],
            (A, B),
            "0 I IIA IIB IIIA IIIB",
        ),
    ],
)  # fmt: skip
def test_a_stage_of_one_cohort_removes_no_one_whom_another_takes(
    items: list[Criterion], cohorts: tuple[str, ...], taken: str
) -> None:
    assert stages(values(*items, cohorts=cohorts), *ANATOMIC) == taken


EXTENTS = ("localized", "locally_advanced", "metastatic", "oligometastatic", "resectable", "unresectable", "recurrent")


@pytest.mark.parametrize(
    ("items", "asked_for", "ruled_out"),
    [
        ([item(Extent(("metastatic",)))], "metastatic oligometastatic", "localized locally_advanced"),
        ([item(Extent(("advanced",)))], "locally_advanced metastatic oligometastatic", "localized"),
        ([item(Extent(("unresectable", "metastatic")))], "metastatic oligometastatic unresectable", ""),
        (
            [item(Extent(("metastatic",)), line=3), item(Extent(("unresectable",)), line=4)],
            "metastatic oligometastatic unresectable",
            "",
        ),
        (
            [item(Extent(("metastatic",)), line=3), item(Extent(("unresectable",)), line=9)],
            "metastatic oligometastatic unresectable",
            "localized locally_advanced resectable",
        ),
        ([item(Extent(("metastatic",)), PROHIBITED)], "", "metastatic oligometastatic"),
        ([item(Extent(("metastatic",)), PROHIBITED, exception=QUOTE)], "", ""),
        ([item(Extent(("metastatic",)), PROHIBITED, confidence=0.5)], "", ""),
        ([item(Extent(("advanced",))), item(Extent(("metastatic",)), PROHIBITED)],
            "locally_advanced metastatic oligometastatic", "localized"),
        ([item(Extent(("recurrent",)), PROHIBITED)], "", "recurrent"),
        ([item(Extent(("relapsed",)))], "recurrent", ""),
        ([item(Extent(("metastatic",)), or_group="1:a")], "metastatic oligometastatic", ""),
    ],
)  # fmt: skip
def test_extents(items: list[Criterion], asked_for: str, ruled_out: str) -> None:
    found = values(*items)
    assert " ".join(value for value in EXTENTS if value in found.extents) == asked_for
    assert " ".join(value for value in EXTENTS if value in found.extents_excluded) == ruled_out


def test_extents_of_cohorts() -> None:
    localized, metastatic = Extent(("localized",)), Extent(("metastatic",))
    found = values(item(localized, cohort=A), item(metastatic, cohort=B))
    assert found.extents_excluded == {"locally_advanced"}
    assert values(item(localized, cohort=A), cohorts=(A, B)).extents_excluded == frozenset()


@pytest.mark.parametrize(
    ("items", "finds"),
    [
        ([item(Biomarker("EGFR", ("mutation",)))], "EGFR EGFR:mutation EGFR:L858R"),
        ([item(Biomarker("EGFR", ("L858R",)))], "EGFR EGFR:mutation EGFR:L858R"),
        ([item(Biomarker("EGFR", ("exon 20 insertion",)))], "EGFR EGFR:mutation"),
        ([item(Biomarker("EGFR", ("wild type",)))], "EGFR EGFR:wild type"),
        ([item(Biomarker("EGFR"))], "EGFR"),
        ([item(Biomarker("EGFR", ("known",)))], ""),
        ([item(Biomarker("EGFR", ("mutation",)), PROHIBITED)], ""),
        ([item(Biomarker("EGFR", ("mutation",)), ALLOWED)], ""),
        ([item(Biomarker("EGFR", ("mutation",)), cohort=A)], "EGFR EGFR:mutation EGFR:L858R"),
        ([item(Biomarker("EGFR", ("mutation",)), confidence=0.3)], "EGFR EGFR:mutation EGFR:L858R"),
    ],
)
def test_required_markers(items: list[Criterion], finds: str) -> None:
    found = values(*items)
    asked = ("EGFR", "EGFR:mutation", "EGFR:L858R", "EGFR:wild type", "ALK")
    assert " ".join(value for value in asked if takes(found, biomarker=frozenset({value}))) == finds


@pytest.mark.parametrize(
    ("items", "removes"),
    [
        ([item(Biomarker("HER2", ("positive",)), PROHIBITED)], "HER2 HER2:positive HER2:amplification"),
        ([item(Biomarker("HER2", ("positive",)), PROHIBITED, confidence=0.6)], ""),
        ([item(Biomarker("HER2", ("positive",)), PROHIBITED, exception=QUOTE)], ""),
        ([item(Biomarker("HER2", ("positive",)), PROHIBITED, or_group="1:a")], ""),
        ([item(Biomarker("HER2", ("amplification",)), PROHIBITED)], "HER2 HER2:amplification"),
        ([item(Biomarker("HER2"), PROHIBITED)], "HER2 HER2:positive HER2:amplification"),
        ([item(Biomarker("HER2", ("known",)), PROHIBITED)], ""),
        ([item(Biomarker("HER2", ("negative",)))], "HER2 HER2:positive HER2:amplification"),
        ([item(Biomarker("HER2", ("low",)))], "HER2 HER2:positive HER2:amplification"),
        ([item(Biomarker("HER2", ("positive",)))], "HER2:negative HER2:low"),
        ([item(Biomarker("HER2", ("positive",))), item(Biomarker("HER2", ("negative",)))], ""),
        ([item(Biomarker("HER2", ("positive",))), item(Biomarker("HER2", ("low",)), ALLOWED)], ""),
        ([item(Biomarker("HER2", ("positive",)), or_group="1:a")], ""),
        ([item(Biomarker("HER2", ("positive",)), PROHIBITED, A)], "HER2 HER2:positive HER2:amplification"),
        (
            [item(Biomarker("HER2", ("positive",)), PROHIBITED, A), item(Biomarker("HER2", ("positive",)), cohort=B)],
            "",
        ),
    ],
)
def test_excluded_markers(items: list[Criterion], removes: str) -> None:
    found = values(*items)
    asked = ("HER2", "HER2:positive", "HER2:amplification", "HER2:negative", "HER2:low", "ALK")
    assert " ".join(value for value in asked if not takes(found, not_excluding=frozenset({value}))) == removes


@pytest.mark.parametrize(
    ("items", "bounds"),
    [
        ([item(LineCount(1, 3))], (1, 3)),
        ([item(LineCount(min=1)), item(LineCount(max=2, setting="metastatic"))], (1, 2)),
        ([item(LineCount(min=1)), item(LineCount(min=2))], (1, None)),
        ([item(LineCount(max=0, setting="adjuvant"))], (None, None)),
        ([item(LineCount(min=3), PROHIBITED)], (None, 2)),
        ([item(LineCount(min=1), confidence=0.6)], (None, None)),
        ([item(LineCount(min=1), or_group="1:a")], (None, None)),
        ([item(LineCount(1, 1), cohort=A), item(LineCount(2, 4), cohort=B)], (1, 4)),
        ([item(LineCount(min=2), cohort=A), item(Stage(("IV",)), cohort=B)], (None, None)),
        ([item(LineCount(max=1)), item(LineCount(min=3), cohort=A)], (None, None)),
    ],
)
def test_prior_lines(items: list[Criterion], bounds: tuple[int | None, int | None]) -> None:
    found = values(*items)
    assert (found.minimum_prior_lines, found.maximum_prior_lines) == bounds


ECOG, KARNOFSKY = Performance("ECOG", 0, 1), Performance("Karnofsky", 70, 100)


@pytest.mark.parametrize(
    ("items", "grades"),
    [
        ([item(ECOG)], "0 1"),
        ([item(Performance("ECOG", 2, 3))], "2 3"),
        ([item(ECOG), item(Performance("ECOG", 0, 2), ALLOWED)], "0 1 2"),
        ([item(ECOG, ALLOWED)], ""),
        ([item(KARNOFSKY)], ""),
        ([item(ECOG, or_group="1:a"), item(KARNOFSKY, or_group="1:a")], "0 1"),
        ([item(ECOG, or_group="1:a"), item(Stage(("I",)), or_group="1:a")], ""),
        ([item(ECOG, confidence=0.6)], ""),
        ([item(ECOG, exception=QUOTE)], ""),
        ([item(ECOG, cohort=A), item(Performance("ECOG", 2, 2), cohort=B)], "0 1 2"),
        ([item(Performance("ECOG", 0, 5))], "0 1 2 3 4"),
    ],
)
def test_ecog(items: list[Criterion], grades: str) -> None:
    found = values(*items)
    assert " ".join(ecog_facets(found.minimum_ecog, found.maximum_ecog)) == grades


ANY, STABLE, ACTIVE = Cns("any brain metastases"), Cns("treated_stable"), Cns("active")


@pytest.mark.parametrize(
    ("items", "policy"),
    [
        ([item(ANY, PROHIBITED)], CnsPolicy.EXCLUDED),
        ([item(ANY, PROHIBITED, confidence=0.6)], None),
        ([item(ANY, PROHIBITED, exception=QUOTE)], CnsPolicy.TREATED_STABLE),
        ([item(ANY, PROHIBITED), item(STABLE, ALLOWED)], CnsPolicy.TREATED_STABLE),
        ([item(ACTIVE, PROHIBITED)], CnsPolicy.TREATED_STABLE),
        ([item(STABLE, ALLOWED)], CnsPolicy.TREATED_STABLE),
        ([item(ANY, ALLOWED)], CnsPolicy.ALLOWED),
        ([item(ANY, ALLOWED), item(ACTIVE, PROHIBITED)], CnsPolicy.TREATED_STABLE),
        ([item(ANY)], CnsPolicy.REQUIRED),
        ([item(Cns("leptomeningeal"), PROHIBITED)], None),
        ([item(Cns("leptomeningeal"))], None),
        ([item(ANY, cohort=A), item(ANY, PROHIBITED, cohort=B)], CnsPolicy.ALLOWED),
        ([item(ANY, PROHIBITED, cohort=A), item(STABLE, ALLOWED, cohort=B)], CnsPolicy.TREATED_STABLE),
        ([item(ANY, PROHIBITED, cohort=A), item(Stage(("I",)), cohort=B)], None),
        ([item(STABLE, PROHIBITED)], None),
    ],
)
def test_brain_metastases(items: list[Criterion], policy: CnsPolicy | None) -> None:
    assert values(*items).cns is policy


def test_cancer_codes_are_those_required() -> None:
    lung, breast = Cancer(frozenset({"LUNG"})), Cancer(frozenset({"BREAST", "MBC"}))
    items = (
        item(lung),
        item(breast, cohort=A),
        item(Cancer(frozenset({"MEL"})), PROHIBITED),
        item(Cancer(frozenset({"PAAD"})), section=Section.EXCLUSION),
        item(Cancer(frozenset({"GIST"})), confidence=0.6),
    )
    assert cancer_codes(Criteria((), items)) == {"LUNG", "BREAST", "MBC"}


def test_no_criteria_restrict_nothing() -> None:
    assert values() == EligibilityValues()


PERSONAL = ("stage", "extent", "not_excluding", "prior_lines", "ecog", "brain_metastases")


@given(criteria(), filters())
def test_uncertain_criteria_remove_nobody(given_criteria: Criteria, asked: Filters) -> None:
    """However criteria are read: what is uncertain in all of them leaves every person in."""
    doubted = replace(given_criteria, items=tuple(replace(i, confidence=0.5) for i in given_criteria.items))
    person = Filters(**{name: getattr(asked, name) for name in PERSONAL})
    assert matches(FilterValues(eligibility=eligibility_values(doubted)), person)
    everything = EligibilityConfig(filter_confidence=1.01)
    assert matches(FilterValues(eligibility=eligibility_values(given_criteria, everything)), person)


@given(criteria(), filters())
def test_a_cohort_without_criteria_removes_nobody_for_the_others(given_criteria: Criteria, asked: Filters) -> None:
    """With one more cohort that asks nothing, only the common criteria are left to remove anybody."""
    opened = replace(given_criteria, cohorts=(*given_criteria.cohorts, "Cohort that asks nothing"))
    common = replace(given_criteria, items=tuple(given_criteria.common()), cohorts=())
    person = Filters(**{name: getattr(asked, name) for name in ("not_excluding", "prior_lines")})
    if matches(FilterValues(eligibility=eligibility_values(common)), person):
        assert matches(FilterValues(eligibility=eligibility_values(opened)), person)


@given(criteria())
def test_what_is_taken_is_not_refused(given_criteria: Criteria) -> None:
    found = eligibility_values(given_criteria)
    assert not found.stages & found.stages_excluded
    assert not found.extents & found.extents_excluded


@given(st.lists(criteria_values(), max_size=8))
def test_facet_values_count_what_their_filters_find(several: list[EligibilityValues]) -> None:
    for found in several:
        trial = FilterValues(eligibility=found)
        for stage in ("0", "I", "II", "III", "IV", "limited", "extensive", "ISS II"):
            asked = Filters(stage=frozenset({stage}), include_unspecified=False)
            assert (stage in stage_facets(found.stages)) is matches(trial, asked)
        for marker in ("EGFR", "EGFR:mutation", "EGFR:wild type", "HER2:low", "HER2:positive"):
            assert (marker in marker_facets(found.biomarkers)) is matches(trial, Filters(biomarker=frozenset({marker})))
        for extent in ASKED["extent"]:
            asked = Filters(extent=frozenset({extent}), include_unspecified=False)
            assert (extent in found.extents) is matches(trial, asked)


def test_leaves() -> None:
    assert leaves_of_stage("IIIA") < leaves_of_stage("III")
    assert leaves_of_stage("IE") == leaves_of_stage("I")
    assert leaves_of_stage("ISS II") == leaves_of_stage("II", "ISS") == {"ISS:II"}
    assert leaves_of_stage("C") == leaves_of_stage("nothing") == frozenset()
    assert marker_leaves("EGFR:L858R") < marker_leaves("EGFR:mutation")
    assert marker_leaves("EGFR") == {"EGFR"}
