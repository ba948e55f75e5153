"""From words to cancer types: sites with a shared head, histologies at sites, both coordinated.

"Breast, lung and ovarian cancer", "squamous or adenosquamous carcinoma of the cervix" and "high grade serous ovarian,
fallopian tube or primary peritoneal cancer" are read by rewriting the tokens of a phrase as a string of symbols and
matching patterns on it. Symbols: S site, G generic head (cancer, carcinoma), K histology that is a noun, M histology
that needs a noun, T "histology", N name, X name that ends in a head; between them `_` adjacent, `,` coordinated,
`<` "of the", `w` "with", `(` an opening bracket, and a space where the phrase ends.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.terminology.lexicon import Histology, Site, Token, compositions
from search.terminology.oncotree import PSEUDO, ancestors, without_descendants

_FILLERS = (
    "primary|metastatic|advanced|locally|recurrent|relapsed|refractory|malignant|invasive|infiltrating|upper|lower|left|"
    "right|distal|proximal|middle|early|resectable|unresectable|human|adult|childhood|pediatric|paediatric|localized|"
    "localised|epithelial|high|low|grade|risk|stage|either|type|differentiated|poorly|well|moderately|intra|extra|"
    "true|positive|negative|non|in|situ|invasive|inoperable|thoracic|platinum|resistant|sensitive"
)
_FILLER = rf"(?:(?:{_FILLERS})(?:[\s-]+|$))*"
_THE = rf"(?:(?:of|the|a|an|other)\s+)*{_FILLER}(?:(?:third|half|part|portion|region) of (?:the )?)?"
_BEFORE = rf"(?:[\s-]+(?:{_FILLERS}))*"
_GAPS = tuple(
    (symbol, re.compile(pattern, re.IGNORECASE))
    for symbol, pattern in (
        ("_", rf"[\s/–—-]*{_FILLER}$"),
        ("<", rf"\s*,?\s*(?:of|arising (?:from|in)|from|originating (?:from|in))\s+{_THE}$"),
        (",", rf"{_BEFORE}\s*(?:,|/|&|\+|and\s*/\s*or\b|and\b|or\b|,\s*(?:and\s*/\s*or|and|or)\b)\s*{_THE}$"),
        ("w", rf"\s*,?\s*(?:with|and)\s+{_THE}$"),
        ("(", r"\s*[(\[]\s*(?:including|includes?|e\.g\.|i\.e\.)?,?\s*(?:the )?$"),
    )
)
_SLASH = re.compile(r"\s*/\s*$")
_NEW_ITEM = re.compile(r"\n\s*(?:\n|[-*•]|\d+[.)])|[.;]\s")


def _gap(text: str, start: int, end: int) -> str:
    if end - start > 60:
        return " "
    between = text[start:end]
    if _NEW_ITEM.search(between):
        return " "
    if _SLASH.match(between):
        return ","
    for symbol, pattern in _GAPS:
        if pattern.match(between):
            return symbol
    return " "


_EXCEPT = re.compile(r"\b(?:non|extra)[\s-]+$", re.IGNORECASE)


def _symbol(token: Token, text: str) -> str:
    entry = token.entry
    if _EXCEPT.search(text, max(0, token.start - 8), token.start):
        # "non-urothelial histologies", "extra-thoracic tumors": a name that means this holds the prefix itself.
        return "-"
    if entry.site is not None:
        return "S"
    histology = entry.histology
    if histology is not None:
        return {"generic": "G", "carcinoma": "G", "noun": "K", "entity": "K", "modifier": "M", "subtype": "T"}[
            histology.kind
        ]
    if entry.codes:
        return "X" if entry.headed else "N"
    return "A" if entry.abbreviations else "-"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens `first` to `last` (inclusive) read as one thing."""

    first: int
    last: int
    codes: frozenset[str]
    sites: frozenset[str]
    bare: tuple[str, ...] = ()
    """Keys of histologies that name no site: the context may name one."""


