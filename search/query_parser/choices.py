"""What a person makes of the concepts of a query: include, exclude, unknown, or gone.

A choice names its concept by a key that is made of the concept's kind, place and words, so that it falls away by itself
when the text changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from search.query import Concept, Query
from search.query_parser.facts import filters_of, patient_of


class Choice(StrEnum):
    """What is chosen for a concept."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    UNKNOWN = "unknown"
    """It stays in view, and is neither a filter nor a fact."""
    REMOVE = "remove"


def concept_key(one: Concept) -> str:
    """Eight characters that name a concept of a text; they do not tell its words."""
    said = f"{one.kind}|{one.start}|{one.quote}|{one.marker}|{','.join(sorted(one.codes))}|{','.join(one.values)}"
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def with_choices(query: Query, choices: Mapping[str, Choice]) -> Query:
    """The query with choices made; keys of no concept of this text are left aside.

    Args:
        query: as `parse_query` gives it.
        choices: by `concept_key` of the concept as it was read.
    """
    if not any(concept_key(one) in choices for one in query.concepts):
        return query
    chosen = tuple(
        changed for one in query.concepts if (changed := _chosen(one, choices.get(concept_key(one)))) is not None
    )
    removed = {(one.kind, one.start) for one in query.concepts} - {
        (one.kind, one.start) for one in chosen if not one.aside
    }
    return replace(
        query,
        concepts=chosen,
        asked=filters_of(chosen),
        patient=patient_of(chosen),
        stated=() if {kind for kind, _ in removed} & {"age", "sex"} else query.stated,
    )


def _chosen(one: Concept, choice: Choice | None) -> Concept | None:
    if choice is None:
        return one
    if choice is Choice.REMOVE:
        return None
    if choice is Choice.UNKNOWN:
        return replace(one, aside=True)
    return replace(one, negative=choice is Choice.EXCLUDE, ambiguous=False, aside=False)
