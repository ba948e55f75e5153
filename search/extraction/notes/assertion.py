"""Whose fact a mention is, and whether it is one: negated, a relative's, planned or only considered.

The scope of a cue is its clause. "No A, B or C" denies the whole list, until an entry that says something of its own
("no ILD, diabetes on metformin").
"""

from __future__ import annotations

import re

from search.extraction.notes.text import NoteText

_HARD = re.compile(
    r";|\bbut\b|\bhowever\b|\bexcept\b|\balthough\b|->|→|\s[-\u2013\u2014]\s|\bthen\b|\bapart from\b"
    r"|\bother than\b|\bsaw\b"
)
_CUE = re.compile(
    r"\b(?:no|not|non|none|denie[sd]|denying|without|w/o|never|negative for|neg for|free (?:of|from)"
    r"|absence of|lacks?|nor"
    r"|neither|ruled out|r/o'd|excluded|off)\b(?!-)"
)
_PASSES = re.compile(
    r"^(?:[\s,/&()'\"+-]|\b(?:and|or|nor|any|of|the|a|an|to|evidence|history|hx|prior|previous|past|known"
    r"|signs?|symptoms?"
    r"|significant|active|current|currently|recent|ongoing|clinical(?:ly)?|other|major|further|new|overt|clear|serious"
    r"|uncontrolled|acute|chronic|systemic|on|had|has|have|having|been|is|was|are|were|ever|in|for|from|yet"
    r"|been|received"
    r"|treated|given|taking|using|underlying|concurrent|concomitant|obvious|residual|severe|symptomatic"
    r"|untreated|at|him|her"
    r"|personal|documented|diagnosed|definite|with|by|brain|drug|therapeutic|lately|recently|either|all)\b)*$"
)
_OWN = re.compile(
    r"\b(?:neg(?:ative)?|nl|normal|clear|ok|okay|stable|fine|good|well|yes|pos(?:itive)?|controlled|intact"
    r"|adequate|on|with|"
    r"takes?|treated|since|after|resolved|now|currently|mild|grade|gr|s/p|underwent|received|had|has|was|is"
    r"|are|resistant)\b"
    r"|\d|:|=|\+"
)
_WINDOW = 150
_LIST_WORDS = 6


