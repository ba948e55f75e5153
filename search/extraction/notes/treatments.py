"""Treatments of a note in their order: given ones only, with setting, line, outcome and time of the last dose.

What is planned, denied, turned down or a relative's is no treatment. Lines are the courses of systemic therapy for
advanced disease; adjuvant, neoadjuvant, maintenance and definitive chemoradiotherapy do not count.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.extraction.notes.assertion import is_negated, is_planned, is_relative
from search.extraction.notes.courses import GENERAL, Course, courses
from search.extraction.notes.dates import days, days_ago
from search.extraction.notes.text import Json, NoteFact, NoteText
from search.terminology.therapies import is_a

_REFERS = re.compile(
    r"\b(?:last|since|during|prior to|before|after|from|while on|on|off|of|under|cumulative|held|latest|previous|despite|with|due to|re-?start\w*|tolerat\w+|resumed?|still taking|continues?)\s+(?:the\s+|her\s+|his\s+)?(?:last\s+|any\s+|adjuvant\s+|dose of\s+|weekly\s+|final\s+)?$"
)
_AGAIN = re.compile(r"^[^.;,]{0,14}\b(?:re-?challenge|re-?treat\w*|again)\b")
_BEGINS = re.compile(
    r"(?:->|→|\bthen\b|\bfollowed by\b|\blater\b|\b\d(?:st|nd|rd|th)(?:[- ]line)?|\b\dl\b|\b(?:first|second|third|fourth)[- ]line|\bline \d|\bwas|\bnext\b|#\d|\bs/p|;|:)\s*(?:with\s+|by\s+)?(?:weekly\s+)?$"
)
_GIVEN_AFTER = re.compile(r"^\s*(?:x\s?\d|x\s\d+|\(?q\d|->|→|until|for \d|\d+ (?:cycles|mo)|with (?:pd|pr|cr|progress)|\(?\d(?:st|nd)|:\s*(?:pd|pr|sd|cr))")
_RECEIVED = re.compile(
    r"(?:\b(?:received|s/p|had|after|given|got|completed|completing|finished|underwent|then|with|post|treated with|and|following|prior|previous|neoadjuvant|adjuvant|palliative|postop\w*|"
    r"induction|progress\w+ (?:on|after|through)|pd on|refractory to|definitive|salvage|primary|start\w*)\b|[:;,.(+/]|->|→|^)\s*(?:\w+\s+){0,2}$"
)
_CLASS_AFTER = re.compile(r"^\s*(?:x\s?\d|->|→|\(|completed|finished|ended|given|until|(?:19|20)\d\d|\d+ (?:mo|y|w))")
_NO_COURSE = re.compile(r"^[\s-]*(?:na[iï]ve|free|resistant|team|clinic|able\b|cent(?:er|re)|block|regimens?\s+(?:allowed|permitted)|unit|ward|induced|related|associated|suite|nurse|target|field|portal|chair|window|inhibitor-naive|eligible|slot|candidate)")
_NO_RESPONSE = re.compile(r"\bno (?:response|benefit|toxicit\w+|(?:significant )?(?:irae|adverse)\w*)[^.;]{0,30}$")
_SEVERAL = re.compile(r"\b(?P<n>two|three|four|five|2|3|4|5)\s+(?:prior\s+|previous\s+|palliative\s+|different\s+|outside\s+)*$")
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "one": 1, "no": 0, "zero": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "0": 0, "6": 6, "six": 6}
_LINES = re.compile(
    r"\b(?P<n>no|zero|one|two|three|four|five|six|[0-6])\s+(?:prior|previous|earlier)\s+(?:systemic\s+|palliative\s+|chemo\w*\s+)?(?:lines?|regimens?)(?:\s+of\s+(?:systemic\s+)?(?:therapy|treatment|chemotherapy))?\b"
)
_NAIVE = re.compile(
    r"\b(?:treatment|therapy|chemo(?:therapy)?|systemic therapy|drug)?[- ]?na[iï]ve\b|\buntreated\b|\bnever (?:been )?treated\b|\bno (?:prior |previous |systemic |anti-?myeloma |anti-?cancer |breast )*(?:therapy|treatment|tx)\b"
    r"|\bhas not (?:yet )?(?:been treated|started|received)\b|\bde novo\b|\bnew(?:ly)? (?:dx|diagnos\w+)|\bno (?:prior |previous )?(?:surgery|rt|radiotherapy|drugs)\b|\bno treatment (?:yet|so far)|\btreatment not (?:yet )?started"
)
_SETTINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("neoadjuvant", re.compile(r"\b(?:neo-?adjuvant|pre-?op(?:erative)?|induction)\b")),
    ("adjuvant", re.compile(r"(?<!neo)(?<!neo-)\b(?:adjuvant|post-?op(?:erative)?(?:ly)?)\b")),
    ("maintenance", re.compile(r"\bmaintenance\b")),
    ("definitive", re.compile(r"\b(?:definitive|curative|radical)\b")),
    ("palliative", re.compile(r"\bpalliative\b")),
    ("metastatic", re.compile(r"\b(?:for (?:metastatic|recurrent|advanced|r/m|relaps\w+)|\d ?l\b|(?:first|second|third|fourth|1st|2nd|3rd|4th)[- ]line|salvage|line \d|r/m)\b")),
)
_PD = re.compile(r"(?<!no )\bpd\b|(?<!without )(?<!no )\bprogress(?:ed|ion|ing|ive)?\b(?! ?-?free)|\bprog\b|\bgrowth\b")
_RELAPSE = re.compile(r"\brelaps\w+|\brecurr\w+")
_REFRACTORY = re.compile(r"\brefractory\b|\b(?:no|without|w/o) (?:any )?response\b|\bnon-?responder")
_RESPONSE = re.compile(r"\b(?:cr|pr|vgpr|scr|pcr)\b|\b(?:partial|complete|good|major|excellent) (?:response|remission)|\bresponse\b|\bremission\b")
_STABLE = re.compile(r"\bsd\b|\bstable disease\b")
_INTOLERANT = re.compile(r"\bintoleran\w+|\b(?:stopped|discontinued|d/c'?d|held) (?:for|due to|because of) (?:g\d|gr|tox\w*|\w+itis|neuropath\w*|rash|ae|side)|\bnot tolerated\b")
_ONGOING = re.compile(r"\b(?:continues|ongoing|current(?:ly)?|still on|remains on)\b")
_BLANKET = re.compile(r"\b(?:progress\w*|pd)\s+(?:on|after|through|following|with)\b[^.;]{0,60}$|\brefractory to\b[^.;]{0,60}$|\bfail\w+\b[^.;]{0,40}$")
_EACH = re.compile(r"\bpd (?:on|with|after) (?:both|all|each|every)\b|\bprogress\w+ (?:on|after|through) (?:both|all|each|every)\b")
_CYCLES = re.compile(r"^\s*(?:\([^()]{0,12}\)\s*)?(?:x|×)\s?(?P<n>\d{1,2})(?!\s?(?:mo|wk|week|y|month|d\b|\d|\.|uln))|^\s*(?:for\s+)?(?P<m>\d{1,2}) (?:cycles|cyc)\b")
_LENGTH = re.compile(r"^\s*(?:x|×|for)\s?(?P<n>\d{1,2})\s?(?P<u>mo(?:nth)?s?|wks?|weeks?|y(?:ea)?rs?)\b")
_LAST_DOSE = re.compile(r"\b(?:last|final|most recent)\s+(?:\w+[\s/]+){0,3}?(?:dose|cycle|chemo\w*|infusion|treatment|tx|systemic|therapy|given|\w+)\b|\b(?:stopped|held|finished|completed|ended|off|discontinued)\b")
_LINE_NUMBER = re.compile(r"\b(?P<n>[1-6])(?:l|st[- ]line|nd[- ]line|rd[- ]line|th[- ]line)\b|\b(?P<w>first|second|third|fourth)[- ]line\b|\bline (?P<k>[1-6])\b|#\s?(?P<h>[1-6])\b")
_WORD_LINES = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_LOCAL_SETTINGS = frozenset({"adjuvant", "neoadjuvant", "maintenance", "definitive", "localized"})
_NEAR = 60
_REACH = 170


@dataclass(slots=True)
class _Given:
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

    @property
    def json(self) -> dict[str, Json]:
        out: dict[str, Json] = {"therapy": self.name}
        stated = {"setting": self.setting, "line": self.line, "outcome": self.outcome, "days_ago": self.days_ago,
                  "duration_days": self.duration, "cycles": self.cycles}  # fmt: skip
        out.update({key: value for key, value in stated.items() if value is not None})
        return out


def treatments(note: NoteText, *, advanced: bool, tissue: str | None = None, today: dt.date | None = None) -> Iterator[NoteFact]:
    """Treatments and the number of lines.

    Args:
        note: the note.
        advanced: whether the disease is metastatic, recurrent or a blood cancer, so that systemic therapy without a
            named setting is for it.
        tissue: OncoTree tissue of the disease. Castration is no line of prostate cancer; of a brain tumor the drug given
            with radiotherapy is its first line.
        today: the date of the note.
    """
    named = courses(note)
    given: list[_Given] = []
    denied: Course | None = None
    for place, course in enumerate(named):
        follows = named[place + 1] if place + 1 < len(named) else None
        verdict = _verdict(note, course, follows, given)
        if verdict == "given":
            given += _made(note, course, follows)
        elif verdict == "joins":
            given[-1] = _joined(given[-1], course)
        elif verdict in {"denied", "planned"}:
            denied = denied or course
        elif verdict == "refers":
            _add_time(note, course, given, today)
    earlier: _Given | None = None
    for place, one in enumerate(given):
        after = given[place + 1].course.start if place + 1 < len(given) else len(note.text)
        _describe(note, one, after, advanced=advanced, today=today)
        if earlier is not None and _goes_on(note, earlier, one):
            one.setting = "adjuvant"
        elif earlier is not None and one.setting not in _LOCAL_SETTINGS and _maintains(note, earlier, one):
            one.setting = "maintenance"
        earlier = one
    _each(note, given)
    _loose_time(note, given, today)
    _number(given, tissue)
    for one in given:
        yield note.fact("prior_therapies", one.json, one.course.start, one.course.end)
    yield from _lines(note, given, denied, tissue)


def _verdict(note: NoteText, course: Course, follows: Course | None, given: Sequence[_Given]) -> str:
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
    if course.general and all(name in GENERAL or any(is_a(drug, name) for drug in held) for name in course.drugs):
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
        if same and (not re.search(r"\b(?:line|later|re-?)\b", before[-12:]) or re.match(r"\s*(?:single agent\s+)?maintenance", after)):
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
    if re.search(r"\b(?:last|most recent|final|latest|any|more|further|of|for|since|cycle of|prior to|before|non-|systemic|standard|all|only|off|first)\s*$", before):
        return "refers" if re.search(r"\b(?:last|most recent|final|latest)\s*$", before) else "none"
    if follows is not None and follows.start - course.end < _NEAR and not follows.general and follows.systemic:
        between = note.lower[course.end : follows.start]
        if re.fullmatch(r"[^.;]{0,40}?", between) and not re.search(r"->|→|then|\bpd\b|progress", between):
            return "none"
    if _SEVERAL.search(before) or _CLASS_AFTER.match(after) or _RECEIVED.search(before):
        return "given"
    return "none"


def _joined(one: _Given, course: Course) -> _Given:
    """ "Chemoradiation in 2022 with cisplatin": one course."""
    whole = Course(one.course.start, course.end, (*one.course.mentions, *course.mentions))
    return _Given(whole, name=f"{course.name} + radiotherapy")


def _made(note: NoteText, course: Course, follows: Course | None) -> list[_Given]:
    several = _SEVERAL.search(note.before(course.start, 40)) if course.general else None
    if several is not None and re.match(r"\s*(?:\w+\s)?(?:regimens?|lines?)", note.after(course.end, 25)):
        return [_Given(course, name=f"{course.name} (drugs not stated)") for _ in range(_COUNTS[several["n"]])]
    trial = course.general and re.search(r"\b(?:phase (?:1|2|3|i{1,3})|trial|investigational|study)\b", note.before(course.start, 30) + note.after(course.end, 20))
    return [_Given(course, name=f"{course.name} (investigational agent)" if trial and "invest" not in course.name else course.name)]


def _describe(note: NoteText, one: _Given, follows: int, *, advanced: bool, today: dt.date | None) -> None:
    course = one.course
    before = note.before(course.start, 70)
    after = note.lower[course.end : min(follows, course.end + _REACH)]
    first = re.split(r"\.\s(?=[a-z])", after)[0] if not re.match(r"[^.]{0,30}\. (?:best|pd\b|prog|relaps|recurr|response|stopped|last)", after) else after
    one.setting = _setting(note, course, before + note.lower[course.start : course.end].split("therapy")[0], after, advanced=advanced)
    one.added = re.match(r"\s*(?:was |then )?added\b", after) is not None or re.search(r"\badd(?:ed|ing)\s*$", before) is not None
    one.outcome = _outcome(note, course, first)
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


_CAME_BACK = re.compile(r"relaps|recurr|metasta|progress|\bpd\b|->|→|\b\\dl\b|line|then")


def _goes_on(note: NoteText, earlier: _Given, one: _Given) -> bool:
    """Whether a course stands in one list with an adjuvant one ("adjuvant AC x4, paclitaxel x4, tamoxifen 5 y")."""
    if not one.course.systemic or one.setting in {"maintenance", "neoadjuvant"}:
        return False
    after = note.lower[one.course.end : one.course.end + 40]
    if earlier.course.surgical:
        # An operation and a drug in one breath, before anything came back: adjuvant.
        between = note.lower[earlier.course.end : one.course.start]
        if len(between) > _NEAR or _CAME_BACK.search(between.replace("then", "").replace("->", "")) or re.match(r"[^.;,]{0,25}\bfor (?:\w+ )?(?:met|relaps|recur|pd)", after):
            return False
        told = note.before(earlier.course.start, 120)
        return "." not in between and not re.search(r"metast|relaps|recurr|stage iv", told) and note.sentence(earlier.course.start) == note.sentence(one.course.start)
    if earlier.setting != "adjuvant":
        return False
    if note.sentence(earlier.course.start) != note.sentence(one.course.start):
        return False
    return _CAME_BACK.search(note.lower, earlier.course.end, one.course.start) is None


def _maintains(note: NoteText, earlier: _Given, one: _Given) -> bool:
    """Whether a PARP inhibitor follows platinum without progression between: maintenance."""
    if not all(is_a(drug, "PARP inhibitor") for drug in one.course.drugs):
        return False
    platinum = any(is_a(drug, "platinum chemotherapy") for drug in earlier.course.drugs)
    return platinum and not (_PD.search(note.lower, earlier.course.end, one.course.start) or _RELAPSE.search(note.lower, earlier.course.end, one.course.start))


def _setting(note: NoteText, course: Course, before: str, after: str, *, advanced: bool) -> str | None:
    clause = re.split(r"->|→|;|\bthen\b|\bx\s?\d+\b,?|\.\s", before)[-1]
    found: tuple[int, str] | None = None
    for name, pattern in _SETTINGS:
        for match in pattern.finditer(clause):
            if found is None or match.end() > found[0]:
                found = (match.end(), name)
    if found is not None and len(clause) - found[0] < 45:
        return "metastatic" if found[1] == "palliative" and course.systemic else found[1]
    if re.match(r"\s*(?:single[- ]agent\s+)?(?:maintenance)\b", after):
        return "maintenance"
    if re.match(r"[^,.;]{0,12}\b(?:adjuvant|post-?op)", after):
        return "adjuvant"
    if re.match(r"[^,.;]{0,12}\bneo-?adjuvant", after):
        return "neoadjuvant"
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
    if _ONGOING.search(after):
        return "ongoing"
    return None


def _each(note: NoteText, given: Sequence[_Given]) -> None:
    """ "PD on both": an outcome of all courses before it in the sentence."""
    for match in _EACH.finditer(note.lower):
        start = note.sentence(match.start())[0]
        for one in given:
            if start <= one.course.start < match.start() and not one.course.surgical:
                one.outcome = "progressed"


def _add_time(note: NoteText, course: Course, given: Sequence[_Given], today: dt.date | None) -> None:
    """ "Last carboplatin 7 months ago" dates the course that held it."""
    ago = days_ago(note.after(course.end, 40), today)
    if ago is None or not re.search(r"\blast\s+(?:\w+\s+)?$", note.before(course.start, 25)):
        return
    for one in reversed(given):
        if course.drugs <= one.course.drugs or (course.general and one.course.systemic):
            one.days_ago = ago[0]
            return


_LOOSE = re.compile(r"\b(?:last (?:dose|chemo\w*|cycle|treatment|systemic \w+|tx|infusion|therapy)|off (?:treatment|therapy|all therapy|drug))\b")


def _loose_time(note: NoteText, given: Sequence[_Given], today: dt.date | None) -> None:
    """ "Last chemo 5 weeks ago", "off treatment 7 weeks": the time of the last systemic course before it."""
    for match in _LOOSE.finditer(note.lower):
        ago = days_ago(note.lower[match.start() : match.end() + 30], today)
        if ago is None:
            continue
        for one in reversed(given):
            if one.course.start < match.start() and one.course.systemic:
                one.days_ago = ago[0] if one.days_ago is None else one.days_ago
                break


def _number(given: Sequence[_Given], tissue: str | None) -> None:
    line = 0
    for one in given:
        if line and one.added and _counts(one, tissue):
            one.line = line
        elif _counts(one, tissue):
            line = max(line + 1, one.line or 0) if one.line is None or one.line <= line + 2 else line + 1
            one.line = line
        else:
            one.line = None


def _counts(one: _Given, tissue: str | None) -> bool:
    if all(drug.endswith("stem cell transplant") for drug in one.course.drugs):
        return False  # part of the line that it consolidates
    if tissue == "BRAIN":
        return one.course.systemic and one.setting != "maintenance"
    if not one.course.systemic or one.setting in _LOCAL_SETTINGS:
        return False
    if all(is_a(drug, "radioligand therapy") or drug == "radioactive iodine" for drug in one.course.drugs):
        return False
    if tissue == "PROSTATE" and all(is_a(drug, "endocrine therapy") or is_a(drug, "radioligand therapy") for drug in one.course.drugs):
        return False
    return not (one.course.radiation and one.setting != "metastatic")


def _lines(note: NoteText, given: Sequence[_Given], denied: Course | None, tissue: str | None) -> Iterator[NoteFact]:
    counted = [one for one in given if one.line is not None]
    stated = _LINES.search(note.lower)
    naive = _NAIVE.search(note.lower)
    if not given:
        start, end = (denied.start, denied.end) if denied is not None else (naive.start(), naive.end()) if naive is not None else (0, 0)
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
