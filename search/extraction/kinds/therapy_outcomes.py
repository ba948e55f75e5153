"""What came of a therapy, in the words around it: progressed, refractory, intolerant, response."""

from __future__ import annotations

import re

OUTCOMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "progressed",
        re.compile(
            r"\b(?:progress(?:ed|ion|ing|ive|es)?|relaps\w+|recur(?:red|rence|rent|ring)?|fail(?:ed|ure|ures"
            r"|ing|s)?|unresponsive"
            r"|non-?respon\w+|(?:did|does|do|has|have|not) not respond\w*|(?:lack|loss) of (?:response"
            r"|benefit)|inadequate response|insufficient response"
            r"|no (?:complete |partial |objective )?(?:response|remission|cr|pr)|ineffective|exhausted"
            r"|no longer (?:benefit\w*|respon\w+)"
            r"|continued to grow|worsen\w*)\b"
        ),
    ),
    ("refractory", re.compile(r"\b(?:refractory|resistan(?:t|ce)|unresponsive)\b")),
    (
        "intolerant",
        re.compile(
            r"\b(?:intoleran(?:t|ce)|(?:unable|not able|inability|could not|cannot|can not)(?: to)? tolerate"
            r"|not tolerat\w+"
            r"|discontinu\w+(?= [^.;]{0,60}(?:intoleran|toxicit)))\b"
        ),
    ),
    (
        "response",
        re.compile(
            r"\b(?:(?:complete |partial |objective |clinical )?respon(?:se|ded|ding|ders?) (?:to|after|following|on)"
            r"|benefit(?:ed)? (?:from|on)|(?:remission|stable disease|cr|pr|sd)\b[^.;]{0,25}(?:after|following"
            r"|to|with))\b"
        ),
    ),
)
"""What came of a therapy, as words before it."""
_LINK = re.compile(
    r"\b(?:on|after|following|to|during|with|of|from|while|despite|under|post|upon|since|by|failed"
    r"|fail|failing|received|tolerate|had|treated|through|or|and|have|in)\b|^\W*$"
)
_LINKS_ITSELF = re.compile(r"\b(?:to|after|following|on|from)$")
_REACH = 140
"""Characters before a therapy in which its outcome may stand."""
_BREAK = re.compile(
    r"[;]|\b(?:must|but|however|unless|provided|except|who (?:have )?(?:received|had)|and (?:have "
    r"|has )?(?:received|had|must)|eligible|candidates?|without|measurable|histolog\w+ confirmed)\b"
)
_BEHIND: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "progressed",
        re.compile(
            r"^[^.;]{0,70}?\b(?:has|have|had|having|was|were|is|must have|and|who|which|with"
            r"|experienced) (?:[a-z]+ ){0,3}?(?:failed|progress\w+|relapsed|recurred|proven to be ineffective"
            r"|disease progression)\b"
            r"|^\W*(?:[a-z]+ )?failures?\b|^[^.;,]{0,40}\bproven to be ineffective"
        ),
    ),
    (
        "refractory",
        re.compile(
            r"^[ -]*(?:relapsed[/ -](?:or )?)?(?:and/or |therapy[- ]|based[- ]|treatment[- ])?(?:refractory"
            r"|resistant)\b"
        ),
    ),
    (
        "intolerant",
        re.compile(
            r"^[ -]*intoleran(?:t|ce)\b|^[^.;]{0,90}\b(?:due to|because of|for"
            r"|or) (?:unacceptable )?(?:intolerance|toxicity)\b"
        ),
    ),
)
"""What came of a therapy, as words behind it."""
_NOT_RESISTANCE = re.compile(r"castrat|androgen|multi-?drug|drug-resistant|insulin|antibiotic|radiograph")
_EXCEPTING = re.compile(r"\b(?:except|unless|if|but|however|other than)\b")
_ANOTHER_WHO = re.compile(r"\bor (?:who|have|has|are|is|patients|participants|with|those)\b")
_NAMED_BEFORE = 14
"""Characters before "resistant" that tell whether a therapy is resisted ("castration-resistant" is none)."""


def outcomes_of(before: str, behind: str) -> tuple[tuple[str, ...], bool]:
    """The outcomes of a therapy, and whether they are told behind it.

    Args:
        before: the words of its clause before it.
        behind: the words between it and the next therapy.
    """
    near = before[-_REACH:]
    stops = [match.end() for match in _BREAK.finditer(near)]
    last_stop = max(stops, default=0)
    found = [
        outcome
        for outcome, pattern in OUTCOMES
        if any(_is_linked(near, match, last_stop) for match in pattern.finditer(near))
    ]
    told_behind = False
    behind = _EXCEPTING.split(behind)[0]
    for outcome, pattern in _BEHIND:
        match = pattern.search(behind)
        if match is not None and not _ANOTHER_WHO.search(match.group()):
            told_behind = True
            if outcome not in found:
                found.append(outcome)
    if len(found) > 1 and "response" in found:
        found.remove("response")
    return tuple(found), told_behind


def _is_linked(near: str, match: re.Match[str], last_stop: int) -> bool:
    if match.end() <= last_stop:
        return False
    if _LINK.search(near, match.end()) is None and not _LINKS_ITSELF.search(match.group()):
        return False
    return not _NOT_RESISTANCE.search(near[max(0, match.start() - _NAMED_BEFORE) : match.end()])