# Lists are bounded, so that reading stays linear in the length of any text.
_LIST = r"[MK](?:[,_][MK]){0,12}"
_HEAD = r"(?:[_,]G)?"
_TAIL = r"(?:[,<w_(](?P<t>M(?:[,_]M){0,12})_T)?"
_SITES = r"S(?:[,(][SN](?=[,_(])){0,30}"
_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        # "squamous or adenosquamous carcinoma of the cervix", "cancer of the lung or breast"
        ("of", rf"(?P<h>(?:{_LIST}{_HEAD}|G))(?:<|(?<=G)\(|(?<=K)\()(?P<s>S(?:,S){{0,30}})(?!_[GKM])"),
        # "breast, lung and ovarian cancer", "lung adenocarcinoma or squamous cell carcinoma", with a histology behind
        ("at", rf"(?P<m>M(?:[,_]M){{0,12}}_)?(?P<s>{_SITES})_(?P<h>G|{_LIST}(?:_G)?){_TAIL}"),
        # "high grade serous ovarian"
        ("at", r"(?P<m>M(?:[,_]M){0,12}_)(?P<s>S(?:,S){0,30})(?P<h>)(?![_,<])"),
        # "ovarian or triple negative breast cancer"
        ("shared", r"(?P<s>S(?:,S){0,30}),(?P<x>X)"),
        ("bare", rf"(?P<h>{_LIST}(?:_G)?)"),
    )
)
_INVERTED = re.compile(r"(?P<h>G|K|M)[,_](?P<s>S(?:,S)*)")
_LONGEST_INVERTED = 12
# "head and neck squamous cell carcinoma (oral cavity, larynx)"
_LISTED = re.compile(r"\((?:G<)?(?P<s>S(?:,S){1,30})")


def compose(
    sites: Iterable[Site], histologies: Sequence[Histology], head: Histology | None = None, stacked: bool = False
) -> frozenset[str]:
    """Codes of any of the histologies at any of the sites.

    Where a site does not know a histology, its own codes stand; where no histology says anything, the site's do.

    Args:
        sites: body sites.
        histologies: specific histologies, may be empty.
        head: the generic head ("cancer", "carcinoma"), if there is one.
        stacked: the histologies qualify each other ("serous adenocarcinoma"): the first that a site knows counts.
    """
    table = compositions()
    found: set[str] = set()
    for site in sites:
        here: set[str] = set()
        for histology in histologies:
            known = table.get((site.key, histology.key))
            if known is None and histology.kind in ("noun", "entity"):
                known = histology.codes
            here |= known or frozenset()
            if known and stacked:
                break
        if not here:
            generic = not histologies and (head is None or head.kind == "generic")
            here |= site.cancer if generic else site.carcinoma
        found |= here
    codes = frozenset(found)
    # "CNS or solid tumors" says both: what stands below a pseudo node stays.
    return without_descendants(codes - set(PSEUDO)) | (codes & set(PSEUDO))


def _histologies(tokens: Sequence[Token]) -> tuple[list[Histology], Histology | None]:
    """Specific histologies, and the generic head, of a list of tokens."""
    specific: list[Histology] = []
    head: Histology | None = None
    for token in tokens:
        histology = token.entry.histology
        if histology is None:
            continue
        if histology.kind in ("generic", "carcinoma"):
            head = histology
        elif histology.kind != "subtype":
            specific.append(histology)
    return specific, head


def _narrow(phrase: Phrase, listed: Sequence[Token]) -> Phrase | None:
    """A phrase read with the sites listed behind it in brackets, where each is below what the phrase denotes."""
    found: set[str] = set()
    for token in listed:
        site = token.entry.site
        if site is None:
            return None
        at_site = {code for (key, _), codes in compositions().items() if key == site.key for code in codes}
        below = {code for code in at_site | site.cancer if not phrase.codes.isdisjoint(ancestors(code))}
        if not below:
            return None
        found |= below
    if any(code in PSEUDO for code in phrase.codes):
        return None
    return Phrase(phrase.first, phrase.last + len(listed), frozenset(found), phrase.sites)


