"""Words that say what state a biomarker is in, and what several of them make together.

"Mutation", "exon 19 deletion", "L858R", "amplified", "positive", "low" are tokens. `find_tokens` gives those of a text;
`combine` makes of the tokens that belong to one marker its states: "EGFR mutation, negative" is the mutation, negated;
"HER2 expression, low" is low; "exon 19 deletion or L858R mutation" is these two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

import ahocorasick

from search.extraction.kinds.thresholds import Threshold, find_thresholds, state_of


class Kind(Enum):
    """What sort of state a token names."""

    VARIANT = "variant"
    NOUN = "noun"
    SIGN = "sign"
    LEVEL = "level"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True)
class Token:
    """A state in a text; offsets are into the text that was searched."""

    start: int
    end: int
    kind: Kind
    states: tuple[str, ...]
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What tokens make of a marker: its states, its threshold, and whether the statement denies them."""

    states: tuple[str, ...]
    threshold: str | None = None
    negated: bool = False


_TESTED = (
    r"(?![- ](?:status|test(?:ing|ed|s)?|assay|analys\w+|profil\w+|panel|screening|evaluation"
    r"|assessment|data|report)\b)"
)
_NO_LEVEL = (
    r"(?![- ]?(?:grade|risk|dos|volume|quality|sensitiv|frequen|burden|resolution|power|intensity"
    r"|fever|blood|density|speed|platelet|count|throughput|output|flow|incidence|-?level amplif"
    r"|molecular|back|income|white|viral|fat|pretest|hemo|haemo|titer|fluor))"
)
_NO_SIGN = (
    r"(?![- ]?(?:axillary|lymph\b|nod|margin|serolog|serum|urine|pregnan|predictive|sentinel|bone|hiv"
    r"|hep|hbs|hcv|blood|culture|antibod"
    r"|cytolog|biops|airway|pressure|attitude|psycho|ana\b|impact|control|effect|patch|skin|surgical"
    r"|resection|circum|inotrop|beta|b-hcg|selected))"
)
_NUMERAL = {"1": "I", "2": "II", "3": "III", "i": "I", "ii": "II", "iii": "III"}


def _noun(state: str) -> tuple[Kind, str]:
    return Kind.NOUN, state


