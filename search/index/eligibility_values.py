"""From criteria to filter values.

A trial is its common criteria and one of its cohorts: a value that one cohort takes, the trial takes, and where one
cohort does not restrict something, the cohorts do not. Every field is worked out by itself, so a trial may pass two
filters by two cohorts; `search.eligibility` decides about a person.

What restricts must be certain: criteria below `EligibilityConfig.filter_confidence`, with an exception, or among
alternatives of other kinds widen what a trial takes and never narrow it. Several statements of one field are read as
alternatives ("Stage III." and, in another line, "Stage IV."), which may take in too much and never too little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import and_

from search.config import DEFAULT_CONFIG, EligibilityConfig
from search.eligibility.criterion import (
    Biomarker,
    Cancer,
    Cns,
    Criteria,
    Criterion,
    Extent,
    LineCount,
    Performance,
    Requirement,
    Section,
    Stage,
)
from search.index.document import CnsPolicy, EligibilityValues
from search.index.eligibility_terms import (
    EXTENT_AXES,
    EXTENTS,
    absent_states,
    leaves_of_stage,
    leaves_of_states,
    opposites,
    present_states,
    says_result,
    stage_family,
)

_BRAIN = frozenset({"any brain metastases", "active", "untreated", "symptomatic", "treated_stable"})
_COUNTING = frozenset({None, "metastatic", "advanced", "recurrent", "relapsed", "refractory"})
"""Settings whose lines are those that `Filters.prior_lines` counts."""

_Leaves = frozenset[str]
_Scope = Sequence[Criterion]
_Bounds = tuple[int | None, int | None]


def eligibility_values(criteria: Criteria, config: EligibilityConfig = DEFAULT_CONFIG.eligibility) -> EligibilityValues:
    """The filterable part of a trial's criteria."""
    if not criteria.items:
        return EligibilityValues()
    reading = _Reading(criteria, config.filter_confidence)
    required = _required_markers(criteria.items)
    stages_taken, stages_excluded = _stages(reading)
    extents_taken, extents_excluded = _extents(reading, criteria.items)
    lines = reading.bounds(_line_bounds)
    ecog = reading.bounds(_ecog_bounds)
    return EligibilityValues(
        stages=stages_taken,
        stages_excluded=stages_excluded,
        extents=extents_taken,
        extents_excluded=extents_excluded,
        biomarkers=required,
        biomarkers_excluded=_excluded_markers(reading),
        minimum_prior_lines=lines[0],
        maximum_prior_lines=lines[1],
        minimum_ecog=ecog[0],
        maximum_ecog=ecog[1],
        cns=_cns(reading),
    )


