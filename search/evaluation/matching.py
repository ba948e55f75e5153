"""When an extracted criterion agrees with an annotated one. Both are in the flat form of `search.eligibility.flat`.

Two items of one kind agree when their words overlap, their values agree and they mean the same for the patient.
Matching is one to one and greedy in the order of the annotation; a second mention of a fact that was found is no
error, nor is one that the annotation calls allowed or ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Item = Mapping[str, Any]

KINDS = (
    "cancer",
    "stage",
    "extent",
    "biomarker",
    "prior_therapy",
    "line_count",
    "performance",
    "lab",
    "cns",
    "age",
    "condition",
)
"""Kinds that are annotated and scored."""

_TOLERANCE = 0.011
"""Relative difference up to which two laboratory values are the same (rounded conversions)."""
_GENERIC = frozenset(
    (
        *("therapy", "therapies", "treatment", "treatments", "inhibitor", "inhibitors", "agent", "agents", "prior"),
        *("previous", "based", "containing", "cell", "cells", "anti", "other", "any", "regimen", "regimens"),
    )
)
_UNITS = {
    "x10 9 l": "10 9 l",
    "ml min 1 73m2": "ml min",
    "ml min 1 73 m2": "ml min",
    "uln": "xuln",
    "msec": "ms",
}
_TELLING = 3
"""A word with more letters tells a therapy on its own."""


class Outcome(Enum):
    """What became of an extracted item."""

    RIGHT = "right"
    AGAIN = "again"
    """A second mention of a fact that the annotation has, or one that it leaves open."""
    POLARITY = "polarity"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one kind; they add up over trials."""

    right: int = 0
    gold: int = 0
    extra: int = 0
    exact: int = 0
    """Of those right, how many agree in every value."""
    polarity: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.right + other.right,
            self.gold + other.gold,
            self.extra + other.extra,
            self.exact + other.exact,
            self.polarity + other.polarity,
        )

    @property
    def precision(self) -> float:
        """Share of what was extracted that is right; 0 where nothing was."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 0.0

    @property
    def recall(self) -> float:
        """Share of the annotation that was found; 0 where there is none."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def normal(value: object) -> str:
    """Letters, digits and plus signs, in lower case."""
    return re.sub(r"[^a-z0-9+]+", " ", str(value).lower()).strip()


def names(value: object) -> frozenset[str]:
    """A value or a list of values, normalised."""
    if value is None:
        return frozenset()
    return (
        frozenset(map(normal, value))
        if isinstance(value, list | tuple | set | frozenset)
        else frozenset({normal(value)})
    )


def values_agree(kind: str, gold: Item, found: Item) -> bool:
    """Whether two items of a kind speak of the same value, as far as the kind's telling fields go."""
    match kind:
        case "cancer":
            return bool(set(gold.get("codes") or ()) & set(found.get("codes") or ()))
        case "stage":
            return bool(_stages(gold) & _stages(found))
        case "extent":
            return bool(names(gold.get("values")) & names(found.get("values")))
        case "prior_therapy":
            return _therapies_agree(names(gold.get("therapy")), names(found.get("therapy")))
        case "lab":
            return _labs_agree(gold, found)
        case _:
            return all(_same(gold.get(field), found.get(field)) for field in _TELLING_FIELDS.get(kind, ()))


_TELLING_FIELDS: Mapping[str, tuple[str, ...]] = {
    "biomarker": ("marker",),
    "line_count": ("min", "max"),
    "performance": ("scale", "min", "max"),
    "age": ("min", "max"),
    "cns": ("state",),
    "condition": ("topic",),
}


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return normal(one) == normal(other)
    return one == other


def is_exact(kind: str, gold: Item, found: Item) -> bool:
    """Whether every value of the annotation is there and nothing more."""
    match kind:
        case "cancer":
            return set(gold.get("codes") or ()) == set(found.get("codes") or ())
        case "stage":
            return _stages(gold) == _stages(found)
        case "extent":
            return names(gold.get("values")) == names(found.get("values"))
        case "biomarker":
            return names(gold.get("state")) == names(found.get("state"))
        case _:
            return True


def _stages(item: Item) -> frozenset[str]:
    return names(item.get("values")) | names(item.get("tnm"))


def _therapies_agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """A name in common, or two names of which one's telling words are the other's, or that share a long one."""
    if one & other:
        return True
    for a in one:
        for b in other:
            u, v = set(a.split()) - _GENERIC, set(b.split()) - _GENERIC
            if u and v and (u <= v or v <= u or any(len(word) > _TELLING for word in u & v)):
                return True
    return False


