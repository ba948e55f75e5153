"""`build_index`: registry records in, a promoted generation out.

First the sources are read into the registry mirror; then its trials are prepared, embedded and written into a new
generation beside the old one, which is promoted whole at the very end. A build may be interrupted at any moment: what
was read and embedded (the long part) is kept, and the same command goes on from there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.pace import Pace
from indexer.prepare import Prepared, Preparer, prepare_all, seldom_collected
from indexer.registry import Registry, RegistryError
from indexer.sample import sample_path
from indexer.sources import iter_records
from indexer.study import RecordError, parse_study
from indexer.vectors import VectorCache, VectorCacheError
from search.cache import cache_dir
from search.config import DEFAULT_CONFIG, Config
from search.encoder import Encoder, EncoderError, bulk_encoder, ensure_encoder
from search.extraction.criteria import read_criteria
from search.extraction.protocol import Extractor
from search.index.base import SCHEMA_VERSION, GenerationWriter, IndexStore, Manifest, now
from search.index.document import IndexDocument

Say = Callable[[str], None]
"""Hears one line of progress."""

_SAMPLE = "sample"
_SHOWN = 20
"""Quarantined records named one by one on standard error."""


class BuildError(Exception):
    """The build cannot go on. One sentence: what, where, what to do. The promoted generation is untouched."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    manifest: Manifest
    records: int
    quarantined: int
    encoded: int
    dropped_passages: int
    unread: int = 0
    """Trials whose criteria could not be read at all."""

    def summary(self) -> str:
        """One line for a person."""
        m = self.manifest
        parts = [f"generation {m.generation} is current: {_count(m.trials, 'trial')}, {_count(m.passages, 'passage')}"]
        parts.append(f"{_count(self.encoded, 'passage')} newly embedded")
        if self.quarantined:
            parts.append(f"{_count(self.quarantined, 'record')} quarantined (see above)")
        if self.unread:
            parts.append(f"the criteria of {self.unread} trials could not be read and are kept as they are (see above)")
        if self.dropped_passages:
            parts.append(f"{self.dropped_passages} passages beyond the limit left out of the embedding")
        return "; ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def build_index(
    sources: Sequence[str],
    store: IndexStore,
    config: Config = DEFAULT_CONFIG,
    *,
    progress: Say = lambda _: None,
    extractor: Extractor = read_criteria,
) -> BuildReport:
    """Build a generation that holds exactly the trials of the sources, and promote it.

    Args:
        sources: files, folders, `-`, or `sample` for the bundled sample. Of two records of one trial the newer last
            update wins, then the later source.
        store: where the generation goes.
        config: encoder, passages, sizes.
        progress: hears lines of progress.
        extractor: reads the criteria, in worker processes; what it gives is checked against the text.

    Raises:
        BuildError: nothing could be read, the encoder or the disk failed.
        SourceError: a source does not exist.
        IndexUnavailableError: the store cannot be written.
    """
    cache = cache_dir()
    try:
        folder = ensure_encoder(config.encoder, cache)
        encoder = Encoder(folder, threads=os.cpu_count() or 1, batch_tokens=config.encoder.batch_tokens)
        with (
            seldom_collected(),
            Registry(_mirror(store, cache)) as registry,
            VectorCache(cache, encoder.identity, encoder.dim, checkpoint=config.build.checkpoint_passages) as vectors,
        ):
            return _Build(registry, vectors, encoder, folder, store, config, progress, extractor).run(sources)
    except (EncoderError, RegistryError, VectorCacheError) as error:
        raise BuildError(str(error)) from error
    except OSError as error:
        raise BuildError(
            f"The build stopped: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}. "
            "What was finished is kept and the current generation is untouched; start the same command again."
        ) from error


def _mirror(store: IndexStore, cache: Path) -> Path:
    """The registry mirror: in an index folder, or in the cache for an index that is no folder."""
    location = store.location
    if "://" not in location:
        return Path(location) / "registry.sqlite"
    return cache / "mirrors" / (hashlib.sha256(location.encode()).hexdigest()[:16] + ".sqlite")


