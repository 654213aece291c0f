"""Signals all the way: plan, hall, notice, a page that is left, the committee, the erasure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as desk
from django.test import Client as Browser
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.entries.queries import access_code_of
from hoithi.exam.conduct import erased_from, mind_signals
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.stores import signals
from hoithi.hall.store.signals import Kept
from hoithi.people.models import User
from tests import factories
from tests.browser.accessibility import broken_rules
from tests.browser.exam_scene import Contestant
from tests.browser.site import Site
from tests.browser.test_exam_signals import LEAVE_AND_COME_BACK
from tests.exam.scene import Scene, scene_in
from tests.exam.test_conduct import ANNOUNCED, DAYS, PAGE, plan_with_signals
from tests.hall.scene import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Holder(Contestant):
    """Somebody of the contest, with the slip of their own."""

    code = ""

    @property
    def slip(self) -> str:
        return self.code


@pytest.fixture
def watched(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    with scene_in(tmp_path, settings, plan_with_signals()) as made:
        yield made


def become(site: Site, who: User) -> None:
    client = factories.sign_in(Browser(), who)
    site.become(client.cookies[desk.SESSION_COOKIE_NAME].value)


def test_from_the_plan_to_the_erasing(watched: Scene, phone: Page, desktop: Page) -> None:
    watched.seal()
    sitting = publish_sitting(actor=watched.an, each=watched.round, now=factories.now())
    watched.hall.start()
    person = Holder(phone, watched.hall, 1, items=30)
    person.code = access_code_of(watched.entries[0])
    person.come_with_slip()
    notice = phone.locator("#signals")
    expect(notice).to_contain_text(
        f"Thể lệ ({ANNOUNCED}) quy định ghi lại lúc anh/chị rời trang thi"
    )
    expect(notice).to_contain_text(f"được xóa sau {DAYS} ngày kể từ khi ca thi kết thúc")
    expect(notice).to_contain_text("Riêng các ghi nhận này không làm ai bị loại.")
    assert broken_rules(phone) == []
    person.accept()
    person.press("Bắt đầu làm bài")
    person.sees_question(1)
    person.choose("B")
    person.sees_saved()
    phone.evaluate(LEAVE_AND_COME_BACK)

    def told() -> list[tuple[str, int]]:
        with signals() as store:
            return [(each.kind, each.times) for each in store.kept(sitting.public_id.bytes).told]

    wait_until(lambda: told() == [("copied", 1), ("left", 1), ("started", 1)])
    watched.close(sitting)
    mind_signals(factories.now())
    site = Site(desktop)
    become(site, watched.binh)
    site.open(PAGE)
    row = desktop.locator("tbody tr").first
    expect(row).to_contain_text("GN-001")
    assert row.locator("td.number").all_inner_texts()[:5] == ["1", "0", "1", "0", "1"]
    expect(desktop.locator("main")).to_contain_text("không làm ai bị loại")
    assert (site.sideways(), broken_rules(desktop), site.complaints) == (0, [], [])
    sitting.refresh_from_db()
    assert mind_signals(erased_from(sitting)) == 1
    with signals() as store:
        assert store.kept(sitting.public_id.bytes) == Kept([], [], [])
    site.open(PAGE)
    expect(desktop.locator("main")).to_contain_text("Đã xóa lúc")
    expect(desktop.locator("tbody tr")).to_have_count(0)
    assert LogEntry.objects.get(action="exam.erase_signals").at - sitting.closes_at == timedelta(
        days=DAYS
    )
