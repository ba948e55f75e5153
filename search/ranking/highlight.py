"""Fragments of a trial's text with the query's words marked, from the same analyzer that found the trial."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from search.config import HighlightConfig
from search.extraction.headings import heading_kind
from search.extraction.segment import sections
from search.results import Highlight
from search.text import Token, analyze, occurrences
from search.trial import Trial

_LONGEST_HEADING = 90
_SHORT = 200
"""Characters up to which a text's tokens are remembered."""
# A new item or sentence begins: after a blank line, at a bullet or number, after a full stop before a capital. Line
# ends alone say nothing: old records are wrapped by hand.
_BEGIN = re.compile(
    r"\n[ \t]*(?=(?:[*•·▪●○\-–—]|\(?\d{1,2}\\?[.)]|\(?[a-zA-Z]\\?[.)])\s)"
    r"|\n\s*\n[ \t]*(?=\S)"
    r"|(?<=[:;.,])[ \t]+(?=(?:\(?\d{1,2}\\?[.)]|\\?[*•])[ \t]*[A-Z≥≤])"
    r"|(?<=[a-z0-9)\]%][a-z)\]%])[.!?]\s+(?=[A-Z(])"
)
_ABBREVIATED = re.compile(r"(?:e\.g|i\.e|vs|etc|approx|incl|no|St|Dr)$")
# What is left of the next item where a fragment ends: its bullet or number.
_STUMP = re.compile(r"(?:\s+(?:\\?[*•·▪●○\-–—]|\(?\d{1,2}\\?[.)]|[a-zA-Z]\\?[.)]))?\s*$")
_SPACE = re.compile(r"\s+")
_ITEM = re.compile(r"\s*(?:[*•·▪●○\-–—]|\(?\d{1,2}\\?[.)]|[a-zA-Z]\\?[.)])\s")


def highlight_trial(trial: Trial, terms: Collection[str], config: HighlightConfig) -> tuple[Highlight, ...]:
    """Highlights of one trial: every title, condition, intervention name that matches; the best fragment of long texts.

    Args:
        trial: the trial as stored.
        terms: analyzed query terms.
        config: fragment sizes.

    Returns:
        In the order title, conditions, keywords, interventions, other_names, summary, inclusion; none without a match.
        The field `inclusion` counts offsets in the registry's eligibility text; `item` of `other_names` is the place
        of the intervention, and the fragment is the whole name.
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
    for item, intervention in enumerate(trial.interventions):
        for name in intervention.other_names:
            yield "other_names", item, name, 0
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
    """The window of at most about `size` characters that holds the most different terms, of equals the densest.

    It begins where an item or a sentence begins, if the terms then still fit, and never with a heading; a match in a
    heading does not count.

    Returns:
        The fragment, its offset in `text` and the marked spans in the fragment; None where no term occurs.
    """
    matches = _matches(text, terms)
    if not matches:
        return None
    headings = _headings(text) if "\n" in text or ":" in text else []
    matches = [token for token in matches if not any(start <= token.start < end for start, end in headings)]
    if not matches:
        return None
    if len(text) <= size:
        start, end = _after_heading(text, 0, headings), len(text)
    else:
        first, last = _densest(matches, size)
        start = _start(text, matches[first].start, matches[last].end, size, headings)
        end = _word_end(text, min(len(text), max(start + size, matches[last].end)))
    stump = _STUMP.search(text, start, end)
    end = stump.start() if stump else end
    return text[start:end], start, _spans(matches, start, end)


def _matches(text: str, terms: frozenset[str]) -> list[Token]:
    if len(text) > _SHORT:
        return occurrences(text, terms)
    tokens, known = _short(text)
    return [] if terms.isdisjoint(known) else [token for token in tokens if token.term in terms]


@lru_cache(maxsize=8192)
def _short(text: str) -> tuple[tuple[Token, ...], frozenset[str]]:
    """Tokens and terms of names and titles, which come back in one search after the other."""
    tokens = tuple(analyze(text))
    return tokens, frozenset(token.term for token in tokens)


def _densest(matches: Sequence[Token], size: int) -> tuple[int, int]:
    """First and last match of the best window: most different terms, then shortest, then most matches, then first."""
    best, chosen, first = (0, 0, 0), (0, 0), 0
    for last in range(len(matches)):
        while matches[last].end - matches[first].start > size and first < last:
            first += 1
        # The shortest stretch up to here with the same terms.
        seen = {token.term for token in matches[first : last + 1]}
        tight, left = last, set(seen)
        left.discard(matches[last].term)
        while left:
            tight -= 1
            left.discard(matches[tight].term)
        value = (len(seen), matches[tight].start - matches[last].end, last - tight)
        if value > best or last == 0:
            best, chosen = value, (tight, last)
    return chosen


def _start(text: str, lead: int, end: int, size: int, headings: Sequence[tuple[int, int]]) -> int:
    """Where a fragment begins that shows `text[lead:end]`: at its item or sentence, where that is near enough."""
    earliest = max(0, end - size)
    begins = [0] if earliest == 0 else []
    begins += [
        match.end()
        for match in _BEGIN.finditer(text, max(0, earliest - 4), lead + 1)
        if match.end() <= lead and not (match[0][0] == "." and _ABBREVIATED.search(text, 0, match.start()))
    ]
    begins += [begin for _, stop in headings if (begin := _skip_space(text, stop)) <= lead]
    near = [begin for begin in begins if earliest <= begin <= lead]
    if near:
        return _after_heading(text, max(near), headings)
    # In the middle of a long sentence: some words before the terms, more where the text ends soon after them.
    wished = max(earliest, min(lead - size // 4, len(text) - size))
    return max(_word_start(text, wished), _after_heading(text, earliest, headings))


def _headings(text: str) -> list[tuple[int, int]]:
    """Headings in a text: lines that end in a colon and are no items, and what `heading_kind` knows; ascending."""
    found = []
    start = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        end = start + len(line)
        if bare.endswith((":", "：")) and len(bare) <= _LONGEST_HEADING and not _ITEM.match(line):
            found.append((start, end))
        elif (kind := heading_kind(line)) is not None and not (kind[1] and _ITEM.match(line)):
            colon = re.search("[:：]", line[:_LONGEST_HEADING])
            stop = start + colon.end() if colon else end if len(bare) <= _LONGEST_HEADING else start
            found.append((start, stop))
        start = end
    return found


def _after_heading(text: str, at: int, headings: Sequence[tuple[int, int]]) -> int:
    """The offset itself, or what follows the headings that it stands in."""
    for start, end in headings:
        if start <= at < end:
            at = _skip_space(text, end)
    return at


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _spans(matches: Sequence[Token], start: int, end: int) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for token in sorted(matches, key=lambda t: (t.start, t.end)):
        if token.start < start or token.end > end:
            continue
        span = (token.start - start, token.end - start)
        if spans and span[0] < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], span[1]))
        else:
            spans.append(span)
    return tuple(spans)


def _word_start(text: str, at: int) -> int:
    """The next word's start at or after `at` (the text's own start stays)."""
    if at == 0:
        return 0
    space = _SPACE.search(text, at, at + 40)
    return space.end() if space else at


def _word_end(text: str, at: int) -> int:
    """The end of the last whole word before `at` (the text's own end stays)."""
    if at >= len(text):
        return len(text)
    for place in range(at, max(0, at - 40), -1):
        if text[place].isspace():
            return place
    return at
