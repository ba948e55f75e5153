"""Performance status: ECOG, WHO and Zubrod (one scale), Karnofsky, Lansky."""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.extraction.notes.assertion import is_relative
from search.extraction.notes.text import NoteFact, NoteText

_LINK = (
    r"(?:\s*(?:\(?(?:ps|pfs|performance(?:\s+(?:status|score))?|status|score|scale)\)?|of|is|was|at|now"
    r"|currently|today|=|:|-|~|grade))*\s*"
)
_ECOG = re.compile(
    rf"\b(?:ecog|zubrod|who(?=\s*(?:ps|performance))|(?<!pd-l1 )\bps"
    rf"|performance status){_LINK}(?P<v>[0-5])(?!\d|\.\d|%|/|\s?(?:cm|mm"
    rf"|cycles))(?:\s?[-\u2013]\s?(?P<w>[0-5])\b)?"
)
_PERCENT = re.compile(
    rf"\b(?P<s>kps|karnofsky|lansky|lps){_LINK}(?P<v>\d{{1,3}})\b(?:\s?[-\u2013]\s?(?P<w>\d{{2,3}})\b)?"
)


def performance(note: NoteText) -> Iterator[NoteFact]:
    """The last value of each scale; of a range the worse end."""
    found: dict[str, NoteFact] = {}
    for match in _ECOG.finditer(note.lower):
        if not is_relative(note, match.start(), match.end()):
            value = max(int(match["v"]), int(match["w"] or 0))
            found["ECOG"] = note.fact("performance", {"scale": "ECOG", "value": value}, match.start(), match.end())
    for match in _PERCENT.finditer(note.lower):
        value = min(int(match["v"]), int(match["w"] or 100))
        if value <= 100 and not is_relative(note, match.start(), match.end()):
            scale = "Lansky" if match["s"] in {"lansky", "lps"} else "Karnofsky"
            found[scale] = note.fact("performance", {"scale": scale, "value": value}, match.start(), match.end())
    yield from found.values()
