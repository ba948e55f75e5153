"""Biomarkers of a query: marker and state, as in criteria, and what a bare gene stands for.

Names and words of state are those of criteria (`search.extraction.kinds`); what differs is how they are bound. A query
sets things side by side without commas, so a state belongs to the marker right beside it, and is shared only over a
slash, a comma or "and".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from search.extraction.kinds.marker_names import Named, find_named
from search.extraction.kinds.marker_states import Kind, Token, combine, find_tokens
from search.query_parser.cues import had_or_naive
from search.query_parser.reading import Reading
from search.terminology.markers import genes, is_target

_GAP = re.compile(
    r"[\s:=(-]{0,3}(?:(?:gene|status|exon|score|is|of|by ihc|ihc|tumou?r|protein|with|expression"
    r"|at)[\s:=(-]{1,2}){0,2}"
)
_LEAD = re.compile(r"[\s-]{0,2}(?:(?:for|in|of|the|a|an|gene|known|any)\s){0,2}")
_SHARE = re.compile(r"\s*(?:/|&|,|,?\s?\b(?:and|or)\b)\s*")
_SIGN = re.compile(
    r"\s?(?P<s>\+{1,3}(?![\w])|\(\+\)|\(-\)|-(?=[\s,;/.)]|$)|-?\s?(?:pos|neg)(?:itive|ative)?\b|\+ve\b|-ve\b)"
)
_ALTERED = re.compile(r"[\s-]?(?:mut(?:ated|ant|ation|ations|ns?)?\b|m\b)")
_CHANGED = re.compile(r"[\s-]?alt(?:ered|erations?)?\b")
_METHYLATED = re.compile(r"\b(?P<un>un)?methylated\b")
_STATED_NAME = re.compile(
    r"[+-]|pos|neg|mut|wild|wt\b|amplif|fusion|deficien|hit|triple|tnbc|\bph\b|philadelphia|h3|rearrang|delet"
)
"""What the name of a cancer says of a marker in so many words."""
_NORMAL = re.compile(
    r"[\s-]?(?:wt\b|wild[ -]?type\b|wildtype\b|germline (?:wt|negative)|unmutated\b|not mutated\b"
    r"|non-?mutated\b|intact\b)"
)
_AMPLIFIED = re.compile(r"[\s-]?amp(?:lif\w*)?\b")
_PERCENT = re.compile(
    r"[\s:=(]*(?:tps|cps|tc|ic|expression|score)?[\s:=(]*(?P<op>≥|>=|>|<|<="
    r"|≤)?\s?(?P<low>\d{1,3})(?:\s?-\s?(?P<high>\d{1,3}))?\s?(?P<unit>%)?(?![\w.])"
)
_CHANGE = re.compile(r"[\s-](?:p\.)?([A-Z]\d{2,4}(?:[A-Z*]|fs|del))(?![\w-])")
_CITY = re.compile(r"philadelphia(?![\s-]*(?:chromosome|positive|negative|pos\b|neg\b|\+|like|all\b|cml))")
_PAIR = re.compile(r"cdk ?4 ?/ ?6")
_LOSS = re.compile(r"[\s-]?(?:inactivat\w+|loss|lost|null|del(?:eted|etion)?)\b")
_IHC = re.compile(
    r"[\s:=(]*(?:ihc\s?)?(?P<n>[0-3])(?P<plus>\+)?(?=[\s,;.)/]|$)(?!\s?(?:prior|lines?|-|mets|cm|weeks"
    r"|months|years|cycles))"
)
_STAINED = re.compile(r"[\s:=(]*(?:<|>|≥|≤|~)?\s?(?P<n>\d{1,3})\s?(?P<unit>%)?(?![\w.+%])")
"""How much of a tumor a hormone receptor stains."""
_INHERITED = re.compile(
    r"[\s(]*(?:germline(?!\s[a-z]{2,5}\d)(?: (?:mut\w*|carriers?|pathogenic variants?))?|carriers?)\b"
)
_TARGETED = re.compile(r"[\s-]*(?:bispecifics?|adcs?|t-?cell engagers?|engagers?|antibod|cars?\b|radioligand)")
"""Behind the name of what a drug is against."""
_ALL_RAS = re.compile(r"\b(?:all|pan|k/n/h|h)[ -]?ras")
"""Elsewhere "RAS" is KRAS and NRAS, the two that are tested in bowel cancer."""
_FUSED = frozenset({"ROS1", "ALK", "RET", "NTRK1", "NTRK2", "NTRK3", "NTRK", "NRG1", "NUTM1"})
_STAINS = frozenset(
    {
        "HER2",
        "ER",
        "PR",
        "AR",
        "HPV",
        "EBV",
        "PD-L1",
        "PSMA",
        "SSTR2",
        "CLDN18.2",
        "TROP2",
        "FOLR1",
        "p16",
        "CD19",
        "CD20",
        "CD30",
        "CD33",
        "BCMA",
        "DLL3",
        "B7-H3",
        "MAGE-A4",
        "PRAME",
        "NY-ESO-1",
        "HHV8",
        "MCPyV",
        "HRD",
        "CD38",
        "CD123",
        "CD22",
        "CD7",
        "CD5",
        "GPC3",
        "MSLN",
        "mesothelin",
        "FRα",
        "SSTR",
        "NECTIN4",
        "GPRC5D",
        "FCRH5",
        "CD70",
        "CLDN6",
        "CEACAM5",
        "ROR1",
        "GD2",
        "c-Met",
    }
)
_HIGH = frozenset({"MSI", "TMB"})
_SERUM = frozenset({"CEA", "CA19-9", "CA-125", "CA125", "PSA", "AFP", "LDH", "beta-hCG", "Ki-67"})
"""Measured in everybody: a bare name says nothing."""
_TESTED = re.compile(
    r"\s*(?:test(?:ing)?|screening|status unknown|unknown|pathway|syndrome|panel"
    r"|(?:pet|imaging|scans?)(?!\s?(?:\+|pos)))\b"
)
_BARE_LIMIT = 12


@dataclass(slots=True)
class _Bound:
    """A named marker with the states that stand beside it; offsets are into the view."""

    named: Named
    start: int
    end: int
    tokens: list[Token] = field(default_factory=list)
    states: tuple[str, ...] = ()
    threshold: str | None = None
    denied: bool = False


def read_markers(reading: Reading) -> None:
    """Every marker with its state; a marker that only names a drug's target is none."""
    view = reading.view
    tokens = [
        one
        for one in find_tokens(view.text, view.lower)
        if one.kind is Kind.THRESHOLD or reading.free(one.start, one.end, but=("cancer",))
    ]
    named = [one for one in find_named(view.text, view.lower, tokens, "") if _usable(reading, one)]
    bound = [_bind(reading, one, named, number, tokens) for number, one in enumerate(named)]
    _share(view.lower, bound)
    for one in bound:
        bare = len(named) <= _BARE_LIMIT and reading.free(one.named.start, one.named.end)
        for marker in one.named.markers:
            if marker == "HRAS" and len(one.named.markers) > 1 and not _ALL_RAS.search(view.lower, one.start, one.end):
                continue
            _say(reading, marker, one, bare=bare)
    _variants_alone(reading, tokens, bound)
    _methylation_alone(reading)
    _triple_positive(reading)


