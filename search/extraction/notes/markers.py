"""Biomarker results of a note: marker, state, and the value as reported.

A result stands behind its marker ("ER 90%", "HER2 IHC 2+, FISH ratio 1.3", "BRAF/NRAS wt", "KRAS G12D"), in a sign
glued to it ("ER+"), or before it ("no EGFR, ALK or ROS1 alteration", "wild-type KRAS"). Markers joined by slashes share
theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from search.extraction.kinds.marker_states import Kind, Token, find_tokens
from search.extraction.notes.assertion import is_relative
from search.extraction.notes.marker_scores import IHC, STAINED, Result, scored
from search.extraction.notes.spans import Spans
from search.extraction.notes.text import Json, NoteFact, NoteText
from search.terminology.markers import find_markers, is_target

_TRIPLE = re.compile(r"\b(?:tnbc|triple[- ]neg(?:ative)?)\b")
_RECEPTORS = ("ER", "PR", "HER2")
_EXTRA = re.compile(
    r"(?<![\w/-])(?P<name>CPS|TPS|PR|PgR|ER|HR|HER-?2|p16|MSS|MSI-?H|MSI-?L|dMMR|pMMR|KIT|MET|RET"
    r"|AR)(?=\s?[+(-]|\s\d|/|\s?neg|\s?pos|,|;|\.|\s|$)"
)
_EXTRA_NAMES = {
    "CPS": ("PD-L1",),
    "TPS": ("PD-L1",),
    "PGR": ("PR",),
    "PR": ("PR",),
    "ER": ("ER",),
    "HR": ("ER", "PR"),
    "HER2": ("HER2",),
    "P16": ("p16",),
    "KIT": ("KIT",),
    "MET": ("MET",),
    "RET": ("RET",),
    "AR": ("AR",),
}
_SAID = {
    "mss": ("MSI", "MSS"),
    "msi-h": ("MSI", "high"),
    "msih": ("MSI", "high"),
    "msi-l": ("MSI", "low"),
    "msil": ("MSI", "low"),
    "dmmr": ("MMR", "deficient"),
    "pmmr": ("MMR", "proficient"),
}
_JOINT = re.compile(r"\s*(?:/|&|,\s*(?:and\s+|or\s+)?|and|or|\+(?=\s?[A-Z]))\s*")
_TESTS_ONLY = re.compile(
    r"\s*(?:test(?:ing)?|status|panel|assay)?\s*(?:pending|unknown|not (?:done|tested|available)|not yet|sent"
    r"|awaited|\?)|\?"
)
_SIGN = re.compile(r"\s?(?P<s>\+{1,3}(?!\s?\d)|\(\+\)|\(-\)|-(?=[\s,;/.)]|$)|\u2212(?=[\s,;/.)]|$))")
_FUSED = re.compile(r"-[A-Z][A-Z0-9]{2,}\b")
_NONE_BEFORE = re.compile(
    r"\b(?:no|without|lacks?|negative for|neg for|absence of|wild[- ]?type for|no evidence of)\s+(?:(?:known"
    r"|actionable|targetable|evidence|of|sensiti\w+|activating|"
    r"pathogenic|germline|somatic|other|detectable|the|any|a|an|driver|mutations?|alterations?|in"
    r"|oncogenic)[- ]){0,4}(?:[\w/-]+\s?(?:,|/|and|or|&)\s?(?:or |and )?){0,8}\s?$"
)
_WILD_BEFORE = re.compile(r"\b(?:wild[- ]?type|wt)\s+(?:[\w/-]+\s?(?:,|/|and|or|&)\s?(?:or |and )?){0,8}$")
_POSITIVE_BEFORE = re.compile(
    r"\b(?:positive for|pos for|mutated|mutant|mutations? (?:in|of))\s+(?:(?:a|an|the)\s+)?(?:[\w/-]+\s?(?:,|/"
    r"|and|&)\s?(?:and )?){0,6}$"
)
_NOUN_AFTER = re.compile(
    r"\s*(?:or\s)?(?:other\s)?(?:\w+\s){0,1}?(?P<noun>mutat\w+|alterat\w+|fusions?|rearrang\w+|translocat\w+"
    r"|amplif\w+|driver\w*|variants?|abnormalit\w+|expression)\b"
)
_MUTATED = re.compile(
    r"\b(?:pathogenic|truncat\w+|frameshift|nonsense|missense|splice|lof|loss of function|biallelic|hotspot"
    r"|mut|c\.\d+)\b|\bp\.\w+|\bex(?:on)?\s?\d+\b"
)
_NOT_ALTERED = re.compile(
    r"^[\s:(]*(?:\w+\s){0,2}?(?:not (?:altered|mutated|detected|amplified|rearranged|found)|(?:un"
    r"|non-?)(?:altered|mutated|amplified|rearranged)|neg\b|negative\b|wt\b|wild[- ]?type|wildtype|intact"
    r"|germline (?:neg|negative|wt)|non-?carrier|no mutation|none)"
)
_LAST_IN_LIST = re.compile(
    r"[\s:]*(?:all|both|each)?\s*(?:neg\b|negative|wt\b|wild[- ]?type|wildtype|not detected|mut\w*|pos\b"
    r"|positive|normal|intact|non-?reactive)"
)
_LIMIT = 30
"""Markers that can share a result."""
_MOST = 1000
"""Markers that are looked at in a note."""
_WINDOW = 80
_RESISTANT = re.compile(r"\bBCR[-:]+ABL1?\b[^.;]{0,40}?\b(T315I)\b(?! neg)")
_OTHER_A2 = re.compile(r"\bA\*02:(?!01)\d\d\b(?!.*A\*02:01)", re.DOTALL)
_SEQUENCED = re.compile(
    r"\b(?:ngs|sequencing|panel|foundation\w*|guardant\w*|caris|tempus|mutations?|alterations?|molecular)\b[^.;]{0,40}$"
)
_TRANSLOCATED = re.compile(r"BCR[-:]+ABL1?|t\(\d|Ph\+")
_JOINED_GENES = re.compile(r"\b(?P<a>[A-Z][A-Z0-9]{1,7})::(?P<b>[A-Z][A-Z0-9]{1,7})\b")
_LEADING = frozenset({"SS18", "EWSR1", "PAX3", "PAX7", "BCR", "KMT2A", "NUP98"})
"""Genes that name a fusion where they come first; other fusions go by the gene that comes second (the kinase)."""
_GENE_LIKE = re.compile(r"[A-Z]{2,}")


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    markers: tuple[str, ...]
    said: str | None = None


def markers(note: NoteText) -> Iterator[NoteFact]:
    """Every marker with a result; the last result of a marker counts, unless it only says less."""
    kept: dict[str, NoteFact] = {}
    for marker, result, start in _results(note):
        value: dict[str, Json] = {"marker": marker, "state": result.state}
        if result.value:
            value["value"] = result.value
        earlier = kept.get(marker)
        if earlier is not None and isinstance(earlier.value, dict):
            before = str(earlier.value["state"])
            if result.state in _COARSE and before not in {"positive", "negative", "wild type"}:
                continue
            if result.state in {"wild type", "negative"} and before not in _COARSE and before != "IHC 2+":
                continue
        kept[marker] = note.fact("biomarkers", value, start, result.end)
    yield from kept.values()


_COARSE = frozenset({"positive", "mutation", "expression", "alteration"})


def positive_markers(facts: list[NoteFact]) -> frozenset[str]:
    """Markers that facts say are present."""
    return frozenset(
        str(fact.value["marker"])
        for fact in facts
        if isinstance(fact.value, dict) and fact.value["state"] not in {"negative", "wild type", "loss"}
    )


def _named(note: NoteText) -> list[_Named]:
    found = [
        _Named(one.start, one.end, one.markers, _SAID.get(one.quote.lower().replace("-", ""), ("", None))[1])
        for one in find_markers(note.text)
    ]
    found = [replace(one, markers=_renamed(note.text[one.start : one.end], one.markers)) for one in found]
    spans = Spans((one.start, one.end) for one in found)
    for match in _EXTRA.finditer(note.text):
        if spans.near(match.start(), match.end()):
            continue
        name = match["name"].upper().replace("-", "")
        said = _SAID.get(match["name"].lower().replace("msi", "msi")) or _SAID.get(name.lower())
        if said is not None:
            found.append(_Named(match.start(), match.end(), (said[0],), said[1]))
        elif name in _EXTRA_NAMES and not is_target(note.text, match.start(), match.end()):
            if name in {"PR", "AR", "MET", "RET", "KIT"} and not _SIGNED_NEAR.match(note.text, match.end()):
                continue  # "PR" is a partial response as often as a receptor
            found.append(_Named(match.start(), match.end(), _EXTRA_NAMES[name]))
    return sorted(found, key=lambda one: one.start)


_QUOTED = {"p16": ("p16",), "ntrk": ("NTRK",), "p16ink4a": ("p16",)}
"""Names that stay as the note says them: p16 is a stain, "NTRK" all three genes."""


def _renamed(quote: str, meant: tuple[str, ...]) -> tuple[str, ...]:
    return _QUOTED.get(quote.lower(), meant)


_SIGNED_NEAR = re.compile(
    r"\s?(?:[+]|-(?=[\s,;/.)]|$)|\(\+\)|\(-\)|\d{1,3}\s?%|\s?(?:neg|pos)|\s(?:wt|wild|mut|exon|amp|ihc|0\b"
    r"|allred|low\b)|[ /]+(?:HER-?2|ER)\b)",
    re.IGNORECASE,
)


def _results(note: NoteText) -> Iterator[tuple[str, Result, int]]:
    for match in _TRIPLE.finditer(note.lower):
        if not is_relative(note, match.start(), match.end()):
            for marker in _RECEPTORS:
                yield marker, Result("negative", match.end()), match.start()
    for match in _JOINED_GENES.finditer(note.text):
        marker = match["a"] if match["a"] in _LEADING else match["b"]
        if marker == "BCR":
            yield "BCR-ABL1", Result("positive", match.end()), match.start()
        elif not is_relative(note, match.start(), match.end()):
            yield marker, Result("fusion", match.end()), match.start()
            if marker == match["a"]:  # a trial may ask for it by either of its genes
                yield match["b"], Result("fusion", match.end()), match.start()
    for match in _RESISTANT.finditer(note.text):
        yield "ABL1", Result("T315I", match.end()), match.start(1)
    named = [
        one
        for one in _named(note)[:_MOST]
        if not _JOINED_GENES.match(note.text, one.start) and note.text[one.start - 2 : one.start] != "::"
    ]
    place = 0
    while place < len(named):
        group = [named[place]]
        while (
            place + 1 < len(named)
            and len(group) < _LIMIT
            and group[-1].said is None
            and _JOINT.fullmatch(note.text, group[-1].end, named[place + 1].start)
        ):
            place += 1
            group.append(named[place])
        place += 1
        follows = named[place].start if place < len(named) else len(note.text)
        if not is_relative(note, group[0].start, group[-1].end):
            yield from _of_group(note, group, follows)


def _of_group(note: NoteText, group: list[_Named], follows: int) -> Iterator[tuple[str, Result, int]]:
    end = group[-1].end
    if group[-1].said is None and _TESTS_ONLY.match(note.lower, end):
        return
    before = note.before(group[0].start, 100)
    denied = _NONE_BEFORE.search(before)
    wild = _WILD_BEFORE.search(before)
    noun = _NOUN_AFTER.match(note.lower, end)
    shared: Result | None = None
    if wild is not None:
        shared = Result("wild type", end)
    elif denied is not None and _is_denial(note, group):
        plural = noun["noun"] if noun else ""
        shared = Result(
            "negative" if plural.startswith(("fus", "rearr", "transl", "amplif", "expr")) else "wild type", end
        )
    for number, one in enumerate(group):
        stop = group[number + 1].start if number + 1 < len(group) else min(follows, end + _WINDOW)
        stop = min(stop, note.sentence(one.start)[1])
        if one.said is not None:
            yield one.markers[0], Result(one.said, one.end), one.start
            continue
        for marker in one.markers:
            result = _own(note, marker, one, stop)
            if shared is not None and (result is None or not result.value):
                result = None  # what is denied together has no state of its own but a measured one
            if result is None and shared is None and number + 1 < len(group):
                result = _from_last(note, marker, group, follows)
            result = result or shared
            if result is None and _POSITIVE_BEFORE.search(before):
                result = Result(
                    "mutation" if _GENE_LIKE.match(marker) and marker not in STAINED else "positive", one.end
                )
            if result is None and len(group) > 1 and _SEQUENCED.search(before) and _found_change(note, group, follows):
                result = Result("mutation", one.end)
            if result is None and _TRANSLOCATED.match(note.text, one.start):
                result = Result("positive", one.end)
            if result is not None:
                yield result.marker or marker, _spoken(marker, result), one.start


def _found_change(note: NoteText, group: list[_Named], follows: int) -> bool:
    """Whether the last marker of a list comes with a protein change: then the list is of what was found."""
    last = group[-1]
    result = _own(note, last.markers[0], last, min(note.sentence(last.start)[1], follows, last.end + _WINDOW))
    return result is not None and re.search(r"[A-Z]\d+|exon|mutation", result.state) is not None


def _is_denial(note: NoteText, group: list[_Named]) -> bool:
    """Whether "no" before markers denies what is named, and not a drug or a test."""
    return not re.match(
        r"\s*(?:test|inhibitor|agent|therap|status|drug|report|result|antibod|vaccine|germline test)",
        note.lower[group[-1].end :][:30],
    )


_NO_GENE = re.compile(r"CD\d+\w?|HPV|EBV|p16|ER|PR")
"""Markers that are found or not: nothing of them is mutated."""


def _spoken(marker: str, result: Result) -> Result:
    """A state in the words that go with its marker."""
    if marker in {"MMR"} and result.state in {"negative", "wild type"}:
        return replace(result, state="proficient")
    if marker == "MSI" and result.state in {"negative", "wild type", "stable"}:
        return replace(result, state="MSS")
    if marker in STAINED and result.state == "wild type":
        return replace(result, state="negative")
    if _NO_GENE.fullmatch(marker) and result.state in {"mutation", "fusion", "alteration"}:
        return replace(result, state="positive")
    return result


def _from_last(note: NoteText, marker: str, group: list[_Named], follows: int) -> Result | None:
    """What stands behind the last marker of a list belongs to all that say nothing themselves ("BRAF/NRAS wt")."""
    last = group[-1]
    stop = min(note.sentence(last.start)[1], follows, last.end + _WINDOW)
    result = _own(note, marker, last, stop)
    if result is None or (result.value and _LAST_IN_LIST.match(note.lower, last.end) is None):
        return None
    if re.search(r"[A-Z]\d+|exon|IHC", result.state):
        return None
    return result


def _own(note: NoteText, marker: str, one: _Named, stop: int) -> Result | None:
    """The result that stands behind a marker, up to `stop`."""
    text, lower = note.text[one.end : stop], note.lower[one.end : stop]
    quote = note.lower[one.start : one.end]
    cut = re.search(r";|\.\s|\bwith (?:liver|lung|bone|brain|multiple)|\bnow\b|\bs/p\b|->", lower)
    if cut is not None:
        text, lower = text[: cut.start()], lower[: cut.start()]
    if marker in {"HLA-A*02:01"} or marker.startswith("HLA-"):
        if quote in {"hla-a2", "hla a2", "a2"} and _OTHER_A2.search(note.text):
            return Result("negative", one.end)  # typing at the level of alleles settles the serological group
        gone = re.match(r"[\s:]*(?:neg|negative|-(?=[\s,;.]|$)|not)", lower)
        return Result("negative" if gone else "positive", one.end)
    if _FUSED.match(note.text, one.end) and re.search(
        r"fus|transloc|t\(|\bsyt\b|rearr|::", note.lower[max(0, one.start - 30) : one.end + 30]
    ):
        return Result("fusion", one.end)
    sign = _SIGN.match(text)
    if sign is not None and not (marker == "HER2" and IHC.match(text)):
        positive = "+" in sign["s"]
        return _of_sign(marker, positive, one.end + sign.end())
    score = scored(marker, quote, lower, one.end)
    if score is not None:
        return score
    if _NOT_ALTERED.match(lower):
        stained = (
            marker in STAINED
            or marker in {"PD-L1", "HPV", "EBV", "BCR-ABL1"}
            or re.match(r"[\s:(]*(?:neg|not amp|not rearr|non-?amp)", lower)
        )
        wild = re.match(r"[\s:(]*(?:\w+\s)?(?:wt|wild)", lower)
        return Result("negative" if stained and not wild else "wild type", one.end)
    return _by_tokens(note, marker, quote, text, lower, one)


def _of_sign(marker: str, positive: bool, end: int) -> Result:
    if marker == "MMR":
        return Result("deficient" if positive else "proficient", end)
    return Result("positive" if positive else "negative", end)


def _by_tokens(note: NoteText, marker: str, quote: str, text: str, lower: str, one: _Named) -> Result | None:
    """States in words, in the name itself ("ALK fusion") or behind it."""
    whole = quote + lower
    plain = note.text[one.start : one.end] + text
    tokens = [token for token in find_tokens(plain, whole) if token.end > len(quote) or token.start > 0]
    near = [token for token in tokens if _reached(whole, len(quote), token)]
    signs = [token for token in near if token.kind in {Kind.SIGN, Kind.LEVEL}]
    changes = [token for token in near if token.kind is Kind.VARIANT]
    nouns = [token for token in near if token.kind is Kind.NOUN]
    denied = any(token.states[0] in {"negative", "wild type"} for token in signs) or re.search(
        r"\bnot (?:detected|found|altered|mutated|amplified|seen)\b|\bno mutation|\bundetected",
        whole[: len(quote) + 60].split(",")[0],
    )
    end = one.end + max([token.end - len(quote) for token in near], default=0)
    end = max(end, one.end)
    if changes:
        state = changes[0].states[0]
        if (denied and signs and _only_for(changes[0], signs[0])) or (denied and not signs):
            return Result("wild type" if marker not in {"IDH1", "IDH2"} else f"{state} negative", end)
        return Result(state, end)
    if nouns:
        state = nouns[0].states[0]
        if denied:
            return Result(
                "negative" if state in {"fusion", "amplification", "expression", "overexpression"} else "wild type", end
            )
        if state == "loss" and marker == "MMR":
            return Result("deficient", end)
        if state == "mutation" and "germline" in note.before(one.start, 12) + whole[: len(quote) + 40]:
            return Result("germline mutation", end)
        return Result("positive" if state in {"expression", "overexpression"} else state, end)
    if signs:
        state = signs[0].states[0]
        return Result({"unstable": "high", "stable": "MSS"}.get(state, state), end)
    if re.match(r"[\s:]*amp\b", lower):
        return Result("amplification", one.end + 4)
    if re.match(r"[\s:]*retained\b", lower):
        return Result("retained", one.end + 9)
    if _MUTATED.search(lower[:40].split(",", maxsplit=1)[0]):
        return Result("mutation", end)
    return None


def _reached(whole: str, name: int, token: Token) -> bool:
    """Whether a token speaks of the marker: in its name, or behind it without a comma that starts another fact."""
    if token.start < name:
        return True
    between = whole[name : token.start]
    return (
        len(between) < 45
        and "," not in re.sub(r"\([^()]*\)", "", between)
        and not re.search(r"\b(?:but|with|then)\b", between)
    )


def _only_for(change: Token, sign: Token) -> bool:
    return sign.start >= change.end and sign.start - change.end < 25
