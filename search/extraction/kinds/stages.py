"""Stages of the disease under study: groups of every system, ranges expanded, and TNM.

A group and the TNM beside it ("stage II (T2, N0, M0)") are one criterion: apposition, not conjunction. Stages of other
malignancies, of other diseases (heart failure, ulcers, kidney disease, Parkinson) and of the trial itself are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from search.eligibility.criterion import Requirement, Section, Stage
from search.extraction.flow import flow
from search.extraction.kinds.disease import (
    LONGEST,
    MOST,
    disease,
    is_conditional,
    is_negated,
    is_other,
    is_purpose,
    without_hampered,
    words_before,
)
from search.extraction.kinds.tnm import bound_of, tnm_regions
from search.extraction.normal import fold
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader
from search.terminology import oncotree
from search.terminology.stages import expand_range, parse_group, rows_for, stage_groups

_VALUE = (
    r"(?:(?<![a-z0-9])(?!is\b)(?:iv|iii|ii|i|v|[0-4\u2160-\u2163])(?:(?:-?[a-d](?:(?:/|-| or | and )[b-d](?![a-z0-9]))+"
    r"|-?(?:[a-d]|s|(?-i:E))(?![a-z])| (?-i:[A-D])(?![A-Za-z]|[ -]cell))(?:[ -]?\(?[1-3](?![\d.%])\)?"
    r"|\((?:i{1,3})\))?"
    r"|(?<=ii)[12](?!\d)(?-i:E)?)?(?![a-z0-9]))"
)
_FILLER = (
    r"(?:(?:clinical(?:ly)?|patholog\w+|operable|inoperable|select(?:ed)?|(?:un)?resectable|(?:un)?resected"
    r"|anatomic(?:al)?|early|figo|ajcc|insr|inss"
    r"|non-?bulky|bulky|metastatic|recurrent|persistent|advanced|high[- ]risk|low[- ]risk|favou?rable"
    r"|unfavou?rable|disease|optimal(?:ly debulked)?"
    r"|suboptimal|node[- ]positive|primary)\s+){0,3}"
)
_SEPARATOR = (
    r"\s*(?:\([^()]{0,60}\)\s*)?(?:,\s*(?:and/or|and|or|&)?|/|&|-|to|through|thru|up to|and/or"
    r"|or|and|versus|vs\.?|;)\s*"
    rf"{_FILLER}(?:stages?\s+)?{_FILLER}"
)
_LIST = rf"{_VALUE}(?:{_SEPARATOR}{_VALUE})*"
_WORD = r"(?:stag(?:es?|ed|ing)|stage\(s\)|stadium)"
_STAGE = re.compile(
    rf"\b{_WORD}"
    r"(?:\s*(?:group(?:ing)?|disease|grade|as|is|of|was|at least|[:=(\"-]|\([^()]{0,30}\)))*"
    rf"\s*(?P<list>{_LIST})",
    re.IGNORECASE,
)
_SYSTEMS = {
    "Ann Arbor": r"ann[ -]arbor",
    "Lugano": r"lugano",
    "FIGO": r"\bfigo\b|international federation of gyn",
    "INSS": r"\binss\b|international neuroblastoma staging",
    "INRGSS": r"\binrg(?:ss)?\b",
    "R-ISS": r"\br-?iss\b|revised (?:iss\b|international staging)",
    "ISS": r"\biss\b|international staging system",
    "Durie-Salmon": r"durie|salmon",
    "Rai": r"\brai\b",
    "Binet": r"\bbinet\b",
    "BCLC": r"\bbclc\b|barcelona",
    "Dukes": r"\bdukes?\b",
    "Masaoka": r"masaoka",
    "ENSAT": r"\bensat\b",
    "Siewert": r"siewert",
    "Murphy": r"murphy|st\.? jude",
    "AJCC": r"\bajcc\b|american joint|\buicc\b|\btnm\b",
}
_SYSTEM_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _SYSTEMS.items())
_LETTERED = ("BCLC", "Binet", "Dukes")
_WHITMORE = "Jewett-Whitmore"
"""The letters of prostate cancer, which old texts write without the system's name."""
_LETTERS = r"[A-D](?:[1-3](?!\d))?(?![A-Za-z])"
_LETTER_STAGE = re.compile(
    r"(?:[Ss]tages?|STAGES?|BCLC|Binet|Dukes'?s?)(?:\s*(?:[Ss]tag(?:es?|ing)|\([^()]{0,40}\)|[Cc]lass(?:ification)?"
    r"|[Ss]ystem|[Gg]roup|[:=-]))*"
    rf"\s*(?P<list>{_LETTERS}(?:\s*(?:,\s*(?:or|and)?|/|-|or|and|to)\s*(?:stages?\s+)?{_LETTERS})*)"
)
_NAMED = ("arbor", "rai", "iss", "masaoka", "durie", "figo", "ajcc", "clinical group", "lugano")
_NAMED_LIST = re.compile(
    r"\b(?:ann[ -]arbor|rai|iss|r-?iss|inss|masaoka|durie[- ]salmon|figo|ajcc|clinical group|lugano criteria)\b"
    r"(?:\s*(?:(?:classification"
    r"|system|criteria|staging|stages?|group|risk)\b|[:=(]))*"
    rf"\s*(?P<list>(?=[iv]){_LIST})",
    re.IGNORECASE,
)
_RISK = re.compile(
    r"\b(?P<list>(?:low|intermediate|high)(?:[- ]risk)?(?:(?:,|/|\s+or|\s+and|\s+to)+\s*(?:low"
    r"|intermediate|high)(?:[- ]risk)?)*)\b[^.;]{0,60}\brai\b"
    r"|\brai\b\s*(?:stage|risk|group)*\s*(?P<after>(?:low|intermediate|high)(?:[- ]risk)?(?:(?:,"
    r"|/|\s+or|\s+and|\s+to)+\s*(?:low|intermediate|high)(?:[- ]risk)?)*)"
)
_VALG = re.compile(r"\b(?P<list>limited|extensive)(?:[- ]stage|[- ]disease)\b|\b(?P<short>(?:ls|es|ld|ed)-?sclc)\b")
_VALG_OR = re.compile(
    r"\blimited(?:[- ](?:stage|disease))?,?\s*(?:or|and|/|-)\s*extensive|\bextensive(?:[- ](?:stage"
    r"|disease))?,?\s*(?:or|and|/|-)\s*limited"
)
_NODES = re.compile(r"\b(?:lymph[- ]?)?nod(?:e|al)(?:[- ]status)?[- ](?P<sign>negative|positive)\b")
_OTHER_DISEASE = re.compile(
    r"kidney|renal|\bckd\b|heart|nyha|\bchf\b|cardiac|hypertens|ulcer|sleep|retinopath|tanner|pubert"
    r"|gvhd|graft|fibrosis|cirrhosis|lymphedema|lymphoedema"
    r"|hoehn|yahr|parkinson|\bcopd\b|\bgold\b|dementia|alzheimer|osteonecro|decubit|cataract|periodont"
    r"|malnutr|pressure sore|hypoxi|\baki\b|nephropath"
    r"|neuropath|osteoarthr|sarcopeni|cachexia|encephalopath|mucositis|pressure injur|anesthe|anaesthe"
    r"|peripheral arter|hemorrhoid|prolapse|endometriosis"
    r"|glaucoma|motor|learning|behavio|readiness|life stage|developmental|\brop\b"
)
_TRIAL_PART = re.compile(
    r"^\W{0,2}\s*(?:of (?:the |this )?(?:study|trial|protocol|treatment|research)|only\b|enrol"
    r"|cohort|randomi|participants|subjects|dose|design|expansion|escalation|portion|part\b)"
)
_AXIS_STAGE = re.compile(r"\b[ntmg][ -]$")
_TWO_STAGE = re.compile(r"\b(?:in|for|during|of|two|first|second|the|study|trial)[ -]$")
_PERMITS = re.compile(
    r"\b(?:are|is|be) (?:\w+ )?(?:eligible|included|enrolled|acceptable|allowed|permitted)(?: (?:if"
    r"|provided|only|when|with|for)\b)"
)
_DEFINES = re.compile(r"\W{0,3}=|:\s|(?:is )?defined as\b")
_MENTIONED = re.compile(
    r"\b(?:exceptions?|considered|counted|regarded|results? in|if (?:the )?(?:patient|tumou?r)s?)\b[^.;]{0,80}$"
)
_BESIDE = re.compile(
    r"[\s,:;(\[=-]{0,4}(?:(?:i\.e\.|ie|that is|defined as|corresponding to|tnm|ajcc|clinical|or)[\s,:(]{0,3}){0,2}"
)
_EDITION = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)\b[^.;]{0,30}(?:edition|ajcc|uicc|tnm|ed\b)|(?:version|v|edition"
    r"|ajcc|uicc|ed\.?)[ .]?(\d)\b|\b(eighth|seventh|sixth|ninth|fifth)\b"
)
_ORDINALS = {"fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8", "ninth": "9"}
_NEAR = 40
_SYSTEM_NEAR = 110


