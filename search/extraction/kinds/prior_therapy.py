"""Prior therapy: what the patient must, must not or may have had, in which setting, with what outcome, how long ago.

"Prior" is not enough: half of the phrases with it speak of something else ("prior to", "toxicity from prior therapy",
"prior malignancy"). `therapy_mentions` finds the names, `therapy_frames` decides whether something is said of them,
`therapy_stance` what it means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from search.eligibility.criterion import PriorTherapy, Requirement
from search.extraction.flow import Flow, flow
from search.extraction.guards import is_other_malignancy
from search.extraction.kinds import therapy_cues as cues
from search.extraction.kinds.line_counts import line_phrases
from search.extraction.kinds.therapy_frames import Frame, Sentence, frame
from search.extraction.kinds.therapy_mentions import (
    ANTICANCER,
    GENERIC,
    STANDARD,
    SYSTEMIC,
    Group,
    Named,
    groups,
    is_surgery,
    named_therapies,
    therapy_words,
)
from search.extraction.kinds.therapy_stance import requirement_of
from search.extraction.kinds.therapy_states import implied_therapies
from search.extraction.kinds.windows import windows
from search.extraction.polarity_words import Gated
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_WASHOUT, _HISTORY, _OUTCOME, _NAIVE, _VAGUE, _INHERITED = 0.93, 0.9, 0.9, 0.8, 0.75, 0.7
"""Confidence by the frame that was found; of a therapy without a name; of one whose frame is another's."""
_MOST, _MOST_GROUPS = 24, 40
"""Findings kept from one line; lists of therapies looked at in one sentence."""
_LONGEST = 4000
"""Characters of a line that are read."""
_GOVERNS = 400
"""Characters of a governing line that are read, from its end."""
_SHARED = 80
"""Longest gap, in characters, over which a frame is shared."""
_LONG_AGO = 200
"""Days from which a window may belong to another malignancy rather than to a washout."""
_NEXT_TO_COUNT = 120
"""Characters behind a count of lines in which a bracket may tell what is counted."""
_BEFORE_SETTING, _BEHIND_SETTING = 60, 90
"""Characters around a therapy in which its setting stands."""
_RELEVANT = Gated(
    (
        *("prior", "previous", "recei", "treat", "expos", "under", "histor", "since", "within", "week", "day", "month"),
        *("wk", "half", "fail", "refractory", "resistan", "progress", "relaps", "intoleran", "naive", "na\u00efve"),
        *(
            "after",
            "following",
            "last",
            "had",
            "use",
            "elapsed",
            "wash",
            "complet",
            "discontinu",
            "benefit",
            "platinum",
            "respon",
        ),
        "include",
    ),
    re.compile(
        r"\b(?:prior|previous|receiv|receipt|treat|expos|underg|underw|histor|since|within|weeks?|days?"
        r"|months?|wks?|half|fail|refractory|resistant"
        r"|resistance|progress|relaps|intoleran|naive|na\u00efve|after|following|last|had|use of|used"
        r"|elapsed|washout|wash-out|complet|discontinu|benefit|platinum|untreated|include"
        r"|respon)"
    ),
)
_SENTENCE = re.compile(  # every way begins with the character itself, which is quickly found
    r"\.(?<![ .(](?:e\.g|i\.e|.vs|.no|etc)\.)(?=\s+[A-Z(\[])|;(?=\s)|\.(?=\s*$)|\.(?<=[a-z)]\.)(?=[A-Z][a-z])"
)
_WASHOUT_LIST = re.compile(
    r"\b(?:elapsed|wash-?out|time from|interval|at least the following|since (?:the )?(?:last|prior)"
    r"|following (?:time|period|interval)s?)\b"
)
_OPENS = re.compile(r":\s*$|\bfollowing\b[^.]{0,60}$|\b(?:with|including|of|any of|to|or)\W*$")
_HEADS = re.compile(
    r"\b(?:following|received|treated|wash-?out|elapsed|prior treatment with|treatments? within"
    r"|prior therap(?:y|ies))\b"
)
_MUST_INCLUDE = re.compile(r"\b(?:includ(?:e|es|ed|ing)|contain(?:ed|ing)?|consist\w*|comprising)\b")
_MALIGNANCY = re.compile(r"malignanc|cancer|carcinoma|neoplas|tumou?r")
_GAP = re.compile(r"\s+")
_OPENED = re.compile(r"\([^)]*$")
_FAILED = re.compile(r"progress|fail|refractory|resistan|intoleran|unresponsive|inadequate|exhaust")
_SETTING_ENDS = re.compile(r"[(;:]|\b(?:except|unless|but|however|if)\b")
_EXCEPTED = re.compile(r"\((?:except|excluding|other than|with the exception of|not including|apart from)\b[^)]*$")
_COORDINATES = re.compile(r",|\b(?:or|and)\b|/")
_HARD = re.compile(
    r"[;:.]|\b(?:within|unless|except|but|however|must|is|are|was|were|may|who|if|since|recovered|has"
    r"|have|had|with or without|in combination|prior to|before|until|followed by)\b|\d"
)


