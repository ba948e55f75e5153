"""JSON of unknown quality: strict and fast first, lenient where that fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import orjson

_STUDIES = re.compile(r'\s*\{(?:\s*"(?:nextPageToken|totalCount)"\s*:\s*(?:"[^"]*"|\d+)\s*,)*\s*"studies"\s*:\s*\[')
_SEPARATORS = re.compile(r"[\s,\x1e\ufeff]*")


def loads(data: bytes) -> object:
    """Decode a JSON value.

    Beyond the standard, as exports produce it: a byte order mark, lone surrogates in escapes, NaN; bytes that are
    not UTF-8 become U+FFFD.

    Raises:
        ValueError: it is no JSON; the message says what is wrong.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as strict:
        try:
            value: object = json.loads(data.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            raise ValueError(_sentence(strict)) from None
        return value


def values(data: bytes) -> Iterator[object]:
    """All studies of a document: one, an array of them, an API page, or several such values one after the other.

    Raises:
        ValueError: the document breaks off or is no JSON; all complete studies before the fault were yielded.
    """
    try:
        yield from flatten(loads(data))
    except ValueError as fault:
        found = 0
        for value in _salvaged(data.decode("utf-8-sig", "replace")):
            found += 1
            yield from flatten(value)
        if found == 0:
            raise fault from None


def flatten(value: object) -> Iterator[object]:
    """The studies in a value: the elements of an array or of an API page, or the value itself."""
    if isinstance(value, list):
        for element in value:
            yield from flatten(element) if isinstance(element, dict) else (element,)
    elif isinstance(value, dict) and isinstance(value.get("studies"), list) and "protocolSection" not in value:
        yield from value["studies"]
    else:
        yield value


def _salvaged(text: str) -> Iterator[object]:
    """Read values one by one, inside an array or page that is broken as a whole, until the fault."""
    decoder = json.JSONDecoder()
    at, inside = 0, False
    while at < len(text):
        separators = _SEPARATORS.match(text, at)
        at = separators.end() if separators else at
        if at >= len(text):
            break
        if inside and text[at] == "]":
            # What follows the studies of a page ("nextPageToken": …}) holds none.
            inside, at = False, at + 1
            rest = re.compile(r"[^{\[]*").match(text, at)
            at = rest.end() if rest else at
            continue
        if not inside:
            page = _STUDIES.match(text, at)
            whole = _decoded(decoder, text, at)
            if whole is not None:
                yield whole[0]
                at = whole[1]
                continue
            if page or text[at] == "[":
                inside, at = True, page.end() if page else at + 1
                continue
        found = _decoded(decoder, text, at)
        if found is None:
            raise ValueError(f"the JSON is broken at character {at}: {'it breaks off' if inside else 'no JSON value'}")
        yield found[0]
        at = found[1]
    if inside:
        raise ValueError("the JSON breaks off before the end of its array of studies")


def _decoded(decoder: json.JSONDecoder, text: str, at: int) -> tuple[object, int] | None:
    try:
        value, end = decoder.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return value, end


def _sentence(error: orjson.JSONDecodeError) -> str:
    return f"it is not JSON: {error.msg} at character {error.pos}"
