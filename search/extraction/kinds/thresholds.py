"""Thresholds of biomarkers as trials write them: "TPS ≥ 50 %", "IHC 2+/ISH+", "at least 1 % of cells", "≥ 10 mut/Mb".

Works on flowing, folded text (`search.extraction.flow`). A threshold carries the state it stands for where the scale
says so: IHC 3+ is positive, IHC 0 and 1+ are not; what a percentage stands for depends on the marker and is for
`state_of` to say.

Sources: HER2 scores as in the ASCO/CAP guideline of 2018, ER and PR (1 % and 10 %) as in that of 2020.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPS = (
    (">=", (r"\u2265|> ?/?= ?|=> ?|> or = ?|&gt;=|greater than or equal to|more than or equal to"
            r"|equal to or (?:greater|more) than|at least|no less than|not less than|minimum of")),
    ("<=", (r"\u2264|< ?/?= ?|=< ?|&lt;=|less than or equal to|equal to or less than|at most|no more than"
            r"|not more than|up to")),
    (">", r">|&gt;|greater than|more than|higher than|above|over|exceed(?:s|ing)?"),
    ("<", r"<|&lt;|less than|lower than|below|under"),
)  # fmt: skip
_OP = "|".join(f"(?P<o{n}>{words})" for n, (_, words) in enumerate(_OPS))
_SCALE = (
    r"(?P<scale>\btps\b|tumou?r proportion scores?(?: \(tps\))?|\bcps\b"
    r"|combined positive scores?(?: \(cps\))?|\btap\b|\bvcps\b"
    r"|\bh[- ]?score|\ballred(?: total)?(?: score)?|\btc\b|\bic\b|\btic\b|ki[- ]?67(?: (?:index"
    r"|labell?ing index|proliferation index))?"
    r"|\bgis\b|genomic instability score|\bvaf\b|variant allele fr\w+|\bloh\b)"
)
_UNIT = (
    r"(?P<unit>% ?(?:or (?:more|greater|higher))?|percent|mut(?:ation)?s?(?: ?/ ?| per )(?:mb"
    r"|megabase|m)\w*|(?:ng|[\u00b5um]?c?g|iu|u)/(?:ml|l|dl)"
    r"|copies(?:/\w+)?)?"
)
_NUMERIC = re.compile(
    rf"(?:{_SCALE}[ :=,]{{0,2}}(?:(?:score|expression|level|of|is|was|must be|value|with|a|by"
    rf"|cutoff)[ :(]{{1,2}}){{0,3}})?"
    rf"(?:{_OP}) ?(?P<number>\d+(?:[.,]\d+)?) ?{_UNIT}"
)
_TRAILING = re.compile(
    rf"(?:{_SCALE}[ :=,]{{0,2}}"
    r"(?:(?:score|expression|level|index|of|is|was|must be|value|with|a|by|cutoff)[ :(]{1,2}){0,3})?"
    r"(?<![\d.,-])(?P<number>\d+(?:[.,]\d+)?)(?![\d.]) ?"
    r"(?P<unit>%|percent|mut(?:ation)?s?(?: ?/ ?| per )(?:mb|megabase|m)\w*)? ?"
    r"(?:or|and) (?P<way>more|higher|greater|above|over|less|lower|below|fewer)\b"
)
"""A bound told behind its number: "CPS of 10 or more"."""
_WAY = re.compile(r"\b(?:or|and) (?:more|higher|greater|above|over|less|lower|below|fewer)\b")
"""What such a bound holds: quickly seen."""
_MORE = frozenset({"more", "higher", "greater", "above", "over"})
_SCORE_OR_MORE = re.compile(r" ?(?:or|and) (?:more|higher|greater|above)\b")
_RANGE = re.compile(
    rf"{_SCALE}[ :=]{{0,2}}(?:(?:score|expression|of|is)[ :]){{0,2}}\(?(?P<low>\d+) ?%? ?(?:-|to"
    rf"|and) ?(?P<high>\d+) ?%?"
)
_TWO_NUMBERS = re.compile(r"\d ?%? ?(?:-|to|and) ?\d")
"""What a range holds: quickly seen."""
_EXACT = re.compile(r"\ballred (?:total )?score (?:of )?(?P<scores>\d(?:(?:, ?| or |, or |-)\d)*)")
_SCORE = r"(?:3 ?\+|2 ?\+|1 ?\+|\+{1,3}3?(?=\W|$)|[123](?=[,/ )]|$)|0(?![\d.%]))"
_ISH = (
    r"(?:(?:gene )?(?:amplification )?(?:by )?(?:d?ish|fish|sish|cish|fluorescen(?:ce"
    r"|t)(?: in)?[- ]situ hybridi[sz]ation|in[- ]situ hybridi[sz]ation)(?: ?/ ?(?:fish|ish|cish|sish"
    r"|dish))*(?: \([^()]{1,12}\))?)"
)
_IHC = re.compile(
    r"(?:\bihc\b|\bimmunohistochem\w+)(?: staining)?(?: \(ihc\))?(?: ?(?:score|scored|status|result"
    r"|is|of|as|intensity|:|=|-|\(|her-?2))*"
    rf" ?(?P<after>{_SCORE}(?:(?: ?, ?(?:or )?| or | and | ?/ ?|-| to )(?:ihc ?)?{_SCORE})*)"
    rf"|(?<![\w.+])(?P<before>(?:0|[123] ?\+)(?:(?: ?, ?(?:or )?| or | and | ?/ ?"
    rf"| to )[123] ?\+)*)(?= ?(?:\)|,)? ?(?:by|on|in|staining|with|using|as|via)? ?"
    r"(?:\bihc\b|immunohisto))"
    r"|(?<![\w.])(?P<bare>[123]\+(?:(?: ?, ?(?:or )?| or | and | ?/ ?)[123]\+)*)(?![\d])"
)
_ISH_SIGN = re.compile(
    rf"(?: ?(?:by|on|using|via) (?:ihc|immunohistochemistry)(?: \(ihc\))?)?"
    rf"[ ,(/]{{0,3}}(?:and|with|but|plus|&|by|if|confirmed|subsequent|a|that is|must be|is|are"
    rf"|should be|also|which|being|has|have)?(?: ?(?:a|is|are|must be|be|confirmed|by|as"
    rf"|subsequent))* ?"
    rf"(?:(?P<early>positive|negative|non-?amplified|amplified|not amplified) (?:for )?)?{_ISH}"
    r"(?: ?(?:test|testing|result|analysis|ratio|is|are|must be|by|status|-(?=\w)"
    r"|\())* ?(?P<late>non-?amplified|not amplified|un-?amplified|amplified|amplification|positive"
    r"|negative|pos\b|neg\b|\+|-)?"
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold in a text; offsets are into the text that was searched."""

    start: int
    end: int
    words: str
    """Normalised: "TPS>=50%", "IHC 2+/ISH+"."""
    scale: str
    """TPS, CPS, IHC …; empty for a bare percentage or number."""
    op: str = ""
    value: float = 0.0
    unit: str = ""
    scores: tuple[str, ...] = ()
    ish: str = ""
    """`+` or `-` where an in-situ hybridisation is asked for beside IHC 2+."""