@dataclass(frozen=True, slots=True)
class _Found:
    """A stage expression; offsets in the line."""

    start: int
    end: int
    values: tuple[str, ...] = ()
    tnm: tuple[str, ...] = ()
    system: str | None = None


class StageReader:
    """Reads stage groups and TNM."""

    triggers: tuple[str, ...] = (
        *(
            "stage",
            "staging",
            "stadium",
            "tnm",
            "figo",
            "ajcc",
            "bclc",
            "binet",
            "dukes",
            "masaoka",
            "ann arbor",
            "durie",
            "extensive",
            "limited",
        ),
        *("sclc", "rai ", "iss ", "node-", "node ", "nodal", "lugano", "clinical group"),
        *(
            "t0",
            "t1",
            "t2",
            "t3",
            "t4",
            "tis",
            "tx",
            "any t",
            "any n",
            "tany",
            "nany",
            "n0",
            "n1",
            "n2",
            "n3",
            "nx",
            "m0",
            "m1",
            "(any)",
        ),
    )

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """All stages of the line."""
        if not disease(text).oncology:
            return
        flowing = flow(line.plain)
        flat = flowing.text[:LONGEST]
        line = without_hampered(line)
        expressions = sorted(_expressions(flat, fold(flat), text), key=lambda f: (f.start, -f.end))
        for merged in _merged(expressions, flat)[:MOST]:
            found = replace(merged, start=flowing.original(merged.start), end=flowing.original(merged.end - 1) + 1)
            start, end = line.start + found.start, line.start + found.end
            before = words_before(line, found.start)
            after = " ".join(line.folded[found.end : found.end + _SYSTEM_NEAR].split())
            if is_other(line, start, end, text) or is_purpose(before) or _is_of_another(line, found, before):
                continue
            if not found.values and _DEFINES.match(after):
                continue
            if is_conditional(before, after) or _MENTIONED.search(before):
                continue
            resolved = stance(line, start, end, text)
            requirement = resolved.requirement
            included = line.section is Section.INCLUSION and text.parent(line) is None
            if requirement is Requirement.PROHIBITED and included and not is_negated(before, after):
                requirement = Requirement.REQUIRED
            if requirement is Requirement.ALLOWED and line.section is Section.INCLUSION and _PERMITS.search(before):
                requirement = Requirement.REQUIRED
            if requirement is Requirement.PROHIBITED and line.section is Section.INCLUSION and "M0" in found.tnm:
                requirement = Requirement.REQUIRED  # "no distant metastases, i.e. T1 N0 M0"
            if requirement is Requirement.REQUIRED and line.section is Section.EXCLUSION:
                continue  # "no node dissection (pNX)": a negation that speaks of something else
            yield Finding(
                Stage(found.values, found.tnm, found.system, _edition(line.folded, found)),
                start,
                end,
                requirement,
                0.95 if found.values else 0.9,
                exception=resolved.exception,
            )


