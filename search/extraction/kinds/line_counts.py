"""Line counts: how many prior lines, regimens or courses of treatment a patient may or must have had.

"At least one", "no more than 2", "1 to 3", "exactly two", "4 lines or more"; an exclusion turns its bound round ("more
than 3 lines" excluded: at most 3). Rules of counting ("maintenance does not count as a line") are kept as written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.eligibility.criterion import LineCount, Requirement, Section
from search.extraction.flow import flow
from search.extraction.guards import is_other_malignancy
from search.extraction.polarity import stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_COMPARED, _BARE_RANGE, _BARE, _ORDINAL, _NONE = 0.92, 0.88, 0.8, 0.75, 0.75
"""Confidence of a count with a comparator, of a bare count, of a first/second-line phrase, of "no prior therapy"."""
_MOST_LINES = 12
"""A greater number is no count of lines."""
_WORDS = {w: n for n, w in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight"))} | {
    "single": 1, "a": 1, "an": 1
}  # fmt: skip
_N = r"(?:\d{1,2}(?![\d./%])|\b(?:zero|one|two|three|four|five|six|seven|eight|single)\b)(?: ?\(\d{1,2}\)| ?\[\d{1,2}\])?"
_GE = r"\bat least|\bminimum(?: of)?|\ba minimum of|\bno(?:t)? (?:less|fewer) than|[>\u2265] ?=|\u2265|\bgreater than or equal to|=> ?|> ?/ ?="
_GT = r"\bmore than|\bgreater than|>|\bover|\bexceed(?:s|ing|ed)?"
_LE = (
    r"\bno(?:t)? (?:more|greater) than|\bnot to exceed|\bnot exceed(?:ing)?|\bup to(?: and including)?|\b(?:a )?maximum(?: of)?|\bat most|\u2264|[<] ?="
    r"|=<|\bless than or equal to|\blimited to|\bnot >|\bno >|< ?/ ?="
)
_LT = r"\b(?:less|fewer) than|<"
_EQ = r"\bexactly|\bonly|\bjust|\bwith only"
_ADJECTIVE = (
    r"(?:(?:prior|previous|different|separate|systemic|cytotoxic|cytotoxics?|chemotherap\w+|chemo|anti-?cancer|anti-?neoplastic|anti-?tumou?r|standard"
    r"|of|or|and|and/or|full|complete|distinct|approved|salvage|palliative|targeted|endocrine|hormonal|hormone|biologic(?:al)?|immunotherap\w+"
    r"|combination|platinum|platinum-based|platinum-containing|taxane|taxane-based|intensive|unsuccessful|consecutive|adequate|treatment|therapy|therapies"
    r"|additional|other|induction|multi-?agent|multi-?drug|anti-?(?:myeloma|lymphoma|leukemia)|metastatic|non-[a-z-]+|conventional|available|lines?|the|medical|drug"
    r"|myeloma|investigational|single-agent|first-line|anti-[a-z0-9/()-]+|[a-z0-9-]+-(?:based|containing)|any|available|active|sequential|cancer|[a-z]+mab|[a-z]+nib"
    r"|immuno-?chemotherapy|chemoimmunotherapy|antiandrogen|arsi|arpi|her2-directed|her2-targeted|[a-z0-9]+-(?:directed|targeted)|cdk4/6|parp|inhibitors?|\([^)]{1,40}\)|,)[ -]){0,7}"
)
_NOUN = r"(?:lines?|regimens?|prior (?:systemic )?(?:therap(?:y|ies)|treatments?)|therapies|courses of (?:prior |previous )?(?:systemic |chemo)?therap\w+|chemotherapies|treatments|lots?\b)"
_UNIT = re.compile(rf"[ -]{_ADJECTIVE}(?P<noun>{_NOUN})\b(?! of (?:evidence|defen[cs]e))")
_COUNT = re.compile(
    rf"(?P<op>(?P<ge>{_GE})|(?P<gt>{_GT})|(?P<le>{_LE})|(?P<lt>{_LT})|(?P<eq>{_EQ}))?(?: (?:the|a|than|of|last|exactly|total of))* ?"
    rf"(?P<low>{_N})(?:(?P<range> ?(?:-|to|or|and) ?|, (?:[a-z]+,? )?or )(?P<high>{_N}))?(?P<behind> ?\+| ?\(?or (?:more|fewer|less|greater)\)?| and more)?"
)
_PAIR = re.compile(
    rf"(?:{_GE}) (?P<low>{_N})(?: [a-z-]+){{0,4}}?,? ?(?:and|but|or)?,? (?:{_LE}|not more than) (?P<high>{_N})(?=[ -])"
)
_LIMITED = re.compile(rf"\b(?:prior|previous)[a-z -]{{0,50}}?(?:therap(?:y|ies)|treatments?|regimens?|lines?) (?:must be |should be |is |are |was )?(?:limited to|restricted to) (?:(?P<lt>{_LT}) |(?P<le>{_LE}) |a (?:maximum|total) of )?(?P<low>{_N})(?: to (?P<high>{_N}))?")
_NUMBER_OF = re.compile(
    rf"\bnumber of [a-z -]{{0,60}}?(?:regimens?|lines?|therap(?:y|ies)|treatments?)[a-z -]{{0,50}}?(?: is| are| must be| should be| must| does| should| can)* ?(?:(?P<le>{_LE}|not exceed|not be more than)|(?P<lt>{_LT})) ?(?P<low>{_N})"
)
_BEHIND_NOUN = re.compile(rf"^[a-z ,/()-]{{0,60}}?\(?\bor (?P<way>more|fewer|less|greater)\b")
_ANY = re.compile(
    r"\b(?:any number|no limit(?:s|ation)?(?: (?:to|on|for))?(?: the)?(?: number)?|unlimited(?: number)?|no (?:maximum|upper limit|restriction)[a-z ]{0,20}(?:number)?|regardless of (?:the )?number)"
    r"(?: of)?[a-z -]{0,30}?\b(?:lines?|regimens?|therap(?:y|ies)|treatments?)\b"
)
_LATER = re.compile(r"\b(?P<which>second|third|fourth|2nd|3rd|4th)[- ]line(?: (?:or|and)(?: in)? (?:later|beyond|greater|subsequent|above|higher|further)|\+)")
_FAILED_FIRST = re.compile(
    r"\b(?:relaps\w+|progress\w+|fail\w+|refractory|intoleran\w+|recurr\w+|after|following|received|completed)\b[^.;,]{0,60}?(?<!in )(?<!in the )(?<!as )\b(?:(?P<which>first|second|third|1st|2nd|3rd)[- ]line|front-?line)\b(?! (?:maintenance|of defen))(?:[a-z -]{0,40})?(?:therap|treat|chemo|regimen|setting)"
)
_NO_PRIOR = re.compile(
    r"\b(?:no|not(?: have)? received(?: any)?|any|without(?: any)?|never received|not have had(?: any)?|received (?:any )?)(?: other)? ?(?:prior|previous|earlier)(?: lines? of)? (?:systemic|chemotherapy|systemic anti-?cancer|anti-?cancer|systemic therapy|treatment|therapy|systemic chemotherapy)\b[^.;]{0,60}?"
    r"\b(?:for|in)(?: the)?(?: (?:treatment|management) of)?(?: their| this)? ?(?:locally |recurrent|relapsed|unresectable|inoperable|advanced|and|/|or|,|-| )*(?:advanced|metastatic|recurrent|unresectable|relapsed)\b"
)
_NAIVE = re.compile(
    r"\b(?:treatment|therapy|systemic therapy)[- ]na[i\u00ef]ve\b|\b(?:previously|hitherto) untreated\b(?= (?:\w+[ -]){0,3}(?:disease|metastatic|advanced|unresectable|extensive|recurrent|locally))"
)
_NAIVE_REACH = 120
"""Characters behind "treatment-naive" in which an alternative is looked for."""
_NAIVE_TOO = re.compile(r"na[i\u00ef]ve\b[^.;]{0,120}\bor\b|\bor\b[^.;]{0,60}na[i\u00ef]ve\b|\b(?:previously )?untreated\b[^.;]{0,80}\bor\b")
_OTHER_STATE = re.compile(r"\b(?:treated|relapsed|refractory|experienced|brain|cns|hepatitis|hcv|hbv|infection|alk|egfr|tki)\b")
_NOT_THERAPY = re.compile(r"\b(?:central|venous|arterial|iv|peripheral|picc|cell|intravenous|catheter|midline|antihypertensive|anti-hypertensive|antibiotics?|hiv|antiretroviral|seizure|anti-?epileptic|bp|steroids?|blood pressure|hypertensi\w+)\b")
_COUNTING = re.compile(r"\b(?:count(?:s|ed)?|considered|regarded|constitute[sd]?|defined|not (?:be )?(?:a |an )?(?:new|separate|prior)|define[sd]?)\b[^.;]{0,80}\b(?:lines?|regimens?|prior (?:systemic )?(?:therapy|treatment)|toward\w*)\b|\b(?:lines?|regimens?)\b[^.;]{0,60}\b(?:counts?|counted|considered|defined as)\b")
_SENTENCE = re.compile(r"(?<!e\.g)(?<!i\.e)\.(?=\s)|;(?=\s)")
_SETTING = re.compile(r"\b(?P<setting>platinum-resistant|platinum-sensitive|metastatic|advanced|adjuvant|recurrent|relapsed(?:/(?:refractory|metastatic))?|locally advanced|unresectable|castration-resistant|mcrpc|refractory)\b(?=[^.;]{0,50}\b(?:setting|disease|cancer|tumou?rs?|carcinoma|melanoma|nsclc|crc|mcrpc|[a-z]+oma)\b|$)")
_KIND = re.compile(r"\b(?:chemotherap|endocrine|hormon|standard therapy|immunotherap|targeted|parp|anti-pd)")
_RELAPSES = re.compile(r"\brelapses?\b")
_NEGATED = re.compile(r"\b(?:no|not|never|without|cannot|may not|must not)\b[a-z ,]{0,40}$")
_MAY = re.compile(r"\b(?:may|could|can) (?:also )?(?:have|be)\b")
_SOME = re.compile(r"\b(?:must|should) have (?:previously |already )?received (?:[a-z-]+ ){0,2}?prior lines? of (?:[a-z-]+ )?therapy\b")
_OUTCOME = re.compile(r"\b(?:progress|relaps|fail|refractory|intoleran|received|had|after|following|undergone|treated)")


class LineCountReader:
    """Reads counts of prior lines."""

    triggers: tuple[str, ...] = (
        "line", "regimen", "prior", "previous", "therapies", "courses of", "na\u00efve", "naive", "untreated", "treatments",
    )  # fmt: skip

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All counts of the line."""
        flowing = flow(line.folded)
        words = flowing.text
        rules = _counting_rules(words) if "count" in words or "consider" in words or "regimen" in words or "defin" in words else ()
        spans: list[tuple[int, int]] = []
        for start, end, low, high, confidence, settled in _counts(words, line):
            if any(a < end and start < b for a, b in spans) or _RELAPSES.search(words[start:end]):
                continue
            spans.append((start, end))
            if not settled and low and _NAIVE_TOO.search(words):
                low = None  # "treatment-naive or at least one line"
                if high is None:
                    continue
            raw = (line.start + flowing.original(start), line.start + flowing.original(end - 1) + 1)
            if is_other_malignancy(line, *raw, text):
                continue
            if low is None and high is None:
                yield Finding(LineCount(None, None, _setting(words, start, end)), *raw, Requirement.ALLOWED, confidence)
                continue
            if not settled and line.section is Section.INCLUSION and _MAY.search(words[max(0, start - 60) : start]) and confidence == _BARE_RANGE:
                yield Finding(LineCount(low, high, _setting(words, start, end), rules), *raw, Requirement.ALLOWED, confidence)
                continue
            bounds = (low, high) if settled else _turned(line, text, words, start, raw, low, high)
            if bounds is None:
                continue
            yield Finding(LineCount(*bounds, _setting(words, start, end), rules), *raw, Requirement.REQUIRED, confidence)


