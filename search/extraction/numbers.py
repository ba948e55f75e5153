"""Comparisons of numbers as trials write them: comparator, number or range, unit, multiples of a laboratory's limits.

Works on flowing, folded text (single spaces, lower case: `search.extraction.flow`). A comparator is a symbol (≥, >=,
=<, "> or =", "&gt;"), words before the number ("no less than", "up to") or behind it ("2 or less", "18 and over").
Which quantity is compared is for the reader of a kind to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

_WORDS = (
    {
        word: float(value)
        for value, word in enumerate(
            ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
        )
    }
    | {
        "fourteen": 14.0,
        "fifteen": 15.0,
        "sixteen": 16.0,
        "eighteen": 18.0,
        "twenty": 20.0,
        "twenty-one": 21.0,
        "sixty": 60.0,
    }
    | {"twice": 2.0, "double": 2.0}
)
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
NUMBER = (
    r"(?:\d{1,3}(?:[,'\u202f]\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?: \d{3})+(?![\d.])|\d+(?:[.,]\d+)?|(?<!\d)[.,]\d+"
    rf"|(?:{_WORD})\b)"
)
"""A number: digits with grouped thousands or decimals, or a small number in words."""

_OR_EQUAL = r"(?: ?/ ?=?|,? or| and)? ?(?:equal(?:s|ed)?(?: to)?|the same as|=)"
_UP = r"(?:greater|more|higher|larger|above|over|superior|bigger|older)"
_DOWN = r"(?:less|lower|fewer|smaller|below|under|inferior|younger)"
_NOT = r"(?:no|not|never|nor|neither)"
_BE = r"(?: be| being| is)?"
_GE = (
    r"\u2265|> ?_|_ ?>|> ?/ ?=|> ?=|= ?>|> or =|> ?(?:or|/|and) ?(?:equals?(?: to)?|=)|&gt; ?=|&gt?e;|\+/> "
    rf"|(?:equal(?: to)?|=) (?:or|and|/) ?(?:{_UP}(?: than)?|>)"
    rf"|{_UP}(?: th[ae]n)?{_OR_EQUAL}(?: than)?|at (?:the )?(?:least|minimum)|(?:a )?minimum(?: (?:value|level"
    rf"|count))?(?: of)?(?! (?!age)\w+ of)"
    rf"|{_NOT}{_BE} (?:{_DOWN})(?: than| to)?|{_NOT}{_BE} ?< ?=?|(?:starting|starts) from"
    rf"|from (?=\d+[^-]{{0,20}}(?:upwards?|onwards?))"
)
_LE = (
    r"\u2264|< ?_|_ ?<|< ?/ ?=|< ?=|= ?<|< or =|< ?(?:or|/|and) ?(?:equals?(?: to)?|=)|&lt; ?=|&lt?e;"
    rf"|(?:equal(?: to)?|=) (?:or|and|/) ?(?:{_DOWN}(?: than)?|<)"
    rf"|{_DOWN}(?: th[ae]n)?{_OR_EQUAL}(?: than)?|at (?:the )?(?:most|maximum)|(?:a )?maximum(?: (?:value|level"
    rf"|count))?(?: of)?(?! (?!age)\w+ of)"
    rf"|{_NOT}{_BE} (?:to )?(?:{_UP})(?: than| to)?|{_NOT} (?:to )?(?:exceed(?:ing|s)?|beyond)|without exceeding"
    rf"|cannot exceed"
    rf"|{_NOT}{_BE} ?> ?=?|up to(?: and including)?|within"
)
_GT = (
    rf">|&gt;|{_UP} th[ae]n|(?:above|over|superior to|exceed(?:s|ing)?|in excess of|beyond|elevated above"
    rf"|elevated to|older than)"
)
_LT = rf"<|&lt;|{_DOWN} th[ae]n|(?:below|under|inferior to|younger than)"
_EDGE = r"(?<![a-z](?=[a-z]))"  # no cut inside a word
_COMPARATOR = re.compile(rf"{_EDGE}(?:(?P<ge>{_GE})|(?P<le>{_LE})|(?P<gt>{_GT})|(?P<lt>{_LT})){_EDGE}")
_CANDIDATE = re.compile(
    "\u2265|\u2264|<|>|&|=|_|\\+/>|at (?:the )?(?:least|most|min|max)|a m|minim|maxim|great|more|high|larg"
    "|above|over|super|bigg|old"
    "|less|low|few|small|below|under|infer|young|no |not |never|neither|nor |exceed|in excess|beyond|elevat"
    "|up to|within|cannot|equal|from|start"
)
"""Where a comparator may begin: a flat list of beginnings, which `re` scans quickly."""
_POSTFIX = re.compile(
    r"\W{0,2}(?:years? |yrs? |old )?(?:or|and|&|/) ?(?:(?P<ge>greater|more|higher|above|over|older|up(?:wards?)?"
    r"|beyond|elder)"
    r"|(?P<le>less|lower|below|under|fewer|younger|better))\b(?! than)"
)
_FILLER = (
    r"(?: or equal to| than| of| to| the| a| an| value| score| level| equal| grade| ecog| ps| \(|:|,| by| age"
    r"| is| be| or| above| below| ?x(?= ?\d))"
)
_AFTER_COMPARATOR = re.compile(
    rf"(?: ?[(\[][^)\]\w]{{1,3}}[)\]])?{_FILLER}{{0,3}} ?(?P<sign>[+])? ?(?P<number>{NUMBER})"
    rf"(?:(?P<dash> ?- ?(?=\d))(?P<high>{NUMBER}))?"
)
_LIMIT_WORDS = (
    r"(?:the|of|an?|vs\.?|versus|own|our|your|institution(?:al|s|'s)*|lab(?:oratory|oratories|s|'s)*|local|central|site"
    r"|sites?|study|normal|age[ -]?\w*"
    r"|reference|clinical|hospital|corresponding|standard|gender|sex|upper|testing|performing|respective|range"
    r"|ranges|values?|for|and"
    r"|defined|cent(?:er|re)(?:'s)?|x|by|that|level|levels|appropriate|adjusted|specific|matched|treating"
    r"|participating|respective"
    r"|each|above|facility|\((?=uln|iuln))"
)
_ULN = (
    r"(?:i{0,2}ulns?|top normal limits?|ul/n|unl|ulrr?|ulnr|upper (?:limits?|levels?|bounds?|ends?|values?"
    r"|ranges?|normal)|normal upper (?:limits?|values?)|maximum normal|high limit)"
)
_LLN = (
    r"(?:i{0,2}llns?|lnl|llnr|lower (?:limits?|levels?|bounds?|ends?|values?|normal)|normal lower (?:limits?"
    r"|values?)|minimum normal)"
)
_LIMIT = re.compile(
    rf" ?(?:\(? ?(?P<pct>%|percent)|x|\*|times?|-? ?fold(?: the)?"
    rf"|-times)?(?: ?[x*(])?(?: ?\b{_LIMIT_WORDS}\b[ /-]?){{0,7}}? ?-?"
    rf"(?:(?P<uln>{_ULN})|(?P<lln>{_LLN}))(?![a-z])"
    rf"(?:(?: of| for)? ?\(?\b(?:limits?|normals?|the|institution(?:al)?|lab(?:oratory)?|reference|ranges?"
    rf"|values?|levels?|of|age|local|sex)\b\)?){{0,6}}"
    r"(?: ?\((?:i?uln|i?lln|unl|uln ?\)?)\))?"
)
_OTHER_LIMIT = re.compile(r"[\s\w()]{0,30}?\b(?:therapeutic|intended|target)\b")
_TIMES_NORMAL = re.compile(
    r" ?(?:x|\*|times|-? ?fold) ?\(?(?:the |institutional |laboratory |local |upper )*(?:n\b|normal"
    r"|control)(?: (?:values?|levels?|limits?|range|institutional))*\)?"
)
_NORMAL_ALONE = re.compile(
    r" ?(?:the |their |institutional |laboratory |local |institution's )*normal(?: (?:institutional|laboratory"
    r"|limits?|range|values?|levels?))*\b(?! saline)"
)
_SUPPRESSED_POWER = r"(?:x|\*)? ?10 ?(?:\^|e|exp|\*\*)? ?[(\[]?\d{1,2}[)\]]?"
_VOLUME = (
    r"(?:dl|l|ml|[\u00b5um]?c?l|mm ?\^? ?3|mmc|cu\.? ?mm|cmm|cubic mm|cubic milli-?met(?:er|re)s?|(?:micro|milli"
    r"|deci)?-? ?lit(?:er|re)s?|100 ?ml|cc)"
)
_AMOUNT = (
    r"(?:thousands?|thou|thsd|cells?|platelets|neutrophils|lymphocytes|k|g|gm|gms|gr|grams?|mg|mgs|milligrams?"
    r"|[\u00b5um]c?g|ng|pg|mmol(?:es)?"
    r"|millimol(?:es)?|[\u00b5um]?c?mol(?:es)?|micromol(?:es)?|nmol|pmol|m?eq|i?u|miu|units?|copies|ukat|billion"
    r"|giga|tsd|ml|cc|giga|international units)"
)
_UNIT = re.compile(
    rf" ?(?:(?:{_SUPPRESSED_POWER} ?(?:cells ?|platelets ?)?|{_AMOUNT})? ?(?:/|per"
    rf"|in) ?(?:a )?(?:{_VOLUME})\b(?! ?/ ?min)"
    r"|(?:ml|cc|mls|l)\.? ?(?:/|per) ?(?:min(?:ute)?|sec|s|h|hr)\b\.?(?: ?[/*x]? ?(?:per )?1[.,]73 ?m?\^?\W?2?|/m2)?"
    r"|(?:g|gm|grams?|mg)\.?(?: of)?(?: protein)? ?(?:/|per|in|over|-)? ?(?:a )?(?:24[ -]*h(?:ou)?rs?|24[ -]*h"
    r"|d(?:ay)?)\b"
    r"|(?:mg|g)/(?:mg|g|mmol)\b(?: creatinine)?"
    rf"|{_SUPPRESSED_POWER}(?: ?/ ?(?:{_VOLUME}))?"
    r"|%(?: of)?(?: the)?(?: ?predicted)?(?: (?:normal|value))*|percent(?: of)?(?: predicted)?|mm ?hg"
    r"|m ?-?sec(?:onds?|s)?\b|milli-? ?sec(?:ond)?s?\b|ms\b|sec(?:ond)?s?\b"
    r"|[+]|plus\b|(?:g|gm|mg)(?:dl|%)|mmol\b|[\u00b5u]mol\b|mm3\b|u/l\b|k\b|m?g\b)"
)


LONGEST_LINE = 8000
"""Characters of one line that readers of numbers look at: no criterion is longer, and pairs of numbers are compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A number with what it is compared by; offsets are into the text that was searched."""

    start: int
    end: int
    """Behind the unit."""
    op: str
    """`>=`, `>`, `<=`, `<`; `=` for a range (see `high`)."""
    value: float
    number: str
    """As written; empty where only a limit stands ("above the ULN")."""
    high: float | None = None
    unit: str | None = None
    """As written; `xULN` or `xLLN` for multiples of a laboratory's limits."""
    stated: bool = True
    """Whether a comparator was written, not only a number."""