def find_thresholds(folded: str) -> list[Threshold]:
    """Thresholds of a flowing, folded text, in order; none overlap."""
    found: list[Threshold] = []
    if any(digit in folded for digit in "0123456789+"):
        found = sorted([*_numeric(folded), *_scored(folded)], key=lambda one: (one.start, -one.end))
    kept: list[Threshold] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _numeric(folded: str) -> Iterator[Threshold]:
    for match in _NUMERIC.finditer(folded):
        scale = _scale(match["scale"])
        op = next(sign for n, (sign, _) in enumerate(_OPS) if match[f"o{n}"])
        unit = (match["unit"] or "").strip().split(" or ")[0].strip()
        unit = "%" if unit in ("percent", "%") else "mut/Mb" if unit.startswith("mut") else unit
        if not scale and not unit:
            continue
        value = float(match["number"].replace(",", "."))
        space = " " if unit not in ("", "%") else ""
        words = f"{scale}{op}{match['number'].replace(',', '.')}{space}{unit}"
        yield Threshold(match.start(), match.end(), words, scale, op, value, unit)
    for match in _TRAILING.finditer(folded) if _WAY.search(folded) else ():
        scale, unit = _scale(match["scale"]), match["unit"] or ""
        if scale or unit:
            unit = "%" if unit in ("percent", "%") else "mut/Mb" if unit else ""
            op, number = ">=" if match["way"] in _MORE else "<=", match["number"].replace(",", ".")
            words = f"{scale}{op}{number}{' ' if unit == 'mut/Mb' else ''}{unit}"
            yield Threshold(match.start(), match.end(), words, scale, op, float(number), unit)
    for match in _RANGE.finditer(folded) if _TWO_NUMBERS.search(folded) else ():
        scale = _scale(match["scale"])
        words = f"{scale} {match['low']}-{match['high']}"
        yield Threshold(match.start(), match.end(), words, scale, ">=", float(match["low"]))
    for match in _EXACT.finditer(folded):
        yield Threshold(
            match.start(), match.end(), f"Allred {match['scores']}", "Allred", ">=", float(match["scores"][0])
        )


