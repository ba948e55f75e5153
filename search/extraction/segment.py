"""The coarse structure of an eligibility text: which part lists inclusions, which exclusions.

Sections are found from headings in their many spellings, on the raw text, so that offsets are the registry's own.
The sections cover the whole text without gaps. What stands before the first heading, or in a text without any, counts
as inclusion (the old PDQ layout has no exclusion heading, and states exclusions as "No …"). Exports without headings
that write the registry's fields of age, sex and healthy volunteers behind the inclusions list the exclusions below
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from search.extraction.headings import Kind, heading_kind, inline_headings, is_item, item_indent
from search.extraction.normal import with_line_ends

SectionKind = Literal["inclusion", "exclusion", "other"]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch `text[start:end]` of the raw text, its heading included; offsets count code points."""

    kind: SectionKind
    start: int
    end: int
    headed: bool = True
    """Whether a heading may open it; False where it begins with its first item."""


@lru_cache(maxsize=1024)
def sections(text: str) -> tuple[Section, ...]:
    """Cut a raw eligibility text into sections that cover it wholly, in order; neighbours differ in kind.

    `other` are criteria that decide about neither, such as those for withdrawal. An empty text has no sections.
    The last texts are remembered: highlighting asks for the same trials again and again.
    """
    cuts = [(0, "inclusion"), *_cuts(text)]
    below = _below_fields(text) if all(kind == "inclusion" for _, kind in cuts) else len(text)
    cuts += [(below, "exclusion"), (len(text), "other")]
    found: list[Section] = []
    for (start, kind), (end, _) in pairwise(cuts):
        if start == end:
            continue
        if found and found[-1].kind == kind:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Section(_SECTION_KIND[kind], start, end, headed=start != below))
    return tuple(found)


def section_text(text: str, kind: SectionKind) -> str:
    """All parts of one kind, joined by line ends."""
    return "\n".join(text[part.start : part.end] for part in sections(text) if part.kind == kind)


# Copies of the registry exist in which the exclusion heading has lost its words but kept its colon.
_LOST_HEADING = re.compile(r"\s*:\s*")

_FIELD_LINE = re.compile(
    r"^[^\w\n]*(?:Healthy volunteers allowed|Must be (?:FE)?MALE|Must have m(?:in|ax)imum age of [^\n]{1,20})[^\S\n]*$",
    re.M,
)
"""A field of the registry as some exports write it: the last lines of the inclusions."""
_WORD = re.compile(r"\w")

_SECTION_KIND: dict[str, SectionKind] = {"inclusion": "inclusion", "exclusion": "exclusion", "other": "other"}


def _cuts(text: str) -> Iterator[tuple[int, str]]:
    """Offsets where a section begins, with its kind, in ascending order."""
    kind: Kind = "inclusion"
    nested: tuple[int, Kind] | None = None
    named = False
    for start, line in _lines(with_line_ends(text)):
        if nested is not None and line.strip() and item_indent(line) <= nested[0]:
            # The list under an item such as "* Patients are excluded if:" is over.
            kind, nested = nested[1], None
            yield start, kind
        own = heading_kind(line)
        if own is None and named and kind == "inclusion" and _LOST_HEADING.fullmatch(line):
            own = "exclusion", False
        if own is not None:
            named = True
            found, local = own
            if local and is_item(line):
                if found != kind:
                    nested = (item_indent(line), kind) if nested is None else nested
                    kind = found
                    yield start, kind
            else:
                kind, nested = found, None
                yield start, kind
        for at, inner in inline_headings(line):
            kind, nested = inner, None
            yield start + at, kind


def _below_fields(text: str) -> int:
    """Where the exclusions begin in a text without headings: behind the registry's fields, if they stand in the middle.

    Its end where it has none. In 15,165 of 15,165 such texts that do have headings, that of the exclusions follows.
    """
    if "Must " not in text and "Healthy volunteers allowed" not in text:
        return len(text)
    fields = list(_FIELD_LINE.finditer(text))
    if not fields or _WORD.search(text, 0, fields[0].start()) is None:
        return len(text)
    words = _WORD.search(text, fields[-1].end())
    return text.rfind("\n", 0, words.start()) + 1 if words else len(text)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their offsets; a form feed or a lone carriage return ends no line here."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end + 1
        yield start, text[start:end]
        start = end
