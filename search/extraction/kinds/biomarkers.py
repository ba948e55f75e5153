"""Biomarkers: which marker in which state a trial requires, forbids or allows.

Markers that stand in one breath form a chain ("EGFR mutation, ALK or ROS1 fusion"); a marker takes the state that
stands behind it, or before it ("mutations in …", "positive for …"), or that of the next one in the chain. One look at
the words around a chain settles what it means: section, negation, exception; a condition ("patients with EGFR mutation
must have received …") asks for nothing. A marker without any state is none, except where its result must be known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from search.eligibility.criterion import Biomarker, Requirement, Section
from search.extraction.flow import Flow, flow
from search.extraction.kinds.marker_context import Company, Talk, company, is_aside, is_assay, tested, tested_for
from search.extraction.kinds.marker_names import Named, find_named
from search.extraction.kinds.marker_states import Kind, Reading, Token, combine, find_tokens
from search.extraction.kinds.marker_triggers import triggers
from search.extraction.normal import fold
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader
from search.terminology.markers import is_target

_SURE, _LIKELY, _SHARED, _GUESS = 0.93, 0.85, 0.8, 0.6
"""Confidence in a state beside its marker, in a permission, in a state taken from a neighbour, in a required test."""
_MANY = 80
"""Markers that are looked at in a line."""
_EVIDENCE = 120
"""Characters up to which evidence holds a marker and its state together."""
_BRACKET = r"\([^()]{0,90}\)|\[[^\[\]]{0,90}\]"
_QUALIFIER = (
    r"(?:genes?|genetic|genomic|gene's|proteins?|tumou?rs?|receptors?|status|oncogene|somatic|germline|known|activating|sensiti[sz]ing|sensitive"
    r"|pathogenic|likely|suspected|deleterious|oncogenic|driver|hot-?spot|kinase|domain|tk|membrane|surface|cells?|disease|is|are|was|were|must|be"
    r"|been|to|should|has|have|an?|the|any|of|either|documented|confirmed|by|ihc|immunohisto\w+|fish|ish|ngs|pcr|local|central(?:ly)?|lab\w*"
    r"|as|defined|homozygous|bi-?allelic|mono-?allelic|heterozygous|focal|high-?level|low-?level|molecular|chromosom(?:al|e)|at|least|one|more"
    r"|missense|non-synonymous|actionable|targetable|common|classical|typical|uncommon|rare|atypical|acquired|resistance|copy|number"
    r"|promoter|determined|assessed|tested|testing|test|results?|exons?|point|positive|strong|nuclear|functional|histologically|via|on|with"
    r"|level|degree|strongly|weak|complete|evidence|cytoplasmic|serotype|antigen|that|which|gain|presence|biomarker|in|deficiency|kind|in-?frame"
    r"|scores?|rates?|ratio|percentage|proportion|based|using|per|asco/cap|guidelines?|defined|described|considered|structural|inactivating|truncating|loss-of-function|lof|type|carrier"
    r"|primary|secondary|dna|rna|single|nucleotide|types?|patients?|non-?resistan\w+|from|specimens?|samples?|tissue|blood|plasma|ctdna)"
)
_FIRST = re.compile(rf"(?:[\s:=*-]|(?<!\w)\(|\[|{_BRACKET}|\b{_QUALIFIER}\b)*")
_NEXT = re.compile(
    rf"(?:[\s:=,/()\[\]*-]|{_BRACKET}|\b(?:and|or|and/or|plus|e\.g\.?|i\.e\.?|such as|including(?: but not limited to)?|for example|like)\b|\b{_QUALIFIER}\b"
    r"|\b(?:\w+ ){0,3}?(?:cancers?|carcinomas?|disease|tumou?rs?),? (?:(?:is|are|as|will be) ){0,2}(?:defined|determined|confirmed|assessed)\b)*"
)
_OPEN = re.compile(r"\be\.g|such as|\binclud|for example|\blike\b")
_PREPOSED = re.compile(
    r"(?:\(s\))?(?P<link>(?:[\s:,(\[-]|\b(?:in|of|for|within|between|involving|affecting|on|to|e\.g\.?|i\.e\.?|such as|including(?: but not limited to)?|like|one|more|least|at"
    r"|any|either|the|both|following|genes?|an?|known|driver|oncogen\w*|tumou?r|activating|sensiti[sz]ing|or|all|listed|below|two|which|are|that|is|homologous|recombination"
    r"|repair|ddr|hrr|dna|damage|response|levels?|evidence|cell|surface|antigens?|receptors?|proteins?|markers?|biomarkers?|expression|hotspot|codons?|exons?|chromosomes?|locus|gene)\b)*)"
)
_LINK = re.compile(r"\b(?:in|of|for|within|between|involving|affecting|on|to|such as|including|e\.g|i\.e|like)\b|[:(\[]")
_SYMBOL = r"\b(?!exon|ihc|cohort|ecog|grade|stage)[a-z]{2,6}\d{1,3}[a-z]{0,2}\b"
"""A gene that the tables do not know, inside a list."""
_UNKNOWN_TAIL = re.compile(rf"(?:[\s,/-]|\bor\b|\band\b|{_SYMBOL})*")
_CHAIN = re.compile(
    rf"(?:[\s,;/&()\[\]+*-]|{_BRACKET}|\bnon-|\b(?:and/or|and|or|nor|as well as|plus|with|but|e\.g\.?|i\.e\.?|are|is|including|other|genes?|known|documented|an?|any|the|either|both|tumou?rs?"
    r"|activating|sensiti[sz]ing|oncogenic|driver|pathogenic|somatic|germline|confirmed|status|also|receptors?|expression|if|simultaneously|concurrent|presence of|has|have|expressed|who are|are)\b)*"
    r"|[\s,;)/]*(?:(?:and|or|and/or) )?(?:[\w/-]+[ -]){1,7}\("  # the next name is spelled out before its symbol
    rf"|(?:[\s,/]|\bor\b|\band\b|{_SYMBOL})*"
)
_OR = re.compile(r"\bor\b|/")
_WORDED_OR = re.compile(r"\bor\b")
_NEGATIVE_LIKE = frozenset({"negative", "wild type", "proficient", "MSS", "non-high", "IHC 0"})
_INVERSE = {Requirement.REQUIRED: Requirement.PROHIBITED, Requirement.PROHIBITED: Requirement.REQUIRED}
_CANCERS = re.compile(r"\b(?:cancers?|carcinomas?|melanomas?|sarcomas?|nsclc|sclc|mesotheliomas?|lymphomas?|gliom\w+|h?nscc|rcc|crc|hcc|adenocarcinomas?|leuk\w+)\b")
_BASKET = 4
"""Cancers named in a line from which a marker may belong to one of them alone."""
_LIST = 3
"""Markers from which a chain is a list of genes."""
_HEAD_ENDS = re.compile(r":\s*$|\bfollowing\b[^.]{0,60}$")
_BARE = 25
"""Characters beside its markers up to which a line is an entry of the list above it."""


@dataclass(slots=True)
class _Member:
    named: Named
    tokens: list[Token] = field(default_factory=list)
    open_list: bool = False
    before: list[Token] = field(default_factory=list)
    shared: bool = False

    @property
    def start(self) -> int:
        return min([self.named.start, *(token.start for token in self.before)])

    @property
    def end(self) -> int:
        return max([self.named.end, *(token.end for token in self.tokens)])


class BiomarkerReader:
    """Reads biomarkers."""

    triggers: tuple[str, ...] = triggers()

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All biomarkers of the line; each marker, state and direction once."""
        flowing = flow(line.plain)
        folded = fold(flowing.text)
        tokens = find_tokens(flowing.text, folded)
        named = find_named(flowing.text, folded, tokens, f"{text.title} {' '.join(text.conditions)}")[:_MANY]
        found: list[tuple[Finding, Company]] = []
        for number, chain in enumerate(_chains(named, tokens, folded)):
            found += _of_chain(chain, number, line, text, flowing, folded)
        found += _orphans(named, tokens, line, text, flowing, folded)
        found += _actionable(line, text, flowing, folded)
        yield from _once(found)


