"""Therapies in text: one dictionary scan for drugs, classes, regimens and procedures, with exact offsets.

All spellings go through one Aho-Corasick automaton over the folded text (`search.terminology.spelling.fold`), padded
with spaces so that only whole words match. The longest match wins; words that merely contain a therapy
("castration-resistant", "radiation necrosis") are matched too and then dropped. Abbreviations that are also words
need their case, words of treatment near by, or another therapy beside them. Three weaker readings follow where the
dictionary has nothing: targets that share a head word ("MEK or BRAF inhibitor"), INN stems, and "X inhibitor" /
"anti-X" for targets without a row.
"""

from __future__ import annotations

import bisect
import functools
import re
from dataclasses import dataclass
from typing import Any

import ahocorasick

from search.config import DEFAULT_CONFIG, TherapyMentionConfig
from search.terminology.spelling import Folded, fold, fold_name
from search.terminology.therapy_graph import (
    Mark,
    Spelling,
    Therapy,
    TherapyKind,
    classes_of,
    folded_forms,
    is_a,
    leaves,
    other,
    plural_forms,
    stem_class,
    tables,
    therapy,
)

__all__ = [
    "Mark",
    "Therapy",
    "TherapyKind",
    "TherapyMention",
    "classes_of",
    "find_therapies",
    "is_a",
    "leaves",
    "other",
    "stem_class",
    "therapy",
]


@dataclass(frozen=True, slots=True)
class TherapyMention:
    """A therapy named in a text: `text[start:end] == quote`.

    `name` is the drug's INN (or code), the class's or regimen's name in the tables; for a name known only by its INN
    stem it is that name in lower case, and for an unlisted target the phrase ("ABC1 inhibitor"). `classes` holds what
    is known above such names, which the graph does not hold.
    """

    start: int
    end: int
    quote: str
    name: str
    kind: TherapyKind
    confidence: float
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    symbol: str
    name: str