def _usable(reading: Reading, one: Named) -> bool:
    """Whether the span is free, or lies in a cancer's name ("Ph+ ALL", "TNBC")."""
    lower = reading.view.lower
    if _CITY.match(lower, one.start):
        return False
    if not reading.free(one.start, one.end) and not _STATED_NAME.search(lower, one.start, one.end + 12):
        return False  # the name of the disease alone ("EWS")
    return reading.free(one.start, one.end, but=("cancer",))


def _bind(reading: Reading, one: Named, named: Sequence[Named], number: int, tokens: Sequence[Token]) -> _Bound:
    view = reading.view
    limit = named[number + 1].start if number + 1 < len(named) else len(view.lower)
    bound = _Bound(one, one.start, one.end, list(one.own))
    at = one.end
    for token in tokens:
        if token.start < one.end < token.end:
            bound.tokens.append(token)
            at = token.end
        elif (
            at <= token.start < limit and token.end <= limit and not (token.start >= one.start and token.end <= one.end)
        ):
            if not _GAP.fullmatch(view.lower, at, token.start):
                break
            bound.tokens.append(token)
            at = token.end
    bound.end = max(one.end, at)
    before = [t for t in tokens if t.end <= one.start and _LEAD.fullmatch(view.lower, t.end, one.start)]
    previous = named[number - 1].end if number else 0
    if before and before[-1].start >= previous and not bound.tokens:
        free = number == 0 or not _GAP.fullmatch(view.lower, previous, before[-1].start)
        if free and before[-1].kind is not Kind.THRESHOLD:
            bound.tokens.append(before[-1])
            bound.start = before[-1].start
    _shorthand(view.text, view.lower, bound)
    return bound


