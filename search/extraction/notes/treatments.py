"""Treatments of a note in their order: given ones only, with setting, line, outcome and time of the last dose.

What is planned, denied, turned down or a relative's is no treatment. Lines are the courses of systemic therapy for
advanced disease; adjuvant, neoadjuvant, maintenance and definitive chemoradiotherapy do not count.
"""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Iterator, Sequence

from search.extraction.notes.assertion import is_negated, is_planned, is_relative
from search.extraction.notes.courses import GENERAL, Course, courses, within
from search.extraction.notes.dates import days_ago
from search.extraction.notes.given import LOCAL_SETTINGS, Given, describe
from search.extraction.notes.text import NoteFact, NoteText

_REFERS = re.compile(
    r"\b(?:last|since|during|prior to|before|after|from|while on|on|off|of|under|cumulative|held|latest"
    r"|previous|despite|with|due to|re-?start\w*|tolerat\w+|resumed?|still taking|continues?)\s+(?:the\s+"
    r"|her\s+|his\s+)?(?:last\s+|any\s+|adjuvant\s+|dose of\s+|weekly\s+|final\s+)?$"
)
_AGAIN = re.compile(r"^[^.;,]{0,14}\b(?:re-?challenge|re-?treat\w*|again)\b")
_BEGINS = re.compile(
    r"(?:->|→|\bthen\b|\bfollowed by\b|\blater\b|\b\d(?:st|nd|rd|th)(?:[- ]line)?|\b\dl\b|\b(?:first|second"
    r"|third|fourth)[- ]line|\bline \d|\bwas|\bnext\b|#\d|\bs/p|;|:)\s*(?:with\s+|by\s+)?(?:weekly\s+)?$"
)
_GIVEN_AFTER = re.compile(
    r"^\s*(?:x\s?\d|x\s\d+|\(?q\d|->|→|until|for \d|\d+ (?:cycles|mo)|with (?:pd|pr|cr|progress)|\(?\d(?:st"
    r"|nd)|:\s*(?:pd|pr|sd|cr))"
)
_RECEIVED = re.compile(
    r"(?:\b(?:received|s/p|had|after|given|got|completed|completing|finished|underwent|then|with|post"
    r"|treated with|and|following|prior|previous|neoadjuvant|adjuvant|palliative|postop\w*|"
    r"induction|progress\w+ (?:on|after|through)|pd on|refractory to|definitive|salvage|primary|start\w*)\b"
    r"|[:;,.(+/]|->|→|^)\s*(?:\w+\s+){0,2}$"
)
_CLASS_AFTER = re.compile(r"^\s*(?:x\s?\d|->|→|\(|completed|finished|ended|given|until|(?:19|20)\d\d|\d+ (?:mo|y|w))")
_NO_COURSE = re.compile(
    r"^[\s-]*(?:na[iï]ve|free|resistant|team|clinic|able\b|cent(?:er|re)|block|regimens?\s+(?:allowed"
    r"|permitted)|unit|ward|induced|related|associated|suite|nurse|target|field|portal|chair|window"
    r"|inhibitor-naive|eligible|slot|candidate)"
)
_NO_RESPONSE = re.compile(r"\bno (?:response|benefit|toxicit\w+|(?:significant )?(?:irae|adverse)\w*)[^.;]{0,30}$")
_SEVERAL = re.compile(
    r"\b(?P<n>two|three|four|five|2|3|4|5)\s+(?:prior\s+|previous\s+|palliative\s+|different\s+|outside\s+)*$"
)
_COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "one": 1,
    "no": 0,
    "zero": 0,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "5": 5,
    "0": 0,
    "6": 6,
    "six": 6,
}
_LINES = re.compile(
    r"\b(?P<n>no|zero|one|two|three|four|five|six|[0-6])\s+(?:prior|previous|earlier)\s+(?:systemic\s+"
    r"|palliative\s+|chemo\w*\s+)?(?:lines?|regimens?)(?:\s+of\s+(?:systemic\s+)?(?:therapy|treatment"
    r"|chemotherapy))?\b"
)
_NAIVE = re.compile(
    r"\b(?:treatment|therapy|chemo(?:therapy)?|systemic therapy|drug)?[- ]?na[iï]ve\b|\buntreated\b"
    r"|\bnever (?:been )?treated\b|\bno (?:prior |previous |systemic |anti-?myeloma |anti-?cancer "
    r"|breast )*(?:therapy|treatment|tx)\b"
    r"|\bhas not (?:yet )?(?:been treated|started|received)\b|\bde novo\b|\bnew(?:ly)? (?:dx|diagnos\w+)"
    r"|\bno (?:prior |previous )?(?:surgery|rt|radiotherapy|drugs)\b|\bno treatment (?:yet|so far)"
    r"|\btreatment not (?:yet )?started"
)
_EACH = re.compile(
    r"\bpd (?:on|with|after) (?:both|all|each|every)\b"
    r"|\b(?:both|all|each) (?:with|had|->|→) ?(?:pd|progress\w*)\b"
    r"|\bprogress\w+ (?:on|after|through) (?:both|all|each|every)\b"
)
_NEAR = 60
_MEMORY = 40
"""Courses before a mention that it may speak of."""


