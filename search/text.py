"""The one analyzer, for both back ends, the query parser and the highlighter: text in, terms with offsets out.

Words are folded (case, accents, Unicode forms, Greek letters, British spelling) and stemmed. Genes, variants, drug
codes, isotopes and NCT ids are kept whole and brought to one form however they are written: `PD-L1`, `PDL1` and
`PD L1` all become `pdl1`; `p.Gly12Cys` and `KRASG12C` hold `g12c`; `CDK4/6` gives `cdk4` and `cdk6`; `177Lu`, `Lu-177`
and `lutetium-177` become `177lu`. "no" and "not" are words like any other. Offsets are code points of the text given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from search.stemming import stem


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words("a an and are as at be by for from in is of on or that the this to was were with")
"""Never "no", "not" or a digit."""

MAX_TERM_LENGTH = 64
"""Longer runs without a break are cut; no word of any language needs more."""


class Token(NamedTuple):
    """A term and where it stands: `text[start:end]` is what was written, in code points."""

    term: str
    start: int
    end: int


# Prefixes that may stand apart from their number: "HER 2", "PD L1", "AZD 9291" (symbols: HGNC; codes: makers' own).
_MARKERS = _words(
    "pd ctla lag tim her cd il cdk bcl fgfr vegfr brca ntrk ki trop nectin claudin cldn gpc flt parp erbb muc idh jak "
    "cyclin"
)
_CODES = _words(
    "abbv abt amg arq arv azd bay bgb bi blu bms bpi cep dcc ds emd epz fs gdc gsk hlx ibi imgn incb jab jnj jzp kn ku "
    "loxo lox ly medi mk mln mor nms nvp ono osi pf plx px regn rg ro sar sgn shr skb su tak tas tsr vx xl zn zw"
)
_ELEMENTS = {
    "lutetium": "lu", "gallium": "ga", "yttrium": "y", "iodine": "i", "radium": "ra", "actinium": "ac",
    "fluorine": "f", "zirconium": "zr", "technetium": "tc", "copper": "cu", "strontium": "sr", "samarium": "sm",
    "lead": "pb", "astatine": "at", "terbium": "tb", "indium": "in", "carbon": "c", "rhenium": "re", "holmium": "ho",
}  # fmt: skip
_ISOTOPES = _words(
    "177lu 67ga 68ga 90y 123i 124i 125i 131i 223ra 224ra 225ac 227th 18f 89zr 99mtc 99tc 61cu 64cu 67cu 89sr 153sm "
    "212pb 203pb 211at 161tb 111in 11c 186re 188re 166ho 213bi 15o 13n"
)
_SPACED_ISOTOPES = _words("lutetium lu gallium ga yttrium iodine i radium ra actinium ac zirconium zr technetium tc")

_HYPHENS = r"\-" "\u00ad\u2010\u2011\u2012\u2013\u2212"
_JOINERS = f"{_HYPHENS}\u2014'’.,:/*>+"
# A run of letters and digits with single marks inside; then, where they follow, "(L)1", or one space and a number (the
# two are told apart from "stage 3" and the like when the chunk is read), or a sign.
_CHUNK = re.compile(
    rf"[^\W_][\w\u0300-\u036f]*(?:[{_JOINERS}]{{1,2}}[\w\u0300-\u036f]+)*"
    rf"(?:[{_HYPHENS}]?\([lL]\)[{_HYPHENS}]?1(?!\w)"
    rf"| [lL]?\d{{1,9}}(?:\.\d)?[A-Za-z]?(?:/\d)?(?:(?=-[A-Za-z]{{4}})|(?![{_JOINERS}]{{0,2}}\w)))?(?:[+-](?!\w))?"
)
_PD_BOTH = re.compile(r"(?:(.*)-|(anti))?(pd-?\(l\)-?1)[+-]?$")
_MARKER_NUMBER = re.compile(r"(?:18\.2|l?[1-9]\d?)(?:/\d)?[+-]?$")
_CODE_NUMBER = re.compile(r"\d{3,}[a-z]?[+-]?$")
_AMINO = {
    "ala": "a", "arg": "r", "asn": "n", "asp": "d", "cys": "c", "gln": "q", "glu": "e", "gly": "g", "his": "h",
    "ile": "i", "leu": "l", "lys": "k", "met": "m", "phe": "f", "pro": "p", "ser": "s", "thr": "t", "trp": "w",
    "tyr": "y", "val": "v", "ter": "x",
}  # fmt: skip
_THREE = "|".join(_AMINO)
_LONG_VARIANT = re.compile(rf"(?:p\.)?({_THREE})(\d{{1,4}})({_THREE}|del|dup|fs)?$")
_VARIANT = re.compile(r"[acdefghiklmnpqrstvwy]\d{2,4}(?:[acdefghiklmnpqrstvwyx]|del|fs)$")
_GENE_VARIANT = re.compile(
    r"(kras|nras|hras|braf|egfr|her2|erbb2|idh[12]|esr1|kit|met|ret|alk|jak2|h3f?3?|pik3ca|akt1|tp53|flt3|pdgfra)"
    r"([acdefghiklmnpqrstvwy]\d{2,4}[acdefghiklmnpqrstvwyx])$"
)
_HLA = re.compile(
    rf"hla[{_HYPHENS}]?([a-z]{{1,2}}|d[a-z]{{2}}\d?)[{_HYPHENS}]?\*?(\d{{1,2}})(?::?(\d{{2}}))?(?::\d\d)*$"
)
_CODE_PIECE = re.compile(r"(?:[a-z]?\d{2,}[a-z]?\d?|l?\d{1,2}[a-z]?|\d{1,2}\.\d)$")
_SHORT_PREFIX = re.compile(r"[a-z]{1,4}$")
_LONG_PREFIXES = frozenset(("vegfr", "pdgfr", "nectin", "claudin", "covid", "cyclin", "siglec", "galectin"))
# Short words that are no prefix of a code: "day-28", "ECOG-1", "PSMA-617" (there the target must stay findable).
_PLAIN_PREFIXES = _words(
    "a an all anti any arm as at body both by cell core cost ct dose day days drug each ecog eg end eq even ever fap "
    "five form four from full gene gr grade half hand high hour hr ie if in intra item iv ivb kg last less line log "
    "long low max mean min mo more mri near next no non nos nyha of off on once one only or oral over p part past pet "
    "plus post pre ps psma pt q rate run sars self semi site six size skin step sub ten term test text than that then "
    "to top tube two type up us use vs wave week well who with x year yr zone"
)
_WHOLE = _words("5-fu 6-mp 6-tg 5-asa 5-aza 5-ht3 t-dm1 t-dxd g-csf gm-csf m-csf l-dopa p-gp o-dxd")
_SIGNED = _words("er pr hr her2 ebv hpv ph hbv hcv hiv cd19 cd20 cd22 cd30 cd33 cd38 cd4 cd8 alk ros1 egfr")
_MICRO = re.compile(r"(?:g|l|m|mol|gy|ci|v|sv)(?![a-z])", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)+$")
_PIECE_BREAK = re.compile(r"[_:*>+,]+|\.{1,2}")
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ħ": "h"}


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    """Lower-case ASCII form of a character where it has one; nothing for a combining mark or a soft hyphen."""
    if char == "\u00ad":
        return ""
    if char in _HYPHENS[1:] or char == "\u2014":
        return "-"
    if char == "’":
        return "'"
    folded = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return "".join(_LETTERS.get(c, c) for c in folded.casefold())


def fold_name(name: str) -> str:
    """A name without regard to case, accents, punctuation and spacing: "São-Paulo " and "sao paulo" are one."""
    folded = "".join(map(_fold_char, name))
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _fold(chunk: str) -> tuple[str, list[int]]:
    """Folded chunk, and for each of its characters the index in `chunk` it comes from.

    A Greek letter becomes its name, set apart with hyphens (`TGFβ` reads `TGF-beta-`); µ before a unit becomes u.
    """
    out: list[str] = []
    origin: list[int] = []
    for i, char in enumerate(chunk):
        piece = _fold_char(char)
        name = _GREEK.get(piece)
        if name is not None:
            piece = "u" if name == "mu" and _MICRO.match(chunk, i + 1) else f"-{name}-"
        out.append(piece)
        origin.extend([i] * len(piece))
    return "".join(out), origin


class _Piece(NamedTuple):
    text: str
    start: int
    end: int


def _split(text: str, separators: str, offset: int = 0) -> list[_Piece]:
    found = re.finditer(f"[^{re.escape(separators)}]+", text)
    return [_Piece(match[0], offset + match.start(), offset + match.end()) for match in found]


def _isotope(left: str, right: str) -> str | None:
    """`177` and `lu`, in either order and with the element's name, as `177lu`."""
    for mass, element in ((left, right), (right, left)):
        if mass[:1].isdigit():
            joined = mass + _ELEMENTS.get(element, element)
            if joined in _ISOTOPES:
                return joined
    return None


