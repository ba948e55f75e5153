"""`Encoder`: an exported encoder run by ONNX Runtime and the tokenizers library, without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from search.config import DEFAULT_CONFIG
from search.encoder.card import MODEL_FILE, TOKENIZER_FILE, EncoderCard, EncoderError

Progress = Callable[[int, int], None]
"""Called with what is done and the total."""


class Encoder:
    """Turns texts into unit-length vectors. Safe for use from several threads.

    Args:
        folder: what `ensure_encoder` returned, or the encoder folder of an index generation.
        threads: batches that one call runs side by side, each on one processor thread (independent batches are faster
            than several threads in one, which wait for each other); 1 keeps a server's latency even under load.
        batch_tokens: tokens (rows times padded length) in one batch.

    Raises:
        EncoderError: the folder is no exported encoder that this version can read.
    """

    def __init__(
        self, folder: Path, *, threads: int = 1, batch_tokens: int = DEFAULT_CONFIG.encoder.batch_tokens
    ) -> None:
        self.folder = folder
        self.card = EncoderCard.read(folder)
        self._threads = max(1, threads)
        self._batch_tokens = batch_tokens
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            self._session = ort.InferenceSession(str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise EncoderError(
                f"The encoder at {folder} cannot be loaded: its network or tokenizer is damaged. "
                "Build the index again, or remove the folder so that the model is exported anew."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._specials = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self._inputs = {node.name for node in self._session.get_inputs()}

    @property
    def identity(self) -> str:
        """Hash of the model's files; vectors of one identity can be compared."""
        return self.card.identity

    @property
    def name(self) -> str:
        """The model's name."""
        return self.card.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.card.dim

    @property
    def max_tokens(self) -> int:
        """Most tokens the model reads, special tokens included."""
        return self.card.max_seq_length

    @property
    def overhead(self) -> int:
        """Tokens that every document costs beside its own: special tokens and the document prompt."""
        return self._specials + self.count_tokens(self.card.document_prompt)

    def count_tokens(self, text: str) -> int:
        """Tokens of a text itself, without special tokens and prompt."""
        return len(self._tokenizer.encode(_valid(text), add_special_tokens=False))

    def count_all(self, texts: Sequence[str]) -> list[int]:
        """`count_tokens` of many texts at once."""
        batch = self._tokenizer.encode_batch_fast([_valid(text) for text in texts], add_special_tokens=False)
        return [len(encoding) for encoding in batch]

    def encode_query(
        self, text: str, *, max_parts: int = DEFAULT_CONFIG.ranking.dense.query_max_passages
    ) -> NDArray[np.float32]:
        """The vector of a query, shape `(dim,)`, unit length. An empty text is allowed.

        A text longer than the model reads is split into equal parts of which the first `max_parts` are encoded and
        averaged, weighted by their tokens.
        """
        room = self._room(self.card.query_prompt)
        text = _valid(text)
        spans = self._tokenizer.encode(text, add_special_tokens=False).offsets
        if len(spans) <= room or max_parts <= 1:
            row: NDArray[np.float32] = self._encode([text], self.card.query_prompt, None)[0]
            return row
        parts = min(max_parts, -(-len(spans) // room))
        size = min(room, -(-len(spans) // parts))
        pieces = [spans[i : i + size] for i in range(0, size * parts, size)]
        pieces = [piece for piece in pieces if piece]
        rows = self._encode([text[p[0][0] : p[-1][1]] for p in pieces], self.card.query_prompt, None)
        weights = np.array([len(piece) for piece in pieces], dtype=np.float32)
        mean = weights @ rows
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """The vectors of passages, shape `(len(texts), dim)`, unit length, in order.

        A row does not depend on the other texts (up to 1e-5). A text longer than the model reads is cut there, as
        sentence-transformers does; callers split before (`indexer.passages`). `progress` hears the texts done.
        """
        return self._encode([_valid(text) for text in texts], self.card.document_prompt, progress)

    def _room(self, prompt: str) -> int:
        return max(1, self.max_tokens - self._specials - (self.count_tokens(prompt) if prompt else 0))

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> NDArray[np.float32]:
        encodings = self._tokenizer.encode_batch_fast([prompt + text for text in texts], add_special_tokens=False)
        for index, encoding in enumerate(encodings):
            encoding.truncate(self.max_tokens - self._specials)
            encodings[index] = self._tokenizer.post_process(encoding)
        left_out = self._prompt_length(prompt)
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)

        def fill(rows: list[int]) -> int:
            vectors[rows] = self._run([encodings[row] for row in rows], left_out)
            return len(rows)

        batches = self._batches([len(encoding) for encoding in encodings])
        done = 0
        for filled in self._side_by_side(fill, batches):
            done += filled
            if progress is not None:
                progress(done, len(texts))
        return vectors

    def _side_by_side(self, work: Callable[[list[int]], int], batches: list[list[int]]) -> Iterator[int]:
        if self._threads == 1 or len(batches) < 2:
            yield from map(work, batches)
            return
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="encoder")
        try:
            yield from pool.map(work, batches)
        finally:
            pool.shutdown(cancel_futures=True)

    def _batches(self, lengths: list[int]) -> list[list[int]]:
        """Rows of similar length together, each batch within the token budget (a single row may exceed it)."""
        batches: list[list[int]] = []
        for row in sorted(range(len(lengths)), key=lambda r: (-lengths[r], r)):
            if batches and (len(batches[-1]) + 1) * lengths[batches[-1][0]] <= self._batch_tokens:
                batches[-1].append(row)
            else:
                batches.append([row])
        return batches

    def _prompt_length(self, prompt: str) -> int:
        """Leading tokens that the pooling leaves out: the prompt's, with the special token that opens a text."""
        if self.card.pool_prompt or not prompt:
            return 0
        encoding = self._tokenizer.encode(prompt)
        return len(encoding) - (1 if encoding.special_tokens_mask[-1] else 0)

    def _run(self, encodings: list[Encoding], left_out: int) -> NDArray[np.float32]:
        width = max(1, *(len(encoding) for encoding in encodings))
        ids = np.full((len(encodings), width), self.card.pad_id, dtype=np.int64)
        mask = np.zeros_like(ids)
        pooled = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            size = len(encoding)
            start = width - size if self.card.pad_left else 0
            ids[row, start : start + size] = encoding.ids
            mask[row, start : start + size] = 1
            pooled[row, start + left_out : start + size] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "pooling_mask": pooled}
        answer = self._session.run(["vector"], {k: v for k, v in feed.items() if k in self._inputs})[0]
        return np.asarray(answer, dtype=np.float32)


def _valid(text: str) -> str:
    """The text with lone surrogates replaced, which no tokenizer can read."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