def line_phrases(words: str) -> list[tuple[int, int]]:
    """Where a text counts lines: such a phrase alone says no more of a therapy than that count."""
    if not any(noun in words for noun in ("line", "regimen", "therapies", "treatments", "courses", "prior", "previous")):
        return []
    spans = [(start, end) for start, end, *_ in _compared(words)] + [m.span() for m in _ANY.finditer(words)]
    spans = [(start, _OF_WHAT.match(words, end).end()) for start, end in spans]  # type: ignore[union-attr]
    return spans


_OF_WHAT = re.compile(r"(?: (?:of|for|with)(?: [a-z/-]+){1,5})?")
_Count = tuple[int, int, int | None, int | None, float, bool]
"""Start, end, bounds as written, confidence, and whether they already say what a patient must have."""


def _counts(words: str, line: Line) -> Iterator[_Count]:
    for match in _ANY.finditer(words):
        yield *match.span(), None, None, _COMPARED, True
    yield from _compared(words)
    for match in _SOME.finditer(words):
        yield *match.span(), 1, None, _ORDINAL, line.section is Section.INCLUSION
    for match in _LATER.finditer(words):
        if _OUTCOME.search(words[max(0, match.start() - 60) : match.start()]) is None:
            continue
        yield *match.span(), _ordinal(match["which"]) - 1, None, _ORDINAL, True
    if line.section is Section.INCLUSION:
        for match in _FAILED_FIRST.finditer(words):
            if not re.search(r"\b(?:no|not|if|without|adjuvant|maintenance)\b", words[max(0, match.start() - 30) : match.end()]):
                yield *match.span(), _ordinal(match["which"] or "first"), None, _ORDINAL, True
        for match in _NAIVE.finditer(words):
            around = words[max(0, match.start() - 60) : match.start()] + " " + words[match.end() : match.end() + _NAIVE_REACH]
            if not _OTHER_STATE.search(around) and not _MAY.search(words[max(0, match.start() - 40) : match.start()]):
                yield *match.span(), 0, 0, _NONE, True
    for match in _NO_PRIOR.finditer(words):
        exclusion = line.section is Section.EXCLUSION
        says_no = re.match(r"no|without|never", match.group()) is not None
        if exclusion != says_no or re.search(r"\b(?:not|no)\b", words[max(0, match.start() - 20) : match.start()]):
            if not re.search(r"\b(?:weeks?|days?|months?|except|unless|other than)\b", words[match.end() : match.end() + 60]):
                yield *match.span(), 0, 0, _NONE, True


