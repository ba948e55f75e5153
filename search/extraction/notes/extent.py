"""Extent and course of the disease: metastatic, recurrent, unresectable, newly diagnosed …, as a note asserts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from search.extraction.notes.assertion import is_negated, is_planned, is_relative
from search.extraction.notes.text import NoteFact, NoteText
from search.terminology import oncotree
from search.terminology.stages import implies_metastatic

_SITE = (
    r"(?:liver|hepatic|lung|pulmonary|bone|bony|osseous|brain|nodal|node|adrenal|skin|peritoneal|pleural"
    r"|distant|visceral|visc\w*|cns|spinal|spine|rib|iliac|contralateral \w+|cerebellar|cerebral|renal"
    r"|splenic|soft tissue|vertebral|lymph node|omental|retroperitoneal|mediastinal|supraclavicular)"
)
_METASTATIC = re.compile(
    rf"\b(?:metast(?:atic|ases|asis|asi[sz]ed)|mets|m[+]|m1[a-d]?\b|stage (?:iv|4)[a-c]?|mcrpc|mcspc|mhspc"
    rf"|{_SITE} secondaries|carcinomatosis)\b"
)
_LOCAL_NODE = re.compile(
    r"(?<!and )(?<![+/&] )(?<!and pelvic )(?<!\+ pelvic )(?:lymph node|node|nodal|axillary|sentinel|ln|regional)\s+$"
)
_CLEAR_SITE = re.compile(r"\b(?:clear|no|benign|without|free)\b")
_NOT_M = re.compile(r"^\s*(?:work-?up|survey|screen|clinic|potential|risk)")
_WORDS: tuple[tuple[str, str], ...] = (
    (
        "oligometastatic",
        (
            r"oligo-?(?:metast\w+|progress\w+)|(?:sabr|sbrt|ablation|radiosurgery)(?:/sbrt)? to (?:all|every|each)"
            r"|radical intent[^.;]{0,40}(?:all|every) (?:site|lesion)|(?:[1-5]|one|two|three|four|five|single"
            r"|solitary) (?:liver|lung|bone|adrenal|hepatic|pulmonary|nodal) met(?:s"
            r"|astas[ei]s)\b(?=[^\n]{0,400}\b(?:sabr|sbrt|ablation)\b)"
        ),
    ),
    (
        "castration_resistant",
        (
            r"m?crpc|castrat(?:e|ion)[- ]resistant|hormone[- ]refractory|androgen[- ]independent"
            r"|hrpc"
        ),
    ),
    (
        "locally_advanced",
        (
            r"locally[- ](?:advanced|invasive)|la-?(?:nsclc|scchn|pdac)|locoregionally advanced"
            r"|stage iii[a-c]? unresectable|inflammatory breast"
        ),
    ),
    (
        "unresectable",
        (
            r"unresectable|inoperable|not (?:a )?(?:surgical candidate|resectable|operable"
            r"|amenable to (?:surgery|resection))|(?:surgeons?|surgery)[^.;]{0,40}declined"
            r"|not a candidate for (?:surgery|resection)|non-?resectable|no resection"
        ),
    ),
    (
        "resectable",
        (
            r"resectable|operable|re-?resection|(?:surgery|excision|lumpectomy|mastectomy)(?: slot"
            r"| can be| is)? (?:in window|within|planned|scheduled|booked)|surgery slot|(?:primary"
            r"|upfront) surgery|repeat craniotomy|surgeon plans|can be resected|amenable to (?:surgery"
            r"|resection)|will operate|safe debulking"
        ),
    ),
    ("recurrent", r"recurr(?:ent|ence|ed|ing)\b|r/m\b"),
    ("relapsed", r"relaps(?:ed?|ing)|r/r\b"),
    (
        "refractory",
        (
            r"refractory|(?:no|nothing) (?:further |more )?(?:other )?standard (?:therapy|treatment"
            r"|options?)?(?: available| left)?|nothing standard left|exhausted standard"
        ),
    ),
    (
        "progressive",
        (
            r"(?:now|current(?:ly)?|restag\w+(?: \w+)?(?: shows?)?|scans?(?: \w+)?(?: shows?)?"
            r"|latest \w+)[ :]+(?:clear |radiographic |further )?(?:pd\b|progressi\w+|progressing)|(?:pd"
            r"|progression) (?:on|by) (?:restaging|ct|mri|pet|scan|imaging|both)"
            r"|(?:first|second|third|local|distant|radiographic|biochemical) progression\b(?![- ]free)"
            r"|progressing|(?:new and |and )enlarging|growing (?:\w+ )?(?:lesions?|nodes?|mets|metast\w+|mass"
            r"|nodules?)|(?:node|lesions?|mass|mets|metastases)[^.;,]{0,14} (?:growing|enlarging|progressing)"
        ),
    ),
    (
        "newly_diagnosed",
        (
            r"newly[- ]diagnosed|new(?:ly)? (?:dx|diagnosis|diag)\b|de novo|recently diagnosed"
            r"|(?:treatment|therapy)[- ]na[iï]ve|just diagnosed|new (?:\w+[- ]?){0,2}(?:all|aml"
            r"|leuk\w+|lymphoma|myeloma|dlbcl)\b|new (?:ig[agdem][\w-]*|kappa|lambda|light[- ]chain|active"
            r"|symptomatic)(?: \w+)? mm\b"
            r"|(?:has )?not (?:yet )?been treated|no (?:chemo\w*|therapy|treatment|systemic \w+)(?: \w+)? (?:yet"
            r"|so far|for the current|given so far)|for definitive|(?:scheduled for|to start|start) definitive"
        ),
    ),
    ("advanced", r"advanced"),
    (
        "resected",
        (
            r"disease[- ]free since|no evidence of disease|ned\b|completely resected|r0 resection"
            r"|(?:without|no) (?:local )?recurrence[.;,](?! \w+ recurr)"
        ),
    ),
    ("localized", r"locali[sz]ed|early[- ]stage|organ[- ]confined|clinical stage i\b"),
    ("measurable_residual", r"mrd[- ]?(?:pos\w*|\+)|measurable residual disease positive"),
)
_PATTERNS = tuple((value, re.compile(rf"\b(?:{words})")) for value, words in _WORDS)
_REVERSED = {"resectable": re.compile(r"\b(?:un|non-?|not |in)$")}
_ADVANCED_ELSE = re.compile(r"\b(?:locally[- ]|age|directive)$")
_MOST = 200
"""Mentions of a value that are looked at."""
_FREE_AFTER = re.compile(r"^[^.;]{0,8}(?:free|-free)")


_SITES: tuple[tuple[str, str], ...] = (
    ("LIVER", r"(?:liver|hepatic)"),
    ("LUNG", r"(?:lungs?|pulmonary)"),
    ("BONE", r"(?:bones?|osseous|vertebral|rib|iliac)"),
    ("BRAIN", r"(?:brain|cerebral|cerebellar)"),
    ("ADRENAL_GLAND", r"adrenal"),
)
_DISTANT = tuple(
    (
        tissue,
        re.compile(
            rf"\b{site}(?:[ /,+&]+(?:and )?\w+)?(?: seg(?:ment)? \w+| \d+(?:\.\d+)? cm)? (?:nodules?|lesions?"
            rf"|targets?|relapse|recurrence|deposits?)\b"
            rf"|\b(?:recurr\w+|relaps\w+|progress\w+|spread|disease)(?:,? \w+){{0,4}}? (?:in|to"
            rf"|at) (?:the )?(?:[\w-]+,? (?:and |nodes? )?){{0,4}}?{site}\b"
        ),
    )
    for tissue, site in _SITES
)
_LOCAL_T = re.compile(r"T4")


def extents(
    note: NoteText, code: str | None = None, stage: NoteFact | None = None, tnm: NoteFact | None = None
) -> Iterator[NoteFact]:
    """Every value of the kind `extent` that the note asserts of the patient's disease; each once.

    Args:
        note: the note.
        code: OncoTree code of the disease: a stage means distant metastases or not by its site.
        stage: the stage that was read.
        tnm: the TNM tokens that were read.
    """
    found = {str(fact.value): fact for fact in _said(note, code)}
    staged = stage is not None and isinstance(stage.value, str) and code is not None
    if staged and stage is not None:
        spread = implies_metastatic(str(stage.value), code)
        if spread and oncotree.node(str(code)).tissue not in {"LYMPH", "MYELOID"} and "metastatic" not in found:
            found["metastatic"] = NoteFact("extent", "metastatic", stage.start, stage.end)
    tokens = " ".join(map(str, tnm.value)) if tnm is not None and isinstance(tnm.value, list) else ""
    told = tnm or stage
    if "metastatic" not in found and told is not None and not {"locally_advanced", "localized"} & set(found):
        local = _local(code, str(stage.value) if stage else "", tokens)
        if local is not None:
            found[local] = NoteFact("extent", local, told.start, told.end)
    if _CAME_BACK & set(found):
        found.pop("resected", None)
    yield from found.values()


_CAME_BACK = frozenset({"metastatic", "recurrent", "relapsed", "newly_diagnosed", "refractory", "progressive"})
"""Values with which disease is there: "no recurrence" then speaks of something else."""


def _local(code: str | None, stage: str, tokens: str) -> str | None:
    """Localized or locally advanced, from a stage without distant metastases."""
    head = code is not None and oncotree.node(code).tissue in {"HEAD_NECK", "THYROID"}
    if "M0" not in tokens and not (head and stage.startswith("IV")):
        return None
    if head:
        return "locally_advanced" if stage.startswith(("III", "IV")) or _LOCAL_T.search(tokens) else None
    return "locally_advanced" if _LOCAL_T.search(tokens) or "N3" in tokens else "localized"


def _said(note: NoteText, code: str | None) -> Iterator[NoteFact]:
    found: dict[str, NoteFact] = {}
    own = oncotree.node(code).tissue if code is not None else None
    local_four = own in {"HEAD_NECK", "THYROID"}
    for match in islice(_METASTATIC.finditer(note.lower), _MOST):
        if "metastatic" in found:
            break
        if match.group().startswith("stage") and (local_four or code is None or own in {"LYMPH", "MYELOID"}):
            continue
        if (
            _denied(note, match)
            or _LOCAL_NODE.search(note.before(match.start(), 30))
            or _NOT_M.match(note.after(match.end(), 20))
        ):
            continue
        found.setdefault("metastatic", note.fact("extent", "metastatic", match.start(), match.end()))
    if own is not None and own not in {"LYMPH", "MYELOID", "BRAIN"}:
        for tissue, pattern in _DISTANT:
            for match in pattern.finditer(note.lower) if tissue != own else ():
                if not _denied(note, match) and not _CLEAR_SITE.search(match.group()):
                    found.setdefault("metastatic", note.fact("extent", "metastatic", match.start(), match.end()))
    for value, pattern in _PATTERNS:
        for match in islice(pattern.finditer(note.lower), _MOST):
            if value in found:
                break
            before = note.before(match.start(), 24)
            if value in _REVERSED and _REVERSED[value].search(before):
                continue
            if value == "advanced" and _ADVANCED_ELSE.search(before):
                continue
            if value not in {"unresectable", "newly_diagnosed", "refractory", "resectable"} and _denied(note, match):
                continue
            if (
                value == "unresectable"
                and is_planned(note, match.start(), match.end())
                and "not a candidate" not in match.group()
            ):
                continue
            if is_relative(note, match.start(), match.end()) or _FREE_AFTER.match(note.after(match.end(), 12)):
                continue
            found.setdefault(value, note.fact("extent", value, match.start(), match.end()))
    yield from found.values()


def _denied(note: NoteText, match: re.Match[str]) -> bool:
    return is_negated(note, match.start(), match.end()) or is_relative(note, match.start(), match.end())
