"""What a frame means for the patient: the algebra of `polarity`, with what prior therapies need beside it.

`polarity.stance` resolves section, negation, permission and exception. Therapies add: a washout is a ban in either
section, "failed to respond" negates nothing, "those who received X must …" asks for no X, and in an exclusion
"no prior X" and "must not have had X" ban X as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.eligibility.criterion import Requirement, Section
from search.extraction.kinds import therapy_cues as cues
from search.extraction.kinds.therapy_frames import Frame, Sentence
from search.extraction.kinds.therapy_mentions import Group
from search.extraction.polarity import stance
from search.extraction.polarity_words import GOES_ON
from search.extraction.reading import CriteriaText, Line

_ALLOWED, _REQUIRED, _PROHIBITED = Requirement.ALLOWED, Requirement.REQUIRED, Requirement.PROHIBITED
_REACH = 700
"""Characters of the sentence, on either side of a therapy, that have a say."""
_VERDICT_REACH = 260
"""Characters behind a therapy in which "are not eligible" may speak of those who had it."""
_CONDITION_REACH = 160
"""Characters behind "those who had X" in which what they must fulfil stands."""
_NEGATION_REACH = 50
"""Characters before an outcome in which a negation counts."""
_SHORT_AGO, _UNKNOWN_AGO = 42, 200
"""Days up to which "have had X within" among the inclusions is an exclusion in the wrong place; days of an unknown."""
_NEGATIVE = re.compile(
    r"\b(?:no|not|none|never|without|cannot|neither|nor|free of|off)\b(?! (?:more|less|later|earlier"
    r"|limited|only|sooner)\b)"
)
_CONDITION_ONLY = re.compile(
    r"\b(?:if|in case of|when|whether|regardless|for (?:patients|participants|subjects|those|women"
    r"|men)\b[^,]*\b(?:who|with|previously|receiving))\b[^,;]{0,80}$"
)
_WHATEVER = re.compile(
    r"\b(?:after|following|despite|since|before) any (?:prior |previous |earlier |other )?(?:[\w-]+ )?$"
)
""""Confirmed after any X": a time by which something is so, also where no X was given."""
_OUTRIGHT = re.compile(r"\b(?:must|should|received|have had|has had|treated with|fail\w*|undergone)\b[^;]*$")
_OUTRIGHT_DONE = re.compile(r"\b(?:must|should|complet\w+|last|finished|required|need)\b")
_MISREAD = re.compile(
    r"\bfail\w* to\b|not (?:respond|tolerat)|(?:unable|inability) to|no (?:longer|response)"
    r"|not eligible|ineligible|not (?:a )?candidates?|not amenable|without (?:response|benefit)"
)
"""What `stance` takes for a negation and is none of the therapy."""
_FAILS_TO = re.compile(
    r"\b(?:fail\w* to|(?:did|do|does|has|have|is|are|was|were) not (?:respond|tolerat)\w*"
    r"|not (?:respond|tolerat)\w*"
    r"|no (?:longer|benefit|(?:complete |partial |objective )?(?:response|remission|cr|pr))"
    r"|without (?:response|benefit)"
    r"|unable to|cannot tolerate)\b"
)
_SUBJECT = re.compile(r"[,;:]|\b(?:who|whom|which|whose)\b")
_ONLY = re.compile(r"\bonly (?:patients|participants|subjects|those)\b")
_FORBIDDEN = re.compile(
    r"^[^.;]*?\b(?:(?:is|are|be) (?:not (?:be )?(?:eligible|allowed|permitted|acceptable)|ineligible"
    r"|excluded|prohibited)|not (?:be )?(?:eligible|allowed|permitted)|ineligible|will be excluded)\b"
    r"(?! (?:for|to) (?!this|the (?:study|trial|protocol)|enrol|particip))"
)
_BRACKETS = re.compile(r"\([^()]*\)")
_PERMITS = re.compile(
    r"^[^.;]*?\b(?:(?:is|are)(?: also)? (?:allowed|permitted|acceptable)"
    r"|(?:can|may) (?:still )?(?:participate|enrol\w*|be (?:enrolled|included|eligible|allowed)))\b"
)
_NEEDLESS = re.compile(
    r"^(?:(?!\b(?:if|but|or|and|unless)\b)[^.;,:]){0,50}?"
    r"\b(?:is|are) not (?:required|mandatory|necessary|needed|obligatory"
    r"|a (?:requirement|prerequisite))\b(?! (?:if|unless|for|when|in)\b)"
)
"""Behind a therapy: it need not have been given."""
_PERMITTED_LIST = re.compile(
    r"\b(?:allowed|permitted|acceptable)[,: (]*(?:including|such as|e\.g\.?|i\.e\.?|as follows)[^.;]*$"
)
_MAY_ALLOW = re.compile(
    r"allow|permit|permiss|eligib|accept|exclu|except|unless|other than|may |can |could|exempt|includ"
    r"|enrol|participat|provided|apart|aside|save|not (?:a |required|necessary)"
)
_MUST_FIRST = re.compile(
    r"^(?:(?!\b(?:not eligible|ineligible|excluded|allowed|permitted|eligible)\b)[^.;])*?\b(?:must"
    r"|should|need to|are required to|will)\b(?! (?:not )?be (?:eligible|excluded|allowed|permitted"
    r"|ineligible|considered))"
)
_MAY_HAVE = re.compile(
    r"\b(?:may|could|might) (?:or may not )?(?:also )?have(?: had| received)?\b(?! (?:progress"
    r"|failed))[^.;]*$|\bnot (?:be )?(?:required|necessary)[^.;,]*$|\boptional\b[^.;,]*$"
)
_MODAL = re.compile(r"\b(?:must|should|may|can|will|shall)\b")
_UNTIL = re.compile(r"\b(?:until|up to)\b")
_SET_APART = re.compile(
    r"\b(?:except(?: for)?|(?<!not )excluding|other than|with the exception of|apart from) (?:[a-z-]+ ){0,2}$"
)
_EXCEPTING = re.compile(r"\b(?:unless|except)\b")
_COMPARATOR = 6
"""Characters of a window's own words in which "up to" may stand."""


