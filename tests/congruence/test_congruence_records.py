"""The 1,974 oncology studies of the registry on both back ends, built and asked as a user does.

Vectors come from the cache that `ONCOMATCH_CACHE` names where they are there; otherwise the studies are embedded, which
takes about half an hour.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer.build import build_index
from search.config import DEFAULT_CONFIG
from search.engine import SearchEngine
from search.index.base import Generation, Retrieval
from search.index.document import FACETS
from search.index.open import open_store
from search.query import DateRange, Filters, Near, Query
from search.trial import InterventionType, OverallStatus, Phase, Sex, SponsorClass, StudyType
from tests.elastic_server import delete_alias

pytestmark = [pytest.mark.data, pytest.mark.elasticsearch, pytest.mark.proof, pytest.mark.timeout(4 * 3600)]

RANKING = DEFAULT_CONFIG.ranking
STUDIES = 1974
DEPTH = 10
PLACES = ((42.36, -71.06), (52.52, 13.4), (48.86, 2.35), (31.23, 121.47), (-33.87, 151.21), (37.57, 126.98))


class Both(NamedTuple):
    """The same records on both back ends."""

    embedded: SearchEngine
    elastic: SearchEngine
    generations: tuple[Generation, Generation]


@pytest.fixture(scope="module")
def both(data_dir: Path, elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    source = data_dir / "ctgov" / "ctgov_v2_oncology.jsonl.gz"
    alias = f"congruence-records-{secrets.token_hex(4)}"
    stores = [open_store(str(tmp_path_factory.mktemp("index"))), open_store(f"{elasticsearch_url}/{alias}")]
    for store in stores:
        assert build_index([str(source)], store).manifest.trials == STUDIES
    engines = [SearchEngine(store) for store in stores]
    generations = [store.open() for store in stores]
    yield Both(engines[0], engines[1], (generations[0], generations[1]))
    for engine in engines:
        engine.close()
    for generation in generations:
        generation.close()
    delete_alias(elasticsearch_url, alias)


def topics(data_dir: Path) -> list[str]:
    """Short queries and admission notes."""
    files = ("collections/short_queries/topics.jsonl", "ct21_topics.jsonl", "ct22_topics_1-5.jsonl")
    lines = [line for file in files for line in (data_dir / "trec" / file).read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines if line.strip()]


def random_filters(pick: random.Random, facets: Mapping[str, Mapping[str, int]]) -> Filters:
    """One to three conditions over values that the index holds."""
    lat, lon = pick.choice(PLACES)
    year = pick.randint(2000, 2026)
    span = DateRange(dt.date(year, 1, 1), dt.date(year + pick.randint(0, 3), 6, 30))
    every = Filters(
        status=frozenset(pick.sample(list(OverallStatus), 2)),
        phase=frozenset(pick.sample(list(Phase), pick.randint(1, 2))),
        study_type=frozenset({pick.choice(list(StudyType))}),
        cancer_type=frozenset(pick.sample(sorted(facets["cancer_type"]), 2)) if facets["cancer_type"] else frozenset(),
        intervention_type=frozenset(pick.sample(list(InterventionType), 2)),
        sponsor_class=frozenset({pick.choice(list(SponsorClass))}),
        sex=pick.choice(list(Sex)),
        age_days=pick.randint(0, 100) * 365,
        site_status=frozenset({OverallStatus.RECRUITING}),
        countries=frozenset(pick.sample(sorted(facets["countries"]), 2)),
        states=frozenset({pick.choice(("California", "Texas", "Bayern", "Ontario"))}),
        cities=frozenset({pick.choice(("Boston", "Paris", "Shanghai", "Seoul", "Houston"))}),
        near=Near(lat, lon, pick.choice((5.0, 25.0, 100.0, 1000.0))),
        start=span,
        completion=span,
        last_update=span,
        has_results=pick.random() < 0.5,
    )
    kept = pick.sample(list(Filters.__dataclass_fields__), pick.randint(1, 3))
    return Filters(**{name: getattr(every, name) for name in kept})


def test_filters_pass_the_same_trials(both: Both) -> None:
    pick = random.Random(5)
    embedded, elastic = both.generations
    facets = embedded.retrieve(Retrieval((), None, Filters(), FACETS), RANKING).facets
    passed = 0
    for _ in range(300):
        request = Retrieval((), None, random_filters(pick, facets), FACETS)
        specified, found = embedded.retrieve(request, RANKING), elastic.retrieve(request, RANKING)
        assert found.browse == specified.browse, request.filters
        assert found.total == specified.total
        assert {n: dict(c) for n, c in found.facets.items()} == {n: dict(c) for n, c in specified.facets.items()}
        passed += specified.total > 0
    assert passed > 100


def test_top_ten_overlap(both: Both, data_dir: Path) -> None:
    overlaps = [overlap(both, Query(text)) for text in topics(data_dir)]
    print(f"top-{DEPTH} overlap, {len(overlaps)} texts: mean {mean(overlaps):.4f}, lowest {min(overlaps):.2f}")
    assert mean(overlaps) >= 0.9


def test_top_ten_overlap_under_filters(both: Both, data_dir: Path) -> None:
    pick = random.Random(6)
    facets = both.generations[0].retrieve(Retrieval((), None, Filters(), FACETS), RANKING).facets
    overlaps = [overlap(both, Query(text, random_filters(pick, facets))) for text in topics(data_dir)]
    print(f"top-{DEPTH} overlap under filters: mean {mean(overlaps):.4f}, lowest {min(overlaps):.2f}")
    assert mean(overlaps) >= 0.9


def overlap(both: Both, query: Query) -> float:
    """Share of the embedded back end's first ten that Elasticsearch has in its first ten."""
    specified, found = ({nct_id for nct_id, _ in engine.rank(query, DEPTH)} for engine in both[:2])
    return len(specified & found) / len(specified) if specified else float(not found)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
