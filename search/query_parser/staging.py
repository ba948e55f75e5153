"""Stage and TNM as queries put them: "stage 3b", "IIIA NSCLC", "PRETEXT IV", "ES-SCLC", "T3N1"."""

from __future__ import annotations

import re

from search.extraction.kinds.tnm import tnm_regions
from search.query_parser.reading import Reading
from search.terminology.stages import expand_range, parse_group, tnm_tokens

_SPELLED = {"one": "1", "two": "2", "three": "3", "four": "4"}
_GROUP = (
    r"(?:one\b|two\b|three\b|four\b|iv|i{1,3}|[0-4])(?:\s?-?\(?[a-e](?![a-z])\)?(?:[1-3i]{1,2})?"
    r"|[1-3](?![0-9])|s(?![a-z]))?"
)
_SYSTEMS = {
    "figo": "FIGO",
    "ajcc": "AJCC",
    "uicc": "UICC",
    "iss": "ISS",
    "r-iss": "R-ISS",
    "riss": "R-ISS",
    "r2-iss": "R2-ISS",
    "rai": "Rai",
    "binet": "Binet",
    "bclc": "BCLC",
    "ann arbor": "Ann Arbor",
    "lugano": "Lugano",
    "pretext": "PRETEXT",
    "masaoka": "Masaoka",
    "masaoka-koga": "Masaoka",
    "inss": "INSS",
    "inrg": "INRG",
    "cog": "COG",
    "dukes": "Dukes",
    "durie-salmon": "Durie-Salmon",
    "barcelona": "BCLC",
    "irs": "IRS",
}
_SYSTEM = "|".join(sorted(map(re.escape, _SYSTEMS), key=len, reverse=True))
_OWN = frozenset({"ISS", "R-ISS", "R2-ISS", "Rai", "Binet", "BCLC", "PRETEXT", "Dukes", "INRG"})
"""Systems whose stages are told with the system's name."""
_STAGE = re.compile(
    rf"\b(?:(?P<system>{_SYSTEM})[ -]*)?(?:stages?|stg\.?"
    rf"|st\.)\s*:?\s*(?:(?P<system2>{_SYSTEM})\s*)?(?P<first>{_GROUP}|[a-d](?=$"
    rf"|[\s,;.)/-]))(?![\w+])"
    rf"(?P<more>(?:\s?(?:-|–|/|to|or|and|,|&)\s?(?:stage "
    rf")?(?:{_GROUP}|(?<=/)[a-d])(?![\w+]))*)(?P<tail>\s?(?:\+|or (?:higher|above|later)|and above))?"
)
_SYSTEM_ONLY = re.compile(
    rf"\b(?P<system>{_SYSTEM})[- :]*(?P<first>{_GROUP}|[a-d]\d?)(?![\w+])(?P<more>(?:\s?(?:-|/|to"
    rf"|or|and)\s?(?:{_GROUP}|[a-d])(?![\w+]))*)"
)
_BARE = re.compile(
    r"(?<![\w./-])(?P<first>(?:[1-4][abc][1-3]?|i{1,3}[abcd][1-3]?|iv[abc]?|iii"
    r"|ii))(?P<more>(?:(?:-|/| or )(?:[1-4]?[abc]|i{1,3}[abc]?|iv[abc]?))*)(?![\w/.+-])"
)
_AXIS = re.compile(
    r"(?<![\w-])(?P<axis>t(?=[1-4i])|n(?=[1-3])|m(?=[01]))(?:[0-4][a-d]?|is)(?![\w+-])(?!\s?(?:dm"
    r"|diabet|cell|weight|flair|mri|lymph|nsclc egfr))"
)
_NO_STAGE = re.compile(
    r"\b(?:phase|grade|gr|class|nyha|type|figure|level|line|lines|factor|group|ckd|part|cohort|arm"
    r"|trial|study|childs?-pugh|ecog|ps)\s*$"
)
_INTRAVENOUS = re.compile(
    r"\s*(?:chemo|infusion|drug|fluids?|antibio|iron|access|push|therapy|treatment|contrast|line)"
)
_CUT = re.compile(r"-|–|\bto\b")
_SMALL_CELL = re.compile(
    r"\b(?P<kind>extensive|limited)(?:[ -](?:stages?|disease))?(?= (?:small|sclc|lung)|$|[,;.]| "
    r"[a-z-]*sclc)|\b(?P<kind2>extensive|limited)[ -](?:stage|disease)\b|(?<![a-z])(?P<short>es|ls"
    r"|ed|ld)-(?=sclc)|\bsclc,? \(?(?P<late>es|ls|ed|ld)\b"
)
_ANY_SCLC = re.compile(r"\bsclc\b|\bsmall[ -]cell\b")


