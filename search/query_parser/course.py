"""Extent and course of the disease, and disease in the central nervous system, as queries put them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.extraction.kinds.extent_words import WORDS
from search.query_parser.reading import Reading

_BRAIN = r"(?:brain|cns|central nervous system|cerebral|cerebellar|intracranial|brain stem|intracerebral)"
_METS = (
    r"(?:mets?\b|metast\w+|lesions?\b|secondar(?:y|ies)\b|involvement\b|disease\b|spread\b|deposits?\b"
    r"|tumou?rs? (?:spread|deposits))"
)
_CNS = re.compile(
    rf"\b(?P<lepto>leptomening\w*(?: (?:disease|metast\w+|carcinomatosis|spread|involvement))?|lmd"
    rf"|carcinomatous meningitis|meningeal carcinomatosis)\b"
    rf"|\b(?P<cord>(?:spinal )?cord compression|mscc)\b"
    rf"|(?P<brain>\b{_BRAIN}\s+{_METS}|\b(?:brain|cns)(?=\s+(?:is )?(?:active|symptomatic|progressing|progression)\b)"
    rf"|(?<=active )cns\b"
    rf"|\bbrain(?=(?:,|,? and| &|/| \+)\s*(?:(?:bones?|liver|lungs?|nod(?:es?|al)|spine|adrenals?)"
    rf"(?:,|,? and| &|/)?\s*)+(?:mets?\b|metast))"
    rf"|\b(?:mets?|metast\w+|spread(?:ing)?|gone|went|moved|travelled|traveled)\s+(?:(?:to|in|into"
    rf"|on)\s+)(?:(?:my|her|his|the|their)\s+)?(?P<others>(?:bones?|liver|lungs?|nodes?|spine"
    rf"|adrenals?)(?:,| and|/)\s*)*{_BRAIN}\b)"
)
_CHAIN = re.compile(
    r"(?:\b(?:active|untreated|un-treated|symptomatic|progress\w+|new|growing|uncontrolled|treated"
    r"|irradiated|stable|controlled|asymptomatic|previously|clinically|known|small|multiple|single|any"
    r"|and|or|with)\b[\s,/]*)+$"
)
_STATES = (
    ("treated_stable", r"\b(?:treated|stable|controlled|irradiated)\b"),
    ("untreated", r"\bun-?treated\b"),
    ("symptomatic", r"(?<!a)\bsymptomatic\b"),
    ("active", r"\b(?:active|progress\w+|new|growing|uncontrolled)\b"),
)
_BEHIND = re.compile(
    r"[\s,(]*(?:(?:are|is|that are|now|currently|previously|clinically)\s+)*(?P<words>treated(?: with "
    r"(?:srs|radiation|wbrt|surgery|gamma knife))?(?: and stable)?|stable|untreated|active|symptomatic"
    r"|progressing|progression|controlled)\b"
)
_FREE = re.compile(r"[\s-]*(?:free|negative|ruled out|none|absent)\b")
_CLEAR = re.compile(
    r"\b(?:clear|clean|normal|negative) (?:brain|head) (?:mri|ct|scan|imaging)\b|\b(?:brain|head) "
    r"(?:mri|ct|scan|imaging) (?:is |was )?(?:clear|clean|normal|negative)\b|\bcns[ -](?:negative|neg"
    r"|free)\b|\b(?:brain|cns) (?:is )?(?:clear|clean)\b|\b(?:brain|cns)[ -](?:mets?|metast\w+)[ "
    r"-]?(?:free|negative)\b"
)

_SITE = (
    r"(?:lungs?|liver|bones?|bony|nod(?:e|al|es)|lymph nodes?|adrenals?|peritone\w+|pulmonary|hepatic"
    r"|osseous|spine|spinal|visceral|distant|skin|pleura\w*|ovar\w+)"
)
_SHORT: tuple[tuple[tuple[str, ...], str, bool | None], ...] = (
    (
        ("metastatic",),
        (
            r"(?<!micro)(?<!oligo)(?<!oligo-)(?:mets|metastas[ei]s|metast[ai]s\w*|metastic|metasticized|metastatic|metastatis\w*"
            r"|metastasi[sz]ed|carcinomatosis|disseminated|secondaries)"
        ),
        False,
    ),
    (
        ("metastatic",),
        (
            r"(?<=[a-z] )met(?=$|[,;.)])|(?<=advanced/)met|met(?= (?:breast|lung|colon|colorectal|prostate|pancrea\w+"
            r"|gastric|renal|kidney|bladder|melanoma|ovarian|ca\b|cancer|crc\b|rcc\b|bc\b|dz\b|disease))"
        ),
        True,
    ),
    (
        ("metastatic",),
        (
            rf"(?:spread(?:ing|s)?|gone|moved|travell?ed) (?:to|in|into|throughout|all over)(?: (?:my|her"
            rf"|his|the|other|distant|several|multiple|both))*(?: {_SITE}| parts| body| organs| places)?"
            rf"|now in (?:both )?(?:bones?|liver|lungs?|spine|lymph nodes?)"
            rf"|(?:now|it's|it is|is) in (?:my|her|his|the) (?:bones?|liver|lungs?|spine|lymph nodes?)"
            rf"|(?:has|have|had) spread|that spread|(?<!peritoneal )spread(?= cancer)"
        ),
        False,
    ),
    (
        ("relapsed", "refractory"),
        (
            r"r ?/ ?r|r&r|rel ?/ ?ref|relapsed?[- ]?(?:/|or|and|and/or|-)[- ]?refract\w*|refractory ?(?:/"
            r"|or|and) ?relapsed?|rrmm"
        ),
        False,
    ),
    (
        ("relapsed",),
        (
            r"(?:first|1st|second|2nd|third|late|early|multiple|multiply|at|in) relapses?|relaps(?:ed|ing"
            r"|e|es)"
        ),
        False,
    ),
    (("refractory",), r"primary refractory|refractory", False),
    (
        ("recurrent",),
        (
            r"(?:locally|loco-?regionally|biochemical(?:ly)?|platinum[- ]\w+ )? ?(?:recurrent|recurring"
            r"|recurrences?|recurred|reoccurr\w+)|(?:came|come|has come|coming|comes) back|(?:is|now) back"
            r"|returned"
        ),
        False,
    ),
    (
        ("locally_advanced",),
        (
            r"loc(?:al|o-?regional)?(?:ly)?[- ]?(?:or regionally )?(?:advanced|adv\b)|\bla(?=-[a-z])|loc "
            r"adv"
        ),
        False,
    ),
    (
        ("advanced",),
        (
            r"(?<!locally )(?<!locally-)advanced(?! (?:practice|directive|age))|late[- ]stage|end[- "
            r"]stage(?! (?:renal|kidney|liver|heart))"
        ),
        False,
    ),
    (
        ("locally_advanced",),
        r"la(?= (?:pancrea|nsclc|pdac|rectal|gastric|head|hnscc|esoph|oesoph|breast|cervi|bladder|prostate|scc|crc))",
        None,
    ),
    (
        ("unresectable",),
        (
            r"un-?resectable|non-?resectable|in-?operable|non-?operable|not (?:resectable|operable|a "
            r"(?:surgical|surgery) candidate)|(?:can't|cannot|can not|couldn't) be (?:removed|resected"
            r"|operated(?: on)?|cut out)|irresectable"
        ),
        False,
    ),
    (
        ("resectable",),
        (
            r"(?<!un)(?<!un-)(?<!non)(?<!non-)(?<!not )(?:borderline )?(?:resectable"
            r"|(?<!in)(?<!in-)operable)"
        ),
        False,
    ),
    (
        ("resected",),
        (
            r"(?:completely |fully )?(?:resected|excised)|surgically removed|after resection|post[- "
            r"]?(?:resection|op(?:erative)?(?!-?(?:radio|chemo)))|s/p resection|had it (?:removed|cut out)"
        ),
        False,
    ),
    (("localized",), r"(?:clinically )?locali[sz]ed|organ[- ]confined", False),
    (
        ("newly_diagnosed",),
        (
            r"(?:newly|new|just|recently|freshly)[ -]?(?:diagnosed|diagnosis|dx(?:'?e?d)?)|de[ -]novo"
            r"|\bnd(?=mm\b)"
        ),
        False,
    ),
    (
        ("progressive",),
        r"progressive(?! (?:multifocal|care))|progressing(?! (?:on|after|through))|(?:is|are) growing",
        False,
    ),
    (("oligometastatic",), r"oligo[- ]?met(?:s|astatic|astas[ei]s)?|oligo(?=$|[ ,])", False),
    (
        ("castration_resistant",),
        (
            r"(?:castrat(?:e|ion)|hormone|androgen)[ -]?(?:resistant|resistance|refractory|independent"
            r"|insensitive)|\b(?:nm|m0)?crpc"
        ),
        False,
    ),
    (
        ("measurable_residual",),
        (
            r"(?:mrd|(?:minimal|measurable) residual disease)(?:[ -]?(?:positiv\w+|pos\b|\+))"
            r"|(?:persistent|detectable|positive) mrd|mrd (?:of |at |= ?|level )?(?:0?\.\d+|[1-9]\d?(?:\.\d+)?) ?%"
        ),
        False,
    ),
)
_SHORT_WORDS = tuple(
    (values, re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)"), cased) for values, pattern, cased in _SHORT
)
_GLUED = re.compile(
    r"(?<![A-Za-z])(?P<m>nm|m0|m|a|la|LA(?=-)|r|R(?=-)|RR(?=MM)|RR(?=-)|ND(?=MM)|ND(?=-)"
    r"|rr)-?(?P<name>GBM|CRPC|HSPC|CSPC|BC|CRC|RCC|UC|TNBC|PDAC|NSCLC|PC|PCa|MM|HNSCC|GC|HCC|SCLC|CC"
    r"|EC|OC|ESCC|DLBCL|AML|ALL|FL|MCL|CLL)\b"
)
_GLUED_VALUES = {
    "m": ("metastatic",),
    "a": ("advanced",),
    "la": ("locally_advanced",),
    "LA": ("locally_advanced",),
    "R": ("recurrent",),
    "r": ("recurrent",),
    "RR": ("relapsed", "refractory"),
    "rr": ("relapsed", "refractory"),
    "ND": ("newly_diagnosed",),
}
_JOINT = re.compile(r"(?:[\s/&+-]|,\s*(?=\w)|\b(?:and|or|and/or)\b|\bto\b)*")
_NOUN = re.compile(r"(?:mets|mets?|metastas[ei]s|relapses?|spread.*|recurrences?|.*back)$")
_SPREAD = ("metastatic",)
_NONE_THERE = re.compile(rf"\b(?:no|without|w/o)\s+(?:{_SITE}(?:,| or| and|/)*\s*)+$")
"""Of one site only: whether the disease has spread elsewhere is not said."""
_OF_THERAPY = re.compile(r"[\s-]*(?:to|on)\s")
_OF_CLASSES = re.compile(r"\b(?:class|classes|triple|double|quad|penta|drug|dual)[- ]*$")
_NONMETA = re.compile(
    r"\b(?:non|not|no|without|w/o)[- ]?(?:distant |any |evidence of |yet )?(?:metastatic|metasta\w+"
    r"|mets|spread)\b"
)
_FREE_OF = re.compile(r"\b(?:mrd|(?:minimal|measurable) residual disease)[ -]?(?:neg\w*|-(?=[\s,]|$)|undetectable)")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    values: tuple[str, ...]
    negative: bool = False


def read_cns(reading: Reading) -> None:
    """States of disease in the central nervous system."""
    view = reading.view
    clear = _CLEAR.search(view.lower)
    if clear is not None:
        reading.add("cns", *clear.span(), value="none")
    for match in _CNS.finditer(view.lower):
        if not reading.free(*match.span()) or re.match(
            r"\s*(?:cancer|carcinoma|lymphoma|glioma)", view.lower[match.end() :]
        ):
            continue
        start = match.start()
        head = view.lower[max(0, start - 60) : start]
        chain = _CHAIN.search(head)
        if chain is not None:
            start -= len(chain.group())
            while start < match.start() and view.lower[start].isspace():
                start += 1
        words = chain.group() if chain else ""
        end = match.end()
        behind = _BEHIND.match(view.lower, end)
        if behind is not None:
            words, end = f"{words} {behind['words']}", behind.end()
        state = next((name for name, pattern in _STATES if re.search(pattern, words)), "any brain metastases")
        if match["lepto"]:
            state = "leptomeningeal"
        if match["cord"]:
            state = "spinal cord compression"
        if match["others"]:
            word = re.match(r"\w+", match.group())
            reading.add(
                "extent", match.start(), match.start() + (word.end() if word else 0), values=_SPREAD, take=False
            )
        cue = reading.denied(start)
        negative = cue is not None or _FREE.match(view.lower, end) is not None
        if cue is not None:
            start = cue
        if negative and state == "any brain metastases":
            reading.add("cns", start, end, value="none")
        else:
            reading.add("cns", start, end, value=state, negative=negative)


_NO_SURGERY = re.compile(
    r"\b(?:not (?:an? )?(?:good )?(?:surgical candidates?|(?:candidates? for|fit for"
    r"|eligible for|suitable for|amenable to) (?:any |curative |a )?(?:surgery|surgical resection|resection|operation))"
    r"|unfit for (?:surgery|resection)"
    r"|(?:surgery|resection) (?:is )?not (?:possible|an option)|too \w+ for surgery)\b"
)


def read_inoperable(reading: Reading) -> None:
    """Who cannot be operated on is inoperable, however it is put."""
    for match in _NO_SURGERY.finditer(reading.view.lower):
        if reading.free(*match.span()):
            reading.add("extent", *match.span(), values=("unresectable",))


def read_extents(reading: Reading) -> None:
    """Extents; words that stand together are one concept."""
    merged: list[_Word] = []
    for one in sorted(_words(reading), key=lambda word: (word.start, -word.end)):
        last = merged[-1] if merged else None
        if last is not None and one.start < last.end:
            if one.end <= last.end:
                continue
            merged[-1] = _Word(last.start, one.end, _both(last.values, one.values), last.negative)
        elif last is not None and last.negative == one.negative and _together(reading, last, one):
            merged[-1] = _Word(last.start, one.end, _both(last.values, one.values), last.negative)
        else:
            merged.append(one)
    for word in merged:
        values = word.values
        if "locally_advanced" in values:
            values = tuple(value for value in values if value != "advanced")
        reading.add("extent", word.start, word.end, values=values, negative=word.negative, take=False)
        if reading.free(word.start, word.end):
            reading.take(word.start, word.end)


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _together(reading: Reading, one: _Word, other: _Word) -> bool:
    between = reading.view.lower[one.end : other.start]
    if not _JOINT.fullmatch(between):
        return False
    quotes = [reading.view.lower[word.start : word.end] for word in (one, other)]
    return "," not in between or not any(_NOUN.search(quote) for quote in quotes)


def _words(reading: Reading) -> list[_Word]:
    view = reading.view
    found: list[_Word] = []
    found += [_Word(*match.span(), ("metastatic",), negative=True) for match in _NONMETA.finditer(view.lower)]
    residual = ("measurable_residual",)
    found += [_Word(*match.span(), residual, negative=True) for match in _FREE_OF.finditer(view.lower)]
    for match in _GLUED.finditer(view.text):
        values = _GLUED_VALUES.get(match["m"], ())
        if match["name"] == "CRPC":
            values = (*(("metastatic",) if match["m"] == "m" else ()), "castration_resistant")
        if values:
            found.append(_Word(*match.span(), values))
        if match["m"] in ("nm", "m0"):
            found.append(_Word(*match.span(), ("metastatic",), negative=True))
    denied = [word for word in found if word.negative]
    for values, pattern, cased in _SHORT_WORDS:
        for match in pattern.finditer(view.lower):
            if not _readable(reading, values, *match.span()):
                continue
            if any(word.start < match.end() and match.start() < word.end for word in denied):
                continue
            shouted = view.text[match.start() : match.end()].isupper()
            if (cased and shouted) or (cased is None and not shouted):
                continue  # the gene "MET"; "la" that is no "LA"
            if values == _SPREAD and _NONE_THERE.search(view.lower[: match.start()]):
                continue
            if values[-1] == "refractory" and (
                _OF_THERAPY.match(view.lower, match.end()) or _OF_CLASSES.search(view.lower[: match.start()])
            ):
                continue
            cue = reading.denied(match.start()) if values != ("resected",) else None
            found.append(_Word(cue if cue is not None else match.start(), match.end(), values, cue is not None))
    for word in WORDS:
        if word.complete and any(stem in view.lower for stem in word.stems) and word.values != ("metastatic",):
            for match in word.pattern.finditer(view.lower):
                if reading.free(*match.span()) and not any(
                    w.start < match.end() and match.start() < w.end for w in found
                ):
                    found.append(_Word(*match.span(), word.values))
    return found


_AGAIN = frozenset({"relapsed", "recurrent"})


def _readable(reading: Reading, values: tuple[str, ...], start: int, end: int) -> bool:
    """Whether a word of extent may be read: "relapsed after X" says both, "refractory to X" only what X did."""
    if reading.free(start, end) or _inside_cancer(reading, start, end):
        return True
    return values[-1] in _AGAIN and reading.free(start, end, but=("prior_therapy",))


def _inside_cancer(reading: Reading, start: int, end: int) -> bool:
    """Whether a span lies in the words of a cancer: "mCRPC" and "R/R DLBCL" say both."""
    first, last = reading.view.original(start, end)
    return any(one.start <= first and last <= one.end for one in reading.found("cancer"))
