"""Other topics: does the patient have the condition in the form that a trial names?

A condition that is named with a qualifier (uncontrolled, grade 2 or more, within six months, requiring insulin) holds
only if the patient's own words say so; a plain "yes" leaves it open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from search.eligibility.assessment import Basis, Judgement, Truth
from search.eligibility.context import telling
from search.eligibility.criterion import Condition, Requirement
from search.eligibility.judge.details import compare_detail, days_in, has_form, names_member
from search.eligibility.known import Known
from search.patient import ConditionFact

_ADJECTIVE = re.compile(
    r"uncontrolled|unstable|unresolved|\bactive\b|severe|serious|significant|symptomatic|recent|\bcurrent|ongoing|chronic|"
    r"suspected|poorly|progressive|moderate|untreated|life[- ]threatening|systemic|high[- ]dose|\bstrong|\bmajor\b|"
    r"metastatic|malignant|massive|refractory|uncorrect|decompensated|non-healing|inadequate|clinically|known or|"
    r"\b(?:adequate|normal|acceptable)\b|\bfunction\b",
    re.I,
)
"""Words that bound what follows them, in a list all that follows."""
_TAIL = re.compile(
    r"requir\w+|needing|\bwithin\b|\bgrade\b|\bclass\b|>=|<=|[<>\u2265\u2264]|"
    r"\d+(?:\.\d+)?\s*(?:%|mg|day|week|month|year|ml|cell|mm)|interfer|preclud|not controlled|other than|only evidence|"
    r"unable|\bif\b|\bunless\b|except|\bthat\b|\bwhich\b|\bwho(?:se)?\b|\bwith\b|score|stage|exacerbat|insulin|complicat|"
    r"detectable|investigator|\bin the (?:last|past|previous)\b",
    re.I,
)
"""Words that bound what stands before them, wherever they stand in the clause."""
_HARMLESS = re.compile(
    r"\b(?:(?:patients?|subjects?|participants?|those|individuals?) (?:with|who (?:have|has|are))|"
    r"with (?:an? )?(?:active or prior |"
    r"prior |known |any )?history of|history of|prior|any|known|positive (?:for|test\w* (?:for|of))?|documented|"
    r"that (?:have|has)|diagnos\w+|infected with|infection with)\b",
    re.I,
)
_OF_THE_PATIENT = frozenset(
    """HBV|HCV|HIV|second malignancy|diabetes|hypertension|lung disease|cardiac disease|heart failure|liver disease|
    kidney disease|autoimmune disease|seizure|stroke|thromboembolism|bleeding|neuropathy|active infection|
    interstitial lung disease|pneumonitis|organ transplant|anticoagulation|steroids|allergy|psychiatric|
    pleural effusion or ascites|toxicity not recovered""".replace("\n    ", "").split("|")
)
"""Conditions that trials regulate: who does not have one need not have it in the form that is asked for."""


_LOOSELY_TOLD = frozenset({"surgery", "second malignancy"})
"""Told in so many ways that shared words do not make the patient's the one that is named."""
_IN_ANY_FORM = frozenset({"HIV", "diabetes", "organ transplant", "allogeneic transplant", "heart failure"})
"""Conditions that are there whatever is told of their form, where they are forbidden without a qualifier."""
_OWN_WORDS: Mapping[str, re.Pattern[str]] = {
    "active infection": re.compile(r"\b(?:active|ongoing|current)\s+(?=(?:\w+,?\s+(?:or\s+)?){0,3}infection)"),
    "unable to swallow": re.compile(r"\b(?:unable|inability|cannot)\s+to\s+swallow"),
    "toxicity not recovered": re.compile(r"\bunresolved\b|\bnot (?:yet )?(?:recovered|resolved)"),
}
"""Words that bound other conditions and here are part of the condition's name."""
_PASSING = frozenset(
    {"active infection", "live vaccine", "steroids", "QT drugs", "CYP drugs", "toxicity not recovered", "breastfeeding"}
)
"""What passes, heals or can be stopped: who has it may fit later."""
_TOPICS = frozenset(
    """HIV|HBV|HCV|active infection|autoimmune disease|interstitial lung disease|pneumonitis|cardiac disease|
    heart failure|hypertension|thromboembolism|bleeding|stroke|seizure|second malignancy|pregnancy|breastfeeding|
    contraception|immunosuppression|steroids|organ transplant|allogeneic transplant|neuropathy|GI obstruction|
    unable to swallow|surgery|live vaccine|allergy|psychiatric|substance abuse|measurable disease|life expectancy|
    tissue available|consent|QT drugs|CYP drugs|anticoagulation|pleural effusion or ascites|hearing loss|diabetes|
    liver disease|kidney disease|lung disease|toxicity not recovered|other""".lower()
    .replace("\n    ", "")
    .split("|")
)
"""Topics of the interchange format, which answer for themselves; other words are looked for in the text."""


