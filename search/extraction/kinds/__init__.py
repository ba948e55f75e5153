"""One reader for each kind of criterion; `READERS` in the order in which they are asked."""

from __future__ import annotations

from search.extraction.reading import Reader

READERS: tuple[Reader, ...] = ()
