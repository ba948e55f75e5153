"""A tiny random sentence-transformers model, for tests that need an encoder but not its meaning."""

from __future__ import annotations

import string
from pathlib import Path

import pytest


def write_tiny_model(folder: Path) -> Path:
    """Write a model of a few kilobytes that reads any Latin text letter by letter."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel
    from transformers import BertTokenizer as FastTokenizer

    letters = list(string.ascii_lowercase + string.digits + ".,:;()-/%+<>=")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)]
    base = folder / "base"
    base.mkdir(parents=True)
    (base / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=512,
    )
    BertModel(config).save_pretrained(base)
    FastTokenizer(vocab=str(base / "vocab.txt")).save_pretrained(base)
    model = folder / "tiny"
    network = Transformer(str(base), max_seq_length=512)
    SentenceTransformer(modules=[network, Pooling(16, "mean")], device="cpu").save_pretrained(str(model))
    return model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the tiny model."""
    pytest.importorskip("sentence_transformers", reason="left out: making a model needs the extra 'build'")
    return write_tiny_model(tmp_path_factory.mktemp("tiny-model"))
