"""Stage and TNM as the note gives them; the latest stage told counts ("stage IIIB, now IV")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.extraction.notes.assertion import is_relative
from search.extraction.notes.text import NoteFact, NoteText
from search.terminology.stages import parse_group, tnm_tokens

_GROUP = r"(?:IV|I{1,3}|[1-4])(?:\s?-?[A-E](?:[1-3])?|[1-3]|S)?"
_STAGE = re.compile(
    rf"\b(?:(?P<system>FIGO|AJCC|UICC|ISS|R-?ISS|R2-?ISS|Rai|Binet|BCLC|Ann Arbor|Lugano|COG|INSS|TNM)[- ]?)?"
    rf"(?i:\b(?:stage|st\.?|stg))[:\s-]*(?P<system2>FIGO|AJCC|UICC|ISS|R-?ISS|BCLC|Ann Arbor|Lugano|Rai|Binet)?\s*(?P<group>{_GROUP}|0|[A-D])(?![\w+.]|-\w)"
    rf"(?:\s*(?:->|→|now|to)\s*(?:stage\s*)?(?P<later>{_GROUP})(?![\w+]))?"
)
_SYSTEM_ONLY = re.compile(
    rf"\b(?P<system>FIGO|R-?ISS|R2-?ISS|ISS|Rai|Binet|BCLC|Ann Arbor|Lugano)[-\s:]*(?i:stage\s*)?(?P<group>{_GROUP}|0|[A-D]\d?)(?![\w+])"
)
_TRAILING = re.compile(rf"(?<=[a-zA-Z)])\s(?P<group>III[A-D]?\d?|IV[A-C]?)(?=[\s,.;:(]|$)")
_SMALL_CELL = re.compile(r"\b(?P<kind>extensive|limited)[- ](?:stage|disease)\b|\b(?P<short>[EL]S)-SCLC\b|\b(?P<short2>[EL]D)-SCLC\b|\bSCLC,? ?\(?(?P<short3>ES|LS|ED|LD)\b")
_OWN_SYSTEM = frozenset({"ISS", "R-ISS", "RISS", "R2-ISS", "R2ISS", "RAI", "BINET", "BCLC"})
_DISEASE_WORD = re.compile(r"(?:HGSOC|NSCLC|PDAC|HCC|RCC|NPC|melanoma|cancer|carcinoma|sarcoma|ca|adenocarcinoma|endometrioid|serous|lymphoma|HNSCC)\W*$", re.IGNORECASE)
_NO_STAGE = re.compile(r"\b(?:nyha|ckd|ckd stage|class|grade|who|type|phase|level|factor|segment|kidney disease|chronic kidney disease|nash|fibrosis|renal)\b[\s,]*(?:stage\s*)?$")
_TNM = re.compile(r"(?<![A-Za-z0-9])[yrcpa]{0,2}(?:Tis|T[0-4][a-d]?|TX)(?:[\s,]*\(?[a-z]*\)?[\s,]*[cpyr]{0,2}N[0-3X][a-c]?)?(?:[\s,]*[cpyr]{0,2}M[01X][a-d]?(?:\([^)]*\))?)?(?![A-Za-z0-9])")
_HAS_N = re.compile(r"N[0-3X]")


def staging(note: NoteText) -> Iterator[NoteFact]:
    """The stage and the TNM tokens."""
    best: NoteFact | None = None
    for value, start, end in _stages(note):
        if not is_relative(note, start, end):
            best = note.fact("stage", value, start, end)
    if best is not None:
        yield best
    for match in _TNM.finditer(note.text):
        if not _HAS_N.search(match.group()):
            continue  # "T4" alone is a vertebra as often as a tumor
        tokens = [re.sub(r"^[cpyra]+", "", token) for token in tnm_tokens(match.group())]
        if tokens and not is_relative(note, match.start(), match.end()):
            yield note.fact("tnm", list(tokens), match.start(), match.end())
            break


def _stages(note: NoteText) -> Iterator[tuple[str, int, int]]:
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