_WORDS = (
    "therap", "chemo", "radi", "inhibitor", "antibod", "agent", "transplant", "platin", "taxan", "treat", "regimen",
    "na\u00efve", "naive", "anti-", "car-t", "car t", "cell", "investigational", "experimental", "device", "vaccine",
    "clinical trial", "clinical stud", "other trial", "another trial", "other stud", "another stud", "interventional",
    "therapeutic trial", "drug", "xrt", "tbi", "growth factor", "infusion", "hsct", "sct", "bmt", "asct", "untreated",
    "trial", "degrader", "conjugate", "adc", "resistant", "refractory", "castrat", "ectomy", "ablation", "hormon",
    " ip ", "mab", "nib", "parib", "leucel", "ciclib", "rasib", "lutamide", "mustine", "rubicin", "mycin", "trexed",
    "citabine",
)  # fmt: skip
"""Words of treatment; the names come from the tables."""


class PriorTherapyReader:
    """Reads prior therapies of a line."""

    triggers: tuple[str, ...] = (*_WORDS, *therapy_words())

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All prior therapies of the line."""
        governing, washouts = _governing(line, text)
        if not governing and not _RELEVANT.search(line.folded[:_LONGEST]):
            return
        flowing, cased = flow(line.folded[:_LONGEST]), line.plain[:_LONGEST]
        if flowing.text != line.folded[:_LONGEST]:
            cased = _GAP.sub(" ", cased)
        words = cues.mask(flowing.text.replace("\u00ef", "i"))
        named = named_therapies(cased, flowing.text)
        reading = _LineReading(line, text, flowing, words, governing, washouts=washouts)
        found = list(reading.findings(cased, named))
        told = any(isinstance(each.fact, PriorTherapy) and STANDARD in each.fact.therapies for each in found)
        found += implied_therapies(line, text, flowing, words, standard=not told)
        yield from islice(dict.fromkeys(found), _MOST)


def _governing(line: Line, text: CriteriaText) -> tuple[str, bool]:
    """The words of the line or heading that opens the list a line stands in, and whether it is a list of washouts."""
    parent = text.parent(line)
    if parent is not None and _OPENS.search(parent.folded[-_GOVERNS:]):
        words = flow(parent.folded[-_GOVERNS:]).text
        words = words[max(words.rfind(". "), words.rfind("; ")) + 1 :]
    elif line.headings and _HEADS.search(line.headings[-1]):
        words = flow(line.headings[-1]).text
    else:
        return "", False
    words = words.rstrip(" :") + " "
    washouts = _WASHOUT_LIST.search(words) is not None
    if washouts or cues.HISTORY.search(words) or windows(words):
        return cues.mask(words), washouts
    return "", False


class _LineReading:
    """One line's findings."""

    def __init__(
        self, line: Line, text: CriteriaText, flowing: Flow, words: str, governing: str, *, washouts: bool
    ) -> None:
        self.line = line
        self.text = text
        self.flowing = flowing
        self.words = words
        self.governing = governing
        self.washouts = washouts
        self.counted: list[tuple[int, int]] | None = None
        self.outer = windows(governing) if governing else []

    def findings(self, cased: str, named: list[Named]) -> Iterator[Finding]:
        """Findings sentence by sentence."""
        if not named:
            return
        start = 0
        for end in [*(match.end() for match in _SENTENCE.finditer(cased)), len(cased)]:
            if end < len(cased) and cased.count("(", start, end) > cased.count(")", start, end):
                continue  # a semicolon in brackets ends nothing
            inside = [n for n in named if start <= n.start and n.end <= end]
            if inside:
                yield from self._sentence(start, end, inside)
            start = end

    def _sentence(self, start: int, end: int, named: list[Named]) -> Iterator[Finding]:
        lists = [g for g in groups(named, self.words) if not _EXCEPTED.search(self.words, start, g.start)]
        found = (replace(w, start=w.start + start, end=w.end + start) for w in windows(self.words[start:end]))
        sentence = Sentence(
            self.words, start, end, tuple(lists[:_MOST_GROUPS]), tuple(found), self.governing, self.washouts
        )
        frames = [frame(sentence, i) for i in range(len(sentence.groups))]
        for i, group in enumerate(sentence.groups):
            said = frames[i] = self._inherited(sentence, frames, i)
            if said is None:
                continue
            if said.window is None and self.outer and not said.outcomes and not said.naive:
                said = replace(said, window=self.outer[-1], inherited=True)
            yield from self._emit(sentence, group, said)

    def _inherited(self, sentence: Sentence, frames: list[Frame | None], i: int) -> Frame | None:
        """A group without window shares that of the next one, and one without cue the history of the one before."""
        said, lists = frames[i], sentence.groups
        if said is not None:
            following = frames[i + 1] if i + 1 < len(lists) else None
            if said.window is not None or said.outcomes or said.naive or following is None or following.window is None:
                return said
            window = following.window
            if window.start < lists[i + 1].end or window.since:
                return said
            gap = self.words[lists[i].end : lists[i + 1].start]
            shares = _COORDINATES.search(gap) and not _HARD.search(gap)
            return replace(said, window=window, inherited=True) if shares else said
        before = frames[i - 1] if i else None
        if before is None or before.naive:
            return None
        gap = self.words[lists[i - 1].end : lists[i].start]
        if len(gap) >= _SHARED or not _COORDINATES.search(gap) or _HARD.search(gap) or cues.KILL.search(gap):
            return None
        if cues.KILL_BEHIND.match(self.words[lists[i].end : sentence.end]):
            return None
        if before.window is not None and before.window.start >= lists[i - 1].start:
            return None  # its window stands behind it, and is its own
        return replace(before, start=lists[i].start, end=lists[i].end, inherited=True)

    def _emit(self, sentence: Sentence, group: Group, said: Frame) -> Iterator[Finding]:
        if self._tells_what_counts(group, said):
            return
        group = self._uncounted(group, said)
        if not group.members:
            return
        span = self._raw(group.start, group.end)
        if self._is_of_another_malignancy(sentence, group, said, span):
            return
        requirement = requirement_of(self.line, self.text, sentence, group, said, span)
        if requirement is None:
            return
        window = said.window if requirement is Requirement.PROHIBITED else None
        before = self.words[max(sentence.start, group.start - _BEFORE_SETTING) : group.end]
        behind = self.words[group.end : min(sentence.end, group.end + _BEHIND_SETTING)]
        setting = cues.setting_of(before + _SETTING_ENDS.split(behind, maxsplit=1)[0])
        bounding = None
        if requirement is not Requirement.ALLOWED:
            bounding = cues.UNLESS.search(self.words, group.end, sentence.end)
        alternatives = len(said.outcomes) > 1 and requirement is Requirement.REQUIRED
        for therapies in self._names(group, requirement):
            for outcome in said.outcomes or (None,):
                yield Finding(
                    PriorTherapy(
                        therapies,
                        setting,
                        outcome,
                        window.days if window is not None else None,
                        window.half_lives if window is not None else None,
                        window.shorter if window is not None else None,
                    ),
                    *self._raw(said.start, said.end),
                    requirement=requirement,
                    confidence=_confidence(group, said),
                    or_group=f"outcome {group.start} {therapies[0]}" if alternatives else None,
                    exception=self._raw(*bounding.span()) if bounding is not None else None,
                )

    def _tells_what_counts(self, group: Group, said: Frame) -> bool:
        """Whether a bracket behind a count of lines only tells what is counted ("(regimens include …)")."""
        return said.window is None and any(
            end <= group.start < end + _NEXT_TO_COUNT and _OPENED.search(self.words, end, group.start)
            for _, end in self._counted()
        )

    def _uncounted(self, group: Group, said: Frame) -> Group:
        """The group without what is only counted ("one prior line of systemic therapy, including a taxane")."""
        if said.window is not None:
            return group
        failed = bool(said.outcomes) and _FAILED.search(self.words, said.start, group.start) is not None
        members = tuple(
            member
            for member in group.members
            if not any(start <= member.start < end for start, end in self._counted())
            or (said.outcomes and (failed or not member.vague))
        )
        return group if len(members) == len(group.members) else replace(group, members=members)

    def _is_of_another_malignancy(self, sentence: Sentence, group: Group, said: Frame, span: tuple[int, int]) -> bool:
        # A clause on other malignancies names one before it names its treatment.
        if _MALIGNANCY.search(self.words, sentence.start, group.start) is None:
            return False
        recent = said.window is not None and (said.window.days or 0) < _LONG_AGO
        return not recent and is_other_malignancy(self.line, *span, self.text)

    def _names(self, group: Group, requirement: Requirement) -> list[tuple[str, ...]]:
        """The therapies of each finding: any of them satisfies a requirement, each of them breaks a ban."""
        required, prohibited = requirement is Requirement.REQUIRED, requirement is Requirement.PROHIBITED
        members = list(group.members)
        heads = required and len(members) > 1 and set(members[0].names) <= GENERIC | {"chemotherapy"}
        if heads and _MUST_INCLUDE.search(self.words, members[0].end, members[1].start):
            members = members[1:]
        names = list(dict.fromkeys(name for member in members for name in member.names))
        if all(map(is_surgery, names)):
            return []
        if not required:
            names = [name for name in names if not is_surgery(name)]
        if group.combined and prohibited and len(names) > 1:
            return [(" + ".join(names),)]
        if required and (group.joined_by_and or group.combined) and not set(names) & {SYSTEMIC, STANDARD}:
            return [(name,) for name in names]
        if prohibited and group.plain and ANTICANCER not in names:
            own = (tuple(name for name in member.names if name in names) for member in members)
            return list(dict.fromkeys(each for each in own if each))
        return [tuple(names)]

    def _counted(self) -> list[tuple[int, int]]:
        if self.counted is None:
            self.counted = line_phrases(self.words)
        return self.counted

    def _raw(self, start: int, end: int) -> tuple[int, int]:
        return self.line.start + self.flowing.original(start), self.line.start + self.flowing.original(end - 1) + 1


def _confidence(group: Group, said: Frame) -> float:
    if said.window is not None:
        base = _WASHOUT
    elif said.outcomes:
        base = _OUTCOME
    else:
        base = _NAIVE if said.naive else _HISTORY
    if said.inherited:
        base = min(base, _INHERITED)
    return min(base, _VAGUE) if all(member.vague for member in group.members) else base


PRIOR_THERAPY: Reader = PriorTherapyReader()
