"""Settings of a treatment: what a criterion asks ("in the metastatic setting") and what a history tells."""

from __future__ import annotations

import functools
import re
from enum import StrEnum


class Setting(StrEnum):
    """Settings that can be compared."""

    NEOADJUVANT = "neoadjuvant"
    ADJUVANT = "adjuvant"
    EARLY = "early"
    """With curative intent, for localized disease (definitive, primary, initial)."""
    LATE = "late"
    """For advanced or metastatic disease."""
    RECURRENT = "recurrent"
    """For disease that came back or no longer responds."""
    CONCURRENT = "concurrent"
    """Still going on."""
    MAINTENANCE = "maintenance"
    FIRST_LINE = "first line"
    SECOND_LINE = "second line"
    ANY = "any"
    OTHER = "other"
    """Words that were not understood."""


_PATTERNS: tuple[tuple[Setting, str], ...] = (
    (Setting.ANY, r"^(?:any|all)\b|^$"),
    (Setting.NEOADJUVANT, r"\bneo-?adjuvant\b|\bpre-?operative\b|\binduction\b"),
    (Setting.ADJUVANT, r"\badjuvant\b|\bpost-?operative\b|\bdcis\b|\bin situ\b"),
    (Setting.MAINTENANCE, r"\bmaintenance\b"),
    (Setting.FIRST_LINE, r"\bfirst[- ]line\b|\b1l\b|\bfront-?line\b"),
    (Setting.SECOND_LINE, r"\bsecond[- ]line\b|\b2l\b"),
    (Setting.CONCURRENT, r"\bconcurrent|\bconcomitant|\bongoing\b|\bcurrent\b(?! (?:locally|advanced))"),
    (Setting.LATE, r"metastatic|advanced|unresectable|palliative"),
    (Setting.RECURRENT, r"recurr|relaps|refractory|resistant|sensitive|salvage"),
    (Setting.EARLY, r"\b(?:early|locali[sz]ed|definitive|primary|initial|curative|perioperative)\b"),
)
_COMPILED = tuple((setting, re.compile(pattern)) for setting, pattern in _PATTERNS)


@functools.lru_cache(maxsize=1024)
def settings_of(text: str | None) -> frozenset[Setting]:
    """The settings that words name; empty where nothing was said."""
    if text is None:
        return frozenset()
    words = text.strip().lower()
    found = frozenset(setting for setting, pattern in _COMPILED if pattern.search(words))
    if Setting.NEOADJUVANT in found and not re.search(r"(?<!neo)(?<!neo-)\badjuvant", words):
        found -= {Setting.ADJUVANT}
    return found or frozenset({Setting.OTHER})


def read_setting(text: str | None) -> Setting | None:
    """The one setting that words name; None where nothing was said or several are."""
    found = settings_of(text)
    return next(iter(found)) if len(found) == 1 else None


_EARLIER = frozenset({Setting.NEOADJUVANT, Setting.ADJUVANT, Setting.EARLY})
_LATER = frozenset({Setting.LATE, Setting.RECURRENT})
_NUMBERED = {Setting.FIRST_LINE: 1, Setting.SECOND_LINE: 2}


def agrees(asked: str | None, told: str | None, line: int | None) -> bool | None:
    """Whether a treatment was given in the setting that is asked for; None if that cannot be told."""
    wanted = settings_of(asked)
    if not wanted or Setting.ANY in wanted:
        return True
    if asked is not None and told is not None and asked.strip().lower() == told.strip().lower():
        return True
    had = settings_of(told) - {Setting.ANY}
    if Setting.CONCURRENT in wanted:
        return Setting.CONCURRENT in had
    if Setting.OTHER in wanted:
        return None
    early = bool(had & _EARLIER)
    for setting, number in _NUMBERED.items():
        if setting in wanted and not early:
            if setting in had or line is not None:
                return setting in had or line == number
            return None
    if wanted & had:
        return True
    if wanted & _LATER:
        return _late(wanted, had, line)
    if wanted & _EARLIER and had & (_LATER | {Setting.SECOND_LINE}):
        return False
    if Setting.EARLY in wanted and early:
        return True
    return False if had & (_EARLIER | _LATER) else None


def _late(wanted: frozenset[Setting], had: frozenset[Setting], line: int | None) -> bool | None:
    if had & _EARLIER:
        return False
    if wanted == {Setting.RECURRENT} and had == {Setting.LATE} and line == 1:
        return None  # advanced from the start, or come back
    if had & (_LATER | {Setting.SECOND_LINE}):
        return True
    if Setting.FIRST_LINE in had:
        # The first line of a disease that was advanced from the start is told as "first line" too.
        return None if Setting.LATE in wanted else False
    if Setting.MAINTENANCE in had:
        return None
    return True if line is not None else None
