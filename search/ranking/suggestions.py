"""Completions for the search bar: what a back end completes, and the cancer types among its trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from search.index.base import Suggestion
from search.terminology import oncotree
from search.terminology.cancers import display_name
from search.text import fold_name

LONGEST = 80
"""Longer names are whole lists, or sentences; nobody wants them completed."""
_MOST_INSIDE = 2


def cancer_types(counts: Mapping[str, int]) -> tuple[Suggestion, ...]:
    """Cancer types by name, most trials first, ties by name.

    Args:
        counts: trials by OncoTree code, as the facet `cancer_type` gives them. Codes that this version does not know,
            and those for "any cancer", are left out. Of two codes with one name, that of more trials stays.
    """
    known = oncotree.nodes()
    named: dict[str, Suggestion] = {}
    for code, trials in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if code in known and code not in oncotree.PSEUDO:
            name = display_name(code)
            named.setdefault(fold_name(name), Suggestion(name, "cancer_type", trials))
    return tuple(sorted(named.values(), key=lambda suggestion: (-suggestion.trials, suggestion.text)))


def with_cancer_types(
    found: Sequence[Suggestion], types: Sequence[Suggestion], prefix: str, size: int
) -> list[Suggestion]:
    """The back end's completions and the cancer types, most trials first, ties by text.

    Types take at most half of the places where others want them. A condition of the same name gives way to the type,
    which counts the trials of its subtypes and other spellings too. Types that hold the prefix at the beginning of
    another word than the first ("Non-Small Cell Lung Cancer" for "small cell") come last.

    Args:
        found: what begins with the prefix, at best more than `size`.
        types: as `cancer_types` gives them.
        prefix: what was typed.
        size: how many are wanted at most.
    """
    folded = fold_name(prefix)
    if not folded:
        return list(found[:size])
    names = [(fold_name(suggestion.text), suggestion) for suggestion in types]
    begin = [pair for pair in names if pair[0].startswith(folded)][:size]
    inside = [pair[1] for pair in names if f" {folded}" in pair[0] and not pair[0].startswith(folded)]
    inside = inside[: min(_MOST_INSIDE, size // 4)]

    def others(kept: Sequence[tuple[str, Suggestion]]) -> list[Suggestion]:
        taken = {name for name, _ in kept}
        return [s for s in found if len(s.text) <= LONGEST and fold_name(s.text) not in taken]

    begin = begin[: max(size - len(others(begin)), (size + 1) // 2)]
    listed = [*(suggestion for _, suggestion in begin), *others(begin)[: size - len(begin) - len(inside)]]
    return (sorted(listed, key=lambda s: (-s.trials, s.text, s.kind)) + inside)[:size]
