"""Which criteria are alternatives of each other, whether the reader marked them so or the text can only mean it."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace

from search.eligibility.assessment import Basis, CriterionAssessment, Group, Truth, any_of
from search.eligibility.context import TrialWords
from search.eligibility.criterion import (
    Biomarker,
    Cancer,
    Condition,
    Criterion,
    Extent,
    Lab,
    LineCount,
    Performance,
    PriorTherapy,
    Requirement,
    Stage,
)
from search.terminology import oncotree
from search.terminology.therapies import is_a

_BROAD = frozenset({"systemic therapy", "anticancer therapy", "chemotherapy", "standard therapy", "first-line therapy"})
_CAME_BACK = frozenset({"recurrent", "relapsed", "refractory", "progressive", "castration_resistant"})


def grouped_members(members: list[CriterionAssessment], words: TrialWords) -> tuple[Group, ...]:
    """Groups of alternatives, of which one is enough; whatever stands alone is a group of its own."""
    members = _either_course(members)
    members = _with_wider_limits(members)
    members = _or_another(members, words)
    members = _not_self_contradicting(members)
    groups: dict[Hashable, list[CriterionAssessment]] = {}
    for number, member in enumerate(members):
        groups.setdefault(_key(member.criterion, number, words), []).append(member)
    return tuple(Group(tuple(found), _truth(key, found)) for key, found in groups.items())


def ties(criteria: Sequence[Criterion], words: TrialWords) -> list[tuple[int, int]]:
    """Pairs of criteria of one scope, as places, whose assessments may change each other for some patient.

    All that `grouped_members` looks at beside a criterion itself must be told here: criteria that no chain of ties
    connects are grouped alike together and apart (`search.eligibility.columns` rests on it).
    """
    found: list[tuple[int, int]] = []
    keys: dict[Hashable, int] = {}
    courses: dict[str, list[int]] = {}
    labs: dict[str, list[int]] = {}
    markers: dict[str, list[int]] = {}
    lines: dict[tuple[int, str | None], list[int]] = {}
    for place, criterion in enumerate(criteria):
        first = keys.setdefault(_key(criterion, place, words), place)
        if first != place:
            found.append((first, place))
        course = _course(criterion)
        if course is not None:
            courses.setdefault(course, []).append(place)
        if isinstance(criterion.fact, Lab):
            labs.setdefault(criterion.fact.analyte, []).append(place)
        elif isinstance(criterion.fact, Biomarker):
            markers.setdefault(criterion.fact.marker, []).append(place)
        if criterion.requirement is Requirement.REQUIRED:
            lines.setdefault((criterion.line, criterion.cohort), []).append(place)
    chains = [places for places in labs.values() if any(_conditional(criteria[place]) for place in places)]
    chains += [places for places in markers.values() if len({criteria[place].requirement for place in places}) > 1]
    if len(courses) > 1:
        chains.append([place for places in courses.values() for place in places])
    for chain in chains:
        found += [(chain[0], place) for place in chain[1:]]
    for places in lines.values():
        if len(places) > 1:
            found += _offers(criteria, places, words)
    return found


def likeness(criteria: Sequence[Criterion], words: TrialWords) -> Hashable:
    """All that grouping and class look at of criteria of one scope, beside their assessments.

    Criteria that are alike, and assessed alike, are grouped alike.
    """
    offers: dict[int, list[int]] = {}
    lines: dict[tuple[int, str | None], list[int]] = {}
    for place, criterion in enumerate(criteria):
        if criterion.requirement is Requirement.REQUIRED:
            lines.setdefault((criterion.line, criterion.cohort), []).append(place)
    for places in lines.values():
        for place, other in _offers(criteria, places, words):
            offers.setdefault(place, []).append(other)
    labels: dict[Hashable, int] = {}

    def label(value: Hashable) -> int:
        return labels.setdefault(value, len(labels))

    return tuple(
        (
            criterion.fact.kind,
            criterion.requirement,
            label(("key", _key(criterion, place, words))),
            _course(criterion),
            _own(criterion, label),
            tuple(offers.get(place, ())),
        )
        for place, criterion in enumerate(criteria)
    )


def _own(criterion: Criterion, label: Callable[[Hashable], int]) -> Hashable:
    fact = criterion.fact
    if isinstance(fact, Lab):
        return label(("analyte", fact.analyte)), fact.condition is None
    if isinstance(fact, Biomarker):
        return label(("marker", fact.marker)), fact.threshold is None
    if isinstance(fact, Cancer) and criterion.requirement is Requirement.REQUIRED:
        return label(("line", criterion.line, criterion.cohort)), fact.codes <= frozenset(oncotree.PSEUDO)
    return None


def _conditional(criterion: Criterion) -> bool:
    return isinstance(criterion.fact, Lab) and criterion.fact.condition is not None


def _offers(criteria: Sequence[Criterion], places: list[int], words: TrialWords) -> Iterator[tuple[int, int]]:
    """Pairs within a line of which the text may offer the second instead of the first."""
    line = [CriterionAssessment(criteria[place], Truth.MET, Basis.KNOWN, "") for place in places]
    for place, member in zip(places, line, strict=True):
        if _may_be_offered(member.criterion):
            for other, offered in zip(places, line, strict=True):
                if _offered(member, offered, line, words):
                    yield place, other


def _key(criterion: Criterion, number: int, words: TrialWords) -> Hashable:
    if criterion.requirement is not Requirement.REQUIRED:
        return number
    fact = criterion.fact
    if isinstance(fact, Stage):
        return (fact.kind,)
    if criterion.or_group is not None:
        return ("or", criterion.or_group)
    if isinstance(fact, Cancer | Performance):
        return (fact.kind,)  # several diseases, scales or stages of one trial are never all asked for
    if isinstance(fact, Biomarker):
        return (fact.kind, fact.marker)  # one marker told several times: its cut-offs by assay
    if isinstance(fact, PriorTherapy | Extent) and words.offers_alternatives(criterion):
        return (fact.kind, criterion.line)
    return number


def _truth(key: Hashable, members: list[CriterionAssessment]) -> Truth:
    truth = any_of(member.truth for member in members)
    if truth is Truth.MET and any(member.truth is Truth.NOT_MET for member in members) and _only_assumed(members):
        return Truth.UNKNOWN  # the alternative to what fails is not known to hold
    if key == ("cancer",) and truth is Truth.MET and len(members) > 1:
        return _narrowed(members)
    return truth


def _only_assumed(members: list[CriterionAssessment]) -> bool:
    return all(
        member.basis is Basis.ASSUMED and member.margin is None for member in members if member.truth is Truth.MET
    )


def _narrowed(members: list[CriterionAssessment]) -> Truth:
    """A disease that is named besides a general term ("solid tumors") narrows it, unless both stand in one line.

    Who has another solid tumor may be meant or not.
    """
    general: list[CriterionAssessment] = []
    special: list[CriterionAssessment] = []
    for member in members:
        fact = member.criterion.fact
        assert isinstance(fact, Cancer)
        (general if fact.codes <= frozenset(oncotree.PSEUDO) else special).append(member)
    if any(member.truth.fulfils for member in special):
        return Truth.MET
    lines = {member.criterion.line for member in special}
    together = any(member.criterion.line in lines for member in general if member.truth.fulfils)
    return Truth.MET if not special or together else Truth.UNKNOWN


def _with_wider_limits(members: list[CriterionAssessment]) -> list[CriterionAssessment]:
    """A threshold that fails while one for patients with a condition is met, and the condition may be theirs."""
    wider = {
        member.criterion.fact.analyte
        for member in members
        if isinstance(member.criterion.fact, Lab)
        and member.criterion.fact.condition is not None
        and member.truth is Truth.MET
    }
    return [_softened(member, wider) for member in members]


def _softened(member: CriterionAssessment, wider: set[str]) -> CriterionAssessment:
    fact = member.criterion.fact
    if not isinstance(fact, Lab) or fact.analyte not in wider:
        return member
    if member.truth is Truth.NOT_MET:
        return replace(member, hard=False)
    if member.truth is Truth.UNKNOWN and fact.condition is not None:
        return replace(member, decisive=False)
    return member


_JOINT = re.compile(r"\b(?:and/or|or|and)\b", re.I)
_APART = 250
"""Characters between two facts that "or" may still join."""


def _or_another(members: list[CriterionAssessment], words: TrialWords) -> list[CriterionAssessment]:
    """A required fact that is not met, while the text offers another of the same line ("X or Y") that is."""
    lines: dict[tuple[int, str | None], list[CriterionAssessment]] = {}
    for member in members:
        if member.criterion.requirement is Requirement.REQUIRED:
            lines.setdefault((member.criterion.line, member.criterion.cohort), []).append(member)
    found = []
    for member in members:
        criterion = member.criterion
        if _may_be_offered(criterion) and not member.truth.fulfils:
            others = lines[criterion.line, criterion.cohort]
            if any(_offered(member, other, others, words) for other in others):
                found.append(_other_way(member, "the text offers another way"))
                continue
        found.append(member)
    return found


def _other_way(member: CriterionAssessment, why: str) -> CriterionAssessment:
    return replace(member, truth=Truth.NOT_APPLICABLE, reason=f"{member.reason}; {why}")


def _may_be_offered(criterion: Criterion) -> bool:
    """Whether the line's words may make it an alternative, which its reader did not say."""
    kinds = Biomarker | PriorTherapy | Extent | LineCount | Stage | Condition
    free = criterion.requirement is Requirement.REQUIRED and criterion.or_group is None
    return free and isinstance(criterion.fact, kinds)