@dataclass(frozen=True, slots=True)
class _Around:
    """The words before and behind a therapy, and what governs them."""

    inclusion: bool
    left: str
    right: str
    governed: str
    """The governing words with `left` behind them."""
    negative: bool


def requirement_of(
    line: Line, text: CriteriaText, sentence: Sentence, group: Group, said: Frame, span: tuple[int, int]
) -> Requirement | None:
    """What a framed group means for the patient; None where nothing is asked after all.

    Args:
        line: the line.
        text: the text it stands in.
        sentence: the sentence that holds the group.
        group: the therapies.
        said: their frame.
        span: the group's offsets in the raw text.
    """
    first, last = max(sentence.start, group.start - _REACH), min(sentence.end, group.end + _REACH)
    left, right = sentence.words[first : group.start], sentence.words[group.end : last]
    governed = sentence.governing + left
    around = _Around(line.section is Section.INCLUSION, left, right, governed, _NEGATIVE.search(governed) is not None)
    if said.window is not None:
        until = max(group.end, said.window.start + _COMPARATOR)
        if sentence.washouts or _UNTIL.search(sentence.words, group.end, until):
            return _PROHIBITED  # "may continue X until 3 days before"
    if said.asked and around.inclusion:
        return _REQUIRED
    if said.window is None and cues.CONDITIONAL.search(left) and _MUST_FIRST.search(right[:_VERDICT_REACH]):
        return None
    resolved = stance(line, *span, text).requirement
    spelt_out = resolved is _ALLOWED and GOES_ON.match(sentence.words[sentence.start :].lstrip())
    meant = resolved if spelt_out else _meant(resolved, around, said, said.start - first)
    if meant is not _ALLOWED and not said.outcomes and _SET_APART.search(left[-_NEGATION_REACH:]):
        return _ALLOWED  # "no chemotherapy except hydroxyurea", "2 weeks since any therapy other than X"
    if said.naive:
        return _PROHIBITED if around.inclusion or _NEGATIVE.search(left) else None
    if meant is _ALLOWED:
        return _ALLOWED
    if said.window is not None:
        return _washout(meant, around, said)
    behind = right[:_CONDITION_REACH]
    if meant is not _PROHIBITED and cues.CONDITIONAL.search(left) and cues.MUST_BEHIND.search(behind):
        return _ALLOWED if cues.ALLOWS.search(behind) else None
    if around.inclusion:
        return _included(meant, around, said, group)
    if meant is _REQUIRED and (_MODAL.search(governed) or not cues.NEGATED_RECEIPT.search(governed)):
        return _PROHIBITED
    return meant