def _compared(words: str) -> Iterator[_Count]:
    for match in _PAIR.finditer(words):
        unit = _UNIT.match(words, match.end())
        if unit is not None and not _NOT_THERAPY.search(words[max(0, match.start() - 20) : unit.end()]):
            yield match.start(), unit.end(), _value(match["low"]), _value(match["high"]), _COMPARED, False
    for match in _NUMBER_OF.finditer(words):
        top = _value(match["low"])
        yield *match.span(), None, top - 1 if match["lt"] else top, _COMPARED, False
    for match in _LIMITED.finditer(words):
        top = _value(match["high"] or match["low"])
        yield *match.span(), None, top - 1 if match["lt"] else top, _COMPARED, True
    for match in _COUNT.finditer(words):
        unit = _UNIT.match(words, match.end())
        if unit is None or _NOT_THERAPY.search(words[max(0, match.start() - 20) : unit.end()]):
            continue
        low, high = _value(match["low"]), _value(match["high"]) if match["high"] else None
        if low > _MOST_LINES or (high or 0) > _MOST_LINES:
            continue
        if not _is_prior(words, match.start(), unit):
            continue
        if _PART_OF.search(words[max(0, match.start() - 20) : match.start("low")]):
            continue
        end = unit.end()
        behind = match["behind"] or ""
        tail = _BEHIND_NOUN.match(words[end : end + 70]) if not behind and not match["op"] else None
        if tail is not None:
            behind = tail["way"]
            end += tail.end()
        bounds = _bounds(match, low, high, behind)
        most = _AT_MOST_BEHIND.match(words[end : end + 60])
        if most is not None and bounds[1] is None:
            bounds = (bounds[0], _value(most["high"]))
        confidence = _COMPARED if match["op"] or behind else _BARE_RANGE if high else _BARE
        yield match.start(), end, *bounds, confidence, False


