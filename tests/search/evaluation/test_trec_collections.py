from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from search.evaluation.topics import Topic
from search.evaluation.trec import FormatError
from search.evaluation.trec_collections import CollectionError, from_folder, from_ir_datasets

XML = """<topics><topic number="1"><disease>Melanoma</disease><gene>BRAF</gene>
<demographic>60-year-old male</demographic><other>None</other></topic>
<topic number="2"><disease>Glioma</disease></topic></topics>"""


def folder(path: Path) -> Path:
    (path / "pm17_topics.xml").write_text(XML)
    (path / "pm17_qrels.txt").write_text("1 0 NCT1 2\n1 0 NCT2 -1\n9 0 NCT1 1\n")
    return path


def test_a_folder_as_nist_publishes_it(tmp_path: Path) -> None:
    found = from_folder("trec-pm-2017", folder(tmp_path))
    assert found.topics == (Topic("1", "Melanoma. BRAF. 60-year-old male"),)
    assert found.qrels == {"1": {"NCT1": 2, "NCT2": 0}}


def test_a_folder_that_leaves_a_choice_is_refused(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "more_qrels.txt").write_text("1 0 NCT1 2\n")
    with pytest.raises(CollectionError, match=r"more_qrels\.txt, pm17_qrels\.txt"):
        from_folder("x", tmp_path)
    with pytest.raises(CollectionError, match="found: none"):
        from_folder("x", tmp_path / "nowhere")


def test_judgements_of_other_topics(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "pm17_qrels.txt").write_text("77 0 NCT1 2\n")
    with pytest.raises(FormatError, match="none of the judgements"):
        from_folder("x", tmp_path)


class Fake:
    """Stands for a data set of ir_datasets, with its attribute names."""

    def __init__(self, queries: list[Any], judged: bool) -> None:
        self.queries, self.judged = queries, judged

    def has_qrels(self) -> bool:
        return self.judged

    def queries_iter(self) -> list[Any]:
        return self.queries

    def qrels_iter(self) -> list[Any]:
        return [SimpleNamespace(query_id="1", doc_id="NCT1", relevance=grade) for grade in (2,)]


NOTE = SimpleNamespace(query_id="1", text="a note")
MEDICINE = SimpleNamespace(query_id="1", disease="Melanoma", gene="BRAF", demographic="60-year-old male", other="None")


@pytest.fixture
def ir_datasets(monkeypatch: pytest.MonkeyPatch) -> dict[str, Fake]:
    known = {
        "clinicaltrials/2021/trec-ct-2021": Fake([NOTE], True),
        "clinicaltrials/2021/trec-ct-2022": Fake([NOTE], False),
        "clinicaltrials/2019/trec-pm-2019": Fake([MEDICINE], True),
    }
    module = ModuleType("ir_datasets")
    module.load = known.__getitem__  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ir_datasets", module)
    return known


def test_through_ir_datasets(ir_datasets: dict[str, Fake]) -> None:
    assert from_ir_datasets("trec-ct-2021").topics == (Topic("1", "a note"),)
    found = from_ir_datasets("trec-pm-2019")
    assert found.topics == (Topic("1", "Melanoma. BRAF. 60-year-old male"),)
    assert found.qrels == {"1": {"NCT1": 2}}
    for name, said in (
        ("trec-ct-2022", "no judgements"),
        ("trec-pm-2018", "no collection"),
        ("trec-ct-2023", "has no"),
    ):
        with pytest.raises(CollectionError, match=said):
            from_ir_datasets(name)


def test_without_ir_datasets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_datasets", None)
    with pytest.raises(CollectionError, match="pip install"):
        from_ir_datasets("trec-ct-2021")
