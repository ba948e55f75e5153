"""How much the next question tells: forty made-up patients, asked from the beginning, over pools of trials.

Known at first: disease, age and sex. Each question reveals what the patient's full profile says of its topic. Counted
are the trials which the full profile rules out, and of these the ones ruled out after 5 and after 10 questions. Random
questions and the most frequent ones are asked beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import mean

import pytest

from indexer.sample import sample_path
from indexer.sources import iter_records
from indexer.study import parse_study
from search.evaluation.questioning import Choose, Course, Pooled, at_random, best, most_frequent, question
from search.extraction.criteria import read_criteria
from search.terminology import oncotree
from search.terminology.cancers import cancer_types_of
from search.trial import Trial
from tests.synthetic_patients import Fact, patients

START = ("age", "sex", "cancer")
POOL = 100


def studies(source: Path) -> Iterator[Trial]:
    for found in iter_records(source):
        if found.record is not None:
            yield parse_study(found.record)


def pools(trials: Iterable[Trial], codes: Iterable[str], most: int) -> dict[str, list[Pooled]]:
    """By disease, the first trials of its tissue in the order of their ids."""
    wanted = {code: oncotree.node(code).tissue for code in codes}
    by_tissue: dict[str, list[Trial]] = {tissue: [] for tissue in wanted.values()}
    for trial in sorted(trials, key=lambda one: one.nct_id):
        found = {oncotree.node(code).tissue for code in cancer_types_of(trial) if code in oncotree.nodes()}
        for tissue in sorted(found & set(by_tissue)):
            if len(by_tissue[tissue]) < most:
                by_tissue[tissue].append(trial)
    read = {tissue: [Pooled(one, read_criteria(one), 1.0) for one in some] for tissue, some in by_tissue.items()}
    return {code: read[tissue] for code, tissue in wanted.items()}


def asked(
    people: Iterable[list[Fact]], by_code: Mapping[str, list[Pooled]], choose: Mapping[str, Choose]
) -> Iterator[dict[str, Course]]:
    for facts in people:
        code = str(dict(facts)["cancer"]["cancer"])
        yield {name: question(facts, START, by_code[code], how) for name, how in choose.items()}


def everybody() -> list[list[Fact]]:
    return [facts for _, facts in patients()]


def shares(courses: list[dict[str, Course]], name: str, questions: int) -> tuple[float, float]:
    """Mean share of all finally ineligible trials, and of those still open at the beginning."""
    done = [one[name] for one in courses if one[name].ineligible]
    return mean(one.ruled_out[questions] for one in done), mean(one.of_open[questions] for one in done)


def test_questions_about_the_sample() -> None:
    trials = list(studies(sample_path()))
    people = [facts for place, facts in enumerate(everybody()) if place % 4 == 0]
    by_code = pools(trials, {str(dict(facts)["cancer"]["cancer"]) for facts in people}, 12)
    courses = list(asked(people, by_code, {"best": best, "random": at_random(1)}))
    assert sum(one["best"].ineligible for one in courses) > 20
    assert shares(courses, "best", 5)[1] >= 0.6
    assert shares(courses, "best", 10)[1] >= 0.8
    assert shares(courses, "best", 5)[1] > shares(courses, "random", 5)[1]


@pytest.mark.data
@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_questions_about_real_trials(data_dir: Path) -> None:
    trials = list(studies(data_dir / "ctgov" / "ctgov_v2_oncology.jsonl.gz"))
    people = everybody()
    by_code = pools(trials, {str(dict(facts)["cancer"]["cancer"]) for facts in people}, POOL)
    ways = {"best": best, "most frequent": most_frequent, "random": at_random(1)}
    courses = list(asked(people, by_code, ways))
    assert len(courses) == 40
    for name in ways:
        for questions in (1, 3, 5, 10):
            total, opened = shares(courses, name, questions)
            print(f"{name}: {questions} questions: {total:.3f} of all, {opened:.3f} of those open at first")
    assert shares(courses, "best", 5)[1] >= 0.6
    assert shares(courses, "best", 10)[1] >= 0.8
    assert shares(courses, "best", 5)[1] >= shares(courses, "random", 5)[1] + 0.2
    wrongly, out = (sum(getattr(one["best"], name) for one in courses) for name in ("wrongly", "ineligible"))
    assert wrongly <= 0.01 * out
