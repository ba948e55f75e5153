"""Which cohorts a trial has, and which criteria bind each: "Cohorts 1 and 2" speaks of two, "Cohort 1" of one of them.

Registry texts name one cohort in many ways. Names that are lists of labels of one sort are taken apart, so that what is
said of several cohorts together binds each of them; labels that are always named together are one cohort.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.eligibility.criterion import Criteria, Criterion

_HEALTHY = re.compile(r"\bhealthy\b|\bvolunteers?\b|\bcontrols?\b(?! arm)", re.I)
"""Cohorts for people without cancer: no patient's way into a trial."""
_SORTS = r"cohort|arm|part|group|phase|stratum|strata|stage|tier|subgroup|module|segment"
_LABEL = r"(?<![a-z0-9-])(?:[a-z]?-?\d{1,2}[a-z]?(?:-\d)?|[a-h]-?\d?|i{1,3}[ab]?|iv[ab]?|vi{0,3})(?![a-z0-9])"
_NAME = re.compile(
    rf"(?P<sort>{_SORTS})s?\s+"
    rf"(?P<labels>{_LABEL}(?:\s*(?:,|/|&|\band\b|\bor\b)+\s*(?:(?:{_SORTS})s?\s+)?{_LABEL})*)",
    re.I,
)
_ONE = re.compile(_LABEL, re.I)
_SORT = re.compile(rf"\b(?:{_SORTS})s?\s", re.I)
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort, and the names under which criteria speak of it."""

    name: str
    names: frozenset[str]

    def binds(self, criterion: Criterion) -> bool:
        """Whether a criterion is said of this cohort; what is said of the whole trial is not."""
        return criterion.cohort in self.names


def cohorts_of(criteria: Criteria) -> tuple[Cohort, ...]:
    """Cohorts with criteria of their own, in the order of the text; without those of healthy volunteers."""
    return tuple(one for one in _all(criteria) if not _HEALTHY.search(one.name))


def apart(criteria: Criteria) -> bool:
    """Whether the text tells cohorts apart; where it names a single one, the others are not known, and none binds."""
    return len(_all(criteria)) > 1


def _all(criteria: Criteria) -> tuple[Cohort, ...]:
    used = {item.cohort for item in criteria.items if item.cohort is not None}
    ordered = [
        *(name for name in dict.fromkeys(criteria.cohorts) if name in used),
        *sorted(used - set(criteria.cohorts)),
    ]
    keys = {name: _keys(name) for name in ordered}
    classes: dict[frozenset[str], list[Key]] = {}
    for name in ordered:
        for key in keys[name]:
            speaking = frozenset(other for other in ordered if key in keys[other])
            own = classes.setdefault(speaking, [])
            if key not in own:
                own.append(key)
    return tuple(Cohort(_called(own, speaking, keys, ordered), speaking) for speaking, own in classes.items())


def _called(own: list[Key], speaking: frozenset[str], keys: dict[str, tuple[Key, ...]], ordered: list[str]) -> str:
    """The name that speaks of these labels and no others, as written; else one made of them."""
    for name in ordered:
        if name in speaking and set(keys[name]) == set(own):
            return name
    return f"{own[0][0].capitalize()} {', '.join(label for _, label in own)}"


def _keys(name: str) -> tuple[Key, ...]:
    """Sort and label of each cohort that a name lists; a name that is no such list is one label."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return ((name, ""),)
    labels = _SORT.sub(" ", f"{found['labels']} ")
    return tuple(dict.fromkeys((found["sort"].lower(), label.upper()) for label in _ONE.findall(labels)))
