"""Exports a sentence-transformers model to ONNX and verifies the export. The one place that needs torch on a CPU."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from search.config import EncoderConfig
from search.encoder.card import MODEL_FILE, TOKENIZER_FILE, EncoderCard, EncoderError
from search.encoder.onnx import Encoder
from search.encoder.probe import probe_passages

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_STALE_SECONDS = 3600.0
_OPSET = 17


def export_encoder(source: Path, target: Path, *, name: str, identity: str, config: EncoderConfig) -> Path:
    """Export a model into `target`, all or nothing: it is made beside it, verified, and renamed.

    Raises:
        EncoderError: the parts that export needs are not installed, the model cannot be exported, or the export's
            vectors differ from the model's own.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(target.parent)
    work = Path(tempfile.mkdtemp(prefix=".export-", dir=target.parent))
    try:
        model = load_model(source, device="cpu")
        card = _write(model, work, name=name, identity=identity)
        card = _verify(model, work, card, config)
        card.write(work)
        work.chmod(target.parent.stat().st_mode & 0o777)  # a temporary folder is closed to others
        _move(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def load_model(source: Path, *, device: str) -> SentenceTransformer:
    """The model as sentence-transformers loads it from a folder, in float32, offline, for inference.

    Raises:
        EncoderError: sentence-transformers is not installed, or cannot load it.
    """
    with _offline():
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging
        except ImportError as error:
            raise EncoderError(
                "Exporting a model needs sentence-transformers, torch and onnx: pip install 'oncomatch[build]'."
            ) from error
        silence: Callable[[], None] = transformers_logging.disable_progress_bar
        silence()
        try:
            # "eager" attention is the form that exports to plain operators for every architecture.
            kwargs = {"attn_implementation": "eager"}
            model = SentenceTransformer(str(source), device=device, model_kwargs=kwargs, local_files_only=True)
        except Exception as error:  # any file of the model may be at fault, in any library below
            raise EncoderError(f"sentence-transformers cannot load the model at {source}: {error}") from error
    return model.float().eval()


def model_vectors(model: SentenceTransformer, texts: list[str], prompt: str) -> NDArray[np.float32]:
    """The model's own unit-length vectors of texts, shape `(len(texts), dim)`."""
    rows = model.encode(texts, prompt=prompt, normalize_embeddings=True, show_progress_bar=False, batch_size=32)
    return np.asarray(rows, dtype=np.float32)


def _write(model: SentenceTransformer, work: Path, *, name: str, identity: str) -> EncoderCard:
    import sentence_transformers
    import torch

    modules = tuple(type(module).__name__ for module in model)
    if "Router" in modules:
        raise EncoderError(
            f"The model {name!r} has different networks for queries and documents (Router), which is not supported. "
            "Choose a model with one network; different prompts are fine."
        )
    tokenizer = _fast_tokenizer(model, name)
    tokenizer.backend_tokenizer.save(str(work / TOKENIZER_FILE))
    pooling = [module for module in model if type(module).__name__ == "Pooling"]
    pool_prompt = all(getattr(module, "include_prompt", True) for module in pooling)
    _to_onnx(model, work / MODEL_FILE, name, pool_prompt=pool_prompt)
    limits = [model.max_seq_length, tokenizer.model_max_length, _positions(model)]
    return EncoderCard(
        name=name,
        identity=identity,
        dim=_dimension(model),
        max_seq_length=min(int(limit) for limit in limits if limit),
        pooling=", ".join(_pooling_mode(module) for module in pooling),
        modules=modules,
        query_prompt=_prompt(model, "query"),
        document_prompt=_prompt(model, "document", "passage", "corpus"),
        pool_prompt=pool_prompt,
        do_lower_case=bool(getattr(model[0], "do_lower_case", False)),
        pad_id=int(tokenizer.pad_token_id or 0),
        pad_left=tokenizer.padding_side == "left",
        torch_version=torch.__version__,
        sentence_transformers_version=sentence_transformers.__version__,
        model_bytes=(work / MODEL_FILE).stat().st_size,
    )


def _to_onnx(model: SentenceTransformer, path: Path, name: str, *, pool_prompt: bool) -> None:
    """The whole pipeline (transformer, pooling, whatever follows, unit length) as one network."""
    import torch

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stages = torch.nn.ModuleList(model)

        def forward(self, input_ids: Any, attention_mask: Any, pooling_mask: Any = None) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for stage in self.stages:
                if pooling_mask is not None and type(stage).__name__ == "Pooling":
                    features["attention_mask"] = pooling_mask
                features = stage(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], p=2, dim=1)

    ids = torch.tensor([[5, 6, 7, 8, 9, 10], [5, 6, 7, 8, 0, 0]], dtype=torch.long)
    mask = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]], dtype=torch.long)
    inputs = ["input_ids", "attention_mask"] + ([] if pool_prompt else ["pooling_mask"])
    axes: dict[str, dict[int, str]] = {key: {0: "rows", 1: "tokens"} for key in inputs}
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            # The tracing exporter is deprecated, but needs no onnxscript; the verification below is what counts.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Pipeline().eval(),
                (ids, mask) if pool_prompt else (ids, mask, mask),
                str(path),
                input_names=inputs,
                output_names=["vector"],
                dynamic_axes={**axes, "vector": {0: "rows"}},
                opset_version=_OPSET,
                dynamo=False,
            )
    except Exception as error:  # the exporter raises errors of many kinds
        raise EncoderError(f"The model {name!r} cannot be exported to ONNX: {error}") from error


