"""What a sentence says of a group of therapies: had or not had, how long ago, with what outcome.

A frame is decided from the words on either side of the group: a washout ("within 4 weeks of", "at least 21 days
since"), an outcome ("refractory to", "progressed on"), a history ("prior", "received", "treated with"). Words of plan,
fear or measurement ("candidates for", "toxicity from", "tissue taken after") make it none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.extraction.kinds import therapy_cues as cues
from search.extraction.kinds.therapy_mentions import (
    STANDARD,
    Group,
    is_radiotherapy,
    is_support,
)
from search.extraction.kinds.windows import Window

_CLAUSE = re.compile(
    r"[;]|\b(?:but|however|whereas)\b|, (?:and|or)(?= (?:have|has|had|must|is|are|patients|participants|subjects|prior|previous"
    r"|any|no|at least|treatment|received|those|who)\b)|\b(?:and|or)(?= (?:have|has|had|must|should|patients|participants|subjects|those"
    r"|who|at least|recovered|recovery|treatment|received|(?:any )?(?:prior|previous))\b)"
)
_NEXT = 30
"""How near behind "7 days for" another therapy must stand to take the window."""
_SUCH_REACH = 220
_SUCH = re.compile(r"\b(?:must|should) have (?:already |previously |also )?(?:received|been treated with|been offered|progressed (?:on|after)|failed) (?:such|this|that|these|those|it|at least one such|an appropriate)\b")
_WASHED = re.compile(r"[^.;]{0,60}\bwash-?out\b")
_NO_STANDARD = re.compile(r"\bno (?:[a-z/-]+,? ){0,5}$|\bnot amenable to (?:[a-z-]+ ){0,3}$|\black of (?:[a-z-]+ ){0,3}$")
_WOMENS_TOPIC = re.compile(r"menopaus|contracep|sterili[sz]|amenorrh|childbearing|child-bearing")
_DEFINED = 60
_DEFINES = re.compile(r"\b(?:considered|defined|regarded|counted|counts?)(?: as| to be| a| an| the| one| failure| of| prior| line| separate| new)* ?$")
_EXCEPTING = re.compile(r"\b(?:except|unless|if|but|however|other than)\b")
_ANOTHER_WHO = re.compile(r"\bor (?:who|have|has|are|is|patients|participants|with|those)\b")
_LEAD_TO = re.compile(r"[,:]|\b(?:received|had|treated|treatment|use|used|undergone)\b")
_LEAD_OVER = re.compile(r"[;]|\b(?:toxicit\w+|adverse|reactions?|or (?:has|have|any|patients|had)|history)\b")
_COUNTS = re.compile(r"^[^.;]{0,160}\b(?:counts?\b|(?:be |are |is )?(?:not )?(?:be )?(?:counted|considered|included) (?:as |to be |towards? )?(?:a |an |one |any |the |separate |prior |single |previous |different )*(?:lines?|regimens?|number|chemo|systemic|prior|treatment))")
_OF_THE_SITE = re.compile(r"\b(?:lesions?|areas?|fields?|sites?|tissues?|specimens?|samples?|blocks?|slides?|biops(?:y|ies)|scans?)\b(?P<rest>[^.;]*)$")
_CAUSED = re.compile(r"\b(?:due to|attribut\w+ to|caused by|resulting from|secondary to|induced by|related to|associated with)(?: any| the| a| their| prior| previous| recent| other| [a-z-]+ed)* ?$")
_EXCEPTED = re.compile(r"\b(?:except|unless)\b")
_LAB = re.compile(r"\b(?:neutrophils?|anc|platelets?|h[a]?emoglobin|leukocytes|wbc|creatinine|bilirubin|viral load|cd4)\b")
_STOPPED = re.compile(r"\b(?:complet\w+|discontinu\w+|stopp\w+|off|wash-?out|treatment[- ]free|interrupt\w+|withdr\w+|ceased|withheld)\b")
_LEADS = 25
"""Characters from its beginning in which a sentence's leading window stands."""
_OR_NOT_NAIVE = re.compile(r"[^.;]{0,30}\b(?:vs\.?|versus|or|and)\b[^.;]{0,40}\b(?:experienced|pre-?treated|treated|refractory|resistant|exposed|relapsed|after|received)\b")
_CUE_REACH = 70
"""How far before a therapy the evidence may begin."""
_SINCE_REACH = 150
"""How far behind "4 weeks since" the therapy may stand."""
_BEHIND_REACH = 220
"""How far behind a therapy its window may stand."""
_APART = re.compile(
    r";|\bstable\b|disease-free|malignanc|\b(?:or|and) (?:has|have|had|history|is|are|recovered|must|who|(?:any )?(?:prior|previous|major|live|active))\b|\b(?:unless|but|however|except)\b"
)
_JUST_FOR = re.compile(r"^[ )]*(?:for|from|of|if|in case of|since|after)(?: (?:the|any|a|an|prior|previous|last|all|patients treated with|completion of|dose of))* ?(?:[a-z-]+ ){0,3}$")
_NEGATION = re.compile(r"\b(?:no|not|none|never|without|cannot|free of|neither|nor)\b(?! (?:more|less|later|earlier|limited|only)\b)")
_RECEIVING = re.compile(
    r"^(?:concurrent\w*|current(?:ly)?|ongoing|during|while|receive|continu\w+|undergo\w*|enrol\w*|concomitant\w*|require\w*|requiring|planned|until|standard of care|considered|need\w*|if|may be|can be|alternative|prior to|before|availab\w+|would)$"
)
_NOT_HAD = re.compile(r"\bnaive (?:to|for) (?:[a-z-]+ ){0,4}$")
_NAIVE_BEHIND = re.compile(r"^[ -]*(?:therapy|treatment|inhibitors?|agent|antibody|based therapy)?[ -]*naive\b")
_LAST_DOSE = re.compile(r"\b(?:last|final) (?:dose|administration) of (?:the )?(?:study|investigational product|protocol|trial)")