def cancer_codes(criteria: Criteria, config: EligibilityConfig = DEFAULT_CONFIG.eligibility) -> frozenset[str]:
    """OncoTree codes of the diseases that the trial or one of its cohorts is for."""
    return frozenset(
        code
        for item in criteria.items
        if isinstance(item.fact, Cancer)
        and item.requirement is Requirement.REQUIRED
        and item.section is Section.INCLUSION
        and item.confidence >= config.filter_confidence
        for code in item.fact.codes
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Criteria by scope: the common ones, and those of each cohort alone."""

    criteria: Criteria
    least: float

    def certain(self, item: Criterion) -> bool:
        """Whether it may remove a trial."""
        return item.confidence >= self.least and item.exception is None

    def refuses(self, item: Criterion) -> bool:
        """Whether it removes whoever has what it names."""
        return item.requirement is Requirement.PROHIBITED and self.certain(item) and item.or_group is None

    @property
    def common(self) -> _Scope:
        return tuple(self.criteria.common())

    @property
    def cohorts(self) -> tuple[_Scope, ...]:
        """Criteria of each cohort that has any of its own."""
        named = dict.fromkeys(item.cohort for item in self.criteria.items if item.cohort is not None)
        every = dict.fromkeys((*self.criteria.cohorts, *named))
        return tuple(tuple(self.criteria.of_cohort(cohort)) for cohort in every)

    def over_cohorts(self, taken: Callable[[_Scope], _Leaves | None]) -> _Leaves | None:
        """Leaves that the common criteria and one of the cohorts take; None where all are."""
        common = taken(self.common)
        parts = [taken(scope) for scope in self.cohorts]
        if not parts or None in parts:
            return common
        either = frozenset[str]().union(*(part for part in parts if part is not None))
        if common is None:
            return either
        return common & either or common | either  # a contradiction is a fault of reading, and restricts least

    def bounds(self, stated: Callable[[_Reading, _Scope], _Bounds]) -> _Bounds:
        """Bounds of the common criteria within those of the cohorts; none where they contradict each other."""
        common = stated(self, self.common)
        parts = [stated(self, scope) for scope in self.cohorts]
        cohorts = _hull(parts) if parts else (None, None)
        low, high = _largest(common[0], cohorts[0]), _smallest(common[1], cohorts[1])
        return (None, None) if low is not None and high is not None and low > high else (low, high)


def _largest(one: int | None, other: int | None) -> int | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _smallest(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)


def _hull(bounds: Iterable[_Bounds]) -> _Bounds:
    """The widest bounds; an open end is widest."""
    lows, highs = zip(*bounds, strict=True)
    return (None if None in lows else min(lows)), (None if None in highs else max(highs))


def _stages(reading: _Reading) -> tuple[_Leaves, _Leaves]:
    """Leaves that the trial takes, of the families that it restricts, and leaves that it refuses."""
    families = {stage_family(leaf) for item in reading.criteria.items for leaf in _stage_leaves(item)}
    refused = _refused_everywhere(reading, _refused_stages)
    taken: set[str] = set()
    for name in sorted(families):
        own = reading.over_cohorts(partial(_stages_of, reading, name))
        if own is not None:
            taken |= own - refused or own
    return frozenset(taken), refused - frozenset(taken)


def _stage_leaves(item: Criterion) -> _Leaves:
    if not isinstance(item.fact, Stage):
        return frozenset()
    return frozenset(leaf for value in item.fact.values for leaf in leaves_of_stage(value, item.fact.system))


def _stages_of(reading: _Reading, name: str, scope: _Scope) -> _Leaves | None:
    """Leaves of a family that a scope takes; None where it does not restrict them."""
    taken: set[str] = set()
    restricts = False
    for item in scope:
        if not isinstance(item.fact, Stage) or item.requirement is Requirement.PROHIBITED:
            continue
        leaves = frozenset(leaf for leaf in _stage_leaves(item) if stage_family(leaf) == name)
        taken |= leaves
        if leaves and item.requirement is Requirement.REQUIRED:
            if any(not leaves_of_stage(value, item.fact.system) & leaves for value in item.fact.values):
                return None  # a value of unknown leaves, or of another family: it may take anything of this one
            restricts |= reading.certain(item) and item.or_group is None
    return frozenset(taken) if restricts else None


def _refused_stages(reading: _Reading, scope: _Scope) -> _Leaves:
    return frozenset(leaf for item in scope if reading.refuses(item) for leaf in _stage_leaves(item))


def _refused_everywhere(reading: _Reading, refused: Callable[[_Reading, _Scope], _Leaves]) -> _Leaves:
    """What the common criteria refuse, or every cohort."""
    parts = [refused(reading, scope) for scope in reading.cohorts]
    return refused(reading, reading.common) | (reduce(and_, parts) if parts else frozenset())


def _extents(reading: _Reading, items: _Scope) -> tuple[_Leaves, _Leaves]:
    named = frozenset(
        value
        for item in items
        if isinstance(item.fact, Extent) and item.requirement is not Requirement.PROHIBITED
        for value in item.fact.values
        if value in EXTENTS
    )
    leaves = frozenset(leaf for value in named for leaf in EXTENTS[value])
    excluded: set[str] = set()
    for axis in EXTENT_AXES:
        taken = reading.over_cohorts(partial(_axis, reading, axis))
        if taken is not None:
            excluded |= {value for value, own in EXTENTS.items() if own <= axis and not own & taken}
    on_axes = frozenset().union(*EXTENT_AXES)
    excluded |= {v for v in _refused_everywhere(reading, _refused_extents) if not EXTENTS[v] <= on_axes}
    excluded -= named
    return frozenset(value for value, own in EXTENTS.items() if own & leaves) - excluded, frozenset(excluded)


def _refused_extents(reading: _Reading, scope: _Scope) -> _Leaves:
    return frozenset(
        value
        for item in scope
        if isinstance(item.fact, Extent) and reading.refuses(item)
        for value in item.fact.values
        if value in EXTENTS
    )


def _axis(reading: _Reading, axis: _Leaves, scope: _Scope) -> _Leaves | None:
    """Leaves of an axis that a scope takes; None where it does not restrict them."""
    taken: set[str] = set()
    on: set[int] = set()
    beside: set[int] = set()
    restricts = False
    for item in scope:
        if not isinstance(item.fact, Extent) or item.requirement is Requirement.PROHIBITED:
            continue
        leaves = frozenset(leaf for value in item.fact.values for leaf in EXTENTS.get(value, ()))
        taken |= leaves & axis
        if item.requirement is Requirement.REQUIRED:
            on |= {item.line} if leaves & axis else set()
            beside |= {item.line - 1, item.line, item.line + 1} if leaves - axis else set()
            restricts |= bool(leaves & axis) and reading.certain(item) and item.or_group is None
    refused = frozenset(leaf for value in _refused_extents(reading, scope) for leaf in EXTENTS[value]) & axis
    # "unresectable or metastatic" takes what is metastatic and resectable, also where each stands in a line of its own.
    kept = frozenset(taken) if restricts and not on & beside else axis
    left = kept - (refused - taken)
    return left if left and left != axis else None


def _required_markers(items: _Scope) -> _Leaves:
    found: set[str] = set()
    for item in items:
        fact = item.fact
        if isinstance(fact, Biomarker) and item.requirement is Requirement.REQUIRED:
            states = tuple(filter(says_result, fact.states))
            if states or not fact.states:
                found |= {fact.marker, *(f"{fact.marker}:{leaf}" for leaf in leaves_of_states(fact.marker, states))}
    return frozenset(found)


def _excluded_markers(reading: _Reading) -> _Leaves:
    parts = [_excluded_of(reading, (*reading.common, *scope)) for scope in reading.cohorts]
    return reduce(and_, parts) if parts else _excluded_of(reading, reading.common)


def _excluded_of(reading: _Reading, scope: _Scope) -> _Leaves:
    """Markers that a scope excludes: by prohibiting a state, or by requiring that the marker is (not) there."""
    by_marker: dict[str, list[tuple[Criterion, tuple[str, ...]]]] = {}
    for item in scope:
        if isinstance(item.fact, Biomarker):
            by_marker.setdefault(item.fact.marker, []).append((item, tuple(filter(says_result, item.fact.states))))
    found: set[str] = set()
    for marker, items in by_marker.items():
        absent = leaves_of_states(marker, absent_states(marker))
        present = leaves_of_states(marker, present_states(marker)) - absent
        taken: set[str] = set()
        refused: set[str] = set()
        sure = True
        for item, states in items:
            if item.requirement is not Requirement.PROHIBITED:
                taken |= leaves_of_states(marker, states)
                certain = item.requirement is Requirement.REQUIRED and reading.certain(item) and item.or_group is None
                sure &= certain and bool(states)
            elif reading.refuses(item):
                # A marker without a state is meant to be there; one that need only be tested says nothing.
                refused |= leaves_of_states(marker, states) if item.fact.states else present  # type: ignore[union-attr]
        if sure and taken:
            for one, other in opposites(marker):
                refused |= other if taken <= one else one if taken <= other else frozenset()
        refused -= taken
        found |= {f"{marker}:{leaf}" for leaf in refused}
        if refused - absent:
            found.add(marker)
    return frozenset(found)


def _line_bounds(reading: _Reading, scope: _Scope) -> _Bounds:
    """The widest of the bounds that a scope states on either side."""
    lows: list[int] = []
    highs: list[int] = []
    for item in scope:
        fact = item.fact
        if not isinstance(fact, LineCount) or fact.setting not in _COUNTING:
            continue
        if item.or_group is not None or not reading.certain(item):
            return None, None
        if item.requirement is Requirement.REQUIRED:
            lows += [fact.min] if fact.min is not None else []
            highs += [fact.max] if fact.max is not None else []
        elif item.requirement is Requirement.PROHIBITED and fact.min is not None and fact.max is None and fact.min > 0:
            highs.append(fact.min - 1)
    return min(lows, default=None), max(highs, default=None)


def _ecog_bounds(reading: _Reading, scope: _Scope) -> _Bounds:
    """The widest of the ECOG bounds of a scope; what is allowed widens them."""
    required: list[Performance] = []
    allowed: list[Performance] = []
    for item in scope:
        if isinstance(item.fact, Performance) and item.fact.scale == "ECOG":
            if item.requirement is Requirement.REQUIRED and reading.certain(item) and _alone(item, scope):
                required.append(item.fact)
            elif item.requirement is not Requirement.PROHIBITED:
                allowed.append(item.fact)
    if not required:
        return None, None
    return min(fact.min for fact in (*required, *allowed)), max(fact.max for fact in (*required, *allowed))


def _alone(item: Criterion, scope: _Scope) -> bool:
    """Whether its alternatives, if any, are other scales of the same thing ("ECOG 0-1 or Karnofsky at least 70")."""
    return item.or_group is None or all(
        isinstance(other.fact, Performance) for other in scope if other.or_group == item.or_group
    )


def _cns(reading: _Reading) -> CnsPolicy | None:
    policies = {_cns_of(reading, (*reading.common, *scope)) for scope in reading.cohorts or ((),)}
    if len(policies) == 1:
        return policies.pop()
    takes = policies - {None, CnsPolicy.EXCLUDED}
    if None in policies:
        return CnsPolicy.ALLOWED if takes else None
    if CnsPolicy.TREATED_STABLE in policies and CnsPolicy.ALLOWED not in policies:
        return CnsPolicy.TREATED_STABLE
    return CnsPolicy.ALLOWED


def _cns_of(reading: _Reading, scope: _Scope) -> CnsPolicy | None:
    refused: set[str] = set()
    allowed: set[str] = set()
    required = bounded = False
    for item in scope:
        if not isinstance(item.fact, Cns) or item.fact.state not in _BRAIN:
            continue
        if item.requirement is Requirement.PROHIBITED:
            bounded |= item.exception is not None
            if reading.certain(item) and item.fact.state != "treated_stable":
                refused.add(item.fact.state)
        else:
            allowed.add(item.fact.state)
            required |= item.requirement is Requirement.REQUIRED and reading.certain(item) and item.or_group is None
    if required and not refused & {"any brain metastases"}:
        return CnsPolicy.REQUIRED
    if "any brain metastases" in refused and not allowed and not bounded:
        return CnsPolicy.EXCLUDED
    if allowed & {"any brain metastases", "active", "untreated", "symptomatic"} and not refused and not bounded:
        return CnsPolicy.ALLOWED
    return CnsPolicy.TREATED_STABLE if refused or allowed or bounded else None