@dataclass(frozen=True, slots=True)
class _Stem:
    suffix: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A word that introduces an unlisted target: "inhibitor", "anti", "targeted"."""

    word: str


_Entry = Spelling | _Target | _Stem | _Pattern
_DASH = re.compile("[\u2010-\u2015\u2212]")
_GAP = re.compile(r"\s+")


@functools.cache
def _automaton() -> Any:
    entries: dict[str, list[_Entry]] = {}
    for spelling in tables().spellings:
        grows = spelling.mark is Mark.PLAIN and spelling.therapy.kind is not TherapyKind.DRUG
        for form in folded_forms(spelling.surface):
            # "CAR-Ts", "TKIs": the plural of an abbreviation keeps its case, and is read by `_cased`.
            for word in plural_forms(form) if grows or spelling.mark is Mark.CASED else (form,):
                entries.setdefault(word, []).append(spelling)
    for symbol, name in tables().targets.items():
        for form in folded_forms(symbol):
            entries.setdefault(form, []).append(_Target(symbol, name))
    for stem, _ in tables().stems:
        entries.setdefault(f"{stem} ", []).append(_Stem(stem))
    for word in ("inhibitor", "inhibitors", "anti", "targeted", "directed", "targeting"):
        entries.setdefault(f" {word} ", []).append(_Pattern(word))
    automaton = ahocorasick.Automaton()
    for word, found in entries.items():
        automaton.add_word(word, (len(word), tuple(found)))
    automaton.make_automaton()
    return automaton


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    entry: Spelling


def _cased(quote: str, surface: str) -> bool:
    """Whether the quote is the surface in its own case, give or take a hyphen, a line break or a plural s."""
    plain = _GAP.sub(" ", _DASH.sub("-", quote))
    if plain in (surface, f"{surface}s"):
        return True
    if len(surface) < 4 or not any(map(str.isalpha, surface)):
        return False
    bare = re.sub(r"[\W_]", "", plain)
    own = re.sub(r"[\W_]", "", surface)
    return bare in (own, f"{own}s")


_BREAK = re.compile(r"[;:\u2022]|,\s|[.?!]\s|\)\s*\(|\n\s*\n|\n\s*(?:[-*\u2022]|\d+[.)])\s")


def _in_one_piece(quote: str, surface: str) -> bool:
    """A name of several words must not run across a comma, a sentence or a list item that it does not itself hold."""
    if " " not in quote and "\n" not in quote:
        return True
    found = _BREAK.search(quote)
    return found is None or found.group()[0] in surface


_TREATMENT = re.compile(
    r"chemo|regimen|\bcycles?\b|\bcourses?\b|followed by|therap|neoadjuvant|\badjuvant|induction|\btreated with|"
    r"\breceived|dose[- ]dense|combination|conditioning|transplant|autologous|allogeneic",
    re.I,
)


def _hits(text: str, view: Folded, typed: bool) -> tuple[list[_Hit], list[tuple[int, int, _Entry]]]:
    """Dictionary hits as offsets in the text, and the weaker entries for the later readings."""
    hits: list[_Hit] = []
    weak: list[tuple[int, int, _Entry]] = []
    for last, (length, found) in _automaton().iter(view.text):
        # The padded form spans the space before and after; a stem has no space before.
        first = last - length + 1
        for entry in found:
            if isinstance(entry, _Stem):
                weak.append((view.text.rfind(" ", 0, last) + 1, last - 1, entry))
                continue
            start, end = view.offset(first + 1), view.offset(last - 1) + 1
            if not isinstance(entry, Spelling):
                weak.append((start, end, entry))
                continue
            quote = text[start:end]
            case_counts = entry.mark is not Mark.PLAIN and not (typed and entry.mark is Mark.CASED)
            if case_counts and not _cased(quote, entry.surface):
                continue
            if _in_one_piece(quote, entry.surface):
                hits.append(_Hit(start, end, entry))
    return hits, weak


def _longest(hits: list[_Hit]) -> list[_Hit]:
    """Leftmost, then longest, then the better trusted; no overlaps."""
    order = sorted(hits, key=lambda h: (h.start, -h.end, h.entry.mark is not Mark.PLAIN, h.entry.therapy.name))
    kept: list[_Hit] = []
    for hit in order:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


_SALT_WORDS = """
hydrochloride hcl mesylate sulfate sulphate citrate tosylate phosphate malate maleate acetate sodium disodium calcium
potassium dihydrochloride besylate tartrate ditosylate camsylate succinate fumarate monohydrate hydrate mofetil
dimaleate esylate glucuronate bitartrate ditartrate
"""
_SALTS = frozenset(_SALT_WORDS.split())
_NEXT_WORD = re.compile(r"[ \t]+([A-Za-z]+)\b")


def _with_salt(text: str, end: int) -> int:
    while (found := _NEXT_WORD.match(text, end)) and found[1].lower() in _SALTS:
        end = found.end()
    return end


_CLAUSE_END = re.compile(r"[.;]\s|\n\s*\n")


class _Reader:
    """One text's mentions, gathered in the order of trust; nothing overlaps what is already there."""

    def __init__(self, text: str, view: Folded, config: TherapyMentionConfig) -> None:
        self.text = text
        self.view = view
        self.config = config
        self.spans: list[tuple[int, int]] = []
        self.by_span: dict[tuple[int, int], TherapyMention] = {}

    def free(self, start: int, end: int) -> bool:
        at = bisect.bisect_left(self.spans, (start, end))
        before = at > 0 and self.spans[at - 1][1] > start
        return not before and (at == len(self.spans) or self.spans[at][0] >= end)

    def keep(
        self, start: int, end: int, name: str, kind: TherapyKind, confidence: float, classes: tuple[str, ...] = ()
    ) -> None:
        bisect.insort(self.spans, (start, end))
        if kind is not TherapyKind.NONE:
            mention = TherapyMention(start, end, self.text[start:end], name, kind, confidence, classes)
            self.by_span[start, end] = mention

    def neighbours(self, start: int, end: int) -> tuple[TherapyMention | None, TherapyMention | None]:
        """The therapies kept right before and right after a free span."""
        at = bisect.bisect_left(self.spans, (start, end))
        before = self.by_span.get(self.spans[at - 1]) if at > 0 else None
        after = self.by_span.get(self.spans[at]) if at < len(self.spans) else None
        return before, after

    def beside(self, start: int, end: int) -> bool:
        """Whether another therapy stands right beside the span, with no sentence break between."""
        before, after = self.neighbours(start, end)
        gaps = [(before.end, start)] if before is not None else []
        gaps += [(end, after.start)] if after is not None else []
        reach = self.config.beside
        return any(b - a <= reach and not _CLAUSE_END.search(self.text[a:b]) for a, b in gaps)

    def near_treatment(self, start: int, end: int) -> bool:
        reach = self.config.context
        left = _CLAUSE_END.split(self.text[max(0, start - reach) : start])[-1]
        right = _CLAUSE_END.split(self.text[end : end + reach])[0]
        return bool(_TREATMENT.search(f"{left} {right}")) or self.beside(start, end)


def _read_dictionary(reader: _Reader, hits: list[_Hit]) -> None:
    config = reader.config
    sure = [hit for hit in hits if hit.entry.mark in (Mark.PLAIN, Mark.CASED)]
    for hit in _longest(sure):
        node = hit.entry.therapy
        end = _with_salt(reader.text, hit.end) if node.kind is TherapyKind.DRUG else hit.end
        cased = hit.entry.mark is Mark.CASED and len(hit.entry.surface) <= 4
        reader.keep(hit.start, end, node.name, node.kind, config.cased if cased else config.named)
    for hit in _longest([hit for hit in hits if hit.entry.mark in (Mark.CONTEXT, Mark.BESIDE)]):
        if not reader.free(hit.start, hit.end):
            continue
        near = reader.near_treatment if hit.entry.mark is Mark.CONTEXT else reader.beside
        if near(hit.start, hit.end):
            node = hit.entry.therapy
            reader.keep(hit.start, hit.end, node.name, node.kind, config.in_context)


