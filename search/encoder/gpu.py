"""Bulk encoding on a GPU with sentence-transformers, where there is one; ONNX Runtime elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from search.config import EncoderConfig
from search.encoder.card import EncoderError
from search.encoder.onnx import Encoder
from search.encoder.probe import probe_passages
from search.encoder.source import fingerprint, model_folder

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Passages to unit-length vectors, shape `(n, dim)`."""

_GPU_MARKS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
_BATCH = 256


def bulk_encoder(encoder: Encoder, config: EncoderConfig) -> Encode:
    """The fastest way to encode documents here, with the weights of `encoder`.

    With a CUDA device, sentence-transformers encodes (checked against `encoder` first); without, `encoder` itself.
    torch is imported only where the machine has such a device.
    """
    if not _has_gpu():
        return encoder.encode_documents
    try:
        source = model_folder(config.model, allow_download=config.allow_download)
    except EncoderError:
        return encoder.encode_documents
    if fingerprint(source) != encoder.identity:
        return encoder.encode_documents
    return _on_gpu(source, encoder, config)


def _has_gpu() -> bool:
    # Importing torch takes seconds: look for the driver before asking it.
    if not any(Path(mark).exists() for mark in _GPU_MARKS):
        return False
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def _on_gpu(source: Path, encoder: Encoder, config: EncoderConfig) -> Encode:
    from search.encoder.export import load_model

    model = load_model(source, device="cuda")
    prompt = encoder.card.document_prompt

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, encoder.dim), dtype=np.float32)
        rows = model.encode(
            list(texts), prompt=prompt, normalize_embeddings=True, show_progress_bar=False, batch_size=_BATCH
        )
        return np.asarray(rows, dtype=np.float32)

    probes = probe_passages(32, encoder.max_tokens)
    lowest = float(np.sum(encode(probes) * encoder.encode_documents(probes), axis=1).min())
    if not lowest >= config.verify_cosine:
        raise EncoderError(
            f"The GPU's vectors differ from the exported encoder's (lowest cosine {lowest:.6f}). "
            "Hide the GPU (CUDA_VISIBLE_DEVICES=) to encode on the processor."
        )
    return encode
