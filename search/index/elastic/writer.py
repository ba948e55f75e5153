"""Writes one generation: bulk requests with explicit ids, then the steps that make it complete."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch, helpers

from search.cache import cache_dir
from search.config import ElasticConfig
from search.eligibility.columns import CriteriaColumns
from search.eligibility.columns.compiling import Compiler
from search.index.base import Manifest
from search.index.compiled import cached_file, keep
from search.index.document import TEXT_FIELDS, IndexDocument
from search.index.elastic.catalogue import Catalogue, Writer
from search.index.elastic.connection import answering
from search.index.elastic.documents import to_source
from search.index.elastic.mapping import finished_settings, index_body, scales
from search.index.generation import IndexWriteError

_NAMED = 3
"""How many refused documents a message names."""


class ElasticWriter:
    """A generation in the making; see `GenerationWriter`. Readers do not see its index before `promote`."""

    def __init__(
        self,
        client: Elasticsearch,
        catalogue: Catalogue,
        location: str,
        generation: str,
        dimensions: int,
        config: ElasticConfig,
    ) -> None:
        self._client = client.options(request_timeout=config.bulk_timeout_s, retry_on_timeout=True, max_retries=5)
        self._catalogue = catalogue
        self._location = location
        self._generation = generation
        self._config = config
        self._index = catalogue.index_of(generation)
        self._dimensions = dimensions
        self._nct_ids: set[str] = set()
        self._passages = 0
        self._criteria = Compiler()
        self._finished = False
        self._tokens: Counter[str] = Counter()
        self._empty: Counter[str] = Counter()
        self._beaten = time.monotonic()
        body = index_body(dimensions, config)
        body["mappings"]["_meta"] = self._meta()
        with answering(location):
            client.indices.create(index=self._index, settings=body["settings"], mappings=body["mappings"])

    @property
    def generation(self) -> str:
        """Id of the generation being written."""
        return self._generation

    def add(self, documents: Iterable[IndexDocument]) -> None:
        """Write documents, each trial once, in any order.

        Raises:
            ValueError: a trial comes twice, or its passages and vectors do not fit.
            IndexWriteError: the server refuses a document; the message names it.
            IndexUnavailableError: the server does not answer.
        """
        refused: list[tuple[str, str]] = []
        with answering(self._location):
            for done, result in helpers.streaming_bulk(
                self._client,
                self._actions(documents),
                chunk_size=self._config.bulk_documents,
                max_chunk_bytes=self._config.bulk_bytes,
                max_retries=self._config.bulk_retries,
                initial_backoff=0.5,
                max_backoff=30,
                raise_on_error=False,
            ):
                if not done:
                    answer = next(iter(result.values()))
                    refused.append(
                        (str(answer.get("_id")), str(answer.get("error", {}).get("type", answer.get("status"))))
                    )
                self._heartbeat()
        if refused:
            names = "; ".join(f"{nct_id} ({kind})" for nct_id, kind in refused[:_NAMED])
            more = f" and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
            raise IndexWriteError(
                f"Elasticsearch at {self._location} refused {len(refused)} documents: {names}{more}."
                " The generation was not completed; the promoted one is untouched."
            )

    def finish(self, manifest: Manifest, encoder: Path) -> None:
        """Complete the generation: merge, check the counts, put the final settings, store the manifest.

        The encoder goes to the cache folder, where `ElasticGeneration.encoder_path` finds it, and so do the compiled
        criteria.

        Raises:
            ValueError: the manifest is of another generation, or its counts are not those of what was written.
            IndexWriteError: the server holds another number of trials or passages.
            IndexUnavailableError: the server does not answer.
        """
        told = (manifest.generation, manifest.trials, manifest.passages, manifest.dimensions)
        written = (self._generation, len(self._nct_ids), self._passages, self._dimensions)
        if told != written:
            raise ValueError(f"the manifest says {told}, but {written} was written")
        _keep_encoder(encoder, manifest.encoder)
        keep(CriteriaColumns(self._criteria.tables()), cached_file(manifest.generation))
        with answering(self._location):
            self._client.indices.refresh(index=self._index)
            self._check_counts(manifest)
            self._merge()
            self._client.indices.close(index=self._index)
            settings = finished_settings(self._tokens, self._empty, self._config)
            self._client.indices.put_settings(index=self._index, settings=settings)
            self._client.indices.open(index=self._index, wait_for_active_shards=1)
            meta = {"manifest": asdict(manifest), "scales": scales(self._tokens, self._empty)}
            self._catalogue.describe(self._index, meta)
        self._finished = True

    def abort(self) -> None:
        """Delete the index; harmless after `finish`."""
        if not self._finished:
            with answering(self._location):
                self._catalogue.remove(self._index)

    def _actions(self, documents: Iterable[IndexDocument]) -> Iterator[dict[str, Any]]:
        for document in documents:
            nct_id = document.trial.nct_id
            if nct_id in self._nct_ids:
                raise ValueError(f"{nct_id} was added twice to one generation")
            if document.vectors.shape != (len(document.passages), self._dimensions):
                raise ValueError(f"{nct_id}: {len(document.passages)} passages but vectors {document.vectors.shape}")
            self._nct_ids.add(nct_id)
            self._passages += len(document.passages)
            self._criteria.add(document.trial, document.criteria)
            for name in TEXT_FIELDS:
                tokens = document.text.get(name, ())
                self._tokens[name] += len(tokens)
                self._empty[name] += not tokens
            yield {"_index": self._index, "_id": nct_id, "_source": to_source(document)}

    def _check_counts(self, manifest: Manifest) -> None:
        answer = self._client.search(
            index=self._index, size=0, track_total_hits=True, aggs={"passages": {"nested": {"path": "passages"}}}
        )
        stored = (answer["hits"]["total"]["value"], answer["aggregations"]["passages"]["doc_count"])
        if stored != (manifest.trials, manifest.passages):
            raise IndexWriteError(
                f"{self._location} holds {stored[0]} trials with {stored[1]} passages instead of {manifest.trials} with"
                f" {manifest.passages}: the generation was not completed; build it again."
            )

    def _merge(self) -> None:
        """One segment answers fastest. It can take minutes, so the request does not wait for it."""
        started = self._client.indices.forcemerge(index=self._index, max_num_segments=1, wait_for_completion=False)
        # The client warns of a preview when its own `tasks.get` is used.
        task, accept, wait = f"/_tasks/{started['task']}", {"accept": "application/json"}, 0.05
        while not self._client.perform_request("GET", task, headers=accept)["completed"]:
            time.sleep(wait)
            wait = min(wait * 1.5, 2.0)
            self._heartbeat()

    def _heartbeat(self) -> None:
        if time.monotonic() - self._beaten >= self._config.heartbeat_s:
            self._catalogue.describe(self._index, self._meta())
            self._beaten = time.monotonic()

    def _meta(self) -> dict[str, Any]:
        return {"alias": self._catalogue.alias, "writer": asdict(Writer.here())}


def _keep_encoder(encoder: Path, identity: str) -> None:
    """Copy an exported encoder to the cache, whole or not at all."""
    target = encoder_folder(identity)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".incoming-", dir=target.parent))
    try:
        shutil.copytree(encoder, work, dirs_exist_ok=True)
        work.rename(target)
    except OSError:
        shutil.rmtree(work, ignore_errors=True)
        if not target.exists():  # another process may have been faster
            raise


def encoder_folder(identity: str) -> Path:
    """Where the exported encoder of an identity lies in the cache of this machine."""
    return cache_dir() / "encoders" / identity
