from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import BuildError, build_index
from indexer.pace import Pace, clock
from indexer.sample import sample_path
from indexer.sources import SourceError
from search.config import DEFAULT_CONFIG, Config
from search.engine import SearchEngine
from search.index.base import IndexUnavailableError
from search.index.open import open_store
from search.query import Query
from search.query_parser import parse_query


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("ONCOMATCH_CACHE", str(folder))
    return folder


@pytest.fixture
def config(tiny_model: Path, cache: Path) -> Config:
    encoder = replace(DEFAULT_CONFIG.encoder, model=str(tiny_model), verify_passages=20)
    return replace(DEFAULT_CONFIG, encoder=encoder)


def sample_records() -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted(sample_path().glob("*.json"))]


def write_lines(path: Path, records: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records))
    return path


def test_a_second_index_over_the_same_trials_embeds_nothing_anew(tmp_path: Path, config: Config) -> None:
    first = build_index(["sample"], open_store(str(tmp_path / "one")), config)
    second = build_index([str(sample_path())], open_store(str(tmp_path / "two")), config)
    assert 0 < first.encoded <= first.manifest.passages
    assert (second.encoded, second.manifest.content_hash) == (0, first.manifest.content_hash)
    assert first.manifest.fictitious


def test_what_cannot_be_read_is_quarantined_and_the_run_goes_on(tmp_path: Path, config: Config) -> None:
    records = sample_records()[:3]
    source = write_lines(tmp_path / "records.jsonl", [records[0], {"protocolSection": {}}, records[1]])
    source.write_text(source.read_text() + "\n{broken\n" + json.dumps(records[2]))
    said: list[str] = []
    report = build_index([str(source)], open_store(str(tmp_path / "index")), config, progress=said.append)
    assert (report.manifest.trials, report.quarantined, report.manifest.quarantined) == (3, 2, 2)
    assert sum(line.startswith("quarantined: ") and "records.jsonl" in line for line in said) == 2


def test_the_newer_update_wins_then_the_later_source(tmp_path: Path, config: Config) -> None:
    record = sample_records()[0]

    def version(title: str, updated: str) -> dict[str, object]:
        copy: dict[str, dict[str, dict[str, object]]] = json.loads(json.dumps(record))
        copy["protocolSection"]["identificationModule"]["briefTitle"] = title
        copy["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"] = {"date": updated}
        return copy  # type: ignore[return-value]

    old = write_lines(tmp_path / "old.jsonl", [version("old", "2024-01-01")])
    new = write_lines(tmp_path / "new.jsonl", [version("new", "2025-01-01")])
    same = write_lines(tmp_path / "same.jsonl", [version("same day", "2025-01-01")])
    for sources, title in (([old, new], "new"), ([new, old], "new"), ([new, same], "same day")):
        index = tmp_path / f"index-{title}-{len(sources)}-{sources[0].stem}"
        build_index([str(s) for s in sources], open_store(str(index)), config)
        assert [h.trial.brief_title for h in SearchEngine(open_store(str(index))).search(Query()).hits] == [title]


def test_a_build_holds_the_trials_of_its_sources_and_no_others(tmp_path: Path, config: Config) -> None:
    records = sample_records()
    index = open_store(str(tmp_path / "index"))
    build_index([str(write_lines(tmp_path / "a.jsonl", records[:5]))], index, config)
    report = build_index([str(write_lines(tmp_path / "b.jsonl", records[3:6]))], index, config)
    assert report.manifest.trials == 3
    assert report.encoded < report.manifest.passages


def test_paging_goes_on_in_the_old_generation_after_a_promotion(tmp_path: Path, config: Config) -> None:
    records = sample_records()
    store = open_store(str(tmp_path / "index"))
    build_index([str(write_lines(tmp_path / "a.jsonl", records[:30]))], store, config)
    engine_config = replace(config, engine=replace(config.engine, refresh_seconds=0.0))
    engine = SearchEngine(store, engine_config)
    whole = [hit.nct_id for hit in engine.search(Query(), size=100).hits]
    first = engine.search(Query(), size=10)
    build_index([str(write_lines(tmp_path / "b.jsonl", records[40:70]))], store, config)
    assert engine.manifest().generation != first.manifest.generation
    second = engine.search(Query(), size=100, cursor=first.next_cursor)
    assert [hit.nct_id for hit in (*first.hits, *second.hits)] == whole
    fresh = SearchEngine(store, engine_config).search(Query(), size=100, cursor=first.next_cursor)
    assert [hit.nct_id for hit in fresh.hits] == whole[10:]


