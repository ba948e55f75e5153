"""Query understanding: a typed text becomes a `Query`, on the terminology and the readers of criteria and notes."""

from search.query_parser.choices import Choice, concept_key, with_choices
from search.query_parser.cleaning import clean
from search.query_parser.flat import flat_concept
from search.query_parser.parser import parse_query

__all__ = ["Choice", "clean", "concept_key", "flat_concept", "parse_query", "with_choices"]
