"""Prior therapy: what the patient must, must not or may have had, in which setting, with what outcome, how long ago.

"Prior" is not enough: half of the phrases with it speak of something else ("prior to", "toxicity from prior therapy",
"prior malignancy"). See `therapy_cues` for the words, `therapy_frames` for how they decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from search.eligibility.criterion import PriorTherapy, Requirement, Section
from search.extraction.flow import Flow, flow
from search.extraction.guards import is_other_malignancy
from search.extraction.kinds import therapy_cues as cues
from search.extraction.kinds.line_counts import line_phrases
from search.extraction.kinds.therapy_frames import Frame, frame
from search.extraction.kinds.therapy_mentions import ANTICANCER, GENERIC, STANDARD, SYSTEMIC, Group, Named, groups, is_surgery, named_therapies
from search.extraction.kinds.windows import windows
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_WASHOUT, _HISTORY, _OUTCOME, _NAIVE, _VAGUE, _INHERITED = 0.93, 0.9, 0.9, 0.8, 0.75, 0.7
"""Confidence by the frame that was found; of a therapy without a name; of one whose frame is another's."""
_MOST = 24
"""Findings kept from one line."""
_LONGEST = 4000
"""Characters of a line that are read."""
_RELEVANT = re.compile(
    r"\b(?:prior|previous|receiv|receipt|treat|expos|underg|underw|histor|since|within|weeks?|days?|months?|wks?|half|fail|refractory|resistant"
    r"|resistance|progress|relaps|intoleran|naive|na\u00efve|after|following|last|had|use of|used|elapsed|washout|wash-out|complet|discontinu|benefit|platinum|untreated|include)"
)
_SENTENCE = re.compile(r"(?<![ .(](?:e\.g|i\.e|.vs|.no|etc))\.(?=\s+[A-Z(\[])|;(?=\s)|\.(?=\s*$)|(?<=[a-z)])\.(?=[A-Z][a-z])")
_PLATINUM = re.compile(r"\bplatinum[- ](?P<state>resistant|refractory|sensitive)\b(?P<list>(?:,| or|/| and)?[^.;]{0,30}\b(?:resistant|refractory|sensitive)\b)?")
_ENDOCRINE = re.compile(r"\b(?P<name>endocrine|trastuzumab|tamoxifen|imatinib|cisplatin|enzalutamide|lenalidomide|bortezomib|rituximab)[- ](?:therapy[- ])?(?P<state>resistant|refractory)\b(?! (?:cohort|group|arm|stratum|part)\b)")
_UNTREATED = re.compile(
    r"\b(?:treatment|therapy|systemic therapy|chemotherapy|drug)[- ]na[i\u00ef]ve\b|\b(?:previously|chemotherapy|hitherto) untreated\b|\bnot (?:been )?previously treated\b(?! (?:with|by))"
    r"|\bno(?:t)? previous(?:ly)? (?:anti-?cancer )?treatment\b"
)
_NOT_UNTREATED = re.compile(r"\b(?:treated|relapsed|refractory|recurrent|experienced|brain|cns|metasta\w+ to the brain|hepatitis|hcv|hbv|infection)\b")
_WASHOUT_LIST = re.compile(r"\b(?:elapsed|wash-?out|time from|interval|at least the following|since (?:the )?(?:last|prior)|following (?:time|period|interval)s?)\b")
_OPENS = re.compile(r":\s*$|\bfollowing\b[^.]{0,60}$|\b(?:with|including|of|any of|to|or)\W*$")
_MUST_INCLUDE = re.compile(r"\b(?:includ(?:e|es|ed|ing)|contain(?:ed|ing)?|consist\w*|comprising)\b")
_ALLOWED, _REQUIRED, _PROHIBITED = Requirement.ALLOWED, Requirement.REQUIRED, Requirement.PROHIBITED


