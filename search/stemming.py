"""English stemming for ordinary words: medical folding first, then the Snowball English algorithm ("Porter2").

Genes, variants, drug codes and anything with a digit never come here; `search.text` keeps them as they are.

Sources: M. F. Porter, "The English (Porter2) stemming algorithm", snowballstem.org. The medical part is ours: British
spelling, Greek and Latin plurals, and one family for metastasis, metastases, metastatic.
"""

from __future__ import annotations

import re

_VOWELS = frozenset("aeiouy")
_DOUBLES = frozenset(("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"))
_SPECIAL = {
    "skis": "ski", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "idly": "idl", "gently": "gentl",
    "ugly": "ugli", "early": "earli", "only": "onli", "singly": "singl", "sky": "sky", "news": "news", "howe": "howe",
    "atlas": "atlas", "cosmos": "cosmos", "bias": "bias", "andes": "andes",
}  # fmt: skip
_AFTER_1A = frozenset(("inning", "outing", "canning", "herring", "earring", "evening", "proceed", "exceed", "succeed"))
_R1_AFTER = ("gener", "commun", "arsen", "past", "univers", "later", "emerg", "organ", "inter")
_STEP2 = (
    ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"),
    ("biliti", "ble"), ("lessli", "less"), ("tional", "tion"), ("alism", "al"), ("aliti", "al"), ("ation", "ate"),
    ("entli", "ent"), ("fulli", "ful"), ("iviti", "ive"), ("ousli", "ous"), ("abli", "able"), ("alli", "al"),
    ("anci", "ance"), ("ator", "ate"), ("enci", "ence"), ("izer", "ize"), ("bli", "ble"), ("ogi", "og"),
    ("ogist", "og"), ("li", ""),
)  # fmt: skip
_STEP3 = (
    ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"),
    ("ical", "ic"), ("ness", ""), ("ful", ""),
)  # fmt: skip
_STEP4 = (
    "ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion", "ism", "iti", "ive", "ize", "ous",
    "al", "er", "ic",
)  # fmt: skip

# Names and abbreviations that a suffix rule would cut.
_KEPT = frozenset(("aids", "ewing", "hodgkin", "kras", "nras", "hras", "gnas", "ras", "sars", "recist", "wilms"))

_SPELLING = (
    (re.compile(r"(?<!gi)oedema"), "edema"),
    (re.compile(r"(?<!tr)oesoph"), "esoph"),
    (re.compile(r"oestr"), "estr"),
    (re.compile(r"rrhoea"), "rrhea"),
    (re.compile(r"^foet"), "fet"),
    (re.compile(r"haem"), "hem"),
    (re.compile(r"(?<=[a-z])aem(?=i)"), "em"),
    (re.compile(r"^(an|isch)aem"), r"\1em"),
    (re.compile(r"paed"), "ped"),
    (re.compile(r"paenia"), "penia"),
    (re.compile(r"gynaec"), "gynec"),
    (re.compile(r"caec(?=[ua])"), "cec"),
    (re.compile(r"anaesth"), "anesth"),
    (re.compile(r"aetiolog"), "etiolog"),
    (re.compile(r"tumour"), "tumor"),
    (re.compile(r"(?<=[a-z]{2})olour"), "olor"),
    (re.compile(r"^colour"), "color"),
    (re.compile(r"^behaviour"), "behavior"),
    (re.compile(r"^(cent|fib|lit)re(?=s?$)"), r"\1er"),
    (re.compile(r"(?<=[a-z]{3})is(?=(?:ations?|e[sd]?|ing)$)"), "iz"),
    (re.compile(r"^sulph"), "sulf"),
    (re.compile(r"^(program)me(?=s?$)"), r"\1"),
)
_MAY_SPELL = re.compile(r"ae|oe|our|re|is|ph|mme")
# Verbs and nouns in -is- that are no British -ize; left alone by the folding above.
_NO_IZE = re.compile(
    r"(?:ra|prom|rev|superv|exerc|adv|comprom|dev|compr|surpr|desp|exc|prec|prem|no|poi|franch|advert|improv|telev|bru)is"
)
_GREEK_PLURAL = re.compile(
    r"^[a-z]*(?:sta|gno|cro|fibro|pto|aly|the|eno|mbo|rho|cho|tomo|ne|lero|sep|phore|oido|pty|teme)s[ie]s$"
)
_LATIN = ((re.compile(r"omata$"), "oma"), (re.compile(r"(?<=[a-z]{4})ae$"), "a"))


