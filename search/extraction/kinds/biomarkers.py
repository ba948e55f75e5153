"""Biomarkers: which marker in which state a trial requires, forbids or allows.

Markers that stand in one breath form a chain ("EGFR mutation, ALK or ROS1 fusion"); a marker takes the state that
stands behind it, or before it ("mutations in …", "positive for …"), or that of the next one in the chain. One look at
the words around a chain settles what it means: section, negation, exception; a condition ("patients with EGFR mutation
must have received …") asks for nothing. A marker without any state is none, except where its result must be known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from search.eligibility.criterion import Biomarker, Requirement, Section
from search.extraction.flow import Flow, flow
from search.extraction.guards import is_other_malignancy
from search.extraction.kinds.marker_chains import (
    LIST,
    NEGATIVE_LIKE,
    Member,
    both_signs,
    chains_of,
    joint_of,
    segments,
    stated,
)
from search.extraction.kinds.marker_context import Company, Talk, company, is_aside, is_assay, tested, tested_for
from search.extraction.kinds.marker_names import find_named
from search.extraction.kinds.marker_states import Kind, Reading, Token, combine, find_tokens
from search.extraction.kinds.marker_triggers import triggers
from search.extraction.normal import fold
from search.extraction.polarity import stance
from search.extraction.polarity_words import Gated
from search.extraction.reading import CriteriaText, Finding, Line, Reader
from search.terminology.markers import find_markers, is_target

_SURE, _LIKELY, _SHARED, _GUESS = 0.93, 0.85, 0.8, 0.6
"""Confidence in a state beside its marker, in a permission, in a state taken from a neighbour, in a required test."""
_MANY = 80
"""Markers that are looked at in a line."""
_MANY_STATES = 400
"""State words that are looked at in a line."""
_EVIDENCE = 120
"""Characters up to which evidence holds a marker and its state together."""
_INVERSE = {Requirement.REQUIRED: Requirement.PROHIBITED, Requirement.PROHIBITED: Requirement.REQUIRED}
_CANCERS = re.compile(
    r"\b(?:cancers?|carcinomas?|melanomas?|sarcomas?|nsclc|sclc|mesotheliomas?|lymphomas?|gliom\w+"
    r"|h?nscc|rcc|crc|hcc|adenocarcinomas?|leuk\w+)\b"
)
_BASKET = 4
"""Cancers named in a line from which a marker may belong to one of them alone."""
_HEAD_ENDS = re.compile(r":\s*$|\bfollowing\b[^.]{0,60}$")
_BARE = 25
"""Characters beside its markers up to which a line is an entry of the list above it."""


_PROMISING = Gated(
    ("hla", "cyte antigen", "action", "targetable", "druggable", "driver", "v600", "l858r", "t790m", "g12c", "t315i"),
    re.compile(r"\bhla\b|leu[ck]ocyte antigen|actionable|targetable|druggable|driver|v600|l858r|t790m|g12c|t315i"),
)
"""Words of what is read without a marker's name."""


