"""From assessments to classes and weights, unit by unit: `alternatives` and `score`, asked once a combination."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.config import ScoreConfig
from search.eligibility.alternatives import grouped_members
from search.eligibility.assessment import CriterionAssessment, Group, Truth, Verdict
from search.eligibility.codec import decode_criteria
from search.eligibility.columns.coding import CODES, assessment_code, assessment_of
from search.eligibility.columns.combinations import Combined, Memory
from search.eligibility.columns.tables import Bytes, Ints, Rows, Units
from search.eligibility.columns.vocabularies import Vocabularies, criterion_of
from search.eligibility.context import TrialWords, words_of
from search.eligibility.criterion import Criterion
from search.eligibility.logic import verdict_of
from search.eligibility.score import counted, member_chance

VERDICTS = tuple(Verdict)
_SEED = 20251125
_UNFILLED = 255
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grouped:
    """What units come to, shape (units,) each."""

    classes: Bytes
    """Places in `tuple(Verdict)`."""
    totals: Floats
    """`score.total_of`."""
    open_rows: NDArray[np.bool_]
    """(rows + members of units of several,): single rows, then members, that are unknown and decide."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows and units of several, with what is alike for every patient."""

    base: Ints
    """Where the turn of each row begins in the table."""
    confidence: Floats
    """Of each row."""
    rows: Ints
    """Members of the units, one unit after the other."""
    starts: NDArray[np.int64]
    """(units + 1,) into `rows`."""
    positions: Ints
    """Of each member within its unit."""
    shape: Ints


