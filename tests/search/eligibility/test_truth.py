"""Strong Kleene logic and the verdict classes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.eligibility.assessment import Truth, Verdict, all_of, any_of

TRUTHS = st.lists(st.sampled_from([Truth.MET, Truth.NOT_MET, Truth.UNKNOWN]), min_size=1, max_size=5)


@given(TRUTHS)
def test_de_morgan(truths: list[Truth]) -> None:
    assert all_of(truths).negated() is any_of(truth.negated() for truth in truths)


@given(TRUTHS, st.data())
def test_what_gets_known_never_flips_a_settled_answer(truths: list[Truth], data: st.DataObject) -> None:
    settled = [
        data.draw(st.sampled_from([Truth.MET, Truth.NOT_MET])) if truth is Truth.UNKNOWN else truth for truth in truths
    ]
    for combine in (all_of, any_of):
        before, after = combine(truths), combine(settled)
        assert before in (after, Truth.UNKNOWN)


def test_nothing_asked_is_met_and_no_alternative_is_not() -> None:
    assert all_of([]) is Truth.MET
    assert any_of([]) is Truth.NOT_MET


def test_what_does_not_apply_stays_so_and_fulfils() -> None:
    assert Truth.NOT_APPLICABLE.negated() is Truth.NOT_APPLICABLE
    assert Truth.NOT_APPLICABLE.fulfils
    assert any_of([Truth.NOT_APPLICABLE]) is Truth.NOT_APPLICABLE
    assert all_of([Truth.NOT_APPLICABLE, Truth.UNKNOWN]) is Truth.UNKNOWN


def test_the_five_classes_and_their_words_in_the_interchange_format() -> None:
    assert [verdict.exported for verdict in Verdict] == [
        "eligible",
        "undetermined",
        "undetermined",
        "ineligible",
        "ineligible",
    ]
