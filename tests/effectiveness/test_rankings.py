"""Rankings against judgements: the development sets, run as `oncomatch run` runs them.

Plain counts an unjudged trial as not relevant; condensed leaves unjudged trials out. The floors are the figures that
were reached, less a tolerance for other vector arithmetic; a change that moves them is stated in the CHANGELOG.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.build import build_index
from search.engine import SearchEngine
from search.evaluation.measures import TopicFigures, condense, evaluate, mean, read_qrels, read_run
from search.evaluation.run import run_topic
from search.evaluation.topics import Topic, read_topics
from search.index.open import open_store

pytestmark = [pytest.mark.data, pytest.mark.proof, pytest.mark.timeout(5400)]
TOLERANCE = 0.02


@dataclass(frozen=True)
class Collection:
    sources: tuple[str, ...]
    topics: str
    qrels: str
    condensed: bool
    ndcg_10: float
    """What was reached."""


COLLECTIONS = {
    "TREC CT 2022 topics 1-5 (n = 5), plain": Collection(
        ("trec/ct22_judged_documents.tar.gz",), "trec/ct22_topics_1-5.jsonl", "trec/ct22_qrels_1-5.txt", False, 0.74
    ),
    "TREC CT 2021 oncology (n = 11), condensed": Collection(
        ("trec/other_documents.jsonl.gz", "ctgov/ctgov_v2_oncology.jsonl.gz"),
        "trec/collections/ct21onc/topics.jsonl",
        "trec/collections/ct21onc/qrels.txt",
        True,
        0.66,
    ),
    "TREC PM 2017 (n = 27), condensed": Collection(
        ("trec/other_documents.jsonl.gz", "ctgov/ctgov_v2_oncology.jsonl.gz"),
        "trec/collections/pm17/topics.jsonl",
        "trec/collections/pm17/qrels.txt",
        True,
        0.51,
    ),
    "short queries (n = 29), condensed": Collection(
        ("ctgov/oncology_more.jsonl.gz", "ctgov/ctgov_v2_oncology.jsonl.gz"),
        "trec/collections/short_queries/topics.jsonl",
        "trec/collections/short_queries/qrels.txt",
        True,
        0.85,
    ),
}


def figures(engine: SearchEngine, topics: Path, qrels: Path, *, condensed: bool) -> dict[str, TopicFigures]:
    judged = read_qrels(qrels)
    lines = [
        line
        for topic in read_topics(str(topics))
        if isinstance(topic, Topic)
        for line in run_topic(engine, topic, 1000, "x")
    ]
    run = read_run(lines)
    return evaluate(condense(run, judged) if condensed else run, judged)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_development_sets(name: str, data_dir: Path, tmp_path: Path) -> None:
    collection = COLLECTIONS[name]
    store = open_store(str(tmp_path / "index"))
    build_index([str(data_dir / source) for source in collection.sources], store, progress=print)
    found = figures(
        SearchEngine(store), data_dir / collection.topics, data_dir / collection.qrels, condensed=collection.condensed
    )
    told = ("ndcg_10", "p_10", "p_5", "rr", "recall_100", "recall_500", "excluded_10", "auroc", "unjudged_10")
    print(f"\n{name}: " + ", ".join(f"{measure} {mean(found, measure):.3f}" for measure in told))
    assert mean(found, "ndcg_10") >= collection.ndcg_10 - TOLERANCE
