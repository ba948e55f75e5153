"""Which rules compiled criteria rest on: what a judge said when they were compiled must be what it would say now."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

import search

_PARTS = ("eligibility/*.py", "eligibility/judge/*.py", "eligibility/columns/*.py", "terminology/**/*")
_APART = frozenset({"profile.py", "profile_parts.py", "score.py", "changes.py", "questions.py", "asking.py"})
"""Modules of `search.eligibility` that nothing compiled rests on."""


@functools.cache
def rules() -> str:
    """A fingerprint of the source and tables of every rule, 16 hexadecimal digits."""
    root = Path(search.__file__).parent
    found = hashlib.sha256()
    for part in _PARTS:
        for path in sorted(root.glob(part)):
            if path.is_file() and path.suffix in {".py", ".tsv"} and path.name not in _APART:
                found.update(path.relative_to(root).as_posix().encode() + b"\0")
                found.update(path.read_bytes())
    return found.hexdigest()[:16]
