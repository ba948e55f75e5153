"""TREC runs: `query_id Q0 nct_id rank score tag`, scores strictly decreasing within a topic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from search.engine import SearchEngine
from search.evaluation.topics import Topic
from search.query_parser import parse_query


def run_topic(engine: SearchEngine, topic: Topic, depth: int, tag: str) -> Iterator[str]:
    """The run's lines for one topic, by the path that every search takes."""
    query_id = "_".join(topic.query_id.split())
    ranking = engine.rank(parse_query(topic.text), depth)
    for rank, (nct_id, score) in enumerate(strictly_decreasing(ranking), 1):
        yield f"{query_id} Q0 {nct_id} {rank} {score!r} {tag}"


def strictly_decreasing(ranking: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """The ranking with equal scores told apart by the smallest step, so that evaluation tools keep its order."""
    last = math.inf
    for nct_id, score in ranking:
        last = score if score < last else math.nextafter(last, -math.inf)
        yield nct_id, last
