"""Disease in the central nervous system: looked for and not found, or found, treated, stable, active."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from search.extraction.notes.assertion import is_negated, is_relative
from search.extraction.notes.text import NoteFact, NoteText

_BRAIN = r"(?:brain|cns|cerebral|cerebellar|intracranial|parietal|frontal|occipital|temporal|pontine|brainstem)"
_METS = re.compile(
    rf"\b(?:{_BRAIN}(?:\s+or\s+\w+)?\s+(?:mets?|metast\w+|lesions?|disease|involvement|leuk(?:a?)emia|lymphoma"
    rf"|secondaries|deposits?|tumou?rs?)"
    rf"|(?:mets?|metast\w+)(?:\s+\w+){{0,3}}?\s+(?:to|in)\s+(?:the\s+)?(?:\w+,?\s+(?:and\s+)?){{0,3}}?brain"
    rf"|(?:\w+,?\s+(?:and|or)\s+)brain\s+(?:mets?|metast\w+)"
    r"|cns\b(?=\s+(?:leuk|relapse|positive)))"
)
_CLEAR = re.compile(
    r"\b(?:(?:mri|ct|imaging|scan)(?:\s+of)?(?:\s+the)?\s+(?:brain|head)|(?:brain|head|cranial|cns)\s+(?:mri"
    r"|ct|imaging|scan|mr)\b)"
    r"(?:\s*\([^()]{0,30}\))?(?:\s+(?:is|was|with contrast|w/ contrast|today|this week|last (?:week|month)"
    r"|\d+ (?:weeks?|wks?|days?|mo\w*) ago|done|also|report\w*|scan|show(?:s|ed|ing)?|demonstrat\w+"
    r"|reveal\w+))*[\s:,-]*"
    r"(?:neg(?:ative)?\b|clear|clean|normal|nl\b|unremarkable|no\s+(?:\w+\s+){0,2}(?:lesions?|mets|metast\w+"
    r"|disease|evidence|abnormalit\w+|intracranial)|without\s+(?:\w+\s+){0,2}(?:mets|metast\w+|lesions?))"
    r"|\bbrain\s+(?:is\s+)?clear\b|\bcsf\s+(?:is\s+|was\s+)?(?:clear|neg\w*|clean)|\bneuro-?axis clear"
    r"|\bno\s+(?:known\s+)?cns\b"
)
_CLEAR_TOO = re.compile(r"\bbrain mri,?\s+(?:both|all)\s+(?:neg\w*|clear)|\bmri brain\b[^.;]{0,40}\bbrain clear")
_LEPTO = re.compile(r"\b(?:leptomeningeal|lmd)\b")
_TREATED = re.compile(
    r"\b(?:srs|radiosurgery|gamma ?knife|cyber ?knife|wbrt|whole[- ]brain|resected|craniotomy|radiat\w+"
    r"|irradiat\w+|treated|s/p|rt)\b"
)
_STABLE = re.compile(
    r"\b(?:stable|no (?:new|progression|edema|recurrence|symptoms|deficits)|without (?:recurrence|progression)"
    r"|controlled|asymptomatic since|better|resolved|off (?:dexa\w*|steroids|dex)|unchanged)\b"
)
_ACTIVE = re.compile(r"\b(?:new|active|progress\w+|enlarging|growing|symptomatic|edema|increasing|untreated)\b")
_UNTREATED = re.compile(
    r"\b(?:untreated|not (?:yet )?treated|asymptomatic|no (?:prior )?(?:rt|radiation|local)|incidental|planned|plan)\b"
)
_NEAR = 260
_MOST = 200
"""Mentions of metastases that are looked at."""


def cns(note: NoteText) -> Iterator[NoteFact]:
    """The state of the central nervous system, where the note says it."""
    present: list[re.Match[str]] = []
    absent: re.Match[str] | None = None
    for match in islice(_METS.finditer(note.lower), _MOST):
        if is_relative(note, match.start(), match.end()):
            continue
        if is_negated(note, match.start(), match.end()) or "no extracranial" in match.group():
            absent = absent or match
        elif not re.match(r"\s*(?:screen|protocol|is excluded|ruled out)", note.lower[match.end() : match.end() + 20]):
            present.append(match)
    for match in _LEPTO.finditer(note.lower):
        denied = is_negated(note, match.start(), match.end())
        yield note.fact("conditions", {"leptomeningeal": not denied}, match.start(), match.end())
        if not denied:
            yield note.fact("cns", "leptomeningeal", match.start(), match.end())
            return
    if present:
        yield _state(note, present)
        return
    clear = _CLEAR.search(note.lower) or _CLEAR_TOO.search(note.lower) or absent
    if clear is not None:
        yield note.fact("cns", "none", clear.start(), clear.end())


def _state(note: NoteText, present: list[re.Match[str]]) -> NoteFact:
    first = present[0]
    around = " ".join(note.lower[max(0, one.start() - 60) : one.end() + _NEAR] for one in present[:5])
    treated = _TREATED.search(around) is not None
    # The words of activity count only close to the lesion.
    close = " ".join(note.lower[max(0, one.start() - 25) : one.end() + 40] for one in present[:5])
    active = _ACTIVE.search(close) is not None and not re.search(r"no (?:new|edema)|asymptomatic|stable", close)
    stable = _STABLE.search(around) is not None
    if treated and (stable or not active):
        state = "treated_stable"
    elif treated or active:
        state = "active"
    else:
        state = "untreated"
    return note.fact("cns", state, first.start(), first.end())
