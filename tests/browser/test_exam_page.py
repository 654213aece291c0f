"""The contestant's page in a real browser, against a real hall, over plain HTTP."""

from __future__ import annotations

import re
from itertools import count

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from hoithi.rules.paper import Sample
from tests.browser.accessibility import broken_rules
from tests.browser.chromium import HOST, record_requests, save_picture
from tests.browser.exam_scene import POLICY, PREDICTION, Contestant, NewHall, stored_answers
from tests.hall.scene import HallProcess, code

pytestmark = pytest.mark.browser
LINES = count(2)
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const moved = entry.sources.map(({node}) => node?.id || node?.className || node?.nodeName);
    window.shifts.push([entry.hadRecentInput, moved]);
  }
}).observe({type: "layout-shift", buffered: true});
"""
WATCH_BAND = """
window.changes = [];
new MutationObserver((seen) => changes.push(...seen.map(({type}) => type)))
  .observe(document.querySelector("#net"), {
    attributes: true, attributeFilter: ["hidden", "style"], childList: true,
  });
"""


def test_the_whole_path_from_slip_to_receipt(hall: HallProcess, phone: Page) -> None:
    requests = record_requests(phone)
    person = Contestant(phone, hall, 1)
    phone.goto(person.address)
    phone.get_by_label("Mã dự thi").fill(code(1).lower())
    person.press("Vào phòng thi")
    expect(phone.locator("dd")).to_have_text(
        ["Nguyễn Thị Mẫu 1", "Ủy ban nhân dân xã Đắk Mẫu (dữ liệu mẫu)", "0001"]
    )
    person.press("Đúng, tiếp tục")
    person.sees("8 câu hỏi, 20 phút. Còn 1 lượt thi.")
    start = phone.get_by_role("button", name="Bắt đầu làm bài")
    expect(start).to_be_disabled()
    phone.locator(".sample .option").nth(1).click()
    person.sees("Đã chọn. Khi thi, “Đã lưu” hiện ở đây sau khi máy chủ đã ghi.")
    person.accept()
    start.click()
    for number, letter in enumerate("BCADBA", start=1):
        person.sees_question(number)
        expect(phone.locator(".status")).to_have_text("Chưa trả lời")
        person.choose(letter)
        person.sees_saved()
        if number == 2:
            person.press("Đánh dấu")
        if number == 3:
            save_picture(phone, "exam-phone", scale=1.75)
        person.press("Câu sau")
    assert person.dots() == ["saved"] * 6 + ["empty"] * 2
    phone.locator(".actions").get_by_role("button", name="Xem lại").click()
    person.sees("Chưa trả lời: câu 7, 8.")
    person.press("Câu 8/8")
    person.sees_question(8)
    person.choose("D")
    person.sees_saved()
    person.press("Xem lại")
    person.sees("Chưa trả lời: câu 7.")
    person.press("Nộp bài")
    person.sees("Đã nộp bài. Cảm ơn anh/chị đã tham gia!")
    person.sees(
        re.compile(r"^Đã ghi 7/8 câu trả lời\. Nộp trong giờ, lúc [\d:]{8} ngày [\d/]{10}\.$")
    )
    receipt = phone.locator(".receipt .code")
    expect(receipt).to_have_text(re.compile(r"^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$"))
    save_picture(phone, "receipt-phone", scale=1.75)
    shown = receipt.inner_text()
    phone.reload()
    expect(receipt).to_have_text(shown)
    assert requests.strangers(f"{HOST}:{hall.port}") == []


def test_the_code_of_a_scanned_slip_vanishes_from_the_address(
    hall: HallProcess, phone: Page
) -> None:
    requests = record_requests(phone)
    person = Contestant(phone, hall, next(LINES))
    phone.goto(f"{person.address}#{code(person.line)}")
    person.sees("Kiểm tra thông tin")
    assert phone.url == person.address
    assert phone.evaluate("history.length") == 2  # the empty page and this one
    assert [request.url for request in requests.seen if code(person.line) in request.url] == []


def test_a_slip_scanned_into_an_open_page_counts(hall: HallProcess, phone: Page) -> None:
    first, second = (Contestant(phone, hall, next(LINES)) for _ in range(2))
    for person in (first, second):
        phone.goto(f"{person.address}#{code(person.line)}")
        expect(phone.locator("dd").first).to_have_text(f"Nguyễn Thị Mẫu {person.line}")
        assert phone.url == person.address


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("1234567890A", "Mã có ký tự gõ nhầm. Vui lòng xem lại phiếu và nhập lại."),
        (
            code(999),
            (
                "Không tìm thấy mã này trong các ca thi. Vui lòng xem lại phiếu, hoặc hỏi cán bộ"
                " đầu mối xem đã có ca thi chưa."
            ),
        ),
        ("%", "Mã có ký tự gõ nhầm. Vui lòng xem lại phiếu và nhập lại."),
    ],
)
def test_a_wrong_code_is_told_typed_or_scanned(
    hall: HallProcess, phone: Page, typed: str, answer: str
) -> None:
    person = Contestant(phone, hall, 0)
    phone.goto(person.address)
    phone.get_by_label("Mã dự thi").fill(typed)
    person.press("Vào phòng thi")
    person.sees(answer)
    expect(phone.get_by_label("Mã dự thi")).to_be_focused()
    phone.goto("about:blank")
    phone.goto(f"{person.address}#{typed}")
    person.sees(answer)


def test_english_from_the_first_screen_to_the_last(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES))
    phone.goto(person.address)
    person.press("English")
    expect(phone.locator("html")).to_have_attribute("lang", "en")
    phone.get_by_label("Access code").fill(code(person.line))
    person.press("Enter")
    person.press("Correct, go on")
    phone.get_by_label("I have read and accept the rules").check()
    phone.get_by_label("I agree").check()
    person.press("Start")
    person.sees("Question 1/8")
    person.choose("A")
    person.sees(re.compile(r"^Saved at [\d:]{8}$"))
    phone.reload()
    person.sees("Question 1/8")
    person.press("Tiếng Việt")
    person.sees_question(1)
    person.press("English")
    phone.locator(".actions").get_by_role("button", name="Review").click()
    person.sees("Not answered: question 2, 3, 4, 5, 6, 7, 8.")
    person.press("Hand in")
    person.sees("Handed in. Thank you for taking part!")


def test_keys_choose_and_turn_pages(hall: HallProcess, desktop: Page) -> None:
    person = Contestant(desktop, hall, next(LINES)).start()
    keyboard = desktop.keyboard
    for number, key in enumerate("2143", start=1):
        person.sees_question(number)
        keyboard.press(key)
        assert person.chosen() == "ABCD"[int(key) - 1]
        person.sees_saved()
        keyboard.press("ArrowRight")
    person.sees_question(5)
    keyboard.press("9")
    assert person.chosen() == ""
    keyboard.press("ArrowLeft")
    person.sees_question(4)
    assert person.chosen() == "C"
    keyboard.press("Tab")
    keyboard.press("ArrowDown")
    assert person.chosen() == "D"
    person.sees_saved()
    assert stored_answers(hall, person.line) == [1, 0, 3, 3, -1, -1, -1, -1]


def test_a_digit_alone_does_nothing_outside_the_question(hall: HallProcess, desktop: Page) -> None:
    person = Contestant(desktop, hall, next(LINES)).start()
    for place in ("footer button", ".dots button", ".steps button"):
        desktop.locator(place).last.focus()
        desktop.keyboard.press("2")
        assert person.chosen() == ""
    desktop.evaluate("document.activeElement.blur()")
    desktop.keyboard.press("2")
    assert person.chosen() == ""
    desktop.locator(".flag").click()
    desktop.keyboard.press("2")
    assert person.chosen() == "B"
    person.sees_saved()
    person.sees("Bàn phím: phím số để chọn phương án, phím ← → để chuyển câu.")


def test_the_band_is_there_before_it_has_something_to_say(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    phone.evaluate(WATCH_BAND)
    band = phone.locator("#net[role=status]")
    expect(band).to_have_css("display", "block")
    expect(band).to_be_empty()
    phone.context.set_offline(True)
    person.choose("A")
    expect(band).to_have_text("Mất kết nối. 1 câu trả lời đang chờ và sẽ tự gửi khi có mạng.")
    assert set(phone.evaluate("changes")) == {"childList"}
    phone.context.set_offline(False)
    person.sees_saved()
    expect(band).to_be_empty()


def test_options_have_letters_however_many_they_are(new_hall: NewHall, phone: Page) -> None:
    options = [f"Phương án {number}" for number in range(1, 31)]
    hall = new_hall(replace(POLICY, sample=Sample("Chọn một phương án", options)))
    Contestant(phone, hall, 1).come_with_slip()
    letters = phone.locator(".sample .letter").all_inner_texts()
    assert "".join(letters[:26]) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert letters[26:] == ["AA", "AB", "AC", "AD"]


def test_text_grows_and_stays_inside_the_screen(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    stem = phone.locator("#stem")
    sizes = []
    for _ in range(4):
        sizes.append(float(stem.evaluate("stem => parseFloat(getComputedStyle(stem).fontSize)")))
        assert phone.evaluate("document.documentElement.scrollWidth") == 360
        phone.get_by_role("button", name="Chữ to hơn").click(force=True)
    assert [round(size, 1) for size in sizes] == [19.6, 22.4, 25.3, 28.8]
    expect(phone.get_by_role("button", name="Chữ to hơn")).to_be_disabled()
    phone.reload()
    person.sees_question(1)
    assert stem.evaluate("stem => parseFloat(getComputedStyle(stem).fontSize)") == sizes[3]


def test_every_target_is_large_enough_for_a_thumb(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES)).come_with_slip()
    small = (
        "nodes => nodes.filter(node => node.getBoundingClientRect().height < 48)"
        ".map(node => node.outerHTML)"
    )
    targets = phone.locator("button:visible, .option, .tick, summary, input[type=text]")
    assert targets.evaluate_all(small) == []
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    assert targets.evaluate_all(small) == []


def test_five_requests_to_the_first_question_and_they_are_small(
    hall: HallProcess, phone: Page
) -> None:
    requests = record_requests(phone)
    Contestant(phone, hall, next(LINES)).start()
    assert sorted(requests.paths()) == [
        "/thi/",
        "/thi/page.css",
        "/thi/page.js",
        "/thi/v1/enter",
        "/thi/v1/start",
    ]
    assert requests.received_bytes() <= 60_000


def test_nothing_moves_while_answers_are_saved_and_the_network_comes_and_goes(
    hall: HallProcess, phone: Page
) -> None:
    phone.add_init_script(WATCH_SHIFTS)
    person = Contestant(phone, hall, next(LINES)).start()
    assert [moved for asked, moved in phone.evaluate("shifts") if not asked] == []
    before = places(phone)
    phone.evaluate("shifts.length = 0")
    person.choose("A")
    person.sees_saved()
    assert places(phone) == before
    phone.context.set_offline(True)
    person.choose("B")
    person.sees("Chờ mạng: sẽ tự gửi")
    assert places(phone) == before
    phone.context.set_offline(False)
    person.sees_saved()
    assert places(phone) == before
    assert phone.evaluate("shifts") == []


def places(page: Page) -> list[object]:
    """Where the parts of the exam screen are."""
    parts = page.locator("#bar, #who, #time, .place, #stem, .option, .steps button, .dots, #foot")
    boxes: list[object] = parts.evaluate_all(
        "parts => parts.map(part => { const box = part.getBoundingClientRect();"
        " return [part.id || part.classList[0], box.x, box.y, box.width, box.height]; })"
    )
    return boxes


def test_the_bar_keeps_its_height_when_the_name_appears(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES))
    phone.goto(person.address)
    expect(phone.locator("#who b")).to_have_text("Phòng thi")
    boxes = [phone.locator(part).bounding_box() for part in ("#bar", "#who b", "#view")]
    phone.get_by_label("Mã dự thi").fill(code(person.line))
    person.press("Vào phòng thi")
    expect(phone.locator("#who b")).to_have_text(f"Nguyễn Thị Mẫu {person.line}")
    after = [phone.locator(part).bounding_box() for part in ("#bar", "#who b", "#view")]
    assert [box and (box["x"], box["y"]) for box in after] == [
        box and (box["x"], box["y"]) for box in boxes
    ]
    assert after[0] == boxes[0]


def broken_anywhere(page: Page) -> list[str]:
    """What breaks a rule by day or by night."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {rule}" for rule in broken_rules(page, strong_contrast=True)]
    return found