def _chains(named: list[Named], tokens: list[Token], folded: str) -> list[list[_Member]]:
    """Markers with their states, in chains."""
    members = [_Member(one) for one in named]
    starts = {one.start: place for place, one in enumerate(named)}
    free = [token for token in tokens if not any(token.start >= one.start and token.end <= one.end for one in named)]
    ahead = [_leads_to(token, free, starts, folded) for token in free]
    taken: set[int] = set()
    for place, member in enumerate(members):
        limit = members[place + 1].named.start if place + 1 < len(members) else len(folded)
        at, first = member.named.end, not member.named.own
        for number, token in enumerate(free):
            if token.start < member.named.end < token.end:  # "CPS >= 10": the threshold holds the name
                member.tokens.append(token)
                taken.add(number)
                at, first = token.end, False
                continue
            if token.start < at or token.start >= limit:
                continue
            gap = folded[at : token.start]
            beside = first and (gap in ("", "-", " ") or (gap.strip() == "(" and not _linked(token, folded)))
            if ahead[number] is not None and not beside:
                break
            fits = (_FIRST if first else _NEXT).fullmatch(gap) or (first and token.kind is Kind.NOUN and _UNKNOWN_TAIL.fullmatch(gap))
            if not fits or not _goes_with(member, token, gap):
                break
            member.open_list = member.open_list or (token.kind is Kind.VARIANT and bool(_OPEN.search(gap)))
            member.tokens.append(token)
            taken.add(number)
            at, first = token.end, False
    for number, token in enumerate(free):
        target = ahead[number]
        if target is not None and number not in taken:
            members[target].before.append(token)
    return _linked_up(members, folded)


