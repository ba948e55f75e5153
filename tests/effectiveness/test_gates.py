"""Rankings may not get worse unnoticed: what is reached on the sample and on a slice of the development sets.

The sample is ranked by the default pipeline. The slice is ranked by everything but vectors, because embedding it would
cost minutes; `tests/effectiveness/test_rankings.py` ranks the whole sets (`make proof`). A change that moves a figure
changes it here and is stated in the CHANGELOG with its effect; figures may rise without a change here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest

from indexer.build import build_index
from indexer.judgements import patients_path, qrels_path, topics_path
from indexer.sources import iter_records
from search.config import DEFAULT_CONFIG, Config, PassageConfig
from search.engine import SearchEngine
from search.evaluation.measures import TopicFigures, condense, evaluate, mean, series
from search.evaluation.patients import assess_labelled, ordered_share, read_labelled
from search.evaluation.run import rank_topics
from search.evaluation.statistics import bootstrap_interval
from search.evaluation.topics import load_topics
from search.evaluation.trec import read_qrels
from search.index.open import open_store

TOLERANCE = 0.01
"""What other vector arithmetic and newer records of the same trials may cost."""
SLICE = Path(__file__).resolve().parent / "slice.tsv"

SAMPLE_REACHED = {"ndcg_10": 0.909, "ndcg_10_eligible": 0.957, "rr": 0.94, "auroc": 0.97, "recall_100": 1.0}
"""76 queries over 92 studies, all judged."""
ONE_PATIENT = 1.01 / 40
TWINS_REACHED = 0.9
"""Of 40 invented patients, those whose trial scores above its twin."""


def told(name: str, figures: dict[str, TopicFigures], reached: dict[str, float]) -> None:
    """Print what was reached, and fail where it is less than what was reached before."""
    print(f"\n{name}")
    short = {}
    for measure, before in reached.items():
        values = list(series(figures, measure).values())
        now, interval = mean(figures, measure), bootstrap_interval(values)
        print(
            f"  {measure:<18}{now:.3f} [{interval.low:.3f}, {interval.high:.3f}] n = {len(values)}, before {before:.3f}"
        )
        if now < before - TOLERANCE:
            short[measure] = (round(now, 4), before)
    assert short == {}


def test_the_sample(sample_index: Path) -> None:
    topics, qrels = load_topics(topics_path()), read_qrels(qrels_path())
    engine = SearchEngine(open_store(str(sample_index)))
    told("sample", evaluate(rank_topics(engine, topics), qrels), SAMPLE_REACHED)
    engine.close()


def test_patients_and_twins(sample_index: Path) -> None:
    pairs = read_labelled(patients_path())
    engine = SearchEngine(open_store(str(sample_index)))
    found = [engine.trial(nct_id) for nct_id in sorted({pair.nct_id for pair in pairs})]
    documents = dict(one for one in found if one is not None)
    trials = {nct_id: document.trial for nct_id, document in documents.items()}
    criteria = {nct_id: document.criteria for nct_id, document in documents.items()}
    assessed = assess_labelled(pairs, trials, criteria)
    eligible = [one for one in assessed if one.pair.eligible]
    wrong = [one.pair.id for one in eligible if one.assessment.verdict.exported == "ineligible"]
    print(f"\nwrongly ruled out: {len(wrong)} of {len(eligible)} eligible patients")
    assert wrong == []
    share, interval = ordered_share(assessed)
    print(f"\ntwins: {share:.3f} [{interval.low:.3f}, {interval.high:.3f}] n = 40, before {TWINS_REACHED:.3f}")
    assert share >= TWINS_REACHED - ONE_PATIENT
    engine.close()


@dataclass(frozen=True)
class Part:
    """A development collection, as far as the slice holds it."""

    folder: str
    reached: dict[str, float]


PARTS = (
    Part("ct21onc", {"ndcg_10": 0.768, "auroc": 0.697}),
    Part("pm17", {"ndcg_10": 0.414}),
    Part("short_queries", {"ndcg_10": 0.855, "auroc": 0.778}),
)
SOURCES = ("trec/other_documents.jsonl.gz", "ctgov/oncology_more.jsonl.gz", "ctgov/ctgov_v2_oncology.jsonl.gz")
_ID = re.compile(rb'"nctId":\s*"(NCT\d{8})"')
_WORDS = replace(
    DEFAULT_CONFIG.ranking,
    fusion=replace(DEFAULT_CONFIG.ranking.fusion, dense_weight=0.0, note_dense_weight=0.0),
)


def ids_of(folder: str) -> set[str]:
    rows = (line.split("\t") for line in SLICE.read_text().splitlines() if not line.startswith("#"))
    return {nct_id for collection, nct_id in rows if collection == folder}


def records(data_dir: Path, wanted: set[str]) -> Iterator[bytes]:
    """The records of some trials, from files with a record a line."""
    for source in SOURCES:
        for found in iter_records(str(data_dir / source)):
            record = found.record
            if record is not None and (match := _ID.search(orjson.dumps(record))) and match[1].decode() in wanted:
                yield orjson.dumps(record)


@pytest.fixture(scope="module")
def slice_engine(data_dir: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    """An engine over the slice without vectors: a tiny model makes some, and their weight is 0."""
    folder = tmp_path_factory.mktemp("slice")
    wanted = {nct_id for part in PARTS for nct_id in ids_of(part.folder)}
    source = folder / "slice.jsonl"
    source.write_bytes(b"\n".join(records(data_dir, wanted)))
    config = replace(
        DEFAULT_CONFIG,
        encoder=replace(DEFAULT_CONFIG.encoder, model=str(tiny_model)),
        passages=PassageConfig(max_tokens=128, max_passages=1),
        ranking=_WORDS,
    )
    return built(source, folder, config, len(wanted))


def built(source: Path, folder: Path, config: Config, trials: int) -> SearchEngine:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONCOMATCH_CACHE", str(folder / "cache"))
        store = open_store(str(folder / "index"))
        build_index([str(source)], store, config)
        engine = SearchEngine(store, config)
        assert engine.manifest().trials == trials
        engine.warm_up()
    return engine


@pytest.mark.data
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.folder)
def test_the_slice(part: Part, slice_engine: SearchEngine, data_dir: Path) -> None:
    folder, ids = data_dir / "trec" / "collections" / part.folder, ids_of(part.folder)
    judged = read_qrels(folder / "qrels.txt")
    held = {topic: {nct_id: g for nct_id, g in grades.items() if nct_id in ids} for topic, grades in judged.items()}
    qrels = {topic: grades for topic, grades in held.items() if any(grades.values())}
    topics = [topic for topic in load_topics(folder / "topics.jsonl") if topic.query_id in qrels]
    run = condense(rank_topics(slice_engine, topics), qrels)
    told(f"slice of {part.folder}, words and criteria, condensed", evaluate(run, qrels), part.reached)