# key: literal that an automaton finds → (pattern that must match there, what it is). The longest match at a place wins.
_WORDS: tuple[tuple[str, str, Kind, str], ...] = (
    ("mutat", rf"\bmutat(?:ions?|ed)\b(?:\(s\))?{_TESTED}", *_noun("mutation")),
    ("mutant", r"\bmutants?\b", *_noun("mutation")),
    ("mut", r"\bmut\b\+?", *_noun("mutation")),
    ("alter", rf"\balter(?:ations?|ed)\b(?:\(s\))?{_TESTED}", *_noun("alteration")),
    ("aberra", rf"\baberra(?:tions?|nt)\b{_TESTED}", *_noun("alteration")),
    ("abnormal", rf"\babnormalit(?:y|ies)\b{_TESTED}", *_noun("alteration")),
    ("variant", r"\bvariants?\b(?! of (?:un|un\w+/un)\w+)(?:\(s\))?", *_noun("mutation")),
    ("varia", (r"\b(?:variants?|variance|variations?) of (?:[\w-]+ )?(?:uncertain|unknown|undetermined|unclear"
    r"|unknown/ ?uncertain) (?:clinical )?significance\b"),
     *_noun("variant of uncertain significance")),
    ("significance", r"\bof (?:[\w/-]+ ){1,3}significance\b", *_noun("variant of uncertain significance")),
    ("defect", r"\bdefects?\b", *_noun("mutation")),
    ("rearrang", rf"\b(?:re-?)?arrang(?:ements?|ed)\b(?:\(s\))?{_TESTED}", *_noun("fusion")),
    ("re-arrang", rf"\bre-arrang(?:ements?|ed)\b{_TESTED}", *_noun("fusion")),
    ("rearang", r"\brearang(?:ements?|ed)\b", *_noun("fusion")),
    ("transloc", rf"\btransloc(?:ations?|ated)\b(?:\(s\))?{_TESTED}", *_noun("fusion")),
    ("fusion", rf"\bfusions?\b(?:\(s\))?{_TESTED}", *_noun("fusion")),
    ("fused", r"\bfused\b", *_noun("fusion")),
    ("amplif", rf"\bamplif(?:ications?|ied)\b(?:\(s\))?{_TESTED}", *_noun("amplification")),
    ("non-amplif", r"\bnon-?amplified\b", Kind.SIGN, "negative"),
    ("delet", rf"\bdelet(?:ions?|ed)\b(?:\(s\))?{_TESTED}", *_noun("deletion")),
    ("loss", r"\bloss\b(?! of (?:heterozyg|function|weight|appetite|conscious|response))", *_noun("loss")),
    ("lost", r"\blost\b", *_noun("loss")),
    ("inactivat", r"\binactivat(?:ion|ed)\b", *_noun("loss")),
    ("insertion", r"\binsertions?\b", *_noun("insertion")),
    ("overexpress", rf"\boverexpress(?:ion|ed|ing|es)?\b{_TESTED}", *_noun("overexpression")),
    ("over-express", rf"\bover-express(?:ion|ed|ing|es)?\b{_TESTED}", *_noun("overexpression")),
    ("over express", rf"\bover express(?:ion|ed|ing|es)?\b{_TESTED}", *_noun("overexpression")),
    ("express", rf"\b(?:co-?)?express(?:ion|ed|ing|es|ors?)?\b{_TESTED}(?! (?:level|score))", *_noun("expression")),
    ("positiv", rf"\b(?:sero)?positiv(?:e|ity)\b{_NO_SIGN}", Kind.SIGN, "positive"),
    ("pos", r"\bpos\b", Kind.SIGN, "positive"),
    ("+ve", r"\+ve\b", Kind.SIGN, "positive"),
    ("-ve", r"-ve\b", Kind.SIGN, "negative"),
    ("(+)", r"\(\+{1,3}\)", Kind.SIGN, "positive"),
    ("(-)", r"\(-\)", Kind.SIGN, "negative"),
    ("negativ", rf"\b(?:sero)?negativ(?:e|ity)\b{_NO_SIGN}", Kind.SIGN, "negative"),
    ("neg", r"\bneg\b", Kind.SIGN, "negative"),
    ("associated", r"\bassociated\b", Kind.SIGN, "related"),
    ("related", r"\brelated\b", Kind.SIGN, "related"),
    ("driven", r"\bdriven\b", Kind.SIGN, "related"),
    ("mediated", r"\bmediated\b", Kind.SIGN, "related"),
    ("wild", r"\bwild[- ]?types?\b", Kind.SIGN, "wild type"),
    ("wt", r"\bwt\b", Kind.SIGN, "wild type"),
    ("unmutated", r"\bunmutated\b", Kind.SIGN, "wild type"),
    ("non-mutated", r"\bnon-?mutated\b", Kind.SIGN, "wild type"),
    ("unrearranged", r"\bunrearranged\b", Kind.SIGN, "wild type"),
    ("deficien", r"\bdeficien(?:t|cy|cies)\b", Kind.SIGN, "deficient"),
    ("proficien", r"\bproficien(?:t|cy)\b", Kind.SIGN, "proficient"),
    ("intact", r"\bintact\b", Kind.SIGN, "proficient"),
    ("stable", r"\bstable\b(?! (?:disease|dos))", Kind.SIGN, "stable"),
    ("stability", r"\bstability\b", Kind.SIGN, "stable"),
    ("unstable", r"\bunstable\b", Kind.SIGN, "unstable"),
    ("low", rf"\blow(?:er)?\b{_NO_LEVEL}", Kind.LEVEL, "low"),
    ("ultralow", r"\bultralow\b", Kind.LEVEL, "ultralow"),
    ("ultra-low", r"\bultra-low\b", Kind.LEVEL, "ultralow"),
    ("zero", r"\b(?:zero|null)\b", Kind.LEVEL, "zero"),
    ("high", rf"\bhigh(?:er)?\b{_NO_LEVEL}", Kind.LEVEL, "high"),
    ("elevat", r"\belevat(?:ed|ion)\b", Kind.LEVEL, "high"),
    ("methylat", r"\bmethylat(?:ed|ion)\b", Kind.SIGN, "methylated"),
    ("unmethylat", r"\b(?:un|non-?)methylat(?:ed|ion)\b", Kind.SIGN, "unmethylated"),
    ("non-methyl", r"\bnon-methylated\b", Kind.SIGN, "unmethylated"),
    ("hypermethylat", r"\bhypermethylat(?:ed|ion)\b", Kind.SIGN, "methylated"),
    ("codelet", r"\b(?:co-?)delet(?:ed|ions?)\b", Kind.NOUN, "codeletion"),
    ("co-delet", r"\bco-delet(?:ed|ions?)\b", Kind.NOUN, "codeletion"),
    ("itd", r"\bitds?\b", Kind.VARIANT, "ITD"),
    ("internal tandem", r"\binternal tandem duplications?\b(?: \(itds?\))?", Kind.VARIANT, "ITD"),
    ("tkd", r"\btkd\b", Kind.VARIANT, "TKD"),
    ("tyrosine kinase dom", r"\btyrosine kinase domain\b(?: \(tkd\))?(?= (?:d835|mutat))", Kind.VARIANT, "TKD"),
    ("skipping", r"\b(?:exon 14[ -])?skipping\b(?: (?:mutat|alterat|variant)\w*)?", Kind.VARIANT, "exon 14 skipping"),
    ("ex14", r"(?:\b|(?<=met))ex14(?:[ -]?skipping| ?del)?\b", Kind.VARIANT, "exon 14 skipping"),
    ("homozygous", r"\bhomozygous delet\w+\b", *_noun("deletion")),
    ("not detected", r"\bnot detected\b", Kind.SIGN, "negative"),
)  # fmt: skip
_EXON = re.compile(
    r"\b(?:in[- ])?(?:exon|ex)[- ]?(?P<one>\d{1,2})(?P<more>(?:(?: ?, ?(?:and |or )?| (?:or|and"
    r"|and/or) | ?/ ?)(?:exon[- ]?)?\d{1,2}(?![\d.%]))*)(?:'s)?[- ,(]{0,2}"
    r"(?:(?:\w+[- ]){0,2}?(?P<what>del(?:etions?|eted)?s?\b|ins(?:ertions?)?s?\b|skipping\b"
    r"|dup(?:lication)?s?\b|substitution|point mutation|missense|mutat(?:ions?|ed)\b|alterations?\b"
    r"|(?:p\.)?l858r|(?:p\.)?l861q|g719x?)"
    r"(?P<again>(?: ?(?:and|or|/|and/or) ?(?:insertions?|deletions?))?(?: (?:skipping|mutations?"
    r"|variants?|alterations?))*)?)?"
)
_NUMBER_FIRST = re.compile(
    r"\b(?:(?P<d1>del(?:etions?)?|ins(?:ertions?)?) ?(?P<n1>19|20)\b|(?P<n2>19"
    r"|20)[- ]?(?:exon )?(?P<d2>del(?:etions?)?|ins(?:ertions?)?)\b"
    r"|(?P<d3>deletions?|insertions?|skipping|mutations?) (?:mutations? )?(?:in|of|within"
    r"|at) (?:the )?exons?[- ]?(?P<n3>\d{1,2})(?P<m3>(?:(?:, ?(?:or |and )?| or | and | and/or "
    r"|/)(?:exons? ?)?\d{1,2}(?!\d))*))"
)
_CHANGE = re.compile(
    r"(?<![\w.])(?:p\.)?\(?(?P<first>[A-Z]\d{2,4}(?:[A-Z]|fs|X|\*)|V600|R132|R140|R172|D835|I836|G12"
    r"|G13|Q61|W515|E545|H1047|[LGSRDE]\d{3,4}(?=X))"
    r"(?P<more>(?:(?: ?, ?(?:or |and )?| or | and "
    r"| ?/ ?)(?:p\.)?[A-Z](?:\d{2,4}[A-Z*])?(?![\w*]))*)\)?(?![A-Za-z0-9]|\+[a-z])"
)
_GLUED = re.compile(r"(?<=[A-Za-z])(?P<first>V600[EK]?|G12[CDVRAS]|T790M|L858R|R132H)(?![A-Za-z0-9])")
_CLASS = re.compile(
    r"\bclass (?P<classes>(?:1|2|3|i{1,3})(?:(?: ?, ?(?:or |and )?| or | and | ?/ ?|-)(?:class )?(?:1|2|3|i{1,3})\b)*)"
)
_NOT_A_CHANGE = re.compile(r"[TNM]\d")
_NON_V600 = re.compile(r"\bnon-?v600e?\b")


@cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    table: dict[str, list[tuple[re.Pattern[str], Kind, str]]] = {}
    for key, pattern, kind, state in _WORDS:
        table.setdefault(key, []).append((re.compile(pattern), kind, state))
    for key, rules in table.items():
        automaton.add_word(key, (len(key), tuple(rules)))
    automaton.make_automaton()
    return automaton


_LOOK_BEHIND = 8
"""Characters before a key in which its word may begin ("co-expressed", "exon 14 skipping")."""
_FAR_BEHIND = 36
"""The same for "of unknown or uncertain significance"."""


def find_tokens(plain: str, folded: str) -> list[Token]:
    """State tokens of a flowing text, in order, none overlapping.

    Args:
        plain: the text with its capitals, in which protein changes are told from words.
        folded: the same in lower case.
    """
    found: list[Token] = []
    for last, (length, rules) in _automaton().iter(folded):
        start = last - length + 1
        for pattern, kind, state in rules:
            match = pattern.match(folded, start) or _reaching(pattern, folded, start)
            if match is not None:
                found.append(Token(match.start(), match.end(), kind, (state,)))
    if "ex" in folded or "19" in folded or "20" in folded:
        found += _exons(folded)
    found += _changes(plain)
    if "class " in folded:
        for match in _CLASS.finditer(folded):
            classes = [_NUMERAL[one] for one in re.findall(r"1|2|3|i{1,3}", match["classes"])]
            found.append(
                Token(match.start(), match.end(), Kind.VARIANT, tuple(f"class {one} mutation" for one in classes))
            )
    if "v600" in folded:
        found += [Token(m.start(), m.end(), Kind.VARIANT, ("non-V600 mutation",)) for m in _NON_V600.finditer(folded)]
    found += [Token(one.start, one.end, Kind.THRESHOLD, (), one) for one in find_thresholds(folded)]
    found.sort(key=lambda token: (token.start, -token.end))
    kept: list[Token] = []
    for token in found:
        if not kept or token.start >= kept[-1].end:
            kept.append(token)
    return kept


