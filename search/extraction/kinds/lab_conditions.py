"""For whom a laboratory threshold holds: liver metastases, Gilbert, anticoagulants, sex, or another clause.

The words between two thresholds either close the first ("≤ 3 x ULN for patients without liver metastases") or open the
second ("; if liver metastases, ≤ 5 x ULN"). A threshold that stands beside one with a condition holds for the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LIVER = r"(?:liver|hepatic|intra-?hepatic)"
_SPREAD = (
    r"(?:metasta\w+|mets?\b|involvement|lesions?|tumou?rs?\b|infiltration|malignanc\w+|cancers?\b|(?:metastatic"
    r"|neoplastic) disease|primar\w+)"
)
_KNOWN: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "liver metastases",
            (
                rf"\b{_LIVER}(?: (?:and|or|and/or|/) ?(?:bone|\w+))?[ -]{_SPREAD}|metasta\w+ (?:to|in|of|involving"
                rf"|affecting) (?:the )?(?:bone (?:or|and) )?{_LIVER}"
                rf"|{_LIVER} (?:is|are|parenchyma) involve\w*|involve\w* (?:of|by) (?:the )?{_LIVER}"
                rf"|tumou?r (?:involve\w*|infiltrat\w*) (?:of |in )?(?:the )?{_LIVER}"
                rf"|disease (?:in|involving) (?:the )?{_LIVER}|bone (?:or|and|and/or) {_LIVER} {_SPREAD}"
                rf"|documented {_LIVER}\b"
            ),
        ),
        ("liver disease", rf"\b{_LIVER} (?:\w+ )?disease"),
        (
            "bone metastases",
            (
                rf"\bbone (?:and/or |or |and )?(?:\w+ )?{_SPREAD}|metasta\w+ (?:to|in|of|involving) (?:the )?bones?"
                rf"|(?:skeletal|osseous|bony) {_SPREAD}"
            ),
        ),
        ("Gilbert", r"gilbert|meulengracht|hyperbilirubin\w+ syndrome"),
        (
            "on anticoagulants",
            (
                r"(?<!lupus )anti-?coagul\w*|warfarin|coumadin|heparin|blood thinner|\bdoacs?\b|vitamin k antagonist"
                r"|factor xa"
            ),
        ),
        ("hepatocellular carcinoma", r"hepatocellular|\bhcc\b"),
        ("female", r"\bfemales?\b|\bwom[ae]n\b|\bgirls?\b"),
        ("male", r"(?<!fe)\bmales?\b|(?<!wo)\bm[ae]n\b|\bboys?\b"),
        ("pulmonary metastases", r"(?:pulmonary|lung) metasta\w+"),
        (
            "bone marrow involvement",
            (
                r"(?:bone )?marrow (?:involvement|infiltration|disease|metasta\w+)"
                r"|involvement of (?:the )?(?:bone )?marrow"
            ),
        ),
        ("hemolysis", r"ha?emolysis|ha?emolytic"),
        ("room air", r"room air|ambient air"),
    )
)
_HINT = re.compile(
    r"liver|hepat|gilbert|meulen|coag|warfarin|coumadin|heparin|bone|skelet|osseous|bony|hcc|male|m[ae]n\b"
    r"|wom[ae]n|girl|boy|lung|pulmon"
    r"|marrow|ha?emoly|room air|ambient|doac|factor xa|vitamin k|hyperbili|blood thin"
)
NEGATABLE = frozenset(
    {
        "liver metastases",
        "liver or bone metastases",
        "liver disease",
        "bone metastases",
        "Gilbert",
        "on anticoagulants",
        "hepatocellular carcinoma",
        "bone marrow involvement",
        "hemolysis",
        "pulmonary metastases",
    }
)
"""Conditions whose absence is a condition too: the threshold beside them is for patients without."""
_NEGATED = re.compile(
    r"\b(?:no|not|without|absence of|absent|free of|free from|lack(?:ing)?|in the absence of|negative for"
    r"|un-?affected|non|unless|except(?:ion)?|excluding|other than|nor)\b[^.;,]{0,70}$"
)
_WITHOUT = re.compile(
    r"\b(?:no|not|without|absence of|absent|free of|free from|lack(?:ing)?|in the absence of|non)\b[^.;,]{0,40}$"
)
_SKIPPED = re.compile(r"\b(?:unless|except(?:ion)?(?:ing)?|excluding|other than|with the exception of)\b")
_CLAUSE = re.compile(
    r"(?:^|[\s(\[,;])(?P<lead>if|when|in case of|in cases? (?:of|where)|(?:for|in|among|only for|except in"
    r"|except for)(?: (?:those|all|any|the|other|adult))? (?:patients?|participants?|subjects?|individuals|cases"
    r"|those|children|infants)"
    r"(?: who| whose| that| in whom)?|for those|for|in the presence of|in the setting of|with|while|at"
    r"|on)\s+(?P<body>[^.;,()\[\]]{3,80})"
)
_STRONG = re.compile(
    r"^(?:if|when|in case|in cases|for (?:patients|participants|subjects|those|individuals|children|infants)"
    r"|in (?:patients|participants|subjects|those|individuals|children)|in the presence|in the setting|among"
    r"|only for)"
)
_TIMING = re.compile(
    r"\b(?:within|prior to|days?|weeks?|hours?|before|screening|enrol|registration|randomi[sz]|study entry"
    r"|baseline|institution|obtained|inclusion|eligib|participat|the study|study|formula|calculat\w+|given"
    r"|method|using|cockcroft\S*)\b"
)
_SHORTEST_CLAUSE = 8
_LONGEST = 70
"""Characters of a condition that is kept in the words of the text."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition; `known` where it is one of the table, not the text's own words."""

    name: str
    known: bool = True