def _offered(
    member: CriterionAssessment, other: CriterionAssessment, line: list[CriterionAssessment], words: TrialWords
) -> bool:
    """Whether "or" stands right beside the other fact, towards the member, and no other disease between them."""
    if other is member or other.truth is not Truth.MET or other.basis is Basis.ASSUMED:
        return False
    between = words.between(member.criterion, other.criterion)
    joints = _JOINT.findall(between)
    if len(between) > _APART or not joints:
        return False
    one, two = sorted((member.criterion.evidence.start, other.criterion.evidence.start))
    if any(isinstance(each.criterion.fact, Cancer) and one < each.criterion.evidence.start < two for each in line):
        return False
    beside: str = joints[0] if other.criterion.evidence.start == one else joints[-1]
    return beside.lower() != "and"


def _not_self_contradicting(members: list[CriterionAssessment]) -> list[CriterionAssessment]:
    """A marker's state that the text asks for and, it seems, forbids: the ban is of a form that was not read."""
    asked = {
        member.criterion.fact.marker
        for member in members
        if isinstance(member.criterion.fact, Biomarker)
        and member.criterion.requirement is Requirement.REQUIRED
        and member.truth is Truth.MET
    }
    found = []
    for member in members:
        fact = member.criterion.fact
        forbidden = member.criterion.requirement is Requirement.PROHIBITED and member.truth is Truth.NOT_MET
        if forbidden and isinstance(fact, Biomarker) and fact.marker in asked and fact.threshold is None:
            spoken = f"{member.reason}; also asked for"
            found.append(replace(member, truth=Truth.UNKNOWN, decisive=False, reason=spoken))
        else:
            found.append(member)
    return found


