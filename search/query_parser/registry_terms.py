"""What a query says of the trial's record: NCT ids, recruitment status, phase, type of study."""

from __future__ import annotations

import re
from dataclasses import replace

from search.query_parser.reading import Reading

NCT = re.compile(r"(?<![A-Za-z0-9])NCT[\s\-_:#]{0,2}(?P<digits>\d{8})(?![0-9])", re.IGNORECASE)
_STATUS = (
    (
        ("NOT_YET_RECRUITING",),
        (
            r"not[ -]yet[ -](?:recruiting|open(?: for recruitment)?|enrolling|started)|(?:opening|starting) soon"
            r"|yet to (?:open|recruit|start)|about to (?:open|start)|upcoming"
        ),
    ),
    (
        ("ACTIVE_NOT_RECRUITING",),
        (
            r"active,?[ -](?:but )?not[ -]recruiting|(?:active|ongoing),? (?:but )?(?:closed|not "
            r"(?:recruiting|enrolling))"
            r"|closed to (?:enrol\w+|recruit\w+|accrual)|no longer (?:recruiting|enrolling|accruing)"
        ),
    ),
    (("ENROLLING_BY_INVITATION",), r"(?:enrolling |enrollment |enrolment )?by invitation(?: only)?"),
    (
        ("RECRUITING",),
        (
            r"(?:(?:now|currently|actively|still|already|that are|that is|are|is)[ -]+){0,3}"
            r"(?:recruiting|recuriting|recruting|enrolling|accruing|accepting (?:new "
            r")?(?:patients|participants|people)"
            r"|open (?:for|to) (?:recruitment|enrol+ment|accrual|enrolling|new patients)|seeking "
            r"(?:patients|participants)"
            r"|looking for (?:patients|participants|volunteers))"
            r"|(?:now|currently|actively|still) open(?! label)|open (?:trials?|stud(?:y|ies)|clinical trials?)"
            r"|open(?=$|[,;.])|(?:trials?|stud(?:y|ies)) (?:(?:that|which) )?(?:(?:are|is) )?open\b(?! label)"
        ),
    ),
    (
        ("COMPLETED",),
        (
            r"completed(?= (?:\w+ ){0,3}?(?:trials?|stud(?:y|ies)))|(?:trials?|stud(?:y|ies)) (?:that (?:have )?)?"
            r"(?:completed|finished)|status:? completed|finished (?:trials?|studies)|completed$"
        ),
    ),
    (("TERMINATED",), r"terminated(?: early)?|stopped early"),
    (("SUSPENDED",), r"suspended"),
    (("WITHDRAWN",), r"withdrawn"),
)
_STATUSES = re.compile("|".join(f"(?P<s{n}>\\b(?:{pattern})\\b)" for n, (_, pattern) in enumerate(_STATUS)))
_PHASE = re.compile(
    r"\b(?P<early>early[ -](?=ph(?:ase)?s?\b|ph))?(?:phases?|ph\.?|phase:)[ -]*(?P<first>[0-4]"
    r"|i{1,3}v?|iv)(?P<part>[ab])?"
    r"(?P<more>(?:[ ]?(?:/|-|,|&|\+|and|or|to|/\s*phase|or phase|and phase|, ?or)[ ]?(?:phase "
    r")?(?:[1-4]|i{1,3}v?|iv)[ab]?\b)*)"
    r"(?![\w.])(?P<tail> (?:and|or) (?:later|above|higher)| only|\+)?"
    r"|\bp(?P<short>[1-4])(?:/p?(?P<short2>[1-4]))?\b(?= (?:trial|stud))"
)
_NUMBERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "iiv": 4}
_TYPES = (
    (
        "EXPANDED_ACCESS",
        (
            r"expanded[ -]access(?: programs?)?|compassionate[ -](?:use|access)|early access(?: "
            r"programs?)?"
        ),
    ),
    (
        "OBSERVATIONAL",
        (
            r"observational(?: (?:trials?|stud(?:y|ies)))?|regist(?:ry|ries)(?: stud(?:y|ies)| data)?"
            r"|natural history stud(?:y|ies)"
            r"|cohort stud(?:y|ies)|real[- ]world(?: (?:stud(?:y|ies)|data|evidence))?|non[- "
            r"]?interventional(?: stud(?:y|ies))?"
        ),
    ),
    ("INTERVENTIONAL", r"(?<!non)(?<!non-)(?<!non )interventional(?: (?:trials?|stud(?:y|ies)))?"),
)
_STUDY_TYPES = re.compile("|".join(f"(?P<t{n}>\\b(?:{pattern})\\b)" for n, (_, pattern) in enumerate(_TYPES)))
_JOINT = re.compile(r"\s*(?:or|and|and/or|,|/|&|,\s*(?:or|and))\s*")
_SOURCE = re.compile(r"(?:in|of|from) (?:the )?$")
_NOT = re.compile(r"\b(?P<cue>not|no|excluding|except|exclude)\s+$")


