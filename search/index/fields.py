"""From a trial to its searchable text, and to the whole `IndexDocument` that back ends index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from search.config import DEFAULT_CONFIG, TextConfig
from search.eligibility.criterion import Criteria
from search.eligibility_text import unescaped
from search.extraction.segment import sections
from search.index.concepts import concept_tokens
from search.index.document import NO_CRITERIA, IndexDocument, Passage
from search.index.eligibility_values import eligibility_values
from search.index.values import filter_values
from search.terminology import oncotree
from search.text import terms
from search.trial import Trial


def inclusion_text(trial: Trial) -> list[str]:
    """The eligibility text without its exclusion sections, in order."""
    raw = trial.eligibility.criteria
    if not raw:
        return []
    return [raw[section.start : section.end] for section in sections(raw) if section.kind != "exclusion"]


def source_texts(trial: Trial) -> Mapping[str, tuple[str, ...]]:
    """What each of `TEXT_FIELDS` is read from, piece by piece; a field without text is absent.

    Keywords hold the MeSH terms that the registry assigned to conditions and interventions too; exclusion text is
    nowhere.
    """
    mesh = [term.term for term in (*trial.condition_mesh, *trial.intervention_mesh)]
    arms = [text for arm in trial.arms for text in (arm.label, arm.description)]
    interventions = [text for i in trial.interventions for text in (i.name, *i.other_names)]
    described = [i.description for i in trial.interventions]
    parts: dict[str, Sequence[str | None]] = {
        "title": (trial.brief_title, trial.official_title),
        "acronym": (trial.acronym,),
        "conditions": trial.conditions,
        "keywords": (*trial.keywords, *mesh),
        "interventions": interventions,
        "summary": (trial.brief_summary,),
        "inclusion": inclusion_text(trial),
        "description": (trial.detailed_description, trial.eligibility.study_population, *arms, *described),
    }
    kept = {name: tuple(text for text in texts if text and text.strip()) for name, texts in parts.items()}
    return {name: texts for name, texts in kept.items() if texts}


def _analyzed(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(term for text in texts for term in terms(unescaped(text)))


def text_fields(
    trial: Trial, config: TextConfig = DEFAULT_CONFIG.text, concepts: tuple[str, ...] = ()
) -> Mapping[str, tuple[str, ...]]:
    """Tokens by `TEXT_FIELDS` name; absent where the trial has no such text.

    Args:
        trial: the record.
        config: what `combined` is made of.
        concepts: the tokens of `concepts` (`search.index.concepts.concept_tokens`).
    """
    analyzed = {name: _analyzed(texts) for name, texts in source_texts(trial).items()}
    fields = {name: tokens for name, tokens in analyzed.items() if tokens}
    combined = tuple(
        chain.from_iterable(
            fields.get(name, ()) for name, weight in config.combined_weights.items() for _ in range(round(weight))
        )
    )
    if concepts:
        fields["concepts"] = concepts
    return {"combined": combined, **fields} if combined else fields


def index_document(
    trial: Trial,
    passages: Sequence[Passage],
    vectors: NDArray[np.float32],
    cancer_types: frozenset[str] = frozenset(),
    criteria: Criteria = NO_CRITERIA,
) -> IndexDocument:
    """A trial ready for any back end.

    Args:
        trial: the record.
        passages: what the encoder read.
        vectors: float32, one unit-length row for each passage, in order.
        cancer_types: OncoTree codes of the trial and all their ancestors.
        criteria: as read from its eligibility text.

    Raises:
        ValueError: passages and vectors differ in number.
    """
    if len(passages) != len(vectors):
        raise ValueError(f"{trial.nct_id}: {len(passages)} passages but {len(vectors)} vectors")
    eligibility = eligibility_values(criteria)
    values = filter_values(trial, cancer_types, eligibility)
    concepts = concept_tokens(trial, criteria, oncotree.without_ancestors(cancer_types), eligibility)
    return IndexDocument(trial, text_fields(trial, concepts=concepts), values, tuple(passages), vectors, criteria)
