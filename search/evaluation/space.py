"""A space of ranking settings: which numbers of a `RankingConfig` may move, and between which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

from search.config import RankingConfig


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that may move, named by its path: `fusion.dense_weight`, or `lexical.field_boosts.title`."""

    path: str
    low: float
    high: float
    log: bool = False
    """Whether steps are equal in ratio rather than in difference."""
    whole: bool = False
    """Whether only whole numbers make sense."""


DEFAULT_SPACE = (
    Parameter("fusion.rank_constant", 5, 120, log=True, whole=True),
    Parameter("fusion.dense_weight", 0.0, 2.0),
    Parameter("fusion.note_dense_weight", 0.0, 3.0),
    Parameter("fusion.concept_weight", 0.0, 3.0),
    Parameter("rescoring.not_eligible", 0.01, 1.0, log=True),
)
"""What moves a ranking most without another index: the channels' weights, and how hard a failed criterion weighs."""


def words_alone(config: RankingConfig) -> RankingConfig:
    """The settings with every channel but BM25 switched off and no re-scoring: a baseline to compare with."""
    off: dict[str, Any] = {
        f.name: 0.0 for f in fields(config.fusion) if f.name.endswith("_weight") and "lexical" not in f.name
    }
    fusion = replace(config.fusion, **off)
    return replace(config, fusion=fusion, rescoring=replace(config.rescoring, enabled=False))


def value_of(config: RankingConfig, path: str) -> Any:
    """The value at a path.

    Raises:
        KeyError: there is none.
    """
    value: Any = config
    for name in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(name, 0.0)
        elif is_dataclass(value) and any(f.name == name for f in fields(value)):
            value = getattr(value, name)
        else:
            raise KeyError(f"the ranking has no setting {path}")
    return value


def with_values(config: RankingConfig, values: Mapping[str, Any]) -> RankingConfig:
    """The settings with other values at some paths.

    Raises:
        KeyError: a path that does not exist.
    """
    for path, value in values.items():
        value_of(config, path)
        config = _replaced(config, path.split("."), value)
    return config


def _replaced(value: Any, path: list[str], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, Mapping):
        return MappingProxyType({**value, path[0]: _replaced(value.get(path[0]), path[1:], new)})
    return replace(value, **{path[0]: _replaced(getattr(value, path[0]), path[1:], new)})