def _verify(model: SentenceTransformer, work: Path, card: EncoderCard, config: EncoderConfig) -> EncoderCard:
    """Compare the export with the model on passages of every length.

    Raises:
        EncoderError: a cosine is below `EncoderConfig.verify_cosine`.
    """
    card.write(work)
    encoder = Encoder(work, threads=os.cpu_count() or 1, batch_tokens=config.batch_tokens)
    texts = probe_passages(config.verify_passages, card.max_seq_length)
    lowest = 1.0
    if texts:
        cosines = np.sum(encoder.encode_documents(texts) * model_vectors(model, texts, card.document_prompt), axis=1)
        queries = texts[:8]
        own = model_vectors(model, queries, card.query_prompt)
        asked = np.stack([encoder.encode_query(text, max_parts=1) for text in queries])
        lowest = float(min(cosines.min(), np.sum(asked * own, axis=1).min()))
    if not lowest >= config.verify_cosine:
        raise EncoderError(
            f"The ONNX export of {card.name!r} differs from the model: the lowest cosine over {len(texts)} passages is "
            f"{lowest:.6f}, below {config.verify_cosine}. The model cannot be used as it is."
        )
    return replace(card, verified_passages=len(texts), verified_cosine=lowest)


def _fast_tokenizer(model: SentenceTransformer, name: str) -> Any:
    tokenizer = getattr(model, "tokenizer", None)
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        raise EncoderError(
            f"The model {name!r} has no fast tokenizer (tokenizer.json), which encoding without torch needs. "
            "Save the model with a fast tokenizer, or choose another one."
        )
    return tokenizer


def _pooling_mode(module: Any) -> str:
    mode = getattr(module, "pooling_mode", None) or module.get_pooling_mode_str()
    return mode if isinstance(mode, str) else "+".join(mode)


def _prompt(model: SentenceTransformer, *names: str) -> str:
    """The prompt sentence-transformers uses: the first of these names that has one, else the model's default.

    A name that is there but empty means "no prompt" and keeps the default out, as in `encode_query`.
    """
    prompts = {key: value or "" for key, value in model.prompts.items()}
    for name in names:
        if prompts.get(name):
            return prompts[name]
    if any(name in prompts for name in names):
        return ""
    return prompts.get(model.default_prompt_name or "", "")


def _dimension(model: SentenceTransformer) -> int:
    return int(model_vectors(model, ["dimension"], "").shape[1])


def _positions(model: SentenceTransformer) -> int | None:
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    positions = getattr(config, "max_position_embeddings", None)
    return positions if isinstance(positions, int) and positions > 0 else None


def _move(work: Path, target: Path) -> None:
    """Rename into place; a complete encoder that another process put there meanwhile stays."""
    if target.is_dir():
        try:
            EncoderCard.read(target)
        except EncoderError:
            shutil.rmtree(target, ignore_errors=True)
        else:
            return
    try:
        work.rename(target)
    except OSError:
        EncoderCard.read(target)  # lost the race to another process: its export serves as well


def _remove_stale(parent: Path) -> None:
    for left in parent.glob(".export-*"):
        try:
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue


@contextmanager
def _offline() -> Iterator[None]:
    """Forbid every look-up on the network while a model loads."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    before = {key: os.environ.get(key) for key in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