def treatments(
    note: NoteText, *, advanced: bool, tissue: str | None = None, today: dt.date | None = None
) -> Iterator[NoteFact]:
    """Treatments and the number of lines.

    Args:
        note: the note.
        advanced: whether the disease is metastatic, recurrent or a blood cancer, so that systemic therapy without a
            named setting is for it.
        tissue: OncoTree tissue of the disease. Castration is no line of prostate cancer; of a brain tumor the drug
            given with radiotherapy is its first line.
        today: the date of the note.
    """
    named = courses(note)
    given: list[Given] = []
    denied: Course | None = None
    for place, course in enumerate(named):
        follows = named[place + 1] if place + 1 < len(named) else None
        verdict = _verdict(note, course, follows, given[-_MEMORY:])
        if verdict == "given":
            given += _made(note, course)
        elif verdict == "joins":
            given[-1] = _joined(given[-1], course)
        elif verdict in {"denied", "planned"}:
            denied = denied or course
        elif verdict == "refers":
            _add_time(note, course, given[-_MEMORY:], today)
    describe(note, given, advanced=advanced, tissue=tissue, today=today)
    _each(note, given)
    _resistant(note, given)
    _loose_time(note, given, today)
    _number(given, tissue)
    for one in given:
        yield note.fact("prior_therapies", one.json, one.course.start, one.course.end)
    yield from _lines(note, given, denied, tissue)


def _verdict(note: NoteText, course: Course, follows: Course | None, given: Sequence[Given]) -> str:
    """Whether a course was given, denied, planned, only refers to an earlier one, or is none at all."""
    before, after = note.before(course.start, 110), note.after(course.end, 60)
    if is_relative(note, course.start, course.end):
        return "none"
    if re.match(r"^[\s-]*na[iï]ve", after):
        return "denied"
    if _NO_COURSE.match(after):
        return "none"
    if is_negated(note, course.start, course.end, off=False) and not _NO_RESPONSE.search(before):
        return "denied"
    if is_planned(note, course.start, course.end):
        return "planned"
    held = {drug for one in given for drug in one.course.drugs}
    if given and given[-1].name == "chemoradiotherapy" and course.systemic and not course.general:
        between = note.lower[given[-1].course.end : course.start]
        if re.fullmatch(r"[^.;]{0,45}?(?:\b(?:with|using)|[(:,])\s*(?:weekly |concurrent )?", between):
            return "joins"
    if course.general and all(name in GENERAL or any(within(drug, name) for drug in held) for name in course.drugs):
        return _general(note, course, follows, before, after)
    known = {drug for one in given for drug in one.course.drugs}
    repeated = bool(known) and course.drugs <= known
    if len(course.drugs & known) * 2 > len(course.drugs) and _REFERS.search(before) and not _BEGINS.search(before):
        return "refers"
    if repeated and not _AGAIN.match(after):
        last = given[-1].course.drugs if given else frozenset()
        begins = _BEGINS.search(before) or (_GIVEN_AFTER.match(after) and not _REFERS.search(before))
        same = course.drugs <= last
        if re.search(r"\bweekly\s*$", before) and len(course.drugs) == 1 and course.drugs != last:
            return "given"
        if same and (
            not re.search(r"\b(?:line|later|re-?)\b", before[-12:])
            or re.match(r"\s*(?:single agent\s+)?maintenance", after)
        ):
            return "refers"
        if not begins or _REFERS.search(before):
            return "refers"
    if course.radiation and not course.systemic and any(one.course.radiation for one in given) and _ENDED.match(after):
        return "refers"
    if course.surgical and given and any(one.course.surgical and one.course.name == course.name for one in given):
        return "refers" if "re-" in before[-4:] or not re.search(r"\b(?:19|20)\d\d\b|ago", after) else "given"
    return "given"


