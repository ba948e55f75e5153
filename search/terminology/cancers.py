"""Cancer types in text: a name → the OncoTree codes it denotes.

The codes of a mention are alternatives: any of them satisfies. They follow how trials are read by hand: the organ's
node where only the organ is named ("breast cancer" → BREAST), the most specific node that the words name otherwise.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from search.terminology import oncotree
from search.terminology.abbreviations import Company, defined_otherwise, resolve
from search.terminology.composition import phrases
from search.terminology.lexicon import Token, compositions, entries, scan, sites
from search.terminology.spelling import closed, fold_name, variants
from search.terminology.tables import read_table
from search.trial import Trial


@dataclass(frozen=True, slots=True)
class CancerMention:
    """A cancer named in a text: `text[start:end] == quote`."""

    start: int
    end: int
    quote: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a text holds before abbreviations and bare histologies are settled."""

    tokens: tuple[Token, ...]
    mentions: tuple[tuple[int, int, frozenset[str]], ...]
    bare: tuple[tuple[int, int, tuple[str, ...], frozenset[str]], ...]
    """Histologies that name no site: start, end, keys, own codes."""
    sites: frozenset[str]


@functools.lru_cache(maxsize=64)
def _read(text: str) -> _Reading:
    tokens = scan(text)
    mentions: list[tuple[int, int, frozenset[str]]] = []
    bare: list[tuple[int, int, tuple[str, ...], frozenset[str]]] = []
    named: set[str] = set()
    for phrase in phrases(text, tokens):
        start, end = tokens[phrase.first].start, tokens[phrase.last].end
        named |= phrase.sites
        if phrase.bare:
            bare.append((start, end, phrase.bare, phrase.codes))
        else:
            mentions.append((start, end, phrase.codes))
    return _Reading(tuple(tokens), tuple(mentions), tuple(bare), frozenset(named))


@functools.cache
def _site_of(code: str) -> frozenset[str]:
    """Sites at which a code, or the nearest code above it, stands."""
    for one in (code, *oncotree.ancestors(code)):
        found = {site for (site, _), codes in compositions().items() if codes == {one}}
        found |= {site.key for site in sites().values() if site.cancer == {one}}
        if found:
            return frozenset(found)
    return frozenset()


