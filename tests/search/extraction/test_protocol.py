"""What every extractor is held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.eligibility.criterion import Criteria, Criterion, Evidence, LineSpan, Opaque, Requirement, Section
from search.extraction.criteria import read_criteria
from search.extraction.protocol import Extractor, checked, unread
from search.trial import Eligibility, Trial

TEXT = "Inclusion Criteria:\n\n* Secretword one\n  2.1) Secretword two\n\nExclusion Criteria:\n\n* Secretword three"


def trial(text: str | None = TEXT) -> Trial:
    return Trial("NCT99000001", eligibility=Eligibility(criteria=text))


GOOD = unread(trial())


def _first(**changes: object) -> Callable[[Criteria], Criteria]:
    def change(criteria: Criteria) -> Criteria:
        first, *rest = criteria.items
        return replace(criteria, items=(replace(first, **changes), *rest))  # type: ignore[arg-type]

    return change


def _line(number: int, **changes: object) -> Callable[[Criteria], Criteria]:
    def change(criteria: Criteria) -> Criteria:
        lines = list(criteria.lines)
        lines[number] = replace(lines[number], **changes)  # type: ignore[arg-type]
        return replace(criteria, lines=tuple(lines))

    return change


AT = GOOD.items[0].evidence.start


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_first(evidence=Evidence(AT, AT + 6, "secret")), rf"quote of \[{AT}, {AT + 6}\)"),
        (_first(evidence=Evidence(AT, AT, "")), "quote"),
        (_first(evidence=Evidence(-3, AT, TEXT[-3:AT])), "quote"),
        (_first(evidence=Evidence(AT, len(TEXT) + 9, TEXT[AT:])), "quote"),
        (_first(exception=Evidence(AT, AT + 6, "secret")), "quote"),
        (_first(line=2), "does not begin in its line 2"),
        (_first(line=0), "does not begin in its line 0"),
        (_first(line=99), "line 99, which does not exist"),
        (_first(line=-4), "line -4, which does not exist"),
        (lambda criteria: replace(criteria, items=criteria.items[1:]), r"line 1 \[.* has no criterion"),
        (lambda criteria: replace(criteria, lines=criteria.lines[:-1], items=criteria.items[:-1]), "in no line"),
        (lambda criteria: replace(criteria, lines=criteria.lines[1:]), "in no line"),
        (_line(1, end=len(TEXT)), "overlap"),
        (_line(1, start=AT + 6), "in no line"),
        (_line(4, end=len(TEXT) + 1), "no span of the text"),
        (_line(1, heading=True), "is a heading"),
        (lambda criteria: Criteria((), ()), "in no line"),
    ],
)
def test_what_cannot_be_traced_is_refused_without_its_words(change: Callable[[Criteria], Criteria], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        checked(change(GOOD), TEXT)
    assert "secret" not in str(caught.value).lower()


def test_what_can_be_traced_is_given_back() -> None:
    assert checked(GOOD, TEXT) is GOOD
    assert checked(Criteria((), ()), "") == Criteria((), ())


def test_unread_is_every_line_and_nothing_else() -> None:
    assert [item.evidence.quote for item in GOOD.items] == ["Secretword one", "Secretword two", "Secretword three"]
    assert {type(item.fact) for item in GOOD.items} == {Opaque}
    assert [item.requirement for item in GOOD.items] == [
        Requirement.REQUIRED,
        Requirement.REQUIRED,
        Requirement.PROHIBITED,
    ]
    assert unread(trial(None)) == Criteria((), ())


def test_the_rules_are_an_extractor() -> None:
    extractor: Extractor = read_criteria
    checked(extractor(trial()), TEXT)


@given(st.text(st.sampled_from("ab1.)-*: \n\\(é”\u2003IV"), max_size=60) | st.text(max_size=40))
def test_any_text_is_accounted_for(text: str) -> None:
    for criteria in (unread(trial(text)), read_criteria(trial(text))):
        checked(criteria, text)


def test_a_function_of_anyone_s_own_is_one() -> None:
    def whole(of: Trial) -> Criteria:
        text = of.eligibility.criteria or ""
        line = LineSpan(0, len(text), Section.INCLUSION, heading=False)
        item = Criterion(Opaque(), Requirement.REQUIRED, Section.INCLUSION, Evidence(0, len(text), text), 0)
        return Criteria((line,), (item,))

    extractor: Extractor = whole
    assert checked(extractor(trial()), TEXT).items
