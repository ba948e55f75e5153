"""What a search answers: `SearchResult`, its `Hit`s, highlights and the score waterfall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search.eligibility.assessment import Verdict
from search.index.base import Manifest
from search.query import Query
from search.trial import Trial


@dataclass(frozen=True, slots=True)
class Highlight:
    """A fragment of a field's text with the matched spans.

    `fragment == text[start:start + len(fragment)]` for the field's text (`item` says which value of a list field);
    spans are offsets into the fragment.
    """

    field: str
    fragment: str
    start: int
    spans: tuple[tuple[int, int], ...]
    item: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """A node of the score waterfall. Where `details` are given, their values add up to `value`."""

    value: float
    description: str
    details: tuple[Explanation, ...] = ()
    basis: tuple[Explanation, ...] = ()
    """What the value was worked out from (a rank from a BM25 score, say); not summands."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked trial."""

    nct_id: str
    score: float
    trial: Trial
    highlights: tuple[Highlight, ...] = ()
    passage: str | None = None
    """The passage that is nearest in meaning, where the dense channel found the trial."""
    explanation: Explanation | None = None
    distance_km: float | None = None
    """To the nearest site that satisfies the site filters, where the query names a point."""
    verdict: Verdict | None = None
    """Of the person whom the text or a profile tells of; None where nobody is told of."""
    chance: float | None = None
    """Estimated chance of being eligible, 0 to 1, likewise."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of ranked trials, and what was understood and counted."""

    query: Query
    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    manifest: Manifest
    next_cursor: str | None = None
    reason: str | None = None
    """Why there is nothing, or less than one would expect, in one sentence for a person."""
    took_ms: Mapping[str, float] | None = None
    """Milliseconds by stage: encode, retrieve, fuse, fetch."""
