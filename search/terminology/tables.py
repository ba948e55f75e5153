"""Reading the vocabulary tables that ship with the package (`data/*.tsv`)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a table as dictionaries by column.

    Lines that start with `#` are remarks; the first other line names the columns. Cells are separated by tabs and
    never quoted.

    Raises:
        ValueError: a row has more or fewer cells than there are columns; the message names table and line.
    """
    columns: list[str] | None = None
    text = resources.files("search.terminology").joinpath("data", name).read_text(encoding="utf-8")
    for number, line in enumerate(text.split("\n"), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if columns is None:
            columns = cells
            continue
        if len(cells) != len(columns):
            raise ValueError(f"{name}, line {number}: {len(cells)} cells, but the table has {len(columns)} columns")
        yield dict(zip(columns, cells, strict=True))
