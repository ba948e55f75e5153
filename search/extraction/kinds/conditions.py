"""Condition topics (FORMAT.md, kind `condition`): comorbidity, infection, reproduction, consent, tissue, medicines …

The words of each topic are data (`condition_topics.tsv`). Most topics carry their own direction: nobody excludes
people for giving consent, so "unable to consent" among the exclusions asks for consent. The text decides what is
allowed; the topic decides between required and prohibited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from search.eligibility.criterion import Condition, Requirement, Section
from search.extraction.flow import flow
from search.extraction.guards import other_malignancy_clause
from search.extraction.kinds.topic_rules import Side, TopicRule, all_triggers, rules_for
from search.extraction.kinds.topic_values import topic_value, weeks
from search.extraction.normal import fold
from search.extraction.polarity import sentence, stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_SURE, _LIKELY, _GUESS = 0.93, 0.85, 0.7
"""Confidence of a rule in its own section, of one against the section, of one whose direction was inferred."""
_MOST = 4
"""Mentions of one topic that are kept from a line."""

_TRIED = 24
"""Mentions of one topic that are looked at in a line."""
_LABEL = "life expectancy"
_BARE_LENGTH = re.compile(
    r"\W*(?:at least|greater than|more than|over|minimum(?: of)?|[>\u2265=]+)?\W*[\w-]+ (?:\(\d+\) ?)?"
    r"(?:weeks?|wks?|months?|years?)(?: or (?:more|longer|greater))?\W*"
)
_PERMITTED = re.compile(r"\b(?:allowed|permitted|acceptable|allowable)\b")
_REACH = 600
"""Characters of the sentence, on either side of a mention, that are looked at."""
_MAY_BE_ALLOWED = ("measurable disease", "tissue available")
"""Good topics that a text may mention as merely acceptable ("non-measurable disease is allowed")."""
_AHEAD = 240
"""Characters before a rule's first trigger in which its pattern may begin."""
_MALIGNANCY_TRIGGERS = ("malignan", "cancer", "neoplas", "tumor", "tumour", "carcinoma", "primary", "primaries")
_LENGTHS = ("week", "wk", "month", "year")
_HEALTHY = re.compile(
    r"\b(?:adequate|normal|negative|seronegative|controlled|well-controlled|acceptable|sufficient|stable"
    r"|resolved|if present"
    r"|undetectable|recovered|freedom|intact|class i\b|below)\b"
)
_ON_CONDITION = re.compile(
    r"\b(?:if|in case|for|when)\b|\b(?:patients?|participants?|subjects?|those|individuals?|women|men"
    r"|persons?|people)\b[^.;]{0,60}?"
    r"\b(?:with|who have|known to have|on|receiving|taking|having)\b[^.;]{0,200}\b(?:must|should|may|can|are|is"
    r"|will|need)\b"
    r"|(?:\u2265|>=|> ?|at least|more than) ?\d+ (?:days|weeks|months|years) (?:after|since|from|post)\b"
    r"|\b(?:infected|positive|diabetic) (?:patients?|participants?|subjects?|individuals?)\b"
)
_DENIED = re.compile(
    r"\b(?:no|not|without|never|neither|nor|absence|free of|free from|prohibited|exclud\w+|discontinu\w+)\b"
)
_WASHOUT = re.compile(
    r"\b(?:elapsed|since|within|prior to|recovered|washout|before|after)\b[^.;]{0,120}\b(?:days?|weeks?|wks?|months?)\b"
    r"|\b(?:days?|weeks?|wks?|months?)\b[^.;]{0,60}\b(?:elapsed|since|after|from|post|prior|before)\b|\bconcurrent\b"
)
_UNFIT = re.compile(  # what makes a patient unfit for cisplatin is no comorbidity that the trial asks about
    r"\b(?:ineligib\w+|not eligible|unfit|unsuitab\w+|not (?:a )?candidates?|contraindicat\w+"
    r"|intoleran\w+)\b[^.;]{0,40}\b(?:cisplatin|platinum|chemotherapy)"
    r"|\b(?:cisplatin|platinum)[- ](?:\w+[- ])?(?:ineligib|unfit|unsuitab|intoleran)\w+"
)
_ASKED = re.compile(
    r"\ballo\w*[- ]|\b(?:hiv|hbv|hcv|virus)[- ](?:\w+[- ])?(?:infected|positive)|\b(?:underwent|undergoing"
    r"|have undergone|eligible for)\b"
)
_NOT_WANTED = re.compile(
    r"\bnot (?:required|mandatory|necessary|needed)\b|\boptional\b|\bif (?:available|applicable)\b"
)


