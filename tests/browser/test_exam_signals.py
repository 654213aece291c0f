"""What the page tells of itself: nothing, unless the rules announce it and the page has said so."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from hoithi.hall.config import signals_beside
from hoithi.hall.signals import STARTED
from hoithi.hall.store import signal_store
from tests.browser.accessibility import broken_rules
from tests.browser.chromium import record_requests
from tests.browser.exam_scene import POLICY, Contestant, NewHall
from tests.hall.scene import SITTING, wait_until

pytestmark = pytest.mark.browser
LEAVE_AND_COME_BACK = """
() => {
  for (const state of ["hidden", "visible"]) {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }
  document.dispatchEvent(new Event("copy"));
}
"""


def test_where_it_is_announced_it_is_told_before_the_start_and_kept(
    new_hall: NewHall, phone: Page
) -> None:
    hall = new_hall(replace(POLICY, signals=True, signals_announced_in="mục 8", signals_days=30))
    person = Contestant(phone, hall, 1).come_with_slip()
    expect(phone.locator("#signals")).to_contain_text("Riêng các ghi nhận này không làm ai bị loại")
    expect(phone.locator("#signals")).to_contain_text("Thể lệ (mục 8) quy định ghi lại")
    expect(phone.locator("#signals")).to_contain_text("được xóa sau 30 ngày kể từ khi ca thi")
    assert broken_rules(phone) == []
    phone.evaluate(LEAVE_AND_COME_BACK)
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    phone.evaluate(LEAVE_AND_COME_BACK)
    store = signal_store(signals_beside(hall.journal_address))
    wait_until(lambda: len(store.read(SITTING)) == 3)
    assert {(each.kind, each.item) for each in store.read(SITTING)} == {
        (STARTED, -1),
        ("left", 0),
        ("copied", 0),
    }


def test_where_nothing_is_announced_nothing_is_said_or_sent(new_hall: NewHall, phone: Page) -> None:
    hall = new_hall()
    requests = record_requests(phone)
    person = Contestant(phone, hall, 1).come_with_slip()
    expect(phone.locator("#signals")).to_have_count(0)
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    phone.evaluate(LEAVE_AND_COME_BACK)
    person.choose("B")
    person.sees_saved()
    assert [each.url for each in requests.seen if each.url.endswith("/signals")] == []
    assert not hall.journal.with_name("signals.sqlite3").exists()
