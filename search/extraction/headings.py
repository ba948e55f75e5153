"""Headings of eligibility texts: is this line one, and of what?

The spellings are those met in about 30,000 registry texts from 1999 to 2026. A heading names its list ("Key exclusion
criteria for cohort 2:"), introduces it ("Patients with the following are excluded:"), or stands in the middle of a
text that has lost its line ends. Sentences that merely mention criteria ("Other protocol-defined exclusion criteria
may apply.", "Participants not meeting the inclusion criteria") are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Kind = Literal["inclusion", "exclusion", "other"]

_LONGEST = 200

# Bullets, numbers, bold and heading marks, quotes and brackets before a heading.
_LEAD = re.compile(
    r"(?:[\s*•·▪●○\-–—#<>\\\"'(\[_~/]|\d{1,2}(?:\.\d{1,2})*[.)](?=\D)|\d{1,2}(?:\.\d{1,2})+\s|[IVX]{1,4}[.)]\s"
    r"|[A-Za-z][.)]\s)*"
)
_ITEM = re.compile(r"[ \t]*(?:[*•·▪●○\-–—]|\d{1,2}\\?[.)]|[a-zA-Z][.)])\s")
_INDENT = re.compile(r"[ \t]*")

_CRITERIA = r"(?:\(\w{2,5}\)\s+)?(?:crit{1,2}er\w*|critieri\w*|critiera)"
_EXCLUSION_NOUN = (
    r"(?:non[- ]?inclusion|non[- ]?eligibility|exclusion(?:ary|s)?|exlusion|ineligibility)"
    rf"(?:[ /-]+{_CRITERIA})?|{_CRITERIA}\s+(?:for|of)\s+(?:exclusion|non[- ]?inclusion|ineligibility)|exclude if"
)
_INCLUSION_NOUN = (
    rf"(?:inclusion(?:ary|s)?|inlcusion|eligibility|enrol?lment)[ /-]+{_CRITERIA}|inclusions?"
    rf"|{_CRITERIA}\s+(?:for|of)\s+(?:inclusion|eligibility|enrol?lment)|include if"
)
_OTHER_NOUN = (
    rf"(?:withdrawal|discontinuation|removal|drop[- ]?out|termination|elimination|stopping)\s+{_CRITERIA}"
    rf"|{_CRITERIA}\s+(?:for|of)\s+(?:withdrawal|discontinuation|removal|elimination|termination)(?:\s+\w+){{0,4}}"
)
# Spanish, Portuguese, Italian, French, German, Dutch; Chinese and Japanese.
_CRITERIA_OF = r"crit[eéè]r(?:ios?|es?|i)\s+(?:de\s+|di\s+|d['’]\s*)"
_EXCLUSION_ABROAD = (
    rf"{_CRITERIA_OF}(?:exclusi[oó]n|exclus[aã]o|esclusione|non[- ]inclusion)"
    r"|ausschlu(?:ss|ß)kriterien|exclusiecriteria|排除标准|排除標準|除外基準"
)
_INCLUSION_ABROAD = (
    rf"{_CRITERIA_OF}(?:inclusi[oó]n|inclus[aã]o|inclusione|[eé]ligibilit[eé])"
    r"|einschlu(?:ss|ß)kriterien|inclusiecriteria|(?:入选|纳入|入組|選択)(?:标准|標準|基準)"
)

# Up to seven words may stand before the noun ("Key", "Part 2 Dose Expansion", "Patient-level") …
_BEFORE = r"(?P<before>(?:[\w&/+,.'’()®-]+[ \t]*[:–-]?[ \t]+){0,7}?)"
# … and after it nothing, a mark, or what the list is for.
_AFTER = (
    r"(?P<after>\s*(?:$|[\\\])>*]+\s*(?:$|[:：])|[:：;.•–—-]|\(|,|\\?\[|/(?!\s*(?:ex|in)clusion)|(?-i:(?=[A-Z0-9]))"
    r"|(?:for|in|of|at|on|are|is|include|includes|including|comprise|specific|to|will|by|part|phase|cohort|arm|step"
    r"|group|stage|as|applicable|applies|apply|common|from|prior|below|related|assessed|across|follow\w*|compris\w+|were"
    r"|was)\b))"
)
_NOUN_KINDS: tuple[tuple[Kind, str], ...] = (
    ("other", _OTHER_NOUN),
    ("exclusion", f"{_EXCLUSION_NOUN}|{_EXCLUSION_ABROAD}"),
    ("inclusion", f"{_INCLUSION_NOUN}|{_INCLUSION_ABROAD}"),
)
_NOUNS = tuple(
    (kind, re.compile(rf"{_BEFORE}(?P<noun>{noun}){_AFTER}(?P<rest>.*)", re.IGNORECASE | re.DOTALL))
    for kind, noun in _NOUN_KINDS
)

_NOUN_HINT = re.compile(r"clusi|crit|ligib|esclu|kriter|标准|標準|基準|exlus|inlcus|lude if", re.IGNORECASE)
# "Eligibility criteria - exclusion:"
_RATHER_EXCLUSION = re.compile(r"\s*[-–—:(/]\s*(?:exclusions?|ineligibility)\b", re.IGNORECASE)

# Words that only a sentence has, not a heading.
_SENTENCE_BEFORE = re.compile(
    r"\b(?:no|not|any|meets?|meeting|met|do|does|did|fulfil\w*|satisf\w*|has|have|had|with|who|which|that|may|must|"
    r"should|would|if|unless|reasons?|cause|per|see|according|violat\w*|than|due|prior|before|after|since|from|until|"
    r"within|time|at|of|is|are|also|during|mg|both|screened|presents?|presence|applicable|date|day|age|because|eligible|allowed|described|defined|refer|examples?|addition|inclusions?|exclusions?)\b",
    re.IGNORECASE,
)
_SENTENCE_AFTER = re.compile(
    r"\b(?:may apply|might apply|could apply|apply|applies|can be found|are met|is met|not met|were|was|would|listed"
    r"|defined|described|mentioned|above)\b",
    re.IGNORECASE,
)
_ENDS_BEFORE = re.compile(r"[a-z)]{2}\.\s")
"""The end of a sentence before the noun: what stands there is a statement of its own."""
_LIST_OF = re.compile(r"^(?:the |a |bullet )*list of (?:the |each |all )*", re.IGNORECASE)
_NEEDS_COLON = re.compile(
    r"(?:applicable|applies|apply|common|from|prior|below|related|assessed|across|follow\w*|compris\w+|were|was)",
    re.IGNORECASE,
)
"""Words behind the noun that a sentence has as well ("Exclusion criteria related to …")."""
_SHORT = 25
# One bare word needs its capital (a wrapped line may begin with any word) and its colon.
_BARE = re.compile(
    r"(?P<exclusion>E(?:xcluded|XCLUDED)|I(?:neligible|NELIGIBLE)"
    r"|N(?:ot|OT) (?:eligible|allowed|permitted|ELIGIBLE))\s*[:：]"
    r"|(?:I(?:ncluded|NCLUDED)|E(?:ligible|LIGIBLE)|R(?:equired|EQUIRED)|A(?:llowed|LLOWED)|P(?:ermitted|ERMITTED))\s*[:：]"
)

_WHO = (
    r"(?:(?:all |any |the |your |study |potential |adult |female |male |following )*"
    r"(?:patients?|subjects?|participants?|persons?|people|individuals?|volunteers?|candidates?|women|men|children|child"
    r"|baby|you|donors?|recipients?|infants?|adults?|controls?|those|he|she|they))"
)
# "Must be ineligible for cisplatin, defined by:" asks for that.
_INELIGIBLE = (
    r"ineligible(?!\s+(?:for|to)\s+(?!(?:this|the\s+(?:study|trial|protocol)|stud|trial|enrol|enter|particip|inclusion|entry"
    r"|take\s+part|join|be\s)))"
)
_EXCLUDING = re.compile(
    rf"(?:(?:{_WHO}\b)?[^:.;]{{0,90}}\b(?:(?:will|should|must|can|may|are|is)\s+(?:all\s+|also\s+|\w+ly\s+)?(?:be\s+)?(?:\w+ly\s+|considered\s+)?(?:excluded|prohibited|{_INELIGIBLE})"
    rf"|(?:are|is|be)\s+not\s+(?:to\s+)?(?:be\s+)?(?:eligible|enrolled|included)|(?:will|may|can)\s*not\s+be\s+(?:eligible|included|enrolled)"
    rf"|(?:must|should|may|can)\s*not(?=\s*[:：]|\s+(?:have|meet|fulfil|be any|any|enter|participate|enroll?"
    r"|be\s+(?:enrolled|included))\b))[^:.;]{0,90}"
    r"|(?-i:Excluded)\s[^:.;]{0,60})[:：]\s*$",
    re.IGNORECASE | re.DOTALL,
)
_LISTS_EXCLUSIONS = re.compile(
    r"^(?!.*\b(?:inclusion|eligibility)\b)"
    r"(?:.*\b(?:following|list of)\b.{0,40}\bexclusion criteri(?:a|on)(?: [\w-]+){0,7}[:：])\s*$",
    re.IGNORECASE | re.DOTALL,
)
_NOT_EXCLUDING = re.compile(
    r"\b(?:not|never|n't)\s+(?:be\s+)?(?:excluded|exclusionary|ineligible)\b|\bunless\b", re.IGNORECASE
)
_INCLUDING = re.compile(
    rf"{_WHO}\s+(?:(?:may|must|will|are|is|can|should)\s+(?:all\s+)?(?:be\s+)?(?:eligible|included|have|meet|fulfil\w*|satisfy))\b"
    r"[^:.;]{0,110}[:：]\s*$",
    re.IGNORECASE | re.DOTALL,
)

_MENTIONS = "".join(
    f"(?<!{words} )"
    for words in (
        *("see", "See", "SEE", "and", "AND", "And", "or", "OR", "the", "THE", "to", "in", "of", "per", "under", "by"),
        *("with", "for"),
        *("also", "all", "any", "meet", "meets", "following", "Subject", "ADDITIONAL", "/", "&"),
    )
)
"""Words before a heading's words with which a sentence mentions them."""
INLINE = re.compile(
    r"(?:(?<=[.;:,)\]。；])\s*|(?<=\s))(?P<heading>(?:(?:Key|Main|Major|General|Additional|KEY|MAIN|MAJOR|GENERAL) )?"
    rf"{_MENTIONS}(?:(?P<exclusion>(?:Non-)?Exclusion [Cc]riteri(?:a|on)\s*[:：]|Non-[Ii]nclusion [Cc]riteria\s*[:：]"
    r"|(?<!/)EXCLUSION CRITERIA\b(?!\s*(?:MAY|/|AND)|[).,])|EXCLUSIONS?\s*:|Exclusions?\s*:(?=\s*;)"
    r"|(?<=[.;)] )Exclusion [Cc]riteria(?=\s*(?:$|[A-Z•*(-]))|(?<=[a-z0-9] )Exclusion [Cc]riteria(?=\s*$)"
    r"|排除标准\s*[:：])"
    r"|(?P<inclusion>Inclusion [Cc]riteri(?:a|on)\s*[:：]|(?<!/)INCLUSION CRITERIA\b(?!\s*(?:MAY|/|AND)|[).,])"
    r"|(?:入选|纳入)标准\s*[:：])))"
)
"""A heading inside a line, for texts that are one paragraph: capitals and, but for all capitals, a colon."""


