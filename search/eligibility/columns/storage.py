"""Tables in one file: a JSON header that says where each array lies, then the arrays, each aligned to 64 bytes.

What every request reads from end to end (`Scopes`) lies there as it is, to be mapped. All else is compressed, numbers
that mostly rise as their differences.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from search.eligibility.columns.rules import rules
from search.eligibility.columns.tables import Judged, Postings, Questions, Rows, Scopes, Tables, Units

COLUMNS_VERSION = 2
"""Raised whenever the tables change their form or meaning; another version is refused, never guessed at."""
_MAGIC = b"OMCC"
_ALIGNED = 64
_LEVEL = 6
_PARTS: dict[str, type[Any]] = {part.__name__: part for part in (Judged, Postings, Questions, Rows, Units, Scopes)}
_MAPPED = "scopes."
_PLAIN, _PACKED, _DIFFERENCES = "plain", "packed", "differences"


def save_tables(tables: Tables, path: Path) -> None:
    """Write tables to a file."""
    entries: dict[str, list[object]] = {}
    blocks: list[tuple[int, bytes]] = []
    offset = 0
    for name, array in _flat(tables, ""):
        form, data = (_PLAIN, array.tobytes()) if name.startswith(_MAPPED) else _packed(array)
        entries[name] = [form, array.dtype.str, list(array.shape), offset, len(data)]
        blocks.append((offset, data))
        offset += _aligned(len(data))
    header = orjson.dumps({"version": COLUMNS_VERSION, "rules": rules(), "arrays": entries})
    start = _aligned(len(_MAGIC) + 8 + len(header))
    with path.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + header)
        for place, data in blocks:
            file.seek(start + place)
            file.write(data)
        file.truncate(start + offset)


def load_tables(path: Path) -> Tables:
    """Read a file's tables.

    Raises:
        ValueError: it holds none, or was compiled by other rules (`rules.rules`) or in another form.
        OSError: it cannot be read.
    """
    try:
        mapped = np.memmap(path, dtype=np.uint8, mode="r")
        head = len(_MAGIC) + 8
        length = int.from_bytes(mapped[len(_MAGIC) : head].tobytes(), "little")
        if mapped[: len(_MAGIC)].tobytes() != _MAGIC or length > len(mapped) - head:
            raise ValueError("no magic bytes")
        header = orjson.loads(mapped[head : head + length].tobytes())
        if (header["version"], header["rules"]) != (COLUMNS_VERSION, rules()):
            raise ValueError("other rules")
        start = _aligned(head + length)
        arrays = {name: _array(mapped[start:], *entry) for name, entry in header["arrays"].items()}
        return _built(Tables, arrays, "")  # type: ignore[no-any-return]
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise ValueError(f"{path.name} holds no criteria that these rules compiled") from error


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _packed(array: NDArray[Any]) -> tuple[str, bytes]:
    found = _PACKED, zlib.compress(array.tobytes(), _LEVEL)
    if array.dtype != np.int32 or not array.size:
        return found
    steps = np.diff(array, prepend=array.dtype.type(0))
    return min(found, (_DIFFERENCES, zlib.compress(steps.tobytes(), _LEVEL)), key=lambda one: len(one[1]))


def _flat(part: Any, prefix: str) -> Iterator[tuple[str, NDArray[Any]]]:
    for each in fields(part):
        value = getattr(part, each.name)
        if is_dataclass(value):
            yield from _flat(value, f"{prefix}{each.name}.")
        elif isinstance(value, bytes):
            yield f"{prefix}{each.name}", np.frombuffer(value, dtype=np.uint8)
        else:
            yield f"{prefix}{each.name}", np.ascontiguousarray(value)


def _array(blocks: NDArray[np.uint8], form: str, kind: str, shape: list[int], offset: int, size: int) -> NDArray[Any]:
    dtype = np.dtype(kind)
    if form == _PLAIN:
        return np.asarray(blocks[offset : offset + size]).view(dtype).reshape(shape)
    array = np.frombuffer(zlib.decompress(blocks[offset : offset + size].tobytes()), dtype=dtype).reshape(shape)
    return np.cumsum(array, dtype=dtype) if form == _DIFFERENCES else array


def _built(part: type[Any], arrays: dict[str, NDArray[Any]], prefix: str) -> Any:
    values: dict[str, Any] = {}
    for each in fields(part):
        name = f"{prefix}{each.name}"
        if each.type in _PARTS:
            values[each.name] = _built(_PARTS[each.type], arrays, f"{name}.")
        else:
            values[each.name] = arrays[name].tobytes() if each.type == "bytes" else arrays[name]
    return part(**values)
