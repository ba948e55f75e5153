"""How many lines of therapy a person has had, as queries put it ("2L", "treatment naive", "failed two regimens")."""

from __future__ import annotations

import re

from search.query_parser.reading import Reading
from search.terminology.therapies import find_therapies

_WORDS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "no": 0,
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "single": 1,
    "a": 1,
}
_ORDINAL = r"first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th"
_COUNT = r"no|zero|one|two|three|four|five|six|\d|single"
_MORE = (
    r"(?:\s?\+| ?plus| or (?:later|more|greater|higher|beyond|subsequent)(?: lines?)?| and (?:later"
    r"|beyond)(?: lines?)?|/later| onwards?)"
)
_TREATMENT = r"(?:systemic |anti-?cancer |cancer |palliative |active )?(?:treatments?|therap(?:y|ies)|tx)"
_PATTERNS = (
    (
        "naive",
        (
            rf"(?:previously |so far |completely )?untreated(?! (?:brain|cns|mets|metast|hepatitis|hiv"
            rf"|hbv|infection))|(?:treatment|therapy|tx|drug|systemic therapy)[ -]*na[iï]ve"
            rf"|(?<!chemo )(?<!chemo-)(?<!io )(?<!io-)(?:^|(?<=[ ,;]))na[iï]ve to (?:all )?{_TREATMENT}"
            rf"|(?:not|never|un) ?(?:yet )?(?:been )?(?:previously )?(?:pre-?)?treated(?: before| "
            rf"yet)?(?! with| for)|no (?:prior |previous |earlier )?(?:systemic |anti-?cancer |cancer "
            rf")?"
            rf"(?:treatments?|therap(?:y|ies)|tx)(?: yet| so far| before| given| received)?(?! "
            rf"(?:option|available|for|of))"
            rf"|(?:without|w/o) (?:any )?(?:prior|previous) (?:systemic )?(?:treatment|therapy)|(?:has"
            rf"|have)(?: not|n't) (?:started|had|received|begun) (?:any )?{_TREATMENT}"
            rf"|not (?:yet )?(?:started|had|received|begun) (?:any )?{_TREATMENT}|no prior lines?(?: "
            rf"of (?:therapy|treatment))?|(?:0|zero) (?:prior|previous) (?:lines?|therap(?:y|ies)"
            rf"|treatments?)(?: of (?:therapy|treatment))?"
        ),
    ),
    ("front", r"front[ -]?line|up-?front(?! surgery)|(?:initial|primary systemic) (?:treatment|therapy)"),
    (
        "nth",
        (
            rf"(?P<place>{_ORDINAL})[ -]?lines?(?: (?:setting|treatment|therapy|tx)| of (?:treatment"
            rf"|therapy))?(?P<nth_more>{_MORE})?"
        ),
    ),
    (
        "short",
        (
            rf"(?P<short_least>(?:≥|>=|at least) ?)?[1-6][ -]?l(?:[ ]?(?:/|-)[ ]?[1-6]l)?(?P<short_more>{_MORE})?"
            rf"(?= |$|[,;.)/-])|line [1-6](?! of)"
        ),
    ),
    (
        "prior",
        (
            rf"(?P<bound>(?:no|not) more than |at least |≥ ?|>= ?|> ?|more than |up to |≤ ?|<= ?|< ?|max(?:imum)? "
            rf")?(?P<count>{_COUNT})(?P<prior_more>\s?\+| or more| or greater)?(?:\s?(?:-|to"
            rf"|or)\s?(?P<upper>{_COUNT}))?"
            rf" (?:(?:prior|previous|earlier|past|different|full)(?: systemic| chemo(?:therapy)?)? "
            rf"(?:lines?(?: of (?:systemic )?(?:therapy|treatment|chemo(?:therapy)?|tx))?|(?:systemic "
            rf")?therap(?:y|ies)|(?:systemic )?treatments?|regimens?|tx|rx|chemo(?:therapy)? regimens?)"
            rf"|lines?(?: of (?:prior )?(?:systemic )?(?:therapy|treatment|chemo(?:therapy)?|tx))?"
            rf"|(?:prior|previous)(?=\s*(?:[,;]|$))"
            rf"|regimens?)(?: (?:failed|already|of treatment|before))?"
        ),
    ),
    (
        "many",
        (
            r"heavily (?:pre-?)?treated|(?:multiple|several|many|multi) (?:prior |previous )?(?:lines?(?: "
            r"of (?:therapy|treatment|chemo))?|regimens|therapies|treatments)|(?:extensively) "
            r"(?:pre-?)?treated"
        ),
    ),
    (
        "some",
        (
            r"(?<!heavily )(?<!un)(?<!not )(?:pre-?treated|previously[ -]treated|prior treatment|previous "
            r"treatment)(?! with| by)"
        ),
    ),
)
_READS = re.compile("|".join(rf"(?P<{name}>(?<![\w-])(?:{pattern}))(?![\w])" for name, pattern in _PATTERNS))
_HAD = re.compile(
    r"\b(?:after|failed|failing|failure of|progress\w* (?:on|after|through)|pd (?:on|after)|post|s/p"
    r"|received|completed|finished|had)\s+(?:a |the |my |her |his |standard |initial )?$"
)
_WINDOW = 40


def read_lines(reading: Reading) -> None:
    """Lines had; each stretch once."""
    view = reading.view
    drugs = [one.end for one in find_therapies(view.text)]
    for match in _READS.finditer(view.lower):
        if not reading.free(*match.span()):
            continue
        if match["some"] and any(0 <= match.start() - end <= 1 for end in drugs):
            continue  # "taxane pretreated"
        before = view.lower[max(0, match.start() - _WINDOW) : match.start()]
        span = _span(match, had=_HAD.search(before) is not None)
        if span is not None:
            reading.add("line_count", *match.span(), least=span[0], most=span[1])


def _span(match: re.Match[str], *, had: bool) -> tuple[int, int | None] | None:
    if match["naive"]:
        return 0, 0
    if match["front"]:
        return (1, 1) if had else (0, 0)
    if match["nth"]:
        done = _WORDS[match["place"]]
        return (
            (done if had else done - 1, None) if match["nth_more"] else ((done, done) if had else (done - 1, done - 1))
        )
    if match["short"]:
        return _short(match, had=had)
    if match["prior"]:
        return _counted(match)
    if match["many"]:
        return 2, None
    return 1, None


def _short(match: re.Match[str], *, had: bool) -> tuple[int, int | None]:
    digits = [int(one) for one in re.findall(r"[1-6]", match["short"])]
    low, high = digits[0] - (not had), digits[-1] - (not had)
    return low, None if match["short_more"] or match["short_least"] else high


def _counted(match: re.Match[str]) -> tuple[int, int | None]:
    count = _value(match["count"])
    bound = (match["bound"] or "").strip()
    if match["upper"]:
        return count, _value(match["upper"])
    if match["prior_more"] or bound in ("at least", "≥", ">="):
        return count, None
    if bound in ("no more than", "not more than"):
        return 0, count
    if bound in (">", "more than"):
        return count + 1, None
    if bound:
        return 0, count - (bound == "<")
    return count, count


def _value(word: str) -> int:
    return int(word) if word.isdigit() else _WORDS[word]