OF_WOMEN = ("breastfeeding", "pregnancy")


def judge_condition(
    fact: Condition,
    requirement: Requirement,
    known: Known,
    quote: str = "",
    near: str | None = None,
    clause: str | None = None,
) -> Judgement:
    """By a condition under the criterion's own words, else by the same topic.

    Args:
        fact: the topic and what is noted of it.
        requirement: whether it is asked or forbidden.
        known: the patient.
        quote: the criterion's evidence.
        near: the evidence with the words right behind it; the evidence itself if not at hand.
        clause: the clause of the registry text that the evidence stands in; the evidence itself if not at hand.
    """
    topic = fact.topic
    sex = known.patient.sex.value if known.patient.sex is not None else None
    if topic in OF_WOMEN and sex == "male":
        return Judgement(Truth.NOT_APPLICABLE, "does not concern men")
    words = read_words(fact, quote, quote if near is None else near, quote if clause is None else clause)
    answers = [_same_topic(one, fact, requirement, words) for one in known.patient.conditions if _same(one, topic)]
    for one in known.patient.conditions:
        if not _same(one, topic) and one.topic.lower() not in _TOPICS:
            found = _by_words(one, words, requirement)
            if found is not None:
                answers.append(found)
    if not answers:
        return Judgement(Truth.UNKNOWN, f"{topic} is not stated", missing=(f"conditions.{topic}",))
    order = (Truth.MET, Truth.UNKNOWN, Truth.NOT_APPLICABLE, Truth.NOT_MET)
    answer = min(answers, key=lambda one: (order.index(one.holds), one.tentative, one.reason))
    passes = fact.topic in _PASSING and requirement is Requirement.PROHIBITED and answer.holds is Truth.MET
    return replace(answer, recoverable=True) if passes else answer


def is_listed(topic: str) -> bool:
    """Whether a topic is one of the interchange format's, which answers for itself alone."""
    return topic.lower() in _TOPICS


@dataclass(frozen=True, slots=True)
class Words:
    """A criterion's words, folded: what names the condition, and the clause around it."""

    near: str
    clause: str
    quote: str
    noted: str

    @property
    def own(self) -> str:
        """The noted value and the quote."""
        return f"{self.noted} {self.quote}"

    @property
    def narrow(self) -> str:
        """The noted value and the quote with what stands right behind it."""
        return f"{self.noted} {self.near}"

    @property
    def wide(self) -> str:
        """The noted value and the clause."""
        return f"{self.noted} {self.clause}"

    def qualified(self, without: re.Pattern[str] | None = None) -> bool:
        """Whether something bounds the condition."""
        at = self.clause.find(self.quote)
        until = at + len(self.quote) if at >= 0 else len(self.clause)
        before, behind = self.clause[:until], self.clause[until:]
        own = re.split(r"[,;]|\bor\b|\band\b", behind)[0]
        before = _HARMLESS.sub(" ", f"{self.noted} {before}")
        if without is not None:
            before, behind, own = (without.sub(" ", part) for part in (before, behind, own))
        return bool(_ADJECTIVE.search(f"{before} {own}") or _TAIL.search(f"{before} {behind}"))


def read_words(fact: Condition, quote: str, near: str, clause: str) -> Words:
    """The words that a condition is judged by; see `judge_condition`."""
    noted = str(fact.value) if isinstance(fact.value, str) else ""
    return Words(near.lower(), clause.lower(), quote.lower(), noted.lower())


_HARMLESS_TOPICS = frozenset({"postmenopausal", "menopausal status", "histology obtained"})
"""Words of a patient that forbid nothing wherever they are named."""
_PERMISSION = re.compile(
    r"\bnot (?:be )?(?:considered|exclu\w+|a reason)|\b(?:is|are|be) (?:allowed|permitted|eligible|acceptable)", re.I
)
"""Words that allow, though they stand among the exclusions."""


def judge_opaque(requirement: Requirement, known: Known, words: str) -> Judgement:
    """Words that no reader understood: unknown, and never a failure.

    Where something that the patient has is named in forbidden words, that is said.
    """
    asked = telling(words)
    for one in known.patient.conditions if not _PERMISSION.search(words) else ():
        names = telling(one.topic)
        harmless = one.topic.lower() in _TOPICS or one.topic.lower() in _HARMLESS_TOPICS
        if one.present and not harmless and names and names <= asked:
            return Judgement(
                Truth.UNKNOWN,
                f"these words were not understood, and they speak of {one.topic}",
                told=requirement is Requirement.PROHIBITED,
            )
    return Judgement(Truth.UNKNOWN, "these words were not understood")


def _same(told: ConditionFact, topic: str) -> bool:
    return told.topic.lower() == topic.lower()


