"""Markers that stand in one breath, each with the state tokens that belong to it, and how they are joined.

"EGFR mutation, ALK or ROS1 fusion" is a chain of three: ROS1 and ALK share the fusion. A token belongs to the marker it
stands behind, or to the one it leads to ("mutation in KRAS", "wild-type KRAS").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from search.extraction.kinds.marker_names import Named
from search.extraction.kinds.marker_states import Kind, Reading, Token

_BRACKET = r"\([^()]{0,90}\)|\[[^\[\]]{0,90}\]"
_QUALIFIER = (
    r"(?:genes?|genetic|genomic|gene's|proteins?|tumou?rs?|receptors?|status|oncogene|somatic"
    r"|germline|known|activating|sensiti[sz]ing|sensitive"
    r"|pathogenic|likely|suspected|deleterious|oncogenic|driver|hot-?spot|kinase|domain|tk|membrane"
    r"|surface|cells?|disease|is|are|was|were|must|be"
    r"|been|to|should|has|have|an?|the|any|of|either|documented|confirmed|by|ihc|immunohisto\w+|fish"
    r"|ish|ngs|pcr|local|central(?:ly)?|lab\w*"
    r"|as|defined|homozygous|bi-?allelic|mono-?allelic|heterozygous|focal|high-?level|low-?level"
    r"|molecular|chromosom(?:al|e)|at|least|one|more"
    r"|missense|non-synonymous|actionable|targetable|common|classical|typical|uncommon|rare|atypical"
    r"|acquired|resistance|copy|number"
    r"|promoter|determined|assessed|tested|testing|test|results?|exons?|point|positive|strong|nuclear"
    r"|functional|histologically|via|on|with"
    r"|level|degree|strongly|weak|complete|evidence|cytoplasmic|serotype|antigen|that|which|gain"
    r"|presence|biomarker|in|deficiency|kind|in-?frame"
    r"|scores?|rates?|ratio|percentage|proportion|based|using|per|asco/cap|guidelines?|defined"
    r"|described|considered|structural|inactivating|truncating|loss-of-function|lof|type|carrier"
    r"|primary|secondary|dna|rna|single|nucleotide|types?|patients?|non-?resistan\w+|from|specimens?"
    r"|samples?|tissue|blood|plasma|ctdna)"
)
_FIRST = re.compile(rf"(?:(?>{_BRACKET}|[\s:=*)\]-]|(?<!\w)\(|\[|\b{_QUALIFIER}\b))*")
_NEXT = re.compile(
    rf"(?:(?>{_BRACKET}|[\s:=,/()\[\]*-]|\b(?:and|or|and/or|plus|e\.g\.?|i\.e\.?|such as"
    rf"|including(?: but not limited to)?|for example|like)\b|\b{_QUALIFIER}\b"
    r"|\b(?:\w+ ){0,3}?(?:cancers?|carcinomas?|disease|tumou?rs?),? (?:(?:is|are|as"
    r"|will be) ){0,2}(?:defined|determined|confirmed|assessed)\b))*"
)
_OPEN = re.compile(r"\be\.g|such as|\binclud|for example|\blike\b")
_PREPOSED = re.compile(
    r"(?:\(s\))?(?P<link>(?:\([^()]{0,60}\)|[\s:,/(\[-]|\b(?:in|of|for|within|between|involving"
    r"|affecting|on|to|e\.g\.?|i\.e\.?|such as|including(?: but not limited to)?|like|one|more|least"
    r"|at"
    r"|any|either|the|both|following|genes?|an?|known|driver|oncogen\w*|tumou?r|activating"
    r"|sensiti[sz]ing|or|all|listed|below|two|which|are|that|is|homologous|recombination"
    r"|repair|fanconi|ana?emia|predisposition|susceptibility|cancer|pathway|suppressors?|related"
    r"|associated|ddr|hrr|dna|damage|response|levels?|evidence|cell|surface|antigens?|receptors?"
    r"|proteins?|markers?|biomarkers?|expression|hotspot|codons?|exons?|chromosomes?|locus|gene)\b)*)"
)
_LINK = re.compile(
    r"\b(?:in|of|for|within|between|involving|affecting|on|to|such as|including|e\.g|i\.e|like)\b|[:(\[]"
)
_SYMBOL = r"\b(?!exon|ihc|cohort|ecog|grade|stage)[a-z]{2,6}\d{1,3}[a-z]{0,2}\b"
"""A gene that the tables do not know, inside a list."""
_UNKNOWN_TAIL = re.compile(rf"(?:[\s,/-]|\bor\b|\band\b|{_SYMBOL})*")
_CHAIN = re.compile(
    rf"(?:(?>{_BRACKET}|[\s,;/&()\[\]+*-]|\bnon-|\b(?:and/or|and|or|nor|as well as|plus|with|but|e\.g\.?"
    rf"|i\.e\.?|are|is|including|other|genes?|known|documented|an?|any|the|either|both|tumou?rs?"
    r"|activating|sensiti[sz]ing|oncogenic|driver|pathogenic|somatic|germline|confirmed|status|also"
    r"|receptors?|expression|if|simultaneously|concurrent|presence of|by \w+|has|have|expressed"
    r"|who are|are)\b))*"
    r"|[\s,;)/]*(?:(?:and|or|and/or) )?(?:[\w/]+[ -]{1,2}){1,7}\("  # the next name is spelled out before its symbol
    rf"|(?:[\s,/]|\bor\b|\band\b|{_SYMBOL})*"
)
_WORDED_OR = re.compile(r"\bor\b")
NEGATIVE_LIKE = frozenset({"negative", "wild type", "proficient", "MSS", "non-high", "IHC 0"})
_CONTRARY = (
    frozenset({"positive", "negative"}),
    frozenset({"mutation", "wild type"}),
    frozenset({"methylated", "unmethylated"}),
    frozenset({"high", "MSS"}),
    frozenset({"deficient", "proficient"}),
)
_GAP = 200
"""Characters between a marker and what may still belong to it."""
_STEPS = 4
"""Tokens that may stand between a token and the marker it leads to."""
LIST = 3
"""Markers from which a chain is a list of genes."""


@dataclass(slots=True)
class Member:
    """A marker of a chain with its tokens; offsets are into the flowing text."""

    named: Named
    tokens: list[Token] = field(default_factory=list)
    open_list: bool = False
    """Its variants are only examples ("mutations such as L858R")."""
    before: list[Token] = field(default_factory=list)
    """Tokens that stand before it and lead to it."""
    shared: bool = False
    """Its state is a neighbour's."""

    @property
    def start(self) -> int:
        """Where it begins, with the tokens that lead to it."""
        return min([self.named.start, *(token.start for token in self.before)])

    @property
    def end(self) -> int:
        """Where the last of its tokens ends."""
        return max([self.named.end, *(token.end for token in self.tokens)])


