"""The next question: what to ask a person so that most becomes certain about the trials at hand, for the least effort.

Each trial that is not ruled out waits for facts. A group of criteria (one, or alternatives) fails with a chance of its
own (`search.eligibility.expectation`). The answer to a topic rules a trial out with r = 1 - prod(1 - q) over the groups
that the topic alone decides; the information it gives of that trial is the entropy H(r) in bits, the mutual information
of the answer and of "this rules it out". A question's gain is the sum over the trials with their weights, less for
what is taken to fit while nothing is said; questions are ranked by gain over price.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.config import DEFAULT_CONFIG, QuestionConfig
from search.eligibility.asking import Effort, Form, Option, Topic, options_of, shown, topic_of
from search.eligibility.assessment import Assessment, Basis, CriterionAssessment, Group, Truth
from search.eligibility.criterion import Biomarker
from search.eligibility.expectation import chance_of_failing

__all__ = ["Candidate", "Question", "next_questions"]

_WORTH_ASKING = 0.02
"""Chance of failing below which nobody is asked: consent, contraception."""
_NAMED = 6
"""Facts that the wording of a question names."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trial of the result set."""

    nct_id: str
    weight: float
    """How much it matters: its retrieval score, above 0."""
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a person."""

    topic: str
    text: str
    form: Form
    options: tuple[Option, ...]
    facts: tuple[str, ...]
    """Facts of the profile that it answers and that trials wait for, most asked for first."""
    effort: Effort
    gain: float
    """Expected information in bits, over the trials with their weights (which sum to the number of trials)."""
    trials: int
    """Trials, not yet ruled out, that ask for one of the facts."""
    settles: int
    """Trials that wait for nothing else: whatever the answer, it decides them."""
    rules_out: float
    """Trials that it is expected to rule out."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A group of criteria that waits for facts."""

    topics: frozenset[str]
    fails: float
    decisive: bool


def next_questions(
    pool: Iterable[Candidate],
    *,
    asked: Collection[str] = (),
    most: int | None = None,
    config: QuestionConfig = DEFAULT_CONFIG.questions,
) -> tuple[Question, ...]:
    """The best questions, best first.

    Args:
        pool: the trials at hand.
        asked: topics that were asked already, with an answer or without.
        most: how many; `config.most` by default.
        config: prices and sizes.

    Returns:
        None where no trial waits for a fact that can be asked.
    """
    alive = [one for one in pool if one.assessment.verdict.exported != "ineligible" and one.weight > 0]
    total = sum(one.weight for one in alive)
    table = _Table(config.assumed)
    for one in alive:
        table.add(_waiting(one.assessment, table), one.weight * len(alive) / total)
    found = [_question(topic, table, config) for name, topic in sorted(table.topics.items()) if name not in set(asked)]
    ranked = sorted(found, key=lambda one: (-one.gain / _price(one.effort, config), one.topic))
    return tuple(ranked[: config.most if most is None else most])


def _price(effort: Effort, config: QuestionConfig) -> float:
    return float(getattr(config, effort.value))


class _Table:
    """What the trials wait for, added up by topic."""

    def __init__(self, assumed: float) -> None:
        self.assumed = assumed
        self.topics: dict[str, Topic] = {}
        self.facts: Counter[str] = Counter()
        self.states: dict[str, Counter[str]] = {}
        self.gain: defaultdict[str, float] = defaultdict(float)
        self.trials: Counter[str] = Counter()
        self.settles: Counter[str] = Counter()
        self.rules_out: defaultdict[str, float] = defaultdict(float)

    def note(self, member: CriterionAssessment) -> set[str]:
        """Remember what one criterion waits for; the names of its topics."""
        found = set()
        for fact in member.missing:
            topic = topic_of(fact)
            self.topics.setdefault(topic.name, topic)
            self.facts[fact] += 1
            found.add(topic.name)
        fact_ = member.criterion.fact
        if isinstance(fact_, Biomarker):
            self.states.setdefault(fact_.marker, Counter()).update(fact_.states)
        return found

    def add(self, waiting: Sequence[_Waiting], weight: float) -> None:
        """Add what each topic is worth to one trial."""
        deciding = set().union(*(one.topics for one in waiting if one.decisive))
        for name in sorted(set().union(*(one.topics for one in waiting))):
            fails = 1 - math.prod(1 - one.fails for one in waiting if one.topics == {name})
            self.gain[name] += weight * _entropy(fails) * (1.0 if name in deciding else self.assumed)
            self.trials[name] += 1
            self.settles[name] += deciding == {name}
            self.rules_out[name] += fails


def _entropy(chance: float) -> float:
    if not 0 < chance < 1:
        return 0.0
    return -chance * math.log2(chance) - (1 - chance) * math.log2(1 - chance)


def _waiting(assessment: Assessment, table: _Table) -> list[_Waiting]:
    found = []
    for group in _groups(assessment):
        if group.truth is not Truth.UNKNOWN and not (group.truth is Truth.MET and _assumed(group)):
            continue
        members = [member for member in group.members if _open(member)]
        topics = frozenset().union(*(table.note(member) for member in members))
        if not topics:
            continue
        fails = math.prod(chance_of_failing(member.criterion) for member in members)
        decisive = any(member.decisive and member.truth is Truth.UNKNOWN for member in members)
        found.append(_Waiting(topics, fails, decisive))
    for field in assessment.structured:
        if field.truth is Truth.UNKNOWN:
            fact = "sex" if field.field == "sex" else "age"
            topic = topic_of(fact)
            table.topics.setdefault(topic.name, topic)
            table.facts[fact] += 1
            found.append(_Waiting(frozenset({topic.name}), _STRUCTURED[fact], True))
    return found


_STRUCTURED = {"sex": 0.5, "age": 0.1}
"""Chance that a bound of the record rules somebody out."""


def _groups(assessment: Assessment) -> Iterator[Group]:
    """Of the whole trial, and of its best cohort: others need not be asked about."""
    yield from assessment.groups
    for cohort in assessment.cohorts:
        if cohort.name == assessment.best_cohort:
            yield from cohort.groups


def _assumed(group: Group) -> bool:
    return group.leading.basis is Basis.ASSUMED and bool(group.leading.missing)


def _open(member: CriterionAssessment) -> bool:
    silent = member.truth is Truth.UNKNOWN or (member.basis is Basis.ASSUMED and member.truth is Truth.MET)
    return silent and chance_of_failing(member.criterion) >= _WORTH_ASKING


def _question(topic: Topic, table: _Table, config: QuestionConfig) -> Question:
    asked_for = sorted(
        (fact for fact in table.facts if topic_of(fact).name == topic.name),
        key=lambda fact: (-table.facts[fact], fact),
    )
    facts = tuple(asked_for[: config.most_options])
    states = {
        fact.partition(".")[2]: [state for state, _ in _often(table.states.get(fact.partition(".")[2], Counter()))][:4]
        for fact in facts
    }
    names = [shown(fact) for fact in facts]
    more = " and others" if len(names) > _NAMED else ""
    named = ", ".join(names[:_NAMED]) + more
    return Question(
        topic=topic.name,
        text=topic.text.format(named=named),
        form=topic.form,
        options=options_of(topic, facts, states),
        facts=facts,
        effort=topic.effort,
        gain=table.gain[topic.name],
        trials=table.trials[topic.name],
        settles=table.settles[topic.name],
        rules_out=table.rules_out[topic.name],
    )


def _often(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
