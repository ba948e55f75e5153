"""Creatinine or its clearance: one of the two is enough, in one line or in two that "OR" joins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from search.eligibility.criterion import Section
from search.extraction.reading import CriteriaText, Line

_CLEARANCE = re.compile(r"clearance|\bcrcl\b|\bccr\b|\bclcr\b|gfr\b|filtration rate")
_CREATININE = re.compile(r"creatinine(?! ?(?:clearance|\(?cr\)? clearance))|\bscr\b|\bcr\b")
_OR_TABLE = re.compile(r"\bor\b[^.;]{0,30}\bcreatinine (?:based|\(mg|less|as|level|below|within|according)")
_EITHER = re.compile(r"\b(?:one|either|any|at least one) of\b|\beither\b")


def renal_group(line: Line, text: CriteriaText, folded: str, spans: Sequence[tuple[str, int, int]]) -> str | None:
    """The group of a line's renal alternatives, named by the line that opens it; None where both must hold.

    Args:
        line: the line.
        text: the text it stands in.
        folded: its flowing folded text.
        spans: analyte, start and end of its thresholds.
    """
    serum = [s for s in spans if s[0] == "creatinine"]
    clearance = [s for s in spans if s[0] == "creatinine clearance"]
    joint = r"\bor\b" if line.section is Section.INCLUSION else r"\band\b"
    if serum and clearance:
        between = folded[min(serum[0][2], clearance[0][2]) : max(serum[0][1], clearance[0][1])]
        return (
            f"{line.index}:renal"
            if re.search(joint, between) or not between.strip(" (,;") or "(" in between[:3]
            else None
        )
    if not serum and not clearance:
        return None
    if clearance and joint == r"\bor\b" and _OR_TABLE.search(folded, clearance[-1][2] - 1):
        return f"{line.index}:renal"
    other = _CLEARANCE if serum else _CREATININE
    parent = text.parent(line)
    if parent is not None and _EITHER.search(parent.folded):
        siblings = [
            x for x in text.lines if x.parent == line.parent and x.index != line.index and other.search(x.folded)
        ]
        if siblings:
            return f"{parent.index}:renal"
    after = text.lines[line.index + 1] if line.index + 1 < len(text.lines) else None
    if after is not None and after.folded.strip(" .:*-\r\n") == "or" and line.index + 2 < len(text.lines):
        after = text.lines[line.index + 2]
        if other.search(after.folded[:120]):
            return f"{line.index}:renal"
    elif after is not None and other.search(after.folded[:120]) and _joined(line, after):
        return f"{line.index}:renal"
    before = text.lines[line.index - 1] if line.index else None
    if before is not None and before.folded.strip(" .:*-\r\n") == "or" and line.index > 1:
        before = text.lines[line.index - 2]
        return f"{before.index}:renal" if other.search(before.folded) else None
    if before is not None and other.search(before.folded) and _joined(before, line):
        return f"{before.index}:renal"
    return None


def _joined(first: Line, second: Line) -> bool:
    joint = "or" if first.section is Section.INCLUSION else "and"
    ends = re.search(rf"\b{joint}\W*$", first.folded) is not None
    starts = re.match(rf"\W*{joint}\b", second.folded) is not None
    return first.section is second.section and (ends or starts)
