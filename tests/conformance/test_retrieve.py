"""Retrieval: scores, filters, counts, against an exhaustive oracle and on the cases that matter by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from search.config import RankingConfig
from search.index.base import Candidates, Generation, Retrieval
from search.index.document import FACETS, IndexDocument
from search.query import Filters
from search.trial import OverallStatus, Phase, StudyType
from tests.index_strategies import FIELDED, unit_rows
from tests.made_up import DIMENSIONS, made_up_request
from tests.oracle import Expected, Oracle

MakeOracle = Callable[[RankingConfig], Oracle]

RANKING = FIELDED
NARROW = replace(
    RANKING,
    lexical=replace(RANKING.lexical, window=7),
    dense=replace(RANKING.dense, window=5, matches=3),
)
TOLERANCE = 2e-5


def agree(found: Candidates, expected: Expected, config: RankingConfig) -> None:
    """Compare scores by value and orders by score: ties within the tolerance may stand either way."""
    scores = {hit.nct_id: hit.score for hit in found.lexical}
    assert len(scores) == len(found.lexical) == min(config.lexical.window, len(expected.lexical))
    for nct_id, score in scores.items():
        assert score == pytest.approx(expected.lexical[nct_id], rel=TOLERANCE)
    assert sorted(scores.values()) == pytest.approx(
        sorted(sorted(expected.lexical.values(), reverse=True)[: len(scores)]), rel=TOLERANCE
    )
    cosines = {hit.nct_id: hit.score for hit in found.dense}
    assert len(cosines) == len(found.dense) == min(config.dense.window, len(expected.dense))
    for hit in found.dense:
        assert hit.score == pytest.approx(expected.dense[hit.nct_id][0], abs=TOLERANCE)
        assert hit.passage == expected.dense[hit.nct_id][1]
    assert sorted(cosines.values()) == pytest.approx(
        sorted(sorted((score for score, _ in expected.dense.values()), reverse=True)[: len(cosines)]), abs=TOLERANCE
    )
    for hits in (found.lexical, found.dense):
        assert list(hits) == sorted(hits, key=lambda hit: (-hit.score, hit.nct_id))
    assert found.total == len(expected.matched)
    assert found.nearest == expected.nearest
    assert {name: dict(counts) for name, counts in found.facets.items()} == expected.facets


@pytest.mark.parametrize("config", [RANKING, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("seed", range(40))
def test_random_requests(generation: Generation, oracle: MakeOracle, config: RankingConfig, seed: int) -> None:
    request = made_up_request(random.Random(seed))
    agree(generation.retrieve(request, config), oracle(config).expect(request), config)


@pytest.mark.parametrize(("lexical", "dense"), [(True, False), (False, True), (False, False)])
def test_channels_can_be_left_out(generation: Generation, oracle: MakeOracle, lexical: bool, dense: bool) -> None:
    request = Retrieval(
        (("lung", 1.0), ("osimertinib", 1.0)), unit_rows(1, 1, DIMENSIONS)[0], Filters(), FACETS, lexical, dense
    )
    found = generation.retrieve(request, NARROW)
    agree(found, Oracle.expect(oracle(NARROW), request), NARROW)
    assert bool(found.lexical) == lexical
    assert bool(found.dense) == dense
    assert bool(found.browse) == (not lexical and not dense)


def test_an_empty_text_browses_newest_update_first(generation: Generation, corpus: list[IndexDocument]) -> None:
    found = generation.retrieve(Retrieval((), None, Filters(has_results=True)), RANKING)
    dates = {document.trial.nct_id: document.values.last_update for document in corpus}
    passing = {document.trial.nct_id for document in corpus if document.values.has_results}
    assert set(found.browse) == passing
    assert found.total == len(passing)
    assert (found.lexical, found.dense) == ((), ())
    dated = [nct_id for nct_id in found.browse if dates[nct_id] is not None]
    assert found.browse[: len(dated)] == tuple(dated), "trials without a date come last"
    ends = [date.last_day for nct_id in dated if (date := dates[nct_id]) is not None]
    assert ends == sorted(ends, reverse=True)
    assert list(found.browse) == sorted(
        found.browse, key=lambda nct_id: (-(d.last_day.toordinal() if (d := dates[nct_id]) else 0), nct_id)
    )


def test_a_facet_leaves_out_its_own_filter_only(generation: Generation, oracle: MakeOracle) -> None:
    filters = Filters(has_results=True, phase=frozenset({"PHASE1"}))  # type: ignore[arg-type]
    found = generation.retrieve(Retrieval((), None, filters, ("phase", "has_results", "status")), RANKING)
    expected = oracle(RANKING).expect(Retrieval((), None, filters, ("phase", "has_results", "status")))
    assert {name: dict(counts) for name, counts in found.facets.items()} == expected.facets
    assert len(found.facets["phase"]) > 1
    assert set(found.facets["has_results"]) == {"true", "false"}
    assert sum(found.facets["status"].values()) <= found.total


def test_only_the_facets_asked_for_are_counted(generation: Generation) -> None:
    assert dict(generation.retrieve(Retrieval((), None, Filters()), RANKING).facets) == {}
    found = generation.retrieve(Retrieval((), None, Filters(), ("status",)), RANKING)
    assert list(found.facets) == ["status"]


def test_unknown_terms_find_nothing(generation: Generation) -> None:
    found = generation.retrieve(Retrieval((("nowhere", 1.0),), None, Filters(), ("status",)), RANKING)
    assert (found.lexical, found.browse, found.total, dict(found.facets["status"])) == ((), (), 0, {})


def test_query_syntax_is_only_text(generation: Generation) -> None:
    terms = tuple(
        (term, 1.0) for term in ('"', "lung)", "(", "a:b", "*", "title:lung", "\\", "AND", "x" * 5000, "\ue000")
    )
    found = generation.retrieve(Retrieval(terms, None, Filters()), RANKING)
    assert (found.lexical, found.total) == ((), 0)


def test_many_terms_are_answered(generation: Generation) -> None:
    terms = (("lung", 1.0), *((f"w{n}", 1.0) for n in range(RANKING.lexical.max_terms - 1)))
    assert generation.retrieve(Retrieval(terms, None, Filters()), RANKING).lexical == ()
    single = replace(RANKING, lexical=replace(RANKING.lexical, min_match_terms=1))
    assert generation.retrieve(Retrieval(terms, None, Filters()), single).lexical


def test_a_field_of_weight_nothing_is_left_out(generation: Generation, corpus: list[IndexDocument]) -> None:
    boosts = {**RANKING.lexical.field_boosts, "title": 0.0}
    config = replace(RANKING, lexical=replace(RANKING.lexical, field_boosts=boosts))
    request = Retrieval((("lung", 1.0),), None, Filters())
    agree(generation.retrieve(request, config), Oracle(corpus, config).expect(request), config)


@pytest.mark.parametrize("seed", range(15))
def test_explanations_add_up(generation: Generation, oracle: MakeOracle, seed: int) -> None:
    request = replace(made_up_request(random.Random(seed)), filters=Filters())
    for hit in generation.retrieve(request, RANKING).lexical[:3]:
        shares = generation.explain_lexical(request, hit.nct_id, RANKING)
        assert sum(value for terms in shares.values() for value in terms.values()) == pytest.approx(hit.score, rel=1e-5)
        whole = oracle(RANKING).parts(request, hit.nct_id)
        assert {field: set(terms) for field, terms in shares.items()} == {f: set(t) for f, t in whole.items()}
        for field, terms in shares.items():
            for term, value in terms.items():
                assert value <= whole[field][term] * (1 + TOLERANCE)


def test_nothing_to_explain_for_another_trial(generation: Generation) -> None:
    request = Retrieval((("lung", 1.0),), None, Filters())
    assert not any(generation.explain_lexical(request, "NCT00000000", RANKING).values())


def test_the_same_request_gives_the_same_answer(generation: Generation) -> None:
    request = made_up_request(random.Random(3))
    first = generation.retrieve(request, RANKING)
    assert all(generation.retrieve(request, RANKING) == first for _ in range(5))


def test_the_query_vector_is_not_changed(generation: Generation) -> None:
    vector = unit_rows(5, 1, DIMENSIONS)[0]
    before = vector.copy()
    generation.retrieve(Retrieval((), vector, Filters()), RANKING)
    assert np.array_equal(vector, before)


def test_what_cannot_be_asked(generation: Generation) -> None:
    with pytest.raises(ValueError, match=r"dimension|shape"):
        generation.retrieve(Retrieval((), unit_rows(5, 1, DIMENSIONS + 1)[0], Filters()), RANKING)
    with pytest.raises(ValueError, match="no facet"):
        generation.retrieve(Retrieval((), None, Filters(), ("shoe_size",)), RANKING)


@pytest.mark.parametrize("age", [-(10**30), -1, 10**30])
def test_impossible_ages(generation: Generation, oracle: MakeOracle, age: int) -> None:
    filters = Filters(age_days=age)
    found = generation.retrieve(Retrieval((), None, filters), RANKING)
    assert set(found.browse) == oracle(RANKING).passing(filters)


@pytest.mark.parametrize("seed", range(6))
def test_choosing_a_facet_gives_what_it_counted(generation: Generation, seed: int) -> None:
    request = replace(made_up_request(random.Random(seed)), filters=Filters(), facets=("status", "phase", "study_type"))
    counted = generation.retrieve(request, NARROW).facets
    choices = [(Filters(status=frozenset({OverallStatus(value)})), n) for value, n in counted["status"].items()]
    choices += [(Filters(phase=frozenset({Phase(value)})), n) for value, n in counted["phase"].items()]
    choices += [(Filters(study_type=frozenset({StudyType(value)})), n) for value, n in counted["study_type"].items()]
    for filters, count in choices:
        assert generation.retrieve(replace(request, filters=filters), NARROW).total == count
