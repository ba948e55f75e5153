"""What a statement means for the patient: section, negation, permission and exception resolved around a span.

The algebra (`effective = base xor negation`): the base comes from the section, or from the line or heading that
governs ("must not have any of the following:"), or from a modal verb ("must not" and "must have" mean what they say in
either section). A permission ("are eligible", "is allowed") makes a statement ALLOWED. An exception inverts what it
bounds: what a prohibition excepts is allowed, what a requirement or a permission excepts is prohibited.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from search.eligibility.criterion import Requirement, Section
from search.extraction import polarity_words as lexicon
from search.extraction.reading import CriteriaText, Line

_REQUIRED, _PROHIBITED, _ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED

_OWN_SUBJECT = 25
"""Characters behind a span in which a word such as "patients" still belongs to it ("HIV-infected patients with …")."""
_REACH = 1200
"""Characters of a sentence, on either side of a span, that have a say."""


@dataclass(frozen=True, slots=True)
class Stance:
    """The resolved meaning of a span, and the exception that bounds it (offsets in the raw text)."""

    requirement: Requirement
    exception: tuple[int, int] | None = None


def stance(line: Line, start: int, end: int, text: CriteriaText | None = None) -> Stance:
    """Resolve the meaning of a span inside its line.

    Args:
        line: the line that holds the span.
        start: first offset of the span in the raw text.
        end: offset behind it.
        text: where given, the line or heading that governs this one has its say as well.
    """
    first, last = sentence(line, start, end)
    first, last = max(first, start - line.start - _REACH), min(last, end - line.start + _REACH)
    before = " ".join(line.folded[first : max(first, start - line.start)].split()) + " "
    after = line.folded[end - line.start : last]
    base = governed(line, text)
    if first and base is _REQUIRED and lexicon.GOES_ON.match(before) and _permits(line.folded[:first][-_REACH:]):
        base = _ALLOWED
    if lexicon.NO_EXCEPTION.search(before):
        return Stance(_PROHIBITED)
    excepted = _exception_before(before)
    if excepted is not None:
        opening = before[: excepted.start()]
        outer = _meaning(opening, "", base) if opening.strip(" (,-") else _meaning("", after, base)
        return Stance(_inverted(outer, excepted))
    following = lexicon.EXCEPTION.search(after)
    exception = (end + following.start(), line.start + last) if following else None
    after = " " + " ".join(after.split())
    return Stance(_meaning(before, after, base), exception)


def _meaning(before: str, after: str, base: Requirement) -> Requirement:
    """Requirement of a span between two pieces of its sentence, apart from exceptions."""
    if "(" in before or "[" in before:
        before = lexicon.BRACKETS.sub(" ", before)
    if "(" in after:
        after = lexicon.ASIDE.sub(" ", after)
    condition = lexicon.CONDITION.search(before)
    if condition is not None and _permits(before[: condition.start()]):
        return _ALLOWED  # "are eligible provided they have no …"
    clause = before[lexicon.clause_start(before) :]
    stop = lexicon.clause_stop(after)
    if stop is None:
        subject = lexicon.SUBJECT.search(after, _OWN_SUBJECT)
        stop = len(after) if subject is None else subject.start()
    rest = after[:stop]

    forbidding = lexicon.FORBIDDANCE.search(rest) or lexicon.FORBIDDANCE.search(clause)
    permitting = lexicon.PERMISSION.search(rest)
    if permitting and forbidding and forbidding.string is rest:
        inside = forbidding.start() < permitting.start() < forbidding.end()  # "will not be eligible"
        permitting = None if inside else permitting
    if forbidding and not permitting and not _is_double(forbidding):
        return _PROHIBITED
    if permitting:
        return _PROHIBITED if re.search(r"\b(?:no|neither)\b", clause) else _ALLOWED
    if _permits(clause):
        return _ALLOWED
    negations = list(lexicon.NEGATION.finditer(clause))
    if negations:
        last = negations[-1]
        double = len(negations) > 1 and not lexicon.JOINS.search(clause, negations[-2].end(), last.end())
        if not double and _says(lexicon.MODAL_NO, clause):
            return _PROHIBITED
        negated = not double
    else:
        negated = False
        if _says(lexicon.MODAL_YES, clause) and base is not _ALLOWED:
            return _REQUIRED
    if base is _ALLOWED:
        return _PROHIBITED if negated else _ALLOWED
    return _REQUIRED if (base is _REQUIRED) != negated else _PROHIBITED


def _says(modal: lexicon.Gated, clause: str) -> bool:
    """Whether the statement itself holds a modal verb; "those who must take steroids" only describes."""
    found = modal.search(clause)
    return found is not None and not lexicon.RELATIVE.search(clause[: found.start()])


def _permits(words: str) -> bool:
    """Whether something has been allowed; that patients are eligible if they meet a criterion allows nothing."""
    permitting = lexicon.PERMISSION.search(words)
    if permitting is None:
        return False
    return ("elig" not in permitting.group() and "rol" not in permitting.group()) or not lexicon.GENERIC.search(
        words[: permitting.start()]
    )


def _is_double(forbidding: re.Match[str]) -> bool:
    """ "Will not be excluded": a forbiddance that is itself negated."""
    where = forbidding.string
    negated = re.search(r"\bnot (?:be |an? |considered )*$", where[: forbidding.start()])
    return negated is not None and ("exclu" in forbidding.group() or "disqual" in forbidding.group())


def _inverted(outer: Requirement, exception: re.Match[str]) -> Requirement:
    if outer is _PROHIBITED:
        return _ALLOWED
    if outer is _REQUIRED and lexicon.PERMITS_WHEN.match(exception.group()):
        return _ALLOWED  # "must have had X unless contraindicated"
    return _PROHIBITED


def _exception_before(before: str) -> re.Match[str] | None:
    """The last exception that still holds at the end of `before`."""
    found = None
    for match in lexicon.EXCEPTION.finditer(before):
        found = match
    if found is None:
        return None
    inside = before[found.end() :]
    if ")" in lexicon.BRACKETS.sub("", inside):
        return None  # it stood in brackets that are closed
    if not before[: found.start()].strip(" (,-") and "," in inside.partition("(")[0]:
        return None  # "Except for alopecia, …" ends at the comma
    if lexicon.COHORT_LABEL.match(inside):
        return None  # "All cohorts except 2f: …"
    if lexicon.RESUMES.search(inside) or (lexicon.SETS_APART.match(found.group()) and lexicon.WINDOW.search(inside)):
        return None
    return found


def governed(line: Line, text: CriteriaText | None) -> Requirement:
    """What a plain statement means here: by section, or by the line or heading that opens the list."""
    base = _REQUIRED if line.section is Section.INCLUSION else _PROHIBITED
    if text is None:
        return base
    parent = text.parent(line)
    if parent is not None and _leads(parent.folded):
        words, base = parent.folded, governed(parent, text)
    elif line.headings and parent is None and _heads(line.headings[-1]):
        words = line.headings[-1]
    else:
        return base
    defining = lexicon.DEFINES.search(words)
    if defining is not None:
        words = words[: defining.start()]  # what a term means governs nothing
    words = words.rstrip(" :.\r\n\t")
    if lexicon.EXCEPTION.search(words) and lexicon.OPENS_EXCEPTION.search(words):
        exception = _exception_before(words)
        if exception is not None:
            return _inverted(_meaning(words[: exception.start()], "", base), exception)
    first = max(words.rfind(". ") + 1, 0)
    return _meaning(words[first:] + " ", "", base) if lexicon.STATES.search(words[first:]) else base


@lru_cache(maxsize=256)
def _leads(folded: str) -> bool:
    """Whether a line opens a list; asked for every span of the lines below it."""
    return lexicon.LEADS.search(folded) is not None


@lru_cache(maxsize=256)
def _heads(heading: str) -> bool:
    """Whether a heading says what the lines below it mean."""
    return lexicon.HEADS.search(heading) is not None


def sentence(line: Line, start: int, end: int) -> tuple[int, int]:
    """Offsets, in the line, of the sentence that holds the span."""
    starts, ends = _boundaries(line.folded)
    before = bisect_right(ends, start - line.start) - 1
    behind = bisect_left(starts, end - line.start)
    return ends[before] if before >= 0 else 0, ends[behind] if behind < len(ends) else len(line.folded)


@lru_cache(maxsize=256)
def _boundaries(folded: str) -> tuple[list[int], list[int]]:
    """Where the ends of sentences begin and end."""
    starts: list[int] = []
    ends: list[int] = []
    for match in lexicon.SENTENCE_END.finditer(folded):
        if lexicon.ABBREVIATION.search(folded, max(0, match.start() - 8), match.start()):
            continue
        if match.group() == ";" and lexicon.LIST.search(folded, ends[-1] if ends else 0, match.start()):
            continue  # "no serious illness, including: A; B" is one statement
        starts.append(match.start())
        ends.append(match.end())
    return starts, ends


def sentences(line: Line) -> list[tuple[int, int]]:
    """Offsets, in the line, of its sentences in order; they cover it."""
    ends = _boundaries(line.folded)[1]
    if not ends or ends[-1] < len(line.folded):
        ends = [*ends, len(line.folded)]
    return list(pairwise([0, *ends]))
