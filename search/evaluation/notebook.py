"""What every notebook begins with: an engine over an index, and plain tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from search.config import DEFAULT_CONFIG, RankingConfig
from search.engine import SearchEngine
from search.evaluation.run import rank_topics
from search.evaluation.topics import Topic
from search.evaluation.trec import Run
from search.index.base import IndexStore, IndexUnavailableError
from search.index.open import open_store
from search.query import Query

SAMPLE = "var/sample"


def index_location() -> str:
    """`ONCOMATCH_INDEX`, or the index that `make run` builds, found from the repository or its folder of notebooks.

    Raises:
        IndexUnavailableError: there is none.
    """
    named = os.environ.get("ONCOMATCH_INDEX")
    if named:
        return named
    for folder in (Path(), Path("..")):
        if (folder / SAMPLE).is_dir():
            return str(folder / SAMPLE)
    raise IndexUnavailableError(
        f"There is no index at {SAMPLE}: build it with `oncomatch build --from sample --index {SAMPLE}`, "
        "or name another one in ONCOMATCH_INDEX."
    )


class Bench:
    """An index on which rankings are tried."""

    def __init__(self, location: str) -> None:
        self._store: IndexStore = open_store(location)
        self.engine = SearchEngine(self._store)
        """With the default settings."""

    def rank(self, ranking: RankingConfig, topics: Sequence[Topic]) -> Run:
        """The run of other settings; `search.evaluation.tuning.Ranker`."""
        engine = SearchEngine(self._store, replace(DEFAULT_CONFIG, ranking=ranking))
        return rank_topics(engine, topics)

    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Every facet over the whole index."""
        return self.engine.search(Query(), size=1, facets=True).facets

    def ids(self) -> list[str]:
        """All NCT ids, in their order."""
        return sorted(nct_id for nct_id, _ in self.engine.rank(Query(), self.engine.manifest().trials))


def table(rows: Iterable[Sequence[Any]], head: Sequence[str]) -> str:
    """Rows as aligned text; numbers to the right, three digits after the point."""
    told = [[f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    numeric = [all(_number(row[n]) for row in told) and bool(told) for n in range(len(head))]
    widths = [max([len(head[n]), *(len(row[n]) for row in told)]) for n in range(len(head))]
    lines = [list(head), ["-" * width for width in widths], *told]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text in ("", "-")
    return True