_ENDED = re.compile(r"^\s*(?:was |then )?(?:ended|finished|completed|field)\b")


def _general(note: NoteText, course: Course, follows: Course | None, before: str, after: str) -> str:
    """A class alone is a course where the note says that it was given, and names no drugs for it."""
    if re.search(
        r"\b(?:last|most recent|final|latest|any|more|further|of|for|since|cycle of|prior to|before|non-"
        r"|systemic|standard|all|only|off|first)\s*$",
        before,
    ):
        return "refers" if re.search(r"\b(?:last|most recent|final|latest)\s*$", before) else "none"
    if follows is not None and follows.start - course.end < _NEAR and not follows.general and follows.systemic:
        between = note.lower[course.end : follows.start]
        if re.fullmatch(r"[^.;]{0,40}?", between) and not re.search(r"->|→|then|\bpd\b|progress", between):
            return "none"
    if _SEVERAL.search(before) or _CLASS_AFTER.match(after) or _RECEIVED.search(before):
        return "given"
    return "none"


def _joined(one: Given, course: Course) -> Given:
    """ "Chemoradiation in 2022 with cisplatin": one course."""
    whole = Course(one.course.start, course.end, (*one.course.mentions, *course.mentions))
    return Given(whole, name=f"{course.name} + radiotherapy")


def _made(note: NoteText, course: Course) -> list[Given]:
    several = _SEVERAL.search(note.before(course.start, 40)) if course.general else None
    if several is not None and re.search(
        r"\b(?:regimens?|lines?)\b", note.lower[course.start : course.end] + note.after(course.end, 12)
    ):
        return [Given(course, name=f"{course.name} (drugs not stated)") for _ in range(_COUNTS[several["n"]])]
    trial = course.general and re.search(
        r"\b(?:phase (?:1|2|3|i{1,3})|trial|investigational|study)\b",
        note.before(course.start, 30) + note.after(course.end, 20),
    )
    return [
        Given(
            course,
            name=f"{course.name} (investigational agent)" if trial and "invest" not in course.name else course.name,
        )
    ]


def _each(note: NoteText, given: Sequence[Given]) -> None:
    """ "PD on both": an outcome of all courses before it in the sentence."""
    for match in _EACH.finditer(note.lower):
        start = note.sentence(match.start())[0]
        before = bisect.bisect_left(given, match.start(), key=lambda one: one.course.start)
        for one in given[max(0, before - _MEMORY) : before]:
            if start <= one.course.start and not one.course.surgical:
                one.outcome = "progressed"


_RESISTANT = re.compile(r"\bplatinum[- ](?:resistant|refractory)\b")


def _resistant(note: NoteText, given: Sequence[Given]) -> None:
    """ "Platinum resistant": how the last course with platinum ended, where nothing else is said of it."""
    match = _RESISTANT.search(note.lower)
    if match is None or is_negated(note, match.start(), match.end()) or is_relative(note, match.start(), match.end()):
        return
    for one in reversed(given):
        if any(within(drug, "platinum chemotherapy") for drug in one.course.drugs):
            one.outcome = one.outcome or "refractory"
            return