def _site(text: CriteriaText) -> str | None:
    """A code that stands for the disease's site in the stage tables, if the record names one site."""
    codes = sorted(code for code in disease(text).codes if code not in oncotree.PSEUDO)
    if not codes or len({oncotree.node(code).tissue for code in codes}) > 1:
        return None
    return next((code for code in codes if rows_for(code)), codes[0])


def _expressions(flat: str, folded: str, text: CriteriaText) -> Iterator[_Found]:
    site = _site(text)
    for match in _STAGE.finditer(flat):
        yield from _listed(match, folded, site)
    for match in _NAMED_LIST.finditer(flat) if any(map(folded.__contains__, _NAMED)) else ():
        yield from _listed(match, folded, site)
    lettered = any(name.lower() in folded for name in _LETTERED) or "barcelona" in folded
    whitmore = any(oncotree.node(code).tissue == "PROSTATE" for code in disease(text).codes)
    if lettered or whitmore:
        system = _system(folded, 0, len(folded), _LETTERED) or (_WHITMORE if whitmore else None)
        for match in _LETTER_STAGE.finditer(flat):
            values = _letters(match["list"], system)
            if system and values:
                yield _Found(
                    match.start("list") if match.start("list") - match.start() > _NEAR else match.start(),
                    match.end(),
                    values,
                    (),
                    system,
                )
    if " rai" in folded or folded.startswith("rai"):
        for match in _RISK.finditer(folded):
            group = "list" if match["list"] else "after"
            values = tuple(dict.fromkeys(re.findall(r"low|intermediate|high", match[group])))
            yield _Found(match.start(group), match.end(group), values, (), "Rai")
    yield from _small_cell(folded, text)
    for region in tnm_regions(flat, folded):
        yield _Found(region.start, region.end, (), region.tokens, None)
    yield from _nodes(folded)