class PriorTherapyReader:
    """Reads prior therapies of a line."""

    triggers: tuple[str, ...] = (
        "therap", "chemo", "radi", "inhibitor", "antibod", "agent", "transplant", "mab", "nib", "platin", "tax", "drug",
        "treat", "regimen", "irradia", "na\u00efve", "naive", "anti-", "anti ", "car-t", "car t", "cell", "investigational", "device",
        "study", "trial", "prior", "previous", "since", "fail", "refractory", "weeks", "days", "months", "half-li", "vaccine",
        "bicin", "citabine", "trexed", "in\u00e9", "mide", "parib", "leucel", "radical", "surg", "exposure", "received",
        "xrt", "tbi", "growth factor", "infusion",
    )  # fmt: skip

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All prior therapies of the line."""
        governing, washouts = _governing(line, text)
        if not governing and not _RELEVANT.search(line.folded):
            return
        flowing, cased = flow(line.folded[:_LONGEST]), flow(line.plain[:_LONGEST]).text
        words = cues.mask(flowing.text.replace("\u00ef", "i"))
        named = named_therapies(cased, flowing.text)
        reading = _LineReading(line, text, flowing, words, governing, washouts)
        found = list(dict.fromkeys(reading.findings(cased, named)))
        yield from found[:_MOST]


def _governing(line: Line, text: CriteriaText) -> tuple[str, bool]:
    """The words of the line or heading that opens the list a line stands in, and whether it is a list of washouts."""
    parent = text.parent(line)
    words = ""
    if parent is not None and _OPENS.search(parent.folded[-90:]):
        words = flow(parent.folded[-400:]).text
        at = max(words.rfind(". "), words.rfind("; "))
        words = words[at + 1 :].rstrip(" :") + " "
    elif line.headings and re.search(r"\b(?:following|received|treated|wash-?out|elapsed|prior treatment with)\b", line.headings[-1]):
        words = flow(line.headings[-1]).text.rstrip(" :") + " "
    washouts = bool(words) and _WASHOUT_LIST.search(words) is not None
    if washouts or cues.HISTORY.search(words) or windows(words):
        return cues.mask(words), washouts
    return "", False


class _LineReading:
    """One line's findings."""

    def __init__(self, line: Line, text: CriteriaText, flowing: Flow, words: str, governing: str, washouts: bool) -> None:
        self.line = line
        self.text = text
        self.flowing = flowing
        self.words = words
        self.governing = governing
        self.washouts = washouts
        self.counted = line_phrases(words)

    def findings(self, cased: str, named: list[Named]) -> Iterator[Finding]:
        start = 0
        bounds = [m.end() for m in _SENTENCE.finditer(cased)] + [len(cased)]
        for end in bounds:
            if end > start:
                inside = [n for n in named if start <= n.start and n.end <= end]
                if inside:
                    yield from self._sentence((start, end), groups(inside, self.words))
            start = end
        yield from self._states()

    def _sentence(self, bounds: tuple[int, int], lists: list[Group]) -> Iterator[Finding]:
        first, last = bounds
        lists = [group for group in lists if not _EXCEPTED.search(self.words, first, group.start)]
        found = [w for w in _shifted(self.words[first:last], first)]
        outer = windows(self.governing) if self.governing else []
        frames: list[Frame | None] = [
            frame(self.words, bounds, self.governing, i, lists, found, self.washouts) for i in range(len(lists))
        ]
        for i, group in enumerate(lists):
            self._inherit(i, lists, frames, found, bounds)
            said = frames[i]
            if said is None:
                continue
            if said.window is None and outer and not said.outcomes and not said.naive:
                said = Frame(said.start, said.end, outer[-1], said.outcomes, said.naive, said.strong, inherited=True)
            yield from self._emit(group, said, bounds)

    def _inherit(self, i: int, lists: list[Group], frames: list[Frame | None], found: list[object], bounds: tuple[int, int]) -> None:
        """A group without window shares that of the next one, and one without cue the history of the one before."""
        said = frames[i]
        following = frames[i + 1] if i + 1 < len(lists) else None
        if said is not None and said.window is None and not said.outcomes and not said.naive and following is not None:
            window = following.window
            if window is not None and window.start >= lists[i + 1].end and not window.since:
                gap = self.words[lists[i].end : lists[i + 1].start]
                if _COORDINATES.search(gap) and not _HARD.search(gap):
                    frames[i] = Frame(said.start, said.end, window, (), said.naive, said.strong, inherited=True)
        before = frames[i - 1] if i else None
        if said is None and before is not None and not before.naive:
            gap = self.words[lists[i - 1].end : lists[i].start]
            if len(gap) < _SHARED and _COORDINATES.search(gap) and not _HARD.search(gap) and not cues.KILL.search(gap) and not cues.KILL_BEHIND.match(self.words[lists[i].end : bounds[1]]):
                window = before.window if before.window is not None and before.window.start < lists[i - 1].start else None
                if window is not None or before.window is None:
                    frames[i] = Frame(lists[i].start, lists[i].end, window, before.outcomes, strong=before.strong, inherited=True)

    def _emit(self, group: Group, said: Frame, bounds: tuple[int, int]) -> Iterator[Finding]:
        if said.window is None and any(b <= group.start < b + _NEXT_TO_COUNT and _OPENED.search(self.words, b, group.start) for _, b in self.counted):
            return  # "(specific regimens include …)" tells what is counted
        group = self._uncounted(group, said)
        if not group.members:
            return
        start, end = self._raw(said.start, said.end)
        inner, behind = self._raw(group.start, group.end)
        if (
            _MALIGNANCY.search(self.words, bounds[0], group.start)
            and not (said.window is not None and (said.window.days or 0) < _LONG_AGO)
            and is_other_malignancy(self.line, inner, behind, self.text)
        ):
            return
        requirement = self._requirement(group, said, bounds, inner, behind)
        if requirement is None:
            return
        window = said.window if requirement is _PROHIBITED else None
        names = self._names(group, requirement)
        if not names:
            return
        confidence = self._confidence(group, said)
        setting = _setting(self.words[max(bounds[0], group.start - 60) : group.end], self.words[group.end : min(bounds[1], group.end + 90)])
        exception = self._exception(group, bounds) if requirement is not _ALLOWED else None
        for therapies in names:
            for outcome in said.outcomes or (None,):
                fact = PriorTherapy(
                    therapies,
                    setting,
                    outcome,
                    window.days if window is not None else None,
                    window.half_lives if window is not None else None,
                    window.shorter if window is not None else None,
                )
                alternatives = len(said.outcomes) > 1 and requirement is _REQUIRED
                key = f"outcome {group.start} {therapies[0]}" if alternatives else None
                yield Finding(fact, start, end, requirement, confidence, key, exception)

    def _uncounted(self, group: Group, said: Frame) -> Group:
        """The group without what is only counted ("one prior line of systemic therapy, including a taxane")."""
        if said.window is not None:
            return group
        failed = bool(said.outcomes) and _FAILED.search(self.words, max(0, said.start), group.start) is not None
        members = tuple(
            m
            for m in group.members
            if not any(a <= m.start < b for a, b in self.counted) or (said.outcomes and (failed or not m.vague))
        )
        return group if len(members) == len(group.members) else replace(group, members=members)

    def _requirement(self, group: Group, said: Frame, bounds: tuple[int, int], start: int, end: int) -> Requirement | None:
        inclusion = self.line.section is Section.INCLUSION
        left = self.words[bounds[0] : group.start]
        right = self.words[group.end : bounds[1]]
        meant = stance(self.line, start, end, self.text).requirement
        whole = self.words[bounds[0] : bounds[1]]
        if _PERMITS.search(right[:_VERDICT_REACH]) or _PERMITTED_LIST.search(left):
            meant = _ALLOWED
        elif meant is _ALLOWED and not _MAY_ALLOW.search(self.governing + whole):
            meant = _REQUIRED if inclusion and not _NEGATIVE.search(left) else _PROHIBITED
        if meant is _ALLOWED and _ONLY.search(left):
            meant = _REQUIRED if inclusion else _PROHIBITED
        if said.window is not None and re.search(r"\b(?:until|up to)\b", self.words[group.end : max(group.end, said.window.start + 6)]):
            return _PROHIBITED
        if inclusion and said.outcomes and meant is _PROHIBITED and _MISREAD.search(left) and not cues.UNLESS.search(left) and not _near_negation(left, said.start - bounds[0]):
            meant = _REQUIRED
        if said.asked and inclusion:
            return _REQUIRED
        if inclusion and meant is _PROHIBITED and _FAILS_TO.search(left) and not _NEGATIVE.search(_FAILS_TO.sub(" ", self.governing + left)):
            meant = _REQUIRED
        if cues.CONDITIONAL.search(left) and said.window is None and _MUST_FIRST.search(right[:_VERDICT_REACH]):
            return None
        if inclusion and said.window is None and _MAY_HAVE.search(left[-_VERDICT_REACH:]):
            meant = _ALLOWED
        if _FORBIDDEN.search(right[:_VERDICT_REACH]) and not re.search(r"\bunless|except\b", right[:_VERDICT_REACH]):
            meant = _PROHIBITED
        if said.naive:
            return _PROHIBITED if inclusion or _NEGATIVE.search(left) else None
        if meant is _ALLOWED:
            return _ALLOWED
        negative = _NEGATIVE.search(self.governing + left) is not None
        if said.window is not None:
            if said.window.recent and inclusion and meant is _REQUIRED and not negative:
                if not said.strong:
                    return None
                if (said.window.days or _LONG_AGO) <= _SHORT_AGO and not _OUTRIGHT_DONE.search(left):
                    return _PROHIBITED  # an exclusion in the wrong place
                return _REQUIRED if not _CONDITION_ONLY.search(left) else None
            return _PROHIBITED
        if meant is not _PROHIBITED and cues.CONDITIONAL.search(left) and cues.MUST_BEHIND.search(right[:160]):
            return _ALLOWED if cues.ALLOWS.search(right[:160]) else None
        if inclusion:
            if meant is _REQUIRED and (not (said.strong or said.outcomes) or _CONDITION_ONLY.search(left)):
                return None
            if meant is _REQUIRED and all(m.vague for m in group.members) and not said.outcomes and not _OUTRIGHT.search(self.governing + left):
                return None
            return meant
        if meant is _REQUIRED:
            modal = re.search(r"\b(?:must|should|may|can|will|shall)\b", self.governing + left)
            return _REQUIRED if not modal and cues.NEGATED_RECEIPT.search(self.governing + left) else _PROHIBITED
        return meant

    def _names(self, group: Group, requirement: Requirement) -> list[tuple[str, ...]]:
        members = list(group.members)
        if requirement is _REQUIRED and len(members) > 1:
            gap = self.words[members[0].end : members[1].start]
            if _MUST_INCLUDE.search(gap) and set(members[0].names) <= GENERIC | {"chemotherapy"}:
                members = members[1:]
        names = list(dict.fromkeys(name for member in members for name in member.names))
        if all(is_surgery(name) for name in names):
            return []
        if requirement is not _REQUIRED:
            names = [name for name in names if not is_surgery(name)]
        if group.combined and requirement is _PROHIBITED and len(names) > 1:
            return [(" + ".join(names),)]
        if requirement is _REQUIRED and (group.joined_by_and or group.combined) and not set(names) & {SYSTEMIC, STANDARD}:
            return [(name,) for name in names]
        if requirement is _PROHIBITED and group.plain and ANTICANCER not in names:
            own = [tuple(name for name in member.names if name in names) for member in members]
            return list(dict.fromkeys(each for each in own if each))
        return [tuple(names)]

    def _confidence(self, group: Group, said: Frame) -> float:
        base = _WASHOUT if said.window is not None else _OUTCOME if said.outcomes else _NAIVE if said.naive else _HISTORY
        if said.inherited:
            base = min(base, _INHERITED)
        return min(base, _VAGUE) if all(member.vague for member in group.members) else base

    def _exception(self, group: Group, bounds: tuple[int, int]) -> tuple[int, int] | None:
        found = cues.UNLESS.search(self.words, group.end, bounds[1])
        return None if found is None else self._raw(found.start(), found.end())

    def _states(self) -> Iterator[Finding]:
        """Therapies that a word for the disease implies: "platinum-resistant", "treatment-naive"."""
        for match in _PLATINUM.finditer(self.words):
            states = {match["state"]} | set(re.findall(r"resistant|refractory|sensitive", match["list"] or ""))
            start, end = self._raw(*match.span())
            meant = stance(self.line, start, end, self.text).requirement
            if {"sensitive"} < states:
                meant = _ALLOWED
            outcome = "response" if states == {"sensitive"} else "refractory"
            yield Finding(PriorTherapy(("platinum chemotherapy",), outcome=outcome), start, end, meant, _INHERITED)
        for match in _ENDOCRINE.finditer(self.words):
            start, end = self._raw(*match.span())
            name = "endocrine therapy" if match["name"] == "endocrine" else match["name"]
            yield Finding(PriorTherapy((name,), outcome="refractory"), start, end, None, _INHERITED)
        if self.line.section is Section.INCLUSION:
            for match in _UNTREATED.finditer(self.words):
                around = self.words[max(0, match.start() - 80) : match.end() + 80].replace(match.group(), " ")
                start, end = self._raw(*match.span())
                if re.search(r"\b(?:no|not)\b", self.words[max(0, match.start() - 12) : match.start()]):
                    continue
                if _NOT_UNTREATED.search(around) or is_other_malignancy(self.line, start, end, self.text):
                    continue
                meant = stance(self.line, start, end, self.text).requirement
                if meant is not _ALLOWED:
                    yield Finding(PriorTherapy((SYSTEMIC,)), start, end, _PROHIBITED, _VAGUE)

    def _raw(self, start: int, end: int) -> tuple[int, int]:
        return self.line.start + self.flowing.original(start), self.line.start + self.flowing.original(end - 1) + 1