def read_registry(reading: Reading) -> None:
    """Ids, status, phase, study type."""
    view = reading.view
    for match in NCT.finditer(view.text):
        reading.add("nct_id", *match.span(), value=f"NCT{match['digits']}")
    for match in _STATUSES.finditer(view.lower):
        group = next(name for name, text in match.groupdict().items() if text is not None)
        if reading.free(*match.span()):
            start, negative = _denied(reading, match.start())
            _joined(reading, "status", start, match.end(), _STATUS[int(group[1:])][0], negative=negative)
    for match in _PHASE.finditer(view.lower):
        if reading.free(*match.span()):
            start, negative = _denied(reading, match.start())
            values = _phases(match)
            if values:
                _joined(reading, "phase", start, match.end(), values, negative=negative)
    for match in _STUDY_TYPES.finditer(view.lower):
        group = next(name for name, text in match.groupdict().items() if text is not None)
        if reading.free(*match.span()) and not _SOURCE.search(view.lower[: match.start()]):
            start, negative = _denied(reading, match.start())
            reading.add("study_type", start, match.end(), value=_TYPES[int(group[1:])][0], negative=negative)


def _denied(reading: Reading, start: int) -> tuple[int, bool]:
    words = reading.before(start, 20)
    found = _NOT.search(words)
    return (start, False) if found is None else (start - len(words) + found.start(), True)


def _phases(match: re.Match[str]) -> tuple[str, ...]:
    if match["short"]:
        return tuple(f"PHASE{one}" for one in (match["short"], match["short2"]) if one)
    if match["first"] == "0" or match["early"]:
        return ("EARLY_PHASE1",)
    numbers = [_number(match["first"])]
    for word, numeral in re.findall(r"(-|to)?\s*(?:phase )?\b([1-4]|i{1,3}v?|iv)[ab]?\b", match["more"] or ""):
        number = _number(numeral)
        numbers += range(numbers[-1] + 1, number + 1) if word else [number]
    if match["tail"] and match["tail"].strip() not in ("only",):
        numbers += range(numbers[-1] + 1, 5)
    return tuple(dict.fromkeys(f"PHASE{number}" for number in numbers if 1 <= number <= 4))


def _number(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else _NUMBERS[numeral]


def _joined(
    reading: Reading, kind: str, start: int, end: int, values: tuple[str, ...], *, negative: bool = False
) -> None:
    """A concept, or more values of the one that it is joined to ("recruiting or not yet recruiting")."""
    first, last = reading.view.original(start, end)
    for one in reading.found(kind):
        if (
            one.negative == negative
            and one.end <= first
            and _JOINT.fullmatch(reading.view.typed[one.end : first].lower())
        ):
            merged = tuple(dict.fromkeys((*one.values, *values)))
            reading.replace(one, replace(one, end=last, quote=reading.view.typed[one.start : last], values=merged))
            reading.take(start, end)
            return
    reading.add(kind, start, end, values=values, negative=negative)