def _meant(meant: Requirement, around: _Around, said: Frame, at: int) -> Requirement:
    """The stance, put right where the words of therapies mislead it."""
    left, right = around.left, around.right
    verdict = _BRACKETS.sub(" ", right[:_VERDICT_REACH])
    if _PERMITS.search(verdict) or _PERMITTED_LIST.search(left):
        meant = _ALLOWED
    elif meant is _ALLOWED and not _MAY_ALLOW.search(around.governed + right):
        meant = _REQUIRED if around.inclusion and not _NEGATIVE.search(left) else _PROHIBITED
    if meant is not _ALLOWED and _NEEDLESS.match(verdict):
        meant = _ALLOWED
    if meant is _ALLOWED and _ONLY.search(left):
        meant = _REQUIRED if around.inclusion else _PROHIBITED
    if around.inclusion and meant is _PROHIBITED and _is_misread(around, said, at):
        meant = _REQUIRED
    plain = around.inclusion and said.outcomes and not around.negative
    if plain and meant is _PROHIBITED and not _FORBIDDEN.search(verdict) and not cues.UNLESS.search(left):
        meant = _REQUIRED  # "refractory to X and not eligible for Y"
    if around.inclusion and said.window is None and _MAY_HAVE.search(left[-_VERDICT_REACH:]):
        meant = _ALLOWED
    if _FORBIDDEN.search(verdict) and not _EXCEPTING.search(verdict):
        meant = _PROHIBITED
    return meant


def _is_misread(around: _Around, said: Frame, at: int) -> bool:
    """Whether the only negation before a therapy is that of "failed to respond" or "not eligible for Y, who had X"."""
    left = around.left
    if _FAILS_TO.search(left) and not _NEGATIVE.search(_FAILS_TO.sub(" ", around.governed)):
        return True
    if not said.outcomes or not _MISREAD.search(left) or cues.UNLESS.search(left):
        return False
    # Only what stands close to the outcome negates it ("must not have progressed on").
    at = max(at, 0)
    near = _FAILS_TO.sub(" ", left[max(0, at - _NEGATION_REACH) : at]) + " " + _FAILS_TO.sub(" ", left[at:])
    return _NEGATIVE.search(_SUBJECT.split(near)[-1]) is None


def _washout(meant: Requirement, around: _Around, said: Frame) -> Requirement | None:
    window = said.window
    if window is not None and window.latest and not around.negative:
        # "Ended 8 weeks or less before": the time is asked for, and no ban among the inclusions.
        return _REQUIRED if around.inclusion and meant is _REQUIRED else meant
    if window is None or not (window.recent and around.inclusion and meant is _REQUIRED) or around.negative:
        return _PROHIBITED
    if not said.strong:
        return None
    days = _UNKNOWN_AGO if window.days is None else window.days
    if days <= _SHORT_AGO and not _OUTRIGHT_DONE.search(around.left):
        return _PROHIBITED
    return None if _CONDITION_ONLY.search(around.left) else _REQUIRED


def _included(meant: Requirement, around: _Around, said: Frame, group: Group) -> Requirement | None:
    if meant is not _REQUIRED:
        return meant
    if not (said.strong or said.outcomes) or _CONDITION_ONLY.search(around.left):
        return None
    if not said.outcomes and _WHATEVER.search(around.left):
        return None
    vague = all(member.vague for member in group.members) and not said.outcomes
    return None if vague and not _OUTRIGHT.search(around.governed) else meant