def _shorthand(text: str, lower: str, bound: _Bound) -> None:
    """States that only queries write: "KRAS m", "PD-L1 80%", "HER2 1+", "EGFR neg"."""
    marker = bound.named.markers[0]
    at = bound.end
    if marker == "PD-L1" and not any(t.kind in (Kind.SIGN, Kind.LEVEL) for t in bound.tokens):
        percent = _PERCENT.match(lower, at)
        if percent is not None and (
            percent["unit"] or percent["op"] or re.search(r"tps|cps", lower[bound.start : percent.end()])
        ):
            bound.states, bound.end = _of_percent(percent), percent.end()
            bound.threshold = lower[at : percent.end()].strip(" :=(").upper()
            return
    if marker in ("ER", "PR", "AR") and not bound.tokens:
        stained = _STAINED.match(lower, at)
        if stained is not None and (stained["unit"] or int(stained["n"]) in (0, 100)):
            amount = int(stained["n"])
            bound.states, bound.end = (("positive",) if amount >= 1 else ("negative",)), stained.end()
            bound.threshold = lower[at : stained.end()].strip(" :=(").upper()
            return
    if marker == "HER2" and not bound.tokens:
        ihc = _IHC.match(lower, at)
        if ihc is not None and (ihc["plus"] or "ihc" in ihc.group() or ihc["n"] in "0"):
            bound.states = {"0": ("IHC 0", "negative"), "1": ("low",), "2": ("IHC 2+",), "3": ("positive",)}[ihc["n"]]
            bound.threshold, bound.end = f"IHC {ihc['n']}+" if ihc["n"] != "0" else "IHC 0", ihc.end()
            return
    change = _CHANGE.match(text, at) if not bound.tokens else None
    if change is not None:
        bound.tokens.append(Token(change.start(1), change.end(), Kind.VARIANT, (change[1],)))
        bound.end = change.end()
    if bound.tokens:
        return
    for pattern, states in (
        (_NORMAL, ("wild type",)),
        (_ALTERED, ("mutation",)),
        (_CHANGED, ("alteration",)),
        (_AMPLIFIED, ("amplification",)),
        (_LOSS, ("loss",)),
    ):
        match = pattern.match(lower, at)
        if match is not None:
            bound.states, bound.end = states, match.end()
            return
    sign = _SIGN.match(lower, at)
    if sign is not None:
        positive = "+" in sign["s"] or "pos" in sign["s"]
        bound.states, bound.end = (("positive",) if positive else ("negative",)), sign.end()


def _of_percent(match: re.Match[str]) -> tuple[str, ...]:
    low, below = int(match["low"]), (match["op"] or "") in ("<", "<=", "≤")
    if below:
        return ("negative",) if low <= 1 else ("low",)
    if low == 0:
        return ("negative",)
    return ("positive", "high") if low >= 50 else ("positive", "low") if match["high"] else ("positive",)


def _share(lower: str, bound: list[_Bound]) -> None:
    """A marker without a state takes that of the next one over a slash, a comma or "and"."""
    for number in range(len(bound) - 2, -1, -1):
        one, following = bound[number], bound[number + 1]
        joined = _SHARE.fullmatch(lower, one.end, following.start) is not None
        beside = lower[one.end : following.start] == " " and _is_negative(following)
        if one.tokens or one.states or not (joined or beside):
            continue
        if following.states and not following.threshold:
            one.states, one.end = following.states, following.end
        elif following.tokens and all(t.kind in (Kind.NOUN, Kind.SIGN) for t in following.tokens):
            one.tokens, one.end = list(following.tokens), following.end
    for one, following in pairwise(bound):
        leads = one.tokens and one.start < one.named.start and not following.tokens and not following.states
        if leads and _SHARE.fullmatch(lower, one.end, following.start):
            following.tokens = [t for t in one.tokens if t.kind in (Kind.NOUN, Kind.SIGN)]


