"""Contestants in a real browser: they read the page, tap, and write down what it shows as saved."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from hoithi.rules.codes import grouped
from tests.browser.exam_scene import Contestant
from tests.flows.contestants import ITEMS, Log, Power

THANKS = "Đã nộp bài. Cảm ơn anh/chị đã tham gia!"
TIME_OVER = "Hết giờ làm bài. Bài của anh/chị đã được nộp tự động."
_RECEIPT = "JSON.parse(localStorage.getItem('thi.session')).receipt"


class Phone(Contestant):
    """Somebody with a phone who has studied the whole bank and gets wrong what `wrong` names."""

    def __init__(
        self, page: Page, power: Power, number: str, code: str, knowledge: Mapping[str, str]
    ) -> None:
        super().__init__(page, power.hall, 0, ITEMS)
        self.number = number
        self.code = code
        self.knowledge = knowledge
        self.log = Log()
        self._unsaved: dict[int, int] = {}

    @property
    def slip(self) -> str:
        return self.code

    def type_the_code(self) -> Phone:
        """Type what is printed, in groups and in small letters."""
        self.page.goto(self.address)
        self.page.get_by_label("Mã dự thi").fill(grouped(self.code).lower())
        self.press("Vào phòng thi")
        expect(self.page.locator("dd").last).to_have_text(self.number)
        self.press("Đúng, tiếp tục")
        return self

    def begin(self) -> None:
        """Accept the rules and start."""
        self.accept()
        with self.page.expect_response("**/thi/v1/start") as started:
            self.press("Bắt đầu làm bài")
        self.log.started_ms = started.value.json()["started_ms"]
        self.sees_question(1)

    def tap(self, number: int, *, right: bool) -> None:
        """Answer a question; whether it is saved is another matter."""
        self.go_to(number)
        best = self.knowledge[self.page.locator("#stem").inner_text()]
        options = self.page.locator(".option span:not(.letter)").all_inner_texts()
        choice = options.index(best)
        if not right:
            choice = (choice + 1) % len(options)
        self.choose("ABCD"[choice])
        self._unsaved[number - 1] = choice

    def waits_for_network(self) -> None:
        self.sees("Chờ mạng: sẽ tự gửi")

    def writes_down(self) -> None:
        """All that was tapped shows as saved: that is what this person will swear to."""
        self.sees_saved()
        assert {self.dots()[place] for place in self._unsaved} == {"saved"}
        self.log.answers.update(self._unsaved)
        self._unsaved.clear()

    def answer(self, numbers: range, *, wrong: int = 0) -> None:
        """Answer questions one after the other, the first so many of them wrong."""
        for at, number in enumerate(numbers):
            self.tap(number, right=at >= wrong)
            self.writes_down()

    def hand_in(self) -> None:
        self.press("Xem lại")
        self.press("Nộp bài")
        self.keeps_receipt(THANKS)

    def keeps_receipt(self, message: str) -> None:
        self.sees(message)
        self.sees(re.compile(rf"^Đã ghi {len(self.log.answers)}/{ITEMS} câu trả lời"))
        self.log.note_receipt(self.page.evaluate(_RECEIPT))
        expect(self.page.locator(".receipt .code")).to_have_text(self.log.receipt)