def _last(pattern: re.Pattern[str], words: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(words):
        found = match
    return found


def clause_before(note: NoteText, at: int) -> str:
    """What stands before an offset in its clause, in lower case."""
    before = note.before(at, _WINDOW)
    cut = 0
    for match in _HARD.finditer(before):
        cut = match.end()
    return before[cut:]


def clause_after(note: NoteText, at: int, most: int = 90) -> str:
    """What stands behind an offset in its clause, in lower case."""
    after = note.after(at, most)
    match = _HARD.search(after)
    return after[: match.start()] if match else after


_AFFIRMS = re.compile(
    r"^[\w\s-]{0,18}?(?:\b(?:on|controlled|treated|since|diagnosed|resolved|managed|s/p|requiring|diet)\b"
    r"|\bgr(?:ade)? ?[1-4]|\bg[1-4]\b)"
)
_DENIED_AFTER = re.compile(
    r"^(?:[\s/,&-]|\((?:[^()]{0,30})\)|\b(?:and|or|status|serolog\w+|test\w*|screen\w*|antibod\w+|ab|ag|is|are"
    r"|was|were|all|both|"
    r"history|hx|each|by \w+|on \w+)\b)*[:=]?\s*\(?(?:neg\b(?! for)|negative\b(?! for)|non-?reactive"
    r"|not detected|undetected|absent|denied|excluded|"
    r"ruled out|none\b|never\b(?! (?:treated|needed|required))|unremarkable|-ve\b|\(-\)|immune\b|no\b(?=[,.;)\s]*$))"
)

_VIRUS = r"(?:hiv(?:-?[12])?|hbv|hcv|hbsag|hep(?:atitis)?(?: ?[bc])?)"
_VIRUS_ALONE = re.compile(_VIRUS)
_VIRUS_DENIED = re.compile(
    r"^-(?=[\s/,;.)]|$)"
    rf"|^(?:(?:\s*[,/&]\s*|\s+and\s+){_VIRUS})+\s*(?:serolog\w+ )?(?:(?:is|are|all|both) )*"
    r"(?:neg\b(?! for)|negative\b(?! for)|-ve\b|non-?reactive|-(?=[\s/,;.)]|$))"
)
"""How a virus is signed off: "HIV-/HBV-", "HIV, hepatitis negative". Of other words a dash behind them says nothing."""


def is_negated(note: NoteText, start: int, end: int, *, off: bool = True) -> bool:
    """Whether a mention is denied by what stands before it ("no X", "denies X, Y or Z") or behind it ("X: none").

    Args:
        note: the note.
        start: where the mention starts in `note.text`.
        end: where it ends.
        off: whether "off X" denies it; of a treatment it says that it was given.
    """
    behind = note.after(end, 60)
    if _DENIED_AFTER.match(behind):
        return True
    if _VIRUS_ALONE.fullmatch(note.text[start:end].lower()) and _VIRUS_DENIED.match(behind):
        return True
    before = clause_before(note, start)
    cues = [cue for cue in _CUE.finditer(before) if off or cue.group() != "off"]
    if not cues:
        return False
    between = before[cues[-1].end() :]
    if _PASSES.match(between):
        return True
    entries = re.split(r",|/|\bor\b|\band\b|\bnor\b|&", between)
    if len(entries) == 1:
        # "no recent or chronic <adjective> X": a few words that say nothing of their own.
        return len(between.split()) <= 3 and not _OWN.search(_without_passing(between)) and "(" not in between
    if _AFFIRMS.match(note.after(end, 40)) and "," in between:
        return False
    if any(_OWN.search(_without_passing(entry)) or len(entry.split()) > _LIST_WORDS for entry in entries):
        return False
    return "." not in between


def _without_passing(entry: str) -> str:
    return "" if _PASSES.match(entry) else re.sub(r"\b(?:on|with|had|has|is|was|are)\b", " ", entry, count=1)


_FAMILY = re.compile(
    r"\b(?:family|fhx|fh|famhx|mother|father|parents?|sisters?|brothers?|siblings?|aunts?|uncles?|cousins?"
    r"|grand\w+|mom|dad|son|"
    r"daughter|maternal|paternal|relatives?|wife|husband|spouse|partner|twin)\b"
)
_FAMILY_ENDS = re.compile(r"[;]|\b(?:patient|pt|he|she|himself|herself)\b")
_GOES_ON = re.compile(
    r"\b(?:mother|father|sister|brother|aunt|uncle|cousin|wife|husband|son|daughter)\b[^.;]*\band (?:he|she)\b"
)
"""A relative who is spoken of further on ("her husband was diagnosed, and he is on chemotherapy")."""


def is_relative(note: NoteText, start: int, end: int) -> bool:
    """Whether a mention speaks of a relative."""
    before = note.before(start, _WINDOW)
    found = _last(_FAMILY, before)
    if found is not None and not _FAMILY_ENDS.search(before, found.end()):
        between = before[found.end() :]
        if between.count(",") < 2 or "family" in found.group() or "fh" in found.group():
            return True
    if found is not None and _GOES_ON.search(before, found.start()):
        return True
    return bool(
        re.match(
            r"\s*(?:\w+\s){0,2}(?:in|of) (?:(?:his|her|the|a) )?(?:family|mother|father|sister|brother)\b",
            note.after(end, 50),
        )
    )


_PLANNED = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|(?:to|will|would|could|can|may|might|should) (?:be )?(?:start|begin|receive|get"
    r"|undergo|have|treated|consider"
    r"|give|add|accept|need)\w*|wants? to|scheduled|will|would|consider(?:ed|ing|s)?|candidates?|eligib\w+"
    r"|discuss(?:ed|ing|ion)?"
    r"|offer(?:ed|s|ing)?|declin(?:ed|es|ing)|refus(?:ed|es|ing)|await(?:s|ing)|recommend(?:ed|s|ing|ation)?"
    r"|goal|if|whether|suitable"
    r"|suited|propos(?:ed|es|al)|intend(?:s|ed)?|pending|referred for|here for|prefers?|agree(?:s|d|able)?"
    r"|fit for|feasib\w+|possible|needs"
    r"|booked|interested in|contraindicat\w+|upcoming|intent|instead of|rather than|conversion to"
    r"|before starting|prior to starting|(?:unable|not able|impossible) to (?:perform|undergo|receive|have|do|resect)"
    r"|listed for|for (?:planned )?definitive|for concurrent|screen(?:ed|ing) for|evaluat(?:ed|ion) for"
    r"|treated with radical intent|tumou?r board|mdt)\b"
)
_PLANNED_AFTER = re.compile(
    r"^[\s,)]*(?:\w+\s){0,3}?(?:(?:is|was|are|were|has been|being)\s+)?(?:planned|declined|refused|considered"
    r"|offered|scheduled|recommended|"
    r"eligible|suitable|possible|pending|contraindicated|not given|deferred|proposed|would|could|to start"
    r"|to be|would be|can be|not started|candidate|"
    r"ineligible|under consideration|discussed|not indicated|not possible|naive|-naive|na[iï]ve)\b"
    r"|^-?\s?(?:naive|na[iï]ve|eligible)\b"
)


_STARTS = re.compile(
    r"^[^.;]{0,60}?\b(?:starts|starting|to (?:start|begin)|begins|beginning|scheduled)\s+(?:(?:on|this|next|in"
    r"|the) )?(?:mon|tues|wednes|thurs|fri|satur|sun|tomorrow|week|month|soon|\d|shortly|a )"
)


def is_planned(note: NoteText, start: int, end: int) -> bool:
    """Whether a mention is a plan, an option or something that the patient turned down."""
    before = clause_before(note, start)
    found = _last(_PLANNED, before)
    if found is not None and len(before) - found.end() < _WINDOW // 2:
        between = before[found.end() :]
        if not re.search(r"\b(?:received|given|completed|finished|started|s/p|after|since|had)\b|\d{4}", between):
            return True
    after = note.after(end, 90)
    return bool(_PLANNED_AFTER.match(after) or _STARTS.match(after))
