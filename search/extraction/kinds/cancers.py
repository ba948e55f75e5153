"""Cancer types: the disease a patient must have, and diseases that do not qualify.

Names come from `search.terminology.cancers`; this module decides which of them state the disease under study. Names
that a text lists as alternatives ("squamous or adenosquamous carcinoma") are one criterion; a basket of many organs is
one criterion each, as alternatives. In exclusions only diseases that set the population apart count (a kind of the
disease under study, or another tumor of the same organ system), not other or earlier malignancies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from search.eligibility.criterion import Cancer, Requirement, Section
from search.extraction.guards import is_other_malignancy_line
from search.extraction.kinds.cancer_lists import INCLUDES, with_listed_kinds
from search.extraction.kinds.cancer_words import (
    BARE,
    CAPITALS,
    CONFIRMED,
    EARLIER,
    ITS_PATIENTS,
    JOINS,
    LEADS,
    LIST_HEAD,
    ONLY,
    OPENS,
    OR,
    PERMITTED,
    QUALIFIED,
    SECONDARY,
    SETS_APART,
    STRONG,
    UNIT,
    VIRAL,
    WEAK_ANY,
    is_limited,
)
from search.extraction.kinds.disease import (
    LONGEST,
    MOST,
    Disease,
    disease,
    has_abbreviation,
    is_conditional,
    is_negated,
    is_other,
    is_premise,
    is_subject,
    lines_with_stems,
    once,
    words_before,
)
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader
from search.terminology import oncotree
from search.terminology.cancers import CancerMention, find_cancers

_BASKET = 5
"""From this many diseases of different organs on, a list is a basket: one criterion each."""
_LISTED = 70
"""Characters beside its mentions that a line of a list of histologies may have."""

_UNIT_LENGTH = 5
_AFTER_THERAPY = frozenset({"MDS", "AML", "MDS/MPN"})
"""Diseases that exclusions name as an effect of earlier therapy."""
_MANY_SITES = 5
_LIMITED = 0.1
"""Confidence that a disease rules out as a whole, where words around it say which of its patients are meant."""
_UNKNOWN_AT = {"MEL": "MUP", "HEAD_NECK": "HNSCUP"}
"""An unknown primary, where the text speaks of melanoma or of the head and neck, has a code of its own."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Mentions that a line lists as alternatives; offsets in the line."""

    start: int
    end: int
    mentions: tuple[CancerMention, ...]
    open: bool = False
    """The first includes the others, and more."""

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for mention in self.mentions for code in mention.codes)


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: Line
    group: _Group
    requirement: Requirement
    strong: bool


def _is_named(line: Line, text: CriteriaText) -> bool:
    """Whether a line may name a cancer: by a word for it, a histology, or an abbreviation."""
    if line.index in lines_with_stems(text) or "histolog" in line.folded:
        return True
    return CAPITALS.search(line.plain) is not None and has_abbreviation(line.plain)


def _mentions(line: Line, context: str, text: CriteriaText) -> list[CancerMention]:
    if not _is_named(line, text) or (line.section is Section.EXCLUSION and is_other_malignancy_line(line)):
        return []
    mentions = [
        mention
        for mention in find_cancers(line.plain[:LONGEST], context)
        if not (
            mention.quote.islower() and len(mention.quote) < _UNIT_LENGTH and UNIT.search(line.plain[: mention.start])
        )
    ]
    return with_listed_kinds(line.folded, mentions) if mentions else mentions


def _groups(line: Line, mentions: list[CancerMention]) -> Iterator[_Group]:
    """Mentions joined by "or", commas, slashes and words of the disease."""
    group: list[CancerMention] = []
    for mention in mentions:
        if group:
            between = line.folded[group[-1].end : mention.start]
            joined = len(between) < _LISTED and JOINS.fullmatch(between) and OR.search(between)
            if not joined:
                yield _group(line, group)
                group = []
        group.append(mention)
    if group:
        yield _group(line, group)


def _group(line: Line, mentions: list[CancerMention]) -> _Group:
    first = mentions[0]
    includes = INCLUDES.match(line.folded, first.start + len(first.quote)) is not None
    return _Group(first.start, mentions[-1].end, tuple(mentions), includes)


