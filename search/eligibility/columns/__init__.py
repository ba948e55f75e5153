"""The criteria of an index compiled to arrays: one patient against every trial in one pass, equal to `assess`.

The path of a patient: `judging` (what the judges say, question by question) → `settling` (rows: what that makes of the
criteria) → `grouping` (units: alternatives, classes, weights) → `trials` (cohorts, registry fields, verdict, score).
Whatever rule decides is the rule of `search.eligibility` itself: it is asked once for all criteria that ask the same.
"""

from search.eligibility.columns.assessment import IndexAssessment, OpenFacts
from search.eligibility.columns.columns import CriteriaColumns, compile_criteria

__all__ = ["CriteriaColumns", "IndexAssessment", "OpenFacts", "compile_criteria"]
