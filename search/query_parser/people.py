"""What a query says of the person as a whole: age, sex, performance status, lines of therapy had."""

from __future__ import annotations

import re

from search.query_parser.reading import Reading

_OLDEST = 120
_YEARS = r"(?:y(?:ea)?rs?[ -]*old|y[./]?\s?o\.?|yo|year[ -]olds?|years?(?: of age)?|yrs?)(?:\b|(?<=o)(?=[mf]\b))\.?"
_FEMALE = r"f|female|woman|women|lady|girl|females"
_MALE = r"m|male|man|men|gentleman|boy|males|guy"
_SEX = rf"{_FEMALE}|{_MALE}"
_KIN = (
    (
        "female",
        (
            r"mom|mum|mommy|mummy|mother|wife|sister|daughter|aunt|auntie|grandmother|grandma|nana|niece"
            r"|girlfriend|mother-in-law"
        ),
    ),
    (
        "male",
        (
            r"dad|daddy|father|husband|brother|son|uncle|grandfather|grandpa|granddad|grandad|nephew"
            r"|boyfriend|father-in-law"
        ),
    ),
)
_KIN_WORDS = re.compile("|".join(rf"\b(?P<k{n}>{words})\b(?!-)" for n, (_, words) in enumerate(_KIN)))
_AGED = re.compile(
    rf"(?<![\w./%<>=+-])(?P<age>\d{{1,3}}(?:\.5)?)\s*-?\s*(?:(?P<months>months?|mos?|mths?)(?:[ "
    rf"-]*olds?|[ -]?o\b)|(?P<weeks>weeks?|wks?)[ -]*olds?|{_YEARS})"
    rf"(?:[\s,]*(?:\w+[ -]){{0,2}}?(?P<sex>{_SEX})\b(?![-/'+]))?"
)
_GLUED = re.compile(
    r"(?<![\w./%<>=+-])(?P<age>[1-9]\d?|1[01]\d)\s?/?\s?(?P<sex>[MF])\b(?![-/'+%]|\s?=)"
    r"|\b(?P<sex2>[MF])[ /]?(?P<age2>[1-9]\d)\b"
    r"|(?:^|(?<=, ))(?P<age3>[1-9]\d)\s?/?\s?(?P<sex3>[mf])(?=$|[\s,;])(?!\s(?:of|from|around|away)\b)"
)
_WORDED = re.compile(
    rf"\b(?:aged?|age:|age of|age is|aged at)\s*(?:=|:|is|of)?\s*(?P<age>\d{{1,3}})\b(?!\s?[-+%])"
    rf"|\b(?P<sex>{_FEMALE[2:]}|{_MALE[2:]}),? (?:aged? )?(?P<age2>[1-9]\d)\b(?!\s?(?:%|mg|cm|mm"
    rf"|miles|km))"
    rf"|(?<![\w.])(?P<age3>[1-9]\d),? (?P<sex3>male|female|woman|man)\b"
)
_BOUNDED = re.compile(
    r"(?:over|under|above|below|older than|younger than|at least|up to|minimum|maximum|>|<|≥"
    r"|≤)\s*(?:age |the age of )?$"
)
_SEX_WORD = re.compile(rf"\b(?P<sex>{_FEMALE[2:]}|{_MALE[2:]})\b(?!-)")
_NEVER_SEX = re.compile(r"\b(?:fe)?male (?:breast )?(?:genital|condom|pattern|fertility|hormone)")
_ECOG = re.compile(
    r"\b(?:(?:ecog|zubrod)(?: ?/ ?(?:who|zubrod))?(?:[ -]*(?:ps|performance(?: (?:status|score))?"
    r"|status|score|of|is|was|grade))*|who[ -]+(?:ps|performance(?: status)?)"
    r"|(?<!pd-l1 )ps|performance status(?: of)?)"
    r"\s*[:=]?\s*(?P<op>≤|<=|<|≥|>=|>|up to|at most|at least)?\s*(?P<low>[0-5])(?![\d.%])"
    r"(?:\s*(?:-|/|to|or|,)\s*(?P<high>[0-5])(?![\d.%]))?(?P<tail>\s*(?:or (?:less|lower|better"
    r"|below)|or (?:more|higher|worse)))?"
)
_PERCENT = re.compile(
    r"\b(?P<scale>kps|karnofsky(?:[ -]*(?:ps|performance(?: (?:status|score))?|status|score|index"
    r"|of))*|lansky(?:[ -]*(?:ps|play|performance|score|status))*|lps)"
    r"\s*[:=]?\s*(?P<op>≤|<=|<|≥|>=|>|at least|at most|over|above"
    r"|below)?\s*(?P<low>\d{2,3})\s?%?(?:\s*(?:-|to)\s*(?P<high>\d{2,3}))?(?P<tail> or (?:more"
    r"|higher|above|less|below))?"
)
_AT_LEAST = frozenset({"≥", ">=", ">", "at least", "over", "above"})
_AT_MOST = frozenset({"≤", "<=", "<", "up to", "at most", "below"})