def _nodes(folded: str) -> Iterator[_Found]:
    for match in _NODES.finditer(folded):
        yield _Found(match.start(), match.end(), (), ("N0",) if match["sign"] == "negative" else ("N1", "N2", "N3"))


def _letters(words: str, system: str | None) -> tuple[str, ...]:
    spelled = re.sub(r"\bstages?\b", " ", words, flags=re.IGNORECASE)
    return stage_groups(spelled.strip(), system) or tuple(re.findall(_LETTERS, spelled))


def _small_cell(folded: str, text: CriteriaText) -> Iterator[_Found]:
    codes = disease(text).codes
    small = "small cell" in folded or "small-cell" in folded or "sclc" in folded or bool(codes & {"SCLC", "LUNG"})
    if not small or ("non-small" in folded and "SCLC" not in codes):
        return
    both = _VALG_OR.search(folded)
    if both:
        yield _Found(both.start(), both.end(), ("limited", "extensive"), (), "VALG")
        return
    for match in _VALG.finditer(folded):
        word = match["list"] or {"l": "limited", "e": "extensive"}[match["short"][0]]
        yield _Found(match.start(), match.end(), (word,), (), "VALG")


_NUMERAL_CHARACTERS = {0x2160 + i: numeral for i, numeral in enumerate(("I", "II", "III", "IV"))} | {
    0x2170 + i: numeral for i, numeral in enumerate(("I", "II", "III", "IV"))
}
_INNER = re.compile(
    r"(?<=[ivIV0-4\u2160-\u2163\u2170-\u2173])[ -](?=[A-Da-dsS](?![A-Za-z]))|(?<=[a-dA-D])[ -](?=[1-3](?!\d))"
)


def _listed(match: re.Match[str], folded: str, site: str | None) -> Iterator[_Found]:
    words = match["list"]
    start, end = match.start(), match.end()
    after = folded[end : end + _NEAR]
    digits = re.match(r"\s*\d", words) is not None
    if digits and _AXIS_STAGE.search(folded[max(0, start - 6) : start]):
        return  # "N stage 1 or 2"
    # "Stage 1 of the study", "In stage 2, …": the trial's own parts are numbered with digits.
    if (
        digits
        and len(re.findall(r"\d", words)) == 1
        and (
            _TRIAL_PART.match(after)
            or (
                _TWO_STAGE.search(folded[max(0, start - 12) : start])
                and not re.match(r"[a-d]|\s*(?:or|to|-)\s", words[1:])
            )
        )
    ):
        return
    system = _system(folded, start, end)
    pieces = list(re.finditer(_VALUE, words, re.IGNORECASE))
    spelled = ""
    at = 0
    for piece in pieces:
        spelled += _joint(words[at : piece.start()].lower()) if spelled else ""
        spelled += _plain_value(piece.group())
        at = piece.end()
    values = stage_groups(spelled, system, site) or tuple(
        dict.fromkeys(group for piece in pieces for group in stage_groups(_plain_value(piece.group())))
    )
    # "II-IVA": the table of one edition may have IV undivided; only what the text writes stays whole beside its parts.
    written = {group for piece in pieces for group in stage_groups(_plain_value(piece.group()))}
    values = tuple(
        v for v in values if v in written or not any(w != v and parse_group(v) and _is_part(w, v) for w in values)
    )
    bound = bound_of(folded, start, end) if len(pieces) == 1 and len(values) == 1 else ""
    if bound:
        values = _beyond(values[0], bound, system, site)
    if values:
        yield _Found(start, end, values, (), system)


