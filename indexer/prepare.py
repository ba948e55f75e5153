"""What each trial costs without its vectors (parsing, cutting, analyzing), on all processors.

Workers are processes of their own, since this is Python's own work. They end by themselves when the builder dies,
however it dies, and hold nothing that another build could wait for.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

from indexer.passages import split_passages
from indexer.registry import stored_trial
from search.config import PassageConfig
from search.eligibility.codec import decode_criteria, encode_criteria
from search.eligibility.criterion import Criteria
from search.encoder import Encoder
from search.extraction.criteria import read_criteria
from search.extraction.protocol import Extractor, checked, unread
from search.index.concepts import concept_tokens
from search.index.document import FilterValues, Passage
from search.index.eligibility_values import cancer_codes, eligibility_values
from search.index.fields import text_fields
from search.index.values import filter_values
from search.terminology.cancers import cancer_types_of, with_ancestors
from search.trial import Trial
from search.trial_codec import decode_trial, encode_trial

_GC_THRESHOLDS = (100_000, 20, 20)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All of an `IndexDocument` but the vectors, and how many passages were left out."""

    trial: Trial
    text: Mapping[str, tuple[str, ...]]
    values: FilterValues
    passages: tuple[Passage, ...]
    dropped: int
    criteria: Criteria
    refused: str | None = None
    """Why the extractor's criteria could not be used; they are then all unread."""


@dataclass(frozen=True, slots=True)
class Preparer:
    """Prepares stored records.

    Args:
        encoder: folder of the exported encoder, whose tokenizer measures passages; None makes no passages.
        passages: how trials are cut.
        extractor: reads their criteria.
    """

    encoder: Path | None
    passages: PassageConfig
    extractor: Extractor = read_criteria

    def load(self) -> Callable[[Sequence[bytes]], list[Prepared]]:
        """The function that prepares compressed records (see `Registry.iter_stored`)."""
        counter = None if self.encoder is None else Encoder(self.encoder)

        def prepare(stored: Sequence[bytes]) -> list[Prepared]:
            return [_prepare(record, counter, self) for record in stored]

        return prepare


def _prepare(stored: bytes, counter: Encoder | None, preparer: Preparer) -> Prepared:
    trial = stored_trial(stored)
    criteria, refused = _read(trial, preparer.extractor)
    cancers = cancer_types_of(trial) | cancer_codes(criteria)
    eligibility = eligibility_values(criteria)
    values = filter_values(trial, with_ancestors(cancers), eligibility)
    text = text_fields(trial, concepts=concept_tokens(trial, criteria, cancers, eligibility))
    if counter is None:
        return Prepared(trial, text, values, (), 0, criteria, refused)
    split = split_passages(trial, counter, preparer.passages)
    return Prepared(trial, text, values, split.passages, split.dropped, criteria, refused)


def _read(trial: Trial, extractor: Extractor) -> tuple[Criteria, str | None]:
    """The criteria, or all lines unread and the reason: one text must not cost the whole build."""
    try:
        return checked(extractor(trial), trial.eligibility.criteria or ""), None
    except ValueError as error:
        return unread(trial), str(error)
    except Exception as error:  # whatever another's program raises; its message may quote the text
        return unread(trial), f"the extractor failed with {type(error).__name__}"


def prepare_all(stored: Iterable[bytes], preparer: Preparer, chunk: int, workers: int) -> Iterator[list[Prepared]]:
    """Chunks of prepared trials, in order. With one worker or one chunk everything happens in this process."""
    chunks = _chunks(stored, chunk)
    first = list(islice(chunks, 2))
    if workers < 2 or len(first) < 2:
        prepare = preparer.load()
        for records in first:
            yield prepare(records)
        for records in chunks:
            yield prepare(records)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, (preparer,)) as pool:
        pending: deque[Future[list[_Packed]]] = deque(pool.submit(_work, records) for records in first)
        try:
            while pending:
                # As many chunks ahead as there are workers: enough to keep them busy, little enough to hold in memory.
                for records in islice(chunks, workers + 1 - len(pending)):
                    pending.append(pool.submit(_work, records))
                yield [packed.opened() for packed in pending.popleft().result()]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _chunks(stored: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    iterator = iter(stored)
    while chunk := list(islice(iterator, size)):
        yield chunk


_loaded: list[Callable[[Sequence[bytes]], list[Prepared]]] = []
"""The worker's own function; empty in the builder."""


def _start(preparer: Preparer) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _loaded.append(preparer.load())
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _work(stored: list[bytes]) -> list[_Packed]:
    return [_Packed.of(item) for item in _loaded[0](stored)]


@dataclass(frozen=True, slots=True)
class _Packed:
    """A `Prepared` on its way between processes, as stored: pickling a trial's hundreds of objects takes three times
    as long as their own codecs do."""

    trial: bytes
    criteria: bytes
    rest: tuple[Mapping[str, tuple[str, ...]], FilterValues, tuple[Passage, ...], int, str | None]

    @staticmethod
    def of(item: Prepared) -> _Packed:
        rest = (item.text, item.values, item.passages, item.dropped, item.refused)
        return _Packed(encode_trial(item.trial), encode_criteria(item.criteria), rest)

    def opened(self) -> Prepared:
        trial = decode_trial(self.trial)
        criteria = decode_criteria(self.criteria, trial.eligibility.criteria or "")
        text, values, passages, dropped, refused = self.rest
        return Prepared(trial, text, values, passages, dropped, criteria, refused)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for garbage seldom: trials are many small objects without a cycle, and going through all that are
    held again and again takes a sixth of a build."""
    before = gc.get_threshold()
    gc.set_threshold(*_GC_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
