"""The embedded back end's masks and counts against the reference, on made-up trials and filters."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.index.document import FACETS, FilterValues, SiteValues
from search.index.eligibility_terms import marker_facets, stage_facets
from search.index.embedded import columns, facets, masks
from search.index.filters import haversine_km, matches
from search.index.places import display_country
from search.query import Filters, Near
from tests.index_strategies import filter_values, filters
from tests.made_up import made_up_documents, made_up_filters

CORPORA = st.lists(filter_values(), max_size=12)


@settings(max_examples=80)
@given(CORPORA, filters())
def test_masks_equal_the_reference(values: list[FilterValues], asked: Filters) -> None:
    found = masks.mask(*columns.build(values), asked)
    expected = [matches(value, asked) for value in values]
    assert (found.tolist() if found is not None else [True] * len(values)) == expected


def test_masks_equal_the_reference_on_many_trials() -> None:
    values = [document.values for document in made_up_documents(400)]
    built = columns.build(values)
    pick = random.Random(7)
    selective = 0
    for _ in range(300):
        asked = made_up_filters(pick)
        found = masks.mask(*built, asked)
        expected = np.array([matches(value, asked) for value in values])
        assert np.array_equal(np.ones(400, dtype=bool) if found is None else found, expected)
        selective += 0 < expected.sum() < 400
    assert selective > 100


def test_the_rim_of_a_circle_is_the_reference_s() -> None:
    site = SiteValues(None, None, None, None, 48.137, 11.575)
    built = columns.build([FilterValues(sites=(site,))])
    distance = haversine_km(52.52, 13.405, 48.137, 11.575)
    for km in (distance, np.nextafter(distance, 0), np.nextafter(distance, 1e9)):
        asked = Filters(near=Near(52.52, 13.405, float(km)))
        found = masks.mask(*built, asked)
        assert found is not None
        assert bool(found[0]) is matches(FilterValues(sites=(site,)), asked)


@settings(max_examples=40)
@given(CORPORA, st.data())
def test_counts_are_counts(values: list[FilterValues], data: st.DataObject) -> None:
    built = columns.build(values)
    trials = sorted(data.draw(st.sets(st.integers(0, len(values) - 1)))) if values else []
    chosen = [values[t] for t in trials]
    found = {name: dict(facets.FacetCounter(*built).count(name, np.array(trials, dtype=np.intp))) for name in FACETS}
    assert found == {
        "status": Counter(v.status.value for v in chosen if v.status),
        "phase": Counter(phase.value for v in chosen for phase in set(v.phases)),
        "study_type": Counter(v.study_type.value for v in chosen if v.study_type),
        "cancer_type": Counter(code for v in chosen for code in v.cancer_types),
        "intervention_type": Counter(kind.value for v in chosen for kind in v.intervention_types),
        "sponsor_class": Counter(v.sponsor_class.value for v in chosen if v.sponsor_class),
        "countries": Counter(display_country(c) for v in chosen for c in {s.country for s in v.sites} if c),
        "has_results": Counter(str(v.has_results).lower() for v in chosen if v.has_results is not None),
        "stage": Counter(stage for v in chosen for stage in stage_facets(v.eligibility.stages)),
        "extent": Counter(extent for v in chosen for extent in v.eligibility.extents),
        "biomarker": Counter(marker for v in chosen for marker in marker_facets(v.eligibility.biomarkers)),
        "ecog": Counter(str(n) for v in chosen for n in range(5) if _states_ecog(v) and _takes_ecog(v, n)),
        "cns": Counter(v.eligibility.cns.value for v in chosen if v.eligibility.cns),
    }


def _states_ecog(values: FilterValues) -> bool:
    return values.eligibility.minimum_ecog is not None or values.eligibility.maximum_ecog is not None


def _takes_ecog(values: FilterValues, grade: int) -> bool:
    return matches(values, Filters(ecog=grade))


def test_an_unknown_facet_is_refused() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        facets.FacetCounter(*columns.build([FilterValues()])).count("shoe_size", np.array([0]))


@given(CORPORA)
@settings(max_examples=25)
def test_columns_survive_the_disk(tmp_path_factory: pytest.TempPathFactory, values: list[FilterValues]) -> None:
    folder: Path = tmp_path_factory.mktemp("columns") / "columns"
    built, names = columns.build(values)
    columns.save(folder, built, names)
    loaded, loaded_names = columns.load(folder)
    assert loaded_names == names
    for field in columns.Columns.__dataclass_fields__:
        before, after = getattr(built, field), getattr(loaded, field)
        assert before.dtype == after.dtype
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
