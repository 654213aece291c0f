"""The team of a unit, its texts and the stage door on a phone, with and without scripts."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from hoithi.contests.models import Contest
from hoithi.entries.actions import accept_registration, submit_registration
from hoithi.entries.models import UnitRegistration
from hoithi.entries.queries import lists_seen
from hoithi.people.models import User
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.test_registration import DESKTOP, PHONE, opened, organiser
from tests.entries.scene import LIVE, ONLINE, begin, people, save
from tests.entries.test_teams import DOOR, TEAM, plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP])


@pytest.fixture
def contest() -> Contest:
    return factories.contest(plan(factories.now() + timedelta(days=1)))


@pytest.fixture
def who(contest: Contest) -> User:
    """Somebody who works for the unit and at the door."""
    return organiser(contest)


@pytest.fixture
def begun(contest: Contest) -> UnitRegistration:
    """A team of eight; thirty more people of the unit take part online."""
    registration = begin(contest, forms=(ONLINE, LIVE), now=factories.now())
    save(registration, people(30, start=20), now=factories.now())
    save(registration, people(8), LIVE, now=factories.now())
    return registration


def accept(registration: UnitRegistration, who: User) -> None:
    seen, now = lists_seen(registration), factories.now()
    receipt = submit_registration(actor=who, registration=registration, seen=seen, now=now)
    accept_registration(actor=who, registration=registration, receipt=receipt, now=now)


def faultless(page: Page, name: str) -> None:
    """Nothing wrong for who cannot see or has a small screen; `HOITHI_PAGES` keeps a picture."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    folder = os.environ.get("HOITHI_PAGES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@SIZES
def test_the_limits_are_told_while_the_officer_ticks(
    browser: Browser,
    live_server: LiveServer,
    begun: UnitRegistration,
    who: User,
    size: tuple[int, int],
) -> None:
    page = opened(browser, live_server, who, size=size)
    page.goto(TEAM)
    quiz = page.locator('[data-tally="quiz"]')
    boxes = page.locator('input[name="quiz"]')
    expect(quiz).to_contain_text("0 trong tối đa 3 người")
    for at in range(4):
        boxes.nth(at).check()
    expect(quiz).to_contain_text("4 trong tối đa 3 người")
    expect(quiz.get_by_text("Quá số người")).to_be_visible()
    page.get_by_role("button", name="Lưu đội thi").click()
    told = page.get_by_text("có tối đa 3 người của đội này; đang chọn 4.")
    expect(told).to_be_visible()
    expect(page.get_by_text("Xin chọn đội trưởng.")).to_be_visible()
    faultless(page, "team-refused")
    page.get_by_label("Tên đội").fill("Đội Gia Nghĩa")
    page.locator('input[name="leader"]').first.check()
    boxes.nth(3).uncheck()
    expect(quiz.get_by_text("Quá số người")).to_be_hidden()
    page.get_by_role("button", name="Lưu đội thi").click()
    expect(page.get_by_text("Đã lưu đội thi.")).to_be_visible()
    expect(boxes.nth(2)).to_be_checked()
    faultless(page, "team")


def test_without_scripts_the_server_counts_and_refuses(
    browser: Browser, live_server: LiveServer, begun: UnitRegistration, who: User
) -> None:
    page = opened(browser, live_server, who, size=PHONE, scripts=False)
    page.goto(TEAM)
    for at in range(4):
        page.locator('input[name="quiz"]').nth(at).check()
    page.locator('input[name="leader"]').first.check()
    page.get_by_role("button", name="Lưu đội thi").click()
    expect(page.locator('[data-tally="quiz"]')).to_contain_text("4 trong tối đa 3 người")
    expect(page.get_by_text("đang chọn 4.")).to_be_visible()


@SIZES
def test_somebody_is_substituted_and_then_ticked_at_the_door(
    browser: Browser,
    live_server: LiveServer,
    begun: UnitRegistration,
    who: User,
    size: tuple[int, int],
) -> None:
    accept(begun, who)
    page = opened(browser, live_server, who, size=size)
    page.goto(TEAM)
    page.get_by_role("link", name="Thay người").click()
    page.get_by_label("Người ra").select_option(index=1)
    page.get_by_label("Người vào thay").select_option(index=1)
    page.get_by_label("Lý do").fill("Ốm đột xuất")
    faultless(page, "substitute")
    page.get_by_role("button", name="Ghi việc thay người").click()
    expect(page.get_by_text("Đã ghi việc thay người.")).to_be_visible()
    expect(page.get_by_text("Lý do: Ốm đột xuất")).to_be_visible()
    faultless(page, "team-changed")
    page.goto(DOOR)
    expect(page.get_by_text("Có mặt 0/8")).to_be_visible()
    page.get_by_role("button", name="Có mặt: ").nth(2).click()
    expect(page.get_by_text("Có mặt 1/8")).to_be_visible()
    expect(page.get_by_role("button", name="Bỏ điểm danh: ")).to_be_in_viewport()
    faultless(page, "door")


@SIZES
def test_a_solution_is_handed_in_twice_read_and_approved(
    browser: Browser,
    live_server: LiveServer,
    begun: UnitRegistration,
    who: User,
    size: tuple[int, int],
) -> None:
    page = opened(browser, live_server, who, size=size)
    page.goto(TEAM)
    page.get_by_role("link", name="Bài nộp trước hội thi").click()
    faultless(page, "texts")
    for summary in ("Tra hồ sơ.", "Tra hồ sơ bằng mã QR trên giấy hẹn."):
        page.get_by_role("link", name="Nộp ").first.click()
        page.get_by_label("Tên bài").fill("Một cửa trên điện thoại")
        page.get_by_label("Tóm tắt").fill(summary)
        faultless(page, "hand-in")
        page.get_by_role("button", name="Nộp bài dự thi").click()
        expect(page.get_by_text("Chờ đọc")).to_be_visible()
    page.goto("/ban-to-chuc/daknong-2023/bai-nop/")
    faultless(page, "all-texts")
    page.locator("a.row").first.click()
    expect(page.get_by_text("mã QR trên giấy hẹn")).to_be_visible()
    page.get_by_role("button", name="Duyệt bài").click()
    expect(page.get_by_text("Đã duyệt bài.")).to_be_visible()
    faultless(page, "text")
    page.goto("/ban-to-chuc/daknong-2023/bai-nop/sang-kien/")
    expect(page.get_by_role("link", name="Một cửa trên điện thoại")).to_be_visible()
    faultless(page, "initiatives")
