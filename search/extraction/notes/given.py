"""What a note says of a course that was given: setting, outcome, line, cycles, length, time of the last dose."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.extraction.notes.courses import Course, within
from search.extraction.notes.dates import days, days_ago
from search.extraction.notes.text import Json, NoteText

_NEAR = 60
_SETTINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("neoadjuvant", re.compile(r"\b(?:neo-?adjuvant|pre-?op(?:erative)?|induction)\b")),
    ("adjuvant", re.compile(r"(?<!neo)(?<!neo-)\b(?:adjuvant|post-?op(?:erative)?(?:ly)?)\b")),
    ("maintenance", re.compile(r"\bmaintenance\b")),
    ("definitive", re.compile(r"\b(?:definitive|curative|radical)\b")),
    ("palliative", re.compile(r"\bpalliative\b")),
    (
        "metastatic",
        re.compile(
            r"\b(?:for (?:metastatic|recurrent|advanced|r/m|relaps\w+)|\d ?l\b|(?:first|second|third|fourth"
            r"|1st|2nd|3rd|4th)[- ]line|salvage|line \d|r/m)\b"
        ),
    ),
)

_PD = re.compile(
    r"(?<!no )(?<!w/o )(?<!without )\bpd\b|(?<!without )(?<!no )\bprogress(?:ed|ion|ing|ive)?\b(?! ?-?free)"
    r"|\bprog\b|\bgrowth\b"
)

_RELAPSE = re.compile(r"(?<!no )(?<!without )(?<!w/o )(?<!evidence of )\b(?:relaps|recurr)\w+")

_REFRACTORY = re.compile(r"\brefractory\b|\b(?:no|without|w/o) (?:any )?response\b|\bnon-?responder")

_RESPONSE = re.compile(
    r"\b(?:partial|complete|good|major|excellent) (?:response|remission)"
    r"|\bresponse\b|\bremission\b"
)

_RESPONSE_SHORT = re.compile(r"\b(?:CR|PR|VGPR|sCR|pCR|CRi)\b(?!\s*(?:[\d<:=+%-]|neg|pos))")
_STABLE = re.compile(r"\bsd\b|\bstable disease\b")

_INTOLERANT = re.compile(
    r"\bintoleran\w+|\b(?:stopped|discontinued|d/c'?d|held) (?:for|due to|because of) (?:g\d|gr|tox\w*|\w+itis"
    r"|neuropath\w*|rash|ae|side|an(?:a)?emia|\w*penia|fatigue|diarrh\w+|nausea|hepat\w+|infection|htn"
    r"|hypertension)|\bnot tolerated\b"
)

_ONGOING = re.compile(
    r"\b(?:continues(?! to\b)|ongoing|current(?:ly)?"
    r"|(?:still|remains) on(?= (?:it|this|drug|treatment|therapy|study|\w*mab|\w*nib)\b|[.,;)]|$))\b"
)

_BLANKET = re.compile(
    r"\b(?:progress\w*|pd)\s+(?:on|after|through|following|with)\b(?!\s+\d)(?:(?!\bthen\b|->|→)[^.;]){0,60}$"
    r"|\brefractory to\b[^.;]{0,60}$"
    r"|\bfail\w+\b[^.;]{0,40}$"
)

_CYCLES = re.compile(
    r"^\s*(?:(?:q\d{1,2}[wd]|weekly)\s+)?(?:\([^()]{0,12}\)\s*)?(?:x|×)\s?(?P<n>\d{1,2})(?!\s?(?:mo|wk|week|y|month|d\b|\d|\.\d|uln))"
    r"|^\s*(?:for\s+)?(?P<m>\d{1,2}) (?:cycles|cyc)\b"
)

_LENGTH = re.compile(r"^\s*(?:x|×|for)\s?(?P<n>\d{1,2})\s?(?P<u>mo(?:nth)?s?|wks?|weeks?|y(?:ea)?rs?)\b")

_LAST_DOSE = re.compile(
    r"\b(?:last|final|most recent)\s+(?:\w+[\s/]+){0,3}?(?:dose|cycle|chemo\w*|infusion|treatment|tx|systemic"
    r"|therapy|given|\w+)\b|\b(?:stopped|held|finished|completed|ended|off|discontinued)\b"
)

_LINE_NUMBER = re.compile(
    r"\b(?P<n>[1-6])(?:l|st[- ]line|nd[- ]line|rd[- ]line|th[- ]line)\b|\b(?P<w>first|second|third"
    r"|fourth)[- ]line\b|\bline (?P<k>[1-6])\b|#\s?(?P<h>[1-6])\b"
)

_WORD_LINES = {"first": 1, "second": 2, "third": 3, "fourth": 4}

LOCAL_SETTINGS = frozenset(
    {"DCIS", "adjuvant", "neoadjuvant", "maintenance", "definitive", "localized", "consolidation"}
)

_REACH = 170


@dataclass(slots=True)
class Given:
    """A course that was given, and what the note says of it."""

    course: Course
    setting: str | None = None
    outcome: str | None = None
    line: int | None = None
    cycles: int | None = None
    days_ago: int | None = None
    duration: int | None = None
    name: str = ""
    added: bool = False
    """Added to the course before it: no line of its own."""
    detail: str | None = None
    """Schedule, site and purpose, as far as they are told."""

    @property
    def json(self) -> dict[str, Json]:
        """The entry of the profile: only what was said."""
        out: dict[str, Json] = {"therapy": self.name}
        stated = {
            "setting": self.setting,
            "line": self.line,
            "outcome": self.outcome,
            "days_ago": self.days_ago,
            "duration_days": self.duration,
            "cycles": self.cycles,
            "detail": self.detail,
        }
        out.update({key: value for key, value in stated.items() if value is not None})
        return out


def _describe(note: NoteText, one: Given, follows: int, *, advanced: bool, today: dt.date | None) -> None:
    course = one.course
    before = note.before(course.start, 70)
    after = note.lower[course.end : min(follows, course.end + _REACH)]
    first = (
        re.split(r"\.\s(?=[a-z])", after)[0]
        if not re.match(r"[^.]{0,30}\. (?:best|pd\b|prog|relaps|recurr|response|stopped|last)", after)
        else after
    )
    one.setting = _setting(
        course, before + note.lower[course.start : course.end].split("therapy")[0], after, advanced=advanced
    )
    one.added = (
        re.match(r"\s*(?:was |then )?added\b", after) is not None
        or re.search(r"\badd(?:ed|ing)\s*$", before) is not None
    )
    one.detail = _detail(note, course, before, after)
    one.outcome = _outcome(note, course, first)
    if one.outcome in {None, "stable disease", "ongoing"} and not course.surgical:
        told = note.text[course.end : course.end + len(first)]
        one.outcome = "response" if _RESPONSE_SHORT.search(told) else one.outcome
    cycles = _CYCLES.match(after)
    if cycles is not None and course.systemic:
        one.cycles = int(cycles["n"] or cycles["m"])
    length = _LENGTH.match(after)
    if length is not None:
        one.duration = days(length["n"], length["u"])
    ago = days_ago(first, today)
    if ago is not None and (one.days_ago is None):
        stands = first[: ago[1]]
        if _LAST_DOSE.search(stands) or (not course.systemic and ago[1] < 40) or ago[1] < 6:
            one.days_ago = ago[0]
    number = _LINE_NUMBER.search(before[-30:] + " | " + after[:14])
    if number is not None:
        one.line = int(number["n"] or number["k"] or number["h"] or _WORD_LINES[number["w"]])


_IN_SITU = re.compile(r"\b(?:dcis|lcis|in situ)\b[^.;]*$")
_SCHEDULE = re.compile(r"\b(?:dose-dense|weekly|q\d{1,2}w|q\d{1,2}d|every (?:\d|two|three|four) weeks|biweekly)\b")
_DOSE = re.compile(r"(?:\bcumulative\s+(?:dose\s+)?(?:of\s+)?)?\b\d{2,4}\s?mg/m(?:2|\u00b2)")
_DOSE_NEAR = 40
_PURPOSE = re.compile(r"\b(?:palliative|prophylactic|whole[- ]brain|stereotactic|consolidative|emergency)\b")
_SITE = re.compile(
    r"\b(?P<bone>bones?|bony|spine|spinal|vertebra\w*|[ctls]\d{1,2}|femur|hip|pelvi\w+|ribs?|sacr\w+|humer\w+|skull"
    r"|ili\w+)\b|\b(?:brain|skin|neck|chest|chest wall|breast|axilla|mediastin\w+|liver|lungs?|nodes?|primary"
    r"|bladder|prostate)\b"
)


def _detail(note: NoteText, course: Course, before: str, after: str) -> str | None:
    """The schedule of drugs; what radiotherapy was for and where it went."""
    within_ = note.lower[course.start : course.end]
    if not course.radiation:
        led = re.split(r"[.,;+/]|->|→|\bthen\b", before[-16:])[-1]
        told = f"{led} {within_} {after[:8]}"
        dose = _DOSE.search(re.split(r"[;]|->|→|\.\s", f"{within_}{after}")[0][: len(within_) + _DOSE_NEAR])
        found = [match.group() for match in _SCHEDULE.finditer(told)] + ([dose.group().strip()] if dose else [])
        return " ".join(dict.fromkeys(found)) or None
    around = re.split(r"[.;]|->|→", before)[-1][-25:] + within_ + re.split(r"[.;,]|->|→", after)[0][:30]
    found = [match.group() for match in _PURPOSE.finditer(around)]
    for match in _SITE.finditer(around):
        found += ["bone", match.group()] if match["bone"] else [match.group()]
    return ", ".join(dict.fromkeys(found)) or None


_BLOOD = frozenset({"LYMPH", "MYELOID"})
_FIRST_LINE = frozenset({"TESTIS", "LYMPH", "MYELOID"})
"""Diseases in which chemotherapy after an operation is treatment of the disease, not adjuvant."""
_CAME_BACK = re.compile(r"\blater\b|relaps|refractory|\bnew\b|recurr|metasta|progress|\bpd\b|->|→|\b\dl\b|line|then")


def _goes_on(note: NoteText, earlier: Given, one: Given) -> bool:
    """Whether a course stands in one list with an adjuvant one ("adjuvant AC x4, paclitaxel x4, tamoxifen 5 y")."""
    if not one.course.systemic or one.setting in {"maintenance", "neoadjuvant"}:
        return False
    after = note.lower[one.course.end : one.course.end + 40]
    if earlier.course.surgical:
        if all("orchiectomy" in drug or "ovarian ablation" in drug for drug in earlier.course.drugs):
            return False  # castration treats the disease wherever it is
        # An operation and a drug in one breath, before anything came back: adjuvant.
        between = note.lower[earlier.course.end : one.course.start]
        if (
            len(between) > _NEAR
            or _CAME_BACK.search(between.replace("then", "").replace("->", ""))
            or re.match(r"[^.;,]{0,25}\bfor (?:\w+ )?(?:met|relaps|recur|pd)", after)
        ):
            return False
        told = note.before(earlier.course.start, 120)
        return (
            "." not in between
            and not re.search(r"metast|relaps|recurr|stage iv", told)
            and note.sentence(earlier.course.start) == note.sentence(one.course.start)
        )
    if earlier.setting != "adjuvant":
        return False
    if note.sentence(earlier.course.start) != note.sentence(one.course.start):
        return False
    between = re.sub(r"\bthen\b|->|→", "", note.lower[earlier.course.end : one.course.start])
    endocrine = all(within(drug, "endocrine therapy") for drug in one.course.drugs)
    told = between if endocrine else note.lower[earlier.course.end : one.course.start]
    return _CAME_BACK.search(told) is None


def _maintains(note: NoteText, earlier: Given, one: Given) -> bool:
    """Whether a PARP inhibitor follows platinum without progression between: maintenance."""
    if not all(within(drug, "PARP inhibitor") for drug in one.course.drugs):
        return False
    platinum = any(within(drug, "platinum chemotherapy") for drug in earlier.course.drugs)
    return platinum and not (
        _PD.search(note.lower, earlier.course.end, one.course.start)
        or _RELAPSE.search(note.lower, earlier.course.end, one.course.start)
    )


def _setting(course: Course, before: str, after: str, *, advanced: bool) -> str | None:
    clause = re.split(r"->|→|;|\bthen\b|\bx\s?\d+\b,?|\.\s", before)[-1]
    found: tuple[int, str] | None = None
    for name, pattern in _SETTINGS:
        for match in pattern.finditer(clause):
            if found is None or match.end() > found[0]:
                found = (match.end(), name)
    if found is not None and len(clause) - found[0] < 45:
        if found[1] == "palliative" and course.systemic:
            return "metastatic"
        return None if found[1] == "metastatic" and not course.systemic else found[1]
    if re.match(r"\s*(?:single[- ]agent\s+)?(?:maintenance)\b", after):
        return "maintenance"
    if re.match(r"[^,.;]{0,12}\b(?:adjuvant|post-?op)", after):
        return "adjuvant"
    if re.match(r"[^,.;]{0,12}\bneo-?adjuvant", after):
        return "neoadjuvant"
    if _IN_SITU.search(before):
        return "DCIS"
    if course.surgical:
        return None
    if course.radiation:
        return "localized" if course.systemic else None
    return "metastatic" if advanced else None


def _outcome(note: NoteText, course: Course, after: str) -> str | None:
    if _BLANKET.search(note.before(course.start, 110)):
        return "refractory" if "refractory" in note.before(course.start, 110) else "progressed"
    if course.surgical:
        return None
    if _REFRACTORY.search(after):
        return "refractory"
    if _PD.search(after):
        return "progressed"
    if _RELAPSE.search(after):
        return "relapsed"
    if _INTOLERANT.search(after):
        return "intolerant"
    if _RESPONSE.search(after):
        return "response"
    if _STABLE.search(after):
        return "stable disease"
    if course.systemic and _ONGOING.search(after):
        return "ongoing"
    return None


def _consolidates(note: NoteText, earlier: Given, one: Given) -> bool:
    """Whether a drug follows chemoradiotherapy in one breath, before anything came back ("followed by durvalumab")."""
    if not (earlier.course.radiation and earlier.course.systemic and one.course.systemic):
        return False
    between = note.lower[earlier.course.end : one.course.start]
    return (
        len(between) < _NEAR and "." not in between and re.search(r"followed by|consolidat|then", between) is not None
    )


def describe(
    note: NoteText, given: Sequence[Given], *, advanced: bool, tissue: str | None, today: dt.date | None
) -> None:
    """Fill in what the note says of each course.

    Args:
        note: the note.
        given: the courses in their order.
        advanced: whether systemic therapy without a named setting is for advanced disease.
        tissue: OncoTree tissue of the disease: of blood cancers no setting is "metastatic".
        today: the date of the note.
    """
    earlier: Given | None = None
    for place, one in enumerate(given):
        after = given[place + 1].course.start if place + 1 < len(given) else len(note.text)
        _describe(note, one, after, advanced=advanced, today=today)
        if tissue in _BLOOD and one.setting == "metastatic":
            one.setting = None
        if earlier is not None and tissue not in _FIRST_LINE and _goes_on(note, earlier, one):
            one.setting = "adjuvant"
        elif earlier is not None and one.setting not in LOCAL_SETTINGS and _maintains(note, earlier, one):
            one.setting = "maintenance"
        elif earlier is not None and one.setting not in LOCAL_SETTINGS and _consolidates(note, earlier, one):
            one.setting = "consolidation"
        earlier = one
