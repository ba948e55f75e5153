"""One complete generation on an Elasticsearch: an index that no longer changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan

from search.config import ElasticConfig, RankingConfig
from search.eligibility.columns import CriteriaColumns
from search.eligibility.criterion import Criteria
from search.gazetteer import City
from search.index.base import Candidates, IndexUnavailableError, Manifest, Retrieval, StoredDocument, Suggestion
from search.index.compiled import CompiledCriteria
from search.index.document import FACETS
from search.index.elastic import requests, responses
from search.index.elastic.catalogue import Entry
from search.index.elastic.connection import answering, check_response
from search.index.elastic.documents import unpack
from search.index.elastic.writer import encoder_folder
from search.trial import Trial

_BATCH = 200
"""Documents that are read at once while criteria are compiled."""


class ElasticGeneration:
    """An opened generation; see `Generation`. Safe for use from several threads."""

    def __init__(self, client: Elasticsearch, location: str, entry: Entry, config: ElasticConfig) -> None:
        self._client = client
        self._location = location
        self._index = entry.index
        self._scales = entry.scales
        self._manifest = entry.manifest(location)
        self._config = config
        self._compiled = CompiledCriteria(self._manifest.generation, None, self._items)

    @property
    def manifest(self) -> Manifest:
        """What the generation says of itself."""
        return self._manifest

    def retrieve(self, request: Retrieval, config: RankingConfig) -> Candidates:
        """Both channels, the total and the facets, in one `_msearch`.

        Raises:
            IndexUnavailableError: the server does not answer, or not wholly.
            ValueError: the vector has another number of dimensions, or there is no such facet.
        """
        if request.vector is not None and request.vector.shape != (self._manifest.dimensions,):
            raise ValueError(f"a vector of shape {request.vector.shape} for {self._manifest.dimensions} dimensions")
        for facet in request.facets:
            if facet not in FACETS:
                raise ValueError(f"there is no facet {facet!r}")
        plan = requests.plan(request, self._scaled(config), self._config)
        return responses.candidates(plan, self._search(plan.searches()))

    def explain_lexical(
        self, request: Retrieval, nct_id: str, config: RankingConfig
    ) -> Mapping[str, Mapping[str, float]]:
        """The parts of a trial's BM25 score: field name → term → contribution. They sum to the score."""
        body = requests.explain_body(request.terms, nct_id, self._scaled(config).lexical)
        with answering(self._location):
            answer = self._client.search(
                index=self._index, body=body, search_type="dfs_query_then_fetch", include_named_queries_score=True
            )
        hits = answer["hits"]["hits"]
        return responses.contributions(hits[0].get("matched_queries", {}), config.lexical) if hits else {}

    def fetch(self, nct_ids: Sequence[str], *, criteria: bool = True) -> list[StoredDocument | None]:
        """Stored documents in the order asked for; None where an id is not in the index.

        Raises:
            IndexUnavailableError: the server does not answer, or a record was stored by another version.
        """
        if not nct_ids:
            return []
        with answering(self._location):
            answer = self._client.mget(index=self._index, ids=list(nct_ids), source_includes=["record"])
        for found in answer["docs"]:
            check_response(self._location, found)
        try:
            return [
                unpack(found["_source"]["record"], criteria=criteria) if found.get("found") else None
                for found in answer["docs"]
            ]
        except ValueError as error:
            raise self._unreadable() from error

    def resolve(self, identifier: str) -> str | None:
        """The NCT id that an id, alias or secondary id stands for (case and spaces ignored), or None."""
        body = requests.resolve_body(identifier)
        with answering(self._location):
            hits = self._client.search(index=self._index, body=body)["hits"]["hits"]
        return responses.nct_id(hits[0]) if hits else None

    def suggest(self, prefix: str, size: int) -> list[Suggestion]:
        """Completions of a prefix, most trials first, ties by text."""
        body = requests.suggest_body(prefix, size)
        with answering(self._location):
            answer = self._client.search(index=self._index, body=body)
        return responses.suggestions(answer["aggregations"], size)

    def cities(self) -> tuple[City, ...]:
        """The cities of its sites, with mean coordinates.

        Raises:
            IndexUnavailableError: the server does not answer.
        """
        found: list[City] = []
        after: Mapping[str, Any] | None = None
        while True:
            with answering(self._location):
                answer = self._client.search(index=self._index, body=requests.cities_body(after))
            page = answer["aggregations"]["sites"]["cities"]
            found += responses.cities(page["buckets"])
            after = page.get("after_key")
            if after is None:
                return tuple(found)

    def columns(self) -> CriteriaColumns:
        """The criteria of all trials, compiled: from the cache (`ONCOMATCH_CACHE`), else from the stored documents.

        Raises:
            IndexUnavailableError: they have to be compiled, and the server does not answer, or a record was stored by
                another version.
        """
        return self._compiled.columns()

    def _items(self) -> Iterator[tuple[Trial, Criteria]]:
        with answering(self._location):
            for hit in scan(self._client, index=self._index, _source=["record"], size=_BATCH):
                try:
                    found = unpack(hit["_source"]["record"])
                except ValueError as error:
                    raise self._unreadable() from error
                yield found.trial, found.criteria

    def encoder_path(self) -> Path:
        """Folder of the exported encoder in the cache (`ONCOMATCH_CACHE`).

        Raises:
            IndexUnavailableError: it is not on this machine; the message says how to get it.
        """
        folder = encoder_folder(self._manifest.encoder)
        if not folder.is_dir():
            raise IndexUnavailableError(
                f"The encoder of {self._location} ({self._manifest.encoder_name}, {self._manifest.encoder}) is not in"
                f" {folder.parent}: copy that folder from the machine that built the index, or build the index here"
                " with the same model (ONCOMATCH_CACHE names the cache)."
            )
        return folder

    def _unreadable(self) -> IndexUnavailableError:
        return IndexUnavailableError(
            f"{self._location} holds records that this version cannot read: build the index anew."
        )

    def close(self) -> None:
        """Nothing to release: the connections belong to the store."""

    def _scaled(self, config: RankingConfig) -> RankingConfig:
        """The configuration with the boosts that give this index's scores their common scale (see `mapping`)."""
        boosts = {name: boost * self._scales.get(name, 1.0) for name, boost in config.lexical.field_boosts.items()}
        return replace(
            config,
            lexical=replace(config.lexical, field_boosts=boosts),
        )

    def _search(self, searches: list[dict[str, Any]]) -> Sequence[Mapping[str, Any]]:
        with answering(self._location):
            answer = self._client.msearch(index=self._index, searches=searches, filter_path=responses.WANTED)
        found: Sequence[Mapping[str, Any]] = answer["responses"]
        for response in found:
            check_response(self._location, response)
        return found
