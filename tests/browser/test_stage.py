"""A day on stage in real browsers: the console, the big screen, judges' phones, the audience."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import NewPage
from tests.browser.stage_people import SCREEN, Judge, Secretary, page_of
from tests.stage.desk import PUBLIC, Desk, running_desk

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running_desk(tmp_path) as running:
        yield running


def test_a_draw_is_shown_step_by_step_and_drawn_again_on_a_phone(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    secretary = Secretary(page_of(desk, browser), desk)
    screen = page_of(desk, browser, size=SCREEN)
    screen.goto(f"{PUBLIC}man-hinh/")
    secretary.press("lots_commit", lots="order")
    commitment = desk.state.lots["order"].commitment
    expect(screen.locator(".steps code").first).to_have_text(commitment)
    secretary.fill("lots_number", "number", "20231010")
    secretary.press("lots_number")
    expect(screen.locator(".steps code").nth(1)).to_have_text("20231010")
    secretary.press("lots_draw")
    names = {"GN": "Gia Nghĩa", "CJ": "Cư Jút", "DM": "Đắk Mil"}
    called = {desk.day.teams[code]: name for code, name in names.items()}
    order = [called[entry] for entry in desk.state.lots["order"].order]
    expect(screen.locator(".drawn li")).to_have_text(
        [f"{at}{name}" for at, name in enumerate(order, start=1)]
    )
    phone = new_phone()
    phone.goto(f"{desk.url}{PUBLIC}boc-tham/")
    expect(phone.locator("[data-told]")).to_have_text(
        "Đã bốc thăm lại trên máy của bạn: vân tay và thứ tự đều đúng."
    )
    # A secret that was exchanged afterwards is found by every phone.
    page = phone.content().replace(desk.state.lots["order"].secret, "0" * 64)
    phone.route("**/boc-tham/", lambda route: route.fulfill(body=page, content_type="text/html"))
    phone.reload()
    expect(phone.locator("[data-told]")).to_contain_text("cho kết quả khác")


def test_a_judge_without_network_goes_on_and_everything_arrives_once(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    secretary = Secretary(page_of(desk, browser), desk)
    secretary.press("call", part="gioi-thieu", team=desk.day.teams["CJ"])
    judge = Judge(new_phone(), desk, "gk1")
    expect(judge.page.locator("#seat h1").first).to_have_text("Cư Jút")
    judge.mark("14,5", "8")
    expect(judge.page.locator("#seat p[role=status]")).to_have_text("Đã lưu")
    assert desk.state.turns[0].sheets["gk1"].is_confirmed is False
    judge.page.context.set_offline(offline=True)
    judge.mark("15", "8,5")
    assert judge.told == "Chờ mạng: sẽ tự gửi"
    judge.confirm()
    expect(judge.page.locator("#seat p[role=status]")).to_contain_text("Đã xác nhận tại máy này")
    # A part of the phone's own memory, so that a page that is closed loses nothing.
    kept = judge.page.evaluate("JSON.stringify(localStorage)")
    assert "15.00" in kept
    secretary.press("turn_end")
    secretary.press("call", part="gioi-thieu", team=desk.day.teams["DM"])
    judge.page.locator("nav.sheets button", has_text="Đắk Mil").first.click()
    judge.mark("12", "7")
    judge.confirm()
    assert desk.state.missing(desk.state.turns[0]) == ("gk1", "gk2", "gk3", "gk4", "gk5")
    judge.page.context.set_offline(offline=False)
    expect(judge.page.locator("#seat p[role=status]")).to_have_text(
        "Đã xác nhận và khóa", timeout=40_000
    )
    secretary.page.wait_for_timeout(200)
    sheets = [turn.sheets["gk1"] for turn in desk.state.turns]
    assert [(str(s.marks["noi-dung"]), str(s.marks["hinh-thuc"])) for s in sheets] == [
        ("15.00", "8.50"),
        ("12.00", "7.00"),
    ]
    assert all(sheet.is_confirmed for sheet in sheets)


def test_thirty_quick_steps_are_thirty_steps(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    Secretary(page_of(desk, browser), desk).press(
        "call", part="gioi-thieu", team=desk.day.teams["CJ"]
    )
    judge = Judge(new_phone(), desk, "gk1")
    more = judge.page.locator(".stepper button").nth(1)
    for _ in range(30):
        more.click()
    expect(judge.page.locator(".stepper input").first).to_have_value("14,5")
    expect(judge.page.locator("#seat p[role=status]")).to_have_text("Đã lưu")
    assert str(desk.state.turns[0].sheets["gk1"].marks["noi-dung"]) == "14.50"


def test_a_slip_stays_until_it_is_mended_and_a_sheet_goes_only_when_it_is_in(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    secretary = Secretary(page_of(desk, browser), desk)
    secretary.press("call", part="gioi-thieu", team=desk.day.teams["CJ"])
    judge, idle = Judge(new_phone(), desk, "gk1"), Judge(new_phone(), desk, "gk2")
    first, second = (judge.page.locator(".stepper input").nth(place) for place in (0, 1))
    confirm = judge.page.get_by_role("button", name="Xác nhận phiếu chấm")
    judge.mark("14,5", "8")
    judge.mark("145")
    # What comes next, a mark or the page itself anew, takes nothing of it away.
    second.fill("8,5")
    second.press("Tab")
    for _ in range(2):
        expect(first).to_have_value("145")
        expect(first).to_have_attribute("aria-invalid", "true")
        expect(confirm).to_be_disabled()
        expect(judge.status).to_have_text("Cần sửa: Nội dung")
        judge.page.reload()
    judge.mark("15")
    expect(confirm).to_be_enabled()
    judge.page.locator("details.note summary").click()
    judge.page.locator("details.note textarea").fill("Nói rõ")
    secretary.press("turn_end")
    secretary.press("call", part="gioi-thieu", team=desk.day.teams["DM"])
    # Who has marked nothing is taken along; a sheet that was begun stays, and it is said.
    expect(idle.page.locator("#seat h1")).to_have_text("Đắk Mil")
    told = judge.page.locator(".foot .band")
    expect(told).to_contain_text("Đang thi: Đắk Mil. Phiếu đang mở: Cư Jút.")
    expect(judge.page.locator("#seat h1")).to_have_text("Cư Jút")
    judge.confirm()
    expect(judge.page.locator("#seat h1")).to_have_text("Đắk Mil")
    expect(told).to_be_hidden()
    sheet = desk.state.turns[0].sheets["gk1"]
    assert (sheet.is_confirmed, str(sheet.marks["noi-dung"])) == (True, "15.00")
    judge.page.locator("nav.sheets button", has_text="Cư Jút").first.click()
    expect(judge.page.locator("details.note textarea")).to_have_value("Nói rõ")
    # The same slip again opens what is there; another code asks before it takes its place.
    for key, asked in (("gk1", False), ("gk3", True)):
        judge.page.goto("about:blank")
        judge.page.goto(f"{desk.url}{PUBLIC}giam-khao/#{desk.day.codes[key]}")
        expect(judge.page.locator("#enter")).to_be_visible(visible=asked)
    expect(judge.page.locator("#enter [role=alert]")).to_contain_text("đang mở cho Giám khảo 1")
    judge.page.get_by_role("button", name="Mở", exact=True).click()
    expect(judge.page.locator("#who")).to_have_text("Giám khảo 3")


def test_quick_presses_count_one_after_the_other_and_a_double_click_once(
    browser: Browser, desk: Desk
) -> None:
    secretary = Secretary(page_of(desk, browser), desk)
    secretary.press("call", part="gioi-thieu", team=desk.day.teams["CJ"])
    expect(secretary.page.get_by_role("heading", name="Cư Jút đang thi")).to_be_visible()
    # The page of the secretary does not come to see what the first press has made of it.
    secretary.page.evaluate(
        """() => {
            const button = (name) => document.querySelector(
                `form.press:has(input[name=do][value=${name}]) button`);
            button("clock_start").click();
            button("clock_start").click();
            button("turn_end").click();
        }"""
    )
    expect(secretary.page.get_by_role("heading", name="Cư Jút đã xong")).to_be_visible()
    assert secretary.page.locator("#told").inner_text() == ""
    assert (desk.state.turns[0].is_on, desk.state.turns[0].running_ms) == (False, 0)


def test_a_console_follows_what_others_do_while_something_is_typed_there(
    browser: Browser, desk: Desk
) -> None:
    secretary = Secretary(page_of(desk, browser), desk)
    secretary.press("call", part="gioi-thieu", team=desk.day.teams["CJ"])
    secretary.press("clock_start")
    # A letter is left in a field that is folded away, and another one is being typed in.
    folded = secretary.page.locator("details:has(input[value=turn_void])").first
    folded.locator("summary").click()
    folded.locator("input[name=reason]").fill("k")
    folded.locator("summary").click()
    secretary.fill("clock_set", "reason", "Bấm muộn")
    chair = Secretary(page_of(desk, browser, who="chair"), desk)
    chair.press("clock_stop")
    start = secretary.page.locator("form.press:has(input[value=clock_start]) button")
    expect(start).to_be_visible()
    expect(folded.locator("input[name=reason]")).to_have_value("k")
    typed = secretary.page.locator("form:has(input[value=clock_set]) input[name=reason]")
    expect(typed).to_be_focused()
    expect(typed).to_have_value("Bấm muộn")
    secretary.press("clock_start")
    assert secretary.page.locator("#told").inner_text() == ""
    # By keys: the button that was pressed keeps the focus, so that Enter goes on.
    programme = secretary.page.locator("form.press:has(input[value=programme]) button")
    programme.focus()
    for _ in range(2):
        with secretary.page.expect_response(re.compile("/lenh/$")):
            secretary.page.keyboard.press("Enter")
        expect(programme).to_have_attribute("aria-pressed", "true")
        expect(programme).to_be_focused()
    line = secretary.page.locator("#line")
    expect(line).to_be_hidden()
    secretary.page.context.set_offline(offline=True)
    expect(line).to_contain_text("Mất liên lạc với máy chủ")
    secretary.page.context.set_offline(offline=False)
    expect(line).to_have_text("Đã nối lại với máy chủ.")


def test_a_line_that_dies_without_a_word_is_noticed_and_mended(
    browser: Browser, desk: Desk
) -> None:
    screen = page_of(desk, browser, size=SCREEN)
    screen.clock.install()
    screen.goto(f"{PUBLIC}man-hinh/")
    expect(screen.locator("#stage h1")).to_be_visible()
    # The line is open and silent; the next one finds nobody.
    screen.route("**/song", lambda route: None)
    screen.clock.fast_forward(19_000)
    expect(screen.locator("#line")).to_be_hidden()
    screen.clock.fast_forward(3_000)
    expect(screen.locator("#line")).to_be_visible()
    screen.unroute_all()
    screen.clock.fast_forward(9_000)
    expect(screen.locator("#line")).to_be_hidden()


def test_a_question_goes_from_packet_to_key_on_screen_tablet_and_phone(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    secretary = Secretary(page_of(desk, browser), desk)
    screen = page_of(desk, browser, size=SCREEN)
    screen.goto(f"{PUBLIC}man-hinh/")
    secretary.draw("packets:kien-thuc")
    secretary.press("call", part="kien-thuc", team=desk.day.teams["GN"])
    secretary.press("ask")
    secretary.press("time")
    tablet = new_phone()
    code = desk.day.codes[desk.day.teams["GN"]]
    tablet.goto(f"{desk.url}{PUBLIC}doi-thi/#{code}")
    tablet.get_by_role("button", name="Mở", exact=True).click()
    tablet.locator(".options button").nth(1).click()
    expect(tablet.locator(".options button").nth(1)).to_contain_text("câu trả lời của đội")
    # So it does after the tablet is loaded anew.
    tablet.reload()
    expect(tablet.locator(".options button").nth(1)).to_contain_text("câu trả lời của đội")
    expect(screen.locator(".replies")).to_have_text("Đã trả lời: Gia Nghĩa")
    expect(screen.locator(".options .right")).to_have_count(0)
    # The screen is loaded anew in the middle and shows the same.
    screen.reload()
    expect(screen.locator(".replies")).to_have_text("Đã trả lời: Gia Nghĩa")
    assert screen.evaluate(
        "document.getElementById('stage').scrollHeight"
        " <= document.getElementById('stage').clientHeight + 1"
    )
    secretary.press("key")
    expect(screen.locator(".options .right")).to_have_count(1)
    right = desk.state.turns[0].questions[0].right[0]
    expect(screen.locator(".options li").nth(right)).to_have_class("right")
    audience = new_phone()
    audience.goto(desk.url + PUBLIC)
    expect(audience.locator(".options .right")).to_have_count(1)


def test_after_a_power_cut_screen_and_judge_go_on_where_they_stood(
    browser: Browser, new_phone: NewPage, desk: Desk
) -> None:
    secretary = Secretary(page_of(desk, browser), desk)
    screen = page_of(desk, browser, size=SCREEN)
    screen.goto(f"{PUBLIC}man-hinh/")
    secretary.press("call", part="gioi-thieu", team=desk.day.teams["CJ"])
    secretary.press("clock_start")
    judge = Judge(new_phone(), desk, "gk1")
    judge.mark("14,5")
    expect(judge.page.locator("#seat p[role=status]")).to_have_text("Đã lưu")
    before = desk.state
    desk.kill()
    judge.mark("15")
    expect(judge.page.locator("#seat p[role=status]")).to_have_text("Chờ mạng: sẽ tự gửi")
    expect(screen.locator("#line")).to_be_visible()
    expect(screen.locator(".digits")).to_have_text(re.compile(r"4:\d\d"))
    desk.start()
    expect(judge.page.locator("#seat p[role=status]")).to_have_text("Đã lưu", timeout=40_000)
    expect(screen.locator("#line")).to_be_hidden(timeout=40_000)
    after = desk.state
    assert after.turns[0].running_ms == before.turns[0].running_ms
    assert str(after.turns[0].sheets["gk1"].marks["noi-dung"]) == "15.00"
    secretary.page.reload()
    secretary.press("clock_stop")
    assert desk.state.turns[0].elapsed_ms > 0
    # A monitor on stage has the time, whatever the hall sees.
    monitor = page_of(desk, browser)
    monitor.goto(f"{PUBLIC}man-hinh/#dong-ho")
    secretary.press("scene", scene="programme")
    expect(screen.locator(".programme")).to_be_visible()
    expect(monitor.locator(".digits")).to_have_text(re.compile(r"4:\d\d"))
