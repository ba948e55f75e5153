"""Extent and course of the disease: metastatic, recurrent, unresectable, newly diagnosed …, as the note asserts them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.extraction.notes.assertion import is_negated, is_planned, is_relative
from search.extraction.notes.text import NoteFact, NoteText

_SITE = r"(?:liver|hepatic|lung|pulmonary|bone|bony|osseous|brain|nodal|node|adrenal|skin|peritoneal|pleural|distant|visceral|visc\w*|cns|spinal|spine|rib|iliac|contralateral \w+|cerebellar|cerebral|renal|splenic|soft tissue|vertebral|lymph node|omental|retroperitoneal|mediastinal|supraclavicular)"
_METASTATIC = re.compile(rf"\b(?:metast(?:atic|ases|asis|asi[sz]ed)|mets|m[+]|m1[a-d]?\b|stage (?:iv|4)[a-c]?|mcrpc|mcspc|mhspc|{_SITE} secondaries|carcinomatosis)\b")
_LOCAL_NODE = re.compile(r"(?:lymph node|node|nodal|axillary|sentinel|ln|regional)\s+$")
_NOT_M = re.compile(r"^\s*(?:work-?up|survey|screen|clinic|potential|risk)")
_WORDS: tuple[tuple[str, str], ...] = (
    ("oligometastatic", r"oligo-?(?:metast\w+|progress\w+)"),
    ("castration_resistant", r"m?crpc|castrat(?:e|ion)[- ]resistant|hormone[- ]refractory|androgen[- ]independent|hrpc"),
    ("locally_advanced", r"locally[- ](?:advanced|invasive)|la-?(?:nsclc|scchn|pdac)|locoregionally advanced|stage iii[a-c]? unresectable|inflammatory breast"),
    ("unresectable", r"unresectable|inoperable|not (?:a )?(?:surgical candidate|resectable|operable|amenable to (?:surgery|resection))|(?:surgeons?|surgery)[^.;]{0,40}declined|not a candidate for (?:surgery|resection)|non-?resectable|no resection"),
    ("resectable", r"resectable|operable|re-?resection|repeat craniotomy|surgeon plans|can be resected|amenable to (?:surgery|resection)|will operate|safe debulking"),
    ("recurrent", r"recurr(?:ent|ence|ed|ing)|r/m\b"),
    ("relapsed", r"relaps(?:ed?|ing)|r/r\b"),
    ("refractory", r"refractory|(?:platinum|treatment)[- ]resistant|primary refractory|(?:no|nothing) (?:further |more )?(?:other )?standard (?:therapy|treatment|options?)?(?: available| left)?|nothing standard left|exhausted standard"),
    ("progressive", r"progress(?:ing|ive|ion|es|ed)(?! ?-?free)|rising psa|enlarging|growing|increasing (?:lesions|mets)"),
    ("newly_diagnosed", r"newly[- ]diagnosed|new(?:ly)? (?:dx|diagnosis|diag)|de novo|recently diagnosed|treatment[- ]na[iï]ve|untreated|never treated|no (?:prior|previous) (?:treatment|therapy|systemic \w+|tx)|just diagnosed|new onset|new primary"),
    ("advanced", r"advanced"),
    ("resected", r"disease[- ]free since|no evidence of disease|ned\b|completely resected|r0 resection"),
    ("localized", r"locali[sz]ed|early[- ]stage|organ[- ]confined|clinical stage i\b"),
    ("measurable_residual", r"mrd[- ]?(?:pos\w*|\+)|measurable residual disease positive"),
)  # fmt: skip
_PATTERNS = tuple((value, re.compile(rf"\b(?:{words})")) for value, words in _WORDS)
_REVERSED = {"resectable": re.compile(r"\b(?:un|non-?|not |in)$")}
_ADVANCED_ELSE = re.compile(r"\b(?:locally[- ]|age|directive)$")
_FREE_AFTER = re.compile(r"^[^.;]{0,8}(?:free|-free)")


def extents(note: NoteText) -> Iterator[NoteFact]:
    """Every value of the kind `extent` that the note asserts of the patient's disease; each once."""
    found: dict[str, NoteFact] = {}
    for match in _METASTATIC.finditer(note.lower):
        if _denied(note, match) or _LOCAL_NODE.search(note.before(match.start(), 20)) or _NOT_M.match(note.after(match.end(), 20)):
            continue
        found.setdefault("metastatic", note.fact("extent", "metastatic", match.start(), match.end()))
    for value, pattern in _PATTERNS:
        for match in pattern.finditer(note.lower):
            before = note.before(match.start(), 24)
            if value in _REVERSED and _REVERSED[value].search(before):
                continue
            if value == "advanced" and _ADVANCED_ELSE.search(before):
                continue
            if value not in {"unresectable", "newly_diagnosed", "refractory", "resectable"} and _denied(note, match):
                continue
            if value == "unresectable" and is_planned(note, match.start(), match.end()) and "not a candidate" not in match.group():
                continue
            if is_relative(note, match.start(), match.end()) or _FREE_AFTER.match(note.after(match.end(), 12)):
                continue
            found.setdefault(value, note.fact("extent", value, match.start(), match.end()))
    yield from found.values()


def _denied(note: NoteText, match: re.Match[str]) -> bool:
    return is_negated(note, match.start(), match.end()) or is_relative(note, match.start(), match.end())
