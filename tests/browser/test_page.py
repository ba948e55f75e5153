"""The pages as people use them, in headless Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from search.index.base import IndexUnavailableError
from tests.api.fake_engine import FakeEngine

pytestmark = pytest.mark.chromium


def total(page: Page, text: str) -> None:
    expect(page.locator(".total")).to_contain_text(text)


def address(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url)


def test_typing_searches_at_once_and_keeps_the_page(page: Page) -> None:
    page.goto("/")
    total(page, "27 trials")
    page.evaluate("window.mark = 1")
    page.locator("#query").press_sequentially("osimertinib", delay=5)
    total(page, "1 trial found")
    expect(page.locator(".hit h2 mark")).to_have_text("Osimertinib")
    expect(page.locator(".hit .badge.fictitious")).to_have_text("Fictitious sample")
    expect(page).to_have_url(re.compile(r"/search\?q=osimertinib$"))
    assert page.evaluate("window.mark") == 1
    expect(page.locator("#query")).to_be_focused()


def test_suggestions_work_by_keyboard(page: Page) -> None:
    page.goto("/")
    query = page.get_by_role("combobox", name=re.compile("Search trials"))
    query.press_sequentially("mult", delay=5)
    expect(page.get_by_role("listbox")).to_be_visible()
    expect(query).to_have_attribute("aria-expanded", "true")
    query.press("ArrowDown")
    option = page.locator("#suggestions [role=option]").first
    expect(option).to_have_attribute("aria-selected", "true")
    assert query.get_attribute("aria-activedescendant") == option.get_attribute("id")
    query.press("ArrowUp")
    expect(option).to_have_attribute("aria-selected", "false")
    query.press("ArrowUp")
    query.press("Enter")
    expect(query).to_have_value("Multiple Myeloma")
    expect(page.locator("#suggestions")).to_be_hidden()
    total(page, "20 trials")
    query.fill("")
    query.press_sequentially("mela", delay=5)
    expect(page.locator("#suggestions [role=option]").first).to_contain_text("Melanoma")
    expect(page.locator("#suggestions")).to_be_visible()
    query.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(query).to_have_value("mela")


def test_a_suggested_id_opens_the_trial(page: Page) -> None:
    page.goto("/")
    page.locator("#query").press_sequentially("NCT99000002", delay=5)
    page.locator("#suggestions [role=option]").first.click()
    expect(page).to_have_url(re.compile("/trials/NCT99000002$"))


def test_facets_filter_without_a_reload_and_chips_take_them_away(page: Page) -> None:
    page.goto("/")
    page.evaluate("window.mark = 1")
    page.get_by_role("checkbox", name="Completed").check()
    total(page, "1 trial found")
    expect(page).to_have_url(re.compile(r"/search\?status=COMPLETED$"))
    expect(page.get_by_role("checkbox", name="Recruiting", exact=False).first).to_be_visible()
    assert page.evaluate("document.activeElement.value") == "COMPLETED"
    page.get_by_role("checkbox", name="Stopped early").check()
    total(page, "2 trials found")
    page.get_by_role("button", name="Remove filter Recruitment status: Completed").click()
    total(page, "1 trial found")
    expect(page.locator("#query")).to_be_focused()
    assert address(page) == "/search?status=TERMINATED"
    page.go_back()
    total(page, "2 trials found")
    page.go_back()
    total(page, "1 trial found")
    page.go_back()
    total(page, "27 trials")
    assert page.evaluate("window.mark") == 1


def test_more_trials_are_appended(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".hit")).to_have_count(10)
    page.get_by_role("button", name="More trials").click()
    expect(page.locator(".hit")).to_have_count(20)
    page.get_by_role("button", name="More trials").click()
    expect(page.locator(".hit")).to_have_count(27)
    expect(page.get_by_role("button", name="More trials")).to_have_count(0)
    ids = page.locator(".hit").evaluate_all("hits => hits.map(hit => hit.dataset.id)")
    assert len(set(ids)) == 27


def test_personal_facts_never_reach_the_address(page: Page) -> None:
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.goto("/search?q=melanoma")
    page.locator("#query").fill("67 year old woman with melanoma and diabetes")
    expect(page.locator(".private")).to_be_visible()
    assert address(page) == "/"
    page.locator("#age").fill("67")
    page.locator("#age").press("Tab")
    page.locator("#sex").select_option("FEMALE")
    expect(page.locator("#chips .chip")).to_have_count(3)  # age, sex, clear all
    page.get_by_role("checkbox", name="Recruiting", exact=False).first.check()
    expect(page).to_have_url(re.compile(r"/search\?status=RECRUITING$"))
    asked = [url.split("127.0.0.1", 1)[1].split("/", 1)[1] for url in seen if "/static/" not in url]
    assert not any("67" in path or "woman" in path for path in asked)
    assert "67" not in page.title()


def test_an_empty_result_offers_the_filter_that_stands_in_the_way(page: Page) -> None:
    page.goto("/search?q=melanoma&country=Malta&sex=FEMALE")
    expect(page.locator(".empty")).to_contain_text("One filter alone stands in the way")
    page.get_by_role("button", name="Remove “Country”").click()
    total(page, "1 trial found")
    page.goto("/search?q=NCT55555555")
    expect(page.locator(".empty")).to_contain_text("NCT55555555 is not in this index")


def test_errors_are_shown_in_place_and_the_page_recovers(page: Page, engine: FakeEngine) -> None:
    page.goto("/")
    page.locator("#near").evaluate("input => input.closest('details').open = true")
    page.locator("#near").fill("95,0,10")
    page.locator("#near").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("the latitude must lie between")
    page.locator("#near").fill("")
    engine.fault = IndexUnavailableError("The index is being rebuilt by hand.")
    try:
        page.get_by_role("button", name="Search", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("The index is being rebuilt by hand.")
    finally:
        engine.fault = None
    page.get_by_role("button", name="Search", exact=True).click()
    total(page, "27 trials")
    page.context.set_offline(True)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Search", exact=True).click()
    total(page, "27 trials")


def test_a_slow_old_answer_never_overwrites_a_new_one(page: Page, engine: FakeEngine) -> None:
    import time

    page.goto("/")
    engine.hook = lambda query: time.sleep(1.5) if query.text == "melanoma" else None
    try:
        page.locator("#query").fill("melanoma")
        page.wait_for_timeout(500)
        page.locator("#query").fill("osimertinib")
        total(page, "1 trial found")
        expect(page.locator(".hit h2")).to_contain_text("Osimertinib")
        page.wait_for_timeout(1800)
        expect(page.locator(".hit h2")).to_contain_text("Osimertinib")
    finally:
        engine.hook = lambda query: None


def test_scores_are_explained_on_demand(page: Page) -> None:
    page.goto("/search?q=melanoma")
    page.locator("#explain").check()
    expect(page.locator(".why summary")).to_contain_text("Score 1.0000")
    page.locator(".why summary").click()
    expect(page.locator(".waterfall").first).to_contain_text("share of words")


def test_the_page_of_a_trial(page: Page) -> None:
    page.goto("/search?q=nasopharyngeal")
    page.locator(".hit h2 a").click()
    expect(page.locator("h1")).to_have_text("Reduced against full target IMRT in metastatic nasopharyngeal carcinoma")
    expect(page.locator(".answer")).to_contain_text("Yes, it is recruiting (verified Jun 2026).")
    expect(page.locator("#eligibility .criterion")).to_have_count(6)
    page.locator("summary", has_text="South Korea").click()
    expect(page.locator("td", has_text="Seoul")).to_be_visible()
    assert page.locator("a[href*='clinicaltrials.gov']").count() == 0
    page.go_back()
    total(page, "1 trial found")


def test_everything_works_without_javascript(plain_page: Page) -> None:
    page = plain_page
    page.goto("/")
    page.locator("#query").fill("carcinoma")
    page.get_by_role("button", name="Search", exact=True).click()
    total(page, "1 trial found")
    assert address(page) == "/search?q=carcinoma"
    page.locator("#query").fill("")
    page.get_by_role("checkbox", name="Recruiting", exact=False).first.check()
    page.get_by_role("button", name="Apply filters").click()
    total(page, "23 trials found")
    page.get_by_role("button", name="More trials").click()
    total(page, "continued")
    page.get_by_role("button", name="Remove filter Recruitment status: Recruiting").click()
    total(page, "27 trials")
    page.locator("#query").fill("my mother has melanoma")
    page.locator("#query").press("Enter")
    expect(page.locator(".private")).to_be_visible()
    assert address(page) == "/search"
    page.locator(".hit h2 a", has_text="Watching melanoma").click()
    expect(page.locator("h1")).to_have_text("Watching melanoma")


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
@pytest.mark.parametrize("path", ["/", "/search?q=nasopharyngeal&status=RECRUITING", "/trials/NCT99000001", "/docs"])
def test_nothing_runs_out_of_the_window(page: Page, width: int, path: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_background(page: Page, scheme: str) -> None:
    """Contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3) for every visible text."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in ("/search?q=nasopharyngeal&status=RECRUITING", "/trials/NCT99000001", "/search?q=zzz", "/nowhere"):
        page.goto(path)
        assert page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const background = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      layers.push(color);
      if (color[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((v) => {
      const c = v / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest(".hidden, .skip, option")) continue;
    const under = background(element);
    const ink = over(parse(getComputedStyle(element).color), under);
    const [light, dark] = [luminance(ink), luminance(under)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) found.add(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""


def test_every_control_has_a_name_and_ids_are_unique(page: Page) -> None:
    page.goto("/search?q=nasopharyngeal&status=RECRUITING&near=48,2,500")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), select, button")].filter((control) =>
          !control.hidden && !(control.labels && control.labels.length) && !control.textContent.trim()
          && !control.getAttribute("aria-label")).map((control) => control.outerHTML)"""
    )
    assert nameless == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("h1").count() == 1