def _add_time(note: NoteText, course: Course, given: Sequence[Given], today: dt.date | None) -> None:
    """ "Last carboplatin 7 months ago" dates the course that held it."""
    ago = days_ago(note.after(course.end, 40), today)
    if ago is None or not re.search(r"\blast\s+(?:\w+\s+)?$", note.before(course.start, 25)):
        return
    for one in reversed(given):
        if course.drugs <= one.course.drugs or (course.general and one.course.systemic):
            one.days_ago = ago[0]
            return


_LOOSE = re.compile(
    r"\b(?:last (?:dose|chemo\w*|cycle|treatment|systemic \w+|tx|infusion|therapy)|off (?:treatment|therapy"
    r"|all therapy|drug))\b"
)


def _loose_time(note: NoteText, given: Sequence[Given], today: dt.date | None) -> None:
    """ "Last chemo 5 weeks ago", "off treatment 7 weeks": the time of the last systemic course before it."""
    for match in _LOOSE.finditer(note.lower):
        ago = days_ago(note.lower[match.start() : match.end() + 30], today)
        if ago is None:
            continue
        before = bisect.bisect_left(given, match.start(), key=lambda one: one.course.start)
        for one in reversed(given[max(0, before - _MEMORY) : before]):
            if one.course.systemic:
                one.days_ago = ago[0] if one.days_ago is None else one.days_ago
                break


def _number(given: Sequence[Given], tissue: str | None) -> None:
    line = 0
    for one in given:
        if tissue in _DEBULKED and not line and one.course.systemic and one.setting in {"adjuvant", "neoadjuvant"}:
            line = one.line = 1  # chemotherapy around debulking is the first line of ovarian cancer
            continue
        if line and one.added and _counts(one, tissue):
            one.line = line
        elif _counts(one, tissue):
            line = max(line + 1, one.line or 0) if one.line is None or one.line <= line + 2 else line + 1
            one.line = line
        else:
            one.line = None


_DEBULKED = frozenset({"OVARY", "PERITONEUM"})


def _counts(one: Given, tissue: str | None) -> bool:
    if all(drug.endswith("stem cell transplant") for drug in one.course.drugs):
        return False  # part of the line that it consolidates
    if tissue == "BRAIN":
        return one.course.systemic and one.setting != "maintenance"
    if not one.course.systemic or one.setting in LOCAL_SETTINGS:
        return False
    if all(within(drug, "radioligand therapy") or drug == "radioactive iodine" for drug in one.course.drugs):
        return False
    if tissue == "PROSTATE" and all(
        within(drug, "endocrine therapy") or within(drug, "radioligand therapy") for drug in one.course.drugs
    ):
        return False
    return not (one.course.radiation and one.setting != "metastatic")


def _lines(note: NoteText, given: Sequence[Given], denied: Course | None, tissue: str | None) -> Iterator[NoteFact]:
    counted = [one for one in given if one.line is not None]
    stated = _LINES.search(note.lower)
    naive = _NAIVE.search(note.lower)
    if not given:
        start, end = (
            (denied.start, denied.end)
            if denied is not None
            else (naive.start(), naive.end())
            if naive is not None
            else (0, 0)
        )
        if end:
            yield note.fact("prior_therapies", [], start, end)
            yield note.fact("prior_lines", 0, start, end)
        return
    if stated is not None and not is_relative(note, stated.start(), stated.end()):
        yield note.fact("prior_lines", _COUNTS[stated["n"]], stated.start(), stated.end())
        return
    if not counted and tissue == "PROSTATE":
        return  # castration alone: whether it counts is for the trial to say
    where = counted[-1].course if counted else given[-1].course
    yield note.fact("prior_lines", max((one.line or 0 for one in counted), default=0), where.start, where.end)
