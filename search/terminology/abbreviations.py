"""Abbreviations that stand for a cancer only in the right company ("ALL", "MM", "ACC", "OS").

The rule of a row in `cancer_synonyms.tsv` is a list of parts joined by "; ":

- `default`: the reading that holds where nothing speaks for another one;
- `near=a,b`: the reading holds when one of the words stands near, or in the context;
- `veto=a,b`: it never holds when one of the words stands near (unless the spelled-out name is in the text);
- `notnext=a,b`: it never holds before one of these words ("ALL patients");
- `alone`: it never holds inside a run of capitals ("ALL PATIENTS MUST");
- `sign`: the reading holds when the abbreviation is signed ("ER+", "PR-negative", "AR status");
- `first`: the reading meant when somebody gives nothing but the abbreviation (as a filter's value).

A spelled-out name of a related cancer anywhere in the text or the context decides before all of these. An abbreviation
that the text itself defines as something else ("overall survival (OS)") stands for no cancer in that text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from search.terminology.oncotree import ancestors

WINDOW = 160
"""Characters on either side in which `near` and `veto` words are looked for."""

_LOWER_CASE_WORDS = frozenset({"all", "net", "nets", "proc", "gist", "gists", "as", "at", "tet", "met", "cup", "cups"})


@dataclass(frozen=True, slots=True)
class Rule:
    """When a reading of an abbreviation holds; see the module."""

    default: bool = False
    near: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    not_next: frozenset[str] = frozenset()
    alone: bool = False
    first: bool = False
    sign: bool = False


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """One reading of an abbreviation."""

    name: str
    codes: frozenset[str]
    rule: Rule

    def spelled(self, quote: str, typed: bool) -> bool:
        """Whether a quote is this abbreviation: in its own case, or in lower case where the text has no capitals.

        Args:
            quote: the words.
            typed: the whole text is in lower case, as people type into a search bar.
        """
        if quote == self.name:
            return True
        return typed and len(quote) > 2 and quote not in _LOWER_CASE_WORDS and quote == self.name.lower()


def read_rule(cell: str) -> Rule:
    """The rule in a table cell.

    Raises:
        ValueError: a part is unknown; the message names it.
    """
    values: dict[str, tuple[str, ...]] = {}
    for part in filter(None, cell.split("; ")):
        name, _, words = part.partition("=")
        if name not in ("default", "near", "veto", "notnext", "alone", "first", "sign"):
            raise ValueError(f"unknown part {name!r} in the rule of an abbreviation: {cell!r}")
        values[name] = tuple(words.split(",")) if words else ()
    return Rule(
        default="default" in values,
        near=values.get("near", ()),
        veto=values.get("veto", ()),
        not_next=frozenset(values.get("notnext", ())),
        alone="alone" in values,
        first="first" in values,
        sign="sign" in values,
    )


_NEXT = re.compile(r"[\s(]*([A-Za-z]+)")
_SIGN = re.compile(
    r"\s?\(?[+]|[-–−](?=[\s,;:/)\]]|$)|[\s-]?(?:positiv|negativ|pos\b|neg\b|status|expression|low\b|high\b|rich\b)",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_WORD = re.compile(r"[^\W\d_]+")


def _in_capitals(text: str, start: int, end: int) -> bool:
    following = _NEXT.match(text, end)
    before = text[max(0, start - 20) : start].rstrip().rsplit(maxsplit=1)[-1:]
    neighbours = ([following.group(1)] if following else []) + before
    return any(_CAPITALS.fullmatch(word) for word in neighbours) and all(word.upper() == word for word in neighbours)


def surroundings_of(text: str, start: int, end: int, context: str = "") -> str:
    """What stands near `text[start:end]`, in lower case, with the context."""
    return f"{text[max(0, start - WINDOW) : start]} … {text[end : end + WINDOW]} … ".lower() + context


def holds(rule: Rule, text: str, start: int, end: int, surroundings: str) -> bool | None:
    """Whether a reading of `text[start:end]` holds; None where neither a sign, a near word nor a veto speaks."""
    following = _NEXT.match(text, end)
    if following and following.group(1).lower() in rule.not_next:
        return False
    if rule.alone and _in_capitals(text, start, end):
        return False
    if any(word in surroundings for word in rule.veto):
        return False
    if rule.sign and _SIGN.match(text, end):
        return True
    return True if any(word in surroundings for word in rule.near) else None


def defined_otherwise(text: str, start: int, end: int) -> bool:
    """Whether "(ABBR)" stands right behind words with these initials; the caller knows that they name no cancer."""
    before = text[max(0, start - 90) : start].rstrip()
    if not before.endswith("("):
        return False
    letters = [letter.lower() for letter in text[start:end] if letter.isalpha()]
    words = [word.lower() for word in _WORD.findall(before)]
    return len(letters) > 1 and [word[0] for word in words[-len(letters) :]] == letters


@dataclass(frozen=True, slots=True)
class Company:
    """What surrounds the abbreviations of a text."""

    text: str
    context: str
    """Further text about the same trial, lower case."""
    spelled_out: frozenset[str]
    """Codes of the names that stand spelled out in the text and the context."""
    above: frozenset[str]
    """These codes with all codes above them."""
    typed: bool
    """The text has no capitals."""

    def supports(self, codes: frozenset[str]) -> bool:
        """Whether a spelled-out name is the same as, above or below one of the codes."""
        return not self.above.isdisjoint(codes) or any(
            not self.spelled_out.isdisjoint(ancestors(code)) for code in codes
        )


def resolve(readings: Iterable[Abbreviation], start: int, end: int, company: Company) -> frozenset[str]:
    """Codes of the abbreviation `company.text[start:end]`; empty where it stands for no cancer.

    Args:
        readings: the possible readings.
        start: offset of the abbreviation.
        end: offset behind it.
        company: what surrounds it.
    """
    text = company.text
    quote = text[start:end]
    candidates = [reading for reading in readings if reading.spelled(quote, company.typed)]
    surroundings = surroundings_of(text, start, end, company.context)
    verdicts = [holds(reading.rule, text, start, end, surroundings) for reading in candidates]
    for wanted in (True, None):
        for reading, verdict in zip(candidates, verdicts, strict=True):
            if verdict is wanted and company.supports(reading.codes):
                return reading.codes
    for reading, verdict in zip(candidates, verdicts, strict=True):
        if verdict:
            return reading.codes
    for reading, verdict in zip(candidates, verdicts, strict=True):
        if verdict is None and reading.rule.default:
            return reading.codes
    return frozenset()
