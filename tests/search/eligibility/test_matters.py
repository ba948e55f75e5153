from __future__ import annotations

from typing import Any

import pytest

from search.eligibility.assess import assess
from search.eligibility.assessment import Verdict
from search.eligibility.criterion import Opaque
from search.eligibility.known import known
from search.eligibility.matters import is_told, matter_of
from tests.eligibility_cases import criterion, of, patient


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("A matched related donor must be available", "donor"),
        ("Women must be postmenopausal", "menopause"),
        ("Postmenopausal women need no contraception", None),
        ("Cumulative doxorubicin dose below 300 mg/m2", "cumulative dose"),
        ("Gleason score of 7 or higher", "score"),
        ("Able to follow study procedures", None),
        ("Adequate organ function as per protocol", None),
    ],
)
def test_what_a_line_turns_on(line: str, name: str | None) -> None:
    found = matter_of(line)
    assert (found.name if found is not None else None) == name


@pytest.mark.parametrize(
    ("line", "profile", "told"),
    [
        ("A matched related donor", {}, False),
        ("A matched related donor", {"conditions": {"HLA identical brother": True}}, True),
        ("Women must be postmenopausal", {"sex": "male"}, True),
        ("Women must be postmenopausal", {"sex": "female", "age": 71}, True),
        ("Women must be postmenopausal", {"sex": "female", "age": 44}, False),
        (
            "Women must be postmenopausal",
            {"sex": "female", "age": 44, "conditions": {"menopausal status": "pre"}},
            True,
        ),
        ("Cumulative doxorubicin dose below 300 mg/m2", {"prior_therapies": []}, True),
        ("Cumulative doxorubicin dose below 300 mg/m2", {"prior_therapies": [{"therapy": "doxorubicin"}]}, False),
        (
            "Cumulative doxorubicin dose below 300 mg/m2",
            {"prior_therapies": [{"therapy": "doxorubicin", "detail": "240 mg/m2"}]},
            True,
        ),
    ],
)
def test_whether_it_is_told(line: str, profile: dict[str, Any], told: bool) -> None:
    matter = matter_of(line)
    assert matter is not None
    assert is_told(matter, line, known(patient(**profile))) is told


def test_a_line_that_was_not_understood_keeps_a_trial_from_being_likely_only_where_it_decides() -> None:
    routine = of(criterion(Opaque(), quote="Willing to travel to the site"))
    deciding = of(criterion(Opaque(), quote="A matched related donor is available"))
    assert assess(patient(age=60), routine).verdict is Verdict.LIKELY
    assert assess(patient(age=60), deciding).verdict is Verdict.POSSIBLY
    assert assess(patient(age=60, conditions={"related donor": True}), deciding).verdict is Verdict.LIKELY
    forbidden = of(criterion(Opaque(), "prohibited", quote="A matched related donor is available"))
    assert assess(patient(age=60), forbidden).verdict is Verdict.LIKELY
