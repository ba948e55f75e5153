"""`encoder.json`: what an exported encoder says of itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

CARD_FILE = "encoder.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"


class EncoderError(Exception):
    """An encoder cannot be found, exported or read. The message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """The settings that, with the exported network and the tokenizer, make an encoder."""

    name: str
    """The model as it was asked for, without a folder path."""
    identity: str
    """Hash of the model's own files (weights, settings, tokenizer) and of the form of the export."""
    dim: int
    max_seq_length: int
    """Most tokens the model reads, special tokens included."""
    pooling: str
    """Names of the model's pooling modes, for people; the exported network does the pooling."""
    modules: tuple[str, ...]
    query_prompt: str = ""
    document_prompt: str = ""
    pool_prompt: bool = True
    """False: the tokens of a prompt are left out of the pooling."""
    do_lower_case: bool = False
    pad_id: int = 0
    pad_left: bool = False
    torch_version: str = ""
    sentence_transformers_version: str = ""
    verified_passages: int = 0
    verified_cosine: float = 0.0
    """The lowest cosine between the export's and the model's own vectors when it was made."""
    model_bytes: int = 0

    def write(self, folder: Path) -> None:
        """Write the card into a folder."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> EncoderCard:
        """Read the card of an exported encoder.

        Raises:
            EncoderError: the folder is no complete exported encoder.
        """
        advice = "Build the index again, or remove the folder so that the model is exported anew."
        for part in (CARD_FILE, MODEL_FILE, TOKENIZER_FILE):
            if not (folder / part).is_file():
                raise EncoderError(f"The encoder at {folder} is incomplete: {part} is missing. {advice}")
        try:
            values: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
            known = {f.name for f in fields(cls)}
            given: dict[str, Any] = {key: value for key, value in values.items() if key in known}
            card = cls(**{**given, "modules": tuple(given["modules"]), "dim": int(given["dim"])})
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise EncoderError(f"The encoder at {folder} cannot be read: {CARD_FILE} is damaged. {advice}") from error
        if card.model_bytes and (folder / MODEL_FILE).stat().st_size != card.model_bytes:
            raise EncoderError(f"The encoder at {folder} is damaged: {MODEL_FILE} has the wrong size. {advice}")
        return card
