"""How names are spelt: the folded view that text and names are compared in, and the variants a name occurs in.

The folded view has lower case, no accents, and one space for every run of other characters, with a space at either
end: " non small cell lung cancer ". A name padded in the same way therefore only matches whole words.
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata
from dataclasses import dataclass


class _FoldTable(dict[int, str]):
    """Code point → lower-case letter or digit without accent, or a space. Always exactly one character."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        folded = base if len(base) == 1 and base.isalnum() and chr(code).isalnum() else " "  # "™" is no letter
        self[code] = folded
        return folded


@functools.cache
def _fold_table() -> _FoldTable:
    return _FoldTable()


_RUN = re.compile("  +")


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded view of a text, and the way back to its offsets."""

    text: str
    """Folded text with runs of spaces collapsed and a space at either end."""
    _places: tuple[int, ...]
    _shifts: tuple[int, ...]

    def offset(self, place: int) -> int:
        """Offset in the original text of the character at `place` of the folded text."""
        return place + self._shifts[bisect.bisect_right(self._places, place) - 1]


@functools.lru_cache(maxsize=64)
def fold(text: str) -> Folded:
    """Fold a text; linear in its length. Several vocabularies look at the same text one after the other."""
    flat = f" {text.translate(_fold_table())} "
    places, shifts, removed = [0], [-1], 0
    pieces: list[str] = []
    at = 0
    for match in _RUN.finditer(flat):
        start, end = match.span()
        # The character after the run stands `removed` places further left than in the flat text.
        removed += end - start - 1
        places.append(end - removed)
        shifts.append(removed - 1)
        pieces.append(flat[at : start + 1])
        at = end
    pieces.append(flat[at:])
    return Folded("".join(pieces), tuple(places), tuple(shifts))


def closed(text: str, start: int, end: int) -> int:
    """The end of a quote, moved behind the bracket that the quote opens: "del(17p" → "del(17p)"."""
    open_brackets = text.count("(", start, end) - text.count(")", start, end)
    return end + 1 if open_brackets > 0 and text[end : end + 1] == ")" else end


def fold_name(name: str) -> str:
    """A name in the form it has inside a folded text, padded with one space on either side."""
    return f" {' '.join(name.translate(_fold_table()).split())} "


_IRREGULAR = {"malignancy": "malignancies", "neoplasia": "neoplasias", "histiocytosis": "histiocytoses"}
_HEAD = re.compile(
    r"^(?:\w*(?:oma|cancer|carcinoid|disease|disorder|histiocytosis|leukemia|lymphoproliferative|neoplasm|syndrome|"
    r"tumor|type|site)|malignancy|neoplasia)$"
)
_BRITISH = (
    ("tumor", "tumour"),
    ("leukemia", "leukaemia"),
    ("leukemic", "leukaemic"),
    ("esophag", "oesophag"),
    ("hemangio", "haemangio"),
    ("hemato", "haemato"),
    ("gynecolog", "gynaecolog"),
    ("pediatric", "paediatric"),
    ("cecum", "caecum"),
    ("cecal", "caecal"),
    ("cythemia", "cythaemia"),
    ("globulinemia", "globulinaemia"),
    ("anemia", "anaemia"),
    ("pheochromo", "phaeochromo"),
    ("tumorous", "tumourous"),
)
_EPONYM = re.compile(r"\b(hodgkin|ewing|burkitt|wilm|waldenstrom|kaposi|sezary|paget|bowen)(?:s| s)?(?= )")
_PREFIX = re.compile(r"\b(non|post|extra) (?=[a-z]{3})")


def _plural(word: str) -> str:
    return _IRREGULAR.get(word, f"{word}s")


def _singular(word: str) -> str:
    for singular, plural in _IRREGULAR.items():
        if word == plural:
            return singular
    return word[:-1] if word.endswith("s") and _HEAD.match(word[:-1]) else word


def variants(name: str) -> frozenset[str]:
    """A name's spellings in folded, padded form: number, British spelling, possessive eponyms, joined prefixes."""
    base = fold_name(name)
    forms = {base}
    words = [_singular(word) for word in base.split()]
    forms.add(f" {' '.join(words)} ")
    heads = [place for place, word in enumerate(words) if _HEAD.match(word)]
    for chosen in (heads, heads[:1], heads[-1:]):
        forms.add(f" {' '.join(_plural(word) if place in chosen else word for place, word in enumerate(words))} ")
    for form in tuple(forms):
        british = form
        for american, other in _BRITISH:
            british = british.replace(american, other)
        # "oesophagus" already holds "esophag"; folding a British name must not double the letter.
        forms.add(british.replace("ooesophag", "oesophag"))
    for form in tuple(forms):
        forms.update(_EPONYM.sub(rf"\1{ending}", form) for ending in ("", "s", " s"))
    for form in tuple(forms):
        forms.add(_PREFIX.sub(r"\1", form))
    return frozenset(forms)
