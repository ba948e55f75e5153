"""What a sentence says of a group of therapies: had or not had, how long ago, with what outcome.

A frame is decided from the words on either side of the group: a washout ("within 4 weeks of", "at least 21 days
since"), an outcome ("refractory to", "progressed on"), a history ("prior", "received", "treated with"). Words of plan,
fear or measurement ("candidates for", "toxicity from", "tissue taken after") make it none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.extraction.kinds import therapy_cues as cues
from search.extraction.kinds.therapy_mentions import STANDARD, Group, is_radiotherapy, is_support
from search.extraction.kinds.therapy_outcomes import OUTCOMES, outcomes_of
from search.extraction.kinds.therapy_windows import is_washout, window_of
from search.extraction.kinds.windows import Window

_REACH = 700
"""Characters of the sentence, on either side of a group, that are looked at."""
_CUE_REACH = 70
"""How far before a therapy the evidence may begin."""
_WINDOW_REACH = 220
"""How far behind a therapy the evidence may end with its window."""
_NEAR, _AROUND, _WIDE = 60, 160, 200
"""Characters before a therapy in which a definition, a measurement, a place or the brain still concern it."""
_SUCH_REACH = 220
"""Characters behind a therapy in which "should have received such treatment" takes it up."""
_NAIVE_TO = 20
"""Characters that "naive to" takes before the therapy."""
_RECENT_CUE = 40
"""Characters before a therapy in which its own "prior" stands."""
_OWN_PRIOR = re.compile(r"(?:(?:any|all|other|another) )*(?:prior|previous|last|earlier|most recent)\b")
_PRIOR_OR_RECEIVED = re.compile(r"\b(?:prior(?! to)|previous|received)\b")
_OWN_CUE = re.compile(r"\b(?:prior|previous|received|within)\b")
_PATIENT = re.compile(r"\b(?:patients?|participants?|subjects?|must have (?:been|received|had))\b")
_WAS_GIVEN = re.compile(r"\b(?:must have (?:had|been)|received)\b")
_GIVEN_WITH = re.compile(r"^(?:treat|therap).* (?:with|by|using|for)$|^use of$")
_NOT_GIVEN = re.compile(
    r"\b(?:candidates?|eligib\w+|ineligib\w+|contra-?indicat\w+|allerg\w+|hypersensitiv\w+|refus\w+|declin\w+"
    r"|need\w*|requir\w+|appropriate|suitab\w+|unsuitab\w+|unfit|fit|plan\w*|indicat\w+|amenable|able|unable|willing)"
    r"(?: (?:for|to|of|with|a|an|the|any|further|receive|undergo|additional|be|standard)){0,4} $"
)
"""What stands before "treatment with" where no treatment was given."""
_STUDY_ENDS = re.compile(
    r"\bafter (?:the |their )?(?:last|final) (?:dose|administration|infusion)s? of (?:[a-z-]+ ){0,2}$"
)
_CONSENT = re.compile(r"consent|sign")
_STOPPED = re.compile(r"\b(?:stop|stopped|discontinue|discontinued|held)\b")
_HOW_MANY = re.compile(
    r"\b(?:(?:more than|at most|up to|maximum of|less than|fewer than|exceed|only)"
    r" (?:one|two|three|four|five|\d+)(?: \(\d+\))?|number of)"
    r" (?:prior|previous)(?: [a-z-]+){0,2} $"
)
"""What is counted ("no more than one prior"): a count of lines, not a therapy."""
_MEANWHILE = frozenset({"during", "while", "receiving", "ongoing", "undergoing"})
"""Signs of a present therapy that are part of its outcome."""
_TOXIC_LINK = re.compile(r"\b(?:from|of|to|by|with|during|after|following|on|prior|previous)\b")


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


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its therapies; offsets are into the flowing text."""

    words: str
    """The line's flowing, folded text with `therapy_cues.mask` applied."""
    start: int
    end: int
    groups: tuple[Group, ...]
    windows: tuple[Window, ...]
    governing: str = ""
    """The words of the line or heading that opens the list which the line stands in."""
    washouts: bool = False
    """The governing words open a list of washouts: a bare span of time is one."""


