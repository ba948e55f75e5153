"""OncoTree codes and their names, for the filter and the facet `cancer_type`."""

from __future__ import annotations

import difflib
import functools

from search.terminology.oncotree import nodes


def find_code(text: str) -> str | None:
    """The code that a code or a node's full name means, whatever its case; None where there is none."""
    key = " ".join(text.split()).casefold()
    return _codes().get(key) or _codes_by_name().get(key)


def near_codes(text: str, most: int = 3) -> tuple[str, ...]:
    """Codes whose code or name is spelled much like a text, nearest first."""
    key = " ".join(text.split()).casefold()[:60]
    known = {**_codes_by_name(), **_codes()}
    return tuple(dict.fromkeys(known[name] for name in difflib.get_close_matches(key, known, n=most, cutoff=0.75)))


def cancer_name(code: str) -> str:
    """The name of a code; the code itself where this version does not know it."""
    node = nodes().get(code)
    return node.name if node else code


@functools.cache
def _codes() -> dict[str, str]:
    return {code.casefold(): code for code in nodes()}


@functools.cache
def _codes_by_name() -> dict[str, str]:
    return {node.name.casefold(): code for code, node in nodes().items()}