def _is_negative(one: _Bound) -> bool:
    """Whether a marker is told to be negative or wild type: "EGFR ALK ROS1 negative" tells it of all three."""
    said = {state for token in one.tokens for state in token.states} | set(one.states)
    return bool(said) and said <= {"negative", "wild type"}


def _say(reading: Reading, marker: str, one: _Bound, *, bare: bool) -> None:
    view = reading.view
    around = view.lower[max(0, one.start - 30) : one.end]
    states, threshold, negated = one.states, one.threshold, False
    if marker.endswith("deletion"):
        one.tokens = [
            token for token in one.tokens if token.kind is Kind.NOUN or "-" not in view.text[token.start : token.end]
        ]
    if marker in ("PD-1", "CTLA-4", "CTLA4") or (
        marker in ("CDK4", "CDK6") and _PAIR.match(view.lower, one.named.start)
    ):
        return  # nobody is tested for them: drugs are meant
    if not states and one.tokens:
        made = combine(marker, one.tokens, around, non=one.named.non)
        if made is not None:
            states, threshold, negated = made.states, made.threshold or threshold, made.negated
    target = is_target(view.text, one.named.start, one.end) or _TARGETED.match(view.lower, one.end) is not None
    if not states and had_or_naive(view.lower, one.start, one.end):
        return  # "BTK failure", "after PARP": a drug against it is meant
    if not states:
        if target or not bare or _TESTED.match(view.lower, one.end):
            return
        states = _bare(marker)
        if not states:
            return
        if states == ("mutation",) and "germline" in around:
            states = ("germline mutation",)
    if {"deficient", "negative"} <= set(states):
        states = ("proficient",)  # "dMMR negative"
    elif {"proficient", "negative"} <= set(states):
        states = ("deficient",)
    may_be_inherited = marker not in _STAINS and set(states) <= {"mutation", "positive"}
    inherited = _INHERITED.match(view.lower, one.end) if may_be_inherited else None
    if inherited is not None:
        states, one.end = ("germline mutation",), inherited.end()
    cue = reading.denied(one.start)
    negative_like = {"negative", "wild type", "deficient", "loss"} & set(states)
    start = one.start if cue is None else cue
    if (cue is not None and not negative_like) or negated:
        states = _opposite(marker, states, variant=any(t.kind is Kind.VARIANT for t in one.tokens))
    written = _written(marker, view.lower[one.named.start : one.named.end])
    reading.add(
        "biomarker",
        start,
        one.end,
        take=not target and reading.free(start, one.end),
        marker=written,
        states=_alternatives(written, states),
        threshold=threshold,
        ambiguous=target,
    )


_ABNORMALITY = re.compile(r"(?:t|inv)\s?\([\dxy]{1,2}(?:\s?;\s?\d{1,2})?\)")


def _written(marker: str, quote: str) -> str:
    """A translocation or inversion goes by its own name, also where the vocabulary files it under another marker."""
    found = _ABNORMALITY.match(quote)
    if marker == "HPV" and quote.startswith("p16"):
        return "p16"  # stands for HPV, and is not the same test
    return marker if found is None else found.group().replace(" ", "")


def _bare(marker: str) -> tuple[str, ...]:
    """What a marker without a state stands for."""
    if marker in _FUSED:
        return ("fusion",)
    if marker in _HIGH:
        return ("high",)
    if marker in _SERUM:
        return ()
    if marker == "MMR":
        return ("deficient",)
    if marker in _STAINS or marker not in {gene.marker for gene in genes().values()}:
        return ("positive",)
    return ("mutation",)


def _alternatives(marker: str, states: tuple[str, ...]) -> tuple[str, ...]:
    """A sign of a gene may be meant either way: "EGFR+" is a mutation, "ALK+" a fusion, "EGFR-" wild type."""
    if _ABNORMALITY.fullmatch(marker) and states in (("positive",), ("fusion",)):
        return ("positive", "fusion")
    if states == ("exon 20 mutation",) and marker in ("EGFR", "HER2"):
        return ("exon 20 insertion", "exon 20 mutation")  # the only group of them that trials are about
    if marker in _STAINS or marker in _HIGH or marker in ("MMR", "PD-L1"):
        return states
    if states == ("positive",) and marker in {gene.marker for gene in genes().values()}:
        return ("positive", "fusion") if marker in _FUSED else ("positive", "mutation")
    if states == ("positive",) and marker == "BCR-ABL1":
        return ("positive", "fusion")
    if states == ("negative",) and marker in {gene.marker for gene in genes().values()}:
        return ("negative", "wild type")
    return states


