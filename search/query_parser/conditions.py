"""Other conditions of the person that a query names, on the topics of notes and criteria."""

from __future__ import annotations

import re

from search.extraction.kinds.topic_rules import rules_for
from search.extraction.notes.topics import STEROIDS, TOPICS
from search.query_parser.reading import Reading

_OF_CRITERIA = frozenset(
    {
        "pregnancy",
        "breastfeeding",
        "measurable disease",
        "HIV",
        "HBV",
        "HCV",
        "autoimmune disease",
        "interstitial lung disease",
        "heart failure",
        "thromboembolism",
        "stroke",
        "organ transplant",
        "immunosuppression",
        "neuropathy",
        "kidney disease",
        "liver disease",
        "lung disease",
        "anticoagulation",
        "diabetes",
        "hearing loss",
        "substance abuse",
        "psychiatric",
    }
)
"""Topics whose words in criteria are read in queries too."""
_MORE: tuple[tuple[str, str], ...] = (
    (
        "organ transplant",
        (
            r"(?:kidney|liver|heart|lung|renal|organ|solid organ|cornea\w*) (?:allograft|transplant(?:s|ed"
            r"|ation|\b)(?: (?:recipients?|patients?))?)|transplant (?:recipients?|patients)"
        ),
    ),
    ("pregnancy", r"pregnant|pregnancy|expecting a baby|\d+ weeks pregnant"),
    ("breastfeeding", r"breast-?feeding|lactating|nursing (?:mother|mom)"),
    (
        "kidney disease",
        (
            r"(?:on )?(?:ha?emo)?dialysis|(?:poor|bad|reduced|low|impaired|abnormal) (?:kidney|renal) "
            r"function|(?:kidney|renal) function (?:is )?"
            r"(?:bad|poor|reduced|low|impaired|declin\w+)|bad kidneys|ckd(?: stage \d)?"
            r"|(?:kidney|renal) (?:failure|impairment|problems|insufficiency"
            r"|disease)|one kidney|e?gfr (?:of )?[1-5]\d(?!\d)|crcl (?:of )?[1-5]\d(?!\d)"
        ),
    ),
    (
        "liver disease",
        (
            r"cirrhosis|cirrhotic|child[- ]?pugh [bc]|fatty liver|(?:poor|bad|impaired) liver function"
            r"|liver (?:failure|problems)"
        ),
    ),
    ("heart failure", r"chf|heart failure|(?:lv)?ef (?:of )?[1-4]\d ?%|(?:low|reduced) (?:lv)?ef|weak heart"),
    (
        "cardiac disease",
        (
            r"heart (?:attack|disease|problems?|condition|trouble)|pacemaker|a-?fib|atrial fibrillation"
            r"|bypass surgery"
        ),
    ),
    ("steroids", r"on (?:(?:chronic|daily|low dose|high dose) )?(?:steroids?|prednisone|dexamethasone)"),
    (
        "anticoagulation",
        (
            r"(?:on )?(?:blood[ -]thinners?|anti-?coagul\w+|warfarin|coumadin|eliquis|apixaban|xarelto"
            r"|rivaroxaban|heparin|lovenox|enoxaparin|doacs?)"
        ),
    ),
    (
        "HIV",
        (
            r"hiv(?:[ -]?(?:positive|pos|\+|infect(?:ed|ion)|patients?))?|living with hiv|aids(?= "
            r"(?:patient|related))"
        ),
    ),
    (
        "HBV",
        (
            r"hbv(?:[ -]?(?:positive|pos|\+|infect(?:ed|ion)|carrier))?|hep(?:atitis)?[ -]?b(?:[ "
            r"-]?(?:positive|pos|\+|infect(?:ed|ion)|carrier))?"
        ),
    ),
    (
        "HCV",
        (
            r"hcv(?:[ -]?(?:positive|pos|\+|infect(?:ed|ion)))?|hep(?:atitis)?[ -]?c(?:[ -]?(?:positive"
            r"|pos|\+|infect(?:ed|ion)))?"
        ),
    ),
    ("measurable disease", r"measurable disease|non-?measurable disease"),
    (
        "unable to swallow",
        (
            r"(?:can't|cannot|unable to|trouble|difficulty|problems?) swallow(?:ing)?(?: pills)?|feeding "
            r"tube|dysphagia"
        ),
    ),
    ("claustrophobia", r"claustrophobi\w+"),
    (
        "immunosuppression",
        (
            r"immuno-?(?:suppressed|suppression|compromised|deficien\w+)|immune[- ](?:suppressed"
            r"|compromised)|on immunosuppress\w+"
        ),
    ),
    (
        "second malignancy",
        (
            r"second(?:ary)? (?:cancer|malignancy|primary)|(?:history of|prior|previous) (?:another"
            r"|other) (?:cancer|malignancy)"
        ),
    ),
    ("allogeneic transplant", r"gvhd|graft[- ]versus[- ]host(?: disease)?"),
)
_MORE_WORDS = re.compile("|".join(rf"(?P<c{n}>(?<![\w-])(?:{pattern})(?!\w))" for n, (_, pattern) in enumerate(_MORE)))
_NEGATIVE_BEHIND = re.compile(r"[\s:-]*(?:negative|neg\b|-(?=[\s,]|$)|none\b|absent|ruled out)")
_CAUSE = re.compile(r"[\s-]*(?:related|associated|driven|induced)\b")
_SHADOWED = frozenset(
    {
        "surgery",
        "live vaccine",
        "cardiac disease hx",
        "peritoneal carcinomatosis",
        "second malignancy",
        "allogeneic transplant",
    }
)
_WIDER = {"COPD": "lung disease", "asthma": "lung disease"}


