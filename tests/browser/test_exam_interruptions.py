"""What can happen in the middle: reloads, no network, a dead browser, a dead hall."""

from __future__ import annotations

import os
import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.exam_scene import THANKS, Contestant, NewHall, pass_on, stored_answers
from tests.browser.secure import secure_origin
from tests.hall.scene import HallProcess, code, now_ms

pytestmark = pytest.mark.browser
LINES = count(1)
CALLS = "**/thi/v1/**"
FULL = """
void (Storage.prototype.setItem = () => { throw new DOMException("", "QuotaExceededError"); });
"""
FORBIDDEN = """
for (const name of ["localStorage", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""
# Whether three rows are on disk: a reader waits for the writers before it.
THREE_ON_DISK = """
() => new Promise((done) => (indexedDB.open("thi").onsuccess = ({target}) => {
  const kept = target.result.transaction("kept").objectStore("kept");
  const attempt = JSON.parse(localStorage.getItem("thi.session")).attempt;
  kept.get(`queue.${attempt}`).onsuccess = ({target}) => done(target.result?.queue.length === 3);
}))
"""
WITHOUT_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined });"


def cut(page: Page) -> None:
    """Nothing that this page asks of the hall arrives, but the page itself can be loaded."""
    page.route(CALLS, lambda route: route.abort())


def mend(page: Page) -> None:
    page.unroute(CALLS)


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
    person.press("Xem lại")
    person.press("Nộp bài")
    band = phone.locator("#net")
    expect(band).to_have_text("Mất kết nối. Bài sẽ tự nộp khi có mạng, anh/chị không cần bấm lại.")
    person.press("Trở lại bài làm")
    person.sees_question(1)
    expect(band).to_have_text("Mất kết nối. 1 câu trả lời đang chờ và sẽ tự gửi khi có mạng.")
    person.press("Xem lại")
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
    person.press("Xem lại")
    person.press("Nộp bài")
    person.press("Trở lại bài làm")
    phone.context.set_offline(False)
    person.sees_saved()
    person.go_to(2)
    person.choose("A")
    person.sees_saved()
    assert stored_answers(hall, person.line) == [3, 0, -1, -1, -1, -1, -1, -1]


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
    cut(phone)
    phone.reload()
    person.sees("Chưa kết nối được với phòng thi. Vui lòng kiểm tra mạng rồi thử lại.")
    mend(phone)
    person.sees_question(5)


def test_ten_minutes_without_network_lose_nothing(hall: HallProcess, phone: Page) -> None:
    phone.clock.install()
    person = Contestant(phone, hall, next(LINES)).start()
    phone.context.set_offline(True)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    for number, letter in enumerate("ABCDABCD", start=1):
        person.answers(letter, first=number)
        for _ in range(5):
            phone.clock.run_for(15_000)
    phone.clock.fast_forward(300_000)  # and then the phone sleeps
    person.sees("Chờ mạng: sẽ tự gửi")
    person.sees(re.compile("^Còn 0[45]:"))
    assert 40 < len(asked) < 400  # it kept trying, and did not hammer
    phone.context.set_offline(False)
    phone.clock.run_for(1000)
    person.sees_all_saved()
    person.sees(re.compile("^Còn 1[89]:"))  # the hall's clock has not moved on as this one has
    assert stored_answers(hall, person.line) == [0, 1, 2, 3, 0, 1, 2, 3]


def test_a_reload_and_a_closed_tab_lose_no_answer_that_waits(
    hall: HallProcess, phone: Page
) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    person.choose("A")
    person.sees_saved()
    cut(phone)
    person.answers("BC", first=2)
    person.sees("Chờ mạng: sẽ tự gửi")
    phone.reload()
    person.sees("Chưa kết nối được với phòng thi. Vui lòng kiểm tra mạng rồi thử lại.")
    mend(phone)
    person.sees_question(3)
    person.sees_all_saved()
    assert stored_answers(hall, person.line) == [0, 1, 2, -1, -1, -1, -1, -1]
    cut(phone)
    person.answers("DA", first=3)
    context = phone.context
    phone.close()
    person = Contestant(context.new_page(), hall, person.line).comes_back()
    person.sees_question(4)
    person.sees_all_saved()
    assert person.shown_answers() == [0, 1, 3, 0, -1, -1, -1, -1]
    assert stored_answers(hall, person.line) == [0, 1, 3, 0, -1, -1, -1, -1]


def test_scanning_the_slip_again_brings_back_what_waits(hall: HallProcess, phone: Page) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    cut(phone)
    person.answers("BC")
    phone.goto("about:blank")
    phone.goto(f"{person.address}#{person.slip}")
    person.sees("Chưa kết nối được với phòng thi. Vui lòng kiểm tra mạng rồi thử lại.")
    expect(phone.get_by_label("Mã dự thi")).to_have_value(code(person.line))
    mend(phone)
    person.press("Vào phòng thi")
    person.press("Đúng, tiếp tục")
    person.press("Tiếp tục làm bài")
    person.sees_question(2)
    person.sees_all_saved()
    assert stored_answers(hall, person.line) == [1, 2, -1, -1, -1, -1, -1, -1]


@contextmanager
def own_browser(
    browser: Browser, profile: Path, *, keeps_pages: bool = False
) -> Iterator[BrowserContext]:
    """A browser beside the shared one, which keeps its storage in a folder; it `keeps_pages` that
    were left, too, to come back to, as people's browsers do.
    """
    context = browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=find_chromium(whole=keeps_pages),
        args=ARGUMENTS,
        viewport={"width": 360, "height": 740},
        locale="vi-VN",
        ignore_default_args=["--disable-back-forward-cache"] if keeps_pages else None,
    )
    try:
        yield context
    finally:
        context.close()


def kill_browser(profile: Path) -> None:
    """SIGKILL for the browser's process of this profile: it writes nothing any more."""
    wanted = f"--user-data-dir={profile}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if wanted in command and not any(word.startswith(b"--type=") for word in command):
            os.kill(int(folder.name), signal.SIGKILL)