_JOINT = re.compile(r"\s*(?:[,/|]|and/or|or|and|&|plus)\s*(?:and/or|or|and|the|anti-?)?\s*\(?\s*")
_LIST_HEAD = re.compile(
    r"\)?[\s-]*(?:\([^()]{1,30}\)\s*)?(?:(?:tyrosine|kinase|pathway|axis|immune|checkpoint|small[- ]molecule|receptor|"
    r"monoclonal|bispecific|specific|signall?ing)[\s-]+){0,3}"
    r"(?:inhibitors?|inhibition|antibod(?:y|ies)|mAbs?|block(?:ade|ers?|ing)|antagonists?|agonists?|degraders?|targeted|"
    r"directed|targeting|ADCs?|TKIs?|CAR|bispecifics?|therap(?:y|ies)|agents?)\b",
    re.I,
)
_AIMED = re.compile(
    r"\b(?:therap(?:y|ies)|treatments?|agents?|drugs?|antibod(?:y|ies)|products?|inhibitors?|cells?|compounds?|ADCs?"
    r"|conjugates?|vaccines?|CAR-?Ts?)\b[^.;]{0,50}?\b(?:target(?:ing|s|ed (?:to|at|against))"
    r"|directed (?:to|at|against|towards?)|against|specific (?:for|to)|that (?:target|inhibit|block)s?)"
    r"(?: (?:the|either|any))?[\s(]*$",
    re.I,
)
"""Words of a treatment that a target follows: "any therapy targeting …"."""
_AIM = 90
"""Characters before a target in which such words stand."""
_ANTI = re.compile(r"\banti[\s-]{0,2}\(?$", re.I)


def _read_targets(reader: _Reader, weak: list[tuple[int, int, _Entry]]) -> None:
    """Bare targets in a list whose head word stands at its end, or whose "anti-" stands at its beginning."""
    text = reader.text
    spots = [(start, end, entry) for start, end, entry in weak if isinstance(entry, _Target)]
    spots = [
        s
        for s in spots
        if reader.free(s[0], s[1])
        and _cased(text[s[0] : s[1]], s[2].symbol)
        and _in_one_piece(text[s[0] : s[1]], s[2].symbol)
    ]
    spots.sort(key=lambda s: (s[0], -s[1], s[2].name))
    chain: list[tuple[int, int, _Target]] = []
    for spot in [*spots, None]:
        if spot is not None and chain and spot[0] < chain[-1][1]:
            continue
        if spot is not None and (not chain or _JOINT.fullmatch(text, chain[-1][1], spot[0])):
            chain.append(spot)
            continue
        _close_chain(reader, chain)
        chain = [spot] if spot is not None else []


def _close_chain(reader: _Reader, chain: list[tuple[int, int, _Target]]) -> None:
    if not chain:
        return
    text, first, last = reader.text, chain[0][0], chain[-1][1]
    head = _LIST_HEAD.match(text, last)
    headed = (
        head is not None
        or _ANTI.search(text, max(0, first - 8), first) is not None
        or _AIMED.search(text, max(0, first - _AIM), first) is not None
    )
    if not headed:
        before, after = reader.neighbours(first, last)
        headed = (
            after is not None
            and after.kind is TherapyKind.CLASS
            and _JOINT.fullmatch(text, last, after.start) is not None
            and _LIST_HEAD.search(after.quote) is not None
        ) or (
            before is not None
            and before.kind is TherapyKind.CLASS
            and _JOINT.fullmatch(text, before.end, first) is not None
            and before.quote.lower().startswith("anti")
        )
    if not headed:
        return
    for start, end, target in chain:
        stop = head.end() if head is not None and end == last else end
        if reader.free(start, stop):
            reader.keep(start, stop, target.name, TherapyKind.CLASS, reader.config.shared_head)


_ANTIBODY = re.compile(r"(\w+(?:mab|tug|bart|tamig)) $")


def _read_stems(reader: _Reader, weak: list[tuple[int, int, _Entry]]) -> None:
    folded = reader.view.text
    # From the end: the second word of a conjugate ("examab deruxtecan") takes the first one with it.
    for first, last, entry in reversed(weak):
        if not isinstance(entry, _Stem):
            continue
        word = folded[first : last + 1]
        if not word.isalpha():
            continue
        before = _ANTIBODY.search(folded, max(0, first - 40), first)
        if before is None and any(word == stem for stem, _ in tables().stems):
            continue
        first_of_name = before.start(1) if before is not None and word != before[1] else first
        name = folded[first_of_name : last + 1]
        cls = stem_class(name)
        start, end = reader.view.offset(first_of_name), reader.view.offset(last) + 1
        if cls is not None and len(word) >= len(entry.suffix) and reader.free(start, end):
            reader.keep(start, end, name, TherapyKind.DRUG, reader.config.stem, (cls,))


