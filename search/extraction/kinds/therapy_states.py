"""Therapies that a word for the disease implies: "platinum-resistant", "treatment-naive"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from search.eligibility.criterion import PriorTherapy, Requirement, Section
from search.extraction.flow import Flow
from search.extraction.guards import is_other_malignancy
from search.extraction.kinds.line_counts import NAIVE_OR_TREATED
from search.extraction.kinds.therapy_mentions import STANDARD, SYSTEMIC
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line

_RESISTANT, _UNTREATED_SURE = 0.7, 0.75
"""Confidence of what a word for the disease implies."""
_MOST = 4
"""Statements of failed standard therapy that are read from one line."""
_AROUND = 80
"""Characters on either side of "untreated" that may speak of other states or other diseases."""
_DENIED_REACH, _MAY_REACH = 12, 40
"""Characters before "untreated" in which it is denied, or only possible."""
_PLATINUM = re.compile(
    r"\bplatinum[- ](?P<state>resistant|refractory|sensitive)\b(?P<list>(?:,| or|/"
    r"| and)?[^.;]{0,30}\b(?:resistant|refractory|sensitive)\b)?"
)
_RESISTED = re.compile(
    r"\b(?P<name>endocrine|trastuzumab|tamoxifen|imatinib|cisplatin|enzalutamide|lenalidomide"
    r"|bortezomib|rituximab)[- ](?:therapy[- ])?(?P<state>resistant|refractory)\b(?! (?:cohort|group"
    r"|arm|stratum|part)\b)"
)
_FAILED_STANDARD = re.compile(
    r"\b(?:(?P<refractory>refractory to|resistant to|unresponsive to|(?:did|does|do|has|have) not respond\w* to"
    r"|fail(?:ed|ure)? to respond to)|(?P<intolerant>intoleran(?:t|ce) (?:of|to))"
    r"|(?P<progressed>failed|failing|failure of|progress\w+ (?:on|after|following|despite|through)"
    r"|relapsed (?:after|from|following)))"
    r",?(?: (?!standard|conventional|no\b|except|unless|second|first|third|subsequent)[\w/(),-]+){0,12}?"
    r" (?:standard|conventional)(?:[- ]of[- ]care)? (?:\w+ ){0,2}?(?:therap(?:y|ies)|treatments?|regimens?)"
)
_NONE_LEFT = re.compile(
    r"\bor (?:for|in) (?:whom|which)\b[^.;]*|\bor (?:is |are )?(?:not|no|ineligible|unsuitable)\b[^.;]*"
)
"""Patients for whom there is no standard therapy, as an alternative."""
_STATE = re.compile(r"resistant|refractory|sensitive")
_UNTREATED = re.compile(
    r"\b(?:treatment|therapy|systemic therapy|chemotherapy|drug)[- ]na[i\u00ef]ve\b|\b(?:previously"
    r"|chemotherapy|hitherto) untreated\b|\bnot (?:been )?previously treated\b(?! (?:with|by))"
    r"|\bno(?:t)? previous(?:ly)? (?:anti-?cancer )?treatment\b"
)
_NOT_UNTREATED = re.compile(
    r"\b(?:treated|relapsed|refractory|recurrent|experienced|brain|cns|metasta\w+ to the brain"
    r"|hepatitis|hcv|hbv|infection)\b"
)
_MAY_BE = re.compile(r"\b(?:may|can|could) (?:also )?be\b")
_DENIED = re.compile(r"\b(?:no|not)\b")


def implied_therapies(
    line: Line, text: CriteriaText, flowing: Flow, words: str, *, standard: bool = True
) -> Iterator[Finding]:
    """Therapies implied by a line's words for the disease.

    Args:
        line: the line.
        text: the text it stands in.
        flowing: the line's flow.
        words: the flowing text without diaeresis.
        standard: whether failed standard therapy is still to be read.
    """
    if not any(
        cue in words for cue in ("resistant", "refractory", "sensitive", "untreated", "naive", "treat", "standard")
    ):
        return
    for match in _PLATINUM.finditer(words):
        states = {match["state"], *_STATE.findall(match["list"] or "")}
        span = _raw(line, flowing, match)
        mixed = {"sensitive"} < states
        meant = Requirement.ALLOWED if mixed else stance(line, *span, text).requirement
        outcome = "response" if states == {"sensitive"} else "refractory"
        yield Finding(PriorTherapy(("platinum chemotherapy",), outcome=outcome), *span, meant, _RESISTANT)
    for match in _RESISTED.finditer(words):
        name = "endocrine therapy" if match["name"] == "endocrine" else match["name"]
        span = _raw(line, flowing, match)
        yield Finding(PriorTherapy((name,), outcome="refractory"), *span, None, _RESISTANT)
    if line.section is Section.INCLUSION:
        if standard:
            yield from _failed_standard(line, flowing, words)
        for match in _UNTREATED.finditer(words):
            span = _raw(line, flowing, match)
            if not _is_untreated(words, match) or is_other_malignancy(line, *span, text):
                continue
            if stance(line, *span, text).requirement is not Requirement.ALLOWED:
                yield Finding(PriorTherapy((SYSTEMIC,)), *span, Requirement.PROHIBITED, _UNTREATED_SURE)


def _failed_standard(line: Line, flowing: Flow, words: str) -> Iterator[Finding]:
    """ "Refractory to, or not a candidate for, standard treatment": what stands between cue and therapy may be long."""
    if "standard" not in words and "conventional" not in words:
        return
    for match in islice(_FAILED_STANDARD.finditer(words), _MOST):
        left = _NONE_LEFT.search(words, match.start())
        yield Finding(
            PriorTherapy((STANDARD, SYSTEMIC), outcome=match.lastgroup),
            *_raw(line, flowing, match),
            confidence=_RESISTANT,
            exception=_raw(line, flowing, left) if left is not None else None,
        )


def _is_untreated(words: str, match: re.Match[str]) -> bool:
    """Whether all patients must be untreated, and the disease under study is meant."""
    start, end = match.span()
    if NAIVE_OR_TREATED.search(words) or _DENIED.search(words, max(0, start - _DENIED_REACH), start):
        return False
    if _MAY_BE.search(words, max(0, start - _MAY_REACH), start):
        return False
    around = f"{words[max(0, start - _AROUND) : start]} {words[end : end + _AROUND]}"
    return _NOT_UNTREATED.search(around) is None


def _raw(line: Line, flowing: Flow, match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    return line.start + flowing.original(start), line.start + flowing.original(end - 1) + 1
