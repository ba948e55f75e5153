"""An opened generation of a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.config import RankingConfig
from search.eligibility.columns import CriteriaColumns
from search.eligibility.criterion import Criteria
from search.gazetteer import City
from search.index.base import Candidates, IndexUnavailableError, Manifest, Retrieval, StoredDocument, Suggestion
from search.index.compiled import CompiledCriteria
from search.index.embedded import columns, layout
from search.index.embedded.cities import cities_of
from search.index.embedded.documents import DocumentReader
from search.index.embedded.facets import FacetCounter
from search.index.embedded.lexical import LexicalReader
from search.index.embedded.retrieve import Parts, retrieve
from search.index.embedded.vectors import VectorReader
from search.index.generation import manifest_from_json
from search.trial import Trial

_BATCH = 200
"""Documents that are read at once while criteria are compiled."""


class EmbeddedGeneration:
    """An opened generation; see `Generation`. Safe for use from several threads.

    All files are open or mapped from the beginning, so it keeps answering after its folder was removed.

    Args:
        folder: of a complete generation.

    Raises:
        IndexUnavailableError: it is missing, damaged, or of another schema.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest = read_manifest(folder)
        _check_files(folder)
        try:
            self._arrival: NDArray[np.intp] = np.load(folder / layout.ARRIVAL)
            self._parts = _open(folder, self._arrival)
            self._numbers = {nct_id: number for number, nct_id in enumerate(self._parts.nct_ids)}
            found = (len(self._parts.nct_ids), len(self._parts.columns))
            if found != (self._manifest.trials,) * 2:
                raise ValueError(f"{found} trials where the manifest says {self._manifest.trials}")
        except Exception as error:  # NumPy, tantivy and json raise whatever a broken byte makes them stumble over
            raise _damaged(folder) from error
        self._documents = DocumentReader(folder / layout.DOCUMENTS)
        self._compiled = CompiledCriteria(self._manifest.generation, folder / layout.CRITERIA, self._items)

    @property
    def manifest(self) -> Manifest:
        """What the generation says of itself."""
        return self._manifest

    def retrieve(self, request: Retrieval, config: RankingConfig) -> Candidates:
        """Both channels with the filters inside each, the total and the facets.

        Raises:
            ValueError: the vector has another number of dimensions, or there is no such facet.
        """
        return retrieve(self._parts, request, config)

    def explain_lexical(
        self, request: Retrieval, nct_id: str, config: RankingConfig
    ) -> Mapping[str, Mapping[str, float]]:
        """The parts of a trial's BM25 score: field name → term → contribution. They sum to the score."""
        number = self._numbers.get(nct_id)
        if number is None:
            return {}
        return self._parts.lexical.explain(request.terms, int(self._arrival[number]), config.lexical)

    def fetch(self, nct_ids: Sequence[str], *, criteria: bool = True) -> list[StoredDocument | None]:
        """Stored documents in the order asked for; None where an id is not in the index.

        Raises:
            IndexUnavailableError: the stored documents are damaged. So do `resolve` and `suggest`.
        """
        return self._documents.fetch(nct_ids, criteria=criteria)

    def resolve(self, identifier: str) -> str | None:
        """The NCT id that an id, alias or secondary id stands for (case and spaces ignored), or None."""
        return self._documents.resolve(identifier)

    def suggest(self, prefix: str, size: int) -> list[Suggestion]:
        """Completions of a prefix, most trials first, ties by text."""
        return self._documents.suggest(prefix, size)

    def cities(self) -> tuple[City, ...]:
        """The cities of its sites, with mean coordinates."""
        return cities_of(self._parts.columns, self._parts.names)

    def columns(self) -> CriteriaColumns:
        """The criteria of all trials, compiled.

        Raises:
            IndexUnavailableError: they have to be compiled, and the stored documents are damaged.
        """
        return self._compiled.columns()

    def _items(self) -> Iterator[tuple[Trial, Criteria]]:
        nct_ids = self._parts.nct_ids
        for start in range(0, len(nct_ids), _BATCH):
            for found in self.fetch(nct_ids[start : start + _BATCH]):
                if found is not None:
                    yield found.trial, found.criteria

    def encoder_path(self) -> Path:
        """Folder of the exported encoder within the generation.

        Raises:
            IndexUnavailableError: it is gone.
        """
        folder = self._folder / layout.ENCODER
        if not folder.is_dir():
            raise IndexUnavailableError(
                f"The encoder of {self._folder} is gone: open the promoted generation, or build the index anew."
            )
        return folder

    def close(self) -> None:
        """Close the documents' file; mapped files are released with the object."""
        self._documents.close()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a complete generation.

    Raises:
        IndexUnavailableError: it is missing, damaged, or of another schema.
    """
    try:
        data = (folder / layout.MANIFEST).read_bytes()
    except FileNotFoundError as error:
        raise IndexUnavailableError(
            f"There is no complete generation at {folder}: see `oncomatch index list`, or build the index anew."
        ) from error
    except OSError as error:
        raise IndexUnavailableError(f"{folder} cannot be read: {error.strerror}.") from error
    return manifest_from_json(data, str(folder))


def _damaged(folder: Path) -> IndexUnavailableError:
    return IndexUnavailableError(
        f"The generation at {folder} is damaged: go back with `oncomatch index rollback`, or build the index anew."
    )


def _check_files(folder: Path) -> None:
    """Every file is there and as long as it was."""
    try:
        sizes = json.loads((folder / layout.FILES).read_bytes())
        wrong = [name for name, size in sizes.items() if (folder / name).stat().st_size != size]
    except (OSError, ValueError, AttributeError) as error:
        raise _damaged(folder) from error
    if wrong:
        raise _damaged(folder)


def _open(folder: Path, arrival: NDArray[np.intp]) -> Parts:
    ordinals = np.empty_like(arrival)
    ordinals[arrival] = np.arange(len(arrival))
    loaded, names = columns.load(folder / layout.COLUMNS)
    return Parts(
        nct_ids=[str(nct_id, "ascii") for nct_id in np.load(folder / layout.NCT_IDS).tolist()],
        columns=loaded,
        names=names,
        lexical=LexicalReader(folder / layout.TANTIVY, ordinals),
        vectors=VectorReader(columns.mapped(folder / layout.VECTORS), columns.mapped(folder / layout.PASSAGE_OFFSETS)),
        facets=FacetCounter(loaded, names),
    )