_CONCERNS = {
    "on anticoagulants": frozenset({"INR", "PT", "aPTT"}),
    "Gilbert": frozenset({"bilirubin", "direct bilirubin", "indirect bilirubin"}),
    "liver metastases": frozenset({"AST", "ALT", "ALP", "GGT"}),
    "hepatocellular carcinoma": frozenset({"AST", "ALT", "ALP", "bilirubin", "albumin"}),
    "bone metastases": frozenset({"ALP"}),
}


_ONLY_FOR = {
    "male": frozenset(
        {
            "QTc",
            "creatinine",
            "creatinine clearance",
            "hemoglobin",
            "hematocrit",
            "CK",
            "ferritin",
            "uric acid",
            "testosterone",
            "troponin",
        }
    ),
    "on anticoagulants": frozenset({"INR", "PT", "aPTT", "platelets", "fibrinogen"}),
    "Gilbert": frozenset({"bilirubin", "direct bilirubin", "indirect bilirubin", "AST", "ALT"}),
    "room air": frozenset({"SpO2", "pO2"}),
    "hemolysis": frozenset({"bilirubin", "direct bilirubin", "indirect bilirubin", "hemoglobin", "haptoglobin", "LDH"}),
}
"""Analytes that a condition can matter to; conditions not named here matter to all."""


def concerns(condition: Condition, names: frozenset[str]) -> bool:
    """Whether a condition can be one of a threshold for these analytes."""
    positive = condition.name if condition.name in NEGATABLE else negated(condition.name)
    key = "male" if condition.name in {"male", "female"} else positive if positive in _ONLY_FOR else condition.name
    return key not in _ONLY_FOR or bool(_ONLY_FOR[key] & names)


def later_condition(words: str, name: str) -> Condition | None:
    """The condition of a threshold whose exception is told later ("Patients on warfarin must …")."""
    found = find_condition(words, verbatim=False, leading=True)
    if found is None:
        return None
    positive = found.name if found.name in NEGATABLE else negated(found.name)
    if name not in _CONCERNS.get(positive, frozenset()):
        return None
    return Condition(negated(found.name)) if found.name in NEGATABLE else found