_HIGHEST = 3
"""Of immunohistochemical scores."""


def _scored(folded: str) -> Iterator[Threshold]:
    for match in _IHC.finditer(folded):
        written = match["after"] or match["before"] or match["bare"]
        plus = re.findall(r"([0-3])|(\+{1,3})", written.replace("+3", "3"))
        scores = tuple(
            dict.fromkeys(
                digit or str(len(signs)) for digit, signs in plus if digit or "+++" in signs or written.strip("+") == ""
            )
        )
        if not scores or (match["after"] and not re.search(r"[+0]|3", written)):
            continue
        end = match.end()
        higher = _SCORE_OR_MORE.match(folded, end)
        if higher is not None:
            scores, end = tuple(str(score) for score in range(int(scores[0]), _HIGHEST + 1)), higher.end()
        ish = ""
        if scores[-1] == "2":
            sign = _ISH_SIGN.match(folded, end)
            said = (sign["late"] or sign["early"] or "") if sign else ""
            if said:
                end = sign.end() if sign else end
                ish = "-" if said.startswith(("neg", "non", "not", "un", "-")) else "+"
        spelled = ", ".join("0" if score == "0" else f"{score}+" for score in scores)
        words = f"IHC {spelled}" + (f"/ISH{ish}" if ish else "")
        yield Threshold(match.start(), end, words, "IHC", scores=scores, ish=ish)


def _scale(written: str | None) -> str:
    if not written:
        return ""
    if written.startswith(("tumo", "tps")):
        return "TPS"
    if written.startswith(("combined", "cps", "vcps")):
        return "CPS"
    if written.startswith("allred"):
        return "Allred "
    if written.startswith("ki"):
        return "Ki-67"
    if written.startswith("h"):
        return "H-score"
    if written.startswith(("gis", "genomic")):
        return "GIS"
    return "VAF" if written.startswith("va") else written.upper()


_HIGH_TPS = 50
"""Per cent of tumor cells from which PD-L1 expression is called high."""
_FEW_CELLS = 1
"""Per cent of cells from which ER, PR and PD-L1 are called positive."""


def state_of(marker: str, threshold: Threshold) -> str | None:
    """The state that a threshold of a marker stands for, None where it says nothing by itself."""
    if threshold.scale == "IHC":
        return _ihc_state(marker, threshold)
    upward = threshold.op in (">=", ">")
    if marker in ("TMB", "AFP", "Ki-67"):
        return "high" if upward else "low"
    if marker in ("ER", "PR"):
        return "positive" if upward else "negative" if threshold.value <= _FEW_CELLS or threshold.op == "<" else "low"
    if marker == "PD-L1":
        if upward:
            return "high" if threshold.value >= _HIGH_TPS and threshold.unit == "%" else "positive"
        return "negative" if threshold.value <= _FEW_CELLS else "low"
    if marker == "HRD":
        return "positive" if upward else "negative"
    if threshold.scale in ("H-score", "TC", "IC") or threshold.unit == "%":
        return "positive" if upward else "low"
    return None


def _ihc_state(marker: str, threshold: Threshold) -> str:
    scores = set(threshold.scores)
    if marker != "HER2":
        return "negative" if scores == {"0"} else "positive"
    if threshold.ish == "+" or scores == {"3"}:
        return "positive"
    if scores == {"0"}:
        return "IHC 0"
    if "0" in scores:
        return "negative"
    if "3" in scores:
        return "expression" if "1" in scores else "positive"
    return "low" if "1" in scores or threshold.ish == "-" else "IHC 2+"
