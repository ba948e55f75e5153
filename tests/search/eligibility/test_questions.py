"""Which question comes next, how it is worded, and that its answers can be put into a profile."""

from __future__ import annotations

from typing import Any

import pytest

from search.config import QuestionConfig
from search.eligibility.asking import Effort, Form, topic_of
from search.eligibility.assess import assess
from search.eligibility.criterion import (
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criterion,
    Extent,
    Lab,
    LineCount,
    Performance,
    Stage,
)
from search.eligibility.expectation import chance_of_failing
from search.eligibility.profile import read_profile
from search.eligibility.questions import Candidate, Question, next_questions
from search.evaluation.questioning import Fact, Pooled, best, most_frequent, question
from search.trial import Eligibility, Sex, Trial
from tests.eligibility_cases import criterion, of, patient

LUNG = criterion(Cancer(frozenset({"LUNG"})))
ECOG = criterion(Performance("ECOG", 0, 1))
HER2 = criterion(Biomarker("HER2", ("positive",)))
GENE = criterion(Biomarker("EGFR", ("L858R", "exon 19 deletion")))
PLATELETS = criterion(Lab("platelets", ">=", 100, "10^9/L"))


def pool(*trials: tuple[Criterion, ...], **facts: Any) -> list[Candidate]:
    known = patient(**{"cancer": "LUAD"} | facts)
    return [Candidate(f"NCT{place:08d}", 1.0, assess(known, of(LUNG, *items))) for place, items in enumerate(trials)]


def asked(*trials: tuple[Criterion, ...], **facts: Any) -> list[Question]:
    return list(next_questions(pool(*trials, **facts), most=20))


def test_what_most_trials_wait_for_comes_first() -> None:
    found = asked((ECOG,), (ECOG,), (ECOG, PLATELETS), (GENE,))
    assert [one.topic for one in found] == ["performance", "blood counts", "gene report"]
    assert (found[0].trials, found[0].settles) == (3, 2)
    assert 0 < found[0].rules_out < 3


def test_what_is_known_is_not_asked() -> None:
    found = asked((ECOG,), (PLATELETS,), performance=[{"scale": "ECOG", "value": 1}])
    assert [one.topic for one in found] == ["blood counts"]


def test_trials_that_are_ruled_out_ask_nothing() -> None:
    small = of(criterion(Cancer(frozenset({"SCLC"}))), ECOG)
    assert next_questions([Candidate("NCT00000001", 1.0, assess(patient(cancer="LUAD"), small))]) == ()


def test_a_dear_test_comes_after_a_cheap_question_of_the_same_worth() -> None:
    likewise = criterion(Biomarker("FGFR3", ("mutation",)))
    prices = QuestionConfig(tested=1.0)
    cheap = next_questions(pool((likewise,), (ECOG,)), config=prices)
    dear = next_questions(pool((likewise,), (ECOG,)), config=QuestionConfig(tested=10.0))
    assert dear[0].topic == "performance"
    assert {one.topic for one in cheap} == {one.topic for one in dear}


def test_the_weight_of_a_trial_counts() -> None:
    light = [Candidate("NCT00000001", 0.01, pool((PLATELETS,))[0].assessment)]
    heavy = [Candidate("NCT00000002", 1.0, pool((GENE,))[0].assessment)]
    assert next_questions(light + heavy)[0].topic == "gene report"
    assert (
        next_questions(
            [Candidate("NCT00000001", 1.0, light[0].assessment), Candidate("NCT00000002", 0.01, heavy[0].assessment)]
        )[0].topic
        == "blood counts"
    )


def test_topics_that_were_asked_stay_away() -> None:
    assert [one.topic for one in next_questions(pool((ECOG, PLATELETS)), asked=["performance"])] == ["blood counts"]


def test_a_silence_that_is_assumed_to_fit_is_asked_about_as_well() -> None:
    found = asked((criterion(Condition("HIV"), "prohibited"),))
    assert [one.topic for one in found] == ["infections"]
    assert found[0].settles == 0


def test_alternatives_fail_together() -> None:
    either = [criterion(Biomarker(marker, ("positive",)), or_group="receptor") for marker in ("ER", "PR")]
    alone = asked((criterion(Biomarker("ER", ("positive",))),))
    together = asked(tuple(either))
    assert together[0].rules_out < alone[0].rules_out


def test_the_record_s_own_sex_and_age_are_asked_for() -> None:
    trial = Trial("NCT99000001", eligibility=Eligibility(sex=Sex.FEMALE, minimum_age="18 Years", minimum_age_days=6574))
    one = Candidate("NCT99000001", 1.0, assess(patient(cancer="LUAD"), of(LUNG), trial))
    assert [found.topic for found in next_questions([one])] == ["sex", "age"]