@pytest.mark.parametrize("source", ["nowhere.jsonl", "empty.jsonl"])
def test_sources_without_trials_end_in_one_sentence(tmp_path: Path, config: Config, source: str) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises((SourceError, BuildError), match=source):
        build_index([str(tmp_path / source)], open_store(str(tmp_path / "index")), config)
    with pytest.raises(IndexUnavailableError):
        open_store(str(tmp_path / "index")).open()


def test_a_full_disk_leaves_the_promoted_generation_answering(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(str(tmp_path / "index"))
    before = build_index(["sample"], store, config).manifest

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr("numpy.save", full)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises((BuildError, IndexUnavailableError), match=r"(?i)space|disk"):
        build_index(["sample"], store, config)
    monkeypatch.undo()
    assert store.current() == before.generation
    assert SearchEngine(store, config).search(parse_query("lymphoma")).hits


def kill_builds(source: Path, index: Path, model: Path, kills: int, seed: int, longest: float) -> None:
    """Kill the builder at random moments while a reader searches; then let it finish."""
    chance = random.Random(seed)
    command = [sys.executable, "-m", "api.cli", "build", "--from", str(source), "--index", str(index)]
    command += ["--model", str(model)]
    first = subprocess.run(command, capture_output=True, text=True)
    assert first.returncode == 0, first.stderr
    store = open_store(str(index))
    engine = SearchEngine(store, replace(DEFAULT_CONFIG, engine=replace(DEFAULT_CONFIG.engine, refresh_seconds=0.0)))
    stop = threading.Event()
    faults: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                assert engine.search(parse_query("cancer"), size=3).hits
            except BaseException as error:
                faults.append(error)
                return
            time.sleep(0.02)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(kills):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.1, longest))
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert SearchEngine(store).search(parse_query("cancer"), size=3).hits
        last = subprocess.run(command, capture_output=True, text=True)
        assert last.returncode == 0, last.stderr
        assert " 0 passages newly embedded" in last.stderr
        assert SearchEngine(store).manifest().generation in last.stderr
    finally:
        stop.set()
        reader.join()
    assert not faults, faults


@pytest.fixture
def real_records(data_dir: Path, tmp_path: Path) -> Path:
    import gzip
    from itertools import islice

    with gzip.open(data_dir / "ctgov/ctgov_v2_oncology.jsonl.gz", "rt") as lines:
        path = tmp_path / "real.jsonl"
        path.write_text("".join(islice(lines, 400)))
    return path


@pytest.mark.data
@pytest.mark.usefixtures("cache")
def test_a_builder_killed_at_random_moments_harms_nothing(tmp_path: Path, tiny_model: Path, real_records: Path) -> None:
    kill_builds(real_records, tmp_path / "index", tiny_model, kills=5, seed=11, longest=8)


@pytest.mark.data
@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("cache")
def test_fifty_kills_harm_nothing(tmp_path: Path, tiny_model: Path, real_records: Path) -> None:
    kill_builds(real_records, tmp_path / "index", tiny_model, kills=50, seed=12, longest=10)


def test_pace_says_how_much_how_fast_and_how_long_still(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, 10.0, 20.0])
    monkeypatch.setattr("time.monotonic", lambda: next(moments))
    said: list[str] = []
    pace = Pace(said.append, "embedding", total=400)
    pace.at(10)
    pace.at(100)
    pace.end(400)
    assert said == ["embedding: 100 of 400, 10/s, 30 s left", "embedding: 400 in 20 s, 20/s"]
    assert [clock(s) for s in (59, 61, 3660)] == ["59 s", "1 min 01 s", "1 h 01 min"]
