"""Criteria for people: grouped by kind, each with its words, its quote, what it means and how certain that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api import labels
from api.cancer_names import cancer_name
from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criteria,
    Criterion,
    Extent,
    Lab,
    LineCount,
    Opaque,
    Performance,
    PriorTherapy,
    SexIs,
    Stage,
)
from search.eligibility_text import unescaped

TO_CHECK = "to check"
"""What stands in place of a certainty where nothing was understood."""
_TITLES: Mapping[str, str] = {
    "cancer": "Disease",
    "stage": "Stage",
    "extent": "Extent of disease",
    "biomarker": "Biomarkers",
    "prior_therapy": "Earlier treatment",
    "line_count": "Lines of treatment",
    "performance": "Performance status",
    "age": "Age",
    "sex": "Sex",
    "lab": "Laboratory values",
    "cns": "Brain and spinal cord",
    "condition": "Other conditions",
    "opaque": "To check",
}
"""Groups in their order on the page."""
_OPEN = frozenset({"cancer", "stage", "extent", "biomarker"})
"""Groups that are unfolded from the beginning."""
_REQUIREMENTS = {"required": "Required", "prohibited": "Excluded", "allowed": "Allowed"}
_CNS = {
    "any brain metastases": "any brain metastases",
    "treated_stable": "treated or stable brain metastases",
    "active": "active brain metastases",
    "untreated": "untreated brain metastases",
    "symptomatic": "symptomatic brain metastases",
    "leptomeningeal": "leptomeningeal disease",
}
_MOST_CODES = 6
_HIGH, _FAIR = 0.9, 0.7


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion as the page shows it."""

    words: str
    """What was understood; empty where nothing was."""
    quote: str
    requirement: str
    requirement_label: str
    cohort: str | None
    certainty: str
    exception: str | None


@dataclass(frozen=True, slots=True)
class CriterionGroup:
    """The criteria of one kind, in the order of the text."""

    title: str
    entries: tuple[CriterionView, ...]
    open: bool


def criterion_groups(criteria: Criteria) -> list[CriterionGroup]:
    """All criteria by kind; what was not understood comes last."""
    by_kind: dict[str, list[CriterionView]] = {}
    for item in criteria.items:
        by_kind.setdefault("opaque" if is_open(item) else item.fact.kind, []).append(_view(item))
    return [
        CriterionGroup(title, tuple(by_kind[kind]), kind in _OPEN) for kind, title in _TITLES.items() if kind in by_kind
    ]


def is_open(item: Criterion) -> bool:
    """Whether nothing was understood: a person has to look."""
    return isinstance(item.fact, Opaque) or (isinstance(item.fact, Condition) and item.fact.topic == "other")


def certainty(confidence: float) -> str:
    """A calibrated confidence in words."""
    if confidence >= _HIGH:
        return "read with high confidence"
    return "read with fair confidence" if confidence >= _FAIR else "read with low confidence"


def _view(item: Criterion) -> CriterionView:
    describe = _WORDS.get(item.fact.kind)
    return CriterionView(
        words="" if describe is None or is_open(item) else describe(item.fact),
        quote=" ".join(unescaped(item.evidence.quote).split()),
        requirement=item.requirement.value,
        requirement_label=_REQUIREMENTS[item.requirement.value],
        cohort=item.cohort,
        certainty=TO_CHECK if is_open(item) else certainty(item.confidence),
        exception=" ".join(unescaped(item.exception.quote).split()) if item.exception else None,
    )


def _bounds(low: float | None, high: float | None, unit: str = "") -> str:
    parts = [f"{value:g}" for value in (low, high) if value is not None]
    if low is None or high is None:
        text = f"at least {parts[0]}" if low is not None else f"at most {parts[0]}" if parts else "any number"
    else:
        text = parts[0] if low == high else f"{parts[0]} to {parts[1]}"
    return f"{text} {unit}".strip()


def _cancer(fact: Cancer) -> str:
    names = [cancer_name(code) for code in sorted(fact.codes)]
    more = f" and {len(names) - _MOST_CODES} more" if len(names) > _MOST_CODES else ""
    return ", ".join(names[:_MOST_CODES]) + more


def _stage(fact: Stage) -> str:
    system = " ".join(part for part in (fact.system, fact.edition) if part)
    return " ".join(part for part in (system, ", ".join((*fact.values, *fact.tnm))) if part)


def _extent(fact: Extent) -> str:
    return " or ".join(labels.EXTENT.get(value, value).lower() for value in fact.values)


def _biomarker(fact: Biomarker) -> str:
    unknown = "; unknown is acceptable" if fact.unknown_ok else ""
    return " ".join(part for part in (fact.marker, " or ".join(fact.states), fact.threshold) if part) + unknown


def _therapy(fact: PriorTherapy) -> str:
    window = f"within {fact.within_days} days" if fact.within_days is not None else ""
    halves = f"{fact.half_lives:g} half-lives" if fact.half_lives is not None else ""
    parts = (" or ".join(fact.therapies), fact.setting, fact.outcome, window, halves)
    return ", ".join(part for part in parts if part)


def _lines(fact: LineCount) -> str:
    return _bounds(fact.min, fact.max, f"prior lines{f' ({fact.setting})' if fact.setting else ''}")


def _lab(fact: Lab) -> str:
    unit = fact.unit.replace("xULN", "× ULN").replace("xLLN", "× LLN") if fact.unit else ""
    condition = f"({fact.condition})" if fact.condition else ""
    return " ".join(part for part in (fact.analyte, fact.op, f"{fact.value:g}", unit, condition) if part)


def _condition(fact: Condition) -> str:
    return fact.topic if fact.value is None else f"{fact.topic}: {fact.value}"


# Each function is given facts of its own kind only, by the table's key.
_WORDS: Mapping[str, Callable[..., str]] = {
    Cancer.kind: _cancer,
    Stage.kind: _stage,
    Extent.kind: _extent,
    Biomarker.kind: _biomarker,
    PriorTherapy.kind: _therapy,
    LineCount.kind: _lines,
    Performance.kind: lambda fact: f"{fact.scale} {_bounds(fact.min, fact.max)}",
    Age.kind: lambda fact: _bounds(fact.min, fact.max, "years"),
    SexIs.kind: lambda fact: str(fact.value),
    Lab.kind: _lab,
    Cns.kind: lambda fact: _CNS.get(fact.state, fact.state),
    Condition.kind: _condition,
}