_BEHIND = re.compile(
    r"\b(?:or|and|&) (?:(?P<ge>greater|more|higher|above|over|older|up(?:wards?)?|beyond|elder)"
    r"|(?P<le>less|lower|below|under|fewer|younger|better))\b(?! than| to\b)|\d ?(?P<plus>\+)(?= ?(?:years|yrs))"
)
_NUMBER_BEFORE = re.compile(rf"(?<![\w.,])({NUMBER})(?=[^\d]{{0,24}}$)")
_POSTFIX_REACH = 40
"""How far behind its number, in characters, "or more" may stand."""
_OPS = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<"}
_BETWEEN = re.compile(
    rf"\b(?:between|from|range(?:s|d)?(?: of| from| is|:)?|in the range of)? ?(?P<low>{NUMBER}) ?(?P<unit>%"
    rf"|years?(?: old)?|yrs?|years of age|months?)? ?"
    rf"(?P<glue>-|~|to|and|through|until)(?: <| \u2264| under)? ?(?P<high>{NUMBER})(?![\d/])"
)


_RANGE_HINT = re.compile(r"\d[%a-z .]{0,16}?(?:-|~|to|and|through|until)[ <\u2264a-z]{0,8}\d")


def number_value(text: str) -> float | None:
    """The value of a number as matched by `NUMBER`: grouped thousands, decimal comma, words."""
    plain = text.strip()
    if plain in _WORDS:
        return _WORDS[plain]
    if re.fullmatch(r"\d{1,3}(?:[,' \u202f]\d{3})+(?:\.\d+)?", plain):
        return float(re.sub(r"[^\d.]", "", plain))
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def comparisons(text: str) -> tuple[Comparison, ...]:
    """Every comparison and range in a flowing folded text, in order, without overlaps."""
    found: list[Comparison] = []
    at = 0
    for candidate in _CANDIDATE.finditer(text):
        if candidate.start() < at:
            continue
        match = _COMPARATOR.match(text, candidate.start())
        read = _read(text, match) if match is not None else None
        if read is not None:
            found.append(read)
            at = read.end
    found += _behind(text, found)
    bare = list(_ranges(text, found))
    return tuple(sorted([*found, *bare], key=lambda c: c.start))


