"""Where things lie in an index folder and in a generation."""

from __future__ import annotations

from pathlib import Path

POINTER = "current"
LOCK = "writer.lock"
GENERATIONS = "generations"
POINTER_LOCK = "pointer.lock"
REMOVED = ".removed-"
"""Prefix of a generation's folder while it is being removed."""
UNFINISHED = ".writing-"
"""Prefix of a generation's folder until it is complete; the rename that drops it makes the generation appear."""

MANIFEST = "manifest.json"
FILES = "files.json"
"""Size in bytes of every file of the generation, to tell a damaged one at once."""
TANTIVY = "tantivy"
VECTORS = "vectors.npy"
PASSAGE_OFFSETS = "passage_offsets.npy"
ARRIVAL = "arrival.npy"
NCT_IDS = "nct_ids.npy"
COLUMNS = "columns"
NAMES = "names.json"
CRITERIA = "criteria.columns"
"""The compiled criteria."""
DOCUMENTS = "documents.sqlite"
ENCODER = "encoder"


def generation_folder(root: Path, generation: str) -> Path:
    """The folder of a complete generation."""
    return root / GENERATIONS / generation


def unfinished_folder(root: Path, generation: str) -> Path:
    """The folder of a generation that is being written."""
    return root / GENERATIONS / f"{UNFINISHED}{generation}"
