from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import trial as trial_module
from search.trial import GeoPoint, PartialDate, Site, Trial
from search.trial_codec import decode_trial, encode_trial

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of any field type that `Trial` and its parts use, told from the annotation."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*(values(part) for part in arguments))
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if hint is type(None):
        return st.none()
    if hint is str:
        return TEXT
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(0, 10**9)
    if hint is float:
        return st.floats(-180, 180)
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    assert isinstance(hint, type)
    assert dataclasses.is_dataclass(hint)
    hints = typing.get_type_hints(hint)
    build: Callable[..., Any] = hint
    return st.builds(build, **{field.name: values(hints[field.name]) for field in dataclasses.fields(hint)})


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(values(Trial))
def test_every_trial_comes_back_exactly(trial: Trial) -> None:
    data = encode_trial(trial)
    back = decode_trial(data)
    assert back == trial
    assert repr(back) == repr(trial)
    assert encode_trial(back) == data


def test_the_emptiest_trial_comes_back() -> None:
    assert decode_trial(encode_trial(Trial("NCT99000001"))) == Trial("NCT99000001")


def test_values_have_their_own_types_again() -> None:
    trial = Trial("NCT99000001", sites=(Site(point=GeoPoint(0.1, -0.2)),), version_holder=PartialDate(2031, 2))
    back = decode_trial(encode_trial(trial))
    assert back.sites[0].point == GeoPoint(0.1, -0.2)
    assert type(back.sites[0].geo_quality) is trial_module.GeoQuality
    assert str(back.version_holder) == "2031-02"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b'"x"', b"{}", b'{"nct_id":"NCT99000001","unknown_field":1}', b'{"sites":[[]]}', b"\xff"],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a trial encoded by this version"):
        decode_trial(data)


def test_an_unknown_enumeration_value_is_refused() -> None:
    data = encode_trial(Trial("NCT99000001")).replace(b'"overall_status":null', b'"overall_status":"DREAMING"')
    with pytest.raises(ValueError, match="not a trial"):
        decode_trial(data)
