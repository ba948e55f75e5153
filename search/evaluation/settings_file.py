"""Ranking settings from a file: JSON, nested as `RankingConfig` is or with dotted paths, or both.

`{"fusion": {"dense_weight": 0.4}}` and `{"fusion.dense_weight": 0.4}` say the same. What is not named keeps its
default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import orjson

from search.config import DEFAULT_CONFIG, RankingConfig
from search.evaluation.space import value_of, with_values
from search.evaluation.trec import FormatError


def read_settings(path: Path, start: RankingConfig = DEFAULT_CONFIG.ranking) -> RankingConfig:
    """The settings of a file over others.

    Raises:
        FormatError: no JSON object, a setting that does not exist, or a value of another kind than the setting's.
        OSError: the file cannot be opened.
    """
    try:
        told = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise FormatError(f"{path}, line {error.lineno}: not JSON ({error.msg})") from error
    if not isinstance(told, dict):
        raise FormatError(f"{path} is not a JSON object of ranking settings")
    values: dict[str, Any] = {}
    for name, value in _flat(told, ""):
        try:
            values[name] = _fitting(value, value_of(start, name))
        except KeyError as error:
            raise FormatError(f"{path}: {error.args[0]}") from error
        except TypeError as error:
            raise FormatError(f"{path}: {name} {error}") from error
    return with_values(start, values)


def _flat(told: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _fitting(value: Any, default: Any) -> Any:
    """The value as the setting's kind.

    Raises:
        TypeError: it is of another kind.
    """
    if is_dataclass(default) or isinstance(default, Mapping):
        raise TypeError("is a group of settings: name one of them")
    if isinstance(default, tuple):
        if isinstance(value, list) and len(value) == len(default):
            return tuple(_fitting(one, default[0]) for one in value)
        raise TypeError(f"is a list of {len(default)} values")
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise TypeError("is true or false")
    if isinstance(default, int):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise TypeError("is a whole number")
    if isinstance(default, float):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        raise TypeError("is a number")
    if isinstance(value, type(default)):
        return value
    raise TypeError("is a text")