def chains_of(named: list[Named], tokens: list[Token], folded: str) -> list[list[Member]]:
    """Markers with their states, in chains."""
    members = [Member(one) for one in named]
    starts = {one.start: place for place, one in enumerate(named)}
    free = [token for token in tokens if not any(token.start >= one.start and token.end <= one.end for one in named)]
    by_start = {token.start: token for token in free}
    ahead = [_leads_to(token, by_start, starts, folded) for token in free]
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
            if token.start < at:
                continue
            if token.start >= min(limit, at + _GAP):
                break
            gap = folded[at : token.start]
            beside = first and (gap in ("", "-", " ") or (gap.strip() == "(" and not _linked(token, folded)))
            if ahead[number] is not None and not beside:
                break
            fits = (_FIRST if first else _NEXT).fullmatch(gap) or (
                first and token.kind is Kind.NOUN and _UNKNOWN_TAIL.fullmatch(gap)
            )
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


def _goes_with(member: Member, token: Token, gap: str) -> bool:
    """Whether a further token still speaks of the marker: behind a comma only one of the same sort does."""
    if not re.search(r"[,/]|\b(?:and|or)\b", gap):
        return True
    earlier = [*member.named.own, *member.tokens]
    kinds = {one.kind for one in earlier}
    if token.kind is Kind.LEVEL:
        return Kind.LEVEL in kinds or Kind.SIGN in kinds
    return True


def _linked(token: Token, folded: str) -> bool:
    match = _PREPOSED.match(folded, token.end, token.end + _GAP)
    return match is not None and bool(_LINK.search(match["link"]))


def _leads_to(token: Token, by_start: dict[int, Token], starts: dict[int, int], folded: str) -> int | None:
    """The member that a token in front of it belongs to ("mutation in KRAS", "wild-type KRAS"), if any."""
    at = token.end
    for _ in range(_STEPS):
        match = _PREPOSED.match(folded, at, at + _GAP)
        if match is None:
            return None
        if match.end() in starts:
            linked = bool(_LINK.search(folded, token.end, match.end()))
            plain = folded[token.start : token.end]
            adjective = token.kind in (Kind.SIGN, Kind.LEVEL) or plain.endswith(("ed", "ant", "ing", "es", "ess"))
            return starts[match.end()] if linked or (adjective and not re.search(r"\bor\b|,", match["link"])) else None
        # "mutations or rearrangements in ALK": the tokens between lead there together
        following = by_start.get(match.end())
        if following is None:
            return None
        at = following.end
    return None