def _named_by(group: _Group, own: Disease) -> frozenset[str]:
    """The codes a group denotes: without a name that only introduces its kinds, unknown primaries at their place."""
    codes = set(group.codes)
    if "CUP" in codes:
        company = {above for code in (codes - {"CUP"}) or own.codes for above in (code, *oncotree.ancestors(code))}
        place = next((code for at, code in _UNKNOWN_AT.items() if at in company), None)
        if place is not None:
            codes = (codes - {"CUP"}) | {place}
    if (
        len(group.mentions) == 1
        and len(codes) >= _MANY_SITES
        and _tissues(codes) == {"HEAD_NECK"}
        and BARE.fullmatch(group.mentions[0].quote.lower())
    ):
        return frozenset({"HNSC"})
    if group.open:
        return frozenset(codes)
    specific = oncotree.without_ancestors(frozenset(codes))
    dropped = codes - specific
    if dropped <= set(oncotree.PSEUDO):
        return frozenset(codes)
    # "RCC or its sarcomatoid variant" keeps both; "HNSCC (including oropharynx …)" keeps the kinds it lists.
    return frozenset(specific) if len(specific) > 1 else frozenset(codes if not dropped else specific)


def _candidates(text: CriteriaText) -> list[_Candidate]:
    own = disease(text)
    found: list[_Candidate] = []
    if not own.oncology:
        return found
    for line in text.lines:
        if line.is_heading:
            continue
        for group in islice(_groups(line, _mentions(line, own.context, text)), MOST):
            start, end = line.start + group.start, line.start + group.end
            if not is_subject(line, group.start, group.end) or is_other(line, start, end, text):
                continue
            candidate = _judge(line, group, own, text, found)
            if candidate is not None:
                found.append(candidate)
    return found


def _judge(line: Line, group: _Group, own: Disease, text: CriteriaText, earlier: list[_Candidate]) -> _Candidate | None:
    before = words_before(line, group.start)
    after = " ".join(line.folded[group.end :].split())
    first = group.mentions[0]
    requirement = stance(line, line.start + first.start, line.start + first.end, text).requirement
    if requirement is Requirement.PROHIBITED and line.section is Section.INCLUSION and text.parent(line) is None:
        requirement = requirement if is_negated(before, after) else Requirement.REQUIRED
    premise = is_premise(before, after)
    if premise and _is_within(group, own, earlier):
        return None
    conditional = (not premise and is_conditional(before, after)) or (
        not before.strip() and ITS_PATIENTS.match(after) is not None
    )
    confirmed = CONFIRMED.search(before) is not None
    if conditional and not confirmed:
        if line.section is not Section.INCLUSION or not PERMITTED.search(after):
            return None
        stated = any(c.requirement is Requirement.REQUIRED and c.line.cohort == line.cohort for c in earlier)
        requirement = Requirement.ALLOWED if stated else Requirement.REQUIRED
    elif requirement is Requirement.ALLOWED and line.section is Section.INCLUSION and PERMITTED.search(after):
        stated = any(c.requirement is Requirement.REQUIRED for c in earlier)
        requirement = requirement if stated else Requirement.REQUIRED
    if ONLY.search(before) and line.section is Section.INCLUSION:
        requirement = Requirement.REQUIRED
    parent = text.parent(line)
    if parent is not None and OPENS.search(parent.folded):
        if requirement is Requirement.PROHIBITED:
            return None
        requirement = Requirement.ALLOWED
    strong = STRONG.search(before) is not None
    if requirement is Requirement.REQUIRED:
        if line.section is Section.EXCLUSION:
            return None
        if not _is_required(line, group, own, before, strong or LEADS.match(before) is not None):
            return None
    elif requirement is Requirement.PROHIBITED:
        apart = _set_apart(line, group, own, before, earlier)
        if not apart:
            return None
        group = replace(group, mentions=apart)
    return _Candidate(line, group, requirement, confirmed)


def _is_within(group: _Group, own: Disease, earlier: list[_Candidate]) -> bool:
    """Whether a group lies within the diseases that are asked for: as a premise it speaks of some of their patients."""
    known = own.codes | {code for c in earlier if c.requirement is Requirement.REQUIRED for code in c.group.codes}
    return all(known & {code, *oncotree.ancestors(code)} for code in group.codes)


