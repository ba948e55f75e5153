from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from indexer.registry import Quarantined, Registry, RegistryError
from indexer.study import parse_study


def study(number: int, update: str | None = "2031-01-01", title: str = "T") -> dict[str, Any]:
    status = {} if update is None else {"lastUpdatePostDateStruct": {"date": update}}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT9900{number:04d}", "briefTitle": title},
            "statusModule": {"overallStatus": "RECRUITING"} | status,
        }
    }


def ticking() -> Callable[[], str]:
    ticks = count(1)
    return lambda: f"tick {next(ticks)}"


def put(registry: Registry, record: dict[str, Any], place: str = "a.jsonl:1") -> bool:
    return registry.record(parse_study(record), record, json.dumps(record).encode(), place)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mirror" / "registry.sqlite"


def test_trials_come_back_in_the_order_of_their_ids(path: Path) -> None:
    with Registry(path) as registry:
        for number in (3, 1, 700, 2):
            assert put(registry, study(number))
        assert [trial.nct_id for trial in registry.iter_trials()] == list(registry.nct_ids())
        assert registry.nct_ids() == ("NCT99000001", "NCT99000002", "NCT99000003", "NCT99000700")
        assert registry.trial("NCT99000700") == parse_study(study(700))
        assert registry.trial("NCT99000009") is None
    with Registry(path) as registry:
        assert len(registry) == 4


def test_more_trials_than_a_page_all_come_back(path: Path) -> None:
    with Registry(path) as registry:
        for number in range(700):
            put(registry, study(number))
        assert len(list(registry.iter_trials())) == 700


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        (study(1, "2031-01-01", "old"), study(1, "2031-02-01", "new"), "new"),
        (study(1, "2031-02-01", "new"), study(1, "2031-01-01", "old"), "new"),
        (study(1, "2031-01-01", "earlier"), study(1, "2031-01-01", "later"), "later"),
        (study(1, None, "undated"), study(1, "2000", "dated"), "dated"),
        (study(1, "2000", "dated"), study(1, None, "undated"), "dated"),
        (study(1, None, "earlier"), study(1, None, "later"), "later"),
        (study(1, "July 26, 2012", "legacy"), study(1, "2012-07-25", "iso"), "legacy"),
    ],
)
def test_the_newer_last_update_wins_then_the_later_source(
    path: Path, first: dict[str, Any], second: dict[str, Any], winner: str
) -> None:
    with Registry(path) as registry:
        assert put(registry, first)
        changed = put(registry, second)
        trial = registry.trial("NCT99000001")
        assert trial is not None
        assert trial.brief_title == winner
        assert changed is (second["protocolSection"]["identificationModule"]["briefTitle"] == winner)
        assert len(registry) == 1
        assert len(registry.history("NCT99000001")) == 2


def test_the_same_records_again_change_nothing(path: Path) -> None:
    records = [study(1), study(2), study(1, "2031-03-01", "newer"), study(2, title="other"), study(1)]

    def run(registry: Registry) -> tuple[Any, ...]:
        for record in records:
            put(registry, record)
        histories = [registry.history(nct_id) for nct_id in registry.nct_ids()]
        return list(registry.iter_trials()), registry.content_hash(), registry.data_timestamp(), histories

    with Registry(path, clock=ticking()) as registry:
        first = run(registry)
        assert run(registry) == first
    with Registry(path, clock=ticking()) as registry:
        assert run(registry) == first


def test_an_unchanged_record_is_not_even_written(path: Path) -> None:
    with Registry(path) as registry:
        assert put(registry, study(1))
    with Registry(path) as registry:
        again = study(1) | {"derivedSection": {"miscInfoModule": {"versionHolder": "2035-05-05"}}}
        assert not put(registry, again)
        assert len(registry.history("NCT99000001")) == 1


def test_every_revision_is_kept_with_the_time_it_was_first_seen(path: Path) -> None:
    with Registry(path, clock=ticking()) as registry:
        put(registry, study(1, "2031-01-01", "one"), "a:1")
        put(registry, study(1, "2031-02-01", "two"), "b:1")
        put(registry, study(1, "2031-02-01", "one again"), "c:1")
        history = registry.history("NCT99000001")
        assert [(item.first_seen, item.last_update, item.place) for item in history] == [
            ("tick 1", "2031-01-01", "a:1"),
            ("tick 2", "2031-02-01", "b:1"),
            ("tick 3", "2031-02-01", "c:1"),
        ]
        titles = [registry.trial("NCT99000001", item.content_hash) for item in history]
        assert [trial.brief_title for trial in titles if trial] == ["one", "two", "one again"]


