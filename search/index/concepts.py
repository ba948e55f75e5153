"""What a trial is about and asks for, as tokens of the text field `concepts`: `cancer:LUAD`, `marker:EGFR:L858R`.

The same words for one thing, whichever words the record uses, and everything that stands above it. Both back ends
index them like any other text; `search.ranking.concepts` makes the tokens of a query. Exclusions make none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.eligibility.criterion import Criteria, PriorTherapy, Requirement
from search.index.document import EligibilityValues
from search.index.eligibility_terms import ecog_facets
from search.terminology import oncotree
from search.terminology.markers import find_markers
from search.terminology.therapies import find_therapies
from search.terminology.therapy_graph import classes_of
from search.trial import Trial

MOST_LINES = 4
"""Prior lines above this number are one token."""


def token(kind: str, value: str) -> str:
    """A token of a kind; spaces would part it."""
    return f"{kind}:{'_'.join(value.split())}"


def concept_tokens(
    trial: Trial, criteria: Criteria, cancers: Iterable[str], eligibility: EligibilityValues
) -> tuple[str, ...]:
    """The tokens of a trial, each once, sorted.

    Args:
        trial: the record.
        criteria: as read from its eligibility text.
        cancers: its OncoTree codes, without their ancestors.
        eligibility: the filterable part of its criteria.
    """
    found = {
        *_of_cancers(cancers),
        *_of_names(trial),
        *_of_criteria(criteria),
        *(token("marker", value) for value in eligibility.biomarkers),
        *(token("extent", value) for value in eligibility.extents),
        *(token("stage", value) for value in eligibility.stages),
        *(token("ecog", value) for value in ecog_facets(eligibility.minimum_ecog, eligibility.maximum_ecog)),
        *_of_lines(eligibility.minimum_prior_lines, eligibility.maximum_prior_lines),
    }
    if eligibility.cns is not None:
        found.add(token("cns", eligibility.cns.value))
    return tuple(sorted(found))


def _of_cancers(codes: Iterable[str]) -> Iterator[str]:
    for code in codes:
        yield token("cancer", code)
        for above in oncotree.ancestors(code):
            if above not in oncotree.PSEUDO:
                yield token("within", above)


def _of_names(trial: Trial) -> Iterator[str]:
    """Markers and treatments that the record names where it says what it is about."""
    titles = [title for title in (trial.brief_title, trial.official_title) if title]
    given = [name for one in trial.interventions for name in (one.name, *one.other_names)]
    about = ". ".join(titles)
    words = "; ".join((*trial.conditions, *trial.keywords, *given))
    for text in (about, words):
        for mention in find_markers(text, about):
            for marker in mention.markers:
                yield token("marker", marker)
    for text in (about, "; ".join(given)):
        for therapy in find_therapies(text):
            yield from therapy_tokens("therapy", therapy.name)


def therapy_tokens(kind: str, name: str) -> Iterator[str]:
    """A drug or class, and the classes above it."""
    yield token(kind, name)
    for above in classes_of(name):
        yield token(kind, above)


def _of_criteria(criteria: Criteria) -> Iterator[str]:
    for item in criteria.items:
        if isinstance(item.fact, PriorTherapy) and item.requirement is Requirement.REQUIRED:
            for name in item.fact.therapies:
                yield from therapy_tokens("prior", name)


def _of_lines(low: int | None, high: int | None) -> Iterator[str]:
    if low is None and high is None:
        return
    for count in range(low or 0, MOST_LINES + 1):
        if high is None or count <= high:
            yield token("lines", str(count))
