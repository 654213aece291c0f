"""What can happen to a contestant: reloads, no network, tabs, devices, a dead hall, the end."""

from __future__ import annotations

import re
from itertools import count

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from hoithi.hall.store.api import OrderKind
from hoithi.rules.codes import code_tag
from hoithi.rules.paper import AttemptRule
from tests.browser.chromium import NewPage
from tests.browser.exam_scene import POLICY, PREDICTION, Contestant, NewHall, stored_answers
from tests.hall.scene import SECRET, HallProcess, code, now_ms, order

pytestmark = pytest.mark.browser
LINES = count(1)
THANKS = "Đã nộp bài. Cảm ơn anh/chị đã tham gia!"


def test_a_reload_brings_back_the_same_place(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES)).come_with_slip()
    phone.reload()
    person.press("Đúng, tiếp tục")
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    person.choose("C")
    person.sees_saved()
    person.go_to(3)
    person.press("Đánh dấu")
    person.choose("B")
    person.sees_saved()
    phone.reload()
    person.sees_question(3)
    assert person.chosen() == "B"
    expect(phone.locator(".status")).to_have_text("Đã lưu")
    expect(phone.get_by_role("button", name="Đánh dấu", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    assert person.dots() == ["saved", "empty", "saved"] + ["empty"] * 5
    assert stored_answers(hall, person.line) == [2, -1, 1, -1, -1, -1, -1, -1]


def test_answers_given_without_network_arrive_in_order(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    phone.context.set_offline(True)
    for number, letter in enumerate("ABCD", start=1):
        person.go_to(number)
        person.choose(letter)
    person.choose("A")
    person.sees("Chờ mạng: sẽ tự gửi")
    expect(phone.locator("#net")).to_have_text(
        "Mất kết nối. 4 câu trả lời đang chờ và sẽ tự gửi khi có mạng."
    )
    assert person.dots() == ["waiting"] * 4 + ["empty"] * 4
    phone.context.set_offline(False)
    person.sees_saved()
    expect(phone.locator("#net")).to_be_hidden()
    assert person.dots() == ["saved"] * 4 + ["empty"] * 4
    assert stored_answers(hall, person.line) == [0, 1, 2, 0, -1, -1, -1, -1]


def test_handing_in_without_network_happens_when_it_is_back(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    phone.context.set_offline(True)
    person.choose("D")
    phone.locator(".actions").get_by_role("button", name="Xem lại").click()
    person.press("Nộp bài")
    band = phone.locator("#net")
    expect(band).to_have_text("Mất kết nối. Bài sẽ tự nộp khi có mạng, anh/chị không cần bấm lại.")
    person.press("Trở lại bài làm")
    person.sees_question(1)
    expect(band).to_have_text("Mất kết nối. 1 câu trả lời đang chờ và sẽ tự gửi khi có mạng.")
    phone.locator(".actions").get_by_role("button", name="Xem lại").click()
    person.press("Nộp bài")
    expect(phone.get_by_role("button", name="Đang nộp bài…")).to_be_disabled()
    phone.context.set_offline(False)
    person.sees(THANKS)
    person.sees(re.compile("^Đã ghi 1/8 câu trả lời"))


def test_going_back_to_the_paper_takes_the_wish_to_hand_in_back(
    hall: HallProcess, phone: Page
) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    phone.context.set_offline(True)
    person.choose("D")
    phone.locator(".actions").get_by_role("button", name="Xem lại").click()
    person.press("Nộp bài")
    person.press("Trở lại bài làm")
    phone.context.set_offline(False)
    person.sees_saved()
    person.go_to(2)
    person.choose("A")
    person.sees_saved()
    assert stored_answers(hall, person.line) == [3, 0, -1, -1, -1, -1, -1, -1]


def test_a_second_tab_stores_nothing_until_it_is_made_the_first(
    hall: HallProcess, phone: Page
) -> None:
    first = Contestant(phone, hall, next(LINES)).start()
    first.choose("A")
    first.sees_saved()
    second = Contestant(phone.context.new_page(), hall, first.line)
    second.page.goto(second.address)
    told = "Bài thi đang mở ở thẻ khác của trình duyệt. Thẻ này không ghi câu trả lời."
    second.sees(told)
    expect(second.page.locator(".option")).to_have_count(0)
    first.choose("B")
    first.sees_saved()
    second.press("Làm bài ở thẻ này")
    second.sees_question(1)
    assert second.chosen() == "B"
    first.sees(told)
    expect(first.page.locator(".option")).to_have_count(0)
    second.choose("C")
    second.sees_saved()
    assert stored_answers(hall, first.line) == [2, -1, -1, -1, -1, -1, -1, -1]


def test_a_second_device_takes_over_and_what_is_newer_stands(
    hall: HallProcess, new_phone: NewPage
) -> None:
    old = Contestant(new_phone(), hall, next(LINES)).start()
    old.choose("A")
    old.sees_saved()
    old.page.context.set_offline(True)
    old.go_to(2)
    old.choose("B")
    old.go_to(3)
    old.choose("C")
    new = Contestant(new_phone(), hall, old.line).come_with_slip()
    new.press("Tiếp tục làm bài")
    new.sees(
        "Bài thi đang mở trên một máy khác. Nếu tiếp tục ở đây, máy kia sẽ không ghi thêm được"
        " câu trả lời nào."
    )
    new.press("Tiếp tục trên máy này")
    new.sees_question(1)
    assert new.chosen() == "A"
    new.go_to(2)
    assert new.chosen() == ""
    new.choose("D")
    new.sees_saved()
    old.page.context.set_offline(False)
    old.sees("Bài thi đã được chuyển sang máy khác. Máy này không ghi thêm câu trả lời.")
    old.press("Tiếp tục trên máy này")
    old.sees_question(3)
    old.sees_saved()
    assert old.chosen() == "C"
    old.go_to(2)
    assert old.chosen() == "D"
    assert stored_answers(hall, old.line) == [0, 3, 2, -1, -1, -1, -1, -1]


def test_a_hall_killed_while_somebody_answers_loses_nothing(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall()
    person = Contestant(phone, hall, 1).start()
    person.choose("A")
    person.sees_saved()
    hall.kill()
    for number, letter in ((2, "B"), (3, "C"), (4, "D")):
        person.go_to(number)
        person.choose(letter)
    person.sees("Chờ mạng: sẽ tự gửi")
    hall.start()
    person.sees_saved()
    assert person.dots() == ["saved"] * 4 + ["empty"] * 4
    assert stored_answers(hall, 1) == [0, 1, 2, 3, -1, -1, -1, -1]


def test_a_page_opened_while_the_hall_is_out_of_reach_keeps_trying(
    hall: HallProcess, phone: Page
) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    person.go_to(5)
    phone.route("**/v1/**", lambda route: route.abort())
    phone.reload()
    person.sees("Chưa kết nối được với phòng thi. Vui lòng kiểm tra mạng rồi thử lại.")
    phone.unroute("**/v1/**")
    person.sees_question(5)


def test_a_browser_that_keeps_nothing_still_saves_and_says_so(
    hall: HallProcess, phone: Page
) -> None:
    phone.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }})"
    )
    person = Contestant(phone, hall, next(LINES)).start()
    expect(phone.locator("#net")).to_have_text(
        "Trình duyệt không cho lưu tạm. Vui lòng không đóng trang khi đang mất mạng."
    )
    person.choose("B")
    person.sees_saved()
    assert stored_answers(hall, person.line) == [1, -1, -1, -1, -1, -1, -1, -1]


def test_a_wrong_prediction_is_not_handed_in_by_mistake(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, prediction=PREDICTION))
    person = Contestant(phone, hall, 1).start()
    phone.locator(".actions").get_by_role("button", name="Xem lại").click()
    prediction = phone.get_by_label(PREDICTION.prompt)
    prediction.fill("200.000")
    person.press("Nộp bài")
    person.sees("Nhập một số từ 1 đến 100.000.")
    expect(prediction).to_be_focused()
    prediction.fill("1.250")
    person.press("Nộp bài")
    person.sees(THANKS)


