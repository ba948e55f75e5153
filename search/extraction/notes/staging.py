"""Stage and TNM as the note gives them; the latest stage told counts ("stage IIIB, now IV")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from search.extraction.notes.assertion import is_relative
from search.extraction.notes.text import NoteFact, NoteText
from search.terminology import oncotree
from search.terminology.stages import group_of_tnm, parse_group, rows_for, tnm_tokens

_GROUP = r"(?:IV|I{1,3}|[1-4])(?:\s?-?[A-E](?:[1-3])?|[1-3]|S)?"
_STAGE = re.compile(
    rf"\b(?:(?P<system>FIGO|AJCC|UICC|ISS|R-?ISS|R2-?ISS|Rai|Binet|BCLC|Ann Arbor|Lugano|COG|INSS|TNM)[- ]?)?"
    rf"(?i:\b(?:stage|st\.?|stg))[:\s-]*(?P<system2>FIGO|AJCC|UICC|ISS|R-?ISS|BCLC|Ann Arbor|Lugano|Rai"
    rf"|Binet)?\s*(?P<group>{_GROUP}|0|[A-D])(?![\w+]|\.\d|-\w)"
    rf"(?:[\s,]*(?:->|→|now|to)\s*(?:stage\s*)?(?P<later>{_GROUP})(?![\w+]))?"
)
_SYSTEM_ONLY = re.compile(
    rf"\b(?P<system>FIGO|R-?ISS|R2-?ISS|ISS|Rai|Binet|BCLC|Ann Arbor"
    rf"|Lugano)[-\s:]*(?i:stage\s*)?(?P<group>{_GROUP}|0|[A-D]\d?)(?![\w+])"
)
_TRAILING = re.compile(r"(?<=[a-zA-Z)])\s(?P<group>III[A-D]?\d?|IV[A-C]?)(?=[\s,.;:(]|$)")
_SMALL_CELL = re.compile(
    r"\b(?P<kind>extensive|limited)[- ](?:stage|disease)\b|\b(?P<short>[EL]S)-SCLC\b"
    r"|\b(?P<short2>[EL]D)-SCLC\b|\bSCLC,? ?\(?(?P<short3>ES|LS|ED|LD)\b"
)
_OWN_SYSTEM = frozenset({"ISS", "R-ISS", "RISS", "R2-ISS", "R2ISS", "RAI", "BINET", "BCLC"})
_DISEASE_WORD = re.compile(
    r"(?:HGSOC|NSCLC|PDAC|HCC|RCC|NPC|melanoma|cancer|carcinoma|sarcoma|ca|adenocarcinoma|endometrioid|serous"
    r"|lymphoma|HNSCC)\W*$",
    re.IGNORECASE,
)
_NO_STAGE = re.compile(
    r"\b(?:nyha|ckd|ckd stage|class|grade|who|type|phase|level|factor|segment|kidney disease"
    r"|chronic kidney disease|nash|fibrosis|renal)\b[\s,]*(?:stage\s*)?$"
)
_TNM = re.compile(
    r"(?<![A-Za-z0-9])[yrcpa]{0,2}(?:Tis|T[0-4][a-d]?"
    r"|TX)(?:[\s,]*\(?[a-z]*\)?[\s,]*[cpyr]{0,2}N[0-3X][a-c]?)?(?:[\s,]*[cpyr]{0,2}M[01X][a-d]?(?:\([^)]*\))?)?(?![A-Za-z0-9])"
)
_NEAR_OTHER = 25
"""Characters between a stage and the other malignancy that it belongs to."""
_BROAD = frozenset({"PROSTATE", "UTERUS"})
"""Organs of which a stage with metastases is told without its letter: editions and trials letter it differently."""
_HAS_N = re.compile(r"N[0-3X]")


def implied_stage(code: str | None, metastatic: NoteFact | None) -> NoteFact | None:
    """The stage that distant metastases at diagnosis make, by the site's table: the group, or what its groups share.

    Args:
        code: OncoTree code of the disease.
        metastatic: the fact that says the disease is metastatic, of a disease that is not recurrent: a recurrence has
            no stage of its own.

    Liver cancer is left out: clinics stage it by BCLC, not by metastases alone.
    """
    if (
        code is None
        or code == "HCC"
        or metastatic is None
        or oncotree.node(code).tissue in {"LYMPH", "MYELOID", "BRAIN"}
    ):
        return None
    rows = [row for row in rows_for(code) if row.system in {"AJCC", "FIGO"}]
    latest = next((row for row in rows if row.metastatic), rows[0] if rows else None)
    if latest is None:
        return None
    groups = sorted(latest.metastatic)
    broad = oncotree.node(code).tissue in _BROAD
    return NoteFact("stage", groups[0] if len(groups) == 1 and not broad else "IV", metastatic.start, metastatic.end)


def staging(note: NoteText, others: Sequence[NoteFact] = (), code: str | None = None) -> Iterator[NoteFact]:
    """The stage and the TNM tokens.

    Args:
        note: the note.
        others: other malignancies, whose stages are not the patient's.
        code: OncoTree code of the disease.
    """
    best: NoteFact | None = None
    for value, start, end in stages_told(note):
        fact = note.fact("stage", value, start, end)
        if any(
            -_NEAR_OTHER < other.start - fact.end < _NEAR_OTHER or -_NEAR_OTHER < fact.start - other.end < 10
            for other in others
        ):
            continue
        if not is_relative(note, start, end):
            best = note.fact("stage", value, start, end)
    if best is not None:
        yield best
    latest: NoteFact | None = None
    for match in _TNM.finditer(note.text):
        if not _HAS_N.search(match.group()):
            continue  # "T4" alone is a vertebra as often as a tumor
        if is_relative(note, match.start(), match.end()):
            continue
        tokens = [re.sub(r"^[cpyra]+", "", token) for token in tnm_tokens(match.group())]
        if tokens:
            latest = note.fact("tnm", list(tokens), match.start(), match.end())
    if latest is not None and best is None:
        # Beside a group that the note gives, its tokens add nothing that is compared.
        yield latest
        group = _grouped(latest, code)
        if group is not None:
            yield NoteFact("stage", group, latest.start, latest.end)


def _grouped(tnm: NoteFact, code: str | None) -> str | None:
    """The anatomic group that complete tokens make, where the site's grid is carried (AJCC, 8th edition)."""
    tokens = [str(token) for token in tnm.value] if isinstance(tnm.value, list) else []
    site = next((row.site for row in rows_for(code)), None) if code is not None else None
    if site is None or {token[0] for token in tokens} != set("TNM"):
        return None
    groups = group_of_tnm(tokens, site, "8")
    return next(iter(groups)) if len(groups) == 1 else None