def negated(name: str) -> str:
    """The condition of those it does not hold for."""
    if name.startswith("on "):
        return f"not {name}"
    if name.startswith("not on "):
        return name[4:]
    return name[3:] if name.startswith("no ") else f"no {name}"


def find_condition(words: str, *, verbatim: bool = True, leading: bool = False) -> Condition | None:
    """The first condition in a stretch of text that belongs to one threshold.

    Args:
        words: folded text, single spaces.
        verbatim: whether a clause that is no known condition is taken in its own words.
        leading: whether the words open a threshold: "unless liver metastases are present, in which case …".
    """
    hits = []
    if _HINT.search(words):
        hits = [(m.start(), name, m) for name, pattern in _KNOWN if (m := pattern.search(words)) is not None]
    if hits:
        _, name, match = min(hits, key=lambda hit: (hit[0], -hit[2].end()))
        names = [name]
        if name == "liver metastases" and "bone" in match.group():
            names = ["liver or bone metastases"]
        before = words[: match.start()]
        turned = (_WITHOUT if leading else _NEGATED).search(before) is not None and name in NEGATABLE
        label = negated(names[0]) if turned else names[0]
        return Condition(label)
    if not verbatim:
        return None
    for clause in _CLAUSE.finditer(words) if len(words) > _SHORTEST_CLAUSE else ():
        lead, body = clause["lead"], clause["body"].strip()
        if _SKIPPED.search(words[: clause.start("lead")]) or not _STRONG.match(lead) or _TIMING.search(body):
            continue
        body = re.sub(r"^(?:who (?:are|have|is)|with|are|is|have|has|the|a|an|known|of)\s+", "", body)
        if len(body) > 2:
            return Condition(_shortened(body), known=False)
    return None


def _shortened(body: str) -> str:
    if len(body) <= _LONGEST:
        return body
    return body[:_LONGEST].rsplit(" ", 1)[0]


_BREAK = re.compile(r"[;]|\.\s|,|\band\b|\bor\b|\*")
_OPENS_NEXT = re.compile(
    r"[;]|\.\s|\b(?:unless|except(?:ion)?(?: for| in)?|however|in which case|although|with the exception|but)\b"
    r"|(?:,|\bor\b|\band\b|\(|:|\bfor which\b) *(?=(?:if|for|in|when|among|with|(?:fe)?males?|(?:wo)?men"
    r"|patients?|participants?|subjects?|those|up to)\b)"
)


_AFTERWARDS = re.compile(
    r"[;]|\.\s|\b(?:or|and|however|but),? (?=(?:if|for|in|when|among|patients?|participants?|subjects?|those)\b)"
    r"|\bhowever\b|\bnote\b"
)


def own_tail(words: str) -> str:
    """Of the words behind the last threshold of a line, those that still belong to it."""
    later = _AFTERWARDS.search(words)
    return words[: later.start()] if later else words


def split_between(words: str, *, same_analyte: bool) -> int:
    """Where, between two thresholds, the words of the first end and those of the second begin.

    Args:
        words: folded text from the end of the first threshold to the start of the second.
        same_analyte: whether the second is another threshold for the analyte of the first.
    """
    if not same_analyte:
        if words.count("(") > words.count(")"):
            return words.rfind("(")
        inside = re.match(r"\s*\([^()]*\)", words)
        if inside is not None:
            later = _BREAK.search(words, inside.end())
            return later.start() if later else inside.end()
        strong = re.search(r"[;)*]|\.\s", words)
        if strong is not None:
            return strong.start()
        breaks = [m.start() for m in _BREAK.finditer(words)]
        return breaks[-1] if breaks else len(words)
    closed = re.match(r"\s*\([^()]*\)", words)
    opening = _OPENS_NEXT.search(words, closed.end() if closed else 0)
    if opening is not None:
        return opening.start()
    if closed:
        return closed.end()
    if words.count("(") > words.count(")"):
        return words.rfind("(")
    lone = re.search(r"[,(:/]|\bor\b|\band\b", words)
    return lone.start() if lone else len(words)
