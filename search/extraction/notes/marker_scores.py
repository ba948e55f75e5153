"""Scores of stains and counts in notes: percentages, IHC grades, combined scores, FISH ratios, mutational burden."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

STAINED = frozenset(
    {
        "ER",
        "PR",
        "HER2",
        "AR",
        "p16",
        "PRAME",
        "NY-ESO-1",
        "CLDN18.2",
        "MAGE-A4",
        "TROP2",
        "FOLR1",
        "c-Met",
        "CD19",
        "CD20",
        "CD22",
        "CD30",
        "CD33",
        "CD123",
        "BCMA",
        "PSMA",
        "SSTR2",
        "CDH6",
        "CDH17",
        "DLL3",
        "CEACAM5",
        "B7-H3",
        "NECTIN4",
    }
)

_PERCENT = re.compile(
    r"[\s:=(~≥>]*(?:(?:tps|tc|cps|ihc|score|staining|index|in|of|positive|pos|strong|at|ic"
    r"|was|is|expression|tumou?r cells)[\s:=~≥>(]*){0,3}(?P<lt><)?\s?(?P<n>\d{1,3}(?:\.\d+)?)\s?%"
)

IHC = re.compile(
    r"[\s:=(,]*(?:(?:breast|tumou?r|score|by|is|was|local|central|core|bx"
    r"|biopsy)\s+){0,2}(?:ihc[\s:=]*)?(?P<n>[0-3])(?:\+(?:/[0-3]\+)?|(?=[\s,;.)/]|$))(?!\s?(?:%|cm|mm|\d|of"
    r"|lines?|out))"
)

_IHC_ANYWHERE = re.compile(r"\bihc[\s:]*(?P<n>[0-3])\s?(?:\+|(?=[\s,;.)]|$))|(?<![\d.])(?P<m>[0-3])(?:\s?-\s?[0-3])?\+")

_CPS = re.compile(
    r"[\s:=(]*(?P<what>cps|tps|tc|ic|h-?score)[\s:=]*(?:score\s*)?(?P<lt><)?(?:of\s*)?[>≥]?\s?(?P<n>\d{1,3})\b"
)

_ISH = re.compile(
    r"\b(?:d?ish|fish|cish|sish)\b[\s:=,(/]*(?:(?:ratio|neg\w*|not|non-?|amp\w*|pos\w*|\+|-|is|was|of|gene"
    r"|her2/cep17)[\s:=,(]*){0,3}(?P<n>\d+(?:\.\d+)?)?"
)

_ISH_SAYS = re.compile(
    r"\b(?:d?ish|fish)\b[^,;.]{0,24}?(?:(?P<no>\bneg|not ampl|non-?ampl|unampl|-(?=[\s,;.)]|$))|(?P<yes>\bpos|ampl|\+))"
)

_ALLRED = re.compile(r"\ballred[\s:]*(?P<n>[0-8])\b")

_TMB_HIGH = 10
"""Mutations per megabase from which tumor mutational burden counts as high (FDA label of pembrolizumab, 2020)."""

_ISH_RATIO = 2.0
"""HER2/CEP17 ratio from which HER2 counts as amplified (ASCO/CAP 2018)."""


@dataclass(frozen=True, slots=True)
class Result:
    """The state of a marker, where the words that say it end, and the value as reported."""

    state: str
    end: int
    value: str | None = None
    marker: str | None = None


def scored(marker: str, quote: str, lower: str, at: int) -> Result | None:
    """Percentages, IHC and combined scores."""
    if marker == "TMB":
        burden = re.match(r"[\s:=(]*(?:of\s)?(?P<n>\d+(?:\.\d+)?)", lower)
        if burden is not None:
            state = "high" if float(burden["n"]) >= _TMB_HIGH else "low"
            return Result(state, at + burden.end(), burden["n"])
        return None
    own = re.search(r"\b(?:cps|tps)$", quote)  # "PD-L1 CPS" is one name
    shift = len(own.group()) if own is not None else 0
    score = _CPS.match((own.group() if own is not None else "") + lower)
    if score is not None:
        count = int(score["n"])
        return Result(
            "positive" if count >= 1 and not score["lt"] else "negative",
            at + score.end() - shift,
            f"{score['what'].upper()} {count}" + ("%" if lower[score.end() - shift :][:1] == "%" else ""),
        )
    percent = _PERCENT.match(lower)
    if percent is not None and marker != "HER2":
        share = float(percent["n"])
        shown = f"{percent['n']}%"
        if marker == "Ki-67":
            return Result(shown, at + percent.end(), shown)
        state = "positive" if share >= 1 and not (percent["lt"] and share <= 1) else "negative"
        return Result(state, at + percent.end(), shown) if marker in STAINED or marker == "PD-L1" else None
    if marker not in STAINED:
        return None
    allred = _ALLRED.search(lower)
    if allred is not None and allred.start() < 25:
        return Result("positive" if int(allred["n"]) > 2 else "negative", at + allred.end(), f"Allred {allred['n']}")
    stain = IHC.match(lower) or _near(_IHC_ANYWHERE, lower)
    if stain is None:
        return _her2_ish(lower, at) if marker == "HER2" else None
    grade = int(stain["n"] or (stain.groupdict().get("m") or 0))
    if marker != "HER2":
        return Result("positive" if grade >= 1 else "negative", at + stain.end(), f"IHC {grade}+" if grade else "0")
    ish = _her2_ish(lower, at)
    shown = f"IHC {grade}+" if grade else "IHC 0"
    if grade == 2:
        return (
            replace(ish, value=f"{shown}, {ish.value}")
            if ish is not None
            else Result("IHC 2+", at + stain.end(), shown)
        )
    return Result("positive" if grade == 3 else "negative", at + stain.end(), shown)


def _near(pattern: re.Pattern[str], lower: str) -> re.Match[str] | None:
    match = pattern.search(lower)
    return match if match is not None and match.start() < 30 and "," not in lower[: match.start()] else None


def _her2_ish(lower: str, at: int) -> Result | None:
    found = _ISH.search(lower)
    if found is None:
        return None
    says = _ISH_SAYS.search(lower)
    ratio = float(found["n"]) if found["n"] else None
    if ratio is not None:
        return Result("positive" if ratio >= _ISH_RATIO else "negative", at + found.end(), f"FISH ratio {found['n']}")
    if says is not None:
        return Result(
            "negative" if says["no"] is not None else "positive",
            at + says.end(),
            "ISH" + ("-" if says["no"] is not None else "+"),
        )
    return None