class _Build:
    def __init__(
        self,
        registry: Registry,
        vectors: VectorCache,
        encoder: Encoder,
        folder: Path,
        store: IndexStore,
        config: Config,
        say: Say,
        extractor: Extractor,
    ) -> None:
        self._registry = registry
        self._vectors = vectors
        self._encoder = encoder
        self._folder = folder
        self._store = store
        self._config = config
        self._say = say
        self._extractor = extractor
        self._encode = bulk_encoder(encoder, config.encoder)

    def run(self, sources: Sequence[str]) -> BuildReport:
        read = self._read(sources)
        if not read.nct_ids:
            raise BuildError(
                f"No trial could be read from {', '.join(sources)} ({read.records} records, "
                f"{read.quarantined} quarantined): name files of ClinicalTrials.gov records."
            )
        counts = _Counts()
        manifest = self._write(read, counts)
        return BuildReport(manifest, read.records, read.quarantined, counts.encoded, counts.dropped, counts.unread)

    def _read(self, sources: Sequence[str]) -> _Read:
        nct_ids: set[str] = set()
        records = quarantined = 0
        pace = Pace(self._say, "reading records")
        for source in sources:
            for found in iter_records(sample_path() if source == _SAMPLE else source):
                records += 1
                pace.at(records)
                reason, nct_id = found.error, None
                if found.record is not None:
                    try:
                        trial = parse_study(found.record)
                    except RecordError as error:
                        reason, nct_id = error.reason, error.nct_id
                    else:
                        self._registry.record(trial, found.record, found.raw, found.place)
                        nct_ids.add(trial.nct_id)
                        continue
                quarantined += 1
                self._registry.quarantine(found.place, reason or "unreadable", nct_id)
                if quarantined <= _SHOWN:
                    self._say(f"quarantined: {found.place}: {reason}")
        self._registry.flush()
        pace.end(records)
        if quarantined > _SHOWN:
            self._say(f"quarantined: {quarantined - _SHOWN} further records, listed in the registry mirror")
        return _Read(frozenset(nct_ids), records, quarantined)

    def _write(self, read: _Read, counts: _Counts) -> Manifest:
        writer = self._store.begin(self._encoder.dim)
        try:
            pace = Pace(self._say, "embedding and indexing trials", len(read.nct_ids))
            preparer = Preparer(self._folder, self._config.passages, self._extractor)
            stored = self._registry.iter_stored(read.nct_ids)
            for prepared in prepare_all(stored, preparer, self._config.build.chunk_trials, os.cpu_count() or 1):
                writer.add(self._documents(prepared, counts))
                pace.at(counts.trials)
            manifest = self._manifest(writer, read, counts)
            writer.finish(manifest, self._folder)
        except BaseException:
            writer.abort()
            raise
        self._store.promote(manifest.generation)
        pace.end(counts.trials)
        return manifest

    def _documents(self, prepared: Sequence[Prepared], counts: _Counts) -> Iterator[IndexDocument]:
        texts = [passage.text for item in prepared for passage in item.passages]
        counts.encoded += self._vectors.missing(texts)
        vectors = self._vectors.vectors_for(texts, self._encode)
        row = 0
        for item in prepared:
            counts.add(item)
            if item.refused and counts.unread <= _SHOWN:
                self._say(f"criteria not read: {item.trial.nct_id}: {item.refused}")
            rows = vectors[row : row + len(item.passages)]
            yield IndexDocument(item.trial, item.text, item.values, item.passages, rows, item.criteria)
            row += len(item.passages)

    def _manifest(self, writer: GenerationWriter, read: _Read, counts: _Counts) -> Manifest:
        return Manifest(
            generation=writer.generation,
            schema_version=SCHEMA_VERSION,
            created=now(),
            trials=counts.trials,
            passages=counts.passages,
            sites=counts.sites,
            quarantined=read.quarantined,
            data_timestamp=self._registry.data_timestamp(read.nct_ids),
            encoder=self._encoder.identity,
            encoder_name=self._encoder.name,
            dimensions=self._encoder.dim,
            content_hash=self._registry.content_hash(read.nct_ids),
            fictitious=counts.real == 0,
        )


@dataclass(frozen=True, slots=True)
class _Read:
    nct_ids: frozenset[str]
    records: int
    quarantined: int


@dataclass(slots=True)
class _Counts:
    trials: int = 0
    passages: int = 0
    sites: int = 0
    real: int = 0
    encoded: int = 0
    dropped: int = 0
    unread: int = 0

    def add(self, item: Prepared) -> None:
        self.trials += 1
        self.passages += len(item.passages)
        self.sites += len(item.trial.sites)
        self.real += not item.trial.fictitious
        self.dropped += item.dropped
        self.unread += item.refused is not None
