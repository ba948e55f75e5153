"""Misspelt words of diseases, drugs and trials: the word that was meant, where there is no doubt.

Only words of letters are corrected, never genes, variants or drug codes, and only to words of the vocabularies: with
one mistake (a letter missing, added, changed, or two swapped) from five letters on, with two from ten. Words that are
themselves known, in English or as a name or place, stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from search.terminology.lexicon import entries
from search.terminology.tables import read_table
from search.terminology.therapy_graph import Mark, TherapyKind, stem_class, tables

_SHORTEST, _LONG = 5, 10
"""Letters from which one mistake, and from which two are corrected."""
_WORD = re.compile(r"[a-z]+")
_PLAIN_WORDS = (
    "metastatic metastasis metastases metastasized recurrent recurrence refractory relapsed relapse advanced locally"
    " unresectable resectable inoperable untreated treated pretreated newly diagnosed "
    "progressive progressed progression"
    " progressing localized recruiting enrolling completed terminated suspended phase stage trial trials treatment"
    " therapy chemotherapy immunotherapy radiation radiotherapy surgery adjuvant neoadjuvant "
    "maintenance mutation mutated"
    " mutant positive negative amplification amplified fusion deletion insertion expression wildtype hormone receptor"
    " double triple failed failure resistant resistance sensitive naive previous previously "
    "prior brain spine bones liver"
    " vaccine inhibitor inhibitors antibody conjugate targeted observational registry expanded "
    "access sponsor performance"
    " status woman women pregnant transplant autoimmune disease kidney hepatitis diabetes heart failure autologous"
    " allogeneic radiosurgery surveillance observation experimental consolidation induction salvage symptomatic"
    " oncolytic virus leptomeningeal oligometastatic extensive limited years"
)
_ENDING = 3
_COMMON = 50
_SURE = 3
"""How many times as many names must hold one of two words that are equally near."""
_ENDINGS = ("s", "es", "ed", "ing", "ly")


@cache
def ordinary_words() -> frozenset[str]:
    """English words that look like a misspelt word or an abbreviation of the vocabularies, and are neither."""
    return frozenset(row["word"] for row in read_table("ordinary_words.tsv"))


@cache
def _targets() -> Mapping[str, int]:
    """Words that a misspelt word may have meant, each with the number of names that hold it."""
    words = Counter(dict.fromkeys(_PLAIN_WORDS.split(), _COMMON))
    for spelling, entry in entries().items():
        if entry.words:
            words.update(_WORD.findall(spelling))
    for one in tables().spellings:
        drug = one.therapy.kind is TherapyKind.DRUG
        if drug and one.mark is Mark.PLAIN and one.surface.isalpha() and len(one.surface) > _SHORTEST:
            words[one.surface.lower()] += 1
    return MappingProxyType({word: count for word, count in words.items() if len(word) >= _SHORTEST})


@cache
def _names() -> frozenset[str]:
    """Words of places."""
    rows = [*read_table("cities.tsv"), *read_table("regions.tsv")]
    return frozenset(
        word
        for row in rows
        for cell in (row.get("city", ""), row.get("name", ""), row.get("names", ""))
        for word in re.findall(r"[^\W\d_]+", cell.lower())
    )


@cache
def _buckets() -> Mapping[tuple[str, int], tuple[tuple[int, str], ...]]:
    """Targets by first letter and length, each with the set of its letters as bits."""
    found: dict[tuple[str, int], list[tuple[int, str]]] = {}
    for word in sorted(_targets()):
        found.setdefault((word[0], len(word)), []).append((_letters(word), word))
    return MappingProxyType({key: tuple(words) for key, words in found.items()})


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) - 97 if "a" <= letter <= "z" else 26)
    return bits


def _is_known(word: str, *, capital: bool) -> bool:
    if word in _targets() or word in ordinary_words() or (capital and word in _names()):
        return True
    return any(word.endswith(end) and word[: -len(end)] in _targets() for end in _ENDINGS)


@lru_cache(maxsize=4096)
def corrected(word: str) -> str | None:
    """The word that was meant by a misspelt one; None where it is known, or may be a name or a code.

    Args:
        word: letters only, as typed; with capitals inside it is a name or a code.
    """
    lower = word.lower()
    if len(word) < _SHORTEST or word[1:] != lower[1:] or not lower.isascii() or _is_known(lower, capital=word != lower):
        return None
    capital = word != lower
    most = 2 if len(word) >= _LONG and stem_class(lower) is None else 1
    if capital and len(word) < _LONG:
        most = 1
    best = _best(lower, most)
    if best is None or (capital and best[0] > 1):
        return None
    return best[1].capitalize() if capital else best[1]


def _best(word: str, most: int) -> tuple[int, str] | None:
    """The nearest target with its distance; None where there is none, or two are equally near."""
    bits = _letters(word)
    found: list[tuple[int, str]] = []
    firsts = {word[0]} | ({word[1]} if len(word) > _SHORTEST + 1 else set())
    for first in sorted(firsts):
        for length in range(len(word) - most, len(word) + most + 1):
            for letters, target in _buckets().get((first, length), ()):
                if (letters ^ bits).bit_count() <= 2 * most:
                    far = distance(word, target, most)
                    if far <= most and not _inflected(word, target, far):
                        found.append((far, target))
    if not found:
        return None
    nearest = min(far for far, _ in found)
    words = list({target for far, target in found if far == nearest})
    # "tumors" and "tumours" are one word; of others, none is meant for sure.
    words.sort(key=lambda one: (-_targets()[one], one))
    plain = {one.replace("our", "or").replace("ae", "e").rstrip("s") for one in words}
    sure = len(plain) == 1 or _targets()[words[0]] >= _SURE * _targets()[words[1]]
    return (nearest, words[0]) if sure else None


def _inflected(word: str, target: str, far: int) -> bool:
    """Whether two words differ in their endings alone ("progressions", "progression"): no mistake."""
    shared = next(
        (n for n, (a, b) in enumerate(zip(word, target, strict=False)) if a != b), min(len(word), len(target))
    )
    return far > 1 and shared >= max(len(word), len(target)) - _ENDING


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, delete, change or swap (Damerau, without edits inside swaps); above `most` some larger number.

    Source: restricted Damerau-Levenshtein distance ("optimal string alignment").
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, row, earlier = row, [i], before
        for j, target in enumerate(other, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != target))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == target:
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
        if min(row) > most and min(last) > most:
            return most + 1
        before = last
    return row[-1]
