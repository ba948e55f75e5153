"""Which number belongs to which analyte: mentions, comparisons and the words between them become slots.

A comparison takes the analytes named before it ("AST and ALT ≤ 3 x ULN"), or those named right behind it ("≤ 1.5 x ULN
for: creatinine, ALP"), or, where none is named, is another threshold for the analytes of the comparison before it. A
comparison inside a clause ("for patients with creatinine > 1.5 x ULN") is a condition of its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.extraction.kinds.lab_values import natural_ops, reading, same_value
from search.extraction.numbers import Comparison, bare_numbers
from search.terminology.analytes import AnalyteMention

_GLUE_WORD = (
    r"(?:and|or|and/or|nor|both|either|serum|total|plasma|blood|levels?|counts?|the|of|values?|as|well|with|also"
    r"|known|called|formerly|i\.e|by|test|tests|results"
    r"|concentrations?|activity|estimated|calculated|measured|glutamic|glutamate|pyruvic|pyruvate|oxaloacetic"
    r"|oxalacetic|aminotransferase|transaminase|transferase|their|his|her|a|an|interval|time|x|hepatic|liver"
    r"|function|enzymes?|normal|adequate|ratio|radioisotope|each|alternatively)"
)
_GLUE = re.compile(rf"[\s,/()\[\]:&+*.-]*(?:{_GLUE_WORD}\b[\s,/()\[\]:&+*.-]*)*")
_LONGEST_GLUE = 80
_LONGEST_GAP = 150
"""Characters between an analyte and its number, at most."""
_LONGEST_GAP_WITHOUT_UNIT = 60
_FORWARD = re.compile(
    r"(?: ?[:(]? ?\b(?:for|of|in|on)\b)?(?: (?:the|serum|both|all|total|either|your|a|an|any|following|level"
    r"|levels|of|for|in|hepatotoxicity|elevations?|increases?|each)\b){0,4} ?:? ?-? ?"
)
_CLAUSE_OPENS = re.compile(
    r"(?P<cue>\b(?:if|when|unless|where|whenever|in case of|in cases of|provided(?: that)?|as long as|with|whose"
    r"|who have|having|who has|has|have|had|despite|at|because of|due to))"
    r"(?: (?:the|a|an|their|serum|baseline|screening|initial|total|known|elevated|abnormal|isolated|increased"
    r"|estimated|calculated|measured|both|either|only|patient|patient's|documented|any|of)\b)* ?\(?$"
)
_PERMITTED_IF = re.compile(
    r"\b(?:enrolled|eligible|allowed|permitted|included|acceptable|enroll|participate)(?: only)? $"
)
_FOR_WHOM = re.compile(r"\b(?:for|in|among|only|all)\b[^.;,]{0,40}$")
_MUST_FOLLOW = re.compile(
    r"^[^.;]{0,25}?\b(?:must|should|will need|need|needs|are required|require|requires|will be required"
    r"|are eligible|may be eligible|are allowed|may|can|then)\b"
)
_COUNTED = re.compile(
    r" ?-?(?:days?|weeks?|wks?|months?|years?|yrs?|hours?|hrs?|cm|mm\b(?! ?hg)|mg\b|kg|gy\b|cycles?|lines?"
    r"|lesions?|doses?|prior|times|consecutive|of\b|grade|separate|units?|measurements?|occasions?"
    r"|samples?|risk|fold|points?|patients|kilograms|cgy|minutes|sites?|nodes?|regimens?|values|readings"
    r"|additional|more|different|ecgs?|courses?|half|different|positive|:|-?th\b|st\b|nd\b|rd\b)"
)
_CHANGE = re.compile(
    r"\b(?:decrease|drop|fall|decline|rise|increase|reduction|change|improvement|variation)s? (?:in|of"
    r"|from) (?:the |a |an |their )?(?:\w+ ){0,2}$"
)
_GRADE = re.compile(r"\b(?:grade|class|stage|score|ctcae|nyha|gleason|level [iv1-4]+|v(?:ersion)?\.?) ?$")


@dataclass(frozen=True, slots=True)
class Slot:
    """A comparison with the analytes it bounds; `clause` where it only says for whom another one holds."""

    comparison: Comparison
    mentions: tuple[AnalyteMention, ...]
    clause: bool = False
    inherited: bool = False
    """Whether the analytes were named by another comparison."""
    forward: bool = False

    @property
    def start(self) -> int:
        """Where its words begin."""
        first = self.comparison.start
        return first if self.inherited or self.forward else min(first, self.mentions[0].start)

    @property
    def end(self) -> int:
        """Behind its words."""
        return max(self.comparison.end, self.mentions[-1].end) if self.forward else self.comparison.end

    @property
    def names(self) -> frozenset[str]:
        """The analytes."""
        return frozenset(m.name for m in self.mentions)


def slots(
    folded: str,
    compared: Sequence[Comparison],
    mentions: Sequence[AnalyteMention],
    before: Sequence[AnalyteMention] = (),
    *,
    excluding: bool = False,
) -> list[Slot]:
    """The slots of a line, in order.

    Args:
        folded: the flowing folded text of the line.
        compared: its comparisons.
        mentions: its analytes, outside the comparisons.
        before: analytes that the governing or the preceding line names for it.
        excluding: whether the line stands among the exclusions.
    """
    return _Binder(folded, compared, mentions, before, excluding=excluding).run()


class _Binder:
    def __init__(
        self,
        folded: str,
        compared: Sequence[Comparison],
        mentions: Sequence[AnalyteMention],
        before: Sequence[AnalyteMention],
        *,
        excluding: bool,
    ) -> None:
        self._folded = folded
        self._excluding = excluding
        self._mentions = list(mentions)
        stated = [c for c in compared if not _is_other(folded, c)]
        self._events = sorted([*stated, *self._bare(compared)], key=lambda c: c.start)
        self._found: list[Slot] = []
        self._pending: list[AnalyteMention] = []
        self._last = tuple(before)
        self._seen = 0

    def _bare(self, compared: Sequence[Comparison]) -> list[Comparison]:
        """Numbers with a unit that no comparator leads in."""
        spans = [(c.start, c.end) for c in compared]
        if not self._mentions:
            return [c for c in bare_numbers(self._folded, 0, min(len(self._folded), 60)) if c.unit in {"xULN", "xLLN"}]
        found = []
        for number in bare_numbers(self._folded, self._mentions[0].end, len(self._folded)):
            inside = any(s < number.end and number.start < e for s, e in spans)
            named = any(m.start <= number.start < m.end for m in self._mentions)
            if (
                not inside
                and not named
                and number.unit is not None
                and not self._folded[max(0, number.start - 1) : number.start].isalpha()
            ):
                found.append(number)
        return found

    def run(self) -> list[Slot]:
        for event in self._events:
            if self._found and event.start < self._found[-1].end:
                continue
            self._take_mentions(event.start)
            self._consume(event)
        return self._found

    def _take_mentions(self, stop: int) -> None:
        while self._seen < len(self._mentions) and self._mentions[self._seen].end <= stop:
            mention = self._mentions[self._seen]
            self._seen += 1
            if self._found and mention.start < self._found[-1].end:
                continue
            gap = self._folded[self._pending[-1].end : mention.start] if self._pending else ""
            if self._pending and not (len(gap) <= _LONGEST_GLUE and _GLUE.fullmatch(gap)):
                self._pending = []
            self._pending.append(mention)

    def _consume(self, event: Comparison) -> None:
        if self._pending:
            gap = self._folded[self._pending[-1].end : event.start]
            fitting = self._fitting(event, self._pending)
            limit = _LONGEST_GAP if event.unit is not None else _LONGEST_GAP_WITHOUT_UNIT
            if not event.stated and event.high is None and len(gap) > 12:
                limit = 0
            broken = re.search(r"\.\s+[a-z]|;", gap) is not None
            if fitting and len(gap) <= limit and not broken:
                clause = self._is_clause(event, fitting)
                self._found.append(Slot(event, fitting, clause=clause))
                if not clause:
                    self._last = fitting
                self._pending = []
            elif not fitting:
                self._alternative(event)  # a bound of the analytes before, passing over a word in between
            return
        if not self._ahead(event):
            self._alternative(event)

    def _fitting(self, event: Comparison, group: Sequence[AnalyteMention]) -> tuple[AnalyteMention, ...]:
        return tuple(m for m in group if reading(m.name, event, event.value, self._folded, m.quote) is not None)

    def _ahead(self, event: Comparison) -> bool:
        """Analytes named right behind the number."""
        group: list[AnalyteMention] = []
        at, seen = event.end, self._seen
        while seen < len(self._mentions):
            mention = self._mentions[seen]
            gap = self._folded[at : mention.start]
            pattern = _GLUE if group else _FORWARD
            if (
                len(gap) > _LONGEST_GLUE
                or not pattern.fullmatch(gap)
                or (not group and not gap.strip() and not event.unit)
            ):
                break
            group.append(mention)
            at, seen = mention.end, seen + 1
        fitting = self._fitting(event, group)
        if not fitting or not event.stated:
            return False
        following = next((e for e in self._events if e.start >= at), None)
        if (
            following is not None
            and len(following_gap := self._folded[at : following.start]) <= 18
            and not re.search(r"[,;.]|\b(?:and|or)\b", following_gap)
        ):
            return False
        self._seen = seen
        self._found.append(Slot(event, fitting, forward=True))
        self._last = fitting
        return True

    def _alternative(self, event: Comparison) -> None:
        """Another threshold for the analytes of the comparison before."""
        if not self._last:
            return
        previous = self._found[-1] if self._found else None
        fitting = self._fitting(event, self._last)
        gap = self._folded[previous.end if previous else 0 : event.start]
        if (
            not fitting
            or len(gap) > _LONGEST_GAP
            or (event.unit is None and (len(gap) > _LONGEST_GAP_WITHOUT_UNIT or not event.stated))
        ):
            return
        if previous is not None and previous.comparison.unit is None and event.unit is not None and not event.stated:
            return
        if previous is not None and self._same(previous.comparison, event, fitting[0].name):
            return  # the same once more in another unit: "9 g/dL (5.6 mmol/L)"
        self._found.append(Slot(event, fitting, inherited=True))

    def _same(self, one: Comparison, other: Comparison, name: str) -> bool:
        a, b = reading(name, one, one.value, self._folded), reading(name, other, other.value, self._folded)
        return a is not None and b is not None and same_value(name, a, b)

    def _is_clause(self, event: Comparison, group: Sequence[AnalyteMention]) -> bool:
        """Whether a comparison says for whom another threshold holds."""
        floor = self._found[-1].end if self._found else 0
        before = self._folded[floor : group[0].start]
        opens = _CLAUSE_OPENS.search(before)
        if opens is None:
            return False
        against = self._against_nature(event, group)
        if opens["cue"] == "where" and not against:
            return False
        if opens["cue"] in {
            "if",
            "when",
            "unless",
            "whenever",
            "in case of",
            "in cases of",
            "where",
            "provided",
            "provided that",
            "as long as",
        }:
            return _PERMITTED_IF.search(before[: opens.start()]) is None
        after = self._folded[event.end : event.end + 90]
        if opens["cue"] in {"despite", "because of", "due to"}:
            return against
        if self._found and _FOR_WHOM.search(before[: opens.start()]):
            return True
        return against and (
            bool(self._found)
            or _MUST_FOLLOW.match(after) is not None
            or _FOR_WHOM.search(before[: opens.start()]) is not None
        )

    def _against_nature(self, event: Comparison, group: Sequence[AnalyteMention]) -> bool:
        natural = natural_ops(group[0].name)
        return natural is not None and (event.op in natural) is self._excluding


def _is_other(folded: str, comparison: Comparison) -> bool:
    """Whether a comparison counts days, doses, grades …, nothing of a laboratory."""
    if comparison.unit is None and comparison.number:
        if comparison.number.isalpha():
            return True
        if _COUNTED.match(folded, comparison.end):
            return True
        if re.match(r" ?/ ?\d", folded[comparison.end : comparison.end + 4]):
            return True
    return (
        _GRADE.search(folded[max(0, comparison.start - 14) : comparison.start]) is not None
        or re.search(r"\bgrade\b", folded[comparison.start : comparison.end]) is not None
    )


def useful(mentions: Sequence[AnalyteMention], folded: str, compared: Sequence[Comparison]) -> list[AnalyteMention]:
    """The analytes a threshold can be for: not part of a unit or of another test's name."""
    kept = []
    for mention in mentions:
        if any(c.start <= mention.start < c.end for c in compared):
            continue
        before = folded[max(0, mention.start - 40) : mention.start]
        if _CHANGE.search(before):
            continue
        if mention.name in {"creatinine", "albumin"} and re.search(
            r"(?:protein|albumin)(?: ?\([a-z]{1,4}\))? ?(?:[:/-]|to(?: the)?|and) ?$", before
        ):
            continue
        if mention.name == "albumin" and re.match(
            r" ?(?:[:/-]|to) ?creatinine|[- ](?:bound|adjusted|corrected)", folded[mention.end : mention.end + 14]
        ):
            continue
        kept.append(mention)
    return kept
