"""Substrings that a line must hold to name a biomarker: taken from the tables of names."""

from __future__ import annotations

import itertools
import re
from functools import cache

from search.terminology.tables import read_table

_COMMON = frozenset(
    [
        *("breast", "cancer", "human", "receptor", "gene", "tumor", "tumour", "protein", "cell"),
        *("factor", "growth", "positive", "negative", "status", "high", "type", "score", "with"),
        *("chromosome", "deletion", "disease", "loss", "mutation", "mutated", "fusion", "expression", "rearrangement"),
        *(
            "amplification",
            "codeletion",
            "antigen",
            "typing",
            "kinase",
            "combined",
            "virus",
            "neurotrophic",
            "susceptibility",
        ),
        *("promoter", "surface", "burden", "repair", "syndrome", "epidermal", "carcinoma", "exon", "altered"),
        *("alteration", "specific", "membrane", "normal", "complex", "gain", "proportion", "stem", "anti"),
        *("platelet", "derived", "mutant", "genomic", "stability"),
    ]
)
_SHORT = 3
_DISTINCT = 4
"""Letters from which a word is taken for a trigger as it is."""
_LEFT = (" ", "(", "/", "-", ",", "[", "\n", "*")
_RIGHT = (" ", "+", "-", "/", ")", ",", ".", ":", ";", "\n")
_PHRASES = (
    "hormone receptor",
    "triple negative",
    "triple-negative",
    "growth factor receptor 2",
    "folate receptor",
    "proportion score",
    "positive score",
    "actionable",
    "targetable",
    "druggable",
    "driver ",
)
_WORD = re.compile(r"[\w*.α-ω]+")
_INSIDE = frozenset(
    [
        *("er", "pr", "ar", "hr", "met", "ret", "kit", "alk", "apc", "max", "fh", "ph", "ros", "src", "raf", "akt"),
        *("mek", "rb", "ews", "syt", "1q", "17p", "dpd", "rho", "fus", "jun", "mll", "fap", "neu", "tek", "axl"),
        *("atr", "blm", "btg", "cic", "fat", "hgf", "erg", "eed", "cbl", "cps", "tps", "mss", "msi", "sdh", "nf"),
        *("vhl", "cs1", "mmr"),
    ]
)
"""Short symbols inside many words; they need a border on either side."""


@cache
def triggers() -> tuple[str, ...]:
    """Lower-case substrings, sorted."""
    names = [row["name"] for row in read_table("markers.tsv")]
    for row in read_table("genes.tsv"):
        names += [row["symbol"], *filter(None, row["aliases"].split("; "))]
    found: set[str] = set(_PHRASES) | {"hla", "v600", "l858r", "t790m", "g12", "t315i"}
    for name in names:
        found.update(_of(name.lower()))
    return tuple(sorted(found))


def _of(name: str) -> set[str]:
    words = [word for word in _WORD.findall(name) if word]
    telling = [word for word in words if word not in _COMMON and len(word) >= _DISTINCT and word not in _INSIDE]
    if telling:
        return {max(telling, key=len)}
    words = [word for word in words if word not in _COMMON] or words
    if len(words) == 1:
        word = words[0]
        if len(word) > _SHORT and word not in _INSIDE:
            return {word}
        if any(sign.isdigit() for sign in word) and len(word) == _SHORT:
            return {word}
        return {f"{left}{word}{right}" for left, right in itertools.product(_LEFT, _RIGHT)} | {f"{word}+"}
    return {separator.join(words[:2]) for separator in (" ", "-", "", "/", "(", "*", " (")} if words else set()