def _labs_agree(gold: Item, found: Item) -> bool:
    if normal(gold.get("analyte")) != normal(found.get("analyte")):
        return False
    if str(gold.get("op") or "")[:1] != str(found.get("op") or "")[:1]:
        return False
    units = [_UNITS.get(normal(item.get("unit")), normal(item.get("unit"))) for item in (gold, found)]
    try:
        one, other = float(gold["value"]), float(found["value"])
    except (KeyError, TypeError, ValueError):
        return False
    return units[0] == units[1] and abs(one - other) <= _TOLERANCE * max(abs(one), abs(other), 1e-9)


def spans(text: str, quote: str) -> list[tuple[int, int]]:
    """All places of a quote in a text."""
    found, at = [], text.find(quote)
    while at >= 0:
        found.append((at, at + len(quote)))
        at = text.find(quote, at + 1)
    return found


def overlap(found: Item, places: Sequence[tuple[int, int]]) -> bool:
    """Whether an extracted item's words overlap one of the places."""
    return any(found.get("start", -1) < end and start < found.get("end", -1) for start, end in places)


def settled(item: Item) -> Item:
    """The item in its home: surgery and allogeneic transplant are topics even if given as prior therapy."""
    if item.get("kind") == "prior_therapy":
        therapies = names(item.get("therapy"))
        if therapies and all("surgery" in name or "surgical" in name for name in therapies):
            return {**item, "kind": "condition", "topic": "surgery"}
        if therapies and all("allogeneic" in name for name in therapies):
            return {**item, "kind": "condition", "topic": "allogeneic transplant"}
    return item


def _counts(item: Item, kind: str) -> bool:
    return item.get("kind") == kind and not (kind == "condition" and normal(item.get("topic")) == "other")


@dataclass(frozen=True, slots=True)
class Matched:
    """One trial's result."""

    tallies: Mapping[str, Tally]
    outcomes: Mapping[int, Outcome]
    """By the number of the extracted item; what is not scored (allowed, other, a kind not annotated) is absent."""
    missed: tuple[Item, ...]
    """Annotated items that were not found, those found with the wrong polarity included."""


def match(gold: Sequence[Item], found: Sequence[Item], text: str, kinds: Sequence[str] = KINDS) -> Matched:
    """Match a trial's extracted items with its annotation.

    Args:
        gold: annotated items, each with a `quote`.
        found: extracted items, each with `start` and `end`.
        text: the eligibility text.
        kinds: the kinds that were annotated in this trial.
    """
    gold, found = [settled(item) for item in gold], [settled(item) for item in found]
    tallies: dict[str, Tally] = {}
    outcomes: dict[int, Outcome] = {}
    missed: list[Item] = []
    for kind in kinds:
        scored = {n: x for n, x in enumerate(found) if _counts(x, kind) and x.get("requirement") != "allowed"}
        wanted = [x for x in gold if _counts(x, kind) and not _is_open(x)]
        tally = Tally(gold=len(wanted))
        for item in wanted:
            number, outcome = _partner(item, {n: x for n, x in scored.items() if n not in outcomes}, text)
            if number is not None and outcome is not None:
                outcomes[number] = outcome
            if outcome is Outcome.RIGHT and number is not None:
                tally += Tally(right=1, exact=int(is_exact(kind, item, scored[number])))
            else:
                tally += Tally(polarity=int(outcome is Outcome.POLARITY))
                missed.append(item)
        open_items = [(x, spans(text, x["quote"])) for x in gold if x["kind"] == kind and _is_open(x)]
        for number, item in scored.items():
            if number in outcomes:
                continue
            again = any(
                values_agree(kind, x, item) and x["requirement"] == item.get("requirement") for x in wanted
            ) or any(values_agree(kind, x, item) and overlap(item, places) for x, places in open_items)
            outcomes[number] = Outcome.AGAIN if again else Outcome.EXTRA
            tally += Tally(extra=int(not again))
        tallies[kind] = tally
    return Matched(tallies, outcomes, tuple(missed))


def _is_open(item: Item) -> bool:
    return item["requirement"] == "allowed" or bool(item.get("ambiguous"))


def _partner(gold: Item, free: Mapping[int, Item], text: str) -> tuple[int | None, Outcome | None]:
    """The extracted item that answers an annotated one, and whether it means the same."""
    kind = gold["kind"]
    candidates = list(_candidates(gold, free, spans(text, gold["quote"])))
    if not candidates:  # the same fact quoted from another sentence
        candidates = [
            number
            for number, item in free.items()
            if item.get("requirement") == gold["requirement"]
            and values_agree(kind, gold, item)
            and is_exact(kind, gold, item)
        ]
    right = [number for number in candidates if free[number].get("requirement") == gold["requirement"]]
    if right:
        return next((number for number in right if is_exact(kind, gold, free[number])), right[0]), Outcome.RIGHT
    return (candidates[0], Outcome.POLARITY) if candidates else (None, None)


def _candidates(gold: Item, free: Mapping[int, Item], places: Sequence[tuple[int, int]]) -> Iterator[int]:
    for number, item in free.items():
        if overlap(item, places) and values_agree(gold["kind"], gold, item):
            yield number
