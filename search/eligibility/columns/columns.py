"""`CriteriaColumns`: the criteria of an index, ready for one patient against all trials at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from search.config import DEFAULT_CONFIG, Config
from search.eligibility.columns import grouping, settling
from search.eligibility.columns.asked import Asked
from search.eligibility.columns.assessment import IndexAssessment
from search.eligibility.columns.compiling import Compiler
from search.eligibility.columns.grouping import Grouping
from search.eligibility.columns.judging import Judges
from search.eligibility.columns.opening import open_facts
from search.eligibility.columns.selection import selected, wanted_questions
from search.eligibility.columns.settling import Settling
from search.eligibility.columns.storage import load_tables, save_tables
from search.eligibility.columns.tables import Tables
from search.eligibility.columns.trials import Trials
from search.eligibility.columns.vocabularies import decode_vocabularies
from search.eligibility.criterion import Criteria
from search.eligibility.known import known as known_of
from search.patient import Patient
from search.trial import Trial


def compile_criteria(items: Iterable[tuple[Trial, Criteria]], config: Config = DEFAULT_CONFIG) -> CriteriaColumns:
    """Compile the criteria of trials.

    Args:
        items: trials and their criteria, in any order; each trial once.
        config: the constants of the score; not stored.

    Raises:
        ValueError: a trial comes twice.
    """
    compiler = Compiler()
    for trial, criteria in items:
        compiler.add(trial, criteria)
    return CriteriaColumns(compiler.tables(), config)


@dataclass(frozen=True, slots=True)
class _Part:
    """Trials of the index, in every form that is read."""

    tables: Tables
    settled: settling.Part
    grouped: grouping.Part


class CriteriaColumns:
    """Compiled criteria: equal to `search.eligibility.assess.assess` trial for trial. Safe from several threads.

    Args:
        tables: the compiled criteria.
        config: the constants of the score.
    """

    def __init__(self, tables: Tables, config: Config = DEFAULT_CONFIG) -> None:
        self._tables = tables
        self.nct_ids: tuple[str, ...] = tuple(str(one, "ascii") for one in tables.nct_ids.tolist())
        self._rows = {nct_id: row for row, nct_id in enumerate(self.nct_ids)}
        vocabularies = decode_vocabularies(tables.vocabularies)
        asked = Asked(tables.questions)
        self._judges = Judges(tables.questions, asked, vocabularies.missing)
        self._settling = Settling(tables.rows, asked, vocabularies)
        self._grouping = Grouping(tables.units, vocabularies, config.score)
        self._trials = Trials(vocabularies, config.score)

    def __len__(self) -> int:
        return len(self.nct_ids)

    def row(self, nct_id: str) -> int | None:
        """A trial's place in every array, or None where it is not in the index."""
        return self._rows.get(nct_id)

    def save(self, path: Path) -> None:
        """Write them to a file."""
        save_tables(self._tables, path)

    @classmethod
    def load(cls, path: Path, config: Config = DEFAULT_CONFIG) -> CriteriaColumns:
        """Read them from a file, which is mapped, not copied.

        Raises:
            ValueError: the file holds no compiled criteria, or what other rules compiled.
            OSError: it cannot be read.
        """
        return cls(load_tables(path), config)

    def assess(self, patient: Patient, rows: Sequence[int] | None = None) -> IndexAssessment:
        """One patient against every trial, or against some.

        Args:
            patient: whom.
            rows: places of trials (`row`), each once; the arrays of the answer are in their order, with the values that
                the whole index would give them. Only what they ask is asked. None for every trial.
        """
        known = known_of(patient)
        part = self._whole if rows is None else self._part(selected(self._tables, np.array(rows, dtype=np.int32)))
        answers = self._judges.judge(known, None if rows is None else wanted_questions(part.tables))
        codes = self._settling.settle(answers, part.settled)
        grouped = self._grouping.group(codes, part.grouped)
        found = self._trials.combine(grouped, known, part.tables.scopes)
        return IndexAssessment(
            found.verdicts, found.scores, partial(open_facts, part.tables, answers, grouped, found.best)
        )

    @cached_property
    def _whole(self) -> _Part:
        return self._part(self._tables)

    def _part(self, tables: Tables) -> _Part:
        return _Part(tables, self._settling.part(tables.rows), self._grouping.part(tables.rows, tables.units))