def _regions(word: str) -> tuple[int, int]:
    """Starts of R1 and R2."""
    r1 = r2 = len(word)
    for prefix in _R1_AFTER:
        if word.startswith(prefix):
            r1 = len(prefix)
            break
    else:
        for i in range(1, len(word)):
            if word[i] not in _VOWELS and word[i - 1] in _VOWELS:
                r1 = i + 1
                break
    for i in range(r1 + 1, len(word)):
        if word[i] not in _VOWELS and word[i - 1] in _VOWELS:
            r2 = i + 1
            break
    return r1, r2


def _has_vowel(part: str) -> bool:
    return any(c in _VOWELS for c in part)


def _ends_short(word: str) -> bool:
    """Whether the word ends in a short syllable. `Y` is a consonant here."""
    if len(word) == 2:
        return word[0] in _VOWELS and word[1] not in _VOWELS
    return (
        len(word) > 2
        and word[-1] not in _VOWELS
        and word[-1] not in "wxY"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
    )


def _mark_consonant_y(word: str) -> str:
    if "y" not in word:
        return word
    letters = list(word)
    for i, c in enumerate(letters):
        if c == "y" and (i == 0 or letters[i - 1] in _VOWELS):
            letters[i] = "Y"
    return "".join(letters)


def _step1a(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith(("us", "ss")) or not word.endswith("s"):
        return word
    return word[:-1] if _has_vowel(word[:-2]) else word


def _step1b(word: str, r1: int) -> str:
    for suffix in ("eedly", "ingly", "edly", "eed", "ing", "ed"):
        if not word.endswith(suffix):
            continue
        base = word[: -len(suffix)]
        if suffix in ("eed", "eedly"):
            return base + "ee" if len(base) >= r1 else word
        if suffix == "ing" and len(base) == 2 and base[1] == "y":
            return base[0] + "ie"
        if not _has_vowel(base):
            return word
        if base.endswith(("at", "bl", "iz")):
            return base + "e"
        if base[-2:] in _DOUBLES:
            return base if len(base) == 3 and base[0] in "aeo" else base[:-1]
        if r1 >= len(base) and _ends_short(base):
            return base + "e"
        return base
    return word


def _step2(word: str, r1: int) -> str:
    for suffix, replacement in _STEP2:
        if word.endswith(suffix):
            base = word[: -len(suffix)]
            if len(base) < r1:
                return word
            if suffix == "ogi" and not base.endswith("l"):
                return word
            if suffix == "li" and base[-1:] not in tuple("cdeghkmnrt"):
                return word
            return base + replacement
    return word


def _step3(word: str, r1: int, r2: int) -> str:
    for suffix, replacement in _STEP3:
        if word.endswith(suffix):
            base = word[: -len(suffix)]
            if len(base) < (r2 if suffix == "ative" else r1):
                return word
            return base + replacement
    return word


def _step4(word: str, r2: int) -> str:
    for suffix in _STEP4:
        if word.endswith(suffix):
            base = word[: -len(suffix)]
            if len(base) < r2 or (suffix == "ion" and base[-1:] not in ("s", "t")):
                return word
            return base
    return word


def _step5(word: str, r1: int, r2: int) -> str:
    at = len(word) - 1
    if word.endswith("e") and (at >= r2 or (at >= r1 and not _ends_short(word[:-1]))):
        return word[:-1]
    if word.endswith("ll") and at >= r2:
        return word[:-1]
    return word


def porter2(word: str) -> str:
    """Snowball English stem of a lower-case ASCII word without apostrophes."""
    if len(word) <= 2:
        return word
    if word in _SPECIAL:
        return _SPECIAL[word]
    word = _mark_consonant_y(word)
    r1, r2 = _regions(word)
    word = _step1a(word)
    if word in _AFTER_1A:
        return word
    word = _step1b(word, r1)
    if len(word) > 2 and word[-1] in "yY" and word[-2] not in _VOWELS:
        word = word[:-1] + "i"
    word = _step2(word, r1)
    word = _step3(word, r1, r2)
    word = _step4(word, r2)
    return _step5(word, r1, r2).lower()


def fold_spelling(word: str) -> str:
    """American spelling of a British medical word; other words come back as they are."""
    if not _MAY_SPELL.search(word):
        return word
    for pattern, replacement in _SPELLING:
        if replacement == "iz" and _NO_IZE.search(word):
            continue
        word = pattern.sub(replacement, word)
    return word


def stem(word: str) -> str:
    """The index form of an ordinary lower-case ASCII word; words up to three letters stay."""
    if len(word) <= 3 or word in _KEPT:
        return word
    at = word.find("metasta")
    if at >= 0:
        return word[: at + 7] + "s"
    if word == "mets":  # nobody's plural of the gene MET
        return "metastas"
    word = fold_spelling(word)
    if len(word) > 5 and _GREEK_PLURAL.search(word):
        return word[:-2]
    for pattern, replacement in _LATIN:
        word = pattern.sub(replacement, word)
    return porter2(word)