class BiomarkerReader:
    """Reads biomarkers."""

    triggers: tuple[str, ...] = triggers()

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All biomarkers of the line; each marker, state and direction once."""
        context = f"{text.title} {' '.join(text.conditions)}"
        if not _PROMISING.search(line.folded) and not find_markers(line.plain, context):
            return
        flowing = flow(line.plain)
        folded = fold(flowing.text)
        tokens = find_tokens(flowing.text, folded)[:_MANY_STATES]
        named = find_named(flowing.text, folded, tokens, context)[:_MANY]
        found: list[tuple[Finding, Company]] = []
        chains = chains_of(named, tokens, folded)
        for number, chain in enumerate(chains):
            found += _of_chain(chain, number, line, text, flowing, folded)
        found += _orphans(chains, tokens, line, text, flowing, folded)
        found += _actionable(line, text, flowing, folded)
        yield from _once(found)


def _of_chain(
    chain: list[Member], number: int, line: Line, text: CriteriaText, flowing: Flow, folded: str
) -> Iterator[tuple[Finding, Company]]:
    start = chain[0].start
    end = max(min(member.end, member.named.end + _EVIDENCE) for member in chain)
    if is_target(flowing.text, chain[0].named.start, end) and not any(m.named.own for m in chain):
        return
    if tested_for(folded, start) and not any(
        token.kind is not Kind.NOUN for member in chain for token in stated(member)
    ):
        for member in chain:
            member.named, member.tokens, member.before = replace(member.named, own=()), [], []
    inherited = _from_parent(chain, line, text, folded)
    readings = [(member, _read(member, chain, folded, inherited)) for member in chain]
    readings = [
        (member, reading)
        for member, reading in readings
        if not is_aside(member.named.markers, member.named.start, member.end, folded, line)
    ]
    if not any(reading for _, reading in readings):
        talk = tested(folded, start, end, line) if readings else None
        if talk is Talk.KNOWN:
            readings = [
                (member, {marker: Reading(("known",)) for marker in member.named.markers}) for member, _ in readings
            ]
        else:
            return
    tokens = [token for member in chain for token in stated(member)]
    if tokens and all(token.kind is Kind.VARIANT for token in tokens) and is_assay(folded, end):
        return
    if folded.count("(", start, end) > folded.count(")", start, end):
        end = max(chain[0].named.end, folded.rindex("(", start, end))  # what the bracket says is said of itself
    raw_start, raw_end = _raw(line, flowing, start, end)
    if line.section is Section.EXCLUSION and is_other_malignancy(line, raw_start, raw_end, text):
        return
    said = stance(line, raw_start, raw_end, text)
    around = company(folded, start, end, line, said.requirement)
    requirement = around.requirement
    basket = len(_CANCERS.findall(folded)) >= _BASKET and requirement is Requirement.REQUIRED
    either = both_signs([member for member, _ in readings], [reading for _, reading in readings], folded)
    joints = _joints(chain, readings, folded, number)
    for member, by_marker in readings:
        joint, part = joints.get(member.named.start, ("and", str(number)))
        for marker, reading in by_marker.items():
            means = requirement
            if means is Requirement.REQUIRED and (marker in either or {"positive", "negative"} <= set(reading.states)):
                means = Requirement.ALLOWED
            if reading.negated:
                means = _INVERSE.get(means, means)
            begin, stop = _span(member)
            s, e = _raw(line, flowing, begin, stop)
            confidence = (
                _GUESS if basket or reading.states == ("known",) else _LIKELY if means is Requirement.ALLOWED else _SURE
            )
            if member.shared or inherited:
                confidence = min(confidence, _SHARED)
            group = _group(joint, part, member, reading, means, folded)
            fact = Biomarker(marker, reading.states, reading.threshold, around.unknown_ok)
            yield Finding(fact, s, e, means, confidence, group, said.exception), around


def _joints(
    chain: list[Member], readings: list[tuple[Member, dict[str, Reading]]], folded: str, number: int
) -> dict[int, tuple[str, str]]:
    """By the offset of a member's name, how its part of the chain is joined, and the name of that part."""
    found: dict[int, tuple[str, str]] = {}
    parts = segments(chain, folded)
    for place, members in enumerate(parts):
        inside = {member.named.start for member in members}
        joint = joint_of(members, [reading for member, reading in readings if member.named.start in inside], folded)
        name = f"{number}.{place}" if len(parts) > 1 else str(number)
        found |= dict.fromkeys(inside, (joint, name))
    return found


def _span(member: Member) -> tuple[int, int]:
    """Evidence: the marker with its state, where these stand close together."""
    start, end = member.named.start, member.named.end
    if not member.shared:
        start, end = member.start, member.end
    if end - start > _EVIDENCE:
        start, end = (
            member.named.start,
            max(member.named.end, *(t.end for t in member.tokens if t.end - member.named.start <= _EVIDENCE), 0),
        )
    return start, end


