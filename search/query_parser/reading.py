"""What the readers of a query fill: concepts with their spans, each stretch of the text taken once."""

from __future__ import annotations

import re
from typing import Any

from search.query import Concept
from search.query_parser.view import View

_CLAUSE = 80
"""Characters before a concept in which a word of denial may stand."""


class Reading:
    """Concepts of one text while they are found. Readers run in the order of how sure they are of a span."""

    def __init__(self, view: View) -> None:
        """Nothing is read yet."""
        self.view = view
        self.concepts: list[Concept] = []
        self._taken: list[tuple[int, int, str]] = []

    def free(self, start: int, end: int, *, but: tuple[str, ...] = ()) -> bool:
        """Whether no reader has taken any of a span of the view; kinds in `but` do not count."""
        return all(end <= first or last <= start or kind in but for first, last, kind in self._taken)

    def take(self, start: int, end: int, kind: str = "") -> None:
        """Keep a span from other readers."""
        self._taken.append((start, end, kind))

    def add(self, kind: str, start: int, end: int, *, take: bool = True, **fields: Any) -> None:
        """A concept said by a span of the view; offsets and quote become those of what was typed."""
        end = min(end, len(self.view.text))
        while start < end and self.view.text[start].isspace():
            start += 1
        while end > start and (self.view.text[end - 1].isspace() or self.view.text[end - 1] in ",;("):
            end -= 1
        if self.view.text[end - 1] == ")" and "(" not in self.view.text[start:end]:
            end -= 1
        if start == end:
            return
        first, last = self.view.original(start, end)
        if take:
            self.take(start, end, kind)
        self.concepts.append(Concept(kind, self.view.typed[first:last], first, last, **fields))

    def replace(self, old: Concept, new: Concept) -> None:
        """Put one concept in the place of another."""
        self.concepts[self.concepts.index(old)] = new

    def found(self, kind: str) -> list[Concept]:
        """Concepts of a kind, so far."""
        return [one for one in self.concepts if one.kind == kind]

    def before(self, at: int, most: int = _CLAUSE) -> str:
        """What stands before an offset of the view, in lower case, at most so many characters of its clause."""
        words = self.view.lower[max(0, at - most) : at]
        cut = max((match.end() for match in _ENDS.finditer(words)), default=0)
        return words[cut:]

    def after(self, at: int, most: int = _CLAUSE) -> str:
        """What stands behind an offset of the view, in lower case, at most so many characters of its clause."""
        words = self.view.lower[at : at + most]
        found = _ENDS.search(words)
        return words[: found.start()] if found else words

    def denied(self, at: int) -> int | None:
        """Where the word starts that denies what begins at an offset ("no", "without", "not"); None without one."""
        words = self.before(at)
        found = _DENIAL.search(words)
        return None if found is None else at - len(words) + found.start("cue")


_ENDS = re.compile(r"[;\n]|[.!?](?=\s|$)|\bbut\b")
_DENIAL = re.compile(
    r"(?<![\w-])(?P<cue>no|not|non|neither|without|w/o|w/out|never|negative for|free of|free from|absence "
    r"of|excluding|exclude"
    r"|except|other than|denies|lacks|lacking|doesn't have|does not have|don't have|do not have|nor|none of|any but)"
    r"[\s-]+(?:(?:any|the|a|an|known|evidence of|history of|hx of|signs? of|of|in|for|have|has|had|my|current|currently"
    r"|prior|previous|active)\s+){0,3}$"
)
"""A word of denial right before a concept."""