def _reaching(pattern: re.Pattern[str], folded: str, start: int) -> re.Match[str] | None:
    """A match that begins shortly before a key and covers it."""
    behind = _FAR_BEHIND if folded.startswith("significance", start) else _LOOK_BEHIND
    for match in pattern.finditer(folded, max(0, start - behind), start + 3 * _LOOK_BEHIND):
        if match.start() < start < match.end():
            return match
    return None


def _exons(folded: str) -> list[Token]:
    found = []
    for match in _EXON.finditer(folded):
        numbers = [match["one"], *re.findall(r"\d+", match["more"] or "")]
        what = match["what"] or ""
        if what.startswith("del"):
            suffix = "deletion"
        elif what.startswith(("ins", "dup")):
            suffix = "insertion"
        elif what == "skipping":
            suffix = "skipping"
        elif "858" in what or "861" in what or "719" in what:
            found.append(Token(match.start(), match.end(), Kind.VARIANT, (what.removeprefix("p.").upper(),)))
            continue
        else:
            suffix = "mutation"
        found.append(Token(match.start(), match.end(), Kind.VARIANT, tuple(f"exon {one} {suffix}" for one in numbers)))
    for match in _NUMBER_FIRST.finditer(folded):
        what = match["d1"] or match["d2"] or match["d3"]
        suffix = {"del": "deletion", "ins": "insertion", "ski": "skipping", "mut": "mutation"}[what[:3]]
        numbers = [match["n1"] or match["n2"] or match["n3"], *re.findall(r"\d+", match["m3"] or "")]
        found.append(Token(match.start(), match.end(), Kind.VARIANT, tuple(f"exon {one} {suffix}" for one in numbers)))
    return found


def _changes(plain: str) -> list[Token]:
    found = []
    for pattern in (_CHANGE, _GLUED):
        for match in pattern.finditer(plain):
            first = match["first"]
            if _NOT_A_CHANGE.match(first) and not re.fullmatch(r"T\d{3}[A-Z]", first):
                continue
            states = [first]
            more = match["more"] if pattern is _CHANGE else ""
            residue = first.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ*")
            others = re.findall(r"[A-Z]\d{2,4}[A-Z*]|[A-Z]", more)
            states += [other if len(other) > 1 else residue + other for other in others]
            found.append(Token(match.start(), match.end(), Kind.VARIANT, tuple(states)))
    return found


_SENSITISING = re.compile(r"sensiti[sz]|sensitive|activating|common|classical")
_GENERIC = ("mutation", "alteration", "deletion", "insertion")
_VIRUSES = frozenset({"HPV", "EBV", "HHV8", "HTLV-1", "MCPyV"})
_RELATIVE = {"MSI": {"unstable": "high", "stable": "MSS", "deficient": "high", "positive": "high", "negative": "MSS"}}
_LOST_AS = {"MMR": "deficient"}


