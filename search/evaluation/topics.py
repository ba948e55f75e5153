"""Topics to run: JSON Lines with `query_id` and `text` (other keys are ignored), or TREC XML.

TREC XML comes in three shapes. Clinical trials 2021 and 2022: the note is the topic's text. Clinical trials 2023: a
template with named fields. Precision medicine 2017 to 2020: disease, gene, demographic, of which the text is made in
this order; `other` and `treatment` are left out, as the tracks' own runs of the trials task mostly did.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

import orjson

from search.evaluation.trec import FormatError

_BLANKS = b"\xef\xbb\xbf \t"
"""What may stand before the first character: blanks, and the mark of UTF-8."""
_MEDICINE = ("disease", "gene", "variant", "demographic")


@dataclass(frozen=True, slots=True)
class Topic:
    """A query to be ranked for: a short query or a whole note."""

    query_id: str
    text: str


def read_topics(source: str) -> Iterator[Topic | str]:
    """Topics of a file (`.gz` is read as it is, `-` is standard input); XML is told by its first character.

    A line or topic that cannot be read comes as a complaint that names it.

    Raises:
        OSError: the file cannot be opened.
    """
    numbered = enumerate(_lines(source), 1)
    for number, line in numbered:
        if not line.strip():
            continue
        if line.lstrip(_BLANKS).startswith(b"<"):
            yield from _xml(line + b"".join(rest for _, rest in numbered), number - 1)
            return
        yield _json(line, number)


def load_topics(path: Path) -> list[Topic]:
    """All topics of a file, which must be whole.

    Raises:
        FormatError: something that cannot be read, a topic given twice, or no topic at all; with the line.
        OSError: the file cannot be opened.
    """
    topics: dict[str, Topic] = {}
    for topic in read_topics(str(path)):
        if isinstance(topic, str):
            raise FormatError(f"{path}, {topic}")
        if topic.query_id in topics:
            raise FormatError(f"{path}: topic {topic.query_id} is given twice")
        topics[topic.query_id] = topic
    if not topics:
        raise FormatError(f"{path} holds no topic")
    return list(topics.values())


def _json(line: bytes, number: int) -> Topic | str:
    try:
        record = orjson.loads(line)
        query_id, text = record["query_id"], record["text"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f'line {number}: not an object with "query_id" and "text"'
    if not isinstance(query_id, str | int) or not isinstance(text, str) or not str(query_id).split():
        return f'line {number}: "query_id" and "text" must be strings'
    return Topic(str(query_id), text)


def _xml(data: bytes, before: int) -> Iterator[Topic | str]:
    if b"<!ENTITY" in data:
        yield "the XML declares entities, which no file of topics needs: it is not read"
        return
    try:
        root = fromstring(data.lstrip(_BLANKS))  # noqa: S314 - entities are refused above
    except ParseError as error:
        yield f"line {before + error.position[0]}: the XML is not well-formed"
        return
    for place, element in enumerate(root.iter("topic"), 1):
        number = element.get("number") or element.findtext("number") or ""
        text = _text(element)
        if number.strip() and text:
            yield Topic(number.strip(), text)
        else:
            yield f"topic {place} of the file: it has no number or no text"


def _text(element: Element) -> str:
    fields = {child.get("name") or child.tag: " ".join("".join(child.itertext()).split()) for child in element}
    if "disease" in fields:
        return ". ".join(fields[name] for name in _MEDICINE if fields.get(name))
    template = element.get("template")
    if template:
        said = [f"{name}: {value}" for name, value in fields.items() if value]
        return ". ".join([template, *said])
    return " ".join("".join(element.itertext()).split())


def _lines(source: str) -> Iterator[bytes]:
    if source == "-":
        yield from sys.stdin.buffer
        return
    with Path(source).open("rb") as plain:
        zipped = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        if zipped:
            with gzip.open(plain) as unzipped:
                yield from unzipped
        else:
            yield from plain
