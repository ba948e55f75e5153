from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from search.evaluation.topics import Topic, load_topics, read_topics
from search.evaluation.trec import FormatError

NOTES = """<?xml version="1.0"?>
<topics task="a task">
  <topic number="1">
    A note of
    two lines.
  </topic>
  <topic number="2">Another note.</topic>
</topics>"""
MEDICINE = """<topics><topic number="7"><disease>Glioma</disease><gene>IDH1 (R132H)</gene>
<demographic>40-year-old female</demographic><other>None</other></topic></topics>"""
TEMPLATE = """<topics><topic number="3" template="glaucoma"><field name="definite diagnosis">open angle</field>
<field name="visual acuity"></field></topic></topics>"""


def topics(path: Path, data: str | bytes) -> list[Topic | str]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_topics(str(path)))


def test_notes_precision_medicine_and_templates(tmp_path: Path) -> None:
    path = tmp_path / "topics.xml"
    assert topics(path, NOTES) == [Topic("1", "A note of two lines."), Topic("2", "Another note.")]
    assert topics(path, MEDICINE) == [Topic("7", "Glioma. IDH1 (R132H). 40-year-old female")]
    assert topics(path, TEMPLATE) == [Topic("3", "glaucoma. definite diagnosis: open angle")]


def test_xml_is_told_by_its_beginning_whatever_the_name(tmp_path: Path) -> None:
    assert topics(tmp_path / "a", "\n\n" + NOTES.partition("\n")[2])[1] == Topic("2", "Another note.")
    assert topics(tmp_path / "b", gzip.compress(NOTES.encode()))[0] == Topic("1", "A note of two lines.")


def test_json_lines_keep_their_numbers(tmp_path: Path) -> None:
    told = topics(
        tmp_path / "t", '\n{"query_id": 1, "text": "a"}\n\n{"query_id": "2"}\n{"query_id": " ", "text": ""}\n'
    )
    assert told[0] == Topic("1", "a")
    assert [str(one).partition(":")[0] for one in told[1:]] == ["line 4", "line 5"]


def test_xml_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert topics(tmp_path / "t", "<topics>\n<topic number='1'>x</topics>") == ["line 2: the XML is not well-formed"]
    assert topics(tmp_path / "t", "<topics><topic>x</topic></topics>") == [
        "topic 1 of the file: it has no number or no text"
    ]
    bomb = '<!DOCTYPE t [<!ENTITY a "ha">]><topics><topic number="1">&a;</topic></topics>'
    assert "entities" in str(topics(tmp_path / "t", bomb)[0])


def test_a_whole_file_or_none(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"query_id": "1", "text": "a"}\n')
    assert load_topics(path) == [Topic("1", "a")]
    for text, said in (("", "no topic"), ("{}", "line 1"), ('{"query_id": "1", "text": "a"}\n' * 2, "given twice")):
        path.write_text(text)
        with pytest.raises(FormatError, match=said):
            load_topics(path)
