"""Which cohort a heading or a line speaks of."""

from __future__ import annotations

import re

# "A", "2b", "B-3", "EMNK", "ECBF-D1", "IIa"; a word in capitals is a name, a word in small letters is none.
_NUMBER = (
    r"(?:(?-i:[A-Z]{0,2})-?\d{1,2}[A-Za-z]?(?![A-Za-z0-9])|(?-i:I{1,3}[ab]?|IV)(?![A-Za-z])|(?-i:(?!(?:OF"
    r"|IN|AND|OR|FOR|ONLY|THE|TO|WITH|IS|ARE|NOT|ALL|NO)\b)[A-Z][A-Z0-9]{0,5}(?:[+-][A-Z0-9]{1,3})?)(?![A-Za-z]))"
)
_UNIT = r"(?:cohorts?|arms?|parts?|groups?|strat(?:um|a)|modules?|sub-?study|sub-?studies|schedule|phases?)"
_NAME = (
    r"(?:(?:dose[- ])?(?:escalation|expansion|optimi[sz]ation|confirmation)(?: (?:phase|cohorts?|part|portion|arms?))"
    rf"|{_UNIT}\s+{_NUMBER}(?:\s*(?:,|/|&|and|or|,\s*and|-|to)\s*(?:{_UNIT}\s+)?{_NUMBER})*"
    r"(?:\s+(?:arms?|cohorts?|parts?)\s+\w{1,3}(?:\s+and\s+(?:arm|cohort|part)\s+\w{1,3})*)?)"
)
_LEAD = re.compile(
    rf"\W*(?:(?:for|in) )?(?:the )?(?:(?:patients|participants|subjects|those)(?: enrolled)? (?:in|on|to) )?(?:the )?"
    rf"(?P<name>{_NAME})(?:\s*\([^)]{{0,80}}\))?(?:\s+only)?\s*(?:[:;,-]|\s+only\b)",
    re.IGNORECASE,
)
_TAIL = re.compile(rf"[(\[](?:for )?(?P<name>{_NAME})(?:\s+(?:only|patients))?[)\]]\s*[.;]?\s*$", re.IGNORECASE)
_INSIDE = re.compile(rf"(?P<name>{_NAME})", re.IGNORECASE)


def cohort_of_line(text: str) -> str | None:
    """The cohort a line names in its lead ("Cohort A: …", "For Part B only, …") or tail ("… (Cohort 2 only)")."""
    match = _LEAD.match(text) or _TAIL.search(text)
    return " ".join(match["name"].split()) if match else None


def cohort_of_heading(text: str) -> str | None:
    """The cohort a heading names anywhere."""
    match = _INSIDE.search(text)
    return " ".join(match["name"].split()) if match else None