def inline_headings(line: str) -> Iterator[tuple[int, Kind]]:
    """Headings that stand inside a line or at its start: offset and kind, ascending."""
    if "clusion" not in line and "CLUSION" not in line and "标准" not in line:
        return  # each of the headings holds one of these words
    for match in INLINE.finditer(line):
        yield match.start("heading"), "exclusion" if match["exclusion"] else "inclusion"


def heading_kind(line: str) -> tuple[Kind, bool] | None:
    """What a line is the heading of, or None.

    The second value is True where the heading introduces a list in a sentence: as an item of a list it then speaks
    for the items below it only.
    """
    if ":" not in line and "：" not in line and not _hints_at_noun(line):
        return None  # nothing below can match; nearly all lines end here
    text = line[_matched_end(_LEAD, line) :].rstrip().rstrip("*_\\ ")
    if not text:
        return None
    head = text[: _LONGEST + 1]
    noun = _noun_heading(head)
    if noun is not None:
        return noun, False
    if bare := _BARE.match(head):
        return ("exclusion" if bare["exclusion"] else "inclusion"), True
    if len(text) > _LONGEST:
        return None
    if not head.endswith((":", "：")):
        if "following" not in head or "criteri" not in head or head[0].islower():
            return None
        head = head.rstrip(". ") + ":"
    if _LISTS_EXCLUSIONS.search(head):
        return "exclusion", True
    if _EXCLUDING.match(head) and not _NOT_EXCLUDING.search(head):
        return "exclusion", True
    if _INCLUDING.match(head) and not is_item(line):
        return "inclusion", True
    return None