def _read(text: str, match: re.Match[str]) -> Comparison | None:
    op = _OPS[str(match.lastgroup)]
    number = _AFTER_COMPARATOR.match(text, match.end())
    if number is None:
        limit = _LIMIT.match(text, match.end())
        if limit is None or limit["pct"] or _OTHER_LIMIT.match(text, limit.end()):
            normal = _NORMAL_ALONE.match(text, match.end())
            if normal is None or match.group() == "within":
                return None
            start, times = _times_before(text, match.start())
            return Comparison(start, normal.end(), op, times, "", unit="xULN" if op[0] == ">" else "xLLN")
        start, times = _times_before(text, match.start())
        return Comparison(start, limit.end(), op, times, "", unit=_limit_unit(limit))
    value = number_value(number["number"])
    if value is None:
        return None
    high = number_value(number["high"]) if number["high"] else None
    base = Comparison(match.start(), number.end(), op, value, number["number"], high)
    read = with_unit(text, base)
    return replace(read, unit="+") if number["sign"] and read.unit is None else read  # "+1" on a dipstick


_TIMES_BEFORE = re.compile(rf"(?<![\w.])(?P<number>{NUMBER})(?: times| ?x|[ -]?fold)? $")


def _times_before(text: str, start: int) -> tuple[int, float]:
    """Where "three times above the limit" or "twice higher than normal" begins, and the multiple; 1 without one."""
    before = _TIMES_BEFORE.search(text, max(0, start - 20), start)
    value = number_value(before["number"]) if before is not None else None
    if before is None or value is None:
        return start, 1.0
    counted = before.group().rstrip().endswith(("times", "x", "fold")) or before["number"] in {"twice", "double"}
    return (before.start(), value) if counted else (start, 1.0)


