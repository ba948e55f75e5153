"""The words around a criterion: its line, its clause, the exception in it, and for whom it is said.

Evidence is short ("autoimmune"); what bounds it stands beside it ("requiring systemic treatment within two years, other
than vitiligo"). Without the text only the evidence itself is known.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from search.eligibility.criterion import Cancer, Condition, Criteria, Criterion, PriorTherapy, Requirement

_STOP = re.compile(r"[;]|\.(?=\s|$)|\n\s*\n|\n\s*(?:[-*\u2022]|\d+[.)])\s")
_EXCEPTING = re.compile(
    r"\b(?:except(?:ion|ing|ed)?|unless|other than|excluding|apart from|however|does not apply|"
    r"not (?:considered )?exclusion\w*)\b"
    r"|(?P<refused>\bnot\s+(?:be\s+)?)?\b(?:allowed|permitted|eligible|acceptable)\b|\([^()]*\bonly\s*\)",
    re.I,
)
_GOES_ON = re.compile(r"\s*(?:however|exceptions?|except|note|but|unless)\b", re.I)
"""How a sentence begins that bounds the one before it."""
_ALLOWS = re.compile(r"allowed|permitted|acceptable", re.I)
_EXCEPTS = re.compile(r"\s*(?:[-*\u2022]\s*)?(?:unless|except(?:ions?|ing)?)\b", re.I)
_PERMITTING = re.compile(r"\b(?:is|are)\s+(?:permitted|allowed|acceptable|not subject to|not (?:an? )?exclusion)", re.I)
"""A sentence of its own that takes something out of what the one before it forbids."""
_PREMISE = re.compile(
    r"\b(?:if|when|where|in case|provided|for (?:patients|participants|subjects|those|individuals|women|men|tumou?rs)"
    r"|(?:patients|participants|subjects|those) (?:with|who|whose))\b",
    re.I,
)
_MARKED = (
    r"(?:mutat\w*|mutant|variants?|rearrang\w*|fusions?|transloc\w*|amplif\w*|altered|alterations?|aberrations?|deficien\w*"
    r"|positive|negative|overexpress\w*|express\w*|msi-h\w*|actionable|drivers?|sensitizing|sensitising|hot ?spot"
    r"|tps|cps|tmb|ihc|dmmr|exon|[a-z]+ex\d+|[a-z]\d{2,4}[a-z])"
)
_OF_SOME = re.compile(
    r"\W*(?:\d+[.)]\s*)?(?:all |any |the )?"
    r"(?:(?:patients|participants|subjects|those|tumou?rs|cancers|disease|individuals)"
    r" (?:with|whose|who have|harbou?ring|having|that (?:have|are|harbou?r))\b"
    rf"(?:(?!\bmust\b|\bshould\b)[^.;]){{0,90}}?\b{_MARKED}"
    rf"|(?:[\w/+-]+[ -]){{1,4}}?{_MARKED}[ -](?:[\w-]+ ){{0,2}}?"
    r"(?:tumou?rs?|cancers?|disease|patients|participants|subjects|carcinomas?|nsclc))\b"
    r"(?:\s*:|(?:(?!\bmust\b|\bshould\b)[^.;]){0,40}\b(?:must|should|need to|(?:are|is) required to|ha(?:ve|s) to)\b)",
    re.I,
)
"""A subject that only some of the patients are ("BRCA-mutated tumours must have …")."""
_ALTERNATIVES = re.compile(r"\b(?:or|either|and/or|one of)\b|/", re.I)
_NEAR = 300
"""Characters behind the evidence in which an exception that was not read may begin."""
_AROUND = 200
"""Characters on either side of the evidence that a clause may hold."""
RIGHT_BEHIND = 40
"""Characters behind the evidence that `near` holds."""
_REACH = 1500
"""Characters of a line on either side of the evidence that are looked at."""


@dataclass(frozen=True, slots=True)
class TrialWords:
    """A trial's text, for looking around a criterion."""

    text: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    """Lines, in order."""
    cancers: Mapping[tuple[int, str | None], frozenset[str]] = field(default_factory=dict)
    """By line and cohort, the OncoTree codes that the line asks for."""
    malignancies: tuple[Criterion, ...] = ()
    """Criteria that forbid other malignancies: what one of them excepts is excepted in all."""

    def line(self, criterion: Criterion) -> str:
        """The line that the evidence stands in; the evidence itself without a text."""
        start, end = self.line_span(criterion)
        return self.text[start:end] if end > start else criterion.evidence.quote

    def line_span(self, criterion: Criterion) -> tuple[int, int]:
        """Where the line of the evidence begins and ends, as far as it is looked at; (0, 0) without a text."""
        evidence = criterion.evidence
        if self.text[evidence.start : evidence.end] != evidence.quote:
            return (0, 0)
        at = bisect.bisect_right(self.spans, (evidence.start, len(self.text) + 1)) - 1
        if at >= 0 and self.spans[at][1] >= evidence.end:
            start, end = self.spans[at]
        else:
            start = self.text.rfind("\n\n", 0, evidence.start) + 1
            stop = self.text.find("\n\n", evidence.end)
            end = stop if stop >= 0 else len(self.text)
        return max(start, evidence.start - _REACH), min(end, evidence.end + _REACH)

    def clause(self, criterion: Criterion) -> str:
        """The sentence or clause of the evidence, no more than a few hundred characters of it."""
        start, end = self.line_span(criterion)
        start, end = max(start, criterion.evidence.start - _AROUND), min(end, criterion.evidence.end + _AROUND)
        if end <= start:
            return criterion.evidence.quote
        evidence = criterion.evidence
        before = [match.end() for match in _STOP.finditer(self.text, start, evidence.start)]
        after = _STOP.search(self.text, evidence.end, end)
        return self.text[before[-1] if before else start : after.start() if after else end]

    def near(self, criterion: Criterion) -> str:
        """The evidence with the few words right behind it, within its clause."""
        clause, quote = self.clause(criterion), criterion.evidence.quote
        at = clause.find(quote)
        return clause[at : at + len(quote) + RIGHT_BEHIND] if at >= 0 else quote

    def exception(self, criterion: Criterion) -> str | None:
        """The words of an unless or except clause: as read, else what follows such a word in the line."""
        if criterion.exception is not None:
            start = criterion.exception.start
            known = self.text[start : criterion.exception.end] == criterion.exception.quote
            return (
                self._to_stop(criterion.exception.end, criterion.exception.quote)
                if known
                else criterion.exception.quote
            )
        start, end = self.line_span(criterion)
        if end <= start:
            return None
        first = criterion.evidence.end
        last = min(end, first + _NEAR)
        stops = list(_STOP.finditer(self.text, first, last))
        until = stops[0].start() if stops else last
        if stops and _GOES_ON.match(self.text, stops[0].end()):
            until = last
        found = next((match for match in _EXCEPTING.finditer(self.text, first, until) if not match["refused"]), None)
        if found is not None:
            # What is allowed stands before the word: "(mild asthma is allowed)".
            opens = self.text.rfind("(", first, found.start()) if _ALLOWS.search(found.group()) else -1
            return self.text[opens if opens >= 0 else found.start() : end]
        # Further on in the line only what can be nothing else than an exception to what stands before it.
        further = next((stop.end() for stop in stops if _EXCEPTS.match(self.text, stop.end())), None)
        if further is None and isinstance(criterion.fact, PriorTherapy):
            further = next((stop.end() for stop in stops if self._permits(stop.end(), end)), None)
        return self.text[further:end] if further is not None else None

    def exceptions(self, criterion: Criterion) -> str | None:
        """The words of its exception; of other malignancies those of all that are said of them in the text."""
        if not _of_malignancies(criterion):
            return self.exception(criterion)
        found = dict.fromkeys(self.exception(one) for one in (criterion, *self.malignancies))
        return "; ".join(words for words in found if words) or None

    def _permits(self, start: int, end: int) -> bool:
        stop = _STOP.search(self.text, start, end)
        return _PERMITTING.search(self.text, start, stop.start() if stop else end) is not None

    def _to_stop(self, end: int, quote: str) -> str:
        stop = _STOP.search(self.text, end, end + _REACH)
        return quote + self.text[end : stop.start() if stop else end + 200]

    def premise(self, criterion: Criterion) -> str | None:
        """The words that say for whom a clause holds ("if HER2-positive"), or None."""
        clause = self.clause(criterion)
        some = _OF_SOME.match(clause)
        if some is not None:
            return some.group()
        found = _PREMISE.search(clause)
        if found is None:
            return None
        # "Patients who have received …" opens most lines and restricts nobody.
        opening = not clause[: found.start()].strip(" \t\r\n-*\u20220123456789.)")
        restricting = found.group().split()[0].lower() in {"if", "when", "where", "in", "provided", "for"}
        return clause[found.start() :] if restricting or not opening else None

    def between(self, one: Criterion, other: Criterion) -> str:
        """The text between two pieces of evidence."""
        first, second = sorted((one.evidence, other.evidence), key=lambda evidence: (evidence.start, evidence.end))
        return self.text[first.end : second.start]

    def offers_alternatives(self, criterion: Criterion) -> bool:
        """Whether the line holds an "or"."""
        return _ALTERNATIVES.search(self.line(criterion)) is not None

    def line_cancers(self, criterion: Criterion) -> frozenset[str] | None:
        """The diseases that the criterion's own line asks for; None if it names none."""
        return self.cancers.get((criterion.line, criterion.cohort))


