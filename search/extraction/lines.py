"""Eligibility text as lines: bullets, numbered items, sentences of paragraphs, headings, with nesting and offsets.

Every character that is not white space belongs to exactly one line. Nothing is rewritten: a line is a span of the raw
text, and what readers match on (`Line.plain`, `Line.folded`) has the same length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from search.eligibility.criterion import Section
from search.extraction.cohorts import cohort_of_heading, cohort_of_line
from search.extraction.normal import fold, plain, with_line_ends
from search.extraction.reading import CriteriaText, Line
from search.extraction.segment import sections

_BULLET = re.compile(
    r"\s*(?:[*•·▪●○◦‣➢►✓\uf0b7]+\s*|-{1,2}\s+|-(?=[A-Za-z])|#\s+|\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)](?!\d)\s*"
    r"|\(?[a-zA-Z][.)]\s+|\(?(?:ii|iii|iv|vi|vii|viii|ix)[.)]\s+)"
)
_PDQ = re.compile(
    r"\b(?:DISEASE CHARACTERISTICS|PATIENT CHARACTERISTICS|PRIOR CONCURRENT THERAPY|PRIOR/CONCURRENT THERAPY)\s*:?"
)
_PDQ_LABEL = re.compile(
    r"\b(?:Age|Sex|Menopausal status|Performance status|Life expectancy|Hematopoietic|Hepatic|Renal|Cardiovascular"
    r"|Pulmonary|Neurologic|Immunologic|Gastrointestinal|Other|Biologic therapy|Chemotherapy|Endocrine therapy"
    r"|Radiotherapy|Surgery|Hormone receptor status)\s*:"
)
# A statement of the old layout begins with a capital letter after a word, a number or a bracket, without a full stop.
_RUN_ON = re.compile(
    r"(?:(?<=[a-z0-9)%>])|(?<=dL)|(?<=ULN))\s+(?=(?:No|Not|Must|At|Prior|Concurrent|Histologically|Cytologically|Measurable|Evaluable"
    r"|Bidimensionally|Unidimensionally|Progressive|Recurrent|Refractory|Absolute|Platelets?|WBC|Granulocytes?|Neutrophils?|Hemoglobin"
    r"|Hematocrit|Bilirubin|Creatinine|SGOT|SGPT|AST|ALT|ALP|Alkaline|PT|PTT|INR|Calcium|LVEF|DLCO|FEV1|Fertile|Negative|HIV|Patients?"
    r"|Any|More|Greater|Less|Recovered|ECOG|SWOG|Zubrod|Karnofsky|Lansky|CALGB|WHO|Adequate|Able|Pregnant|Nursing|Effective"
    r"|Availability|Available|Previously|Newly|Stage|Tumor|Overexpression|Ineligible|Eligible|Recovery|Hormone|Hormonal"
    r"|Documented|Disease|See|Normal)\b)"
)
_SENTENCE = re.compile(r"(?<=[a-z0-9)\]%\"'].)(?<!e\.g.)(?<!i\.e.)(?<! vs.)(?<!\bno.)(?<=[.;])\s+(?=[A-Z\"(]|\d+\s)")
_UNFINISHED = re.compile(
    r"\b(?:and|or|of|the|a|with|for|than|see|to|in|by|from|if|when|unless|at|least"
    r"|e\.g\.|i\.e\.|vs\.|no\.)$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\b(?:has|have|had|must|is|are|as follows|following|defined)\b")
_MEASURE = re.compile(r"[\u2265\u2264<>=]\s*\d[\d.,]*\s*(?:m[lg]\b|g/|x\b|%|/|ULN|cells)", re.IGNORECASE)
"""A threshold: a line that states one is no heading, even if it ends with a colon."""
_LINE = re.compile(r"[^\r\n]+")
_STATEMENT_BEFORE = re.compile(r"[.;:,)\]]\s*$|(?:\S+\s+){6}\s*$")
"""Words before a section's heading that are a statement of their own, not part of the heading ("Donor")."""
_SECTION_HEAD = re.compile(
    r"[^\w\n]*(?:\d[\d.]*\s+)?(?i:(?:(?:key|main|major|general|additional)\s)?(?:non-)?(?:in|ex)clusion"
    r"(?:\s+crit\w+)?)\s*[:\uff1a]"
)
_HEADS_ON = re.compile(r"\s*(?:\W*$|(?:for|in|of|at)\b.{0,60}$|\(|.{0,150}[:\uff1a]\s*$)", re.DOTALL)
"""What goes on with a section's heading, behind its colon."""
_LONG = 200
"""Paragraphs above this many characters are cut into sentences."""


@dataclass(frozen=True, slots=True)
class _Physical:
    start: int
    end: int
    indent: int
    text_start: int
    """Behind indentation and bullet."""
    bullet: bool
    gap: bool
    """A blank line stands before it."""


