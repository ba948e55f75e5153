"""The page about a patient as people use it, in headless Chromium, with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_page import CONTRAST

pytestmark = pytest.mark.chromium
WOULD = "Would qualify if ANC >= 1.5 10^9/L, now 1.1 10^9/L, on re-test"
NOTE = "61-year-old woman with nasopharyngeal carcinoma, stage IVB. ECOG 1. No prior treatment."


def find(page: Page, **fields: str) -> None:
    page.goto("/match")
    page.get_by_label(re.compile("clinical note")).fill(NOTE)
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Find trials").first.click()
    expect(page.locator(".verdicts")).to_be_visible()


@pytest.fixture(params=["page", "plain_page"])
def either(request: pytest.FixtureRequest) -> Page:
    """With JavaScript, and without."""
    found: Page = request.getfixturevalue(request.param)
    return found


def test_a_note_becomes_trials_with_verdicts(either: Page) -> None:
    find(either)
    first = either.locator(".hit").first
    expect(first.locator(".verdict")).to_have_text("Possibly eligible")
    expect(first.locator(".deciding q").first).to_be_visible()
    expect(either.locator(".understood")).to_contain_text("Nasopharyngeal Carcinoma")
    expect(either.get_by_label(re.compile("clinical note"))).to_have_value(NOTE)
    assert re.sub(r"^https?://[^/]+", "", either.url) == "/match"


def test_a_question_is_answered_and_the_answer_is_kept(either: Page) -> None:
    find(either)
    expect(either.locator(".question h2")).to_contain_text("blood counts")
    either.locator(".question input").first.fill("1.1")
    either.get_by_role("button", name="Answer").click()
    expect(either.locator(".hit.v-needs_change").first).to_be_visible()
    expect(either.locator(".understood")).to_contain_text("ANC 1.1 10^9/L")
    expect(either.locator(".change").first).to_have_text(
        "Would qualify if ANC >= 1.5 10^9/L, now 1.1 10^9/L, on re-test"
    )
    expect(either.locator(".question")).to_have_count(0)
    either.get_by_role("button", name="Update").click()
    expect(either.locator(".understood")).to_contain_text("ANC 1.1 10^9/L")


def test_what_rules_out_can_be_left_out(either: Page) -> None:
    find(either, p_labs="ANC 1.1 10^9/L")
    expect(either.locator(".hit.v-needs_change").first).to_be_visible()
    either.get_by_role("checkbox", name=re.compile("Leave out")).check()
    either.get_by_role("button", name="Update").click()
    expect(either.locator(".hit.v-needs_change")).to_have_count(0)


def test_one_trial_criterion_by_criterion_and_back(either: Page) -> None:
    find(either, p_labs="ANC 1.1 10^9/L")
    either.locator(".hit.v-needs_change").first.get_by_role("button", name="Criterion by criterion").click()
    expect(either.locator(".judged .verdict")).to_have_text("Needs a change")
    expect(either.locator("#lines li.t-not_met")).to_contain_text("ANC")
    expect(either.locator(".changes")).to_contain_text("ANC >= 1.5")
    expect(either.locator("#lines li.t-met").first).to_be_visible()
    either.get_by_role("button", name="Trials for this patient").click()
    expect(either.get_by_label(re.compile("clinical note"))).to_have_value(NOTE)
    expect(either.locator(".hit.v-needs_change").first).to_be_visible()


def test_what_was_not_understood_is_said(either: Page) -> None:
    find(either, p_age="200", p_labs="platelets fine")
    expect(either.locator(".unread")).to_contain_text("age")
    expect(either.locator(".unread")).to_contain_text("labs[0]")


def test_it_fits_a_phone(either: Page) -> None:
    either.set_viewport_size({"width": 360, "height": 740})
    find(either)
    assert either.evaluate("document.documentElement.scrollWidth <= 360")


def test_the_form_is_reached_from_every_page(either: Page) -> None:
    either.goto("/")
    either.get_by_role("link", name="For a patient").click()
    expect(either).to_have_url(re.compile("/match$"))
    expect(either.get_by_role("heading", name="Trials for a patient")).to_be_visible()


def test_every_field_has_a_name(either: Page) -> None:
    find(either)
    for field in either.locator("input:not([type=hidden]), select, textarea").all():
        named = field.evaluate("e => (e.labels && e.labels.length > 0) || e.hasAttribute('aria-labelledby')")
        assert named, field.evaluate("e => e.name")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out(page: Page, scheme: str) -> None:
    """Contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3), in every class of verdict that the sample gives."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto("/match")
    assert page.evaluate(CONTRAST) == []
    find(page, p_age="61", p_labs="platelets fine")
    assert page.evaluate(CONTRAST) == []
    find(page, p_labs="ANC 1.1 10^9/L")
    assert page.evaluate(CONTRAST) == []
    page.locator(".hit.v-needs_change").first.get_by_role("button", name="Criterion by criterion").click()
    expect(page.locator(".judged")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    find(page, p_age="75")
    assert page.evaluate(CONTRAST) == []