def words_of(criteria: Criteria, text: str) -> TrialWords:
    """The words of a trial.

    Args:
        criteria: its criteria.
        text: the eligibility text that they were read from; empty if it is not at hand.
    """
    cancers: dict[tuple[int, str | None], frozenset[str]] = {}
    for item in criteria.items:
        if isinstance(item.fact, Cancer) and item.requirement is Requirement.REQUIRED:
            key = (item.line, item.cohort)
            cancers[key] = cancers.get(key, frozenset()) | item.fact.codes
    spans = tuple(sorted((line.start, line.end) for line in criteria.lines if not line.heading))
    return TrialWords(text, spans, cancers, tuple(item for item in criteria.items if _of_malignancies(item)))


def _of_malignancies(criterion: Criterion) -> bool:
    fact = criterion.fact
    return (
        isinstance(fact, Condition)
        and fact.topic == "second malignancy"
        and criterion.requirement is Requirement.PROHIBITED
    )


@functools.lru_cache(maxsize=4096)
def telling(text: str) -> frozenset[str]:
    """The words of a text that carry its meaning, in the singular."""
    return frozenset(word.rstrip("s") for word in _WORD.findall(text.lower()) if word not in _COMMON)


_WORD = re.compile(r"[a-z]{3,}")
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "any",
        "who",
        "have",
        "has",
        "had",
        "are",
        "not",
        "than",
        "other",
        "prior",
        "history",
        "known",
        "from",
        "due",
        "that",
        "this",
        "active",
        "within",
        "disease",
        "diseases",
        "disorder",
        "disorders",
        "condition",
        "conditions",
        "patients",
        "patient",
        "subjects",
        "participants",
        "must",
        "evidence",
        "including",
        "such",
        "clinically",
        "significant",
        "current",
        "able",
        "type",
        "last",
        "dose",
        "recent",
        "use",
        "presence",
        "therapy",
        "treatment",
        "study",
        "diagnosis",
        "except",
        "exception",
        "unless",
        "which",
        "been",
        "those",
        "these",
        "only",
        "years",
        "year",
        "months",
        "weeks",
        "days",
        "ago",
        "adequately",
        "curatively",
        "curative",
        "treated",
        "cancer",
        "cancers",
        "malignancy",
        "malignancies",
        "without",
        "note",
    ]
)
