"""Which washout belongs to which therapy of a sentence: "6 weeks for nitrosoureas", "X within 4 weeks", "since X"."""

from __future__ import annotations

import re

from search.extraction.kinds.therapy_mentions import Group
from search.extraction.kinds.windows import Window

_SINCE_REACH = 150
"""How far behind "4 weeks since" the therapy may stand."""
_BEHIND_REACH = 220
"""How far behind a therapy its window may stand."""
_LEADS = 25
"""Characters from its beginning in which a sentence's leading window stands."""
_NEXT = 30
"""How near behind "7 days for" another therapy must stand to take the window."""
_DATED_REACH = 80
"""Characters before a window in which an outcome is dated by it."""
_LEAD_TO = re.compile(r"[,:]|\b(?:received|had|treated|treatment|use|used|undergone)\b")
_LEAD_OVER = re.compile(r"[;]|\b(?:toxicit\w+|adverse|reactions?|or (?:has|have|any|patients|had)|history)\b")
_STOPPED = re.compile(
    r"\b(?:complet\w+|discontinu\w+|stopp\w+|off|wash-?out|treatment[- ]free|interrupt\w+|withdr\w+"
    r"|ceased|withheld)\b"
)
_APART = re.compile(
    r";|\bstable\b|disease-free|malignanc|\b(?:or|and) (?:has|have|had|history|is|are|recovered|must"
    r"|who|(?:any )?(?:prior|previous|major|live|active))\b|\b(?:unless|but|however|except)\b"
)
_JUST_FOR = re.compile(
    r"^[ )]*(?:(?:is |are |must be )?(?:required|needed|necessary) )?"
    r"(?:for|from|of|if|in case of|since|after)(?: (?:the|any|a|an|prior|previous|last|all"
    r"|patients treated with|completion of|dose of))* ?(?:[a-z-]+ ){0,3}$"
)
_FOR = re.compile(r"[ )]*for\b")
_FOR_OR_FROM = re.compile(r"[ )]*(?:for|from)\b")
_FAR = re.compile(r"\b(?:within|prior to|before)\b")
_NOT_SHARED = re.compile(r"[;.]|\b(?:and|with|progress\w*|fail\w*)\b")
_MUST_PASS = re.compile(r"\b(?:must|complet\w+|discontinu\w+|elapsed|stopped)\b")
_WORSE = re.compile(r"progress|relaps|recur|fail|refractory")


def window_of(
    words: str,
    first: int,
    group: Group,
    between: tuple[int, int],
    found: list[Window],
    *,
    washouts: bool,
) -> Window | None:
    """The window of a group, or None.

    Args:
        words: the flowing, folded text.
        first: offset of the sentence.
        group: the therapies.
        between: end of the group before and start of the group behind, or the sentence's bounds.
        found: the windows of the sentence.
        washouts: a bare span of time is a washout here.
    """
    previous_end, next_start = between
    found = [w for w in found if not w.lasted or _STOPPED.search(words[first : w.start])]
    before = [w for w in found if w.end <= group.start]
    if before and _reaches(words, group, previous_end, before[-1], washouts=washouts):
        return before[-1]
    for window in found:
        if group.members[0].end <= window.start < group.end and window.stated and not window.since:
            return window  # "anticancer therapy within 4 weeks, including chemotherapy"
        if window.start < group.end or window.start >= next_start:
            continue
        gap = words[group.end : window.start]
        if len(gap) > _BEHIND_REACH or _APART.search(gap):
            break
        if not (window.stated or washouts or window.lasted):
            break
        if not _is_of_another(words, window, next_start):
            return window
    if before and _leads(words, first, group, before[0]):
        return before[0]
    return None


def _reaches(words: str, group: Group, previous_end: int, window: Window, *, washouts: bool) -> bool:
    """Whether a window before a group is the group's: "6 weeks for X", "at least 4 weeks since the last X"."""
    gap = words[window.end : group.start]
    own = window.end >= previous_end
    if own and _JUST_FOR.match(gap) and (washouts or window.stated or _FOR.match(gap)):
        return True
    shared = own or not _NOT_SHARED.search(words[previous_end : group.start])
    return window.since and shared and len(gap) <= _SINCE_REACH and not _APART.search(gap) and not _FAR.search(gap)


def _is_of_another(words: str, window: Window, next_start: int) -> bool:
    """Whether a window goes on with the therapy that it is for: "(6 weeks for nitrosoureas)"."""
    if words[window.start - 1 : window.start] == "(" and _FOR_OR_FROM.match(words, window.end):
        return True
    return _FOR.match(words, window.end) is not None and 0 <= next_start - window.end < _NEXT


def _leads(words: str, first: int, group: Group, window: Window) -> bool:
    """Whether a window at the head of a sentence governs the group: "Within 4 weeks, has received X"."""
    gap = words[window.end : group.start]
    heads = window.recent and window.stated and not window.since and window.start - first < _LEADS
    return heads and not _LEAD_OVER.search(gap) and _LEAD_TO.search(gap) is not None


def is_washout(window: Window, group: Group, words: str) -> bool:
    """Whether a window beside an outcome is a washout all the same ("failed X; at least 3 weeks since").

    "Progressed within 6 months of X" dates the progression, not the therapy.
    """
    if window.start > group.end:
        return not window.recent and _MUST_PASS.search(words[group.end : window.start]) is not None
    return window.since and not _WORSE.search(words[max(0, window.start - _DATED_REACH) : window.start])