def read_conditions(reading: Reading) -> None:
    """Conditions with their polarity; each topic once."""
    view = reading.view
    seen: set[str] = set()
    for match in _MORE_WORDS.finditer(view.lower):
        group = next(name for name, text in match.groupdict().items() if text is not None)
        topic = _MORE[int(group[1:])][0]
        ambiguous = topic == "heart failure" and "ef" in match.group() and match.group()[-1] == "%"
        _add(reading, seen, topic, *match.span(), ambiguous=ambiguous)
    for rule in TOPICS:
        if rule.name in seen or rule.name in _SHADOWED:
            continue
        for match in rule.words.finditer(view.lower):
            if view.lower[match.start() - 1 : match.start()] == "-" or match.group() == "cannabis":
                continue
            if match.group() == "mi" and re.search(r"\d\s?$", view.lower[: match.start()]):
                continue  # miles
            around = view.lower[max(0, match.start() - 20) : match.end() + 20]
            denied = reading.denied(match.start()) is not None
            if (rule.unless is not None and rule.unless.search(around)) or (rule.only_absent and not denied):
                continue
            end = match.end()
            if not reading.free(match.start(), end):
                end = match.start() + len(match.group().split()[0])
            if _add(reading, seen, _WIDER.get(rule.name, rule.name), match.start(), end):
                break
    for criterion, _ in rules_for(view.lower):
        if criterion.topic in _OF_CRITERIA and criterion.topic not in seen and criterion.where != "exclusion":
            found = criterion.pattern.search(view.lower)
            if found is not None and not (criterion.unless and criterion.unless.search(view.lower)):
                _add(reading, seen, criterion.topic, *found.span())
    steroids = STEROIDS.search(view.lower)
    if steroids is not None and re.search(r"\bon (?:\w+ )?$", view.lower[: steroids.start()]):
        _add(reading, seen, "steroids", *steroids.span())


def _add(reading: Reading, seen: set[str], topic: str, start: int, end: int, *, ambiguous: bool = False) -> bool:
    lower = reading.view.lower
    if topic in seen or not reading.free(start, end) or _CAUSE.match(lower, end):
        return False
    cue = start if lower.startswith("no ", start) else reading.denied(start)
    behind = _NEGATIVE_BEHIND.match(lower, end)
    reading.add(
        "condition",
        start if cue is None else cue,
        end if behind is None else behind.end(),
        topic=topic,
        negative=cue is not None or behind is not None,
        ambiguous=ambiguous,
    )
    seen.add(topic)
    return True
