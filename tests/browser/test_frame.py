"""The frame of every page, in a real browser: on the smallest phones, in both themes, by touch."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from tests.browser.accessibility import broken_rules
from tests.browser.frame_scene import NARROW, PUBLIC, STAFF, Stage

pytestmark = pytest.mark.browser

PAGES = pytest.mark.parametrize(
    "source", [STAFF, PUBLIC, NARROW], ids=["staff", "public", "narrow"]
)
SMALL = """elements => elements.filter(element => {
  const box = element.getBoundingClientRect();
  return box.height > 0 && box.height < 48 && getComputedStyle(element).display !== "inline";
}).map(element => element.outerHTML)"""


@pytest.fixture
def stage(phone: Page, settings: Settings) -> Stage:
    settings.ROOT_URLCONF = "tests.web.addresses"
    return Stage(phone)


@PAGES
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_rule_of_accessibility_is_broken(stage: Stage, source: str, *, dark: bool) -> None:
    stage.show(source, dark=dark)
    assert broken_rules(stage.page) == []


@PAGES
def test_nothing_on_the_page_offends_the_policy(stage: Stage, source: str) -> None:
    stage.show(source)
    assert stage.complaints == []


@PAGES
@pytest.mark.parametrize("width", [320, 800, 1280])
def test_no_page_scrolls_sideways(stage: Stage, source: str, width: int) -> None:
    stage.page.set_viewport_size({"width": width, "height": 740})
    stage.show(source)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert stage.page.evaluate(wide) == 0


@PAGES
def test_what_is_touched_is_large_enough(stage: Stage, source: str) -> None:
    stage.show(source)
    touched = stage.page.locator("a:not(.row), button, select, summary, input:not([type=hidden])")
    boxes = "input[type=checkbox], input[type=radio]"
    assert touched.and_(stage.page.locator(f":not({boxes})")).evaluate_all(SMALL) == []


def test_a_row_opens_wherever_its_card_is_touched(stage: Stage) -> None:
    stage.show(STAFF)
    stage.page.locator("table.cards td.number").click(force=True)
    assert stage.page.url.endswith("#mau")


def test_navigation_opens_as_a_sheet_and_closes_again(stage: Stage) -> None:
    stage.show(STAFF)
    link = stage.page.get_by_role("link", name="Danh sách", exact=True)
    expect(link).not_to_be_visible()
    stage.page.locator(".bar-lines-button").click()
    expect(link).to_be_visible()
    stage.page.locator(".nav-close").click()
    expect(link).not_to_be_visible()


def test_navigation_stands_open_on_a_wide_screen(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 800})
    stage.show(STAFF)
    expect(stage.page.get_by_role("link", name="Danh sách", exact=True)).to_be_visible()
    expect(stage.page.locator(".bar-lines-button")).not_to_be_visible()


def test_the_first_key_leads_past_the_frame(stage: Stage) -> None:
    stage.show(STAFF)
    stage.page.keyboard.press("Tab")
    stage.page.keyboard.press("Enter")
    assert stage.page.evaluate("document.activeElement.id") == "content"


def test_a_countdown_that_has_come_to_its_end_shows_zeros(stage: Stage) -> None:
    stage.show(PUBLIC)
    expect(stage.page.locator(".countdown dd")).to_have_text(["0", "00", "00"])


def test_a_page_reads_without_scripts(browser: Browser, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.web.addresses"
    with browser.new_context(java_script_enabled=False) as context:
        stage = Stage(context.new_page())
        stage.show(PUBLIC)
        expect(stage.page.locator(".countdown dd")).to_have_text(["3", "00", "00"])


def test_a_printed_list_is_a_table_without_the_frame(stage: Stage) -> None:
    stage.page.emulate_media(media="print")
    stage.show(STAFF)
    expect(stage.page.locator(".bar")).not_to_be_visible()
    expect(stage.page.locator(".button").first).not_to_be_visible()
    assert (
        stage.page.locator("table.cards tr").last.evaluate("row => getComputedStyle(row).display")
        == "table-row"
    )