@dataclass(frozen=True, slots=True)
class _Item:
    start: int
    end: int
    indent: int
    bullet: bool
    heading: bool = False


def criteria_text(raw: str, title: str = "", conditions: tuple[str, ...] = ()) -> CriteriaText:
    """An eligibility text cut into lines.

    Args:
        raw: the registry's text, byte for byte.
        title: the trial's title, for readers that need to know the disease.
        conditions: the trial's conditions, likewise.
    """
    view = plain(raw)
    folded = fold(view)
    lines: list[Line] = []
    open_items: list[tuple[int, int]] = []  # (indent, index) of lines that may govern what follows
    headings: list[tuple[int, str, str | None]] = []  # (indent, text, cohort)
    section_at = _SectionAt(view)
    last_section: Section | None = None
    for item in _items(view, section_at.starts):
        section, section_heading = section_at(item.start)
        if section is not last_section or section_heading:
            headings, open_items, last_section = [], [], section
        text = folded[item.start : item.end]
        tag = _TAG.match(text)
        if tag is not None:
            section = Section.EXCLUSION if tag["excludes"] else Section.INCLUSION
        # "Patients have had prior therapy as follows:" below "Cohort A:" goes on with the cohort, it opens no new part.
        governing = headings[-1][2] if headings and item.heading and _GOES_ON.search(text) else None
        if not section_heading:
            headings = [h for h in headings if h[0] < item.indent or (not item.heading and h[0] <= item.indent)]
        while open_items and open_items[-1][0] >= item.indent:
            open_items.pop()
        parent = open_items[-1][1] if open_items and item.bullet else None
        inherited = lines[parent].cohort if parent is not None else (headings[-1][2] if headings else None) or governing
        is_heading = item.heading or section_heading
        named = (
            cohort_of_heading(view[item.start : item.end])
            if is_heading
            else cohort_of_line(view[item.start : item.end])
        )
        index = len(lines)
        lines.append(
            Line(
                index=index,
                start=item.start,
                end=item.end,
                plain=view[item.start : item.end],
                folded=text,
                section=section,
                headings=tuple(h[1] for h in headings),
                cohort=named or inherited,
                level=len(open_items),
                parent=parent,
                is_heading=is_heading,
            )
        )
        if is_heading:
            headings.append((-1 if section_heading else item.indent, text.strip(" :\r\n\t"), named or inherited))
        else:
            open_items.append((item.indent, index))
    cohorts = tuple(dict.fromkeys(line.cohort for line in lines if line.cohort))
    return CriteriaText(raw, view, folded, tuple(lines), cohorts, title, conditions)


_TAG = re.compile(r"[\[(](?:(?P<excludes>exc(?:l|lusion)?)|inc(?:l|lusion)?)[\])]")
"""Some sponsors list everything together and mark each item: "[Inc] …", "[Exc] …"."""
_WORDS = re.compile(r"\S")
_SECTION_WORD = re.compile(
    r"inclusion|exclusion|eligib|criteria|not be|must not|characteristics|^\s*:\s*$", re.IGNORECASE
)
_STATES = re.compile(r"\bmust (?:be|have)\b[^:]*$|\bmeeting the\b", re.IGNORECASE)
_LONGEST_HEADING = 120
_ABBREVIATION = 4


class _SectionAt:
    """Section of an offset, and whether a line there is the section's own heading."""

    def __init__(self, view: str) -> None:
        self.starts: list[int] = []
        self._sections: list[Section] = []
        self._heads: list[int] = []
        """Offset of each section's heading; -1 where it has none."""
        for part in sections(view):
            self.starts.append(part.start)
            self._sections.append(Section.EXCLUSION if part.kind == "exclusion" else Section.INCLUSION)
            words = _WORDS.search(view, part.start, part.end)
            head = words.start() if words else part.end
            first_line = view[head : min(part.end, head + _LONGEST_HEADING)].partition("\n")[0]
            heads = (
                part.headed
                and len(first_line) < _LONGEST_HEADING
                and _SECTION_WORD.search(first_line) is not None
                and not _STATES.search(first_line)
            )
            self._heads.append(head if heads else -1)

    def __call__(self, offset: int) -> tuple[Section, bool]:
        number = bisect_right(self.starts, offset) - 1
        if number < 0:
            return Section.INCLUSION, False
        return self._sections[number], self.starts[number] <= offset <= self._heads[number]


