"""Public test collections: TREC Clinical Trials 2021 to 2023 and Precision Medicine 2017 to 2019 (trials task).

Nothing is bundled, and nothing is fetched unless ir_datasets is asked to. From files: a folder with the topics and the
judgements as NIST publishes them, under names that tell them apart. The documents are ClinicalTrials.gov records, which
`oncomatch build` reads in any form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from search.evaluation.topics import Topic, load_topics
from search.evaluation.trec import FormatError, Qrels, read_qrels

NAMES = MappingProxyType(
    {
        "trec-pm-2017": "clinicaltrials/2017/trec-pm-2017",
        "trec-pm-2018": "clinicaltrials/2017/trec-pm-2018",
        "trec-pm-2019": "clinicaltrials/2019/trec-pm-2019",
        "trec-ct-2021": "clinicaltrials/2021/trec-ct-2021",
        "trec-ct-2022": "clinicaltrials/2021/trec-ct-2022",
        "trec-ct-2023": None,
    }
)
"""Collections with their names in ir_datasets; None where it has none."""
_TOPICS = ("topics.xml", "topics.jsonl", "queries.jsonl")
_QRELS = ("qrels.txt", "qrels.txt.gz", "qrels", "qrels.tsv")
_MEDICINE = ("disease", "gene", "demographic")


class CollectionError(ValueError):
    """A collection that cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Topics with judgements."""

    name: str
    topics: tuple[Topic, ...]
    qrels: Qrels
    """Only of these topics."""


class _Dataset(Protocol):
    """What is used of an ir_datasets data set."""

    def has_qrels(self) -> bool: ...
    def queries_iter(self) -> Iterable[Any]: ...
    def qrels_iter(self) -> Iterable[Any]: ...


def from_files(name: str, topics: Path, qrels: Path) -> Collection:
    """A collection from a file of topics (TREC XML or JSON Lines) and a file of judgements.

    Raises:
        FormatError: a file that cannot be read, or judgements of other topics.
        OSError: a file cannot be opened.
    """
    return _joined(name, load_topics(topics), read_qrels(qrels), f"{topics} and {qrels}")


def from_folder(name: str, folder: Path) -> Collection:
    """A collection from a folder with `topics.xml` (or `topics.jsonl`) and `qrels.txt` (or `qrels`).

    Files may carry the collection's name or anything else before these names: `ct21_topics.xml`, `qrels.txt`.

    Raises:
        CollectionError: no such file, or several.
        FormatError: as `from_files`.
    """
    return from_files(name, _only(folder, _TOPICS, "topics"), _only(folder, _QRELS, "judgements"))


def from_ir_datasets(name: str) -> Collection:
    """A collection through ir_datasets, which fetches what it does not have.

    Args:
        name: one of `NAMES`, or a name of ir_datasets itself.

    Raises:
        CollectionError: ir_datasets is not installed or has no such collection, or no judgements of it.
    """
    identifier = NAMES.get(name, name)
    if identifier is None:
        raise CollectionError(
            f"ir_datasets has no {name}: give its files (search.evaluation.trec_collections.from_files)"
        )
    try:
        import ir_datasets
    except ImportError as error:
        raise CollectionError("ir_datasets is not installed: pip install ir-datasets, or give the files") from error
    try:
        dataset: _Dataset = ir_datasets.load(identifier)
    except KeyError as error:
        raise CollectionError(f"ir_datasets has no collection {identifier}; known are {', '.join(NAMES)}") from error
    if not dataset.has_qrels():
        raise CollectionError(f"ir_datasets holds topics of {name} but no judgements: give the files")
    topics = [Topic(str(query.query_id), _text(query)) for query in dataset.queries_iter()]
    qrels: dict[str, dict[str, int]] = {}
    for judged in dataset.qrels_iter():
        qrels.setdefault(str(judged.query_id), {})[judged.doc_id] = max(0, int(judged.relevance))
    return _joined(name, topics, qrels, identifier)


def _text(query: Any) -> str:
    """A note as it is; a precision medicine topic as `read_topics` makes it of the XML."""
    if hasattr(query, "text"):
        return str(query.text)
    return ". ".join(str(value) for name in _MEDICINE if (value := getattr(query, name, None)))


def _joined(name: str, topics: list[Topic], qrels: Qrels, source: str) -> Collection:
    known = {topic.query_id for topic in topics}
    kept = {topic: dict(grades) for topic, grades in qrels.items() if topic in known}
    if not kept:
        raise FormatError(f"{source}: none of the judgements is of one of the topics")
    return Collection(name, tuple(topic for topic in topics if topic.query_id in kept), kept)


def _only(folder: Path, endings: tuple[str, ...], what: str) -> Path:
    found = sorted(path for path in folder.glob("*") if path.is_file() and path.name.lower().endswith(endings))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise CollectionError(
            f"{folder} should hold one file of {what}, named like {' or '.join(endings)}; found: {names}"
        )
    return found[0]
