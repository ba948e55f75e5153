"""Exports against golden files. `ONCOMATCH_WRITE_GOLDEN=1 pytest` writes them anew, for a change that is meant."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import orjson
import pytest

from indexer.judgements import qrels_path, topics_path
from search.evaluation.export import quepid_csv, rank_eval_body, words_request
from search.evaluation.topics import Topic, load_topics
from search.evaluation.trec import Qrels, read_qrels

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
SHOWN = ("q03", "q24", "q68")
"""A negation, a place, a note: what an export may stumble over."""


@pytest.fixture(scope="module")
def topics() -> list[Topic]:
    return [topic for topic in load_topics(topics_path()) if topic.query_id in SHOWN]


@pytest.fixture(scope="module")
def qrels() -> Qrels:
    return read_qrels(qrels_path())


def check(name: str, data: bytes) -> None:
    path = GOLDEN / name
    if os.environ.get("ONCOMATCH_WRITE_GOLDEN"):
        path.write_bytes(data)
    assert data == path.read_bytes()


def test_rank_eval(topics: list[Topic], qrels: Qrels) -> None:
    body = rank_eval_body(topics, qrels, "oncomatch-g1", request=lambda text: {"query": {"match": {"title": text}}})
    check("rank_eval.json", orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def test_quepid(topics: list[Topic], qrels: Qrels) -> None:
    text = quepid_csv(topics, {topic: {t: g for t, g in grades.items() if g} for topic, grades in qrels.items()})
    check("quepid.csv", text.encode())
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["query"] for row in rows} == {topic.text for topic in topics}
    assert {"query": topics[0].text, "docid": "NCT99000003", "rating": "2"} in rows


def test_line_breaks_of_a_note_become_blanks() -> None:
    assert quepid_csv([Topic("1", 'two\n lines, "quoted"')], {"1": {"A": 2}}) == (
        'query,docid,rating\n"two lines, ""quoted""",A,2\n'
    )


def test_topics_without_judgements_are_left_out() -> None:
    body = rank_eval_body([Topic("1", "x"), Topic("2", "y")], {"1": {"A": 0, "B": 1}}, "i")
    assert [request["id"] for request in body["requests"]] == ["1"]
    assert body["requests"][0]["ratings"] == [{"_index": "i", "_id": "B", "rating": 1}]


def test_the_request_is_the_search_by_words() -> None:
    request = words_request("45-year-old woman with melanoma")
    assert set(request) == {"query"}
    told = orjson.dumps(request).decode()
    assert "melanoma" in told
    assert "combined" in told