_NEGATIVE = re.compile(r"\b(?:no|not|none|never|without|cannot|neither|nor|free of|off)\b(?! (?:more|less|later|earlier|limited|only|sooner)\b)")
_CONDITION_ONLY = re.compile(r"\b(?:if|in case of|when|whether|regardless|for (?:patients|participants|subjects|those|women|men)\b[^,]*\b(?:who|with|previously|receiving))\b[^,;]{0,80}$")
_OUTRIGHT = re.compile(r"\b(?:must|should|received|have had|has had|treated with|fail\w*|undergone)\b[^;]*$")
_MALIGNANCY = re.compile(r"malignanc|cancer|carcinoma|neoplas|tumou?r")
_SHORT_AGO = 42
_OUTRIGHT_DONE = re.compile(r"\b(?:must|should|complet\w+|last|finished|required|need)\b")
_NEXT_TO_COUNT = 120
_OPENED = re.compile(r"\([^)]*$")
_LONG_AGO = 200
"""Days from which a window may belong to another malignancy rather than to a washout."""
_FAILED = re.compile(r"progress|fail|refractory|resistan|intoleran|unresponsive|inadequate|exhaust")
_MISREAD = re.compile(r"\bfail\w* to\b|not (?:respond|tolerat)|(?:unable|inability) to|no (?:longer|response)|not eligible|ineligible|not (?:a )?candidates?|not amenable|without (?:response|benefit)")
_FAILS_TO = re.compile(r"\b(?:fail\w* to|(?:did|do|does|has|have|is|are|was|were) not (?:respond|tolerat)\w*|not (?:respond|tolerat)\w*|no (?:longer|response|benefit)|without (?:response|benefit)|unable to|cannot tolerate)\b")
_SETTING_ENDS = re.compile(r"[(;:]|\b(?:except|unless|but|however|if)\b")
_SUBJECT = re.compile(r"[,;:]|\b(?:who|whom|which|whose)\b")
_NEGATION_REACH = 50
"""Characters before an outcome in which a negation counts."""
_ONLY = re.compile(r"\bonly (?:patients|participants|subjects|those)\b")
_FORBIDDEN = re.compile(r"^[^.;]*?\b(?:(?:is|are|be) (?:not (?:be )?(?:eligible|allowed|permitted|acceptable)|ineligible|excluded|prohibited)|not (?:be )?(?:eligible|allowed|permitted)|ineligible|will be excluded)\b")
_PERMITS = re.compile(r"^[^.;]*?\b(?:can|may) (?:still )?(?:participate|enrol\w*|be (?:enrolled|included|eligible|allowed))\b")
_PERMITTED_LIST = re.compile(r"\b(?:allowed|permitted|acceptable)[,: (]*(?:including|such as|e\.g\.?|i\.e\.?|as follows)[^.;]*$")
_MAY_ALLOW = re.compile(r"allow|permit|permiss|eligib|accept|exclu|except|unless|other than|may |can |could|exempt|includ|enrol|participat|provided|apart|aside|save|not (?:a |required|necessary)")
_MUST_FIRST = re.compile(r"^(?:(?!\b(?:not eligible|ineligible|excluded|allowed|permitted|eligible)\b)[^.;])*?\b(?:must|should|need to|are required to|will)\b(?! (?:not )?be (?:eligible|excluded|allowed|permitted|ineligible|considered))")
_MAY_HAVE = re.compile(r"\b(?:may|could|might) (?:or may not )?(?:also )?have(?: had| received)?\b(?! (?:progress|failed))[^.;]*$|\bnot (?:be )?(?:required|necessary)[^.;,]*$|\boptional\b[^.;,]*$")
_VERDICT_REACH = 260
"""Characters behind a therapy in which "are not eligible" may speak of those who had it."""
_EXCEPTED = re.compile(r"\((?:except|excluding|other than|with the exception of|not including|apart from)\b[^)]*$")
_COORDINATES = re.compile(r",|\b(?:or|and)\b|/")
_HARD = re.compile(r"[;:.]|\b(?:within|unless|except|but|however|must|is|are|was|were|may|who|if|since|recovered|has|have|had|with or without|in combination|prior to|before|until|followed by)\b|\d")
_SHARED = 80
"""Longest gap, in characters, over which a frame is shared."""


def _shifted(words: str, by: int) -> Iterator[object]:
    for window in windows(words):
        yield replace(window, start=window.start + by, end=window.end + by)


def _near_negation(left: str, at: int) -> bool:
    """Whether what is said of an outcome is negated ("must not have progressed on"), "failed to respond" apart."""
    words = _FAILS_TO.sub(" ", left[max(0, at - _NEGATION_REACH) : max(at, 0)]) + " " + _FAILS_TO.sub(" ", left[max(at, 0) :])
    return _NEGATIVE.search(_SUBJECT.split(words)[-1]) is not None


def _setting(before: str, behind: str) -> str | None:
    words = before + _SETTING_ENDS.split(behind)[0]
    for setting, pattern in cues.SETTINGS:
        if pattern.search(words):
            return setting
    return None


PRIOR_THERAPY: Reader = PriorTherapyReader()
