"""A unit's list in a real browser: mended cell by cell, with and without scripts, on any screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.models import Entry
from hoithi.entries.samples import load_samples
from hoithi.jobs.actions import work_off
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from tests import factories
from tests.browser.accessibility import bring_rules, broken_rules
from tests.entries.scene import ONLINE, begin, listed, people, save
from tests.entries.tables import table
from tests.entries.workbooks import workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UNIT = "/don-vi/daknong-2023/GN/"
LIST = f"{UNIT}danh-sach/{ONLINE}/"
DESK = "/ban-to-chuc/daknong-2023/dang-ky/"
PHONE, DESKTOP = (360, 740), (1280, 800)


@pytest.fixture
def contest() -> Contest:
    """Gia Nghĩa has begun its list; all others are samples."""
    made = factories.contest()
    save(begin(made, now=factories.now()), people(2), now=factories.now())
    load_samples(made, factories.now())
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A list with a cell that has a proposal, one without, and a doubt."""
    path = tmp_path / "ds.xlsx"
    rows = [listed(1, name="NGUYỄN VĂN AN"), listed(2, birth="31/02/1990"), listed(3, name="An")]
    path.write_bytes(workbook(rows))
    return path


def organiser(contest: Contest) -> User:
    """Somebody who may see both the unit's pages and the organiser's."""
    return _with_unit(factories.user("Trần Văn Tổ", contest.key, Role.ORGANISER), contest)


def colleague(contest: Contest) -> User:
    """Another officer of the same unit."""
    return _with_unit(factories.user("Lê Thị Hoa", contest.key), contest)


def _with_unit(who: User, contest: Contest) -> User:
    scope = unit_scope(unit_by_code(contest, "GN").pk)
    give(
        user=who,
        role=Role.UNIT_OFFICER,
        scope=scope,
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return who


def opened(
    browser: Browser,
    server: LiveServer,
    who: User,
    *,
    size: tuple[int, int] = DESKTOP,
    scripts: bool = True,
) -> Page:
    """A page of somebody who is signed in."""
    client = factories.sign_in(Client(), who)
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": size[0], "height": size[1]},
        locale="vi-VN",
        java_script_enabled=scripts,
    )
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])
    return context.new_page()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_is_sent_mended_and_saved_with_and_without_scripts(
    browser: Browser, live_server: LiveServer, contest: Contest, file: Path, scripts: bool
) -> None:
    page = opened(browser, live_server, organiser(contest), size=PHONE, scripts=scripts)
    page.goto(LIST)
    page.get_by_label("Tệp danh sách").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    status = page.get_by_role("status").first
    expect(status).to_have_text("Còn 2 ô cần sửa, thiếu 27 người so với tối thiểu 30.")
    page.get_by_role("button", name="NGUYỄN VĂN AN → Nguyễn Văn An").click()
    expect(status).to_have_text("Còn 1 ô cần sửa, thiếu 27 người so với tối thiểu 30.")
    page.get_by_label("Ngày sinh, C7").fill("28/02/1990")
    page.get_by_role("button", name="Ghi vào ô").first.click()
    expect(status).to_have_text("Thiếu 27 người so với tối thiểu 30.")
    page.get_by_role("button", name="Lưu danh sách").click()
    expect(page.locator(".heading p")).to_have_text("3 người trong danh sách, tối thiểu 30")


