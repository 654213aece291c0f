"""Certificates are printed before the eyes of who asked: what the page says stays true."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from hoithi.jobs.actions import work_off
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.test_registration import DESKTOP, PHONE, opened
from tests.portal.scene import publish_online, record, secretary

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAPERS = "/ban-to-chuc/daknong-2023/vong/truc-tuyen/ket-qua/phien-ban/1/giay-to/"
PRINTED = f"**{PAPERS}"


@pytest.mark.parametrize(("scripts", "size"), [(True, PHONE), (True, DESKTOP), (False, DESKTOP)])
def test_the_page_tells_of_the_numbered_certificates_when_they_are(
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
    scripts: bool,
    size: tuple[int, int],
) -> None:
    settings.FILES = tmp_path
    contest = factories.contest()
    names = ("Nguyễn Văn Một", "Y Blô Niê")
    people = [factories.entry(contest, "GN", each, f"GN-{at:03d}") for at, each in enumerate(names)]
    record(contest, (people[0], "30", 500), (people[1], "29", 500))
    committee = secretary(contest)
    publish_online(contest, committee)
    page = opened(browser, live_server, committee, size=size, scripts=scripts)
    page.goto(PAPERS)
    expect(page.get_by_text("Chưa vào số")).to_be_visible()
    page.get_by_role("button", name="Vào số và in tất cả giấy chứng nhận").click()
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_text("Chưa vào số")).to_have_count(0)
    if scripts:
        with page.expect_response(PRINTED):
            pass
    page.context.set_offline(True)  # the worker shares the connection of the server
    assert work_off() == 1
    page.context.set_offline(False)
    if not scripts:
        page.get_by_role("link", name="Xem tiến độ").click()

    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_text("Chưa vào số")).to_have_count(0)
    expect(page.locator("progress")).to_have_count(0)
    expect(page.get_by_role("rowheader")).to_have_text(names)
    expect(page.get_by_role("link", name="Tất cả giấy chứng nhận")).to_be_visible()
    expect(page.locator('a[href$="/giay-chung-nhan/2.pdf"]')).to_be_visible()
    expect(page.get_by_role("button", name="Vào số và in lại")).to_be_visible()
    expect(page.locator(".messages")).to_have_count(0)
    if scripts:
        assert broken_rules(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]

    page.goto("/")
    page.go_back()
    expect(page.get_by_role("row")).to_have_count(3)


def test_the_page_is_not_kept_by_a_browser(browser: Browser, live_server: LiveServer) -> None:
    contest = factories.contest()
    record(contest, (factories.entry(contest, "GN", "Nguyễn Văn Một", "GN-001"), "30", 500))
    committee = secretary(contest)
    publish_online(contest, committee)
    page = opened(browser, live_server, committee)
    answer = page.goto(PAPERS)
    assert answer is not None
    assert "no-store" in answer.headers["cache-control"]