def _goes_with(member: _Member, token: Token, gap: str) -> bool:
    """Whether a further token still speaks of the marker: behind a comma only one of the same sort does."""
    if not re.search(r"[,/]|\b(?:and|or)\b", gap):
        return True
    earlier = [*member.named.own, *member.tokens]
    kinds = {one.kind for one in earlier}
    if token.kind is Kind.LEVEL:
        return Kind.LEVEL in kinds or Kind.SIGN in kinds
    return True


def _linked(token: Token, folded: str) -> bool:
    match = _PREPOSED.match(folded, token.end)
    return match is not None and bool(_LINK.search(match["link"]))


def _leads_to(token: Token, free: list[Token], starts: dict[int, int], folded: str) -> int | None:
    """The member that a token in front of it belongs to ("mutation in KRAS", "wild-type KRAS"), if any."""
    at = token.end
    for _ in range(4):
        match = _PREPOSED.match(folded, at)
        if match is None:
            return None
        if match.end() in starts:
            linked = bool(_LINK.search(folded, token.end, match.end()))
            plain = folded[token.start : token.end]
            adjective = token.kind in (Kind.SIGN, Kind.LEVEL) or plain.endswith(("ed", "ant", "ing", "es"))
            return starts[match.end()] if linked or (adjective and not re.search(r"\bor\b|,", match["link"])) else None
        # "mutations or rearrangements in ALK": the tokens between lead there together
        following = next((one for one in free if one.start == match.end()), None)
        if following is None:
            return None
        at = following.end
    return None


def _linked_up(members: list[_Member], folded: str) -> list[list[_Member]]:
    chains: list[list[_Member]] = []
    for member in members:
        if chains and chains[-1][-1].end <= member.start and _CHAIN.fullmatch(folded, chains[-1][-1].end, member.start):
            chains[-1].append(member)
        else:
            chains.append([member])
    for chain in chains:
        _share(chain, folded)
    return chains