def test_a_killed_browser_brings_back_what_waits(
    hall: HallProcess, browser: Browser, tmp_path: Path
) -> None:
    with own_browser(browser, tmp_path) as context:
        person = Contestant(context.pages[0], hall, next(LINES)).start()
        person.choose("A")
        person.sees_saved()
        context.set_offline(True)
        person.answers("BCD", first=2)
        person.page.wait_for_function(THREE_ON_DISK)
        with context.expect_event("close"):
            kill_browser(tmp_path)
    with own_browser(browser, tmp_path) as context:
        person = Contestant(context.pages[0], hall, person.line).comes_back()
        expect(person.page.locator(".place")).to_be_visible()
        person.sees_all_saved()
        assert person.shown_answers() == [0, 1, 2, 3, -1, -1, -1, -1]
    assert stored_answers(hall, person.line) == [0, 1, 2, 3, -1, -1, -1, -1]


def test_back_and_forward_find_the_paper_as_the_hall_has_it(
    hall: HallProcess, browser: Browser, tmp_path: Path
) -> None:
    with own_browser(browser, tmp_path, keeps_pages=True) as context:
        phone = context.pages[0]
        person = Contestant(phone, hall, next(LINES)).start()
        person.choose("A")
        person.sees_saved()
        cut(phone)
        person.answers("B", first=2)
        phone.evaluate("window.isTheSame = true")
        phone.goto(f"http://127.0.0.1:{hall.port}/thi/health")
        mend(phone)
        phone.go_back(wait_until="commit")
        person.sees_question(2)
        assert phone.evaluate("window.isTheSame")  # not loaded anew: from the cache
        person.sees_saved()
        person.choose("C")
        person.sees_saved()
    assert stored_answers(hall, person.line) == [0, 2, -1, -1, -1, -1, -1, -1]


