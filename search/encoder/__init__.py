"""Text to vectors: any sentence-transformers model, exported once to ONNX, run without torch.

`ensure_encoder` makes (or finds) the exported encoder, `Encoder` runs it, and `bulk_encoder` gives the fastest way to
encode documents on this machine. torch and sentence-transformers are imported only to export and on a GPU.
"""

from search.encoder.card import EncoderCard, EncoderError
from search.encoder.gpu import bulk_encoder
from search.encoder.onnx import Encoder
from search.encoder.store import ensure_encoder

__all__ = ["Encoder", "EncoderCard", "EncoderError", "bulk_encoder", "ensure_encoder"]
