"""The criteria of many trials become tables."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from search.eligibility.assess import asks_for_disease
from search.eligibility.codec import encode_criteria
from search.eligibility.columns.asked import REQUIREMENTS, SECTIONS, Asked, stored_facts, stored_words
from search.eligibility.columns.beforehand import beforehand
from search.eligibility.columns.postings import stored_postings
from search.eligibility.columns.questions import Question
from search.eligibility.columns.rows import Interned, Row, RowTable
from search.eligibility.columns.tables import Ints, Judged, Questions, Rows, Scopes, Tables, Units
from search.eligibility.columns.units import ShapeTable, components
from search.eligibility.columns.vocabularies import Registered, Vocabularies
from search.eligibility.columns.wording import by_telling_word, by_therapy
from search.eligibility.context import TrialWords, words_of
from search.eligibility.criterion import Criteria, Criterion, Fact, LineSpan, Opaque, Requirement, Section
from search.eligibility.judge.age_sex import reconciled
from search.eligibility.matters import matter_of
from search.eligibility.scopes import apart, cohorts_of
from search.terminology.cancers import cancer_types_of
from search.trial import Trial

_LEVEL = 6


@dataclass(slots=True)
class Compiler:
    """Compiles trials one by one; `tables` completes them."""

    nct_ids: list[str] = field(default_factory=list)
    rows: RowTable = field(default_factory=RowTable)
    shapes: ShapeTable = field(default_factory=ShapeTable)
    several: Interned[tuple[int, tuple[int, ...]]] = field(default_factory=Interned)
    """Units of several rows: shape and rows."""
    common: list[list[int]] = field(default_factory=list)
    cohorts: list[tuple[int, list[int]]] = field(default_factory=list)
    registered: Interned[Registered] = field(default_factory=Interned)
    conditions: Interned[frozenset[str]] = field(default_factory=Interned)
    fields: list[tuple[int, int]] = field(default_factory=list)

    def add(self, trial: Trial, criteria: Criteria) -> None:
        """Take in a trial; each once, in any order."""
        criteria = reconciled(criteria, trial.eligibility)
        words = words_of(criteria, trial.eligibility.criteria or "")
        allowed = [item for item in criteria.items if item.requirement is Requirement.ALLOWED]
        own = [item for item in allowed if item.cohort is None]
        self.common.append(self._units(list(criteria.common()), words, own))
        if apart(criteria):
            for cohort in sorted(cohorts_of(criteria), key=lambda one: one.name):
                own = [item for item in allowed if item.cohort is None or cohort.binds(item)]
                units = self._units([item for item in criteria.items if cohort.binds(item)], words, own)
                self.cohorts.append((len(self.nct_ids), units))
        about = trial.eligibility
        sex = about.sex.value if about.sex is not None else None
        codes = frozenset() if asks_for_disease(criteria) else cancer_types_of(trial)
        registered = self.registered.number((about.minimum_age_days, about.maximum_age_days, sex))
        self.fields.append((registered, self.conditions.number(codes) if codes else -1))
        self.nct_ids.append(trial.nct_id)

    def _units(self, criteria: Sequence[Criterion], words: TrialWords, allowed: Sequence[Criterion]) -> list[int]:
        """Numbers of units; those of several rows count down from -1."""
        rows = [self.rows.row(criterion, words, allowed) for criterion in criteria]
        found = []
        for places in components(criteria, words):
            if len(places) == 1:
                found.append(rows[places[0]])
                continue
            shape = self.shapes.shape([criteria[place] for place in places], words)
            number = self.several.number((shape, tuple(rows[place] for place in places)))
            found.append(-1 - number)
        return found

    def tables(self) -> Tables:
        """The tables of all trials so far.

        Raises:
            ValueError: a trial came twice.
        """
        if len(set(self.nct_ids)) != len(self.nct_ids):
            raise ValueError("a trial was given twice to be compiled")
        missing: list[tuple[str, ...]] = []
        table = self.rows
        questions = _questions(table, missing)
        vocabularies = Vocabularies(
            turns=table.turns.values,
            said_of=table.leaves.values,
            permits=table.permits.values,
            exceptions=table.exceptions.values,
            missing=missing,
            registered=self.registered.values,
            conditions=self.conditions.values,
        )
        order = sorted(range(len(self.nct_ids)), key=self.nct_ids.__getitem__)
        return Tables(
            nct_ids=np.array([self.nct_ids[place] for place in order], dtype=np.bytes_),
            questions=questions,
            rows=_rows(table.rows.values),
            units=_units(self),
            scopes=_scopes(self, order),
            vocabularies=vocabularies.encode(),
        )


def _rows(rows: Sequence[Row]) -> Rows:
    return Rows(
        question=_ints(row.question for row in rows),
        turn=_ints(row.turn for row in rows),
        said_of=_ints(row.said_of for row in rows),
        permit=_ints(row.permit for row in rows),
        exception=_ints(row.exception for row in rows),
        confidence=np.fromiter((row.confidence for row in rows), dtype=np.float64),
    )


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int32)


def _starts(lengths: Iterable[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(_ints(lengths))]).astype(np.int32)


def _questions(table: RowTable, missing: list[tuple[str, ...]]) -> Questions:
    asked = table.questions.values
    facts: Interned[Fact] = Interned()
    fact = _ints(facts.number(one.fact) for one in asked)
    count = len(asked)
    nothing = Judged(np.zeros(count, np.uint8), np.zeros(count, np.uint8), np.zeros(count, np.int32))
    words, lengths = stored_words(asked)
    stored = Questions(
        facts=stored_facts(facts.values),
        fact=fact,
        requirement=np.array([REQUIREMENTS.index(one.requirement) for one in asked], dtype=np.uint8),
        section=np.array([SECTIONS.index(one.section) for one in asked], dtype=np.uint8),
        matters=_ints(number for number, one in enumerate(asked) if _names_matter(one)),
        words=words,
        lengths=lengths,
        telling=stored_postings({}),
        therapies=stored_postings({}),
        silent=nothing,
        present=nothing,
        absent=nothing,
    )
    silent, present, absent = beforehand(stored, asked, missing)
    reader = Asked(stored)
    return replace(
        stored,
        telling=by_telling_word(reader),
        therapies=by_therapy(reader),
        silent=silent,
        present=present,
        absent=absent,
    )


def _names_matter(question: Question) -> bool:
    unread = isinstance(question.fact, Opaque) and question.requirement is Requirement.REQUIRED
    return unread and matter_of(question.quote) is not None


def _units(gathered: Compiler) -> Units:
    several, shapes = gathered.several.values, gathered.shapes
    items = tuple(item for members in shapes.members for item in members)
    lines = tuple(LineSpan(start, end, Section.INCLUSION, heading=False) for start, end in shapes.lines)
    return Units(
        starts=_starts(len(rows) for _, rows in several),
        rows=_ints(row for _, rows in several for row in rows),
        shape=_ints(shape for shape, _ in several),
        shapes=encode_criteria(Criteria(lines, items)),
        shape_starts=_starts(len(members) for members in shapes.members),
        text=zlib.compress("".join(shapes.text).encode(), _LEVEL),
    )


def _scopes(gathered: Compiler, order: Sequence[int]) -> Scopes:
    """Scopes in the order of the trials."""
    places = {trial: place for place, trial in enumerate(order)}
    cohorts = sorted(((places[trial], units) for trial, units in gathered.cohorts), key=lambda one: one[0])
    scopes = [*(gathered.common[trial] for trial in order), *(units for _, units in cohorts)]
    rows = len(gathered.rows.rows.values)
    flat = _ints(unit for units in scopes for unit in units)
    flat[flat < 0] = rows - 1 - flat[flat < 0]
    fields = [gathered.fields[trial] for trial in order]
    return Scopes(
        starts=_starts(len(units) for units in scopes),
        units=flat,
        cohort_trial=_ints(trial for trial, _ in cohorts),
        registered=_ints(registered for registered, _ in fields),
        conditions=_ints(conditions for _, conditions in fields),
    )