@dataclass(frozen=True, slots=True)
class Frame:
    """What is said of a group; offsets are into the flowing text."""

    start: int
    """Where the words begin that say it."""
    end: int
    window: Window | None = None
    outcomes: tuple[str, ...] = ()
    naive: bool = False
    strong: bool = False
    """It is said outright that the therapy was given."""
    asked: bool = False
    """It is asked for further on: "if X is approved, they must have received it"."""
    inherited: bool = False
    """It is said of a therapy before or behind it in the list."""


def frame(
    words: str, sentence: tuple[int, int], governing: str, index: int, all_groups: list[Group], found: list[Window], washouts: bool
) -> Frame | None:
    """The frame of one group of a sentence, or None.

    Args:
        words: the flowing, folded text with `therapy_cues.mask` applied.
        sentence: offsets of the sentence.
        governing: the words of the line or heading that opens the list, or nothing.
        index: which of the groups.
        all_groups: the groups of the sentence, in order.
        found: the windows of the sentence.
        washouts: the governing words open a list of washouts, so that a bare span of time is one.
    """
    group = all_groups[index]
    previous_end = all_groups[index - 1].end if index else sentence[0]
    next_start = all_groups[index + 1].start if index + 1 < len(all_groups) else sentence[1]
    left = words[sentence[0] : group.start]
    clause = _clause(left)
    right = words[group.end : sentence[1]]
    between = words[group.end : next_start]
    if _DEFINES.search(left[-_DEFINED:]):
        return None
    washed = _WASHED.match(right) is not None
    if (cues.KILL_BEHIND.match(right) and not washed):
        return None
    if STANDARD in group.members[0].names and _NO_STANDARD.search(left[-60:]):
        return None
    if _NOT_HAD.search(clause) or _NAIVE_BEHIND.match(right):
        naive = _NAIVE_BEHIND.match(right)
        if naive and _OR_NOT_NAIVE.match(right, naive.end()):
            return None
        return Frame(group.start - (20 if not naive and group.start >= 20 else 0), group.end + (naive.end() if naive else 0), naive=True)
    if _is_toxic(governing + left) or _CAUSED.search(left[-_DEFINED:]):
        return None
    own_clause = clause[-max(group.start - previous_end, 1) :] if index else clause
    outcomes, behind = _outcomes(own_clause if own_clause.strip() or not governing else governing + own_clause, _EXCEPTING.split(between)[0], group)
    anaphor = _SUCH.search(right[:_SUCH_REACH])
    window = _window(words, sentence[0], group, previous_end, next_start, found, washouts)
    if window is not None and outcomes and not _elapsed(window, group, words):
        window = None  # "progressed within 6 months of X" dates the progression, not the therapy
    if window is not None and _EXCEPTED.search(left) and cues.CNS.search(left):
        return None  # what makes brain metastases acceptable is no washout of its own
    if window is not None and window.since and _LAB.search(clause):
        return None
    own = words[group.start : group.members[0].end]
    history = _last(cues.HISTORY, clause)
    kill = _last(cues.KILL, clause)
    if governing and history is None and kill is None:
        history = _last(cues.HISTORY, governing)
        if history is not None:
            history = (0, 0, history[2])
            kill = None
            outer = _last(cues.KILL, governing)
            governed_history = _last(cues.HISTORY, governing)
            if outer and governed_history and outer[0] > governed_history[0]:
                kill = (1, 1, outer[2])
    if history is None and re.match(r"(?:prior|previous|last|earlier|most recent)\b", own):
        history = (len(clause), len(clause), "prior")
    if anaphor is not None:
        kill, history = None, (0, 0, "received")
    if kill is not None and (history is None or kill[1] >= history[1]):
        spared = washed or behind or (window is not None and (window.end <= group.start or _RECEIVING.match(kill[2])))
        if not spared and not (outcomes and kill[2].startswith(("standard of care", "availab"))):
            return None
    sentence_words = words[sentence[0] : sentence[1]]
    if cues.ASIDE.search(sentence_words) and (_WOMENS_TOPIC.search(sentence_words) or not re.search(r"\b(?:prior(?! to)|previous|received)\b", clause)):
        return None
    if window is None and not outcomes and history is None:
        return None
    strong = anaphor is not None or bool(cues.STRONG.search(governing + clause)) or (history is not None and history[2].startswith(("prior", "previous")))
    if cues.OTHER_DISEASE.search(clause) and not re.search(r"\b(?:prior|previous|received|within)\b", clause[-40:]):
        return None
    site = _OF_THE_SITE.search(clause[-200:])
    if site is not None and window is None and not re.search(r"\b(?:patients?|participants?|subjects?|must have (?:been|received|had))\b", site["rest"]):
        return None
    if cues.MEASURED.search(clause[-160:]) and not (window is not None and history is not None) and not re.search(r"\b(?:must have (?:had|been)|received)\b", clause):
        return None
    if all(is_radiotherapy(n) for m in group.members for n in m.names) and window is None:
        if cues.CNS.search(left[-200:]) and not re.search(r"\bprior\b", clause[-30:]):
            return None
    if any(is_support(n) for m in group.members for n in m.names) and window is None:
        return None
    if window is None and _COUNTS.match(right):
        return None
    if window is not None and re.search(r"immunosuppress\w*[^.;]{0,80}$|immune suppress\w*[^.;]{0,80}$", clause) and "chemo" not in clause:
        return None
    if STANDARD in group.members[0].names and not outcomes and window is None and "received" not in clause:
        return None
    if all(m.trial for m in group.members) and window is None:
        return None
    start = _evidence_start(words, sentence[0], previous_end, group, window)
    end = group.end
    if window is not None:
        end = max(end, window.end if window.end - group.end < _BEHIND_REACH else end)
    return Frame(start, end, window, outcomes, strong=strong, asked=anaphor is not None)