class _Scene:
    """A group among the words of its sentence."""

    def __init__(self, sentence: Sentence, index: int) -> None:
        groups = sentence.groups
        self.sentence = sentence
        self.words = sentence.words
        self.group = groups[index]
        self.names = [name for member in self.group.members for name in member.names]
        self.first = max(sentence.start, self.group.start - _REACH)
        self.last = min(sentence.end, self.group.end + _REACH)
        self.previous_end = max(groups[index - 1].end, self.first) if index else self.first
        self.next_start = min(groups[index + 1].start, self.last) if index + 1 < len(groups) else self.last
        self.left = self.words[self.first : self.group.start]
        self.right = self.words[self.group.end : self.last]
        at = 0
        for match in cues.CLAUSE.finditer(self.left):
            at = match.end()
        self.clause = self.left[at:]
        self.own_clause = self.clause[-max(self.group.start - self.previous_end, 1) :] if index else self.clause
        self.washed = cues.WASHED.match(self.right) is not None
        self.standard = STANDARD in self.group.members[0].names


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int
    end: int
    said: str


def frame(sentence: Sentence, index: int) -> Frame | None:
    """The frame of one group of a sentence, or None."""
    scene = _Scene(sentence, index)
    group, governing = scene.group, sentence.governing
    asked = cues.SUCH.search(scene.right[:_SUCH_REACH]) is not None
    if _is_no_history(scene) and not asked:
        return None
    naive = _naive(scene)
    if naive is not None:
        return naive if naive.naive else None
    if (
        _is_toxic(governing + scene.left)
        or _STUDY_ENDS.search(scene.left[-_NEAR:])
        or cues.CAUSED.search(scene.left[-_NEAR:])
    ):
        return None
    before = scene.own_clause if scene.own_clause.strip() or not governing else governing + scene.own_clause
    outcomes, told_behind = outcomes_of(before, scene.words[group.end : scene.next_start])
    window = window_of(
        scene.words,
        scene.first,
        group,
        (scene.previous_end, scene.next_start),
        list(sentence.windows),
        washouts=sentence.washouts,
    )
    if window is not None and outcomes and not is_washout(window, group, scene.words):
        window = None
    history = _Cue(0, 0, "received") if asked else _history(scene)
    if not asked and _is_outweighed(scene, history, window, outcomes, told_behind=told_behind):
        return None
    if window is None and not outcomes and history is None:
        return None
    if _is_about_something_else(scene, history, window) or _needs_more(scene, window, outcomes):
        return None
    said_prior = history is not None and history.said.startswith(("prior", "previous"))
    strong = asked or said_prior or cues.STRONG.search(governing + scene.clause) is not None
    start = _evidence_start(scene, window)
    end = group.end
    if window is not None and window.end - group.end < _WINDOW_REACH:
        end = max(end, window.end)
    return Frame(start, end, window, outcomes, strong=strong, asked=asked)


def _is_no_history(scene: _Scene) -> bool:
    """Whether the words right beside the group make it a definition, a site, a missing standard …"""
    if (
        cues.DEFINES.search(scene.left[-_NEAR:])
        or _HOW_MANY.search(scene.left[-_NEAR:])
        or cues.COUNTS.match(scene.right)
        or cues.BETWEEN.search(scene.left[-_WIDE:])
    ):
        return True
    if cues.KILL_BEHIND.match(scene.right) and not scene.washed:
        return True
    return scene.standard and cues.NO_STANDARD.search(scene.left[-_NEAR:]) is not None


def _naive(scene: _Scene) -> Frame | None:
    """The frame of "X-naive" and "naive to X"; one that is not `naive` where those who had X are asked for too."""
    group = scene.group
    behind = cues.NAIVE_BEHIND.match(scene.right)
    if behind is not None:
        other = cues.OR_NOT_NAIVE.match(scene.right, behind.end()) is not None
        return Frame(group.start, group.end + behind.end(), naive=not other)
    if cues.NOT_HAD.search(scene.clause):
        return Frame(max(scene.first, group.start - _NAIVE_TO), group.end, naive=True)
    return None


def _history(scene: _Scene) -> _Cue | None:
    history = _last(cues.HISTORY, scene.clause)
    if history is None and _OWN_PRIOR.match(scene.words, scene.group.start):
        return _Cue(len(scene.clause), len(scene.clause), "prior")
    if history is None and scene.sentence.governing and cues.KILL.search(scene.clause) is None:
        outer = _last(cues.HISTORY, scene.sentence.governing)
        return None if outer is None else _Cue(0, 0, outer.said)
    return history