_RULED_OUT = re.compile(
    r"[^.;]{0,120}?\b(?:not (?:be )?(?:eligible|allowed|permitted|included|enrolled)|ineligible|excluded)\b"
)
"""Behind a semicolon, a marker that rules out belongs to no chain of what is asked for before it."""


def _linked_up(members: list[Member], folded: str) -> list[list[Member]]:
    chains: list[list[Member]] = []
    for member in members:
        end = chains[-1][-1].end if chains else 0
        near = chains and end <= member.start <= end + _GAP and _CHAIN.fullmatch(folded, end, member.start)
        if near and not (";" in folded[end : member.start] and _RULED_OUT.match(folded, member.end)):
            chains[-1].append(member)
        else:
            chains.append([member])
    for chain in chains:
        _share(chain)
    return chains


def stated(member: Member) -> list[Token]:
    """A member's tokens; a noun in front yields to one behind ("alterations such as EGFR mutation")."""
    behind = [*member.named.own, *member.tokens]
    expressed = all(state in ("expression", "overexpression") for token in behind for state in token.states)
    if any(token.kind in (Kind.NOUN, Kind.VARIANT) for token in behind) and not expressed:
        return [*(token for token in member.before if token.kind is not Kind.NOUN), *behind]
    return [*member.before, *behind]


def _share(chain: list[Member]) -> None:
    """Give members without a state the one that stands before them all, or that of the next member."""
    lead: list[Token] = []
    leads: list[list[Token]] = []
    for member in chain:
        leads.append(lead)
        lead = member.before or lead
    for place in range(len(chain) - 1, -1, -1):
        member = chain[place]
        own = [token for token in stated(member) if token.kind is not Kind.THRESHOLD]
        if own or (member.tokens and member.named.scoring):
            continue
        if leads[place]:
            member.before, member.shared = list(leads[place]), True
        elif place + 1 < len(chain):
            following = chain[place + 1]
            behind = [*following.named.own, *following.tokens]
            if behind and not following.named.markers[0].startswith("HLA"):
                member.tokens = [*member.tokens, *behind]
                member.shared, member.open_list = True, following.open_list
    signs = [one for one in chain[0].before if one.kind is Kind.SIGN and one.states[0] == "negative"]
    for member in chain[1:]:
        if signs and not member.before and not any(one.kind is Kind.SIGN for one in stated(member)):
            member.before = signs  # "negative for EGFR mutation, ALK rearrangement …"


_AND = re.compile(r"\band\b(?!/)")


def joint_of(chain: list[Member], readings: list[dict[str, Reading]], folded: str) -> str:
    """How the members of a chain are joined: `or`, `slash` or `and`."""
    joints = [folded[one.end : other.start] for one, other in pairwise(chain) if one.end <= other.start]
    joints += [folded[one.named.end : other.named.start] for one, other in pairwise(chain) if one.shared]
    if any(_WORDED_OR.search(joint) for joint in joints):
        return "or"
    signs = {bool(NEGATIVE_LIKE & set(r.states)) for by in readings for r in by.values()}
    if any("/" in joint for joint in joints) and signs == {False}:
        return "or"
    plain = not any(re.search(r"\band\b", joint) for joint in joints)
    if len(chain) >= LIST and plain and signs == {False}:
        return "or"  # "mutations in one of A, B, C"
    return "and"


def segments(chain: list[Member], folded: str) -> list[list[Member]]:
    """A chain cut where "and" joins two requirements of which each has its own state ("A or B positive and C high")."""
    parts = [[chain[0]]]
    for one, other in pairwise(chain):
        gap = folded[one.named.end : other.named.start] if one.named.end <= other.named.start else ""
        cuts = _AND.search(gap) and not _WORDED_OR.search(gap)
        if cuts and any(map(stated, parts[-1])) and stated(other):
            parts.append([other])
        else:
            parts[-1].append(other)
    return parts


def both_signs(members: list[Member], readings: list[dict[str, Reading]], folded: str) -> set[str]:
    """Markers of which both signs are named one after the other ("either HR-negative or HR-positive"): any will do.

    Args:
        members: members of a chain, in order.
        readings: what was read of each.
        folded: the flowing text.
    """
    found: set[str] = set()
    for (first, one), (second, other) in pairwise(zip(members, readings, strict=True)):
        joint = folded[first.end : second.start]
        if one.keys() == other.keys() and re.search(r"\bor\b|/|\band\b", joint):
            states = {state for by in (one, other) for reading in by.values() for state in reading.states}
            if any(pair <= states for pair in _CONTRARY):
                found |= one.keys()
    return found
