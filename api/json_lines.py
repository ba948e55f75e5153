"""JSON Lines of the command line: `-` is standard input, `.gz` is read as it is, broken UTF-8 is replaced."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from typing import IO


def open_lines(path: str) -> IO[str]:
    """The file as text, line by line.

    Raises:
        OSError: it cannot be opened.
    """
    if path == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    if path.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return Path(path).open(encoding="utf-8", errors="replace")