def _is_prior(words: str, start: int, unit: re.Match[str]) -> bool:
    """Whether what is counted lies in the past, and is treatment."""
    noun = unit["noun"]
    phrase = unit.group()
    around = words[max(0, start - 90) : unit.end() + 60]
    if noun in ("line", "lines", "regimen", "regimens", "lot", "lots"):
        if re.search(r"therap|treat|chemo|regimen|prior|previous|systemic|setting|inhibitor", words[max(0, start - 60) : unit.end() + 50]):
            return not re.search(r"\b(?:planned|will receive|available|remaining|candidates? for)\b", around)
        return False
    return "prior" in phrase or "previous" in phrase or bool(_OUTCOME.search(words[max(0, start - 60) : start]))


def _bounds(match: re.Match[str], low: int, high: int | None, behind: str) -> tuple[int | None, int | None]:
    if "more" in behind or "greater" in behind or "+" in behind:
        return low, None
    if "fewer" in behind or "less" in behind:
        return None, low
    if "exactly" in match.group():
        return low, low
    if high is not None and match["le"]:
        return None, high
    if high is not None and not (match["gt"] or match["lt"]):
        return low, high
    if match["ge"]:
        return low, None
    if match["gt"]:
        return low + 1, None
    if match["le"]:
        return None, low
    if match["lt"]:
        return None, low - 1
    return low, low