def _course(criterion: Criterion) -> str | None:
    """Whether a criterion speaks of the untreated or of the treated: one text asking both offers a choice."""
    fact, required = criterion.fact, criterion.requirement is Requirement.REQUIRED
    if isinstance(fact, Extent) and required:
        if set(fact.values) == {"newly_diagnosed"}:
            return "naive"
        return "treated" if set(fact.values) <= _CAME_BACK else None
    if isinstance(fact, LineCount) and required:
        return (
            "naive" if fact.max == 0 and fact.setting in (None, "any") else "treated" if (fact.min or 0) >= 1 else None
        )
    if isinstance(fact, PriorTherapy):
        broad = any(name in _BROAD for name in fact.therapies)
        if criterion.requirement is Requirement.PROHIBITED:
            bare = fact.within_days is None and fact.half_lives is None and fact.outcome is None
            return "naive" if broad and bare and fact.setting in (None, "any") else None
        if required and any(is_a(name, "systemic therapy") or name in _BROAD for name in fact.therapies):
            return "treated"
    return None


def _either_course(members: list[CriterionAssessment]) -> list[CriterionAssessment]:
    """Where a scope asks for untreated and for treated patients, failures of the other course rule nobody out."""
    courses = [_course(member.criterion) for member in members]
    if not {"naive", "treated"} <= set(courses):
        return members
    passed = {
        course
        for course in ("naive", "treated")
        if all(member.truth.fulfils for member, own in zip(members, courses, strict=True) if own == course)
    }
    found = []
    for member, course in zip(members, courses, strict=True):
        if course is None or member.truth.fulfils:
            found.append(member)
        elif passed and course not in passed:
            found.append(_other_way(member, "another way in"))
        else:
            found.append(replace(member, hard=member.hard and member.truth is not Truth.NOT_MET))
    return found