def _raw(line: Line, flowing: Flow, start: int, end: int) -> tuple[int, int]:
    return line.start + flowing.original(start), line.start + flowing.original(end - 1) + 1


_AROUND = 30
"""Characters before a marker in which "germline" or "sensitising" may stand."""


def _read(member: Member, chain: list[Member], folded: str, inherited: list[Token]) -> dict[str, Reading]:
    tokens = stated(member) or inherited
    if not tokens:
        return {}
    end = max([member.named.end, *(token.end for token in tokens)])
    around = folded[max(0, member.start - _AROUND) : min(end, member.named.end + 3 * _AROUND)]
    found = {}
    for marker in member.named.markers:
        reading = combine(marker, tokens, around, open_list=member.open_list, non=member.named.non)
        if reading is not None:
            found[marker] = reading
    alleles = [
        one.named.markers[0] for one in chain if one.named.markers[0].startswith("HLA-") and "*" in one.named.markers[0]
    ]
    genes = {allele.split("*")[0] for allele in alleles}
    if len(set(alleles)) > 1 and len(genes) == 1 and member.named.markers[0] in alleles:
        gene = next(iter(genes))
        states = tuple(dict.fromkeys(allele.removeprefix("HLA-") for allele in alleles))
        return {gene: Reading(states)}
    return found


def _from_parent(chain: list[Member], line: Line, text: CriteriaText, folded: str) -> list[Token]:
    """States of the line that opens a list ("Mutation in one of:"), for an entry that only names markers."""
    if any(stated(member) for member in chain):
        return []
    rest = len(folded) - sum(member.named.end - member.named.start for member in chain)
    if rest > _BARE + 4 * len(chain) and len(chain) < LIST:
        return []
    opening = folded[max(0, chain[0].start - _AROUND) : chain[0].start]
    if len(chain) >= LIST and re.search(r"\bgenes?\b(?: (?:are|include|including))?[ :(]*$", opening):
        return [Token(chain[0].start, chain[0].start, Kind.NOUN, ("alteration",))]
    parent = text.parent(line)
    words = parent.plain if parent is not None else ""
    if not words and line.headings:
        words = line.headings[-1] + ":"
    words = " ".join(words.split())
    if not _HEAD_ENDS.search(words.lower()):
        return []
    return [token for token in find_tokens(words, fold(words)) if token.kind in (Kind.NOUN, Kind.SIGN)]


_BOTH, _EITHER = re.compile(r"\band\b"), re.compile(r"\bor\b|/")


def _group(joint: str, part: str, member: Member, reading: Reading, means: Requirement, folded: str) -> str | None:
    negative = bool(NEGATIVE_LIKE & set(reading.states)) and not reading.negated
    if means is Requirement.REQUIRED:
        if joint == "or":
            return f"markers {part}"
        name = folded[member.named.start : member.named.end]
        both = _BOTH.search(name) is not None and _EITHER.search(name) is None
        if len(member.named.markers) > 1 and not negative and not both:
            return f"markers {part} {member.named.start}"
        return None
    if means is Requirement.PROHIBITED and len(member.named.markers) > 1 and negative:
        return f"markers {part} {member.named.start}"  # not all of them: one that fails is enough
    return None


_ACTIONABLE = re.compile(
    r"\b(?:(?:clinically )?(?:actionable|targetable|druggable)|(?:other"
    r"|additional)(?= (?:\w+ )?(?:\w+ )?(?:alterations?|aberrations?|mutations?) (?:for which"
    r"|with (?:approved|available)|that)"
    r")|(?:oncogenic )?driver|oncogenic) (?:(?:genomic|genetic|molecular|driver|oncogenic|oncogene"
    r"|gene|tumou?r|or|somatic) ){0,3}(?:alterations?|aberrations?|mutations?|abnormalit(?:y|ies))\b"
)
_ACTIONABLE_MARKER = "actionable genomic alteration"