def read_stages(reading: Reading) -> None:
    """Stage groups and TNM, before anything else may take their letters."""
    view = reading.view
    _tnm(reading)
    for pattern in (_STAGE, _SYSTEM_ONLY):
        for match in pattern.finditer(view.lower):
            if reading.free(*match.span()) and not (pattern is _SYSTEM_ONLY and _plain_word(match, view.text)):
                groups = match.groupdict()
                system = _SYSTEMS.get(groups["system"] or groups.get("system2") or "")
                _add(reading, match, system, tail=groups.get("tail"))
    if _ANY_SCLC.search(view.lower):
        for match in _SMALL_CELL.finditer(view.lower):
            word = next(filter(None, match.groups()))
            value = "extensive" if word[0] == "e" else "limited"
            end = match.end("kind") if match["kind"] and not match.end() > match.end("kind") else match.end()
            if reading.free(match.start(), end):
                reading.add("stage", match.start(), end, values=(value,))


def read_bare_stages(reading: Reading) -> None:
    """Groups without the word ("nsclc 3b"): only where a cancer is named, and no stage yet."""
    if reading.found("stage") or not reading.found("cancer"):
        return
    lower = reading.view.lower
    for match in _AXIS.finditer(lower):
        written = reading.view.text[match.start() : match.end()]
        if reading.free(*match.span()) and (match["axis"] == "t" or written[0].isupper()):
            reading.add("stage", *match.span(), tnm=tuple(tnm_tokens(match.group().upper()[0] + match.group()[1:])))
            return
    for match in _BARE.finditer(lower):
        first = match["first"]
        if not reading.free(*match.span()) or _NO_STAGE.search(lower[: match.start()]):
            continue
        written = reading.view.text[match.start() : match.end()]
        if not first[0].isdigit() and written.islower() and len(first) < 3 and first != "iv":
            continue
        if first == "iv" and (_INTRAVENOUS.match(lower, match.end()) or written.islower()):
            continue
        _add(reading, match, None)
        return


def _plain_word(match: re.Match[str], text: str) -> bool:
    """Whether what looks like a system is none: COG and IRS are other things in other company."""
    return match["system"] in ("cog", "irs", "barcelona") or (
        match["system"] == "rai" and text[match.start()].islower()
    )


def _add(reading: Reading, match: re.Match[str], system: str | None, tail: str | None = None) -> None:
    first = parse_group(_SPELLED.get(match["first"], match["first"]))
    if first is None:
        return
    values = [first]
    for part in re.finditer(rf"(?P<joint>-|–|/|to|or|and|,|&)\s?(?:stage )?(?P<group>{_GROUP}|[a-d])", match["more"]):
        word = part["group"]
        if word[0].isalpha() and word[0] in "abc" and values[-1][0] in "IV0" and system not in _OWN:
            word = re.sub(r"[A-E]\d?$", "", values[-1]) + word  # "IIIA/B"
        group = parse_group(_SPELLED.get(word, word))
        if group is None:
            continue
        if _CUT.fullmatch(part["joint"]):
            values = values[:-1] + (expand_range(values[-1], group) or [values[-1], group])
        else:
            values.append(group)
    if tail:
        values = values[:-1] + (expand_range(values[-1], "IV") or [values[-1]])
    named = tuple(dict.fromkeys(f"{system} {value}" if system in _OWN else value for value in values))
    reading.add("stage", *match.span(), values=named, system=system)


_SOME_NODES = re.compile(r"(?<![\w.])[cpy]{0,2}t(?P<t>[1-4][a-d]?)\s?[cpy]{0,2}n\+(?:\s?m(?P<m>[01])(?!\w))?")


def _tnm(reading: Reading) -> None:
    view = reading.view
    for match in _SOME_NODES.finditer(view.lower):  # "T3N+"
        distant = (f"M{match['m']}",) if match["m"] else ()
        reading.add("stage", *match.span(), tnm=(f"T{match['t']}", "N1", "N2", "N3", *distant))
    for region in tnm_regions(view.text, view.lower):
        axes = {token[0] for token in region.tokens}
        quote = view.text[region.start : region.end]
        single = len(axes) == 1 and quote[:1] in "M" and quote[1:2] in "2345"
        if not re.search(r"\d|[Xx]|is", quote):
            continue  # "NO" of a shouted "NOT"
        if region.tokens and not single and reading.free(region.start, region.end):
            start = region.start
            while start and view.lower[start - 1] in "cpyr" and not view.lower[start - 2 : start - 1].isalpha():
                start -= 1
            reading.add("stage", start, region.end, tnm=tuple(region.tokens))
    for match in re.finditer(
        r"(?<![\w.])[cpy]{0,2}t[0-4][a-d]?\s?[cpy]{0,2}n[0-3x][a-c]?(?:\s?[cpy]{0,2}m[01x])?(?![\w])", view.lower
    ):
        if reading.free(*match.span()):
            tokens = tnm_tokens(re.sub(r"[cpy]*([tnm])", lambda one: f" {one[1].upper()}", match.group()))
            if tokens:
                reading.add("stage", *match.span(), tnm=tuple(tokens))
