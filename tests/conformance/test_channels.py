"""The channels that order and make no matches, on every back end: what a note is about, and concepts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search.config import DEFAULT_CONFIG, RankingConfig
from search.index.base import Generation, Retrieval
from search.index.document import IndexDocument, any_term
from search.query import Filters
from search.trial import OverallStatus
from tests.index_strategies import unit_rows
from tests.made_up import DIMENSIONS
from tests.oracle import Oracle

RANKING = DEFAULT_CONFIG.ranking
TERMS = (("lung", 1.0), ("cancer", 1.0))
VECTOR = unit_rows(5, 1, DIMENSIONS)[0]
RECRUITING = Filters(status=frozenset({OverallStatus.RECRUITING}))


def tokens_of(corpus: list[IndexDocument]) -> list[str]:
    return sorted({token for document in corpus for token in document.text.get("concepts", ())})


@pytest.mark.parametrize("filters", [Filters(), RECRUITING], ids=["all", "filtered"])
def test_focus_is_ranked_by_any_of_its_terms(
    generation: Generation, oracle: Callable[[RankingConfig], Oracle], filters: Filters
) -> None:
    focus = (("melanoma", 1.0), ("lung", 0.5), ("osimertinib", 1.0))
    found = generation.retrieve(Retrieval(TERMS, VECTOR, filters, focus=focus), RANKING)
    config = RankingConfig(lexical=any_term(RANKING.lexical))
    expected = oracle(config).expect(Retrieval(focus, None, filters)).lexical
    assert {hit.nct_id: hit.score for hit in found.focus} == pytest.approx(expected, rel=2e-5)
    assert list(found.focus) == sorted(found.focus, key=lambda hit: (-hit.score, hit.nct_id))


@pytest.mark.parametrize("filters", [Filters(), RECRUITING], ids=["all", "filtered"])
def test_concepts_give_the_best_weight_of_each_group(
    generation: Generation, corpus: list[IndexDocument], oracle: Callable[[RankingConfig], Oracle], filters: Filters
) -> None:
    names = tokens_of(corpus)
    groups = (
        ((names[0], 0.5), (names[1], 0.4), (names[2], 0.1)),
        ((names[1], 0.3), (names[-1], 0.2)),
        (("nobody:has_this", 0.2),),
    )
    found = generation.retrieve(Retrieval(TERMS, None, filters, concepts=groups), RANKING)
    passing = oracle(RANKING).passing(filters)
    expected = {}
    for document in corpus:
        own = set(document.text.get("concepts", ()))
        score = sum(max((weight for token, weight in group if token in own), default=0.0) for group in groups)
        if score and document.trial.nct_id in passing:
            expected[document.trial.nct_id] = score
    assert expected
    assert {hit.nct_id: hit.score for hit in found.concepts} == pytest.approx(expected, abs=2e-6)
    assert list(found.concepts) == sorted(found.concepts, key=lambda hit: (-hit.score, hit.nct_id))


def test_they_change_nothing_else(generation: Generation, corpus: list[IndexDocument]) -> None:
    plain = generation.retrieve(Retrieval(TERMS, VECTOR, Filters(), ("status",)), RANKING)
    more = Retrieval(
        TERMS,
        VECTOR,
        Filters(),
        ("status",),
        focus=(("melanoma", 1.0),),
        concepts=(((tokens_of(corpus)[0], 1.0),),),
    )
    found = generation.retrieve(more, RANKING)
    assert (found.lexical, found.dense, found.total, found.facets, found.nearest) == (
        plain.lexical,
        plain.dense,
        plain.total,
        plain.facets,
        plain.nearest,
    )
    assert plain.focus == plain.concepts == ()


def test_nothing_is_ranked_for_an_empty_text(generation: Generation, corpus: list[IndexDocument]) -> None:
    request = Retrieval((), None, Filters(), focus=(("lung", 1.0),), concepts=(((tokens_of(corpus)[0], 1.0),),))
    found = generation.retrieve(request, RANKING)
    assert found.browse
    assert found.focus == found.concepts == ()