@pytest.mark.parametrize("days", [-1, 1])
def test_a_device_whose_date_is_a_day_off_shows_and_keeps_the_halls_time(
    hall: HallProcess, phone: Page, days: int
) -> None:
    wrong_ms = now_ms() + days * 86_400_000
    phone.clock.install(time=wrong_ms / 1000)
    person = Contestant(phone, hall, next(LINES)).start()
    assert abs(phone.evaluate("Date.now()") - wrong_ms) < 3_600_000
    person.sees(re.compile("^Còn (20:00|19:[45][0-9])$"))
    person.choose("A")
    person.sees_saved()
    phone.clock.set_system_time((wrong_ms + days * 86_400_000) / 1000)
    person.go_to(2)
    person.choose("B")
    person.sees_saved()
    person.sees(re.compile("^Còn 19:[0-9]{2}$"))
    person.hand_in()
    today = re.escape(in_vietnam(now_ms())[:10])
    person.sees(
        re.compile(rf"^Đã ghi 2/8 câu trả lời\. Nộp trong giờ, lúc [\d:]{{8}} ngày {today}\.$")
    )


def in_vietnam(ms: int) -> str:
    moment = datetime.fromtimestamp(ms / 1000, timezone(timedelta(hours=7)))
    return f"{moment:%d/%m/%Y %H:%M}"


def test_a_browser_that_keeps_nothing_still_saves_and_says_so(
    hall: HallProcess, phone: Page
) -> None:
    phone.add_init_script(FORBIDDEN)
    person = Contestant(phone, hall, next(LINES)).start()
    expect(phone.locator("#net")).to_have_text(
        "Trình duyệt không cho lưu tạm. Vui lòng không đóng trang khi đang mất mạng."
    )
    phone.context.set_offline(True)
    person.answers("BC")
    phone.context.set_offline(False)
    person.sees_all_saved()
    assert stored_answers(hall, person.line) == [1, 2, -1, -1, -1, -1, -1, -1]


def test_a_full_storage_does_not_bring_back_what_was_before(hall: HallProcess, phone: Page) -> None:
    phone.add_init_script(WITHOUT_DATABASE)
    person = Contestant(phone, hall, next(LINES)).start()
    person.choose("A")
    person.sees_saved()
    cut(phone)
    phone.evaluate(FULL)
    person.answers("B", first=2)
    expect(phone.locator("#net")).to_have_text(
        "Mất kết nối. 1 câu trả lời đang chờ và sẽ tự gửi khi có mạng."
    )
    mend(phone)
    phone.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    person.sees_saved()
    expect(phone.locator("#net")).to_have_text(
        "Trình duyệt không cho lưu tạm. Vui lòng không đóng trang khi đang mất mạng."
    )
    assert person.shown_answers() == [0, 1, -1, -1, -1, -1, -1, -1]
    assert stored_answers(hall, person.line) == [0, 1, -1, -1, -1, -1, -1, -1]


def test_with_a_full_storage_what_waits_still_outlives_a_reload(
    hall: HallProcess, phone: Page
) -> None:
    phone.add_init_script(FULL)
    person = Contestant(phone, hall, next(LINES)).start()
    cut(phone)
    person.answers("DC")
    expect(phone.locator("#net")).to_have_text(
        "Mất kết nối. 2 câu trả lời đang chờ và sẽ tự gửi khi có mạng."
    )
    mend(phone)
    phone.reload()
    person.sees_question(1)
    person.sees_all_saved()
    assert person.shown_answers() == [3, 2, -1, -1, -1, -1, -1, -1]
    assert stored_answers(hall, person.line) == [3, 2, -1, -1, -1, -1, -1, -1]


