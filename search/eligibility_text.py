r"""Registry markup read as plain text, with every offset kept: `TextView`.

ClinicalTrials.gov escapes punctuation in marked-up fields (`\>`, `\[`, `10\^9/L`), and some sponsors paste HTML
entities, at times encoded twice (`&amp;lt;`). The raw text stays as it is, because evidence is an offset into it;
this module gives the readable text and the way back. Nothing but escapes and entities is touched.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from html.entities import html5

# A backslash before ASCII punctuation is an escape (CommonMark 0.31, section 2.4); before anything else it is text.
_MARKUP = re.compile(
    r"\\([!-/:-@\[-`{-~])|&(?:[aA][mM][pP];)*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)

# What sponsors write for ≥ and ≤, though HTML does not know it.
_UNOFFICIAL = {"gte": "≥", "lte": "≤"}


@dataclass(frozen=True, slots=True)
class TextView:
    """A readable view of a raw text. All offsets count Unicode code points."""

    raw: str
    text: str
    _text_ends: tuple[int, ...] = ()
    """For each replaced piece, ascending: the offset in `text` after it …"""
    _raw_ends: tuple[int, ...] = ()
    """… the offset in `raw` after it …"""
    _text_starts: tuple[int, ...] = ()
    _raw_starts: tuple[int, ...] = ()

    @classmethod
    def of(cls, raw: str) -> TextView:
        """Build the view of a raw text."""
        if "\\" not in raw and "&" not in raw:
            return cls(raw, raw)
        pieces: list[str] = []
        text_starts, raw_starts, text_ends, raw_ends = [], [], [], []
        length = last = 0
        for match in _MARKUP.finditer(raw):
            plain = _plain(match)
            if plain is None:
                continue
            before = raw[last : match.start()]
            length += len(before)
            text_starts.append(length)
            raw_starts.append(match.start())
            pieces += (before, plain)
            length += len(plain)
            last = match.end()
            text_ends.append(length)
            raw_ends.append(last)
        pieces.append(raw[last:])
        return cls(raw, "".join(pieces), tuple(text_ends), tuple(raw_ends), tuple(text_starts), tuple(raw_starts))

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """The span of `raw` that `text[start:end]` was read from; a replaced piece is always covered whole.

        Raises:
            ValueError: the span does not lie in the text.
        """
        _check(start, end, len(self.text))
        raw_start = self._start_to_raw(start)
        return raw_start, raw_start if start == end else self._end_to_raw(end)

    def to_text(self, start: int, end: int) -> tuple[int, int]:
        """The span of `text` that `raw[start:end]` reads as; a piece cut through is covered whole.

        Raises:
            ValueError: the span does not lie in the raw text.
        """
        _check(start, end, len(self.raw))
        i = bisect_right(self._raw_starts, start) - 1
        if i >= 0 and start < self._raw_ends[i]:
            text_start = self._text_starts[i]
        else:
            text_start = start + (self._text_ends[i] - self._raw_ends[i] if i >= 0 else 0)
        if start == end:
            return text_start, text_start
        j = bisect_left(self._raw_ends, end)
        if j < len(self._raw_ends) and end > self._raw_starts[j]:
            return text_start, self._text_ends[j]
        return text_start, end + (self._text_ends[j - 1] - self._raw_ends[j - 1] if j > 0 else 0)

    def _start_to_raw(self, start: int) -> int:
        i = bisect_right(self._text_starts, start) - 1
        if i < 0:
            return start
        if start < self._text_ends[i]:
            return self._raw_starts[i]
        return start + self._raw_ends[i] - self._text_ends[i]

    def _end_to_raw(self, end: int) -> int:
        i = bisect_left(self._text_ends, end)
        if i < len(self._text_ends) and end > self._text_starts[i]:
            return self._raw_ends[i]
        return end + (self._raw_ends[i - 1] - self._text_ends[i - 1] if i > 0 else 0)


def unescaped(raw: str) -> str:
    """The readable text alone, where no way back is needed."""
    if "\\" not in raw and "&" not in raw:
        return raw
    return _MARKUP.sub(lambda match: match[0] if (plain := _plain(match)) is None else plain, raw)


def _plain(match: re.Match[str]) -> str | None:
    """What a piece of markup stands for; None where it is not markup after all."""
    if match[1] is not None:
        return match[1]
    name = match[2]
    if name.startswith("#"):
        # html.unescape answers "" or U+FFFD for code points that are no characters.
        plain = html.unescape(f"&{name};")
        return plain if plain not in ("", "\ufffd") else None
    for spelling in (name, name.lower()):
        plain = html5.get(f"{spelling};") or _UNOFFICIAL.get(spelling, "")
        if plain:
            return plain
    return None


def _check(start: int, end: int, length: int) -> None:
    if not 0 <= start <= end <= length:
        raise ValueError(f"span {start}:{end} does not lie in a text of length {length}")
