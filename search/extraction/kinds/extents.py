"""Extent and course of the disease under study: metastatic, locally advanced, unresectable, recurrent, refractory …

A word counts where it describes the disease ("recurrent or metastatic carcinoma", "the disease must have relapsed"),
not where it describes something else (refractory nausea, brain metastases inside a threshold, the setting of an
earlier therapy, progression on a drug). Words that stand together ("locally advanced or metastatic") are one criterion.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from search.eligibility.criterion import Extent, Fact, Requirement, Section
from search.extraction.flow import flow
from search.extraction.kinds.disease import (
    LONGEST,
    MOST,
    Disease,
    disease,
    is_abbreviation,
    is_conditional,
    is_negated,
    is_other,
    is_purpose,
    words_before,
)
from search.extraction.kinds.extent_words import (
    COURSE_WHEN_EXCLUDED,
    HEAD,
    JOINS,
    NOT_EXTENT_AFTER,
    NOT_EXTENT_BEFORE,
    ORGAN_BEFORE,
    PREDICATE,
    STEMS,
    THERAPY_AFTER,
    WORDS,
    ExtentWord,
)
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader, alternatives
from search.terminology import oncotree

_TO = re.compile(r" (?:to|or (?:are |is )?intolerant)\b")
_THAT_IS = re.compile(r"\((?:i\.e\.|e\.g\.|ie)?,? ?$")
_CLOSES = re.compile(r"(?: but non-?metastatic)?\)")
_ENROLLED = re.compile(
    r"[^.;]{0,20}?\b(?:cancers?|carcinomas?|tumou?rs?|melanoma|lymphoma|sarcomas?)\b[^.;]{0,60}?\b(?:may"
    r" be (?:enrol|includ)\w*|(?:are|is|will be) (?:\w+ )?(?:eligible|included|enrolled))"
)
_OTHERWISE = re.compile(r"\sOR\s")
_SAYS_NOT = re.compile(r"not|no|cannot|can not|could not")
_ALTERNATIVE = re.compile(r"[,/(]|\bor\b|\band\b")
_GAP = 50
_NEXT = 4
"""Words behind in which an abbreviation is looked for."""
_AFTER = 140


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    word: ExtentWord


class ExtentReader:
    """Reads extent and course."""

    triggers: tuple[str, ...] = (
        *(
            "metasta",
            "advanced",
            "resect",
            "operable",
            "operab",
            "locali",
            "recur",
            "relaps",
            "refractor",
            "diagnosed",
            "de novo",
            "progress",
        ),
        *(
            "oligomet",
            "castrat",
            "hormone",
            "androgen",
            "residual",
            "mrd",
            "disseminated",
            "untreated",
            "amenable",
            "removed",
            "excis",
            "crpc",
            "surger",
        ),
        *("surgical", "confined", "hspc", "extracranial", "failed to respond", "de-novo", "early"),
    )

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """All extents of the line."""
        if not disease(text).oncology:
            return
        words = sorted(_words(line, disease(text)), key=lambda f: (f.start, -f.end))
        found = [
            finding for group in islice(_groups(words, line), MOST) for finding in _judge(line, group, text, words)
        ]
        yield from _as_alternatives(line, found) if len(found) > 1 else found


def _words(line: Line, own: Disease) -> Iterator[_Found]:
    flowing = flow(line.folded)
    liquid = any(oncotree.LIQUID in (code, *oncotree.ancestors(code)) for code in own.codes)
    words = flowing.text[:LONGEST]
    present = {stem for stem in STEMS if stem in words}
    for word in WORDS if present else ():
        if (not word.liquid or liquid) and not present.isdisjoint(word.stems):
            for match in word.pattern.finditer(words):
                yield _Found(flowing.original(match.start()), flowing.original(match.end() - 1) + 1, word)


def _groups(found: list[_Found], line: Line) -> Iterator[tuple[_Found, ...]]:
    """Words joined by "or", commas and slashes; where two overlap, the longer one."""
    group: list[_Found] = []
    for one in found:
        if group and one.start < group[-1].end:
            if one.end - one.start > group[-1].end - group[-1].start:
                group[-1] = one
            continue
        if group:
            between = line.folded[group[-1].end : one.start]
            whole = group[-1].word.complete and _OTHERWISE.search(line.plain[group[-1].end : one.start])
            if len(between) > _GAP or whole or not JOINS.fullmatch(between):
                yield tuple(group)
                group = []
        group.append(one)
    if group:
        yield tuple(group)


def _without_own_negations(line: Line, group: tuple[_Found, ...], words: list[_Found]) -> Line | None:
    """The line without other extents that say "not" themselves ("not amenable to surgery"); None if there are none.

    Their "not" is their own, and negates no other words.
    """
    folded = line.folded
    for one in words:
        if one not in group and _SAYS_NOT.match(folded, one.start):
            folded = folded[: one.start] + " " * (one.end - one.start) + folded[one.end :]
    return replace(line, folded=folded) if folded is not line.folded else None


def _judge(line: Line, group: tuple[_Found, ...], text: CriteriaText, words: list[_Found]) -> Iterator[Finding]:
    first, last = group[0], group[-1]
    before = words_before(line, first.start)
    after = _words_after(line, group)
    start, end = line.start + first.start, line.start + last.end
    values = tuple(dict.fromkeys(value for one in group for value in one.word.values))
    if NOT_EXTENT_BEFORE.search(before) or NOT_EXTENT_AFTER.match(after) or is_purpose(before):
        return
    complete = all(one.word.complete for one in group)
    if not complete and (ORGAN_BEFORE.search(before) or THERAPY_AFTER.match(after)):
        return
    if values == ("refractory",) and _TO.match(after):
        return  # an outcome of therapy
    if not complete and not (
        HEAD.match(after)
        or _abbreviated(line, last.end)
        or PREDICATE.search(before)
        or (_THAT_IS.search(before) and _CLOSES.match(after))
    ):
        return
    if is_other(line, start, end, text):
        return
    resolved = stance(line, start, end, text)
    requirement = resolved.requirement
    if requirement is Requirement.PROHIBITED and line.section is Section.INCLUSION and not is_negated(before, after):
        requirement = Requirement.REQUIRED if text.parent(line) is None else requirement
    if requirement is Requirement.PROHIBITED and line.section is Section.INCLUSION:
        own = _without_own_negations(line, group, words)
        if own is not None and not is_negated(words_before(own, first.start), _words_after(own, group)):
            requirement = Requirement.REQUIRED
    if requirement is Requirement.ALLOWED and values == ("progressive",):
        return
    if is_conditional(before, after):
        if line.section is not Section.INCLUSION or not _ENROLLED.match(after):
            return
        requirement = Requirement.REQUIRED
    if line.section is Section.EXCLUSION:
        if requirement is Requirement.REQUIRED:
            return
        if requirement is Requirement.PROHIBITED:
            values = tuple(value for value in values if value not in COURSE_WHEN_EXCLUDED)
    if "metastatic" in values and "oligometa" in disease(text).context.lower() and line.section is Section.INCLUSION:
        values = tuple(value for value in values if value != "metastatic")  # counted lesions, not the extent
    confidence = min(one.word.confidence for one in group)
    for part in _parts(line, group, values):
        yield Finding(
            Extent(part), start, _evidence_end(line, last), requirement, confidence, exception=resolved.exception
        )


def _as_alternatives(line: Line, found: list[Finding]) -> Iterator[Finding]:
    """The findings of a line, those required on one side only of an "OR" in capitals as alternatives."""
    borders = alternatives(line)
    sides: dict[Fact, set[int]] = {}
    for one in found:
        if one.requirement is Requirement.REQUIRED:
            sides.setdefault(one.fact, set()).add(bisect_right(borders, one.start))
    several = len(set().union(*sides.values())) > 1 if sides else False
    for one in found:
        single = several and one.requirement is Requirement.REQUIRED and len(sides[one.fact]) <= len(borders)
        yield replace(one, or_group=one.or_group or "extent") if single else one


def _abbreviated(line: Line, end: int) -> bool:
    """Whether an abbreviation for a cancer stands among the next words."""
    words = line.plain[end : end + _GAP].split()[:_NEXT]
    return any(is_abbreviation(word) for word in words if not word.islower())


def _words_after(line: Line, group: tuple[_Found, ...]) -> str:
    """The words behind a group, or behind the bracket it opened ("advanced (metastatic or recurrent …) carcinoma")."""
    end = group[-1].end
    inside = line.folded[group[0].start : end]
    if inside.count("(") > inside.count(")"):
        closing = line.folded.find(")", end, end + _AFTER)
        end = closing + 1 if closing >= 0 else end
    after = " ".join(line.folded[end : end + _AFTER].split())
    return " " + after if line.folded[end : end + 1].isspace() else after


def _parts(line: Line, group: tuple[_Found, ...], values: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Alternatives together; words without "or" between them ("metastatic castration-resistant") one by one."""
    gaps = [line.folded[one.end : other.start] for one, other in pairwise(group)]
    if not any(_ALTERNATIVE.search(gap) for gap in gaps):
        yield from ((value,) for value in values)
        return
    rest = tuple(value for value in values if value != "castration_resistant")
    if len(rest) < len(values):
        yield ("castration_resistant",)
    if rest:
        yield rest


def _evidence_end(line: Line, last: _Found) -> int:
    """The words, with the noun they describe where it follows at once."""
    noun = re.match(
        r"\s+(?:disease|cancers?|tumou?rs?|carcinomas?|melanoma|lymphoma|sarcomas?)\b",
        line.folded[last.end : last.end + 20],
    )
    return line.start + last.end + (noun.end() if noun else 0)


EXTENTS: Reader = ExtentReader()
"""The reader of the kind `extent`."""
