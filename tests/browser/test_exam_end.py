"""The window in time: waiting for it, its end, minutes granted, attempts void or over."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from hoithi.hall.formats import Kind
from hoithi.hall.store.api import OrderKind
from hoithi.rules.codes import code_tag
from hoithi.rules.paper import AttemptRule
from tests.browser.exam_scene import (
    POLICY,
    PREDICTION,
    THANKS,
    Contestant,
    NewHall,
    journal_rows,
    late_answers,
    stored_answers,
    wait_for_end,
)
from tests.hall.scene import SECRET, code, now_ms, order

pytestmark = pytest.mark.browser
SHORT = replace(POLICY, duration_ms=4000, grace_ms=200)
LONGER = replace(SHORT, duration_ms=8000)  # time to answer without network
MORE_TIME = "Ban Tổ chức đã cho thêm thời gian. Anh/chị tiếp tục làm bài."
TIME_OVER = "Hết giờ làm bài. Bài của anh/chị đã được nộp tự động."


def test_the_end_of_time_hands_in_by_itself(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(SHORT)
    person = Contestant(phone, hall, 1).start()
    person.choose("C")
    person.sees_saved()
    person.sees("Hết giờ. Đang nhận biên nhận từ máy chủ…")
    person.sees(TIME_OVER)
    person.sees(re.compile("^Đã ghi 1/8 câu trả lời"))
    expect(phone.locator(".receipt .code")).to_have_text(re.compile(r"^[0-9A-Z-]{19}$"))


def test_minutes_granted_before_the_receipt_reopen_the_paper(
    new_hall: NewHall, phone: Page
) -> None:
    hall = new_hall(replace(POLICY, duration_ms=1500, grace_ms=60_000))
    person = Contestant(phone, hall, 1).start()
    person.go_to(2)
    person.sees("Hết giờ. Đang nhận biên nhận từ máy chủ…")
    order(hall.control, OrderKind.EXTRA_TIME, line=1, amount=240_000)
    person.sees_question(2)
    expect(phone.locator("#net")).to_have_text(MORE_TIME)
    person.choose("A")
    person.sees_saved()
    assert stored_answers(hall, 1) == [-1, 0, -1, -1, -1, -1, -1, -1]


@pytest.mark.parametrize("deed", ["stays", "reloads", "scans"])
def test_minutes_granted_after_the_receipt_reopen_the_paper(
    new_hall: NewHall, phone: Page, deed: str
) -> None:
    hall = new_hall(SHORT)
    phone.clock.install()
    person = Contestant(phone, hall, 1).start()
    person.choose("C")
    person.sees_saved()
    person.sees(TIME_OVER)
    if deed == "reloads":
        phone.reload()
    elif deed == "scans":
        phone.goto("about:blank")
        phone.goto(f"{person.address}#{person.slip}")
    person.sees(TIME_OVER)
    order(hall.control, OrderKind.EXTRA_TIME, line=1, amount=240_000)
    asked = phone.locator(".question")
    for _ in range(20):  # the page asks by itself, some seconds apart
        phone.clock.run_for(2000)
        if asked.count():
            break
    expect(phone.locator("#net")).to_have_text(MORE_TIME)
    person.sees_question(1)
    assert person.chosen() == "C"
    person.go_to(2)
    person.choose("A")
    person.sees_saved()
    person.hand_in()
    assert stored_answers(hall, 1) == [2, 0, -1, -1, -1, -1, -1, -1]


def test_a_receipt_that_was_asked_for_is_the_last_word(new_hall: NewHall, phone: Page) -> None:
    phone.clock.install()
    person = Contestant(phone, new_hall(), 1).start()
    person.hand_in()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.clock.run_for(120_000)
    person.sees(THANKS)
    assert asked == []


def test_minutes_granted_and_taken_in_the_middle_are_told(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall()
    person = Contestant(phone, hall, 1).start()
    order(hall.control, OrderKind.EXTRA_TIME, line=1, amount=600_000)
    expect(phone.locator("#net")).to_have_text(MORE_TIME)
    person.sees(re.compile("^Còn (29:[345][0-9]|30:00)$"))
    order(hall.control, OrderKind.CLOSE_AT, amount=now_ms() + 60_000 - 600_000 + 3000)
    expect(phone.locator("#net")).to_have_text(
        "Ban Tổ chức đã đổi giờ kết thúc. Anh/chị xem lại thời gian còn lại."
    )


def test_answers_that_come_after_the_end_are_evidence_and_the_page_says_so(
    new_hall: NewHall, phone: Page
) -> None:
    hall = new_hall(LONGER)
    person = Contestant(phone, hall, 1).start()
    person.choose("A")
    person.sees_saved()
    phone.context.set_offline(True)
    person.answers("BC", first=2)
    person.sees("Hết giờ. Đang nhận biên nhận từ máy chủ…")
    expect(phone.locator("#net")).to_have_text(
        "Mất kết nối. 2 câu trả lời chưa gửi được, trang sẽ tự gửi khi có mạng."
    )
    wait_for_end(hall, 1)
    phone.context.set_offline(False)
    person.sees(TIME_OVER)
    person.sees(re.compile("^Đã ghi 1/8 câu trả lời"))
    late = (
        "Đến sau khi hết giờ: câu 2, câu 3."
        " Máy chủ đã ghi nhận để Ban Tổ chức xem xét;"
        " các câu này chưa được tính."
    )
    person.sees(late)
    assert stored_answers(hall, 1) == [0, -1, -1, -1, -1, -1, -1, -1]
    assert late_answers(hall, 1) == [(1, 1), (2, 2)]
    phone.reload()
    person.sees(late)
    order(hall.control, OrderKind.EXTRA_TIME, line=1, amount=240_000)
    person.sees_question(3)
    person.sees_all_saved()
    assert person.shown_answers() == [0, 1, 2, -1, -1, -1, -1, -1]
    assert stored_answers(hall, 1) == [0, 1, 2, -1, -1, -1, -1, -1]


@pytest.mark.parametrize("deed", ["reloads", "scans"])
def test_what_waited_over_the_end_is_evidence_also_after_coming_back(
    new_hall: NewHall, phone: Page, deed: str
) -> None:
    hall = new_hall(LONGER)
    person = Contestant(phone, hall, 1).start()
    phone.route("**/thi/v1/**", lambda route: route.abort())
    person.answers("BC", first=2)
    wait_for_end(hall, 1)
    phone.unroute("**/thi/v1/**")
    if deed == "scans":
        phone.goto("about:blank")
        phone.goto(f"{person.address}#{person.slip}")
    else:
        phone.reload()
    person.sees(TIME_OVER)
    person.sees(re.compile("^Đến sau khi hết giờ: câu 2, câu 3"))
    assert late_answers(hall, 1) == [(1, 1), (2, 2)]


def test_coming_back_after_the_end_begins_no_other_attempt(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(SHORT, attempts=AttemptRule(3, "round", 420, [])))
    person = Contestant(phone, hall, 1).start()
    phone.goto("about:blank")
    wait_for_end(hall, 1)
    person.comes_back()
    person.sees(TIME_OVER)
    expect(phone.get_by_role("button", name="Thi thêm lượt nữa")).to_be_visible()
    assert [row.kind for row in journal_rows(hall, 1)] == [Kind.START, Kind.AUTO_SUBMIT]


def test_a_void_attempt_is_told_and_a_restored_one_goes_on(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall()
    person = Contestant(phone, hall, 1).start()
    person.choose("A")
    person.sees_saved()
    attempt = journal_rows(hall, 1)[0].attempt
    order(hall.control, OrderKind.VOID, line=1, attempt=attempt)
    person.sees(re.compile("^Lượt thi này đã được Ban Tổ chức hủy"))
    phone.reload()
    person.sees(re.compile("^Lượt thi này đã được Ban Tổ chức hủy"))
    order(hall.control, OrderKind.RESTORE, line=1, attempt=attempt)
    person.sees_question(1)
    assert person.chosen() == "A"
    assert [row.kind for row in journal_rows(hall, 1)].count(Kind.START) == 1


@pytest.mark.parametrize("offset_min", [0, 540])
def test_times_are_those_of_the_contest_wherever_the_device_is(
    new_hall: NewHall, phone: Page, offset_min: int
) -> None:
    hall = new_hall(
        replace(POLICY, attempts=AttemptRule(1, "round", offset_min, [])), opens_in_ms=3_600_000
    )
    opens = datetime.now(timezone(timedelta(minutes=offset_min))) + timedelta(hours=1)
    person = Contestant(phone, hall, 1).come_with_slip()
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees(re.compile(rf"^Mở lúc {opens:%H}h\d\d ngày \d\d/\d\d/\d{{4}}$"))


def test_the_time_turns_serious_at_five_minutes_and_at_one(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, duration_ms=70_000))
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
    person.sees(re.compile(r"^(59|60):\d\d$|^1:00:00$"))
    order(hall.control, OrderKind.OPEN_AT, amount=now_ms() - 1)
    person.sees_question(1)


@pytest.mark.parametrize("opens_in_ms", [-1, 3000])
def test_a_page_that_was_told_the_round_is_over_opens_for_a_window_of_its_unit(
    new_hall: NewHall, phone: Page, opens_in_ms: int
) -> None:
    hall = new_hall(opens_in_ms=-5_400_000)  # it closed half an hour ago
    person, other = Contestant(phone, hall, 1), Contestant(phone.context.new_page(), hall, 2)
    for each in (person, other):
        each.page.goto(f"{each.address}#{each.slip}")
        each.sees("Vòng thi đã kết thúc")
    opens_ms = now_ms() + opens_in_ms
    number = order(
        hall.control, OrderKind.WINDOW, amount=opens_ms + 600_000, text=f"{opens_ms} DV-1"
    )
    person.press("Đúng, tiếp tục")
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    person.sees(re.compile(r"^Còn (0[89]:\d\d|10:00)$"))
    person.choose("B")
    person.sees_saved()
    person.hand_in()
    assert stored_answers(hall, 1) == [1, *[-1] * 7]
    # Another unit's page has heard of it too, and stays.
    with other.page.expect_response("**/pulse") as pulsed:
        pass
    assert pulsed.value.json()["order"] == number
    other.sees("Vòng thi đã kết thúc")


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


def test_another_attempt_is_offered_as_often_as_the_rules_allow(
    new_hall: NewHall, phone: Page
) -> None:
    hall = new_hall(replace(POLICY, attempts=AttemptRule(2, "round", 420, [])))
    person = Contestant(phone, hall, 1).start()
    person.choose("A")
    person.sees_saved()
    person.hand_in()
    phone.reload()
    person.press("Thi thêm lượt nữa")
    person.sees("8 câu hỏi, 20 phút. Còn 1 lượt thi.")
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    assert person.dots() == ["empty"] * 8
    person.hand_in()
    expect(phone.get_by_role("button", name="Thi thêm lượt nữa")).to_have_count(0)


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