def _stated(member: _Member) -> list[Token]:
    """All tokens of a member; a noun in front of it yields to what stands behind ("alterations such as EGFR mutation")."""
    behind = [*member.named.own, *member.tokens]
    expressed = all(state in ("expression", "overexpression") for token in behind for state in token.states)
    if any(token.kind in (Kind.NOUN, Kind.VARIANT) for token in behind) and not expressed:
        return [*(token for token in member.before if token.kind is not Kind.NOUN), *behind]
    return [*member.before, *behind]


def _share(chain: list[_Member], folded: str) -> None:
    """Give members without a state the one that stands before the whole chain, or that of the next member."""
    lead = chain[0].before
    for place in range(len(chain) - 1, -1, -1):
        member = chain[place]
        own = [token for token in _stated(member) if token.kind is not Kind.THRESHOLD]
        if own or (member.tokens and member.named.scoring):
            continue
        if place and lead:
            member.before, member.shared = list(lead), True
            continue
        if place + 1 < len(chain):
            following = chain[place + 1]
            behind = [*following.named.own, *following.tokens] if following.named.markers[0][:3] != "HLA" else []
            if behind:
                member.tokens = [*member.tokens, *behind] if member.tokens else list(behind)
                member.shared, member.open_list = True, following.open_list
    for place in range(1, len(chain)):
        member = chain[place]
        signs = [token for token in lead if token.kind is Kind.SIGN and token.states[0] == "negative"]
        if signs and not member.before and not any(one.kind is Kind.SIGN for one in _stated(member)):
            member.before = signs  # "negative for EGFR mutation, ALK rearrangement …"


