"""What several readers found in one line, as one list: no fact twice, no words that count under two names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from search.eligibility.criterion import Condition, Criterion, Extent, PriorTherapy

_TWINS = {
    "surgery": ("surgery", "surgical"),
    "allogeneic transplant": ("allogeneic",),
    "steroids": ("steroid",),
    "live vaccine": ("vaccine",),
    "immunosuppression": ("immunosuppress",),
}
"""Topics whose words also name a therapy, by what such a therapy is called. The topic is their home."""


def merged(items: Iterable[Criterion], alternatives: Sequence[int] = ()) -> list[Criterion]:
    """The criteria of one line in the order of the text, each fact once.

    Of a fact with the same meaning the surest mention stays, of equals the first; alternatives (`or_group`) are told
    apart. A therapy that says no more than the topic read from the same words is left out.

    Args:
        items: criteria of the line.
        alternatives: offsets at which the line goes over to another whole statement ("… OR …"), ascending; the extent
            of the disease is told once for each.
    """
    ordered = sorted(items, key=lambda item: (item.evidence.start, item.evidence.end))
    if len(ordered) < 2:
        return ordered
    best: dict[tuple[object, ...], Criterion] = {}
    for item in ordered:
        part = bisect_right(alternatives, item.evidence.start) if isinstance(item.fact, Extent) else 0
        key = (item.fact, item.requirement, item.or_group, part)
        if key not in best or item.confidence > best[key].confidence:
            best[key] = item
    kept = set(map(id, best.values()))
    alone = [item for item in ordered if id(item) in kept]
    topics = [item for item in alone if isinstance(item.fact, Condition) and item.fact.topic in _TWINS]
    return [item for item in alone if not _is_told(item, topics)] if topics else alone


def _is_told(item: Criterion, topics: Sequence[Criterion]) -> bool:
    """Whether a therapy repeats a topic: same words, same meaning, nothing more said."""
    fact = item.fact
    if not isinstance(fact, PriorTherapy) or fact != PriorTherapy(fact.therapies):
        return False
    return any(
        topic.requirement is item.requirement
        and topic.evidence.start < item.evidence.end
        and item.evidence.start < topic.evidence.end
        and all(any(word in therapy for word in _TWINS[_topic(topic)]) for therapy in fact.therapies)
        for topic in topics
    )


def _topic(item: Criterion) -> str:
    return item.fact.topic if isinstance(item.fact, Condition) else ""
