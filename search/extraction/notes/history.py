"""Conditions of a note: each topic present or absent, with its detail; relatives' and denied ones told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from search.extraction.notes.assertion import is_negated, is_planned, is_relative
from search.extraction.notes.dates import AGO, days
from search.extraction.notes.text import Json, NoteFact, NoteText
from search.extraction.notes.topics import STEROIDS, TOPICS, Topic

_GRADE = re.compile(r"^[^.;,]{0,24}?\b(?:gr(?:ade)?\.?|ctcae)\s?(?P<g>[0-4](?:\s?-\s?[1-4])?)\b|^\s?\(?g(?P<h>[1-4])\b")
_GRADE_BEFORE = re.compile(r"\b(?:gr(?:ade)?\.?\s?|g)(?P<g>[1-4])\s+(?:\w+\s+){0,3}$")
_CURED = re.compile(r"^[^.;]{0,40}?\b(?:svr\b|cured|cleared|eradicated|resolved infection)")
_MOST = 200
"""Mentions of a topic that are looked at."""
_GRADED = frozenset({"neuropathy", "pneumonitis", "interstitial lung disease", "toxicity not recovered"})
_DATED = frozenset({"stroke", "thromboembolism", "cardiac disease", "bleeding", "seizure", "recent antibiotic"})
"""Topics of which trials ask how long ago they were."""
_KEPT = frozenset({"hypertension", "diabetes", "asthma", "lung disease", "seizure", "heart failure", "COPD"})
"""Topics of which trials ask whether they are under control."""
_CONTROL = re.compile(
    r"\b(?:(?:well|poorly|rate)[- ]controlled|uncontrolled|controlled"
    r"|(?:mild|moderate|severe)(?: persistent| intermittent)?)\b"
)
_CONTROL_NEAR = 60
_NAMED = frozenset({"autoimmune disease", "recent antibiotic"})
"""Topics of which exceptions name the disease or the drug."""
_GENERAL = re.compile(r"auto-?immun\w*|antibiotics?")
_BY_STEROIDS = re.compile(
    r"^[^.;]{0,70}?\b(?:(?:cortico)?steroids?|prednis(?:ol)?one|methylpred\w*|dexamethasone|solumedrol)\b"
)
_BY_STEROIDS_NOT = re.compile(r"\b(?:no|without|not requiring|off)\s+(?:\w+\s+){0,2}$")
_STEROID_TREATED = frozenset({"pneumonitis", "interstitial lung disease"})
_DRAINED = re.compile(r"\b(?:paracentes[ie]s|thoracentes[ie]s|drain(?:ed|s|age)|tapped|pleurx)\b")
_UNIT_WORDS = {"d": "day", "w": "week", "m": "month", "y": "year"}
_AROUND = 28
_NONE_VIRAL = re.compile(
    r"^(?:[\s/,&+()-]|\b(?:hiv(?:-?[12])?|hbv|hcv|hbs ?ag|hepatitis [abc]|hep|ab|ag|antibod\w+|serolog\w+"
    r"|status|screen\w*|tests?|and|or|all|both|are|is|was|were|viral|syphilis|htlv)\b)*"
    r"[:\s]*(?:neg\b|negative|non-?reactive|not detected|immune)"
)
_POSITIVE_VIRAL = re.compile(
    r"^[\s]*(?:core\s+)?(?:ab|ag|antibody|antigen|infection)?\s*(?:\+|pos\b|positive|reactive)"
)
_VIRAL = frozenset({"HIV", "HBV", "HCV"})
_COLLECTIVE = re.compile(r"viral|virolog|(?:no|hiv or|hiv/)? ?hepatitis$|hepatitis or hiv")
_HISTORIC = frozenset({"active infection"})
_RESOLVED = re.compile(
    r"^[^.;]{0,60}?\b(?:resolved|recovered|cleared|treated|completed|years? ago|yrs? ago|mo(?:nths?)? ago"
    r"|healed)\b|^[^.;]{0,12}\b(?:19|20)\d\d\b"
)


@dataclass(frozen=True, slots=True)
class _Found:
    present: bool
    start: int
    end: int
    detail: str | None = None
    weak: bool = False
    """Only implied: gives way to what is said."""


def conditions(note: NoteText) -> Iterator[NoteFact]:
    """Topics that the note asserts or denies; asserted beats denied, said beats implied."""
    best: dict[str, _Found] = {}
    for topic in TOPICS:
        for match in islice(topic.words.finditer(note.lower), _MOST):
            found = _judge(note, topic, match)
            if found is not None:
                best[topic.name] = _better(best.get(topic.name), found)
    for name, found in (*_steroids(note), *_implied(note), *_phrases(note)):
        best[name] = _better(best.get(name), found)
    for name, found in best.items():
        value: Json = found.detail if found.present and found.detail else found.present
        yield note.fact("conditions", {name: value}, found.start, found.end)


def _better(one: _Found | None, other: _Found) -> _Found:
    if one is None:
        return other
    if one.weak != other.weak:
        return other if one.weak else one
    if one.present != other.present:
        return one if one.present else other
    return one if one.detail or not other.detail else other


def _judge(note: NoteText, topic: Topic, match: re.Match[str]) -> _Found | None:
    start, end = match.start(), match.end()
    around = note.lower[max(0, start - _AROUND) : end + _AROUND]
    if topic.unless is not None and topic.unless.search(around):
        return None
    if is_relative(note, start, end):
        return None
    after = note.after(end, 90)
    if topic.name in _VIRAL:
        return _viral(note, topic, match, after)
    denied = is_negated(note, start, end) or re.match(r"\bno ", match.group()) is not None
    if denied:
        return _Found(False, start, end)
    if topic.only_absent or is_planned(note, start, end):
        return None
    if re.match(
        r"\s*(?:risk|screen\w*|prophyl\w+|prevention|clinic|ward|nurse|workup|evaluation|questionnaire)\b", after
    ):
        return None
    if topic.name in _HISTORIC and _RESOLVED.match(after):
        return None
    if re.match(r"^[\s:]*(?:normal|nl\b|ok\b|fine)", after):
        return _Found(False, start, end)
    return _Found(True, start, end, _detail(note, topic, match, after))


def _detail(note: NoteText, topic: Topic, match: re.Match[str], after: str) -> str | None:
    """The form of a condition as far as the note tells it: name, grade, control, treatment, how long ago."""
    start, end = match.start(), match.end()
    told: list[str | None] = []
    if topic.name in _NAMED and not _GENERAL.match(match.group()):
        told.append(match.group().strip())
    if topic.name in _GRADED:
        told.append(_grade(note, start, end))
    if topic.name in _KEPT:
        near = re.split(r"[.;]", after)[0][:_CONTROL_NEAR]
        told += dict.fromkeys(found.group() for found in _CONTROL.finditer(near))
    if topic.name in _STEROID_TREATED and (treated := _BY_STEROIDS.match(after)) is not None:
        drug = re.split(r"\b(?=\w+$)", treated.group())[0]
        told.append(None if _BY_STEROIDS_NOT.search(drug) else "treated with steroids")
    if topic.name == "pleural effusion or ascites" and _DRAINED.search(note.before(start, 60) + after):
        told.append("requiring drainage")
    if topic.name in _DATED and (ago := AGO.search(after[:_DATE_NEAR])) is not None and "." not in after[: ago.start()]:
        count = days(ago["n"], ago["u"]) // {"d": 1, "w": 7, "m": 30, "y": 365}[ago["u"][0]]
        told.append(f"{count} {_UNIT_WORDS[ago['u'][0]]}s ago")
    return ", ".join(filter(None, told)) or None


_DATE_NEAR = 45


def _viral(note: NoteText, topic: Topic, match: re.Match[str], after: str) -> _Found | None:
    start, end = match.start(), match.end()
    if _POSITIVE_VIRAL.match(after):
        return _Found(True, start, end)
    if _NONE_VIRAL.match(after) or is_negated(note, start, end) or re.match(r"no ", match.group()):
        return _Found(False, start, end)
    if topic.name == "HCV" and _CURED.match(after):
        return _Found(False, start, end)
    if _COLLECTIVE.match(match.group()):
        return None  # "viral hepatitis" that is there is one of them, and not said which
    if re.match(r"^[\s]*(?:test|screen|serolog|status|pending|unknown|not)", after) or is_planned(note, start, end):
        return None
    return _Found(True, start, end)


def _grade(note: NoteText, start: int, end: int) -> str | None:
    match = _GRADE.match(note.after(end, 40))
    if match is not None:
        return f"grade {match['g'] or match['h']}"
    before = _GRADE_BEFORE.search(note.before(start, 40))
    return f"grade {before['g']}" if before is not None else None


_OFF = re.compile(r"\b(?:off|no|not on|without|never|denies|nor|or)\s+(?:\w+[,/]?\s+){0,3}$")
_OFF_LIST = re.compile(r"\b(?:no|not on|without|off)\b[^.;]{0,80}$")
_ON = re.compile(r"\b(?:on|takes|taking|requires|requiring|continues|needs|plus|\+)\s+(?:\w+\s+){0,2}$")
_DAILY = re.compile(r"^\s*\d+(?:\.\d+)?\s?mg\s?(?:/d\w*|daily|bid|qd|tid|per day|od)|^\s*(?:daily|taper)\b")
_GONE = re.compile(r"^[^.;]{0,60}?\b(?:resolved|taper(?:ed)? (?:off|over|x)|last|completed|stopped|ended|off)\b")


def _steroids(note: NoteText) -> Iterator[tuple[str, _Found]]:
    """Corticosteroids: taken now or not; a past course is neither."""
    for match in STEROIDS.finditer(note.lower):
        start, end = match.start(), match.end()
        before, after = note.before(start, 90), note.after(end, 70)
        if (
            is_relative(note, start, end)
            or (re.search(r"[/+]\s?$", before) and not _DAILY.match(after))
            or re.match(r"\s?[/+]", after)
        ):
            continue
        if (
            _OFF.search(before)
            or is_negated(note, start, end)
            or (_OFF_LIST.search(before) and re.match(r"\s*[,.;]", after))
        ):
            yield "steroids", _Found(False, start, end)
        elif (
            (_ON.search(before) or re.search(r"\+\s?$", before) or _DAILY.match(after))
            and not _GONE.match(after)
            and not re.search(r"\btreated (?:with|w/)", before[-40:])
        ):
            yield "steroids", _Found(True, start, end)


_BP = re.compile(
    r"\bbp:?\s*(?:is\s+)?(?:(?P<s>\d{2,3})\s?/\s?(?P<d>\d{2,3})|(?P<ok>normal|nl\b|ok\b|wnl|well controlled))"
)
_HIGH_SYSTOLIC, _HIGH_DIASTOLIC = 140, 90
"""Blood pressure from which hypertension is diagnosed in the office (ESC/ESH 2018)."""
_RHYTHM = re.compile(
    r"\b(?:normal sinus rhythm|sinus rhythm|nsr|regular rhythm|heart (?:is )?(?:ok|fine|normal)|(?:ecg"
    r"|ekg) (?:normal|nl))\b"
)
_PREGNANCY = re.compile(
    r"\b(?:(?:beta-?|serum |urine |b-?)?hcg|pregnancy test)\s*[:(]?\s*(?:is |was )?(?:neg\w*)|\bnot pregnant"
    r"|\bdenies pregnancy|\bpost-?\s?menopausal|\bhysterectomy|\bno pregnancy|\btah\b|\bsurgically steril\w+"
)
_PREGNANT = re.compile(r"(?<!not )(?<!not currently )\bpregnant\b(?! women)|\b\d+ weeks? gestation")
_MENOPAUSE = re.compile(r"\b(?P<kind>pre|post|peri)-?\s?menopaus(?:al|e)\b")


def _implied(note: NoteText) -> Iterator[tuple[str, _Found]]:
    """What a finding says about a topic without naming it."""
    for match in _BP.finditer(note.lower):
        high = match["s"] is not None and (int(match["s"]) >= _HIGH_SYSTOLIC or int(match["d"]) >= _HIGH_DIASTOLIC)
        yield "hypertension", _Found(high, match.start(), match.end(), weak=True)
    for match in _RHYTHM.finditer(note.lower):
        yield "cardiac disease", _Found(False, match.start(), match.end(), weak=True)
    for match in _PREGNANCY.finditer(note.lower):
        if not is_relative(note, match.start(), match.end()):
            yield "pregnancy", _Found(False, match.start(), match.end())
    for match in _PREGNANT.finditer(note.lower):
        if not is_relative(note, match.start(), match.end()) and not is_negated(note, match.start(), match.end()):
            yield "pregnancy", _Found(True, match.start(), match.end())
    for match in _MENOPAUSE.finditer(note.lower):
        yield "menopausal status", _Found(True, match.start(), match.end(), f"{match['kind']}menopausal")
        if match["kind"] == "post":
            yield "postmenopausal", _Found(True, match.start(), match.end())


_MEASURABLE = re.compile(r"\b(?P<not>non-?|not\s+|no\s+)?(?:measurable|evaluable|recist|target)\b(?!\w)(?!ed)")
_SIZED = re.compile(r"\b\d+(?:\.\d+)?\s?(?:x\s?\d+(?:\.\d+)?\s?)?(?P<u>cm|mm)\b")
_LESION = re.compile(
    r"\b(?:lesions?|mass(?:es)?|nodules?|mets?|metast\w+|nodes?|tumou?rs?|recurrences?|implants?|largest"
    r"|deposits?|primary|target|lns?)\b"
)
_RESECTED = re.compile(r"\b(?:resected|excised|margins?|depth|breslow|thick\w*|skin|scar|pathology|specimen)\b")
_LEAST_MM = 10
"""Longest diameter from which a lesion is measurable (RECIST 1.1)."""
_TISSUE = re.compile(
    r"\b(?:archival|archived?|ffpe|tissue block|blocks?|(?:core|tissue|tumou?r tissue|biopsy tissue"
    r"|fresh tissue|specimen|slides|fresh biopsy|fresh core)(?: \w+){0,3} (?:available|stored|banked|ok"
    r"|sufficient|on file|on hand|at pathology|held|in pathology|requested))\b"
)
_FRESH = re.compile(
    r"\bfresh (?:core )?(?:bx|biopsy)\b|\bcores? (?:stored|banked|available)\b|\btissue (?:ok|available|banked"
    r"|stored|at pathology)\b|\bcore (?:bx|biopsy) from\b"
)
_LIFE = re.compile(
    r"\b(?:life expectancy|le|(?:expected|estimated|est\.) survival|survival(?: estimate)?|prognosis)\s*(?:is"
    r"|of|estimated at|:)?\s*(?P<q>(?:about|at least|over|>=?|≥|~"
    r"|approx\.?)?\s?\d+(?:\.\d+)?(?:\s?-\s?\d+)?\s?(?:mo(?:nth)?s?|weeks?|wks?|y(?:ea)?rs?|y)\b)"
)
_CHILD_PUGH = re.compile(
    r"\bchild[- ]?pugh(?:\s*(?:class|score))?[\s:]*(?P<c>[abc]\s?-?\d{0,2})\b|\bcp[- ](?P<d>[abc]\d?)\b"
)
_SWALLOWS = re.compile(
    r"\bswallow(?:s|ing)?\s+(?:\w+\s+){0,2}?(?:pills?|tablets?|whole|fine|ok|well|capsules?|normally"
    r"|without)\b|\bable to swallow|\bno (?:dysphagia|swallowing)"
)
_SIBLING = re.compile(
    r"\bhla[- ]?(?:[\w,*-]+[- ]){0,3}?(?:identical|matched)\s+(?:healthy\s+)?(?:sister|brother|sibling)"
    r"|\b(?:sister|brother|sibling)\b[^.;]{0,25}\bhla[- ](?:identical|matched)"
)
_LIVER_METS = re.compile(
    r"\b(?:liver|hepatic)\s+(?:and \w+ |or \w+ )?(?:metast\w+|mets?)\b"
    r"|\bmetast\w+(?:\s+\w+){0,2}?\s+to (?:the )?(?:\w+, ?)?liver\b"
)
_LUNG_METS = re.compile(r"\b(?:pulmonary|lung)\s+(?:metast\w+|mets?)\b")
_VIRAL_LOAD = re.compile(
    r"\b(?:hiv )?(?:vl|viral load|hiv(?:-1)? rna)\s*(?:is\s+|now\s+)?(?:<\s?\d+|undetect\w+|suppressed|not detected)"
)
_ART = re.compile(r"\bhiv\b[^.;]{0,60}?\b(?:on (?:art|haart|\w*tegravir|bic\w*|\w+/\w+)|well controlled)\b")
_HEPATITIS_RNA = re.compile(r"\b(?P<v>hcv rna|hbv dna)\s*(?:is\s+|was\s+)?(?P<neg>undetect\w+|not detected|neg\w*|<)")
_PLATINUM_FREE = re.compile(
    r"\b(?P<n>\d{1,2}) (?:mo(?:nths?)?|months?) (?:after|from|since|off) (?:the )?(?:last "
    r"|final )?(?:dose of )?(?:platinum|carboplatin|cisplatin)\b"
)
_PFI = re.compile(r"\b(?:pfi|platinum[- ]free interval)\s*(?:of|is|was|:|=)?\s*~?(?P<n>\d{1,2})\s?(?:mo(?:nth)?s?|m)\b")
_INSULIN = re.compile(r"\b(?:on |basal |basal-bolus )?(?P<w>insulin|glargine|lispro|aspart|detemir|degludec)\b")
_ORAL = re.compile(r"\b(?:on )?(?:metformin|sitagliptin|empagliflozin|glipizide|glimepiride|gliclazide)\b")
_PLAN_CRT = re.compile(
    r"\b(?:planned|plan(?:s)?(?: for)?|scheduled for|to (?:start|begin|receive)|due to (?:start|begin)"
    r"|planned for)\s+(?:\w+\s+){0,3}?(?:definitive|concurrent|curative)\b[^.;]{0,60}?(?:chemoradi\w+|\brt\b"
    r"|radiotherapy|radiation|imrt)"
)


def _phrases(note: NoteText) -> Iterator[tuple[str, _Found]]:
    """Topics that come in phrases of their own."""
    lower = note.lower
    for match in _MEASURABLE.finditer(lower):
        denied = bool(match["not"]) or is_negated(note, match.start(), match.end())
        if not is_planned(note, match.start(), match.end()):
            yield "measurable disease", _Found(not denied, match.start(), match.end())
    for match in _SIZED.finditer(lower):
        around = note.before(match.start(), 45) + match.group() + note.after(match.end(), 35)
        size = float(re.findall(r"\d+(?:\.\d+)?", match.group())[0]) * (10 if match["u"] == "cm" else 1)
        if size >= _LEAST_MM and _LESION.search(around) and not _RESECTED.search(around):
            yield "measurable disease", _Found(True, match.start(), match.end(), weak=True)
            break
    for pattern in (_TISSUE, _FRESH):
        for match in pattern.finditer(lower):
            denied = is_negated(note, match.start(), match.end()) or "unavailable" in note.after(match.end(), 25)
            yield "tissue available", _Found(not denied, match.start(), match.end())
    for match in _LIFE.finditer(lower):
        quantity = re.sub(r"\bmo(?:nths?)?\b|mos\b", "months", " ".join(match["q"].split()))
        yield "life expectancy", _Found(True, match.start(), match.end(), quantity)
    for match in _CHILD_PUGH.finditer(lower):
        yield (
            "Child-Pugh",
            _Found(True, match.start(), match.end(), re.sub(r"[\s-]", "", match["c"] or match["d"]).upper()),
        )
    for match in _SWALLOWS.finditer(lower):
        yield "unable to swallow", _Found(False, match.start(), match.end())
    for match in _SIBLING.finditer(lower):
        if not re.search(r"\b(?:no|without)\b[^,.;]{0,20}$", note.before(match.start(), 30)):
            yield "HLA identical sibling donor", _Found(True, match.start(), match.end())
    for name, pattern in (("liver metastases", _LIVER_METS), ("pulmonary metastases", _LUNG_METS)):
        for match in pattern.finditer(lower):
            denied = is_negated(note, match.start(), match.end())
            if not is_relative(note, match.start(), match.end()):
                yield name, _Found(not denied, match.start(), match.end())
    for match in _VIRAL_LOAD.finditer(lower):
        yield "HIV viral load undetectable", _Found(True, match.start(), match.end())
    for match in _ART.finditer(lower):
        if not is_negated(note, match.start(), match.start() + 3):
            yield "HIV", _Found(True, match.start(), match.end(), "on ART")
    for match in _HEPATITIS_RNA.finditer(lower):
        yield match["v"].upper(), _Found(False, match.start(), match.end())
    diabetic = re.search(r"\b(?:t[12]dm|dm2?|diabet\w+|hba1c)\b", lower) is not None
    for match in _INSULIN.finditer(lower):
        present = not is_negated(note, match.start(), match.end())
        yield "insulin", _Found(present, match.start(), match.end())
        if present:
            yield "diabetes", _Found(True, match.start(), match.end())
    for match in _ORAL.finditer(lower):
        if not is_negated(note, match.start(), match.end()):
            yield "diabetes", _Found(True, match.start(), match.end(), weak=not diabetic)
    for match in re.finditer(r"\bnkda\b|\bnka\b", lower):
        yield "allergy", _Found(False, match.start(), match.end())
    for match in (*_PLATINUM_FREE.finditer(lower), *_PFI.finditer(lower)):
        yield "platinum free interval months", _Found(True, match.start(), match.end(), match["n"])
    for match in _PLAN_CRT.finditer(lower):
        mixed = re.search(r"chemoradi|platin|cetuximab|chemo", match.group() + note.after(match.end(), 20)) is not None
        yield (
            f"planned definitive {'chemoradiation' if mixed else 'radiotherapy'}",
            _Found(True, match.start(), match.end()),
        )