def _clause(left: str) -> str:
    at = 0
    for match in _CLAUSE.finditer(left):
        at = match.end()
    return left[at:]


def _last(pattern: re.Pattern[str], words: str) -> tuple[int, int, str] | None:
    found = None
    for match in pattern.finditer(words):
        found = match
    return None if found is None else (found.start(), found.end(), found.group())


def _is_toxic(left: str) -> bool:
    near = left[-cues.TOXIC_REACH :]
    found = _last(cues.TOXIC, near)
    if found is None:
        return False
    between = near[found[1] :]
    return not cues.TOXIC_ENDS.search(between) and re.search(r"\b(?:from|of|to|by|with|during|after|following|on|prior|previous)\b", between) is not None


def _outcomes(clause: str, behind: str, group: Group) -> tuple[tuple[str, ...], bool]:
    near = clause[-cues.OUTCOME_REACH :]
    stops = [m.end() for m in cues.OUTCOME_BREAK.finditer(near)]
    found: list[str] = []
    for outcome, pattern in cues.OUTCOMES:
        for match in pattern.finditer(near):
            rest = near[match.end() :]
            broken = any(match.end() <= stop for stop in stops)
            if not broken and cues.OUTCOME_LINK.search(rest) and not cues.NOT_RESISTANCE.search(near[max(0, match.start() - 14) : match.end()]):
                found.append(outcome)
                break
    told_behind = False
    for outcome, pattern in cues.OUTCOME_BEHIND:
        match = pattern.search(behind)
        if match is not None and not _ANOTHER_WHO.search(match.group()):
            told_behind = True
            if outcome not in found:
                found.append(outcome)
    if len(found) > 1 and "response" in found:
        found.remove("response")
    return tuple(found), told_behind


