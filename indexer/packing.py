"""Packs short pieces of text into passages of bounded length, evenly, without losing a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# A bullet in the running text, or: a full stop, question or exclamation mark or semicolon, a space, and what can open
# a sentence.
_SENTENCE = re.compile(
    r"\s+[•▪●■◦‣]+\s+|"
    r"(?:(?<=[.!?;])|(?<=[.!?;][)\]\"'”’]))(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bDr\.)(?<!\bNo\.)"
    r"\s+(?=[A-Z0-9(\[\"'“‘≥≤<>])"
)
# "(16)" and "E." at the start of a line may be the end of "inv(16)" and the beginning of "E. coli": they stay.
_BULLET = re.compile(
    r"^\s*(?:(?:[*•·▪●■○◦‣–—-]+|\d{1,2}(?:\.\d{1,2})*[.)]|[a-zA-Z]\)|[a-z]\.|[ivx]{2,4}[.)])\s+)+|^[•▪●■◦‣]+"
)
_WORD = re.compile(r"\w")


class TokenCounter(Protocol):
    """What packing needs of an encoder (`search.encoder.Encoder` has it)."""

    @property
    def max_tokens(self) -> int:
        """Most tokens the model reads, special tokens included."""
        ...

    @property
    def overhead(self) -> int:
        """Tokens that every document costs beside its own."""
        ...

    def count_all(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text alone."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is not to be torn apart where that can be helped, and what joins it to the piece before."""

    text: str
    joiner: str = " "


@dataclass(frozen=True, slots=True)
class Counted:
    """A piece and its length in tokens, its joiner included."""

    piece: Piece
    tokens: int


def prose(text: str) -> list[Piece]:
    """Running text as pieces: one for each sentence of each line, without bullets; wrapped lines are whole again."""
    pieces: list[Piece] = []
    for line in _unwrapped(text):
        joiner = "\n"
        for sentence in _SENTENCE.split(_BULLET.sub("", line)):
            if _WORD.search(sentence):
                pieces.append(Piece(sentence, joiner))
                joiner = " "
    return pieces


def _unwrapped(text: str) -> list[str]:
    """Lines with single spaces; one that goes on in lower case, without a bullet, belongs to the line before."""
    lines: list[str] = []
    open_line = False
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if line and open_line and line[0].islower() and not _BULLET.match(line):
            lines[-1] += f" {line}"
        elif line:
            lines.append(line)
        open_line = bool(line)
    return lines


def listing(label: str, items: Sequence[str], joiner: str) -> list[Piece]:
    """A labelled list as pieces, one for each item."""
    return [Piece(f"{label}{item}" if i == 0 else item, "\n" if i == 0 else joiner) for i, item in enumerate(items)]


def count(pieces: Sequence[Piece], counter: TokenCounter, room: int) -> list[Counted]:
    """Count the pieces, and cut those that are longer than `room` tokens between words (words between characters)."""
    counted: list[Counted] = []
    for piece, tokens in zip(pieces, _lengths(pieces, counter), strict=True):
        if tokens <= room:
            counted.append(Counted(piece, tokens))
        else:
            counted.extend(_cut(piece, counter, room))
    return counted


def clip(text: str, counter: TokenCounter, room: int) -> str:
    """The text where it has at most `room` tokens, else its beginning up to a word's end."""
    if counter.count_all([text])[0] <= room:
        return text
    words = text.split()
    kept = used = 0
    for tokens in counter.count_all(words):
        if used + tokens > room:
            break
        used += tokens
        kept += 1
    return " ".join(words[:kept]).rstrip(" ,;:(–-")


def chunks(counted: Sequence[Counted], first_room: int, next_room: int) -> list[list[Counted]]:
    """Cut a sequence into as few runs as fit, as even as possible.

    Args:
        counted: pieces in order, none longer than either room.
        first_room: tokens that the first run may have.
        next_room: tokens that each later run may have.
    """
    if not counted:
        return []
    fewest = len(_fill(counted, first_room, next_room, 0))
    low, high = 0, max(0, min(first_room, next_room) - max(item.tokens for item in counted))
    while low < high:  # the largest slack that still needs no further run
        middle = (low + high + 1) // 2
        if len(_fill(counted, first_room, next_room, middle)) <= fewest:
            low = middle
        else:
            high = middle - 1
    return _fill(counted, first_room, next_room, low)


def join(run: Sequence[Counted]) -> str:
    """The text of a run."""
    return "".join(f"{item.piece.joiner if i else ''}{item.piece.text}" for i, item in enumerate(run))


def _fill(counted: Sequence[Counted], first_room: int, next_room: int, slack: int) -> list[list[Counted]]:
    runs: list[list[Counted]] = [[]]
    used = 0
    for item in counted:
        room = (first_room if len(runs) == 1 else next_room) - slack
        if runs[-1] and used + item.tokens > room:
            runs.append([])
            used = 0
        runs[-1].append(item)
        used += item.tokens
    return runs


def _lengths(pieces: Sequence[Piece], counter: TokenCounter) -> list[int]:
    tokens = counter.count_all([piece.text for piece in pieces])
    return [n + (1 if piece.joiner.strip() else 0) for n, piece in zip(tokens, pieces, strict=True)]


def _cut(piece: Piece, counter: TokenCounter, room: int) -> list[Counted]:
    words = piece.text.split()
    parts: list[Counted] = []
    run: list[str] = []
    used = 1 if piece.joiner.strip() else 0
    for word, tokens in zip(words, counter.count_all(words), strict=True):
        if run and used + tokens > room:
            parts.append(Counted(Piece(" ".join(run), " " if parts else piece.joiner), used))
            run, used = [], 0
        if tokens > room:
            parts.extend(_slices(word, counter, room))
            continue
        run.append(word)
        used += tokens
    if run:
        parts.append(Counted(Piece(" ".join(run), " " if parts else piece.joiner), used))
    return parts


def _slices(word: str, counter: TokenCounter, room: int) -> list[Counted]:
    """A single word that is too long, halved until its parts fit."""
    tokens = counter.count_all([word])[0]
    if tokens <= room or len(word) == 1:
        return [Counted(Piece(word), min(tokens, room))]
    half = len(word) // 2
    return _slices(word[:half], counter, room) + _slices(word[half:], counter, room)