def _of_chain(
    chain: list[_Member], number: int, line: Line, text: CriteriaText, flowing: Flow, folded: str
) -> Iterator[tuple[Finding, Company]]:
    start = chain[0].start
    end = max(min(member.end, member.named.end + _EVIDENCE) for member in chain)
    if is_target(flowing.text, chain[0].named.start, end) and not any(m.named.own for m in chain):
        return
    if tested_for(folded, start) and not any(
        token.kind is not Kind.NOUN for member in chain for token in _stated(member)
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
            readings = [(member, {marker: Reading(("known",)) for marker in member.named.markers}) for member, _ in readings]
        else:
            return
    stated = [token for member in chain for token in _stated(member)]
    if stated and all(token.kind is Kind.VARIANT for token in stated) and is_assay(folded, end):
        return
    raw_start, raw_end = _raw(line, flowing, start, end)
    said = stance(line, raw_start, raw_end, text)
    around = company(folded, start, end, line, said.requirement)
    requirement = around.requirement
    basket = len(_CANCERS.findall(folded)) >= _BASKET and requirement is Requirement.REQUIRED
    either = _either(chain, [reading for _, reading in readings], folded)
    joint = _grouped(chain, [reading for _, reading in readings], folded)
    for member, by_marker in readings:
        for marker, reading in by_marker.items():
            means = requirement
            if means is Requirement.REQUIRED and (marker in either or {"positive", "negative"} <= set(reading.states)):
                means = Requirement.ALLOWED
            if reading.negated:
                means = _INVERSE.get(means, means)
            begin, stop = _span(member)
            s, e = _raw(line, flowing, begin, stop)
            confidence = _GUESS if basket or reading.states == ("known",) else _LIKELY if means is Requirement.ALLOWED else _SURE
            if member.shared or inherited:
                confidence = min(confidence, _SHARED)
            group = _group(joint, number, member, reading, means)
            fact = Biomarker(marker, reading.states, reading.threshold, around.unknown_ok)
            yield Finding(fact, s, e, means, confidence, group, said.exception), around


def _span(member: _Member) -> tuple[int, int]:
    """Evidence: the marker with its state, where these stand close together."""
    start, end = member.named.start, member.named.end
    if not member.shared:
        start, end = member.start, member.end
    if end - start > _EVIDENCE:
        start, end = member.named.start, max(member.named.end, *(t.end for t in member.tokens if t.end - member.named.start <= _EVIDENCE), 0)
    return start, end


def _raw(line: Line, flowing: Flow, start: int, end: int) -> tuple[int, int]:
    return line.start + flowing.original(start), line.start + flowing.original(end - 1) + 1


_AROUND = 30
"""Characters before a marker in which "germline" or "sensitising" may stand."""


def _read(member: _Member, chain: list[_Member], folded: str, inherited: list[Token]) -> dict[str, Reading]:
    tokens = _stated(member) or inherited
    if not tokens:
        return {}
    end = max([member.named.end, *(token.end for token in tokens)])
    around = folded[max(0, member.start - _AROUND) : min(end, member.named.end + 3 * _AROUND)]
    found = {}
    for marker in member.named.markers:
        reading = combine(marker, tokens, around, open_list=member.open_list, non=member.named.non)
        if reading is not None:
            found[marker] = reading
    alleles = [one.named.markers[0] for one in chain if one.named.markers[0].startswith("HLA-") and "*" in one.named.markers[0]]
    genes = {allele.split("*")[0] for allele in alleles}
    if len(set(alleles)) > 1 and len(genes) == 1 and member.named.markers[0] in alleles:
        gene = next(iter(genes))
        states = tuple(dict.fromkeys(allele.removeprefix("HLA-") for allele in alleles))
        return {gene: Reading(states)}
    return found


def _from_parent(chain: list[_Member], line: Line, text: CriteriaText, folded: str) -> list[Token]:
    """States of the line that opens the list ("Mutation in one of these genes:") for an entry that only names markers."""
    if any(_stated(member) for member in chain):
        return []
    rest = len(folded) - sum(member.named.end - member.named.start for member in chain)
    if rest > _BARE + 4 * len(chain) and len(chain) < _LIST:
        return []
    opening = folded[max(0, chain[0].start - _AROUND) : chain[0].start]
    if len(chain) >= _LIST and re.search(r"\bgenes?\b(?: (?:are|include|including))?[ :(]*$", opening):
        return [Token(chain[0].start, chain[0].start, Kind.NOUN, ("alteration",))]
    parent = text.parent(line)
    words = parent.plain if parent is not None else ""
    if not words and line.headings:
        words = line.headings[-1] + ":"
    words = " ".join(words.split())
    if not _HEAD_ENDS.search(words.lower()):
        return []
    return [token for token in find_tokens(words, fold(words)) if token.kind in (Kind.NOUN, Kind.SIGN)]


def _grouped(chain: list[_Member], readings: list[dict[str, Reading]], folded: str) -> str:
    """How the members of a chain are joined: `or`, `slash` or `and`."""
    joints = [folded[one.end : other.start] for one, other in zip(chain, chain[1:], strict=False) if one.end <= other.start]
    joints += [folded[one.named.end : other.named.start] for one, other in zip(chain, chain[1:], strict=False) if one.shared]
    if any(_WORDED_OR.search(joint) for joint in joints):
        return "or"
    signs = {bool(_NEGATIVE_LIKE & set(r.states)) for by in readings for r in by.values()}
    if any("/" in joint for joint in joints) and signs == {False}:
        return "or"
    plain = not any(re.search(r"\band\b", joint) for joint in joints)
    if len(chain) >= _LIST and plain and signs == {False}:
        return "or"  # "mutations in one of A, B, C"
    return "and"


def _either(chain: list[_Member], readings: list[dict[str, Reading]], folded: str) -> set[str]:
    """Markers of which both signs are named one after the other ("either HR-negative or HR-positive"): any will do."""
    found: set[str] = set()
    for place in range(len(chain) - 1):
        one, other = readings[place], readings[place + 1]
        joint = folded[chain[place].end : chain[place + 1].start]
        if one.keys() == other.keys() and re.search(r"\bor\b|/|\band\b", joint):
            signs = [any(_NEGATIVE_LIKE & set(reading.states) for reading in by.values()) for by in (one, other)]
            if signs[0] != signs[1]:
                found |= one.keys()
    return found


def _group(joint: str, number: int, member: _Member, reading: Reading, means: Requirement) -> str | None:
    negative = bool(_NEGATIVE_LIKE & set(reading.states)) and not reading.negated
    if means is Requirement.REQUIRED:
        if joint == "or":
            return f"markers {number}"
        if len(member.named.markers) > 1 and not negative:
            return f"markers {number} {member.named.start}"
        return None
    if means is Requirement.PROHIBITED and len(member.named.markers) > 1 and negative:
        return f"markers {number} {member.named.start}"  # not all of them: one that fails is enough
    return None


_ACTIONABLE = re.compile(
    r"\b(?:(?:clinically )?(?:actionable|targetable|druggable)|(?:other|additional)(?= (?:\w+ )?(?:\w+ )?(?:alterations?|aberrations?|mutations?) (?:for which|with (?:approved|available)|that)"
    r")|(?:oncogenic )?driver|oncogenic) (?:(?:genomic|genetic|molecular|driver|oncogenic|oncogene|gene|tumou?r|or|somatic) ){0,3}(?:alterations?|aberrations?|mutations?|abnormalit(?:y|ies)|oncogenes?)\b"
)
_ACTIONABLE_MARKER = "actionable genomic alteration"


def _actionable(line: Line, text: CriteriaText, flowing: Flow, folded: str) -> Iterator[tuple[Finding, Company]]:
    """Alterations that are named by there being a drug for them."""
    if not any(word in folded for word in ("actionable", "targetable", "druggable", "driver", "oncogenic", "alteration")):
        return
    for match in _ACTIONABLE.finditer(folded):
        if is_assay(folded, match.end()) or re.match(r"[- ]?(?:negative|in\b|of\b)", folded[match.end() : match.end() + 10]):
            continue
        start, end = _raw(line, flowing, match.start(), match.end())
        said = stance(line, start, end, text)
        around = company(folded, match.start(), match.end(), line, said.requirement)
        fact = Biomarker(_ACTIONABLE_MARKER, ("positive",))
        yield Finding(fact, start, end, around.requirement, _GUESS, None, said.exception), around


_UNIQUE = {
    "L858R": "EGFR", "T790M": "EGFR", "C797S": "EGFR", "L861Q": "EGFR", "S768I": "EGFR", "G719X": "EGFR", "V600E": "BRAF", "V600K": "BRAF",
    "V600": "BRAF", "G12C": "KRAS", "T315I": "BCR-ABL1", "D816V": "KIT", "V617F": "JAK2", "R132H": "IDH1", "D842V": "PDGFRA", "exon 14 skipping": "MET",
    "exon 19 deletion": "EGFR",
}  # fmt: skip
"""Variants that stand for their gene where no gene is named beside them."""


def _orphans(
    named: list[Named], tokens: list[Token], line: Line, text: CriteriaText, flowing: Flow, folded: str
) -> Iterator[tuple[Finding, Company]]:
    """Variants without a marker before them ("or a T790M mutation")."""
    stated_already = {marker for one in named for marker in one.markers}
    used = [member for chain in _chains(named, tokens, folded) for member in chain]
    taken = {token for member in used for token in _stated(member)}
    for token in tokens:
        if token.kind is not Kind.VARIANT or token in taken:
            continue
        marker = _UNIQUE.get(token.states[0])
        if marker is None or any(one.start <= token.start < one.end for one in named) or is_target(flowing.text, token.start, token.end):
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
            signs.setdefault(one.fact.marker, set()).add(bool(_NEGATIVE_LIKE & set(one.fact.states)))
    contradicted = any(len(both) > 1 for both in signs.values())
    for one in kept:
        if contradicted and one.requirement is Requirement.REQUIRED:
            yield Finding(one.fact, one.start, one.end, one.requirement, one.confidence, "markers", one.exception)
        else:
            yield one


BIOMARKERS: Reader = BiomarkerReader()