def _opposite(marker: str, states: tuple[str, ...], *, variant: bool) -> tuple[str, ...]:
    """What a denied state leaves."""
    if variant:
        return tuple(f"{state} negative" for state in states)
    if marker == "MSI":
        return ("MSS",)
    if marker == "MMR":
        return ("proficient",)
    if set(states) & {"low", "high"}:
        return ("negative",)
    return ("negative",) if marker in _STAINS else ("negative", "wild type")


def _methylation_alone(reading: Reading) -> None:
    """Of glioblastoma, "methylated" alone speaks of the promoter of MGMT."""
    match = _METHYLATED.search(reading.view.lower)
    if match is None or not reading.free(*match.span()) or any(one.marker == "MGMT" for one in reading.concepts):
        return
    if any("GB" in one.codes for one in reading.found("cancer")):
        reading.add("biomarker", *match.span(), marker="MGMT", states=(match.group(),))


_TRIPLE = re.compile(r"\b(?:triple[- ](?:pos(?:itive)?\b|\+)|tpbc\b)")


def _triple_positive(reading: Reading) -> None:
    """Both hormone receptors and HER2."""
    match = _TRIPLE.search(reading.view.lower)
    if match is not None and reading.free(*match.span(), but=("cancer",)):
        for marker in ("ER", "PR", "HER2"):
            reading.add("biomarker", *match.span(), marker=marker, states=("positive",))


_UNIQUE = {
    "L858R": "EGFR",
    "T790M": "EGFR",
    "C797S": "EGFR",
    "exon 19 deletion": "EGFR",
    "V600E": "BRAF",
    "V600K": "BRAF",
    "V600": "BRAF",
    "G12C": "KRAS",
    "G12D": "KRAS",
    "G12V": "KRAS",
    "G12R": "KRAS",
    "T315I": "BCR-ABL1",
    "D816V": "KIT",
    "V617F": "JAK2",
    "D842V": "PDGFRA",
    "exon 14 skipping": "MET",
}
"""Variants that stand for their gene where no gene is named beside them."""


_GIST = re.compile(r"\bgists?\b|gastrointestinal stromal")
_LUNG = re.compile(r"\bnsclc\b|\blung\b")
_EXONS = (
    (_GIST, "KIT", frozenset({"8", "9", "11", "13", "14", "17"})),
    (_GIST, "PDGFRA", frozenset({"12", "18"})),
    (_LUNG, "EGFR", frozenset({"18", "19", "20", "21"})),
    (_LUNG, "MET", frozenset({"14"})),
)
"""Exons that stand for one gene in the company of a disease."""
_EXON = re.compile(r"exon (?P<number>\d{1,2})")


def _gene_of(state: str, lower: str) -> str | None:
    """The gene of a variant that stands alone; None where it may be of several."""
    exon = _EXON.match(state)
    return _UNIQUE.get(state) or next(
        (gene for company, gene, exons in _EXONS if exon and exon["number"] in exons and company.search(lower)), None
    )


def _variants_alone(reading: Reading, tokens: Sequence[Token], bound: Sequence[_Bound]) -> None:
    for token in tokens:
        gene = _gene_of(token.states[0], reading.view.lower) if token.kind is Kind.VARIANT else None
        if gene is not None and token.states[0] not in _UNIQUE and any(one.marker == gene for one in reading.concepts):
            continue  # the gene's state is told
        if gene is None or any(token in one.tokens for one in bound) or not reading.free(token.start, token.end):
            continue
        if is_target(reading.view.text, token.start, token.end):
            continue
        sign = _SIGN.match(reading.view.lower, token.end)
        cue = reading.denied(token.start)
        negative = cue is not None or (sign is not None and ("-" in sign["s"] or "neg" in sign["s"]))
        states = tuple(f"{state} negative" for state in token.states) if negative else token.states
        start = token.start if cue is None else cue
        reading.add("biomarker", start, sign.end() if sign else token.end, marker=gene, states=states)