def combine(
    marker: str, tokens: Sequence[Token], around: str, *, open_list: bool = False, non: bool = False
) -> Reading | None:
    """What the tokens that belong to a marker make together; None where they make nothing.

    Args:
        marker: the marker.
        tokens: its tokens, in order.
        around: folded words from shortly before the marker to its last token; "germline" and "sensitising" are there.
        open_list: the variants are only examples ("mutations such as L858R").
        non: "non-" stands before the marker.
    """
    variants = _states(tokens, Kind.VARIANT)
    nouns = _states(tokens, Kind.NOUN)
    if marker == "TMB":
        nouns = []  # "10 mutations per megabase"
    if "variant of uncertain significance" in nouns:
        nouns = ["variant of uncertain significance"]
    signs = [state for state in _states(tokens, Kind.SIGN) if state != "related" or marker in _VIRUSES]
    signs = ["positive" if state == "related" else state for state in signs]
    levels = _states(tokens, Kind.LEVEL)
    thresholds = [token.threshold for token in tokens if token.threshold is not None]
    threshold = "; ".join(dict.fromkeys(one.words for one in thresholds)) or None
    denied = any(sign in ("negative", "wild type") for sign in signs) and not any(sign == "positive" for sign in signs)
    relative = _RELATIVE.get(marker, {})
    states: list[str]
    negated = False
    if open_list and variants:
        variants = []
        nouns = nouns or ["mutation"]
    if variants:
        states = variants + [noun for noun in nouns if noun not in (*_GENERIC, "expression")]
        negated = denied
    elif nouns:
        states, negated = _of_nouns(marker, nouns, signs, levels, around, denied=denied)
    elif signs:
        states = [relative.get(sign, sign) for sign in signs]
        if levels and (relative or signs == ["positive"]):
            states = levels
    elif levels:
        states = levels
    else:
        states = []
    implied = [state_of(marker, one) for one in thresholds]
    contrary = states == ["positive"] and implied == ["negative"]  # "positive cells < 1 %"
    if thresholds and (not states or contrary or set(states) <= {"expression", "overexpression"}):
        states = [state for state in implied if state] or states
    if not states:
        return None
    states = ["expression" if one == "overexpression" else one for one in states]
    if non:
        states, negated = _denied(marker, states)
    return Reading(tuple(dict.fromkeys(states)), threshold, negated)


def _states(tokens: Sequence[Token], kind: Kind) -> list[str]:
    return list(dict.fromkeys(state for token in tokens if token.kind is kind for state in token.states))


def _of_nouns(
    marker: str, nouns: list[str], signs: list[str], levels: list[str], around: str, *, denied: bool
) -> tuple[list[str], bool]:
    expressed = [noun for noun in nouns if noun in ("expression", "overexpression")]
    if "loss" in nouns and expressed:
        return ["loss"], denied
    if expressed and len(expressed) == len(nouns):
        if levels:
            return levels, denied
        if denied:
            return ["negative"], False
        if "positive" in signs or (marker == "HER2" and "overexpression" in nouns):
            return ["positive"], False
        return expressed[-1:], False
    if denied and "wild type" in signs:
        return ["wild type"], False
    if "deficient" in signs:
        return [*nouns, "deficient"], False
    if marker in _VIRUSES and "positive" in signs:
        return ["positive"], False
    states = [_qualified(marker, noun, around) for noun in nouns]
    if "methylated" in signs:
        return ["methylated"], False
    return states, denied


def _denied(marker: str, states: list[str]) -> tuple[list[str], bool]:
    """States behind "non-": "non-MSI-H", "non-EBV-driven", "non-BRCA-mutated"."""
    if marker == "MSI" and "high" in states:
        return ["non-high"], False
    if marker == "MMR" and "deficient" in states:
        return ["proficient"], False
    if states == ["positive"]:
        return ["negative"], False
    return states, True


def _qualified(marker: str, noun: str, around: str) -> str:
    """A noun with what the words around it add: germline, somatic, sensitising."""
    if noun == "mutation" and marker == "EGFR" and _SENSITISING.search(around):
        return "sensitising mutation"
    if noun == "mutation" and ("germline" in around) != ("somatic" in around):
        return "germline mutation" if "germline" in around else "somatic mutation"
    return _LOST_AS.get(marker, noun) if noun == "loss" else noun
