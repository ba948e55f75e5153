"""Therapies of a query: wanted, not wanted, had, or not had.

A drug or class is wanted unless words beside it say otherwise: "after", "failed", "PD on", "s/p", "pretreated with"
make it prior therapy, "naive" prior therapy that was not had, "no", "without", "avoid" one that is not wanted. Parts
joined by `+` or `/`, and drugs written right after each other, are one combination.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.query_parser.added_therapies import ADDED, ADDED_WORDS, is_other_word
from search.query_parser.cues import had_or_naive
from search.query_parser.reading import Reading
from search.terminology.markers import find_markers
from search.terminology.therapies import TherapyKind, TherapyMention, find_therapies

_NO_THERAPY = frozenset(
    {
        "anticancer therapy",
        "systemic therapy",
        "standard therapy",
        "maintenance therapy",
        "neoadjuvant therapy",
        "adjuvant therapy",
        "first-line therapy",
        "second-line therapy",
        "investigational agent",
        "investigational device",
        "investigational biologic",
        "placebo",
        "antiretroviral",
        "solid organ transplant",
        "supportive care",
        "biopsy",
        "dialysis",
    }
)
_CODE = re.compile(
    r"(?<![\w-])(?!NCT|ECOG|EORTC|SWOG|KEYNOTE|CD\d|HLA|COVID|IL-?\d|TP53|GPT|UK|US|PS|CA-?\d|ISS|KPS"
    r"|FIGO)[A-Z]{2,4}-?\d{3,6}[A-Z]?(?![\w-])"
)
"""A development code ("BNT327", "MK-2870")."""
_JOINED = re.compile(r"-|\s*(?:\+|/|\bplus\b|\bcombined with\b|\bin combination with\b)\s*")
_SIDE_BY_SIDE = re.compile(r"[ -]")
_LISTED = re.compile(r"\s*(?:,|,?\s?\band\b|&|\bthen\b|->|→|,\s?then|\bor\b|followed by|,\s?\bor\b|\bwith\b)\s*")
_AND = re.compile(r"\s*(?:,?\s?\band\b|&|\bthen\b|->|→|followed by|\bor\b|\bwith\b)\s*")
_PARTS = re.compile(r"\s*(?:[/+&,-]|\band\b|\bplus\b|\bwith\b)\s*|(?<=[a-z]{4}) (?=[a-z]{4})")
_COMBO = re.compile(
    r"\s(?:combo|combination|regimen|based|therapy|treatment|monotherapy|mono|trials?|doublet"
    r"|triplet)\b"
)
_FILL = (
    r"(?:(?:a|an|the|my|her|his|prior|previous|initial|adjuvant|neoadjuvant|induction|definitive|first"
    r"|second|third|\d+|one|two|three|four|five|six|course|courses|of|cycles?|rounds?|doses?|months?"
    r"|years?|weeks?|high[- ]dose|low[- ]dose|concurrent|palliative|standard|first[- ]line|second[- "
    r"]line|1l|2l|3l|1st[- ]line|2nd[- ]line|frontline|front[- ]line|maintenance|weekly|any|some|both"
    r"|all|treatment|therapy|with|to|on|chemotherapy|anti-?|single[- ]agent|line|lines)[\s-]+)*"
)
_HAD = re.compile(
    r"(?P<cue>\b(?:"
    r"(?P<bad>failed|failing|fails|fail|failure (?:of|on|to|with)|progress(?:ed|ing|es|ion"
    r"|ive)?(?: disease)?(?: (?:on|after|through|with|following|despite|while on|during|post|under"
    r"|from|to))+|pd (?:on|after|with|through|following|post|to)"
    r"|refractory to|resistant to|resistance to|(?:not|no longer|didn't|did not|stopped) "
    r"(?:responding|responded|respond|working)(?: to)?|no response to|relaps(?:ed|e|ing) (?:on"
    r"|after|post|following|from|to|despite)"
    r"|recur(?:red|rence|rent|ring) (?:on|after|post|following|despite)|(?:came|come) back after"
    r"|grew (?:on|through|despite)|growing on|despite|worse on|worsened on|pod (?:on|after)"
    r"|intolerant (?:to|of)|intolerance (?:to|of)|couldn't tolerate|stopped working|switch(?:ing"
    r"|ed)? from|(?:relaps|progress|recur)\w* (?:<|within|less than|in|under)\s?(?:a year|\d+ "
    r"?(?:months?|mo|m|weeks?|years?|yrs?)) (?:of|after|from|following))"
    r"|after|post|s/p|status[ -]post|following|since|pre-?treated with|treated (?:previously "
    r")?with|previously (?:treated|received|had|given|on|exposed to|untreated with)|previous|prior"
    r"|previously|had|has had|have had|received|given|got|did|done|did have|finished|finishing"
    r"|completed|underwent|history of|hx of|h/o|(?:lines?|regimens?|therapies|treatments?) "
    r"including|exposed to|exposure to|last|tried|used|already (?:had|on|tried|received)|been on|was on"
    r"|were on|is on|am on|currently on|now on|still on|started on|stopped|off|on|discontinued"
    r"|(?<!for )(?<!x )(?:\d+|two|three|four|five|six|several) (?:cycles?|rounds?|courses?|doses?)(?: of)?"
    r"|already|ineligible after|beyond|rechallenge after"
    r")[\s:-]+)(?:(?!(?:trial|study)\b)(?P<fill>" + _FILL + r"))$"
)
_NOT_HAD = re.compile(
    r"\b(?P<cue>(?:no|without|w/o|never (?:had|received|been (?:on|given|treated with)|exposed to"
    r"|tried|took|taken|on|got|treated with)|not (?:yet )?(?:had|received|been (?:on|given"
    r"|treated with)|exposed to|previously (?:had|received|treated with)|treated with)"
    r"|(?:has|have|had)(?: not|n't) (?:yet )?(?:had|received|been (?:on|given)|tried|taken)"
    r"|hasn't (?:had|received)|haven't (?:had|received)|didn't (?:have|get|receive)|did not "
    r"(?:have|get|receive)|na[iï]ve (?:to|of|for)|not pre-?treated with|no (?:prior|previous"
    r"|earlier|history of|exposure to|prior exposure to|prior treatment with|previous treatment "
    r"with)|without (?:any )?(?:prior|previous)))[\s-]+"
    r"(?:(?:any|prior|previous|earlier|the|a|exposure to|treatment with|therapy with|systemic"
    r"|adjuvant|neoadjuvant|or)[\s-]+)*$"
)
_PRIOR_WORD = re.compile(
    r"\b(?:prior|previous|earlier|never|history|exposed|exposure|na[iï]ve|had|received|yet|been"
    r"|treated|have|get|receive)\b"
)
_YET = re.compile(
    r"(?:\s*(?:,|or|nor|and|/)\s*[\w-]+(?: therapy)?(?= yet\b| so far\b))?"
    r"[\s-]*(?:yet|so far|to date|thus far|before now|before(?=$|[,;.]))\b"
)
_NOT_WANTED = re.compile(
    r"\b(?P<cue>no|not|non|without|w/o|avoid(?:ing|s)?|excluding|exclude|except|other than"
    r"|instead of|rather than|don't want|do not want|doesn't want|does not want|didn't want|won't "
    r"(?:have|take|do)|refus(?:es|ed|ing|e)|declin(?:es|ed|ing|e)|against|no more|alternatives? to"
    r"|opposed to|not interested in|hates?|minus|skip(?:ping)?|spare|without any|can't "
    r"(?:have|take|tolerate|do|get)|cannot (?:have|take|tolerate|get)|allergic to)[\s-]+"
    r"(?:(?:any|more|further|the|a|of|further|additional|to have|to do|to take|to get|on|getting"
    r"|doing|having|taking|using|with)[\s-]+)*$"
)
_NAIVE = re.compile(
    r"[\s-]*(?:(?:inhibitor|therapy|treatment|chemotherapy|drug|tki|agent)s?[\s-]*)?(?:na[iï]ve"
    r"|na[iï]ve to|untreated|not (?:yet )?(?:received|given|had|tried)|-free interval)\b"
)
_DECLINED = re.compile(
    r"[\s-]*(?:(?:therapy|treatment)[\s-]*)?(?:is |was )?(?:declined|refused|unwanted|not (?:wanted|desired|acceptable"
    r"|an option))\b"
)
_FREE = re.compile(r"[\s-]*(?:(?:therapy|treatment)[\s-]*)?(?:-?free|-?sparing|-?less)\b")
_HARM = re.compile(
    r"[\s-]*(?:induced|related|associated|toxicit|side effects?|dermatitis|necrosis|pneumonitis|proctitis|cystitis"
    r"|enteritis|mucositis|fibrosis)"
)
"""Behind a therapy: its harm is meant."""
_FIT = re.compile(r"[\s-]*(?:(?:therapy|treatment)[\s-]*)?(?:is )?(?:eligible|candidates?|fit)\b")
_UNFIT = re.compile(
    r"[\s-]*(?:(?:therapy|treatment|chemo(?:therapy)?)[\s-]*)?(?:is |was |are )?(?:contra-?indicated"
    r"|in-?eligib(?:le|ility)|unfit|unsuitable|not (?:a )?(?:possible|suitable|eligible|candidate)"
    r"|non-?(?:eligible|candidates?))\b"
)
"""Behind a therapy that the person cannot have ("cisplatin ineligible")."""
_FIT_BEFORE = re.compile(
    r"(?P<cue>(?<![\w-])(?:not (?:an? )?|non-?|in-?|un-?|too |isn't (?:an? )?|wasn't (?:an? )?|never (?:an? )?)?"
    r"(?:(?:good )?candidates? for|eligible for|suitable for|fit (?:enough )?for"
    r"|(?:strong|weak|frail|sick|old|young|ill|well|healthy)(?: enough)? for))\s+(?:any |the |an? |intensive |more"
    r"|further |high[- ]dose )*$"
)
_CANNOT = re.compile(r"not|non|in|un|isn't|wasn't|never|too (?!well|young|healthy|fit|strong)")
_NOT_BEFORE = re.compile(r"\b(?P<cue>not|non|isn't)[\s-]+(?:an? )?(?:good |intensive )?$")
"""Before a therapy behind which "candidate" or "eligible" follows."""
_BEHIND = (
    (
        "refractory",
        re.compile(
            r"[\s-]*(?:(?:inhibitor|therapy|treatment|chemotherapy|tki|based|or|/)s?[\s-]*)*(?:refractory"
            r"|resistan(?:t|ce)|unresponsive|non-?responsive)\b"
        ),
    ),
    (
        "progressed",
        re.compile(
            r"[\s,-]*(?:(?:inhibitor|therapy|treatment|chemotherapy|based|has|have|had"
            r"|just|then|for|x|\d+ ?(?:mo|mos|months?|weeks?|wks?|cycles?|years?)"
            r"|recently)s?[\s-]*)*(?:fail(?:ure|ed|ures|ing|s)?|progress(?:ed|ion|ors?|ing)|relapsed?(?=$|[,;.])"
            r"|stopped working|(?:not|no longer|isn't|didn't|wasn't) work(?:ing|ed)?|didn't work|pd\b)\b"
        ),
    ),
    (
        "intolerance",
        re.compile(
            r"[\s-]*(?:(?:therapy|treatment)[\s-]*)?(?:intoleran(?:t|ce)|toxicity"
            r"|stopped (?:for|due to|because of) (?:toxicity|side effects))\b"
        ),
    ),
    ("response", re.compile(r"[\s-]*(?:(?:chemotherapy|therapy)[\s-]*)?sens(?:itive)?\b")),
    (
        None,
        re.compile(
            r"[\s-]*(?:(?:inhibitor|therapy|treatment|chemotherapy|tki)s?[\s-]*)?(?:pre-?treated"
            r"|experienced|exposed|exp(?=$|[,;.])|treated|already|given|(?:just |recently )?started"
            r"|ongoing|completed|finished|done|received"
            r"|before\b(?!\s+(?:(?:the|my|her|his|a|an|any|planned|elective)\s+)?(?:surg\w+|operat\w+|resection|transplant\w*"
            r"|\w+ectomy|radio\w+|radiation|chemo-?radi\w+|consolidation|asct|sct))"
            r"|previously|in the past|(?:19|20)\d\d|last (?:year|yr|month|week|spring|summer|fall|autumn|winter)"
            r"|\d+ (?:years?|months?|weeks?"
            r"|mos?|wks?|yrs?) ago|x ?\d+(?: "
            r"cycles)?(?! trials?)|(?:for |x ?)?\d+ (?:cycles|rounds|doses|courses|infusions|fractions))\b"
        ),
    ),
)
_SETTINGS = re.compile(
    r"\b(?P<setting>neo-?adjuvant|adjuvant|induction|consolidation|maintenance|perioperative"
    r"|peri-?operative|concurrent|palliative|salvage|definitive)[\s-]*$"
)
_SETTING_AFTER = re.compile(r"[\s-]*(?P<setting>consolidation|maintenance|induction|salvage)\b")
_WANTED_AGAIN = re.compile(
    r"\b(?:want(?:s|ed)?|looking for|interested in|seeking|try|trials? (?:of|with|for|using)|now|next"
    r"|considering|any|start(?:ing)?|planned|candidate for|eligible for|need|what about|combination "
    r"of)\b"
)


_MANY = 3
_COMMA = re.compile(r"\s*,\s*")
_LATER = frozenset({"consolidation", "maintenance", "salvage"})
_WEAK = re.compile(r"(?:after|post|following|since|beyond|on|s/p)\b")
"""Cues behind which a comma may end what was had ("after T-DXd, sacituzumab")."""


@dataclass(frozen=True, slots=True)
class _Course:
    """One therapy or combination; offsets are into the view."""

    start: int
    end: int
    names: tuple[str, ...]
    drugs: bool


_Said = tuple[str | None, int, int, bool, str | None, str | None]
"""Kind, start, end, polarity, outcome, setting."""


def read_therapies(reading: Reading) -> None:
    """Therapies with what is said of them."""
    courses = list(_courses(reading))
    lower = reading.view.lower
    verdicts = _shared_back(lower, courses, _all_said(reading, courses))
    had: str | None = None
    outcome: str | None = None
    strong = False
    for number, (one, said) in enumerate(zip(courses, verdicts, strict=True)):
        previous = courses[number - 1] if number else None
        if previous is not None and had is not None and not _goes_on(lower, courses, number, strong=strong):
            had = None
        if said is None:
            had = None
            reading.take(one.start, one.end)
            continue
        kind, start, end, negative, result, setting = said
        if kind is None and lower.startswith("?", one.end):
            had = None  # "PD on ramucirumab, TAS-102?"
        if kind is not None:
            strong = result is not None or (kind == "prior_therapy" and _WEAK.match(lower, start) is None)
        if kind is None and setting in _LATER and had is not None and "," in lower[courses[number - 1].end : one.start]:
            had = None  # "finished chemoradiation, durvalumab consolidation": what comes next
        if kind is None and had is not None:
            kind, negative, result = had.split()[0], had.endswith("not"), outcome
        elif kind is None:
            kind = "intervention"
        had = f"{kind} {'not' if negative else 'had'}" if kind == "prior_therapy" or negative else None
        outcome = result if kind == "prior_therapy" else None
        reading.add(kind, start, end, therapies=one.names, negative=negative, outcome=result, setting=setting)


def _goes_on(lower: str, courses: list[_Course], number: int, *, strong: bool) -> bool:
    """Whether what was said of the therapy before holds for this one too: over "and", in a list that ends in one."""
    start, end = courses[number - 1].end, courses[number].start
    if lower[start:end] == " " and not strong and courses[number].drugs and not courses[number - 1].drugs:
        return False  # "after chemoradiation durvalumab": what comes next
    if lower[start:end] == " " or _AND.fullmatch(lower, start, end):
        return True
    if not _LISTED.fullmatch(lower, start, end):
        return False
    if strong or _chain(lower, courses, number) >= _MANY:
        return True
    for one, other in zip(courses[number:], courses[number + 1 :], strict=False):
        if _AND.fullmatch(lower, one.end, other.start):
            return True
        if not _LISTED.fullmatch(lower, one.end, other.start):
            return False
    return False


def _chain(lower: str, courses: list[_Course], number: int) -> int:
    """How many therapies the list by commas has in which one stands: three behind "s/p" were all had."""
    first, last = number, number
    while first and _COMMA.fullmatch(lower, courses[first - 1].end, courses[first].start):
        first -= 1
    while last + 1 < len(courses) and _COMMA.fullmatch(lower, courses[last].end, courses[last + 1].start):
        last += 1
    return last - first + 1


def _shared_back(lower: str, courses: list[_Course], said: list[_Said | None]) -> list[_Said | None]:
    """ "BTK inhibitor and venetoclax refractory": what stands behind the last of a pair holds for both."""
    shared = list(said)
    for number in range(len(courses) - 2, -1, -1):
        one, other = shared[number], shared[number + 1]
        if one is None or other is None or one[0] is not None or other[0] != "prior_therapy":
            continue
        behind = other[1] >= courses[number + 1].start
        if behind and re.fullmatch(r"\s*(?:and|&|or|/|-)\s*", lower[courses[number].end : courses[number + 1].start]):
            shared[number] = (other[0], one[1], one[2], other[3], other[4], one[5])
    return shared


def _all_said(reading: Reading, courses: list[_Course]) -> list[_Said | None]:
    """What is said of each; words behind one therapy ("X failed Y") say nothing of the next."""
    said: list[_Said | None] = []
    taken = 0
    for one in courses:
        said.append(_said(reading, one, taken))
        last = said[-1]
        taken = last[2] if last is not None and last[2] > one.end else 0
    return said


def _said(reading: Reading, one: _Course, taken: int) -> _Said | None:
    """Kind (None: nothing says), span, polarity, outcome, setting; None where the therapy is neither wanted nor had."""
    lower = reading.view.lower
    before, after = reading.before(one.start, max(0, min(110, one.start - taken))), reading.after(one.end, 60)
    at = one.start - len(before)
    setting_before, setting_behind = _SETTINGS.search(before), _SETTING_AFTER.match(after)
    start, end, setting = one.start, one.end, None
    if setting_before is not None:
        start, setting = at + setting_before.start("setting"), setting_before["setting"].replace("-", "")
        before = before[: setting_before.start()]
    elif setting_behind is not None:
        end, setting = one.end + setting_behind.end(), setting_behind["setting"]
    naive = _NAIVE.match(after)
    if naive is not None:
        return "prior_therapy", one.start, one.end + naive.end(), True, None, None
    if _HARM.match(after):
        return None
    fitness = _fitness(before, after)
    if fitness is not None:
        cannot, lead, tail = fitness
        return ("intervention", at + lead, one.end + tail, True, None, setting) if cannot else None
    declined = _DECLINED.match(after)
    if declined is not None:
        return "intervention", one.start, one.end + declined.end(), True, None, setting
    free = _FREE.match(after)
    if free is not None:
        return "intervention", one.start, one.end + free.end(), True, None, None
    not_had = _NOT_HAD.search(before)
    yet = _YET.match(after)
    if not_had is not None and yet is not None:
        beside = yet.group().lstrip().startswith(("yet", "so", "to", "thus", "before"))
        end = one.end + yet.end() if beside else end
        return "prior_therapy", at + not_had.start("cue"), end, True, None, setting
    if not_had is not None and _PRIOR_WORD.search(before, not_had.start()):
        return "prior_therapy", at + not_had.start("cue"), end, True, None, setting
    for outcome, pattern in _BEHIND:
        behind = pattern.match(after)
        if behind is not None and not (outcome == "response" and not _is_platinum(one)):
            return "prior_therapy", start, one.end + behind.end(), False, outcome, setting
    unwanted = _NOT_WANTED.search(before)
    if unwanted is not None:
        combo = re.match(r"\s(?:combo|combination)\b", lower[one.end :])
        return "intervention", at + unwanted.start("cue"), end + (combo.end() if combo else 0), True, None, setting
    had = _HAD.search(before)
    if had is not None and not _is_wanted(had):
        outcome = "progressed" if had["bad"] else None
        if had["bad"] and re.match(r"refractory|resistan", had["bad"]):
            outcome = "refractory"
        if had["bad"] and re.match(r"intoler|couldn't", had["bad"]):
            outcome = "intolerance"
        return "prior_therapy", at + had.start("cue"), end, False, outcome, setting
    return None, start, end, False, None, setting


def _fitness(before: str, after: str) -> tuple[bool, int, int] | None:
    """Whether a person cannot have a therapy, and where what says so starts before and ends behind; None: not said."""
    unfit = _UNFIT.match(after)
    if unfit is not None:
        return True, len(before), unfit.end()
    fit = _FIT.match(after)
    if fit is not None:
        denied = _NOT_BEFORE.search(before)
        return denied is not None, len(before) if denied is None else denied.start("cue"), fit.end()
    ahead = _FIT_BEFORE.search(before)
    return None if ahead is None else (_CANNOT.match(ahead["cue"]) is not None, ahead.start("cue"), 0)


def _is_wanted(had: re.Match[str]) -> bool:
    """ "Trials of X on …": "on" alone is a cue only at the beginning or behind a word for being treated."""
    if had["cue"].strip() == "tried":
        return re.search(r"(?:anyone|anybody|who|people)\s+$", had.string[: had.start()]) is not None
    if had["cue"].strip() != "on":
        return False
    head = had.string[: had.start()].rstrip()
    return re.search(r"(?:trials?|stud(?:y|ies)|focus|research|information|info|data|questions?)$", head) is not None


def _is_platinum(one: _Course) -> bool:
    return any("platin" in name or name == "endocrine therapy" for name in one.names)


def _courses(reading: Reading) -> Iterator[_Course]:
    """Therapies of the text; parts of a combination together."""
    text, lower = reading.view.text, reading.view.lower
    parts = sorted(_mentions(reading), key=lambda one: one.start)
    open_one: _Course | None = None
    for one in parts:
        if open_one is not None:
            between = text[open_one.end : one.start]
            beside = _SIDE_BY_SIDE.fullmatch(between) and open_one.drugs and one.drugs
            if _JOINED.fullmatch(lower, open_one.end, one.start) or beside:
                names = tuple(dict.fromkeys((*open_one.names, *one.names)))
                open_one = _Course(open_one.start, one.end, names, open_one.drugs or one.drugs)
                continue
            yield open_one
        open_one = one
    if open_one is not None:
        yield open_one


def _mentions(reading: Reading) -> list[_Course]:
    view = reading.view
    found: list[_Course] = []
    for mention in find_therapies(view.text):
        if reading.free(mention.start, mention.end) and not _is_none(mention, view.lower):
            found.append(_Course(mention.start, mention.end, _names(mention), mention.kind is TherapyKind.DRUG))
        elif mention.quote.lower().startswith("cancer ") and reading.free(mention.start + 7, mention.end):
            found.append(_Course(mention.start + 7, mention.end, _names(mention), drugs=False))
    for match in ADDED_WORDS.finditer(view.lower):
        covered = [one for one in found if one.start < match.end() and match.start() < one.end]
        wider = all(match.start() <= one.start and one.end <= match.end() for one in covered)
        longer = sum(one.end - one.start for one in covered) < match.end() - match.start()
        group = next(name for name, text in match.groupdict().items() if text is not None)
        if reading.free(*match.span()) and wider and longer and not is_other_word(match, view.text):
            found = [one for one in found if one not in covered]
            found.append(_Course(*match.span(), tuple(ADDED[int(group[1:])][0].split("+")), drugs=False))
    for marker in find_markers(view.text):
        free = reading.free(marker.start, marker.end) and not any(
            o.start < marker.end and marker.start < o.end for o in found
        )
        if free and had_or_naive(view.lower, marker.start, marker.end):
            name = _against(marker.quote)
            if name is not None:
                found.append(_Course(marker.start, marker.end, (name,), drugs=False))
    found += _regimens(reading, found)
    for match in _CODE.finditer(view.text):
        if reading.free(*match.span()) and not any(o.start < match.end() and match.start() < o.end for o in found):
            found.append(_Course(*match.span(), (match.group(),), drugs=True))
    return found


_BRIEF = re.compile(
    r"(?<![\w-])(?:dd)?(?P<name>TIP|VIP|BR|ICE|R-ICE|BEAM|SMILE|CVP|AC|TC|EC)(?![\w-]|\s?(?:ca|cancer)\b)"
)
"""Regimens whose letters are other things in the company of other diseases."""
_BREAST_ONLY = frozenset({"AC", "TC", "EC"})


def _regimens(reading: Reading, found: list[_Course]) -> list[_Course]:
    """Regimens that only capitals beside a cancer tell from other words ("MCL after BR", "breast TC x4")."""
    view = reading.view
    codes = {code for one in reading.found("cancer") for code in one.codes}
    if not codes or view.typed.isupper():
        return []
    read = []
    for match in _BRIEF.finditer(view.text):
        covered = any(one.start < match.end() and match.start() < one.end for one in found)
        if covered or not reading.free(*match.span()) or (match["name"] in _BREAST_ONLY and "BREAST" not in codes):
            continue
        mentions = find_therapies(f"{match['name']} regimen")
        if mentions:
            read.append(_Course(*match.span(), (mentions[0].name,), drugs=True))
    return read


def _against(target: str) -> str | None:
    """The class of drugs against a target; None where the vocabulary knows none."""
    for words in (f"{target} inhibitor", f"anti-{target}"):
        mentions = find_therapies(words)
        if len(mentions) == 1 and mentions[0].quote == words and mentions[0].kind is TherapyKind.CLASS:
            return mentions[0].name
    return None


def _is_none(mention: TherapyMention, lower: str) -> bool:
    if mention.name in _NO_THERAPY or mention.kind is TherapyKind.NONE:
        return True
    behind = lower[mention.end : mention.end + 14]
    if re.match(r"[ -](?:dependen|independen|requir|related|burden|iron)", behind):
        return True
    return behind.startswith(("-related", " toxicity grade", " center", " centre"))


def _names(mention: TherapyMention) -> tuple[str, ...]:
    if mention.kind is TherapyKind.REGIMEN:
        parts = [find_therapies(part) for part in _PARTS.split(mention.quote)]
        if len(parts) > 1 and all(len(found) == 1 and found[0].kind is TherapyKind.DRUG for found in parts):
            return tuple(dict.fromkeys(found[0].name for found in parts))
    return (mention.name,)
