"""Models of other make: tiny random networks, written here, exported and compared with sentence-transformers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.config import EncoderConfig
from search.encoder import Encoder, EncoderError, ensure_encoder
from search.encoder.export import load_model

pytest.importorskip("sentence_transformers", reason="left out: exporting needs the extra 'build'")

Build = Callable[..., Path]
CONFIG = EncoderConfig(verify_passages=24)
TEXTS = ["", "lung cancer stage iv", "her2 breast cancer " * 30, "no prior therapy", "query: lung"]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Writes a tiny sentence-transformers model and gives its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Transformer
    from transformers import BertConfig, BertModel
    from transformers import BertTokenizer as FastTokenizer

    base = tmp_path_factory.mktemp("bert")
    sentence = "lung breast cancer stage iv her2 no prior therapy query passage : # the of in or and patients"
    words = sentence.split()
    pieces = [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789"]
    letters = [piece[2:] for piece in pieces]
    vocabulary = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *letters, *pieces]))
    (base / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=96,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(base)
    FastTokenizer(vocab=str(base / "vocab.txt")).save_pretrained(base)

    def write(*modules: Any, name: str, max_seq_length: int | None = 64, **options: Any) -> Path:
        folder = tmp_path_factory.mktemp("models") / name
        first = Transformer(str(base), max_seq_length=max_seq_length)
        SentenceTransformer(modules=[first, *modules], device="cpu", **options).save_pretrained(str(folder))
        return folder

    return write


def own(folder: Path, texts: list[str], prompt_name: str | None = None) -> Any:
    model = load_model(folder, device="cpu")
    encoders: dict[str | None, Any] = {
        "query": model.encode_query,
        "document": model.encode_document,
        None: model.encode,
    }
    return encoders[prompt_name](texts, normalize_embeddings=True, show_progress_bar=False)


def modules() -> Any:
    from sentence_transformers import models

    return models


@pytest.mark.parametrize("mode", ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"])
def test_every_pooling_is_exported(build: Build, tmp_path: Path, mode: str) -> None:
    folder = build(modules().Pooling(32, pooling_mode=mode), name=mode)
    encoder = Encoder(ensure_encoder(EncoderConfig(model=str(folder), verify_passages=24), tmp_path))
    assert (encoder.name, encoder.card.pooling, encoder.dim, encoder.max_tokens) == (mode, mode, 32, 64)
    np.testing.assert_allclose(encoder.encode_documents(TEXTS), own(folder, TEXTS), atol=1e-5)


def test_modules_after_pooling_are_exported(build: Build, tmp_path: Path) -> None:
    models = modules()
    folder = build(
        models.Pooling(32, pooling_mode=("cls", "mean")), models.Dense(64, 20), models.LayerNorm(20), name="deep"
    )
    encoder = Encoder(ensure_encoder(EncoderConfig(model=str(folder), verify_passages=24), tmp_path))
    assert encoder.card.modules == ("Transformer", "Pooling", "Dense", "LayerNorm")
    assert encoder.dim == 20
    np.testing.assert_allclose(encoder.encode_documents(TEXTS), own(folder, TEXTS), atol=1e-5)


@pytest.mark.parametrize("include_prompt", [True, False])
def test_query_and_document_prompts_are_honoured(build: Build, tmp_path: Path, include_prompt: bool) -> None:
    folder = build(
        modules().Pooling(32, include_prompt=include_prompt),
        name="prompted",
        prompts={"query": "query: ", "passage": "passage: ", "document": "passage: "},
    )
    encoder = Encoder(ensure_encoder(EncoderConfig(model=str(folder), verify_passages=24), tmp_path))
    assert (encoder.card.query_prompt, encoder.card.document_prompt) == ("query: ", "passage: ")
    assert encoder.card.pool_prompt is include_prompt
    assert encoder.overhead == 4
    documents, queries = own(folder, TEXTS, "document"), own(folder, TEXTS, "query")
    np.testing.assert_allclose(encoder.encode_documents(TEXTS), documents, atol=1e-5)
    asked = np.stack([encoder.encode_query(text, max_parts=1) for text in TEXTS])
    np.testing.assert_allclose(asked, queries, atol=1e-5)
    assert np.abs(documents - queries).max() > 0.01


def test_missing_length_is_taken_from_the_positions(build: Build, tmp_path: Path) -> None:
    folder = build(modules().Pooling(32), name="long", max_seq_length=None)
    encoder = Encoder(ensure_encoder(EncoderConfig(model=str(folder), verify_passages=24), tmp_path))
    assert encoder.max_tokens == 96
    assert np.isfinite(encoder.encode_documents(["lung cancer " * 200])).all()


def test_lower_casing_of_the_model_is_kept(build: Build, tmp_path: Path) -> None:
    folder = build(modules().Pooling(32), name="cased")
    encoder = Encoder(ensure_encoder(EncoderConfig(model=str(folder), verify_passages=24), tmp_path))
    np.testing.assert_allclose(encoder.encode_query("LUNG"), encoder.encode_query("lung"), atol=1e-6)


def test_export_that_differs_is_refused_and_leaves_nothing(build: Build, tmp_path: Path) -> None:
    folder = build(modules().Pooling(32), name="strict")
    impossible = EncoderConfig(model=str(folder), verify_passages=8, verify_cosine=1.5)
    with pytest.raises(EncoderError, match="differs from the model"):
        ensure_encoder(impossible, tmp_path)
    assert list((tmp_path / "encoders").iterdir()) == []


def test_broken_model_is_refused(build: Build, tmp_path: Path) -> None:
    folder = build(modules().Pooling(32), name="broken")
    (folder / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(EncoderError, match="sentence-transformers cannot load"):
        ensure_encoder(EncoderConfig(model=str(folder)), tmp_path)
    assert list((tmp_path / "encoders").iterdir()) == []