@pytest.mark.parametrize(
    ("item", "topic", "form"),
    [
        (ECOG, "performance", Form.CHOICE),
        (HER2, "receptors", Form.CHOICES),
        (GENE, "gene report", Form.CHOICES),
        (PLATELETS, "blood counts", Form.NUMBERS),
        (criterion(Lab("LVEF", ">=", 50, "%")), "heart", Form.NUMBERS),
        (criterion(Cns("active"), "prohibited"), "cns", Form.CHOICE),
        (criterion(LineCount(0, 1)), "treatments", Form.TEXT),
        (criterion(Stage(("IV",))), "stage", Form.CHOICES),
        (criterion(Extent(("metastatic",))), "stage", Form.CHOICES),
        (criterion(Biomarker("PSMA", ("positive",))), "biomarkers.PSMA", Form.CHOICES),
    ],
)
def test_each_kind_has_a_question_a_person_can_answer(item: Criterion, topic: str, form: Form) -> None:
    (found,) = asked((item,))
    assert (found.topic, found.form) == (topic, form)
    assert found.text.endswith("?")
    assert "{" not in found.text
    assert bool(found.options) is (form is not Form.TEXT)


def test_answers_are_profiles() -> None:
    for item in (ECOG, HER2, GENE, criterion(Cns("active"), "prohibited"), criterion(Stage(("IV",)))):
        (found,) = asked((item,))
        for option in found.options:
            assert read_profile(dict(option.profile)).unread == (), option


def test_an_answer_settles_what_it_was_asked_for() -> None:
    (found,) = asked((HER2,))
    positive = next(option for option in found.options if option.label == "HER2 positive")
    assert asked((HER2,), **dict(positive.profile)) == []


def test_a_gene_report_names_the_changes_that_trials_name() -> None:
    (found,) = asked((GENE,))
    assert {"EGFR L858R", "EGFR exon 19 deletion", "Negative"} == {option.label for option in found.options}
    assert found.facts == ("biomarkers.EGFR",)


def test_chances_of_failing() -> None:
    strict, wide = criterion(Performance("ECOG", 0, 0)), criterion(Performance("ECOG", 0, 2))
    assert 0 < chance_of_failing(wide) < chance_of_failing(ECOG) < chance_of_failing(strict) < 1
    positive = criterion(Biomarker("ER", ("positive",)))
    negative = criterion(Biomarker("ER", ("negative",)))
    assert round(chance_of_failing(positive) + chance_of_failing(negative), 9) == 1
    assert chance_of_failing(criterion(Performance("ECOG", 0, 1), "allowed")) == 0
    assert chance_of_failing(criterion(Performance("Karnofsky", 70, 100))) == pytest.approx(0.25)
    low, high = (criterion(Lab("platelets", ">=", bound, "10^9/L")) for bound in (50, 150))
    assert chance_of_failing(low) < chance_of_failing(high)


def test_prices_are_of_the_effort() -> None:
    assert topic_of("age").effort is Effort.TOLD
    assert topic_of("labs.platelets").effort is Effort.LOOKED_UP
    assert topic_of("biomarkers.EGFR").effort is Effort.TESTED
    assert topic_of("conditions.some rare thing").name == "conditions.some rare thing"


def test_a_course_of_questions_rules_out_what_the_full_profile_rules_out() -> None:
    trials = [
        Pooled(Trial(f"NCT9900000{place}"), of(LUNG, item), 1.0)
        for place, item in enumerate((ECOG, GENE, PLATELETS, criterion(Lab("platelets", ">=", 50, "10^9/L"))))
    ]
    facts: list[Fact] = [
        ("cancer", {"cancer": "LUAD"}),
        ("performance", {"performance": [{"scale": "ECOG", "value": 3}]}),
        ("labs.platelets", {"labs": [{"analyte": "platelets", "value": 60, "unit": "10^9/L"}]}),
        ("biomarkers.EGFR", {"biomarkers": [{"marker": "EGFR", "state": "negative"}]}),
    ]
    for choose in (best, most_frequent):
        course = question(facts, ["cancer"], trials, choose, rounds=3)
        assert course.ineligible == 3
        assert course.ruled_out[0] == 0.0
        assert course.ruled_out[-1] == 1.0
        assert course.wrongly == 0
        assert list(course.ruled_out) == sorted(course.ruled_out)
        assert set(course.topics) == {"performance", "gene report", "blood counts"}