def phrases(text: str, tokens: Sequence[Token]) -> list[Phrase]:
    """The readings of a text's tokens, left to right; tokens that denote nothing are left out."""
    if not tokens:
        return []
    parts = [_symbol(tokens[0], text)]
    for before, token in itertools.pairwise(tokens):
        parts.append(_gap(text, before.end, token.start))
        parts.append(_symbol(token, text))
    line = "".join(parts)
    alone = not text[: tokens[0].start].strip() and not text[tokens[-1].end :].strip() and len(line) < _LONGEST_INVERTED
    found: list[Phrase] = []
    at = 0
    while at < len(line):
        phrase, width = _read(line, at, tokens, alone)
        if phrase is not None:
            listed = _LISTED.match(line, at + width)
            narrowed = _narrow(phrase, _slice(tokens, listed.span("s"))) if listed else None
            if listed and narrowed:
                phrase, width = narrowed, listed.end() - at
            found.append(phrase)
        at += width + 1
    return found


def _slice(tokens: Sequence[Token], span: tuple[int, int]) -> Sequence[Token]:
    return tokens[(span[0] + 1) // 2 : (span[1] + 1) // 2] if span[0] >= 0 else ()


def _read(line: str, at: int, tokens: Sequence[Token], alone: bool) -> tuple[Phrase | None, int]:
    """The phrase that starts at an even position of the symbol line, and how many symbols it takes."""
    index = at // 2
    table = compositions()
    if line[at] not in "SGKM":
        entry = tokens[index].entry
        return (Phrase(index, index, entry.codes, frozenset()) if entry.codes and line[at] != "-" else None), 1
    # "Neoplasms, Breast" stands for itself; inside a sentence such a comma says nothing.
    whole = _INVERTED.fullmatch(line) if at == 0 and alone else None
    for name, pattern in _PATTERNS:
        match = whole or pattern.match(line, at)
        if match is None:
            continue
        width = match.end() - match.start()
        last = (match.end() - 1) // 2
        groups = match.groupdict()
        if name == "bare":
            break
        at_sites = [token.entry.site for token in _slice(tokens, match.span("s")) if token.entry.site]
        keys = frozenset(site.key for site in at_sites)
        if name == "shared":
            codes = tokens[last].entry.codes or frozenset()
            return Phrase(index, last, compose(at_sites, ()) | codes, keys), width
        span = match.span("h")
        if groups.get("t"):
            span = match.span("t")
        elif groups.get("m"):
            span = match.span("m")
        specific, head = _histologies(_slice(tokens, span))
        # A generic head behind a specific histology ("squamous carcinoma") adds nothing; alone it decides.
        stacked = "," not in line[span[0] : span[1]]
        if not re.search("[GKT]", match.group()):
            # No noun says that a cancer is meant ("high grade serous ovarian", "duodenal mucosal").
            specific = [histology for histology in specific if any((key, histology.key) in table for key in keys)]
            if not specific:
                return None, width
        codes = compose(at_sites, specific, head, stacked)
        if head is not None and ",G" in line[span[0] : span[1]]:
            # "squamous cell or poorly differentiated carcinoma": the head is an alternative of its own.
            codes = compose(at_sites, (), head)
        names = [token.entry.codes or frozenset() for token in _slice(tokens, match.span("s")) if not token.entry.site]
        return Phrase(index, last, codes.union(*names), keys), width
    return _bare(line, at, tokens)


def _bare(line: str, at: int, tokens: Sequence[Token]) -> tuple[Phrase | None, int]:
    """A histology without a site: a name's codes, its own, or its key for the context to decide."""
    index = at // 2
    entry = tokens[index].entry
    histology = entry.histology
    if entry.codes:
        keys = (histology.key,) if histology is not None and histology.kind == "noun" else ()
        return Phrase(index, index, entry.codes, frozenset(), keys), 1
    if histology is None or histology.kind in ("generic", "carcinoma", "subtype"):
        return None, 1
    headed = line[at + 1 : at + 3] in ("_G", "_K", "_T")
    last = index + 1 if headed else index
    if histology.kind == "modifier" and not headed:
        coordinated = line[at + 1 : at + 3] in (",M", ",K") or line[max(0, at - 2) : at] in ("M,", "K,")
        return (Phrase(index, index, histology.codes, frozenset(), (histology.key,)) if coordinated else None), 1
    keys = () if histology.kind == "entity" else (histology.key,)
    return Phrase(index, last, histology.codes, frozenset(), keys), 3 if headed else 1
