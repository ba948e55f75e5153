"""Random requests on both back ends: the embedded one says what the other has to answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest

from search.config import RankingConfig
from search.index.base import Candidates, DenseHit, Generation, LexicalHit, Retrieval
from search.index.open import open_store
from search.ranking.fusion import fuse
from tests.elastic_server import delete_alias
from tests.index_strategies import FIELDED
from tests.made_up import build_generation, encoder_folder, made_up_documents, made_up_filters, made_up_request

pytestmark = pytest.mark.elasticsearch

ALIAS = "congruence-small"
RANKING = FIELDED
NARROW = replace(
    RANKING, lexical=replace(RANKING.lexical, window=50), dense=replace(RANKING.dense, window=50, matches=20)
)
RELATIVE = 1e-4
ROUNDS = 150


class Pair(NamedTuple):
    """The same generation on both back ends."""

    embedded: Generation
    elastic: Generation


@pytest.fixture(scope="module")
def pair(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("congruence")
    documents = made_up_documents(300, seed=11)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONCOMATCH_CACHE", str(folder / "cache"))
        opened = []
        for location in (str(folder / "index"), f"{elasticsearch_url}/{ALIAS}"):
            store = open_store(location)
            store.promote(build_generation(store, documents, encoder_folder(folder)))
            opened.append(store.open())
        yield Pair(*opened)
        for generation in opened:
            generation.close()
        delete_alias(elasticsearch_url, ALIAS)


def test_filters_pass_the_same_trials_in_the_same_order(pair: Pair) -> None:
    pick = random.Random(1)
    passed = 0
    for _ in range(ROUNDS):
        request = Retrieval((), None, made_up_filters(pick))
        specified = pair.embedded.retrieve(request, RANKING)
        assert pair.elastic.retrieve(request, RANKING) == specified, request.filters
        passed += specified.total
    assert passed > ROUNDS, "filters that let nothing pass show nothing"


@pytest.mark.parametrize("config", [RANKING, NARROW], ids=["wide", "narrow"])
def test_channels_counts_and_facets_agree(pair: Pair, config: RankingConfig) -> None:
    pick = random.Random(2)
    for _ in range(ROUNDS):
        request = made_up_request(pick)
        specified, found = (generation.retrieve(request, config) for generation in pair)
        assert found.browse == specified.browse
        assert found.total == specified.total
        assert {n: dict(c) for n, c in found.facets.items()} == {n: dict(c) for n, c in specified.facets.items()}
        same_ranking(found.lexical, specified.lexical)
        same_ranking(found.dense, specified.dense)
        passages = {hit.nct_id: hit.passage for hit in specified.dense}
        assert all(hit.passage == passages.get(hit.nct_id, hit.passage) for hit in found.dense)


def test_fused_rankings_agree(pair: Pair) -> None:
    pick = random.Random(3)
    overlaps = []
    for _ in range(ROUNDS):
        request = made_up_request(pick)
        specified, found = (top_ids(generation.retrieve(request, RANKING), 10) for generation in pair)
        if specified:
            overlaps.append(len(set(specified) & set(found)) / len(specified))
    assert len(overlaps) > ROUNDS / 3
    assert sum(overlaps) / len(overlaps) >= 0.99


def test_documents_ids_and_suggestions_agree(pair: Pair) -> None:
    ids = [f"NCT99{number:06d}" for number in range(1, 303)]
    assert pair.elastic.fetch(ids) == pair.embedded.fetch(ids)
    for identifier in [*ids, *(f"NCT98{number:06d}" for number in range(300)), "2020-0000", "made up-7", "MADEUP-8"]:
        assert pair.elastic.resolve(identifier) == pair.embedded.resolve(identifier)
    for prefix in ("", "l", "lu", "LUNG c", "mel", "a", "jab", "osi", "nct", "nct9", "nct99000", "zz", "pembrolizumab"):
        for size in (1, 3, 50):
            assert pair.elastic.suggest(prefix, size) == pair.embedded.suggest(prefix, size), prefix


def test_explanations_agree(pair: Pair) -> None:
    pick = random.Random(4)
    compared = 0
    for _ in range(30):
        request = replace(made_up_request(pick), filters=made_up_filters(pick))
        for hit in pair.embedded.retrieve(request, RANKING).lexical[:2]:
            specified, found = (generation.explain_lexical(request, hit.nct_id, RANKING) for generation in pair)
            assert flat(found) == pytest.approx(flat(specified), rel=RELATIVE)
            compared += 1
    assert compared > 10


def flat(shares: object) -> dict[tuple[str, str], float]:
    assert isinstance(shares, dict)
    return {(field, term): value for field, terms in shares.items() for term, value in terms.items()}


def same_ranking(found: Sequence[LexicalHit | DenseHit], specified: Sequence[LexicalHit | DenseHit]) -> None:
    """The same scores place by place; who has them may differ only among equals."""
    assert len(found) == len(specified)
    for ours, theirs in zip(found, specified, strict=True):
        assert ours.score == pytest.approx(theirs.score, rel=RELATIVE, abs=RELATIVE)
    wanted = {hit.nct_id: hit.score for hit in specified}
    last = specified[-1].score if specified else 0.0
    for hit in found:
        assert hit.score == pytest.approx(wanted.get(hit.nct_id, last), rel=RELATIVE, abs=RELATIVE)


def top_ids(candidates: Candidates, depth: int) -> list[str]:
    return [hit.nct_id for hit in fuse(candidates, RANKING.fusion)[:depth]]
