"""Criteria in the flat form: what is said of several cohorts, once for each."""

from __future__ import annotations

from search.eligibility.flat import flat, flat_by_cohort
from search.extraction.criteria import read_text

RAW = (
    "Inclusion Criteria:\n\n* ECOG 0-1\n* Cohorts 1 and 2: metastatic disease\n* Cohort 1: HER2-positive tumor\n"
    "* Cohort 2: HER2-negative tumor\n* Cohorts 3 and 4: unresectable disease\n"
)


def test_what_is_said_of_two_cohorts_is_listed_for_each() -> None:
    criteria = read_text(RAW, "Breast cancer")
    once = flat(criteria)
    each = flat_by_cohort(criteria)
    assert [item["cohort"] for item in once if item["quote"] == "metastatic disease"] == ["Cohorts 1 and 2"]
    assert [item["cohort"] for item in each if item["quote"] == "metastatic disease"] == ["Cohort 1", "Cohort 2"]
    assert [item["cohort"] for item in each if item["kind"] == "biomarker"] == ["Cohort 1", "Cohort 2"]
    assert [item["cohort"] for item in each if item["quote"] == "unresectable disease"] == ["Cohorts 3 and 4"]
    assert [item["cohort"] for item in each if item["kind"] == "performance"] == [None]
    strip = [{key: value for key, value in item.items() if key != "cohort"} for item in each]
    assert [item for at, item in enumerate(strip) if at == 0 or item != strip[at - 1]] == [
        {key: value for key, value in item.items() if key != "cohort"} for item in once
    ]
