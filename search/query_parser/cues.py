"""Words beside a drug or its target that say whether it was had: shared by the readers of markers and therapies."""

from __future__ import annotations

import re

_BEHIND = re.compile(
    r"[\s-]*(?:na[iï]ve|fail(?:ure|ed)|refractory|resistan(?:t|ce)(?! mutation)|progress(?:ed|ion)"
    r"|exposed|pre-?treated|treated|experienced|intolerant|relapsed?)\b"
)
_BEFORE = re.compile(
    r"\b(?:after|post|s/p|(?<![a-z] )failed|progress(?:ed|ion|ing) (?:on|after|through)|pd (?:on"
    r"|after)|refractory to|resistant to|pre-?treated with|treated with|received|had|prior"
    r"|previous|na[iï]ve to|no prior)\s+(?:(?:an?|prior|anti-?)\s?)*$"
)


def had_or_naive(lower: str, start: int, end: int) -> bool:
    """Whether `lower[start:end]`, the name of a target, is told as a treatment: "BTK failure", "after PARP"."""
    return _BEHIND.match(lower, end) is not None or _BEFORE.search(lower, max(0, start - 40), start) is not None