class Unreliable:
    """A way to the hall on which three requests in ten fail: there, back, or at the hall."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.failed = 0

    def __call__(self, route: Route) -> None:
        fate = self.chance.random()
        self.failed += fate < 0.3
        if fate < 0.1:
            route.abort()
        elif fate < 0.2:
            pass_on(route)
            route.abort()
        elif fate < 0.3:
            route.fulfill(status=503, headers={"Retry-After": "1"}, json={"error": "unavailable"})
        else:
            route.continue_()


def check_marks(person: Contestant, chosen: dict[int, int]) -> None:
    """Every answer that is shown as saved is stored, and none is shown that was not chosen."""
    dots = person.dots()
    stored = stored_answers(person.hall, person.line)
    saved = {place: stored[place] for place, dot in enumerate(dots) if dot == "saved"}
    assert saved == {place: chosen[place] for place in saved}
    assert {place for place, dot in enumerate(dots) if dot != "empty"} == set(chosen)


def test_with_three_saves_in_ten_failing_the_marks_tell_the_truth(
    hall: HallProcess, phone: Page
) -> None:
    chance = random.Random(30)
    person = Contestant(phone, hall, next(LINES)).start()
    way = Unreliable(chance)
    phone.route("**/v1/save", way)
    chosen: dict[int, int] = {}
    for _ in range(20):
        place, option = chance.randrange(8), chance.randrange(4)
        person.answers("ABCD"[option], first=place + 1)
        chosen[place] = option
        check_marks(person, chosen)
    person.sees_all_saved()
    assert way.failed > 2
    check_marks(person, chosen)
    assert person.dots().count("saved") == len(chosen)
    stored = stored_answers(hall, person.line)
    assert stored == [chosen.get(place, -1) for place in range(8)] == person.shown_answers()


def test_clicks_reloads_and_cuts_in_any_order_lose_nothing(hall: HallProcess, phone: Page) -> None:
    chance = random.Random(1770)
    context = phone.context
    person = Contestant(phone, hall, next(LINES)).start()
    chosen: dict[int, int] = {}
    for _ in range(24):
        deed = chance.choice(["answer"] * 4 + ["cut", "reload", "close", "scan"])
        if deed == "answer":
            place, option = chance.randrange(8), chance.randrange(4)
            person.answers("ABCD"[option], first=place + 1)
            chosen[place] = option
        elif deed == "cut":
            cut(person.page)
        else:
            if deed == "close":
                person.page.close()
                person = Contestant(context.new_page(), hall, person.line)
            mend(person.page)
            if deed == "scan":
                person.page.goto("about:blank")
                person.come_with_slip()
                person.press("Tiếp tục làm bài")
            else:
                person.comes_back()
            expect(person.page.locator(".place")).to_be_visible()
        check_marks(person, chosen)
    mend(person.page)
    person.sees_all_saved()
    assert person.shown_answers() == [chosen.get(place, -1) for place in range(8)]
    assert stored_answers(hall, person.line) == person.shown_answers()


@pytest.mark.parametrize("is_secure", [False, True], ids=["http", "https"])
def test_the_same_on_plain_http_and_on_https(
    hall: HallProcess, browser: Browser, tmp_path: Path, is_secure: bool
) -> None:
    context = browser.new_context(ignore_https_errors=True, locale="vi-VN")
    with secure_origin(hall.port, tmp_path) as secure:
        person = Contestant(
            context.new_page(), hall, next(LINES), origin=secure if is_secure else ""
        )
        person.start()
        phone = person.page
        assert phone.evaluate("isSecureContext") is is_secure
        person.choose("A")
        person.sees_saved()
        context.set_offline(True)
        person.answers("BC", first=2)
        person.sees("Chờ mạng: sẽ tự gửi")
        context.set_offline(False)
        person.sees_all_saved()
        cut(phone)
        person.answers("D", first=4)
        phone.reload()
        mend(phone)
        person.sees_question(4)
        person.sees_all_saved()
        other = Contestant(context.new_page(), hall, person.line, origin=person.origin)
        other.comes_back()
        other.press("Làm bài ở thẻ này")
        other.sees_question(4)
        assert other.shown_answers() == [0, 1, 2, 3, -1, -1, -1, -1]
        other.hand_in()
        other.sees(re.compile("^Đã ghi 4/8 câu trả lời"))
        context.close()
    assert stored_answers(hall, person.line) == [0, 1, 2, 3, -1, -1, -1, -1]
