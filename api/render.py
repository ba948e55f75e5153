"""Safe HTML out of registry text: marked fragments and eligibility text as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from search.eligibility_text import TextView, unescaped
from search.results import Highlight, Hit
from search.trial import Trial

LONG_TEXT_FIELDS: dict[str, str] = {
    "summary": "Summary",
    "inclusion": "To take part",
}
"""Fields whose highlights are shown as snippets, with their captions."""
MOST_KEYWORDS = 4
_LIST_MARK = re.compile(r"(?m)^(\s*)[*-](?=\s)")
_BULLET = re.compile(r"^(\s*)(?:[*•·▪◦‣-]\s+|(\d{1,2}[.)]|[a-z][.)]|\(\w{1,3}\))\s+)(.*)$")


def mark(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Escape a text and wrap its spans into `<mark>`; spans may overlap or reach beyond the text."""
    out: list[Markup] = []
    at = 0
    for first, last in sorted(spans):
        start, end = max(first, at), min(last, len(text))
        if start >= end:
            continue
        out += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    out.append(escape(text[at:]))
    return Markup("").join(out)


def mark_field(text: str, highlights: Sequence[Highlight], field: str, item: int = 0) -> Markup:
    """A whole field's text with the marks of all its fragments. A fragment that is not of this text is left out."""
    spans: list[tuple[int, int]] = []
    for highlight in highlights:
        if highlight.field != field or highlight.item != item:
            continue
        if text[highlight.start : highlight.start + len(highlight.fragment)] == highlight.fragment:
            spans += [(highlight.start + start, highlight.start + end) for start, end in highlight.spans]
    return mark(text, spans)


def treatments(hit: Hit, most: int = 5) -> list[Markup]:
    """The first treatments of a trial, those with marked words before others, in the trial's order.

    Another name that the words matched (a drug code, a brand) follows in brackets.
    """
    others: dict[int, list[Markup]] = {}
    for highlight in hit.highlights:
        if highlight.field == "other_names":
            others.setdefault(highlight.item, []).append(mark(highlight.fragment, highlight.spans))
    shown = []
    for item in first_shown(hit, "interventions", most):
        name = mark_field(hit.trial.interventions[item].name, hit.highlights, "interventions", item)
        aliases = Markup(", ").join(others.get(item, ())[:2])
        shown.append(Markup("{} ({})").format(name, aliases) if aliases else name)
    return shown


def conditions(hit: Hit, most: int = 6) -> list[Markup]:
    """The first conditions of a trial, those with marked words before others, in the trial's order."""
    return [
        mark_field(hit.trial.conditions[item], hit.highlights, "conditions", item)
        for item in first_shown(hit, "conditions", most)
    ]


def first_shown(hit: Hit, field: str, most: int) -> list[int]:
    """Places of the values of a list field that are shown where only so many are: marked ones, then the first."""
    marked = {
        highlight.item
        for highlight in hit.highlights
        if highlight.field == field or (field == "interventions" and highlight.field == "other_names")
    }
    places = range(len(hit.trial.interventions if field == "interventions" else hit.trial.conditions))
    return sorted(sorted(places, key=lambda item: (item not in marked, item))[:most])


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a long text that shows why a trial was found."""

    caption: str
    html: Markup


def snippets(hit: Hit, most: int = 2, length: int = 260) -> list[Snippet]:
    """Marked fragments of long texts; else keywords, the nearest passage, or the beginning of the summary."""
    found = [
        Snippet(LONG_TEXT_FIELDS[highlight.field], _fragment(highlight, hit.trial))
        for highlight in hit.highlights
        if highlight.field in LONG_TEXT_FIELDS
    ][:most]
    if found:
        return found
    keywords = [mark(h.fragment, h.spans) for h in hit.highlights if h.field == "keywords"][:MOST_KEYWORDS]
    if keywords:
        return [Snippet("Keywords", Markup(", ").join(keywords))]
    if hit.passage:
        return [Snippet("Nearest in meaning", escape(shorten(hit.passage, length)))]
    summary = hit.trial.brief_summary
    return [Snippet("Summary", escape(shorten(readable(summary), length)))] if summary else []


def _fragment(highlight: Highlight, trial: Trial) -> Markup:
    """The fragment, with an ellipsis where the text goes on."""
    text = trial.brief_summary if highlight.field == "summary" else trial.eligibility.criteria
    end = highlight.start + len(highlight.fragment)
    before = "" if text is None or _begins_there(text, highlight.start) else "… "
    after = " …" if text is None or end < len(text) else ""
    return Markup("{}{}{}").format(before, _unescaped_marks(highlight), after)


def _begins_there(text: str, at: int) -> bool:
    """Whether an item or a sentence begins there, rather than in the middle of one."""
    before = text[:at].rstrip()
    return not before or before.endswith((".", "!", "?", ":", ";")) or bool(_BULLET.match(text[at : at + 20]))


def _unescaped_marks(highlight: Highlight) -> Markup:
    """The fragment with the registry's markdown escapes read, and the spans moved accordingly."""
    view = TextView.of(_LIST_MARK.sub(r"\1•", highlight.fragment))  # of the same length: spans stay in place
    length = len(highlight.fragment)
    spans = [(start, end) for start, end in highlight.spans if 0 <= start <= end <= length]
    return mark(view.text, [view.to_text(start, end) for start, end in spans])


def codes(text: str) -> Markup:
    """A sentence with `names` between backticks as `<code>`."""
    parts = re.split(r"`([^`]*)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def shorten(text: str, length: int) -> str:
    """The text in one line, cut at a word."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def readable(text: str | None) -> str:
    """Registry text with its markup escapes and entities read."""
    return unescaped(text) if text else ""


def paragraphs(text: str | None) -> list[str]:
    """Readable paragraphs; line breaks inside a paragraph are kept for the page to show."""
    return [part.strip() for part in re.split(r"\n\s*\n", readable(text)) if part.strip()]


@dataclass(frozen=True, slots=True)
class CriteriaLine:
    """One line of eligibility text: a heading, an item at a depth, or plain text."""

    kind: str
    text: str
    depth: int = 0
    marker: str = ""


def criteria_lines(text: str | None) -> list[CriteriaLine]:
    """Eligibility text line by line, as the registry has it: nothing is merged, reordered or left out."""
    lines = []
    indents: list[int] = []
    for raw in readable(text).splitlines():
        if not raw.strip():
            continue
        bullet = _BULLET.match(raw.expandtabs(4))
        if bullet:
            indent = len(bullet.group(1))
            indents = [known for known in indents if known < indent] + [indent]
            lines.append(CriteriaLine("item", bullet.group(3), min(len(indents) - 1, 5), bullet.group(2) or "•"))
        else:
            stripped = raw.strip()
            heading = stripped.endswith(":") and len(stripped) <= 90
            lines.append(CriteriaLine("heading" if heading else "text", stripped))
            indents = []
    return lines
