"""A round in which all answer together: three phones, the operator, the big screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from hoithi.entries.queries import access_code_of
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import Sitting
from hoithi.exam.together import stand_of
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.chromium import NewPage, save_picture
from tests.browser.site import Site
from tests.browser.test_conduct import Holder, become
from tests.exam.scene import Scene, scene_in
from tests.exam.together import plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECONDS = 9
RESCUE = {"times": 1, "from_question": 1, "when_left": 1, "back": 2}
SCREEN = "/rung-chuong/daknong-2023/truc-tuyen/man-hinh/"


@pytest.fixture
def together(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    with scene_in(tmp_path, settings, plan(rescue=RESCUE, seconds=SECONDS)) as made:
        yield made


@pytest.fixture
def projector(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


class Person(Holder):
    def waits(self) -> Person:
        """From the slip to the waiting for the first question."""
        self.come_with_slip()
        self.accept()
        self.press("Bắt đầu làm bài")
        expect(self.page.locator(".said")).to_have_text(re.compile("^Chờ câu hỏi đầu tiên"))
        return self

    def says(self, text: str) -> None:
        expect(self.page.locator(".said")).to_have_text(text)

    def stands(self, text: str) -> None:
        expect(self.page.locator(".standing")).to_have_text(re.compile(f"^{text}"))


class Day:
    """The operator's page, and what is right."""

    def __init__(self, scene: Scene, sitting: Sitting, site: Site) -> None:
        self.scene, self.sitting, self.site = scene, sitting, site
        self.right = scene.keys(sitting, scene.entries[0])

    def press(self, name: str) -> None:
        self.site.page.get_by_role("button", name=name, exact=True).click()

    def right_letter(self, item: int) -> str:
        return "ABCD"[self.right[item]]

    def wrong_letter(self, item: int) -> str:
        return "ABCD"[(self.right[item] + 1) % 4]

    def announce(self) -> None:
        """As soon as it may be pressed: once the hall takes no answer any more."""
        announce = self.site.page.get_by_role("button", name="Công bố đáp án", exact=True)
        announce.click(timeout=40_000)
        self.site.page.wait_for_load_state()
        assert stand_of(self.sitting).game.pending is None

    def give_reason(self, link: str, button: str) -> None:
        page = self.site.page
        page.get_by_role("link", name=link, exact=True).click()
        page.get_by_label("Lý do").fill("Theo thể lệ")
        page.get_by_role("button", name=button, exact=True).click()


def test_three_phones_the_operator_and_the_big_screen(
    together: Scene, new_phone: NewPage, desktop: Page, projector: Page
) -> None:
    together.seal()
    sitting = publish_sitting(actor=together.an, each=together.round, now=factories.now())
    together.hall.start()
    one, two, three = (Person(new_phone(), together.hall, at, items=5) for at in range(1, 4))
    for person, entry in zip((one, two, three), together.entries, strict=False):
        person.code = access_code_of(entry)
        person.waits()
    assert broken_rules(one.page) == []
    site, screen = Site(desktop), Site(projector)
    become(site, together.an)
    day = Day(together, sitting, site)
    screen.open(SCREEN)
    expect(projector.locator(".huge")).to_be_visible()
    site.open(f"/ban-to-chuc/daknong-2023/vong/truc-tuyen/ca/{sitting.pk}/")
    desktop.get_by_role("link", name="Điều khiển vòng thi").click()
    assert broken_rules(desktop) == []

    # The first question: one is right, one has no network while it is open, one is wrong.
    day.press("Mở câu đầu tiên")
    for person in (one, two, three):
        person.sees_question(1)
        expect(person.option("A")).to_be_visible()
    two.page.context.set_offline(True)
    two.choose(day.right_letter(0))
    one.choose(day.right_letter(0))
    three.choose(day.wrong_letter(0))
    one.sees_saved()
    three.sees_saved()
    expect(projector.locator(".stem")).to_be_visible()
    one.page.evaluate("scrollTo(0, 0)")
    save_picture(one.page, "together-phone")
    save_picture(projector, "together-screen-question")
    save_picture(desktop, "together-desk")
    assert broken_rules(one.page) == []
    day.announce()
    one.stands("Còn trên sàn thi · còn 1/3 người")
    right = f"Đáp án đúng: {day.right_letter(0)}."
    one.says(f"Trả lời đúng. Chờ câu tiếp theo. {right}")
    three.stands("Đã dừng cuộc thi")
    three.says(f"Trả lời chưa đúng. {right}")
    three.page.evaluate("scrollTo(0, 0)")
    save_picture(three.page, "together-phone-out")
    expect(projector.locator(".options .right")).to_have_count(1)
    save_picture(projector, "together-screen-answer")
    desktop.set_viewport_size({"width": 360, "height": 740})
    expect(desktop.get_by_text("còn trên sàn thi")).to_be_visible()
    assert site.sideways() == 0
    assert broken_rules(desktop) == []
    save_picture(desktop, "together-desk-small")
    desktop.set_viewport_size({"width": 1280, "height": 800})
    two.page.context.set_offline(False)
    two.stands("Đã dừng cuộc thi")
    expect(projector.locator(".grid .out")).to_have_count(2)
    save_picture(projector, "together-screen-numbers")

    # The rescue, a reload on the way, and a question in whose middle the hall is restarted.
    day.press("Cứu trợ 2 người")
    for person in (two, three):
        person.stands("Được cứu trợ, trở lại sàn thi · còn 3/3 người")
    expect(projector.locator(".grid .back")).to_have_count(2)
    day.press("Mở câu tiếp theo")
    two.page.reload()
    for person in (one, two, three):
        person.sees_question(2)
        expect(person.option("A")).to_be_visible()
    one.choose(day.right_letter(1))
    one.sees_saved()
    together.hall.kill()
    two.choose(day.right_letter(1))
    together.hall.start()
    two.sees_saved()
    day.announce()
    one.stands("Còn trên sàn thi · còn 2/3 người")
    three.stands("Đã dừng cuộc thi")

    # The end before the last question: of those who stand the one with more right answers.
    day.give_reason("Kết thúc vòng thi", "Kết thúc vòng thi")
    one.says("Chúc mừng anh/chị đã chiến thắng!")
    one.stands("Người chiến thắng")
    two.says("Vòng thi đã kết thúc. Cảm ơn anh/chị đã tham gia!")
    expect(projector.locator(".winner")).to_have_text(together.entries[0].number)
    save_picture(projector, "together-screen-winner")
    save_picture(one.page, "together-phone-winner")
    game = stand_of(sitting).game
    assert game.ended is not None
    assert len(game.ended.winners) == 1
    assert screen.complaints == []
    assert site.sideways() == 0
