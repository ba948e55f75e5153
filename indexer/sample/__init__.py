"""The bundled sample: fictitious studies, one API v2 JSON file each, for trying the engine without registry data."""

from __future__ import annotations

from pathlib import Path


def sample_path() -> Path:
    """The folder of the fictitious studies (`NCT99000001.json` and so on); any reader of study files takes it."""
    return Path(__file__).resolve().parent