class Grouping:
    """The units of an index.

    Args:
        units: units of several.
        vocabularies: what the rows' numbers mean.
        config: of the score.
    """

    def __init__(self, units: Units, vocabularies: Vocabularies, config: ScoreConfig) -> None:
        self._config = config
        self._units = units
        self._criteria = [tuple(criterion_of(turn, sure) for sure in (0.0, 1.0)) for turn in vocabularies.turns]
        size = len(self._criteria) * CODES
        self._classes = np.full(size, _UNFILLED, dtype=np.uint8)
        self._chances = np.zeros((2, size))
        """If the criterion was surely misread, and if surely not; between them they are a straight line."""
        self._totals = np.zeros(size)
        self._leans = np.zeros(size, dtype=np.bool_)
        """Whether the total depends on the confidence."""
        self._open = np.zeros(size, dtype=np.bool_)
        self._memory = Memory()
        longest = max(1, int(np.diff(units.starts).max(initial=0)))
        rng = np.random.default_rng(_SEED)
        self._mixing = rng.integers(1, 2**63, size=longest * CODES, dtype=np.uint64)
        self._of_shape = rng.integers(1, 2**63, size=max(1, len(units.shape_starts)), dtype=np.uint64)

    def part(self, rows: Rows, units: Units) -> Part:
        """Rows and units of the index, ready for `group`."""
        starts = units.starts.astype(np.int64)
        lengths = np.diff(starts)
        return Part(
            base=rows.turn.astype(np.int32) * CODES,
            confidence=rows.confidence,
            rows=units.rows,
            starts=starts,
            positions=(np.arange(len(units.rows)) - np.repeat(starts[:-1], lengths)).astype(np.int32),
            shape=units.shape,
        )

    def group(self, codes: Bytes, part: Part) -> Grouped:
        """What the assessments of all rows come to.

        Args:
            codes: of the rows' assessments.
            part: the rows and their units.
        """
        one, several = self._single(part.base + codes, part.confidence), self._several(codes, part)
        return Grouped(
            np.concatenate([one.classes, several.classes]),
            np.concatenate([one.totals, several.totals]),
            np.concatenate([one.open_rows, several.open_rows]),
        )

    def _single(self, flat: Ints, confidence: Floats) -> Grouped:
        """Of rows that stand alone, by place in the tables."""
        classes = self._classes[flat]
        unfilled = classes == _UNFILLED
        if unfilled.any():
            for place in np.unique(flat[unfilled]).tolist():
                turn, code = divmod(place, CODES)
                unsure, sure = (assessment_of(code, one) for one in self._criteria[turn])
                found = _combined([sure], TrialWords())
                low, high = member_chance(unsure, self._config), member_chance(sure, self._config)
                self._chances[:, place] = low, high
                self._totals[place] = math.log(high)
                self._leans[place] = low != high
                self._open[place] = found.open_members[0]
                self._classes[place] = found.verdict  # last: another thread takes it for filled
            classes = self._classes[flat]
        totals = self._totals[flat]
        leaning = np.flatnonzero(self._leans[flat])
        low, high = self._chances[:, flat[leaning]]
        totals[leaning] = np.log(low + (high - low) * confidence[leaning])
        return Grouped(classes, totals, self._open[flat])

    def _several(self, codes: Bytes, part: Part) -> Grouped:
        if not len(part.shape):
            return Grouped(np.zeros(0, dtype=np.uint8), np.zeros(0), np.zeros(0, dtype=np.bool_))
        own = codes[part.rows]
        mixed = np.add.reduceat(self._mixing[part.positions * CODES + own], part.starts[:-1])
        mixed ^= self._of_shape[part.shape]
        known, places = self._memory.look_up(mixed, lambda unit: self._work_out(unit, own, part))
        at = np.repeat(known.begins[places], np.diff(part.starts)) + part.positions
        totals = self._summed(known.codes[at], known.groups[at], part)
        return Grouped(known.verdicts[places], totals, known.open_members[at])

    def _summed(self, codes: Bytes, groups: NDArray[np.int16], part: Part) -> Floats:
        """Totals of units: of each group the best member that counts."""
        counts = groups >= 0
        rows = part.rows[counts]
        values = self._single(part.base[rows] + codes[counts], part.confidence[rows]).totals
        best = np.full(len(codes), -np.inf)
        np.maximum.at(best, np.repeat(part.starts[:-1], np.diff(part.starts))[counts] + groups[counts], values)
        best[np.isneginf(best)] = 0.0
        return np.add.reduceat(best, part.starts[:-1])

    def _work_out(self, unit: int, codes: Bytes, part: Part) -> Combined:
        items, words = self._shapes
        shape = int(part.shape[unit])
        own = codes[part.starts[unit] : part.starts[unit + 1]].tolist()
        start, end = self._units.shape_starts[shape], self._units.shape_starts[shape + 1]
        return _combined([assessment_of(*pair) for pair in zip(own, items[start:end], strict=True)], words)

    @cached_property
    def _shapes(self) -> tuple[tuple[Criterion, ...], TrialWords]:
        """Criteria of the shapes, one shape after the other, and their words."""
        text = zlib.decompress(self._units.text).decode()
        criteria = decode_criteria(self._units.shapes, text)
        return criteria.items, words_of(criteria, text)


def _combined(members: Sequence[CriterionAssessment], words: TrialWords) -> Combined:
    """Let members that depend on each other be grouped."""
    groups = grouped_members(list(members), words)
    places = {id(member.criterion): place for place, member in enumerate(members)}
    codes, counts, open_ = [0] * len(members), [-1] * len(members), [False] * len(members)
    for number, group in enumerate(groups):
        counting = {id(member.criterion) for member in counted(group)}
        for member in group.members:
            place = places[id(member.criterion)]
            codes[place] = assessment_code(member)
            counts[place] = number if id(member.criterion) in counting else -1
            open_[place] = _keeps_open(member, group)
    return Combined(VERDICTS.index(verdict_of(groups)), codes, counts, open_)


def _keeps_open(member: CriterionAssessment, group: Group) -> bool:
    return group.truth is Truth.UNKNOWN and member.truth is Truth.UNKNOWN and member.decisive
