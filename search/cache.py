"""Where costly results are kept between runs, outside every index."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """The cache folder: `ONCOMATCH_CACHE`, or `oncomatch` in the user's cache folder (XDG_CACHE_HOME, ~/.cache).

    It holds exported encoders and passage vectors; all of it can be deleted and is made anew. The folder is
    not created here.
    """
    named = os.environ.get("ONCOMATCH_CACHE")
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    # The XDG specification says that relative paths are to be ignored.
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return root / "oncomatch"
