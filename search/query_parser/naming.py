"""The names that the interchange format gives to what a query means.

Inside, a name stands for all that it may mean ("medulloblastoma": the type itself and its kinds elsewhere in OncoTree).
A reader of the format expects the node of that name.
"""

from __future__ import annotations

from functools import cache

from search.terminology import oncotree
from search.terminology.cancers import find_cancers

_UNSPECIFIED = ", NOS"


@cache
def named_codes(codes: frozenset[str]) -> frozenset[str]:
    """The one node whose name says exactly these codes; the codes themselves where there is none, or several.

    Args:
        codes: alternatives, OncoTree or pseudo codes.
    """
    if len(codes) == 1:
        return codes
    named = []
    for code in sorted(codes):
        name = oncotree.node(code).name.removesuffix(_UNSPECIFIED)
        found = find_cancers(name)
        if len(found) == 1 and found[0].quote == name and oncotree.without_ancestors(found[0].codes) == codes:
            named.append(code)
    return frozenset(named) if len(named) == 1 else codes