def _is_outweighed(
    scene: _Scene, history: _Cue | None, window: Window | None, outcomes: tuple[str, ...], *, told_behind: bool
) -> bool:
    """Whether the last sign before the therapy tells of a plan, a fear or the study, not of the past."""
    kill = _last(cues.KILL, scene.clause)
    governing = scene.sentence.governing
    if kill is None and governing and _last(cues.HISTORY, scene.clause) is None:
        outer, outer_kill = _last(cues.HISTORY, governing), _last(cues.KILL, governing)
        if outer is None or outer_kill is None or outer_kill.start <= outer.start:
            return False
        kill = _Cue(1, 1, outer_kill.said)
    if history is not None and _GIVEN_WITH.search(history.said):
        # "Candidates for treatment with X": what stands before "treatment with" decides.
        leading = _NOT_GIVEN.search(scene.clause[max(0, history.start - _NEAR) : history.start])
        if leading is not None:
            kill = _Cue(history.start, history.end, leading.group())
    if kill is None or (history is not None and kill.end < history.end):
        return False
    if scene.washed or told_behind:
        return False
    if window is not None and (window.end <= scene.group.start or cues.RECEIVING.match(kill.said)):
        return False
    if "progressed" in outcomes and kill.said in _MEANWHILE and " or within " not in scene.left[-_NEAR:]:
        return False  # "progression during X", "relapsed while receiving X"
    return not (outcomes and kill.said.startswith(("standard of care", "availab")))


def _is_about_something_else(scene: _Scene, history: _Cue | None, window: Window | None) -> bool:
    """Whether the sentence speaks of contraception, another disease, a lesion, a blood count, brain metastases …"""
    clause = scene.clause
    whole = scene.words[scene.first : scene.last]
    aside = cues.ASIDE.search(whole)
    stopped = window is not None and (_STOPPED.search(clause) or (aside and _CONSENT.search(aside.group())))
    asks = _PRIOR_OR_RECEIVED.search(clause) and not cues.WOMENS_TOPIC.search(whole)
    if aside is not None and not stopped and not asks:
        return True
    if cues.OTHER_DISEASE.search(clause) and not _OWN_CUE.search(clause[-_RECENT_CUE:]):
        return True
    if window is None:
        site = cues.OF_THE_SITE.search(clause[-_WIDE:])
        if site is not None and not _PATIENT.search(site["rest"]):
            return True
        local = all(is_radiotherapy(name) for name in scene.names)
        if local and cues.CNS.search(scene.left[-_WIDE:]) and "prior" not in clause[-_RECENT_CUE:]:
            return True
    else:
        if window.since and cues.LAB.search(clause):
            return True
        if cues.EXCEPTED.search(scene.left) and cues.CNS.search(scene.left):
            return True  # what makes brain metastases acceptable is no washout of its own
        if cues.IMMUNOSUPPRESSED.search(clause) and "chemo" not in clause:
            return True
    measured = cues.MEASURED.search(clause[-_AROUND:]) is not None
    return measured and (window is None or history is None) and not _WAS_GIVEN.search(clause)


def _needs_more(scene: _Scene, window: Window | None, outcomes: tuple[str, ...]) -> bool:
    """Whether the therapy is one that counts only with a window or an outcome, and has none."""
    if window is not None:
        return False
    if any(map(is_support, scene.names)) or all(member.trial for member in scene.group.members):
        return True
    return scene.standard and not outcomes and "received" not in scene.clause


def _last(pattern: re.Pattern[str], words: str) -> _Cue | None:
    found = None
    for match in pattern.finditer(words):
        found = match
    return None if found is None else _Cue(found.start(), found.end(), found.group())


def _is_toxic(left: str) -> bool:
    near = left[-cues.TOXIC_REACH :]
    found = _last(cues.TOXIC, near)
    if found is None or cues.TOXIC_ENDS.search(near, found.end):
        return False
    return _TOXIC_LINK.search(near, found.end) is not None


def _evidence_start(scene: _Scene, window: Window | None) -> int:
    group = scene.group
    if window is not None and window.start < group.start:
        return window.start
    at = max(scene.previous_end, group.start - _CUE_REACH)
    near = scene.words[at : group.start]
    stop = 0
    for boundary in cues.CLAUSE.finditer(near):
        stop = boundary.end()
    for pattern in (cues.HISTORY, *(p for _, p in OUTCOMES), cues.NEGATION):
        cue = pattern.search(near, stop)
        if cue is not None:
            return at + cue.start()
    return group.start
