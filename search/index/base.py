"""The protocol that every back end speaks: an immutable `Generation` that answers, and an `IndexStore` that holds them.

The embedded back end is the executable specification; `tests/conformance` runs one suite on all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from search.config import RankingConfig
from search.eligibility.columns import CriteriaColumns
from search.eligibility.criterion import Criteria
from search.gazetteer import City
from search.index.document import NO_CRITERIA, IndexDocument
from search.query import Filters
from search.trial import Trial

SCHEMA_VERSION = 3
"""Raised whenever what a generation holds changes its form; another version is refused, never guessed at."""


class IndexUnavailableError(Exception):
    """The index cannot answer: missing, corrupt, of another schema or encoder, or its server is down.

    The message is one sentence for a person: what is wrong, where, and what to do.
    """


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself (`manifest.json`, or `_meta` of an Elasticsearch mapping)."""

    generation: str
    """Id, `g` and a UTC time stamp with a suffix that makes it unique; later generations sort after earlier ones."""
    schema_version: int
    created: str
    trials: int
    passages: int
    sites: int
    quarantined: int
    data_timestamp: str | None
    """Newest last-update date of the records (ISO), or the registry's own timestamp where it is known."""
    encoder: str
    """Identity of the encoder: hash of the exported model with its tokenizer and settings."""
    encoder_name: str
    dimensions: int
    content_hash: str
    """Hash over ids and content hashes of the trials."""
    fictitious: bool
    """True when every trial is from the bundled sample."""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What one round trip to a back end asks for.

    `terms` are analyzed query terms, distinct, in query order, with a weight each. `vector` has unit length.
    """

    terms: tuple[tuple[str, float], ...]
    vector: NDArray[np.float32] | None
    filters: Filters
    facets: tuple[str, ...] = ()
    lexical: bool = True
    dense: bool = True
    focus: tuple[tuple[str, float], ...] = ()
    """Analyzed terms of what a note is about: ranked for, beside `terms`; they make no match."""
    concepts: tuple[tuple[tuple[str, float], ...], ...] = ()
    """Tokens of the field `concepts` (`search.index.concepts`) with a weight each, those of one concept together:
    of them a trial gets its largest weight, and its score is the sum over the concepts. They make no match either."""


class LexicalHit(NamedTuple):
    """A trial and its BM25 score."""

    nct_id: str
    score: float


class DenseHit(NamedTuple):
    """A trial, the cosine of its best passage, and which passage that is (index into the document's passages)."""

    nct_id: str
    score: float
    passage: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """Both channels' answers, best first (ties by `nct_id`), and the counts.

    `lexical` holds only trials that contain enough of the terms, its best `LexicalConfig.window`. With terms or a
    vector, the matches are the trials that pass the filters and contain enough of the terms
    (`LexicalConfig.min_match_*`) or are among the `DenseConfig.matches` nearest of the whole index, whatever the
    filters (and near enough, `least_cosine`); with neither (an empty text), all that pass the filters, and `browse`
    lists them newest update first.
    """

    lexical: tuple[LexicalHit, ...]
    dense: tuple[DenseHit, ...]
    browse: tuple[str, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    """Counts by value name, for each facet asked for, over the matches with that facet's own filter left out."""
    focus: tuple[LexicalHit, ...] = ()
    """The best `LexicalConfig.window` by BM25 of `Retrieval.focus`: trials that pass the filters and hold any term."""
    concepts: tuple[LexicalHit, ...] = ()
    """Likewise by the weights of `Retrieval.concepts`."""
    nearest: frozenset[str] = frozenset()
    """Trials that pass the filters and are matches because they are near in meaning."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A trial as stored, with the passages that were encoded and the criteria that were read."""

    trial: Trial
    passages: tuple[str, ...]
    """Passage texts in the order of `DenseHit.passage`."""
    criteria: Criteria = NO_CRITERIA


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion for the search bar: text, what it is (`condition`, `intervention`, `cancer_type`, `nct_id`), and
    how many trials have it."""

    text: str
    kind: str
    trials: int


class Generation(Protocol):
    """An immutable, opened index generation. Safe for use from several threads."""

    @property
    def manifest(self) -> Manifest:
        """What the generation says of itself."""
        ...

    def retrieve(self, request: Retrieval, config: RankingConfig) -> Candidates:
        """Run both channels with the filters inside each, and count. One round trip."""
        ...

    def explain_lexical(
        self, request: Retrieval, nct_id: str, config: RankingConfig
    ) -> Mapping[str, Mapping[str, float]]:
        """The parts of a trial's BM25 score: field name → term → contribution. They sum to the score."""
        ...

    def fetch(self, nct_ids: Sequence[str], *, criteria: bool = True) -> list[StoredDocument | None]:
        """Stored documents in the order asked for; None where an id is not in the index.

        Args:
            nct_ids: which.
            criteria: whether they come with their criteria, which take time to decode.
        """
        ...

    def resolve(self, identifier: str) -> str | None:
        """The NCT id that an id, alias or secondary id stands for (case and spaces ignored), or None."""
        ...

    def suggest(self, prefix: str, size: int) -> list[Suggestion]:
        """Completions of a prefix, most trials first, ties by text."""
        ...

    def cities(self) -> tuple[City, ...]:
        """The cities of its sites: folded names, mean coordinates in degrees, and how many sites (`weight`).

        Sites without a city or coordinates are left out. Sorted by country, state and name.
        """
        ...

    def columns(self) -> CriteriaColumns:
        """The criteria of all its trials, compiled: one patient against the whole index. Opened when first asked for.

        Raises:
            IndexUnavailableError: they have to be compiled, and the stored documents cannot be read.
        """
        ...

    def encoder_path(self) -> Path:
        """Folder of the exported encoder that made this generation's vectors.

        Raises:
            IndexUnavailableError: it is not on this machine; the message says how to get it.
        """
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


class GenerationWriter(Protocol):
    """Writes one new generation. Nothing is visible to readers before `promote`."""

    @property
    def generation(self) -> str:
        """Id of the generation being written."""
        ...

    def add(self, documents: Iterable[IndexDocument]) -> None:
        """Write documents, each trial once, in any order."""
        ...

    def finish(self, manifest: Manifest, encoder: Path) -> None:
        """Complete the generation: flush, verify counts, store the manifest and the encoder (or its reference)."""
        ...

    def abort(self) -> None:
        """Remove what was written."""
        ...


class IndexStore(Protocol):
    """A place that holds generations: a directory, or an Elasticsearch alias."""

    @property
    def location(self) -> str:
        """The place, without credentials, for messages."""
        ...

    def begin(self, dimensions: int) -> GenerationWriter:
        """Start a new generation; removes what dead writers left."""
        ...

    def open(self, generation: str | None = None) -> Generation:
        """Open a generation, by default the promoted one.

        Raises:
            IndexUnavailableError: there is none, or it cannot be read by this version.
        """
        ...

    def list(self) -> list[Manifest]:
        """All complete generations, oldest first."""
        ...

    def current(self) -> str | None:
        """Id of the promoted generation."""
        ...

    def promote(self, generation: str) -> None:
        """Make a complete generation the current one, atomically; readers see the old or the new one, whole."""
        ...

    def rollback(self) -> str:
        """Promote the generation that was current before this one; returns its id."""
        ...

    def collect(self, keep: int) -> Sequence[str]:
        """Remove all but the current and the `keep` newest other generations; returns the removed ids."""
        ...


def now() -> str:
    """UTC time stamp, ISO 8601, seconds."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