class ConditionReader:
    """Reads the condition topics of a line."""

    triggers: tuple[str, ...] = tuple(dict.fromkeys((*all_triggers(), *_MALIGNANCY_TRIGGERS, *_LENGTHS)))

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All condition topics of the line."""
        flowing = flow(line.folded)
        words = flowing.text
        if line.headings and line.headings[-1].endswith(_LABEL):
            yield from _labelled(line, words)
        for rule, at in rules_for(words):
            kept: list[str] = []
            for match in islice(rule.pattern.finditer(words, max(0, at - _AHEAD)), _TRIED):
                said = match.group().strip(" .,;:()")
                if said in kept:
                    continue
                start = line.start + flowing.original(match.start())
                end = line.start + flowing.original(match.end() - 1) + 1
                first, last = sentence(line, start, end)
                first, last = max(first, start - line.start - _REACH), min(last, end - line.start + _REACH)
                whole = " ".join(line.folded[first:last].split())
                before = " ".join(line.folded[first : start - line.start].split()) + " "
                if (rule.unless and rule.unless.search(whole)) or (rule.before and rule.before.search(before)):
                    continue
                if not _counts_here(rule, line, whole) and not _is_allowed(rule, line, text, start, end, whole):
                    continue
                kept.append(said)
                requirement, confidence = _direction(rule, line, text, start, end, whole)
                value = topic_value(rule.value, said, words[match.start() :])
                yield Finding(Condition(rule.topic, value), start, end, requirement, confidence)
                if len(kept) == _MOST:
                    break
        clause = other_malignancy_clause(line)
        if clause is not None:
            meant = stance(line, *clause, text)
            requirement = Requirement.ALLOWED if meant.requirement is Requirement.ALLOWED else Requirement.PROHIBITED
            yield Finding(Condition("second malignancy"), *clause, requirement, _SURE, exception=meant.exception)


def _labelled(line: Line, words: str) -> Iterator[Finding]:
    """A bare length of time below the label "Life expectancy:" of the old layout."""
    length = weeks(words) if _BARE_LENGTH.fullmatch(words) else None
    if length is not None:
        yield Finding(Condition(_LABEL, length), line.start, line.end, Requirement.REQUIRED, _SURE)


def _is_allowed(rule: TopicRule, line: Line, text: CriteriaText, start: int, end: int, whole: str) -> bool:
    """Whether an inclusion says of what only an exclusion rules out that it is allowed ("steroids are allowed")."""
    if rule.where not in ("exclusion", "washout") or not _PERMITTED.search(whole):
        return False
    return stance(line, start, end, text).requirement is Requirement.ALLOWED


def _counts_here(rule: TopicRule, line: Line, whole: str) -> bool:
    """Whether a rule that is bound to a kind of statement counts in this one."""
    if rule.where == "exclusion":
        return line.section is Section.EXCLUSION or _DENIED.search(whole) is not None
    if line.section is Section.INCLUSION and rule.side is not Side.GOOD and _UNFIT.search(whole):
        return False
    if rule.where == "washout":
        return line.section is Section.EXCLUSION or _WASHOUT.search(whole) is not None
    if rule.where == "required":
        return not _NOT_WANTED.search(whole)
    return True


def _direction(
    rule: TopicRule, line: Line, text: CriteriaText, start: int, end: int, whole: str
) -> tuple[Requirement, float]:
    if rule.side is Side.GOOD and rule.topic not in _MAY_BE_ALLOWED:
        return Requirement.REQUIRED, _SURE if line.section is Section.INCLUSION else _LIKELY
    said = stance(line, start, end, text).requirement
    if rule.side is Side.GOOD:
        if said is Requirement.ALLOWED:
            return said, _LIKELY
        return Requirement.REQUIRED, _SURE if line.section is Section.INCLUSION else _LIKELY
    if said is Requirement.ALLOWED:
        return said, _LIKELY
    if line.section is Section.EXCLUSION or said is Requirement.PROHIBITED:
        return Requirement.PROHIBITED, _SURE
    if rule.side is Side.NEVER:
        return Requirement.PROHIBITED, _LIKELY
    if _HEALTHY.search(whole):
        return Requirement.PROHIBITED, _GUESS
    if _ON_CONDITION.search(whole):
        return Requirement.ALLOWED, _GUESS
    if rule.side is Side.STATE and (_ASKED.search(whole) or _under_study(rule, text)):
        return Requirement.REQUIRED, _GUESS
    return Requirement.PROHIBITED, _GUESS  # an illness among the inclusions is a lost "no" or a misplaced line


def _under_study(rule: TopicRule, text: CriteriaText) -> bool:
    """Whether title or conditions name the topic: only then does a trial ask for an illness."""
    return rule.pattern.search(_named(text.title, text.conditions)) is not None


@lru_cache(maxsize=16)
def _named(title: str, conditions: tuple[str, ...]) -> str:
    return fold(" ; ".join((title, *conditions)))


CONDITIONS: Reader = ConditionReader()
