"""Before and after the sitting: waiting for the opening or for a turn, and the score at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from hoithi.hall.formats import receipt_bytes
from hoithi.hall.scores import ToldScore, write_scores
from hoithi.hall.store.api import OrderKind
from tests.browser.accessibility import broken_rules
from tests.browser.chromium import NewPage
from tests.browser.exam_scene import POLICY, THANKS, Contestant, NewHall, publish_exam
from tests.hall.scene import HallProcess, now_ms, order

pytestmark = pytest.mark.browser
WAITING = "Chưa đến giờ mở phòng thi"
QUEUE = "Phòng thi đang đông, mời anh/chị chờ đến lượt"
AWAITED = "Máy đang chấm bài. Điểm sẽ tự hiện ở đây."


def press_start(person: Contestant) -> None:
    person.come_with_slip()
    person.accept()
    person.press("Bắt đầu làm bài")


def next_pulse(page: Page) -> dict[str, int]:
    """What the hall says when the page asks by itself the next time."""
    with page.expect_response("**/v1/pulse") as heard:
        pass
    told: dict[str, int] = heard.value.json()
    return told


def tell_score(hall: HallProcess, page: Page, points: str = "17.5") -> None:
    """As the desk does once it has marked what was handed in."""
    shown = page.locator(".receipt .code")
    expect(shown).to_be_visible()
    session = page.evaluate("JSON.parse(localStorage.getItem('thi.session'))")
    receipt = receipt_bytes(shown.inner_text()).hex()
    score = ToldScore(session["receipt"]["attempt"], receipt, points, "20", 725_000)
    order(hall.control, OrderKind.SCORE_TO_SHOW, text=write_scores([score]))


def test_the_score_comes_by_itself_where_it_is_promised(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, result="score_and_time"))
    person = Contestant(phone, hall, 1)
    person.come_with_slip()
    person.sees(re.compile("Điểm được báo ngay sau khi nộp bài"))
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    person.choose("B")
    person.sees_saved()
    person.hand_in()
    person.sees(AWAITED)
    tell_score(hall, phone)
    points = phone.locator(".score .points")
    expect(points).to_have_text("17,5/20")
    person.sees("Thời gian làm bài: 12:05.")
    assert broken_rules(phone) == []
    assert "17.5" not in phone.evaluate("localStorage.getItem('thi.session')")
    phone.reload()
    expect(points).to_have_text("17,5/20")
    person.press("English")
    expect(points).to_have_text("17.5/20")


def test_a_void_attempt_loses_its_score_and_gets_it_back(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(replace(POLICY, result="score"))
    person = Contestant(phone, hall, 1).start()
    person.hand_in()
    tell_score(hall, phone)
    points = phone.locator(".score .points")
    expect(points).to_have_text("17,5/20")
    expect(phone.get_by_text("Thời gian làm bài")).to_have_count(0)
    session = phone.evaluate("JSON.parse(localStorage.getItem('thi.session'))")
    attempt = bytes.fromhex(session["receipt"]["attempt"])
    order(hall.control, OrderKind.VOID, line=1, attempt=attempt)
    phone.reload()
    person.sees(re.compile("^Lượt thi này đã được Ban Tổ chức hủy"))
    expect(points).to_have_count(0)
    order(hall.control, OrderKind.RESTORE, line=1, attempt=attempt)
    expect(points).to_have_text("17,5/20")


def test_where_nothing_is_promised_nothing_is_shown(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall()
    person = Contestant(phone, hall, 1).start()
    person.hand_in()
    tell_score(hall, phone)
    phone.reload()
    person.sees(THANKS)
    expect(phone.locator(".score")).to_have_count(0)


def test_the_waiting_page_follows_the_opening_and_outlives_a_reload(
    new_hall: NewHall, phone: Page
) -> None:
    hall = new_hall(opens_in_ms=3_600_000, lasts_ms=7_200_000)
    person = Contestant(phone, hall, 1)
    press_start(person)
    person.sees(WAITING)
    order(hall.control, OrderKind.OPEN_AT, amount=now_ms() + 7_200_000)
    count = phone.locator(".count")
    expect(count).to_have_text(re.compile(r"^(1:59:\d\d|2:00:00)$"))
    phone.reload()
    assert next_pulse(phone)["pulse_ms"] <= 2000
    person.sees(WAITING)
    expect(count).to_have_text(re.compile(r"^(1:59:\d\d|2:00:00)$"))
    order(hall.control, OrderKind.OPEN_AT, amount=now_ms())
    person.sees_question(1)


def test_the_share_of_the_spread_is_the_same_after_a_reload(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall(opens_in_ms=3_600_000, lasts_ms=7_200_000)
    press_start(Contestant(phone, hall, 1))
    shares = set()
    for _ in range(3):
        phone.reload()
        shares.add(next_pulse(phone)["spread_ms"])
    (share,) = shares
    assert 0 <= share < 300


@pytest.fixture
def small_hall(tmp_path: Path) -> Iterator[HallProcess]:
    """Two may be at work at once."""
    process = HallProcess(tmp_path, more={"HOITHI_HALL_CAPACITY": "2"})
    publish_exam(process.control_address)
    yield process.start()
    process.stop()


def sees_place(person: Contestant, place: int) -> None:
    person.sees(QUEUE)
    expect(person.page.locator(".turn .count")).to_have_text(str(place))


def test_of_four_two_work_and_two_wait_for_their_turn(
    small_hall: HallProcess, new_phone: NewPage
) -> None:
    one, two, three, four = (Contestant(new_phone(), small_hall, line) for line in (1, 2, 3, 4))
    one.start()
    two.start()
    press_start(three)
    sees_place(three, 1)
    press_start(four)
    sees_place(four, 2)
    four.sees("Chưa ước được thời gian chờ.")
    assert broken_rules(four.page) == []
    four.page.reload()
    sees_place(four, 2)
    one.choose("A")
    one.sees_saved()
    one.page.reload()
    one.sees_question(1)
    one.hand_in()
    three.sees_question(1)
    sees_place(four, 1)
    four.sees(re.compile("^Ước chừng còn"))
    two.hand_in()
    four.sees_question(1)