@pytest.mark.parametrize(("scripts", "size"), [(True, PHONE), (False, PHONE), (True, DESKTOP)])
def test_a_long_list_is_worked_on_before_the_officers_eyes(
    browser: Browser,
    live_server: LiveServer,
    contest: Contest,
    tmp_path: Path,
    scripts: bool,
    size: tuple[int, int],
) -> None:
    file = tmp_path / "ds.csv"
    file.write_bytes(table([listed(number) for number in range(1, 521)]))
    page = opened(browser, live_server, organiser(contest), size=size, scripts=scripts)
    page.goto(LIST)
    page.get_by_label("Tệp danh sách").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    expect(page.get_by_role("heading", name="Đọc và kiểm tra danh sách")).to_be_visible()
    expect(page.locator("progress")).to_be_visible()
    if scripts:
        assert broken_rules(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    _worked_on(page, scripts=scripts)
    expect(page.get_by_role("heading", name="Sửa danh sách")).to_be_visible()
    page.get_by_role("button", name="Lưu danh sách").click()
    expect(page.get_by_role("heading", name="Lưu danh sách")).to_be_visible()
    _worked_on(page, scripts=scripts)
    expect(page.locator(".heading p")).to_have_text("520 người trong danh sách, tối thiểu 30")
    expect(page.get_by_text("Đã lưu danh sách.")).to_be_visible()


def _worked_on(page: Page, *, scripts: bool) -> None:
    """The worker does what waits, while the page asks for nothing: both share one connection."""
    if scripts:
        with page.expect_response(lambda answer: "/cong-viec/" in answer.url):
            pass
    page.context.set_offline(True)
    assert work_off() == 1
    page.context.set_offline(False)
    if not scripts:
        page.get_by_role("link", name="Xem tiến độ").click()


def test_taking_a_proposal_does_not_move_the_page(
    browser: Browser, live_server: LiveServer, contest: Contest, file: Path
) -> None:
    page = opened(browser, live_server, organiser(contest), size=PHONE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(LIST)
    page.get_by_label("Tệp danh sách").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    button = page.get_by_role("button", name="NGUYỄN VĂN AN → Nguyễn Văn An")
    button.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    button.click()
    expect(button).to_have_count(0)
    assert page.evaluate("scrollY") == before
    assert page.url.endswith("/sua/")
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_who_has_mended_a_cell_stands_at_the_next(
    browser: Browser, live_server: LiveServer, contest: Contest, tmp_path: Path, scripts: bool
) -> None:
    rows = [listed(number, birth="31/02/1990") for number in range(1, 13)]
    page = opened(browser, live_server, organiser(contest), size=PHONE, scripts=scripts)
    _sent(page, tmp_path / "ds.xlsx", rows)
    page.get_by_label("Ngày sinh, C9").fill("28/02/1990")
    page.get_by_label("Ngày sinh, C9").press("Enter")
    expect(page.locator("#o-9-birth")).to_have_count(0)
    expect(page.locator("#o-10-birth")).to_be_focused()
    expect(page.locator("#o-10-birth")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Ngày sinh, C10")).to_be_focused()


@pytest.mark.parametrize(("scripts", "size"), [(True, PHONE), (False, PHONE), (True, DESKTOP)])
def test_a_page_of_a_list_that_was_replaced_changes_nothing_and_says_so(
    browser: Browser,
    live_server: LiveServer,
    contest: Contest,
    tmp_path: Path,
    scripts: bool,
    size: tuple[int, int],
) -> None:
    page = opened(browser, live_server, organiser(contest), size=size, scripts=scripts)
    _sent(page, tmp_path / "bad.xlsx", [listed(1), listed(2, birth="31/02/1990")])
    other = opened(browser, live_server, colleague(contest), scripts=scripts)
    _sent(other, tmp_path / "other.xlsx", [listed(11), listed(12, birth="30/02/1990")])
    page.get_by_label("Ngày sinh, C7").fill("28/02/1990")
    page.get_by_role("button", name="Ghi vào ô").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Lê Thị Hoa đã tải lên tệp khác, “other.xlsx”")
    expect(alert).to_be_in_viewport()
    expect(page.get_by_label("Ngày sinh, C7")).to_have_value("30/02/1990")
    if scripts:
        expect(alert).to_be_focused()
        assert broken_rules(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    page.get_by_role("button", name="Bỏ dòng 7").click()
    expect(page.get_by_text("Dòng 7 · Trần Thị Bình Chi")).to_be_visible()


def _sent(page: Page, file: Path, rows: Sequence[Mapping[str, str]]) -> None:
    file.write_bytes(workbook(rows))
    page.goto(LIST)
    page.get_by_label("Tệp danh sách").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    expect(page.get_by_role("heading", name="Sửa danh sách")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_every_page_keeps_the_rules_of_accessibility_and_its_width(
    browser: Browser,
    live_server: LiveServer,
    contest: Contest,
    file: Path,
    size: tuple[int, int],
) -> None:
    page = opened(browser, live_server, organiser(contest), size=size)
    bring_rules(page.context)
    page.goto(LIST)
    page.get_by_label("Tệp danh sách").set_input_files(file)
    page.get_by_role("button", name="Kiểm tra danh sách").click()
    expect(page.get_by_role("heading", name="Sửa danh sách")).to_be_visible()
    entry = f"/ban-to-chuc/daknong-2023/luot/{Entry.objects.get(number='CJ-001').public_id}/"
    found = {}
    for path in (
        f"{LIST}sua/",
        LIST,
        UNIT,
        f"{UNIT}hinh-thuc/",
        f"{UNIT}nop/",
        DESK,
        f"{DESK}CJ/",
        f"{DESK}GN/gia-han/",
        entry,
        f"{entry}thay/",
    ):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth") > size[0]
        found[path] = broken_rules(page) + (["wider than the screen"] if wide else [])
    assert {path: faults for path, faults in found.items() if faults} == {}