def _turned(
    line: Line, text: CriteriaText, words: str, start: int, raw: tuple[int, int], low: int | None, high: int | None
) -> tuple[int | None, int | None] | None:
    """What a patient must have: in an exclusion the complement of what is written."""
    before = words[max(0, start - 60) : start]
    prohibited = line.section is Section.EXCLUSION
    if _NEGATED.search(before):
        prohibited = not prohibited or re.search(r"\b(?:must|may|should|can|cannot)\b", before) is not None
    elif prohibited:
        meant = stance(line, *raw, text).requirement
        if meant is Requirement.ALLOWED:
            prohibited = False
        elif re.search(r"\b(?:allowed|permitted|eligible)\b", words[raw[1] - line.start : raw[1] - line.start + 60]):
            prohibited = False
    if not prohibited:
        return low, high
    if low is not None and high is None:
        return (None, low - 1) if low > 0 else None
    if high is not None and low is None:
        # "No more than two" among the exclusions is a rule for inclusion in the wrong place.
        return (None, high) if re.match(r"no|not", words[start:]) else (high + 1, None)
    return None


def _setting(words: str, start: int, end: int) -> str | None:
    found = _SETTING.search(words, end, min(len(words), end + 90)) or _SETTING.search(words, start, end)
    return found["setting"] if found is not None else None


_AT_MOST_BEHIND = re.compile(rf"[a-z ]{{0,30}}[,(]+ ?(?:but |and )?(?:with )?(?:a )?(?:no more than|not more than|maximum(?: of)?|up to|max\.?(?: of)?) (?P<high>{_N})")
_PART_OF = re.compile(r"\b(?:part of|considered|counts? as|counted as|constitutes?|as) (?:a |an |only )?$")


def _counting_rules(words: str) -> tuple[str, ...]:
    rules = []
    start = 0
    for end in [*(m.end() for m in _SENTENCE.finditer(words)), len(words)]:
        said = words[start:end].strip(" .;")
        if _COUNTING.search(said):
            rules.append(said)
        start = end
    return tuple(rules)


def _value(text: str) -> int:
    first = re.match(r"\d+|[a-z]+", text)
    word = first.group() if first else "0"
    return int(word) if word.isdigit() else _WORDS.get(word, 0)


def _ordinal(text: str) -> int:
    return {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}[text]


LINE_COUNTS: Reader = LineCountReader()
