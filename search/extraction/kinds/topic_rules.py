"""The rules for condition topics, read from `search/terminology/data/condition_topics.tsv`, and their triggers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import ahocorasick

from search.terminology.tables import read_table

_ORGANS = (
    r"cardiac|cardiovascular|heart|pulmonary|lung|respiratory|hepatic|liver|renal|kidney|metabolic|endocrine|thyroid"
    r"|neurologic(?:al)?|ha?ematologic(?:al)?|gastrointestinal|gi|autoimmune|vascular|cerebrovascular|peripheral"
    r"|systemic|psychiatric|infectious|immunologic|pancreatic|other"
)
_ILL = r"diseases?|illness(?:es)?|disorders?|dysfunctions?|impairments?|failure|pathology|conditions"


class Side(StrEnum):
    """What a topic is to a patient, whatever the section."""

    GOOD = "good"
    BAD = "bad"
    STATE = "state"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class TopicRule:
    """How one topic is put into words. Patterns run over lower-case text with single spaces."""

    topic: str
    side: Side
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    """The sentence must not hold this."""
    before: re.Pattern[str] | None
    """What stands in the sentence before the match must not hold this."""
    where: str
    value: str


@cache
def topic_rules() -> tuple[TopicRule, ...]:
    """All rules, in the order of the table.

    Raises:
        ValueError: a side that is none of `Side`.
    """
    return tuple(
        TopicRule(
            topic=row["topic"],
            side=Side(row["side"]),
            triggers=tuple(row["triggers"].split("|")),
            pattern=_compiled(row["pattern"]),
            unless=_compiled(row["unless"]) if row["unless"] else None,
            before=_compiled(row["before"]) if row["before"] else None,
            where=row["where"],
            value=row["value"],
        )
        for row in read_table("condition_topics.tsv")
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    expanded = pattern.replace("{organs}", _ORGANS).replace("{ill}", _ILL)
    return re.compile(expanded)


@cache
def _automaton() -> tuple[ahocorasick.Automaton, tuple[tuple[int, ...], ...]]:
    named: dict[str, list[int]] = {}
    for number, rule in enumerate(topic_rules()):
        for trigger in rule.triggers:
            named.setdefault(trigger, []).append(number)
    automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for number, trigger in enumerate(named):
        automaton.add_word(trigger, number)
    automaton.make_automaton()
    return automaton, tuple(tuple(rules) for rules in named.values())


def rules_for(words: str) -> list[tuple[TopicRule, int]]:
    """The rules that have a trigger in the words, in the order of the table, with the end of its first one."""
    automaton, named = _automaton()
    first: dict[int, int] = {}
    for end, trigger in automaton.iter(words):
        for number in named[trigger]:
            first.setdefault(number, end)
    rules = topic_rules()
    return [(rules[number], first[number]) for number in sorted(first)]


def all_triggers() -> tuple[str, ...]:
    """Every trigger of the table, once."""
    return tuple(dict.fromkeys(trigger for rule in topic_rules() for trigger in rule.triggers))
