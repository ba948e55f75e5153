"""Units: criteria of one scope whose assessments depend on each other, and the shape that says how.

Most criteria stand alone. The others (alternatives, limits for some patients, a choice between the treated and the
untreated) are grouped by `search.eligibility.alternatives`, which is asked once for each shape and each combination of
its members' assessments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from search.eligibility.alternatives import likeness, ties
from search.eligibility.columns.rows import Interned
from search.eligibility.context import TrialWords
from search.eligibility.criterion import Criterion, Evidence


def components(criteria: Sequence[Criterion], words: TrialWords) -> list[list[int]]:
    """Places of criteria that a chain of ties connects, in order; most lists hold one place."""
    parents = list(range(len(criteria)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for one, other in ties(criteria, words):
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    found: dict[int, list[int]] = {}
    for place in range(len(criteria)):
        found.setdefault(root(place), []).append(place)
    return list(found.values())


@dataclass(slots=True)
class ShapeTable:
    """Shapes, each with the criteria it was first seen on; their lines are kept in one text."""

    shapes: Interned[object] = field(default_factory=Interned)
    members: list[tuple[Criterion, ...]] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    length: int = 0

    def shape(self, criteria: Sequence[Criterion], words: TrialWords) -> int:
        """The number of the shape of criteria that depend on each other."""
        before = len(self.shapes.values)
        number = self.shapes.number(likeness(criteria, words))
        if number == before:
            self.members.append(self._kept(criteria, words))
        return number

    def _kept(self, criteria: Sequence[Criterion], words: TrialWords) -> tuple[Criterion, ...]:
        """The criteria, moved into the text of the shapes."""
        spans: dict[int, tuple[int, int]] = {}
        for criterion in criteria:
            start, end = words.line_span(criterion)
            if end > start:
                low, high = spans.get(criterion.line, (start, end))
                spans[criterion.line] = min(start, low), max(end, high)
        moves: dict[int, int] = {}
        for line, (start, end) in spans.items():
            moves[line] = self.length - start
            self.lines.append((self.length, self.length + end - start))
            self.text.append(f"{words.text[start:end]}\n\n")
            self.length += end - start + 2
        return tuple(self._moved(criterion, moves.get(criterion.line)) for criterion in criteria)

    @staticmethod
    def _moved(criterion: Criterion, by: int | None) -> Criterion:
        old = criterion.evidence
        # Without a text there is nothing between two criteria: all stand at its beginning.
        evidence = Evidence(0, 0, "") if by is None else Evidence(old.start + by, old.end + by, old.quote)
        return replace(criterion, evidence=evidence, exception=None)