def _physical_lines(view: str, section_starts: Sequence[int]) -> list[_Physical]:
    lines: list[_Physical] = []
    last = 0
    for start, end, cut in _stretches(view, section_starts):
        text = view[start:end]
        lead = len(text) - len(text.lstrip())
        if lead == len(text):
            continue
        bullet = _BULLET.match(text)
        first, behind = start + lead, start + len(text.rstrip())
        between = view[last:first]
        gap = bool(lines) and (
            cut
            or between.count("\n") > 1
            or (between.count("\r") > 1 and "\n" not in between)
            or "~" in between
            or ";" in between
        )
        text_start = start + bullet.end() if bullet else first
        if text_start < behind:
            lines.append(_Physical(first, behind, lead, text_start, bullet is not None, gap))
            last = behind
    return lines


def _stretches(view: str, section_starts: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
    """Lines as the text breaks them, cut where a section begins inside one and behind the section's heading.

    The third value is True where a stretch begins with such a cut.
    """
    number = 0
    for match in _LINE.finditer(with_line_ends(view)):
        start, end = match.span()
        cut = False
        while number < len(section_starts) and section_starts[number] < end:
            at = section_starts[number]
            number += 1
            if _STATEMENT_BEFORE.search(view, start, at) or view[start:at].lstrip()[:1].islower():
                yield from _behind_heading(view, start, at, cut=cut)
                start, cut = at, True
        yield from _behind_heading(view, start, end, cut=cut)


def _behind_heading(view: str, start: int, end: int, *, cut: bool) -> Iterator[tuple[int, int, bool]]:
    head = _SECTION_HEAD.match(view, start, end)
    if head is None or _HEADS_ON.match(view, head.end(), end):
        yield start, end, cut
        return
    yield start, head.end(), cut
    yield head.end(), end, True


def _items(view: str, section_starts: Sequence[int]) -> Iterator[_Item]:
    physical = _physical_lines(view, section_starts)
    wrapped = _hard_wrapped(physical, view)
    current: _Item | None = None
    previous: _Physical | None = None
    for line in physical:
        joins = (
            current is not None
            and previous is not None
            and not line.bullet
            and not line.gap
            and not current.heading
            and (wrapped or _continues(view, previous, line))
        )
        if joins and current is not None:
            current = replace(current, end=line.end)
        else:
            if current is not None:
                yield from _cut(view, current)
            heading = not line.bullet and _is_heading(view[line.start : line.end])
            current = _Item(line.text_start if line.bullet else line.start, line.end, line.indent, line.bullet, heading)
        previous = line
    if current is not None:
        yield from _cut(view, current)


def _hard_wrapped(physical: list[_Physical], view: str) -> bool:
    """Whether lines were broken at a fixed width, as the registry's old files are."""
    if not physical or max(line.end - line.start + line.indent for line in physical) > 110:
        return False
    pairs = [(a, b) for a, b in pairwise(physical) if not b.gap and not b.bullet]
    return any(view[b.start].islower() and a.end - a.start + a.indent > 60 for a, b in pairs)


def _continues(view: str, previous: _Physical, line: _Physical) -> bool:
    """Whether a line without bullet goes on with the sentence of the line before."""
    return view[line.start].islower() or view[previous.end - 1] in ",/(&" or view[line.start] in ")],;"


def _is_heading(text: str) -> bool:
    stripped = text.strip()
    words = stripped.rstrip(": ").split()
    if not words or len(stripped) > 90:
        return False
    if len(_PDQ_LABEL.findall(stripped)) > 1:
        return False  # "Age: 18 and over Performance status: ECOG 0-2 Life expectancy:" states two things
    if stripped.endswith(":") and len(words) <= 12:
        return _MEASURE.search(stripped) is None
    if stripped.endswith(".") or (len(words) == 1 and len(stripped) <= _ABBREVIATION):
        return False  # "HIV" is a criterion
    return stripped.isupper() and len(words) <= 8 and not any(c.isdigit() for c in stripped)


def _cut(view: str, item: _Item) -> Iterator[_Item]:
    """An item as it is, or a paragraph's statements one by one."""
    if item.bullet or item.heading:
        yield item
        return
    text = view[item.start : item.end]
    marks = [m.span() for m in _PDQ.finditer(text)] + [m.span() for m in _PDQ_LABEL.finditer(text)]
    if len(text) < _LONG and not marks:
        yield item
        return
    at = 0
    for start, end in [*sorted(marks), (len(text), len(text))]:
        yield from _statements(view, replace(item, start=item.start + at, end=item.start + start), run_on=bool(marks))
        if end > start:
            yield _Item(item.start + start, item.start + end, item.indent, bullet=False, heading=True)
        at = end


def _statements(view: str, item: _Item, *, run_on: bool) -> Iterator[_Item]:
    text = view[item.start : item.end]
    matches = (_RUN_ON if run_on else _SENTENCE).finditer(text)
    cuts = [m.end() for m in matches if not _UNFINISHED.search(text, max(0, m.start() - 8), m.start())]
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        piece = text[start:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield replace(item, start=item.start + start + lead, end=item.start + start + len(piece.rstrip()))