def stages_told(note: NoteText) -> Iterator[tuple[str, int, int]]:
    """Stages in the order told; an own system's stage (ISS, BCLC) comes with its name."""
    found: list[tuple[int, str, int]] = []
    for match in (*_STAGE.finditer(note.text), *_SYSTEM_ONLY.finditer(note.text)):
        if _NO_STAGE.search(note.lower, max(0, match.start() - 30), match.start()):
            continue
        groups = match.groupdict()
        system = (groups["system"] or groups.get("system2") or "").upper().replace("RISS", "R-ISS")
        stated = groups.get("later") or match["group"]
        group = parse_group(stated.replace(" ", "").replace("-", ""))
        if group is None or (group in "ABCD" and not system):
            continue
        found.append((match.start(), f"{system} {group}" if system in _OWN_SYSTEM else group, match.end()))
    for match in _TRAILING.finditer(note.text):
        if _DISEASE_WORD.search(note.text, max(0, match.start() - 20), match.start()):
            group = parse_group(match["group"])
            if group is not None:
                found.append((match.start("group"), group, match.end()))
    for match in _SMALL_CELL.finditer(note.text):
        short = match["short"] or match["short2"] or match["short3"] or ""
        limited = match["kind"] == "limited" or short.startswith("L")
        if match["kind"] and not re.search(r"sclc|small[- ]cell", note.lower):
            continue
        found.append((match.start(), "limited" if limited else "extensive", match.end()))
    for start, value, end in sorted(found):
        yield value, start, end
