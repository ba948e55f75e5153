"""The judgement list over the bundled sample: queries, and for each of them a grade of every fictitious study."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent


def topics_path() -> Path:
    """The queries, JSON Lines with `query_id`, `text` and the properties that slices are made of."""
    return _FOLDER / "topics.jsonl"


def qrels_path() -> Path:
    """The grades, TREC qrels: all studies for every query, so that nothing is unjudged."""
    return _FOLDER / "qrels.txt"


def patients_path() -> Path:
    """Invented patients, JSON Lines as `oncomatch assess` reads them, with the verdict that a person gave."""
    return _FOLDER / "patients.jsonl"
