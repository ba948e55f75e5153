"""The cancer that a query names, and cancers that it rules out ("LMS not uterine")."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from search.query_parser.reading import Reading
from search.terminology import oncotree
from search.terminology.abbreviations import holds, surroundings_of
from search.terminology.cancers import CancerMention, display_name, find_cancers
from search.terminology.lexicon import scan

_EXTENT_FIRST = re.compile(
    r"(?:r/r|rr|relapsed[/ ]refractory|platinum[- ](?:resistant|refractory|sensitive))\s+", re.IGNORECASE
)
_M = re.compile(r"\b(?P<m>nm|m|a|la|r)-?(?P<name>[A-Z]{2,6})\b")
"""An extent written onto an abbreviation ("mUC", "laPDAC")."""
_VACCINE = re.compile(
    r"\s*(?:vaccines?|antigen|centers?|centres?|society|institute|research|registry|screening"
    r"|survivors?|prevention)\b"
)
_BARE = re.compile(r"\b(?:cancers?|malignanc(?:y|ies)|neoplasms?|tumou?rs?)\b")
_SOLID = re.compile(r"\bsolid (?:tumou?rs?|cancers?|malignanc(?:y|ies)|neoplasms?)\b")
_BLOOD = re.compile(
    r"\b(?:blood|ha?ematologic(?:al)?|liquid) (?:cancers?|malignanc(?:y|ies)|tumou?rs?|neoplasms?)\b"
    r"|\bheme malignanc(?:y|ies)\b"
)
_NOT_SPREAD = re.compile(
    r"\bnon-?\s?(?=metastatic\b)|(?<=non-)metastatic\b|(?<=non)metastatic\b|(?<=non )metastatic\b", re.IGNORECASE
)
_BORDERLINE = re.compile(r"\bborderline(?=[ -](?:resect|operab|unresect|performance|ps\b))", re.IGNORECASE)
"""Of surgery, not of a tumor."""
_LAY = (
    ("NSCLC", re.compile(r"\bnon[- ]?small[- ]cell\b")),
    ("BLADDER", re.compile(r"\burothelial\b")),
    ("SCLC", re.compile(r"\bsmall[- ]cell\b")),
    (
        "BREAST",
        re.compile(
            r"\btriple[- ]neg(?:ative)?\b|\bher2[- ]?(?:\+|positive|low)(?= (?:mets|metastatic"
            r"|stage))"
        ),
    ),
)
"""What people say for short, where no cancer is named in full."""
_OF_MELANOMA = re.compile(
    r"\bstage (?:iv|iii|[34])[a-d]?\b|\b(?:nivolumab|pembrolizumab|ipilimumab|relatlimab|dabrafenib"
    r"|trametinib|encorafenib|tils?|braf|breslow|ulcerated|uveal|cutaneous|lifileucel|anti-pd-?1)\b"
)
_OF_MYELOMA = re.compile(
    r"\b(?:myeloma|r?-?iss|lenalidomide|bortezomib|daratumumab|carfilzomib|bcma|lines?|asct|t\(|car-t)\b"
)
"""What "MM" stands for goes by its neighbours: a stage of the skin and its drugs, or myeloma."""
_TWO_LETTERS = frozenset({"FL", "HL", "WM", "UC", "UM", "NB", "PV", "ET", "GC", "OC", "MB", "KS", "OS"})
"""Abbreviations of two letters that stand for a cancer in a query that names none."""
_OF_SITE = re.compile(
    r"\b(?:cancer|tumou?rs?|carcinoma|malignancy)s? (?:in|of|on|inside) (?:(?:my|the|her|his|a"
    r"|their)\s)?(?P<site>[a-z]+(?: [a-z]+)?)"
)
_NOT_SITE = re.compile(r"\b(?P<cue>not|non|no|excluding|except|without)[\s-]+(?P<words>[a-z]+(?:[ -][a-z]+)?)")


def read_cancers(reading: Reading) -> None:
    """Cancers with their polarity; bare "cancer" only where nothing else is named."""
    view = reading.view
    text = _NOT_SPREAD.sub(lambda match: " " * len(match.group()), view.text)
    text = _BORDERLINE.sub(lambda match: " " * len(match.group()), text)
    found = [one for one in find_cancers(text) if reading.free(one.start, one.end, but=("stage", "sex", "age"))]
    named = False
    for one in found:
        if not one.codes:
            continue
        cue = reading.denied(one.start)
        if cue is not None:
            reading.add("cancer", cue, one.end, codes=oncotree.without_ancestors(one.codes), negative=True)
            continue
        start = one.start
        head = _EXTENT_FIRST.match(one.quote)
        if head is not None:
            start += head.end()
        pseudo = one.codes <= frozenset(oncotree.PSEUDO)
        if pseudo and oncotree.ANY in one.codes:
            continue
        named = True
        at_site = _with_site(reading, one)
        if at_site is not None:
            reading.add("cancer", *at_site[0], codes=at_site[1])
            continue
        melanoma = one.quote == "MM" and _OF_MELANOMA.search(view.lower) and not _OF_MYELOMA.search(view.lower)
        reading.add("cancer", start, one.end, codes=frozenset({"MEL"}) if melanoma else _told(one))
    for match in _M.finditer(view.text):
        if reading.free(*match.span()):
            rest = find_cancers(match["name"])
            if rest and rest[0].codes and rest[0].end == len(match["name"]):
                named = True
                reading.add("cancer", *match.span(), codes=_told(rest[0]))
    _merged(reading)
    _ruled_out(reading, found)
    if (
        not named
        and not _at_site(reading)
        and not _by_name(reading)
        and not _by_abbreviation(reading)
        and not _by_site(reading)
    ):
        _general(reading)


_BEHIND_OF = re.compile(r"\s+(?:of|in)\s+(?:the\s+)?|\s+(?=\w+(?:[,;]|$))")
"""Between an abbreviation and its site; without "of" only where the clause ends there."""


def _with_site(reading: Reading, one: CancerMention) -> tuple[tuple[int, int], frozenset[str]] | None:
    """A site beside an abbreviated kind of tumor ("uterine LMS", "LMS of the uterus"): the span and codes of both."""
    if not one.quote.isupper() or len(one.codes) != 1:
        return None
    text = reading.view.text
    for token in scan(text):
        if token.entry.site is None:
            continue
        before = token.end < one.start and not text[token.end : one.start].strip(" -")
        behind = one.end < token.start and _BEHIND_OF.fullmatch(text, one.end, token.start)
        if not (before or behind) or not reading.free(token.start, token.end):
            continue
        site, kind = text[token.start : token.end], display_name(next(iter(one.codes)))
        for name in (f"{site} {kind}", f"{kind} of the {site}"):
            found = find_cancers(name)
            if len(found) == 1 and found[0].quote == name and found[0].codes and found[0].codes != one.codes:
                span = (min(token.start, one.start), max(token.end, one.end))
                return span, _told(found[0])
    return None


def _merged(reading: Reading) -> None:
    """Two names side by side of one disease ("LGL leukemia") are one concept, with what says more."""
    cancers = sorted(reading.found("cancer"), key=lambda one: one.start)
    for one, other in pairwise(cancers):
        between = reading.view.typed[one.end : other.start]
        related = any(oncotree.related(a, b) for a in one.codes for b in other.codes)
        if (
            one in reading.concepts
            and other.start >= one.end
            and not between.strip(" -")
            and related
            and one.negative is other.negative
        ):
            codes = min(one.codes, other.codes, key=lambda named: (len(named), sorted(named)))
            quote = reading.view.typed[one.start : other.end]
            reading.replace(other, replace(other, start=one.start, quote=quote, codes=codes))
            reading.concepts.remove(one)


def _told(mention: CancerMention) -> frozenset[str]:
    return oncotree.without_ancestors(mention.codes)


def _ruled_out(reading: Reading, found: list[CancerMention]) -> None:
    """ "LMS not uterine": a site or kind that narrows the disease named before, denied."""
    view = reading.view
    for match in _NOT_SITE.finditer(view.lower):
        before = [one for one in found if one.end <= match.start() and one.codes]
        if not before or not reading.free(*match.span()):
            continue
        for words in (match["words"], match["words"].split()[0].split("-")[0]):
            start = match.start("words")
            if not any(token.entry.site is not None for token in scan(words)):
                continue
            names = [display_name(code) for code in sorted(before[-1].codes)]
            codes = frozenset(code for name in names for one in find_cancers(f"{words} {name}") for code in one.codes)
            own = before[-1].codes
            others = frozenset(code for code in codes if code not in own)
            narrower = frozenset(code for code in others if any(oncotree.related(one, code) for one in own)) or others
            if narrower:
                reading.add("cancer", match.start(), start + len(words), codes=narrower, negative=True)
                break


def _at_site(reading: Reading) -> bool:
    """ "A tumor in the adrenal gland"."""
    for match in _OF_SITE.finditer(reading.view.lower):
        for words in (match["site"], match["site"].split()[0]):
            single = words.removesuffix("s")
            found = find_cancers(f"{words} cancer") or find_cancers(f"{single} cancer")
            codes = found[0].codes if found else frozenset()
            if not codes or codes <= frozenset(oncotree.PSEUDO):
                sites = [token.entry.site for token in scan(f"{words} {single}") if token.entry.site is not None]
                codes = sites[0].cancer if sites else frozenset()
            end = match.start("site") + len(words)
            if codes and not codes <= frozenset(oncotree.PSEUDO) and reading.free(match.start(), end):
                reading.add("cancer", match.start(), end, codes=oncotree.without_ancestors(codes))
                return True
    return False


def _by_name(reading: Reading) -> bool:
    for code, pattern in _LAY:
        match = pattern.search(reading.view.lower)
        if match is not None and reading.free(*match.span()):
            reading.add("cancer", *match.span(), codes=frozenset({code}))
            return True
    return False


def _by_abbreviation(reading: Reading) -> bool:
    """An abbreviation whose company says nothing ("FL grade 3a"): the reading meant when it stands alone."""
    view = reading.view
    if view.text.isupper() and " " in view.text.strip():
        return False
    for token in scan(view.text):
        quote = view.text[token.start : token.end]
        around = surroundings_of(view.text, token.start, token.end)
        rows = [
            row
            for row in token.entry.abbreviations
            if row.name == quote
            and (row.rule.first or row.rule.default or len(quote) > 2 or quote in _TWO_LETTERS)
            and holds(row.rule, view.text, token.start, token.end, around) is not False
        ]
        if quote == "MM" and _OF_MELANOMA.search(view.lower) and not _OF_MYELOMA.search(view.lower):
            rows = [row for row in token.entry.abbreviations if "MEL" in row.codes]
        if rows and not token.entry.words and reading.free(token.start, token.end):
            best = min(rows, key=lambda row: (not row.rule.first, not row.rule.default))
            span, codes = (token.start, token.end), oncotree.without_ancestors(best.codes)
            span, codes = _with_site(reading, CancerMention(*span, quote, codes)) or (span, codes)
            reading.add("cancer", *span, codes=codes)
            return True
    return False


_OTHER_THAN_CANCER = re.compile(
    r"[\s-]*(?:carcinomatosis|lining|spread|lesion|nodule|transplant|function|disease"
    r"|resection|surgery|biops|toxic|failure|nod(?:e|al)|involve|pump|effusion|pain|infection|scan"
    r"|mri|ct\b|radiation|radiotherapy|screening|suppression|density|health|deposit|clear|and)"
)
_SEEDED = re.compile(
    r"(?:liver|hepatic|lungs?|pulmonary|brain|bones?|spin|adrenal|skin|peritone|pleura|ovar|lymph|nod)"
)
_METS_NEXT = re.compile(r"[\s-]*(?:mets?\b|metast)")
"""Of a site that other cancers spread to, "mets" are theirs; "colorectal mets" are those of its own cancer."""
_SPREAD = re.compile(r"\b(?:to|in|into|of|on)(?: (?:the|my|her|his))?\s*$")


def _by_site(reading: Reading) -> bool:
    """ "Stage 4 pancreatic": an organ alone stands for its cancer, where nothing else is named."""
    view = reading.view
    for token in scan(view.text):
        site = token.entry.site
        if site is None or not site.cancer or not reading.free(token.start, token.end):
            continue
        spread = _SEEDED.match(view.lower, token.start) and _METS_NEXT.match(view.lower, token.end)
        if spread or _OTHER_THAN_CANCER.match(view.lower, token.end) or _SPREAD.search(view.lower[: token.start]):
            continue
        reading.add("cancer", token.start, token.end, codes=oncotree.without_ancestors(site.cancer))
        return True
    return False


def _general(reading: Reading) -> None:
    lower = reading.view.lower
    for pattern, code in ((_SOLID, oncotree.SOLID), (_BLOOD, oncotree.LIQUID)):
        match = pattern.search(lower)
        if match is not None and reading.free(*match.span()):
            reading.add("cancer", *match.span(), codes=frozenset({code}))
            return
    for match in _BARE.finditer(lower):
        if reading.free(*match.span()) and not _VACCINE.match(lower, match.end()):
            reading.add("cancer", *match.span(), codes=frozenset({oncotree.ANY}), ambiguous=True)
            return
