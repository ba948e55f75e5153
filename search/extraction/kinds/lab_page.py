"""The line that laboratory thresholds are read from, and a threshold on its way to a finding."""

from __future__ import annotations

from dataclasses import dataclass

from search.eligibility.criterion import Requirement
from search.extraction.flow import Flow
from search.extraction.kinds.lab_values import Reading
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Line


@dataclass(frozen=True, slots=True)
class Page:
    """A line with its flowing text; offsets of facts are into `folded`."""

    line: Line
    text: CriteriaText
    flowing: Flow
    folded: str

    def raw(self, start: int, end: int) -> tuple[int, int]:
        """The span in the raw text, as far as it lies in the line."""
        end = min(end, len(self.folded))
        start = min(start, end - 1)
        return self.line.start + self.flowing.original(start), self.line.start + self.flowing.original(end - 1) + 1

    def prohibits(self, start: int, end: int) -> bool:
        """Whether the words around a span forbid it."""
        resolved = stance(self.line, *self.raw(start, end), self.text)
        return resolved.requirement is Requirement.PROHIBITED


@dataclass(frozen=True, slots=True)
class Fact:
    """What an eligible patient's analyte has, with the words that say so."""

    name: str
    op: str
    value: Reading
    start: int
    end: int
    condition: str | None
    confidence: float
    known: bool = True
    group: str | None = None
    exception: tuple[int, int] | None = None
