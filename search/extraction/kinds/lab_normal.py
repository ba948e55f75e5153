"""Analytes that must be normal: "creatinine within institutional limits", "normal serum calcium"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from search.extraction.kinds.lab_binding import Slot
from search.extraction.kinds.lab_conditions import find_condition
from search.extraction.kinds.lab_page import Fact, Page
from search.extraction.kinds.lab_values import Reading, normal_bounds
from search.terminology.analytes import AnalyteMention

_LIKELY = 0.9
_MOST_ANALYTES = 40
"""Analytes that one line is read for."""
_NORMAL_GAP = 90
"""Characters between an analyte and the word that calls it normal, at most."""
_TAIL = 140
"""Characters behind it in which a condition may stand."""
_NORMAL = re.compile(
    r"(?:within|in|at|to) (?:the |their |normal |own )?(?:institution(?:al|'s)?|laboratory|local|lab"
    r"|age-appropriate|site)?'?s? ?(?:normal|reference)(?: institutional| laboratory"
    r"| reference)?(?: \w+)? ?(?:limits?|ranges?|values?|levels?)\b"
    r"|within (?:the )?(?:institutional |laboratory |local )*limits? of (?:the )?(?:institutional "
    r"|laboratory )*normal|\bwnl\b|within (?:the )?normal\b(?: range| limits?)?|within (?:the )?(?:institutional"
    r"|laboratory) limits?"
    r"|(?:is|are|be|being|remain|remains|:|=) ?(?:in the )?normal(?: (?:range|limits?|values?))?\b(?! saline"
    r"| organ)|normal (?:limits?|range)\b|(?<=[a-z)\]] )normal\b(?= by\b| on\b| at\b| per\b| for\b| or\b| and\b"
    r"|\W*$|[,.;)])"
)
_NORMAL_BEFORE = re.compile(
    r"(?<!ab)\bnormal (?:(?:serum|total|baseline|blood|plasma|levels? of|values? (?:of|for)|resting"
    r"|institutional|cardiac|the) )*$"
)


def speaks_of_normal(folded: str) -> bool:
    """Whether a line may say that something is normal."""
    return "normal" in folded or "wnl" in folded or "institutional limits" in folded


def normal_facts(page: Page, found: Sequence[Slot], mentions: Sequence[AnalyteMention]) -> list[Fact]:
    """Facts of the analytes that are called normal and have no threshold of their own.

    Args:
        page: the line.
        found: its slots.
        mentions: its analytes.
    """
    if not mentions or not speaks_of_normal(page.folded):
        return []
    normals = list(_NORMAL.finditer(page.folded))
    folded = page.folded
    taken = [(slot.start, slot.end) for slot in found]
    facts: list[Fact] = []
    claimed: set[int] = set()
    for number, mention in enumerate(mentions[:_MOST_ANALYTES]):
        if any(s <= mention.start < e for s, e in taken) or number in claimed:
            continue
        group = [mention]
        for later in mentions[number + 1 :]:
            gap = folded[group[-1].end : later.start]
            if len(gap) > 30 or re.search(r"\d|[<>\u2264\u2265;]|\bnormal\b", gap) or re.search(r"[a-z]{9,}", gap):
                break
            group.append(later)
        claimed |= set(range(number, number + len(group)))
        start, end = group[0].start, group[-1].end
        after = next((n for n in normals if _reaches_normal(folded[end : n.start()], n.start() - end)), None)
        leading = _NORMAL_BEFORE.search(folded[max(0, start - 50) : start])
        if after is None and leading is None:
            continue
        if after is not None and re.search(
            r"\b(?:above|below|over|under|less|greater|not|upper|lower)\b", folded[end : after.start()]
        ):
            continue
        stop = after.end() if after else end
        if page.prohibits(start, stop) or _is_conditional_normal(folded, start):
            continue
        condition = find_condition(folded[stop : stop + _TAIL].split(";")[0].split(". ")[0])
        for one in dict.fromkeys(m.name for m in group):
            names = ("AST", "ALT") if one == "transaminases" else (one,)
            for name in names:
                for op, value, unit in normal_bounds(name):
                    facts.append(
                        Fact(
                            name, op, Reading(value, unit), start, stop, condition.name if condition else None, _LIKELY
                        )
                    )
    return facts


def _reaches_normal(gap: str, length: int) -> bool:
    """Whether "normal" is said of the analyte before the gap."""
    if not 0 <= length <= _NORMAL_GAP:
        return False
    timeless = re.sub(r"\bwithin \d+ (?:days?|weeks?|months?)[a-z ]*", "", gap)
    return len(timeless) <= _NORMAL_GAP // 2 and re.search(r"[;<>\u2264\u2265]|\.\s|\d", timeless) is None


def _is_conditional_normal(folded: str, start: int) -> bool:
    return re.search(r"\b(?:if|when|unless|until|after|history of|whose)\b[^,;.]{0,30}$", folded[:start]) is not None