def read_people(reading: Reading) -> None:
    """Age, sex and performance status."""
    _performance(reading)
    _age(reading)
    if not reading.found("sex"):
        _sex(reading)


def _performance(reading: Reading) -> None:
    lower = reading.view.lower
    for match in _ECOG.finditer(lower):
        least, most = _bounds(match, 0)
        reading.add("performance", *match.span(), scale="ECOG", least=least, most=most)
    for match in _PERCENT.finditer(lower):
        least, most = _bounds(match, None)
        scale = "Lansky" if match["scale"].startswith("l") else "Karnofsky"
        if max(least or 0, most or 0) <= 100:
            reading.add("performance", *match.span(), scale=scale, least=least, most=most)


def _bounds(match: re.Match[str], floor: int | None) -> tuple[int | None, int | None]:
    low = int(match["low"])
    tail, op = match["tail"] or "", match["op"] or ""
    if match["high"]:
        return min(low, int(match["high"])), max(low, int(match["high"]))
    if op in _AT_MOST or re.search(r"less|lower|better|below", tail):
        return floor, low - (op == "<")
    if op in _AT_LEAST or re.search(r"more|higher|worse|above", tail):
        return low + (op == ">" and floor is not None), None
    return low, low


def _age(reading: Reading) -> None:
    view = reading.view
    for match in _AGED.finditer(view.lower):
        if _BOUNDED.search(view.lower[: match.start()]) or not reading.free(*match.span()):
            continue
        if view.lower[match.start() : match.end()].rstrip(".").endswith(("years", "year", "yrs", "yr")) and re.search(
            r"\b(?:for|last|past|in|after|within|since|every|of)\s+$", view.lower[: match.start()]
        ):
            continue  # a length of time
        if not re.search(r"old|age|o\b|mo|w", match.group()) and _beside_kin(view.lower):
            continue  # "dad 81, on it for 5 yrs"
        if re.match(
            r"\s*(?:ago|later|survival|follow|of (?!age)|apart|since|post|after|on\b)", view.lower[match.end() :]
        ):
            continue
        years = float(match["age"])
        if match["months"] or match["weeks"]:
            years = round(years / (12 if match["months"] else 52), 2)
        if years > _OLDEST:
            continue
        sex = match["sex"]
        if sex in ("m", "f") and view.text[match.start("sex")].islower() and "o" not in match.group():
            sex = None
        end = match.start("sex") if match["sex"] else match.end()
        reading.add("age", match.start(), end, years=years)
        if sex:
            reading.add("sex", *match.span("sex"), value=_sex_of(sex))
        return
    for pattern in (_GLUED, _WORDED):
        for match in pattern.finditer(view.text if pattern is _GLUED else view.lower):
            groups = match.groupdict()
            age = groups.get("age") or groups.get("age2") or groups.get("age3")
            sex = groups.get("sex") or groups.get("sex2") or groups.get("sex3")
            if (
                not reading.free(*match.span())
                or int(age or 0) > _OLDEST
                or _BOUNDED.search(view.lower[: match.start()])
            ):
                continue
            reading.add("age", *match.span(), years=float(age or 0))
            if sex:
                reading.add("sex", *match.span(), value=_sex_of(sex.lower()))
            return
    _kin_age(reading)


_NUMBER_BESIDE = re.compile(
    r",?\s(?:is |was |aged? |\(|who is )?(?P<age>[1-9]\d?)(?![\d.%]|\s?(?:mg|miles|mi\b|km|cm|mm|%"
    r"|weeks|months|rounds|cycles|lines|prior))\b"
)


def _beside_kin(lower: str) -> bool:
    """Whether a number stands beside a word of kinship: that is the age, whatever else counts years."""
    return any(_NUMBER_BESIDE.match(lower, match.end()) for match in _KIN_WORDS.finditer(lower))


def _kin_age(reading: Reading) -> None:
    """ "mom 66": a number beside a word of kinship or sex is an age."""
    view = reading.view
    for match in _KIN_WORDS.finditer(view.lower):
        beside = _NUMBER_BESIDE.match(view.lower, match.end())
        if beside is not None and reading.free(*beside.span("age")):
            reading.add("age", *beside.span("age"), years=float(beside["age"]))
            return


def _sex(reading: Reading) -> None:
    view = reading.view
    words = [
        m
        for m in _SEX_WORD.finditer(view.lower)
        if reading.free(*m.span()) and not _NEVER_SEX.match(view.lower, m.start())
    ]
    values = {_sex_of(match["sex"]) for match in words}
    if len(values) == 1:
        reading.add("sex", *words[0].span(), value=values.pop())
        return
    if values:
        return
    kin = [match for match in _KIN_WORDS.finditer(view.lower) if reading.free(*match.span())]
    meant = {_KIN[int(str(match.lastgroup)[1:])][0] for match in kin}
    if len(meant) == 1:
        reading.add("sex", *kin[0].span(), value=meant.pop(), ambiguous=True)


def _sex_of(word: str) -> str:
    return "female" if re.fullmatch(_FEMALE, word) else "male"