def test_another_attempt_is_offered_as_often_as_the_rules_allow(
    new_hall: NewHall, phone: Page
) -> None:
    hall = new_hall(replace(POLICY, attempts=AttemptRule(2, "round", 420, [])))
    person = Contestant(phone, hall, 1).start()
    person.choose("A")
    person.sees_saved()
    hand_in(person)
    phone.reload()
    person.press("Thi thêm lượt nữa")
    person.sees("8 câu hỏi, 20 phút. Còn 1 lượt thi.")
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    assert person.dots() == ["empty"] * 8
    hand_in(person)
    expect(phone.get_by_role("button", name="Thi thêm lượt nữa")).to_have_count(0)


def hand_in(person: Contestant) -> None:
    person.page.locator(".actions").get_by_role("button", name="Xem lại").click()
    person.press("Nộp bài")
    person.sees(THANKS)


def test_the_end_of_time_hands_in_by_itself(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, duration_ms=1500, grace_ms=200))
    person = Contestant(phone, hall, 1).start()
    person.choose("C")
    person.sees_saved()
    person.sees("Hết giờ. Đang nhận biên nhận từ máy chủ…")
    person.sees("Hết giờ làm bài. Bài của anh/chị đã được nộp tự động.")
    person.sees(re.compile("^Đã ghi 1/8 câu trả lời"))
    expect(phone.locator(".receipt .code")).to_have_text(re.compile(r"^[0-9A-Z-]{19}$"))


