"""Markers of a line with what their names already say ("dMMR" is deficient, "HR+" signed, "TNBC" thrice negative).

Names that stand side by side for one marker ("epidermal growth factor receptor (EGFR)") become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.extraction.kinds.marker_states import Kind, Token
from search.terminology.markers import find_markers, genes, markers

_SIGN = re.compile(
    r"\s?\(?\+{1,3}\)?(?!\d)(?!\s?(?:t|b|nk)?[- ]?(?:cells? (?:count|dose)|lymphocyte|stem|progenitor"
    r"|select|count|t[- ]cell|t[- ]lymph))"
    r"|\s?\(\s?-\s?\)|-(?=\s(?!(?:or|and|and/or|to) [\w/.() ]{1,30}?-[a-z]|(?:or"
    r"|and) (?:over)?express|positiv|negativ|mutat|mutant|amplif|rearrang|low|high|express|related"
    r"|associated|driven|fusion)"
    r"|[,;:/)\].]|$)|-(?=\s?(?:breast|metast|bc\b|abc\b|mbc\b)|(?:pr|er|her-?2|hr)[-+])"
)
_EITHER = re.compile(r" ?\(?\+ ?(?:or|/|and) ?-\)?(?![a-z])")
_STATED = (
    # (of the folded name, states)
    (re.compile(r"^m?tnbc|^triple negative"), ("negative",)),
    (re.compile(r"^d ?mmr|^mmr ?d$|deficien"), ("deficient",)),
    (re.compile(r"^pmmr|^mmrp|proficien"), ("proficient",)),
    (re.compile(r"^non msi h"), ("non-high",)),
    (re.compile(r"^msi h(?:igh|i)?$|instability h(?:igh)?$|microsatellite (?:unstable|instable)"), ("high",)),
    (re.compile(r"^msi l(?:ow)?$"), ("low",)),
    (re.compile(r"^mss$|microsatellite stab"), ("MSS",)),
    (re.compile(r"^tmb h|^hypermutated"), ("high",)),
    (re.compile(r"^(?:ph|phi|philadelphia)(?: chromosome)? positive$"), ("positive",)),
    (re.compile(r"^g.*brca\w*m$|^gbrcam"), ("germline mutation",)),
    (re.compile(r"^(?:[a-z0-9]{2,8}\d?)(?:mut|m)$"), ("mutation",)),
    (re.compile(r"wt$|wild ?type$|^unmutated|unmutated$"), ("wild type",)),
    (re.compile(r"^ar v7|splice variant 7"), ("AR-V7",)),
    (re.compile(r"^h3|k27m"), ("mutation",)),
    (re.compile(r"^(?:eml4 alk|ews|ewsr1 |syt ssx|ss18 ssx|cic dux4|bcor ccnb3|kiaa1549|braf kiaa|kmt2a ?r$"
    r"|mll rearr)"), ("fusion",)),
    (re.compile(r"^egfrviii"), ("EGFRvIII",)),
    (re.compile(r"^metex14"), ("exon 14 skipping",)),
)  # fmt: skip
_CYTOGENETIC = re.compile(
    r"deletion$|gain$|^t\(|karyotype$|^CBF$|^PML-RARA$|^TCF3|^ETV6-RUNX1$|^DEK|^hyper|^hypo|^1p/19q$"
)
_ABNORMAL = re.compile(
    r"^(?:del|deletion|amp|gain|inv|t)\b|del(?:etion)?$|gain$|amplification$|karyotypes?$"
    r"|cytogenetics$|codelet|minus$|monosomy|ploid"
)
_TRANSLOCATED = re.compile(r"^t ?x? ?\d|^t x")
_SCORING = re.compile(r"^(?:tps|cps|combined positive|tumou?r proportion|tc|ic)\b")
_ALIAS = re.compile(r"[\s,]*[(\[]?\s*(?:also known as |a\.?k\.?a\.? |or |/|gene |protein |=)?[(\[]?\s*")
_ALLELE = re.compile(
    r"(?:\bhla\)?[- ]?|(?<=[ ,/])-?)(?P<gene>a|b|c|drb1|dqb1|dpb1|dp"
    r"|dr)\)? ?-? ?\*? ?\)?(?P<group>\d{2})(?: ?: ?(?P<type>\d{2,3})|(?P<glued>\d{2}))?(?:p"
    r"|:p)?(?![\d.%])"
)
_HLA = re.compile(r"\bhla\b|human leu[ck]ocyte antigen")


@dataclass(frozen=True, slots=True)
class Named:
    """A marker or a group of markers named in a flowing text; `own` are the states that the name itself states."""

    start: int
    end: int
    markers: tuple[str, ...]
    own: tuple[Token, ...] = ()
    scoring: bool = False
    """It is a score's name ("CPS") that stands for its marker."""
    non: bool = False
    """ "non-" stands before it."""


