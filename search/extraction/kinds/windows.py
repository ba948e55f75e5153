"""Spans of time and washouts in words: "within 4 weeks or 5 half-lives, whichever is shorter", "21 days since".

All functions work on folded text with single spaces. A window says how long ago something must have been, or how
recent it must not be; a span of time that says how long a thing lasted ("for at least 6 months") is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "wk": 7.0, "month": 30.0, "mo": 30.0, "year": 365.0, "yr": 365.0}
"""Days a unit stands for; months count 30 days, as washouts are counted."""
_WORDS = {
    word: float(value)
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
} | {"a": 1.0, "fourteen": 14.0, "twenty-one": 21.0, "twenty-eight": 28.0, "thirty": 30.0}
_NUMBER = (
    r"(?:\d{1,4}(?:\.\d)?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|twenty-one"
    r"|twenty-eight|thirty)\b)"
)
DURATION = (
    rf"(?P<low>{_NUMBER})(?: ?\( ?(?:\d{{1,4}}|[a-z-]{{3,12}}) ?\))?(?: ?(?:-|to|or) ?(?P<high>{_NUMBER}))?"
    r" ?(?:-|calendar |full |consecutive |complete )?"
    r"(?P<unit>hours?|hrs?|days?|weeks?|wks?|months?|mos?\b|years?|yrs?)\b"
)
"""A span of time, with the groups `low`, `high` and `unit`."""
_DURATION = re.compile(DURATION)
_HALF_LIVES = re.compile(
    rf"(?P<count>{_NUMBER})(?: ?\(? ?\d+ ?\))?[ -](?:[a-z]+ )?(?:drug[ -])?(?:elimination[ -])?half[ -]?li(?:fe|ves)"
)
_CHOICE = re.compile(
    r"which ?ever (?:is |comes |of these is |occurs |period is |duration is |time is |was |are |interval is )*"
    r"(?:the )?(?P<choice>short|less|small|first|early|earlier|long|great|later|last|more)"
)
_SHORTER = ("short", "less", "small", "first", "early", "earlier")
_CHOICE_REACH = 160
"""Characters behind a window in which "whichever is shorter" still belongs to it."""
_FROM = re.compile(
    r"(?:or (?:more|greater|longer) )?(?:(?:is |are |will be |must be )?(?:required|needed) )?(?:must "
    r"|should |will |shall )?(?:have |has |had )?(?:been )?(?:elapsed|passed|free)? ?"
    r"\(?(?:since|from|after|following|off|between|beyond|post|without|out from)\b"
)
_ELAPSED = re.compile(r"(?:must |should |will |shall |have |has |had |been )*(?:elapsed|passed|required|apart)\b")
_BEFORE = re.compile(
    r"(?:\([^)]{0,40}\) ?)?(?:or (?:more|longer|less|greater) )?,? ?(?:\([^)]{0,40}\) ?)?"
    r"(?:immediately |directly |at least )?"
    r"(?:prior|before|preceding|previous|earlier|ago|of (?=(?:the |a |an |planned |this |study |first "
    r"|protocol |your |treatment ?)*"
    r"(?:start|first|study|enrol|regis|random|treat|cycle|c1|initi|baseline|screen|leuka|apher|infus"
    r"|dos|day|entry|consent|trial|admin"
    r"|signing|inclusion|therapy|procedure|surgery|vaccin|allocation|protocol|commenc|begin))|from"
    r"|pre-?|until|to (?:the )?"
    r"(?:start|first|day|enrol|regis|random|study|treat|cycle|c1|initi|baseline|screen|leuka|apher|infus|dos))"
)
_WITHIN = re.compile(
    r"(?:\bwithin|\b(?:in|during|over)(?: the)? (?:last|past|previous|prior|preceding)|\b(?:in|during) the"
    r"|\bless than(?: or equal to)?|\bfewer than|\bno(?:t)? more than|(?<![a-z])[<\u2264] ?=?|\bno less than"
    r"|\bin the|\b(?:last|past|previous|preceding))"
    r"(?: the| a| period of| about| approximately| at least| less than| [<\u2264] ?=?| last| past| previous| prior"
    r"| preceding| minimum(?: of)?)* ?$"
)
_AT_LEAST = re.compile(
    r"(?:\bat least|\bat minimum|\bminimum(?: of)?|\bmore than|\bgreater than(?: or equal to)?|\bno less than"
    r"|\bnot less than|\bno sooner than|\bfor|\bover|(?<![a-z])[>\u2265] ?=?|\ba|\ban interval of|\binterval of"
    r"|\bfirst|\bfor the|\bwash-?out(?: period)?(?: of| is| for| must be)*)"
    r"(?: the| a| an| of| approximately| about| at least| additional| period of| minimum| washout period of)* ?$"
)
_COURSE = re.compile(
    r"of (?:(?!(?:the|a|study|protocol|first|planned|wash-?out|enrol\w*|randomi\w*|registration|screening|start\w*|day"
    r"|cycle|rest|recovery|interval)\b)[\w/-]+ ){0,4}?"
    r"(?:(?:treatment|therapy|exposure|dosing|administration|maintenance|induction) (?:with|by|on|using|in)\b"
    r"|(?:prior|previous|continuous|uninterrupted|continued)\b"
    r"|[\w/-]*(?:chemotherapy|inhibitors?|antibod(?:y|ies)|deprivation|[a-z]{2}mab|[a-z]{2}nib|platin)\b)"
)
"""Behind "at least 12 weeks": the length of a treatment ("of treatment with X"), no time since it."""
_LONG = re.compile(r"at least|minimum|more than|greater than|less than|[>\u2265]")
_DONE = re.compile(
    r"\b(?:finish\w*|complet\w+|end(?:ed|ing)|conclud\w+|last (?:dose|cycle|course|fraction)|given|performed"
    r"|administered|undergone|received|took place)\b[^.;,]{0,40}$"
)
"""Before a window: what was done so long ago."""
_DONE_REACH = 80
_UP_TO = re.compile(r"(?:\([^)]{0,40}\) ?)?or (?:less|fewer|sooner) (?:prior|before|preceding|ago|earlier)")
_NO_MORE = re.compile(r"\b(?:no|not) (?:more|longer|earlier|greater) than (?:the )?$")
_LASTED = re.compile(
    r"\b(?:for|lasting|duration of|persist\w*(?: for)?|stable for|survival of|expectancy of)"
    r"(?: the| a| at least| more than| [>\u2265] ?=?| over| approximately| minimum(?: of)?| previous| last| past)* ?$"
)


@dataclass(frozen=True, slots=True)
class Window:
    """A washout; `days` None where only half-lives are given. Offsets are into the text that was searched."""

    start: int
    end: int
    days: int | None
    recent: bool
    """The words speak of what is too recent ("within", "less than"), not of what is long enough ("at least")."""
    since: bool
    """What it counts from stands behind it ("4 weeks since"), not before it."""
    stated: bool
    """Words around say that it is a window; a bare span of time is one only in a list of washouts."""
    half_lives: float | None = None
    shorter: bool | None = None
    lasted: bool = False
    """It says how long something lasts ("for at least 4 weeks"): a washout only of what was stopped."""
    latest: bool = False
    """It bounds how long ago something was done ("ended 8 weeks or less before", "finished 1 to 42 days before")."""


def days_of(match: re.Match[str]) -> int:
    """The days of a match of `DURATION`; of a range, the longer end."""
    number = match["high"] or match["low"]
    value = _WORDS.get(number)
    unit = match["unit"]
    stem = "hour" if unit.startswith("h") else unit.rstrip("s")
    return max(1, round((float(number) if value is None else value) * _UNITS[stem]))


def windows(text: str) -> list[Window]:
    """All windows of a text, in order. Half-lives join the span of time beside them."""
    if not any(unit in text for unit in ("day", "week", "wk", "month", "year", "yr", "half", "hour", " mo")):
        return []
    found: list[Window] = []
    lives = list(_HALF_LIVES.finditer(text)) if "half" in text else []
    taken: set[int] = set()
    for match in _DURATION.finditer(text):
        start, end, days = match.start(), match.end(), days_of(match)
        before = text[max(0, start - 50) : start]
        after = text[end : end + 70].lstrip(" ),")
        if after[:4] in ("old ", "of a", "life") and not after.startswith("of an"):
            continue  # an age
        within = _WITHIN.search(before)
        least = _AT_LEAST.search(before)
        if least is not None and within is None and _LONG.search(least.group()) and _COURSE.match(after):
            continue
        since = _FROM.match(after) is not None
        lasted = _LASTED.search(before) is not None and not (since or _ELAPSED.match(after) or _BEFORE.match(after))
        stated = bool(
            within
            or since
            or _ELAPSED.match(after)
            or _BEFORE.match(after)
            or (least and ("wash" in least.group() or "interval" in least.group()))
        )
        up_to = _UP_TO.match(after) is not None
        bounded = up_to or (within is not None and _NO_MORE.search(before) is not None)
        if match["high"] is not None and not (within or least or since):
            bounded = _BEFORE.match(after) is not None  # "1 to 42 days before"
        latest = bounded and _DONE.search(text[max(0, match.start() - _DONE_REACH) : match.start()]) is not None
        recent = within is not None or up_to or latest
        lead = within or least
        half_lives: float | None = None
        for number, life in enumerate(lives):
            near = 0 <= life.start() - end <= 60 or 0 <= start - life.end() <= 60
            if (
                number not in taken
                and near
                and not re.search(r"[;.] ", text[min(end, life.end()) : max(start, life.start())])
            ):
                taken.add(number)
                half_lives = _count(life)
                if life.start() >= end and not since and _FROM.match(text[life.end() : life.end() + 70].lstrip(" ),")):
                    since = stated = True  # "30 days or 5 half-lives since"
                start, end = min(start, life.start()), max(end, life.end())
                break
        first = min(start, match.start() - len(before) + lead.start()) if lead else start
        shorter = _shorter(text, end) if half_lives is not None else None
        found.append(Window(first, end, days, recent, since, stated, half_lives, shorter, lasted, latest))
    for number, life in enumerate(lives):
        if number not in taken:
            before = text[max(0, life.start() - 50) : life.start()]
            after = text[life.end() : life.end() + 70].lstrip(" ),")
            recent = _WITHIN.search(before) is not None
            since = _FROM.match(after) is not None
            found.append(Window(life.start(), life.end(), None, recent, since, stated=True, half_lives=_count(life)))
    return sorted(found, key=lambda window: window.start)


def _count(life: re.Match[str]) -> float:
    value = _WORDS.get(life["count"])
    return float(life["count"]) if value is None else value


def _shorter(text: str, end: int) -> bool | None:
    choice = _CHOICE.search(text, end, end + _CHOICE_REACH)
    return None if choice is None else choice["choice"] in _SHORTER