def with_unit(text: str, base: Comparison) -> Comparison:
    """A comparison with the unit that follows its number, and the comparator behind it, if there are any."""
    limit = _LIMIT.match(text, base.end) or _TIMES_NORMAL.match(text, base.end)
    if limit is not None and not _OTHER_LIMIT.match(text, limit.end()):
        groups = limit.groupdict()
        value = base.value / 100 if groups.get("pct") else base.value
        return replace(base, end=limit.end(), value=value, unit=_limit_unit(limit))
    unit = _UNIT.match(text, base.end)
    if unit is not None:
        base = replace(base, end=unit.end(), unit=unit.group().strip())
    if not base.stated or base.op in {">", "<"}:
        postfix = _POSTFIX.match(text, base.end)
        if postfix is not None:
            base = replace(base, end=postfix.end(), op=">=" if postfix["ge"] else "<=", stated=True)
    return base


def _behind(text: str, taken: list[Comparison]) -> list[Comparison]:
    """Numbers whose comparator follows: "18 years and over", "2 or less"."""
    found: list[Comparison] = []
    for match in _BEHIND.finditer(text):
        first = max(0, match.start() - _POSTFIX_REACH)
        stop = match.start() + 1 if match["plus"] else match.start()
        number = _NUMBER_BEFORE.search(text[first:stop])
        if number is None:
            continue
        start = first + number.start()
        if any(c.start <= start < c.end or start < c.start < match.start() for c in taken):
            continue
        value = number_value(number[1])
        if value is None:
            continue
        read = with_unit(text, Comparison(start, first + number.end(), "=", value, number[1], stated=False))
        op = "<=" if match["le"] else ">="
        found.append(replace(read, op=op, end=match.end(), stated=True))
    return found


def _limit_unit(limit: re.Match[str]) -> str:
    return "xLLN" if limit.groupdict().get("lln") else "xULN"


def _ranges(text: str, taken: list[Comparison]) -> Iterator[Comparison]:
    if not _RANGE_HINT.search(text):
        return
    spans = [(c.start, c.end) for c in taken]
    for match in _BETWEEN.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in spans):
            continue
        if match["glue"] == "and" and not match.group().startswith(("between", "from")):
            continue
        low, high = number_value(match["low"]), number_value(match["high"])
        if low is None or high is None or low >= high:
            continue
        yield with_unit(text, Comparison(match.start(), match.end(), "=", low, match["low"], high, stated=False))


def bare_numbers(text: str, start: int, end: int) -> Iterator[Comparison]:
    """Numbers without comparator inside a stretch of text, with their units or the comparator behind them."""
    at = start
    while (match := re.compile(NUMBER).search(text, at, end)) is not None:
        value = number_value(match.group())
        at = match.end()
        if value is not None:
            read = with_unit(text, Comparison(match.start(), match.end(), "=", value, match.group(), stated=False))
            at = max(at, read.end)
            yield read


def mirrored(op: str) -> str:
    """The comparator read from the other side: 18 ≤ age is age ≥ 18."""
    return {">=": "<=", "<=": ">=", ">": "<", "<": ">"}.get(op, op)


def inverted(op: str) -> str:
    """The comparator of the complement: not (x > 2) is x <= 2."""
    return {">=": "<", "<=": ">", ">": "<=", "<": ">="}.get(op, op)
