"""Fragments of a trial's text with the query's words marked, from the same analyzer that found the trial."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from search.config import HighlightConfig
from search.extraction.segment import sections
from search.results import Highlight
from search.text import analyze
from search.trial import Trial


def highlight_trial(trial: Trial, terms: Collection[str], config: HighlightConfig) -> tuple[Highlight, ...]:
    """Highlights of one trial: every title, condition, intervention name that matches; the best fragment of long texts.

    Args:
        trial: the trial as stored.
        terms: analyzed query terms.
        config: fragment sizes.

    Returns:
        In the order title, conditions, keywords, interventions, summary, inclusion; none without a match. The field
        `inclusion` counts offsets in the registry's eligibility text.
    """
    wanted = frozenset(terms)
    if not wanted:
        return ()
    found = []
    for field, item, text, start in _texts(trial, config.scan_chars):
        highlight = best_fragment(text, wanted, config.fragment_chars)
        if highlight is not None:
            fragment, offset, spans = highlight
            found.append(Highlight(field, fragment, start + offset, spans, item))
    return tuple(found)


def _texts(trial: Trial, scan: int) -> Iterator[tuple[str, int, str, int]]:
    yield "title", 0, trial.title, 0
    for field, values in (
        ("conditions", trial.conditions),
        ("keywords", trial.keywords),
        ("interventions", tuple(intervention.name for intervention in trial.interventions)),
    ):
        for item, value in enumerate(values):
            yield field, item, value, 0
    if trial.brief_summary:
        yield "summary", 0, trial.brief_summary[:scan], 0
    criteria = trial.eligibility.criteria
    if criteria:
        left = scan
        for section in sections(criteria):
            if section.kind == "inclusion" and left > 0:
                text = criteria[section.start : min(section.end, section.start + left)]
                left -= len(text)
                yield "inclusion", section.start, text, section.start


def best_fragment(text: str, terms: frozenset[str], size: int) -> tuple[str, int, tuple[tuple[int, int], ...]] | None:
    """The window of at most about `size` characters that holds the most different terms, the first of equals.

    Returns:
        The fragment, its offset in `text` and the marked spans in the fragment; None where no term occurs.
    """
    matches = [token for token in analyze(text) if token.term in terms]
    if not matches:
        return None
    if len(text) <= size:
        start, end = 0, len(text)
    else:
        best, first = (0, 0), 0
        for last in range(len(matches)):
            while matches[last].end - matches[first].start > size and first < last:
                first += 1
            distinct = len({token.term for token in matches[first : last + 1]})
            if distinct > best[0]:
                best = (distinct, first)
        lead = matches[best[1]]
        start = _word_start(text, max(0, lead.start - size // 4))
        end = _word_end(text, min(len(text), max(start + size, lead.end)))
    spans: list[tuple[int, int]] = []
    for token in sorted(matches, key=lambda t: (t.start, t.end)):
        if token.start < start or token.end > end:
            continue
        span = (token.start - start, token.end - start)
        if spans and span[0] < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], span[1]))
        else:
            spans.append(span)
    return text[start:end], start, tuple(spans)


def _word_start(text: str, at: int) -> int:
    """The next word's start at or after `at` (the text's own start stays)."""
    if at == 0:
        return 0
    space = text.find(" ", at)
    return at if space < 0 or space - at > 40 else space + 1


def _word_end(text: str, at: int) -> int:
    """The end of the last whole word before `at` (the text's own end stays)."""
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, at - 40), at)
    return at if space < 0 else space