_SYMBOL_BEFORE = re.compile(r"(?<![\w.-])((?:[A-Z][\w.]*|[a-z]{0,2}[A-Z][\w.]*)(?:[-/][\w./]+){0,2})[\s-]+$")
_SYMBOL_AFTER = re.compile(r"[\s-]{0,2}((?:[A-Z]|[a-z]{1,2}[A-Z])[\w.]*(?:-[A-Z0-9]\w*){0,2})")
_OTHER_SYMBOLS = """
HBc HBs HBe HBcAg HBsAg HBeAg HBcAb HBsAb HCV HBV HDV HIV HAV HEV HTLV CMV EBV AdV DNA RNA ANA ENA VCA DSA CCP Xa Rh D
HLA Ig IgG IgM TPO GAD SSA SSB AQP4 MuSK AChR SARS TB Hepatitis A B C I T X PD GVHD KS HTN AL ALL AML CLL CML DLBCL CTCL
HCC Kaposi Cancer Any Strong No Prior Other The Moderate Potent Tyrosine Kinase Known Concomitant Systemic Use
Concurrent Epidermal Programmed Metabolic Protease Leukotriene Hemoglobin Check-point
"""
_NOT_TARGETS = frozenset(_OTHER_SYMBOLS.split())
# Enzymes and transporters of drug metabolism, and targets of medicines that treat no cancer.
_NOT_ONCOLOGY = re.compile(
    r"(?:CYP|UGT|OATP|PDE|ACE|MAO|BCRP|BRCP|MATE|OAT|OCT|H2|P3A4|IIa|PCSK|HIV|SARS|HTLV|HCV|HBV|HBs|HBc)"
)
_AGENT = re.compile(r"[\s-]+(?:therap(?:y|ies)|agents?|drugs?|treatments?|antibod(?:y|ies)|ADCs?|inhibitors?|CAR)\b")


def _read_patterns(reader: _Reader, weak: list[tuple[int, int, _Entry]]) -> None:
    """Targets without a row: "ABC1 inhibitor", "anti-ABC1", "ABC1-targeted therapy"."""
    text = reader.text
    for start, end, entry in weak:
        if not isinstance(entry, _Pattern) or not reader.free(start, end):
            continue
        if entry.word == "anti":
            found = _SYMBOL_AFTER.match(text, end)
            if found is None or found[1].rstrip(".") in _NOT_TARGETS or _NOT_ONCOLOGY.match(found[1]):
                continue
            first, last, name = start, found.end(), f"anti-{found[1]}"
        else:
            found = _SYMBOL_BEFORE.search(text, max(0, start - 40), start)
            if found is None or found[1].rstrip(".") in _NOT_TARGETS or _NOT_ONCOLOGY.match(found[1]):
                continue
            first, last, name = found.start(1), end, f"{found[1]} inhibitor"
            if not entry.word.startswith("inhibitor"):
                agent = _AGENT.match(text, end)
                if agent is None:
                    continue
                last, name = agent.end(), f"{found[1]}-targeted therapy"
        if reader.free(first, last):
            reader.keep(first, last, name, TherapyKind.CLASS, reader.config.pattern)


def find_therapies(
    text: str, view: Folded | None = None, config: TherapyMentionConfig | None = None, *, typed: bool = False
) -> list[TherapyMention]:
    """Every therapy named in a text, in order, without overlaps.

    Args:
        text: any text; offsets are into it, in code points.
        view: `fold(text)`, if the caller has it already.
        config: confidences and distances; the default configuration if None.
        typed: the text was typed into a search bar: abbreviations mean themselves in any case ("folfox or flot").

    Returns:
        Mentions by position. Regimens are given as such; their drugs are `therapy(name).drugs`.
    """
    reader = _Reader(text, view if view is not None else fold(text), config or DEFAULT_CONFIG.therapy_mentions)
    hits, weak = _hits(text, reader.view, typed)
    _read_dictionary(reader, hits)
    if weak:
        _read_targets(reader, weak)
        _read_stems(reader, weak)
        _read_patterns(reader, weak)
    return sorted(reader.by_span.values(), key=lambda mention: (mention.start, mention.end, mention.name))


def therapy_key(name: str) -> str:
    """The canonical name if known, else the folded name: for comparing names that may not be in the tables."""
    node = therapy(name)
    return node.name if node is not None else fold_name(name).strip()