def _is_required(line: Line, group: _Group, own: Disease, before: str, strong: bool) -> bool:
    codes = group.codes
    if codes <= set(oncotree.PSEUDO):
        pseudo = own.codes & set(oncotree.PSEUDO)
        quote = line.folded[group.start : group.end]
        if own.codes and not pseudo and not ("solid" in quote or line.cohort or CONFIRMED.search(before)):
            return False
        return strong and (WEAK_ANY.search(quote + " ") is not None or not own.codes or bool(pseudo))
    if not own.codes or own.owns(codes):
        return strong or own.owns(codes)
    if line.cohort is not None or own.codes & set(oncotree.PSEUDO):
        return strong
    return strong and CONFIRMED.search(before) is not None and not line.level


def _tissues(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(oncotree.node(code).tissue for code in codes)


def _set_apart(
    line: Line, group: _Group, own: Disease, before: str, earlier: list[_Candidate]
) -> tuple[CancerMention, ...]:
    """Of diseases that rule out, those that set the population under study apart."""
    if EARLIER.search(before) or VIRAL.search(line.folded) or QUALIFIED.search(before):
        return ()
    required = {code for c in earlier if c.requirement is Requirement.REQUIRED for code in c.group.codes}
    known = required | own.codes
    above = {one for code in known for one in (code, *oncotree.ancestors(code))} - (known & set(oncotree.PSEUDO))
    mentions = tuple(
        mention
        for mention in group.mentions
        if not mention.codes & above and not mention.codes <= {oncotree.SOLID, oncotree.ANY}
    )
    codes = frozenset(code for mention in mentions for code in mention.codes)
    cue = SETS_APART.search(before) is not None and len(before) < _LISTED
    if not codes or (_tissues(codes) == {"BRAIN"} and SECONDARY.search(before)):
        return ()
    if oncotree.ANY in known or not known:
        return mentions if cue else ()
    wide = (known & set(oncotree.PSEUDO)) & {above for code in codes for above in oncotree.ancestors(code)}
    leads = LEADS.match(before) is not None and not codes & _AFTER_THERAPY
    return mentions if wide or cue or leads or _tissues(codes) & _tissues(known) else ()


def _read(text: CriteriaText) -> dict[int, list[Finding]]:
    """All findings, by line."""
    candidates = _without_names_above(_candidates(text))
    lists = _lists(candidates, text)
    findings: dict[int, list[Finding]] = {}
    for number, candidate in enumerate(candidates):
        findings.setdefault(candidate.line.index, []).extend(_findings(candidate, lists.get(number), number, text))
    return findings


def _without_names_above(candidates: list[_Candidate]) -> list[_Candidate]:
    """Without later mentions that only say less ("breast cancer" where invasive carcinoma is required)."""
    kept: list[_Candidate] = []
    for number, candidate in enumerate(candidates):
        codes = candidate.group.codes
        if candidate.requirement is Requirement.REQUIRED:
            others = {
                code
                for other, c in enumerate(candidates)
                if other != number
                and (not candidate.strong or c.line is candidate.line)
                and c.requirement is Requirement.REQUIRED
                and c.line.cohort in {None, candidate.line.cohort}
                for code in c.group.codes
            }
            below = {code for code in codes if any(code in oncotree.ancestors(other) for other in others)}
            if codes <= below and not (candidate.strong and codes <= set(oncotree.PSEUDO)):
                continue
        kept.append(candidate)
    return kept


def _lists(candidates: list[_Candidate], text: CriteriaText) -> dict[int, frozenset[str]]:
    """By candidate, the codes of the list of alternatives it is an item of."""
    runs: dict[tuple[int, str | None], list[int]] = {}
    for number, candidate in enumerate(candidates):
        line = candidate.line
        covered = sum(mention.end - mention.start for mention in candidate.group.mentions)
        if candidate.requirement is not Requirement.REQUIRED or len(line.folded) - covered > _LISTED:
            continue
        head = text.parent(line) or _head_before(line, text)
        if head is not None and LIST_HEAD.search(head.folded):
            runs.setdefault((head.index, line.cohort), []).append(number)
    lists: dict[int, frozenset[str]] = {}
    for numbers in runs.values():
        if len({candidates[number].line.index for number in numbers}) > 1:
            codes = frozenset().union(*(_named_by(candidates[number].group, disease(text)) for number in numbers))
            lists |= dict.fromkeys(numbers, codes)
    return lists


def _head_before(line: Line, text: CriteriaText) -> Line | None:
    """The line with a colon that opens a list which is not indented below it."""
    for index in range(line.index - 1, -1, -1):
        other = text.lines[index]
        if other.section is not line.section:
            return None
        if other.folded.rstrip().endswith(":"):
            return other
        if len(other.folded) > _LISTED:
            return None
    return None


def _findings(
    candidate: _Candidate, listed: frozenset[str] | None, number: int, text: CriteriaText
) -> Iterator[Finding]:
    line, group = candidate.line, candidate.group
    codes = listed or _named_by(group, disease(text))
    separate = candidate.requirement is Requirement.ALLOWED or (
        candidate.requirement is Requirement.REQUIRED
        and listed is None
        and len(_tissues(codes)) >= _BASKET
        and len(group.mentions) >= _BASKET
    )
    confidence = 0.95 if candidate.strong else 0.85
    first, last = group.mentions[0], group.mentions[-1]
    if candidate.requirement is Requirement.PROHIBITED and is_limited(
        words_before(line, first.start), " ".join(line.folded[last.end : last.end + _LISTED].split())
    ):
        confidence = _LIMITED
    exception = stance(line, line.start + group.start, line.start + group.mentions[0].end, text).exception
    if not separate:
        yield Finding(
            Cancer(codes),
            line.start + group.start,
            line.start + group.end,
            candidate.requirement,
            confidence,
            exception=exception if candidate.requirement is not Requirement.ALLOWED else None,
        )
        return
    seen: set[frozenset[str]] = set()
    for mention in group.mentions:
        if mention.codes not in seen:
            seen.add(mention.codes)
            yield Finding(
                Cancer(mention.codes),
                line.start + mention.start,
                line.start + mention.end,
                candidate.requirement,
                confidence,
                or_group=f"cancer{number}" if candidate.requirement is Requirement.REQUIRED else None,
            )


_all_findings = once(_read)


class CancerReader:
    """Reads the diseases under study."""

    triggers: tuple[str, ...] = (
        *(
            "cancer",
            "carcino",
            "tumor",
            "tumour",
            "neoplas",
            "malignan",
            "leukemi",
            "leukaemi",
            "lymphom",
            "myelom",
            "melanom",
        ),
        *(
            "sarcom",
            "gliom",
            "blastom",
            "mesotheliom",
            "thymom",
            "astrocytom",
            "seminom",
            "ependymom",
            "histolog",
            "myelodysplas",
        ),
        *(
            "myeloproliferat",
            "macroglobulin",
            "myelofibro",
            "mycosis fungoides",
            "adeno",
            "cytoma",
            "fibromatosis",
            "desmoid",
        ),
        *(
            "nsclc",
            "sclc",
            "hnscc",
            "scchn",
            "hcc",
            "rcc",
            "crc",
            "pdac",
            "gbm",
            "cll",
            "aml",
            "mds",
            "cml",
            "dlbcl",
            "nhl",
            " all ",
        ),
        *(
            "tnbc",
            "gist",
            "mpn",
            "npc",
            "escc",
            "btc",
            "net ",
            "nets",
            "crpc",
            "mibc",
            "dcis",
            "dipg",
            "mgus",
            "ctcl",
            "ptcl",
            "primary",
        ),
        *(
            "confirm",
            "diagnos",
            "proven",
            "patients with",
            "subjects with",
            "participants with",
            "(bc)",
            "stage",
            "metastatic",
            "advanced",
            "bc ",
        ),
        *(
            " mm ",
            "(mm)",
            "(all)",
            "all,",
            "-all",
            "neurofibro",
            "waldenstr",
            "amyloidosis",
            "histiocyt",
            "mastocyt",
            "polycythemia",
        ),
    )

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """All diseases of the line."""
        return _all_findings(text).get(line.index, ())


CANCERS: Reader = CancerReader()
"""The reader of the kind `cancer`."""