def find_named(text: str, folded: str, tokens: list[Token], context: str) -> list[Named]:
    """Markers of a flowing text with their own states, in order.

    Args:
        text: the flowing text with its capitals.
        folded: the same in lower case.
        tokens: the state tokens of the text; those inside a name belong to the name.
        context: further words about the trial.
    """
    named = list(_mentions(text, folded, tokens, context))
    if _HLA.search(folded):
        named = [one for one in named if not one.markers[0].startswith("HLA")]
        named = sorted([*named, *_alleles(folded)], key=lambda one: one.start)
    merged: list[Named] = []
    for one in named:
        last = merged[-1] if merged else None
        same = last and (not last.own or [t.states for t in last.own] == [t.states for t in one.own])
        if last and same and set(last.markers) == set(one.markers) and _ALIAS.fullmatch(folded, last.end, one.start):
            end = one.end
            if (
                folded.count("(", last.end, one.end) > folded.count(")", last.end, one.end)
                and folded[end : end + 1] in ")]"
            ):
                end += 1
            merged[-1] = Named(last.start, end, last.markers, one.own or _signed(folded, end), one.scoring, last.non)
        elif last is None or one.start >= last.end:
            merged.append(one)
    return merged


def _mentions(text: str, folded: str, tokens: list[Token], context: str) -> Iterator[Named]:
    for mention in find_markers(text, context):
        name = " ".join(re.sub(r"[^\w()*+/.αβ]+", " ", mention.quote.lower()).split())
        scoring = bool(_SCORING.match(name))
        own = [
            token
            for token in tokens
            if token.start >= mention.start
            and token.end <= mention.end
            and not scoring
            and token.kind is not Kind.THRESHOLD
        ]
        said = _said(name, mention.quote, mention.markers)
        if said == ("drop",):
            continue
        if said:
            own = [Token(mention.start, mention.end, Kind.NOUN if said[0] != "negative" else Kind.SIGN, said)]
            if said[0] in ("deficient", "proficient", "positive", "wild type"):
                own = [Token(mention.start, mention.end, Kind.SIGN, said)]
            elif said[0] in ("high", "low", "MSS", "non-high"):
                own = [Token(mention.start, mention.end, Kind.LEVEL, said)]
        end = mention.end
        sign = _signed(folded, end)
        if sign:
            own, end = [*own, *sign], sign[0].end
        non = folded[max(0, mention.start - 4) : mention.start] in ("non-", "non ") or (
            folded[max(0, mention.start - 5) : mention.start] == " non-"
        )
        if name.startswith("non "):
            non = False
        yield Named(mention.start, end, mention.markers, tuple(own), scoring, non)


def _said(name: str, quote: str, meant: tuple[str, ...]) -> tuple[str, ...]:
    if name.startswith("ph like") or name in ("brcaness", "ighv", "neu oncogene"):
        return ("drop",) if name != "ighv" else ()
    if name in ("ph all", "ph+ all", "ph- all", "ph b all", "ph cml", "ph+ cml"):
        return ("positive",) if "+" in quote else ("negative",) if re.search(r"-\s", quote) else ("drop",)
    for pattern, states in _STATED:
        if pattern.search(name) and not (states == ("mutation",) and name in _PLAIN_NAMES):
            return states
    if meant[0].startswith("t("):
        return ("positive",)
    if _TRANSLOCATED.match(name.replace("(", " ").replace(")", " ")):
        return ("fusion",)
    if any(_CYTOGENETIC.search(marker) for marker in meant):
        return ("positive",) if _ABNORMAL.search(name.replace("(", " (")) or _ABNORMAL.search(name) else ()
    return ()


_PLAIN_NAMES = frozenset(marker.lower() for marker in markers()) | frozenset(gene.lower() for gene in genes())
"""Names that end in "m" and say nothing by it ("ATM", "FANCM")."""


def _signed(folded: str, end: int) -> tuple[Token, ...]:
    either = _EITHER.match(folded, end)
    if either is not None:
        return (Token(either.start(), either.end(), Kind.SIGN, ("positive", "negative")),)
    match = _SIGN.match(folded, end)
    if match is None:
        return ()
    return (Token(match.start(), match.end(), Kind.SIGN, ("positive" if "+" in match.group() else "negative",)),)


def _alleles(folded: str) -> Iterator[Named]:
    if re.search(r"match|donor|sibling|identical|haploid|mismatch", folded):
        return
    found: list[tuple[int, int, str, str]] = []
    for match in _ALLELE.finditer(folded):
        if not match["type"] and not match["glued"] and not re.search(r"\*|hla-?a ?0?2", match.group()):
            continue
        kind = match["type"] or match["glued"]
        if not kind and "hla" not in match.group():
            continue
        allele = f"{match['gene'].upper()}*{match['group']}" + (f":{kind}" if kind else "")
        found.append((match.start(), match.end(), match["gene"].upper(), allele))
    for match in re.finditer(r"\bhla[- ]?a[- ]?(2|24|11|3|1)(?![\d:*])", folded):
        if not any(start <= match.start() < end for start, end, _, _ in found):
            found.append((match.start(), match.end(), "A", f"A{match.group(1)}"))
    for start, end, _, allele in sorted(found):
        name = {"A2": "A*02:01", "A24": "A*24:02", "A11": "A*11:01", "A3": "A*03:01", "A1": "A*01:01"}.get(
            allele, allele
        )
        own = Token(start, end, Kind.SIGN, ("positive",))
        yield Named(start, end, (f"HLA-{name}",), (own,))
