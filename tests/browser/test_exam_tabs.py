"""One paper in two places: a second tab, another device, another node of the hall."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from hoithi.hall.formats import Kind
from hoithi.hall.session import MOST_SAVES
from tests.browser.chromium import NewPage
from tests.browser.exam_scene import Contestant, journal_rows, pass_on, publish_exam, stored_answers
from tests.hall.scene import Client, HallProcess, close_connections, code
from tests.postgres import Cluster

pytestmark = pytest.mark.browser
LINES = count(1)
OTHER_TAB = "Bài thi đang mở ở thẻ khác của trình duyệt. Thẻ này không ghi câu trả lời."
WITHOUT_CHANNEL = "delete window.BroadcastChannel"
# As a phone does with a tab in the background: nothing reaches it.
DEAF = "window.BroadcastChannel = class { addEventListener() {} postMessage() {} }"


def second_tab(first: Contestant) -> Contestant:
    """The same browser opens the hall once more."""
    return Contestant(first.page.context.new_page(), first.hall, first.line).comes_back()


def lose_replies(page: Page) -> None:
    """What is saved arrives once; no answer comes back."""
    arrived: list[bool] = []

    def lose(route: Route) -> None:
        if not arrived:
            arrived.append(pass_on(route).ok)
        route.abort()

    page.route("**/v1/save", lose)


def other_self(person: Contestant) -> Client:
    """Somebody who speaks for the same browser, as a tab does that is not heard of."""
    client = Client(person.hall.port, person.device())
    assert client.enter(code(person.line))[0] == 200
    assert client.start()[0] == 200
    return client


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    """No test leaves a connection open."""
    yield
    close_connections()


@pytest.mark.parametrize("script", ["", WITHOUT_CHANNEL], ids=["channel", "storage events"])
def test_a_second_tab_stores_nothing_until_it_is_made_the_first(
    hall: HallProcess, phone: Page, script: str
) -> None:
    phone.context.add_init_script(script)
    first = Contestant(phone, hall, next(LINES)).start()
    first.choose("A")
    first.sees_saved()
    second = second_tab(first)
    second.sees(OTHER_TAB)
    expect(second.page.locator(".option")).to_have_count(0)
    first.choose("B")
    first.sees_saved()
    second.press("Làm bài ở thẻ này")
    second.sees_question(1)
    assert second.chosen() == "B"
    first.sees(OTHER_TAB)
    expect(first.page.locator(".option")).to_have_count(0)
    second.choose("C")
    second.sees_saved()
    assert stored_answers(hall, first.line) == [2, -1, -1, -1, -1, -1, -1, -1]


@pytest.mark.parametrize("script", ["", WITHOUT_CHANNEL], ids=["channel", "storage events"])
def test_answers_that_wait_go_with_the_paper_to_the_other_tab(
    hall: HallProcess, phone: Page, script: str
) -> None:
    phone.context.add_init_script(script)
    first = Contestant(phone, hall, next(LINES)).start()
    first.choose("A")
    first.sees_saved()
    phone.route("**/v1/save", lambda route: route.abort())
    first.answers("BC", first=2)
    second = second_tab(first)
    second.press("Làm bài ở thẻ này")
    second.sees_question(3)
    second.sees_all_saved()
    first.sees(OTHER_TAB)
    phone.unroute("**/v1/save")
    second.choose("D")
    second.sees_saved()
    first.page.bring_to_front()
    first.press("Làm bài ở thẻ này")
    first.sees_question(3)
    assert first.shown_answers() == [0, 1, 3, -1, -1, -1, -1, -1]
    assert stored_answers(hall, first.line) == [0, 1, 3, -1, -1, -1, -1, -1]


def test_a_tab_that_was_not_asked_finds_out_that_another_took_its_paper(
    hall: HallProcess, phone: Page
) -> None:
    phone.add_init_script(DEAF)
    first = Contestant(phone, hall, next(LINES)).start()
    first.choose("A")
    first.sees_saved()
    second = second_tab(first)
    second.sees_question(1)
    first.sees(OTHER_TAB)
    second.choose("B")
    second.sees_saved()
    first.page.bring_to_front()
    first.press("Làm bài ở thẻ này")
    first.sees_question(1)
    assert first.chosen() == "B"
    second.sees(OTHER_TAB)
    assert stored_answers(hall, first.line) == [1, -1, -1, -1, -1, -1, -1, -1]


def test_an_answer_whose_number_another_tab_has_used_is_sent_under_a_new_one(
    hall: HallProcess, phone: Page
) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    person.choose("A")
    person.sees_saved()
    phone.context.set_offline(True)
    person.answers("CD", first=3)
    other = other_self(person)
    assert other.save((1, 1), (3, 0))[0] == 200
    phone.context.set_offline(False)
    person.sees_saved()
    person.sees_all_saved()
    assert person.dots() == ["saved"] * 4 + ["empty"] * 4
    assert person.shown_answers() == [0, 1, 2, 3, -1, -1, -1, -1]
    assert stored_answers(hall, person.line) == [0, 1, 2, 3, -1, -1, -1, -1]


def test_a_saved_answer_that_another_tab_changed_since_is_not_put_back(
    hall: HallProcess, phone: Page
) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    lose_replies(phone)
    person.choose("A")
    person.sees("Chờ mạng: sẽ tự gửi")
    other = other_self(person)
    assert other.save((0, 3), (1, 1))[0] == 200
    phone.unroute("**/v1/save")
    expect(person.option("D").locator("input")).to_be_checked()
    person.sees_all_saved()
    assert person.dots() == ["saved"] * 2 + ["empty"] * 6
    phone.reload()
    person.sees_question(1)
    assert person.chosen() == "D"
    assert stored_answers(hall, person.line) == [3, 1, -1, -1, -1, -1, -1, -1]


def test_more_changes_than_the_hall_takes_are_told_and_what_it_has_is_shown(
    hall: HallProcess, phone: Page
) -> None:
    person = Contestant(phone, hall, next(LINES)).start()
    other = other_self(person)
    for _ in range(MOST_SAVES // 200):
        assert other.save(*[(1, at % 4) for at in range(200)])[0] == 200
    person.choose("A")
    expect(phone.locator("#net")).to_have_text(
        "Lượt thi đã có quá nhiều lần đổi câu trả lời."
        " Câu đã lưu vẫn được tính, câu mới không ghi thêm được."
    )
    person.sees_all_saved()
    assert person.shown_answers() == [-1, 3, -1, -1, -1, -1, -1, -1]
    assert stored_answers(hall, person.line) == [-1, 3, -1, -1, -1, -1, -1, -1]
    person.hand_in()


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


@pytest.fixture
def two_nodes(postgres_cluster: Cluster, tmp_path: Path) -> Iterator[list[HallProcess]]:
    """Two processes of the hall on one database."""
    database = postgres_cluster.fresh()
    publish_exam(database)
    nodes = [HallProcess(tmp_path, database) for _ in range(2)]
    yield [node.start() for node in nodes]
    for node in nodes:
        node.stop()


@pytest.mark.postgres
def test_a_second_phone_at_another_node_takes_over_and_the_first_is_told(
    two_nodes: list[HallProcess], new_phone: NewPage
) -> None:
    old, new = (Contestant(new_phone(), node, 1) for node in two_nodes)
    old.start()
    old.choose("A")
    old.sees_saved()
    old.page.context.set_offline(True)
    old.answers("BC", first=2)
    new.come_with_slip()
    new.press("Tiếp tục làm bài")
    new.press("Tiếp tục trên máy này")
    new.sees_question(1)
    assert new.chosen() == "A"
    new.go_to(2)
    new.choose("D")
    new.sees_saved()
    old.page.context.set_offline(False)
    old.sees("Bài thi đã được chuyển sang máy khác. Máy này không ghi thêm câu trả lời.")
    old.press("Tiếp tục trên máy này")
    old.sees_question(3)
    old.sees_all_saved()
    assert old.shown_answers() == [0, 3, 2, -1, -1, -1, -1, -1]
    new.option("A").click()
    new.sees("Bài thi đã được chuyển sang máy khác. Máy này không ghi thêm câu trả lời.")
    old.hand_in()
    assert stored_answers(two_nodes[0], 1) == [0, 3, 2, -1, -1, -1, -1, -1]
    stale = [
        (row.item, row.option)
        for row in journal_rows(two_nodes[1], 1)
        if row.kind is Kind.STALE_ANSWER
    ]
    assert stale == [(1, 1), (2, 2), (1, 0)]