def is_item(line: str) -> bool:
    """Whether a line is an item of a list."""
    return _ITEM.match(line) is not None


def item_indent(line: str) -> int:
    """White space before the first character."""
    return _matched_end(_INDENT, line)


def _noun_heading(text: str) -> Kind | None:
    if not _hints_at_noun(text):
        return None
    best: tuple[int, Kind] | None = None
    for kind, pattern in _NOUNS:
        match = pattern.match(text)
        if match is None or not _reads_as_heading(match):
            continue
        at = match.end("before")
        excludes = kind == "inclusion" and _RATHER_EXCLUSION.match(match["after"] + match["rest"])
        if best is None or at < best[0]:
            best = (at, "exclusion" if excludes else kind)
    return None if best is None else best[1]


def _hints_at_noun(text: str) -> bool:
    """Whether the text may hold a noun of `_NOUNS` at all."""
    if not text.isascii():
        return _NOUN_HINT.search(text) is not None
    lowered = text.lower()  # finding plain words is many times as fast as the pattern
    return (
        "clusi" in lowered
        or "crit" in lowered
        or "ligib" in lowered
        or "esclu" in lowered
        or "kriter" in lowered
        or "exlus" in lowered
        or "inlcus" in lowered
        or "lude if" in lowered
    )


def _reads_as_heading(match: re.Match[str]) -> bool:
    before, noun, after, rest = match["before"], match["noun"], match["after"].strip(), match["rest"]
    before = _LIST_OF.sub("", before)
    if before.rstrip().endswith(("/", ".", ",")) or _SENTENCE_BEFORE.search(before) or _ENDS_BEFORE.search(before):
        return False
    if (before or noun)[0].islower() and after + rest and not (after + rest).rstrip().endswith((":", "：")):
        # A wrapped line in the middle of a sentence.
        return False
    criteria = "crit" in noun.lower() or not noun.isascii() or "kriterien" in noun.lower()
    ends = (after + rest).rstrip().endswith((":", "："))
    titled = noun[0].isupper() and all(word[0].isupper() or not word[0].isalpha() for word in before.split())
    if after in (":", "："):
        return True
    if _NEEDS_COLON.fullmatch(after):
        return criteria and ends
    if after[:1] in ("*", "]", ")", ">", "\\", "•"):
        return criteria and (titled or ends)
    if after == "-" and noun == "Exclusion" and not before:
        return len(rest) < _SHORT
    if after == "" and not rest.strip():
        # A noun alone at the end of a line may be the end of a wrapped sentence.
        return criteria or (noun[0].isupper() and (not before or before[0].isupper()))
    if after == "":
        return criteria and titled
    if _SENTENCE_AFTER.search(after + rest):
        return ends
    if after[0] in ".;":
        return criteria and (not rest.strip() or noun[0].isupper())
    # "Exclusion of pregnancy": without "criteria" a noun and a preposition make no heading.
    return criteria and (len(rest) < 120 or ":" in rest[:120] or "•" in rest[:120] or (after == "(" and titled))


def _matched_end(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
