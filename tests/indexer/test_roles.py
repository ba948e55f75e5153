from __future__ import annotations

from indexer.roles import with_roles
from search.trial import Arm, Intervention, InterventionRole

EXPERIMENTAL, COMPARATOR = InterventionRole.EXPERIMENTAL, InterventionRole.COMPARATOR
BACKGROUND, UNKNOWN = InterventionRole.BACKGROUND, InterventionRole.UNKNOWN


def roles(interventions: list[Intervention], *arms: Arm) -> list[InterventionRole]:
    return [item.role for item in with_roles(interventions, arms)]


def given(name: str, *labels: str, description: str | None = None) -> Intervention:
    return Intervention(name, description=description, arm_labels=labels)


A, B = Arm("A", "EXPERIMENTAL"), Arm("B", "ACTIVE_COMPARATOR")


def test_tested_compared_and_background() -> None:
    items = [given("imaginib", "A"), given("oldinib", "B"), given("cisplatin", "A", "B")]
    assert roles(items, A, B) == [EXPERIMENTAL, COMPARATOR, BACKGROUND]


def test_labels_join_whatever_their_case() -> None:
    assert roles([given("imaginib", "a")], A) == [EXPERIMENTAL]


def test_a_single_experimental_arm_tests_what_is_in_it_even_without_labels() -> None:
    assert roles([given("imaginib"), given("best supportive care")], A) == [EXPERIMENTAL, BACKGROUND]


def test_a_description_that_says_background_counts_at_its_start_only() -> None:
    soc = given("cisplatin", "A", description="Given as part of the standard of care.")
    late = given("imaginib", "A", description="x" * 400 + " is standard of care")
    compared = given("newinib", "A", description="New tablets compared with standard of care")
    assert roles([soc, late, compared], A) == [BACKGROUND, EXPERIMENTAL, EXPERIMENTAL]


def test_a_placebo_is_never_what_is_tested() -> None:
    assert roles([given("Placebo for imaginib", "A", "B"), given("imaginib", "A")], A, B) == [COMPARATOR, EXPERIMENTAL]


def test_a_trial_of_doses_tests_the_treatment_that_all_arms_share() -> None:
    assert roles([given("radiotherapy", "A", "B")], A, B) == [EXPERIMENTAL]


def test_an_arm_that_tells_nothing_gives_no_role() -> None:
    assert roles([given("x", "C"), given("y", "nowhere"), given("z")], Arm("C", "OTHER"), A) == [UNKNOWN] * 3
    assert roles([given("x")]) == [UNKNOWN]


def test_order_and_everything_else_stay() -> None:
    items = [given("oldinib", "B"), given("imaginib", "A", description="d")]
    found = with_roles(items, (A, B))
    assert [(i.name, i.description, i.arm_labels) for i in found] == [
        (i.name, i.description, i.arm_labels) for i in items
    ]