def _joins(prefix: str, code: str) -> bool:
    """Whether `prefix-code` names one thing: PD-L1, IL-2, AZD-9291, Nectin-4; not day-28, KRAS-G12C, stage-3."""
    if _VARIANT.match(code) or not _CODE_PIECE.match(code):
        return False
    if prefix in _LONG_PREFIXES:
        return True
    return bool(_SHORT_PREFIX.match(prefix)) and prefix not in _PLAIN_PREFIXES and prefix not in STOP_WORDS


def _simple(piece: _Piece) -> Iterator[_Piece]:
    """Terms of a piece without hyphen or slash."""
    text = piece.text
    if text.isalpha():
        if text not in STOP_WORDS:
            yield _Piece(stem(text) if text.isascii() else text, piece.start, piece.end)
        return
    if match := _LONG_VARIANT.match(text):
        change = _AMINO.get(match[3] or "", match[3] or "")
        yield _Piece(_AMINO[match[1]] + match[2] + change, piece.start, piece.end)
        return
    if text.isalnum():
        element = text.lstrip("0123456789")
        mass = text[: len(text) - len(element)]
        letters = text.rstrip("0123456789")
        isotope = _isotope(mass, element) or _isotope(letters, text[len(letters) :])
        if isotope is None and (match := _GENE_VARIANT.match(text)):
            cut = piece.start + len(match[1])
            yield _Piece(match[1], piece.start, cut)
            yield _Piece(match[2], cut, piece.end)
            return
        yield _Piece(isotope or text, piece.start, piece.end)
        return
    yield from _punctuated(piece)