def _stated(told: ConditionFact) -> str:
    return f"{told.topic}: {told.detail or ('yes' if told.present else 'no')}"


_REGULATED = re.compile(
    r"\bmust (?:have|be)\b|\bshould (?:have|be)\b|\beligible (?:if|provided|when|only)\b|allowed if", re.I
)
"""The condition is not forbidden as such; who has it must fulfil something."""


def _same_topic(told: ConditionFact, fact: Condition, requirement: Requirement, words: Words) -> Judgement:
    stated = _stated(told)
    required = requirement is Requirement.REQUIRED
    if not told.present:
        if required and fact.topic in _OF_THE_PATIENT:
            return Judgement(Truth.NOT_APPLICABLE, stated)
        return Judgement(Truth.NOT_MET, stated)
    if fact.topic == "life expectancy":
        return _life_expectancy(told, fact, stated)
    if told.detail is not None:
        answer = compare_detail(told.detail, words.wide, forbidden=not required)
        if answer is not None:
            loose = answer.loose or fact.topic in _LOOSELY_TOLD
            return Judgement(Truth.MET if answer.same else Truth.NOT_MET, stated, tentative=loose)
    qualified = words.qualified(_OWN_WORDS.get(fact.topic))
    if required:
        return _open(fact, stated) if fact.topic in _OF_THE_PATIENT and qualified else Judgement(Truth.MET, stated)
    elsewhere = fact.topic == "surgery" and told.detail is not None  # another operation than the one that is named
    if qualified or elsewhere or _REGULATED.search(words.clause) or not has_form(words.own, fact.topic):
        return _open(fact, stated)
    return Judgement(Truth.MET, stated, tentative=_may_differ(told, fact))


_OVER = re.compile(
    r"\b(?:past|prior|previous|resolved|cured|cleared|treated|surface antigen negative|svr|history)\b", re.I
)
_INFECTIONS = frozenset({"HBV", "HCV"})


def _may_differ(told: ConditionFact, fact: Condition) -> bool:
    """Whether the form that the patient has may be none that is meant by the bare name."""
    if told.detail is None or fact.topic in _IN_ANY_FORM:
        return False
    return fact.topic not in _INFECTIONS or _OVER.search(told.detail) is not None or "RNA negative" in told.detail


def _open(fact: Condition, stated: str) -> Judgement:
    return Judgement(
        Truth.UNKNOWN,
        f"{stated}; whether in the form that is named is not stated",
        missing=(f"conditions.{fact.topic}",),
        told=True,
    )


def _life_expectancy(told: ConditionFact, fact: Condition, stated: str) -> Judgement:
    own = days_in(told.detail or "")
    asked = fact.value * 7.0 if isinstance(fact.value, int | float) else days_in(str(fact.value or ""))
    if own is None or asked is None:
        return Judgement(Truth.UNKNOWN, stated, missing=("conditions.life expectancy",))
    return Judgement(Truth.MET if own >= asked - 3 else Truth.NOT_MET, stated)


def _by_words(told: ConditionFact, words: Words, requirement: Requirement) -> Judgement | None:
    """A condition under other words than the topics': all of its telling words stand in the criterion."""
    names, asked = telling(told.topic), telling(words.wide)
    member = told.detail is not None and names_member(told.detail, words.narrow)
    if not (names and names <= asked) and not member:
        return None
    stated = _stated(told)
    if not told.present:
        # The absence of one form says nothing of the others that a line may name.
        return Judgement(Truth.NOT_MET, stated, Basis.DERIVED) if names == telling(words.narrow) else None
    if told.detail is not None:
        answer = compare_detail(told.detail, words.wide, forbidden=requirement is not Requirement.REQUIRED)
        if answer is not None:
            loose = answer.loose and not member
            return Judgement(Truth.MET if answer.same else Truth.NOT_MET, stated, Basis.DERIVED, tentative=loose)
        if member:
            return Judgement(Truth.MET, stated, Basis.DERIVED)
    if requirement is Requirement.REQUIRED:
        return Judgement(Truth.MET, stated, Basis.DERIVED, tentative=True)
    if not names <= telling(words.narrow):
        return None
    if words.qualified(_with_name(names)):
        return Judgement(
            Truth.UNKNOWN,
            f"{stated}; whether in the form that is named is not stated",
            Basis.DERIVED,
            missing=(f"conditions.{told.topic}",),
            told=True,
        )
    return Judgement(Truth.MET, stated, Basis.DERIVED)


def _with_name(names: frozenset[str]) -> re.Pattern[str]:
    """The condition's own words with what leads to them ("requiring insulin"): they are fulfilled by it."""
    either = "|".join(sorted(map(re.escape, names)))
    return re.compile(rf"(?:(?:requir\w+|need\w+|(?:treated )?with|\bon|receiving|stage)[^.;,]{{0,12}})?\b(?:{either})")