def test_no_screen_breaks_a_rule_of_accessibility(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, duration_ms=61_000, prediction=PREDICTION))
    person = Contestant(phone, hall, 1)
    found = {}
    phone.goto(person.address)
    phone.get_by_label("Mã dự thi").fill("1234567890A")
    person.press("Vào phòng thi")
    person.sees("Mã có ký tự gõ nhầm. Vui lòng xem lại phiếu và nhập lại.")
    found["enter"] = broken_anywhere(phone)
    phone.get_by_label("Mã dự thi").fill(code(1))
    person.press("Vào phòng thi")
    person.sees("Kiểm tra thông tin")
    found["confirm"] = broken_anywhere(phone)
    person.press("Đúng, tiếp tục")
    for summary in phone.locator("summary").all():
        summary.click()
    found["rules"] = broken_anywhere(phone)
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    found["empty question"] = broken_anywhere(phone)
    person.press("Đánh dấu")
    person.choose("A")
    person.sees_saved()
    found["saved question"] = broken_anywhere(phone)
    phone.context.set_offline(True)
    person.choose("B")
    person.sees("Chờ mạng: sẽ tự gửi")
    found["offline"] = broken_anywhere(phone)
    phone.context.set_offline(False)
    person.sees_saved()
    tab = phone.context.new_page()
    tab.goto(person.address)
    expect(tab.get_by_role("button", name="Làm bài ở thẻ này")).to_be_visible()
    found["second tab"] = broken_anywhere(tab)
    tab.close()
    expect(phone.locator("#time")).to_have_attribute("data-hurry", "1")
    found["last minute"] = broken_anywhere(phone)
    phone.locator(".actions").get_by_role("button", name="Xem lại").click()
    phone.get_by_label(PREDICTION.prompt).fill("một trăm")
    person.press("Ghi dự đoán")
    person.sees("Nhập một số từ 1 đến 100.000.")
    found["review"] = broken_anywhere(phone)
    phone.get_by_label(PREDICTION.prompt).fill("1.250")
    person.press("Ghi dự đoán")
    person.sees_saved()
    person.press("Nộp bài")
    person.sees("Mã biên nhận")
    found["receipt"] = broken_anywhere(phone)
    waiting = Contestant(phone, new_hall(opens_in_ms=3_600_000), 1).come_with_slip()
    waiting.accept()
    waiting.press("Bắt đầu làm bài")
    waiting.sees(re.compile(r"^Mở lúc \d\dh\d\d ngày \d\d/\d\d/\d{4}$"))
    found["waiting room"] = broken_anywhere(phone)
    assert found == {screen: [] for screen in found}