def _plain_value(words: str) -> str:
    return _INNER.sub("", re.sub(r" (?:or|and) ", "/", words)).translate(_NUMERAL_CHARACTERS)


def _is_part(group: str, whole: str) -> bool:
    """Whether a group is a lettered part of a whole numeral."""
    return re.fullmatch(rf"{re.escape(whole)}[A-E][0-9]?", group) is not None


def _beyond(group: str, bound: str, system: str | None, site: str | None) -> tuple[str, ...]:
    """The groups from one on ("stage IB or higher") or up to it."""
    found = expand_range(group, "IV", system, site) if ">" in bound else expand_range("I", group, system, site)
    return tuple(value for value in found if "=" in bound or value != group) or (group,)


def _joint(words: str) -> str:
    """A separator in its plainest form: a range or a list."""
    words = re.sub(r"\([^()]*\)", " ", words)
    return " to " if re.search(r"\b(?:to|through|thru)\b|-\s*(?:stages?)?\s*$", words) and "non-" not in words else ", "


def _system(folded: str, start: int, end: int, names: tuple[str, ...] = ()) -> str | None:
    """The system named nearest before or after, within the neighbourhood."""
    first, last = max(0, start - _SYSTEM_NEAR), min(len(folded), end + _SYSTEM_NEAR)
    best: tuple[int, str] | None = None
    for name, pattern in _SYSTEM_PATTERNS:
        if names and name not in names:
            continue
        for found in pattern.finditer(folded, first, last):
            distance = max(start - found.end(), found.start() - end, 0)
            if best is None or distance < best[0]:
                best = (distance, name)
    return best[1] if best else None


def _edition(folded: str, found: _Found) -> str | None:
    near = folded[max(0, found.start - _SYSTEM_NEAR) : found.end + _SYSTEM_NEAR]
    if "ajcc" not in near and "uicc" not in near and "tnm" not in near and "edition" not in near:
        return None
    match = _EDITION.search(near)
    if match is None:
        return None
    return match[1] or match[2] or _ORDINALS[match[3]]


def _merged(found: list[_Found], flat: str) -> list[_Found]:
    """Overlapping expressions once; a group and the TNM beside it as one."""
    kept: list[_Found] = []
    for one in found:
        last = kept[-1] if kept else None
        if last is not None and one.start < last.end:
            if one.end <= last.end:
                tnm = tuple(dict.fromkeys((*last.tnm, *one.tnm)))
                kept[-1] = _Found(last.start, last.end, last.values, tnm, last.system or one.system)
            else:
                kept[-1] = _Found(
                    last.start,
                    one.end,
                    tuple(dict.fromkeys((*last.values, *one.values))),
                    (*last.tnm, *one.tnm),
                    last.system,
                )
            continue
        if (
            last is not None
            and bool(last.values) != bool(one.values)
            and not (last.tnm and one.tnm)
            and _BESIDE.fullmatch(flat[last.end : one.start])
        ):
            kept[-1] = _Found(
                last.start, one.end, last.values or one.values, last.tnm or one.tnm, last.system or one.system
            )
            continue
        kept.append(one)
    return kept


def _is_of_another(line: Line, found: _Found, before: str) -> bool:
    """Whether the stage is another disease's, by the words around it."""
    near = before[-_NEAR:] + " | " + " ".join(line.folded[found.end : found.end + _NEAR].split())
    other = _OTHER_DISEASE.search(near)
    if other is None:
        return False
    return not re.search(r"\b(?:cancer|carcinoma|tumou?r|rcc|melanoma|lymphoma|sarcoma|transitional|urothelial)", near)


STAGES: Reader = StageReader()
"""The reader of the kind `stage`."""