def _actionable(line: Line, text: CriteriaText, flowing: Flow, folded: str) -> Iterator[tuple[Finding, Company]]:
    """Alterations that are named by there being a drug for them."""
    if not any(
        word in folded for word in ("actionable", "targetable", "druggable", "driver", "oncogenic", "alteration")
    ):
        return
    for match in _ACTIONABLE.finditer(folded):
        if is_assay(folded, match.end()) or re.match(
            r"[- ]?(?:negative|in\b|of\b)", folded[match.end() : match.end() + 10]
        ):
            continue
        start, end = _raw(line, flowing, match.start(), match.end())
        said = stance(line, start, end, text)
        around = company(folded, match.start(), match.end(), line, said.requirement)
        fact = Biomarker(_ACTIONABLE_MARKER, ("positive",))
        yield Finding(fact, start, end, around.requirement, _GUESS, None, said.exception), around


_UNIQUE = {
    variant: gene
    for gene, variants in {
        "EGFR": ("L858R", "T790M", "C797S", "L861Q", "S768I", "G719X", "exon 19 deletion"),
        "BRAF": ("V600", "V600E", "V600K"),
        "KRAS": ("G12C",),
        "BCR-ABL1": ("T315I",),
        "KIT": ("D816V",),
        "JAK2": ("V617F",),
        "IDH1": ("R132H",),
        "PDGFRA": ("D842V",),
        "MET": ("exon 14 skipping",),
    }.items()
    for variant in variants
}
"""Variants that stand for their gene where no gene is named beside them."""


def _orphans(
    chains: list[list[Member]], tokens: list[Token], line: Line, text: CriteriaText, flowing: Flow, folded: str
) -> Iterator[tuple[Finding, Company]]:
    """Variants without a marker before them ("or a T790M mutation")."""
    used = [member for chain in chains for member in chain]
    named = [member.named for member in used]
    stated_already = {marker for one in named for marker in one.markers}
    taken = {token for member in used for token in stated(member)}
    for token in tokens:
        if token.kind is not Kind.VARIANT or token in taken:
            continue
        marker = _UNIQUE.get(token.states[0])
        if (
            marker is None
            or any(one.start <= token.start < one.end for one in named)
            or is_target(flowing.text, token.start, token.end)
        ):
            continue
        start, end = _raw(line, flowing, token.start, token.end)
        said = stance(line, start, end, text)
        around = company(folded, token.start, token.end, line, said.requirement)
        negated = bool(re.match(r"[- ]?(?:mutation )?negative", folded[token.end : token.end + 20]))
        means = _INVERSE.get(around.requirement, around.requirement) if negated else around.requirement
        if means is Requirement.REQUIRED and marker in stated_already:
            continue  # it goes on with what is said of the gene
        yield Finding(Biomarker(marker, token.states), start, end, means, _SHARED, None, said.exception), around


def _once(found: Iterable[tuple[Finding, Company]]) -> Iterator[Finding]:
    """Findings without repetition; contradicting requirements of one line are alternatives."""
    seen: set[tuple[Biomarker, Requirement | None, int]] = set()
    kept: list[Finding] = []
    for finding, _ in found:
        assert isinstance(finding.fact, Biomarker)
        key = (finding.fact, finding.requirement, finding.start)
        if key not in seen:
            seen.add(key)
            kept.append(finding)
    required = [one for one in kept if one.requirement is Requirement.REQUIRED]
    signs: dict[str, set[bool]] = {}
    for one in required:
        assert isinstance(one.fact, Biomarker)
        if one.fact.states != ("known",):
            signs.setdefault(one.fact.marker, set()).add(bool(NEGATIVE_LIKE & set(one.fact.states)))
    contradicted = any(len(both) > 1 for both in signs.values())
    for one in kept:
        if contradicted and one.requirement is Requirement.REQUIRED:
            yield Finding(one.fact, one.start, one.end, one.requirement, one.confidence, "markers", one.exception)
        else:
            yield one


BIOMARKERS: Reader = BiomarkerReader()
