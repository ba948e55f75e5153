"""Reading values of unknown shape: each function answers with the wanted type, or with None, and never raises.

Strings that leave this module can always be encoded as UTF-8.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from search.eligibility_text import unescaped

Object = Mapping[str, object]

_EMPTY: Object = {}
_SURROGATES = re.compile("[\ud800-\udfff]")
# C0 and C1 controls but tab, line feed and carriage return, which are white space.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_WRITTEN_LIST = re.compile(rf"\s*\[\s*(?:{_QUOTED})(?:\s*,\s*(?:{_QUOTED}))*\s*,?\s*\]\s*", re.DOTALL)

_FLAGS = {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}


def obj(parent: Object, key: str) -> Object:
    """The object under a key; an empty one where there is none."""
    value = parent.get(key)
    return value if isinstance(value, Mapping) else _EMPTY


def objects(parent: Object, key: str) -> Iterator[Object]:
    """The objects of the list under a key; elements of another type are passed over."""
    value = parent.get(key)
    if isinstance(value, (list, tuple)):
        for element in value:
            if isinstance(element, Mapping):
                yield element


def raw(value: object) -> str | None:
    """A text exactly as it is; only lone surrogates, which no encoding carries, become U+FFFD. Blank: None."""
    if not isinstance(value, str) or not value or value.isspace():
        return None
    if value.isascii():
        return value
    return _SURROGATES.sub("\ufffd", value)


def line(value: object) -> str | None:
    """A short text on one line: entities resolved, control characters dropped, white space collapsed. Blank: None."""
    text = raw(value)
    if text is None:
        return None
    if "&" in text:
        # Backslashes are no markup in names and titles.
        text = "\\".join(unescaped(part) for part in text.split("\\"))
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return " ".join(text.split()) or None


def prose(value: object) -> str | None:
    r"""A longer marked-up text as it is read: escapes and entities resolved, line ends `\n`, outer space gone."""
    text = raw(value)
    if text is None:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = unescaped(text)
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return text.strip() or None


def lines(value: object) -> tuple[str, ...]:
    """The short texts of a list, in order, each once; a single text counts as a list of one."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, (list, tuple)):
        return ()
    parts = (part for element in value for part in unpacked(element))
    return tuple(dict.fromkeys(text for part in parts if (text := line(part)) is not None))


def unpacked(value: object) -> tuple[object, ...]:
    """The elements of a list that was written out as a text, as "['Breast Cancer', 'Pain']"; other values as they are.

    Copies of the registry that passed through a table have such texts.
    """
    if not isinstance(value, str) or not value.lstrip().startswith("[") or not _WRITTEN_LIST.fullmatch(value):
        return (value,)
    return tuple(re.sub(r"\\(.)", r"\1", match[0][1:-1], flags=re.DOTALL) for match in re.finditer(_QUOTED, value))


def flag(value: object) -> bool | None:
    """A boolean, or the legacy "Yes" and "No"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}.get(
            value.strip().lower()
        )
    return None


def count(value: object, below: int) -> int | None:
    """A whole number from 0 to `below` (not included), also where it is written as a text."""
    if isinstance(value, str) and value.isascii() and value.strip().isdigit() and len(value) <= 18:
        value = int(value)
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < below else None


def degrees(value: object, limit: float) -> float | None:
    """A finite number of degrees within ±limit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if -limit <= value <= limit else None
