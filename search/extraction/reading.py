"""What readers of kinds see and give: `CriteriaText` with its `Line`s in, `Finding`s out, and the `Reader` protocol.

A reader is a module of `search.extraction.kinds` with one concept. It names its triggers (lower-case substrings); one
Aho-Corasick scan over the text tells which readers a line concerns, and only those run. Local patterns (`re`) then look
at the line alone, so that no pattern meets a long text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from search.eligibility.criterion import Fact, Requirement, Section


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion as the text lays it out: a bullet, a numbered item, a sentence of a paragraph.

    `plain` and `folded` are `text.plain[start:end]` and `text.folded[start:end]` (see `search.extraction.normal`): the
    offset of a match in them plus `start` is the offset in the raw text.
    """

    index: int
    start: int
    end: int
    plain: str
    folded: str
    section: Section
    headings: tuple[str, ...] = ()
    """Folded headings above it, outermost first, without the section heading itself."""
    cohort: str | None = None
    level: int = 0
    """Depth of nesting, 0 outermost."""
    parent: int | None = None
    """Index of the line that governs it ("Adequate organ function, defined as:")."""
    is_heading: bool = False


_ALTERNATIVE = re.compile(r"(?<=\s)OR(?=\s)")


def alternatives(line: Line) -> list[int]:
    """Offsets, in the raw text, at which a line goes over to another whole statement: "… OR …" in capitals."""
    if " OR" not in line.plain and "\nOR" not in line.plain:
        return []
    if line.plain.isupper():
        return []
    return [line.start + match.start() for match in _ALTERNATIVE.finditer(line.plain)]


@dataclass(frozen=True, slots=True)
class CriteriaText:
    """An eligibility text, ready to read, with what else the record says of the disease."""

    raw: str
    plain: str
    folded: str
    lines: tuple[Line, ...]
    cohorts: tuple[str, ...] = ()
    title: str = ""
    conditions: tuple[str, ...] = ()

    def parent(self, line: Line) -> Line | None:
        """The line that governs a nested line."""
        return None if line.parent is None else self.lines[line.parent]


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact read from a line, not yet a criterion. Offsets are in the raw text.

    `requirement` None leaves the decision to `search.extraction.polarity`, which resolves section, negation,
    permission and exception around the span; a reader that knows better says so.
    """

    fact: Fact
    start: int
    end: int
    requirement: Requirement | None = None
    confidence: float = 0.9
    or_group: str | None = None
    """Any string that is the same for alternatives read from one line; "12:renal" for a group opened by line 12."""
    exception: tuple[int, int] | None = None


class Reader(Protocol):
    """Reads one kind of criterion."""

    triggers: tuple[str, ...]
    """Lower-case substrings, one of which a line must hold to be worth reading."""

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """All facts of this kind in the line."""
        ...
