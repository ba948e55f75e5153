"""TREC runs: `query_id Q0 nct_id rank score tag`, scores strictly decreasing within a topic."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from search.engine import SearchEngine
from search.evaluation.topics import Topic
from search.evaluation.trec import run_lines
from search.query_parser import parse_query

DEPTH = 1000
"""How far a ranking is judged: TREC's own depth."""


def run_topic(engine: SearchEngine, topic: Topic, depth: int, tag: str) -> Iterator[str]:
    """The run's lines for one topic, by the path that every search takes."""
    return run_lines(topic.query_id, ranking(engine, topic, depth), tag)


def ranking(engine: SearchEngine, topic: Topic, depth: int) -> Iterator[tuple[str, float]]:
    """One topic's ranking, places read with the cities of the index, scores strictly decreasing."""
    query = parse_query(topic.text, gazetteer=engine.gazetteer())
    return strictly_decreasing(engine.rank(query, depth))


def rank_topics(
    engine: SearchEngine,
    topics: Iterable[Topic],
    depth: int = DEPTH,
    progress: Callable[[int], None] | None = None,
) -> dict[str, list[tuple[str, float]]]:
    """A run held in memory: what `run_topic` prints for each topic.

    Args:
        engine: what answers.
        topics: in any order.
        depth: trials for each topic.
        progress: told of the number of topics answered, after each.
    """
    run: dict[str, list[tuple[str, float]]] = {}
    for number, topic in enumerate(topics, 1):
        name = "_".join(topic.query_id.split())
        run[name] = list(ranking(engine, topic, depth))
        if progress is not None:
            progress(number)
    return run


def strictly_decreasing(ranked: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """The ranking with equal scores told apart by the smallest step, so that evaluation tools keep its order."""
    last = math.inf
    for nct_id, score in ranked:
        last = score if score < last else math.nextafter(last, -math.inf)
        yield nct_id, last