def test_the_content_hash_follows_the_current_records_only(path: Path, tmp_path: Path) -> None:
    with Registry(path) as one, Registry(tmp_path / "other.sqlite") as two:
        for record in (study(1), study(2, "2031-01-01"), study(2, "2031-05-01", "new")):
            put(one, record)
        for record in (study(2, "2031-05-01", "new"), study(1)):
            put(two, record)
        assert one.content_hash() == two.content_hash()
        before = one.content_hash()
        put(one, study(3))
        assert one.content_hash() != before


def test_the_data_timestamp_is_the_newest_last_update(path: Path) -> None:
    with Registry(path) as registry:
        assert registry.data_timestamp() is None
        put(registry, study(1, None))
        assert registry.data_timestamp() is None
        put(registry, study(2, "2031-04"))
        put(registry, study(3, "March 3, 2031"))
        assert registry.data_timestamp() == "2031-04"


def test_quarantine_names_place_id_and_reason_until_the_record_is_mended(path: Path) -> None:
    with Registry(path) as registry:
        registry.quarantine("a.jsonl:7", "It is broken.", "NCT99000007")
        registry.quarantine("a.jsonl:8", "No id.")
        registry.quarantine("a.jsonl:8", "Still no id.")
        assert registry.quarantined() == (
            Quarantined("a.jsonl:7", "NCT99000007", "It is broken."),
            Quarantined("a.jsonl:8", None, "Still no id."),
        )
        put(registry, study(7), "a.jsonl:7")
    with Registry(path) as registry:
        assert [item.place for item in registry.quarantined()] == ["a.jsonl:8"]


def test_legacy_xml_is_kept_as_it_was_found(path: Path) -> None:
    from indexer.legacy_xml import study_from_xml

    xml = b"<clinical_study><id_info><nct_id>NCT99000001</nct_id></id_info><acronym>X</acronym></clinical_study>"
    record = study_from_xml(xml)
    with Registry(path) as registry:
        registry.record(parse_study(record), record, xml, "a.xml")
        trial = registry.trial("NCT99000001")
        assert trial is not None
        assert trial.acronym == "X"


def test_records_with_lone_surrogates_are_kept(path: Path) -> None:
    record = study(1, title="bad \ud800 title")
    with Registry(path) as registry:
        registry.record(parse_study(record), record)
        trial = registry.trial("NCT99000001")
        assert trial is not None
        assert trial.brief_title == "bad \ufffd title"


def test_readers_read_while_a_writer_writes(path: Path) -> None:
    with Registry(path) as writer:
        put(writer, study(1))
        writer.flush()
        put(writer, study(2))
        with Registry(path) as reader:
            assert reader.nct_ids() == ("NCT99000001",)
        writer.flush()
        with Registry(path) as reader:
            assert reader.nct_ids() == ("NCT99000001", "NCT99000002")


def test_another_schema_version_is_refused(path: Path) -> None:
    Registry(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(RegistryError, match="has schema version 99, and this program reads version 1: delete"):
        Registry(path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(RegistryError, match="no intact SQLite database"):
        Registry(path)


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RegistryError, match="cannot be used"):
        Registry(tmp_path / "file" / "registry.sqlite")


def test_a_full_disk_is_said_plainly(path: Path) -> None:
    with Registry(path) as registry:
        put(registry, study(1))
        registry.flush()
        registry._db.execute("PRAGMA max_page_count = 8")
        huge = study(2, title="".join(map(str, range(50_000))))
        with pytest.raises(RegistryError, match="the disk is full"):
            put(registry, huge)
    with Registry(path) as registry:
        assert "NCT99000001" in registry.nct_ids()


WRITER = """
import sys
from indexer.registry import Registry
from indexer.study import parse_study
registry = Registry(sys.argv[1])
for number in range(9000):
    record = {"protocolSection": {"identificationModule": {"nctId": f"NCT9900{number:04d}", "briefTitle": "T" * 300}}}
    registry.record(parse_study(record), record)
    if number == 600:
        print("going", flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.15])
def test_a_killed_writer_leaves_an_intact_mirror(path: Path, delay: float) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    finally:
        process.wait()
        if process.stdout:
            process.stdout.close()
    with Registry(path) as registry:
        found = list(registry.iter_trials())
        # Whole batches, nothing half.
        assert len(found) == len(registry) >= 500
        assert put(registry, study(9999))
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
