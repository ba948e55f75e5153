"""Exported encoders in the cache: made once, found again without importing torch."""

from __future__ import annotations

from pathlib import Path

from search.cache import cache_dir
from search.config import EncoderConfig
from search.encoder.card import EncoderCard, EncoderError
from search.encoder.source import fingerprint, model_folder


def ensure_encoder(config: EncoderConfig, cache: Path | None = None) -> Path:
    """The folder of the exported encoder for a model; exports it on the first call.

    Args:
        config: names the model and how the export is checked.
        cache: the cache folder; by default `search.cache.cache_dir()`. Encoders lie in `encoders/<identity>`.

    Returns:
        A folder with `encoder.json`, `model.onnx` and `tokenizer.json`.

    Raises:
        EncoderError: the model is not on this machine, or cannot be exported or verified.
    """
    source = model_folder(config.model, allow_download=config.allow_download)
    identity = fingerprint(source)
    target = (cache or cache_dir()) / "encoders" / identity
    if target.is_dir():
        try:
            EncoderCard.read(target)
        except EncoderError:
            pass  # damaged from outside: it is replaced by a fresh export
        else:
            return target
    from search.encoder.export import export_encoder

    name = Path(config.model).name if Path(config.model).is_dir() else config.model
    return export_encoder(source, target, name=name, identity=identity, config=config)
