"""TNM in registry text: regions of tokens ("T2-4, any N, M0", "TanyNanyM1"), cut where a new combination begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.terminology.stages import tnm_tokens

_VALUE_OF_AXIS = (
    r"(?:\b[Aa]ny[ -]?[TNM]\b|(?<![A-Za-z0-9+])(?:yp|yc|[cpruyCP])?[TNM] ?(?:\(?(?:any|ANY|Any)\)?"
    r"|is|IS|(?<=T)a(?![a-z])|[xXO0-4+](?:mi|[a-e][1-3]?)?)(?:(?<=[1-4]) [a-d]-[a-d](?![a-z]))?(?!(?![TNM](?:any"
    r"|is|[xXO0-4]))[A-Zac-z]{2}|[0-9%])"
    r"(?: ?(?:-|/| to ) ?(?:[cp]?[TNM])?(?:[xXO0-4][a-e]?|[b-e])(?![A-LO-SU-Za-z0-9]))*\+?)"
)
_JOINED = r"(?:[cp]?[TNM](?:any|is|(?<=T)a|[xXO0-4+](?:mi|[a-e][1-3]?)?)(?:-(?:[0-4O][a-e]?|[b-e])(?![a-z]))?)"
_GAP = r"[ ,/&;()*-]{0,4}(?:(?:or|and|and/or|to|with|but|any|disease|tumou?rs?)\b[ ,/&;()*-]{0,3}){0,2}"
_REGION = re.compile(rf"{_VALUE_OF_AXIS}{_JOINED}*(?:{_GAP}{_VALUE_OF_AXIS}{_JOINED}*)*")
_PIECE = re.compile(rf"{_VALUE_OF_AXIS}|{_JOINED}")
_ZERO = re.compile(r"(?<=[TNM])O(?![a-z])|(?<=[0-4]-)O")
_BRACKETED = re.compile(r"([TNM])(?: ?\(any\)| any\b)", re.IGNORECASE)
_ANATOMY = re.compile(
    r"mri\b|weighted|flair|contrast|gadolin|signal|imag|vertebra|spin(?:e|al)|thyroxine|triiodo"
    r"|thyroid function|tsh|cells?/|lymphocyte|t cell"
    r"|diabet|level|dermatom"
)
_STAGING = re.compile(
    r"stag|tnm|ajcc|uicc|figo|tumou?r|clinical|patholog|disease|lesion|nod[ea]|cancer|carcinoma"
    r"|metasta|melanoma|patients with|category|risk"
)
_LEUKEMIC = re.compile(r"\baml\b|\bapl\b|\bfab\b|leuka?emia")
_NEAR = 60
"""Characters beside a token in which a word of anatomy speaks against it."""
_ABOUT = 100
"""Characters beside it in which a word of staging speaks for it."""


@dataclass(frozen=True, slots=True)
class TnmRegion:
    """A combination of tokens; offsets in the text that was read."""

    start: int
    end: int
    tokens: tuple[str, ...]


def tnm_regions(text: str, folded: str) -> Iterator[TnmRegion]:
    """The combinations in a text without line ends, in order.

    Args:
        text: case as written.
        folded: the same in lower case.
    """
    for found in _REGION.finditer(text):
        region = found.group()
        near = folded[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        about = folded[max(0, found.start() - _ABOUT) : found.end() + _ABOUT]
        tokens = _tokens(region)
        axes = {token[0] for token in tokens}
        if not tokens:
            continue
        if len(axes) == 1 and not _is_stage(tokens[0][0], text[: found.start()], near, about):
            continue
        bound = bound_of(folded, found.start(), found.end())
        if bound and len(tokens) == 1 and tokens[0][1].isdigit():
            yield TnmRegion(found.start(), found.end(), _from(tokens[0], bound))
            continue
        yield from _combinations(found.start(), region)


_AT_LEAST = re.compile(r"(?:> ?=|= ?>|\u2265|at least|minimum(?: of)?)\s*(?:clinical |stage |c|p|yp)*$")
_MORE = re.compile(r"(?:>|greater than|more than|higher than|beyond)\s*(?:clinical |stage |c|p|yp)*$")
_AT_MOST = re.compile(r"(?:< ?=|= ?<|\u2264|up to|at most|maximum(?: of)?)\s*(?:clinical |stage |c|p|yp)*$")
_LESS = re.compile(r"(?:<|less than|lower than|below)\s*(?:clinical |stage |c|p|yp)*$")
_OR_MORE = re.compile(r"\s*(?:\+|or (?:higher|greater|above|more|worse|larger|beyond)|and (?:above|higher|greater))")
_OR_LESS = re.compile(r"\s*(?:or (?:lower|less|below|smaller)|and (?:below|lower))\b")


def bound_of(folded: str, start: int, end: int) -> str:
    """How a stage between two offsets bounds others: ">=", ">", "<=", "<" or ""."""
    before, after = folded[max(0, start - 24) : start], folded[end : end + 20]
    if _AT_LEAST.search(before) or _OR_MORE.match(after):
        return ">="
    if _AT_MOST.search(before) or _OR_LESS.match(after):
        return "<="
    return ">" if _MORE.search(before) else "<" if _LESS.search(before) else ""


_STEPS = {"T": "1234", "N": "0123", "M": "01"}


def _from(token: str, bound: str) -> tuple[str, ...]:
    """The tokens of an axis on one side of a token; the token itself as written."""
    steps = [f"{token[0]}{step}" for step in _STEPS[token[0]] if (step > token[1] if ">" in bound else step < token[1])]
    own = [token] if "=" in bound else []
    return tuple(sorted({*steps, *own}))


def _is_stage(axis: str, before: str, near: str, about: str) -> bool:
    """Whether tokens of one axis alone are stages: by the words around them, or at the head of a line."""
    if axis == "T" and _ANATOMY.search(near):
        return False
    if axis == "M" and _LEUKEMIC.search(near):
        return False
    return _STAGING.search(about) is not None or (axis == "T" and not before.strip(" (-"))


def _tokens(words: str) -> tuple[str, ...]:
    words = re.sub(r"(?<=[1-4]) (?=[a-d]-[a-d])", "", _ZERO.sub("0", words))
    return tuple(tnm_tokens(_BRACKETED.sub(r"any \1", words)))


def _combinations(at: int, region: str) -> Iterator[TnmRegion]:
    """One region a combination: a new one begins where T comes again after N or M."""
    start = end = 0
    seen: set[str] = set()
    for piece in _PIECE.finditer(region):
        axis = next(letter for letter in piece.group() if letter in "TNM")
        if axis == "T" and "T" in seen and seen - {"T"}:
            yield TnmRegion(at + start, at + end, _tokens(region[start:end]))
            start, seen = piece.start(), set()
        seen |= {letter for letter in piece.group() if letter in "TNM"}
        end = piece.end()
    yield TnmRegion(at + start, at + end, _tokens(region[start:end]))