@functools.lru_cache(maxsize=64)
def _context(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Codes and sites that a context names."""
    reading = _read(text)
    codes = frozenset(code for *_, found in reading.mentions for code in found)
    implied = frozenset(site for code in codes if code not in oncotree.PSEUDO for site in _site_of(code))
    return codes, reading.sites or implied


def _at_sites(keys: Iterable[str], at: frozenset[str]) -> frozenset[str]:
    table = compositions()
    found = [table[site, key] for site in at for key in keys if (site, key) in table]
    return frozenset().union(*found)


def find_cancers(text: str, context: str = "") -> list[CancerMention]:
    """Cancers named in a text, in order, none overlapping.

    Args:
        text: any text.
        context: further words about the same trial or person (title, conditions). They settle what an abbreviation
            stands for, and which organ a bare histology ("adenocarcinoma or squamous cell carcinoma") belongs to;
            nothing is found in them.
    """
    reading = _read(text)
    context_codes, context_sites = _context(context) if context else (frozenset(), frozenset())
    found = [(start, end, codes) for start, end, codes in reading.mentions if codes]
    # A bare histology belongs to the one site that the text names, or to those of the context.
    bare_sites = reading.sites if len(reading.sites) == 1 else context_sites
    known = (context_codes | {code for *_, codes in found for code in codes}) - set(oncotree.PSEUDO)
    for start, end, keys, codes in reading.bare:
        composed = _at_sites(keys, bare_sites)
        if codes and (not composed or any(oncotree.related(code, other) for code in codes for other in known)):
            composed = codes
        if composed:
            found.append((start, end, composed))
    spelled_out = (context_codes | {code for *_, codes in found for code in codes}) - set(oncotree.PSEUDO)
    company = Company(text, context.lower(), spelled_out, with_ancestors(spelled_out), text == text.lower())
    found += _abbreviated(reading, company)
    found = sorted((start, closed(text, start, end), codes) for start, end, codes in found)
    return [CancerMention(start, end, text[start:end], codes) for start, end, codes in found]


def _abbreviated(reading: _Reading, company: Company) -> list[tuple[int, int, frozenset[str]]]:
    short = [token for token in reading.tokens if token.entry.abbreviations and not token.entry.words]
    if not short:
        return []
    text = company.text
    ends = {end for _, end, *_ in (*reading.mentions, *reading.bare)}
    foreign = set()
    for token in short:
        if defined_otherwise(text, token.start, token.end) and len(text[: token.start].rstrip(" ([")) not in ends:
            foreign.add(text[token.start : token.end])
    found = []
    for token in short:
        if text[token.start : token.end] not in foreign:
            codes = resolve(token.entry.abbreviations, token.start, token.end, company)
            if codes:
                found.append((token.start, token.end, codes))
    return found


@functools.cache
def _conditions() -> dict[str, str]:
    """Conditions that say a pseudo type as a whole ("Neoplasms"), folded → code."""
    return {form: row["code"] for row in read_table("cancer_conditions.tsv") for form in variants(row["name"])}


def _specific(text: str, context: str) -> frozenset[str]:
    """The most specific codes that one string names."""
    return oncotree.without_ancestors(
        frozenset(code for mention in find_cancers(text, context) for code in mention.codes)
    )


def cancer_types_of(trial: Trial) -> frozenset[str]:
    """A trial's own cancer types, from its conditions, keywords and MeSH condition terms.

    Of each string only the most specific codes count. Where none names a type, the titles count; where they name none
    either, strings that only say "cancer" or "metastases" do. MeSH ancestors, which the registry derives by machine,
    never count.
    """
    titles = [title for title in (trial.brief_title, trial.official_title) if title]
    strings = [*trial.conditions, *trial.keywords, *(mesh.term for mesh in trial.condition_mesh)]
    context = ". ".join([*titles, *strings])
    found = frozenset().union(*(_specific(text, context) for text in strings))
    if found:
        return _without_any(found | _generic(strings) if found <= set(oncotree.PSEUDO) else found)
    named = frozenset().union(*(_specific(title, context) for title in titles))
    return named or _without_any(_generic(strings))


def _without_any(codes: frozenset[str]) -> frozenset[str]:
    return codes if codes == {oncotree.ANY} else codes - {oncotree.ANY}


def _generic(strings: Iterable[str]) -> frozenset[str]:
    """Pseudo types that strings state as a whole."""
    known = _conditions()
    return frozenset(known[folded] for folded in map(fold_name, strings) if folded in known)


def with_ancestors(codes: Iterable[str]) -> frozenset[str]:
    """Codes with all codes above them: what an index holds, so that a filter for a type finds its subtypes.

    Raises:
        KeyError: a code is not OncoTree's.
    """
    return frozenset(one for code in codes for one in (code, *oncotree.ancestors(code)))


def display_name(code: str) -> str:
    """A code's name for a person: "Breast cancer" for an organ's node, OncoTree's own name otherwise.

    Raises:
        KeyError: there is no such code.
    """
    entry = oncotree.node(code)
    if entry.tissue != code or code in oncotree.PSEUDO:
        return entry.name
    return _TISSUE_NAMES.get(code, f"{entry.name} cancer")


_TISSUE_NAMES = {
    "LYMPH": "Lymphoid neoplasm",
    "MYELOID": "Myeloid neoplasm",
    "BRAIN": "Brain or central nervous system tumor",
    "PNS": "Peripheral nervous system tumor",
    "SOFT_TISSUE": "Soft tissue tumor",
    "BONE": "Bone tumor",
    "OTHER": "Other or unknown primary cancer",
    "EYE": "Eye tumor",
    "THYMUS": "Thymic tumor",
    "ADRENAL_GLAND": "Adrenal gland tumor",
}


@functools.cache
def _by_name() -> dict[str, str]:
    return {
        fold_name(name): node.code
        for node in reversed(tuple(oncotree.nodes().values()))
        for name in (node.name, display_name(node.code))
    }


def resolve_cancer(name: str) -> frozenset[str]:
    """Codes that a filter value denotes: an OncoTree code in any case, an abbreviation, or a name.

    Empty where the value names no cancer.
    """
    value = name.strip()
    if value.upper() in oncotree.nodes():
        return frozenset({value.upper()})
    folded = fold_name(value)
    if folded in _conditions():
        return frozenset({_conditions()[folded]})
    entry = entries().get(folded)
    if entry is not None and entry.codes:
        return entry.codes
    found = frozenset(code for mention in find_cancers(value) for code in mention.codes)
    if found:
        return oncotree.without_ancestors(found)
    if entry is not None and entry.abbreviations:
        return min(entry.abbreviations, key=lambda row: (not row.rule.first, not row.rule.default)).codes
    if entry is not None and entry.site is not None:
        return entry.site.cancer
    if folded in _by_name():
        return frozenset({_by_name()[folded]})
    return frozenset()