def test_minutes_granted_after_the_end_reopen_the_paper(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, duration_ms=1500, grace_ms=60_000))
    person = Contestant(phone, hall, 1).start()
    person.go_to(2)
    person.sees("Hết giờ. Đang nhận biên nhận từ máy chủ…")
    order(hall.control, OrderKind.EXTRA_TIME, line=1, amount=240_000)
    person.sees_question(2)
    person.choose("A")
    person.sees_saved()
    assert stored_answers(hall, 1) == [-1, 0, -1, -1, -1, -1, -1, -1]


def test_the_time_turns_serious_at_five_minutes_and_at_one(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, duration_ms=61_000))
    person = Contestant(phone, hall, 1).start()
    time = phone.locator("#time")
    expect(time).to_have_attribute("data-hurry", "5")
    expect(phone.get_by_role("alert")).to_have_text("Còn 5 phút.")
    expect(time).to_have_attribute("data-hurry", "1")
    expect(phone.get_by_role("alert")).to_have_text("Còn 1 phút.")
    person.sees(re.compile("^Còn 00:5[0-9]$|^Còn 01:00$"))


def test_the_waiting_room_opens_by_itself_when_the_desk_opens(
    new_hall: NewHall, phone: Page
) -> None:
    hall = new_hall(opens_in_ms=3_600_000)
    person = Contestant(phone, hall, 1).come_with_slip()
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees("Chưa đến giờ mở phòng thi")
    person.sees(re.compile(r"^Mở lúc \d\dh\d\d ngày \d\d/\d\d/\d{4}$"))
    phone.reload()
    person.press("Đúng, tiếp tục")
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees(re.compile(r"^(59|60):\d\d$|^1:00:00$"))
    order(hall.control, OrderKind.OPEN_AT, amount=now_ms() - 1)
    person.sees_question(1)


def test_a_slip_that_was_replaced_is_told_at_once(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall()
    person = Contestant(phone, hall, 1).start()
    order(
        hall.control, OrderKind.REISSUE, line=1, amount=2, text=code_tag(SECRET, code(1, 2)).hex()
    )
    person.sees("Mã này đã được thay bằng phiếu mới. Vui lòng dùng phiếu mới nhất.")
    phone.get_by_label("Mã dự thi").fill(code(1, 2))
    person.press("Vào phòng thi")
    person.press("Đúng, tiếp tục")
    person.press("Tiếp tục làm bài")
    person.sees_question(1)
