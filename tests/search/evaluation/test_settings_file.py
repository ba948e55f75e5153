from __future__ import annotations

from pathlib import Path

import pytest

from search.config import DEFAULT_CONFIG
from search.evaluation.settings_file import read_settings
from search.evaluation.space import DEFAULT_SPACE, value_of, words_alone
from search.evaluation.trec import FormatError


def read(path: Path, text: str):  # type: ignore[no-untyped-def]
    path.write_text(text)
    return read_settings(path)


def test_nested_and_dotted_settings(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    found = read(path, '{"fusion": {"dense_weight": 1}, "lexical.window": 50, "rescoring": {"enabled": false}}')
    assert found.fusion.dense_weight == 1.0
    assert isinstance(found.fusion.dense_weight, float)
    assert found.lexical.window == 50
    assert not found.rescoring.enabled
    assert found.fusion.rank_constant == DEFAULT_CONFIG.ranking.fusion.rank_constant
    assert read(path, "{}") == DEFAULT_CONFIG.ranking


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "not a JSON object"),
        ('{"fusion.nothing": 1}', "no setting fusion.nothing"),
        ('{"fusion": 1}', "fusion is a group of settings"),
        ('{"fusion.dense_weight": "a"}', "fusion.dense_weight is a number"),
        ('{"fusion.dense_weight": true}', "is a number"),
        ('{"lexical.window": 1.5}', "lexical.window is a whole number"),
        ('{"rescoring.enabled": 1}', "is true or false"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read(tmp_path / "c.json", text)


def test_the_space_names_real_settings_and_holds_the_defaults() -> None:
    for one in DEFAULT_SPACE:
        assert one.low <= value_of(DEFAULT_CONFIG.ranking, one.path) <= one.high


def test_words_alone() -> None:
    found = words_alone(DEFAULT_CONFIG.ranking)
    assert found.fusion.dense_weight == found.fusion.note_dense_weight == 0.0
    assert found.fusion.lexical_weight == DEFAULT_CONFIG.ranking.fusion.lexical_weight
    assert not found.rescoring.enabled