def _punctuated(piece: _Piece) -> Iterator[_Piece]:
    """Terms of a piece that holds other marks than hyphen and slash."""
    text = piece.text
    if "'" in text:
        bare = re.sub(r"'(?:s|re|ve|ll|d|m)?$", "", text).replace("'", "")
        if bare and "'" not in bare:
            yield from _simple(_Piece(bare, piece.start, piece.end))
        return
    if text.startswith(("p.", "c.")) and text[2:3].isalnum():
        bare = re.sub(r"[^a-z0-9>]", "", text)
        if bare.startswith("c"):
            yield _Piece(bare, piece.start, piece.end)
        else:
            yield from _simple(_Piece(bare[1:], piece.start, piece.end))
        return
    if re.match(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?$", text):
        yield _Piece(text.replace(",", ""), piece.start, piece.end)
        return
    if _NUMBER.match(text) or re.match(r"[a-z]{2,7}\d{1,2}\.\d$", text):
        yield _Piece(text, piece.start, piece.end)
        return
    if re.match(r"[a-z](?:\.[a-z])+\.?$", text):
        joined = text.replace(".", "")
        if joined not in STOP_WORDS:
            yield _Piece(joined, piece.start, piece.end)
        return
    at = 0
    for match in _PIECE_BREAK.finditer(text):
        if match[0][0] in ".," and text[at : match.start()].isdigit() and text[match.end() : match.end() + 1].isdigit():
            continue  # "1.5" inside a longer run
        yield from _after_break(text, at, match.start(), piece.start)
        at = match.end()
    yield from _after_break(text, at, len(text), piece.start)


def _after_break(text: str, start: int, end: int, offset: int) -> Iterator[_Piece]:
    part = text[start:end]
    if _NUMBER.match(part):
        yield _Piece(part, offset + start, offset + end)
        return
    for match in re.finditer(r"[^\W_]+", part):
        yield from _simple(_Piece(match[0], offset + start + match.start(), offset + start + match.end()))


def _hyphenated(part: _Piece) -> Iterator[_Piece]:
    """Terms of a piece without slash."""
    if part.text in _WHOLE:
        yield _Piece(part.text.replace("-", ""), part.start, part.end)
        return
    pieces = _split(part.text, "-", part.start)
    i = 0
    while i < len(pieces):
        piece = pieces[i]
        if i + 1 < len(pieces):
            following = pieces[i + 1]
            whole = f"{piece.text}-{following.text}"
            joined = _isotope(piece.text, following.text)
            if joined is None and (whole in _WHOLE or _joins(piece.text, following.text)):
                joined = piece.text + following.text
            if joined is not None:
                yield _Piece(joined, piece.start, following.end)
                i += 2
                continue
        yield from _simple(piece)
        i += 1


def _expanded(part: _Piece, last: str) -> str | None:
    """What a short part after a slash stands for, given the term before it: CDK4/6, V600E/K, PD-1/L1."""
    if not 1 <= len(part.text) <= 2 or last.isdigit():
        return None
    if part.text.isdigit() and (match := re.match(r"([a-z]+[a-z0-9]*?)\d{1,2}$", last)):
        return match[1] + part.text
    if part.text.isalpha() and len(part.text) == 1 and _VARIANT.match(last):
        return last[:-1] + part.text
    if last == "pd1" and part.text == "l1":
        return "pdl1"
    return None


def _apart(prefix: str, number: str) -> bool:
    """Whether `prefix number`, with a space between, names one thing."""
    if prefix in _MARKERS:
        return bool(_MARKER_NUMBER.match(number))
    if prefix in _CODES:
        return bool(_CODE_NUMBER.match(number))
    return prefix in _SPACED_ISOTOPES and _isotope(prefix, number) is not None


def _both_pd(text: str) -> Iterator[_Piece]:
    """PD-(L)1 means PD-1 and PD-L1; other letters before "(L)1" are read for themselves."""
    match = _PD_BOTH.match(text)
    if match is None:
        for run in re.finditer(r"[^()]+", text):
            yield from (_Piece(p.text, p.start + run.start(), p.end + run.start()) for p in _chunk_pieces(run[0]))
        return
    yield from _chunk_pieces(match[1] or match[2] or "")
    yield _Piece("pd1", match.start(3), match.end(3))
    yield _Piece("pdl1", match.start(3), match.end(3))


def _chunk_pieces(text: str) -> Iterator[_Piece]:
    if "(" in text:
        yield from _both_pd(text)
        return
    before, space, number = text.partition(" ")
    if space:
        if _apart(before.rpartition("-")[2], number):
            text = f"{before}-{number}"
        else:
            yield from _chunk_pieces(before)
            at = len(before) + 1
            yield from (_Piece(p.text, p.start + at, p.end + at) for p in _chunk_pieces(number))
            return
    if match := _HLA.match(text):
        yield _Piece("hla", 0, 3)
        locus, group, protein = match[1], match[2], match[3]
        yield _Piece(f"hla{locus}{int(group)}", 0, len(text))
        if protein:
            yield _Piece(f"hla{locus}{group}{protein}", 0, len(text))
        return
    last = ""
    for part in _split(text, "/"):
        bare = _Piece(part.text.lstrip("-"), part.start + len(part.text) - len(part.text.lstrip("-")), part.end)
        expanded = _expanded(bare, last)
        if expanded is not None:
            last = expanded
            yield _Piece(expanded, bare.start, bare.end)
            continue
        for piece in _hyphenated(part):
            last = piece.text
            yield piece
        if (sign := part.text[-1:]) in ("+", "-") and (last in _SIGNED or (sign == "+" and _short_marker(last))):
            yield _Piece("posit" if sign == "+" else "negat", part.end - 1, part.end)


def _short_marker(term: str) -> bool:
    """Whether a "+" after the term says "positive" (CD4+, HER2+), rather than "and more" (18+)."""
    return 2 <= len(term) <= 6 and term[0].isalpha()


_Plain = tuple[str, int, int]
"""What a `Token` holds. Caches hold these: the garbage collector need not look through plain tuples."""


def _analyze_chunk(chunk: str) -> tuple[_Plain, ...]:
    """Terms of a chunk, with offsets into it."""
    if chunk.isascii():
        folded, origin = chunk.lower(), None
    else:
        folded, origin = _fold(chunk)
    tokens = []
    for piece in _chunk_pieces(folded):
        term = piece.text[:MAX_TERM_LENGTH]
        if not term:
            continue
        start, end = piece.start, piece.end
        if origin is not None:
            start, end = origin[start], origin[end - 1] + 1
        tokens.append((term, start, end))
    return tuple(tokens)


_CACHED_LENGTH = 40
_analyze_cached = lru_cache(maxsize=1 << 16)(_analyze_chunk)


def analyze(text: str) -> list[Token]:
    """Terms of a text in order, each with the span it was read from.

    Args:
        text: any text; lone surrogates and control characters are separators.
    """
    tokens = []
    for match in _CHUNK.finditer(text):
        chunk, at = match[0], match.start()
        for term, start, end in _analyze_cached(chunk) if len(chunk) <= _CACHED_LENGTH else _analyze_chunk(chunk):
            tokens.append(Token(term, at + start, at + end))
    return tokens


# What `_CHUNK` never reaches beyond: a run without white space, with the numbers that stand one space behind it.
_UNIT = re.compile(r"\S+(?: (?=[lL]?\d)\S+)*")


@lru_cache(maxsize=1 << 16)
def _unit_tokens(unit: str) -> tuple[_Plain, ...]:
    return tuple([(term, start, end) for term, start, end in analyze(unit)])


def occurrences(text: str, wanted: Collection[str]) -> list[Token]:
    """Those tokens of `analyze` whose terms are wanted, in half the time: words known before are looked up whole."""
    found = []
    for match in _UNIT.finditer(text):
        unit = match[0]
        for term, start, end in _unit_tokens(unit) if len(unit) <= _CACHED_LENGTH else analyze(unit):
            if term in wanted:
                at = match.start()
                found.append(Token(term, at + start, at + end))
    return found


def terms(text: str) -> tuple[str, ...]:
    """The terms of `analyze` without offsets."""
    cached, longest = _unit_terms, _CACHED_LENGTH
    units = [cached(unit) if len(unit) <= longest else _terms_of(unit) for unit in _UNIT.findall(text)]
    return tuple(chain.from_iterable(units))


def _terms_of(unit: str) -> tuple[str, ...]:
    return tuple([term for chunk in _CHUNK.findall(unit) for term in _chunk_terms(chunk)])


_unit_terms = lru_cache(maxsize=1 << 17)(_terms_of)


def _chunk_terms(chunk: str) -> list[str]:
    found = _analyze_cached(chunk) if len(chunk) <= _CACHED_LENGTH else _analyze_chunk(chunk)
    return [term for term, _, _ in found]