def _elapsed(window: Window, group: Group, words: str) -> bool:
    """Whether a window beside an outcome is a washout all the same ("failed X; at least 3 weeks since")."""
    if window.start > group.end:
        gap = words[group.end : window.start]
        return not window.recent and re.search(r"\b(?:must|complet\w+|discontinu\w+|elapsed|stopped)\b", gap) is not None
    return window.since and not re.search(r"progress|relaps|recur|fail|refractory", words[max(0, window.start - 80) : window.start])


def _window(
    words: str, first: int, group: Group, previous_end: int, next_start: int, found: list[Window], washouts: bool
) -> Window | None:
    found = [w for w in found if not w.lasted or _STOPPED.search(words[first : w.start])]
    before = [w for w in found if w.end <= group.start]
    if before:
        near = before[-1]
        gap = words[near.end : group.start]
        if near.end >= previous_end and _JUST_FOR.match(gap) and (washouts or near.stated or gap.lstrip(" )").startswith("for")):
            return near
        shared = near.end >= previous_end or not re.search(r"[;.]|\b(?:and|with|progress\w*|fail\w*)\b", words[previous_end : group.start])
        if near.since and shared and len(gap) <= _SINCE_REACH and not _APART.search(gap) and not re.search(r"\b(?:within|prior to|before)\b", gap):
            return near
    lead = before[0] if before else None
    if lead is not None and lead.recent and lead.stated and not lead.since and lead.start - first < _LEADS and not _LEAD_OVER.search(words[lead.end : group.start]) and _LEAD_TO.search(words[lead.end : group.start]):
        leading: Window | None = lead
    else:
        leading = None
    for window in found:
        if window.start < group.end or window.start >= next_start:
            continue
        gap = words[group.end : window.start]
        if len(gap) > _BEHIND_REACH or _APART.search(gap):
            break
        if window.stated or washouts or window.lasted:
            tail = words[window.end : window.end + 60]
            bracketed = words[window.start - 1 : window.start] == "("
            if (bracketed and re.match(r"[ )]*(?:for|from)\b", tail)) or (
                re.match(r"[ )]*for\b", tail) and 0 <= next_start - window.end < _NEXT
            ):
                continue  # "(6 weeks for nitrosoureas)" is about another therapy
            return window
        break
    return leading


def _evidence_start(words: str, first: int, previous_end: int, group: Group, window: Window | None) -> int:
    if window is not None and window.start < group.start:
        return window.start
    at = max(first, previous_end, group.start - _CUE_REACH)
    near = words[at : group.start]
    stop = 0
    for match in _CLAUSE.finditer(near):
        stop = match.end()
    for pattern in (cues.HISTORY, *(p for _, p in cues.OUTCOMES), _NEGATION):
        match = pattern.search(near, stop)
        if match is not None:
            return at + match.start()
    return group.start
